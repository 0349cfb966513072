// What can be done with a channel on Slack: the app comes or goes, one leaves, the channel goes into the archive.

import { el, redraw } from "./dom.js";

export function drawMenu(box, channel, app, role, post) {
  redraw(box, [channel.id, channel.name, channel.kind, channel.has_bot, channel.is_archived, app, role], () => {
    const items = itemsOf(channel, app, role);
    if (!items.length) return [];
    const menu = el("details", { class: "menu" }, el("summary", { class: "plain", "aria-label": `What can be done with ${channel.name}` }, "⋯"), el("div", { class: "menu-list" },
      items.map(([words, act]) => el("button", { class: "plain", type: "button", onclick: () => { menu.open = false; post(act, { channel: channel.id }); } }, words))));
    return [menu];
  });
}

function itemsOf(channel, app, role) {
  if (channel.kind === "im" || !["Member", "Admin", "Owner"].includes(role)) return [];
  if (channel.is_archived) return [["Take it out of the archive", "unarchive"]];
  return [channel.has_bot ? [`Remove ${app}`, "remove"] : [`Invite ${app}`, "invite"], ["Archive the channel", "archive"], ["Leave the channel", "leave"]];
}
