"""/review: what is asked of the server, or of the editor, is about the lines as they are."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.asked import keep
from pipeline.events import Edit
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import becomes
from tests.web.test_review import FIELD, LINES, TEXTS, desk, folder, press, server, texts

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

__all__ = ["desk", "folder", "server"]
TOAST = "document.getElementById('toast').innerText"
WAITS = "document.getElementById('waits').innerText"


def test_a_line_that_is_gone_after_a_break_is_not_kept_by_what_was_expected(desk: "Page", folder: Path) -> None:
    press(desk, "End", *" More.")
    desk.evaluate("livesubs.feed._take = () => {}")  # the connection breaks before the line is told
    press(desk, "Control+s")
    until(lambda: texts(folder)[0].endswith(" More."), 20)
    now = state(folder).cues["s0.en.1"]
    keep(folder, Edit(id="elsewhere", did="delete", before=((now.id, now.rev),), after=()))
    until(lambda: len(texts(folder)) == 3, 20)
    desk.evaluate("delete livesubs.feed._take; livesubs.feed._events.close()")
    becomes(desk, f"{TEXTS}.length === 3")


def test_an_offer_is_opened_by_its_own_button_alone_and_no_text_goes_to_another_line(desk: "Page") -> None:
    asked: list[str] = []
    lines = [["s1.en.1"], ["gone", "s0.en.1"]]

    def again(route: "Route") -> None:
        cues = lines[len(asked)]
        asked.append(json.loads(route.request.post_data or "")["cue"])
        made = {"engine": "e", "doubt": "", "text": "Full.", "texts": ["Full." for _ in cues]}
        route.fulfill(json={"lang": "en", "cues": [[id, 1] for id in cues], "versions": [made]})

    desk.route("**/api/again", again)
    desk.select_option("#track", "fr")
    becomes(desk, f"{FIELD} === '{LINES[0][0]}'")
    press(desk, "End", *" Encore.", "Alt+ArrowDown", "Alt+r")
    becomes(desk, "document.activeElement.innerText === 'Take it'")
    press(desk, "Enter")
    becomes(desk, f"{TEXTS}[1] === 'Full.'")
    desk.get_by_text("Translate it again").click()
    becomes(desk, "document.activeElement.innerText === 'Ask again'")
    assert asked == ["s1.fr.1", "s0.fr.1"]
    assert desk.locator("#versions-list .take").count() == 0


def test_what_is_sought_is_sought_in_what_was_just_typed(desk: "Page") -> None:
    sent: list[Route] = []
    desk.route("**/api/edits", lambda route: sent.append(route))
    press(desk, "End", *" the", "Control+f", *"the")
    until(lambda: bool(sent), 20)
    desk.evaluate(
        "new Promise((after) => setTimeout(after, 400))"
    )  # timers fire in order: that of the dialog was first
    sent[0].continue_()
    becomes(desk, "document.querySelectorAll('#find-list li').length === 3")  # The floor, the nurses, what was typed


def test_what_was_not_replaced_is_told_beside_what_was(desk: "Page") -> None:
    hit = {"cue": "s0.en.1", "rev": 1, "lang": "en", "at": 1, "text": "Good", "first": 0, "last": 4, "becomes": "Bad"}
    hits = [{**hit, "session": session} for session in ("", "eve", "dawn")]
    answers = {
        "": (200, {"edits": ["x"], "stale": []}),
        "eve": (200, {"edits": [], "stale": [{"cue": "s0.en.1", "why": "it was changed meanwhile."}]}),
        "dawn": (409, {"error": "It cannot be read."}),
    }

    def replace(route: "Route") -> None:
        status, answer = answers[json.loads(route.request.post_data or "")["session"]]
        route.fulfill(status=status, body=json.dumps(answer))

    desk.route("**/api/found?*", lambda route: route.fulfill(json={"hits": hits, "more": False, "others": 2}))
    desk.route("**/api/replace", replace)
    press(desk, "Control+f", *"Good", "Tab", *"Bad")
    becomes(desk, "document.getElementById('find-replace').innerText === 'Replace 3'")
    desk.focus("#find-replace")
    press(desk, "Enter")
    told = "1 line changed. 2 lines not replaced: eve: it was changed meanwhile."
    becomes(desk, f"document.getElementById('find-note').innerText === '{told} 3 found'")


def test_what_was_refused_waits_until_it_is_done_and_is_led_to_in_its_own_track(desk: "Page") -> None:
    refused = """livesubs.edits.ask('{}', [{{ id: '{}', rev: 0 }}],
        [{{ ...livesubs.cues.get('{}'), {} }}])"""
    desk.evaluate(f"{{ {refused.format('retime', 's1.en.1', 's1.en.1', 'start: 3')} }}")
    becomes(desk, f"{WAITS}.includes('Meant, line 2')")
    press(desk, "Alt+y")
    becomes(desk, f"{TOAST}.startsWith('It would be on screen together with the line at 0:01.000')")
    assert "Meant, line 2" in desk.inner_text("#waits")
    press(desk, "Alt+o")
    desk.select_option("#track", "fr")
    text = "text: 'Three.'"
    desk.evaluate(f"{{ {refused.format('text', 's2.en.1', 's2.en.1', text)} }}")
    becomes(desk, f"{WAITS}.includes('Three.')")
    press(desk, "Alt+y")
    becomes(desk, f"{FIELD} === 'Three.' && {WAITS} === ''")
    assert (desk.evaluate("livesubs.lang"), desk.input_value("#track")) == ("en", "en")


def test_a_minus_is_one_however_it_is_typed_and_a_note_on_a_line_that_goes_is_not_lost(
    desk: "Page", folder: Path
) -> None:
    press(desk, "Alt+ArrowDown", "Alt+t")
    desk.fill("#asking-text", "−0.4")
    press(desk, "Enter")
    until(lambda: state(folder).cues["s1.en.1"].start == 5.6, 20)
    press(desk, "Alt+n", *"Who is this?")
    now = state(folder).cues["s1.en.1"]
    keep(folder, Edit(id="elsewhere", did="delete", before=((now.id, now.rev),), after=()))
    becomes(desk, f"{TEXTS}.length === 3")
    press(desk, "Enter")
    becomes(desk, "document.getElementById('asking-wrong').innerText.startsWith('That line is not there any more')")
    assert desk.input_value("#asking-text") == "Who is this?"
