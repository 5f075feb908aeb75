// When a change is made: once it is known what came of all before. The last one waits for that, and whatever is pressed or typed
// meanwhile takes its place, so that nothing is done to a line that nobody has looked at, and nobody who writes is led away.

import { changes, PLAY } from "./review-commands.js";

/** Milliseconds of waiting that are told. */
const TOLD = 300;

/** Said in place of what would have led away. */
export const WENT_ON = "You went on meanwhile: press it again.";

export class Turn {
  constructor(desk) {
    /** `_waits`: the change that does, {what, told}; `_shaped`: what changes the lines and is not done yet. */
    Object.assign(this, { _desk: desk, _waits: null, _shaped: null });
    /** The last command, and how often another was given, or something was typed or clicked. */
    Object.assign(this, { _last: "", _done: 0 });
    addEventListener("input", () => (this._done++, this._callOff({})), { capture: true });
    addEventListener("pointerdown", () => this._done++, { capture: true });
  }

  /** Waits for what leads elsewhere; whether it may: somebody who went on meanwhile is not led away from that. */
  async still(answer) {
    const { _done: before } = this;
    await answer;
    return this._done === before;
  }

  /** Whether a command is to be done; resolves when. */
  async of(command) {
    const { _desk: desk } = this;
    this._callOff(command);
    if (command.id !== this._last && command.group !== PLAY) this._done++;
    this._last = command.id;
    if (!changes(command) && command.id !== "accept") return true;
    const mine = (this._waits = { what: command.what, told: false });
    const telling = setTimeout(() => mine === this._waits && this._tell(mine), TOLD);
    await this._shaped; // what is done next is done to what comes of it
    const { current } = desk;
    await desk.edits.sure();
    clearTimeout(telling);
    if (mine !== this._waits) return false;
    this._waits = null;
    if (current !== desk.current) desk.tell("Not done: this is another line by now. Look at it, and press it again.", "refused");
    return current === desk.current;
  }

  /** Others wait until this is done. */
  shaping(done) {
    this._shaped = done;
  }

  _tell(waits) {
    waits.told = true;
    this._desk.tell(`The server has not answered yet. After that: ${waits.what}. Any other key calls it off.`, "refused");
  }

  /** Another is pressed. Whoever was too quick to be told that it waits is told that it is not done. */
  _callOff({ what }) {
    const { _waits: waits } = this;
    this._waits = null;
    if (waits && !waits.told && waits.what !== what) this._desk.tell(`Not done, the server had not answered: ${waits.what}.`, "refused");
  }
}
