// What can be done at the desk, and by which keys: those that other subtitling programs have, as far as browsers leave them.

import { redo, undo } from "./review-back.js";
import { here, step } from "./review-going.js";
import { atPlayhead, nudge, shiftToPlayhead } from "./review-timing.js";
import { giveWords, insert, mergeWith, remove, splitHere } from "./review-texts.js";

/** Seconds of the first and the last of a line that can be heard alone. */
const PART = 0.5;
const [GO, TIME, WORDS, DO, ANSWER] = ["Going", "Times", "Words", "Doing", "Answering"];
/** What plays leads nowhere. */
export const PLAY = "Playing";

const whole = (desk) => desk.cue && desk.player.play(desk.cue.start, desk.cue.end);
const first = (desk) => desk.cue && desk.player.play(desk.cue.start, Math.min(desk.cue.end, desk.cue.start + PART));
const last = (desk) => desk.cue && desk.player.play(Math.max(desk.cue.start, desk.cue.end - PART), desk.cue.end);
const follow = (desk) => desk.tell((desk.follows = !desk.follows) ? "The chosen line follows the playhead." : "The chosen line stays.");
/** What is typed and no edit yet is undone and done again in the field, where one writes there or presses a button; elsewhere the browser does it. */
const typed = ({ field }, way) => document.activeElement.matches("#field, [data-do]") && (field[way]() || field.changed);
const notElsewhere = (_, event) => !event.target.closest?.("input");
const answer = (way) => (desk) => desk.waits.answer(way);
const pace = (by) => (desk) => desk.tell(`Speed ${desk.player.pace(by)}`);

const untranslated = ({ kind, tgt_langs }) => (tgt_langs.length ? "" : kind === "file" ?
  "This is a subtitle file in one language: there is nothing that it could be translated from again." :
  "This session is not translated: `livesubs export --lang` makes a language of it.");
const unheard = ({ sound }) => (sound ? "" : "There is no recording here that could be heard again.");

