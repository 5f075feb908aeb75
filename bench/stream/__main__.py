"""`make stream`: what is demanded of the policy `stream`, on a clean take and a noisy one; some twelve minutes.

Each take is heard once as if it came in live, with a client of its feed and the overlay in Chromium; by `utterance` and
by plain faster-whisper at full pace, by turns. Writes `bench/stream.json`, prints what is demanded and what came out,
and ends with 1 where a demand is not kept. `--short` is a trial of two minutes.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec

from bench import PLAIN, floor, session
from bench.__main__ import FAST, THREADS, about, save, say
from bench.peers.figures import figures as of_words
from bench.peers.heard import Heard
from bench.stream import figures, room
from bench.stream.results import Figures, demands, lines
from bench.takes import Composed, Said, recorded, refer
from pipeline import assets
from pipeline.journal import read
from pipeline.scores.words import text_wer

SEED = 8008
"""No training and no other measurement has it, or the one after."""
NOISES = {"clean": ("none", 99.0), "noisy": ("crowd", 12.0)}
SECONDS, SHORT = 240, 25
"""Of each take."""
ROUNDS = 3
HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "stream"
"""Takes and sessions."""


class Take(NamedTuple):
    path: Path
    said: tuple[Said, ...]


def main(*, short: bool) -> int:
    began, load = time.perf_counter(), os.getloadavg()
    seconds, rounds = (SHORT, 1) if short else (SECONDS, ROUNDS)
    BUILD.mkdir(parents=True, exist_ok=True)
    settings = BUILD / "settings.toml"
    settings.write_text(f"[speech]\nthreads = {THREADS}\n")
    takes = {name: measured(take(name, seconds), settings, rounds) for name in NOISES}
    spent = {"load_average": [load, os.getloadavg()], "seconds": time.perf_counter() - began}
    save(BUILD / "short.json" if short else HERE.with_suffix(".json"), about() | {"rounds": rounds} | spent | takes)
    found = {name: list(demands(figures, clean=name == "clean")) for name, figures in takes.items()}
    say(*lines(takes, found))
    return int(not all(demand.kept for several in found.values() for demand in several))


def take(name: str, seconds: int) -> Take:
    """The take of so many seconds at least, made unless it was before."""
    path = BUILD / f"{name}-{seconds}.wav"
    truth = path.with_suffix(".words.json")
    if not truth.exists():
        say(f"{name}: {seconds} s are being spoken")
        fr, en = recorded(path, SEED + list(NOISES).index(name), [NOISES[name]], Composed(), seconds)
        refer(path, fr, en)
    return Take(path, msgspec.json.decode(truth.read_bytes(), type=tuple[Said, ...]))


def measured(take: Take, settings: Path, rounds: int) -> Figures:
    name = take.path.stem
    say(f"{name}: `stream`, live, with the overlay")
    seen = room.watched(take.path, _fresh(f"{name}-live"), settings)
    utterances: list[session.Session] = []
    offline: list[floor.Floor] = []
    alone: list[floor.Floor] = []
    for turn in range(1, rounds + 1):
        say(f"{name}: `utterance` and plain faster-whisper, {turn} of {rounds}")
        utterances.append(session.measured(take.path, _fresh(f"{name}-{turn}"), FAST, settings))
        for floors in (offline, alone):
            floors.append(floor.measured(take.path, assets.demo_recogniser(), THREADS, PLAIN, alone=floors is alone))
    return compared(take, seen, utterances, offline, alone)


def compared(
    take: Take,
    seen: room.Seen,
    utterances: Sequence[session.Session],
    offline: Sequence[floor.Floor],
    alone: Sequence[floor.Floor],
) -> Figures:
    entries = list(read(seen.folder / "journal.jsonl"))
    origin = figures.arrived(entries)
    french, english = (figures.in_file(seen.folder, lang) for lang in (figures.LANG, figures.TO))
    heard = Heard()
    for at, text in figures.grown(seen.told):
        heard.had(text, at - origin)
    words = of_words(take.said, heard.text, heard.arrivals, cpu=0.0)
    minutes = seen.session.seconds / 60
    return Figures(
        wer=seen.session.scores.wer or 0.0,
        wer_offline=_wer(take, offline[0]),
        wer_alone=_wer(take, alone[0]),
        wer_utterance=utterances[0].scores.wer or 0.0,
        word_median=words.latency_median,
        word_p95=words.latency_p95,
        clauses=figures.clauses(take.said, entries, seen.overlay, origin),
        retracted={
            "French, in the journal": figures.retracted(figures.committed(entries), french),
            "French, at a client": figures.retracted(figures.grown(seen.told), french),
            "English, in the journal": figures.retracted(figures.translated(figures.journaled(entries)), english),
            "English, at a client": figures.retracted(figures.translated(seen.told), english),
            "English, on the overlay": figures.otherwise(seen.overlay, english),
        },
        bleu=seen.session.scores.bleu or 0.0,
        bleu_utterance=utterances[0].scores.bleu or 0.0,
        starts=figures.starts(take.said, figures.words(entries)),
        starts_alone=figures.starts(take.said, alone[0].words),
        cpu=seen.session.worker / minutes,
        cpu_utterance=median(run.worker for run in utterances) / minutes,
        cpu_offline=min(median(run.transcribe for run in runs) for runs in (offline, alone)) / minutes,
    )


def _wer(take: Take, offline: floor.Floor) -> float:
    return text_wer(" ".join(word.text for word in take.said), "".join(word.text for word in offline.words))


def _fresh(name: str) -> Path:
    """A folder for a session, which makes it."""
    folder = BUILD / name
    shutil.rmtree(folder, ignore_errors=True)
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.stream", description="What `--policy stream` has to be.")
    parser.add_argument("--short", action="store_true", help="a trial of two minutes; its figures are in build/stream")
    sys.exit(main(short=parser.parse_args().short))
