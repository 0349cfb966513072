// A small question before something happens: yes or no, or a name.

import { el } from "./dom.js";

function asked(title, content, { yes, no = "Cancel", isRisky = false }, read) {
  const box = document.getElementById("confirm");
  return new Promise((resolve) => {
    const answer = (value) => { box.close(); resolve(value); };
    box.replaceChildren(el("form", { onsubmit: (event) => { event.preventDefault(); answer(read()); } },
      el("h2", { id: "confirm-title" }, title), content,
      el("div", { class: "modal-foot" }, el("button", { type: "button", class: "btn", onclick: () => answer(null) }, no),
        el("button", { class: `btn ${isRisky ? "danger" : "primary"}` }, yes))));
    box.oncancel = () => resolve(null);
    box.showModal();
    box.querySelector("input")?.select();
  });
}

// Gives true, or null for no.
export const askYes = (title, words, answers) => asked(title, el("p", {}, words), answers, () => true);

// Gives the name, or null for none.
export function askName(title, label, value, answers) {
  const input = el("input", { type: "text", id: "confirm-name", value, required: true, maxlength: 80 });
  return asked(title, el("p", { class: "field" }, el("label", { for: "confirm-name" }, label), input), answers, () => input.value.trim() || null);
}
