"""A small parent for one ffmpeg: ends it politely, then surely, once the session says so or is gone.

Run by its path with an isolated interpreter (`python -I -S guard.py MODE PARENT LOCK ffmpeg ...`), so it imports the
standard library only. MODE `fed`: our standard input is ffmpeg's; a termination signal to us means "stop". MODE `kept`:
the session holds the other end of our standard input and never writes; its end means "stop", on every system, and
ffmpeg has an input of its own for its `q` key. An ffmpeg that hangs reads no end of input: hence the watch on PARENT.
Guard and ffmpeg share a hold on the file LOCK: until the last of them is gone, nobody else records into that folder.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading

_PR_SET_PDEATHSIG = 1
PATIENCE = 1.0
"""Seconds ffmpeg has after `q`, after a termination signal and after a second one: only that interrupts a read from a
silent network. No ffmpeg is left 5 s after the session was killed."""


def _end(child: "subprocess.Popen[bytes]") -> int:
    """The exit code of `child`, which may have ended already."""
    if child.stdin:
        with contextlib.suppress(OSError):
            child.stdin.write(b"q")
            child.stdin.flush()
    for then in (child.terminate, child.terminate, child.kill):
        try:
            return child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            then()
    return child.wait()


def _until_the_end_of_input(stop: threading.Event) -> None:
    while os.read(0, 4096):  # below the buffered reader, whose lock would be held when the interpreter exits
        pass
    stop.set()


def _hold(lock: str) -> int:
    """A descriptor that holds the lock for whoever has it; where there are no such locks it holds nothing."""
    held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    with contextlib.suppress(ImportError):
        import fcntl

        fcntl.flock(held, fcntl.LOCK_SH)
    return held


def _with_us() -> None:
    """Has ffmpeg die with us, also when we are killed; Linux only, elsewhere it may then live on."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(mode: str, parent: int, lock: str, command: list[str]) -> int:
    """ffmpeg's exit code; a negative one (a signal) becomes 255, as ffmpeg itself reports it."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    held = _hold(lock)
    os.set_inheritable(held, True)
    child = subprocess.Popen(
        command, stdin=None if mode == "fed" else subprocess.PIPE, close_fds=False, preexec_fn=_with_us
    )
    if mode == "kept":
        threading.Thread(target=_until_the_end_of_input, args=(stop,), daemon=True).start()
    while child.poll() is None and not stop.wait(0.1):
        if os.getppid() != parent:
            break
    code = _end(child)
    return code if code >= 0 else 255


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
