"""A recogniser that is too slow: what is given up, in which order."""

from collections.abc import Iterator
from itertools import pairwise

from pipeline.events import Chunk, Cue, Event, Sentence, SessionStarted, Skipped, Warned
from pipeline.settings import SpeechSettings
from pipeline.speech.overload import HOLD, PATIENCE, Budget, Degraded, degraded, keep_up
from pipeline.state import fold
from pipeline.unfinished import missing

RULES = SpeechSettings(lag=8.0)


def after(lags: list[float], seconds: float = 10.0) -> int:
    """The level when each lag has lasted so long."""
    budget = Budget(RULES)
    for n, lag in enumerate(lags):
        budget.look(n * seconds, lag)
        budget.look((n + 0.99) * seconds, lag)
    return budget.level


def test_what_is_caught_up_at_once_is_no_overload() -> None:
    assert after([160, 100, 40, 2], seconds=1.5) == 0


def test_it_goes_down_step_by_step_and_comes_back_late() -> None:
    assert after([1, 7]) == 0
    assert after([9]) == 1
    assert after([9, 17]) == 2
    assert after([9, 17, 12]) == 2, "not back at once"
    assert after([9, 17, 6]) == 1
    assert after([9, 17, 6, 3]) == 0


def test_who_catches_up_leaves_nothing_out() -> None:
    budget = Budget(RULES)
    assert not any(budget.look(float(n), 60.0 - n) for n in range(60))
    assert any(budget.look(100.0 + n, 40.0 + n / 10) for n in range(int(PATIENCE + HOLD) + 3))


def test_the_levels_are_cheaper() -> None:
    assert degraded(RULES, 0) == RULES
    assert degraded(RULES, 1).beam == 1
    assert degraded(RULES, 2).longest > RULES.longest
    assert degraded(RULES, 2).endpoint > RULES.endpoint


def test_what_there_is_no_time_for_is_one_stretch_without_a_hole() -> None:
    lag, now = 10.0, 0.0

    def chunks() -> Iterator[Chunk]:
        nonlocal lag, now
        for n in range(200):
            now += 1.0
            lag = lag + 0.5 if n < 90 else max(1.0, lag - 3.0)
            yield Chunk(start=float(n), end=n + 1.0)

    given = list(keep_up(chunks(), lambda start: lag, lambda: now, RULES))
    heard = [item for item in given if isinstance(item, Chunk)]
    left = [item for item in given if isinstance(item, Skipped)]
    assert left
    assert all(item.later for item in left)
    spans = sorted([(c.start, c.end) for c in heard] + [(s.start, s.end) for s in left])
    assert all(a[1] == b[0] for a, b in pairwise(spans)), "every second is heard or said to be left"
    assert [item.level for item in given if isinstance(item, Degraded)][:2] == [1, 2]
    assert any("behind" in item.text for item in given if isinstance(item, Warned))


def test_what_was_made_good_before_a_kill_is_not_said_again() -> None:
    began = SessionStarted(
        version="0", source="x", src_lang="fr", tgt_langs=(), recogniser="demo", engines=(), began_at=0.0
    )
    skipped = Skipped(start=60.0, end=100.0, reason="the recogniser was too slow", later=True)
    events: list[Event] = [began, skipped]
    for number, at in ((1, 50.0), (2, 110.0), (3, 62.0)):
        id = f"s{number:06d}"
        events.append(Sentence(id=id, lang="fr", start=at, end=at + 2, text="Oui.", words=()))
        events.append(Cue(id=f"{id}.fr.1", lang="fr", start=at, end=at + 2, text="Oui.", sentences=(id,)))
    left = missing(fold(events), skipped)
    assert 64.0 <= left.heard < 65.0
    assert [cue.start for cue in left.cues["fr"]] == [50.0, 62.0]
    assert (left.number, left.then, left.until["fr"]) == (4, 110.0, 110.0)
