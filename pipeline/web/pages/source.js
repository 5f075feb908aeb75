// The recording in a video element, by hls.js: whatever the network and the server do, it is asked for again.

const INDEX = "/media/index.m3u8";
/** Milliseconds until the next try. */
const AGAIN = 500;
const TRIES = { maxNumRetry: 1e6, retryDelayMs: AGAIN, maxRetryDelayMs: 2000 };
const PATIENT = {
  default: { maxTimeToFirstByteMs: 5000, maxLoadTimeMs: 20000, timeoutRetry: TRIES, errorRetry: TRIES },
};
/** Seconds kept ready ahead, as far as there are any, and behind. */
const AHEAD = 90;
const KEPT = 20;
/** Seconds from where a picture stands, further away than which a frame is of before it was moved. */
const MOVED = 0.5;

/** An hls.js that plays the recording in `video`; `place()` says where to begin, media time; null: not
 * yet, it is asked again. */
export function attach(Hls, video, place) {
  const hls = new Hls({
    autoStartLoad: false,
    backBufferLength: KEPT,
    maxBufferLength: AHEAD,
    maxMaxBufferLength: AHEAD,
    liveSyncDuration: 3,
    liveMaxLatencyDuration: Infinity,
    startFragPrefetch: false,
    lowLatencyMode: false,
    enableWebVTT: false,
    enableCEA708Captions: false,
    manifestLoadPolicy: PATIENT,
    playlistLoadPolicy: PATIENT,
    fragLoadPolicy: PATIENT,
  });
  let placed = false;
  hls.on(Hls.Events.MANIFEST_PARSED, () => hls.startLoad(0));
  hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
    if (placed || !details.fragments.length) return;
    setTimeout(() => {
      const at = placed ? null : place();
      if (at === null) return;
      placed = true;
      hls.startLoad(at);
      video.currentTime = at;
    });
  });
  hls.on(Hls.Events.ERROR, (_, error) => mend(Hls, hls, error));
  hls.loadSource(INDEX);
  hls.attachMedia(video);
  return hls;
}

/** Goes to a media time. Until its first piece is there hls.js would still go to where it was told to begin. */
export function move(hls, video, media) {
  if (!video.buffered.length) hls.startLoad(media);
  video.currentTime = media;
}

function mend(Hls, hls, error) {
  if (!error.fatal) return;
  if (error.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
  else if (!hls.levels?.length) setTimeout(() => hls.url && hls.loadSource(INDEX), AGAIN);
  else setTimeout(() => hls.startLoad(-1), AGAIN);
}

/** Plays; whether it may be heard. A browser that lets no page make a sound that nobody touched plays it without. */
export async function start(video) {
  try {
    await video.play();
  } catch (error) {
    if (error.name !== "NotAllowedError") return true;
    video.muted = true;
    await video.play().catch(() => {});
    return false;
  }
  return true;
}

/** Tells the media time of every frame that is shown; one that a move has made untrue is left out. Where the picture stands,
 * none may come after it that is true. */
export function frames(video, told) {
  video.requestVideoFrameCallback((_, { mediaTime }) => {
    const before = video.paused && Math.abs(mediaTime - video.currentTime) > MOVED;
    if (!video.seeking && !before) told(mediaTime);
    frames(video, told);
  });
}
