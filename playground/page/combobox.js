// A field that offers options while one types, in the ARIA combobox pattern.

import { el } from "./dom.js";

const PAUSE = 180;
let serial = 0;

// `name` gives an option's words, `draw` its nodes. Where `isMany`, what is picked does not stay in the field; `clear`
// is told when one empties it. Where it `keeps` what is typed, words that are none of the options stay in the field and
// choose nothing, and `clear` is told. An option's `group` is said above the first that has it.
export function combobox({ common, chosen, placeholder, least, suggest, pick, name, draw = name, isMany = false, clear = null, keeps = false }) {
  const listId = `list-${++serial}`;
  let options = [];
  let active = -1;
  let timer = null;
  let label = chosen ? name(chosen) : "";
  const input = el("input", { ...common, "aria-label": common["aria-label"] ?? (common.id ? undefined : placeholder), type: "text", role: "combobox", placeholder, value: label,
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, autocomplete: "off" });
  const list = el("ul", { id: listId, role: "listbox", class: "options", hidden: true, "aria-label": "Suggestions" });

  function show() {
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    list.replaceChildren(...options.flatMap((option, index) => [
      option.group && option.group !== options[index - 1]?.group ? el("li", { role: "presentation", class: "group" }, option.group) : null,
      el("li", {
        role: "option", id: `${listId}-${index}`, "aria-selected": String(index === active), class: index === active ? "active" : "",
        onmousedown: (event) => { event.preventDefault(); take(index); },
      }, draw(option)),
    ]).filter(Boolean));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `${listId}-${active}`);
      list.querySelector(".active")?.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function take(index) {
    const option = options[index];
    label = input.value = isMany ? "" : name(option);
    options = [];
    active = -1;
    show();
    pick(option);
  }

  // What was chosen before is no search: with it alone in the field, everything comes up.
  const wanted = () => (least === 0 && input.value === label ? "" : input.value.trim());

  async function ask() {
    const typed = wanted();
    if (typed.length < least) { options = []; active = -1; show(); return; }
    const found = await suggest(typed);
    if (wanted() !== typed || document.activeElement !== input) return;
    options = found;
    active = Math.max(found.findIndex((option) => name(option) === label), found.length ? 0 : -1);
    show();
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
  }

  function leave() {
    options = [];
    show();
    const typed = input.value.trim();
    if (clear && label && (!typed || (keeps && typed !== label))) { label = ""; clear(); }
    if (keeps && typed && !label) return;
    input.value = label;
  }

  input.addEventListener("input", () => { options = []; active = -1; show(); clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  // Typing replaces what was chosen before, as in Slack, wherever one clicked.
  input.addEventListener("click", () => { if (input.value === label) input.select(); if (list.hidden && (!input.value || least === 0)) ask(); });
  input.addEventListener("blur", leave);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !options.length) ask();
    else if (event.key === "ArrowDown" && options.length) active = (active + 1) % options.length;
    else if (event.key === "ArrowUp" && options.length) active = (active - 1 + options.length) % options.length;
    else if (event.key === "Enter" && options.length && active >= 0) { event.preventDefault(); take(active); return; }
    else if (event.key === "Escape" && options.length) { event.stopPropagation(); options = []; }
    else return;
    event.preventDefault();
    show();
  });
  return el("div", { class: "combobox" }, input, list);
}
