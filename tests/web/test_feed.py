"""feed.js: what a page knows of a session, also when its server dies meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from pipeline.asked import Actions
from pipeline.events import Gap, Withdrawn
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.watched import watched
from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.sessions import STARTED, cue, finished

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMPORT = """async () => {
    const { Feed } = await import("/pages/feed.js");
    window.feed = new Feed({ lang: "en" });
}"""
TEXTS = "feed.track('en').map((cue) => cue.text).join('|')"


def test_a_page_knows_the_cues_also_after_its_server_died(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(STARTED)
        begun = replace(cue(4, "…"), id="e-new.1")  # a line that has no words yet is the desk's alone
        for event in (cue(2, "two"), begun, cue(1, "one"), cue(1, "un", "fr"), cue(3, "three")):
            journal.append(event)
        server = serve(tmp_path)
        page.goto(f"{server.address}/api/session")
        page.evaluate(IMPORT)
        becomes(page, "feed.ready")
        assert page.evaluate(TEXTS) == "one|two|three"
        until(lambda: watched(tmp_path), 10)  # what hears the session again by itself waits
        server.kill()
        becomes(page, "!feed.connected")
        journal.append(Withdrawn(id="3.en"))
        journal.append(cue(2, "deux"))
        server.start()
        becomes(page, f"{TEXTS} === 'one|deux'")
        for text in ("new", "…"):  # it is written, and that is undone: it is nobody else's again
            journal.append(replace(begun, text=text, rev=begun.rev + 1 + (text == "…")))
            becomes(page, f"{TEXTS} === 'one|deux{'|new' if text == 'new' else ''}'")


def test_a_silent_connection_is_made_anew_from_the_last_line_on(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve(finished(tmp_path, [cue(1, "one"), cue(2, "two")]))
    page.goto(f"{server.address}/api/session")
    page.evaluate(IMPORT)
    becomes(page, "feed.ready")
    page.evaluate("feed.addEventListener('cue', () => (window.told = (window.told ?? 0) + 1))")
    page.evaluate("feed._heard -= 6")
    becomes(page, "feed._heard > performance.now() / 1000 - 1")  # its sign of life; nothing else happens here
    page.evaluate("(window.before = feed._events, feed._heard -= 8, feed._watch())")
    becomes(page, "feed._events !== before && feed.told")
    assert page.evaluate("window.told") is None
    assert page.evaluate(TEXTS) == "one|two"


def test_nothing_of_a_rehearsal_is_left_in_the_show_at_the_same_address(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    rehearsal, show = tmp_path / "rehearsal", tmp_path / "show"
    rehearsal.mkdir()
    show.mkdir()
    finished(rehearsal, [cue(number, f"Rehearsal {number}") for number in range(30)])
    with Journal(rehearsal, SystemClock()) as journal:
        journal.append(Gap(start=40.0, end=50.0, reason="lost"))
    with lock(show), Journal(show, SystemClock()) as journal:
        for event in (replace(STARTED, began_at=5.0), cue(1, "The show"), cue(2, "It goes on")):
            journal.append(event)
        server = serve(rehearsal)
        page.goto(f"{server.address}/read")
        page.get_by_text("Rehearsal 29").wait_for()
        console = page.context.new_page()
        console.goto(f"{server.address}/console")
        console.get_by_text("Rehearsal 29").first.wait_for()
        server.kill()
        becomes(console, "document.getElementById('troubles').innerText.includes('does not answer')")
        console.keyboard.press("b")
        becomes(console, "document.getElementById('toast').className === 'shown waiting'")
        server.serve_next(show)
        for one in (page.locator("main"), console.locator("#list")):
            one.get_by_text("The show", exact=True).first.wait_for()
        assert page.locator("main").inner_text().split("\n\n") == ["The show", "It goes on"]
        becomes(console, "!document.getElementById('list').innerText.includes('Rehearsal')")
        console.keyboard.press("n")
        becomes(console, "document.getElementById('wall').className === 'hidden'")
    until(lambda: [action.do for action in Actions(show).new()] == ["hide"], 10)
