// The shown time: real time moved by the pocket's offset, in the zone of the person you are.

let offset = 0;
let zone = "UTC";

export function setClock(clock) {
  offset = Date.now() / 1000 - clock.now;
  zone = clock.tz;
}

export function now() {
  return Date.now() / 1000 - offset;
}

export function shownTime() {
  return new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone })
    .format(new Date(now() * 1000));
}

function wall(moment) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone })
    .formatToParts(new Date(moment * 1000)).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

export function fieldValue() {
  return wall(now());
}

// Unix seconds of a wall time in the person's zone; asked twice, since the offset depends on the answer.
export function momentOf(field) {
  const asUtc = Date.parse(`${field}:00Z`) / 1000;
  let moment = asUtc;
  for (let round = 0; round < 2; round += 1) moment += asUtc - Date.parse(`${wall(moment)}:00Z`) / 1000;
  return moment;
}
