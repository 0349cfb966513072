// Teams' side of the page: what its emulator tells, drawn as a tenant.

import { el, redraw, toast } from "./dom.js";
import { announce } from "./announce.js";
import { askYes } from "./ask.js";
import { setClock, timeOf } from "./clock.js";
import { composer } from "./composer.js";
import { kept, remember } from "./kept.js";
import { toEnd } from "./reading.js";
import { send } from "./talk.js";
import { feed } from "./feed.js";
import { readMarks } from "./marks.js";
import { isTeamsLine, saidTo, teamsHints } from "./commands.js";
import { startOverWords } from "./start_over.js";
import { teamsTour } from "./teams_tour.js";
import { brieflyTour, forgetTour, stepOf, tick } from "./tour.js";
import { check, drawTrouble, peopleOf } from "./trouble.js";
import { roleOf } from "./people.js";
import { showDialog } from "./teams_dialog.js";
import { drawRail } from "./rail.js";
import { drawList } from "./teams_list.js";
import { drawMenu } from "./teams_menu.js";
import { drawOffers, starterButtons } from "./teams_offers.js";
import { insertButton } from "./teams_insert.js";
import { initials } from "./teams_messages.js";
import { tone } from "./messages.js";
import { drawRoom, revealMessage } from "./teams_posts.js";

const at = (id) => document.getElementById(id);

const news = feed("conversations", (message) => message.id);
let state = null;
const newest = (room) => Math.max(0, Number(room.messages.at(-1)?.id ?? 0));
const others = document.body.dataset.tenants?.split(" ") ?? []; // beside the first one, whose address is the shortest
const own = (name, mark) => (mark ? `${name}-${mark}` : name); // what is kept of a tenant
const here = others.includes(kept("tenant")) ? kept("tenant") : "";
const view = {
  mark: here, me: kept(own("teams-me", here)), room: kept(own("teams-room", here)),
  isNew: (room) => room.id !== view.room && marks.isNew(view.me, room.id, newest(room)),
};
const marks = readMarks("teams");

// -- talking to the emulator

function take(told) {
  news.take(told);
  state = news.state;
  if (view.me !== state.me) { view.me = state.me; remember(own("teams-me", view.mark), state.me); }
  for (const room of state.conversations) marks.begin(view.me, room.id, newest(room));
  if (!current()) view.room = (state.conversations.find((room) => room.kind === "personal") ?? state.conversations[0])?.id;
}

const address = () => (view.mark ? `/page/teams/${view.mark}/` : "/page/teams/");

async function post(act, body = {}) {
  const answer = await send(`${address()}${act}`, { person: view.me, ...body });
  await news.until(answer.version);
  if (!answer.error && !answer.dialog && !Object.keys(answer.invalid ?? {}).length) {
    const isAlone = state.conversations.find((room) => room.id === body.conversation)?.kind === "personal";
    tick("teams", stepOf(act, act === "say" ? saidTo(body.text, [`@${state.bot.name}`], isAlone) : ""));
  }
  return answer;
}

// What came of a press, beside a changed card: a sentence, an address. A dialog shows its sentence itself.
async function told(answering) {
  const answer = await answering;
  if (answer.words && !answer.dialog && !answer.is_open) toast(answer.words);
  if (answer.url && !follow(answer.url)) window.open(answer.url, "_blank", "noopener");
  return answer;
}

const current = () => state?.conversations.find((room) => room.id === view.room);
const teamOf = (room) => state.teams.find((team) => team.id === room.team);
const nameOf = (id) => (id === "bot" ? state.bot.name : state.people.find((person) => person.id === id)?.name ?? "Somebody");
const titleOf = (room) => (room.team ? `${teamOf(room)?.name} › ${room.name}` : room.name);

const actions = {
  open(id) {
    if (!state.conversations.some((room) => room.id === id)) return;
    view.room = id;
    remember(own("teams-room", view.mark), id);
    teams.fold();
    at("teams-messages").replaceChildren();
    draw();
    if (!at("teams-composer").hidden) at("teams-text").focus();
  },
  become(id) {
    // The chat with the app is another one for everybody.
    if (current()?.kind === "personal") view.room = null;
    view.me = id;
    remember(own("teams-me", view.mark), id);
    at("teams-messages").replaceChildren();
    teams.listen();
  },
  go(mark) {
    if (mark === view.mark) return;
    remember("tenant", mark);
    Object.assign(view, { mark, me: kept(own("teams-me", mark)), room: kept(own("teams-room", mark)) });
    at("teams-messages").replaceChildren();
    teams.listen();
  },
  async startOver() {
    const isSure = await askYes("Start over?", startOverWords(state.database), { yes: "Start over", no: "Keep it", isRisky: true });
    if (!isSure) return;
    const [first] = state.people;
    await post("start-over");
    forgetTour();
    view.room = null;
    take({ set: {}, messages: {}, gone: {} });
    draw();
    actions.become(first.id);
  },
};

