// The line below a channel's name on Slack: who is there, and whether the app is.

import { el, redraw } from "./dom.js";

export function drawNote(box, channel, { bot, team }, nameOf, invite) {
  const others = channel.members.filter((id) => id !== bot.id).map(nameOf).join(", ");
  const isInstalled = team.is_installed ?? true;
  redraw(box, [channel.id, channel.has_bot, channel.is_archived, channel.is_shared, others, isInstalled], () => {
    if (channel.kind === "im") return [channel.has_bot ? "Your direct messages with the app" : `${bot.name} is not here${isInstalled ? ", and its command works all the same" : ""}`];
    if (channel.is_archived) return [`${others} · archived`];
    const shared = channel.is_shared ? " · shared with another workspace" : "";
    if (channel.has_bot) return [`${others} and ${bot.name}${shared}`];
    if (!isInstalled) return [`${others}${shared}`];
    return [`${others} · ${bot.name} is not in this channel `, el("button", { class: "link", onclick: invite }, "Invite it")];
  });
}
