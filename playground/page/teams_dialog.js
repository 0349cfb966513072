// The dialog on Teams (a task module): the bot's card in a window of its own, or a sentence.

import { el } from "./dom.js";
import { drawCard } from "./teams_cards.js";

const WIDTHS = { small: 480, medium: 600, large: 800 };
const box = document.getElementById("task");
let shown = "";

// `opened` is the emulator's, or null; `desk` is what its card presses and searches with.
export function showDialog(opened, desk, close) {
  const print = opened ? JSON.stringify([opened.id, opened.title, opened.card, opened.words]) : "";
  if (print === shown) return;
  shown = print;
  if (!opened) {
    box.close();
    return;
  }
  const width = typeof opened.width === "number" ? opened.width : WIDTHS[opened.width] ?? WIDTHS.medium;
  box.style.width = `min(${width}px, calc(100vw - 24px))`;
  box.replaceChildren(
    el("div", { class: "room-head" }, el("h2", { id: "task-title" }, el("span", { class: "avatar bot", "aria-hidden": "true" }), opened.title),
      el("button", { type: "button", class: "plain", "aria-label": "Close", onclick: close }, "✕")),
    ...(opened.card ? [el("div", { class: "modal-body" }, drawCard(opened.card, desk))]
      : [el("p", { class: "modal-body brief" }, opened.words), el("div", { class: "modal-foot" }, el("button", { type: "button", class: "btn primary", onclick: close }, "OK"))]));
  box.oncancel = (event) => { event.preventDefault(); close(); };
  if (!box.open) box.showModal();
  const wrong = box.querySelector(".c-color-Attention");
  wrong?.scrollIntoView({ block: "center" });
  (box.querySelector(".modal-body :is(input, select, textarea, button), .modal-foot button") ?? box).focus({ preventScroll: Boolean(wrong) });
}
