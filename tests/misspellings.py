"""Forty invented names, and how a recogniser may misspell them: what the repair of names is held against.

The misspellings are made from spelling alone, deterministically, by confusions of French phonemes and by other ways to
write the same sounds; nothing here knows how `pipeline.names` hears.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

NAMES = (
    "Ysoline Brachemont", "Aldéric Montsavoie", "Mahaut Quériniac", "Gaspard Villoncourt", "Oriane Tessandiez",
    "Lubin Charvoisel", "Perrine Goulvénan", "Théodule Rambercy", "Solenne Duvrincourt", "Anselme Karadoux",
    "Iris Vauquelouze", "Bertille Maugrenard", "Léandre Sorgueville", "Capucine Nervillac", "Hector Pradoulins",
    "Zélie Bonvarlet", "Firmin Escoubarde", "Noémie Tricheval", "Édouard Chambrelin", "Wendy Ashcombley",
    "Port-Gavelin", "Montéjac", "Vaubringhem", "La Chaudrolière", "Saint-Aurély", "Berzillac", "Roquefardel",
    "Ploumandec", "Trévignard", "Hautecombelle", "Union Solidéa", "Collectif Tamarin", "Nauvalis",
    "Fédération Orgevain", "Atelier Brumelle", "Radio Volcane", "Cercle Jaubertin", "Coop Grainval",
    "Mutuelle Astérine", "Ligue Bastognel",
)  # fmt: skip

_CONFUSED = (
    ("b", "p"), ("p(?!h)", "b"), ("d", "t"), ("t(?!h|ion|$| )", "d"), ("v", "f"), ("f", "v"), ("z", "s"),
    ("(?<![csx])s(?![sch]|$| )", "z"), ("ss", "ch"), ("ch", "j"), ("ch", "ss"), ("j", "ch"), ("g(?=[aoulr])", "c"),
    ("c(?=[aoulr])", "g"), ("an(?![aeéiouynm])", "on"), ("on(?![aeéiouynm])", "an"), ("in(?![aeéiouynm])", "an"),
    ("m(?=[aeéiouy])", "n"), ("n(?=[aeéiouy])", "m"), ("é", "i"), ("i(?=[bcdfgjklmprstv][aeéiouy])", "é"), ("ou", "o"),
    ("(?<![aeéo])u(?=[bdlmrt][aeéiouy])", "ou"), ("é", "e"), ("o(?=[bcdfgjlprstv])", "ou"),
    ("(?<=[aeéiou])r(?=[bcdfglmptv])", ""),
)  # fmt: skip
"""One sound heard as another: what was written, by a pattern, and what is written then."""
_RESPELT = (
    ("(?<=[aeiouy])l(?=[aeiouy])", "ll"), ("ll", "l"), ("(?<=[aeiouy])t(?=[aeiouy])", "tt"), ("c(?=[aoulr])", "k"),
    ("c$|c(?= )", "que"), ("qu", "k"), ("k", "qu"), ("ph", "f"), ("f", "ph"), ("ai(?!n)", "è"), ("é", "ai"),
    ("é(?= |$)", "ée"), ("(?<!e)au", "o"), ("(?<!o)o(?=[bcdfgjlprstv])", "au"), ("an(?=[bcdfgjlpqrstvz])", "en"),
    ("(?<!a)in(?=[bcdfgjlpqrstvz]|$)", "ain"), ("on(?=[bp])", "om"), ("i(?=[bcdfgjlmnpqrstv])", "y"), ("y", "i"),
    ("ss(?=[eéi])", "c"), ("ss(?=[aou])", "ç"),
    ("(?<=[nrl])[td]$", ""), ("(?<=[nrl])$", "t"), ("(?<=[aoiu])$", "s"), ("(?<=[lr])e$", ""), ("(?<=l)$", "le"),
    ("mm", "m"), ("th", "t"), ("(?<=[aou])n(?=[aeiou])", "nn"), ("x$", "s"), ("h", ""),
)  # fmt: skip
"""The same sounds, or nearly, in other letters."""


class Misspelt(NamedTuple):
    name: str
    heard: str
    confused: int
    """Sounds that were heard as others."""

    @property
    def within(self) -> bool:
        """The stated distance: at most one confused sound for every five letters."""
        return self.confused * 5 <= sum(map(str.isalpha, self.name))


def misspellings(name: str, count: int = 25) -> Iterator[Misspelt]:
    """So many different ones of a name, always the same."""
    chance = random.Random(name)
    seen = {_plain(name)}
    while count:
        made = _misspell(name, chance)
        if _plain(made.heard) not in seen:
            seen.add(_plain(made.heard))
            count -= 1
            yield made


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text.casefold())


def _misspell(name: str, chance: random.Random) -> Misspelt:
    wanted = chance.choice((0, 1, 1, 1, 2, 2, 3))
    heard, confused = name, 0
    for table, times in ((_CONFUSED, wanted), (_RESPELT, chance.randrange(3))):
        for pattern, written in chance.sample(table, len(table)):
            places = list(re.finditer(pattern, heard, re.IGNORECASE))
            if not times or not places:
                continue
            place = chance.choice(places)
            heard = heard[: place.start()] + _cased(place[0], written) + heard[place.end() :]
            times -= 1
            confused += table is _CONFUSED
    return Misspelt(name, _cut(heard, chance), confused)


def _cased(before: str, written: str) -> str:
    return written.capitalize() if before[:1].isupper() else written


def _cut(heard: str, chance: random.Random) -> str:
    """A third as it is, a third without capitals, a third with a word cut in two, or two run together."""
    way = chance.randrange(6)
    if way in (2, 3):
        return heard.lower()
    if way == 4 and (places := list(re.finditer(r"(?<=\w{2}[aeiouyé])(?=[bcdfgjklmnprstvz][aeéiou]\w)", heard))):
        place = chance.choice(places)
        return (heard[: place.start()] + " " + heard[place.end() :]).lower()
    return heard.replace(" ", "").replace("-", "").capitalize() if way == 5 else heard


def other_words(count: int) -> Iterator[str]:
    """So many words of sentences without any of the names, sentence by sentence."""
    corpus = Path(__file__).parent.parent / "models" / "recipe" / "corpus"
    lines = [line for path in sorted(corpus.glob("*.tsv")) for line in path.read_text("utf-8").splitlines()]
    sentences = [line.split("\t")[0] for line in lines if line]
    sentences += [_inflected(sentence) for sentence in sentences]
    random.Random(5).shuffle(sentences)
    for sentence in sentences:
        if count <= 0:
            return
        count -= len(sentence.split())
        yield sentence


_INFLECTED = (
    (r"\bles (\w+)s\b", r"le \1"),
    (r"\ble (\w+)\b", r"les \1s"),
    (r"(\w+)ons\b", r"\1ait"),
    (r"ent\b", "aient"),
)


def _inflected(sentence: str) -> str:
    """The sentence with other endings, some of them wrong: words that no dictionary knows, and no names."""
    for pattern, written in _INFLECTED:
        sentence = re.sub(pattern, written, sentence)
    return sentence
