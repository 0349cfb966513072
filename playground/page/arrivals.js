// Where the tip came that the clock was moved for: a look at both platforms at once, as long as the bot may take.

import { feed } from "./feed.js";

const PATIENCE = 25000; // milliseconds; the bot looks every 15 seconds
const OPENING = 3000; // milliseconds that the clock waits for this look; a silent stream must not hold it up

// `ready` once both have told what stands there already, for only what they tell later is new. `found` is the first new
// post of the bot's as { platform, room, id, name }, or null where none came that one can see; `stop` looks no longer.
export function arrival(platforms) {
  const ends = [];
  let tell;
  const found = new Promise((resolve) => { tell = resolve; });
  const end = (post) => { ends.forEach((each) => each()); tell(post); };
  const opened = platforms.map((platform) => new Promise((open) => {
    const news = feed(platform.rooms, platform.idOf);
    const stream = new EventSource(platform.stream());
    ends.push(() => stream.close());
    stream.onerror = open; // the clock's own request tells that nothing answers
    stream.onmessage = (event) => {
      const told = JSON.parse(event.data);
      news.take(told);
      if (told.first) { open(); return; }
      for (const [room, messages] of Object.entries(told.messages)) {
        const post = messages.find((message) => platform.isTip(message, news.state));
        if (post) end({ platform, room, id: platform.idOf(post), name: platform.placeName(news.state[platform.rooms].find((each) => each.id === room), news.state) });
      }
    };
  }));
  const timer = setTimeout(() => end(null), PATIENCE);
  ends.push(() => clearTimeout(timer));
  const ready = Promise.race([Promise.all(opened), new Promise((resolve) => { setTimeout(resolve, OPENING); })]);
  return { ready, found, stop: () => end(null) };
}
