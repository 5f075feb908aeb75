"""What a session leaves that died: the fault, whole, for whoever mends it; files and a report for everybody else."""

import traceback
from datetime import datetime
from pathlib import Path

from pipeline import __version__, folder
from pipeline.files import write_whole
from pipeline.journal import fold, read
from pipeline.source.failures import redact_all


def keep(path: Path, fault: Exception) -> None:
    """Adds the fault to those that the session in `path` died of; OSError if it cannot be written."""
    path.mkdir(parents=True, exist_ok=True)
    told = redact_all("".join(traceback.format_exception(fault)))
    with (path / folder.FAULTS).open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} livesubs {__version__}\n{told}")


def last(path: Path) -> str:
    """What `keep` was given last, in a few words; empty where there is nothing that can be read."""
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
