// A card's counts as bars: each has its label and its count in words, so that nobody has to measure.

import { el } from "./dom.js";

export function drawBars(part) {
  const points = part.data ?? [];
  const most = Math.max(0, ...points.map((point) => point.y));
  const name = [part.title, points.map((point) => `${point.x} ${point.y}`).join(", ")].filter(Boolean).join(": ");
  return el("figure", { class: "c-chart", role: "img", "aria-label": name },
    part.showTitle && part.title && el("figcaption", {}, part.title),
    el("div", { class: "c-bars" }, points.map((point) => {
      const bar = el("div", { class: "c-bar" });
      bar.style.width = `${most > 0 ? (100 * Math.max(0, point.y)) / most : 0}%`;
      return el("div", {}, el("div", { class: "c-count" }, el("span", {}, point.x), el("span", {}, Number(point.y).toLocaleString("en"))), el("div", { class: "c-track" }, bar));
    })));
}
