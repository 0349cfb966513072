// For whoever writes while the page is open: the entry of the file that changed last as both platforms draw it, and
// what `check` says of the content.

import { el } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { drawCard } from "./teams_cards.js";

const STATES = {
  checking: "Checking…", well: "All well.", warnings: "Can be used; look at these:", faults: "Not in use yet: mend these. The last good text stays.",
  unchecked: "In use. It could not be checked here: run python -m bot check.",
};
const nothing = () => ({});
const names = { bot: { id: "", name: "PM Compare" }, zone: "UTC", person: (id) => id, channel: nothing, open: nothing, follow: nothing };
const slackDesk = { names, values: {}, people: () => [], channels: () => [], confirm: nothing, press: nothing, choose: nothing, suggest: nothing };
const teamsDesk = { press: nothing, search: () => [], follow: () => true };

const button = el("button", { class: "plain", id: "writing-button", hidden: true, "aria-expanded": "false", "aria-controls": "writing", onclick: () => show(panel.hidden) }, "Writing");
const where = el("p", { class: "fine", id: "writing-file" });
const state = el("p", { id: "writing-state", role: "status" });
const sentences = el("ul", { class: "w-sentences", id: "writing-sentences", "aria-label": "What check says" });
const cards = el("div", { class: "w-cards" });
const panel = el("aside", { id: "writing", class: "drawer w-panel", "aria-labelledby": "writing-title", hidden: true },
  el("div", { class: "room-head" }, el("h2", { id: "writing-title" }, "Preview while writing"),
    el("button", { class: "plain", onclick: () => { isWanted = false; show(false); button.focus(); } }, "Close ", el("span", { class: "unseen" }, "the preview"))),
  el("div", { class: "drawer-body", tabindex: "0", role: "group", "aria-label": "What you write" }, where, el("section", { "aria-labelledby": "writing-content" }, el("h3", { id: "writing-content" }, "Content"), state, sentences), cards));

let isWanted = true; // until somebody closes it, every change opens it

function show(isOpen) {
  panel.hidden = !isOpen;
  button.setAttribute("aria-expanded", String(isOpen));
  button.classList.remove("fresh");
  if (isOpen) for (const other of document.querySelectorAll("aside.drawer:not([hidden])")) if (other !== panel) other.querySelector(".room-head button")?.click();
}

function draw(news) {
  button.hidden = false;
  where.textContent = news.entry ? `${news.file} · ${news.entry.title}` : `${news.file} has no card of its own.`;
  state.textContent = STATES[news.state] ?? news.state;
  state.className = news.state === "faults" ? "error" : "";
  sentences.replaceChildren(...news.sentences.map(({ words, is_warning: isWarning }) => el("li", { class: isWarning ? "fine" : "error" }, words)));
  const print = JSON.stringify([news.entry, news.cards]);
  if (cards.dataset.print === print) return;
  cards.dataset.print = print;
  cards.replaceChildren(...news.cards.flatMap((card) => [
    part(card, "Slack", "slack", () => drawBlocks(card.slack.blocks, slackDesk)), part(card, "Teams", "teams", () => [drawCard(card.teams, teamsDesk)])]));
}

// Nothing in it can be pressed: it is a picture of what is written.
const part = ({ what }, title, platform, build) => el("section", { class: `w-card w-${platform}`, "aria-label": `${what} on ${title}` },
  el("h3", {}, `${what} · ${title}`), el("div", { class: "w-sheet", "data-platform": platform, inert: true }, build()));

// A browser has six connections to one address at a time, and each window holds one for its platform: one for what is
// written is shared by all. The window that holds the lock listens and tells the others; when it goes, the next one does.
const others = new BroadcastChannel("writing");
let newest = null; // what was last heard, where this window is the one that listens

function hear({ news, isStanding }) {
  draw(news);
  if (isStanding) return; // written before the page was opened
  if (isWanted) { if (panel.hidden) show(true); } else if (panel.hidden) button.classList.add("fresh");
}

function listen() {
  const stream = new EventSource("/page/writing");
  const tell = (isStanding) => (event) => { newest = JSON.parse(event.data); hear({ news: newest, isStanding }); others.postMessage({ news: newest, isStanding }); };
  stream.addEventListener("standing", tell(true));
  stream.onmessage = tell(false);
  return new Promise(() => {}); // for as long as the window is open
}

if ("writing" in document.body.dataset) {
  document.getElementById("trouble-button").before(button);
  document.getElementById("trouble").after(panel);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { isWanted = false; show(false); button.focus(); } });
  others.onmessage = ({ data }) => { if (data) hear(data); else if (newest) others.postMessage({ news: newest, isStanding: true }); };
  others.postMessage(null); // a window that has just come asks what stands
  navigator.locks.request("writing", listen);
}
