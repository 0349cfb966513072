// What the browser keeps between visits.

export const kept = (name) => localStorage.getItem(`pocket-${name}`);
export const remember = (name, value) => localStorage.setItem(`pocket-${name}`, value);
