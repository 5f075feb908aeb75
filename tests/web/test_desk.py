"""What is behind the editor's desk, over the wire and with the real server."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.events import Cue
from tests.waiting import until
from tests.web.asking import ask, watched
from tests.web.conftest import Server
from tests.web.sessions import cue, finished

LINES = [cue(1, "un", "fr"), cue(1, "one"), cue(2, "two"), cue(3, "three")]


@pytest.fixture
def desk(serve: Callable[..., Server], tmp_path: Path) -> Server:
    return serve(finished(tmp_path, LINES))


def send(desk: Server, path: str, what: Any, method: str = "POST") -> tuple[int, Any]:
    answer = ask(desk.port, path, json.dumps(what), method=method)
    return answer.status, json.loads(answer.body or b"null")


def get(desk: Server, path: str) -> Any:
    return json.loads(ask(desk.port, path).body)


def text(id: str, was: Cue, now: str) -> dict[str, Any]:
    after = {"id": was.id, "start": was.start, "end": was.end, "text": now}
    return {"id": id, "did": "text", "before": [[was.id, was.rev]], "after": [after]}


def test_an_edit_is_answered_in_the_feed_with_the_line_that_it_makes(desk: Server) -> None:
    with watched(desk.port, "desk=1") as feed:
        assert send(desk, "/api/edits", text("a", LINES[1], "ONE")) == (200, {"kept": "a"})
        assert send(desk, "/api/edits", text("a", LINES[1], "ONE")) == (200, {"kept": "a"})
        done = feed.next("edit")
        made = feed.next("cue", lambda message: message["rev"] == 2)
    assert (done["id"], done["did"], done["cues"], done["refused"], done["start"]) == ("a", "text", ["1.en"], "", 1.0)
    assert (made["text"], made["flags"]) == ("ONE", ["edited"])
    track = desk.folder / "subtitles.en.srt"
    until(lambda: track.exists() and "ONE" in track.read_text("utf-8"), 10)


def test_a_stale_edit_is_refused_in_words_and_told_whole(desk: Server) -> None:
    send(desk, "/api/edits", text("a", LINES[1], "Mine"))
    send(desk, "/api/edits", text("b", LINES[1], "Theirs"))
    with watched(desk.port, "desk=1") as feed:
        refused = feed.next("edit", lambda message: message["refused"])
    assert (refused["id"], refused["after"][0]["text"]) == ("b", "Theirs")
    assert "changed meanwhile" in refused["refused"]


def test_a_draft_reaches_the_other_window_and_lives_through_a_kill(desk: Server) -> None:
    draft = {"lang": "en", "text": "tw", "start": 2.0, "end": 3.0, "rev": 1, "by": "w1"}
    with watched(desk.port, "desk=1") as other:
        other.next("ready")
        assert send(desk, "/api/drafts/2.en", draft, "PUT")[0] == 204
        assert other.next("draft") == {"cue": "2.en", "lang": "en", "by": "w1", "draft": draft}
    desk.kill()
    desk.start()
    with watched(desk.port, "desk=1") as feed:
        assert feed.next("draft")["draft"] == draft
        send(desk, "/api/edits", text("a", LINES[2], "tw"))
        assert feed.next("draft") == {"cue": "2.en", "lang": "en", "by": "w1", "draft": None}
        send(desk, "/api/drafts/3.en", draft, "PUT")
        send(desk, "/api/drafts/3.en", None, "DELETE")
        assert feed.next("draft", lambda message: message["cue"] == "3.en" and not message["draft"])
