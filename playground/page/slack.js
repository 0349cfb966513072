// Slack's side of the page: one state from its emulator, drawn again at every change.

import { el, keep, redraw, toast } from "./dom.js";
import { drawHome, drawTabs } from "./home.js";
import { drawMessage } from "./messages.js";
import { askFirst, showModal } from "./modal.js";
import { composer } from "./composer.js";
import { shortcutsMenu } from "./shortcuts.js";
import { drawSidebar } from "./sidebar.js";
import { check, drawTrouble, peopleOf } from "./trouble.js";
import { isAtEnd, reading, toEnd } from "./reading.js";
import { dayOf, setClock, timeOf } from "./clock.js";
import { kept, remember } from "./kept.js";
import { looking, seen, send } from "./talk.js";

const at = (id) => document.getElementById(id);
const isShown = () => !at("slack").hidden;

let state = null;
const view = {
  me: kept("me"), channel: kept("channel"), thread: null, tab: "messages", seen: {},
  isNew: (channel) => channel.id !== view.channel && (channel.messages.at(-1)?.ts ?? "0") > (view.seen[`${view.me}/${channel.id}`] ?? "0"),
};

// -- talking to the emulator

async function load() {
  const me = view.me;
  const latest = await seen(`/page/state?user=${encodeURIComponent(me ?? "")}`);
  if (!latest || view.me !== me) return; // one became somebody else meanwhile, and asked again
  const first = state === null;
  state = latest;
  if (view.me !== state.me) { view.me = state.me; remember("me", state.me); }
  if (first) for (const channel of state.channels) view.seen[`${view.me}/${channel.id}`] = channel.messages.at(-1)?.ts ?? "0";
  if (!current()) view.channel = state.channels.find((channel) => channel.has_bot && channel.kind !== "im")?.id ?? state.channels[0].id;
  if (isShown()) { setClock(state.clock); draw(); }
}

const refresh = looking(load);

const post = (act, body, { quiet = [] } = {}) => send(`/page/${act}`, { user: view.me, ...body }, { quiet, words: WORDS });

const WORDS = {
  operation_timeout: "operation_timeout: the bot took longer than 3 seconds.",
  dispatch_failed: "dispatch_failed: the bot could not be reached.",
  http_service_error: "http_service_error: the bot answered with an error of its own.",
  http_client_error: "http_client_error: the bot refused the request.",
  invalid_command_response: "invalid_command_response: Slack would not show this answer.",
  unknown_command: "There is no such command here. Type / to see which there are.",
  not_supported_in_threads: "Slack takes no slash commands in threads. Mention the app or press a button.",
};

const current = () => state?.channels.find((channel) => channel.id === view.channel);

const isPrivateTalk = (channel) => channel.kind === "im" && !channel.has_bot;

function nameOf(channel) {
  if (channel.kind !== "im") return channel.name;
  return channel.has_bot ? state.bot.name : names.person(channel.members.find((id) => id !== state.me));
}

const names = {
  get bot() { return state.bot; },
  get zone() { return state.clock.tz; },
  person: (id) => (id === state.bot.id ? state.bot.name : state.people.find((person) => person.id === id)?.name ?? id),
  channel: (id) => state.channels.find((channel) => channel.id === id)?.name,
  open: (id) => actions.open(id),
  follow: (event, url) => { event.preventDefault(); follow(new URL(url)); },
};

// Options with their groups' names, which do not go back with what is chosen.
const grouped = ({ options = [], groups = [] }) =>
  options.map((option, index) => (groups[index] ? Object.defineProperty(option, "group", { value: groups[index] }) : option));

const desk = (place, values) => ({
  names, values, people: () => state.people, channels: () => state.channels.filter((channel) => channel.kind !== "im"),
  confirm: (question) => askFirst(question, names),
  press: (block, each) => post("click", { place, action_id: each.action_id, block_id: block.block_id, value: each.value }),
  choose: (block, each, option) => post("choose", { place, action_id: each.action_id, block_id: block.block_id, option }),
  suggest: async (block, each, typed) => grouped(await post("suggest", { place, action_id: each.action_id, block_id: block.block_id, typed }, { quiet: ["too_short"] })),
});

