// Light or dark: as the system has it, until one says otherwise.

import { kept, remember } from "./kept.js";

const NEXT = { system: "light", light: "dark", dark: "system" };
const SIGNS = { system: "◐", light: "☀", dark: "☾" };
const button = document.getElementById("theme-button"); // pages of Slack's own have none

function wear(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  if (!button) return;
  button.textContent = SIGNS[theme];
  button.setAttribute("aria-label", `Colors: ${theme === "system" ? "as the system" : theme}`);
  button.title = `Colors: ${theme === "system" ? "as the system" : theme}. Next: ${NEXT[theme] === "system" ? "as the system" : NEXT[theme]}`;
}

const now = () => (kept("theme") in NEXT ? kept("theme") : "system");

export function switchTheme() {
  remember("theme", NEXT[now()]);
  wear(now());
}

wear(now());
