"""A line that a person typed takes its place in a track: nothing overlaps, nothing is lost, and it can be undone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.direction import effects, remade, settled
from pipeline.events import Action, Cue, Rendering
from pipeline.state import State, apply
from pipeline.subtitles.cues import to_cues
from pipeline.subtitles.quality import characters, faults
from tests.test_director import BEGUN, RULES, cue
from tests.test_subtitles_cues import followed, streams

BROKEN = ("order", "gap", "shortest", "longest", "lines", "cpl", "empty")


def broken(state: State) -> list[str]:
    return [fault.rule for fault in faults(state.track("en"), RULES) if fault.rule in BROKEN]


def do(state: State, action: Action) -> None:
    apply(state, action)
    for event in effects(state, action, RULES):
        apply(state, event)


def say(id: str, at: float, text: str = "We are back in a minute.") -> Action:
    return Action(id=id, do="say", lang="en", text=text, value=at)


@given(streams(), st.lists(st.tuples(st.integers(0, 40), st.floats(-3, 9), st.integers(1, 90)), max_size=3))
@settings(max_examples=100, deadline=None)
def test_wherever_and_whenever_it_is_typed_order_and_gap_hold_and_nothing_is_lost(
    stream: list[Rendering], typed: list[tuple[int, float, int]]
) -> None:
    cues = list(to_cues(followed(stream), RULES))
    state, alone = apply(State(), BEGUN), [made for made in cues if isinstance(made, Cue)]
    for number in range(len(alone) + 41):
        for moment, (when, beside, length) in enumerate(typed):
            if when == number:
                at = max(0.0, (alone[min(number, len(alone) - 1)].start if alone else 0.0) + beside)
                do(state, say(f"a{moment}", at, "x" * min(length, 42)))
        if number < len(alone):
            for event in settled(state, [remade(state, alone[number])], RULES):
                apply(state, event)
        assert broken(state) == []
    assert {made.id: made.text for made in alone}.items() <= {id: c.text for id, c in state.cues.items()}.items()
    assert len(state.cues) == len(alone) + len(state.around)


def test_its_neighbours_make_room_and_have_their_times_again_when_it_is_undone() -> None:
    state = State()
    before = [cue(1, end=5.9), cue(2, start=5.983, end=9.0), cue(3, start=9.083, end=12.0)]
    for event in (BEGUN, *before):
        apply(state, event)
    do(state, say("a1", 5.0))
    first, typed, second, third = state.track("en")
    assert (first.start, first.end) == (2.0, 4.917)
    assert typed.start == 5.0
    assert typed.end - typed.start >= len(typed.text) / RULES.cps_most  # it can be read
    assert round(second.start - typed.end, 3) == RULES.gap
    assert (second.end, third) == (9.0, before[2])
    do(state, Action(id="a2", do="undo", of="a1"))
    assert [(c.start, c.end, c.text, c.flags) for c in state.track("en")] == [
        (c.start, c.end, c.text, c.flags) for c in before
    ]


def test_it_stands_for_two_seconds_also_just_before_the_next_line_and_another_typed_one_ends_it() -> None:
    state = State()
    for event in (BEGUN, cue(1, end=5.0), cue(2, start=7.5, end=9.5), cue(3, start=9.583, end=12.0)):
        apply(state, event)
    do(state, say("a1", 6.0, "Please close the doors."))
    typed, second, third = state.track("en")[1:]
    assert (typed.start, typed.end) == (6.0, 8.0)
    assert (second.start, second.end, third.start) == (8.083, 9.5, 9.583)
    do(state, say("a2", 7.0, "Now, please."))
    typed, other, second = state.track("en")[1:4]
    assert (typed.end, other.start, other.end, second.start) == (6.917, 7.0, 9.0, 9.083)
    assert broken(state) == []


def test_it_can_be_read_and_so_can_what_it_cuts_into_where_the_next_one_can_wait() -> None:
    state = State()
    for event in (BEGUN, cue(1, start=2.0, end=5.0), cue(2, "Let us be clear.", start=8.5, end=12.0)):
        apply(state, event)
    do(state, say("a1", 2.1, "The stream is from Paris, we apologise for the sound."))
    first, typed, second = state.track("en")
    assert (first.start, first.end, typed.start) == (2.0, 2.833, 2.916)
    assert round(typed.end - typed.start, 2) == round(53 / 15, 2)
    do(state, say("a2", 6.4, "The stream is from Paris, we apologise for the sound."))
    typed, second = state.track("en")[2:]
    assert round(typed.end - typed.start, 3) == round(characters(typed.text) / RULES.cps, 3)
    assert second.start == round(typed.end + RULES.gap, 3)
    assert do_alone("Hello.").end == 9.0 + 3.5


def do_alone(text: str) -> Cue:
    state = apply(State(), BEGUN)
    do(state, say("a", 9.0, text))
    return state.track("en")[0]
