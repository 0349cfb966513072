// The page: Slack's side or Teams', and what both have in common: clock, drawers, tour and menus.

import { toast } from "./dom.js";
import { slack } from "./slack.js";
import { teams } from "./teams.js";
import { buildTrouble, showTrouble } from "./trouble.js";
import { arrival } from "./arrivals.js";
import { hideTour, showTour, tick } from "./tour.js";
import { showWire } from "./wire.js";
import { drawClock, fieldValue, momentOf } from "./clock.js";
import { kept, remember } from "./kept.js";
import { switchTheme } from "./theme.js";
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
  at("skip").setAttribute("href", `#${shown.log}`);
  fold();
  hideTour();
  if (!at("wire").hidden) showWire(shown);
  hold(true);
  listen();
}

// Until the first state has come there is nothing a press could be about: these parts wait.
function hold(isWaiting) {
  for (const part of [at("slack"), at("teams"), document.querySelector(".clock"), at("more"), at("trouble"), at("wire")]) part.inert = isWaiting;
}

// Somebody has come to a platform, and its first state has too.
function begin() {
  const { who } = came;
  came = null;
  hold(false);
  showTour(shown);
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

// What the top has no room for there.
function openMore(isOpen) {
  at("more").classList.toggle("open", isOpen);
  at("more-button").setAttribute("aria-expanded", String(isOpen));
}

at("skip").addEventListener("click", (event) => { event.preventDefault(); (at(shown.box).checkVisibility() ? at(shown.box) : at(shown.log)).focus(); });
at("more-button").addEventListener("click", () => openMore(!at("more").classList.contains("open")));
at("more").addEventListener("click", (event) => { if (event.target.closest("button")) openMore(false); });
document.addEventListener("click", (event) => { if (!event.target.closest("#more, #more-button")) openMore(false); });
at("theme-button").addEventListener("click", switchTheme);

// -- the clock

const moveClock = (body) => shown.post("clock", body);
document.querySelectorAll("[data-shift]").forEach((button) => button.addEventListener("click", () => { at("clock-menu").open = false; moveClock({ shift: Number(button.dataset.shift) }); }));
at("clock-change").addEventListener("click", async () => {
  at("clock-menu").open = false;
  const { told } = await moveClock({ to: "clock-change" });
  if (told) toast(told);
});
// Once the page's own stream has told of a post too: what looks for it may hear of it sooner.
const standing = ({ platform: { news, rooms, idOf }, room, id }) => news.when(() => news.state[rooms].find((each) => each.id === room)?.messages.some((message) => idOf(message) === id));

at("next-tip").addEventListener("click", async () => {
  const coming = arrival(platforms.map((name) => known[name]));
  await coming.ready;
  const { error } = await moveClock({ to: "next-tip" });
  if (error) { coming.stop(); return; } // a browser keeps few streams open at once
  toast("It is time for the tip. The bot looks every few seconds; this page says where it comes.");
  const found = await coming.found;
  if (!found) toast("No tip came that you can see. The week may be quiet there, or the tip went to somebody else: the bot’s “doctor” says which.");
  else tick(found.platform.id, "tip");
  if (found?.platform === shown) await standing(found);
  if (found?.platform === shown) {
    toast(`The tip came in ${found.name}.`);
    shown.point(found.room, found.id);
  } else if (found) toast(`The tip came in ${found.name}, on ${found.platform.trouble.name}.`, [], ["Go there", () => { go(found.platform.id); goal = found; }]);
});
at("clock-menu").addEventListener("toggle", () => { if (at("clock-menu").open) at("clock-moment").value = fieldValue(); });
at("clock-form").addEventListener("submit", (event) => { event.preventDefault(); at("clock-menu").open = false; moveClock({ moment: momentOf(at("clock-moment").value) }); });
at("clock-reset").addEventListener("click", () => { at("clock-menu").open = false; moveClock({ reset: true }); });
setInterval(drawClock, 10000);

// -- the drawers, one at a time, and the menus

at("trouble-button").addEventListener("click", () => { showWire(null); showTrouble(at("trouble").hidden); });
at("trouble-close").addEventListener("click", () => showTrouble(false));
at("trouble").addEventListener("keydown", (event) => { if (event.key === "Escape") showTrouble(false); });

function openWire(isOpen) {
  if (isOpen && !at("trouble").hidden) showTrouble(false);
  showWire(isOpen ? shown : null);
  at(isOpen ? "wire-search" : "wire-button").focus();
}

at("wire-button").addEventListener("click", () => openWire(at("wire").hidden));
at("wire-close").addEventListener("click", () => openWire(false));
at("wire").addEventListener("keydown", (event) => { if (event.key === "Escape") openWire(false); });
document.addEventListener("click", (event) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
// A menu of a message opens upward where there is no room for it below; a toggle does not bubble.
document.addEventListener("toggle", ({ target: menu }) => {
  const box = menu.matches("details.menu[open]") && menu.closest(".messages");
  if (!box) return;
  const list = menu.querySelector(".menu-list");
  menu.classList.remove("above");
  menu.classList.toggle("above", list.getBoundingClientRect().bottom > box.getBoundingClientRect().bottom);
  list.scrollIntoView({ block: "nearest" });
}, true);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (at("more").classList.contains("open")) { openMore(false); at("more-button").focus(); }
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

show(wanted());
