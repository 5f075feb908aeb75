"""Cues as SRT and WebVTT text, and two tracks as one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import msgspec
import srt

from pipeline.events import Cue

ITALIC = re.compile("(</?i>)")
WITHOUT_BRACES = str.maketrans("{}\\", "()⧵")
"""What stands in ASS for what it has no way to write."""


def to_srt(cues: Iterable[Cue]) -> str:
    """One track as SRT, numbered from 1; no cues give the empty text, which is valid SRT."""
    return "".join(srt_cue(number, cue) for number, cue in enumerate(cues, 1))


def to_vtt(cues: Iterable[Cue]) -> str:
    """One track as WebVTT, every cue named by its id."""
    return "\n".join([VTT_HEAD, *(vtt_cue(cue) for cue in cues)])


def srt_cue(number: int, cue: Cue) -> str:
    """One cue of an SRT file. Numbered and checked by us: `srt.compose` drops without a word what it finds odd."""
    start, end = timedelta(seconds=_checked(cue).start), timedelta(seconds=cue.end)
    return str(srt.Subtitle(number, start, end, _without_arrow(cue.text)).to_srt())


VTT_HEAD = "WEBVTT\n"


def vtt_cue(cue: Cue) -> str:
    """One cue of a WebVTT file, without the empty line before the next."""
    text = _without_arrow(_checked(cue).text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if has_italics(cue.text):
        text = text.replace("&lt;i&gt;", "<i>").replace("&lt;/i&gt;", "</i>")
    return f"{cue.id}\n{_clock(cue.start)} --> {_clock(cue.end)}\n{text}\n"


def has_italics(text: str) -> bool:
    """Whether there are some, each beginning and ending in turn around something: else `<i>` is what somebody wrote."""
    parts = ITALIC.split(text)  # text, mark, text, ...
    in_turn = parts[1::2] == ["<i>", "</i>"] * (len(parts) // 4)
    return len(parts) > 1 and in_turn and all(part.strip() for part in parts[2::4])


def bilingual(source: Sequence[Cue], target: Sequence[Cue]) -> Iterator[Cue]:
    """The target track with what was said above each cue, for someone who checks one against the other.

    Every source cue goes to the target cue, among those of its sentences, that it shares most time with; so there are
    as many cues as in the target track, at its times. Where the target shows the original anyway nothing is doubled.
    """
    of_sentence: dict[str, list[Cue]] = defaultdict(list)
    for cue in target:
        for sentence in cue.sentences:
            of_sentence[sentence].append(cue)
    said: dict[str, list[str]] = defaultdict(list)
    first: dict[str, Cue] = {}  # of each sentence
    for cue in source:
        for sentence in cue.sentences:
            first.setdefault(sentence, cue)
        candidates = {c.id: c for sentence in cue.sentences for c in of_sentence[sentence]}.values()
        if candidates:
            said[max(candidates, key=lambda c: shared(cue, c)).id].append(cue.text)
    for cue in target:  # a sentence in one cue that is two in the translation is shown with both
        if not said[cue.id] and cue.sentences and (original := first.get(cue.sentences[0])):
            said[cue.id] = [original.text]
    return (_beneath(cue, said[cue.id]) for cue in target)


def _beneath(cue: Cue, said: list[str]) -> Cue:
    if not said or "untranslated" in cue.flags or said == [cue.text]:
        return cue
    return msgspec.structs.replace(cue, text="\n".join([*said, cue.text]))


def shared(one: Cue, other: Cue) -> float:
    """Seconds that both are on screen; less than nothing when they lie apart, so that the nearest wins."""
    return min(one.end, other.end) - max(one.start, other.start)


def _checked(cue: Cue) -> Cue:
    """The cue, if a player can show it: a bug of ours must not become a subtitle that is silently missing."""
    if not 0 <= cue.start < cue.end or not all(line.strip() for line in cue.text.split("\n")):
        raise ValueError(f"not a cue that can be shown: {cue}")
    return cue


def _without_arrow(text: str) -> str:
    """SRT has no escapes, and a parser may take `-->` in a text for a time line."""
    return text.replace("-->", "→")


def _clock(seconds: float) -> str:
    """HH:MM:SS.mmm, with more hours than 99 where it takes them."""
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
