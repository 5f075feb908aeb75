"""/review: what it says of what was done and of what is left is so."""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.web.conftest import becomes
from tests.web.test_review import FIELD, desk, folder, press, server

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
QUEUE = "document.getElementById('queue').innerText"


def test_one_may_stop_where_nothing_is_wrong_any_more(desk: "Page", folder: Path) -> None:
    becomes(desk, f"{QUEUE}.endsWith('hardly a fault is to be expected: you may stop here.')")
    press(desk, "F8", "End", *"  More.", "Control+Enter", "F8", "Control+Enter")
    becomes(
        desk,
        f"{QUEUE}.includes('All 2 that stand out') && {QUEUE}.endsWith('There is still 1 fault by netflix-en: F4.')",
    )
    press(desk, "F4")
    becomes(desk, f"{FIELD}.endsWith('  More.') && document.querySelector('#check .fix')")
    press(desk, "Alt+x")
    becomes(desk, f"{QUEUE}.endsWith('you may stop here.')")
