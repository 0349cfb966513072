// The box to type in: Enter sends; what could be meant is offered while one types.

import { el } from "./dom.js";

const SHOWN = 8; // lines at once; arrow keys go on to the others

// `hints(typed)` gives [line, what it is for]; `isWhole(typed)` says that Enter sends it as it is. `mention` is put in by
// a button of its own; `beside` stands before the box.
export function composer(form, { id, label, send, hints, isWhole, button = "Send", mention = "", beside = "" }) {
  let active = 0;
  let hasWalked = false; // to a line of the list: Enter takes that one
  let open = [];
  const list = el("ul", { class: "options up", id: `${id}-hints`, role: "listbox", hidden: true, "aria-label": "Commands" });
  const area = el("textarea", { id, rows: 1, "aria-label": label(), placeholder: label(), dir: "auto",
    "aria-controls": `${id}-hints`, "aria-autocomplete": "list" });
  const mentioning = mention && el("button", { class: "btn", type: "button", "aria-label": `Mention ${mention.slice(1)}`, title: `Mention ${mention.slice(1)}`, onclick: () => {
    if (!area.value.includes(mention)) take(`${mention} ${area.value}`);
    area.focus();
  } }, "@");
  form.replaceChildren(list, el("div", { class: "composer-box" }, beside, area, mentioning || "", el("button", { class: "send", type: "submit", "aria-label": button, title: button }, el("span", { "aria-hidden": "true" }, "➤"))));

  function show() {
    const typed = area.value;
    open = typed && !typed.includes("\n") ? hints(typed) : [];
    active = Math.min(active, Math.max(0, open.length - 1));
    list.hidden = open.length === 0;
    const first = Math.max(0, active - SHOWN + 1);
    list.replaceChildren(...open.slice(first, first + SHOWN).map(([line, what], place) => {
      const index = first + place;
      return el("li", {
        role: "option", id: `${id}-hint-${index}`, class: index === active ? "active" : "", "aria-selected": String(index === active), "aria-setsize": open.length, "aria-posinset": index + 1,
        onmousedown: (event) => { event.preventDefault(); take(line); },
      }, el("strong", {}, line), el("span", { class: "fine" }, ` ${what}`));
    }));
    if (open.length) area.setAttribute("aria-activedescendant", `${id}-hint-${active}`);
    else area.removeAttribute("aria-activedescendant");
    area.rows = Math.min(8, area.value.split("\n").length);
  }

  function close() {
    open = [];
    list.hidden = true;
    list.replaceChildren();
    area.removeAttribute("aria-activedescendant");
  }

  function take(line) {
    area.value = line;
    hasWalked = false;
    area.focus();
    show();
    if (!line.endsWith(" ")) close(); // it is whole: nothing need be chosen any more
  }

  async function submit() {
    const text = area.value.trim();
    if (!text) return;
    area.value = "";
    show();
    area.focus(); // now: where one has gone meanwhile is one's own
    if (!(await send(text))) { area.value = text; show(); }
  }

  area.addEventListener("input", () => { active = 0; hasWalked = false; show(); });
  area.addEventListener("blur", () => { list.hidden = true; });
  area.addEventListener("focus", show);
  area.addEventListener("keydown", (event) => {
    if (open.length && !list.hidden) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        active = (active + (event.key === "ArrowDown" ? 1 : open.length - 1)) % open.length;
        hasWalked = true;
        show();
        return;
      }
      if ((event.key === "Tab" || (event.key === "Enter" && (hasWalked || !isWhole(area.value)))) && !event.shiftKey) { event.preventDefault(); take(open[active][0]); return; }
      if (event.key === "Escape") { event.stopPropagation(); close(); return; }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  });
  form.onsubmit = (event) => { event.preventDefault(); submit(); };
  return { rename: () => { area.placeholder = label(); area.setAttribute("aria-label", label()); }, focus: () => area.focus(), put: take };
}
