// Whose an edit is, or a draft: its id, or what it is `by`, says which browser made it, and which of its windows. What this
// window did is one's own, and what windows of this browser did that are no more, as after a crash; what another one does
// meanwhile is not.

import { newName } from "./page.js";
import { BROWSER, WINDOW } from "./review-store.js";

/** Milliseconds for which a window that the server has lost may still be there: it connects anew. */
const LINGER = 3000;

/** Windows of this browser that are open beside this one. */
const others = new Set();
/** Windows that are connected to the server, of whatever browser, as it said last; and those that were until just now. */
let connected = new Set();
const lately = new Set();
/** Tells "change" when a window came or went. */
export const windows = new EventTarget();
const channel = new BroadcastChannel("livesubs.desk windows");

channel.addEventListener("message", ({ data }) => {
  if (data.gone) others.delete(data.name);
  else others.add(data.name);
  if (data.asks) channel.postMessage({ name: WINDOW });
  changed();
});
channel.postMessage({ name: WINDOW, asks: true });
addEventListener("pagehide", () => channel.postMessage({ name: WINDOW, gone: true }));
addEventListener("pageshow", ({ persisted }) => persisted && channel.postMessage({ name: WINDOW }));

/** What this window calls itself, wherever others see it; the ids of its edits begin with that. */
export const HERE = `${BROWSER}-${WINDOW}`;
export const HAND = `${HERE}-`;

export const newId = () => HAND + newName();

/** What the ids of edits begin with that are made in one go, and undone so. */
export const newGo = () => `${newId()}.`;

/** Whether two edits were made so. */
export const inOneGo = (one, other) => one.includes(".") && one.split(".")[0] === other.split(".")[0];

/** The server says which windows are connected. */
export function connect(names) {
  const now = new Set(names);
  for (const name of connected) if (!now.has(name)) linger(name);
  connected = now;
  changed();
}

/** Whether that window is open. One of this browser that is closed is known to be at once. */
export const there = (by) => (connected.has(by) || lately.has(by)) && (browser(by) !== BROWSER || others.has(windowOf(by)));

/** Whether two edits are of one window, or both of what is one's own here. */
export const together = (one, other) =>
  (mine(one) && mine(other)) || (browser(one) === browser(other) && windowOf(one) === windowOf(other));

export function mine(id) {
  return browser(id) === BROWSER && !others.has(windowOf(id));
}

/** Who else made it, as one is told. */
export const whose = (id) => (browser(id) === BROWSER ? "another window of this browser" : "somebody else");

/** What the window that made it calls itself. */
export const handOf = (id) => `${browser(id)}-${windowOf(id)}`;

const windowOf = (id) => id.split("-")[1] ?? "";

const browser = (id) => id.split("-")[0];

function linger(name) {
  lately.add(name);
  setTimeout(() => (lately.delete(name), changed()), LINGER);
}

const changed = () => windows.dispatchEvent(new Event("change"));