const actions = {
  open(id) {
    if (!state.channels.some((channel) => channel.id === id)) return;
    view.channel = id;
    view.thread = null;
    view.tab = "messages";
    remember("channel", id);
    slack.fold();
    at("messages").replaceChildren();
    draw();
    if (!at("composer").hidden) at("composer-text").focus();
  },
  become(id) { view.me = id; view.thread = null; view.tab = "messages"; remember("me", id); at("messages").replaceChildren(); refresh(); },
  openThread(ts) { view.thread = ts; draw(); at("thread-text").focus(); },
  react: (place, name) => post("react", { place, name }),
  dismiss: (ts) => post("dismiss", { ts }),
  async startOver() {
    const question = { title: { type: "plain_text", text: "Start over?" }, text: { type: "plain_text", text: "Everything said and set up here goes, and the bot forgets it too. The clock goes back to now." },
      confirm: { type: "plain_text", text: "Start over" }, deny: { type: "plain_text", text: "Keep it" }, style: "danger" };
    if (await askFirst(question, names)) { view.thread = null; await post("start-over", {}); refresh(); }
  },
};

// -- drawing

function draw() {
  const channel = current();
  view.seen[`${view.me}/${channel.id}`] = channel.messages.at(-1)?.ts ?? "0";
  drawSidebar(at("sidebar"), state, { ...view, nameOf }, actions);
  const isDirect = channel.kind === "im" && channel.has_bot;
  at("guide").classList.toggle("brief", channel.messages.length > 0);
  const title = nameOf(channel);
  at("room-title").replaceChildren(el("span", { "aria-hidden": "true" }, channel.kind === "im" ? "" : channel.kind === "private" ? "🔒 " : "# "), title);
  document.title = `${channel.kind === "im" ? "" : "#"}${title} · PM Compare playground`;
  drawNote(channel, isDirect);
  const hasHome = isDirect && state.has_home;
  drawTabs(at("room-tabs"), hasHome, view.tab, openTab);
  drawRoom(channel, hasHome && view.tab === "home");
  drawThread(channel);
  const stack = state.modals;
  showModal(stack.at(-1), stack.length, { names, post, desk });
  drawTrouble(state.trouble, slack.trouble, troubleView());
  composers.forEach((each) => each.rename());
  shortcuts.show(state.shortcuts, state.bot.name);
}

function drawNote(channel, isDirect) {
  const others = channel.members.filter((id) => id !== state.bot.id).map(names.person).join(", ");
  redraw(at("room-note"), [channel.id, channel.has_bot, others], () => (isDirect ? ["Your direct messages with the app"]
    : isPrivateTalk(channel) ? [`${state.bot.name} is not here, and its command works all the same`]
      : channel.has_bot ? [`${others} and ${state.bot.name}`]
      : [`${others} · ${state.bot.name} is not in this channel `, el("button", { class: "link", onclick: () => post("invite", { channel: channel.id }) }, "Invite it")]));
}

function openTab(tab) {
  view.tab = tab;
  draw();
  post("home", { tab });
}

function drawRoom(channel, isHome) {
  const box = at("messages");
  const isReadOnly = channel.kind === "im" && channel.has_bot;
  at("composer").hidden = isHome || isReadOnly;
  at("read-only").hidden = isHome || !isReadOnly;
  if (isHome) {
    drawHome(box, state.home, state.me, desk);
    return;
  }
  drawList(box, channel.messages.filter((message) => !message.is_reply), channel, false);
  if (!channel.messages.length) {
    box.replaceChildren(el("p", { class: "empty" }, ...(channel.kind === "im" && channel.has_bot ? ["Nothing here yet. The app writes here when it has something for you alone."]
      : ["Nothing here yet. Type ", el("code", {}, "/pm-compare"), " below."])));
  }
}

function drawList(box, messages, channel, inThread) {
  const place = reading(box);
  const keyOf = (item) => `${channel.id}/${item.ts}`;
  const workspace = { names, actions, desk, inThread, channel: channel.id, me: state.me, prefix: inThread ? "t-" : "" };
  box.querySelector(":scope > .empty, :scope > .home")?.remove();
  const dayAt = (message) => dayOf(Number(message.ts));
  const items = messages.flatMap((message, index) => {
    const day = dayAt(message);
    const item = { ...message, zone: names.zone, me: state.me, room: channel.id };
    return index === 0 || day !== dayAt(messages[index - 1]) ? [{ day }, item] : [item];
  });
  keep(box, items, (item) => (item.day ? `${channel.id}/${item.day}` : keyOf(item)),
    (item) => (item.day ? el("p", { class: "day" }, el("span", {}, item.day)) : drawMessage(item, workspace)));
  place(messages, keyOf, (message) => [message.text, message.blocks]);
}

