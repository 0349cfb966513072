// The modal on top, filled in locally and sent as a whole; and the small question before a risky click.

import { el } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { drawBlocks, words } from "./blocks.js";

const dialog = document.getElementById("modal");
let shown = { id: null, hash: null, errors: "", depth: 0 };
let filled = {};

export function showModal(view, depth, { names, post, desk }) {
  if (!view) {
    if (dialog.open) dialog.close();
    shown = { id: null, hash: null, errors: "", depth: 0 };
    return;
  }
  const errors = JSON.stringify(view.errors);
  if (shown.id === view.id && shown.hash === view.hash && shown.errors === errors) return;
  if (shown.id !== view.id || shown.hash !== view.hash) filled = {};
  shown = { id: view.id, hash: view.hash, errors, depth };
  draw(view, { names, post, desk });
  if (!dialog.open) dialog.showModal();
  const wrong = dialog.querySelector("[aria-invalid=true], .wrong input");
  dialog.querySelector(".wrong")?.scrollIntoView({ block: "center" });
  (wrong ?? dialog.querySelector("[autofocus], .b-input input, .b-input select, .b-input textarea") ?? dialog).focus({ preventScroll: Boolean(wrong) });
}

function draw(view, { names, post, desk }) {
  const place = { view: view.id };
  const values = structuredClone(view.values);
  for (const [block, choice] of Object.entries(filled)) Object.assign(values[block] ??= {}, choice.state);
  const own = {
    ...desk(place, values),
    errors: view.errors,
    choose: (block, each, choice) => {
      if (block.type !== "input" || block.dispatch_action) return desk(place, values).choose(block, each, choice);
      filled[block.block_id] = { choice, state: { [each.action_id]: held(each, choice) } };
      return undefined;
    },
  };
  const close = () => post("close", { place });
  const submit = async (event) => {
    event.preventDefault();
    document.activeElement?.blur();
    const sent = Object.fromEntries(Object.entries(filled).map(([block, { choice }]) => [block, choice]));
    button?.setAttribute("disabled", "");
    await post("submit", { place, values: sent }, { quiet: ["required"] });
    button?.removeAttribute("disabled");
  };
  const button = view.submit && el("button", { class: "btn primary" }, words(view.submit));
  dialog.replaceChildren(el("form", { onsubmit: submit, novalidate: true },
    el("div", { class: "room-head" }, el("h2", { id: "modal-title" }, words(view.title)),
      el("button", { type: "button", class: "plain", "aria-label": "Close", onclick: close }, "✕")),
    view.errors[""] && el("p", { class: "error", role: "alert" }, view.errors[""]),
    el("div", { class: "modal-body" }, drawBlocks(view.blocks, own)),
    el("div", { class: "modal-foot" }, el("button", { type: "button", class: "btn", onclick: close }, view.close ? words(view.close) : view.submit ? "Cancel" : "Close"), button)));
  dialog.oncancel = (event) => { event.preventDefault(); close(); };
}

// What the field holds, in the shape the page draws from.
function held(each, choice) {
  const option = (value) => (each.option_groups ?? [each]).flatMap((group) => group.options ?? []).find((one) => one.value === value) ?? null;
  switch (each.type) {
    case "static_select": case "radio_buttons": return { selected_option: option(choice) };
    case "checkboxes": case "multi_static_select": return { selected_options: choice.map(option) };
    case "external_select": return { selected_option: choice };
    case "timepicker": return { selected_time: choice };
    case "datepicker": return { selected_date: choice };
    case "users_select": return { selected_user: choice };
    case "multi_users_select": return { selected_users: choice };
    case "channels_select": return { selected_channel: choice };
    case "conversations_select": return { selected_conversation: choice };
    default: return { value: choice };
  }
}

export function askFirst(question, names) {
  const box = document.getElementById("confirm");
  return new Promise((resolve) => {
    const answer = (yes) => { box.close(); resolve(yes); };
    box.replaceChildren(
      el("h2", { id: "confirm-title" }, words(question.title)),
      el("p", {}, question.text.type === "mrkdwn" ? mrkdwn(question.text.text, names) : words(question.text)),
      el("div", { class: "modal-foot" },
        el("button", { class: "btn", onclick: () => answer(false) }, words(question.deny)),
        el("button", { class: `btn ${question.style ?? "primary"}`, onclick: () => answer(true) }, words(question.confirm))));
    box.oncancel = () => resolve(false);
    box.showModal();
  });
}
