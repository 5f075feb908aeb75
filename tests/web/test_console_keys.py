"""/console in a real Chromium: a key does what the table of keys says of it, whatever the mouse did before."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.asked import Actions
from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.evening import STATES, evening, press

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with evening(tmp_path):
        yield tmp_path


BLOCKED = "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError') } })"


def shown(page: "Page", server: Server) -> "Page":
    page.goto(f"{server.address}/console")
    becomes(page, f"{STATES} === 'now,coming,coming,coming'")
    return page


def asked(folder: Path) -> list[tuple[str, str]]:
    """(what, cue) of everything that was asked."""
    return [(action.do, action.cue) for action in Actions(folder).new()]


def clicked(page: "Page", row: int, button: str) -> None:
    """As with a mouse, which stays there: its buttons are seen."""
    page.locator(".line").nth(row).hover()
    page.locator(".line").nth(row).locator(button).click()


def test_after_a_click_the_keys_are_those_of_the_lines(
    page: "Page", serve: Callable[..., Server], folder: Path
) -> None:
    console = shown(page, serve(folder, "10"))
    clicked(console, 1, ".hold")
    press(console, "ArrowDown", " ")  # the next one, not the first once more
    becomes(console, f"{STATES} === 'now,held,held,coming'")
    clicked(console, 3, ".kill")
    press(console, " ")
    becomes(console, f"{STATES} === 'now,held,held,struck'")
    console.get_by_role("button", name="Top").click()
    press(console, "ArrowUp", " ")
    becomes(console, f"{STATES} === 'now,held,coming,struck'")
    console.fill("#say-text", "Back soon.")
    console.get_by_role("button", name="Show").click()
    press(console, " ")
    becomes(console, f"{STATES}.endsWith(',held,held,struck')")
    box = console.locator("#volume").bounding_box()
    assert box
    for right, below in ((20, 0), (60, 200)):  # let go on the slider, and beside it
        console.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
        console.mouse.down()
        console.mouse.move(box["x"] + right, box["y"] + below, steps=3)
        console.mouse.up()
        press(console, "b", "ArrowUp", "ArrowDown")
    press(console, "x")
    until(lambda: len(asked(folder)) == 14, 20)
    done = ["hold", "hold", "kill", "kill", "place", "send", "say", "hold", "volume", "blank", "volume", "blank"]
    assert [do for do, _ in asked(folder)] == [*done, "kill", "kill"]
    assert asked(folder)[-2:] == [("kill", "s2.en.1"), ("kill", "s2.fr.1")]
    console.click("#help")
    press(console, "Escape", " ")  # not the keys once more
    assert not console.evaluate("document.getElementById('keys').open")


def test_a_control_that_was_come_to_by_keyboard_is_pressed_by_it_also_where_a_browser_keeps_nothing(
    page: "Page", serve: Callable[..., Server], folder: Path
) -> None:
    page.add_init_script(BLOCKED)
    console = shown(page, serve(folder, "10"))
    console.get_by_role("button", name="Larger letters").focus()
    press(console, "Enter", " ")
    console.focus("#volume")
    press(console, "ArrowDown", "n", "ArrowDown", " ")  # N is no key of a slider: the next are those of the lines
    until(lambda: len(asked(folder)) == 5, 20)
    assert asked(folder) == [
        ("size", ""),
        ("size", ""),
        ("volume", ""),
        ("hide", ""),
        ("hold", "s1.en.1"),
    ]
    console.focus(".chosen .hold")
    press(console, "Enter", "ArrowDown", " ")  # the line that is chosen by now
    becomes(console, f"{STATES} === 'now,coming,held,coming'")
    press(console, "?")
    console.locator("#keys table").click()
    press(console, "b", "Escape", "b")
    until(lambda: [do for do, _ in asked(folder)][5:] == ["send", "hold", "blank"], 20)
