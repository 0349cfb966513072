// Slack's mrkdwn as nodes: *bold* _italic_ ~struck~ `code`, links, mentions, dates, quotes and lists.

import { slackDate } from "./dates.js";
import { el } from "./dom.js";
import { EMOJI, spoken } from "./emoji.js";

const PATTERNS = [
  ["code", /`([^`\n]+)`/],
  ["angle", /<([^<>\n]+)>/],
  ["bold", /(?<![\w*])\*(\S|\S[^*\n]*\S)\*(?![\w*])/],
  ["italic", /(?<![\w_])_(\S|\S[^_\n]*\S)_(?![\w_])/],
  ["struck", /(?<![\w~])~(\S|\S[^~\n]*\S)~(?![\w~])/],
  ["address", /(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]'"])/],
  ["emoji", /:([a-z0-9_+-]+):/],
];

export function mrkdwn(text, names) {
  const out = [];
  text.split(/```/).forEach((part, index) => {
    if (index % 2) out.push(el("pre", {}, el("code", {}, decoded(part.replace(/^\n/, "")))));
    else if (part) out.push(...lines(part, names));
  });
  return out;
}

// Plain text: only emoji names mean something.
export function plain(text) {
  return text.split(/(:[a-z0-9_+-]+:)/).map((part) => EMOJI[part.slice(1, -1)] && part.length > 2 ? emoji(part.slice(1, -1)) : part);
}

function lines(text, names) {
  const out = [];
  let list = null;
  text.split("\n").forEach((line, index, all) => {
    const bullet = /^(?:[•◦▪]|-)\s+(.*)$/.exec(line);
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (bullet) {
      if (!list) out.push(list = el("ul", {}));
      list.append(el("li", {}, inline(bullet[1], names)));
      return;
    }
    const afterBlock = list !== null || out.at(-1)?.tagName === "BLOCKQUOTE";
    list = null;
    if (quote) out.push(el("blockquote", {}, inline(quote[1], names)));
    else {
      if (index > 0 && !afterBlock && index < all.length) out.push(el("br"));
      out.push(...inline(line, names));
    }
  });
  return out;
}

function inline(text, names) {
  let first = null;
  for (const [kind, pattern] of PATTERNS) {
    const found = pattern.exec(text);
    if (found && (first === null || found.index < first.found.index)) first = { kind, found };
  }
  if (first === null) return text ? [decoded(text)] : [];
  const { kind, found } = first;
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found[0].length);
  return [...(before ? [decoded(before)] : []), node(kind, found[1], found[0], names), ...inline(after, names)];
}

function node(kind, inner, whole, names) {
  switch (kind) {
    case "code": return el("code", {}, decoded(inner));
    case "bold": return el("strong", {}, inline(inner, names));
    case "italic": return el("em", {}, inline(inner, names));
    case "struck": return el("s", {}, inline(inner, names));
    case "address": return angle(inner, names);
    case "emoji": return EMOJI[inner] ? emoji(inner) : whole;
    default: return angle(inner, names);
  }
}

function emoji(name) {
  return el("span", { role: "img", "aria-label": spoken(name), title: `:${name}:` }, EMOJI[name]);
}

function angle(inner, names) {
  const [target, label] = split(inner);
  if (target.startsWith("@")) return el("span", { class: "mention" }, `@${names.person(target.slice(1))}`);
  if (target.startsWith("#")) {
    const id = target.slice(1);
    return el("button", { class: "mention", type: "button", onclick: () => names.open(id) }, `#${names.channel(id) ?? label ?? "private channel"}`);
  }
  if (target.startsWith("!date^")) return when(target, label, names);
  if (target.startsWith("!")) return el("span", { class: "mention" }, `@${label ?? target.slice(1)}`);
  if (!/^(https?:|mailto:)/i.test(target)) return decoded(`<${inner}>`);
  const here = new URL(decoded(target)).origin === location.origin ? (event) => names.follow(event, decoded(target)) : null;
  return el("a", { href: decoded(target), target: "_blank", rel: "noopener noreferrer", onclick: here }, decoded(label ?? target));
}

function split(inner) {
  const at = inner.indexOf("|");
  return at < 0 ? [inner, undefined] : [inner.slice(0, at), inner.slice(at + 1)];
}

function when(target, fallback, names) {
  const [, seconds, format] = target.split("^");
  const drawn = slackDate(Number(seconds), decoded(format ?? ""), names.zone);
  if (drawn === null) return decoded(fallback ?? "");
  return el("time", { datetime: drawn.moment.toISOString(), title: decoded(fallback ?? "") }, drawn.words);
}

export function decoded(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
