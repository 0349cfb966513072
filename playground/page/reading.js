// Where a list of messages stands after it was drawn: at what is new, read from its beginning.

const seen = new WeakMap();
const atEnd = new WeakMap();

export function isAtEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 80;
}

export function toEnd(box) {
  box.scrollTop = box.scrollHeight;
}

// Whoever reads the end keeps reading it when the list is made smaller, by a thread, a guide or a note beside it.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) if (atEnd.get(target)) toEnd(target);
});

function watch(box) {
  atEnd.set(box, true);
  box.addEventListener("scroll", () => atEnd.set(box, isAtEnd(box)), { passive: true });
  sizes.observe(box);
}

// Call before drawing; call what it gives afterwards, with the messages, their nodes' keys, and what can change in them.
export function reading(box) {
  if (!atEnd.has(box)) watch(box);
  const wasAtEnd = isAtEnd(box);
  const before = box.querySelector("article") ? seen.get(box) ?? new Map() : new Map();
  return (messages, keyOf, inside) => {
    const now = new Map();
    let changed;
    for (const message of messages) {
      const key = keyOf(message);
      const known = before.get(key);
      const print = known?.message === message ? known.print : JSON.stringify(inside(message));
      if (known?.print !== print) changed = key;
      now.set(key, { message, print });
    }
    const keys = [...now.keys()];
    const isOlder = changed && keys.indexOf(changed) < keys.findIndex((key) => before.has(key));
    seen.set(box, now);
    if (isOlder) return; // what was there before was asked for: nothing is new
    if (wasAtEnd) toEnd(box);
    const node = changed && [...box.querySelectorAll("article")].find((child) => child.dataset.key === changed);
    if (!node || (!wasAtEnd && !before.has(changed))) return;
    const above = node.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (above < 0) box.scrollTop += above;
    atEnd.set(box, isAtEnd(box)); // known before the event tells it: what is drawn beside it may make it smaller at once
  };
}
