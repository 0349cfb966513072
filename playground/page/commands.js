// What can be typed, offered while one types: the bot's own grammar, and on Slack the commands of Slack itself.

const OWN = [["/invite @", "let the app or somebody in"], ["/remove @", "send the app or somebody away"], ["/join #", "go into a public channel"], ["/leave", "go out of this channel"], ["/archive", "close this channel"]];

// Lines of Slack's box: [what is put in, what it is for]; one that asks for more words ends with a space.
export function slackHints(state) {
  if (!state) return [];
  const ofApp = state.commands.flatMap((command) => (state.usages[command] ?? [["", "what the app says"]]).map(([words, what]) => [`${command} ${words}`.trim() + (/^and\b/.test(what) ? " " : ""), what]));
  const named = OWN.map(([line, what]) => [line.endsWith("@") ? `${line}${state.bot.name}` : line, what]);
  return [...ofApp, ...named];
}

export const slackMatching = (state, typed) => (typed.startsWith("/") ? slackHints(state).filter(([line]) => line.toLowerCase().startsWith(typed.toLowerCase()) && line !== typed) : []);

// Enter sends a whole line as it is.
export const isSlackLine = (state, typed) => slackHints(state).some(([line]) => typed === line || typed.startsWith(`${line.trim()} `)) || /^\/(invite|remove|join) \S/.test(typed);

// In the chat with the app a slash offers what it knows; elsewhere it hears what begins with its name.
export function teamsHints(room, state) {
  const known = state.usages[room.kind] ?? [];
  if (room.kind === "personal") return (typed) => (/^\/[\w ]*$/.test(typed) ? known.filter(([line]) => line.toLowerCase().startsWith(typed.slice(1).toLowerCase())) : []);
  const named = [["", "the app"], ...known].map(([line, what]) => [`@${state.bot.name} ${line}`, what]);
  return (typed) => {
    const later = /^(.+\s)@\w*$/s.exec(typed);
    if (later) return [[`${later[1]}@${state.bot.name} `, "the app"]];
    return typed.startsWith("@") ? named.filter(([line]) => line.toLowerCase().startsWith(typed.toLowerCase()) && line !== typed) : [];
  };
}

export const isTeamsLine = (room, state) => (typed) => room.kind !== "personal" && typed.toLowerCase().startsWith(`@${state.bot.name.toLowerCase()}`);

// What was said to the app, without its name; '' where it was not meant.
export function saidTo(text, names, isAlone = false) {
  const spoken = text.trim();
  const name = names.find((each) => spoken.toLowerCase().startsWith(each.toLowerCase()));
  if (name) return spoken.slice(name.length).trim() || "list";
  return isAlone ? spoken : "";
}
