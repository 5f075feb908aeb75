"""A small parent for one ffmpeg: ends it politely, then surely, once the session closes our input or is gone.

Run by its path with an isolated interpreter (`python -I -S guard.py ffmpeg ...`), so it imports the standard library
only. The session holds the other end of our standard input and never writes: end of input means "stop", whether the
session asked for it or was killed. ffmpeg writes to our standard output and error and has an input of its own for its
`q` key, the one polite stop that every system has.
"""

import contextlib
import os
import subprocess
import sys
import threading

PATIENCE = 1.0
"""Seconds ffmpeg has after `q`, after a termination signal and after a second one: only that interrupts a read from a
silent network."""


def _end(child: "subprocess.Popen[bytes]") -> int:
    """Waits for the end of our input, then ends the child: 3 s at most, so that none is left 5 s after a kill."""
    while os.read(0, 4096):  # below the buffered reader, whose lock would be held when the interpreter exits
        pass
    assert child.stdin
    with contextlib.suppress(OSError):
        child.stdin.write(b"q")
        child.stdin.flush()
    for then in (child.terminate, child.terminate, child.kill):
        try:
            return child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            then()
    return child.wait()


def main(command: list[str]) -> int:
    """ffmpeg's exit code; a negative one (a signal) becomes 255, as ffmpeg itself reports it."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE)
    threading.Thread(target=_end, args=(child,), daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 255


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
