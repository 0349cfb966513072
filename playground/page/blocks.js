// Block Kit as nodes. `desk` says what to do with a click; where it came from is `place`.

import { el, named } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { combobox } from "./combobox.js";
import { drawChart } from "./chart.js";

export function drawBlocks(blocks, desk) {
  return blocks.map((block) => {
    const draw = BLOCKS[block.type];
    return draw ? draw(block, desk) : el("p", { class: "fine" }, `(${block.type})`);
  });
}

export function words(object, names) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : plain(object.text);
}

const BLOCKS = {
  header: (block) => el("h3", { class: "b-header" }, words(block.text)),
  divider: () => el("hr"),
  image: (block) => el("figure", {}, block.title && el("figcaption", {}, words(block.title)), el("img", { src: block.image_url, alt: block.alt_text })),
  section: (block, desk) => el("div", { class: "b-section" },
    el("div", { class: "b-text" },
      block.text && el("div", {}, words(block.text, desk.names)),
      block.fields && el("div", { class: "b-fields" }, block.fields.map((field) => el("div", {}, words(field, desk.names))))),
    block.accessory && el("div", { class: "b-accessory" }, element(block.accessory, block, desk))),
  context: (block, desk) => el("div", { class: "b-context" }, block.elements.map((each) =>
    each.type === "image" ? el("img", { src: each.image_url, alt: each.alt_text }) : el("span", {}, words(each, desk.names)))),
  actions: (block, desk) => el("div", { class: "b-actions", role: "group", "aria-label": "Actions" },
    block.elements.map((each) => element(each, block, desk))),
  context_actions: (block, desk) => el("div", { class: "b-thumbs", role: "group", "aria-label": "Feedback" },
    block.elements.map((each) => element(each, block, desk))),
  data_visualization: (block) => drawChart(block),
  input: (block, desk) => {
    const error = desk.errors?.[block.block_id];
    const id = `in-${block.block_id}`;
    const many = ["radio_buttons", "checkboxes"].includes(block.element.type);
    const label = [words(block.label), block.optional && el("span", { class: "fine" }, " (optional)")];
    const control = element(block.element, block, { ...desk, id, described: `${id}-more`, invalid: Boolean(error) });
    return el(many ? "fieldset" : "div", { class: error ? "b-input wrong" : "b-input", "aria-describedby": many && `${id}-more` },
      many ? el("legend", {}, label) : el("label", { for: id }, label),
      control,
      el("p", { id: `${id}-more`, class: error ? "error" : "fine" }, error ?? (block.hint ? words(block.hint) : "")));
  },
  rich_text: (block, desk) => el("div", {}, block.elements.map((part) => richPart(part, desk))),
};

function richPart(part, desk) {
  const inner = (part.elements ?? []).map((each) => {
    if (each.elements) return el("li", {}, richPart(each, desk));
    if (each.type === "link") return mrkdwn(`<${each.url}|${each.text ?? each.url}>`, desk.names);
    if (each.type === "emoji") return plain(`:${each.name}:`);
    if (each.type === "user") return mrkdwn(`<@${each.user_id}>`, desk.names);
    let node = each.text ?? "";
    if (each.style?.code) node = el("code", {}, node);
    if (each.style?.bold) node = el("strong", {}, node);
    if (each.style?.italic) node = el("em", {}, node);
    return node;
  });
  const tags = { rich_text_list: part.style === "ordered" ? "ol" : "ul", rich_text_quote: "blockquote", rich_text_preformatted: "pre" };
  return el(tags[part.type] ?? "p", {}, inner);
}

function element(each, block, desk) {
  const draw = ELEMENTS[each.type];
  if (!draw) return el("span", { class: "fine" }, `(${each.type})`);
  const held = desk.values?.[block.block_id]?.[each.action_id] ?? {};
  const name = desk.id ? undefined : (each.placeholder?.text ?? "Choose");
  const common = { id: desk.id, "aria-label": name, "aria-describedby": desk.described, "aria-invalid": desk.invalid ? "true" : undefined,
    autofocus: each.focus_on_load };
  return draw(each, { held, common, act: (choice) => desk.choose(block, each, choice), press: () => desk.press(block, each), desk, block });
}

function offered(each) {
  return (each.option_groups ?? [each]).flatMap((group) => group.options ?? []);
}

// Where the page draws the list itself, arrow keys walk in the list, and nothing is chosen before Enter or a click.
const isListDrawn = CSS.supports("appearance", "base-select");

// A menu that acts at once: walking through it with arrow keys only looks, Enter acts (WCAG 3.2.2), leaving undoes.
function menuOf(common, chosen, act, options) {
  let isByKey = false;
  const menu = el("select", { ...common, title: "Choose with the arrow keys, then press Enter",
    onpointerdown: () => { isByKey = false; },
    onchange: () => { if (!isByKey && menu.value) act(menu.value); },
    onblur: () => { if (isByKey) menu.value = chosen ?? ""; isByKey = false; },
    onkeydown: (event) => {
      if (event.key === "Enter" && isByKey && event.target === menu) {
        event.preventDefault();
        if (menu.value && menu.value !== (chosen ?? "")) act(menu.value);
      } else if (isListDrawn) isByKey = event.target === menu && (isByKey || event.key.length === 1); // a letter chooses in a closed list
      else if (event.key.length === 1 || /^(Arrow|Page|Home|End)/.test(event.key)) isByKey = true;
    } }, options);
  return menu;
}

