"""`make bench-peers`: each system with each of its settings on the same take in real time, and ours before them.

A run goes on with what is missing in the results, so that it may be stopped at any time: `--at-most N` settings. Twenty
minutes a setting take more than four hours; a trial of its own is `--minutes 1 --out build/peers/trial.json`.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from websocket import WebSocketException

from bench.__main__ import say
from bench.peers import ours, realtime_stt, results, sound, stream_translator_gpt, whisper_live, whisperlivekit
from bench.peers.figures import Figures
from bench.peers.plot import svg
from bench.peers.process import THREADS, Place, Unusable
from bench.peers.results import Results, Run
from bench.peers.sound import Take
from bench.peers.system import System, measured
from pipeline import __version__, assets
from pipeline.files import write_whole

PEERS = (whisper_live.SYSTEM, whisperlivekit.SYSTEM, stream_translator_gpt.SYSTEM, realtime_stt.SYSTEM)
HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "peers"
"""Environments, takes and logs."""


def main(options: argparse.Namespace) -> None:
    found = results.load(options.out, about(options.minutes))
    missing = [
        (peer, setting)
        for peer in PEERS
        for setting in peer.settings
        if not found.has(peer.name, setting) and options.only in ("", peer.name)
    ][: options.at_most]
    if missing:
        measure(missing, found, options.out, sound.take(_folder(BUILD), options.minutes))
        found = results.load(options.out, about(options.minutes))
    write_whole(options.out.with_suffix(".svg"), svg(found))
    say(results.CAPTION, *results.table(found), results.compared(found))


def measure(missing: Sequence[tuple[System, str]], found: Results, out: Path, take: Take) -> None:
    """Ours, then what is missing; each is kept as soon as it is done."""
    began, load, commit = datetime.now(UTC).isoformat(timespec="seconds"), os.getloadavg(), _commit()
    say("livesubs")
    found = found.begun(Run(began=began, load=load, ours=one(ours.SYSTEM, "stream", take), commit=commit))
    results.save(out, found)
    for peer, setting in missing:
        say(f"{peer.name}, {setting}")
        try:
            found = found.measured(peer.name, setting, peer.settings[setting], one(peer, setting, take))
        except (Unusable, OSError, WebSocketException) as error:
            found = found.without(peer.name, str(error) or type(error).__name__)
            say(f"{peer.name} does not run: {found.absent[peer.name]}")
        results.save(out, found)


def one(system: System, setting: str, take: Take) -> Figures:
    folder = BUILD / "runs" / re.sub(r"\W+", "-", f"{system.name} {setting}")
    shutil.rmtree(folder, ignore_errors=True)
    environment = BUILD / system.name
    if system is not ours.SYSTEM and not (environment / ".locked").exists():
        raise Unusable("its environment could not be set up")
    return measured(
        system,
        setting,
        Place(python=str(environment / "bin" / "python"), model=assets.demo_recogniser(), folder=_folder(folder)),
        take,
    )


def about(minutes: int) -> dict[str, Any]:
    """What is measured, on what."""
    return {
        "speech": results.CAPTION,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "versions": {"livesubs": __version__} | {peer.name: _locked(peer.name) for peer in PEERS},
        "threads": THREADS,
        "seed": sound.SEED,
        "minutes": minutes,
    }


def _commit() -> str:
    """What this checkout is at; empty outside one."""
    asked = ["git", "-C", str(HERE), "describe", "--always", "--dirty"]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip()


def _locked(name: str) -> str:
    """The version in its lock file."""
    line = re.search(rf"(?im)^{re.escape(name)}==(\S+)", (HERE / f"{name}.lock").read_text())
    assert line, name
    return line[1]


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description="livesubs and other systems, measured.")
    parser.add_argument("--minutes", type=int, default=20, help="of sound a setting")
    parser.add_argument("--at-most", type=int, help="settings in this run")
    parser.add_argument("--only", default="", choices=["", *(peer.name for peer in PEERS)], help="one system")
    parser.add_argument("--out", type=Path, default=HERE.parent / "peers.json", help="the results")
    main(parser.parse_args())
