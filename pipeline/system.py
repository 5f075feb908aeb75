"""What differs between operating systems; nothing outside this module is POSIX-only."""

import contextlib
import io
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
"""Ctrl-C, a polite kill, a closed terminal."""
STOP = int(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
"""What asks a child to stop that has an `own_group`."""


HAS_LOCAL_SOCKETS = hasattr(socket, "AF_UNIX")
"""Whether processes can meet at a file that only their user may open; on Windows Python knows none."""


def is_private(folder: Path) -> bool:
    """Whether a folder is this user's, and nobody else may look into it or put another in its place; OSError."""
    if sys.platform == "win32":
        return True
    own, link, above = folder.lstat(), folder.parent.lstat(), folder.parent.stat()
    mine = stat.S_ISDIR(own.st_mode) and own.st_uid == os.geteuid() and not own.st_mode & 0o077
    stays = not above.st_mode & 0o022 or above.st_mode & stat.S_ISVTX  # in a sticky one only its owner moves a folder
    return mine and bool(stays) and {link.st_uid, above.st_uid} <= {0, os.geteuid()}


def own_group() -> dict[str, Any]:
    """Arguments for `subprocess.Popen` that keep a child out of the terminal's Ctrl-C: only we handle it."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def end_group(leader: int) -> None:
    """Kills what is left of a process group that `own_group` made, after its leader has died."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def be_modest() -> None:
    """From now on this process waits for others: a picture that stutters is worse than a subtitle that is late."""
    if sys.platform != "win32":
        os.nice(5)


def be_last() -> None:
    """From now on this process, and each that it starts, waits for all others."""
    if sys.platform != "win32":
        os.nice(19)


def hold_back(pid: int) -> None:
    """Has another process wait for all others."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, pid, 5)


def end_after(seconds: int) -> None:
    """Has the system end this process then, whatever library holds it up, unless it is called again before; where
    there are no such alarms nothing does."""
    if sys.platform != "win32":
        signal.alarm(seconds)


def is_root() -> bool:
    """Whether this process may do anything, where the system knows such a user."""
    return sys.platform != "win32" and os.geteuid() == 0


def program() -> str:
    """What to type to run this program again: `livesubs` where that is on the PATH, else where it lies."""
    if shutil.which("livesubs"):
        return "livesubs"
    here = Path(sys.argv[0])
    if here.name != "livesubs":  # started as a module: the script lies beside the interpreter, if there is one
        here = Path(sys.executable).with_name("livesubs")
        if not here.exists():
            return f"{sys.executable} -m pipeline"
    with contextlib.suppress(ValueError):
        here = here.absolute().relative_to(Path.cwd())
    return str(here)


def print_anything() -> None:
    """Lets every text be printed: a terminal that knows no `é` shows a `?`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def leave(code: int, sentence: str = "") -> NoReturn:
    """Ends the process, perhaps with a last sentence; waits for no thread that sits in a library's native code."""
    with contextlib.suppress(OSError, ValueError):  # the terminal is gone
        sys.stdout.flush()
        sys.stderr.write(f"{sentence}\n" if sentence else "")
        sys.stderr.flush()
    os._exit(code)