const searching = (place) => async (typed_at, typed) => (await post("search", { ...place, at: typed_at, typed })).options ?? [];

const startersOf = (room) => (room.has_bot ? state.starters[room.kind] : []);
const nothingIn = (room) => (room.kind === "personal" ? "Nothing here yet. Ask for “risks”, or type / below." : `Nothing here yet. Mention @${state.bot.name} below.`);

// What a room's messages are drawn with.
const desk = (room) => ({
  me: state.me, zone: state.clock.tz, quoted: (message) => quoted(room, message), room: room.id, botName: state.bot.name, nameOf, follow, hints: teamsHints(room, state), isWhole: isTeamsLine(room, state),
  mentionable: [state.bot.name, ...state.people.map((person) => person.name)],
  isClosed: room.is_archived,
  nothing: [nothingIn(room), el("span", { class: "t-nothing" }, starterButtons(startersOf(room), room, state.bot.name, (words) => box.put(words)))],
  ofCard: (message) => {
    const place = { conversation: room.id, message: message.id };
    return { press: (where, values) => told(post("press", { ...place, at: where, values })), search: searching(place), follow, zone: state.clock.tz };
  },
  react: (message, emoji) => post("react", { conversation: room.id, message: message.id, emoji }),
  dismiss: (message) => post("dismiss", { conversation: room.id, message: message.id }),
  remove: (message) => post("manage", { what: "delete_message", conversation: room.id, message: message.id }),
  say: async (text, thread) => !(await post("say", { conversation: room.id, text, thread })).isLost,
});

// -- drawing

function draw() {
  const room = current();
  if (!room) return; // on the way to another tenant: what it has is not here yet
  setClock(state.clock);
  marks.see(view.me, room.id, newest(room));
  drawRail(at("teams-rail"), ways(room), { name: nameOf(state.me), letters: initials(nameOf(state.me)), tone: tone(state.me) }, state.tenants.map(({ name, mark }) => ({ name, letters: name[0], isHere: mark === view.mark, go: () => actions.go(mark) })), "Tenants");
  drawList(at("teams-list"), state, { ...view, nameOf }, actions);
  brieflyTour(room.messages.length > 0);
  at("teams-title").textContent = titleOf(room);
  at("teams-here").textContent = room.kind === "channel" ? "Posts" : "Chat";
  document.title = `${titleOf(room)} · PM Compare playground`;
  drawNote(room);
  drawMenu(at("teams-menu"), room, teamOf(room), { role: roleOf(state), act: (name, body) => told(post(name, body)), botName: state.bot.name, open: actions.open });
  drawRoom(at("teams-messages"), room, desk(room), draw);
  drawOffers(at("teams-offers"), room, startersOf(room), { botName: state.bot.name, put: (words) => box.put(words), choose: (title) => post("choose", { title }) });
  at("insert-open").hidden = !state.query;
  at("teams-composer").hidden = room.is_archived;
  at("teams-composer").classList.toggle("alone", room.kind === "personal"); // nobody else could be meant
  at("teams-closed").hidden = !room.is_archived;
  at("teams-closed").textContent = `${teamOf(room)?.name} is archived: nobody can post here.`;
  const opened = state.dialog;
  showDialog(opened, opened && {
    press: (where, values) => told(post("submit", { dialog: opened.id, at: where, values })), search: searching({ dialog: opened.id }), follow, zone: state.clock.tz,
  }, () => post("dismiss", { dialog: opened.id }));
  drawTrouble(state.trouble, teams.trouble, troubleView());
  box.rename();
  announce(`${state.me}/${room.id}`, room.messages, (message) => Number(message.id), (message) => message.from !== state.me && `${nameOf(message.from)}: ${message.text || message.summary || "a card"}`);
  news.arrived();
}

const ways = (room) => [
  { name: "Chat", icon: "messages", isHere: room.kind !== "channel", go: () => actions.open(personal().id) },
  { name: "Teams", icon: "teams", isHere: room.kind === "channel", go: () => actions.open(learning().id) },
];

function quoted(room, message) {
  const found = message.reply_to && room.messages.find((each) => each.id === message.reply_to);
  if (!found) return null;
  const words = found.text || found.summary || "a card";
  return { who: nameOf(found.from), words: words.length > 90 ? `${words.slice(0, 88)} …` : words };
}

function drawNote(room) {
  const others = room.members.map(nameOf).join(", ");
  redraw(at("teams-note"), [room.id, room.has_bot, room.is_blocked, others], () => {
    const add = el("button", { class: "link", onclick: () => post("install", { conversation: room.id }) }, "Add the app");
    if (room.is_blocked) return [`You have blocked ${state.bot.name} `, el("button", { class: "link", onclick: () => post("manage", { what: "unblock" }) }, "Unblock it")];
    if (room.kind === "personal") return room.has_bot ? ["Your chat with the app"] : ["The app is not here ", add];
    return room.has_bot ? [`${others} and ${state.bot.name}`] : [`${others} · ${state.bot.name} is not here `, add];
  });
}

