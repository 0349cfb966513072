// Slack's side of the page: what its emulator tells, drawn as a workspace.

import { el, keep } from "./dom.js";
import { announce } from "./announce.js";
import { drawHome, drawTabs } from "./home.js";
import { drawMessage, tone } from "./messages.js";
import { mrkdwn } from "./mrkdwn.js";
import { askFirst, showModal } from "./modal.js";
import { composer } from "./composer.js";
import { shortcutsMenu } from "./shortcuts.js";
import { drawRail } from "./rail.js";
import { drawSidebar } from "./sidebar.js";
import { drawTrouble } from "./trouble.js";
import { PARTS, troubleView } from "./slack_trouble.js";
import { drawMenu } from "./slack_menu.js";
import { drawNote } from "./slack_note.js";
import { grouped, WORDS } from "./slack_words.js";
import { squares } from "./workspaces.js";
import { slackTour } from "./slack_tour.js";
import { isSlackLine, saidTo, slackMatching } from "./commands.js";
import { roleOf } from "./people.js";
import { brieflyTour, forgetTour, stepOf, tick } from "./tour.js";
import { reading, toEnd } from "./reading.js";
import { dayOf, setClock, timeOf } from "./clock.js";
import { today } from "./dates.js";
import { kept, remember } from "./kept.js";
import { startOverWords } from "./start_over.js";
import { send } from "./talk.js";
import { feed } from "./feed.js";
import { earlierButton, part, reveal } from "./history.js";
import { readMarks } from "./marks.js";

const at = (id) => document.getElementById(id);
const news = feed("channels", (message) => message.ts);
let state = null;
const others = document.body.dataset.workspaces?.split(" ") ?? []; // beside the first one, whose address is the shortest
// The address says which, or the last visit.
const asked = new URLSearchParams(location.search).get("team");
const here = [asked ?? kept("workspace")].find((id) => others.includes(id)) ?? "";
if (asked) { remember("workspace", here); history.replaceState(null, "", "/#slack"); }
const own = (name, team) => (team ? `${name}-${team}` : name); // what is kept of a workspace
const view = {
  team: here, me: kept(own("me", here)), channel: kept(own("channel", here)), thread: null, tab: "messages",
  isNew: (channel) => channel.id !== view.channel && marks.isNew(view.me, channel.id, newest(channel)),
};
const newest = (channel) => channel.messages.at(-1)?.ts ?? "0";
const marks = readMarks("slack");

// -- talking to the emulator

function take(told) {
  news.take(told);
  state = news.state;
  if (view.me !== state.me) { view.me = state.me; remember(own("me", view.team), state.me); }
  for (const channel of state.channels) marks.begin(view.me, channel.id, newest(channel));
  if (!current()) view.channel = state.channels.find((channel) => channel.has_bot && channel.kind !== "im")?.id ?? (state.channels.find((channel) => channel.kind !== "im") ?? state.channels[0]).id;
}

const address = () => (view.team ? `/page/${view.team}/` : "/page/");

async function post(act, body, { quiet = [] } = {}) {
  const answer = await send(`${address()}${act}`, { user: view.me, ...body }, { quiet, words: WORDS });
  await news.until(answer.version);
  if (!answer.error) tick("slack", stepOf(act, act === "say" ? saidTo(body.text, [...state.commands, `@${state.bot.name}`]) : ""));
  return answer;
}

const current = () => state?.channels.find((channel) => channel.id === view.channel);

const isDirect = (channel) => channel.kind === "im" && channel.has_bot;

function nameOf(channel) {
  if (channel.kind !== "im") return channel.name;
  return channel.has_bot ? state.bot.name : names.person(channel.members.find((id) => id !== state.me));
}

const names = {
  get bot() { return state.bot; },
  get zone() { return state.clock.tz; },
  person: (id) => (id === "USLACKBOT" ? "Slackbot" : id === state.bot.id ? state.bot.name : state.people.find((person) => person.id === id)?.name ?? (state.accounts[id] ? `${state.bot.name} of ${state.accounts[id]}` : id)),
  channel: (id) => state.channels.find((channel) => channel.id === id)?.name,
  open: (id) => actions.open(id),
  follow: (event, url) => { event.preventDefault(); follow(new URL(url)); },
};

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
    remember(own("channel", view.team), id);
    slack.fold();
    at("messages").replaceChildren();
    draw();
    if (!at("composer").hidden) at("composer-text").focus();
  },
  async join(id) { if (!(await post("join", { channel: id })).error) actions.open(id); },
  become(id) { view.me = id; remember(own("me", view.team), id); actions.beginAnew(); },
  go(id) {
    const team = others.includes(id) ? id : "";
    if (team === view.team) return;
    remember("workspace", team);
    Object.assign(view, { team, me: kept(own("me", team)), channel: kept(own("channel", team)) });
    actions.beginAnew();
  },
  beginAnew() { view.thread = null; view.tab = "messages"; at("messages").replaceChildren(); slack.listen(); },
  act: (name, body) => post(name, body),
  sure: (title, text, confirm) => askFirst({ title: plain(title), text: plain(text), confirm: plain(confirm), deny: plain("Keep it"), style: "danger" }, names),
  openThread(ts) { view.thread = ts; draw(); (isDirect(current()) ? at("thread-messages") : at("thread-text")).focus(); },
  closeThread() {
    const opener = at("messages").querySelector(`[id="m-${view.thread}"] .replies`);
    view.thread = null;
    draw();
    (opener ?? at("composer-text")).focus();
  },
  react: (place, name) => post("react", { place, name }),
  dismiss: (ts) => post("dismiss", { ts }),
  async startOver() {
    if (!(await actions.sure("Start over?", startOverWords(state.database), "Start over"))) return;
    const [first] = state.people;
    await post("start-over", {});
    forgetTour();
    marks.forget(); // ids begin anew with the clock
    actions.become(first.id);
  },
};

