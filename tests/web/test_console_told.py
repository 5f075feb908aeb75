"""/console in a real Chromium: what it tells without being asked, and how that goes again."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.asked import Actions
from pipeline.events import Ended, Event, Gap, Hypothesis, Progress, Recovered, Resumed, Skipped, SourceState, Warned
from pipeline.flow import SystemClock
from pipeline.journal import Entry, Journal, lock
from pipeline.state import State
from pipeline.web.health import Health
from tests.waiting import until
from tests.web.asking import ask
from tests.web.conftest import Server, becomes
from tests.web.evening import COUNTS, LINES, ROWS, STATES, done, evening, press

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TROUBLES = "document.getElementById('troubles').innerText"
TOAST = "document.getElementById('toast').innerText"
APART = """(() => {
    const places = ["toast", "list", "panel"].map((id) => document.getElementById(id).getBoundingClientRect());
    const [toast, ...others] = places;
    return others.every((one) => one.right <= toast.left || one.left >= toast.right || one.bottom <= toast.top);
})()"""
BESIDE = """(() => {
    const [toast, panel] = ["toast", "panel"].map((id) => document.getElementById(id).getBoundingClientRect());
    return toast.height > 0 && toast.right <= panel.left;
})()"""
CHOSEN = f"{ROWS}.findIndex((row) => row.classList.contains('chosen'))"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with evening(tmp_path) as journal:
        yield journal


@pytest.fixture
def server(journal: Journal, tmp_path: Path, serve: Callable[..., Server]) -> Server:
    return serve(tmp_path, "10")


@pytest.fixture
def console(page: "Page", server: Server) -> "Page":
    page.goto(f"{server.address}/console")
    becomes(page, f"{STATES} === 'now,coming,coming,coming'")
    return page


def told(page: "Page", server: Server, condition: str, **report: Any) -> None:
    """Waits for what the console says to what a screen reports, which goes on reporting."""
    screen = json.dumps({"id": "wall", "state": "paused", "stream": 11.0, "delay": 9.0, **report})
    until(lambda: ask(server.port, "/api/screens", screen).status == 204 and page.evaluate(condition), 20)


def test_a_stream_that_is_back_although_it_had_ended_is_told_with_what_the_room_sees(
    console: "Page", server: Server, journal: Journal, tmp_path: Path
) -> None:
    journal.append(SourceState(state="lost", stream=20.0))
    becomes(console, f"{TROUBLES}.includes('Has the show ended, or was it dropped?')")
    press(console, "f")
    becomes(console, f"{TROUBLES}.includes('The stream has ended, as was said here')")
    for event in (SourceState(state="opening", stream=20.0), Warned(text="that is written")):
        journal.append(event)
    becomes(console, f"{TROUBLES}.includes('that is written')")
    assert "The stream has ended, as was said here" in console.inner_text("#troubles")
    journal.append(SourceState(state="connected", stream=24.0))
    journal.append(Progress(recorded=26.0, heard=26.0, compute=1.0))
    becomes(console, f"{TROUBLES}.includes('The stream is back, but somebody said here that it had ended')")
    becomes(console, f"{TROUBLES}.includes('The room sees “The end” in 0:04')")  # it is 10 s behind
    console.get_by_role("button", name="Go on").click()
    becomes(console, f"!{TROUBLES}.includes('had ended') && {TROUBLES}.includes('The room will see a card')")
    assert [(action.do, action.value) for action in Actions(tmp_path).new()] == [("ended", 20.0), ("dropped", 20.0)]
    card = {"state": "gap", "card": "One moment, please\nA part of the stream is missing."}
    told(console, server, f"{TROUBLES}.includes('The room sees a card')", stream=22.0, **card)
    told(console, server, f"!{TROUBLES}.includes('The stream is back')", stream=24.2, state="playing")


def test_a_session_that_died_is_told_until_it_runs_again(console: "Page", journal: Journal, tmp_path: Path) -> None:
    with lock(tmp_path):
        becomes(console, f"{TROUBLES}.includes('No screen is open') && !{TROUBLES}.includes('not running')")
    becomes(console, f"/not running: nothing is recorded since [0-9:]+\\. It goes on/.test({TROUBLES})")
    with lock(tmp_path):
        becomes(console, f"!{TROUBLES}.includes('not running')")
    journal.append(Ended(reason="failed", stream=20.0))
    becomes(console, f"/To go on, type in a terminal: .* run --resume .*{tmp_path.name}/.test({TROUBLES})")


class Earlier(SystemClock):
    def now(self) -> float:
        return super().now() - 600


def test_a_warning_is_told_as_over_and_goes_but_for_the_list_of_them(
    console: "Page", journal: Journal, tmp_path: Path
) -> None:
    top = f"{ROWS}[0].getBoundingClientRect().top"
    becomes(console, f"{TROUBLES}.includes('No screen is open')")  # the health's figures take the rows that they need
    before = console.evaluate(f"[{top}, document.getElementById('troubles').offsetHeight]")
    journal.append(Warned(text="nothing has come; check the port (1; 2), or start it", about="source"))
    becomes(console, f"/[0-9]: nothing has come/.test({TROUBLES})")
    assert console.evaluate("document.getElementById('troubles').offsetHeight") > before[1]
    assert console.evaluate(top) == before[0]  # no line moves under the mouse
    assert "over since" not in console.inner_text("#troubles")
    journal.append(Warned(text="the stream is back", about="source", good=True))
    becomes(console, f"/[0-9]+:[0-9]+, over since [0-9]+:[0-9]+: nothing has come/.test({TROUBLES})")
    assert "check the port" not in console.inner_text("#troubles")  # nobody has to any more
    with Journal(tmp_path, Earlier()) as earlier:
        earlier.append(Warned(text="the recogniser died", about="recogniser"))
        earlier.append(Hypothesis(heard=20.0))
    past = "document.getElementById('past').innerText"
    becomes(console, f"/over since [0-9:]+: the recogniser died/.test({past}) && {past}.includes('nothing has come')")
    assert "recogniser" not in console.inner_text("#troubles")


WRONG = Warned(text="wrong", about="stream")
SOURCE = Warned(text="lost", about="source")
UNHEARD = Skipped(start=5.0, end=9.0, reason="too slow", later=True)


@pytest.mark.parametrize(
    ("alarm", "event", "over"),
    [
        (WRONG, Warned(text="well", about="stream", good=True), True),
        (WRONG, Warned(text="well", about="another", good=True), False),
        (WRONG, Warned(text="wrong again", about="stream"), False),
        (Warned(text="wrong"), Warned(text="well", good=True), False),
        (SOURCE, SourceState(state="connected", stream=1.0), True),
        (SOURCE, SourceState(state="opening", stream=1.0), False),
        (WRONG, SourceState(state="connected", stream=1.0), False),
        (UNHEARD, Recovered(start=5.0, end=9.0), True),
        (UNHEARD, Recovered(start=10.0, end=12.0), False),
    ],
)
def test_what_was_wrong_is_over_with_what_says_so(alarm: Event, event: Event, over: bool, tmp_path: Path) -> None:
    health = Health(tmp_path)
    health.note(Entry(1, 10.0, alarm))
    health.note(Entry(2, 20.0, event))
    assert health.facts(State(), 0)["warnings"][0]["over"] == (20.0 if over else None)


def test_a_gap_is_over_when_it_is_known(tmp_path: Path) -> None:
    health = Health(tmp_path)
    health.note(Entry(1, 10.0, Gap(start=5.0, end=9.0, reason="the connection was lost")))
    (told,) = health.facts(State(), 0)["warnings"]
    assert (told["at"], told["over"]) == (10.0, 10.0)


def test_that_a_session_died_is_told_with_how_long_it_recorded_nothing(tmp_path: Path) -> None:
    health, on = Health(tmp_path), Resumed(stream=5.0, heard=4.0)
    for at, event in (
        (10.0, Progress(recorded=5.0, heard=4.0, compute=1.0)),
        (70.0, on),
        (80.0, Ended(reason="stopped", stream=9.0)),
        (90.0, on),
    ):
        health.note(Entry(1, at, event))
    (told,) = health.facts(State(), 0)["warnings"]  # who stopped it knows why it was stopped
    assert (told["at"], told["over"]) == (10.0, 70.0)
    assert "recorded nothing" in told["text"]


def test_the_delay_says_why_it_is_what_it_is(console: "Page", server: Server) -> None:
    note = "document.getElementById('delay-note').innerText"
    becomes(console, f"{note} === 'As started: 10 s (--delay).'")
    told(console, server, f"{note}.includes('16 s for now: lines took up to 14 s in the last minute; less again')",
        wanted=15.5, asked=10.0, late=14.0)  # fmt: skip
    press(console, "]")
    told(console, server, f"{note} === 'Set here; started with 10 s.'", wanted=20.0, asked=20.0, late=14.0)
    behind = "document.getElementById('delay').innerText"
    told(console, server, f"{behind} === '104 s behind live, going to 21'", state="playing", delay=104.0)
    told(console, server, f"{behind} === '21 s behind live'", state="playing", delay=21.2)
    there = "document.getElementById('wall-state').innerText.startsWith('00:00:19')"
    told(console, server, f"{behind} === '21 s behind live' && {there}", state="playing", delay=23.2, stream=19.0)
    behind_more = {"state": "playing", "wanted": 20.0}
    slow = f"{TROUBLES}.includes('A screen is 108 s behind instead of 20. It cannot play fast enough')"
    told(console, server, f"{behind}.startsWith('106 s')", delay=106.0, **behind_more)
    assert "fast enough" not in console.inner_text("#troubles")  # it may be so after a gap, and gets less
    told(console, server, slow, delay=108.0, **behind_more)
    told(console, server, f"!{TROUBLES}.includes('fast enough')", delay=106.0, **behind_more)


def test_a_delay_that_nobody_gave_is_not_told_as_given(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with evening(tmp_path):
        page.goto(f"{serve(tmp_path, delay='').address}/console")
        becomes(page, "document.getElementById('delay-note').innerText === 'As started: 30 s (no --delay was given).'")


def test_the_room_sees_a_card_and_the_console_too(
    console: "Page", server: Server, journal: Journal, tmp_path: Path
) -> None:
    wall = "document.getElementById('wall-text').innerText"
    journal.append(SourceState(state="lost", stream=20.0))
    told(console, server, f"{TROUBLES}.includes('The room has 0:09 of picture left. The stream is lost')", margin=-5.0)
    assert "give the screens more delay" not in console.inner_text("#troubles")  # none are read
    told(console, server, f"{wall} === 'One moment, please\\nThe stream is late.'",
        stream=10.5, state="starved", card="One moment, please\nThe stream is late.")  # fmt: skip
    assert console.evaluate(COUNTS) == "not on screen,waits,waits,waits"
    becomes(console, f"{TROUBLES}.includes('The room has run out of picture: it sees “One moment, please”.')")
    assert "Picture left\nnone" in console.inner_text("#health")
    press(console, "c")
    becomes(console, f"{TOAST} === 'There is nothing newer yet: the stream is lost.'")
    assert not done(tmp_path)
    told(console, server, f"{COUNTS}.endsWith('after the end') && {wall} === 'The end'", state="ended", card="The end")
    assert console.evaluate(COUNTS).startswith("over,after the end")
    assert console.inner_text("#delay") == "at the end"
    becomes(
        console, "/Phones, overlays\\n0$/.test(document.getElementById('health').innerText)"
    )  # the wall is a screen
    told(console, server, f"{TROUBLES}.includes('give the screens more delay with ]')", state="playing", margin=1.0)


def test_the_end_of_the_show_is_told_before_the_room_sees_it_also_of_a_session_that_has_ended(
    console: "Page", server: Server, journal: Journal
) -> None:
    press(console, *["ArrowDown"] * 3, "o")
    becomes(console, f"{TOAST} === 'The show ends at 00:00:17: the room sees “The end” in 0:08; Z takes that back'")
    assert console.evaluate(APART)  # the toast covers no line ...
    assert console.evaluate(BESIDE)  # ... and no control, whatever else is told meanwhile
    journal.append(Ended(reason="ended", stream=20.0))
    told(console, server, f"{TROUBLES}.includes('The room sees “The end” in 0:07. The show ends there')")
    press(console, "z")
    told(console, server, f"!{TROUBLES}.includes('The end')")


def test_a_correction_says_what_the_screen_has_no_room_for_and_what_is_too_late_for_the_room(
    console: "Page", server: Server, tmp_path: Path
) -> None:
    remarks = f"{ROWS}[2].querySelector('.remarks').innerText"
    press(console, "ArrowDown", "ArrowDown", "e")
    console.keyboard.insert_text(" Nobody can move, and the doors were closed an hour ago.")
    becomes(
        console,
        f"{remarks} === '3 lines on the screen, which has room for 2: leave out 4 characters, as many as “ago.”'",
    )
    press(console, "Escape")
    assert console.evaluate(CHOSEN) == 2  # the hand stays there
    press(console, "ArrowDown")
    assert console.evaluate(CHOSEN) == 3
    told(console, server, f"{STATES} === 'past,now,coming,coming'", stream=12.0, on=["s1.en.1"], shown=["s0.en.1"])
    press(console, *["ArrowUp"] * 3, "e", *" All.", "Enter")
    becomes(console, f"{TOAST} === 'Changed in the files alone, the room has seen the old text: “{LINES[0]} All.”'")
    until(lambda: done(tmp_path) == [("edit", "s0.en.1", f"{LINES[0]} All.")], 10)


def test_after_a_name_was_added_the_controls_are_where_they_were(console: "Page") -> None:
    console.set_viewport_size({"width": 1280, "height": 600})
    press(console, "a", *"Vaubrin")
    assert console.evaluate("document.getElementById('panel').scrollTop") > 0
    press(console, "Enter")
    becomes(console, f"{TOAST} === 'Vaubrin is in the glossary'")
    assert console.evaluate("document.getElementById('panel').scrollTop") == 0


def test_on_a_phone_what_is_wrong_takes_two_lines_and_leaves_the_rest_in_reach(
    chromium: "Browser", server: Server, journal: Journal
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    phone = context.new_page()
    phone.goto(f"{server.address}/console")
    for number in range(3):
        journal.append(Warned(text=f"trouble {number}: look at this and that, and then at the other"))
    becomes(phone, f"{STATES} === 'now,coming,coming,coming' && {ROWS}.length === 4")
    becomes(phone, "document.getElementById('rows').children.length >= 4")
    server.kill()
    becomes(phone, f"{TROUBLES}.includes('The page server does not answer')")
    assert phone.evaluate("document.getElementById('troubles').offsetHeight") <= 60
    server.start()
    journal.append(SourceState(state="lost", stream=20.0))
    becomes(phone, f"{TROUBLES}.startsWith('The room has 0:10 of picture left.')")
    assert phone.evaluate("((said) => said.scrollHeight <= said.clientHeight + 1)(document.querySelector('.said'))")
    ask(server.port, "/api/actions", '{"id": "f", "do": "ended", "value": 20}')
    becomes(phone, f"{TROUBLES}.includes('“Undo” takes that back')")
    phone.get_by_role("button", name="All").tap()
    becomes(phone, f"{TROUBLES}.includes('trouble 0')")
    context.close()
