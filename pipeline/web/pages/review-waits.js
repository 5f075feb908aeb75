// What waits for the editor: a question, a line that two have changed, one that was taken out, what was refused. One at a
// time is shown, and each is answered by a key.

import { button, said } from "./dom.js";
import { shown } from "./review-keys.js";
import { named } from "./review-list.js";
import { retime } from "./review-timing.js";
import { byId } from "./page.js";
import { exact } from "./times.js";

export class Waits {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _question: null, _told: "" });
    desk.field.addEventListener("typed", () => this.drop());
    desk.edits.addEventListener("refused", ({ detail }) => desk.tell(detail.why, "refused")); // and no more that it was done
  }

  /** Asks before something is done; whoever does anything else instead has said no. */
  ask(text, yes, deed) {
    this._question = { of: text, parts: [said("b", text)], ways: { mine: [yes, deed], leave: ["Leave it", () => {}] } };
    this.draw();
  }

  /** The question is not open any more; whether it was. */
  drop() {
    const was = this._question !== null;
    this._question = null;
    if (was) this.draw();
    return was;
  }

  /** The line that is looked at is to stay out. */
  leaveOut() {
    this.answer("leave", this._out());
  }

  /** "mine", "theirs" or "leave". */
  answer(way, now = this._now()) {
    const [, deed] = now?.ways[way] ?? [];
    if (!deed) return this._desk.tell(now ? `That is no answer here: ${this.keys(now.ways)}` : "Nothing waits for an answer.", "refused");
    this._question = null;
    deed();
    this.draw();
    this._desk.list.soon();
    if (!document.querySelector("dialog[open]")) this._desk.field.focus();
  }

  /** Says what is in the way of whatever was to be done; whether something is. */
  tell() {
    const now = this._conflict() ?? this._out();
    if (now) this._desk.tell(`${now.what}: ${this.keys(now.ways)}`, "refused");
    return now !== null;
  }

  /** The keys of some answers, in words. */
  keys(ways) {
    const told = Object.entries(ways).map(([way, [what]]) => `${this._key(way)} ${what.toLowerCase()}`.trim());
    return `${told.join(", ")}.`;
  }

  draw() {
    const now = this._now();
    const more = this._desk.edits.open.length - (now?.refused ? 1 : 0);
    const told = JSON.stringify([now?.of, more]);
    if (told === this._told) return;
    this._told = told;
    const box = byId("waits");
    box.hidden = !now;
    if (!now) return box.replaceChildren();
    const row = said("div", "");
    row.className = "row-of";
    row.append(...Object.entries(now.ways).map(([way, [what]]) => this._button(way, what)));
    const rest = more ? [said("small", `After this, ${more} more that could not be done.`)] : [];
    box.replaceChildren(...now.parts, row, ...rest);
    byId("talk").scrollTop = 0;
  }

  _button(way, what) {
    const made = button(what, () => this.answer(way));
    const key = said("kbd", this._key(way));
    key.dataset.of = way;
    made.append(key);
    return made;
  }

  _key(way) {
    return shown(this._desk.keys.of(way)[0] ?? "");
  }

  _now() {
    return this._question ?? this._conflict() ?? this._refused(true) ?? this._out() ?? this._refused();
  }

  /** Somebody else changed the line that is being written. */
  _conflict() {
    const { _desk: desk } = this;
    const now = desk.field.conflict;
    if (!now) return null;
    return {
      of: `${now.id} ${now.rev}`,
      what: "This line was changed meanwhile",
      parts: [said("b", "This line was changed meanwhile. It now says:"), said("q", now.text), said("p", "Yours is in the field.")],
      ways: {
        mine: ["Keep mine", () => (desk.field.settle(now), desk.commit(true))],
        theirs: ["Take theirs", () => desk.field.putBack()],
      },
    };
  }

  /** The line that is looked at was taken out while it was live, or deleted. */
  _out() {
    const { _desk: desk } = this;
    const { out } = desk;
    if (!out) return null;
    const live = desk.feed.killed.has(out.id);
    const seen = live && desk.edits.history.accepted(out.id);
    const how = live ? `taken out while it was live${seen ? ", and stays out" : ""}` : "deleted, and nothing stands where it was said";
    const stays = () => (desk.ask("accept", [out], [], "It stays out"), live ? desk.queue.step(1) : desk.faults.stays(out.id));
    return {
      of: `out ${out.id} ${seen}`,
      what: `This line was ${live ? "taken out" : "deleted"}`,
      parts: [said("b", `This line was ${how}:`), said("q", out.text)],
      ways: {
        mine: ["Bring it back", () => (desk.keptBack.back(out), desk.select(out.id, { seek: false }))],
        ...(seen ? {} : { leave: ["It stays out", stays] }),
      },
    };
  }

  /** What was refused, with what was meant: of the line that is worked on (`here`: of that alone), else the newest. */
  _refused(here = false) {
    const { _desk: desk } = this;
    const { open } = desk.edits;
    const one = open.find(({ edit }) => edit.after.some((cue) => cue.id === desk.current)) ?? (here ? null : open[0]);
    if (!one) return null;
    const { edit, why } = one;
    const parts = [said("b", why)];
    const says = edit.did === "retime" && edit.after.length === 1 ? stands : ({ text }) => text;
    for (const cue of edit.after) {
      const now = desk.cues.get(cue.id);
      parts.push(said("p", `Meant, ${named(desk, cue)}:`), said("q", says(cue)));
      if (now && says(now) !== says(cue)) parts.push(said("p", "It now says:"), said("q", says(now)));
    }
    const seen = () => desk.edits.seen(one);
    const again = this._again(edit);
    const ways = { ...(again && { mine: [again[0], () => again[1]() && seen()] }), leave: ["Leave it", seen] };
    const nows = edit.after.map((cue) => desk.cues.get(cue.id)).map((now) => now && says(now));
    return { of: JSON.stringify([edit.id, nows]), refused: true, parts, ways };
  }

  /** How what was meant for one line can be had after all: what that is called, and what does it, if it can be. */
  _again({ did, of, after }) {
    const { _desk: desk } = this;
    if (!["text", "retime", "restore"].includes(did) || of || after.length !== 1) return null;
    const [cue] = after;
    const now = desk.cues.get(cue.id);
    const back = { sentences: [], flags: [], ...cue };
    if (!now) return ["Bring it back with this", () => (desk.ask("restore", [], [back], "Brought back"), this._go(cue), true)];
    const { start, end, text } = cue;
    const there = now.start === start && now.end === end;
    if (did === "retime" || now.text === text) return ["Keep mine", () => (this._go(now), there || retime(desk, now, { start, end }))];
    return ["Keep mine", () => (this._go(now), desk.field.write(text), true)];
  }

  /** To a line, of whatever track; what is being typed in it is not written over. */
  _go({ id, lang }) {
    if (id === this._desk.current) this._desk.commit(true);
    if (lang !== this._desk.lang) this._desk.show(lang);
    this._desk.select(id);
  }
}

const stands = ({ start, end }) => `${exact(start)} → ${exact(end)}`;
