"""/review: what it says of what was done and of what is left is so."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.test_review import FIELD, LINES, TEXTS, desk, folder, opened, press, server, texts

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
TOAST = "document.getElementById('toast').innerText"
QUEUE = "document.getElementById('queue').innerText"


def test_one_may_stop_where_nothing_is_wrong_any_more(desk: "Page", folder: Path) -> None:
    becomes(desk, f"{QUEUE}.endsWith('hardly a fault is to be expected: after these you may stop.')")
    press(desk, "F8", "End", *"  More.", "Control+Enter", "F8", "Control+Enter")
    becomes(
        desk,
        f"{QUEUE}.includes('All 2 that stand out') && {QUEUE}.endsWith('There is still 1 fault by netflix-en: F4.')",
    )
    press(desk, "F4")
    becomes(desk, f"{FIELD}.endsWith('  More.') && document.querySelector('#check .fix')")
    press(desk, "Alt+x")
    becomes(desk, f"{QUEUE}.endsWith('you may stop here.')")


def test_what_was_replaced_in_one_go_is_undone_in_one_go(desk: "Page", folder: Path) -> None:
    before, after = ("|".join(text.replace("o", new) for _, text in LINES) for new in ("o", "0"))
    press(desk, "Control+f", *"o", "Tab", *"0")
    becomes(desk, "document.getElementById('find-replace').innerText === 'Replace 9'")
    desk.focus("#find-replace")
    press(desk, "Enter")
    becomes(desk, f"{TOAST} === '4 lines changed' && {TEXTS}.join('|') === '{after}'")
    press(desk, "Control+z")
    becomes(desk, f"{TOAST} === 'Undone: a replacement in 4 lines' && {TEXTS}.join('|') === '{before}'")
    press(desk, "Control+y")
    becomes(desk, f"{TOAST} === 'Done again: a replacement in 4 lines' && {TEXTS}.join('|') === '{after}'")
    desk.reload()
    becomes(desk, "window.livesubs && document.activeElement.id === 'field'")
    press(desk, "Control+z")
    until(lambda: "|".join(texts(folder)) == before, 20)


def test_a_split_is_between_words_and_what_is_just_split_merges_back(desk: "Page", folder: Path) -> None:
    def split(at: int, *parts: str) -> None:
        press(desk, "Control+Home", *["ArrowRight"] * at, "Alt+Enter")
        becomes(desk, f"{TEXTS}.slice(1, 3).join('|') === '{'|'.join(parts)}' && {FIELD} === '{parts[1]}'")
        assert desk.evaluate("livesubs.player.stream >= livesubs.cue.start")
        press(desk, "Alt+m")
        becomes(desk, f"{FIELD} === '{LINES[1][1]}'")

    before = state(folder).track("en")
    press(desk, "Alt+ArrowDown")
    split(6, "This", "hall is full tonight.")  # This h|all: at the nearer end of the word
    split(8, "This hall", "is full tonight.")
    split(1, "This", "hall is full tonight.")  # no line is empty
    until(
        lambda: (
            [(c.text, c.start, c.end) for c in state(folder).track("en")] == [(c.text, c.start, c.end) for c in before]
        ),
        20,
    )
    press(desk, "Control+a", *"Thisisoneword", "Home", "ArrowRight", "Alt+Enter")
    becomes(desk, f"{TOAST} === 'Put the caret where the second line is to begin.'")


def test_no_fault_is_told_as_none_and_what_is_told_covers_no_line(desk: "Page") -> None:
    press(desk, "End")
    desk.keyboard.insert_text(" And it is so hot that nobody can sleep.")
    press(desk, "Alt+x")
    becomes(desk, f"{TOAST} === 'Changed as it was offered'")  # though the answer had not come when it was pressed
    becomes(desk, "livesubs.edits.settled")
    press(desk, "Control+a")
    desk.keyboard.insert_text("Nobodywhoishereinthishallcaneverreadallofthis.")
    press(desk, "Alt+x")
    becomes(desk, f"{TOAST}.startsWith('No change is offered for what is wrong here')")
    box = "document.getElementById('{}').getBoundingClientRect()"
    assert desk.evaluate(f"{box.format('toast')}.left > {box.format('list')}.right")
    title = "document.querySelector('.row.chosen .marks .wrong')?.title"
    becomes(desk, f"{title} === 'a line with more characters than allowed'")
    press(desk, "F1")
    assert "a line with more characters than allowed" in desk.inner_text("#legend")
    press(desk, "Escape")
    for typed in ("0:99:99", "0:61", "1.5:20"):
        press(desk, "Alt+a", *typed, "Enter")
        assert desk.inner_text("#toast").startswith(f"“{typed}” is no time: write 12.3")
        press(desk, "Escape")
    for where, to in (([300, 60], [300, 170]), ([300, 650], [340, 650])):  # a mouse that slips takes no focus
        desk.mouse.move(*where)
        desk.mouse.down()
        desk.mouse.move(*to, steps=3)
        desk.mouse.up()
        assert desk.evaluate("document.activeElement.id") == "field"


def test_what_could_not_be_asked_says_why_and_is_asked_again_and_the_problem_before_is_that_before_the_last(
    page: "Page", server: Server
) -> None:
    slow = re.compile("/api/(faults|queue|suppressed)")
    page.route(slow, lambda route: route.fulfill(status=507, body='{"error": "The disk is full."}'))
    opened(page, server)
    for key in ("F4", "F8", "Alt+b"):
        page.evaluate("livesubs.tell('')")
        press(page, key)
        becomes(page, f"{TOAST} === 'The disk is full.'")
    page.unroute(slow)
    for key, none in (("Alt+b", "Nothing was kept back or deleted."), ("F4", "No line breaks a rule of the profile.")):
        press(page, key)
        becomes(page, f"{TOAST} === '{none}'")
    page.evaluate("livesubs.feed._events.close()")  # it is connected anew in a second
    becomes(page, f"{QUEUE}.includes('2 of 2 left')")
    press(page, "Shift+F8")
    becomes(page, f"{TOAST} === 'This line is not among those that stand out: F8 leads to the first.'")
    press(page, "F8", "F8", "Alt+ArrowUp")
    for line in (LINES[3], LINES[1]):
        press(page, "Shift+F8")
        becomes(page, f"{FIELD} === '{line[1]}'")
    press(page, "Alt+ArrowDown", "Shift+F8")  # as one has gone on
    becomes(page, f"{FIELD} === '{LINES[1][1]}'")
    press(page, "Shift+F8")
    becomes(page, f"{TOAST} === 'That is the first.'")


HOLD = """() => {
    const asked = window.fetch;
    window.held = [];
    window.fetch = async (address, ...how) => {
        const held = ["/api/check", "/api/words"].some((one) => String(address).startsWith(one));
        if (held) await new Promise((free) => window.held.push(free));
        return asked(address, ...how);
    };
    livesubs.check._last = null;
}"""
"""A network that is slow, until it is `free`; of the line nothing is known yet."""
FREE = "held.splice(0).forEach((free) => free())"


def test_what_is_typed_while_an_answer_is_awaited_is_not_written_over(desk: "Page", folder: Path) -> None:
    press(desk, "End", *"  More")
    desk.evaluate(HOLD)
    for keys, more in ((["Alt+x"], " one"), (["Control+Home", *["ArrowRight"] * 4, "Alt+Enter"], " two")):
        desk.evaluate("livesubs.heard._words._known.clear()")
        press(desk, *keys)
        becomes(desk, "held.length > 0")
        press(desk, *more)
        desk.evaluate(FREE)
        becomes(desk, f"{TOAST} === 'You changed the line meanwhile: press it again.'")
        assert more in desk.input_value("#field")
        desk.evaluate("document.getElementById('toast').textContent = ''")
    press(desk, "Control+s")
    until(lambda: texts(folder)[0] == "Good two evening.  More one", 20)


def test_however_much_is_wrong_the_page_is_as_wide_as_the_window(desk: "Page") -> None:
    becomes(desk, "document.getElementById('faults').innerText !== ''")
    desk.evaluate("document.getElementById('faults').append('and one more fault, '.repeat(20))")
    assert desk.evaluate("document.querySelector('header [data-do=help]').getBoundingClientRect().right <= innerWidth")
    assert desk.evaluate("document.getElementById('line').getBoundingClientRect().right <= innerWidth")
