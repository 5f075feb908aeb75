// Other ways to say the line: heard once more, or translated again by an engine; the editor chooses.

import { button, said } from "./dom.js";
import { ask } from "./review-server.js";
import { compared } from "./review-check.js";
import { named } from "./review-list.js";
import { settled } from "./review-settled.js";
import { byId, short } from "./page.js";

export class Versions {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _dialog: byId("versions"), _asked: 0, _of: null });
    /** A line of what was said that has other words now, and may have another translation. */
    this.offered = null;
    byId("engine").addEventListener("change", () => this._ask());
    this._dialog.addEventListener("close", () => desk.field.node.focus());
  }

  /** Translated again: the chosen line, or another; `what` "speech": heard again. */
  async open(what = "translation", id = this._desk.current) {
    const { facts } = this._desk;
    this._desk.commit();
    const of = this._desk.cues.get(id);
    if (!of) return;
    this._asked++; // what was asked about another line is not shown here
    byId("versions-list").replaceChildren();
    const said = of.lang === facts.src_lang ? of.text : ""; // as it now reads here: the server may not have it yet
    this._of = { cue: of.id, what, lang: this._target(of), text: said };
    byId("versions-title").textContent = `${what === "speech" ? "Heard once more" : "Translated again"}: ${which(this._desk, of)}`;
    byId("engine-choice").hidden = what === "speech";
    this._dialog.showModal();
    if (what === "translation" && facts.tgt_langs.length) await this._engines();
    this._ask();
  }

  /** The text of a line of what was said has become another. */
  offer(id) {
    this.offered = id;
    const box = byId("offer");
    box.hidden = id === null;
    if (id === null) return;
    const open = button("Translate it again", () => this.open("translation", id));
    const of = which(this._desk, this._desk.cues.get(id));
    const leave = button("Leave the translation", () => this.offer(null));
    box.replaceChildren(said("p", `What was said reads otherwise now, ${of}`), open, leave);
  }

  _target(cue) {
    const { src_lang, tgt_langs } = this._desk.facts;
    return cue.lang === src_lang ? (tgt_langs[0] ?? "") : cue.lang;
  }

  async _engines() {
    const { found } = await ask(`/api/engines?lang=${this._of.lang}`);
    const there = (found ?? []).filter((one) => !one.why_not);
    const named = ({ engine, leaves_machine: leaves }) => `${engine}${leaves ? " (the text leaves this machine)" : ""}`;
    byId("engine").replaceChildren(new Option("those of the session", ""), ...there.map((one) => new Option(named(one), one.engine)));
  }

  async _ask() {
    const asked = ++this._asked;
    const list = byId("versions-list");
    list.replaceChildren(said("p", "It is being asked…"));
    await settled(this._desk.edits); // of a new line the server has to know first
    const { found, why } = await ask("/api/again", { ...this._of, engine: this._of.what === "speech" ? "" : byId("engine").value });
    if (asked !== this._asked) return;
    if (!found) return list.replaceChildren(said("p", why));
    const cues = found.cues.map(([id]) => this._desk.cues.get(id));
    if (!cues.every(Boolean)) return this._changed();
    const now = cues.map((cue) => cue.text).join("\n");
    const keep = button("Keep it", () => this._dialog.close());
    list.replaceChildren(said("h3", "It now says"), said("q", now), keep, ...found.versions.map((one) => this._version(one, cues, now)));
    if (!found.versions.length) list.append(said("p", "Nothing came back."));
    const take = this._of.what === "speech" ? null : list.querySelector(".take"); // what was heard live may be the better one
    (take ?? keep).focus();
  }

  /** The texts are no longer those of the lines that there are. */
  _changed() {
    const again = button("Ask again", () => this._ask());
    byId("versions-list").replaceChildren(said("p", "These lines were changed meanwhile."), again);
    again.focus();
  }

  _version({ text, texts, engine, doubt }, cues, now) {
    const box = said("div", "");
    const same = texts.length && texts.every((one, at) => one === cues[at].text);
    const head = said("h3", [engine, doubt, same ? "as it is" : ""].filter(Boolean).join(" · "));
    const shown = said("q", "");
    shown.append(...compared(now, texts.length ? texts.join("\n") : text));
    box.append(head, shown);
    if (same || !texts.length) return box;
    const take = button("Take it", () => this._take(cues, texts));
    take.className = "take";
    box.append(take);
    return box;
  }

  _take(cues, texts) {
    this._dialog.close();
    if (this._of.what === "translation" && this._of.cue === this.offered) this.offer(null);
    const changed = cues.map((cue, at) => ({ cue, text: texts[at] })).filter(({ cue, text }) => cue.text !== text);
    this._desk.ask("text", changed.map(({ cue }) => cue), changed.map(({ cue, text }) => ({ ...cue, text })), "Taken");
  }
}

const which = (desk, cue) => `${named(desk, cue)}: “${short(cue.text)}”`;
