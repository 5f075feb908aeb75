"""Faults of the program's own processes, of the machine, and of the person at it."""

import shutil
import signal
from contextlib import suppress
from functools import partial
from typing import Any

import psutil

from tests.faults.around import no_mount, settable_clock, small_disk, word_by_word
from tests.faults.fault import Act, Fault
from tests.faults.hls import Hls
from tests.faults.on_source import BEGIN
from tests.faults.show import Show
from tests.faults.streams import Radio


def worker_killed(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    show.worker().kill()


def worker_killed_thrice(show: Show, stream: Any) -> None:
    for again in range(3):
        show.heard(BEGIN + 8 * again)
        show.worker().kill()
    show.troubled = BEGIN


def worker_hung(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    show.worker().suspend()


def ffmpeg_killed(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    show.ffmpeg().kill()


def ffmpeg_hung(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    show.ffmpeg().suspend()


def killed(pause: float) -> Act:
    """The session dies with all it has, and is resumed."""

    def act(show: Show, stream: Any) -> None:
        show.heard(BEGIN)
        show.kill()
        show.wait(pause)
        show.resume()

    return act


def killed_while_away(show: Show, hls: Any) -> None:
    """The server is away for longer than anything that is remembered of it, and as it comes back all is killed."""
    show.heard(BEGIN)
    hls.publisher.gone = True
    show.wait(150)
    show.kill()
    hls.publisher.gone = False
    show.resume()


def session_killed(show: Show, stream: Any) -> None:
    """It goes on by itself."""
    show.heard(BEGIN)
    dead = show.session()
    dead.kill()
    show.until(lambda: show.session() != dead, 20)


def watcher_killed(show: Show, stream: Any) -> None:
    """All that it has started has to notice."""
    show.heard(BEGIN)
    left = show.tree()
    show.process.kill()
    show.process.wait()
    _, alive = psutil.wait_procs(left[1:], timeout=8)
    assert not alive, f"left behind: {[' '.join(process.cmdline()) for process in alive]}"
    show.resume()


def stand_still(show: Show, seconds: float) -> None:
    tree = show.tree()
    for process in tree:
        process.suspend()
    show.wait(seconds)
    for process in reversed(tree):
        with suppress(psutil.NoSuchProcess):
            process.resume()


def stands_still(seconds: float) -> Act:
    def act(show: Show, stream: Any) -> None:
        show.heard(BEGIN)
        stand_still(show, seconds)

    return act


def clock_set_back(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    show.aid.write_text("-3600")


def clock_set_back_and_killed(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    show.aid.write_text("-3600")
    show.wait(6)
    show.troubled = show.recorded
    show.kill()
    show.resume()


def disk_full(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    show.aid.fill()
    show.wait(30)
    show.aid.free()


def journal_taken(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    (show.folder / "journal.jsonl").rename(show.folder.with_name("taken.jsonl"))


def folder_removed(show: Show, stream: Any) -> None:
    show.heard(BEGIN)
    shutil.rmtree(show.folder)


def terminated(show: Show, stream: Any) -> None:
    """A service manager's stop, to every process."""
    show.heard(BEGIN)
    show.stopped = True
    for process in show.tree():
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)


def stop_during(trouble: Act) -> Act:
    """Ctrl-C in the middle of it."""

    def act(show: Show, stream: Any) -> None:
        trouble(show, stream)
        show.stop()

    return act


streamed = partial(Fault, around=word_by_word)

FAULTS = [
    Fault("worker-killed", "The recogniser is killed.", Hls, worker_killed, short=True),
    Fault("worker-killed-3", "... three times, eight seconds apart.", Radio, worker_killed_thrice, seconds=80),
    streamed("worker-killed-stream", "... three times, word by word.", Hls, worker_killed_thrice, seconds=80),
    streamed("killed-resumed-stream", "Everything is killed at once, and resumed, word by word.", Hls, killed(3)),
    Fault("worker-hung", "The recogniser hangs for good.", Hls, worker_hung, short=True, seconds=75),
    Fault("ffmpeg-killed", "The ffmpeg that records is killed (HLS).", Hls, ffmpeg_killed),
    Fault("ffmpeg-killed-radio", "... (radio).", Radio, ffmpeg_killed, gaps=(0, 1)),
    Fault(
        "ffmpeg-hung", "The ffmpeg that records hangs for good (radio).", Radio, ffmpeg_hung, gaps=(0, 1), seconds=95
    ),
    Fault("killed-resumed", "Everything is killed at once, and resumed (HLS).", Hls, killed(3), short=True),
    Fault("killed-resumed-radio", "... (radio).", Radio, killed(3), gaps=(1, 1), within=1.0, seconds=80),
    Fault(
        "killed-resumed-late",
        "... and resumed when the playlist no longer holds what came after (HLS).",
        partial(Hls, window=10),
        killed(90),
        seconds=160,
        gaps=(1, 1),
    ),
    Fault(
        "killed-while-away",
        "The server is gone for 150 s and keeps 10 s; as it comes back everything is killed, and resumed (HLS).",
        partial(Hls, window=10),
        killed_while_away,
        seconds=220,
        gaps=(1, 1),
    ),
    Fault("session-killed", "The session alone is killed (HLS).", Hls, session_killed, short=True),
    Fault("session-killed-radio", "... (radio).", Radio, session_killed, gaps=(0, 1), within=1.0, seconds=80),
    Fault("watcher-killed", "The process that watches over it is killed, and it is resumed.", Hls, watcher_killed),
    Fault("stopped-30", "All of it stands still for 30 s (HLS).", Hls, stands_still(30), seconds=100),
    Fault("stopped-30-radio", "... (radio).", Radio, stands_still(30), seconds=100, gaps=(0, 1)),
    Fault("clock-back", "The clock is set back an hour.", Hls, clock_set_back, around=settable_clock, short=True),
    Fault(
        "clock-back-radio",
        "... and the session is killed and resumed (radio).",
        Radio,
        clock_set_back_and_killed,
        around=settable_clock,
        gaps=(0, 1),
        within=1.0,
        seconds=80,
    ),
    Fault("disk-full", "The disk is full for 30 s.", Hls, disk_full, around=small_disk, missing=no_mount, seconds=90),
    Fault("journal-taken", "Somebody moves the journal away.", Hls, journal_taken),
    Fault("folder-removed", "Somebody removes the session's folder.", Hls, folder_removed, gaps=(0, 1)),
    Fault("terminated", "Every process is asked to end.", Hls, terminated),
]
