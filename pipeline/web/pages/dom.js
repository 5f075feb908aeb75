// Parts of a page as they are made.

export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

export const said = (tag, text) => element(tag, "", text);

export function button(text, deed) {
  const made = said("button", text);
  made.type = "button";
  made.addEventListener("click", deed);
  return made;
}

/** Touches the page only where it changes: a selection of words outlives it. */
export function fill(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
