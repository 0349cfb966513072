// The box to type in: Enter sends; what could be meant is offered while one types.

import { el } from "./dom.js";

// `hints(typed)` gives [line, what it is for]; `isWhole(typed)` says that Enter sends it as it is. `mention` is put in by
// a button of its own; `beside` stands before the box.
export function composer(form, { id, label, send, hints, isWhole, button = "Send", mention = "", beside = "" }) {
  let active = 0;
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
    list.replaceChildren(...open.map(([line, what], index) => el("li", {
      role: "option", id: `${id}-hint-${index}`, class: index === active ? "active" : "", "aria-selected": String(index === active),
      onmousedown: (event) => { event.preventDefault(); take(line); },
    }, el("strong", {}, line), el("span", { class: "fine" }, ` ${what}`))));
    if (open.length) area.setAttribute("aria-activedescendant", `${id}-hint-${active}`);
    else area.removeAttribute("aria-activedescendant");
    area.rows = Math.min(8, area.value.split("\n").length);
  }

  function take(line) {
    area.value = line;
    show();
    area.focus();
  }

  async function submit() {
    const text = area.value.trim();
    if (!text) return;
    area.value = "";
    show();
    area.focus(); // now: where one has gone meanwhile is one's own
    if (!(await send(text))) { area.value = text; show(); }
  }

  area.addEventListener("input", () => { active = 0; show(); });
  area.addEventListener("blur", () => { list.hidden = true; });
  area.addEventListener("focus", show);
  area.addEventListener("keydown", (event) => {
    if (open.length && !list.hidden) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        active = (active + (event.key === "ArrowDown" ? 1 : open.length - 1)) % open.length;
        show();
        return;
      }
      if ((event.key === "Tab" || (event.key === "Enter" && !isWhole(area.value))) && !event.shiftKey) { event.preventDefault(); take(open[active][0]); return; }
      if (event.key === "Escape") { event.stopPropagation(); open = []; list.hidden = true; return; }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  });
  form.onsubmit = (event) => { event.preventDefault(); submit(); };
  return { rename: () => { area.placeholder = label(); area.setAttribute("aria-label", label()); }, focus: () => area.focus(), put: take };
}
