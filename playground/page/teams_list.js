// Teams' list: chats, teams with their channels, and who you are.

import { el, redraw } from "./dom.js";
import { roleLine } from "./people.js";
import { startOver } from "./start_over.js";
import { dayOf, timeOf } from "./clock.js";
import { tone } from "./messages.js";
import { initials } from "./teams_messages.js";

export function drawList(nav, state, view, actions) {
  const room = (id) => state.conversations.find((each) => each.id === id);
  const chats = state.conversations.filter((each) => each.kind !== "channel").sort((one, other) => (one.kind === "personal" ? -1 : 0) - (other.kind === "personal" ? -1 : 0));
  const about = [state.me, state.people, state.teams, state.tenants, state.turned_away, view.room, state.conversations.map((each) => [each.id, each.name, each.has_bot, each.is_blocked, view.isNew(each)]), chats.map((each) => [each.messages.at(-1)?.id, previewOf(each, view), whenOf(each)])];
  redraw(nav, about, () => [
    ...tenantHead(state, view, actions),
    el("h2", {}, "Chat"),
    el("ul", {}, chats.map((chat) => chatItem(chat, view, actions))),
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

// Whose tenant it is, what the bot makes of it, and the switcher where there is no room for a rail.
function tenantHead({ tenants, tenant_name: name, turned_away: words }, view, actions) {
  if (!tenants.length) return [];
  return [
    el("p", { class: "workspace" }, name, el("span", {}, "a tenant to play in")),
    el("div", { class: "w-narrow", role: "group", "aria-label": "Tenant" }, tenants.map((each) => el("button", { class: "row", "aria-current": each.mark === view.mark ? "page" : undefined, onclick: () => actions.go(each.mark) }, each.name))),
    ...(words ? [el("p", { class: "w-turned-away", role: "status" }, words)] : []),
  ];
}

// The button is named by the chat alone, and lies over the whole item.
function chatItem(chat, view, actions) {
  const isApp = chat.kind === "personal";
  return el("li", { class: "t-chat" },
    el("span", { class: isApp ? "avatar bot" : "avatar", "aria-hidden": "true", "data-tone": tone(chat.id) }, isApp ? "" : initials(chat.name)),
    row(chat, view, actions, null, isApp ? "chat with the app" : "group chat"),
    el("time", {}, whenOf(chat)), el("p", { class: "t-preview", dir: "auto" }, previewOf(chat, view)));
}

function previewOf(chat, { me, nameOf }) {
  const last = chat.messages.at(-1);
  if (!last) return chat.has_bot ? "Nothing yet" : "The app is not here";
  const words = last.is_deleted ? "Deleted" : last.text || last.summary || "A card";
  return last.from === "bot" ? words : `${last.from === me ? "You" : nameOf(last.from).split(" ")[0]}: ${words}`;
}

// The time of what came today, else the day.
function whenOf(chat) {
  const last = chat.messages.at(-1);
  if (!last) return "";
  return dayOf(last.at) === dayOf(Date.now() / 1000) ? timeOf(last.at) : dayOf(last.at).split(" ").slice(1).map((word) => word.slice(0, 3)).join(" ");
}

function row(room, view, actions, sign, kind) {
  const isNew = view.isNew(room);
  return el("button", { class: isNew ? "row new" : "row", "aria-current": room.id === view.room ? "page" : undefined, onclick: () => actions.open(room.id) },
    sign !== null && el("span", { class: "sign", "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, `${kind} `), room.name,
    isNew && el("span", { class: "unseen" }, " has something new"), isNew && el("span", { class: "dot", "aria-hidden": "true" }));
}
