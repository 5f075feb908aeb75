// What a subtitle has room for, and what of a text does not fit: as the server breaks it.

/** Characters of a line, and lines of a subtitle, at most; the server tells. */
export const fit = { cpl: 42, lines: 2 };

/** The lines that a text takes on the screen: as they were typed where those fit, else as they are broken. */
export function rows(text) {
  const typed = text.split("\n").map((line) => line.trim().replace(/\s+/g, " ")).filter(Boolean);
  return typed.length <= fit.lines && typed.every((line) => line.length <= fit.cpl) ? typed : broken(typed.join(" "));
}

/** The words of it that there is no room for. */
export const surplus = (text) => rows(text).slice(fit.lines).join(" ");

function broken(text) {
  const lines = [];
  for (let word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= fit.cpl) {
      lines[lines.length - 1] = `${line} ${word}`;
      continue;
    }
    for (; word.length > fit.cpl; word = word.slice(fit.cpl)) lines.push(word.slice(0, fit.cpl));
    lines.push(word);
  }
  return lines;
}
