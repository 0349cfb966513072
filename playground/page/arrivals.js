// Where the tip came that the clock was moved for: a look at both platforms at once, as long as the bot may take.

import { feed } from "./feed.js";

const PATIENCE = 25000; // milliseconds; the bot looks every 15 seconds

// Gives the first new post of the bot's as { platform, room, id, name }, or null where none came that one can see.
export function arrival(platforms) {
  return new Promise((resolve) => {
    const ends = [];
    const end = (found) => { ends.forEach((each) => each()); resolve(found); };
    for (const platform of platforms) {
      const news = feed(platform.rooms, platform.idOf);
      const stream = new EventSource(platform.stream());
      ends.push(() => stream.close());
      stream.onmessage = (event) => {
        const told = JSON.parse(event.data);
        news.take(told);
        if (told.first) return;
        for (const [room, messages] of Object.entries(told.messages)) {
          const post = messages.find((message) => platform.isTip(message, news.state));
          if (post) end({ platform, room, id: platform.idOf(post), name: platform.placeName(news.state[platform.rooms].find((each) => each.id === room), news.state) });
        }
      };
    }
    const timer = setTimeout(() => end(null), PATIENCE);
    ends.push(() => clearTimeout(timer));
  });
}
