// The drawer where trouble is ordered: what goes wrong, with which calls, where, how often; and what came of it.

import { el, redraw } from "./dom.js";
import { seen } from "./talk.js";

const at = (id) => document.getElementById(id);
const OFTEN = [["1", "the next call"], ["3", "the next 3 calls"], ["10", "the next 10 calls"], ["always", "every call, until taken back"], ["share", "a share of all calls"]];
const TIMED = { slow: "Seconds it takes", 429: "Seconds to wait (Retry-After)", "5xx_before": "Status", "5xx_after": "Status" };
const FIRST = { slow: 5, 429: 30, "5xx_before": 502, "5xx_after": 502 };

let possible = null;

// Built once a platform: a form must not be drawn anew while someone fills it in. `platform.trouble` has its words, its
// own parts, and `order` for whatever is ordered or taken back. Gives false when the playground was silent.
export async function buildTrouble(platform) {
  const { name: platformName, where, order, parts } = platform.trouble;
  const found = await seen(`${platform.path}possible-trouble`);
  if (!found) return false;
  possible = found;
  at("trouble-about").textContent = `Let the bot’s calls to ${platformName} go wrong, as they do in the real one, and see what it makes of it. The bot can’t tell this from the real thing.`;
  const all = possible.chapters.flatMap((chapter) => chapter.possible.map((each) => ({ ...each, chapter })));
  const kind = el("select", { id: "trouble-kind", "aria-describedby": "trouble-legend" }, possible.chapters.map((chapter) => el("optgroup", { label: chapter.title },
    chapter.possible.map((each) => el("option", { value: all.findIndex((one) => one.kind === each.kind && one.error === each.error) }, each.title)))));
  const method = el("select", { id: "trouble-method" }, possible.methods.map(({ name, words }) => el("option", { value: name }, name === "*" ? words : `${words} (${name})`)));
  const room = el("select", { id: "trouble-room" });
  const often = el("select", { id: "trouble-often" }, OFTEN.map(([value, words]) => el("option", { value }, words)));
  const share = el("input", { id: "trouble-share", type: "number", min: "1", max: "100", value: "17", required: true });
  const amount = el("input", { id: "trouble-amount", type: "number", required: true });
  const shareField = field("Per cent of the calls", share);
  const amountField = field("Seconds", amount);
  const legend = el("div", { id: "trouble-legend", class: "legend", "aria-live": "polite" });
  const chosen = () => all[Number(kind.value)];
  const explain = (isNew) => {
    const { chapter, kind: name, legend: words } = chosen();
    legend.replaceChildren(el("p", {}, el("strong", {}, words)), el("p", { class: "fine" }, chapter.legend));
    shareField.hidden = share.disabled = often.value !== "share";
    amountField.hidden = amount.disabled = !(name in TIMED);
    if (isNew && name in TIMED) {
      const isStatus = TIMED[name] === "Status";
      [amountField.firstChild.textContent, amount.value, amount.min, amount.max] = [TIMED[name], FIRST[name], isStatus ? 500 : 1, isStatus ? 599 : 3600];
    }
  };
  kind.addEventListener("change", () => explain(true));
  often.addEventListener("change", () => explain(false));
  explain(true);
  const send = (event) => {
    event.preventDefault();
    const { kind: name, error } = chosen();
    const isStatus = TIMED[name] === "Status";
    order({
      kind: name, error: error || undefined, method: method.value, [where]: room.value || undefined,
      times: often.value === "share" || often.value === "always" ? null : Number(often.value),
      share: often.value === "share" ? Number(share.value) / 100 : undefined,
      seconds: !isStatus && name in TIMED ? Number(amount.value) : undefined, status: isStatus ? Number(amount.value) : undefined,
    });
  };
  at("trouble-body").replaceChildren(...[
    el("form", { class: "order", onsubmit: send }, field("What goes wrong", kind), legend, field("With which calls", method), field("Where", room),
      field("How often", often), shareField, amountField, el("button", { class: "btn primary" }, "Order it")),
    part("Ordered", "trouble-waiting"), part("What happened lately", "trouble-lately"), parts.map(([id, title]) => part(title, `trouble-${id}`)),
    el("p", {}, el("button", { class: "btn danger", onclick: () => order({ reset: true }) }, "Reset everything here")),
  ].flat());
  return true;
}

