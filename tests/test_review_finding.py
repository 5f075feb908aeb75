"""Find and replace over the lines of a session: every hit, ticked one by one, nothing changed unseen."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.events import Cue
from pipeline.review.finding import Sought, Tick, find, replacing
from pipeline.settings import CueRules

RULES = CueRules()
TEXTS = (
    "Madame Brasac is here.",
    "We thank Madame\nBrasac, and Brasac's friends.",
    "brasac",
    "It’s late: 10 h.",
    "[Applause]",
)


def lines(*texts: str) -> list[Cue]:
    return [
        Cue(id=f"{n}", lang="en", start=2.0 * n, end=2.0 * n + 1.5, text=text, sentences=(), rev=n + 1)
        for n, text in enumerate(texts or TEXTS)
    ]


def places(what: str, cues: Sequence[Cue] = (), **how: bool) -> list[tuple[str, str]]:
    hits = find(cues or lines(), Sought(what=what, **how), RULES)
    return [(hit.cue, hit.text[hit.first : hit.last]) for hit in hits]


def replaced(what: str, by: str, *only: int, **how: bool) -> dict[str, str]:
    """The lines that it makes, of those ticks alone that are named by their number."""
    sought = Sought(what=what, **how)
    ticks = [Tick(cue=hit.cue, rev=hit.rev, first=hit.first) for hit in find(lines(), sought, RULES)]
    ticks = [tick for number, tick in enumerate(ticks) if not only or number in only]
    edits, stale = replacing({cue.id: cue for cue in lines()}, sought, by, ticks, RULES, iter("abcdef").__next__)
    assert not stale
    return {edit.before[0][0]: edit.after[0].text if edit.after else edit.did for edit in edits}


def test_what_is_looked_for_is_found_however_it_is_written() -> None:
    assert places("brasac") == [("0", "Brasac"), ("1", "Brasac"), ("1", "Brasac"), ("2", "brasac")]
    assert places("Brasac", case=True) == [("0", "Brasac"), ("1", "Brasac"), ("1", "Brasac")]
    assert places("madame brasac") == [("0", "Madame Brasac"), ("1", "Madame\nBrasac")]
    assert places("it's") == [("3", "It’s")]
    assert places("is", word=True) == [("0", "is")]
    assert places("[applause]") == [("4", "[Applause]")]
    assert places(r"\d+ h", regex=True) == [("3", "10 h")]
    assert places("^.", lines("ab\ncd"), regex=True) == [("0", "a"), ("0", "c")]


def test_only_what_is_ticked_is_replaced_and_lines_stay_as_they_can() -> None:
    assert replaced("brasac", "Brassac", 0, 2) == {
        "0": "Madame Brassac is here.",
        "1": "We thank Madame\nBrasac, and Brassac's friends.",
    }
    assert replaced("madame brasac", "Ms Brassac") == {
        "0": "Ms Brassac is here.",
        "1": "We thank Ms Brassac, and Brasac's friends.",
    }
    assert replaced(r"(\d+) h", r"\1 o'clock", regex=True) == {"3": "It’s late: 10 o'clock."}
    assert replaced("late", "so very late that nobody is left here")["3"].count("\n") == 1
    assert replaced("[Applause]", "") == {"4": "delete"}
    shown = find(lines(), Sought(what="here"), RULES, by="there")
    assert [hit.becomes for hit in shown] == ["Madame Brasac is there."]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Well, uh, we stay.", "Well, we stay."),
        ("We uh stay, uh.", "We stay."),
        ("We uh\nstay", "We\nstay"),
        ("Uh.", "."),
    ],
)
def test_what_is_replaced_by_nothing_leaves_no_gap(text: str, left: str) -> None:
    cues = {cue.id: cue for cue in lines(text)}
    sought = Sought(what="uh", word=True)
    ticks = [Tick(cue=hit.cue, rev=hit.rev, first=hit.first) for hit in find(cues.values(), sought, RULES)]
    [edit], _ = replacing(cues, sought, "", ticks, RULES, lambda: "a")
    assert edit.after[0].text == left


def test_a_line_that_was_changed_since_is_left_alone_and_told() -> None:
    cues = {cue.id: cue for cue in lines()}
    ticks = [
        Tick(cue="0", rev=1, first=7),
        Tick(cue="1", rev=1, first=9),
        Tick(cue="2", rev=3, first=4),
        Tick(cue="9", rev=1, first=0),
    ]
    edits, stale = replacing(cues, Sought(what="brasac"), "B", ticks, RULES, lambda: "a")
    assert [edit.before for edit in edits] == [(("0", 1),)]
    assert [one.cue for one in stale] == ["1", "2", "9"]
    assert "changed meanwhile" in stale[0].why


@pytest.mark.parametrize(
    ("sought", "by", "why"),
    [
        (Sought(what=""), None, "type what"),
        (Sought(what="(", regex=True), None, "no regular expression"),
        (Sought(what="a", regex=True), r"\9", "cannot be put in its place"),
        (Sought(what=r"(.*?,){11}P.*(.+)\2\2\2z", regex=True), None, "takes too long"),
    ],
)
def test_what_cannot_be_looked_for_is_said(sought: Sought, by: str | None, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        find(lines("a" + "1,2,3,4,5,6,7,8,9,10,11,12,13" * 2), sought, RULES, by)


@given(st.text(max_size=40), st.text(min_size=1, max_size=3))
def test_any_text_is_found_where_it_stands_and_nothing_but_it(text: str, what: str) -> None:
    found = places(what, lines(text), case=True)
    if what in text and what.strip() and not set("'’") & set(what):
        assert found
    for _, hit in found:
        assert "".join(hit.split()).replace("’", "'") == "".join(what.split()).replace("’", "'")
