"""`make bench`: the samples live and at full pace, and plain faster-whisper beside them; about eight minutes.

Runs are interleaved and repeated, so that what else the machine does falls on all alike, and shows. Writes
`bench/results.json` and prints the table for the README.
"""

import os
import platform
import sys
import time
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from bench import PLAIN, floor, results, session
from pipeline import __version__, assets
from pipeline.files import write_whole

ROUNDS = 3
THREADS = min(2, os.cpu_count() or 1)
SAMPLES = ("rally.mp4", "noisy.m4a")
RESULTS = Path(__file__).parent / "results.json"
LIVE, FAST = "1", "max"


def main() -> None:
    began, load = time.perf_counter(), os.getloadavg()
    with TemporaryDirectory() as folder:
        samples = measured(Path(folder))
    written = {**about(), "load_average": [load, os.getloadavg()], "seconds": time.perf_counter() - began}
    save(RESULTS, written | {"samples": samples})
    say(*results.table(samples))


def measured(folder: Path) -> dict[str, results.Sample]:
    settings = folder / "settings.toml"
    settings.write_text(f"[speech]\nthreads = {THREADS}\n")
    live, fast, floors, tuned = (defaultdict(list) for _ in range(4))
    for turn in range(1, ROUNDS + 1):
        for name in SAMPLES:
            say(f"round {turn} of {ROUNDS}: {name}")
            source = assets.embedded(f"samples/{name}")
            floors[name].append(floor.measured(source, assets.demo_recogniser(), THREADS, PLAIN))
            tuned[name].append(floor.measured(source, assets.demo_recogniser(), THREADS, dict(os.environ)))
            live[name].append(session.measured(source, folder / f"{turn}-live-{name}", LIVE, settings))
            fast[name].append(session.measured(source, folder / f"{turn}-fast-{name}", FAST, settings))
    return {Path(name).stem: results.sample(live[name], fast[name], floors[name], tuned[name]) for name in SAMPLES}


def about() -> dict[str, Any]:
    """What was measured, on what."""
    return {
        "speech": "synthetic speech, closed domain: the embedded demo models on the samples",
        "version": __version__,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in ("faster-whisper", "ctranslate2", "onnxruntime", "numpy")},
        "threads": THREADS,
        "rounds": ROUNDS,
    }


def save(path: Path, found: dict[str, Any]) -> None:
    text = msgspec.json.encode(_rounded(msgspec.to_builtins(found)))
    write_whole(path, msgspec.json.format(text, indent=1).decode() + "\n")


def say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    main()
