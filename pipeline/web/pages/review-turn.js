// When a change is made: once it is known what came of all before. The last one waits for that, and whatever is pressed meanwhile
// takes its place, so that nothing is done to a line that nobody has looked at.

import { changes } from "./review-commands.js";

/** Milliseconds of waiting that are told. */
const TOLD = 300;

export class Turn {
  constructor(desk) {
    /** `_last`: what was pressed last, `_shaped`: what changes the lines and is not done yet. */
    Object.assign(this, { _desk: desk, _last: null, _shaped: null });
  }

  /** Whether a command is to be done; resolves when. */
  async of(command) {
    const mine = (this._last = Symbol(command.id));
    if (!changes(command) && command.id !== "accept") return true;
    const { _desk: desk } = this;
    const telling = setTimeout(() => mine === this._last && this._tell(command), TOLD);
    await this._shaped; // what is done next is done to what comes of it
    const { current } = desk;
    await desk.edits.sure();
    clearTimeout(telling);
    if (mine !== this._last) return false;
    if (current !== desk.current) desk.tell("Not done: this is another line by now. Look at it, and press it again.", "refused");
    return current === desk.current;
  }

  _tell({ what }) {
    this._desk.tell(`The server has not answered yet. After that: ${what}. Any other key calls it off.`, "refused");
  }

  /** Others wait until this is done. */
  shaping(done) {
    this._shaped = done;
  }
}
