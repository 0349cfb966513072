// What can be done with a place on Teams: the app comes or goes, names change, channels and teams end.

import { el, redraw, toast } from "./dom.js";
import { askName, askYes } from "./ask.js";

// `desk.role` is who one is: what an owner alone may do is offered to owners alone, and guests are offered nothing of a team.
export function drawMenu(box, room, team, desk) {
  redraw(box, [room.id, room.name, room.has_bot, room.is_blocked, team, desk.role], () => {
    const items = itemsOf(room, team, desk);
    if (!items.length) return [];
    const menu = el("details", { class: "menu" }, el("summary", { class: "plain", "aria-label": `What can be done with ${room.name}` }, "⋯"), el("div", { class: "menu-list" },
      items.map(([words, go]) => el("button", { class: "plain", onclick: () => { menu.open = false; go(); } }, words))));
    return [menu];
  });
}

function itemsOf(room, team, desk) {
  const { act, botName } = desk;
  const where = team ? ` ${room.has_bot ? "from" : "to"} ${team.name}` : "";
  const app = room.has_bot ? [`Remove the app${where}`, () => act("uninstall", { conversation: room.id })] : [`Add the app${where}`, () => act("install", { conversation: room.id })];
  const rename = async (title, was, place) => {
    const name = await askName(title, "Name", was, { yes: "Rename" });
    if (name) act("rename", { ...place, name });
  };
  const manage = (what, more) => act("manage", { what, ...more });
  // What is gone can be had back where Teams can: it keeps deleted channels and teams for a while.
  const end = async (name, place, what, back) => {
    if (!await askYes(`Delete ${name}?`, "Nobody can see it or post there any more.", { yes: "Delete", isRisky: true })) return;
    const { error } = await manage(what, place);
    if (!error) toast(`${name} was deleted.`, [], ["Restore", () => manage(back, place)]);
  };
  const isOwn = desk.role === "Member" || desk.role === "Owner";
  if (room.kind === "personal") return [app, room.is_blocked ? [`Unblock ${botName}`, () => manage("unblock")] : [`Block ${botName}`, () => manage("block")]];
  if (!isOwn) return [];
  if (room.kind === "groupChat") return [app, ["Rename the chat…", () => rename("Rename the chat", room.name, { conversation: room.id })]];
  const isGeneral = room.id === team.id;
  return [
    app,
    ...(isGeneral ? [] : [
      ["Rename the channel…", () => rename("Rename the channel", room.name, { conversation: room.id })],
      ["Delete the channel…", () => end(room.name, { conversation: room.id }, "delete_channel", "restore_channel")],
    ]),
    [`New channel in ${team.name}…`, async () => {
      const name = await askName(`New channel in ${team.name}`, "Name", "", { yes: "Create" });
      const made = name && await manage("create_channel", { team: team.id, name });
      if (made?.conversation) desk.open(made.conversation);
    }],
    ["Rename the team…", () => rename("Rename the team", team.name, { team: team.id })],
    ...(desk.role === "Owner" ? [team.is_archived ? ["Take the team out of the archive", () => manage("unarchive_team", { team: team.id })] : ["Archive the team", () => manage("archive_team", { team: team.id })],
    ["Delete the team…", () => end(team.name, { team: team.id }, "delete_team", "restore_team")]] : []),
  ];
}