export const COMMANDS = [
  { group: PLAY, id: "play", keys: ["Ctrl+Space", "Alt+K"], what: "play, from a second and a half back, or stop", run: (desk) => desk.player.toggle() },
  { group: PLAY, id: "back", keys: ["Alt+J"], what: "a second back", run: (desk) => desk.player.move(-1) },
  { group: PLAY, id: "on", keys: ["Alt+L"], what: "a second on", run: (desk) => desk.player.move(1) },
  { group: PLAY, id: "whole", keys: ["Alt+P"], what: "play the line", run: whole },
  { group: PLAY, id: "first", keys: ["Alt+Shift+J"], what: "play its first half second", run: first },
  { group: PLAY, id: "last", keys: ["Alt+Shift+L"], what: "play its last half second", run: last },
  { group: PLAY, id: "slower", keys: ["Alt+-"], what: "slower, at the same pitch", run: pace(-1) },
  { group: PLAY, id: "faster", keys: ["Alt+="], what: "faster, at the same pitch", run: pace(1) },
  { group: PLAY, id: "spoken", keys: ["Alt+0"], what: "as it was spoken", run: pace(0) },

  { group: GO, id: "before", keys: ["Alt+ArrowUp"], what: "the line before", run: (desk) => step(desk, -1) },
  { group: GO, id: "after", keys: ["Alt+ArrowDown"], what: "the next line", run: (desk) => step(desk, 1) },
  { group: GO, id: "problem", keys: ["F8", "Alt+Q"], what: "the next problem", run: (desk) => desk.queue.step(1) },
  { group: GO, id: "problem-back", keys: ["Shift+F8", "Alt+Shift+Q"], what: "the problem before", run: (desk) => desk.queue.step(-1) },
  { group: GO, id: "fault", keys: ["F4"], what: "the next line that breaks a rule", run: (desk) => desk.faults.step(1) },
  { group: GO, id: "fault-back", keys: ["Shift+F4"], what: "the one before", run: (desk) => desk.faults.step(-1) },
  { group: GO, id: "here", keys: ["Alt+W"], what: "the line at the playhead", run: here },
  { group: GO, id: "follow", keys: ["Alt+Shift+W"], what: "follow the playhead, or stay", run: follow },
  { group: GO, id: "time", keys: ["Alt+G"], what: "go to a time", run: (desk) => desk.asking.goTo() },
  { group: GO, id: "closer", keys: ["Alt+Shift+="], what: "a closer look at the sound", run: (desk) => desk.wave.zoom(-1) },
  { group: GO, id: "wider", keys: ["Alt+Shift+-"], what: "more of the sound", run: (desk) => desk.wave.zoom(1) },

  { group: TIME, id: "start", keys: ["Alt+["], what: "the line begins at the playhead", run: (desk) => atPlayhead(desk, "start") },
  { group: TIME, id: "end", keys: ["Alt+]"], what: "the line ends at the playhead", run: (desk) => atPlayhead(desk, "end") },
  { group: TIME, id: "start-all", keys: ["Alt+Shift+["], what: "the line begins at the playhead, and all after it moves along", run: shiftToPlayhead },
  { group: TIME, id: "start-sooner", keys: ["Alt+,"], what: "begins a frame earlier", run: (desk) => nudge(desk, ["start"], -1) },
  { group: TIME, id: "start-later", keys: ["Alt+."], what: "begins a frame later", run: (desk) => nudge(desk, ["start"], 1) },
  { group: TIME, id: "end-sooner", keys: ["Alt+Shift+,"], what: "ends a frame earlier", run: (desk) => nudge(desk, ["end"], -1) },
  { group: TIME, id: "end-later", keys: ["Alt+Shift+."], what: "ends a frame later", run: (desk) => nudge(desk, ["end"], 1) },
  { group: TIME, id: "sooner", keys: ["Ctrl+Alt+,"], what: "the whole line a frame earlier", run: (desk) => nudge(desk, ["start", "end"], -1) },
  { group: TIME, id: "later", keys: ["Ctrl+Alt+."], what: "the whole line a frame later", run: (desk) => nudge(desk, ["start", "end"], 1) },
  { group: TIME, id: "shift", keys: ["Alt+T"], what: "shift from here on, by or to a time", run: (desk) => desk.asking.shift() },
  { group: TIME, id: "times", keys: ["Alt+A"], what: "type when it begins, and with Tab when it ends", run: (desk) => desk.times.open() },

  { group: WORDS, id: "split", keys: ["Alt+Enter", "Ctrl+Alt+V"], what: "split at the caret, where the words are", shapes: true, run: splitHere },
  { group: WORDS, id: "merge", keys: ["Alt+M", "Ctrl+Shift+M"], what: "merge with the next line", run: (desk) => mergeWith(desk, 1) },
  { group: WORDS, id: "merge-before", keys: ["Alt+Shift+M"], what: "merge with the line before", run: (desk) => mergeWith(desk, -1) },
  { group: WORDS, id: "join", keys: ["Alt+Shift+S"], what: "merge with the next line, as one sentence", run: (desk) => mergeWith(desk, 1, true) },
  { group: WORDS, id: "give-before", keys: ["Alt+Shift+ArrowUp"], what: "give the words before the caret to the line before", shapes: true, run: (desk) => giveWords(desk, -1) },
  { group: WORDS, id: "give-after", keys: ["Alt+Shift+ArrowDown"], what: "give the words after the caret to the next line", shapes: true, run: (desk) => giveWords(desk, 1) },
  { group: WORDS, id: "italic", keys: ["Ctrl+I"], what: "italics for the words that are chosen, or for the line; or none any more", run: (desk) => desk.cue && desk.field.slant() },
  { group: WORDS, id: "insert", keys: ["Alt+I"], what: "a new line at the playhead", run: insert },
  { group: WORDS, id: "delete", keys: ["Alt+Delete"], what: "delete the line", once: true, run: remove },

  { group: DO, id: "accept", keys: ["Ctrl+Enter"], what: "accept the line, and go to the next", once: true, run: (desk) => desk.accept() },
  { group: WORDS, id: "again", keys: ["Alt+R"], what: "translate it again, and choose", cannot: untranslated, run: (desk) => desk.versions.open() },
  { group: WORDS, id: "hear", keys: ["Alt+Shift+R"], what: "hear it again, and choose", cannot: unheard, run: (desk) => desk.versions.open("speech") },
  { group: WORDS, id: "spelling", keys: ["Alt+C"], what: "take the first suggestion for a word that is misspelt", run: (desk) => desk.spelling.take() },

  { group: DO, id: "fix", keys: ["Alt+X"], what: "take the change that is offered for what is wrong", shapes: true, run: (desk) => desk.check.take() },
  { group: DO, id: "note", keys: ["Alt+N"], what: "a note on the line, to a colleague", run: (desk) => desk.asking.note() },
  { group: DO, id: "find", keys: ["Ctrl+F", "Ctrl+H"], what: "find and replace", run: (desk) => desk.find.open() },
  { group: DO, id: "kept", keys: ["Alt+B"], what: "what was kept back or deleted", run: (desk) => desk.keptBack.open() },
  { group: DO, id: "keep", keys: ["Ctrl+S"], what: "make an edit of what is typed", run: (desk) => desk.commit(true) && desk.tell("All that you do is kept by itself.") },
  { group: DO, id: "undo", keys: ["Ctrl+Z"], what: "undo", run: (desk) => typed(desk, "undo") || undo(desk), may: notElsewhere },
  { group: DO, id: "redo", keys: ["Ctrl+Y", "Ctrl+Shift+Z"], what: "do it again", run: (desk) => typed(desk, "redo") || redo(desk), may: notElsewhere },
  { group: DO, id: "put-back", keys: ["Escape"], what: "put the line back as it was, before it is left", run: (desk) => desk.putBack(), answers: true },

  { group: ANSWER, id: "mine", keys: ["Alt+Y"], what: "keep mine; or yes, do what is asked", run: answer("mine"), answers: true, once: true },
  { group: ANSWER, id: "theirs", keys: ["Alt+U"], what: "take theirs", run: answer("theirs"), answers: true, once: true },
  { group: ANSWER, id: "leave", keys: ["Alt+O"], what: "leave it", run: answer("leave"), answers: true, once: true },

  { group: DO, id: "help", keys: ["F1"], what: "these keys; ? does it, too, where nothing is written", run: (desk) => desk.keys.help() },
];

/** Whether a command changes the chosen line, so that it has to be one. */
export const changes = ({ group, id }) => [TIME, WORDS].includes(group) ? id !== "insert" : id === "fix";
