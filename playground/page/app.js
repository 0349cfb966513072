// The page: Slack's side or Teams', and what both have in common: clock, trouble, guide and menus.

import { el, toast } from "./dom.js";
import { slack } from "./slack.js";
import { teams } from "./teams.js";
import { buildTrouble, showTrouble } from "./trouble.js";
import { arrival } from "./arrivals.js";
import { drawClock, fieldValue, momentOf } from "./clock.js";
import { kept, remember } from "./kept.js";
import "./writing.js";

const at = (id) => document.getElementById(id);
const known = { slack, teams };
const platforms = document.body.dataset.platforms.split(" ");

let shown = null;
let stream = null;
let goal = null; // where one goes on the other platform
let building = null; // the drawer of the platform that one has just come to
let came = null; // who came over from the other platform, until this one's first state is here

// -- which platform

// The address says it, or the last visit; links into a workspace are Slack's.
function wanted() {
  const named = location.hash.slice(1);
  if (location.pathname !== "/") return "slack";
  return [named, kept("platform")].find((name) => platforms.includes(name)) ?? "slack";
}

function show(name) {
  if (shown === known[name]) return;
  came = { who: came ? came.who : shown?.who() };
  shown?.leave();
  shown = known[name];
  building = buildTrouble(shown);
  remember("platform", name);
  document.body.dataset.platform = name;
  for (const each of Object.values(known)) at(each.id).hidden = each !== shown;
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === name));
  at("menu-button").setAttribute("aria-controls", shown.list);
  at("menu-words").textContent = shown.listName;
  document.querySelector(".skip").setAttribute("href", `#${shown.box}`);
  fold();
  document.querySelector(`#${name} .room-head`).after(at("guide"));
  at("guide").hidden = true;
  hold(true);
  listen();
}

// Until the first state has come there is nothing a press could be about: these parts wait.
function hold(isWaiting) {
  for (const part of [at("slack"), at("teams"), document.querySelector(".clock"), at("trouble-button"), at("trouble"), at("guide-button")]) part.inert = isWaiting;
}

// Somebody has come to a platform, and its first state has too.
function begin() {
  const { who } = came;
  came = null;
  hold(false);
  drawGuide(kept("guided") === null);
  if (goal?.platform === shown) shown.point(goal.room, goal.id);
  else if (who) shown.prefer(who);
  else shown.follow(location.href);
  goal = null;
}

// The stream tells everything when it opens, after a silence too, and then each change.
function listen() {
  stream?.close();
  const here = shown;
  const opened = new EventSource(here.stream());
  stream = opened;
  opened.onmessage = async (event) => {
    here.take(JSON.parse(event.data));
    if (came && !(await (building ??= buildTrouble(here)))) { building = null; return; }
    if (stream !== opened) return;
    here.draw();
    if (came) begin();
  };
  opened.onopen = () => { at("offline").hidden = true; };
  opened.onerror = () => { at("offline").hidden = false; };
}

function go(name) {
  history.replaceState(null, "", `/#${name}`);
  show(name);
}

at("platforms").hidden = platforms.length < 2;
document.querySelectorAll("[data-show]").forEach((button) => button.addEventListener("click", () => go(button.dataset.show)));
addEventListener("hashchange", () => { if (platforms.includes(location.hash.slice(1))) show(location.hash.slice(1)); });

// -- the list on a narrow screen

function fold(isOpen = false) {
  at(shown.list).classList.toggle("open", isOpen);
  at("menu-button").setAttribute("aria-expanded", String(isOpen));
}

slack.fold = teams.fold = fold;
slack.listen = teams.listen = listen;
at("menu-button").addEventListener("click", () => fold(!at(shown.list).classList.contains("open")));

// -- the first visit

function drawGuide(isOpen) {
  at("guide").hidden = !isOpen;
  at("guide").replaceChildren(el("div", { class: "guide-head" }, el("h3", {}, "Three things to try"),
    el("button", { class: "link", onclick: () => { remember("guided", "yes"); drawGuide(false); } }, "Hide")),
  el("ol", {}, shown.tries.map(([title, what, label, start]) => el("li", {}, el("strong", {}, title), el("span", {}, what), el("button", { class: "btn", onclick: start }, label)))));
}

at("guide-button").addEventListener("click", () => drawGuide(at("guide").hidden));

// -- the clock

const moveClock = (body) => shown.post("clock", body);
document.querySelectorAll("[data-shift]").forEach((button) => button.addEventListener("click", () => moveClock({ shift: Number(button.dataset.shift) })));
at("next-tip").addEventListener("click", async () => {
  const coming = arrival(platforms.map((name) => known[name]));
  const { error } = await moveClock({ to: "next-tip" });
  if (error) return;
  toast("It is time for the tip. The bot looks every few seconds; this page says where it comes.");
  const found = await coming;
  if (!found) toast("No tip came that you can see. The week may be quiet there, or the tip went to somebody else: the bot’s “doctor” says which.");
  else if (found.platform === shown) toast(`The tip came in ${found.name}.`, [], ["Go there", () => shown.point(found.room, found.id)]);
  else toast(`The tip came in ${found.name}, on ${found.platform.trouble.name}.`, [], ["Go there", () => { go(found.platform.id); goal = found; }]);
});
at("clock-menu").addEventListener("toggle", () => { if (at("clock-menu").open) at("clock-moment").value = fieldValue(); });
at("clock-form").addEventListener("submit", (event) => { event.preventDefault(); at("clock-menu").open = false; moveClock({ moment: momentOf(at("clock-moment").value) }); });
at("clock-reset").addEventListener("click", () => { at("clock-menu").open = false; moveClock({ reset: true }); });
setInterval(drawClock, 10000);

// -- the drawer and the menus

at("trouble-button").addEventListener("click", () => showTrouble(at("trouble").hidden));
at("trouble-close").addEventListener("click", () => showTrouble(false));
at("trouble").addEventListener("keydown", (event) => { if (event.key === "Escape") showTrouble(false); });
document.addEventListener("click", (event) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

show(wanted());
