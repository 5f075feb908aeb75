// A card to set up the projector by: the whole picture, the safe margins, two lines as full as they get, and a flash
// with a beep each second, for the time between picture and sound.

/** As many characters as a line may have. */
const LINES = ["Can you read this from the very last rows?", "Two full lines of forty-two characters max"];
/** The frames, from the outermost, and what each holds: shares of the width and the height, as EBU R 95 has them. */
const FRAMES = [["edge", "100 %: the whole picture"], ["action", "93 %: all that matters in the picture"], ["title", "90 %: all that is to be read"]];
const BEEP = 0.1;
const PITCH = 1000;

export class TestCard {
  constructor(place) {
    this._place = place;
    this._context = null;
    this._build();
  }

  get shown() {
    return !this._place.hidden;
  }

  toggle() {
    this._place.hidden = this.shown;
    if (this.shown) this._begin();
    else this._end();
  }

  _build() {
    for (const [margin, holds] of FRAMES) {
      const [frame, label] = [document.createElement("div"), document.createElement("span")];
      frame.className = `margin ${margin}`;
      label.textContent = holds;
      frame.append(label);
      this._place.append(frame);
    }
    this._flash = document.createElement("div");
    this._flash.className = "flash";
    const lines = document.createElement("p");
    const text = document.createElement("span");
    text.textContent = LINES.join("\n");
    lines.append(text);
    this._place.append(this._flash, lines);
  }

  _begin() {
    this._context = new AudioContext();
    this._next = Math.ceil(this._context.currentTime + 0.2);
    this._draw();
  }

  _end() {
    this._context.close();
    this._context = null;
  }

  /** The flash is drawn for the moment at which the beep leaves the loudspeaker, as far as the browser knows it. */
  _draw() {
    const context = this._context;
    if (!context) return;
    if (this._next < context.currentTime + 0.5) this._beep(this._next++);
    const heard = context.currentTime - (context.outputLatency || 0);
    this._flash.classList.toggle("on", heard - Math.floor(heard) < BEEP && heard >= 1);
    requestAnimationFrame(() => this._draw());
  }

  _beep(at) {
    const [tone, loud] = [this._context.createOscillator(), this._context.createGain()];
    tone.frequency.value = PITCH;
    loud.gain.value = 0.3;
    tone.connect(loud).connect(this._context.destination);
    tone.start(at);
    tone.stop(at + BEEP);
  }
}
