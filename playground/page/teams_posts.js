// What stands in a conversation on Teams: a chat's messages one after the other, a channel's posts with their replies.

import { el, hold, keep } from "./dom.js";
import { dayOf } from "./clock.js";
import { composer } from "./composer.js";
import { reading } from "./reading.js";
import { drawMessage, keyOf } from "./teams_messages.js";

const SHOWN = 4; // replies below a post, before the earlier ones are asked for

const whole = new Set(); // posts whose replies are all shown
const inside = (message) => [message.text, message.card];

// One line of days between the items; `of` gives the item's first message.
function withDays(items, of) {
  return items.flatMap((item, index) => {
    const day = dayOf(of(item).at);
    return index === 0 || day !== dayOf(of(items[index - 1]).at) ? [{ day }, item] : [item];
  });
}

const dayLine = (day) => el("p", { class: "day" }, el("span", {}, day));

export function drawRoom(box, room, messages, desk) {
  const place = reading(box);
  box.querySelector(":scope > .empty")?.remove();
  box.classList.toggle("t-channel", room.kind === "channel");
  const order = room.kind === "channel" ? drawChannel(box, room, messages, desk) : drawChat(box, room, messages, desk);
  if (!messages.length) box.replaceChildren(el("p", { class: "empty" }, desk.nothing));
  place(order, keyOf, inside);
}

function drawChat(box, room, messages, desk) {
  keep(box, withDays(messages, (message) => message), (item) => (item.day ? `${room.id}/${item.day}` : keyOf(item)),
    (item) => (item.day ? dayLine(item.day) : drawMessage(item, desk)));
  return messages;
}

function drawChannel(box, room, messages, desk) {
  const posts = Object.values(Object.groupBy(messages, (message) => message.thread)).map(([root, ...replies]) => ({ root, replies }));
  posts.sort((one, other) => Number(one.root.id) - Number(other.root.id));
  hold(box, withDays(posts, (post) => post.root), (item) => (item.day ? `${room.id}/${item.day}` : `post/${keyOf(item.root)}`),
    (item) => (item.day ? dayLine(item.day) : emptyPost()), (node, item) => { if (!item.day) fill(node, item, desk); });
  return posts.flatMap(({ root, replies }) => [root, ...replies]);
}

const emptyPost = () => el("section", { class: "t-post" }, el("div"), el("div", { class: "t-earlier" }), el("div", { class: "t-replies" }), el("div", { class: "t-answer" }));

function fill(node, { root, replies }, desk) {
  const [top, earlier, below, answer] = node.children;
  node.setAttribute("aria-label", `Post by ${desk.nameOf(root.from)}`);
  keep(top, [root], keyOf, (message) => drawMessage(message, desk));
  const isCut = replies.length > SHOWN && !whole.has(keyOf(root));
  const shown = isCut ? replies.slice(1 - SHOWN) : replies;
  earlier.replaceChildren(...(isCut ? [el("button", { class: "link", onclick: () => { whole.add(keyOf(root)); fill(node, { root, replies }, desk); } },
    `Show ${replies.length - shown.length} earlier replies`)] : []));
  keep(below, shown, keyOf, (message) => drawMessage(message, desk));
  node.classList.toggle("answered", replies.length > 0);
  if (desk.isClosed || root.is_deleted) answer.replaceChildren();
  else if (!answer.firstChild) offerReply(answer, root, desk);
}

// The box is made when somebody wants to write, and stays as it is whatever else is drawn.
function offerReply(answer, root, desk) {
  const open = () => {
    const form = el("form", { class: "composer", autocomplete: "off" });
    answer.replaceChildren(form);
    const box = composer(form, { id: `reply-${root.id}`, label: () => "Reply", button: "Reply", mention: `@${desk.botName}`,
      hints: desk.hints, isWhole: desk.isWhole, send: (text) => desk.say(text, root.id) });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      answer.replaceChildren();
      offerReply(answer, root, desk);
      answer.firstChild.focus();
    });
    box.focus();
  };
  answer.replaceChildren(el("button", { class: "plain", onclick: open }, "↩ Reply"));
}
