// People to act as: who they are here, beside their names.

// The words beside somebody's name where one chooses whom to be: their part here, and the city of their clock.
export const roleLine = ({ role, is_gone: isGone }, zone) => `${isGone ? "Has left" : role} · ${zone.split("/").at(-1).replaceAll("_", " ")}`;

// What one is here.
export const roleOf = (state) => state.people.find((person) => person.id === state.me)?.role;
