"""What a guard kept back comes back as a sentence: in every track, at its own times, once."""

from typing import Any

from msgspec.structs import replace

from pipeline.answering import answered, effects
from pipeline.events import Cue, Edit, Rendering, Sentence, SessionStarted, Suppressed
from pipeline.restoring import kept_back
from pipeline.review.kept import bring_back, sentence_of, shown_kept
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold
from pipeline.subtitles.formats import bilingual
from pipeline.unfinished import unfinished

RULES = CueRules()
KEPT = Suppressed(start=10.2, end=11.4, text="Merci à tous.", reason="a phrase that Whisper makes up", lang="fr")
LONG = "And now I would like to thank everybody who came here tonight, from near and far, and all who could not come."


def cue(number: int, lang: str, start: float, end: float) -> Cue:
    return Cue(
        id=f"s{number:06d}.{lang}.1",
        lang=lang,
        start=start,
        end=end,
        text=f"{lang} {number}",
        sentences=(f"s{number:06d}",),
    )


def session(*more: Any) -> State:
    started = SessionStarted(
        version="0", source="s", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=(), began_at=0.0
    )
    said = [
        Sentence(id=f"s{number:06d}", lang="fr", start=start, end=start + 3, text=f"fr {number}", words=())
        for number, start in ((1, 6.0), (2, 14.0))
    ]
    cues = [cue(number, lang, start, start + 4.5) for number, start in ((1, 6.0), (2, 14.0)) for lang in ("fr", "en")]
    return fold([started, *said, KEPT, *cues, *more])


def done(state: State, edit: Edit) -> Edit:
    answer = answered(state, edit, RULES)
    assert isinstance(answer, Edit)
    apply(state, answer)
    for event in effects(state, answer, RULES):
        apply(state, event)
    return answer


def back(state: State, id: str = "x", english: str = "Thank you all.", doubtful: str = "") -> Edit:
    rendering = Rendering(sentence=sentence_of(state, KEPT), lang="en", text=english, doubtful=doubtful)
    return bring_back(state, KEPT, [rendering], RULES, id)


def test_it_stands_in_both_tracks_as_one_sentence_after_the_line_before_is_read() -> None:
    state = session()
    assert [(one.text, one.restored) for one in shown_kept(state)] == [("Merci à tous.", False)]
    assert done(state, back(state)).refused == ""
    made = [one for one in state.cues.values() if one.sentences == (KEPT.id,)]
    assert [(one.lang, one.text, one.start, one.flags) for one in made] == [
        ("fr", "Merci à tous.", 10.583, ("late", "edited")),
        ("en", "Thank you all.", 10.583, ("late", "edited")),
    ]
    assert "Merci à tous.\nThank you all." in [one.text for one in bilingual(state.track("fr"), state.track("en"))]
    assert [one.restored for one in shown_kept(state)] == [True]
    assert unfinished(state).number == 3  # a session that goes on counts on, and owes nothing of it
    assert unfinished(state).sentences["en"] == unfinished(session()).sentences["en"]


def test_one_undo_takes_all_of_it_back_and_it_can_be_brought_back_again() -> None:
    state = session()
    before = {lang: state.track(lang) for lang in ("fr", "en")}
    done(state, back(state))
    assert done(state, back(state, "y")).refused == "That was brought back already."
    assert done(state, Edit(id="u", did="undo", of="x")).refused == ""
    assert {lang: state.track(lang) for lang in ("fr", "en")} == before
    assert [one.restored for one in shown_kept(state)] == [False]
    assert done(state, Edit(id="r", did="undo", of="u")).refused == ""
    assert [one.restored for one in shown_kept(state)] == [True]
    done(state, Edit(id="v", did="undo", of="r"))
    assert done(state, back(state, "z")).refused == ""


def test_what_is_long_is_several_lines_and_what_has_no_room_is_refused_in_words() -> None:
    state = session()
    made = back(state, english=LONG, doubtful="odd length")
    assert done(state, made).refused == ""
    lines = [one for one in state.track("en") if one.sentences == (KEPT.id,)]
    assert " ".join(" ".join(one.text.split()) for one in lines) == LONG
    assert len(lines) == 2
    assert all("doubtful" in one.flags for one in lines)  # nobody has read it yet
    full = session(replace(cue(1, "en", 6.0, 13.9), rev=2))
    assert "on screen together with the line at 0:00:06" in done(full, back(full)).refused


def test_nothing_else_can_be_brought_in_that_way() -> None:
    state = session()
    made = back(state)
    assert done(state, replace(made, of="k1-2")).refused == "Nothing was kept back there."
    stolen = tuple(replace(one, sentences=("s000001",)) for one in made.after)
    assert "alone" in done(state, replace(made, id="w", after=stolen)).refused
    assert kept_back(state).keys() == {"k10200-11400"}


def test_a_line_that_was_deleted_is_in_the_list_until_it_is_back() -> None:
    state = session()
    cue = state.track("en")[0]
    assert done(state, Edit(id="i00c0ffee-i1", did="delete", before=((cue.id, cue.rev),))).refused == ""
    [gone] = [one for one in shown_kept(state) if one.deleted]
    assert (gone.id, gone.text, gone.reason) == (cue.id, cue.text, "deleted by an imported file")
    assert done(state, Edit(id="r", did="restore", after=(cue,))).refused == ""
    assert not [one for one in shown_kept(state) if one.deleted]
