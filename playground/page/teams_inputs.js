// The fields of a card: each is drawn with its label, says what stands in it, and takes a complaint.

import { el } from "./dom.js";
import { combobox } from "./combobox.js";

const OFFERED = 80; // options at once; typing makes them fewer

export function drawField(part, at, drawing) {
  const id = `${drawing.uid}-${drawing.fields.length}`;
  const error = el("p", { id: `${id}-error`, class: "error", hidden: true });
  const label = part.label ?? part.placeholder ?? part.title ?? part.id;
  const common = { id, "aria-describedby": error.id, "aria-required": part.isRequired ? "true" : undefined, placeholder: part.placeholder };
  const kind = kindOf(part);
  const { control, read } = FIELDS[kind] ? FIELDS[kind](part, common, { at, drawing, label }) : { control: el("p", { class: "fine" }, `(${part.type})`), read: () => "" };
  const isGroup = GROUPS.has(kind);
  const words = [label, part.isRequired && el("span", { class: "c-must", "aria-hidden": "true", title: "required" }, " *")];
  const node = el(isGroup ? "fieldset" : "div", { class: "b-input c-field", "aria-describedby": isGroup ? error.id : undefined },
    kind === "Toggle" ? null : isGroup ? el("legend", {}, words) : el("label", { for: id }, words), control, error);
  const marked = () => node.querySelectorAll("input, select, textarea");
  drawing.fields.push({
    id: part.id, around: drawing.around, read,
    focus: () => marked()[0]?.focus(),
    complain(complaint) {
      error.textContent = complaint;
      error.hidden = !complaint;
      node.classList.toggle("wrong", Boolean(complaint));
      for (const each of marked()) complaint ? each.setAttribute("aria-invalid", "true") : each.removeAttribute("aria-invalid");
    },
  });
  return node;
}

function kindOf(part) {
  if (part.type !== "Input.ChoiceSet") return part.type.slice("Input.".length);
  const isMany = part.isMultiSelect === true;
  if (part.style === "filtered" || part["choices.data"]) return isMany ? "Several" : "Filtered";
  return isMany ? "Boxes" : part.style === "expanded" ? "Radios" : "Menu";
}

const GROUPS = new Set(["Boxes", "Radios", "Several"]);
const simple = (type) => (part, common) => {
  const control = el("input", { ...common, type, value: part.value ?? "", min: part.min, max: part.max, maxlength: part.maxLength });
  return { control, read: () => control.value };
};
const chosen = (part) => String(part.value ?? "").split(",").filter(Boolean);

const FIELDS = {
  Text(part, common) {
    const control = el(part.isMultiline ? "textarea" : "input", { ...common, type: part.isMultiline ? undefined : "text", rows: part.isMultiline ? 3 : undefined, maxlength: part.maxLength, value: part.value ?? "" });
    return { control, read: () => control.value };
  },
  Number: simple("number"),
  Date: simple("date"),
  Time: simple("time"),
  Toggle(part, common) {
    const box = el("input", { ...common, type: "checkbox", checked: part.value === (part.valueOn ?? "true") });
    return { control: el("label", { class: "check" }, box, part.title), read: () => (box.checked ? part.valueOn ?? "true" : part.valueOff ?? "false") };
  },
  Menu(part, common) {
    const control = el("select", common, !part.value && el("option", { value: "" }, part.placeholder ?? "Choose"),
      part.choices.map((each) => el("option", { value: each.value, selected: each.value === part.value }, each.title)));
    return { control, read: () => control.value };
  },
  Radios: (part, common) => boxes("radio", part, common),
  Boxes: (part, common) => boxes("checkbox", part, common),
  Filtered(part, common, where) {
    let value = part.value ?? "";
    const known = (part.choices ?? []).find((each) => each.value === value);
    const control = combobox({
      common, chosen: known ?? (value ? { title: value, value } : null), placeholder: part.placeholder ?? "Type to search", least: 0,
      suggest: (typed) => offered(part, typed, where), name: (option) => option.title,
      pick: (option) => { value = option.value; }, clear: () => { value = ""; }, keeps: true,
    });
    return { control, read: () => value };
  },
  Several(part, common, where) {
    const known = new Map((part.choices ?? []).map((each) => [each.value, each.title]));
    const picked = new Map(chosen(part).map((value) => [value, known.get(value) ?? value]));
    const list = el("ul", { class: "c-picked" });
    const show = () => list.replaceChildren(...[...picked].map(([value, title]) => el("li", {}, title,
      el("button", { type: "button", class: "plain", "aria-label": `Remove ${title}`, onclick: () => { picked.delete(value); show(); input.querySelector("input").focus(); } }, "✕"))));
    const input = combobox({
      // Its name is the group's: a label belongs to one thing alone.
      common: { ...common, id: undefined, "aria-label": where.label }, chosen: null, placeholder: part.placeholder ?? "Type to search", least: 0, isMany: true,
      suggest: async (typed) => (await offered(part, typed, where)).filter((option) => !picked.has(option.value)), name: (option) => option.title,
      pick: (option) => { picked.set(option.value, option.title); show(); },
    });
    show();
    return { control: el("div", { class: "c-several" }, list, input), read: () => [...picked.keys()].join(",") };
  },
};

function boxes(type, part, common) {
  const control = el("div", { class: "choices" }, part.choices.map((each) => el("label", {},
    el("input", { type, name: common.id, value: each.value, checked: chosen(part).includes(each.value) }), el("span", {}, each.title))));
  return { control, read: () => [...control.querySelectorAll("input:checked")].map((each) => each.value).join(",") };
}

// From the card's own list, or where it says so by asking for what fits: once for an option that both have.
async function offered(part, typed, { at, drawing }) {
  const sought = typed.toLowerCase();
  const own = (part.choices ?? []).filter((each) => each.title.toLowerCase().includes(sought));
  if (!part["choices.data"]) return own.slice(0, OFFERED);
  const found = await drawing.desk.search(at, typed);
  return [...new Map([...own, ...found].map((each) => [each.value, each])).values()].slice(0, OFFERED);
}
