"""Back-fill of cues: a sentence that is rendered again gets its new text, its neighbours and the rules keep theirs."""

from collections.abc import Sequence
from functools import partial

from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.events import Cue, Rendering, Withdrawn
from pipeline.settings import CueRules
from pipeline.state import State, apply
from pipeline.subtitles.cues import to_cues
from pipeline.subtitles.quality import faults
from tests.test_subtitles_cues import RULES, followed, rendered, squeezed, streams, texts

Events = list[Cue | Withdrawn]


def left(rendering: Rendering) -> Rendering:
    """The sentence when no engine answered."""
    return replace(rendering, text=rendering.sentence.text or "Mot.", untranslated=True)


def again(rendering: Rendering, text: str = "", rev: int = 2) -> Rendering:
    return replace(rendering, text=text or rendering.text, untranslated=False, rev=rev)


def shown(events: Sequence[Cue | Withdrawn]) -> list[Cue]:
    state = State()
    for event in events:
        apply(state, event)
    return state.track("en")


def texts_of(cues: Sequence[Cue]) -> list[str]:
    return [" ".join(cue.text.split()) for cue in cues]


# --- any stream -----------------------------------------------------------------------------------------------------


@st.composite
def repaired(draw: st.DrawFn) -> tuple[list[Rendering], list[Rendering]]:
    """A stream, and the same with renderings again of some of its sentences, at any moment after the first time."""
    stream = followed(draw(streams()), misses=(0.0, -0.26, 0.1))
    made = list(stream)
    for rendering in draw(st.lists(st.sampled_from(stream), max_size=6)):
        first = next(i for i, one in enumerate(made) if one.sentence.id == rendering.sentence.id)
        revs = [one.rev for one in made if one.sentence.id == rendering.sentence.id]
        made.insert(draw(st.integers(first + 1, len(made))), again(rendering, draw(texts) or "x", max(revs) + 1))
    return stream, made


@given(repaired(), st.sampled_from([RULES, CueRules(lines=1), CueRules(cpl=20, lines=3)]))
@tuned(max_examples=150, deadline=None)
def test_the_rules_hold_and_every_sentence_shows_its_last_text(
    pair: tuple[list[Rendering], list[Rendering]], rules: CueRules
) -> None:
    stream, made = pair
    events: Events = list(to_cues(made, rules))
    cues = shown(events)
    assert [fault for fault in faults(cues, rules) if fault.rule != "cps"] == []
    last = {one.sentence.id: one for one in stream}
    for one in made:  # a blank text changes nothing; nor can there be one where nothing is shown
        if one.rev > 1 and one.text.strip() and last[one.sentence.id].text.strip():
            last[one.sentence.id] = one
    assert squeezed("".join(cue.text for cue in cues)) == squeezed("".join(last[o.sentence.id].text for o in stream))
    revs: dict[str, int] = {}
    for event in events:
        if isinstance(event, Cue):
            assert event.rev > revs.get(event.id, 0)
            revs[event.id] = event.rev


@given(repaired())
@tuned(max_examples=50, deadline=None)
def test_what_a_session_goes_on_with_is_revised_alike(pair: tuple[list[Rendering], list[Rendering]]) -> None:
    """Of a session before only the cues are known."""
    stream, made = pair
    before = [event for event in to_cues(stream, RULES) if isinstance(event, Cue)]
    events: Events = [*before, *to_cues([one for one in made if one.rev > 1], RULES, before=before)]
    assert [fault for fault in faults(shown(events), RULES) if fault.rule != "cps"] == []


# --- by hand --------------------------------------------------------------------------------------------------------

HELD = "Nous avons tenu tout l'hiver devant les grilles de l'usine, et nous tiendrons encore le printemps entier."
HELD_EN = "We held out all winter in front of the gates of the factory, and we will hold out for the whole spring."


