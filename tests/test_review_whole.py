"""What is wrong with a whole track: misspelt words, and speech that a deletion left without a line."""

from pathlib import Path

from pipeline.events import Cue, Edit
from pipeline.review.profile import of_language
from pipeline.review.whole import left_out, track, wrong
from pipeline.state import fold
from tests.reported import begun, said
from tests.test_review_queue import Session
from tests.test_review_spelling import needs_dictionaries


def gone(session: Session) -> list[str]:
    return [cue.id for cue in left_out(fold([begun("en"), *session.events]), "en")]


def line(id: str, start: float, end: float, *sentences: str) -> Cue:
    return Cue(id=id, lang="en", start=start, end=end, text="We hold.", sentences=sentences)


def test_speech_without_a_line_is_told_until_a_line_stands_there_or_somebody_says_that_it_stays_so() -> None:
    session = Session()
    [start, end] = next((one.start, one.end) for one in session.events if isinstance(one, Cue) and one.id == "s2.en")
    session.accept("s2.en")  # it was right; then it went
    session.do(Edit(id="d", did="delete", before=(("s2.en", 2),)))
    assert gone(session) == ["s2.en"]
    session.do(Edit(id="short", did="insert", after=(line("e-short.1", start, start + 0.3 * (end - start)),)))
    assert gone(session) == ["s2.en"]
    session.do(Edit(id="more", did="insert", after=(line("e-more.1", start + 0.3 * (end - start), end),)))
    assert gone(session) == []
    session.do(Edit(id="less", did="delete", before=(("e-more.1", 1),)))
    assert gone(session) == ["s2.en"]
    session.do(Edit(id="out", did="accept", before=(("s2.en", 2),)))
    assert gone(session) == []
    session.do(Edit(id="back", did="undo", of="out"))
    assert gone(session) == ["s2.en"]
    for id in ("short", "d"):
        session.do(Edit(id=f"no-{id}", did="undo", of=id))
    assert gone(session) == []


@needs_dictionaries
def test_words_are_held_to_the_dictionary_of_the_language_that_they_are_in(tmp_path: Path) -> None:
    texts = ("We hold teh square.", "Nous tenons la place.", "<i>We</i> hold, Krzk.")
    flags: tuple[tuple[str, ...], ...] = (("accepted",), ("untranslated",), ())
    lines = [
        Cue(id=f"c{at}", lang="en", start=4.0 * at, end=4.0 * at + 3, text=text, sentences=(), flags=flags[at])
        for at, text in enumerate(texts)
    ]
    state = fold([begun("en"), *said(1, 100.0), *lines])
    found = wrong(track(state, "en"), of_language("en"), {"Krzk"})
    assert [(one.cue, one.found) for one in found if one.rule == "spelling"] == [("c0", "teh")]
