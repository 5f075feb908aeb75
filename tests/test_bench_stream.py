"""`make stream` measures what a room was shown against what was truly said; a session itself runs only there."""

from pathlib import Path

import pytest

from bench import takes
from bench.stream import figures
from bench.stream.results import Figures, demands, lines
from bench.takes import Said
from pipeline.events import Cue, Event, Hypothesis, Progress, Sentence, Word
from pipeline.journal import Entry
from pipeline.scores.spread import Spread
from pipeline.scores.track import read_srt

SPOKEN, HEARD = (
    f"Nous voulons la paix, et la poste reste {last}. Merci à tous.".split() for last in ("debout", "dehors")
)
SAID = [Said(word, float(at), at + 0.5) for at, word in enumerate(SPOKEN)]
ARRIVED = 1000.0


def session() -> list[Entry]:
    """Two clauses of the three are heard to their ends as they were said: "debout" is not."""
    words = [Word(start=at + 0.1, end=at + 0.4, text=f" {word}", probability=1.0) for at, word in enumerate(HEARD)]
    events: list[tuple[float, Event]] = [(0.0, Progress(recorded=1.0, heard=0.0, compute=0.0, origin_at=ARRIVED))]
    english = ("We want peace,", "and the post\noffice stands", "Thank you all.")
    for number, (first, end) in enumerate(((0, 4), (4, 9), (9, 12))):
        clause, id = tuple(words[first:end]), f"s{number}"
        text = "".join(word.text for word in clause).strip()
        start, over = clause[0].start, clause[-1].end
        events.append((end, Hypothesis(heard=over, committed=clause, lang="fr")))
        events.append((end, Sentence(id=id, lang="fr", start=start, end=over, text=text, words=clause)))
        cue = Cue(id=f"{id}.en.1", lang="en", start=start, end=over, text=english[number], sentences=(id,))
        events.append((end + 0.5, cue))
    return [Entry(seq, ARRIVED + at, event) for seq, (at, event) in enumerate(events, 1)]


OVERLAY = [
    (4.6, "We want peace,"),
    (9.6, "We want peace, and the post\noffice stands"),
    (12.9, "office stands\nThank you all."),
]


def test_a_clause_is_timed_from_the_true_end_of_its_last_word_to_the_overlay() -> None:
    overlay = [(ARRIVED + at, text) for at, text in OVERLAY]
    found = figures.clauses(SAID, session(), overlay, figures.arrived(session()))
    assert (found.count, found.unseen) == (2, 0)
    assert found.late
    assert found.late.median == pytest.approx(((4.6 - 3.5) + (12.9 - 11.5)) / 2)
    assert figures.clauses(SAID, session(), overlay[:2], ARRIVED).unseen == 1
    assert figures.otherwise(overlay, "We want peace, and the post office stands Thank you all.") == 0
    assert figures.otherwise(overlay, "We want peace, and the post office stood. Thank you all.") == 2


def test_what_is_taken_back_is_counted_in_letters() -> None:
    file = " ".join(HEARD)
    assert figures.retracted(figures.committed(session()), file) == 0
    assert figures.retracted(figures.committed(session()), file.replace("tous", "toutes")) == 1
    clauses = list(figures.translated(figures.journaled(session())))
    assert figures.retracted(clauses, "We want peace, and the post office stands. Thank you all, all.") == 0
    assert figures.retracted(clauses, "We want peace.") == len("andthepostofficestandsThankyouall")


def test_words_begin_elsewhere_by() -> None:
    found = figures.starts(SAID, figures.words(session()))
    assert found
    assert (found.median, found.p95) == pytest.approx((0.1, 0.1))


def test_what_is_not_kept_is_told() -> None:
    late, starts = Spread(median=1.0, p95=4.1), Spread(median=0.07, p95=0.1)
    found = Figures(
        wer=0.01, wer_offline=0.02, wer_alone=0.01, wer_utterance=0.0, word_median=0.7, word_p95=1.0,
        clauses=figures.Clauses(count=10, unseen=0, late=late), retracted={"French": 0, "English": 2},
        bleu=80.0, bleu_utterance=90.0, starts=starts, starts_alone=starts,
        cpu=5.0, cpu_utterance=1.0, cpu_offline=1.5,
    )  # fmt: skip
    asked = list(demands(found, clean=True))
    assert [one.what for one in asked if not one.kept] == ["... 95 %", "taken back, English", "BLEU"]
    assert sum("NOT KEPT" in line for line in lines({"clean": found}, {"clean": asked})) == 3


def test_the_truth_lies_beside_a_take(tmp_path: Path) -> None:
    takes.refer(tmp_path / "take.wav", SAID, [Said("Peace!", 0.0, 3.0)])
    cues = read_srt((tmp_path / "take.fr.srt").read_text("utf-8"), "take", "fr")
    assert [(cue.text, cue.start) for cue in cues] == [
        ("Nous voulons la paix, et la poste reste debout.", 0.0),
        ("Merci à tous.", 9.0),
    ]
    assert (tmp_path / "take.en.srt").exists()
