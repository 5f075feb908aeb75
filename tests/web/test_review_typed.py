"""/review: what is typed is an edit before anything else is done to its line, and never part of something else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pipeline.asked import keep
from pipeline.events import Cue, Edit
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.test_review import FIELD, LINES, TEXTS, asked, desk, drafts, folder, opened, press, server, texts
from tests.web.test_review_late import elsewhere
from tests.web.test_review_two import TOAST, WAITS

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
AFTER_THIS = ["Control+Home", *["ArrowRight"] * 4]


def test_whatever_is_done_to_a_line_and_undone_leaves_what_was_typed_before(desk: "Page", folder: Path) -> None:
    was = "|".join(english for _, english in LINES)
    typed = was.replace("tonight.", "tonight.  Mine")
    press(desk, "Alt+ArrowDown")
    for keys in (
        ["Alt+Delete"], ["Alt+m"], ["Alt+Shift+m"], ["Alt+."], [*AFTER_THIS, "Alt+Enter"],
        [*AFTER_THIS, "Alt+Shift+ArrowDown"], ["Alt+x"], ["Alt+t", *"+0.4", "Enter"], ["Alt+a", *"+0.2", "Enter"],
    ):  # fmt: skip
        press(desk, "End", *"  Mine", *keys)
        becomes(desk, f"{TOAST}.search('Changed: ') < 0 && livesubs.edits.settled")
        for text in (typed, was):
            press(desk, "Control+z")
            becomes(desk, f"{TEXTS}.join('|') === '{text}' && livesubs.edits.settled")
        assert desk.evaluate("livesubs.current") == "s1.en.1", keys
    until(lambda: "|".join(texts(folder)) == was, 20)
    press(desk, "Control+a", "Delete", "Alt+.")
    becomes(desk, f"{TOAST}.startsWith('An empty line is no change')")
    assert (desk.input_value("#field"), state(folder).cues["s1.en.1"].start) == ("", 6.0)
    press(desk, "Alt+Delete")
    until(lambda: len(texts(folder)) == 3, 20)
    until(lambda: drafts(folder) in ("", "{}"), 20)


def test_words_that_wait_in_another_line_are_in_no_way_lost_by_what_is_done_to_it(desk: "Page", folder: Path) -> None:
    press(desk, "Alt+ArrowDown", "End", *" Mine")
    elsewhere(folder, "s1.en.1", "Theirs")
    becomes(desk, f"{WAITS}.includes('Theirs')")
    press(desk, "Alt+ArrowUp")  # before one has chosen
    for key in ("Alt+m", "Alt+Shift+ArrowDown"):
        press(desk, *AFTER_THIS, key)
        becomes(desk, f"{TOAST} === 'Words are begun in the line after it, and no edit yet: go there first.'")
    press(desk, "Alt+t", *"+0.4", "Enter")
    until(lambda: state(folder).cues["s1.en.1"].start == 6.4, 20)
    becomes(desk, "livesubs.edits.settled")
    desk.reload()
    becomes(desk, "window.livesubs && document.activeElement.id === 'field'")
    press(desk, "Alt+ArrowDown")
    becomes(desk, f"{FIELD} === '{LINES[1][1]} Mine' && {WAITS}.includes('Theirs')")
    press(desk, "Alt+y")
    until(lambda: texts(folder)[1] == f"{LINES[1][1]} Mine", 20)


def test_what_somebody_left_is_kept_when_one_says_so_also_against_what_the_line_says_now(
    page: "Page", serve: Callable[..., Server], folder: Path
) -> None:
    draft = {"lang": "en", "text": "Left here", "start": 1.0, "end": 4.0, "rev": 1, "by": "b-w"}
    (folder / "drafts.json").write_text(json.dumps({"s0.en.1": [draft]}), "utf-8")
    with Journal(folder, SystemClock()) as journal:
        journal.append(replace(state(folder).cues["s0.en.1"], rev=2, text="Theirs"))
        blank = Cue(id="s9.en.1", lang="en", start=21.0, end=22.0, text="…", sentences=("s3",))
        journal.append(blank)
    opened(page, serve(folder))
    becomes(page, f"{FIELD} === 'Left here' && {WAITS}.includes('Theirs')")
    press(page, "Alt+y", "Alt+ArrowDown")
    until(lambda: texts(folder)[0] == "Left here", 20)
    page.evaluate("livesubs.select('s9.en.1')")  # somebody pauses: no new line that got no words
    press(page, "Alt+ArrowUp", "Control+Enter")
    until(lambda: [edit.did for edit in asked(folder)] == ["text", "accept"], 20)


def test_what_is_found_is_chosen_where_it_stands_by_now(page: "Page", server: Server, folder: Path) -> None:
    draft = {"lang": "en", "text": "But this hall is full", "start": 6.0, "end": 9.0, "rev": 1, "by": "b-w"}
    (folder / "drafts.json").write_text(json.dumps({"s1.en.1": [draft]}), "utf-8")
    opened(page, server)
    press(page, "Control+f", *"hall")
    becomes(page, "document.querySelector('#find-list mark')?.innerText === 'hall'")
    page.locator("#find-list button").click()
    press(page, *"room")
    assert page.input_value("#field") == "But this room is full"


def test_what_was_gone_is_brought_back_as_often_as_it_takes(desk: "Page", folder: Path) -> None:
    """What was being written in a line that somebody deleted, where another line stands by then."""
    press(desk, "End", *" Half")
    keep(folder, Edit(id="gone", did="delete", before=(("s0.en.1", 1),)))
    becomes(desk, f"{WAITS}.includes('Good evening. Half')")
    other = Cue(id="e-new.1", lang="en", start=2.0, end=3.0, text="Hello.", sentences=("s0",))
    keep(folder, Edit(id="new", did="insert", after=(other,)))
    becomes(desk, f"{TEXTS}[0] === 'Hello.'")
    press(desk, "Alt+y")
    becomes(desk, f"{WAITS}.startsWith('It would be on screen together') && {WAITS}.includes('Good evening. Half')")
    desk.evaluate("livesubs.faults.renew()")
    becomes(desk, "livesubs.out !== null")  # the words come before what stood there
    keep(folder, Edit(id="out", did="delete", before=(("e-new.1", 1),)))
    becomes(desk, f"!{TEXTS}.includes('Hello.')")
    press(desk, "Alt+y")
    until(lambda: texts(folder)[0] == "Good evening. Half", 20)
    becomes(desk, f"{WAITS} === '' && {FIELD} === 'Good evening. Half'")
