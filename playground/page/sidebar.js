// Channels, direct messages, who you are, and trouble to order.

import { el, redraw } from "./dom.js";

const TROUBLES = [
  ["429", "Too fast (429)"], ["5xx_before", "Server error, nothing done"], ["5xx_after", "Server error, but done"],
  ["cut_after", "Connection cut, but done"], ["cut_before", "Connection cut, nothing done"], ["slow", "Slow answer (5 s)"],
];

export function drawSidebar(nav, state, view, actions) {
  const rooms = state.channels.filter((channel) => channel.kind !== "im");
  const direct = state.channels.filter((channel) => channel.kind === "im");
  const about = [state.me, state.people, view.channel, state.trouble, state.channels.map((each) => [each.id, each.name, each.has_bot, each.is_archived, view.isNew(each)])];
  redraw(nav, about, () => [
    el("h2", {}, "Channels"),
    el("ul", {}, rooms.map((channel) => el("li", {}, room(channel, view, actions, channel.kind === "private" ? "🔒" : "#",
      channel.kind === "private" ? "private channel" : "channel")))),
    el("h2", {}, "Direct messages"),
    el("ul", {}, direct.map((channel) => el("li", {}, room({ ...channel, name: view.nameOf(channel) }, view, actions, channel.has_bot ? "●" : "○", channel.has_bot ? "app" : "person")))),
    el("h2", { id: "you-are" }, "You are"),
    el("ul", { role: "group", "aria-labelledby": "you-are" }, state.people.map((person) => el("li", {}, el("button", {
      class: "row", "aria-pressed": String(person.id === state.me), onclick: () => actions.become(person.id), title: person.tz,
    }, el("span", { class: "sign", "aria-hidden": "true" }, person.id === state.me ? "✓" : ""), person.name, el("span", { class: "fine" }, person.tz))))),
    el("div", { class: "foot" }, trouble(state, view, actions),
      el("button", { class: "plain", onclick: actions.startOver }, "Start over")),
  ]);
}

function room(channel, view, actions, sign, kind) {
  const isNew = view.isNew(channel);
  return el("button", { class: isNew ? "row new" : "row", "aria-current": channel.id === view.channel ? "page" : undefined, onclick: () => actions.open(channel.id) },
    el("span", { class: "sign", "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, `${kind} `), channel.name,
    isNew && el("span", { class: "unseen" }, " has something new"), isNew && el("span", { class: "dot", "aria-hidden": "true" }),
    channel.is_archived && el("span", { class: "fine" }, "archived"));
}

function trouble(state, view, actions) {
  const kind = el("select", { "aria-label": "Kind of trouble" }, TROUBLES.map(([value, label]) => el("option", { value }, label)));
  return el("details", { class: "trouble", open: view.troubleOpen, ontoggle: (event) => { view.keep.troubleOpen = event.target.open; } },
    el("summary", {}, state.trouble.length ? `Trouble (${state.trouble.length} waiting)` : "Trouble"),
    el("p", { class: "fine" }, "The bot's next post goes wrong like this:"), kind,
    el("button", { class: "btn", onclick: () => actions.trouble({ method: "chat.postMessage", kind: kind.value, times: 1 }) }, "Order it"),
    state.trouble.length > 0 && el("button", { class: "btn", onclick: () => actions.trouble({ clear: true }) }, "Never mind"));
}
