// The editor's desk: the lines of a session, led from one that needs a human to the next, with keys; nothing is lost.

import { Feed } from "./feed.js";
import { ask } from "./review-server.js";
import { Desk } from "./review-desk.js";
import * as places from "./review-place.js";
import { HERE } from "./review-whose.js";

async function learn() {
  for (;;) {
    const { found } = await ask("/api/review");
    if (found?.begun) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function main() {
  const facts = await learn();
  const session = String(facts.began_at);
  const place = await places.kept(session);
  const desk = new Desk(facts, new Feed({ desk: HERE }), place);
  places.follow(session, () => (desk.current === null ? null : desk.place));
  addEventListener("pagehide", () => desk.drafts.flush());
  window.livesubs = desk;
}

main();
