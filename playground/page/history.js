// How much of a long room is drawn: what is newest, and as much before it as one has asked for.

import { el } from "./dom.js";
import { isAtEnd } from "./reading.js";

const STEP = 25;
const NEAR = 160; // pixels from the top at which more is drawn by itself

const starts = new WeakMap(); // list -> where its part begins: { place, key, isAsked, more }

// The part of `messages` that is drawn in `box`. Whoever reads further up keeps what is there; `draw` draws again.
export function part(box, place, messages, keyOf, draw) {
  const before = starts.get(box);
  let start = Math.max(0, messages.length - STEP);
  if (before?.place === place && (before.isAsked || !isAtEnd(box))) {
    const found = messages.findIndex((message) => keyOf(message) === before.key);
    if (found >= 0) start = Math.min(start, found);
  }
  if (!before) box.addEventListener("scroll", () => { if (box.scrollTop < NEAR) starts.get(box).more(); }, { passive: true });
  const more = () => {
    if (start === 0) return;
    const first = box.querySelector("article");
    const from = first?.getBoundingClientRect().top;
    starts.set(box, { ...starts.get(box), key: keyOf(messages[Math.max(0, start - STEP)]), isAsked: true });
    draw();
    if (first?.isConnected) box.scrollTop += first.getBoundingClientRect().top - from;
  };
  starts.set(box, { place, key: messages[start] && keyOf(messages[start]), isAsked: false, more });
  return { shown: messages.slice(start), earlier: start, more };
}

// What stands above a part that is not all.
export const earlierButton = (count, more) => el("p", { class: "earlier" }, el("button", { class: "link", type: "button", onclick: (event) => {
  const box = event.target.closest(".messages");
  more();
  (box.querySelector(".earlier button") ?? box.querySelector("article"))?.focus({ preventScroll: true });
} }, count === 1 ? "Show 1 earlier message" : `Show earlier messages (${count})`));

// Draws from a few before the message of this key on.
export function reveal(box, place, messages, keyOf, key) {
  const found = messages.findIndex((message) => keyOf(message) === key);
  const begin = Math.max(0, found - 5);
  if (found >= 0 && found < messages.length - STEP + 5) starts.set(box, { ...starts.get(box), place, key: keyOf(messages[begin]), isAsked: true });
}
