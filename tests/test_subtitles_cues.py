"""Cues of one track: the rules hold at every moment, for any stream of words, and no text is lost."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice, pairwise, zip_longest

from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.events import Cue, Rendering, Sentence, Word
from pipeline.settings import CueRules, SentenceRules
from pipeline.state import fold
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


def followed(renderings: list[Rendering], misses: Sequence[float] = (0.0,)) -> list[Rendering]:
    """The renderings knowing where the speech after each begins, missed by so many seconds in turn."""
    made = []
    for rendering, after, miss in zip_longest(renderings, renderings[1:], islice(cycle(misses), len(renderings))):
        at = after.sentence.start + miss if after else None
        if at is not None and at >= rendering.sentence.end + SentenceRules().alone:
            at = None
        made.append(replace(rendering, sentence=replace(rendering.sentence, next_at=at, next_heard=at is not None)))
    return made


def track(renderings: list[Rendering], rules: CueRules = RULES) -> list[Cue]:
    """The cues of one track, each known to come once."""
    cues = list(written(followed(renderings), rules))
    assert len({cue.id for cue in cues}) == len(cues)
    assert fold(cues).track("en") == cues
    return cues


def written(renderings: Iterable[Rendering], rules: CueRules = RULES) -> Iterator[Cue]:
    """The cues of renderings that come once: nothing is taken back."""
    for event in to_cues(renderings, rules):
        assert isinstance(event, Cue)
        yield event


def squeezed(text: str) -> str:
    return "".join(text.split())


# --- any stream -----------------------------------------------------------------------------------------------------

vocabulary = ["a", "the", "of", "and,", "we", "Paris", "rights.", "people", "not", "3", "yes!", "?", "«", "https://x"]
texts = st.one_of(
    st.lists(st.sampled_from(vocabulary), max_size=60),
    st.lists(st.text("abcdefg ,.é'", min_size=1, max_size=90), max_size=4),
).map(" ".join)


@st.composite
def streams(draw: st.DrawFn, *, orderly: bool = False) -> list[Rendering]:
    """Sentences one after the other, spoken at any speed, close together or far apart; some blank or overlapping."""
    now, made = 0.0, []
    for number in range(1, draw(st.integers(1, 9)) + 1):
        now = max(0.0, now + draw(st.sampled_from([0.0 if orderly else -0.3, 0.0, 0.05, 0.3, 0.6, 2.0, 9.0])))
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
        made.append(
            Rendering(sentence=sentence, lang="en", text=draw(texts) or "x" * orderly, untranslated=untranslated)
        )
    return made


@given(streams(), st.sampled_from([RULES, CueRules(lines=1), CueRules(cpl=20, lines=3), CueRules(shortest=1.5)]))
@tuned(max_examples=300, deadline=None)
def test_the_track_keeps_the_rules_after_every_event(stream: list[Rendering], rules: CueRules) -> None:
    cues: list[Cue] = []
    for cue in written(followed(stream, misses=(0.0, -0.26, 0.1)), rules):
        cues.append(cue)
        bad = faults(cues, rules)
        assert [fault for fault in bad if fault.rule != "cps"] == []
        assert {fault.cue for fault in bad} == {cue.id for cue in cues if "fast" in cue.flags}
    assert len({cue.id for cue in cues}) == len(cues), "a cue came twice"


@given(streams())
@tuned(max_examples=200, deadline=None)
def test_no_word_is_lost(stream: list[Rendering]) -> None:
    cues = track(stream)
    assert squeezed("".join(cue.text for cue in cues)) == squeezed("".join(r.text for r in stream))
    shown = {sentence for cue in cues for sentence in cue.sentences}
    assert shown == {r.sentence.id for r in stream if r.text.strip()}


@given(streams(orderly=True))
@tuned(max_examples=200, deadline=None)
def test_a_cue_starts_late_only_when_the_one_before_needs_the_screen(stream: list[Rendering]) -> None:
    stream = [rendering for rendering in stream if rendering.text.strip()]
    firsts = {r.sentence.id: r.sentence.start for r in stream}
    last = None
    for cue in track(stream):
        if cue.id.endswith(".1"):
            lateness = cue.start - firsts[cue.sentences[0]]
            full = last is not None and last.end - last.start >= RULES.longest - TOLERANCE
            behind = last is not None and "late" in last.flags
            assert lateness >= (-RULES.bridge if full or behind else -TOLERANCE), (
                "early, but for a gap after such a cue"
            )
            assert ("late" in cue.flags) == (lateness > 0.1)
            if last and lateness > TOLERANCE:
                assert cue.start - last.end <= RULES.gap + TOLERANCE
                assert full or last.end - last.start <= RULES.shortest + TOLERANCE or cps(last) >= 0.99 * RULES.cps_most
        last = cue


# --- by hand --------------------------------------------------------------------------------------------------------


def test_a_sentence_is_one_cue_in_time_with_its_words_and_a_moment_longer() -> None:
    (first,) = track([rendered("Good evening, everyone.", 3.7, 5.1)])
    assert (first.id, first.lang, first.text, first.sentences) == (
        "s000001.en.1",
        "en",
        "Good evening, everyone.",
        ("s000001",),
    )
    assert (first.start, first.end, first.flags) == (3.7, 5.6, ())
    assert (first.rev, first.final) == (1, True)


def test_the_next_sentence_cuts_the_silence_after_the_last() -> None:
    cues = track([rendered("One moment, please.", 0.0, 2.0, 1), rendered("Thank you.", 2.2, 4.0, 2)])
    assert [(c.id, c.start, c.end) for c in cues] == [("s000001.en.1", 0.0, 2.117), ("s000002.en.1", 2.2, 4.5)]


def test_where_the_next_was_expected_a_little_off_no_gap_flickers() -> None:
    pair = [rendered("One moment, please.", 0.0, 2.0, 1), rendered("Thank you.", 2.3, 4.0, 2)]
    cues = list(written(followed(pair, misses=(-0.15,)), RULES))
    assert [(c.start, c.end) for c in cues] == [(0.0, 2.067), (2.15, 4.5)]


def test_a_gap_that_would_flicker_is_closed_and_a_real_one_left() -> None:
    near = track([rendered("Yes, of course.", 0.0, 2.0, 1), rendered("Good.", 2.9, 4.0, 2)])
    assert (near[0].end, near[1].start) == (2.817, 2.9)
    far = track([rendered("Yes, of course.", 0.0, 2.0, 1), rendered("Good.", 3.1, 4.0, 2)])
    assert (far[0].end, far[1].start) == (2.5, 3.1)


def test_a_long_sentence_is_split_where_both_languages_have_a_comma() -> None:
    french = "Nous avons tenu tout l'hiver devant les grilles de l'usine, et nous tiendrons encore le printemps entier."
    english = "We held out all winter in front of the gates of the factory, and we will hold out for the whole spring."
    cues = track([rendered(english, 0.0, 6.8, french=french)])
    assert [cue.text.replace("\n", " ") for cue in cues] == [
        "We held out all winter in front of the gates of the factory,",
        "and we will hold out for the whole spring.",
    ]
    assert cues[1].start == 4.0, "the French `et`, the 11th of 17 words"


def test_the_order_of_surrender() -> None:
    text = "x" * 30 + " " + "y" * 30  # 3.529 s at the 17 characters a second aimed at, 3 s at the 20 allowed
    alone = track([rendered(text, 0.0, 2.0)])
    assert (alone[0].end, alone[0].flags) == (3.5, ()), "the out-time runs on, 1.5 s at most"
    roomy = track([rendered(text, 0.0, 2.0, 1), rendered("Thank you.", 2.0, 4.0, 2)])
    assert (roomy[0].end, roomy[1].start) == (2.417, 2.5), "the next starts late, by what any cue can afford"
    assert (roomy[0].flags, roomy[1].flags) == (("fast",), ("late",)), "then the speed gives way"


def test_short_sentences_that_come_too_fast_share_a_cue() -> None:
    chant = [rendered(f"No {n}!", 0.2 * n, 0.2 * n + 0.15, n) for n in range(1, 9)]
    cues = track(chant)
    shared = [cue for cue in cues if len(cue.sentences) > 1]
    assert shared
    assert all(len(cue.text.split("\n")) == 2 or len(cue.sentences) > 2 for cue in shared)
    assert " ".join(" ".join(cue.text.split("\n")) for cue in cues) == " ".join(f"No {n}!" for n in range(1, 9))
    assert max(cue.start for cue in cues) <= 1.6 + RULES.late_most + TOLERANCE


def test_a_sentence_in_its_own_language_is_flagged_and_a_blank_one_gives_no_cue() -> None:
    french = Rendering(
        sentence=spoken("Bonsoir à tous.", 0.0, 2.0), lang="en", text="Bonsoir à tous.", untranslated=True
    )
    assert [cue.flags for cue in written([french], RULES)] == [("untranslated",)]
    assert list(written([rendered(" \n ", 0.0, 2.0)], RULES)) == []


def test_the_verbatim_track_is_cut_at_its_own_words() -> None:
    french = "Nous avons tenu tout l'hiver devant les grilles de l'usine, et nous tiendrons encore le printemps entier."
    sentence = spoken(french, 0.0, 6.8)
    cues = list(written([Rendering(sentence=sentence, lang="fr", text=french)], RULES))
    starts = {round(word.start, 3): word.text for word in sentence.words}
    assert all(starts[cue.start].strip() == cue.text.split()[0] for cue in cues)


def test_a_very_long_text_takes_moments_not_minutes() -> None:
    cues = track([rendered("so many words are said here tonight " * 60, 0.0, 10.0)])
    assert len(cues) > 20


def test_a_short_sentence_before_applause_does_not_wait_for_the_next_words() -> None:
    chant = followed([rendered(f"No {n}!", 0.2 * n, 0.2 * n + 0.15, n) for n in range(1, 9)])
    last = chant[-1].sentence
    chant[-1] = replace(chant[-1], sentence=replace(last, next_at=last.end + 0.1))
    after = rendered("Much later.", 60.0, 61.0, 9)
    stream = iter([*chant, after])
    cues = written(stream, RULES)
    shown: list[str] = []
    while "No 8!" not in " ".join(shown):
        shown.append(next(cues).text)
    assert next(stream).text == "Much later.", "it was not needed"


@given(st.integers(10, 84), st.floats(0.6, 4.0), st.floats(0.0, 1.0))
def test_a_hole_is_filled_before_the_cue_that_is_there(size: int, seconds: float, apart: float) -> None:
    text = ("We want hospitals that are open, near and free for everyone who needs them, tonight. " * 2)[:size].strip()
    until = 10.0 + seconds + apart
    filled = followed([rendered(text, 10.0, 10.0 + seconds)])
    made = [cue for cue in to_cues(filled, RULES, until=until) if isinstance(cue, Cue)]
    assert "".join("".join(cue.text.split()) for cue in made) == "".join(text.split())
    assert made[-1].end <= until - RULES.gap + TOLERANCE
    assert all(a.end <= b.start for a, b in pairwise(made))
    assert all(cue.end - cue.start >= 0.2 for cue in made)
