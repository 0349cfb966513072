// What can be pressed in a card: buttons, cards they show, parts they show or hide, and what is sent to the bot.

import { el } from "./dom.js";

const MOST = 6; // Teams draws so many buttons; what is beyond waits behind "…"

export function actionRow(actions, at, drawing) {
  const node = el("div", { class: "c-actions" });
  if (!actions.length) return node;
  const cards = el("div", { class: "c-shown" });
  const buttons = actions.map((action, index) => ({ action, at: `${at}/${index}` }))
    .map((each) => ({ ...each, isBeyond: each.action.mode === "secondary", node: button(each, cards, drawing) }));
  const first = buttons.filter((each) => !each.isBeyond).slice(0, MOST);
  const rest = buttons.filter((each) => !first.includes(each));
  node.append(el("div", { class: "c-row", role: "group", "aria-label": "Actions" }, first.map((each) => each.node), rest.length > 0 && el("details", { class: "menu" },
    el("summary", { class: "btn", "aria-label": "More actions" }, "…"), el("div", { class: "menu-list" }, rest.map((each) => each.node)))), cards);
  return node;
}

function button({ action, at }, cards, drawing) {
  const title = action.title ?? action.tooltip ?? "";
  const node = el("button", {
    type: "button", class: `btn c-action ${action.style ?? ""}`, title: action.tooltip, disabled: action.isEnabled === false,
    // The longer words are its name where they begin with what stands on it.
    "aria-label": action.tooltip?.startsWith(title) ? action.tooltip : undefined,
  }, title || "…");
  if (action.type !== "Action.ShowCard") {
    node.addEventListener("click", () => press(action, at, drawing, node));
    if (action.type === "Action.ToggleVisibility") drawing.toggles.push([node, action]);
    return node;
  }
  const card = el("div", { class: "c-inner", hidden: true, id: `${drawing.uid}${at.replaceAll("/", "-")}` }, drawing.inner(action.card ?? {}, `${at}/card`, drawing));
  cards.append(card);
  node.setAttribute("aria-expanded", "false");
  node.setAttribute("aria-controls", card.id);
  node.addEventListener("click", () => {
    const isOpen = card.hidden;
    for (const other of cards.children) other.hidden = other !== card || !isOpen; // one at a time
    for (const each of node.parentNode.querySelectorAll("[aria-expanded]")) each.setAttribute("aria-expanded", String(each === node && isOpen));
    if (isOpen) card.scrollIntoView({ block: "nearest" });
  });
  return node;
}

export function press(action, at, drawing, node) {
  switch (action.type) {
    case "Action.OpenUrl":
      if (!drawing.desk.follow(action.url) && /^(https?|mailto):/.test(action.url)) window.open(action.url, "_blank", "noopener");
      return;
    case "Action.ToggleVisibility":
      toggle(action, drawing);
      return;
    case "Action.Execute": case "Action.Submit":
      sendIt(at, drawing, node);
      return;
    default:
  }
}

const targets = (action) => (action.targetElements ?? []).map((each) => (typeof each === "string" ? { elementId: each } : each));

function toggle(action, drawing) {
  for (const { elementId, isVisible } of targets(action)) {
    const node = drawing.ids.get(elementId);
    if (node) node.hidden = isVisible === undefined ? !node.hidden : !isVisible;
  }
  refreshToggles(drawing);
}

export function refreshToggles(drawing) {
  for (const [node, action] of drawing.toggles) {
    const first = drawing.ids.get(targets(action)[0]?.elementId);
    if (first) node.setAttribute("aria-expanded", String(!first.hidden));
  }
}

// The fields of the action's own card, and of those around it.
const reached = (at, drawing) => drawing.fields.filter((field) => `${at}/`.startsWith(`${field.around}/`));

async function sendIt(at, drawing, node) {
  if (drawing.isBusy) return;
  drawing.isBusy = true;
  node.setAttribute("aria-busy", "true");
  const fields = reached(at, drawing);
  try {
    const { invalid = {} } = await drawing.desk.press(at, Object.fromEntries(fields.map((field) => [field.id, field.read()])));
    for (const field of fields) field.complain(invalid[field.id] ?? "");
    fields.find((field) => invalid[field.id])?.focus();
  } finally {
    drawing.isBusy = false;
    node.removeAttribute("aria-busy");
  }
}
