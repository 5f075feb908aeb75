"""The least that recognition of a file can cost: plain faster-whisper in a process of its own.

`python -m bench.floor FILE MODEL THREADS [alone]` prints a `Floor` as JSON; `alone`: no window is told what was said in
the one before. This module imports nothing of the project, which would change how those libraries work.
"""

import subprocess
import sys
import time
from pathlib import Path

import msgspec


class Word(msgspec.Struct, frozen=True):
    """One that was heard; seconds."""

    start: float
    text: str


class Floor(msgspec.Struct, frozen=True):
    """Processor seconds of this process, all its threads."""

    load: float
    """Libraries and models."""
    decode: float
    """File to samples."""
    transcribe: float
    wall: float
    """Seconds that `transcribe` took."""
    words: tuple[Word, ...]
    """What it heard."""


def measured(source: Path, model: Path, threads: int, environment: dict[str, str], *, alone: bool = False) -> Floor:
    options = [str(source), str(model), str(threads), *(["alone"] if alone else [])]
    command = [sys.executable, "-m", "bench.floor", *options]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    return msgspec.json.decode(answer.stdout, type=Floor)


def main(source: str, model: str, threads: str, alone: str = "") -> None:
    from faster_whisper import WhisperModel, decode_audio
    from faster_whisper.vad import get_vad_model

    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=int(threads))
    get_vad_model()  # else `transcribe` would load it
    load = time.process_time()
    samples = decode_audio(source)
    decoded, began = time.process_time(), time.perf_counter()
    # The language is given, as it is to the session: looking for it costs one more encoding.
    chosen = {"language": "fr", "beam_size": 5, "word_timestamps": True, "vad_filter": True}
    segments, _ = whisper.transcribe(samples, condition_on_previous_text=not alone, **chosen)
    words = tuple(Word(float(word.start), word.word) for segment in segments for word in segment.words)
    done, wall = time.process_time(), time.perf_counter() - began
    floor = Floor(load=load, decode=decoded - load, transcribe=done - decoded, wall=wall, words=words)
    sys.stdout.write(msgspec.json.encode(floor).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
