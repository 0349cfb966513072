// The workspaces of the emulated Slack: which one looks at, whether it has the app, and what its owners do about that.

import { el } from "./dom.js";
import { dayOf, timeOf } from "./clock.js";

// For the rail: a square each, none where there is but one workspace.
export const squares = (state, go) => state.workspaces.map(({ id, name, is_installed: isInstalled }) => ({
  id, name, letters: name.split(" ").map((word) => word[0]).join("").slice(0, 2), isInstalled, isHere: id === state.team.id, go: () => go(id),
}));

// Above the channels: the workspace's name, what the app is to it, and the switcher where there is no room for a rail.
export function workspaceHead({ team, bot, workspaces, clock }, { act, go, sure }) {
  if (!workspaces.length) return [el("p", { class: "workspace" }, "Your team", el("span", {}, "a workspace to play in"))];
  return [
    el("p", { class: "workspace" }, team.name, el("span", {}, team.above ? `of ${team.above}` : "a workspace to play in")),
    el("div", { class: "w-narrow", role: "group", "aria-label": "Workspace" }, workspaces.map(({ id, name }) => el("button", { class: "row", "aria-current": id === team.id ? "page" : undefined, onclick: () => go(id) }, name))),
    el("h2", { id: "app-here" }, `${bot.name} here`),
    el("div", { class: "w-app", role: "group", "aria-labelledby": "app-here" }, installation(team, bot, clock.now, act, sure), grid(team, bot, act, sure)),
  ];
}

function installation(team, bot, now, act, sure) {
  if (!team.is_installed) {
    return [
      el("p", { class: "fine" }, team.is_above ? `${team.above} has it, and this workspace is not admitted.` : "Not installed in this workspace."),
      !team.is_above && (team.may_install ? el("a", { class: "btn primary", href: team.install }, `Install ${bot.name}`)
        : el("p", { class: "fine" }, "Guests and people of other workspaces can’t install apps.")),
    ];
  }
  const remove = async () => { if (await sure(`Remove ${bot.name} from ${team.name}?`, "Slack tells the app, and its token ends.", "Remove")) act("remove-app", { place: team.id }); };
  return [
    el("p", { class: "fine" }, team.is_org_wide ? `Installed for all of ${team.above}.` : "Installed in this workspace."),
    team.ends && el("p", { class: "fine" }, ...(team.ends <= now ? ["Its token has ended; the app can renew it."]
      : [`Its token ends at ${timeOf(team.ends)}${dayOf(team.ends) === dayOf(now) ? "" : `, ${dayOf(team.ends)}`}. `, el("button", { class: "link", onclick: () => act("end-token", {}) }, "End it now")])),
    !team.is_org_wide && el("button", { class: "btn", onclick: remove }, "Remove the app"),
  ];
}

// What owners of a whole organization decide.
function grid(team, bot, act, sure) {
  if (!team.is_above) return [];
  if (!team.is_owner) return [el("p", { class: "fine" }, `Owners of ${team.above} decide where it may be.`)];
  const remove = async () => { if (await sure(`Remove ${bot.name} from all of ${team.above}?`, "It goes from each workspace that it was admitted to.", "Remove")) act("remove-app", { place: team.siblings[0].above }); };
  return [
    el("div", { role: "group", "aria-label": `Workspaces of ${team.above} that it may be in` }, team.siblings.map(({ id, name, is_admitted: isAdmitted }) => el("label", { class: "check" },
      el("input", { type: "checkbox", checked: isAdmitted, onchange: (event) => act("admit", { team: id, is_on: event.target.checked }) }), el("span", {}, `Admitted to ${name}`)))),
    el("button", { class: "btn", onclick: remove }, `Remove it from ${team.above}`),
  ];
}
