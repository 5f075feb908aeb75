"""/review where others work on the same lines, and where something cannot be: nothing of it is silent."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.events import Action, Withdrawn
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from pipeline.review.adopting import adopt
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.test_review import FIELD, LINES, TEXTS, asked, desk, drafts, folder, opened, press, server, texts

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
WAITS = "document.getElementById('waits').innerText"
TOAST = "document.getElementById('toast').innerText"


@pytest.fixture
def other(page: "Page", desk: "Page", server: Server) -> "Page":
    """A second window of the same browser."""
    return opened(page.context.new_page(), server)


def test_undo_takes_back_ones_own_change_and_asks_before_it_takes_back_anothers(
    desk: "Page", other: "Page", folder: Path
) -> None:
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
    until(lambda: texts(folder)[0].endswith(" Again."), 20)
    desk.reload()
    becomes(desk, f"window.livesubs && {FIELD}.endsWith(' Again.')")
    press(desk, "Control+z")
    becomes(desk, f"{TEXTS}[0].endsWith(' Theirs.') && {WAITS} === ''")


def test_what_two_change_is_shown_in_one_panel_with_keys_and_no_typing_goes_to_another_line(
    desk: "Page", other: "Page", folder: Path
) -> None:
    press(other, "End", *" Mine.")
    press(desk, "End", *" Theirs.", "Control+s")
    becomes(other, f"{WAITS}.includes('Good evening. Theirs.') && {WAITS}.includes('Alt Y')")
    press(other, "Control+Enter")
    becomes(other, f"{TOAST} === 'This line was changed meanwhile: Alt Y keep mine, Alt U take theirs.'")
    press(other, "Escape", "Alt+]", "Alt+Enter")
    assert other.input_value("#field") == "Good evening. Mine."
    press(other, "Alt+y")
    becomes(desk, f"{FIELD} === 'Good evening. Mine.'")
    press(other, *" More.")
    press(desk, "End", *" Else.", "Control+s")
    becomes(other, f"{WAITS}.includes('Good evening. Mine. Else.')")
    press(other, "Alt+u")
    becomes(other, f"{FIELD} === 'Good evening. Mine. Else.' && {WAITS} === ''")
    refuse = """for (const text of ['one', 'two']) livesubs.edits.ask('text', [{ id: 's0.en.1', rev: 0 }],
        [{ ...livesubs.cues.get('s0.en.1'), text }])"""
    other.evaluate(f"{{ {refuse} }}")
    becomes(other, f"livesubs.edits.refused.length === 2 && {WAITS}.includes('two') && !{WAITS}.includes('one\\n')")
    press(other, "Alt+y")
    becomes(other, f"{FIELD} === 'two' && {WAITS} === '' && !livesubs.edits.refused.length")
    press(other, "Alt+ArrowDown", "End", *" And")
    press(desk, "Alt+ArrowDown", "Alt+Delete")
    becomes(other, f"{TEXTS}.length === 3 && {WAITS}.includes('tonight. And')")
    press(other, *" so on", "Enter", *"lost")
    assert other.evaluate("livesubs.current") is None
    press(other, "Alt+ArrowDown")
    becomes(other, f"{FIELD} === '{LINES[2][1]}'")
    press(other, "Alt+y")
    becomes(other, f"{FIELD} === '{LINES[1][1]} And' && {TEXTS}.length === 4")
    until(lambda: texts(folder) == ["two", f"{LINES[1][1]} And", LINES[2][1], LINES[3][1]], 20)
    until(lambda: drafts(folder) in ("", "{}"), 20)


def test_a_line_that_the_technician_took_out_is_led_to_and_brought_back_or_stays_out(
    page: "Page", serve: Callable[..., Server], folder: Path
) -> None:
    with Journal(folder, SystemClock()) as journal:
        for cue in ("s1.en.1", "s2.en.1"):
            journal.append(Action(id=f"k-{cue}", do="kill", cue=cue))
            journal.append(Withdrawn(id=cue))
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
    press(page, "Control+z", "Control+z")
    becomes(page, f"{TEXTS}.length === 2 && !livesubs.edits.unsure")
    press(page, "F8")
    becomes(page, f"{FIELD} === '{LINES[1][1]}' && {WAITS}.includes('taken out')")


def test_what_was_taken_out_in_every_language_comes_back_in_every_one_by_one_key_and_each_is_undone_for_itself(
    page: "Page", serve: Callable[..., Server], folder: Path
) -> None:
    with Journal(folder, SystemClock()) as journal:
        for id, cue, of in (("k", "s1.en.1", ""), ("k+s1.fr.1", "s1.fr.1", "k"), ("another", "s2.fr.1", "")):
            journal.append(Action(id=id, do="kill", cue=cue, of=of))
            journal.append(Withdrawn(id=cue))
    becomes(opened(page, serve(folder)), "document.querySelector('#queue').innerText.includes('left')")
    press(page, "F8")
    becomes(page, f"{WAITS}.includes('taken out')")
    press(page, "Alt+y")
    becomes(page, f"{TOAST} === 'Brought back in every language' && {FIELD} === '{LINES[1][1]}'")
    until(lambda: {"s1.en.1", "s1.fr.1"} <= state(folder).cues.keys(), 20)
    assert "s2.fr.1" not in state(folder).cues
    becomes(page, "!livesubs.edits.unsure")
    press(page, "Control+z")
    until(lambda: "s1.en.1" not in state(folder).cues, 20)
    assert "s1.fr.1" in state(folder).cues
    becomes(page, "!livesubs.edits.unsure")
    press(page, "Control+z")
    until(lambda: "s1.fr.1" not in state(folder).cues, 20)
    becomes(page, "document.getElementById('kept-open').innerText === '3 kept back'")
    press(page, "Alt+b")
    page.locator("#kept-list li").first.get_by_text("Bring it back").press("Enter")
    until(lambda: {"s1.en.1", "s1.fr.1"} <= state(folder).cues.keys(), 20)
    assert "s2.fr.1" not in state(folder).cues


def test_what_is_typed_as_a_time_is_taken_and_no_line_is_made_too_short_or_long_unasked(
    desk: "Page", folder: Path
) -> None:
    def second() -> tuple[float, float]:
        cue = state(folder).track("en")[1]
        return cue.start, cue.end

    def toast(*keys: str) -> str:
        press(desk, *keys)
        return desk.inner_text("#toast")

    press(desk, "Alt+ArrowDown", "ArrowRight", "Alt+Enter")  # T | his hall
    until(lambda: second() == (6.0, 6.833), 20)  # though the next word begins at 6.5
    press(desk, "Control+z")
    becomes(desk, f"{TEXTS}.length === 4 && !livesubs.edits.unsure")
    press(desk, "Alt+a", "Tab", *"+1.9", "Enter", "Alt+a", *"0:00:09,600", "Enter")
    until(lambda: second() == (9.6, 10.9), 20)
    assert toast("Alt+a", *"0:11", "Enter") == "A line has to end after it begins."
    assert toast(*"1.x", "Enter").startswith("“1.x” is no time: write 12.3")
    press(desk, "Escape", *["ArrowRight"] * 6, "Alt+Enter")
    becomes(desk, f"{TOAST}.startsWith('There is no room for two: each has to stand for 0.83 s')")
    assert toast("Alt+i").startswith("No new line: something is on screen here.")
    press(desk, *"lost", "Enter", "Alt+Shift+m")
    assert desk.inner_text("#waits").startswith("Between them is 5.6 s without a line")
    assert texts(folder) == [english for _, english in LINES]
    assert desk.inner_text("#progress") == "0 of 4 accepted"
    press(desk, "Alt+y")
    until(lambda: len(texts(folder)) == 3, 20)


def test_what_a_subtitle_file_does_not_have_is_not_offered(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    file = tmp_path / "talk.fr.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:02,000\nBonsoir\n", encoding="utf-8")
    adopt(file, tmp_path / "desk", "fr")
    opened(page, serve(tmp_path / "desk"))
    for key, why in (("Alt+r", "This is a subtitle file in one language"), ("Alt+Shift+r", "There is no recording")):
        press(page, key)
        assert page.inner_text("#toast").startswith(why)
    assert page.is_hidden("button[data-do=again]")
    becomes(page, "document.getElementById('queue').innerText.includes('read the other line, too.')")
    assert "may stop" not in page.inner_text("#queue")
    press(page, "F1")
    assert not page.query_selector("[data-key=hear]")


SLOW = """() => {
    const asked = window.fetch;
    window.fetch = async (address, options) => {
        if (address !== "/api/edits") return asked(address, options);
        const told = new Promise((done) => livesubs.edits.addEventListener("done", done, { once: true }));
        const answer = await asked(address, options);
        await told;
        await new Promise((done) => setTimeout(done));
        return answer;
    };
}"""
"""The answer to an edit is told on the feed before its sender knows that the server has it."""


def test_an_answer_that_overtakes_the_server_s_receipt_holds_up_nothing(desk: "Page", folder: Path) -> None:
    desk.evaluate(SLOW)
    press(desk, "End", *" More.", "Control+s")
    becomes(desk, "livesubs.edits.waiting === 0 && livesubs.edits._sent.size === 0")
    press(desk, "Control+z")
    until(lambda: texts(folder)[0] == LINES[0][1], 20)
    press(desk, "Control+y")
    until(lambda: texts(folder)[0].endswith(" More."), 20)


def test_the_next_fault_is_looked_for_in_the_lines_as_they_now_are(desk: "Page") -> None:
    press(desk, "F4")
    becomes(desk, f"{TOAST} !== ''")
    press(desk, "End", *"  More.", "Control+Enter", "F4")
    becomes(desk, f"{FIELD}.endsWith('  More.')")
    press(desk, "F4")
    becomes(desk, f"{TOAST} === 'No other line breaks a rule of the profile: this one does.'")


def test_a_change_waits_for_what_was_undone_before_and_is_done_once(desk: "Page", server: Server, folder: Path) -> None:
    press(desk, "End", *" More.", "Control+s")
    until(lambda: texts(folder)[0].endswith(" More."), 20)
    becomes(desk, "livesubs.edits.settled")
    server.kill()
    press(desk, "Control+z", "Alt+ArrowDown")
    assert desk.input_value("#field") == LINES[1][1], "what changes nothing waits for nothing"
    press(desk, "Control+Enter", "Alt+ArrowDown", "Alt+ArrowUp")  # somebody thinks better of it
    press(desk, *["Control+Enter"] * 4)
    becomes(desk, f"{TOAST}.startsWith('The server has not answered yet. After that: accept the line')")
    server.start()
    becomes(desk, f"livesubs.edits.settled && {FIELD} === '{LINES[2][1]}'")
    until(lambda: [edit.did for edit in asked(folder)] == ["text", "undo", "accept"], 20)
    assert "accepted" in state(folder).cues["s1.en.1"].flags
