"""/review: what the server refuses, or answers late, costs no words and no decision, and changes no other words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from pipeline.asked import keep
from pipeline.events import Action, Edit
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.test_review import FIELD, LINES, TEXTS, asked, desk, drafts, folder, opened, press, server, texts
from tests.web.test_review_drafts import ELSEWHERE
from tests.web.test_review_two import TOAST, WAITS

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

__all__ = ["desk", "folder", "server"]
WENT_ON = "You went on meanwhile: press it again."


@contextmanager
def held(page: "Page", address: str) -> Iterator[list["Route"]]:
    """Requests to that address wait until this is over."""
    routes: list[Route] = []
    page.route(address, lambda route: routes.append(route))
    yield routes
    for route in routes:
        route.continue_()
    page.unroute(address)


def came(page: "Page", routes: list["Route"]) -> None:
    """Waits for a request; they are told of while the page is asked something."""
    until(lambda: page.evaluate("true") and routes, 20)


def elsewhere(folder: Path, id: str, text: str) -> None:
    """Somebody else changes a line."""
    now = state(folder).cues[id]
    edit = Edit(id=f"x{now.rev}-{id}", did="text", before=((id, now.rev),), after=(replace(now, text=text),))
    keep(folder, edit)
    until(lambda: state(folder).cues[id].text == text, 20)


def test_words_on_top_of_an_edit_without_an_answer_outlive_a_reload(desk: "Page", folder: Path) -> None:
    """The server has the words, and not the edit beneath them."""
    whole = f"{LINES[0][1]} Mine more"
    with held(desk, "**/api/edits*"):
        press(desk, "End", *" Mine", "Control+s", *" more")
        until(lambda: "Mine more" in drafts(folder), 20)
        becomes(desk, "!livesubs.drafts.waiting")
        desk.reload()
        becomes(desk, f"window.livesubs && {FIELD} === '{whole}'")
    until(lambda: texts(folder)[0] == f"{LINES[0][1]} Mine", 20)
    becomes(desk, "livesubs.edits.settled && !livesubs.drafts.waiting")
    press(desk, "Control+s")
    until(lambda: texts(folder)[0] == whole, 20)


def test_a_merge_without_an_answer_is_on_the_page_again_after_a_reload(
    desk: "Page", server: Server, folder: Path
) -> None:
    """What is done to its line then is done to what it became: nobody is in conflict with themselves."""
    before = texts(folder)
    with held(desk, "**/api/edits*"):
        press(desk, "Alt+m")
        both = desk.evaluate(FIELD)
        assert len(both) > max(map(len, before[:2]))
        desk.reload()
        becomes(desk, f"window.livesubs && {FIELD} === {json.dumps(both)}")
        press(desk, "Control+End", *" Mine", "Control+s")
    until(lambda: texts(folder) == [f"{both} Mine", *before[2:]], 20)
    assert desk.evaluate(WAITS) == ""


def test_ticks_stay_and_only_hits_that_were_seen_are_replaced(desk: "Page", folder: Path) -> None:
    row = "[row.querySelector('input').checked, row.querySelector('ins').innerText.includes('!')]"
    found = f"[...document.querySelectorAll('#find-list li')].map((row) => {row})"
    press(desk, "Control+f", *"the", "Tab", *"all")
    becomes(desk, f"JSON.stringify({found}) === '[[true,false],[true,false]]'")
    desk.locator("#find-list input").first.press(" ")
    desk.focus("#find-by")
    press(desk, "End", "!")
    becomes(desk, f"JSON.stringify({found}) === '[[false,true],[true,true]]'")
    with held(desk, "**/api/found*") as routes:
        desk.fill("#find-what", "full")
        desk.focus("#find-replace")
        press(desk, "Enter")
        came(desk, routes)
    becomes(desk, f"JSON.stringify({found}) === '[[true,true]]'")
    assert texts(folder) == [english for _, english in LINES]
    press(desk, "Enter")
    until(lambda: texts(folder)[1] == "This hall is all! tonight.", 20)


@pytest.mark.parametrize("changes", [1, 2])
def test_what_is_done_on_top_of_words_that_are_refused_is_not_done_to_anothers(
    desk: "Page", folder: Path, changes: int
) -> None:
    """However often the line was changed elsewhere: after one change its rev is the one that was expected."""
    with held(desk, "**/api/edits*") as routes:
        press(desk, "End", *" Mine", "Control+s", "Alt+.", "Control+Enter")
        came(desk, routes)
        for number in range(changes):
            elsewhere(folder, "s0.en.1", f"Theirs {number}")
        becomes(desk, f"livesubs.feed.cues.get('s0.en.1').text === 'Theirs {changes - 1}'")
    becomes(desk, f"livesubs.edits.settled && {WAITS}.includes('After this, 1 more')")
    press(desk, "Alt+ArrowUp")
    cue = state(folder).cues["s0.en.1"]
    assert (cue.text, cue.start, cue.flags) == (f"Theirs {changes - 1}", 1.0, ("edited",))
    press(desk, "Alt+y")  # the times
    until(lambda: state(folder).cues["s0.en.1"].start == 1.04, 20)
    assert texts(folder)[0] == f"Theirs {changes - 1}"
    becomes(desk, f"{WAITS}.includes('Good evening. Mine')")
    press(desk, "End", *" too", "Alt+y")
    becomes(desk, f"{FIELD} === 'Good evening. Mine' && {WAITS} === ''")
    press(desk, "Control+s")
    until(lambda: texts(folder)[0] == "Good evening. Mine", 20)
    assert asked(folder)[-2].after[0].text == f"Theirs {changes - 1} too", "what was typed is not written over"


def test_what_is_typed_on_top_of_words_that_are_refused_is_not_written_over_anothers(
    desk: "Page", folder: Path
) -> None:
    with held(desk, "**/api/edits*") as routes:
        press(desk, "End", *" Mine", "Control+s", *" More")
        came(desk, routes)
        elsewhere(folder, "s0.en.1", "Theirs")
        becomes(desk, "livesubs.feed.cues.get('s0.en.1').text === 'Theirs'")
    becomes(desk, f"livesubs.edits.settled && {WAITS}.startsWith('This line was changed meanwhile. It now says:')")
    press(desk, "Control+s", "Control+Enter")
    becomes(desk, f"{TOAST}.startsWith('This line was changed meanwhile')")
    assert texts(folder)[0] == "Theirs"
    assert desk.input_value("#field") == "Good evening. Mine More"
    press(desk, "Alt+u")  # what was refused before that is not forgotten
    becomes(desk, f"{FIELD} === 'Theirs' && {WAITS}.includes('Good evening. Mine')")
    desk.evaluate("livesubs.edits.lost(livesubs.cue, 'Words apart')")
    becomes(desk, f"{WAITS}.includes('Words apart')")
    press(desk, "Alt+o")
    becomes(desk, f"{WAITS}.includes('Good evening. Mine')")


def test_words_on_top_of_refused_ones_are_in_conflict_also_when_one_comes_back_to_them(
    desk: "Page", folder: Path
) -> None:
    """The other's change has the very rev that the refused words would have had."""
    with held(desk, "**/api/edits*") as routes:
        press(desk, "End", *" Mine", "Control+s", *" More")
        came(desk, routes)
        elsewhere(folder, "s0.en.1", "Theirs")
        becomes(desk, "livesubs.feed.cues.get('s0.en.1').text === 'Theirs'")
    settled = f"livesubs.edits.settled && !livesubs.drafts.waiting && {FIELD} === 'Good evening. Mine More'"
    changed = f"{settled} && {WAITS}.startsWith('This line was changed meanwhile. It now says:')"
    becomes(desk, changed)
    press(desk, "Alt+ArrowDown", "Alt+ArrowUp")
    becomes(desk, changed)
    desk.reload()
    becomes(desk, f"window.livesubs && {changed}")
    press(desk, "Alt+ArrowDown", "Control+s", "Alt+ArrowUp")
    becomes(desk, changed)
    assert texts(folder)[0] == "Theirs"
    press(desk, "Alt+y")
    until(lambda: texts(folder)[0] == "Good evening. Mine More", 20)


