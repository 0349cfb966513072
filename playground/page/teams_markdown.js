// The Markdown that Teams draws in a TextBlock: bold, italic, links and lists; a backslash keeps a sign as it is.

import { el } from "./dom.js";

const PATTERNS = [
  ["link", /\[([^[\]\n]+)\]\((https?:[^\s()]+|mailto:[^\s()]+)\)/],
  ["both", /\*\*\*(\S|\S[^*\n]*?\S)\*\*\*/],
  ["bold", /\*\*(\S|\S.*?\S)\*\*(?!\*)/],
  ["bold", /(?<![\w_])__(\S|\S.*?\S)__(?![\w_])/],
  ["italic", /\*(\S|\S[^*\n]*?\S)\*/],
  ["italic", /(?<![\w_])_(\S|\S[^_\n]*?\S)_(?![\w_])/],
];
// Escaped signs go through the patterns as signs of Unicode's private area, which nobody types.
const AWAY = 0xe000;

export function markdown(text, follow) {
  const hidden = text.replaceAll(/\\([!-/:-@[-`{-~])/g, (_, sign) => String.fromCodePoint(AWAY + sign.codePointAt(0)));
  const out = [];
  let list = null;
  for (const line of hidden.split(/\r?\n/)) {
    const item = /^\s*(?:([-*+])|\d{1,9}[.)]) (.*)$/.exec(line);
    if (item) {
      const tag = item[1] ? "ul" : "ol";
      if (list?.localName !== tag) out.push(list = el(tag));
      list.append(el("li", {}, inline(item[2], follow)));
      continue;
    }
    if (out.length && !list && line.trim()) out.push(el("br"));
    list = null;
    out.push(...inline(line, follow));
  }
  return out;
}

function inline(text, follow) {
  let first = null;
  for (const [kind, pattern] of PATTERNS) {
    const found = pattern.exec(text);
    if (found && (first === null || found.index < first.found.index)) first = { kind, found };
  }
  if (first === null) return text ? [shown(text)] : [];
  const { kind, found } = first;
  const before = text.slice(0, found.index);
  return [...(before ? [shown(before)] : []), node(kind, found, follow), ...inline(text.slice(found.index + found[0].length), follow)];
}

function node(kind, [, inner, address], follow) {
  switch (kind) {
    case "link": return link(shown(address), inline(inner, follow), follow);
    case "both": return el("strong", {}, el("em", {}, inline(inner, follow)));
    case "bold": return el("strong", {}, inline(inner, follow));
    default: return el("em", {}, inline(inner, follow));
  }
}

export function link(address, words, follow) {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", onclick: (event) => { if (follow(address)) event.preventDefault(); } }, words);
}

function shown(text) {
  return text.replaceAll(/[\ue000-\ue07f]/g, (sign) => String.fromCodePoint(sign.codePointAt(0) - AWAY));
}
