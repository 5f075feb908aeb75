"""What is behind the editor's desk, over the wire and with the real server."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.events import Cue, Sentence, Word
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from tests.waiting import until
from tests.web.asking import ask, watched
from tests.web.conftest import Server
from tests.web.sessions import STARTED, cue, finished

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


def test_lines_are_held_to_the_profile_of_their_language_as_they_are_and_as_they_are_written(desk: Server) -> None:
    found = get(desk, "/api/faults?lang=en")
    assert {(fault["cue"], fault["rule"]) for fault in found} == {("2.en", "gap"), ("3.en", "gap")}
    line = {"start": 8.0, "end": 10.0, "text": "And  then."}
    status, said = send(desk, "/api/check", {"lang": "en", "cues": [line], "before": None, "after": None})
    assert (status, said["profile"], said["faults"][0]["rule"], said["left"]) == (200, "netflix-en", "spaces", [])
    assert said["fixed"] == [{"cue": 0, "start": 8.0, "end": 10.0, "text": "And then."}]


def test_what_is_known_of_the_session(serve: Callable[..., Server], tmp_path: Path) -> None:
    words = (
        Word(start=1.0, end=1.4, text="Bonsoir", probability=0.9),
        Word(start=1.5, end=2.0, text=" à", probability=1),
    )
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(STARTED)
        journal.append(Sentence(id="s1", lang="fr", start=1.0, end=2.0, text="Bonsoir à", words=words))
    (tmp_path / "audio.s16").write_bytes(b"".join(struct.pack("<hh", -16384, 32767) for _ in range(16_000)))
    desk = serve(tmp_path)
    facts = get(desk, "/api/review")
    assert (facts["duration"], facts["src_lang"], facts["tgt_langs"], facts["picture"]) == (2.0, "fr", ["en"], False)
    assert facts["profiles"]["fr"]["name"] == "netflix-fr"
    assert [word["text"] for word in get(desk, "/api/words?from=1.45&to=9")] == [" à"]
    drawn = get(desk, "/api/peaks?from=-1&to=3&columns=8")
    assert (drawn["min"], drawn["max"]) == ([0, 0, -64, -64, -64, -64, 0, 0], [0, 0, 127, 127, 127, 127, 0, 0])


NONSENSE: list[tuple[str, Any, int]] = [
    ("/api/edits", {"id": "", "did": "text"}, 400),
    ("/api/edits", {"id": "a", "did": "burn"}, 400),
    ("/api/edits", ["no"], 400),
    ("/api/edits", {"id": "a", "did": "insert", "after": [{"id": "e-a.1", "text": "no times"}]}, 400),
    ("/api/edits", {"id": "a", "did": "note", "note": "x" * 5_000_000}, 413),
    ("/api/drafts/1.en", {"lang": "en"}, 400),
    ("/api/check", {"lang": "en", "cues": []}, 400),
    ("/api/words?from=nan&to=1", None, 400),
    ("/api/peaks?from=0&to=1", None, 400),
]


def test_what_cannot_be_read_is_said(desk: Server) -> None:
    for path, body, status in NONSENSE:
        method = "PUT" if "drafts" in path else "POST"
        answer = ask(desk.port, path, json.dumps(body), method=method) if body is not None else ask(desk.port, path)
        assert answer.status == status, path
        assert json.loads(answer.body)["error"]
    assert not (desk.folder / "edits.jsonl").exists()