def test_what_the_technician_changes_is_in_conflict_with_what_is_typed_on_top_of_ones_own(
    desk: "Page", folder: Path
) -> None:
    """It is no edit: the last one of the line is one's own all the same."""
    settled = "livesubs.edits.settled && !livesubs.drafts.waiting"
    changed = f"{FIELD}.endsWith(' More') && {WAITS}.startsWith('This line was changed meanwhile. It now says:')"
    press(desk, "End", *" Mine", "Control+s")
    until(lambda: texts(folder)[0].endswith(" Mine"), 20)
    for keys, theirs in (([], "Theirs"), (["Alt+u", "End", *" Mine", "Control+s", "Control+z"], "Theirs again")):
        press(desk, *keys)
        becomes(desk, f"{settled} && {WAITS} === ''")
        press(desk, "End", *" More")
        becomes(desk, settled)
        keep(folder, Action(id=theirs, do="edit", cue="s0.en.1", text=theirs))
        becomes(desk, changed)
        desk.reload()
        becomes(desk, f"window.livesubs && {settled} && {changed}")
    press(desk, "Alt+ArrowDown")
    assert texts(folder)[0] == "Theirs again"


def test_words_that_the_server_has_and_refuses_later_are_seen_though_the_page_was_loaded_again(
    desk: "Page", folder: Path
) -> None:
    """As of a session that has much to do."""
    with lock(folder), Journal(folder, SystemClock()) as journal:
        press(desk, "End", *" Mine", "Control+s")
        becomes(desk, "livesubs.edits.waiting === 0 && livesubs.drafts.waiting === 0")
        until(lambda: len(asked(folder)) == 1, 20)
        becomes(desk, "document.getElementById('saved').innerText === 'All is kept'")
        desk.reload()
        becomes(desk, "window.livesubs && document.activeElement.id === 'field'")
        journal.append(replace(state(folder).cues["s0.en.1"], rev=2, text="Theirs"))
    becomes(desk, f"{WAITS}.includes('Good evening. Mine') && {WAITS}.includes('Theirs')")
    press(desk, "Alt+y", "Control+s")
    until(lambda: texts(folder)[0] == "Good evening. Mine", 20)
    desk.reload()
    becomes(desk, "window.livesubs && document.activeElement.id === 'field' && livesubs.edits.settled")
    assert desk.evaluate(WAITS) == ""


