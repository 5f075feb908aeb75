// Reads the clock in the frame that is shown at the moment at which a line appears; see samples/clock.py.
addEventListener("DOMContentLoaded", () => {
  const video = document.getElementById("video");
  const canvas = Object.assign(document.createElement("canvas"), { width: 240, height: 1 });
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  const clock = () => {
    drawing.drawImage(video, 20, 330, 240, 1, 0, 0, 240, 1);
    const row = drawing.getImageData(0, 0, 240, 1).data;
    let code = 0;
    for (let bit = 0; bit < 12; bit++) code = (code << 1) | (row[(10 + 20 * bit) * 4] > 128 ? 1 : 0);
    let number = 0;
    for (; code; code >>= 1) number ^= code;
    return number / 25;
  };
  window.readClock = clock;
  const came = new Map();
  const listening = setInterval(() => {
    if (!window.livesubs) return;
    clearInterval(listening);
    livesubs.feed.addEventListener("cue", ({ detail }) => came.set(detail.text, livesubs.playback.stream));
  }, 20);
  new MutationObserver(() => {
    const place = document.getElementById("subtitles");
    const lines = [...place.querySelectorAll("p")].map((line) => line.textContent);
    if (lines.length) window.seen({ text: lines[0], clock: clock(), came: came.get(lines[0]) ?? null,
      stream: window.livesubs.playback.stream });
  }).observe(document.getElementById("subtitles"), { childList: true });
});
