// Slack's way through the tour: each step does it, or shows where; none needs another to have come before.

import { toast } from "./dom.js";
import { breath, pointAt, tick } from "./tour.js";

export function slackTour(desk) {
  const { news, actions, learning, post } = desk;
  const go = (room) => {
    if (room.id !== desk.current().id) actions.open(room.id);
    return room;
  };
  // Who is of another workspace has its commands, and can mention the app all the same.
  const isStranger = () => desk.state.people.find((person) => person.id === desk.state.me)?.role.startsWith("From");
  const type = (words) => {
    const room = go(learning());
    return post("say", { channel: room.id, text: isStranger() ? `@${desk.state.bot.name} ${words}` : `/pm-compare ${words}` });
  };
  const open = async () => {
    const wanted = () => learning().messages.findLast((message) => message.user === desk.state.bot.id && !message.is_ephemeral && !message.is_reply && /🔍|:mag:/u.test(JSON.stringify(message)));
    // Where nothing waits for a reaction yet, a card is shared first.
    const found = wanted() ?? (await type("risks share"), await news.when(wanted), await breath(), wanted());
    if (!found) toast(`Nothing in #${learning().name} can be reacted to: no card came.`);
    return found;
  };
  return {
    ask: ["Compare one of the seven dimensions: /pm-compare risks", () => type("risks")],
    click: ["Press More detail on a card.", async () => {
      if (!pointAt(desk.room, "More detail")) { await type("risks"); pointAt(desk.room, "More detail"); }
    }],
    react: ["React with 🔍 to a card that all can see; more comes in its thread.", async () => {
      const found = await open();
      if (!found) return;
      go(learning());
      if (!found.reactions?.some((each) => each.name === "mag" && each.users.includes(desk.state.me))) await actions.react({ channel: learning().id, ts: found.ts }, "mag");
      tick("slack", "react"); // also where one had reacted before
      actions.openThread(found.ts);
    }],
    tip: ["See the next weekly tip. “tips” turns them on, “Next tip” above goes to it.", () => type("tip")],
    dilemma: ["A case with no easy answer: /pm-compare dilemma", () => type("dilemma")],
  };
}