const plain = (text) => ({ type: "plain_text", text });

// -- drawing

function draw() {
  const channel = current();
  if (!channel) return; // on the way to another workspace
  setClock(state.clock);
  marks.see(view.me, channel.id, newest(channel));
  drawRail(at("rail"), ways(channel), { name: names.person(state.me), letters: names.person(state.me).slice(0, 1), tone: tone(state.me) }, squares(state, actions.go));
  drawSidebar(at("sidebar"), state, { ...view, nameOf }, actions);
  brieflyTour(channel.messages.length > 0);
  const title = nameOf(channel);
  at("room-title").replaceChildren(el("span", { "aria-hidden": "true" }, channel.kind === "im" ? "" : channel.kind === "private" ? "🔒 " : "# "), title);
  document.title = `${channel.kind === "im" ? "" : "#"}${title} · PM Compare playground`;
  drawNote(at("room-note"), channel, state, names.person, () => post("invite", { channel: channel.id }));
  drawMenu(at("room-menu"), channel, state.bot.name, roleOf(state), post);
  const hasHome = isDirect(channel) && state.has_home;
  drawTabs(at("room-tabs"), hasHome, view.tab, openTab);
  drawRoom(channel, hasHome && view.tab === "home");
  drawThread(channel);
  const stack = state.modals;
  showModal(stack.at(-1), stack.length, { names, post, desk });
  drawTrouble(state.trouble, slack.trouble, troubleView(state, nameOf, (body) => post("rules", body)));
  composers.forEach((each) => each.rename());
  shortcuts.show(state.shortcuts, state.bot.name);
  announce(placeOf(channel), channel.messages, (message) => Number(message.ts),
    (message) => message.user !== state.me && `${message.is_ephemeral ? "Only visible to you. " : ""}${names.person(message.user)}: ${spokenText(message.text)}`);
  news.arrived();
}

// What Slack's signs mean, without them: the words of links, no marks of bold and the like.
const spokenText = (text) => mrkdwn(text, names).map((node) => node.textContent ?? node).join(" ");

function ways(channel) {
  const direct = state.channels.find(isDirect);
  return [
    { name: "Home", icon: "home", isHere: channel.kind !== "im", go: () => actions.open(learning().id) },
    ...(direct ? [{ name: "DMs", icon: "messages", isHere: channel.kind === "im", go: () => actions.open(direct.id) }] : []),
  ];
}

function openTab(tab) {
  view.tab = tab;
  draw();
  post("home", { tab });
}

function drawRoom(channel, isHome) {
  const box = at("messages");
  const isReadOnly = isDirect(channel);
  at("composer").hidden = isHome || isReadOnly || channel.is_archived;
  at("read-only").hidden = isHome || !isReadOnly;
  at("archived").hidden = !channel.is_archived;
  if (isHome) {
    drawHome(box, state.home, state.me, desk);
    return;
  }
  drawList(box, posts(channel), channel, null);
  if (!channel.messages.length) {
    box.replaceChildren(el("p", { class: "empty" }, ...(channel.kind === "im" && channel.has_bot ? ["Nothing here yet. The app writes here when it has something for you alone."]
      : state.team.is_installed === false ? [`Nothing here yet. ${state.bot.name} is not installed in ${state.team.name}.`] : ["Nothing here yet. Type ", el("code", {}, "/pm-compare"), " below."])));
  }
}

const LONG = 100; // messages drawn at once

const placeOf = (channel, thread) => `${state.me}/${channel.id}/${thread ?? ""}`;
const tsOf = (message) => message.ts;
const posts = (channel) => channel.messages.filter((message) => !message.is_reply);

