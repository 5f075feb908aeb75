// Italics, written as SRT has them. As in formats.py: `<i>` and `</i>` are that where each begins and ends in turn around something;
// else they are what somebody wrote.

const MARK = /(<\/?i>)/;

/** The parts of a text, with whether each is in italics. */
export function parts(text) {
  const split = text.split(MARK);
  const marks = split.filter((_, at) => at % 2);
  const inTurn = marks.length % 2 === 0 && marks.every((mark, at) => mark === (at % 2 ? "</i>" : "<i>"));
  const made = split.filter((_, at) => at % 2 === 0).map((part, at) => ({ part, italic: at % 2 === 1 }));
  return inTurn && made.every(({ part, italic }) => !italic || part.trim()) ? made : [{ part: text, italic: false }];
}

/** The text as it is read. */
export const read = (text) => parts(text).map(({ part }) => part).join("");

/** Puts it into a node, in place of what is there: text and italics, never other markup. */
export function write(node, text) {
  node.replaceChildren(...parts(text).map(({ part, italic }) => {
    if (!italic) return part;
    const made = document.createElement("em");
    made.textContent = part;
    return made;
  }));
}
