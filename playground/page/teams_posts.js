// What stands in a conversation on Teams: a chat's messages one after the other, a channel's posts with their replies.

import { el, hold, keep, redraw } from "./dom.js";
import { dayOf } from "./clock.js";
import { composer } from "./composer.js";
import { reading } from "./reading.js";
import { earlierButton, part, reveal } from "./history.js";
import { drawMessage } from "./teams_messages.js";

const SHOWN = 4; // replies below a post, before the earlier ones are asked for

const whole = new Set(); // posts whose replies are all shown
const inside = (message) => [message.text, message.card];
const idOf = (message) => message.id;

// One line of days between the items; `of` gives the item's first message.
function withDays(items, of) {
  return items.flatMap((item, index) => {
    const day = dayOf(of(item).at);
    return index === 0 || day !== dayOf(of(items[index - 1]).at) ? [{ day }, item] : [item];
  });
}

const dayLine = (day) => el("p", { class: "day" }, el("span", {}, day));
const drawn = (message, desk) => ({ key: `${desk.room}/${message.id}`, mark: [message, desk.zone, desk.me], draw: () => drawMessage(message, desk) });

// `draw` draws the page again, for a part that has grown.
export function drawRoom(box, room, desk, draw) {
  const settle = reading(box);
  box.querySelector(":scope > .empty")?.remove();
  box.classList.toggle("t-channel", room.kind === "channel");
  const order = (room.kind === "channel" ? drawChannel : drawChat)(box, room, desk, draw);
  if (!room.messages.length) box.replaceChildren(el("p", { class: "empty" }, desk.nothing));
  settle(order, (message) => `${desk.room}/${message.id}`, inside);
}

const placeOf = (desk) => `${desk.me}/${desk.room}`;

function drawChat(box, room, desk, draw) {
  const { shown, earlier, more } = part(box, placeOf(desk), room.messages, idOf, draw);
  keep(box, [...(earlier ? [{ key: `${desk.room}/earlier`, mark: [earlier], draw: () => earlierButton(earlier, more) }] : []),
    ...withDays(shown, (message) => message).map((item) => (item.day ? { key: `${desk.room}/${item.day}`, mark: [item.day], draw: () => dayLine(item.day) } : drawn(item, desk)))]);
  return shown;
}

// Replies whose post has not come yet wait for it.
const postsOf = (room) => Object.values(Object.groupBy(room.messages, (message) => message.thread)).map(([root, ...replies]) => ({ root, replies }))
  .filter(({ root }) => root.id === root.thread)
  .sort((one, other) => Number(one.root.id) - Number(other.root.id));
const rootOf = ({ root }) => root.id;

function drawChannel(box, room, desk, draw) {
  const { shown, earlier, more } = part(box, placeOf(desk), postsOf(room), rootOf, draw);
  const items = [...(earlier ? [{ earlier }] : []), ...withDays(shown, (post) => post.root)];
  hold(box, items, (item) => `${desk.room}/${item.day ?? (item.earlier ? "earlier" : `post/${item.root.id}`)}`,
    (item) => (item.day ? dayLine(item.day) : item.earlier ? el("div") : emptyPost()), (node, item) => {
      if (item.earlier) redraw(node, [item.earlier], () => [earlierButton(item.earlier, more)]);
      else if (!item.day) fill(node, item, desk);
    });
  return shown.flatMap(({ root, replies }) => [root, ...replies]);
}

// Draws enough of a room that this message is there.
export function revealMessage(box, room, desk, id) {
  if (room.kind !== "channel") reveal(box, placeOf(desk), room.messages, idOf, id);
  else reveal(box, placeOf(desk), postsOf(room), rootOf, room.messages.find((message) => message.id === id)?.thread);
}

const emptyPost = () => el("div", { class: "t-post", role: "group" }, el("div"), el("div", { class: "t-earlier" }), el("div", { class: "t-replies" }), el("div", { class: "t-answer" }));

function fill(node, { root, replies }, desk) {
  const [top, earlier, below, answer] = node.children;
  node.setAttribute("aria-label", `Post by ${desk.nameOf(root.from)}`);
  keep(top, [drawn(root, desk)]);
  const isCut = replies.length > SHOWN && !whole.has(`${desk.room}/${root.id}`);
  const shown = isCut ? replies.slice(1 - SHOWN) : replies;
  earlier.replaceChildren(...(isCut ? [el("button", { class: "link", onclick: () => { whole.add(`${desk.room}/${root.id}`); fill(node, { root, replies }, desk); } },
    `Show ${replies.length - shown.length} earlier replies`)] : []));
  keep(below, shown.map((message) => drawn(message, desk)));
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
