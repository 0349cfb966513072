// Talking to an emulator: one act at a time, and a fresh look whenever something has changed.

import { toast } from "./dom.js";

const SILENT = "The playground does not answer. Is it still running?";

// `quiet` errors are the caller's to show; `words` says others better than the emulator does.
export async function send(path, body, { quiet = [], words = {} } = {}) {
  let answer;
  try {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    answer = await response.json();
  } catch {
    answer = { error: SILENT, isLost: true };
  }
  if (answer.error && !quiet.includes(answer.error)) toast(words[answer.error] ?? answer.error, answer.details);
  return answer;
}

// What is there to see, or null when the playground is silent: the stream says so, and asks again once it is back.
export async function seen(path) {
  try {
    const response = await fetch(path);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
