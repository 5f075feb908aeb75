"""What differs between operating systems; nothing outside this module is POSIX-only."""

import signal
import subprocess
import sys
from typing import Any

STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
"""Ctrl-C, a polite kill, a closed terminal."""


def own_group() -> dict[str, Any]:
    """Arguments for `subprocess.Popen` that keep a child out of the terminal's Ctrl-C: only we handle it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
