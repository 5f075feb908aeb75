"""A glossary: `source = target` on each line, after it, in brackets, how the source is often misheard. Pure.

    # the speakers
    Mélanie Brassac = Mélanie Brassac [brassak, mélanie bras sac]
    la mairie = the town hall

`#` begins a comment. A term with a capital letter is a name.
"""

import re
from collections.abc import Iterator

from pipeline.errors import SettingsError
from pipeline.events import Value

_LINE = re.compile(r"(?P<source>[^=\[\]]+)=(?P<target>[^=\[\]]+)(\[(?P<heard>[^=\[\]]*)\])?")


class Term(Value, frozen=True):
    source: str
    target: str
    heard: tuple[str, ...] = ()
    """What the recogniser often makes of the source: replaced wherever it stands."""
    line: int = 0
    """Of the file."""

    @property
    def is_name(self) -> bool:
        return any(map(str.isupper, self.source))


class Glossary(Value, frozen=True):
    """The terms of a file, in its order; of a term that stands there twice, the last."""

    terms: tuple[Term, ...] = ()

    def into(self, lang: str, first: str) -> tuple[Term, ...]:
        """The terms that hold for a translation into `lang`: the targets are in the language `first`, and what is
        left as it is in that language is in every other."""
        return tuple(term for term in self.terms if lang == first or term.source == term.target)


class Fault(Value, frozen=True):
    """A line that is no term."""

    line: int
    said: str


def parse(text: str, name: str) -> Glossary:
    """The glossary in the text of the file `name`; SettingsError names the first line that is wrong."""
    terms: dict[str, Term] = {}
    for found in lines(text):
        if isinstance(found, Fault):
            raise SettingsError(f"{name}, line {found.line}: {found.said}")
        terms[found.source] = found
    return Glossary(terms=tuple(terms.values()))


def lines(text: str) -> Iterator[Term | Fault]:
    """Every line of a glossary that is not blank or a comment."""
    for number, line in enumerate(text.splitlines(), 1):
        line = " ".join(line.partition("#")[0].split())
        if line:
            yield _term(number, line)


def _term(number: int, line: str) -> Term | Fault:
    found = _LINE.fullmatch(line)
    source, target = (found["source"].strip(), found["target"].strip()) if found else ("", "")
    if not found or not (_readable(source) and _readable(target)):
        return Fault(line=number, said=f"{line!r} is no term; write it like `la mairie = the town hall`")
    heard = tuple(part.strip() for part in (found["heard"] or "").split(",") if part.strip())
    return Term(source=source, target=target, heard=heard, line=number)


def _readable(text: str) -> bool:
    return any(map(str.isalnum, text))


def changes(before: Glossary, after: Glossary) -> str:
    """What a person did to a glossary, in a few words; empty where nothing that matters changed."""
    old, new = ({term.source: (term.target, term.heard) for term in one.terms} for one in (before, after))
    told = (
        ("added", [name for name in new if name not in old]),
        ("removed", [name for name in old if name not in new]),
        ("changed", [name for name in new if name in old and new[name] != old[name]]),
    )
    return "; ".join(f"{what}: {_few(names)}" for what, names in told if names)


def _few(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
