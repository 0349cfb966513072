// Where a list of messages stands after it was drawn: at what is new, read from its beginning.

const seen = new WeakMap();

export function isAtEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < 80;
}

export function toEnd(box) {
  box.scrollTop = box.scrollHeight;
}

// Call before drawing; call what it gives afterwards, with the messages, their nodes' keys, and what can change in them.
export function reading(box) {
  const wasAtEnd = isAtEnd(box);
  const before = box.querySelector("article") ? seen.get(box) ?? new Map() : new Map();
  return (messages, keyOf, inside) => {
    const now = new Map(messages.map((message) => [keyOf(message), JSON.stringify(inside(message))]));
    const changed = [...now.keys()].findLast((key) => now.get(key) !== before.get(key));
    seen.set(box, now);
    if (wasAtEnd) toEnd(box);
    const node = changed && [...box.querySelectorAll("article")].find((child) => child.dataset.key === changed);
    if (!node || (!wasAtEnd && !before.has(changed))) return;
    const above = node.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (above < 0) box.scrollTop += above;
  };
}