def test_a_replacement_that_is_refused_in_the_journal_is_told(desk: "Page", folder: Path) -> None:
    """The server finds that all is as it was, and the session, which it waits for, has another change before it."""
    press(desk, "Control+f", *"hall", "Tab", *"room")
    becomes(desk, "document.getElementById('find-replace').innerText === 'Replace 1'")
    with lock(folder), Journal(folder, SystemClock()) as journal:
        desk.focus("#find-replace")
        press(desk, "Enter")
        becomes(desk, f"{TOAST} === '1 line changed'")
        journal.append(replace(state(folder).cues["s1.en.1"], rev=2, text="This hall is fuller."))
    becomes(desk, f"{WAITS}.includes('This room is full tonight.') && {WAITS}.includes('This hall is fuller.')")


def test_whoever_types_on_is_not_led_away_when_an_answer_comes_late(desk: "Page", folder: Path) -> None:
    with held(desk, "**/api/faults*") as routes:
        press(desk, "Control+Enter", "Alt+ArrowUp", "F4")
        came(desk, routes)
        press(desk, "End", *"  Mi")
    becomes(desk, f"{TOAST} === '{WENT_ON}'")
    press(desk, *"ne", "Alt+ArrowDown")
    until(lambda: texts(folder)[0] == "Good evening.  Mine", 20)
    becomes(desk, "livesubs.edits.settled")
    with held(desk, "**/api/edits*") as routes:
        press(desk, "Control+z")  # in the line before
        came(desk, routes)
        press(desk, "End", *" Th")
    becomes(desk, f"livesubs.edits.settled && {TEXTS}[0] === 'Good evening.'")
    press(desk, *"eirs")
    assert desk.input_value("#field") == f"{LINES[1][1]} Theirs"
    press(desk, "Control+s")
    until(lambda: texts(folder)[1] == f"{LINES[1][1]} Theirs", 20)


def test_what_waits_for_an_undo_is_called_off_by_typing(desk: "Page", folder: Path) -> None:
    press(desk, "End", *" Mine", "Control+s")
    until(lambda: texts(folder)[0].endswith(" Mine"), 20)
    becomes(desk, "livesubs.edits.settled")
    with held(desk, "**/api/edits*") as routes:
        press(desk, "Control+z", "Alt+ArrowDown", "Control+Enter", "End", *" Ha")
        came(desk, routes)
        # whoever takes more than 300 ms from key to key is told of it before
        told = ["The server has not answered yet. After that", "Not done, the server had not answered"]
        becomes(desk, f"{json.dumps(told)}.some((said) => {TOAST}.startsWith(`${{said}}: accept the line`))")
    becomes(desk, f"livesubs.edits.settled && {TEXTS}[0] === 'Good evening.'")
    press(desk, *"lf", "Control+s")
    until(lambda: texts(folder)[1].endswith(" Half"), 20)
    assert "accepted" not in state(folder).cues["s1.en.1"].flags


def test_words_in_a_line_that_goes_while_an_undo_has_no_answer_are_seen(desk: "Page", folder: Path) -> None:
    press(desk, "Alt+ArrowDown", "End", *" Mine", "Control+s", "Alt+ArrowUp")
    until(lambda: texts(folder)[1].endswith(" Mine"), 20)
    becomes(desk, "livesubs.edits.settled")
    with held(desk, "**/api/edits*") as routes:
        press(desk, "End", *" Half")
        desk.focus("#list")
        press(desk, "Control+z")
        came(desk, routes)
        now = state(folder).cues["s0.en.1"]
        keep(folder, Edit(id="gone", did="delete", before=(("s0.en.1", now.rev),)))
        becomes(desk, f"{TEXTS}.length === 3")
    becomes(desk, f"livesubs.edits.settled && {WAITS}.includes('Good evening. Half')")
    press(desk, "Alt+y")
    until(lambda: "Good evening. Half" in texts(folder), 20)
    until(lambda: drafts(folder) in ("", "{}"), 20)


