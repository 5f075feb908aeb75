// What pages are made of.

export function said(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

export function button(text, deed) {
  const made = said("button", text);
  made.type = "button";
  made.addEventListener("click", deed);
  return made;
}
