// How wide a text is.

const SIZE = 100;
const canvas = document.createElement("canvas").getContext("2d");

/** The width of `text` in the letters that `place` has, in sizes of its font (em). */
export function width(text, place) {
  const { fontWeight, fontFamily } = getComputedStyle(place);
  canvas.font = `${fontWeight} ${SIZE}px ${fontFamily}`;
  return canvas.measureText(text).width / SIZE;
}
