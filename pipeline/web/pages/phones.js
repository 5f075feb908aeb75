// The way to /read, for the phones in the room: a code for their cameras, and the address to type.

import { byId } from "./page.js";

/** What is to be done where they do not get there. */
export const UNREACHED = "phones cannot open these pages; start with --listen 0.0.0.0.";
export const TITLE = "Subtitles on your phone";
const CODE = "/api/phones";

export class Phones {
  /** `address`: of /read, with the token to look; "": they do not get there. */
  constructor(address) {
    this.reached = Boolean(address);
    if (!address) return;
    byId("phones-title").textContent = TITLE;
    byId("phones-code").src = CODE;
    byId("phones-address").textContent = address;
  }

  get shown() {
    return !byId("phones").hidden;
  }

  show(on) {
    byId("phones").hidden = !(on && this.reached);
  }
}
