"""/review where others work on the same lines, and where something cannot be: nothing of it is silent."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.events import Action
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.test_review import FIELD, KEPT, LINES, TEXTS, asked, desk, folder, opened, press, server, texts

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
WAITS = "document.getElementById('waits').innerText"
TOAST = "document.getElementById('toast').innerText"


@pytest.fixture
def other(page: "Page", desk: "Page", server: Server) -> "Page":
    """A second window of the same browser."""
    return opened(page.context.new_page(), server)


def test_undo_takes_back_ones_own_change_and_asks_before_it_takes_back_anothers(desk: "Page", other: "Page") -> None:
    press(other, "Alt+ArrowDown", "End", *" Mine.", "Control+s")
    becomes(desk, f"{TEXTS}[1].endsWith(' Mine.')")
    press(desk, "End", *" Theirs.", "Control+s")
    becomes(other, f"{TEXTS}[0].endsWith(' Theirs.')")
    press(other, "Control+z")
    becomes(other, f"{TEXTS}.join('|') === 'Good evening. Theirs.|{'|'.join(text for _, text in LINES[1:])}'")
    press(other, "Control+z")
    becomes(other, f"{WAITS}.includes('another window of this browser') && {WAITS}.includes('Theirs.')")
    press(other, "Escape")
    becomes(other, f"{WAITS} === '' && {TEXTS}[0].endsWith(' Theirs.')")
    press(other, "Control+z", "Alt+y")
    becomes(desk, f"{TEXTS}[0] === 'Good evening.'")
    desk.reload()  # what a window did that is no more is this browser's own
    becomes(desk, "window.livesubs && document.activeElement.id === 'field'")
    press(other, "Control+y")
    becomes(desk, f"{TEXTS}[0].endsWith(' Theirs.')")
    press(desk, "End", *" Again.", "Control+s")
    becomes(desk, KEPT)
    desk.reload()
    becomes(desk, f"window.livesubs && {FIELD}.endsWith(' Again.')")
    press(desk, "Control+z")
    becomes(desk, f"{TEXTS}[0].endsWith(' Theirs.') && {WAITS} === ''")


def test_of_what_was_refused_one_panel_is_shown_and_keys_answer_it(
    desk: "Page", other: "Page", folder: Path
) -> None:
    press(other, "End", *" Mine.")
    press(desk, "End", *" Theirs.", "Alt+ArrowDown")
    becomes(other, f"{WAITS}.includes('Alt Y') && {WAITS}.includes('Alt U')")
    press(other, "Control+Enter")
    becomes(other, f"{TOAST} === 'This line was changed meanwhile: Alt Y keep mine, Alt U take theirs.'")
    press(other, "Escape", "Alt+]", "Alt+Enter")
    assert other.input_value("#field") == "Good evening. Mine."
    press(other, "Alt+u")
    becomes(other, f"{FIELD} === 'Good evening. Theirs.' && {WAITS} === ''")
    refuse = """for (const text of ['one', 'two']) livesubs.edits.ask('text', [{ id: 's0.en.1', rev: 0 }],
        [{ ...livesubs.cues.get('s0.en.1'), text }])"""
    other.evaluate(f"{{ {refuse} }}")
    becomes(other, f"livesubs.edits.refused.length === 2 && {WAITS}.includes('two')")
    assert "one" not in other.inner_text("#waits")
    press(other, "Alt+y")
    becomes(other, f"{FIELD} === 'two' && {WAITS} === '' && !livesubs.edits.refused.length")
    press(other, "Control+s")
    until(lambda: texts(folder)[0] == "two", 20)


def test_who_writes_in_a_line_that_is_deleted_elsewhere_writes_in_no_other(
    desk: "Page", other: "Page", folder: Path
) -> None:
    press(other, "Alt+ArrowDown", "End", *" And")
    press(desk, "Alt+ArrowDown", "Alt+Delete")
    becomes(other, f"{TEXTS}.length === 3 && {WAITS}.includes('tonight. And')")
    press(other, *" so on", "Enter", *"lost")
    assert other.evaluate("livesubs.current") is None
    press(other, "Alt+ArrowDown")
    becomes(other, f"{FIELD} === '{LINES[2][1]}'")
    press(other, "Alt+y")
    becomes(other, f"{FIELD} === '{LINES[1][1]} And' && {TEXTS}.length === 4")
    until(lambda: texts(folder) == [LINES[0][1], f"{LINES[1][1]} And", LINES[2][1], LINES[3][1]], 20)


def test_a_line_that_the_technician_took_out_is_led_to_and_brought_back_or_stays_out(
    page: "Page", serve: Callable[..., Server], folder: Path
) -> None:
    with Journal(folder, SystemClock()) as journal:
        for cue in ("s1.en.1", "s2.en.1"):
            journal.append(Action(id=f"k-{cue}", do="kill", cue=cue))
    server = serve(folder)
    becomes(opened(page, server), "document.querySelector('#queue').innerText.includes('left')")
    press(page, "F8")
    becomes(page, f"{FIELD} === '{LINES[1][1]}' && {WAITS}.includes('taken out')")
    press(page, *"lost", "Alt+y")
    becomes(page, f"{TEXTS}.includes('{LINES[1][1]}') && {FIELD} === '{LINES[1][1]}' && {WAITS} === ''")
    press(page, "F8")
    becomes(page, f"{FIELD} === '{LINES[2][1]}'")
    press(page, "Alt+o")
    until(lambda: [edit.did for edit in asked(folder)] == ["restore", "accept"], 20)
    assert "s2.en.1" not in state(folder).cues
    press(page, "F8", "F8")
    becomes(page, f"livesubs.current !== 's2.en.1' && {TEXTS}.length === 3")


def test_no_line_is_made_too_short_or_long_unasked_and_what_is_typed_as_time_is_taken(
    desk: "Page", folder: Path
) -> None:
    press(desk, "Alt+ArrowDown", "ArrowRight", "Alt+Enter")  # T | his hall
    until(lambda: len(texts(folder)) == 5, 20)
    first = state(folder).track("en")[1]
    assert first.end - first.start == pytest.approx(0.833, abs=0.001)
    press(desk, "Control+z")
    becomes(desk, f"{TEXTS}.length === 4")
    press(desk, "Alt+a", *"0:00:07,700", "Enter", "ArrowRight", "Alt+Enter")
    becomes(desk, f"{TOAST}.startsWith('There is no room for two')") if False else None
    until(lambda: state(folder).cues["s1.en.1"].start == 7.7, 20)


def test_what_a_subtitle_file_does_not_have_is_not_offered(desk: "Page") -> None:
    assert desk.evaluate("1")
