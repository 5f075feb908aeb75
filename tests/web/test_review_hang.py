"""/review while the server hangs: what is done on top of what has no answer is in conflict with nobody, and done to
nobody else's words."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import becomes
from tests.web.test_review import FIELD, LINES, TEXTS, asked, desk, folder, press, server, texts
from tests.web.test_review_late import came, held
from tests.web.test_review_two import WAITS

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
SETTLED = "livesubs.edits.settled && !livesubs.drafts.waiting"
MINE = f"{LINES[0][1]} Mine"


@pytest.fixture
def changed(desk: "Page", folder: Path) -> "Page":
    """Something was changed that can be undone."""
    press(desk, "End", *" Mine", "Control+s")
    until(lambda: texts(folder)[0] == MINE, 20)
    becomes(desk, SETTLED)
    return desk


@pytest.mark.parametrize("left", [True, False])
def test_words_on_top_of_an_undo_without_an_answer_are_in_conflict_with_nobody(
    changed: "Page", folder: Path, left: bool
) -> None:
    with held(changed, "**/api/edits*") as routes:
        press(changed, "Control+z")
        came(changed, routes)
        press(changed, *" more", *(["Alt+ArrowDown"] if left else []))
    if not left:
        until(lambda: texts(folder)[0] == LINES[0][1], 20)
        becomes(changed, f"{TEXTS}[0] === '{LINES[0][1]}' && {SETTLED}")
        changed.reload()
        becomes(changed, f"window.livesubs && {FIELD} === '{MINE} more' && {SETTLED}")
        assert changed.evaluate(WAITS) == ""
        press(changed, "Control+s")
    until(lambda: texts(folder)[0] == f"{MINE} more", 20)
    becomes(changed, f"{TEXTS}[0] === '{MINE} more' && {SETTLED}")
    assert changed.evaluate(WAITS) == ""
    assert [edit.did for edit in asked(folder)] == ["text", "undo", "text"]


def test_words_in_a_line_that_is_being_brought_back_are_in_conflict_with_nobody(changed: "Page", folder: Path) -> None:
    changed.evaluate("window.was = livesubs.cue")
    press(changed, "Alt+Delete")
    becomes(changed, f"{TEXTS}.length === 3 && {SETTLED}")
    with held(changed, "**/api/edits*") as routes:
        changed.evaluate("livesubs.ask('restore', [], [was], 'Brought back'), livesubs.select(was.id)")
        came(changed, routes)
        press(changed, "End", *" more", "Alt+ArrowDown")
    until(lambda: texts(folder)[0] == f"{MINE} more", 20)
    becomes(changed, SETTLED)
    assert changed.evaluate(WAITS) == ""


def test_what_is_done_on_top_of_words_without_an_answer_waits_for_that_one_however_long_it_takes(
    desk: "Page", folder: Path
) -> None:
    """The server has the words, and the session, which it waits for, another change before them: by then the line has
    the very rev that the second edit expects."""
    with lock(folder), Journal(folder, SystemClock()) as journal:
        press(desk, "End", *" Mine", "Control+s")
        until(lambda: len(asked(folder)) == 1, 20)
        press(desk, "Alt+.")
        desk.evaluate("((now) => (performance.now = () => now() + 60000))(performance.now.bind(performance))")
        # whatever a minute without an answer has it do: it looks every 20 ms
        desk.evaluate("new Promise((after) => setTimeout(after, 1000))")
        journal.append(replace(state(folder).cues["s0.en.1"], rev=2, text="Theirs"))
    becomes(desk, f"{SETTLED} && {WAITS} !== ''")
    cue = state(folder).cues["s0.en.1"]
    assert (cue.text, cue.start) == ("Theirs", 1.0)
