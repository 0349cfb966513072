// One message as a person sees it, with its reactions and what can be done with it.

import { el } from "./dom.js";
import { EMOJI, spoken } from "./emoji.js";
import { reactButton } from "./picker.js";
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
    : el("div", { class: "b-text", dir: "auto" }, mrkdwn(message.text, names), message.edited && [" ", edited()]);
  return el("article", { class: ["message", message.is_ephemeral && "private", follows && "follows"].filter(Boolean).join(" "), "aria-label": `${who}, ${time}`, id: `m-${workspace.prefix}${message.ts}`, tabindex: "-1" },
    follows ? el("time", { class: "beside", datetime: moment.toISOString(), title: `${day}, ${time}`, "aria-hidden": "true" }, time) : el("div", { class: isBot ? "avatar bot" : isSlackbot ? "avatar slackbot" : "avatar", "aria-hidden": "true", "data-tone": tone(message.user) }, isBot ? "" : who.slice(0, 1)),
    el("div", { class: "content" },
      message.is_ephemeral && el("p", { class: "only-you" }, el("span", { "aria-hidden": "true" }, "👁 "), "Only visible to you · ",
        el("button", { class: "link", onclick: () => actions.dismiss(message.ts) }, "Dismiss")),
      el("p", { class: follows ? "byline unseen" : "byline" },
        el("strong", {}, who), (isBot || isSlackbot) && el("span", { class: "tag" }, isBot ? "App" : "Slack"),
        el("time", { datetime: moment.toISOString(), title: `${day}, ${time}` }, time)),
      el("div", { class: "body", dir: "auto" }, body, message.edited && message.blocks?.length > 0 && edited()),
      reactions(message, place, workspace),
      !inThread && message.reply_count > 0 && replies(message, workspace)),
    !message.is_ephemeral && el("div", { class: "tools", role: "group", "aria-label": "Message" },
      QUICK.map((name) => el("button", { class: "plain", "aria-label": `React with ${name.replaceAll("_", " ")}`, title: `:${name}:`, onclick: () => actions.react(place, name) }, EMOJI[name])),
      reactButton(({ name }) => actions.react(place, name)),
      !inThread && workspace.takesReplies && el("button", { class: "plain", onclick: () => actions.openThread(message.ts) }, "Reply")));
}

function replies(message, { names, actions }) {
  const people = (message.reply_people ?? []).slice(0, 5);
  return el("button", { class: "replies", onclick: () => actions.openThread(message.ts) },
    people.map((id) => el("span", { class: id === names.bot.id ? "avatar bot" : "avatar", "aria-hidden": "true", "data-tone": tone(id) }, id === names.bot.id ? "" : names.person(id).slice(0, 1))),
    el("strong", {}, `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`),
    el("span", { class: "fine" }, ` Last reply ${timeOf(Number(message.latest_reply))}`));
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

export function tone(user) {
  return [...user].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 5;
}
