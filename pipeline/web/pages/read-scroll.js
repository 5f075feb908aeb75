// The page follows the newest line, until somebody scrolls up to read again, and once they ask to be taken back.

const NEAR = 60; // pixels from the end that still count as the end

export class Scroll {
  constructor(text, back) {
    this.text = text;
    this.back = back;
    this.following = true;
    text.addEventListener("scroll", () => this.#look(), { passive: true });
    addEventListener("resize", () => this.follow());
    back.addEventListener("click", () => this.#return());
  }

  /** To the newest line, unless somebody reads above. */
  follow() {
    if (this.following) this.text.scrollTop = this.text.scrollHeight;
  }

  #look() {
    this.following = this.text.scrollHeight - this.text.scrollTop - this.text.clientHeight < NEAR;
    this.back.hidden = this.following;
  }

  #return() {
    this.following = true;
    this.back.hidden = true;
    this.follow();
    this.text.focus({ preventScroll: true });
  }
}
