// What somebody has seen of each room, kept in the browser: a dot says where there is more.

import { kept, remember } from "./kept.js";

export function readMarks(platform) {
  const name = `seen-${platform}`;
  let seen;
  try {
    seen = JSON.parse(kept(name)) ?? {};
  } catch {
    seen = {};
  }
  const isFirstVisit = kept(name) === null;
  const known = new Set();
  const set = (key, newest) => {
    if (seen[key] === newest) return;
    seen[key] = newest;
    remember(name, JSON.stringify(seen));
  };
  return {
    // On the first visit nothing that was there before is new.
    begin(person, room, newest) {
      const key = `${person}/${room}`;
      if (known.has(key)) return;
      known.add(key);
      if (isFirstVisit && !(key in seen) && [...known].every((each) => each.startsWith(`${person}/`))) set(key, newest);
    },
    forget() { seen = {}; remember(name, "{}"); },
    see: (person, room, newest) => set(`${person}/${room}`, newest),
    isNew: (person, room, newest) => Number(newest) > Number(seen[`${person}/${room}`] ?? 0),
  };
}
