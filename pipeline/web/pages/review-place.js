// Where the editor was: the line, the caret, what is seen of the list, and the playhead. It is kept in this browser, by session.

import { keepInTab, ofTab } from "./kept.js";
import { read, write } from "./review-store.js";

const STORE = "places";
const LEFT = "livesubs.desk place";
/** Milliseconds between two looks. */
const LOOK = 250;

/** A place that was kept; null: none was. */
export const kept = async (session) => ofTab(LEFT, session) ?? read(STORE, session).catch(() => null);

/** Keeps what `place()` says from now on; null: nowhere. A browser that is killed has it but for a moment, a page that is left has
 * no time to write there, and has it in its tab. */
export function follow(session, place) {
  let last = "null";
  const keep = () => {
    const now = JSON.stringify(place());
    if (now !== last && now !== "null") write(STORE, session, JSON.parse((last = now)));
  };
  const forget = () => keepInTab(LEFT, session, undefined);
  forget();
  setInterval(keep, LOOK);
  addEventListener("pagehide", () => keepInTab(LEFT, session, place() ?? undefined));
  addEventListener("pageshow", forget);
}
