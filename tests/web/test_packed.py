"""A packed session on the screen, its recording encoded anew: each line with its frame."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import folder
from pipeline.events import Ended
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from pipeline.report.folder import open_record
from pipeline.review.packed import unpacked
from pipeline.review.packing import pack, plan
from pipeline.settings import Settings, override
from tests.web.conftest import Server, becomes, needs_hls
from tests.web.shows import archive, begun, line
from tests.web.test_screen import FRAME, STATE, WORDS, watched

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = needs_hls


def test_on_both_sides_of_a_gap_and_of_every_cut(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    session = tmp_path / "rally"
    session.mkdir()
    archive(ffmpeg, session, (0, 4, 0.0), (10, 2, 5.4))
    with Journal(session, SystemClock()) as journal:
        for event in (begun(), line("a", 2.2, 2.9), line("b", 3.0, 3.9), line("c", 6.0, 7.0)):
            journal.append(event)
        journal.append(Ended(reason="ended", stream=7.4))
    folder.write_settings(
        session, override(Settings(), source={"channel": "left"}), folder.Begun()
    )  # so none is packed as it is
    record = open_record(session)
    file = tmp_path / "rally.livesubs"
    pack(session, record, plan(session, record, recording=True), file, ffmpeg, lambda done: None)
    server = serve(unpacked(file, tmp_path / "copy"))
    watched(page)
    page.goto(f"{server.address}/screen")
    becomes(page, f"{STATE} === 'playing'")
    page.evaluate("livesubs.playback.pause()")
    for stream, clock, words in ((2.5, 2.5, "a"), (5.8, 10.4, ""), (6.5, 11.1, "c"), (3.5, 3.5, "b")):
        page.evaluate(f"livesubs.playback.seek({stream})")
        becomes(page, f"Math.abs(readClock() - {clock}) < {FRAME} && {WORDS} === '{words}'")
        assert abs(page.evaluate("livesubs.playback.stream") - stream) < FRAME
