"""/console in a real Chromium: what it says is so, what it asks, and what it keeps."""

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.asked import Actions
from pipeline.events import Ended, Progress, SourceState, Warned, Withdrawn
from pipeline.followed import Followed
from pipeline.journal import Journal
from pipeline.opened import OPENED, leave
from pipeline.web.screens import Open, Opened
from tests.waiting import until
from tests.web.asking import ask
from tests.web.conftest import Server, becomes
from tests.web.evening import COUNTS, LINES, ROWS, STATES, TEXTS, done, evening, press, said

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

TROUBLES = "document.getElementById('troubles').innerText"
FOCUS = "document.activeElement.id"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with evening(tmp_path) as journal:
        yield journal


@pytest.fixture
def server(journal: Journal, tmp_path: Path, serve: Callable[..., Server]) -> Server:
    return serve(tmp_path, "10", "--title", "Rally, Paris")


@pytest.fixture
def console(page: "Page", server: Server) -> "Page":
    page.goto(f"{server.address}/console")
    becomes(page, f"{STATES} === 'now,coming,coming,coming'")
    return page


def told(page: "Page", server: Server, condition: str, **report: Any) -> None:
    """Waits for what the console says to what a screen reports, which goes on reporting."""
    screen = json.dumps({"id": "wall", "state": "paused", "wanted": 10.0, **report})
    until(lambda: ask(server.port, "/api/screens", screen).status == 204 and page.evaluate(condition), 20)


def test_what_became_of_a_line_is_as_the_screens_tell(console: "Page", server: Server) -> None:
    becomes(console, f"{TROUBLES}.includes('No screen is open')")
    told(console, server, f"{COUNTS} === 'missed its moment,on screen,1.3,4.3'",
        stream=13.2, delay=6.8, on=["s1.en.1"], missed=["s0.en.1"])  # fmt: skip
    assert console.inner_text("#wall-text") == LINES[1]
    assert console.inner_text("#delay") == "7 s behind live, C: back to 10"
    press(console, "ArrowDown", " ", "Escape")
    told(console, server, f"{COUNTS} === 'held: not shown,not seen'",
        stream=24.0, shown=["s1.en.1"], missed=["s0.en.1", "s2.en.1"])  # fmt: skip
    assert console.locator(".line .hold:visible").count() == 0  # there is nothing to hold any more
    press(console, "ArrowUp", " ")
    becomes(console, "document.getElementById('toast').innerText.startsWith('Its moment has passed (held: not shown)')")
    ask(server.port, "/api/actions", '{"id": "o", "do": "end", "value": 23}')
    told(console, server, f"{TROUBLES}.includes('The show is over')", stream=24.0)


def test_a_line_that_is_open_is_held_and_outlives_a_reload(console: "Page", tmp_path: Path) -> None:
    with console.expect_popup() as copied:  # it has the tab's storage, as a tab that is duplicated
        console.evaluate("void open('/console')")
    other = copied.value
    becomes(other, f"{STATES} === 'now,coming,coming,coming'")
    press(console, "ArrowDown", "ArrowDown", "e", "Control+a", *"The floor is ")
    becomes(console, f"{COUNTS}.split(',')[2] === 'open 5'")
    becomes(other, f"{STATES} === 'now,coming,held,coming'")
    assert other.evaluate(f"{ROWS}[2].querySelector('.remarks').innerText") == "open on another console"
    console.reload()
    becomes(console, "document.activeElement.value === 'The floor is '")
    press(console, *"yours.", "Enter")
    becomes(other, f"{STATES} === 'now,coming,coming,coming' && {TEXTS}[2] === 'The floor is yours.'")
    press(console, "ArrowDown", "e", *"x", "Escape")
    becomes(other, f"{STATES} === 'now,coming,coming,coming'")
    console.reload()
    becomes(console, f"{TEXTS}[2] === 'The floor is yours.'")
    assert console.locator(".field").count() == 0
    other.close()
    assert done(tmp_path) == [("edit", "s2.en.1", "The floor is yours.")]


