"""`make bench-peers` scores what a client was told; the systems themselves run only there."""

from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.peers import ours, results
from bench.peers.figures import Figures, figures, shown_at
from bench.peers.heard import Arrival, Heard
from bench.peers.plot import lines, svg
from bench.peers.results import Results, Run
from bench.takes import Said

SAID = [Said(word, at, at + 0.5) for at, word in enumerate(["Nous", "voulons", "l'aube,", "demain", "matin."])]


def arrival(at: float, kept: int, *words: str) -> Arrival:
    return Arrival(at=at, kept=kept, words=words)


def test_words_are_timed_from_their_true_end_to_when_they_came_to_stay() -> None:
    told = [
        arrival(1.0, 0, "nous"),
        arrival(2.5, 1, "voulons", "l", "or"),
        arrival(4.0, 3, "aube"),
        arrival(9.5, 4, "matin"),
    ]
    found = figures(SAID, "Nous voulons l'aube matin", told, cpu=3.0)
    assert found.wer == pytest.approx(1 / 5)
    assert (found.words, found.told, found.right, found.retracted) == (6, 5, 5, 1)
    # 0.5 nous, 1.0 voulons, 0 l, 1.5 aube, 5.0 matin; "demain" never came and is late for nobody
    assert found.latency_median == pytest.approx(1.0)
    assert found.latency_p95 == pytest.approx(4.3)


def test_a_system_that_tells_nothing_has_no_latency() -> None:
    found = figures(SAID, "", [], cpu=1.0)
    assert (found.wer, found.told, found.latency_median) == (1.0, 0, None)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=6), max_size=8))
def test_a_client_ends_with_what_it_was_told_last(texts: list[list[str]]) -> None:
    heard = Heard()
    for words in texts:
        heard.told(" ".join(words))
    shown, retracted = shown_at(heard.arrivals)
    assert [word for word, _ in shown] == (texts[-1] if texts else [])
    longest = max(map(len, texts), default=0)
    assert retracted >= longest - len(shown)
    assert all(a.at <= b.at for a, b in zip(heard.arrivals, heard.arrivals[1:], strict=False))


def test_case_and_marks_that_come_later_take_nothing_back() -> None:
    heard = Heard()
    for text in ("nous voulons l", "Nous voulons l'aube", "Nous voulons l'aube, demain."):
        heard.told(text)
    assert shown_at(heard.arrivals)[1] == 0


def test_ours_is_read_from_its_pages() -> None:
    """A sentence that ends and the next one, which has a word of it, come at once: nothing is taken back."""
    session = 'event: session\r\ndata: {"policy":"stream"}\r\n\r\n'
    parts = [("s1", "Nous"), ("s1", "Nous voulons. De"), ("s1", "Nous voulons."), ("s2", "De")]
    cues = [f'id: 1\r\nevent: cue\r\ndata: {{"id":"{id}","text":"{text}","final":false}}\r\n\r\n' for id, text in parts]
    final = 'event: cue\r\ndata: {"id":"s1","text":"Nous\\nvoulons.","final":true}\r\n\r\n'
    ready, heard = Event(), Heard()
    ours._listen([session + cues[0][:9], cues[0][9:], cues[1], cues[2] + cues[3], final], ready, heard.told)
    shown, retracted = shown_at(heard.arrivals)
    assert ready.is_set()
    assert (" ".join(word for word, _ in shown), retracted) == ("nous voulons de", 0)


def test_runs_add_up_to_a_table_and_a_plot(tmp_path: Path) -> None:
    path, about = tmp_path / "peers.json", {"minutes": 20}
    found = results.load(path, about).begun(Run(began="2026-11-27", load=(0, 0, 0), ours=of(0.02, 0.8, 5)))
    found = found.without("A", "it did not start").without("B", "no wheel")
    for setting, wer, late, cpu in (("quick", 0.06, 0.9, 30), ("slow", 0.025, 1.6, 20), ("slower", 0.02, 3.0, 10)):
        found = found.measured("A", setting, {"pause": late}, of(wer, late, cpu))
    results.save(path, found)
    assert results.load(path, about) == found
    assert found.has("A", "slow")
    assert not found.has("B", "slow")
    head, _, *rows = results.table(found)
    assert [row.split(" | ")[0] for row in rows] == ["| livesubs", "| A", "| A", "| A", "| B"]
    assert {row.count("|") for row in (head, *rows)} == {9}
    # the quick one is worse by more than a point
    assert results.compared(found) == "against A, slow: 0.50 of its median latency, 0.25 of its CPU"
    assert lines(found) == {"livesubs": [(0.8, 0.02)], "A": [(0.9, 0.06), (1.6, 0.025), (3.0, 0.02)]}
    assert svg(found).count("<circle") == 4
    with pytest.raises(SystemExit, match="move it away"):
        results.load(path, {"minutes": 1})


def of(wer: float, latency: float, cpu: float) -> Figures:
    return Figures(
        wer=wer, words=100, told=98, right=97, latency_median=latency, latency_p95=2 * latency, retracted=0, cpu=cpu
    )


def test_where_no_peer_hears_as_well_the_nearest_is_marked() -> None:
    found = Results(about={}).begun(Run(began="", load=(0, 0, 0), ours=of(0.01, 1.0, 5)))
    assert results.compared(found) == "no other system has run"
    for wer, late in ((0.09, 1.0), (0.05, 4.0)):
        found = found.measured("A", f"{late}", {}, of(wer, late, 10))
    assert results.compared(found).startswith("against A, 4.0 (none is within 1 point of ours")
