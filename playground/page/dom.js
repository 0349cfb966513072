// Building elements without ever parsing HTML: text stays text.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// Keeps the nodes of items whose `mark` (a list) is the same as before, so that focus, scrolling and open menus stay.
export function keep(parent, items) {
  arrange(parent, items, ({ key }) => key, ({ mark, draw }, node) => {
    if (node && isSame(marks.get(node), mark)) return node;
    const fresh = draw();
    marks.set(fresh, mark);
    if (!node) return fresh;
    const path = focusPath(node);
    node.replaceWith(fresh);
    restoreFocus(fresh, path);
    return fresh;
  });
}

const marks = new WeakMap();
const isSame = (one, other) => one?.length === other.length && one.every((each, index) => each === other[index]);

// Keeps a node for each item as long as there is one, and lets `update` put right what is inside.
export function hold(parent, items, keyOf, make, update) {
  arrange(parent, items, keyOf, (item, node) => {
    const held = node ?? make(item);
    update(held, item);
    return held;
  });
}

// What is not wanted goes first: then a node that stays is never moved, which would lay all of it out again.
function arrange(parent, items, keyOf, nodeOf) {
  const wanted = new Set(items.map(keyOf));
  const known = new Map();
  for (const node of [...parent.children]) {
    if (wanted.has(node.dataset.key)) known.set(node.dataset.key, node);
    else node.remove();
  }
  let previous = null;
  for (const item of items) {
    const key = keyOf(item);
    const node = nodeOf(item, known.get(key));
    node.dataset.key = key;
    const place = previous ? previous.nextSibling : parent.firstChild;
    if (place !== node) parent.insertBefore(node, place);
    previous = node;
  }
}

// Draws again only when `about` (anything JSON can say) has changed, and gives the focus back.
export function redraw(parent, about, build) {
  const print = JSON.stringify(about);
  if (parent.dataset.print === print) return;
  const path = focusPath(parent);
  parent.replaceChildren(...build());
  parent.dataset.print = print;
  restoreFocus(parent, path);
}

const FOCUSABLE = "button, input, select, textarea, summary, a[href], [role=button][tabindex]";

function focusPath(node) {
  const active = document.activeElement;
  return node.contains(active) ? { index: [...node.querySelectorAll(FOCUSABLE)].indexOf(active), name: nameOf(active) } : null;
}

const nameOf = (node) => node.getAttribute("aria-label") ?? (node.textContent.trim() || node.id);

// What has the same name gets the focus back; where it is gone, what is new is read from its heading, not from
// whatever stands in the same place: a second Enter must not press another button.
function restoreFocus(node, before) {
  if (!before) return;
  const there = [...node.querySelectorAll(FOCUSABLE)];
  const same = nameOf(there[before.index] ?? node) === before.name ? there[before.index] : there.find((each) => nameOf(each) === before.name);
  const next = same ?? node.querySelector("h3, h2, [role=heading]") ?? there[0];
  if (next && !next.matches(FOCUSABLE)) next.tabIndex = -1;
  next?.focus({ preventScroll: !same });
}

// A longer name for what has words on it: it holds them, so that whoever speaks to a computer can say what they see.
const spoken = (text) => text.replace(/[^\p{L}\p{N}]+/gu, " ").trim().toLowerCase(); // signs are not said
export const named = (words, longer) => (!longer || spoken(longer).includes(spoken(words)) ? longer : `${words}: ${longer}`);

// `act` is a button beside the words: [what it says, what it does].
export function toast(words, details = [], act = null) {
  const box = document.getElementById("toasts");
  const node = el("div", { class: "toast" }, el("p", {}, words), details.map((each) => el("p", { class: "fine" }, each)),
    el("div", { class: "toast-foot" }, act && el("button", { class: "plain", onclick: () => { node.remove(); act[1](); } }, act[0]),
      el("button", { class: "plain", onclick: () => node.remove() }, "Dismiss")));
  box.replaceChildren(node); // one at a time: what was said before is over
  setTimeout(() => node.remove(), act ? 30000 : 12000);
}
