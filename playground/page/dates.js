// Moments as the platforms write them into a text, by the clock of the person you are.

import { fieldValue } from "./clock.js";

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const MIDDLE = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };
const SLACK = {
  date: MIDDLE, date_pretty: MIDDLE, date_long_full: MIDDLE, date_long: LONG, date_long_pretty: LONG, date_short: SHORT, date_short_pretty: SHORT,
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" }, date_slash: { day: "2-digit", month: "2-digit", year: "numeric" },
  day_divider_pretty: { weekday: "long", day: "numeric", month: "long" },
  time: { hour: "2-digit", minute: "2-digit" }, time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};
const TEAMS = {
  COMPACT: { day: "numeric", month: "numeric", year: "numeric" }, SHORT: { weekday: "short", ...SHORT }, LONG, TIME: SLACK.time,
};
// Strictly so: another sign or blank, and Teams shows what was written.
const FUNCTION = /\{\{(DATE|TIME)\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))(?:, ?(COMPACT|SHORT|LONG))?\)\}\}/g;
const NEAR = new Map([[-1, "yesterday"], [0, "today"], [1, "tomorrow"]]);
const made = new Map(); // formats by what they show and where: making one takes longer than drawing a message

function formatted(moment, options, zone, language = "en-GB") {
  const key = JSON.stringify([options, zone, language]);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(language, { ...options, timeZone: zone }));
  return made.get(key).format(moment);
}

const dayIn = (moment, zone) => formatted(moment, SLACK.date_num, zone, "en-CA"); // 2026-11-30

// The day that it is for the person you are: what is drawn as "today" is drawn anew on another.
export const today = () => fieldValue().slice(0, 10);

// The words of Slack's format, such as `{date_short_pretty} at {time}`; null for what is no moment.
export function slackDate(seconds, format, zone) {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) return null;
  const days = Math.round((Date.parse(dayIn(moment, zone)) - Date.parse(today())) / 86_400_000);
  const words = format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name.endsWith("_pretty") && NEAR.has(days)) return NEAR.get(days);
    if (!SLACK[name]) return whole;
    return formatted(moment, SLACK[name], zone, name === "date_num" ? "en-CA" : undefined);
  });
  return { moment, words };
}

// A text with Teams' functions worked out; one that is not written as they have to be stays as it is.
export function teamsDates(text, zone) {
  return text.replaceAll(FUNCTION, (whole, kind, iso, how) => {
    const moment = new Date(iso);
    if (Number.isNaN(moment.getTime()) || (kind === "TIME" && how)) return whole;
    return formatted(moment, TEAMS[kind === "TIME" ? "TIME" : how ?? "COMPACT"], zone);
  });
}
