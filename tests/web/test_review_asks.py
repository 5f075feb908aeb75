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


def test_what_waits_for_an_answer_is_about_its_own_line_until_it_is_done(desk: "Page", folder: Path) -> None:
    press(desk, "Alt+ArrowDown", "Alt+t")
    desk.fill("#asking-text", "−0.4")  # a minus, however it is typed
    press(desk, "Enter")
    until(lambda: state(folder).cues["s1.en.1"].start == 5.6, 20)
    refused(desk, "retime", "s1.en.1", "start: 3")
    becomes(desk, f"{WAITS}.includes('Meant, line 2')")
    press(desk, "Alt+y")
    becomes(desk, f"{TOAST}.startsWith('It would be on screen together with the line at 0:01.000')")
    assert "Meant, line 2" in desk.inner_text("#waits")
    press(desk, "Alt+o")
    desk.select_option("#track", "fr")
    refused(desk, "text", "s2.en.1", "text: 'Three.'")
    becomes(desk, f"{WAITS}.includes('Three.')")
    press(desk, "Alt+y")
    becomes(desk, f"{FIELD} === 'Three.' && {WAITS} === ''")
    assert (desk.evaluate("livesubs.lang"), desk.input_value("#track")) == ("en", "en")
    press(desk, "Escape", "Alt+ArrowUp")
    asked = again(desk, ["s1.en.1"], ["gone", "s0.en.1"])
    desk.select_option("#track", "fr")
    becomes(desk, f"{FIELD} === '{LINES[1][0]}'")
    press(desk, "Alt+ArrowUp", "End", *" Encore.", "Alt+ArrowDown", "Alt+r")  # the line that is chosen by now
    becomes(desk, "document.activeElement.innerText === 'Take it'")
    press(desk, "Enter")
    becomes(desk, f"{TEXTS}[1] === 'Full.'")
    desk.get_by_text("Translate it again").click()
    becomes(desk, "document.activeElement.innerText === 'Ask again'")
    assert asked == ["s1.fr.1", "s0.fr.1"]
    assert desk.locator("#versions-list .take").count() == 0


def refused(desk: "Page", did: str, cue: str, change: str) -> None:
    """An edit of a line as it is not any more."""
    line = f"{{ ...livesubs.cues.get('{cue}'), {change} }}"
    desk.evaluate(f"void livesubs.edits.ask('{did}', [{{ id: '{cue}', rev: 0 }}], [{line}])")


def again(desk: "Page", *lines: list[str]) -> list[str]:
    """Has other versions of those lines at hand; gives the lines of which they are asked."""
    asked: list[str] = []

    def answer(route: "Route") -> None:
        cues = lines[len(asked)]
        asked.append(json.loads(route.request.post_data or "")["cue"])
        made = {"engine": "e", "doubt": "", "text": "Full.", "texts": ["Full." for _ in cues]}
        route.fulfill(json={"lang": "en", "cues": [[id, 1] for id in cues], "versions": [made]})

    desk.route("**/api/again", answer)
    return asked


HIT = {"cue": "s0.en.1", "rev": 1, "lang": "en", "at": 1, "text": "Good", "first": 0, "last": 4, "becomes": "Bad"}
ANSWERS = {
    "": (200, {"edits": ["x"], "stale": []}),
    "eve": (200, {"edits": [], "stale": [{"cue": "s0.en.1", "why": "it was changed meanwhile."}]}),
    "dawn": (409, {"error": "It cannot be read."}),
}


def replace(route: "Route") -> None:
    status, answer = ANSWERS[json.loads(route.request.post_data or "")["session"]]
    route.fulfill(status=status, body=json.dumps(answer))


def test_what_was_just_typed_is_found_and_what_goes_meanwhile_is_told(desk: "Page", folder: Path) -> None:
    sent: list[Route] = []
    desk.route("**/api/edits*", lambda route: sent.append(route))
    press(desk, "End", *" the", "Control+f", *"the")
    until(lambda: bool(sent), 20)
    desk.evaluate(
        "new Promise((after) => setTimeout(after, 400))"
    )  # timers fire in order: that of the dialog was first
    sent[0].continue_()
    desk.unroute("**/api/edits*")
    becomes(desk, "document.querySelectorAll('#find-list li').length === 3")  # The floor, the nurses, what was typed
    hits = [{**HIT, "session": session} for session in ANSWERS]
    desk.route("**/api/found?*", lambda route: route.fulfill(json={"hits": hits, "more": False, "others": 2}))
    desk.route("**/api/replace?session=*", replace)
    press(desk, "Tab", *"Bad")
    becomes(desk, "document.querySelectorAll('#find-list del').length === 3")
    desk.focus("#find-replace")
    press(desk, "Enter")
    told = "1 line changed. 2 lines not replaced: eve: it was changed meanwhile."
    becomes(desk, f"document.getElementById('find-note').innerText === '{told} 3 found'")
    press(desk, "Escape", "Alt+ArrowDown", "Alt+n", *"Who is this?")
    elsewhere(folder, "s1.en.1")
    becomes(desk, f"{TEXTS}.length === 3")
    press(desk, "Enter")
    becomes(desk, "document.getElementById('asking-wrong').innerText.startsWith('That line is not there any more')")
    assert desk.input_value("#asking-text") == "Who is this?"
    press(desk, "Escape", "Alt+ArrowUp", "End", *" More.")
    desk.evaluate("livesubs.feed._take = () => {}")  # the connection breaks before the line is told
    press(desk, "Control+s")
    until(lambda: texts(folder)[0].endswith(" More."), 20)
    elsewhere(folder, "s0.en.1")
    until(lambda: len(texts(folder)) == 2, 20)
    desk.evaluate("delete livesubs.feed._take; livesubs.feed._events.close()")
    becomes(desk, f"{TEXTS}.length === 2")


def elsewhere(folder: Path, id: str) -> None:
    """Somebody else deletes a line."""
    now = state(folder).cues[id]
    keep(folder, Edit(id=f"gone-{id}", did="delete", before=((id, now.rev),), after=()))
