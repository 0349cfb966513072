// The emoji to react with: one small window for the whole page, found by name, walked with arrow keys.

import { el } from "./dom.js";
import { EMOJI, spoken } from "./emoji.js";

const box = document.getElementById("picker");
const COLUMNS = 8;
const all = [...new Map(Object.entries(EMOJI).map(([name, sign]) => [sign, name])).entries()].map(([sign, name]) => ({ sign, name }));
let pick = () => {};

const search = el("input", { type: "search", id: "picker-search", placeholder: "Find an emoji", "aria-label": "Find an emoji", autocomplete: "off", oninput: () => list(search.value) });
const grid = el("div", { class: "picker-grid", role: "group", "aria-label": "Emoji" });
const nothing = el("p", { class: "fine", hidden: true, role: "status" }, "No emoji of that name.");
box.append(search, grid, nothing);

function list(typed) {
  const wanted = typed.trim().toLowerCase().replaceAll(":", "");
  const found = all.filter(({ name }) => spoken(name).includes(wanted) || name.includes(wanted));
  nothing.hidden = found.length > 0;
  grid.replaceChildren(...found.map(({ sign, name }) => el("button", { type: "button", class: "plain", "aria-label": spoken(name), title: spoken(name), onclick: () => { box.hidePopover(); pick({ sign, name }); } }, sign)));
}

box.addEventListener("keydown", (event) => {
  const there = [...grid.children];
  const now = there.indexOf(document.activeElement);
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  if (event.key === "Enter" && now < 0) { event.preventDefault(); there[0]?.click(); return; }
  if (!step || (now < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  (now < 0 ? there[0] : there[now + step] ?? (now + step < 0 ? search : there[now]))?.focus();
});

// Opens beside what was pressed, inside the window; `chosen` hears of { sign, name }.
function choose(from, chosen) {
  pick = chosen;
  search.value = "";
  list("");
  box.showPopover();
  const { top, bottom, right } = from.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(right - width, innerWidth - width - 8))}px`;
  box.style.top = `${bottom + height + 8 <= innerHeight ? bottom + 4 : Math.max(8, top - height - 4)}px`;
  search.focus();
}

export const reactButton = (chosen) => el("button", { class: "plain", type: "button", "aria-label": "React with another emoji", title: "Another reaction", "aria-haspopup": "dialog",
  onclick: (event) => choose(event.currentTarget, chosen) }, "☺+");
