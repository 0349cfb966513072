// The menu beside the message box: the app's global shortcuts, which belong to no channel.

import { el, redraw } from "./dom.js";

export function shortcutsMenu(run) {
  const list = el("div", { class: "menu-list" });
  const menu = el("details", { class: "menu up", hidden: true }, el("summary", { class: "btn", "aria-label": "Shortcuts", title: "Shortcuts" }, "+"), list);
  return {
    node: menu,
    show(shortcuts, app) {
      menu.hidden = shortcuts.length === 0;
      redraw(list, [shortcuts, app], () => shortcuts.map(({ id, name }) => el("button", {
        class: "plain", type: "button", onclick: () => { menu.open = false; run(id); },
      }, el("span", { "aria-hidden": "true" }, "⚡ "), name, el("span", { class: "fine" }, ` ${app}`))));
    },
  };
}