def test_what_was_typed_comes_back_in_its_own_line_however_slow_the_server_is(
    console: "Page", journal: Journal, tmp_path: Path
) -> None:
    press(console, "ArrowDown", "ArrowDown", "e", "Control+a", *"The floor is ")
    for number in range(4, 30):
        said(journal, number, f"Phrase {number}.", f"Line {number}.")
    becomes(console, f"{ROWS}.length > 20")
    kept: list[Route] = []
    free: list[bool] = []
    console.route("**/api/session", lambda route: route.continue_() if free else kept.append(route))
    console.reload()
    becomes(console, "document.activeElement.value === 'The floor is '")
    assert console.evaluate("document.activeElement.closest('li').dataset.id") == "s2.en.1"
    free.append(True)  # until here nobody knows what time it is in the room, also who asks again
    for route in kept:
        route.continue_()
    becomes(console, f"{COUNTS}.startsWith('no screen,1.5,open 5')")
    press(console, *"yours.", "Enter")
    until(lambda: done(tmp_path) == [("edit", "s2.en.1", "The floor is yours.")], 10)


def test_what_was_typed_for_a_line_that_goes_meanwhile_is_told(
    console: "Page", journal: Journal, tmp_path: Path
) -> None:
    press(console, "ArrowDown", "e", "Control+a", *"It is full")
    until(lambda: Followed(tmp_path).opened == {"s1.en.1"}, 20)
    journal.append(Withdrawn(id="s1.en.1"))  # it was translated again
    journal.append(Warned(text="that is written"))
    becomes(console, f"{TROUBLES}.includes('that is written')")
    press(console, *" now.", "Enter")
    becomes(console, "document.getElementById('toast').innerText.endsWith('you had typed: “It is full now.”')")
    assert not done(tmp_path)


def test_a_console_that_says_nothing_any_more_holds_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bytes] = []
    opened = Opened(told.append, partial(leave, tmp_path))
    opened.note(Open(id="c", cues=("a",)))
    assert not told  # it has just begun: other consoles may have lines open, too
    monkeypatch.setattr("pipeline.web.screens._QUIET", 0.0)
    opened.look()
    assert told == [b'[{"cue":"a","by":"c"}]']
    assert Followed(tmp_path).opened == {"a"}  # also for what sends the session on
    os.utime(tmp_path / OPENED, (0, 0))
    assert not Followed(tmp_path).opened  # the server died, too
    monkeypatch.setattr("pipeline.web.screens._EVERY", 0.0)
    opened.look()
    assert Followed(tmp_path).opened == {"a"}
    monkeypatch.setattr("pipeline.web.screens.LAPSED", 0.0)
    opened.look()
    assert told[1:] == [b"[]"]
    assert not Followed(tmp_path).opened


def test_a_stream_that_stops_is_asked_about(console: "Page", journal: Journal, tmp_path: Path) -> None:
    press(console, "f")
    becomes(console, "document.getElementById('toast').innerText === 'The stream has not stopped.'")
    journal.append(SourceState(state="lost", stream=20.0))
    becomes(console, f"{TROUBLES}.includes('Has the show ended, or was it dropped?')")
    press(console, "f")
    becomes(console, f"{TROUBLES}.includes('The stream has ended, as was said here')")
    press(console, "z")
    becomes(console, f"{TROUBLES}.includes('Has the show ended, or was it dropped?')")
    console.get_by_role("button", name="It was dropped").click()
    becomes(console, f"{TROUBLES}.includes('The stream is lost') && !{TROUBLES}.includes('Has the show ended')")
    assert console.evaluate(FOCUS) == "list"
    asked = [(action.do, action.value) for action in Actions(tmp_path).new()]
    assert asked == [("ended", 20.0), ("undo", 0.0), ("dropped", 20.0)]
    journal.append(SourceState(state="connected", stream=30.0))
    journal.append(SourceState(state="lost", stream=40.0))
    becomes(console, f"{TROUBLES}.includes('Has the show ended, or was it dropped?')")  # another time


def test_what_was_seen_stays_away_and_last_night_is_past(console: "Page", journal: Journal) -> None:
    for number in range(4):
        journal.append(Warned(text=f"trouble {number}"))
    becomes(console, f"{TROUBLES}.includes('trouble 3') && {TROUBLES}.includes('(1 earlier: under “What went wrong”)')")
    assert "trouble 0" not in console.inner_text("#troubles")
    console.get_by_role("button", name="Seen").click()
    assert console.evaluate(FOCUS) == "list"
    console.reload()
    journal.append(Warned(text="one more"))
    becomes(console, f"{TROUBLES}.includes('one more')")
    assert "trouble" not in console.inner_text("#troubles")
    journal.append(Ended(reason="ended", stream=20.0))
    becomes(console, f"/Past, .*: one more/.test({TROUBLES})")


