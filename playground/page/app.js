// The page: one state from the pocket, drawn again at every change.

import { el, keep, redraw, toast } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { drawMessage } from "./messages.js";
import { askFirst, showModal } from "./modal.js";
import { composer } from "./composer.js";
import { drawSidebar } from "./sidebar.js";
import { buildTrouble, drawTrouble, showTrouble } from "./trouble.js";
import { isAtEnd, reading, toEnd } from "./reading.js";
import { fieldValue, momentOf, setClock, shownTime } from "./clock.js";

const at = (id) => document.getElementById(id);
const kept = (name) => localStorage.getItem(`pocket-${name}`);
const remember = (name, value) => localStorage.setItem(`pocket-${name}`, value);

let state = null;
const view = {
  me: kept("me"), channel: kept("channel"), thread: null, tab: "messages", seen: {},
  isNew: (channel) => channel.id !== view.channel && (channel.messages.at(-1)?.ts ?? "0") > (view.seen[`${view.me}/${channel.id}`] ?? "0"),
};

// -- talking to the pocket

async function load() {
  const response = await fetch(`/page/state?user=${encodeURIComponent(view.me ?? "")}`);
  if (!response.ok) return;
  const first = state === null;
  state = await response.json();
  if (view.me !== state.me) { view.me = state.me; remember("me", state.me); }
  if (first) for (const channel of state.channels) view.seen[`${view.me}/${channel.id}`] = channel.messages.at(-1)?.ts ?? "0";
  if (!current()) view.channel = state.channels.find((channel) => channel.has_bot && channel.kind !== "im")?.id ?? state.channels[0].id;
  setClock(state.clock);
  draw();
}

let loading = null;
let again = false;
function refresh() {
  if (loading) { again = true; return loading; }
  loading = load().finally(() => { loading = null; if (again) { again = false; refresh(); } });
  return loading;
}

async function post(act, body, { quiet = [] } = {}) {
  let answer;
  try {
    const response = await fetch(`/page/${act}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: view.me, ...body }) });
    answer = await response.json();
  } catch {
    answer = { error: "The playground does not answer. Is it still running?" };
  }
  if (answer.error && !quiet.includes(answer.error)) toast(WORDS[answer.error] ?? answer.error, answer.details);
  return answer;
}

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

const desk = (place, values) => ({
  names, values, people: () => state.people, channels: () => state.channels.filter((channel) => channel.kind !== "im"),
  confirm: (question) => askFirst(question, names),
  press: (block, each) => post("click", { place, action_id: each.action_id, block_id: block.block_id }),
  choose: (block, each, option) => post("choose", { place, action_id: each.action_id, block_id: block.block_id, option }),
  suggest: async (block, each, typed) => (await post("suggest", { place, action_id: each.action_id, block_id: block.block_id, typed }, { quiet: ["too_short"] })).options ?? [],
});

const actions = {
  open(id) {
    if (!state.channels.some((channel) => channel.id === id)) return;
    view.channel = id;
    view.thread = null;
    view.tab = "messages";
    remember("channel", id);
    showMenu(false);
    at("messages").replaceChildren();
    draw();
    if (!at("composer").hidden) at("composer-text").focus();
  },
  become(id) { view.me = id; view.thread = null; remember("me", id); at("messages").replaceChildren(); refresh(); },
  openThread(ts) { view.thread = ts; draw(); at("thread-text").focus(); },
  react: (place, name) => post("react", { place, name }),
  dismiss: (ts) => post("dismiss", { ts }),
  trouble: (body) => post("trouble", body),
  rules: (body) => post("rules", body),
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
  const hasHome = isDirect && state.home !== null;
  drawTabs(hasHome);
  drawRoom(channel, hasHome && view.tab === "home");
  drawThread(channel);
  const stack = state.modals;
  showModal(stack.at(-1), stack.length, { names, post, desk });
  drawTrouble(state, { nameOf, time: timeOf }, actions);
  drawClock();
  composers.forEach((each) => each.rename());
}

function drawNote(channel, isDirect) {
  const others = channel.members.filter((id) => id !== state.bot.id).map(names.person).join(", ");
  redraw(at("room-note"), [channel.id, channel.has_bot, others], () => (isDirect ? ["Your direct messages with the app"]
    : isPrivateTalk(channel) ? [`${state.bot.name} is not here, and its command works all the same`]
      : channel.has_bot ? [`${others} and ${state.bot.name}`]
      : [`${others} · ${state.bot.name} is not in this channel `, el("button", { class: "link", onclick: () => post("invite", { channel: channel.id }) }, "Invite it")]));
}

function drawTabs(hasHome) {
  const tabs = at("room-tabs");
  tabs.hidden = !hasHome;
  redraw(tabs, view.tab, () => [["messages", "Messages"], ["home", "Home"]].map(([tab, label]) => el("button", {
    class: "plain", role: "tab", "aria-selected": String(view.tab === tab),
    onclick: () => { view.tab = tab; draw(); if (tab === "home") post("home", {}); },
  }, label)));
}

function drawRoom(channel, isHome) {
  const box = at("messages");
  const isReadOnly = channel.kind === "im" && channel.has_bot;
  at("composer").hidden = isHome || isReadOnly;
  at("read-only").hidden = isHome || !isReadOnly;
  if (isHome) {
    const home = state.home;
    if (!box.querySelector(":scope > .home")) box.replaceChildren(el("div", { class: "home" }));
    redraw(box.firstChild, [home, state.me], () => drawBlocks(home.blocks, desk({ view: home.id }, home.values)));
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
  const items = messages.flatMap((message, index) => {
    const day = dayOf(message.ts);
    const item = { ...message, zone: names.zone, me: state.me, room: channel.id };
    return index === 0 || day !== dayOf(messages[index - 1].ts) ? [{ day }, item] : [item];
  });
  keep(box, items, (item) => (item.day ? `${channel.id}/${item.day}` : keyOf(item)),
    (item) => (item.day ? el("p", { class: "day" }, el("span", {}, item.day)) : drawMessage(item, workspace)));
  place(messages, keyOf);
}

function dayOf(ts) {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: names.zone }).format(new Date(Number(ts) * 1000));
}

function timeOf(seconds) {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: names.zone }).format(new Date(seconds * 1000));
}

function drawThread(channel) {
  const parent = channel.messages.find((message) => message.ts === view.thread);
  const wasAtEnd = isAtEnd(at("messages"));
  at("thread").hidden = !parent;
  at("frame").classList.toggle("with-thread", Boolean(parent));
  if (wasAtEnd) toEnd(at("messages")); // a narrower room is a longer one
  if (!parent) { view.thread = null; return; }
  drawList(at("thread-messages"), [parent, ...channel.messages.filter((message) => message.is_reply && message.thread_ts === parent.ts)], channel, true);
}

function drawClock() {
  const moved = Math.abs(state.clock.offset) > 30;
  at("clock").replaceChildren(el("span", { class: "unseen" }, "The time here is "), shownTime(), ...(moved ? [el("span", { class: "tag" }, "moved")] : []));
}

// -- the first visit

function drawGuide(isShown) {
  const learning = () => state.channels.find((channel) => channel.has_bot && channel.kind === "public") ?? current();
  const say = (text) => { const room = learning(); actions.open(room.id); return post("say", { channel: room.id, text }); };
  const tries = [
    ["Ask", "Compare one of the seven dimensions.", "/pm-compare risks", () => say("/pm-compare risks")],
    ["Be told", "Switch on a weekly tip, then press “Next tip” above.", "/pm-compare tips", () => say("/pm-compare tips")],
    ["Go deeper", "React with 🔍 to the latest card or tip; more comes in its thread.", "React 🔍", () => {
      const room = learning();
      const target = room.messages.findLast((message) => message.user === state.bot.id && !message.is_ephemeral && !message.is_reply && /🔍|:mag:/u.test(JSON.stringify(message)));
      if (!target) { toast(`Nothing in #${room.name} waits for a 🔍 yet. Ask something and press Share, or switch tips on.`); return; }
      actions.open(room.id);
      actions.react({ channel: room.id, ts: target.ts }, "mag");
      actions.openThread(target.ts);
    }],
  ];
  at("guide").hidden = !isShown;
  at("guide").replaceChildren(el("div", { class: "guide-head" }, el("h3", {}, "Three things to try"),
    el("button", { class: "link", onclick: () => { remember("guided", "yes"); drawGuide(false); } }, "Hide")),
  el("ol", {}, tries.map(([title, what, label, go]) => el("li", {}, el("strong", {}, title), el("span", {}, what), el("button", { class: "btn", onclick: go }, label)))));
}

