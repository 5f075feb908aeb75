// What the address says, and what was changed by hand since: it belongs to this address and stays in this browser.

/** `defaults` with what the address says over them, then what was kept; numbers stay numbers. */
export function settings(defaults) {
  const query = new URLSearchParams(location.search);
  const said = Object.entries(defaults).filter(([name]) => query.has(name));
  const typed = Object.fromEntries(said.map(([name, value]) => [name, like(value, query.get(name))]));
  return { ...defaults, ...typed, ...kept() };
}

/** Keeps what is not as the address says. */
export const keep = (changed) => write("localStorage", place(), { ...kept(), ...changed });

export const forget = () => write("localStorage", place(), undefined);

const kept = () => read("localStorage", place()) ?? {};

/** What this tab keeps of a session, by its beginning: a reload does not lose it, and other tabs have their own. */
export const ofTab = (name, session) => read("sessionStorage", `${name} ${session}`);

export const keepInTab = (name, session, value) => write("sessionStorage", `${name} ${session}`, value);

/** What this page calls itself: a page that is loaded again has it still, a copy of the tab has another. So it lies in the tab
 * only between two pages. */
export function ownName(key) {
  const name = read("sessionStorage", key) ?? Math.random().toString(36).slice(2);
  const forgotten = () => write("sessionStorage", key, undefined);
  forgotten();
  addEventListener("pagehide", () => write("sessionStorage", key, name));
  addEventListener("pageshow", forgotten);
  return name;
}

/** A value that was kept; null: none was. */
function read(storage, name) {
  try {
    return JSON.parse(window[storage].getItem(name));
  } catch {
    return null; // the browser keeps nothing, or it is not ours
  }
}

/** Keeps a value; undefined: none any more. */
function write(storage, name, value) {
  try {
    if (value === undefined) window[storage].removeItem(name);
    else window[storage].setItem(name, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing forgets it
  }
}

const place = () => location.pathname + location.search;

function like(value, text) {
  const number = Number.parseFloat(text);
  if (typeof value === "number" || value === null) return Number.isFinite(number) ? number : value;
  return text;
}
