"""The whole check, row by row, each as soon as it is known. Takes a minute or so."""

import tempfile
from pathlib import Path

from pipeline.check.delay import recommend
from pipeline.check.glossary import glossary
from pipeline.check.machine import machine
from pipeline.check.recording import Recording
from pipeline.check.rows import Plan, Row, Rows
from pipeline.check.speech import speech
from pipeline.check.stream import network, picture, rehearsal, stream
from pipeline.check.transcription import transcription
from pipeline.check.translators import translators


def check(plan: Plan) -> Rows[None]:
    """Every row that can be tried: what needs a stream that does not open has none."""
    try:
        with tempfile.TemporaryDirectory(prefix="livesubs-check-") as scratch:
            yield from _rows(plan, Path(scratch))
    except OSError as error:
        where = f"in {tempfile.gettempdir()}, where the check records for a minute: {error.strerror or error}"
        way = "free some space there, or let TMPDIR name another folder"
        yield Row(row="temporary files", ok=False, say=f"cannot write {where}; {way}")


def _rows(plan: Plan, folder: Path) -> Rows[None]:
    recording = yield from stream(plan, folder)
    server_at = yield from _line(plan, recording)
    rehearsed = yield from rehearsal(plan, folder)
    shown = recording or rehearsed
    if shown:
        yield picture(shown)
    plan = yield from glossary(plan)
    yield from transcription(plan)
    understood = yield from speech(plan, folder, rehearsed or recording)
    slowest = yield from translators(plan, understood.sentences if understood else ())
    yield from machine(plan, recording, server_at)
    yield _delay(plan, understood.speed if understood else None, slowest, shown)


def _line(plan: Plan, recording: Recording | None) -> Rows[float | None]:
    """The row of the network; gives how far the server's clock is from ours."""
    found = (yield from network(plan, recording)) if recording else None
    return found.server_at if found else None


def _delay(plan: Plan, speed: float | None, slowest: float | None, shown: Recording | None) -> Row:
    return recommend(plan.settings, speed, slowest, shown.segment if shown else 0.0, plan.delay)
