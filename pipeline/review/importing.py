"""A file that comes back to its session: what of it can be taken, in which order, and what cannot. Pure."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from itertools import takewhile

import msgspec

from pipeline.answering import answered, effects
from pipeline.editing import standing
from pipeline.errors import SettingsError
from pipeline.events import Cue, Edit, Event, Value
from pipeline.review.base import base
from pipeline.review.file import SubtitleFile
from pipeline.review.outside import Change, Outside
from pipeline.review.tagging import lines_of, said, with_braces
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold
from pipeline.subtitles.formats import bilingual


class Taken(Value, frozen=True):
    """A change, and what the session answers to it: empty where it takes it."""

    change: Change
    refused: str
    now: tuple[Cue, ...] = ()
    """What the session says there instead of what the change was made on."""


class Import(Value, frozen=True):
    """What comes of a file."""

    taken: tuple[Taken, ...]
    """In the order in which they can be done."""
    left: tuple[Change, ...] = ()
    """What the file says otherwise and is left as it is here: it was changed here after the file was made."""
    came: tuple[Cue, ...] = ()
    """Lines that the session has since the file was made, and that nobody can have taken out of it."""
    tags: Mapping[str, Sequence[float]] = {}
    """What lines of the file have and a session's cannot have, with the times of those lines."""
    plain: Sequence[float] = ()
    """Times of the lines that keep their italics: the file has none at all, so a tool has left them out."""


def compare(
    events: Sequence[Event],
    file: SubtitleFile,
    name: str,
    lang: str,
    rules: CueRules,
    new_id: Callable[[], str],
    *,
    given: Collection[int] = (),
    latest: bool = False,
    put_back: bool = False,
) -> Import:
    """What `file` (called `name` in errors) changes in the track `lang` of a session; SettingsError if it does not fit.

    It is held against the state that it was made from, as far as is known one of those with so many events (`given`);
    with `latest` against the session as it now is. The same file again is held against the same state as before, so
    that what was refused then is taken only when it can be. What differs then still, and is not refused, is as it was
    before somebody changed it here: that is left, or taken, too (`put_back`).
    """
    state = fold(events)
    held = _Held(events, state, file, name, lang)
    then = {cue.id: cue for cue in state.track(lang)} if latest else held.base(events, given)
    done = [] if latest else [edit for edit in standing(state) if held.brought(edit)]
    ids = partial(held.id, new_id)
    taken = [*_tried(state, in_order(_changes(state, held, then, done, ids), state), rules)]
    after = held.beside(state.track(lang))
    still = _without(after.changes(state, lang, ids), [one.change for one in taken if one.refused])
    left = [one for one in still if not _came(one, then)]
    if put_back:
        taken += _tried(state, in_order(left, state), rules)
    return Import(
        taken=tuple(taken),
        left=() if put_back else tuple(left),
        came=tuple(cue for one in still if _came(one, then) for cue in one.before),
        tags=after.tags(),
        plain=after.plain(),
    )


class _Held:
    """A file as it is held against the track `lang` of a session."""

    def __init__(self, events: Sequence[Event], state: State, file: SubtitleFile, name: str, lang: str) -> None:
        if file.stray:
            at = file.stray[0].line
            raise SettingsError(f"{name}, line {at}: this text belongs to no cue; mend that first, then import it")
        self.name, self.lang, self._format = name, lang, file.written.format
        self.lines = lines_of(file, state.revs)
        if not file.written.braces:
            cues = (event for event in events if isinstance(event, Cue) and event.lang == lang)
            self.lines = with_braces(self.lines, cues)
        self._mark = f"i{sha256(msgspec.json.encode(self.lines)).hexdigest()[:8]}-"
        """What the ids of all edits of such a file begin with."""

    def id(self, new_id: Callable[[], str]) -> str:
        return f"{self._mark}{new_id()}"

    def brought(self, event: Event) -> bool:
        return isinstance(event, Edit) and event.id.startswith(self._mark)

    def said(self, cue: Cue) -> str:
        return said(cue, self._format)

    def base(self, events: Sequence[Event], given: Collection[int]) -> dict[str, Cue]:
        """The track that it was made from: before anything that it brought, if it was here already."""
        before = list(takewhile(lambda event: not self.brought(event), events))
        return base(before, self.lang, self.lines, self.said, given)

    def beside(self, cues: Iterable[Cue]) -> Outside:
        return Outside(sorted(cues, key=lambda cue: (cue.start, cue.end)), self.lines, self._format)


def _changes(
    state: State, held: _Held, then: Mapping[str, Cue], done: Sequence[Edit], ids: Callable[[], str]
) -> list[Change]:
    """What was changed in the file since `then`; not what was `done` before and stands otherwise by now."""
    outside = held.beside(then.values())
    _refuse_other(state, held)
    _refuse_misfit(outside, len(then), held)
    return [one for one in outside.changes(state, held.lang, ids) if not _went_on(state, one, done)]