def test_a_name_is_there_as_both_sides_have_it(console: "Page", journal: Journal, tmp_path: Path) -> None:
    assert console.inner_text("#name") == "Rally, Paris"
    said(journal, 4, "Merci à nos amis de Bruxelles.", "Thanks to our friends in Brussels.")
    becomes(console, f"{ROWS}.length === 5")
    for side, start, end in ((".en", 25, 33), (".source", 20, 29)):
        select(console, 4, side, start, end)
        press(console, "a")
        assert console.input_value("#name-text") == "Bruxelles"
        assert console.input_value("#name-english") == "Brussels"
        press(console, "Escape")
    select(console, 2, ".source", 0, 6)
    press(console, "a", *"Vaubrin", "Enter")  # it was heard as something else
    until(lambda: done(tmp_path) == [("name", "", "Vaubrin = Vaubrin [Phrase]")], 10)
    letters_can_be_switched_off(console)


def test_a_word_is_selected_by_mouse_and_no_name_without_its_english(
    console: "Page", journal: Journal, tmp_path: Path
) -> None:
    for number in range(4, 24):
        said(journal, number, f"Une soirée {number}.", f"An evening {number}.")
    journal.append(Progress(recorded=53.0, heard=53.0, compute=1.0))
    becomes(console, f"{CHOSEN} === 's11.en.1' && {ROWS}[0].dataset.id === 's9.en.1'")
    becomes(console, f"{TROUBLES}.includes('No screen is open') && {TROUBLES}.includes('not running')")
    x, y, width = console.evaluate(f"{WORD}(12, 4)")
    console.mouse.move(x + 1, y)
    becomes(console, f"{ROWS}[0].dataset.id === 's0.en.1'")  # those of before, above
    assert console.evaluate(f"{WORD}(12, 4)") == [x, y, width]
    console.mouse.down()
    journal.append(Progress(recorded=60.5, heard=60.5, compute=1.0))
    becomes(console, f"{CHOSEN} === 's14.en.1'")
    assert console.evaluate(f"{WORD}(12, 4)") == [x, y, width]
    console.mouse.move(x + width - 1, y)
    console.mouse.up()
    assert console.evaluate("getSelection().toString()") == "soirée"
    becomes(console, f"{ROWS}[0].dataset.id === 's2.en.1'")
    console.mouse.dblclick(x + 4, console.evaluate(f"{WORD}(12, 4)")[1])
    assert console.evaluate("getSelection().toString().trim()") == "soirée"
    press(console, "a", "Enter")
    becomes(console, "document.getElementById('toast').innerText.startsWith('Type what “soirée” is in English;')")
    assert (console.input_value("#name-text"), console.input_value("#name-english")) == ("soirée", "")
    press(console, *"party", "Enter")
    until(lambda: done(tmp_path) == [("name", "", "soirée = party")], 10)


CHOSEN = "document.querySelector('.chosen').dataset.id"
WORD = """((number, from) => {
    const text = document.querySelector(`[data-id="s${number}.en.1"] .source`).firstChild;
    const range = new Range();
    range.setStart(text, from);
    range.setEnd(text, from + 6);
    const { x, y, width, height } = range.getBoundingClientRect();
    return [x, y + height / 2, width];
})"""


def select(page: "Page", row: int, side: str, start: int, end: int) -> None:
    """The letters from `start` on, up to `end`, of one side of a line."""
    text = f"{ROWS}[{row}].querySelector('{side}').firstChild"
    page.evaluate(f"getSelection().setBaseAndExtent({text}, {start}, {text}, {end})")


def letters_can_be_switched_off(page: "Page") -> None:
    press(page, "F1")
    page.get_by_role("button", name="Single-letter keys: on").click()
    press(page, "Escape", "b", "ArrowDown", "x")
    assert page.evaluate(STATES) == "now,coming,coming,coming,coming"
    press(page, "Alt+?")
    assert page.evaluate("document.getElementById('keys').open")
