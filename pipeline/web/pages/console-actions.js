// What is asked of the server: one after the other, each until it is answered, with the same id, so that it is done once.
//
// What waits and what can be undone are kept in the tab, by session: a reload forgets neither, and nothing that was asked
// of one session is done in the next one at the same address.

import { hand } from "./console-hand.js";
import { keepInTab, ofTab } from "./kept.js";
import { newName } from "./page.js";

const AGAIN = 400;
const PATIENCE = 2000;
/** It cannot be written down, and is done on the pages all the same; or it is not done. */
const [HERE, FULL] = [202, 507];
/** Milliseconds after its answer until which what an action does has been told to the page, too. */
const TOLD = 1000;
/** What moves the picture: it is taken back by a key of its own. To undo it minutes later would throw the room back. */
const MOVES = ["play", "pause", "catchup", "seek", "delay"];

const BACK = () => `The picture is moved back by ${hand("P, C, [ or ]", "the buttons of “The screens”")}.`;
const moves = ({ action }) => MOVES.includes(action.do);

/** The room as an action makes it. */
function directed(room, { do: what, cue, text, value }) {
  const { held } = room;
  if (what === "hold") return { ...room, held: [...held, cue] };
  if (what === "send") return { ...room, held: held.filter((id) => id !== cue) };
  if (what === "place") return { ...room, place: text };
  if (what === "blank") return { ...room, blank: Boolean(value) };
  if (what === "hide") return { ...room, hidden: Boolean(value) };
  if (what === "phones") return { ...room, phones: Boolean(value) };
  if (what === "ended" || what === "dropped") return { ...room, stopped: { do: what, at: value } };
  return ["size", "volume", "delay", "begin", "end"].includes(what) ? { ...room, [what]: value } : room;
}

/** What was typed for an action that is refused, so that it is not lost. */
const typed = ({ do: what, text }) => (["edit", "say"].includes(what) ? ` You had typed: “${text}”` : "");

export class Actions {
  /** `tell(text, kind)`: kind is done, waiting or refused. */
  constructor(feed, tell) {
    this._feed = feed;
    this._tell = tell;
    this._ahead = [];
    feed.addEventListener("action", (event) => this._answered(event.detail));
    feed.addEventListener("room", () => this._told(this._last));  // it comes after each action
    feed.addEventListener("session", (event) => this._restore(event.detail.began_at));
    this._session = this._last = null;
    this._waiting = [];
    this.done = [];
    this._busy = false;
  }

  /** Asks for `action`; `said` tells what it does, `back` how to undo it where that is no undo, null: not at all. */
  ask(action, said, back) {
    const id = newName();
    this._waiting.push({ action: { id, ...action }, said });
    this._ahead.push({ id, ...action });
    if (back !== null) this.done.push({ id, said, back, action, undone: false });
    this._keep();
    this._send();
    return id;
  }

  /** Takes back the last that was not taken back yet, and says so where the picture was moved since. */
  undo() {
    const last = this.done.findLast((one) => !one.undone && !moves(one));
    const moved = this.done.slice(this.done.indexOf(last) + 1).some(moves) ? `. ${BACK()}` : "";
    if (!last) return this._tell(`There is nothing to undo${moved || "."}`, "refused");
    last.undone = true;
    last.undoing = this.ask(last.back ?? { do: "undo", of: last.id }, `Undone: ${last.said}${moved}`, null);
    this._keep();
  }

  /** Takes back one action, whoever did it; `back` does it again. */
  undoOne(of, said, back) {
    for (const one of this.done) one.undone ||= one.id === of;
    this.ask({ do: "undo", of }, said, back);
  }

  /** What the room sees once all is done that was asked: a key that is pressed twice means it twice. */
  get room() {
    return this._ahead.reduce(directed, this._feed.room);
  }

  /** Ids of the lines whose correction has no answer yet. */
  get correcting() {
    return this._waiting.filter(({ action }) => action.do === "edit").map(({ action }) => action.cue);
  }

  _told(id) {
    this._ahead = this._ahead.filter((action) => action.id !== id);
  }

  async _send() {
    if (this._busy) return;
    this._busy = true;
    while (this._waiting.length) {
      const first = this._waiting[0];
      const answer = this._feed.told ? await this._post(first.action) : null; // else who knows whose server is there
      if (answer === null) {
        this._tell(`${first.said} - not yet: no word from the page server, it is tried again`, "waiting");
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
        continue;
      }
      this._waiting.shift();
      setTimeout(() => this._told(first.action.id), answer.ok ? TOLD : 0);
      if (!answer.ok) this._refused(first.action);
      this._keep();
      if (answer.here) this._tell(`${first.said}. ${answer.why}`, "waiting", true);
      else this._tell(answer.ok ? first.said : answer.why + typed(first.action), answer.ok ? "done" : "refused");
    }
    this._busy = false;
  }

  /** It is done on the pages; later it is told again if the session refuses it. */
  _answered({ id, of, refused }) {
    this._last = id;
    const mine = this.done.find((one) => one.id === id || one.undoing === id);
    if (!refused || !mine) return;
    this._refused({ id, of });
    this._keep();
    this._tell(refused + (mine.id === id ? typed(mine.action) : ""), "refused");
  }

  /** What was refused was not done, and what was to be taken back stands. */
  _refused(action) {
    this.done = this.done.filter((one) => one.id !== action.id);
    for (const one of this.done) if (one.id === action.of || one.undoing === action.id) one.undone = false;
  }

  /** What the server said; null: nothing, or that it cannot now. */
  async _post(action) {
    try {
      const answer = await fetch("/api/actions", {
        method: "POST",
        body: JSON.stringify(action),
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.status >= 500 && answer.status !== FULL) return null;
      return { ok: answer.ok, here: answer.status === HERE, why: await answer.text() };
    } catch {
      return null;
    }
  }

  /** It is known which session this is: what was kept of it comes first. */
  _restore(session) {
    if (this._session !== null) return;
    this._session = session;
    this._waiting = [...(ofTab("waiting", session) ?? []), ...this._waiting];
    this.done = [...(ofTab("done", session) ?? []), ...this.done];
    this._keep();
    this._send();
  }

  _keep() {
    this.done = this.done.slice(-50);
    if (this._session === null) return;
    keepInTab("waiting", this._session, this._waiting);
    keepInTab("done", this._session, this.done);
  }
}
