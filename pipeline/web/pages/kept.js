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

/** What this page calls itself: a page that is loaded again has it still, a copy of the tab has another. So it lies in the tab
 * only between two pages. */
export function ownName(key) {
  const name = sessionStorage.getItem(key) ?? Math.random().toString(36).slice(2);
  sessionStorage.removeItem(key);
  addEventListener("pagehide", () => sessionStorage.setItem(key, name));
  addEventListener("pageshow", () => sessionStorage.removeItem(key));
  return name;
}

const place = () => location.pathname + location.search;

function like(value, text) {
  const number = Number.parseFloat(text);
  if (typeof value === "number" || value === null) return Number.isFinite(number) ? number : value;
  return text;
}
