// What stands above Teams' box: what the last answer suggests to ask next, and the app's prompt starters.

import { el, redraw } from "./dom.js";

// A starter's words go into the box, where one may change them; elsewhere than in one's own chat they begin with its name.
const wordsOf = (starter, room, botName) => (room.kind === "personal" ? starter.prompt : `@${botName} ${starter.prompt}`);

export const starterButtons = (starters, room, botName, put) => starters.map((starter) => el("button", { type: "button", class: "t-starter", onclick: () => put(wordsOf(starter, room, botName)) },
  el("strong", {}, starter.title), el("span", { class: "fine" }, starter.description)));

// `desk` has put(words), which fills the box, and choose(title), which says what a suggestion says.
export function drawOffers(box, room, starters, desk) {
  const suggested = room.kind === "personal" ? room.messages.at(-1)?.suggested ?? [] : [];
  box.hidden = room.is_archived || !room.has_bot || !(starters.length || suggested.length);
  redraw(box, [room.id, room.has_bot, starters, suggested], () => [
    starters.length > 0 && startersMenu(starters, room, desk),
    suggested.length > 0 && el("div", { class: "t-suggested", role: "group", "aria-label": "Suggestions" },
      suggested.map(({ title }) => el("button", { type: "button", class: "btn", onclick: () => desk.choose(title) }, title))),
  ].filter(Boolean));
}

function startersMenu(starters, room, desk) {
  const menu = el("details", { class: "menu up" }, el("summary", { class: "plain" }, "View prompts"),
    el("div", { class: "menu-list t-starters" }, starterButtons(starters, room, desk.botName, (words) => { menu.open = false; desk.put(words); })));
  return menu;
}
