// An Adaptive Card as nodes. Every part is named by its JSON pointer in the card, as the emulator names it.

import { teamsDates } from "./dates.js";
import { el, named } from "./dom.js";
import { actionRow, press, refreshToggles } from "./teams_actions.js";
import { drawBars } from "./teams_charts.js";
import { drawField } from "./teams_inputs.js";
import { link, markdown } from "./teams_markdown.js";

let serial = 0;

// `desk` has press(at, values), search(at, typed) and follow(address), which says whether the page went there itself.
export function drawCard(card, desk) {
  const drawing = { desk, uid: `card-${++serial}`, ids: new Map(), fields: [], toggles: [], around: "", inner };
  const node = el("div", { class: "c-card" }, inner(card, "", drawing));
  refreshToggles(drawing);
  return node;
}

// A card's body and its actions; `around` is what tells a ShowCard's fields from those outside it.
function inner(card, at, drawing) {
  const outer = drawing.around;
  drawing.around = at;
  const nodes = [...stack(card.body, `${at}/body`, drawing), actionRow(card.actions ?? [], `${at}/actions`, drawing)];
  drawing.around = outer;
  return nodes;
}

const stack = (parts, at, drawing) => (parts ?? []).map((part, index) => draw(part, `${at}/${index}`, drawing));

function draw(part, at, drawing) {
  const build = ELEMENTS[part.type] ?? (part.type?.startsWith("Input.") ? drawField : null);
  if (!build) {
    if (part.fallback === "drop") return null;
    return part.fallback ? draw(part.fallback, `${at}/fallback`, drawing) : el("p", { class: "fine" }, `(${part.type})`);
  }
  const node = build(part, at, drawing);
  node.classList.add(`c-gap-${part.spacing ?? "Default"}`);
  if (part.separator) node.classList.add("c-line");
  node.classList.add(...widthClass(part));
  if (part.horizontalAlignment) node.classList.add(`c-${part.horizontalAlignment}`);
  if (part.id) drawing.ids.set(part.id, node);
  if (part.selectAction) makeTappable(node, part.selectAction, `${at}/selectAction`, drawing);
  if (part.isVisible === false) node.hidden = true;
  return node;
}

// What sets off a selectAction is a button to the keyboard and to a screen reader; its name is the action's, or its words.
function makeTappable(node, action, at, drawing) {
  const isLink = action.type === "Action.OpenUrl";
  node.classList.add("c-tap");
  node.setAttribute("role", isLink ? "link" : "button");
  node.setAttribute("tabindex", "0");
  if (action.title) node.setAttribute("aria-label", named(node.textContent.trim(), action.title));
  if (action.tooltip) node.title = action.tooltip;
  const go = (event) => {
    if (event.target.closest("a, button, input, select, textarea, [role=button], [role=link]") !== node) return;
    event.preventDefault();
    press(action, at, drawing, node);
  };
  node.addEventListener("click", go);
  node.addEventListener("keydown", (event) => { if (event.key === "Enter" || (event.key === " " && !isLink)) go(event); });
  if (action.type === "Action.ToggleVisibility") drawing.toggles.push([node, action]);
}

const look = (part) => [`c-size-${part.size ?? "Default"}`, `c-weight-${part.weight ?? "Default"}`, `c-color-${part.color ?? "Default"}`,
  part.isSubtle && "c-subtle", part.wrap === false && "c-cut", part.fontType === "Monospace" && "c-mono"].filter(Boolean).join(" ");

function run(part, drawing) {
  if (typeof part === "string") return part;
  let node = el("span", { class: look(part) }, part.text);
  if (part.italic) node = el("em", {}, node);
  if (part.strikethrough) node = el("s", {}, node);
  return part.selectAction?.type === "Action.OpenUrl" ? link(part.selectAction.url, node, drawing.desk.follow) : node;
}

// Which widths of the card something is for, as a class; the style sheet knows how wide each is.
const widthClass = (part) => (part.targetWidth ? [`c-for-${part.targetWidth.toLowerCase().replace(":", "-")}`] : []);

// Sizes in a card are a platform's pixels; anything else is left to the page.
const pixels = (size) => (/^\d{1,4}px$/.test(size ?? "") ? size : "");

const ELEMENTS = {
  TextBlock: (part, _, { desk }) => el(part.style === "heading" ? "h3" : "div", { class: `c-text ${look(part)}`, dir: "auto" }, markdown(teamsDates(part.text ?? "", desk.zone), desk.follow)),
  RichTextBlock: (part, _, drawing) => el("div", { class: "c-text" }, (part.inlines ?? []).map((each) => run(each, drawing))),
  Image: (part) => el("div", {}, el("img", { src: part.url, alt: part.altText ?? "", class: `c-image-${part.size ?? "auto"}` })),
  FactSet: (part, _, { desk }) => el("dl", { class: "c-facts" }, (part.facts ?? []).flatMap((fact) => [el("dt", {}, fact.title), el("dd", {}, markdown(fact.value ?? "", desk.follow))])),
  "Chart.HorizontalBar": drawBars,
  ActionSet: (part, at, drawing) => actionRow(part.actions ?? [], `${at}/actions`, drawing),
  Container(part, at, drawing) {
    const node = el("div", { class: `c-box c-style-${part.style ?? "default"}` }, stack(part.items, `${at}/items`, drawing));
    const grid = (part.layouts ?? []).find((layout) => layout.type === "Layout.AreaGrid");
    if (grid) node.classList.add("c-grid", ...widthClass(grid));
    const flow = (part.layouts ?? []).find((layout) => layout.type === "Layout.Flow");
    if (!flow) return node;
    node.classList.add("c-flow");
    for (const item of node.children) {
      item.style.flexGrow = flow.itemFit === "Fill" ? 1 : 0;
      const width = pixels(flow.itemWidth) || pixels(flow.minItemWidth);
      if (width) item.style.flexBasis = `min(${width}, 100%)`;
      if (pixels(flow.maxItemWidth)) item.style.maxWidth = flow.maxItemWidth;
    }
    return node;
  },
  ColumnSet: (part, at, drawing) => el("div", { class: `c-columns c-style-${part.style ?? "default"}` },
    (part.columns ?? []).map((column, index) => draw({ ...column, type: "Column" }, `${at}/columns/${index}`, drawing))),
  Column(part, at, drawing) {
    const node = el("div", { class: `c-column c-style-${part.style ?? "default"}` }, stack(part.items, `${at}/items`, drawing));
    const width = part.width ?? "stretch";
    if (pixels(width)) node.style.flex = `0 0 ${width}`;
    else if (width === "auto") node.style.flex = "0 1 auto";
    else node.style.flex = `${Number(width) || 1} 1 0`;
    return node;
  },
};
