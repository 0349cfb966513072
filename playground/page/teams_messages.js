// One message on Teams as a person sees it: its words or its card, its reactions, and what can be done with it.

import { el } from "./dom.js";
import { dayOf, timeOf } from "./clock.js";
import { tone } from "./messages.js";
import { reactButton } from "./picker.js";
import { drawCard } from "./teams_cards.js";
import { markdown } from "./teams_markdown.js";

const QUICK = [["👍", "like"], ["❤️", "heart"], ["🔍", "magnifying glass"], ["📚", "books"], ["🧪", "test tube"]];
const NAMES = new Map([...QUICK, ["😆", "laugh"], ["😮", "surprised"], ["😢", "sad"], ["😠", "angry"]]);

// What one has typed into a card, or opened in it, stays while only the rest of its message changes.
const cards = new Map();

function cardOf(message, desk) {
  const key = `${desk.me}/${desk.room}/${message.id}`;
  const known = cards.get(key);
  if (known?.card !== message.card && (!known || JSON.stringify(known.card) !== JSON.stringify(message.card))) cards.set(key, { card: message.card, node: drawCard(message.card, desk.ofCard(message)) });
  return cards.get(key).node;
}

export function drawMessage(message, desk) {
  const isBot = message.from === "bot";
  const isMine = message.from === desk.me;
  const who = desk.nameOf(message.from);
  const moment = new Date(message.at * 1000);
  const quoted = desk.quoted(message);
  const classes = ["t-message", isMine && "mine", message.is_targeted && "private", message.card && "with-card"].filter(Boolean).join(" ");
  if (message.is_deleted) {
    return el("article", { class: `${classes} gone`, "aria-label": "A deleted message", id: `t-${message.id}`, tabindex: "-1" }, el("p", { class: "fine" }, "This message has been deleted."));
  }
  return el("article", { class: classes, "aria-label": `${who}, ${timeOf(message.at)}`, id: `t-${message.id}`, tabindex: "-1" },
    el("div", { class: isBot ? "avatar bot" : "avatar", "aria-hidden": "true", "data-tone": tone(message.from) }, isBot ? "" : initials(who)),
    el("div", { class: "t-content" },
      el("p", { class: "byline" }, el("strong", {}, who), isBot && el("span", { class: "tag" }, "App"),
        el("time", { datetime: moment.toISOString(), title: `${dayOf(message.at)}, ${timeOf(message.at)}` }, timeOf(message.at)),
        message.is_edited && el("span", { class: "fine" }, "Edited"),
        message.is_own_view && el("span", { class: "tag", title: "You pressed a button in this card: others see it as it was posted." }, "Your view")),
      message.is_targeted && el("p", { class: "only-you" }, el("span", { "aria-hidden": "true" }, "👁 "), "Only you can see this message · ",
        el("button", { class: "link", onclick: () => desk.dismiss(message) }, "Dismiss")),
      el("div", { class: "t-bubble" },
        quoted && el("blockquote", { class: "t-quote" }, el("strong", {}, quoted.who), " ", quoted.words),
        message.text && el("div", { class: "t-text", dir: "auto" }, wordsOf(message, desk)),
        message.card && cardOf(message, desk)),
      reactions(message, desk)),
    tools(message, desk));
}

export function initials(name) {
  const parts = name.split(/\s+/);
  return `${parts[0][0] ?? ""}${parts.length > 1 ? parts.at(-1)[0] : ""}`;
}

function wordsOf(message, desk) {
  if (message.format === "markdown") return markdown(message.text, desk.follow);
  const names = desk.mentionable.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return message.text.split(new RegExp(`(@(?:${names.join("|")})(?!\\w))`, "i")).map((part, index) => (index % 2 ? el("span", { class: "mention" }, part.slice(1)) : part));
}

function reactions(message, desk) {
  if (!message.reactions.length) return null;
  return el("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, message.reactions.map((each) => {
    const people = each.people.map(desk.nameOf).join(", ");
    const isMine = each.people.includes(desk.me);
    return el("button", {
      class: isMine ? "reaction mine" : "reaction", "aria-pressed": String(isMine), title: people,
      "aria-label": `${NAMES.get(each.emoji) ?? each.emoji}, ${each.people.length}: ${people}`, onclick: () => desk.react(message, each.type),
    }, `${each.emoji} ${each.people.length}`);
  }));
}

function tools(message, desk) {
  const menu = el("details", { class: "menu right" }, el("summary", { class: "plain", "aria-label": "More", title: "More" }, "⋯"), el("div", { class: "menu-list" },
    el("button", { class: "plain", onclick: () => { menu.open = false; desk.remove(message); } }, "Delete the message")));
  return !message.is_targeted && el("div", { class: "tools", role: "group", "aria-label": "Message" },
    QUICK.map(([emoji, name]) => el("button", { class: "plain", "aria-label": `React with ${name}`, title: name, onclick: () => desk.react(message, emoji) }, emoji)),
    reactButton(({ sign }) => desk.react(message, sign)), menu);
}
