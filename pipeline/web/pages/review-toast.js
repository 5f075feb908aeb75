// What is told in passing: of what was done, or why it was not.

/** Milliseconds for which it is seen. */
const TOLD = 5000;

/** `tell(text, kind)`: in that box; kind is "done" or "refused". */
export function toast(box) {
  let telling = null;
  return (text, kind = "done") => {
    box.textContent = text;
    box.className = `shown ${kind}`;
    clearTimeout(telling);
    telling = setTimeout(() => (box.className = ""), TOLD);
  };
}
