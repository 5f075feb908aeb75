"""/review, what is typed and no edit yet: nobody else makes an edit of it, and nothing of it is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.desk_evening import kill, started
from tests.web.test_review import FIELD, KEPT, asked, desk, drafts, folder, opened, press, server, texts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["desk", "folder", "server"]
ELSEWHERE = "document.getElementById('elsewhere').innerText"
SAVED = "document.getElementById('saved').innerText"


@pytest.fixture
def other(chromium: "Browser", desk: "Page", server: Server) -> Iterator["Page"]:
    """The desk on another machine."""
    context = chromium.new_context()
    yield opened(context.new_page(), server)
    context.close()


def test_what_another_window_is_typing_is_shown_and_taken_up_only_when_that_is_gone(
    desk: "Page", other: "Page", folder: Path, server: Server
) -> None:
    beside = opened(desk.context.new_page(), server)
    press(desk, "End", *" Half")
    until(lambda: " Half" in drafts(folder), 20)
    for window, whose in ((other, "somebody else"), (beside, "another window of this browser")):
        press(window, "Alt+ArrowDown", "Alt+ArrowUp")
        becomes(window, f"{ELSEWHERE} === 'Being typed by {whose}:\\nGood evening. Half'")
        assert window.input_value("#field") == "Good evening."
        press(window, "Alt+ArrowDown")
    press(other, "Alt+ArrowUp", "End", *" Mine")
    becomes(desk, f"{ELSEWHERE}.includes('Good evening. Mine') && {ELSEWHERE}.includes('You both write here.')")
    assert " Half" in drafts(folder)
    assert " Mine" in drafts(folder)
    other.evaluate("livesubs.feed._events.close()")  # it is connected anew in a second
    press(desk, "Escape")
    until(lambda: " Half" not in drafts(folder), 20)
    becomes(other, f"livesubs.feed.told && {ELSEWHERE} === ''")
    press(other, "Escape")
    press(desk, *" Half")
    becomes(other, f"{ELSEWHERE}.startsWith('Being typed by somebody else:')")
    assert not asked(folder)
    desk.close()
    becomes(other, f"{ELSEWHERE}.startsWith('Begun by somebody else, and left:')")
    for _ in range(2):
        press(other, "Alt+ArrowDown", "Alt+ArrowUp")
        becomes(other, f"{FIELD} === 'Good evening. Half' && {ELSEWHERE}.startsWith('Begun by somebody who is gone.')")
    assert not asked(folder)
    press(other, "End", *" way", "Alt+ArrowDown")
    until(lambda: texts(folder)[0] == "Good evening. Half way" and drafts(folder) == "{}", 20)


def test_what_only_the_browser_has_is_there_though_that_and_the_server_are_killed(
    chromium: "Browser", server: Server, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    profile = tmp_path_factory.mktemp("profile")
    there = chromium.browser_type.connect_over_cdp
    with started(profile) as (address, process):
        page = opened(there(address).contexts[0].pages[0], server)
        server.kill()
        press(page, "End", *" Accepted", "Control+Enter", "End", *" Begun")
        becomes(page, f"{SAVED}.startsWith('Not on the server yet: 3.') && {SAVED}.endsWith('this browser has it.')")
        kill(process)
    server.start()
    with started(profile) as (address, _):
        page = opened(there(address).contexts[0].pages[0], server)
        page.evaluate("livesubs.select('s1.en.1')")  # it is kept four times a second where one was
        becomes(page, f"{FIELD}.endsWith(' Begun') && {KEPT}")
        until(lambda: " Begun" in drafts(folder) and texts(folder)[0].endswith(" Accepted"), 20)
        press(page, "Alt+ArrowUp")  # of the same browser: one's own
        until(lambda: texts(folder)[1].endswith(" Begun"), 20)