function drawList(box, messages, channel, thread) {
  const settle = reading(box);
  const place = placeOf(channel, thread);
  const workspace = { names, actions, desk, inThread: thread !== null, takesReplies: !isDirect(channel), channel: channel.id, me: state.me, prefix: thread === null ? "" : "t-" };
  box.querySelector(":scope > .empty, :scope > .home")?.remove();
  const { shown, earlier, more } = part(box, place, messages, tsOf, draw);
  box.classList.toggle("long", shown.length > LONG);
  const items = earlier ? [{ key: `${place}/earlier`, mark: [earlier], draw: () => earlierButton(earlier, more) }] : [];
  shown.forEach((message, index) => {
    const before = shown[index - 1];
    const day = dayOf(Number(message.ts));
    const isNewDay = !before || day !== dayOf(Number(before.ts));
    if (isNewDay) items.push({ key: `${place}/${day}`, mark: [day], draw: () => el("p", { class: "day" }, el("span", {}, day)) });
    const follows = !isNewDay && goesOn(before, message);
    items.push({ key: `${place}/${message.ts}`, mark: [message, names.zone, today(), follows], draw: () => drawMessage(message, workspace, follows) });
  });
  keep(box, items);
  settle(shown, (message) => `${place}/${message.ts}`, (message) => [message.text, message.blocks]);
}

// Slack names an author once for what they say within a few minutes.
const goesOn = (before, message) => before.user === message.user && !before.is_ephemeral && !message.is_ephemeral && Number(message.ts) - Number(before.ts) < 300;

function drawThread(channel) {
  const parent = channel.messages.find((message) => message.ts === view.thread);
  at("thread").hidden = !parent;
  at("slack").classList.toggle("with-thread", Boolean(parent));
  if (!parent) { view.thread = null; return; }
  at("thread-composer").hidden = isDirect(channel) || channel.is_archived;
  at("thread-closed").hidden = !isDirect(channel);
  drawList(at("thread-messages"), [parent, ...channel.messages.filter((message) => message.is_reply && message.thread_ts === parent.ts)], channel, parent.ts);
}

// -- links into this workspace

function follow(url) {
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  if (!found || !state?.channels.some((channel) => channel.id === found[1])) return;
  const ts = `${found[2]}.${found[3]}`;
  point(found[1], ts, url.searchParams.get("thread_ts"));
}

function point(room, ts, thread = null) {
  actions.open(room);
  reveal(at("messages"), placeOf(current(), null), posts(current()), tsOf, thread ?? ts);
  draw();
  if (thread) actions.openThread(thread);
  const target = at(thread ? `m-t-${ts}` : `m-${ts}`);
  target?.scrollIntoView({ block: "center" });
  target?.classList.add("pointed");
  setTimeout(() => target?.classList.remove("pointed"), 3000);
}

// -- the fixed parts

const say = (thread, box) => async (text) => {
  toEnd(box);
  return !(await post("say", { channel: view.channel, text, thread_ts: thread() ?? undefined })).isLost;
};
const shortcuts = shortcutsMenu((shortcut) => post("shortcut", { shortcut }));
const composers = [
  composer(at("composer"), { id: "composer-text", beside: shortcuts.node, send: say(() => null, at("messages")), hints: (typed) => slackMatching(state, typed), isWhole: (typed) => isSlackLine(state, typed),
    label: () => (current() ? `Message ${current().kind === "im" ? nameOf(current()) : `#${current().name}`}, or / for commands` : "Message") }),
  composer(at("thread-composer"), { id: "thread-text", label: () => "Reply…", send: say(() => view.thread, at("thread-messages")), hints: () => [], isWhole: () => true }),
];
at("thread-close").addEventListener("click", actions.closeThread);
at("thread").addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented && !at("thread").querySelector("details[open]")) actions.closeThread(); });

// Where the app is, and what is asked is seen.
const learning = () => state.channels.find((channel) => channel.has_bot && channel.kind !== "im" && !channel.is_archived) ?? current();

export const slack = {
  id: "slack", list: "sidebar", listName: "Channels and people", box: "composer-text", log: "messages", path: "/page/",
  take, draw, post,
  stream: () => `${address()}stream?user=${encodeURIComponent(view.me ?? "")}`,
  fold: () => {}, // the page's menu on a narrow screen
  listen: () => {}, // the page's stream, for whom one is now
  leave: () => showModal(null, 0, {}),
  follow: (address) => follow(new URL(address)),
  point, news, rooms: "channels", idOf: (message) => message.ts,
  isTip: (message, { bot }) => message.user === bot.id && !message.is_ephemeral && !message.is_reply,
  placeName: (room, { bot }) => (room.kind === "im" ? `your direct messages with ${bot.name}` : `#${room.name}`),
  who: () => names.person(view.me).split(" ")[0],
  prefer(who) {
    const found = state?.people.find((person) => person.name.split(" ")[0] === who);
    if (found && found.id !== view.me) actions.become(found.id);
  },
  tour: slackTour({ get state() { return state; }, news, actions, current, learning, post, room: at("messages") }),
  trouble: {
    name: "Slack", where: "channel", order: (body) => post("trouble", body), time: (seconds) => timeOf(seconds, true),
    parts: PARTS,
  },
};
