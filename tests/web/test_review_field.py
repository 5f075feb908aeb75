"""/review, the field: the caret is where it was, and its keys do what those of any text editor do."""

from typing import TYPE_CHECKING

from tests.web.conftest import becomes
from tests.web.test_review import FIELD, KEPT, LINES, desk, folder, press, server
from tests.web.test_review_lost import FULL

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
CARET = "document.getElementById('field').selectionStart"


def test_a_reload_in_mid_word_leaves_the_caret_where_it_was(desk: "Page") -> None:
    """A page that is left has no time to write to the disk."""
    press(desk, "Alt+ArrowDown", *["ArrowRight"] * 4)
    becomes(desk, KEPT)
    desk.evaluate(FULL)
    press(desk, *"full")
    desk.reload()
    becomes(desk, f"window.livesubs && document.activeElement.id === 'field' && {FIELD}.startsWith('Thisfull hall')")
    assert desk.evaluate(CARET) == len("Thisfull")
    press(desk, "Escape", "End")
    becomes(desk, KEPT)
    desk.reload()
    becomes(desk, f"window.livesubs && document.activeElement.id === 'field' && {FIELD} === '{LINES[1][1]}'")
    assert desk.evaluate(CARET) == len(LINES[1][1])
