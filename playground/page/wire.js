// The drawer with what goes over the wire: a line for each request, newest first; its bodies are fetched when one opens it.

import { el } from "./dom.js";
import { timeOf } from "./clock.js";
import { seen } from "./talk.js";

const at = (id) => document.getElementById(id);
const rows = new Map(); // number -> { node, words, isFromBot }
let stream = null;
let from = ""; // the path of the platform whose exchange is shown

const search = el("input", { type: "search", id: "wire-search", placeholder: "Filter", "aria-label": "Filter the requests", autocomplete: "off", oninput: sift });
const which = el("select", { id: "wire-which", "aria-label": "Which requests", onchange: sift },
  [["", "all"], ["to", "to the bot"], ["from", "from the bot"], ["failed", "failed"]].map(([value, words]) => el("option", { value }, words)));
const count = el("p", { class: "fine", id: "wire-count", "aria-live": "polite" });
const list = el("ol", { class: "wire-list", id: "wire-list", onkeydown: walk });
at("wire-body").append(el("div", { class: "wire-filter" }, search, which), count, list);

// Shows the exchange of this platform, or closes the drawer where there is none.
export function showWire(platform) {
  const isOpen = Boolean(platform);
  at("wire").hidden = !isOpen;
  at("wire-button").setAttribute("aria-expanded", String(isOpen));
  stream?.close();
  stream = null;
  if (!isOpen) return;
  if (from !== platform.path) { rows.clear(); list.replaceChildren(); from = platform.path; }
  at("wire-about").textContent = `Each request between ${platform.trouble.name} and the bot, with its answer. Only the latest are kept, in memory alone; tokens and secrets are left out.`;
  stream = new EventSource(`${from}wire`);
  stream.onmessage = (event) => take(JSON.parse(event.data));
}

function take({ oldest, fresh }) {
  for (const [number, { node }] of rows) if (number < oldest) { node.remove(); rows.delete(number); }
  for (const line of fresh) {
    if (rows.has(line.number)) continue;
    const node = draw(line);
    rows.set(line.number, { node, line });
    list.prepend(node);
  }
  sift();
}

const isFailed = ({ status, error }) => status === null || status >= 400 || Boolean(error);

function draw(line) {
  const { number, at: moment, is_from_bot: isFromBot, method, path, name, status, error, milliseconds } = line;
  const body = el("div", { class: "wire-inside", id: `wire-${number}`, hidden: true });
  const row = el("button", { class: "wire-row", type: "button", "aria-expanded": "false", "aria-controls": `wire-${number}`, onclick: () => open(row, body, number) },
    el("span", { class: isFromBot ? "wire-way from" : "wire-way", "aria-hidden": "true" }, isFromBot ? "←" : "→"), el("span", { class: "unseen" }, isFromBot ? "from the bot " : "to the bot "),
    el("strong", {}, name || path), " ",
    el("span", { class: isFailed(line) ? "wire-status failed" : "wire-status" }, `${status ?? "no answer"}${error ? ` ${error}` : ""}`), " ",
    el("span", { class: "wire-more" }, `${method} ${path} · ${milliseconds < 10 ? milliseconds : Math.round(milliseconds)} ms · ${timeOf(moment, true)}`));
  return el("li", { class: "wire-item" }, row, body);
}

async function open(row, body, number) {
  const isOpen = row.getAttribute("aria-expanded") !== "true";
  row.setAttribute("aria-expanded", String(isOpen));
  body.hidden = !isOpen;
  if (!isOpen || body.firstChild) return;
  const found = await seen(`${from}wire/${number}`);
  body.replaceChildren(...(found ? [el("p", { class: "fine" }, found.address), ...part("Headers", found.headers), ...part("Request", found.request), ...part("Answer", found.answer)]
    : [el("p", { class: "fine" }, "It is kept no more: only the latest are.")]));
}

function part(title, value) {
  if (value === null || (typeof value === "object" && !Object.keys(value).length)) return [el("p", { class: "fine" }, `${title}: empty`)];
  const words = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const pre = el("pre", { tabindex: "0", role: "group", "aria-label": title }, words);
  return title === "Headers" ? [el("details", {}, el("summary", { class: "fine" }, title), pre)] : [el("h3", {}, title), pre];
}

function sift() {
  const wanted = search.value.trim().toLowerCase();
  const kind = which.value;
  let shown = 0;
  for (const { node, line } of rows.values()) {
    const fits = { "": true, to: !line.is_from_bot, from: line.is_from_bot, failed: isFailed(line) }[kind];
    node.hidden = !fits || !`${line.name} ${line.method} ${line.path} ${line.status} ${line.error ?? ""}`.toLowerCase().includes(wanted);
    if (!node.hidden) shown += 1;
  }
  count.textContent = rows.size === 0 ? "Nothing has gone over the wire yet." : shown === rows.size ? `${shown} ${shown === 1 ? "request" : "requests"}` : `${shown} of ${rows.size} requests`;
}

// Arrow keys go from line to line; Tab goes on into one that is open.
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".wire-row")) return;
  event.preventDefault();
  const there = [...list.querySelectorAll(".wire-item:not([hidden]) > .wire-row")];
  there[there.indexOf(event.target) + step]?.focus();
}
