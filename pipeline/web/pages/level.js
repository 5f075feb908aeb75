// How loud it is, as a bar, where there is nothing else to see. Listens beside the sound, so that it is never in its way.

let listening = null;

/** Shows the level of `video` in `bar` for as long as the bar can be seen; asked for again and again, it listens once. */
export function level(video, bar) {
  if (listening || !video.captureStream || video.readyState < 2) return;
  const tracks = video.captureStream().getAudioTracks();
  if (!tracks.length) return;
  const context = new AudioContext();
  const ear = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream(tracks)).connect(ear);
  listening = context;
  const samples = new Float32Array(ear.fftSize);
  const draw = () => {
    if (!bar.checkVisibility()) return end();
    ear.getFloatTimeDomainData(samples);
    const loud = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    bar.style.setProperty("--level", Math.min(1, Math.max(0, 1 + Math.log10(loud + 1e-5) / 2.5)).toFixed(3));
    requestAnimationFrame(draw);
  };
  draw();
}

function end() {
  listening.close();
  listening = null;
}
