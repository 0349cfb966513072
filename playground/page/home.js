// The app's own space: its Home beside the messages, as Slack's tabs show them.

import { el, redraw } from "./dom.js";
import { drawBlocks } from "./blocks.js";

export function drawTabs(tabs, hasHome, shown, open) {
  tabs.hidden = !hasHome;
  redraw(tabs, shown, () => [["home", "Home"], ["messages", "Messages"]].map(([tab, label]) => el("button", {
    class: "plain", role: "tab", "aria-selected": String(shown === tab), onclick: () => open(tab),
  }, label)));
}

export function drawHome(box, home, me, desk) {
  if (!box.querySelector(":scope > .home")) box.replaceChildren(el("div", { class: "home" }));
  redraw(box.firstChild, [home, me], () => (home ? drawBlocks(home.blocks, desk({ view: home.id }, home.values))
    : [el("p", { class: "empty" }, "Nothing here yet. The app draws this page when it hears that you have opened it.")]));
}