function selectOf(choices, chosen, each, { common, act }, asked) {
  const first = el("option", { value: "", selected: !chosen }, each.placeholder?.text ?? "Choose");
  const list = choices.map((choice) => choice.group
      ? el("optgroup", { label: choice.group }, choice.options.map(option))
      : option(choice));
  return common.id ? el("select", { ...common, onchange: (event) => event.target.value && act(event.target.value) }, first, list)
    : menuOf(common, chosen, (value) => confirmed(each, asked, () => act(value)), [first, list]);
  function option(one) {
    return el("option", { value: one.value, selected: one.value === chosen }, one.label);
  }
}

const asChoice = (option) => ({ value: option.value, label: option.text.text });

const ELEMENTS = {
  button: (each, { press, desk }) => el("button", {
    class: `btn ${each.style ?? ""}`, type: "button", "aria-label": named(each.text.text, each.accessibility_label),
    onclick: () => confirmed(each, desk, () => {
      if (each.url && /^https?:/.test(each.url)) window.open(each.url, "_blank", "noopener");
      return press();
    }),
  }, words(each.text)),
  feedback_buttons: (each, { desk, block }) => [each.positive_button, each.negative_button].map((thumb) => el("button", {
    class: "plain", type: "button", "aria-label": thumb.accessibility_label, title: thumb.accessibility_label,
    onclick: () => desk.press(block, { ...each, value: thumb.value }),
  }, words(thumb.text))),
  icon_button: (each, { press, desk }) => el("button", {
    class: "plain", type: "button", "aria-label": each.accessibility_label ?? each.text.text, title: each.text.text, onclick: () => confirmed(each, desk, press),
  }, "🗑"),
  static_select: (each, tools) => selectOf(
    each.option_groups ? each.option_groups.map((group) => ({ group: group.label.text, options: group.options.map(asChoice) })) : each.options.map(asChoice),
    tools.held.selected_option?.value, each, tools, tools.desk),
  multi_static_select: (each, { common, held, act }) => el("select", { ...common, multiple: true, onchange: (event) => act([...event.target.selectedOptions].map((o) => o.value)) },
    offered(each).map((option) => el("option", { value: option.value, selected: held.selected_options?.some((o) => o.value === option.value) }, option.text.text))),
  users_select: (each, tools) => selectOf(tools.desk.people().map((p) => ({ value: p.id, label: p.name })), tools.held.selected_user, each, tools, tools.desk),
  multi_users_select: (each, { common, held, act, desk }) => el("select", { ...common, multiple: true, onchange: (event) => act([...event.target.selectedOptions].map((o) => o.value)) },
    desk.people().map((p) => el("option", { value: p.id, selected: held.selected_users?.includes(p.id) }, p.name))),
  channels_select: (each, tools) => selectOf(tools.desk.channels().map((c) => ({ value: c.id, label: `#${c.name}` })), tools.held.selected_channel, each, tools, tools.desk),
  conversations_select: (each, tools) => selectOf(tools.desk.channels().map((c) => ({ value: c.id, label: `#${c.name}` })), tools.held.selected_conversation, each, tools, tools.desk),
  external_select: (each, { common, held, act, desk, block }) => combobox({
    common, chosen: held.selected_option, placeholder: each.placeholder?.text ?? "Type to search", least: each.min_query_length ?? 3,
    suggest: (typed) => desk.suggest(block, each, typed), pick: act, name: (option) => option.text.text, draw: (option) => plain(option.text.text),
  }),
  overflow: (each, { act, desk }) => el("details", { class: "menu" },
    el("summary", { class: "btn", "aria-label": "More actions" }, "⋯"),
    el("div", { class: "menu-list" }, each.options.map((option) => el("button", {
      type: "button", class: "plain", onclick: (event) => { event.target.closest("details").open = false; confirmed(each, desk, () => act(option.value)); },
    }, words(option.text))))),
  radio_buttons: (each, { held, act, common }) => choices("radio", each, [held.selected_option?.value], common, (values) => act(values[0])),
  checkboxes: (each, { held, act, common }) => choices("checkbox", each, (held.selected_options ?? []).map((o) => o.value), common, act),
  timepicker: (each, { common, held, act }) => el("input", { ...common, type: "time", value: held.selected_time ?? "", onchange: (event) => act(event.target.value || null) }),
  datepicker: (each, { common, held, act }) => el("input", { ...common, type: "date", value: held.selected_date ?? "", onchange: (event) => act(event.target.value || null) }),
  plain_text_input: (each, { common, held, act }) => el(each.multiline ? "textarea" : "input", {
    ...common, type: each.multiline ? undefined : "text", rows: each.multiline ? 4 : undefined, placeholder: each.placeholder?.text, maxlength: each.max_length,
    value: held.value ?? "", onchange: (event) => act(event.target.value),
  }),
};

function choices(type, each, chosen, common, act) {
  const group = `g-${Math.random().toString(36).slice(2)}`;
  // In a form the fieldset around it is the group, and its legend the name.
  const named = common.id ? {} : { role: type === "radio" ? "radiogroup" : "group", "aria-label": common["aria-label"] };
  const box = el("div", { class: "choices", ...named },
    each.options.map((option) => el("label", {}, el("input", {
      type, name: group, value: option.value, checked: chosen.includes(option.value),
      onchange: () => act([...box.querySelectorAll("input:checked")].map((input) => input.value)),
    }), el("span", {}, words(option.text), option.description && el("span", { class: "fine" }, " ", words(option.description))))));
  return box;
}

async function confirmed(each, desk, go) {
  if (each.confirm && !(await desk.confirm(each.confirm))) return undefined;
  return go();
}
