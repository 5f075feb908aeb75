// What a stream that stopped has the technician decide, and what the room sees by what was said of it.

import { hand } from "./console-hand.js";
import { clock } from "./times.js";
import { answer, outlived } from "./ends.js";

/** Seconds for which it is told at most that the stream is back. */
const BACK = 60;
/** What a person says of a stream that stopped: key, label, the key as it is shown. */
const ENDED = ["f", "It has ended", "F"];
const DROPPED = ["d", "It was dropped", "D"];
const ON = ["d", "Go on", "D"];

/** What is to be told of it, as console-health tells: nothing, or one. `room`: its clock. */
export function* stopped(feed, room, facts) {
  const { time } = room;
  const said = outlived(feed);
  if (said === "ended") yield back(feed, time);
  else if (feed.source?.state === "lost") yield lost(feed, room, facts);
  else if (feed.room.stopped?.do === "ended" && !feed.ended) yield ended("");
  else if (said && facts && !feed.ended && facts.now - facts.since < BACK && !room.past(feed.room.stopped.at)) {
    yield well(feed.room.stopped.at, time);
  }
}

/** A stream that stopped without an end of its own: whether it had one only a person knows. */
function lost(feed, room, facts) {
  const said = answer(feed);
  const left = feed.ended ? "" : remaining(room);
  const text = feed.ended ?
    `The stream stopped and did not come back. Where it is back, type: ${facts?.resume ?? "livesubs run --resume"}` :
    "It is tried again by itself; check where it comes from.";
  if (said === "ended") return ended(left);
  const lost = feed.ended ? "" : "The stream is lost. ";
  if (said) return { ...row(`${lost}${text}`), left };
  return { ...row(`${lost}Has the show ended, or was it dropped? ${text}`), left, keys: [ENDED, DROPPED] };
}

/** What the room still has. */
export function remaining({ live, card, starved, ended, left }) {
  if (live) return "";
  if (card && (starved || ended)) return `The room has run out of picture: it sees “${card.split("\n")[0]}”.`;
  return `The room has ${clock(left ?? 0)} of picture left.`;
}

function ended(left) {
  const text = "The stream has ended, as was said here: the screens play to its last frame, then show the end, also if it comes back. " +
    `${hand("Z or D takes", "“Undo” takes")} that back.`;
  return { ...row(text, "warn"), left, keys: [DROPPED] };
}

/** It had not ended: the screens do not know that before somebody says so. */
function back({ room, source }, time) {
  const again = source?.state === "lost" ? "came back, and is lost again" : "is back";
  const ahead = time !== null && time < room.stopped.at;
  const text = `The stream ${again}, but somebody said here that it had ended. ` +
    `${hand("D", "“Go on”")}: the picture goes on where it stopped, ${hand("C", "“Catch up” under “More”")} then goes to live.`;
  return { ...row(text), left: `The room sees “The end”${ahead ? ` in ${clock(room.stopped.at - time)}` : ""}.`, keys: [ON] };
}

function well(at, time) {
  const sees = time !== null && time > at ? "sees" : "will see";
  const text = `The stream is back, and what was said of it is done with. The room ${sees} a card for as long as a part is missing, ` +
    "then the picture goes on by itself.";
  return row(text, "good");
}

const row = (text, how = "bad") => ({ text, left: "", at: null, how });
