// The shown time: real time moved by the emulator's offset, in the zone of the person you are.

import { el } from "./dom.js";

let offset = 0;
let moved = 0;
let zone = "UTC";

export function setClock(clock) {
  offset = Date.now() / 1000 - clock.now;
  moved = clock.offset;
  zone = clock.tz;
  drawClock();
}

export function drawClock() {
  document.getElementById("clock").replaceChildren(el("span", { class: "unseen" }, "The time here is "), shownTime(),
    ...(Math.abs(moved) > 30 ? [el("span", { class: "tag" }, "moved")] : []));
}

function now() {
  return Date.now() / 1000 - offset;
}

// The weekday goes where there is no room for it.
function shownTime() {
  const [weekday, ...rest] = formatted("now", now()).split(/(?<=^\w+),? /);
  return el("span", {}, el("span", { class: "clock-weekday" }, `${weekday} `), rest.join(" "));
}

const FORMATS = {
  day: { weekday: "long", day: "numeric", month: "long" }, time: { hour: "2-digit", minute: "2-digit" }, exact: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  now: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
};
const made = new Map(); // formats by kind and zone: making one takes longer than drawing a message

function formatted(kind, seconds) {
  const key = `${kind} ${zone}`;
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat("en-GB", { ...FORMATS[kind], timeZone: zone }));
  return made.get(key).format(new Date(seconds * 1000));
}

const QUARTER = 900; // seconds: no zone's day begins between two of them
const days = new Map(); // by quarter of an hour and zone: a long room asks for the day of each of its messages

export function dayOf(seconds) {
  const key = `${Math.floor(seconds / QUARTER)} ${zone}`;
  if (!days.has(key)) days.set(key, formatted("day", seconds));
  return days.get(key);
}

export const timeOf = (seconds, isExact = false) => formatted(isExact ? "exact" : "time", seconds);

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
