"""What `livesubs qc` finds: every fault that was planted and no other, as an independent checker says."""

from random import Random

import pytest

from pipeline.review.check import check
from pipeline.review.profile import PROFILES, find
from pipeline.review.reading import read
from tests import naive
from tests.planted import PLANTS, broken, sound

NETFLIX = find("netflix-en")


def found(data: bytes, profile: str = "netflix-en") -> set[tuple[str, int]]:
    return {(fault.rule, fault.cue or 0) for fault in check(read(data, "a.srt"), find(profile))}


def test_in_200_broken_files_every_planted_fault_is_found_and_none_invented() -> None:
    for seed in range(200):
        track = broken(Random(seed))
        assert found(track.srt()) == track.faults, seed


@pytest.mark.parametrize("rule", PLANTS)
def test_each_fault_is_found_by_itself(rule: str) -> None:
    for seed in range(8):
        track = sound(Random(seed))
        PLANTS[rule](track, 5, Random(seed))
        assert found(track.srt()) == track.faults


@pytest.mark.parametrize("profile", PROFILES)
def test_an_independent_checker_gives_the_same_verdicts_on_50_files(profile: str) -> None:
    seen: set[str] = set()
    for seed in range(50):
        text = naive.anything(Random(seed))
        verdicts = naive.verdicts(text, profile)
        ours = {(cue, rule) for rule, cue in found(text.encode(), profile) if rule in naive.RULES}
        assert ours == verdicts, seed
        seen |= {rule for _, rule in verdicts}
    assert seen == naive.checked(profile)
