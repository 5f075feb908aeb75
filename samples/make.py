"""Makes every sample and its references: `python -m samples.make [FOLDER]`. Needs espeak-ng and the `recipe` extra.

Deterministic: one seed a clip, espeak in one process and one order, encoders with one thread and no dates.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from models.recipe.utterance import Audio
from samples import picture, references, scenario, sound
from samples.clock import FPS, HEIGHT, WIDTH

_BITEXACT = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact", "-threads", "1"]


def make(folder: Path) -> None:
    take = sound.perform(scenario.RALLY, np.random.default_rng(1))
    encode(folder / "rally.mp4", take.audio, picture.frames(take.sentences, take.seconds))
    references.write(folder / "rally.mp4", take.sentences)

    rng = np.random.default_rng(2)
    take = sound.in_crowd(sound.perform(scenario.NOISY, rng), 12, rng)
    encode(folder / "noisy.m4a", take.audio)
    references.write(folder / "noisy.m4a", take.sentences)

    rng = np.random.default_rng(3)
    encode(folder / "silence.m4a", sound.room_tone(60, rng), bitrate="16k")
    references.write(folder / "silence.m4a", ())
    encode(folder / "applause.m4a", sound.applause(30, 80, rng))
    references.write(folder / "applause.m4a", ())


def encode(path: Path, audio: Audio, frames: Iterable[picture.Frame] = (), bitrate: str = "64k") -> None:
    """Writes AAC, with H.264 when there are frames; a key frame every 2 s and no B-frames, as a live encoder does."""
    pcm = path.with_suffix(".pcm")
    (np.clip(audio, -1, 1) * 32767).astype("<i2").tofile(pcm)
    sound_in = ["-f", "s16le", "-ar", str(sound.RATE), "-ac", "1", "-i", str(pcm)]
    size = f"{WIDTH}x{HEIGHT}"
    picture_in = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(FPS), "-i", "-"]
    h264 = ["-c:v", "libx264", "-preset", "slow", "-crf", "24", "-pix_fmt", "yuv420p", "-bf", "0"]
    key_frames = ["-g", str(2 * FPS), "-sc_threshold", "0"]
    video = [*h264, *key_frames] if path.suffix == ".mp4" else []
    inputs = [*sound_in, *picture_in] if video else sound_in
    output = [*video, "-c:a", "aac", "-b:a", bitrate, *_BITEXACT, "-movflags", "+faststart", str(path)]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", *inputs, *output]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for frame in frames:
            process.stdin.write(frame.tobytes())
    pcm.unlink()
    if process.returncode:
        raise SystemExit(f"ffmpeg could not write {path}; its own message is above")
    print(f"{path.name}: {len(audio) / sound.RATE:.1f} s, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
