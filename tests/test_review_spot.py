"""Lines that are checked while they are written."""

from random import Random

from pipeline.review.check import check, figure
from pipeline.review.profile import find, of_language
from pipeline.review.reading import read
from pipeline.review.spot import Line, look
from tests.planted import broken

NETFLIX = find("netflix-en")
BEFORE = Line(start=0.0, end=1.9, text="That is how it was.")
AFTER = Line(start=6.0, end=8.0, text="And so on.")


def test_each_line_of_a_file_has_the_faults_that_the_whole_file_has_there() -> None:
    for seed in range(20):
        file = read(broken(Random(seed)).srt(), "a.srt")
        lines = [Line(start=cue.start, end=cue.end, text=cue.text) for cue in file.cues]
        whole = [(fault.cue, fault.rule) for fault in check(file, NETFLIX) if fault.cue]
        of_file = {finding.rule for finding in file.findings}
        for at in range(1, len(lines) - 1):
            found = look([lines[at]], lines[at - 1], lines[at + 1], NETFLIX)
            mine = {fault.rule for fault in found.faults if fault.cue == 0}
            assert mine == {rule for cue, rule in whole if cue == at + 1 and rule not in of_file}, (seed, at)


def test_a_fix_says_what_it_would_change_and_what_it_cannot() -> None:
    line = Line(start=2.0, end=5.0, text="We have seen this  so many times that nobody counts it any more... 3 times")
    found = look([line], None, AFTER, NETFLIX)
    assert {fault.rule for fault in found.faults} == {"spaces", "cpl", "ellipsis", "cps", "numbers"}
    fixed = found.fixed[0]
    assert (fixed.cue, fixed.start) == (0, 2.0)
    assert fixed.text == "We have seen this so many times\nthat nobody counts it any more… 3 times"
    assert [fault.rule for fault in found.left] == ["numbers"]


def test_a_speed_that_is_hardly_over_is_told_so_and_mended_by_whole_frames() -> None:
    for end, fps, mended in ((3.941, None, 3.958), (3.941, 25.0, 3.96), (3.941, 50.0, 3.96)):
        line = Line(start=1.0, end=end, text="x" * 20 + "\n" + "x" * 30)
        found = look([line], None, None, find("netflix-fr"), fps)
        [fault] = found.faults
        assert (fault.rule, fault.found, figure("cps", fault.found)) == ("cps", 17.002, 17.1)
        assert [one.end for one in found.fixed] == [mended]
    close = look([line], None, Line(start=4.03, end=6, text="And so on."), find("netflix-fr"), 25.0)
    assert [one.end for one in close.fixed] == [3.942]  # there is no room for a frame
    assert not close.left


def test_no_speed_is_a_fault_and_shown_as_allowed() -> None:
    line = Line(start=0.0, end=49.999999, text="x" * 850)
    speeds = [fault.found for fault in look([line], None, None, find("netflix-fr")).faults if fault.rule == "cps"]
    assert speeds == [17.001]


def test_a_gap_is_mended_in_the_line_before_and_nothing_else_of_that() -> None:
    line = Line(start=1.95, end=4.0, text="It was not so.")
    found = look([line], BEFORE, AFTER, NETFLIX)
    assert [fault.rule for fault in found.faults] == ["gap"]
    assert [(one.cue, one.end) for one in found.fixed] == [(-1, 1.867)]
    assert not found.left
    twice = look([line], Line(start=0.0, end=1.9, text="That  is it."), AFTER, NETFLIX)
    assert not twice.fixed


def test_a_language_without_a_guide_is_held_to_what_goes_for_any() -> None:
    found = look([Line(start=0.0, end=3.0, text="¿ Son 3 ?")], None, None, of_language("es"))
    assert not found.faults
