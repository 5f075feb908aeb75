"""/review: words that the server does not take, or whose line is gone, are not lost, and go nowhere else."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.test_review import FIELD, LINES, desk, drafts, folder, opened, press, server, texts
from tests.web.test_review_two import TOAST, WAITS

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
SAVED = "document.getElementById('saved').innerText"


def test_what_was_typed_for_one_session_does_not_go_to_the_next_one_at_its_address(
    desk: "Page", server: Server, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """All sessions call their lines alike."""
    following = Path(shutil.copytree(folder, tmp_path_factory.mktemp("next") / "session"))
    journal = following / "journal.jsonl"
    journal.write_text(journal.read_text("utf-8").replace("1750000000", "1760000000"), "utf-8")
    server.kill()
    press(desk, "End", *" Mine")
    becomes(desk, f"{SAVED}.startsWith('Not on the server yet: 1.')")
    with desk.expect_navigation():
        server.serve_next(following)
    becomes(desk, f"window.livesubs?.feed.session?.began_at === 1760000000 && {FIELD} === '{LINES[0][1]}'")
    assert drafts(following) in ("", "{}")
    with desk.expect_navigation():
        server.serve_next(folder)
    becomes(desk, f"window.livesubs?.feed.session?.began_at === 1750000000 && {FIELD} === '{LINES[0][1]} Mine'")
    until(lambda: " Mine" in drafts(folder), 20)
    assert drafts(following) in ("", "{}")


def test_what_has_no_line_any_more_is_shown_and_what_the_server_does_not_take_is_told(
    page: "Page", server: Server, folder: Path
) -> None:
    draft = {"lang": "en", "text": "And so on", "start": 21.0, "end": 24.0, "rev": 1, "by": "b-w"}
    (folder / "drafts.json").write_text(json.dumps({"s9.en.1": [draft]}), "utf-8")
    opened(page, server)
    becomes(page, f"{WAITS}.includes('not there any more') && {WAITS}.includes('And so on')")
    until(lambda: drafts(folder) == "{}", 20)
    press(page, "Alt+y")
    until(lambda: texts(folder)[-1] == "And so on", 20)
    becomes(page, "!livesubs.edits.unsure")
    press(page, "Alt+ArrowUp", "Control+a", "Delete", "Alt+ArrowUp")
    becomes(page, f"{TOAST}.startsWith('An empty line is no change')")
    becomes(page, "document.querySelectorAll('.row')[3].querySelector('.text').innerText === 'Thank you so much.'")
    until(lambda: drafts(folder) == "{}", 20)
    many = {"s1.en.1": [draft | {"by": f"b-{number}"} for number in range(500)]}
    (folder / "drafts.json").write_text(json.dumps(many), "utf-8")
    becomes(page, "livesubs.drafts._known.get('s1.en.1')?.size === 500")
    press(page, "End", *" Mine")
    becomes(page, f"{SAVED}.startsWith('Not on the server yet: 1. 500 lines are begun and not finished')")
    becomes(page, f"{SAVED}.endsWith('this browser has it.')")
    page.reload()
    becomes(page, f"window.livesubs && {FIELD} === '{LINES[2][1]} Mine'")
    press(page, "Control+s")
    until(lambda: texts(folder)[2] == f"{LINES[2][1]} Mine", 20)


FULL = """async () => {
    window.put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...value) {
        const asked = put.apply(this, value);
        this.transaction.abort();
        return asked;
    };
}"""
"""No write is done: as on a disk that is full."""
NEWER = """() => new Promise((done) => {
    const asked = indexedDB.open('livesubs desk', 9);
    asked.onsuccess = () => (asked.result.close(), (indexedDB.deleteDatabase('livesubs desk').onsuccess = done));
})"""
"""As by a newer version of the desk, which is gone again."""


def test_what_this_browser_could_not_write_is_written_as_soon_as_it_can(
    desk: "Page", server: Server, folder: Path
) -> None:
    server.kill()
    desk.evaluate(FULL)
    press(desk, "End", *" Mine")
    becomes(desk, f"{SAVED}.endsWith('It is tried again; leave this page open.')")
    desk.evaluate("void (IDBObjectStore.prototype.put = put)")
    becomes(desk, f"{SAVED}.endsWith('this browser has it.')")
    desk.evaluate(NEWER)
    press(desk, *" too")
    becomes(desk, f"{SAVED}.endsWith('this browser has it.')")
    desk.evaluate("localStorage.setItem('livesubs.desk late livesubs.desk refused 1750000000 other', '[]')")
    desk.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert desk.evaluate("localStorage.length") == 1
    desk.evaluate("localStorage.clear()")
    desk.goto("about:blank")
    server.start()
    opened(desk, server)
    becomes(desk, f"{FIELD} === '{LINES[0][1]} Mine too'")
