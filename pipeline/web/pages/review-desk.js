// What the desk is made of, and what is done at it: goes from line to line, and makes edits of what was typed.

import { Asking } from "./review-dialog.js";
import { Check } from "./review-check.js";
import { changes, COMMANDS } from "./review-commands.js";
import { Cues } from "./review-cues.js";
import { Drafts } from "./review-drafts.js";
import { Edits } from "./review-edits.js";
import { Elsewhere } from "./review-elsewhere.js";
import { Faults } from "./review-faults.js";
import { Field } from "./review-field.js";
import { Find } from "./review-find.js";
import { arrive, follow, keepSomewhere, step, tidy } from "./review-going.js";
import { KeptBack } from "./review-kept.js";
import { Keys } from "./review-keys.js";
import { List } from "./review-list.js";
import { Player } from "./review-player.js";
import { Queue } from "./review-queue.js";
import { Side } from "./review-side.js";
import { Spelling } from "./review-spelling.js";
import { retime } from "./review-timing.js";
import { drop } from "./review-texts.js";
import { Times } from "./review-times.js";
import { toast } from "./review-toast.js";
import { Turn } from "./review-turn.js";
import { Versions } from "./review-versions.js";
import { Waits } from "./review-waits.js";
import { Wave } from "./review-wave.js";
import { Heard } from "./review-words.js";
import { byId, short } from "./page.js";

const FPS = 25;

export class Desk {
  constructor(facts, feed, place) {
    this.facts = facts;
    this.feed = feed;
    this.tracks = [...facts.tgt_langs, facts.src_lang];
    this.lang = this.tracks.includes(place?.lang) ? place.lang : this.tracks[0];
    this.current = null;
    this.tell = toast(byId("toast"));
    this.fps = facts.frame_rate ?? FPS;
    this.cues = new Cues(feed);
    this.drafts = new Drafts(feed);
    this.edits = new Edits(feed, this.cues, this.drafts);
    this.heard = new Heard(facts.running);
    this.player = new Player(byId("video"), place?.stream ?? 0);
    this.times = new Times(this);
    this.field = new Field(this);
    this.list = new List(byId("list"), this);
    this.queue = new Queue(this);
    this.check = new Check(this);
    this.faults = new Faults(this);
    this.asking = new Asking(this);
    this.versions = new Versions(this);
    this.keptBack = new KeptBack(this);
    this.find = new Find(this);
    this.spelling = new Spelling(this);
    this.waits = new Waits(this);
    this.elsewhere = new Elsewhere(this);
    this.side = new Side(this);
    this.wave = new Wave(this, (cue, times) => retime(this, cue, times));
    this.turn = new Turn(this);
    this.keys = new Keys(COMMANDS, this);
    /** The line at the playhead is the chosen one, while it plays. */
    this.follows = false;
    /** A line that was just split, and its parts, as long as nothing else was done: {was, parts, caret}. */
    this.parted = null;
    /** Where the line began that was chosen last: there one goes on when it is no more. Seconds. */
    this.stood = 0;
    /** Whether something is being asked: what goes by that is not lost. */
    this._asking = false;
    this.player.addEventListener("time", () => this.follows && this.player.playing && follow(this));
    this._place = place;
    this.cues.addEventListener("change", () => this._drawn());
    this.drafts.addEventListener("change", () => this.list.soon());
    feed.addEventListener("ready", () => this._open());
  }

  /** What lines of this track are held to. */
  get limits() {
    return this.facts.profiles[this.lang] ?? {};
  }

  /** The least between two lines, seconds, in whole frames. */
  get gap() {
    return this.limits.gap ?? 0;
  }

  /** The track that stands beside. */
  get beside() {
    const { src_lang } = this.facts;
    return this.lang === src_lang ? (this.tracks.find((lang) => lang !== src_lang) ?? null) : src_lang;
  }

  /** The line that is worked on. */
  get cue() {
    return this.current === null ? null : (this.cues.get(this.current) ?? null);
  }

  /** The line that is looked at, if it was taken out while it was live, or deleted. */
  get out() {
    return this.cue ? null : this.faults.taken(this.current);
  }

  /** Whether a person has found a line right, or written its words. */
  done(cue) {
    return cue.flags.includes("accepted") || this.edits.history.worded(cue.id);
  }

  textOf(cue) {
    if (cue.id === this.current) return this.field.text || cue.text;
    return this.drafts.get(cue.id)?.text || cue.text;
  }

  said(cue) {
    return this.beside ? this.cues.said(cue, this.beside) : "";
  }

