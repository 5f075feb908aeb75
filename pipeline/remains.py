"""What a session leaves that died: the fault, whole, for whoever mends it; files and a report for everybody else."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pipeline import __version__, folder, system
from pipeline.companion import FAULT
from pipeline.errors import LivesubsError
from pipeline.files import write_whole
from pipeline.journal import read
from pipeline.source.failures import redact_all
from pipeline.state import fold


@contextmanager
def faults_kept(path: Path) -> Iterator[None]:
    """A fault of ours goes into the session's folder, and whoever watches over the session tells of it."""
    try:
        yield
    except LivesubsError:
        raise
    except Exception as fault:
        try:
            _keep(path, fault)
        except OSError:  # then to the terminal
            raise fault from None
        system.leave(FAULT)


def outlived(path: Path, fault: Exception) -> str:
    """Keeps a fault that the session does not die of (`notes.Faults`), and says so."""
    with suppress(OSError):  # of a disk that is told of already
        _keep(path, fault)
    return f"this program has a fault and goes on, look whether all is well: {last(path)}"


def _keep(path: Path, fault: Exception) -> None:
    path.mkdir(parents=True, exist_ok=True)
    told = redact_all("".join(traceback.format_exception(fault)))
    with (path / folder.FAULTS).open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} livesubs {__version__}\n{told}")


def last(path: Path) -> str:
    """The fault that was kept last, in a few words; empty where there is nothing that can be read."""
    log = path / folder.FAULTS
    try:
        told = log.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return f"{told[-1][:200]}; all of it is in {log}" if told else ""


def put_in_order(path: Path) -> str:
    """Brings the subtitle files of a session that nobody goes on with to what its journal says, and writes its report;
    says where that is, or why there is none."""
    from pipeline.report.folder import write
    from pipeline.tracks import tracks

    try:
        with folder.again(path):
            state = fold(entry.event for entry in read(path / folder.JOURNAL, damaged=[]))
            for name, text in tracks(state) if state.session else ():
                write_whole(path / name, text)
        return f"how it went, to be read in a browser: {write(path)}"
    except Exception as error:  # whatever it is: it must not spoil the end, nor what is said after it
        return f"there is no report: {error}"
