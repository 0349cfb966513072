// Teams' way through the tour: each step does it, or shows where; none needs another to have come before.

import { toast } from "./dom.js";
import { breath, pointAt, tick } from "./tour.js";

const EMOJI = "🔍";

export function teamsTour(page) {
  const { news, actions, desk, learning, personal } = page;
  const say = (room, words) => {
    if (room.id !== page.current().id) actions.open(room.id);
    return desk(room).say(room.kind === "personal" ? words : `@${page.state.bot.name} ${words}`);
  };
  const isCard = (message) => message.from === "bot" && message.card;
  const cards = () => personal().messages.filter(isCard).length;
  return {
    ask: ["Compare one of the seven dimensions, in your chat with the app: risks", () => say(personal(), "risks")],
    click: ["Press More detail on a card.", async () => {
      if (pointAt(page.room, "More detail")) return;
      const before = cards();
      await say(personal(), "risks");
      await news.when(() => cards() > before);
      pointAt(page.room, "More detail");
    }],
    react: [`React with ${EMOJI} to the app’s latest card; more comes below it.`, async () => {
      const wanted = () => [page.current(), learning(), personal()]
        .map((room) => [room, room.messages.findLast((message) => isCard(message) && JSON.stringify(message.card).includes("More detail"))]).find(([, message]) => message);
      // Where nothing waits for a reaction yet, something is asked first.
      const found = wanted() ?? (await say(personal(), "risks"), await news.when(wanted), await breath(), wanted());
      if (!found) { toast("Nothing can be reacted to: no card came."); return; }
      const [room, message] = found;
      if (room.id !== page.current().id) actions.open(room.id);
      if (!message.reactions.some((each) => each.emoji === EMOJI && each.people.includes(page.state.me))) await desk(room).react(message, EMOJI);
      tick("teams", "react"); // also where one had reacted before
    }],
    tip: ["See the next weekly tip. “tips” turns them on, “Next tip” above goes to it.", () => say(personal(), "tip")],
    dilemma: ["A case with no easy answer: dilemma", () => say(personal(), "dilemma")],
  };
}