  /** Picture and sound are where the line is, unless they play. */
  look(cue = this.cue, seek = true) {
    if (this.player.playing) return;
    if (seek) this.player.seek(cue.start + 1 / this.fps); // of the frames the first that shows it
    this.wave.show(cue.start, cue.end);
  }

  /** Goes to a line; what was changed in the one before is an edit now. */
  select(id, { seek = true, caret = 0, focus = true } = {}) {
    if (id !== this.current) this.commit(), drop(this), this.waits.drop(), (this.parted = null);
    const cue = id === null ? null : (this.cues.get(id) ?? this.faults.taken(id));
    if (id !== null && !cue) return;
    this.current = id;
    this.field.open(cue, caret);
    if (focus) this.field.focus();
    if (!cue) return this._drawn();
    this.stood = cue.start;
    this.list.show(cue);
    this.look(cue, seek);
    this._drawn();
    this.side.draw();
    this.check.soon();
    this.spelling.soon();
  }

  /** A line was split at the caret, and its second part is chosen. */
  part(was, parts, caret) {
    this.parted = { was, parts, caret };
  }

  /** What was typed becomes an edit, before anything else is done to its line: to take that back leaves the words. Whether
   * all of it is one. What somebody else has left there does when one is `sure`. */
  commit(sure = false) {
    const { field } = this;
    this.times.commit();
    if (!field.changed || (field.left && !sure)) return true;
    if (field.conflict) return this.waits.tell(), false;
    const now = this.cues.get(field.cue.id);
    if (!now) return this.lose(), true;
    if (!field.text) return this.drafts.drop(now.id), this.tell("An empty line is no change: delete it instead. What stood there stays.", "refused"), false;
    this.ask("text", [now], [{ ...now, text: field.text }], `Changed: “${short(field.text)}”`);
    if (now.lang === this.facts.src_lang && this.facts.tgt_langs.length) this.versions.offer(now.id);
    return true;
  }

  /** The line that was being written is no more: its words are shown. */
  lose() {
    const { cue, changed, text } = this.field;
    if (changed && text) this.edits.lost(cue, text);
    this.field.open(null);
  }

  /** Asks for an edit, and tells it; gives the lines as they will be. */
  ask(did, cues, made, said, more = {}) {
    this.waits.drop();
    this._asking = true;
    const { made: lines } = this.edits.ask(did, cues, made, more);
    this._asking = false;
    const mine = lines.find((cue) => cue.id === this.current);
    if (mine && did !== "accept") this.field.become(mine);
    this.tell(said);
    this.check.soon();
    return lines;
  }

  accept() {
    const { cue, out } = this;
    if (out) return this.waits.leaveOut();
    if (!cue || !this.commit(true)) return;
    const now = this.cues.get(cue.id);
    this.ask("accept", [now], [], `Accepted: “${short(now.text)}”`);
    step(this, 1);
  }

  putBack() {
    if (this.waits.drop() || (this.field.conflict && this.waits.tell())) return;
    if (this.field.changed) this.field.putBack();
    else byId("list").focus();
    this._drawn();
  }

  /** Does what a key means. */
  async run(command) {
    if (!(await this.turn.of(command))) return;
    if (!command.answers) this.waits.drop();
    const why = command.cannot?.(this.facts);
    if (why) return this.tell(why, "refused");
    if (changes(command) && this.waits.tell()) return;
    const done = command.run(this);
    if (command.shapes) this.turn.shaping(done);
  }

  /** Another track, at the same place. */
  show(lang) {
    const { cue } = this;
    this.commit();
    this.lang = byId("track").value = lang;
    this.current = null;
    const there = cue && this.cues.near(lang, cue.start);
    this.select(there?.id ?? null);
    this._renew();
  }

  _renew() {
    this.queue.renew();
    this.faults.renew();
    this.keptBack.renew();
  }

  /** All that is known has been told. */
  _open() {
    tidy(this);
    this._renew();
    if (this.current !== null) return this._drawn();
    arrive(this, this._place);
    this._drawn();
  }

  _drawn() {
    if (!this.feed.ready) return;
    this.list.soon();
    this.wave.draw(true);
    this.side.soon();
    if (!this._asking && !this.edits.unsure) keepSomewhere(this);
  }

  /** Where the editor is. */
  get place() {
    const { lang, current, player, field } = this;
    return { lang, cue: current, caret: field.node.selectionStart, scroll: byId("list").scrollTop, stream: player.stream };
  }
}
