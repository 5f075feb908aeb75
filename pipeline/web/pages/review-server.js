// The desk's one way to ask the server: what it gives, or in a sentence why it does not.

/** Milliseconds after which there is no answer: to what keys wait for, and to what the server works at, for minutes. */
export const SOON = 8000;
export const LATE = 300_000;
/** What is wrong with what was asked, so that to ask it again changes nothing. */
const FINAL = [400, 409, 413];
/** There is no server, as far as one can see. */
const AWAY = { found: null, why: "The server does not answer; try again when it is back.", again: true, status: 0 };

/** {found}, or {why} with `again`, whether the same may be taken later; `body` makes it a POST. */
export async function ask(address, body, { method = body ? "POST" : "GET", patience = LATE, keepalive = false } = {}) {
  const sent = body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  try {
    const answer = await fetch(address, { method, keepalive, signal: AbortSignal.timeout(patience), ...sent });
    const { ok, status } = answer;
    if (ok) return { found: status === 204 ? true : await answer.json(), why: "" };
    return { found: null, why: await reason(answer), again: !FINAL.includes(status), status };
  } catch {
    return AWAY;
  }
}

/** The same of what is written: in the session that the page is about, or nowhere. At its address there may be another by
 * now, and all of them call their lines alike. */
export async function write(feed, address, body, how = {}) {
  if (!feed.told || !feed.session) return AWAY;
  const session = `session=${encodeURIComponent(feed.session.began_at)}`;
  return ask(`${address}${address.includes("?") ? "&" : "?"}${session}`, body, { patience: SOON, ...how });
}

async function reason(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text).error ?? text;
  } catch {
    return text;
  }
}
