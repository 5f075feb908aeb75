"""The fault harness: its page names all faults, its judge sees what is lost, late or said twice, and what gaps cost."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from pipeline.events import Cue, Event, Gap, Hypothesis, Sentence, Word
from pipeline.state import fold
from tests.faults.__main__ import ALL
from tests.faults.judge import Evening, Found, judge

TEXTS = ("Bonsoir à tous.", "Nous allons gagner !", "Merci, mes amis.", "La lutte continue.", "Vive la République !")
APART, TROUBLED = 6.0, 10.0


def said(number: int, *, late: float = 0.0) -> Sentence:
    """A sentence every six seconds."""
    start, texts = number * APART + late + 2, TEXTS[number].split()
    words = [
        Word(start=start + 0.5 * i, end=start + 0.5 * i + 0.4, text=f" {text}", probability=1.0)
        for i, text in enumerate(texts)
    ]
    return Sentence(id=f"s{number}", lang="fr", start=start, end=words[-1].end, text=TEXTS[number], words=tuple(words))


def evening(sentences: Iterable[Sentence], gaps: Sequence[Gap] = ()) -> Evening:
    events: list[Event] = [*gaps]
    for s in sentences:
        cue = Cue(id=f"c{s.id}", lang="fr", start=s.start, end=s.end, text=s.text, sentences=(s.id,))
        events += [Hypothesis(heard=s.end + 0.5, committed=s.words, endpoint=True), s, cue]
    return Evening(fold(events), events, recorded=40.0)


def judged(ours: Evening) -> Found:
    return judge(evening(said(n) for n in range(5)), ours, TROUBLED, within=0.15)


def test_an_evening_like_the_other_is_fine_also_for_who_joined_later() -> None:
    found = judged(evening(said(n, late=-0.5) for n in range(5)))
    assert (found.sentences, found.lost, found.wrong, found.worst) == (5, [], [], 0.0)


def test_a_sentence_that_is_missing_or_not_whole_is_lost() -> None:
    half = msgspec.structs.replace(said(4), words=said(4).words[:2])
    found = judged(evening([said(0), said(1), said(3), half]))
    assert [text.partition("s ")[2] for text in found.lost] == [TEXTS[2], TEXTS[4]]


def test_what_a_gap_touches_and_the_utterance_after_it_are_excused_and_no_more() -> None:
    gap = Gap(start=14.5, end=17.0, reason="cut")
    found = judged(evening([said(0), said(1), said(4)], [gap]))
    assert found.excused == 2
    assert found.lost == []
    assert judged(evening([said(0), said(1)], [gap])).lost


def test_a_cue_at_the_wrong_time_is_told() -> None:
    found = judged(evening([said(0), said(1), said(2, late=0.3), said(3), said(4)]))
    assert found.wrong == ["a cue is 300 ms off"]


def test_what_is_said_twice_is_told() -> None:
    again = msgspec.structs.replace(said(2, late=0.5), id="s9")
    found = judged(evening([*(said(n) for n in range(5)), again]))
    assert found.wrong == [f"said twice: {TEXTS[2]}"]


def test_what_nobody_said_is_told() -> None:
    invented = msgspec.structs.replace(said(2, late=2.0), id="s9", text="Merci d'avoir regardé.")
    words = tuple(msgspec.structs.replace(word, text=" regardé") for word in invented.words)
    found = judged(evening([*(said(n) for n in range(5)), msgspec.structs.replace(invented, words=words)]))
    assert "nobody said: Merci d'avoir regardé." in found.wrong


def test_the_page_names_every_fault_once_and_shows_the_short_choice() -> None:
    page = (Path(__file__).parent.parent / "docs" / "faults.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    tables, rest = ", ".join(first_cells), page.partition("## Ctrl-C")[2]
    for fault in ALL:
        assert re.search(rf"(?<![\w-]){fault.name}(?![\w-])", tables + rest), fault.name
        assert (f"**{fault.name}**" in page) == fault.short, fault.name
    assert len({fault.name for fault in ALL}) == len(ALL)
