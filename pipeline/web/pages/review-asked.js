// Asking the server for something of the desk: what it gives, or why it does not, in a sentence.

import { reason } from "./review-edits.js";

/** {found} or {why}; `body` makes it a POST. */
export async function ask(address, body) {
  const headers = { "content-type": "application/json" };
  try {
    const answer = await fetch(address, body ? { method: "POST", headers, body: JSON.stringify(body) } : {});
    if (answer.ok) return { found: await answer.json(), why: "" };
    return { found: null, why: await reason(answer), status: answer.status };
  } catch {
    return { found: null, why: "The server does not answer; try again when it is back." };
  }
}
