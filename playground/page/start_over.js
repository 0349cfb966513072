// What is said of starting over, and of where the bot keeps what it knows: the same on both platforms.

import { el } from "./dom.js";

export const startOverWords = (database) => `Everything said and set up goes, on Slack and on Teams, and the bot forgets it too${database ? `: its database ${database} is emptied` : ""}. The clock goes back to now.`;

export const startOver = (database, begin) => el("div", { class: "foot" }, el("button", { class: "plain", onclick: begin }, "Start over"),
  database && el("p", { class: "fine" }, "Database: ", el("code", { title: "Seen from the folder that the playground was started in" }, database)));
