// Where the editor was: the line, the caret, what is seen of the list, and the playhead. It is kept in this browser, by session.

import { read, write } from "./review-store.js";

const STORE = "places";

/** A place that was kept; null: none was. */
export const kept = async (session) => read(STORE, session).catch(() => null);

/** Keeps one. */
export const keep = (session, place) => write(STORE, session, place);
