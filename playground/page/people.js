// People to act as: who they are here, beside their names.

// What one is here.
export const roleOf = (state) => state.people.find((person) => person.id === state.me)?.role;

// The words beside somebody's name where one chooses whom to be.
export const roleLine = ({ role, is_gone: isGone }) => (isGone ? "Has left" : role);
