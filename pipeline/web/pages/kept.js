// What the address says, and what was changed by hand since: it belongs to this address and stays in this browser.

/** `defaults` with what the address says over them, then what was kept; numbers stay numbers. */
export function settings(defaults) {
  const query = new URLSearchParams(location.search);
  const said = Object.entries(defaults).filter(([name]) => query.has(name));
  const typed = Object.fromEntries(said.map(([name, value]) => [name, like(value, query.get(name))]));
  return { ...defaults, ...typed, ...kept() };
}

/** Keeps what is not as the address says. */
export function keep(changed) {
  try {
    localStorage.setItem(place(), JSON.stringify({ ...kept(), ...changed }));
  } catch {
    // a browser that keeps nothing forgets it
  }
}

export function forget() {
  try {
    localStorage.removeItem(place());
  } catch {
    // nothing was kept
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(place())) ?? {};
  } catch {
    return {};
  }
}

/** What this tab keeps of a session, by its beginning: a reload does not lose it, and other tabs have their own. */
export const ofTab = (name, session) => JSON.parse(sessionStorage.getItem(`${name} ${session}`) ?? "null");

export const keepInTab = (name, session, value) => sessionStorage.setItem(`${name} ${session}`, JSON.stringify(value));

const place = () => location.pathname + location.search;

function like(value, text) {
  const number = Number.parseFloat(text);
  if (typeof value === "number" || value === null) return Number.isFinite(number) ? number : value;
  return text;
}
