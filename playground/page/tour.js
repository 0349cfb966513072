// A tour of 60 seconds: five things to try, in any order; each is ticked once it has happened, whoever's idea it was.

import { el, redraw } from "./dom.js";
import { kept, remember } from "./kept.js";

const STEPS = ["ask", "click", "react", "tip", "dilemma"];
const TITLES = { ask: "Ask", click: "Click", react: "React", tip: "Tip", dilemma: "Dilemma" };
const box = document.getElementById("tour");
const button = document.getElementById("tour-button");
let shown = null; // the platform one looks at
let isBrief = false;

const read = (name) => new Set((kept(`tour-${name}`) ?? "").split(" ").filter((step) => STEPS.includes(step)));
const ticks = { slack: read("slack"), teams: read("teams") };

// Something that belongs to the tour has happened on a platform.
export function tick(name, step) {
  if (!step || ticks[name].has(step)) return;
  ticks[name].add(step);
  remember(`tour-${name}`, [...ticks[name]].join(" "));
  draw();
}

// Which step an act of somebody's was; `words` is what was said to the app, '' where it was said to nobody.
export function stepOf(act, words = "") {
  if (act === "react") return "react";
  if (["click", "choose", "press", "submit"].includes(act)) return "click";
  if (act !== "say" || !words) return null;
  return /^tips?\b/i.test(words) ? "tip" : /^dilemma/i.test(words) ? "dilemma" : "ask";
}

// Everything begins anew.
export function forgetTour() {
  for (const name of Object.keys(ticks)) { ticks[name].clear(); remember(`tour-${name}`, ""); }
  draw();
}

// `platform.tour` has for each step [what it is, what "show me" does].
export function showTour(platform) {
  shown = platform;
  document.querySelector(`#${platform.id} .room-head`).after(box);
  open(kept("toured") === null);
}

// Little is said of it where there are messages to read.
export function brieflyTour(isIt) {
  isBrief = isIt;
  box.classList.toggle("brief", isBrief);
}

function open(isOpen) {
  box.hidden = !isOpen;
  button.setAttribute("aria-expanded", String(isOpen));
  draw();
}

export const hideTour = () => { box.hidden = true; };

function draw() {
  if (!shown || box.hidden) return;
  const done = ticks[shown.id];
  redraw(box, [shown.id, [...done]], () => [
    el("div", { class: "tour-head" }, el("h3", {}, "A tour of 60 seconds"),
      el("p", { class: "fine" }, done.size === STEPS.length ? "All five done. Now let something go wrong: Trouble, above." : `${done.size} of ${STEPS.length} done, in any order`),
      el("button", { class: "link", type: "button", onclick: () => { remember("toured", "yes"); open(false); button.focus(); } }, "Hide", el("span", { class: "unseen" }, " the tour"))),
    el("ol", {}, STEPS.map((step) => item(step, done.has(step)))),
  ]);
}

// Where little is said, the step's own name is the button.
function item(step, isDone) {
  const sign = () => el("span", { class: "tour-tick", "aria-hidden": "true" }, isDone ? "✓" : "○");
  const name = TITLES[step];
  return el("li", { class: isDone ? "done" : "" },
    el("strong", {}, sign(), name, isDone && el("span", { class: "unseen" }, ", done")), el("span", {}, shown.tour[step][0]),
    el("button", { class: "btn", type: "button", "aria-label": `Show me: ${name.toLowerCase()}${isDone ? ", done" : ""}`, title: shown.tour[step][0], onclick: shown.tour[step][1] },
      el("span", { class: "tour-long" }, "Show me"), el("span", { class: "tour-short" }, sign(), name)));
}

button.addEventListener("click", () => open(box.hidden));

// As long as a person takes at least: an app writes down what it has posted after it is seen, and reactions before that
// are to nothing that it knows.
export const breath = () => new Promise((resolve) => { setTimeout(resolve, 700); });

// The newest button of these words in the room's cards is pointed at, and the keyboard goes there; false where none is.
export function pointAt(room, words) {
  const found = [...room.querySelectorAll("article button")].findLast((each) => each.textContent.trim().startsWith(words) && each.checkVisibility());
  if (!found) return false;
  found.scrollIntoView({ block: "center" });
  found.focus({ focusVisible: true, preventScroll: true });
  found.classList.add("tour-here");
  setTimeout(() => found.classList.remove("tour-here"), 4000);
  return true;
}
