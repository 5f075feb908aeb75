"""What became of each sentence in a track: the one count that headline, lanes, tables and lists share. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from pipeline.events import UNSPOKEN, Cue, Rendering, Sentence
from pipeline.state import State
from pipeline.translation.doubts import UNCHANGED

Fate = Literal["translated", "doubtful", "returned", "untranslated", "own", "unshown"]

SAID: Mapping[Fate, str] = {
    "translated": "translated",
    "doubtful": "translated, but it may be wrong (doubtful)",
    "returned": "not translated: an engine gave back what was said",
    "untranslated": "not translated: no engine answered",
    "own": "in no need of it: said in that language, or a label",
    "unshown": "without a cue",
}
"""Every sentence has one fate in each track, so these add up."""

LEFT: tuple[Fate, ...] = ("returned", "untranslated")
"""The audience reads what was said."""


def fates(state: State, answers: Mapping[str, Rendering], lang: str) -> dict[str, Fate]:
    """By the id of each sentence, as the cues of the track `lang` show it; `answers`: the best of its engines."""
    cues: dict[str, list[Cue]] = defaultdict(list)
    for cue in state.track(lang):
        for id in cue.sentences:
            cues[id].append(cue)
    return {id: _fate(one, cues[id], answers.get(id), lang) for id, one in state.sentences.items()}


def _fate(sentence: Sentence, cues: Sequence[Cue], answer: Rendering | None, lang: str) -> Fate:
    """The flags of a cue that two sentences share are those of both; whose they are, the answers tell."""
    if not cues:
        return "unshown"
    if sentence.lang in (lang, UNSPOKEN):
        return "own"
    alone = [cue for cue in cues if len(cue.sentences) == 1]
    flags = {flag for cue in alone or cues for flag in cue.flags}
    doubts = answer.doubtful if answer else ""
    if "untranslated" in flags and (alone or answer is None or answer.untranslated):
        return "untranslated"
    if "doubtful" in flags and (alone or doubts):
        return "returned" if UNCHANGED in doubts.split("; ") else "doubtful"
    return "translated"
