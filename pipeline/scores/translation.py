"""What was shown against a reference translation: BLEU by sentence, and SubER, which judges breaks and times too.

Both need the `score` extra.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.errors import SettingsError
from pipeline.events import Cue


def bleu(reference: Sequence[Cue], found: Sequence[Cue]) -> float | None:
    """Corpus BLEU, 0 to 100, as written: every cue counts for the reference cue that it overlaps most or is nearest to.

    None without a reference cue.
    """
    with _extra():
        import sacrebleu

    if not reference:
        return None
    texts: list[list[str]] = [[] for _ in reference]
    for cue in found:
        shared = [min(cue.end, true.end) - max(cue.start, true.start) for true in reference]
        texts[shared.index(max(shared))].append(_line(cue.text))
    answer = sacrebleu.corpus_bleu([" ".join(text) for text in texts], [[_line(cue.text) for cue in reference]])
    return float(answer.score)


def suber(reference: Sequence[Cue], found: Sequence[Cue]) -> float:
    """Subtitle edit rate, 0 (nothing to mend) to 100 and more: Wilken, Georgakopoulou, Matusov 2022."""
    with _extra():
        from suber.metrics.suber import calculate_SubER

    return float(calculate_SubER(hypothesis=_subtitles(found), reference=_subtitles(reference)))


def _subtitles(cues: Sequence[Cue]) -> list[Any]:
    """The cues as the package's own reader would have them."""
    from suber.data_types import Subtitle

    return [
        Subtitle(word_list=_words(cue), index=number, start_time=cue.start, end_time=cue.end)
        for number, cue in enumerate(cues, 1)
    ]


def _words(cue: Cue) -> list[Any]:
    from suber.data_types import LineBreak, TimedWord

    lines = [line.split() for line in cue.text.splitlines() if line.strip()]
    words = []
    for number, line in enumerate(lines, 1):
        last = LineBreak.END_OF_BLOCK if number == len(lines) else LineBreak.END_OF_LINE
        for text, follows in zip(line, [*[LineBreak.NONE] * (len(line) - 1), last], strict=True):
            words.append(TimedWord(text, follows, subtitle_start_time=cue.start, subtitle_end_time=cue.end))
    return words


def _line(text: str) -> str:
    return " ".join(text.split())


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError("BLEU and SubER need two more libraries; type `pip install 'livesubs[score]'`") from error