def test_a_window_that_sends_what_another_one_has_not_sent_leaves_what_is_typed_there(
    desk: "Page", server: Server, folder: Path
) -> None:
    with held(desk, "**/api/edits*") as routes:
        press(desk, "End", *" Mine", "Control+s")
        came(desk, routes)
        press(desk, *" More")
        until(lambda: " More" in drafts(folder), 20)
        other = opened(desk.context.new_page(), server)
        until(lambda: texts(folder)[0] == "Good evening. Mine", 20)
        becomes(other, "livesubs.edits.settled && livesubs.drafts.waiting === 0")
        assert " More" in drafts(folder)
        press(other, "Alt+ArrowDown", "Alt+ArrowUp")
        becomes(other, f"{ELSEWHERE}.endsWith('Good evening. Mine More')")
    other.close()
    press(desk, "Control+s")
    until(lambda: texts(folder)[0] == "Good evening. Mine More" and drafts(folder) == "{}", 20)


def test_words_that_the_server_does_not_take_at_all_are_seen(desk: "Page", folder: Path) -> None:
    body = json.dumps({"error": "That cannot be read."})
    desk.route("**/api/edits*", lambda route: route.fulfill(status=400, body=body))
    press(desk, "End", *" Mine", "Control+Enter")
    becomes(desk, f"{WAITS}.includes('That cannot be read.') && {WAITS}.includes('Good evening. Mine')")
    desk.unroute("**/api/edits*")
    press(desk, "Alt+y", "Control+s")
    until(lambda: texts(folder)[0] == "Good evening. Mine", 20)
    assert [edit.did for edit in asked(folder)] == ["text"]


def test_a_change_that_was_offered_to_the_line_before_is_told_as_not_done(desk: "Page", folder: Path) -> None:
    with held(desk, "**/api/check") as routes:
        press(desk, "End", *"  Mine", "Alt+x")
        came(desk, routes)
        press(desk, "Alt+ArrowDown")
    becomes(desk, f"{TOAST} === 'You changed the line meanwhile: press it again.'")
    until(lambda: texts(folder)[:2] == ["Good evening.  Mine", LINES[1][1]], 20)


def test_an_offered_change_is_waited_for_though_what_was_typed_is_answered_before(desk: "Page", folder: Path) -> None:
    with held(desk, "**/api/check") as routes:
        press(desk, "End", *"  Mine", "Alt+x")
        came(desk, routes)
        until(lambda: texts(folder)[0] == "Good evening.  Mine", 20)
        becomes(desk, "livesubs.edits.settled")
        # timers fire in order: the one that asks about the line as it is told was before
        desk.evaluate("new Promise((after) => setTimeout(after, 400))")
    until(lambda: texts(folder)[0] == "Good evening. Mine", 20)


def test_a_key_that_is_held_down_accepts_and_deletes_one_line(desk: "Page", folder: Path) -> None:
    for modifier, key, left in (("Control", "Enter", 4), ("Alt", "Delete", 3)):
        desk.keyboard.down(modifier)
        for _ in range(3):
            desk.keyboard.down(key)
        desk.keyboard.up(key)
        desk.keyboard.up(modifier)
        becomes(desk, "livesubs.edits.settled")
        assert len(texts(folder)) == left
    assert desk.inner_text("#progress") == "1 of 3 accepted"
    assert desk.input_value("#field") == LINES[2][1]


def test_other_versions_are_of_the_line_that_they_stand_under(desk: "Page") -> None:
    """Those of the line before, which were asked for first, are not shown under the next one."""
    made = {"engine": "e", "doubt": "", "text": "Full.", "texts": ["Full."]}
    desk.route(
        "**/api/again", lambda route: route.fulfill(json={"lang": "en", "cues": [["s0.en.1", 1]], "versions": [made]})
    )
    press(desk, "Alt+r")
    becomes(desk, "document.activeElement.innerText === 'Take it'")
    press(desk, "Escape", "Alt+ArrowDown")
    with held(desk, "**/api/engines*") as routes:
        press(desk, "Alt+r")
        came(desk, routes)
        assert desk.inner_text("#versions-title").endswith(f"“{LINES[1][1]}”")
        assert desk.locator("#versions-list .take").count() == 0
