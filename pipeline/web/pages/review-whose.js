// Whose an edit is: its id says which browser made it, and which of its windows. What this window did is one's own, and
// what windows of this browser did that are no more, as after a crash; what another one does meanwhile is not.

import { BROWSER, WINDOW } from "./review-store.js";

/** Windows of this browser that are open beside this one. */
const others = new Set();
const channel = new BroadcastChannel("livesubs.desk windows");

channel.addEventListener("message", ({ data }) => {
  if (data.gone) return others.delete(data.name);
  others.add(data.name);
  if (data.asks) channel.postMessage({ name: WINDOW });
});
channel.postMessage({ name: WINDOW, asks: true });
addEventListener("pagehide", () => channel.postMessage({ name: WINDOW, gone: true }));
addEventListener("pageshow", ({ persisted }) => persisted && channel.postMessage({ name: WINDOW }));

/** What the ids of this window's edits begin with. */
export const HAND = `${BROWSER}-${WINDOW}-`;

export const newId = () => HAND + Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(36)).join("");

/** Whether two edits are of one window, or both of what is one's own here. */
export const together = (one, other) =>
  (mine(one) && mine(other)) || (browser(one) === browser(other) && windowOf(one) === windowOf(other));

export function mine(id) {
  return browser(id) === BROWSER && !others.has(windowOf(id));
}

/** Who else made it, as one is told. */
export const whose = (id) => (browser(id) === BROWSER ? "another window of this browser" : "somebody else");

/** What the window that made it calls itself. */
export const windowOf = (id) => id.split("-")[1] ?? "";

const browser = (id) => id.split("-")[0];