const part = (title, id) => el("section", { "aria-labelledby": `${id}-title` }, el("h3", { id: `${id}-title` }, title), el("div", { id }));

function field(label, control) {
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control);
}

// `rooms` may be chosen, `place` gives the words for a conversation, `rules` are the platform's own parts.
export function drawTrouble({ waiting, lately }, { name, where, order, time }, { rooms, place, rules }) {
  const count = waiting.length;
  at("trouble-button").replaceChildren("Trouble", ...(count ? [" ", el("span", { class: "tag" }, String(count), el("span", { class: "unseen" }, " ordered"))] : []));
  const room = at("trouble-room");
  if (!possible || !room) return;
  const kept = room.value;
  redraw(room, rooms, () => [el("option", { value: "" }, "anywhere"), ...rooms.map((each) => el("option", { value: each.id }, each.name))]);
  if ([...room.options].some((option) => option.value === kept)) room.value = kept;
  redraw(at("trouble-waiting"), [waiting, rooms], () => (count ? [
    el("ul", { class: "cards" }, waiting.map((each) => el("li", {}, el("p", {}, el("strong", {}, each.title)),
      el("p", { class: "fine" }, `${callsOf(each.method)}, ${each[where] ? place(each[where]) : "anywhere"}: ${oftenOf(each)}. ${metOf(each.met)}`),
      el("button", { class: "link", onclick: () => order({ drop: each.key }) }, "Take it back", el("span", { class: "unseen" }, ` (${each.title})`))))),
    ...(count > 1 ? [el("button", { class: "btn", onclick: () => order({ clear: true }) }, "Take all of it back")] : []),
  ] : [el("p", { class: "fine" }, `None: every call works as ${name.endsWith("s") ? `${name}’` : `${name}’s`} own rules have it.`)]));
  redraw(at("trouble-lately"), [lately, rooms, lately.map((each) => time(each.at))], () => (lately.length ? [el("ol", { class: "log" }, lately.map((each) => el("li", {},
    el("time", {}, time(each.at)), el("span", {}, each.title, el("span", { class: "fine" }, ` ${each.method}${each[where] ? ` · ${place(each[where])}` : ""}`)))))]
    : [el("p", { class: "fine" }, "Nothing yet.")]));
  for (const { id, about, build } of rules) if (at(`trouble-${id}`)) redraw(at(`trouble-${id}`), about, build);
}

const callsOf = (name) => possible.methods.find((method) => method.name === name)?.words ?? name;
const metOf = (met) => (met ? `It has happened ${met === 1 ? "once" : `${met} times`}.` : "It has not happened yet.");

function oftenOf({ share, times }) {
  const left = times === null ? "" : times === 1 ? "once" : `${times} times`;
  if (share !== null) return `${Math.round(share * 100)} % of the calls${left && `, ${left}`}`;
  return times === null ? "every time, until taken back" : `${left} more`;
}

export function peopleOf(people, checks) {
  return people.map((person) => el("div", { class: "person", role: "group", "aria-label": person.name }, el("strong", {}, person.name), checks(person)));
}

export function check(title, words, isOn, change) {
  return el("label", { class: "check" }, el("input", { type: "checkbox", checked: isOn, onchange: (event) => change(event.target.checked) }),
    el("span", {}, title, words && el("span", { class: "fine" }, ` ${words}`)));
}

export function showTrouble(isOpen) {
  at("trouble").hidden = !isOpen;
  at("trouble-button").setAttribute("aria-expanded", String(isOpen));
  (isOpen ? at("trouble-kind") ?? at("trouble-close") : at("trouble-button")).focus();
}