function showMenu(isOpen) {
  at("sidebar").classList.toggle("open", isOpen);
  at("menu-button").setAttribute("aria-expanded", String(isOpen));
}

function follow(url) {
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  if (!found || !state.channels.some((channel) => channel.id === found[1])) return;
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
const say = (thread, box) => async (text) => {
  toEnd(box);
  return !(await post("say", { channel: view.channel, text, thread_ts: thread() ?? undefined })).error?.includes("does not answer");
};
const composers = [
  composer(at("composer"), { id: "composer-text", label: () => (current() ? `Message ${current().kind === "im" ? nameOf(current()) : `#${current().name}`}, or / for commands` : "Message"), send: say(() => null, at("messages")), hints }),
  composer(at("thread-composer"), { id: "thread-text", label: () => "Reply…", send: say(() => view.thread, at("thread-messages")), hints: () => [] }),
];

const moveClock = (body) => post("clock", body);
document.querySelectorAll("[data-shift]").forEach((button) => button.addEventListener("click", () => moveClock({ shift: Number(button.dataset.shift) })));
at("next-tip").addEventListener("click", async () => {
  const { error } = await moveClock({ to: "next-tip" });
  if (!error) toast("It is time for the tip. The bot looks every few seconds, so it comes in a moment.");
});
at("clock-menu").addEventListener("toggle", () => { if (at("clock-menu").open) at("clock-moment").value = fieldValue(); });
at("clock-form").addEventListener("submit", (event) => { event.preventDefault(); at("clock-menu").open = false; moveClock({ moment: momentOf(at("clock-moment").value) }); });
at("clock-reset").addEventListener("click", () => { at("clock-menu").open = false; moveClock({ reset: true }); });
at("thread-close").addEventListener("click", () => { view.thread = null; draw(); at("composer-text").focus(); });
at("trouble-button").addEventListener("click", () => showTrouble(at("trouble").hidden));
at("trouble-close").addEventListener("click", () => showTrouble(false));
at("trouble").addEventListener("keydown", (event) => { if (event.key === "Escape") showTrouble(false); });
at("guide-button").addEventListener("click", () => drawGuide(at("guide").hidden));
at("menu-button").addEventListener("click", () => showMenu(!at("sidebar").classList.contains("open")));
document.addEventListener("click", (event) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});
setInterval(() => { if (state) drawClock(); }, 10000);

await buildTrouble(actions);
await refresh();
drawGuide(kept("guided") === null);
if (state) follow(new URL(location.href));
const stream = new EventSource("/page/stream");
stream.onmessage = refresh;
stream.onopen = () => { at("offline").hidden = true; };
stream.onerror = () => { at("offline").hidden = false; };
