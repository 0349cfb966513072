// What a screen reader is told of the room one is in: each message that comes, once; not the history, no redrawing.

import { el } from "./dom.js";

const MOST = 20; // lines that stay
const box = document.getElementById("announced");
let here = null;
let newest = 0;

// `messages` are oldest first; `numberOf` grows with them, `wordsOf` gives what is said, or nothing.
export function announce(place, messages, numberOf, wordsOf) {
  if (place === here) {
    const fresh = [];
    for (let index = messages.length - 1; index >= 0 && numberOf(messages[index]) > newest; index -= 1) fresh.unshift(wordsOf(messages[index]));
    box.append(...fresh.filter(Boolean).map((words) => el("p", {}, words)));
    while (box.children.length > MOST) box.firstChild.remove();
  } else [here, newest] = [place, 0];
  newest = messages.length ? Math.max(newest, numberOf(messages.at(-1))) : 0; // an emptied room begins anew, with the clock
}
