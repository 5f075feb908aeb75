"""The subtitle files of a session: whatever is added, changed or taken out, they are what the journal says."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.events import Cue, SessionStarted, Withdrawn
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from pipeline.tracks import TrackFiles, tracks

SESSION = SessionStarted(
    version="1", source="x", src_lang="fr", tgt_langs=("en",), recogniser="", engines=(), began_at=0.0
)


def cue(number: int, lang: str, *, sentences: int = 1, text: str = "text") -> Cue:
    """One that shows so many sentences from that number on, at their time."""
    ids = tuple(f"s{n:06d}" for n in range(number, number + sentences))
    start = 2.0 * number
    return Cue(id=f"{ids[0]}.{lang}.1", lang=lang, start=start, end=start + 1.5, text=text, sentences=ids)


def said(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("subtitles.*")}


def expected(journal: Journal) -> dict[str, str]:
    with journal.state() as state:
        return dict(tracks(state))


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "change", "remove", "write"]),
        st.integers(0, 60),
        st.sampled_from(["fr", "en"]),
        st.integers(1, 3),
        st.sampled_from(["Bonjour", "two\nlines", "<b> & -->", "é"]),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_they_are_at_every_moment_what_would_be_written_anew(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int, str, int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("s")
    with Journal(folder, SystemClock()) as journal:
        journal.append(SESSION)
        for number in range(50):  # so many that what lies far back is copied
            journal.append(cue(number, "fr"))
            journal.append(cue(number, "en"))
        files = TrackFiles(folder, journal)
        files.write()
        for what, number, lang, sentences, text in changes:
            if what == "write":
                files.write()
                assert said(folder) == expected(journal)
            elif what == "remove":
                journal.append(Withdrawn(id=cue(number, lang).id))
            else:
                journal.append(cue(number, lang, sentences=sentences, text=text))
        files.write()
        assert said(folder) == expected(journal)


@pytest.mark.parametrize("what", ["removed", "changed"])
def test_what_somebody_else_did_to_them_is_undone_at_the_next_cue(tmp_path: Path, what: str) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(SESSION)
        for number in range(40):
            journal.append(cue(number, "fr"))
        files = TrackFiles(tmp_path, journal)
        files.write()
        theirs = tmp_path / "subtitles.fr.srt"
        if what == "removed":
            theirs.unlink()
        else:
            theirs.write_text("theirs", encoding="utf-8")
        journal.append(cue(40, "fr"))
        files.write()
        assert said(tmp_path) == expected(journal)
