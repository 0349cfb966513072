// The box to type in: Enter sends, a slash shows what there is.

import { el } from "./dom.js";

export function composer(form, { id, label, send, hints }) {
  let active = 0;
  let open = [];
  const list = el("ul", { class: "options up", id: `${id}-hints`, role: "listbox", hidden: true, "aria-label": "Commands" });
  const area = el("textarea", { id, rows: 1, "aria-label": label(), placeholder: label(), role: "combobox", "aria-expanded": "false",
    "aria-controls": `${id}-hints`, "aria-autocomplete": "list" });
  form.replaceChildren(list, area, el("button", { class: "btn primary", type: "submit" }, "Send"));

  function show() {
    const typed = area.value;
    open = typed.startsWith("/") && !typed.includes("\n") ? hints().filter(([line]) => line.startsWith(typed) && line !== typed) : [];
    active = Math.min(active, Math.max(0, open.length - 1));
    list.hidden = open.length === 0;
    area.setAttribute("aria-expanded", String(open.length > 0));
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
    if (!(await send(text))) { area.value = text; show(); }
    area.focus();
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
      const isHalfTyped = !hints().some(([line]) => area.value === line || area.value.startsWith(`${line} `));
      if ((event.key === "Tab" || (event.key === "Enter" && isHalfTyped)) && !event.shiftKey) { event.preventDefault(); take(open[active][0]); return; }
      if (event.key === "Escape") { open = []; list.hidden = true; return; }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  });
  form.onsubmit = (event) => { event.preventDefault(); submit(); };
  return { rename: () => { area.placeholder = label(); area.setAttribute("aria-label", label()); }, focus: () => area.focus() };
}