// -- the Trouble drawer

function troubleView() {
  const { rate, credentials_work: works, people } = state.trouble;
  const place = (id) => { const room = state.conversations.find((each) => each.id === id); return room ? titleOf(room) : "another conversation"; };
  const rules = (body) => post("rules", body);
  return {
    rooms: state.conversations.map((room) => ({ id: room.id, name: room.kind === "personal" ? `your chat with ${room.name}` : titleOf(room) })), place,
    rules: [
      { id: "limits", about: rate, build: () => [check("Posting is limited", "7 in a second and 60 in half a minute in a conversation, 50 a second in all; more is refused with 429.", rate, (on) => rules({ rule: "rate", is_on: on }))] },
      { id: "credentials", about: works, build: () => [check("The client secret works", "Off: no token is given out, and those there are mean nothing.", works, (on) => rules({ rule: "credentials", is_on: on }))] },
      { id: "people", about: people, build: () => peopleOf(people, (person) => [check("has left", "", person.is_gone, (on) => rules({ rule: "gone", name: person.id, is_on: on }))]) },
      { id: "faults", about: state.faults, build: () => (state.faults.length ? [el("ol", { class: "cards" }, state.faults.toReversed().map((fault) => el("li", {}, el("strong", {}, fault.where), el("p", { class: "fine" }, fault.error))))]
        : [el("p", { class: "fine" }, "None: Teams would have shown all of it.")]) },
    ],
  };
}

// -- links into this tenant: https://teams.microsoft.com/l/message/CONVERSATION/MESSAGE

function follow(address) {
  const found = /^https:\/\/teams\.microsoft\.com\/l\/message\/([^/?]+)\/(\d+)/.exec(address);
  const room = found && decodeURIComponent(found[1]);
  if (!room || !state.conversations.some((each) => each.id === room)) return false;
  point(room, found[2]);
  return true;
}

function point(room, id) {
  if (room !== view.room) actions.open(room);
  revealMessage(at("teams-messages"), current(), desk(current()), id);
  draw();
  const target = at(`t-${id}`);
  target?.scrollIntoView({ block: "center" });
  target?.classList.add("pointed");
  setTimeout(() => target?.classList.remove("pointed"), 3000);
}

// -- typing

const box = composer(at("teams-composer"), {
  id: "teams-text", mention: "@PM Compare",
  beside: insertButton(() => ({
    query: state.query,
    look: (words) => post("look-for", { conversation: view.room, words }),
    insert: async (words, title) => { toEnd(at("teams-messages")); await post("insert", { conversation: view.room, words, title }); },
  })),
  label: () => { const room = current(); return !room ? "Message" : room.kind === "personal" ? "Ask, or / for commands" : room.kind === "channel" ? `Start a post in ${room.name}, or @ for the app` : "Type a message, or @ for the app"; },
  hints: (typed) => teamsHints(current(), state)(typed), isWhole: (typed) => isTeamsLine(current(), state)(typed),
  send: (text) => { toEnd(at("teams-messages")); return desk(current()).say(text); },
});

// -- what the page needs of a platform

const learning = () => state.conversations.find((room) => room.kind === "channel" && room.has_bot && room.id !== room.team) ?? state.conversations.find((room) => room.has_bot) ?? current();
const personal = () => state.conversations.find((room) => room.kind === "personal" && room.has_bot) ?? learning();

export const teams = {
  id: "teams", list: "teams-list", listName: "Chats, teams and people", box: "teams-text", log: "teams-messages", path: "/page/teams/",
  take, draw, post,
  stream: () => `${address()}stream?person=${encodeURIComponent(view.me ?? "")}`,
  fold: () => {}, // the page's menu on a narrow screen
  listen: () => {}, // the page's stream, for whom one is now
  leave: () => showDialog(null),
  follow: () => {},
  point, news, rooms: "conversations", idOf: (message) => message.id,
  isTip: (message) => message.from === "bot" && !message.is_targeted && (!message.thread || message.thread === message.id),
  placeName: (room, { teams: all }) => (room.kind === "personal" ? `your chat with ${room.name}` : room.team ? `${all.find((team) => team.id === room.team)?.name} › ${room.name}` : room.name),
  who: () => nameOf(view.me).split(" ")[0],
  prefer(who) {
    const found = state?.people.find((person) => person.name.split(" ")[0] === who);
    if (found && found.id !== view.me) actions.become(found.id);
  },
  tour: teamsTour({ get state() { return state; }, news, actions, current, learning, personal, desk, room: at("teams-messages") }),
  trouble: {
    name: "Teams", where: "conversation", order: (body) => post("trouble", body), time: (seconds) => timeOf(seconds, true),
    parts: [["limits", "Teams’ limits"], ["credentials", "The bot’s registration"], ["people", "People"], ["faults", "What Teams would not have shown"]],
  },
};
