// A field that asks the bot for options while one types (external_select), in the ARIA combobox pattern.

import { el } from "./dom.js";
import { plain } from "./mrkdwn.js";

const PAUSE = 180;
let serial = 0;

export function combobox({ common, chosen, placeholder, least, suggest, pick }) {
  const listId = `list-${++serial}`;
  let options = [];
  let active = -1;
  let timer = null;
  let label = chosen?.text.text ?? "";
  const input = el("input", { ...common, "aria-label": common.id ? undefined : placeholder, type: "text", role: "combobox", placeholder, value: label,
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, autocomplete: "off" });
  const list = el("ul", { id: listId, role: "listbox", class: "options", hidden: true, "aria-label": "Suggestions" });

  function show() {
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    list.replaceChildren(...options.map((option, index) => el("li", {
      role: "option", id: `${listId}-${index}`, "aria-selected": String(index === active), class: index === active ? "active" : "",
      onmousedown: (event) => { event.preventDefault(); take(index); },
    }, plain(option.text.text))));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", `${listId}-${active}`);
      list.children[active]?.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function take(index) {
    const option = options[index];
    label = input.value = option.text.text;
    options = [];
    active = -1;
    show();
    pick(option);
  }

  async function ask() {
    const typed = input.value.trim();
    if (typed.length < least) { options = []; active = -1; show(); return; }
    const found = await suggest(typed);
    if (input.value.trim() !== typed) return;
    options = found;
    active = found.length ? 0 : -1;
    show();
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
  }

  input.addEventListener("input", () => { options = []; active = -1; show(); clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  // Typing replaces what was chosen before, as in Slack, wherever one clicked.
  input.addEventListener("click", () => { if (input.value === label) input.select(); if (list.hidden && !input.value) ask(); });
  input.addEventListener("blur", () => { options = []; show(); input.value = label; });
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
