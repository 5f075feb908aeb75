// What is typed in a field, step by step, to be taken back and done again: a word with the space before it; what is deleted in a
// row, as far as a word goes; what is pasted or put there at once. The browser's own steps are single letters here: one ends
// whenever the page draws something, as it does of each letter.

/** Kinds that go on: the letter that is typed, or goes; what is being composed is no letter yet. */
const LETTERS = {
  insertText: ({ data }) => data,
  deleteContentBackward: (_, { value, selectionStart }) => value[selectionStart - 1],
  deleteContentForward: (_, { value, selectionStart }) => value[selectionStart],
  insertCompositionText: () => "…",
};

export class Steps {
  constructor(node) {
    this._node = node;
    this.forget();
    node.addEventListener("beforeinput", (event) => this._goesOn(event) || this.begin());
    node.addEventListener("compositionstart", () => (this._last = {})); // what is composed is a step
    node.addEventListener("input", () => (this._caret = node.selectionStart));
  }

  /** What was typed is no step any more; `before`, where there is one, is the text before the first. */
  forget(before = null) {
    Object.assign(this, { _done: before === null ? [] : [state(before)], _undone: [], _last: {}, _caret: -1 });
  }

  /** What is done next is another step. */
  begin() {
    this._done.push(this._now());
    this._undone = [];
  }

  /** {text, from, to} as it was before the last step; undefined: there is none. */
  undo() {
    return this._go(this._done, this._undone);
  }

  /** Whether something was taken back, and nothing was typed since. */
  get undone() {
    return this._undone.length > 0;
  }

  /** As it was before that was taken back. */
  redo() {
    return this._go(this._undone, this._done);
  }

  _go(from, to) {
    const now = this._now();
    while (from.at(-1)?.text === now.text) from.pop(); // that changed nothing
    if (from.length) to.push(now);
    this._last = {};
    return from.pop();
  }

  _now() {
    const { value, selectionStart, selectionEnd } = this._node;
    return state(value, selectionStart, selectionEnd);
  }

  /** Whether what is typed now, or deleted, is of the same step as what was before. */
  _goesOn(event) {
    const { kind, space } = this._last;
    const { selectionStart: from, selectionEnd: to } = this._node;
    const letter = LETTERS[event.inputType]?.(event, this._node);
    this._last = { kind: event.inputType, space: !letter?.trim() };
    if (!letter || event.inputType !== kind) return false;
    if (event.inputType === "insertCompositionText") return true;
    const ends = kind === "insertText" ? this._last.space && !space : space && !this._last.space;
    return from === to && from === this._caret && !ends;
  }
}

const state = (text, from = text.length, to = from) => ({ text, from, to });
