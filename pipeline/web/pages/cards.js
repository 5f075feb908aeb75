// What is on the wall when there is no picture: quiet, and with the time.

/** The card for a state, or null where the picture is to be seen: title, text. `closed`: an end that somebody said is reached. */
export function card({ state, wait, closed, picture, feed, name }) {
  const lost = feed.source?.state === "lost";
  const over = closed || (["ended", "stopped"].includes(feed.ended?.reason) && !lost);
  if (state === "setup") return { title: "hls.js is missing", text: "Run `make web` in the folder of livesubs, then load this page again." };
  if (state === "waiting") return { title: name || "Welcome", text: "The picture comes as soon as the stream does." };
  if (state === "begins") return { title: name || "Welcome", text: `The picture begins in ${length(wait.left)}.` };
  if (state === "gap") return { title: "One moment, please", text: `A part of the stream is missing. It goes on in ${length(wait.left)}.` };
  if (state === "starved") return { title: "One moment, please", text: lost ? "The stream is interrupted. It goes on when it is back." : "The stream is late." };
  if (state === "ended" && over) return { title: "The end", text: name };
  if (state === "ended" && feed.ended) return { title: "The stream was lost", text: "It did not come back." };
  if (state === "ended") return { title: "One moment, please", text: "The picture is interrupted. It goes on here when it is back." };
  if (!picture) return { title: name, text: "", speaker: true };
  return null;
}

/** Seconds as m:ss. */
export function length(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The name of the session, for the wall: the last part of its source, without what only machines read. */
export function named(source) {
  const part = source.split(/[?#]/)[0].replace(/\/+$/, "").split("/").at(-1) ?? "";
  return part.replace(/\.\w{2,4}$/, "").replace(/[-_]+/g, " ").trim();
}
