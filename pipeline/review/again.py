"""What is asked again of a line: which stretch of sound, which text, and which lines an answer is about. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.editing import merged_sentences
from pipeline.errors import SettingsError
from pipeline.events import UNSPOKEN, Cue, Sentence, Value
from pipeline.restoring import kept_back
from pipeline.settings import CueRules
from pipeline.state import State
from pipeline.subtitles.lines import atoms, break_lines, penalty
from pipeline.translation.engine import NOTHING, Context

_BEFORE = 4
"""Sentences before, with their translations, that an engine is given as context."""
_UNEVEN = 60.0
"""What it costs to cut a text all its length away from where its lines' times would have it cut (`lines.penalty`)."""


class Asked(Value, frozen=True):
    """A line, and all that is shown of its sentences."""

    sentence: Sentence
    """As it now reads in the source's track; without words."""
    lang: str
    """The track that it is translated for; empty where there is none."""
    source: tuple[Cue, ...]
    """The lines of the source's track."""
    target: tuple[Cue, ...] = ()
    """Those of that track."""
    before: Context = NOTHING
    """What was said before and how it reads there, oldest first."""


class Version(Value, frozen=True):
    """One way that lines could read."""

    text: str
    engine: str
    doubt: str = ""
    """What speaks against it; empty where nothing does."""
    texts: tuple[str, ...] = ()
    """The text on the lines that it is about, one each, broken as a program would; none where it has too few words."""


def asked(state: State, id: str, lang: str = "", text: str = "") -> Asked:
    """What is asked of the cue `id`, for the track `lang` (its own, or the first that is translated into). `text` is
    how that line now reads, of the source's track; of another, what was said. SettingsError without that line."""
    cue, session = state.cues.get(id), state.session
    if cue is None or session is None:
        raise SettingsError("that line is not there any more")
    own = cue.lang == session.src_lang
    lang = lang or (next(iter(session.tgt_langs), "") if own else cue.lang)
    source, target = _shared(state, cue, session.src_lang, lang)
    said = [text if text and one.id == id else one.text for one in source]
    whole = text if text and not own else " ".join(said)
    start, end = _span(state, source or [cue])
    sentence = Sentence(
        id=next(iter(cue.sentences), id),
        lang=_spoken(state, cue) or session.src_lang,
        start=start,
        end=end,
        text=" ".join(whole.split()),
        words=(),
    )
    before = context(state, start, session.src_lang, lang)
    return Asked(sentence=sentence, lang=lang, source=tuple(source), target=tuple(target), before=before)


def _shared(state: State, cue: Cue, *langs: str) -> list[list[Cue]]:
    """By track, all lines that have sentences in common with a line, or with one in any of them that has; by time."""
    near = [one for lang in dict.fromkeys(langs) for one in state.near(lang, cue.start, cue.end)]
    ids, found = {*cue.sentences}, {cue.id: cue}
    while more := [one for one in near if one.id not in found and not ids.isdisjoint(one.sentences)]:
        found.update((one.id, one) for one in more)
        ids.update(id for one in more for id in one.sentences)
    lines = sorted(found.values(), key=lambda one: one.start)
    return [[one for one in lines if one.lang == lang] for lang in langs]


def _span(state: State, cues: Sequence[Cue]) -> tuple[float, float]:
    """When the sentences of lines were said; of what was typed, when it stands there."""
    ids = merged_sentences(cues)
    kept = kept_back(state) if any(id not in state.sentences for id in ids) else {}
    said = [found for id in ids if (found := state.sentences.get(id) or kept.get(id))]
    return min(one.start for one in said or cues), max(one.end for one in said or cues)


def _spoken(state: State, cue: Cue) -> str:
    """The language of what a line of the source's track shows, if that is known."""
    langs = [state.sentences[id].lang for id in cue.sentences if id in state.sentences]
    return next((lang for lang in langs if lang != UNSPOKEN), "")


def context(state: State, start: float, src_lang: str, tgt_lang: str) -> Context:
    """The lines before that moment beside what they became."""
    pairs: dict[tuple[str, str], None] = {}
    for cue in [cue for cue in state.track(src_lang) if cue.end <= start][-_BEFORE:]:
        source, target = _shared(state, cue, src_lang, tgt_lang)
        if target and src_lang != tgt_lang:
            pairs[_read(source), _read(target)] = None
    return Context(tuple(pairs))


def _read(cues: Sequence[Cue]) -> str:
    return " ".join(" ".join(cue.text for cue in cues).split())


def laid(text: str, cues: Sequence[Cue], rules: CueRules, lang: str) -> tuple[str, ...]:
    """A text on these lines, each with the share that its time asks for, cut where it reads best."""
    parts = atoms(text, rules.cpl)
    if not cues or len(parts) < len(cues):
        return ()
    seconds = [cue.end - cue.start for cue in cues]
    cuts = [0]
    for number in range(1, len(cues)):
        aim = len(text) * sum(seconds[:number]) / sum(seconds)
        options = range(cuts[-1] + 1, len(parts) - (len(cues) - number) + 1)
        cuts.append(min(options, key=lambda at: _cost(parts, at, aim, len(text), lang)))
    texts = (" ".join(parts[first:last]) for first, last in pairwise([*cuts, len(parts)]))
    return tuple("\n".join(break_lines(one, rules, lang) or (one,)) for one in texts)


def _cost(parts: Sequence[str], at: int, aim: float, whole: int, lang: str) -> float:
    return penalty(parts[at - 1], parts[at], lang) + _UNEVEN * abs(len(" ".join(parts[:at])) - aim) / whole
