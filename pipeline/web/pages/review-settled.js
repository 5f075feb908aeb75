// What the server is asked about many lines is asked once it has what was changed here.

import { now } from "./page.js";

/** Seconds that somebody waits for that, and milliseconds between two looks. */
const PATIENCE = 3;
const SOON = 20;

export const UNSETTLED = "What you changed is not with the server yet. Try it again in a moment.";

/** Whether it has answered all that was asked of it. */
export async function settled(edits) {
  for (const until = now() + PATIENCE; !edits.settled && now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, SOON));
  }
  return edits.settled;
}
