// Slack's own parts of the Trouble drawer: its limits, what the app was granted, and people.

import { check, peopleOf } from "./trouble.js";

export const PARTS = [["limits", "Slack’s limits"], ["scopes", "What the app was granted"], ["people", "People"]];

export function troubleView(state, nameOf, rules) {
  const rooms = state.channels.filter((channel) => channel.has_bot || channel.kind !== "im");
  const { rate, slow_history: isSlow, scopes, people, token_works: works } = state.trouble;
  return {
    rooms: rooms.map((each) => ({ id: each.id, name: each.kind === "im" ? `your direct messages with ${nameOf(each)}` : `#${nameOf(each)}` })),
    place(id) {
      const found = rooms.find((channel) => channel.id === id) ?? rooms.find((channel) => channel.kind === "im" && channel.members.includes(id));
      return found ? (found.kind === "im" ? "direct messages" : `#${nameOf(found)}`) : id;
    },
    rules: [
      { id: "limits", about: [rate, isSlow], build: () => [
        check("Posting is limited", "1 a second in a channel, 300 a minute in all; more is refused with 429.", rate, (on) => rules({ rule: "rate", is_on: on })),
        check("Reading messages is slow", "1 call a minute, 15 messages at a time, as for apps distributed outside the Marketplace.", isSlow, (on) => rules({ rule: "slow_history", is_on: on })),
      ] },
      { id: "scopes", about: [scopes, works], build: () => [
        check("The token works", "Off: every call is refused with token_revoked.", works, (on) => rules({ rule: "token", is_on: on })),
        ...scopes.map((scope) => check(scope.name, scope.words, scope.is_granted, (on) => rules({ rule: "scope", name: scope.name, is_on: on }))),
      ] },
      { id: "people", about: people, build: () => peopleOf(people, (person) => [
        check("admin", "", person.is_admin, (on) => rules({ rule: "admin", name: person.id, is_on: on })),
        check("has left", "", person.is_gone, (on) => rules({ rule: "gone", name: person.id, is_on: on })),
      ]) },
    ],
  };
}
