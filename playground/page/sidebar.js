// Channels, direct messages, and who you are.

import { el, redraw } from "./dom.js";
import { roleLine } from "./people.js";
import { startOver } from "./start_over.js";
import { workspaceHead } from "./workspaces.js";

export function drawSidebar(nav, state, view, actions) {
  const rooms = state.channels.filter((channel) => channel.kind !== "im");
  const direct = state.channels.filter((channel) => channel.kind === "im");
  const about = [state.me, state.people, state.team, state.workspaces, state.team.ends > state.clock.now, state.joinable, view.channel, state.channels.map((each) => [each.id, each.name, each.has_bot, each.is_archived, view.isNew(each)])];
  redraw(nav, about, () => [
    ...workspaceHead(state, actions),
    el("h2", {}, "Channels"),
    el("ul", {}, rooms.map((channel) => el("li", {}, room(channel, view, actions, channel.kind === "private" ? "🔒" : "#",
      channel.kind === "private" ? "private channel" : "channel"))),
      state.joinable.map(({ id, name }) => el("li", {}, el("button", { class: "row", title: `Join #${name}`, onclick: () => actions.join(id) }, el("span", { class: "sign", "aria-hidden": "true" }, "+"), name, el("span", { class: "fine" }, "join"))))),
    ...(direct.length ? [el("h2", {}, "Direct messages")] : []),
    el("ul", {}, direct.map((channel) => el("li", {}, room({ ...channel, name: view.nameOf(channel) }, view, actions, channel.has_bot ? "●" : "○", channel.has_bot ? "app" : "person")))),
    el("h2", { id: "you-are" }, "You are"),
    el("div", { role: "group", "aria-labelledby": "you-are" }, el("ul", {}, state.people.map((person) => el("li", {}, el("button", {
      class: "row", "aria-pressed": String(person.id === state.me), onclick: () => actions.become(person.id), title: person.tz,
    }, el("span", { class: "sign", "aria-hidden": "true" }, person.id === state.me ? "✓" : ""), person.name, el("span", { class: "fine" }, roleLine(person))))))),
    startOver(state.database, actions.startOver),
  ]);
}

function room(channel, view, actions, sign, kind) {
  const isNew = view.isNew(channel);
  return el("button", { class: isNew ? "row new" : "row", "aria-current": channel.id === view.channel ? "page" : undefined, onclick: () => actions.open(channel.id) },
    el("span", { class: "sign", "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, `${kind} `), channel.name,
    isNew && el("span", { class: "unseen" }, " has something new"), isNew && el("span", { class: "dot", "aria-hidden": "true" }),
    channel.is_archived && el("span", { class: "fine" }, "archived"));
}