function drawThread(channel) {
  const parent = channel.messages.find((message) => message.ts === view.thread);
  const wasAtEnd = isAtEnd(at("messages"));
  at("thread").hidden = !parent;
  at("slack").classList.toggle("with-thread", Boolean(parent));
  if (wasAtEnd) toEnd(at("messages")); // a narrower room is a longer one
  if (!parent) { view.thread = null; return; }
  drawList(at("thread-messages"), [parent, ...channel.messages.filter((message) => message.is_reply && message.thread_ts === parent.ts)], channel, true);
}

// -- the Trouble drawer

const rules = (body) => post("rules", body);

function troubleView() {
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

// -- links into this workspace

function follow(url) {
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  if (!found || !state?.channels.some((channel) => channel.id === found[1])) return;
  const ts = `${found[2]}.${found[3]}`;
  actions.open(found[1]);
  const thread = url.searchParams.get("thread_ts");
  if (thread) actions.openThread(thread);
  const target = at(thread ? `m-t-${ts}` : `m-${ts}`);
  target?.scrollIntoView({ block: "center" });
  target?.classList.add("pointed");
  setTimeout(() => target?.classList.remove("pointed"), 3000);
}

// -- the fixed parts

const hints = () => [
  ...(state?.commands ?? []).flatMap((name) => [[name, "all seven dimensions"], [`${name} risks`, "one dimension"], [`${name} tips`, "weekly tips of this channel"], [`${name} help`, "what else there is"]]),
  [`/invite @${state?.bot.name}`, "let the app in"], [`/remove @${state?.bot.name}`, "send it away"],
];
const matching = (typed) => (typed.startsWith("/") ? hints().filter(([line]) => line.startsWith(typed) && line !== typed) : []);
const isWhole = (typed) => hints().some(([line]) => typed === line || typed.startsWith(`${line} `));
const say = (thread, box) => async (text) => {
  toEnd(box);
  return !(await post("say", { channel: view.channel, text, thread_ts: thread() ?? undefined })).isLost;
};
const shortcuts = shortcutsMenu((shortcut) => post("shortcut", { shortcut }));
const composers = [
  composer(at("composer"), { id: "composer-text", beside: shortcuts.node, send: say(() => null, at("messages")), hints: matching, isWhole,
    label: () => (current() ? `Message ${current().kind === "im" ? nameOf(current()) : `#${current().name}`}, or / for commands` : "Message") }),
  composer(at("thread-composer"), { id: "thread-text", label: () => "Reply…", send: say(() => view.thread, at("thread-messages")), hints: () => [], isWhole: () => true }),
];
at("thread-close").addEventListener("click", () => { view.thread = null; draw(); at("composer-text").focus(); });

const learning = () => state.channels.find((channel) => channel.has_bot && channel.kind === "public") ?? current();
const type = (text) => { const room = learning(); actions.open(room.id); return post("say", { channel: room.id, text }); };

export const slack = {
  id: "slack", list: "sidebar", listName: "Channels and people", box: "composer-text", path: "/page/",
  refresh, post,
  isReady: () => state !== null,
  fold: () => {}, // the page's menu on a narrow screen
  leave: () => showModal(null, 0, {}),
  follow: (address) => follow(new URL(address)),
  who: () => names.person(view.me).split(" ")[0],
  prefer(who) {
    const found = state?.people.find((person) => person.name.split(" ")[0] === who);
    if (found && found.id !== view.me) actions.become(found.id);
  },
  tries: [
    ["Ask", "Compare one of the seven dimensions.", "/pm-compare risks", () => type("/pm-compare risks")],
    ["Be told", "Switch on a weekly tip, then press “Next tip” above.", "/pm-compare tips", () => type("/pm-compare tips")],
    ["Go deeper", "React with 🔍 to the latest card or tip; more comes in its thread.", "React 🔍", () => {
      const room = learning();
      const target = room.messages.findLast((message) => message.user === state.bot.id && !message.is_ephemeral && !message.is_reply && /🔍|:mag:/u.test(JSON.stringify(message)));
      if (!target) { toast(`Nothing in #${room.name} waits for a 🔍 yet. Ask something and press Share, or switch tips on.`); return; }
      actions.open(room.id);
      actions.react({ channel: room.id, ts: target.ts }, "mag");
      actions.openThread(target.ts);
    }],
  ],
  trouble: {
    name: "Slack", where: "channel", order: (body) => post("trouble", body), time: (seconds) => timeOf(seconds, true),
    parts: [["limits", "Slack’s limits"], ["scopes", "What the app was granted"], ["people", "People"]],
  },
};
