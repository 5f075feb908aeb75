"""/console in a real Chromium, of a session that says words as they are spoken (`--policy stream`)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.asked import Actions
from tests.test_director import state
from tests.waiting import until
from tests.web.asking import ask
from tests.web.conftest import Server, becomes
from tests.web.evening import COUNTS, LINES, STATES, TEXTS, evening, press
from tests.web.test_console_truth import TROUBLES, told

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def server(tmp_path: Path, serve: Callable[..., Server]) -> Iterator[Server]:
    with evening(tmp_path, policy="stream"):
        yield serve(tmp_path, "10")


@pytest.fixture
def console(page: "Page", server: Server) -> "Page":
    """With an overlay beside it, and no screen."""
    page.context.new_page().goto(f"{server.address}/overlay")
    page.goto(f"{server.address}/console")
    becomes(page, f"{TROUBLES}.includes('The overlay shows each line as it is said')")
    return page


def test_what_the_overlay_has_shown_is_not_counted_down_nor_held(console: "Page", server: Server) -> None:
    becomes(console, f"{COUNTS} === 'over,over,on the overlay,on the overlay'")
    assert console.inner_text("#wall-text").splitlines() == LINES[2:]
    assert "no screen" not in console.inner_text("body").lower()
    becomes(console, "!document.querySelector('#health .warn')")
    assert "The picture is nearly used up" not in console.inner_text("#troubles")
    assert console.locator(".line .hold:visible").count() == 0
    press(console, "x")
    toast = "document.getElementById('toast').innerText"
    becomes(console, f"{toast}.startsWith('Killed in English and French, the overlay has shown it: “Thank')")
    becomes(console, f"{STATES} === 'past,past,now,struck'")
    as_before = f"{COUNTS}.startsWith('shown,on screen,1.3') && !{TROUBLES}.includes('The overlay shows each line')"
    told(console, server, as_before, stream=13.2, shown=["s0.en.1"], on=["s1.en.1"])


@pytest.mark.parametrize("others", ["", "/overlay?delay=10", "/read"])
def test_where_nobody_is_ahead_the_screens_are_reckoned(others: str, page: "Page", server: Server) -> None:
    """A delay was asked for, and phones keep it."""
    if others:
        page.context.new_page().goto(f"{server.address}{others}")
        until(lambda: json.loads(ask(server.port, "/api/health").body)["viewers"] == 1, 20)
    page.goto(f"{server.address}/console")
    becomes(page, f"{STATES} === 'now,coming,coming,coming' && {TROUBLES}.includes('No screen is open')")


def test_what_is_typed_stands_where_the_overlay_is(console: "Page", tmp_path: Path) -> None:
    press(console, "y", *"Back soon.", "Enter")
    becomes(console, f"{TEXTS}.at(-1) === 'Back soon.'")
    until(lambda: len(state(tmp_path).cues) == 9, 10)
    [typed] = [cue for cue in state(tmp_path).cues.values() if "typed" in cue.flags]
    assert typed.start >= 20.0
    assert typed.end - typed.start >= 3.5
    press(console, "i", "o")
    until(lambda: len(done := [*Actions(tmp_path).new()]) == 3 and [one.value for one in done[1:]] == [20.0, 20.0], 10)
