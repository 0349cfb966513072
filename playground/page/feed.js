// What an emulator tells the page: everything when the stream opens, what is newest first; from then on what has changed.

const PATIENCE = 1500; // milliseconds that an act waits for what came of it; a silent stream must not hold up the page

// `rooms` is the state's name for what holds messages, `idOf` gives a message's id.
export function feed(rooms, idOf) {
  const messages = new Map(); // room -> id -> message
  const ordered = new Map(); // room -> its messages, oldest first
  let named = new Map(); // room -> ids that the first telling has named so far
  let waiting = [];
  let state = null;

  // A message that looks as before stays the same object: that is how everything that draws knows.
  function put(room, message) {
    const known = messages.get(room) ?? new Map();
    const before = known.get(idOf(message));
    if (before && JSON.stringify(before) === JSON.stringify(message)) return;
    messages.set(room, known.set(idOf(message), message));
    ordered.delete(room);
  }

  function drop(room, id) {
    if (messages.get(room)?.delete(id)) ordered.delete(room);
  }

  function inOrder(room) {
    if (!ordered.has(room)) ordered.set(room, [...messages.get(room)?.values() ?? []].sort((one, other) => Number(idOf(one)) - Number(idOf(other))));
    return ordered.get(room);
  }

  // What a first telling does not name any more is gone; until its last part has come, nobody can tell.
  function gather(told) {
    if (told.whole) named = new Map();
    for (const [room, list] of Object.entries(told.messages)) named.set(room, new Set([...named.get(room) ?? [], ...list.map(idOf)]));
    if (!told.last) return;
    for (const [room, known] of messages) for (const id of [...known.keys()]) if (!named.get(room)?.has(id)) drop(room, id);
  }

  return {
    get state() { return state; },
    take(told) {
      if (told.whole) state = {};
      if (told.first) gather(told);
      Object.assign(state, told.set);
      for (const [room, changed] of Object.entries(told.messages)) for (const message of changed) put(room, message);
      for (const [room, ids] of Object.entries(told.gone)) for (const id of ids) drop(room, id);
      state[rooms] = state[rooms].map((room) => ({ ...room, messages: inOrder(room.id) }));
    },
    // Tell those who wait for this state; call it once it is drawn.
    arrived() {
      for (const each of waiting.filter(({ version }) => version <= state.version)) each.resolve();
      waiting = waiting.filter(({ version }) => version > state.version);
    },
    // The first truthy answer of `find`, asked at every change; null where none comes in time.
    async when(find) {
      for (const end = Date.now() + 4 * PATIENCE; Date.now() < end;) {
        const found = find();
        if (found) return found;
        await this.until(state.version + 1);
      }
      return null;
    },
    until(version) {
      if (!version || !state || version <= state.version) return Promise.resolve();
      return Promise.race([new Promise((resolve) => { waiting.push({ version, resolve }); }), new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
    },
  };
}
