// One message as a person sees it, with its reactions and what can be done with it.

import { el, EMOJI } from "./dom.js";
import { dayOf, timeOf } from "./clock.js";
import { mrkdwn } from "./mrkdwn.js";
import { drawBlocks } from "./blocks.js";

const QUICK = ["mag", "books", "test_tube", "+1"];

export function drawMessage(message, workspace, follows = false) {
  const { names, actions, inThread } = workspace;
  const isSlackbot = message.user === "USLACKBOT";
  const isBot = message.user === names.bot.id;
  const who = isSlackbot ? "Slackbot" : names.person(message.user);
  const place = { channel: workspace.channel, ts: message.ts };
  const moment = new Date(Number(message.ts) * 1000);
  const time = timeOf(Number(message.ts));
  const day = dayOf(Number(message.ts));
  const body = message.blocks?.length
    ? drawBlocks(message.blocks, workspace.desk(place, message.values))
    : el("div", { class: "b-text" }, mrkdwn(message.text, names), message.edited && [" ", edited()]);
  return el("article", { class: message.is_ephemeral ? "message private" : "message", "aria-label": `${who}, ${time}`, id: `m-${workspace.prefix}${message.ts}`, tabindex: "-1" },
    el("div", { class: isBot ? "avatar bot" : isSlackbot ? "avatar slackbot" : "avatar", "aria-hidden": "true", "data-tone": tone(message.user) }, isBot ? "PM" : who.slice(0, 1)),
    el("div", { class: "content" },
      el("p", { class: "byline" },
        el("strong", {}, who), (isBot || isSlackbot) && el("span", { class: "tag" }, isBot ? "App" : "Slack"),
        el("time", { datetime: moment.toISOString(), title: `${day}, ${time}` }, time)),
      message.is_ephemeral && el("p", { class: "only-you" }, el("span", { "aria-hidden": "true" }, "👁 "), "Only visible to you · ",
        el("button", { class: "link", onclick: () => actions.dismiss(message.ts) }, "Dismiss")),
      el("div", { class: "body" }, body, message.edited && message.blocks?.length > 0 && edited()),
      reactions(message, place, workspace),
      !inThread && message.reply_count > 0 && el("button", { class: "replies", onclick: () => actions.openThread(message.ts) },
        `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`)),
    !message.is_ephemeral && el("div", { class: "tools", role: "group", "aria-label": "Message" },
      QUICK.map((name) => el("button", { class: "plain", "aria-label": `React with ${name.replaceAll("_", " ")}`, title: `:${name}:`, onclick: () => actions.react(place, name) }, EMOJI[name])),
      otherReaction(place, actions),
      !inThread && workspace.takesReplies && el("button", { class: "plain", onclick: () => actions.openThread(message.ts) }, "Reply")));
}

// Slack says it where the words end.
const edited = () => el("span", { class: "fine" }, "(edited)");

function reactions(message, place, { names, actions, me }) {
  if (!message.reactions?.length) return null;
  return el("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, message.reactions.map((each) => el("button", {
    class: each.users.includes(me) ? "reaction mine" : "reaction",
    "aria-pressed": String(each.users.includes(me)),
    "aria-label": `${each.name.replaceAll("_", " ")}, ${each.count}: ${each.users.map(names.person).join(", ")}`,
    title: `${each.users.map(names.person).join(", ")} :${each.name}:`,
    onclick: () => actions.react(place, each.name),
  }, `${EMOJI[each.name] ?? `:${each.name}:`} ${each.count}`)));
}

function otherReaction(place, actions) {
  const input = el("input", { type: "text", "aria-label": "Reaction by name", placeholder: "any name, e.g. eyes", maxlength: 100 });
  const form = el("form", { class: "menu-list", onsubmit: (event) => {
    event.preventDefault();
    menu.open = false;
    if (input.value.trim()) actions.react(place, input.value);
    input.value = "";
  } }, input, el("button", { class: "btn" }, "React"));
  const menu = el("details", { class: "menu right", ontoggle: () => menu.open && input.focus() },
    el("summary", { class: "plain", "aria-label": "React with another emoji", title: "Another reaction" }, "☺+"), form);
  return menu;
}

export function tone(user) {
  return [...user].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 5;
}
