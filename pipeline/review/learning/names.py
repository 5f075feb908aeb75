"""Names for the glossary: those that were put right, with what was heard in their place. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.events import Sentence, Value
from pipeline.names.glossary import Glossary
from pipeline.names.sounds import likeness, sounds
from pipeline.review.learning.changes import Changed, Correction, corrections, words
from pipeline.review.learning.proposal import Evidence, Proposal, times
from pipeline.state import State

_ALIKE = 0.6
"""How alike what was heard sounds to a name; what is less is no mishearing, and has to come twice."""
_OFTEN = 2

Ordinary = Callable[[str, str], bool]
"""Whether all words of a text stand in the dictionary of a language."""


class _Heard(Value, frozen=True):
    """What stood in the place of a name, in one sentence."""

    text: str
    """In the language that was spoken; empty where it was heard right and translated wrong."""
    evidence: Evidence


def names(state: State, found: Sequence[Changed], glossary: Glossary, ordinary: Ordinary) -> Iterator[Proposal]:
    """A line for each name that was put right, with all that was heard in its place."""
    places = _places(state, found, ordinary)
    for name, heard in places.items():
        spellings = list(dict.fromkeys(one.text for one in heard.values() if one.text))
        alike = any(likeness(sounds(text), sounds(name)) >= _ALIKE for text in spellings)
        if len(heard) < _OFTEN and not alike:
            continue
        safe = [text for text in spellings if _safe(text, name, places, state, ordinary)]
        quoted = ", ".join(f'"{text}"' for text in spellings)
        yield Proposal(
            kind="name",
            what=line(name, name, safe, glossary),
            why=f"put right {times(len(heard))}; " + (f"heard as {quoted}" if quoted else "it was heard right"),
            evidence=tuple(one.evidence for one in heard.values()),
        )


def line(source: str, target: str, heard: Sequence[str], glossary: Glossary) -> str:
    """A line of the glossary that says what it said of that before, and more: the last one counts."""
    known = next((term for term in glossary.terms if term.source == source), None)
    spellings = list(dict.fromkeys((*(known.heard if known else ()), *heard)))
    kept = known.target if known and source == target else target
    brackets = f" [{', '.join(spellings)}]" if spellings else ""
    return f"{source} = {kept}{brackets}"


def _places(state: State, found: Sequence[Changed], ordinary: Ordinary) -> dict[str, dict[str, _Heard]]:
    """By name and sentence; where it was put right in both languages, what was heard tells more."""
    places: dict[str, dict[str, _Heard]] = defaultdict(dict)
    for one in found:
        for correction in corrections(one):
            if _is_name(one, correction, ordinary):
                id = (*one.sentences, one.before[0].id)[0]
                heard = _Heard(text=_heard(state, one, correction), evidence=one.evidence)
                known = places[_named(correction)]
                if id not in known or not known[id].text:
                    known[id] = heard
    return places


def _named(correction: Correction) -> str:
    """From its first capital to its last: of `the Gare du Nord of` the name alone."""
    parts = correction.after.split()
    capitals = [at for at, word in enumerate(parts) if word[0].isupper()]
    return " ".join(parts[capitals[0] : capitals[-1] + 1]) if capitals else ""


def _is_name(one: Changed, correction: Correction, ordinary: Ordinary) -> bool:
    """Something with a capital that no sentence gave it; a capital alone makes a name only of no ordinary word."""
    name = _named(correction)
    given = correction.begins or name.casefold() == correction.before.casefold()
    return bool(name) and not (given and ordinary(name, one.lang))


def _heard(state: State, one: Changed, correction: Correction) -> str:
    """In a translation the name is put right as well: then what was heard stands in the sentence."""
    assert state.session, "whoever calls has looked"
    if one.lang == state.session.src_lang:
        return correction.before
    sentences = [state.sentences[id] for id in one.sentences if id in state.sentences]
    return _in_sentences(sentences, correction.before, _named(correction))


def _in_sentences(sentences: Sequence[Sentence], before: str, name: str) -> str:
    """What stands in the translation too, else what sounds like the name; empty where that is the name itself."""
    best, least = "", _ALIKE
    for sentence in sentences:
        said = words(sentence.text)
        for length in range(1, len(name.split()) + 3):
            for run in (" ".join(said[at : at + length]) for at in range(len(said) - length + 1)):
                alike = 2.0 if run.casefold() == before.casefold() else likeness(sounds(run), sounds(name))
                if alike > least:
                    best, least = run, alike
    return "" if best.casefold() == name.casefold() else best


def _safe(text: str, name: str, places: Mapping[str, Mapping[str, _Heard]], state: State, ordinary: Ordinary) -> bool:
    """Whether it may be replaced wherever it stands: it was heard for no other name, and is no everyday word; of
    everyday words a row that was said nowhere else."""
    assert state.session, "whoever calls has looked"
    if any(text == one.text for other, heard in places.items() if other != name for one in heard.values()):
        return False
    if set(text) & set("=[],#"):
        return False
    if not ordinary(text, state.session.src_lang):
        return True
    elsewhere = (sentence for id, sentence in state.sentences.items() if id not in places[name])
    return " " in text and not any(_stands(text, sentence.text) for sentence in elsewhere)


def _stands(run: str, text: str) -> bool:
    return f" {run.casefold()} " in f" {' '.join(words(text)).casefold()} "