def test_a_sentence_is_corrected_in_its_own_time_and_nothing_else_is_touched() -> None:
    stream = followed(
        [
            rendered("Good evening.", 0.0, 1.5, 1, french="Bonsoir."),
            rendered(HELD_EN, 2.0, 8.8, 2, french=HELD),
            rendered("Thank you.", 9.2, 10.5, 3, french="Merci."),
        ]
    )
    undisturbed = shown(list(to_cues(stream, RULES)))
    events = list(to_cues([stream[0], left(stream[1]), stream[2], again(stream[1])], RULES))
    assert texts_of(shown(events)) == texts_of(undisturbed)
    assert [(cue.start, cue.end) for cue in shown(events)] == [(cue.start, cue.end) for cue in undisturbed]
    corrected = [event for event in events if isinstance(event, Cue) and event.rev > 1]
    assert {cue.sentences for cue in corrected} == {("s000002",)}
    assert [(cue.rev, cue.flags) for cue in corrected] == [(2, ("backfilled",))] * 2


def test_fewer_cues_than_before_withdraw_the_rest() -> None:
    stream = followed([rendered("We hold.", 0.0, 6.8, 1, french=HELD), rendered("Thank you.", 7.0, 8.5, 2)])
    events = list(to_cues([left(stream[0]), stream[1], again(stream[0])], RULES))
    assert [event.id for event in events if isinstance(event, Withdrawn)] == ["s000001.en.2"]
    assert texts_of(shown(events)) == ["We hold.", "Thank you."]


def test_of_a_shared_cue_only_one_sentence_changes() -> None:
    french = ["Non, rien !", "Oui, tout !", "Jamais plus !"]
    english = ["No, nothing!", "Yes, all!", "Never again!"]
    stream = followed(
        [
            rendered(text, 0.3 * n, 0.3 * n + 0.25, n, french=said)
            for n, (text, said) in enumerate(zip(english, french, strict=True), 1)
        ]
    )
    whole = texts_of(shown(list(to_cues(stream, RULES))))
    for wrong in range(3):
        disturbed = [left(one) if number == wrong else one for number, one in enumerate(stream)]
        events = list(to_cues([*disturbed, again(stream[wrong])], RULES))
        assert texts_of(shown(events)) == whole
        assert not any("untranslated" in cue.flags for cue in shown(events))


def test_while_its_sentence_waits_for_the_next_one_a_correction_waits_too() -> None:
    stream = followed(
        [
            rendered("No!", 0.2, 0.35, 1, french="Non !"),
            rendered("Yes!", 0.4, 0.55, 2, french="Oui !"),
            rendered("Thank you.", 9.2, 10.5, 3, french="Merci."),
        ]
    )
    events = list(to_cues([left(stream[0]), again(stream[0]), *stream[1:]], RULES))
    assert texts_of(shown(events)) == texts_of(shown(list(to_cues(stream, RULES))))


def test_a_text_that_needs_more_time_than_there_is_moves_those_after_it() -> None:
    chant = [rendered(f"Number {n} is a line of its own, quite long.", 0.9 * n, 0.9 * n + 0.8, n) for n in range(1, 7)]
    stream = followed(chant)
    long = " ".join(["so many words are said here tonight"] * 8)
    events = list(to_cues([*stream, again(stream[1], long)], RULES))
    assert long in " ".join(texts_of(shown(events)))
    moved = {cue.sentences[0] for cue in shown(events) if cue.rev > 1}
    assert moved > {"s000002"}
    assert [fault for fault in faults(shown(events), RULES) if fault.rule != "cps"] == []


def test_what_a_person_touched_no_back_fill_changes_or_moves() -> None:
    chant = [rendered(f"Number {n} is a line of its own, quite long.", 0.9 * n, 0.9 * n + 0.8, n) for n in range(1, 7)]
    stream = followed(chant)
    before = shown(list(to_cues(stream, RULES)))
    late = [*stream, again(stream[1], " ".join(["so many words are said here tonight"] * 8))]
    assert shown(list(to_cues(late, RULES))) != before
    for touched in (before[1].id, before[2].id):  # its own cue, and one that would have to move for it
        assert shown(list(to_cues(late, RULES, touched=partial(set, [touched])))) == before


def test_a_try_that_failed_changes_nothing() -> None:
    stream = followed([rendered("We hold.", 0.0, 6.8, 1, french=HELD), rendered("Thank you.", 7.0, 8.5, 2)])
    wrong = left(stream[0])
    events = list(to_cues([wrong, stream[1], replace(wrong, rev=2), replace(wrong, rev=3)], RULES))
    assert len(events) == len(shown(events)) == 3
