// Holds the sound that is played against the picture's clock: the clip has a beep at every second second of it. The
// moment of a beep is told by the sound's own output, that of a frame by the browser, both on the page's clock.
addEventListener("DOMContentLoaded", () => {
  const PITCH = 10_000;
  const LOUD = 0.05;
  /** Seconds without a beep before one that begins. */
  const QUIET = 0.2;
  const EVERY = 2;
  const HALF = (EVERY * 1000) / 2;

  const video = document.getElementById("video");
  const context = new AudioContext({ sampleRate: 48_000 });
  const sound = context.createMediaElementSource(video);
  sound.connect(context.destination);
  const beeps = new BiquadFilterNode(context, { type: "bandpass", frequency: PITCH, Q: 10 });
  const ear = new AnalyserNode(context, { fftSize: 32_768 });
  sound.connect(beeps).connect(ear);

  /** {at: milliseconds, clock: seconds} of the frames of the last seconds. */
  let frames = [];
  const note = (_, { expectedDisplayTime }) => {
    frames.push({ at: expectedDisplayTime, clock: window.readClock() });
    frames = frames.filter(({ at }) => at > expectedDisplayTime - 5 * HALF);
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);

  const samples = new Float32Array(ear.fftSize);
  let [last, noted] = [-1, -1];
  setInterval(() => {
    const begin = context.currentTime - samples.length / context.sampleRate;
    ear.getFloatTimeDomainData(samples);
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    samples.forEach((sample, index) => {
      const at = begin + index / context.sampleRate;
      if (at <= noted || Math.abs(sample) < LOUD) return;
      if (at - last > QUIET) setTimeout(hold, HALF, performanceTime + 1000 * (at - contextTime));
      last = noted = at;
    });
    noted = begin + samples.length / context.sampleRate;
  }, 200);

  /** A beep that was heard then, against the first frame that shows its second or more. */
  const hold = (heard) => {
    const shown = frames.findLast(({ at }) => at <= heard);
    if (!shown) return;
    const second = EVERY * Math.round((shown.clock + (heard - shown.at) / 1000) / EVERY);
    const near = frames.filter(({ at }) => Math.abs(at - heard) < HALF);
    const frame = near.find(({ clock }) => clock >= second - 0.001 && clock < second + EVERY / 2);
    window.heard({ second, late: frame ? (heard - frame.at) / 1000 : null });
  };
});
