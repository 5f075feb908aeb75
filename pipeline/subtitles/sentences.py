"""Committed words become sentences: by punctuation, by a pause, by budget. No word is lost, added or moved."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, pairwise, zip_longest

import msgspec

from pipeline.events import Event, Hypothesis, Sentence, Value, Word
from pipeline.settings import SentenceRules
from pipeline.subtitles.language import Language, language

_CLOSERS = "»”’\"')]} \u00a0\u202f"
_ELLIPSIS = re.compile(r"(\.\.+|…)$")
_INITIAL = re.compile(r"^[^\W\d_](\.[^\W\d_])*\.$")
_NEAR = 0.3
"""Seconds between the last word and the end of the sound in which there was no time to end the sentence."""
_MARKS = 4
"""A word and the marks that may stand alone after it, as in ` va` ` !` ` »`."""
_CLAUSE_MARKS = (",", ";", ":", "—", "–")
_CLAUSE_WORDS, _CLAUSE_SECONDS = 3, 1.0
"""A clause has at least so many words and takes at least so many seconds: less is no line of its own."""
_ORDINAL = re.compile(r"^\d{1,2}\.$")


def to_sentences(
    heard: Iterable[Event],
    rules: SentenceRules,
    lang: str,
    *,
    first: int = 1,
    then: float | None = None,
    clauses: bool = False,
) -> Iterator[Sentence]:
    """Each sentence, once it is decided and known what follows it; an open one where the sound breaks off or ends.

    Ids count from `s000001`, or from the number `first`. What follows decides how long the sentence's cue may stay, so
    that a cue is written once. No sentence has words of two languages; `lang` is that of words of which no hypothesis
    says it. `then` is where the speech begins that follows on the input, if there is any. With `clauses` each clause of
    a sentence is one of its own (`Sentence.after`, `more`), for who cannot wait for the rest.
    """
    numbers = count(first)
    words: list[Word] = []
    langs: list[str] = []  # of each word
    waiting: Sentence | None = None  # decided, but nobody knows yet what follows
    begun = broken = False  # the sound began, ended within a sentence
    after = ""  # the clause that what comes goes on after

    for event in heard:
        if not isinstance(event, Hypothesis):
            continue
        words += event.committed
        langs += [event.lang or lang] * len(event.committed)
        begun, broken = begun or event.begun, event.broken
        while True:
            if waiting and (follows := _follows(waiting, words, event, rules)):
                yield msgspec.structs.replace(waiting, next_at=follows.at, next_heard=bool(words))
                waiting = None
            upto = 0 if waiting else _first(words, langs, event, rules)
            clause = _clause(words[:upto] or words, langs) if clauses and not waiting else 0
            if not (upto := clause or upto):
                break
            whole = _sentence(f"s{next(numbers):06d}", words[:upto], langs[0], cut=begun)
            waiting, begun = msgspec.structs.replace(whole, after=after, more=clause > 0), False
            after = whole.id if clause else ""
            del words[:upto], langs[:upto]
        if event.over:
            broken = broken or _breaks_off(words, langs, event)
            yield from _rest(waiting, words, numbers, langs, begun=begun, broken=broken, after=after)
            waiting, words, langs, begun, after = None, [], [], False, ""
    yield from _rest(waiting, words, numbers, langs, begun=begun, broken=broken, after=after, then=then)


def _rest(
    waiting: Sentence | None,
    words: Sequence[Word],
    numbers: Iterator[int],
    langs: Sequence[str],
    *,
    begun: bool,
    broken: bool,
    after: str,
    then: float | None = None,
) -> Iterator[Sentence]:
    """What is still open where the sound ends."""
    if waiting:
        cut = waiting.cut or (broken and not words)
        at = words[0].start if words else then
        yield msgspec.structs.replace(waiting, next_at=at, next_heard=bool(words), cut=cut)
    if words:
        last = _sentence(f"s{next(numbers):06d}", words, langs[0], cut=begun or broken)
        yield msgspec.structs.replace(last, after=after, next_at=then)


def _breaks_off(words: Sequence[Word], langs: Sequence[str], event: Hypothesis) -> bool:
    """Whether the sound ends on the last open word and that ends no sentence, though the voice paused just then."""
    if not words or event.heard - words[-1].end >= _NEAR:
        return False
    return not _ends(words, None, endpoint=True, known=language(langs[-1]))


def _sentence(id: str, words: Sequence[Word], lang: str, *, cut: bool) -> Sentence:
    text = "".join(word.text for word in words).strip()
    start, end = words[0].start, words[-1].end
    return Sentence(id=id, lang=lang, start=start, end=end, text=text, words=tuple(words), cut=cut)


class _Follows(Value, frozen=True):
    """Where the speech after a sentence begins, or (None) that it begins too late to matter."""

    at: float | None


def _follows(sentence: Sentence, words: Sequence[Word], event: Hypothesis, rules: SentenceRules) -> _Follows | None:
    """What is known by now of what follows a sentence: the next word, speech without words yet, or silence."""
    at = words[0].start if words else event.speaking
    if at is not None and at > sentence.start:
        return _Follows(at=at if at < sentence.end + rules.alone else None)
    return _Follows(at=None) if event.heard >= sentence.end + rules.alone else None


def _first(words: Sequence[Word], langs: Sequence[str], event: Hypothesis, rules: SentenceRules) -> int:
    """How many of the open words are a sentence by now; 0 if none yet. Another language ends one like a pause."""
    alike = next((number for number, lang in enumerate(langs) if lang != langs[0]), len(langs))
    if alike == len(words):
        return _decided(words, event, rules, language(langs[0])) if words else 0
    paused = msgspec.structs.replace(event, heard=words[alike].start, endpoint=True)
    return _decided(words[:alike], paused, rules, language(langs[0])) or alike


def _clause(words: Sequence[Word], langs: Sequence[str]) -> int:
    """How many of the words, which are a sentence or the beginning of one, are its first clause; 0 where it has one."""
    for upto, (word, after) in enumerate(pairwise(words), 1):
        if langs[upto] != langs[0]:
            return 0
        marked = word.text.rstrip(_CLOSERS).endswith(_CLAUSE_MARKS) and after.text[:1].isspace()
        if marked and upto >= _CLAUSE_WORDS and word.end - words[0].start >= _CLAUSE_SECONDS:
            return upto
    return 0


def _decided(words: Sequence[Word], event: Hypothesis, rules: SentenceRules, known: Language) -> int:
    """How many of the open words are a sentence by now; 0 if none yet."""
    for upto, (word, after) in enumerate(zip_longest(words, words[1:]), 1):
        if word.end - words[0].start > rules.longest:
            return _clause_end(words, rules, known)
        silence_until = after.start if after else event.heard
        if silence_until - word.end >= rules.pause or _ends(words[:upto], after, event.endpoint, known):
            return upto
    if words and event.heard - words[0].start >= rules.longest:
        return _clause_end(words, rules, known)
    return 0


def _ends(words: Sequence[Word], after: Word | None, endpoint: bool, known: Language) -> bool:
    """Whether `words` are a sentence, given the word after them, or at the last word whether the speaker paused."""
    if after and (is_mark(after.text) or not after.text[:1].isspace()) and after.text.strip() not in _OPENERS:
        return False  # a lone ` ?` or ` »` belongs to the sentence it follows, as does the `5` of `3.` `5`
    text = "".join(word.text for word in words[-_MARKS:]).rstrip(_CLOSERS)
    text = text.split()[-1] if text.split() else ""
    following = after.text.strip().lstrip("«“\"'(¿¡- ") if after else ""
    paused = after is None and endpoint
    if _ELLIPSIS.search(text):
        return paused or following[:1].isupper()
    if text.endswith(("!", "?", "。", "！", "？")):
        return True
    return text.endswith(".") and _point_ends(text.lstrip("«“\"'(¿¡").lower(), following, paused, known)


def _point_ends(text: str, following: str, paused: bool, known: Language) -> bool:
    """Whether the point of `text` ends a sentence and is not an abbreviation's or a number's."""
    text = text.replace("’", "'").rsplit("'", 1)[-1]
    stem = text[:-1]
    if stem in known.titles:
        return False
    if stem in known.counters:
        return paused or (bool(following) and not following[0].isdigit())
    if stem in known.abbreviations:
        return paused or following[:1].isupper()
    if _INITIAL.match(text) or (known.ordinal_point and _ORDINAL.match(text)):
        return paused
    return True


def _clause_end(words: Sequence[Word], rules: SentenceRules, known: Language) -> int:
    """Where to close a sentence that has used up its time: how many words stay in it, at least one."""
    most = max(1, sum(word.end - words[0].start <= rules.longest for word in words))
    cuts = range(1, most + 1)
    # A cut in the first third would leave two sentences where the second is as long as what was too long.
    late = [cut for cut in cuts if words[cut - 1].end - words[0].start >= rules.longest / 3] or cuts

    def gap(cut: int) -> float:
        return words[cut].start - words[cut - 1].end if cut < len(words) else 0.0

    marked = [cut for cut in late if words[cut - 1].text.rstrip(_CLOSERS).endswith(_CLAUSE_MARKS)]
    joined = [cut for cut in late if cut < len(words) and words[cut].text.strip().lower() in known.conjunctions]
    if marked or joined:
        return max(marked or joined)
    return max(late, key=lambda cut: (round(gap(cut), 3), cut))


_OPENERS = ("«", "“", "(", "[", "¿", "¡", "-", "–", "—", '"', "'")


def is_mark(text: str) -> bool:
    """Whether there is no letter, digit or symbol to read in it, only punctuation."""
    return not any(character.isalnum() for character in text)
