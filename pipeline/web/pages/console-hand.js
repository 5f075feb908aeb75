// How a thing is done from here: by its key, or on a phone, which has none, by its button.

const phone = matchMedia("(max-width: 760px)");

/** `key` is what to press; `button` what the button for it says, and where it is. */
export const hand = (key, button) => (phone.matches ? button : key);

export const UNDO = () => hand("Z", "“Undo”");
