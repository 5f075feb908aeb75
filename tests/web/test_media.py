"""The room's playlist for mixers and players: whoever serves it, none of them is ever told less than it knows."""

import os
from pathlib import Path

import m3u8
import pytest
from starlette.requests import Request

from pipeline.asked import keep
from pipeline.events import Action, Ended
from pipeline.flow import SystemClock
from pipeline.followed import Followed
from pipeline.journal import Journal, lock
from pipeline.web import media
from pipeline.web.media import Media
from tests import published
from tests.published import FIRST, GAP, SECOND

END = FIRST + GAP + SECOND


def served(folder: Path, delay: float) -> Media:
    """... by a server that has just begun."""
    session = Followed(folder)
    session.look()
    return Media(session, delay)


def room(made: Media) -> "m3u8.M3U8":
    with pytest.raises(StopIteration) as answered:  # it waits for nothing, so it needs no loop: the browser's has one
        made.room(Request({"type": "http"})).send(None)
    return m3u8.loads(bytes(answered.value.value.body).decode())


def test_the_room_s_playlist_never_goes_back(tmp_path: Path, ffmpeg: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "_WINDOW", 4)
    session = published.session(tmp_path, published.recording(tmp_path, ffmpeg), ended=False)
    clock = SystemClock()
    with Journal(session, clock) as journal, lock(session):
        journal.append(published.progress(clock, FIRST))
        before = room(served(session, 5.0))
        assert len(before.files) == 4
        assert before.media_sequence
        keep(session, Action(id="d", do="delay", value=60.0))
        after = room(served(session, 5.0))
        assert (after.media_sequence, after.files) == (before.media_sequence, before.files)
        journal.append(published.progress(clock, END + 60.0))
        last = room(served(session, 5.0))
        assert not last.is_endlist
        journal.append(Ended(reason="ended", stream=END))
    end = room(served(session, 5.0))
    assert end.is_endlist
    assert (end.media_sequence, end.files) == (last.media_sequence, last.files)
    os.utime(session / media.KEPT, (0, 0))  # nobody has been told of more for long
    assert len(room(served(session, 5.0)).files) == len(Followed(session).segments()) > 4
