// The app beside Teams' box: a search whose results are cards, and the one that is chosen goes into a message of one's own.

import { el } from "./dom.js";

const PAUSE = 150; // milliseconds without a key, before what is typed is asked for

const field = el("input", { type: "search", id: "insert-words", autocomplete: "off", oninput: () => soon() });
const list = el("ul", { class: "t-results", "aria-label": "Cards" });
const note = el("p", { class: "fine", role: "status" });
const box = el("div", { id: "insert", class: "picker t-insert", popover: "auto", role: "dialog", "aria-label": "Insert a card" }, field, note, list);
document.body.append(box);

let waiting = 0;
let asked = 0;
let desk = null;

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
}

// What is answered late is dropped: something else has been typed since.
async function ask() {
  const words = field.value.trim() || null;
  const mine = ++asked;
  const { results = [], said = "", error } = await desk.look(words);
  if (mine !== asked) return;
  note.textContent = error ?? (said || (results.length ? "" : "Nothing was found."));
  note.hidden = !note.textContent;
  list.replaceChildren(...results.map(({ title, text }) => el("li", {}, el("button", { type: "button", class: "plain", onclick: () => insert(words, title) },
    el("strong", {}, title), el("span", { class: "fine" }, text)))));
}

async function insert(words, title) {
  box.hidePopover();
  desk.opener.focus();
  await desk.insert(words, title);
}

box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { event.preventDefault(); box.hidePopover(); desk.opener.focus(); return; } // not only what is typed
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const there = [...list.querySelectorAll("button")];
  const now = there.indexOf(document.activeElement);
  if (event.key === "Enter" && now < 0) { event.preventDefault(); there[0]?.click(); return; }
  if (!step || !there.length) return;
  event.preventDefault();
  (there[now + step] ?? (now + step < 0 ? field : there[now]))?.focus();
});

function open(opener, at) {
  desk = { ...at, opener };
  field.placeholder = at.query.parameters[0].description;
  field.setAttribute("aria-label", at.query.description);
  field.value = "";
  note.textContent = "";
  list.replaceChildren();
  box.showPopover();
  const { top, left } = opener.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.bottom = `${innerHeight - top + 6}px`;
  field.focus();
  ask();
}

// `at()` gives where one is now: query (the manifest's), look(words) and insert(words, title).
export const insertButton = (at) => el("button", { type: "button", class: "btn", id: "insert-open", "aria-label": "Insert a card", title: "Insert a card", "aria-haspopup": "dialog",
  onclick: (event) => open(event.currentTarget, at()) }, el("span", { "aria-hidden": "true" }, "+"));
