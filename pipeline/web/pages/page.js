// What the modules of every page need.

/** Seconds on a clock that nobody sets. */
export const now = () => performance.now() / 1000;

export const byId = (id) => document.getElementById(id);
