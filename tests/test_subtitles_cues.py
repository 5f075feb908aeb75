"""Cues of one track: the rules hold at every moment, for any stream of words, and no text is lost."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from pipeline.events import Cue, Rendering, Sentence, Word
from pipeline.journal import State, apply
from pipeline.settings import CueRules
from pipeline.subtitles.cues import to_cues
from pipeline.subtitles.quality import cps, faults

RULES = CueRules()
TOLERANCE = 0.0011


def spoken(text: str, start: float, end: float, number: int = 1) -> Sentence:
    """A sentence of evenly long words."""
    parts = text.split()
    step = (end - start) / len(parts)
    words = tuple(
        Word(start=start + i * step, end=start + (i + 1) * step, text=f" {part}", probability=1.0)
        for i, part in enumerate(parts)
    )
    return Sentence(id=f"s{number:06d}", lang="fr", start=start, end=end, text=text, words=words)


def rendered(english: str, start: float, end: float, number: int = 1, french: str = "") -> Rendering:
    sentence = spoken(french or "un deux trois quatre cinq six sept huit", start, end, number)
    return Rendering(sentence=sentence, lang="en", text=english)


def track(events: Iterable[Cue]) -> list[Cue]:
    state = State()
    for event in events:
        apply(state, event)
    return state.track("en")


def squeezed(text: str) -> str:
    return "".join(text.split())


# --- any stream -----------------------------------------------------------------------------------------------------

texts = st.one_of(
    st.lists(
        st.sampled_from(
            [
                "a",
                "the",
                "of",
                "and,",
                "we,",
                "Paris",
                "rights.",
                "people",
                "have",
                "not",
                "3",
                "strikes!",
                "?",
                "«",
                "»",
                "https://x",
            ]
        ),
        max_size=60,
    ),
    st.lists(st.text("abcdefg ,.é'", min_size=1, max_size=90), max_size=4),
).map(" ".join)


@st.composite
def streams(draw: st.DrawFn) -> list[Rendering]:
    """Sentences one after the other, spoken at any speed, close together or far apart, even overlapping a little."""
    now, made = 0.0, []
    for number in range(1, draw(st.integers(1, 9)) + 1):
        now = max(0.0, now + draw(st.sampled_from([-0.3, 0.0, 0.05, 0.3, 0.6, 2.0, 9.0])))
        words = []
        for _ in range(draw(st.integers(1, 14))):
            length = draw(st.sampled_from([0.0, 0.02, 0.1, 0.3, 0.5, 4.0]))
            mark = draw(st.sampled_from(["", "", "", ",", "."]))
            words.append(Word(start=now, end=now + length, text=f" mot{mark}", probability=0.5))
            now += length + draw(st.sampled_from([0.0, 0.0, 0.1, 0.7]))
        sentence = Sentence(
            id=f"s{number:06d}", lang="fr", start=words[0].start, end=words[-1].end, text="", words=tuple(words)
        )
        untranslated = draw(st.booleans())
        made.append(Rendering(sentence=sentence, lang="en", text=draw(texts), untranslated=untranslated))
    return made


@given(streams(), st.sampled_from([RULES, CueRules(lines=1), CueRules(cpl=20, lines=3), CueRules(shortest=1.5)]))
@tuned(max_examples=300, deadline=None)
def test_the_track_keeps_the_rules_after_every_event(stream: list[Rendering], rules: CueRules) -> None:
    state = State()
    for event in to_cues(stream, rules):
        before = state.cues.get(event.id)
        assert event.rev == (before.rev + 1 if before else 1)
        assert not (before and before.final), "a final cue changed"
        apply(state, event)
        cues = state.track("en")
        bad = faults(cues, rules)
        assert [fault for fault in bad if fault.rule != "cps"] == []
        assert {fault.cue for fault in bad} == {cue.id for cue in cues if "fast" in cue.flags}
    assert all(cue.final for cue in state.cues.values())


@given(streams())
@tuned(max_examples=200, deadline=None)
def test_no_word_is_lost(stream: list[Rendering]) -> None:
    cues = track(to_cues(stream, RULES))
    assert squeezed("".join(cue.text for cue in cues)) == squeezed("".join(r.text for r in stream))
    shown = {sentence for cue in cues for sentence in cue.sentences}
    assert shown == {r.sentence.id for r in stream if r.text.strip()}


@given(streams())
@tuned(max_examples=200, deadline=None)
def test_a_cue_starts_late_only_when_the_one_before_needs_the_screen(stream: list[Rendering]) -> None:
    cues = track(to_cues(stream, RULES))
    firsts = {r.sentence.id: r.sentence.start for r in stream}
    last = None
    for cue in cues:
        if cue.id.endswith(".1"):
            lateness = cue.start - firsts[cue.sentences[0]]
            assert lateness >= -TOLERANCE
            assert ("late" in cue.flags) == (lateness > 0.1)
            if last and lateness > TOLERANCE:
                assert (
                    cue.start - last.end <= RULES.gap + TOLERANCE or last.end - last.start >= RULES.longest - TOLERANCE
                )
                busy = last.end - last.start <= RULES.shortest + TOLERANCE or cps(last) >= RULES.cps_most * 0.99
                assert busy
        last = cue
