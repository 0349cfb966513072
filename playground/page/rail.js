// The narrow column at the very left: the ways into the app, and whom one acts as.

import { el, redraw } from "./dom.js";

// `ways` are { name, icon, isHere, go }; `face` is { name, letters, tone } of whom one acts as; `places` are the
// workspaces or tenants one can go to: { name, letters, isHere, go }.
export function drawRail(nav, ways, face, places = [], placesName = "Workspaces") {
  redraw(nav, [ways.map(({ name, isHere }) => [name, isHere]), face, places.map(({ name, isHere, isInstalled }) => [name, isHere, isInstalled])], () => [
    places.length > 0 && el("ul", { class: "rail-places", "aria-label": placesName }, places.map(({ name, letters, isHere, go }) => el("li", {}, el("button", { class: "rail-place", "aria-current": isHere ? "true" : undefined, title: name, onclick: go },
      el("span", { "aria-hidden": "true" }, letters), el("span", { class: "unseen" }, name))))),
    el("span", { class: "avatar bot rail-app", "aria-hidden": "true" }),
    el("ul", {}, ways.map(({ name, icon, isHere, go }) => el("li", {}, el("button", { class: "rail-way", "aria-current": isHere ? "true" : undefined, onclick: go },
      drawIcon(icon), name)))),
    el("span", { class: "avatar rail-face", "aria-hidden": "true", "data-tone": face.tone, title: `You act as ${face.name}` }, face.letters),
  ].filter(Boolean));
}

const ICONS = {
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  messages: "M4 5h16v11H10l-5 4v-4H4z",
  teams: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 19c0-3 2.6-5 6-5s6 2 6 5zM16 11a2.5 2.5 0 1 0 0-5M17 14c2.6.2 4 2 4 5h-3",
};
const SVG = "http://www.w3.org/2000/svg";

function drawIcon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
