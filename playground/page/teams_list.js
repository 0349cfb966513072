// Teams' list: chats, teams with their channels, and who you are.

import { el, redraw } from "./dom.js";
import { roleLine } from "./people.js";
import { startOver } from "./start_over.js";

export function drawList(nav, state, view, actions) {
  const room = (id) => state.conversations.find((each) => each.id === id);
  const chats = state.conversations.filter((each) => each.kind !== "channel").sort((one, other) => (one.kind === "personal" ? -1 : 0) - (other.kind === "personal" ? -1 : 0));
  const about = [state.me, state.people, state.teams, view.room, state.conversations.map((each) => [each.id, each.name, each.has_bot, each.is_blocked, view.isNew(each)])];
  redraw(nav, about, () => [
    el("h2", {}, "Chat"),
    el("ul", {}, chats.map((chat) => el("li", {}, row(chat, view, actions, chat.kind === "personal" ? "PM" : "👥", chat.kind === "personal" ? "chat with the app" : "group chat")))),
    el("h2", {}, "Teams and channels"),
    el("ul", {}, state.teams.map((team) => el("li", {},
      el("h3", { class: "t-team" }, el("span", { class: "t-square", "aria-hidden": "true" }, team.name[0]), team.name, team.is_archived && el("span", { class: "fine" }, "archived")),
      el("ul", {}, team.channels.map(room).filter(Boolean).map((channel) => el("li", {}, row(channel, view, actions, "", `channel of ${team.name}`))))))),
    el("h2", { id: "teams-you-are" }, "You are"),
    el("div", { role: "group", "aria-labelledby": "teams-you-are" }, el("ul", {}, state.people.map((person) => el("li", {}, el("button", {
      class: "row", "aria-pressed": String(person.id === state.me), onclick: () => actions.become(person.id), title: person.zone,
    }, el("span", { class: "sign", "aria-hidden": "true" }, person.id === state.me ? "✓" : ""), person.name, el("span", { class: "fine" }, roleLine(person))))))),
    startOver(state.database, actions.startOver),
  ]);
}

function row(room, view, actions, sign, kind) {
  const isNew = view.isNew(room);
  return el("button", { class: isNew ? "row new" : "row", "aria-current": room.id === view.room ? "page" : undefined, onclick: () => actions.open(room.id) },
    el("span", { class: room.kind === "personal" ? "sign t-app" : "sign", "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, `${kind} `), room.name,
    isNew && el("span", { class: "unseen" }, " has something new"), isNew && el("span", { class: "dot", "aria-hidden": "true" }));
}
