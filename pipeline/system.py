"""What differs between operating systems; nothing outside this module is POSIX-only."""

import contextlib
import os
import signal
import subprocess
import sys
from typing import Any, NoReturn

STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
"""Ctrl-C, a polite kill, a closed terminal."""


def own_group() -> dict[str, Any]:
    """Arguments for `subprocess.Popen` that keep a child out of the terminal's Ctrl-C: only we handle it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def leave(code: int, sentence: str) -> NoReturn:
    """Ends the process with a last sentence, without waiting for threads that sit in a library's native code."""
    with contextlib.suppress(OSError, ValueError):  # the terminal is gone
        sys.stdout.flush()
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()
    os._exit(code)