def _came(change: Change, then: Container[str]) -> bool:
    """Whether it would only take out lines that were not there `then`."""
    return not change.lines and not any(cue.id in then for cue in change.before)


def _without(changes: Sequence[Change], refused: Sequence[Change]) -> list[Change]:
    """Those that are about more lines than were refused."""
    lines = {line for one in refused for line in one.lines}
    cues = {cue.id for one in refused for cue in one.before}
    return [one for one in changes if not (lines.issuperset(one.lines) and cues.issuperset(c.id for c in one.before))]


def _went_on(state: State, change: Change, done: Sequence[Edit]) -> bool:
    """Whether the same was `done` before, and somebody has changed those lines since."""
    asked = change.edit
    before = any(_made(edit) == _made(asked) for edit in done)
    return before and not all(state.cues.get(cue.id) == cue for cue in change.before)


def _made(edit: Edit) -> tuple[list[str], list[tuple[float, float, str]]]:
    return [id for id, _ in edit.before], [(cue.start, cue.end, cue.text) for cue in edit.after]


def _refuse_misfit(outside: Outside, cues: int, held: _Held) -> None:
    (before, after), name, lang, lines = outside.alone, held.name, held.lang, len(held.lines)
    if not lines or 2 * after > lines:
        raise SettingsError(
            f"{name} is not of this session: {lines - after} of its {lines} lines are like one in the {lang} track; "
            "name the folder that it was exported from"
        )
    if 2 * before > cues:
        raise SettingsError(
            f"{name} has only {cues - before} of the {cues} lines of the {lang} track, the others would be deleted; "
            "import a file of the whole session"
        )


def _refuse_other(state: State, held: _Held) -> None:
    """The file of another language, or of two, has times like this one."""
    name, lang, texts = held.name, held.lang, {line.text for line in held.lines}
    session = state.session
    assert session, "whoever calls has looked"
    source = state.track(session.src_lang)
    tracks = {one: state.track(one) for one in dict.fromkeys((session.src_lang, *session.tgt_langs))}
    pairs = {f"{session.src_lang}-{one}": bilingual(source, tracks[one]) for one in session.tgt_langs}
    alike = {one: len(texts & set(map(held.said, cues))) for one, cues in {**tracks, **pairs}.items()}
    other = max(alike, key=lambda one: alike[one])
    if 2 * alike[other] > len(texts) and alike[other] > alike[lang]:
        way = f"say --lang {other}" if other in tracks else f"import the file of {lang} alone"
        raise SettingsError(f"{name} has the lines of {other}, not of {lang}; {way}")


def _tried(state: State, changes: Iterable[Change], rules: CueRules) -> Iterator[Taken]:
    """What the session will answer; `state` takes them in."""
    for change in changes:
        answer = answered(state, change.edit, rules)
        now = said_now(state, change)
        apply(state, answer)
        for event in effects(state, answer, rules):
            apply(state, event)
        refused = answer.refused if isinstance(answer, Edit) else ""
        yield Taken(change=change, refused=refused, now=now if refused else ())


def said_now(state: State, change: Change) -> tuple[Cue, ...]:
    """The lines of a change where they are not as it knows them."""
    now = tuple(state.cues[cue.id] for cue in change.before if cue.id in state.cues)
    return now if list(map(shown, now)) != list(map(shown, change.before)) else ()


def shown(cue: Cue) -> tuple[str, float, float, str]:
    return cue.lang, cue.start, cue.end, cue.text


def in_order(changes: Sequence[Change], state: State) -> list[Change]:
    """The changes so that none comes to stand where another line still is: there always is such an order, since
    neither side has two lines at once."""
    owner = {id: number for number, change in enumerate(changes) for id, _ in change.edit.before}
    there = sorted(
        (state.cues[id].start, state.cues[id].end, number) for id, number in owner.items() if id in state.cues
    )
    sorter: TopologicalSorter[int] = TopologicalSorter()
    first = 0
    for number, change in enumerate(changes):
        sorter.add(number)
        if not change.edit.after:
            continue
        start, end = change.edit.after[0].start, change.edit.after[-1].end
        while first < len(there) and there[first][1] <= start:
            first += 1
        at = first
        while at < len(there) and there[at][0] < end:
            if there[at][1] > start and there[at][2] != number:
                sorter.add(number, there[at][2])
            at += 1
    return [changes[number] for number in _sorted(sorter, len(changes))]


def _sorted(sorter: TopologicalSorter[int], count: int) -> list[int]:
    try:
        return list(sorter.static_order())
    except CycleError:  # of a file that has two lines at once: what cannot be is refused
        return list(range(count))
