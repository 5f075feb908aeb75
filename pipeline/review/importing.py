"""A file that comes back to its session: what of it can be taken, in which order, and what cannot. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from itertools import takewhile

import msgspec

from pipeline.answering import answered, effects
from pipeline.editing import standing
from pipeline.errors import SettingsError
from pipeline.events import Cue, Edit, Event, Value
from pipeline.review.alignment import Line
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
    lines, format = lines_of(file, state.revs), file.written.format
    if not file.written.braces:
        lines = with_braces(lines, (event for event in events if isinstance(event, Cue) and event.lang == lang))
    if file.stray:
        stray = file.stray[0]
        raise SettingsError(f"{name}, line {stray.line}: this text belongs to no cue; mend that first, then import it")
    now = {cue.id: cue for cue in state.track(lang)}
    mark = _mark(lines)
    before = list(takewhile(lambda event: not _of(event, mark), events))
    then = now if latest else base(before, lang, lines, lambda cue: said(cue, format), given)
    track = sorted(then.values(), key=lambda cue: (cue.start, cue.end))
    outside = Outside(track, lines, format)
    _refuse_other(state, {line.text for line in lines}, name, lang, lambda cue: said(cue, format))
    _refuse_misfit(state, outside, len(track), len(lines), name, lang)
    marked = partial(_marked, mark, new_id)
    made = outside.changes(state, lang, marked)
    done = [edit for edit in standing(state) if _of(edit, mark)]
    changes = [one for one in made if latest or not _went_on(state, one, done)]
    taken = [*_tried(state, in_order(changes, state), rules)]
    after = Outside(state.track(lang), lines, format)
    still = after.changes(state, lang, marked)
    left = _without(still, [one.change for one in taken if one.refused])
    came = [one for one in left if not one.lines and then.keys().isdisjoint(cue.id for cue in one.before)]
    left = [one for one in left if one not in came]
    if put_back:
        taken += _tried(state, in_order(left, state), rules)
    return Import(
        taken=tuple(taken),
        left=() if put_back else tuple(left),
        came=tuple(cue for one in came for cue in one.before),
        tags=after.tags(),
        plain=after.plain(),
    )


def _without(changes: Sequence[Change], refused: Sequence[Change]) -> list[Change]:
    """Those that are about more lines than were refused."""
    lines = {line for one in refused for line in one.lines}
    cues = {cue.id for one in refused for cue in one.before}
    return [one for one in changes if not (lines.issuperset(one.lines) and cues.issuperset(c.id for c in one.before))]


def _marked(mark: str, new_id: Callable[[], str]) -> str:
    return f"{mark}{new_id()}"


def _mark(lines: Sequence[Line]) -> str:
    """What the ids of all edits of such a file begin with."""
    return f"i{sha256(msgspec.json.encode(lines)).hexdigest()[:8]}-"


def _of(event: Event, mark: str) -> bool:
    return isinstance(event, Edit) and event.id.startswith(mark)


def _went_on(state: State, change: Change, done: Sequence[Edit]) -> bool:
    """Whether the same was `done` before, and somebody has changed those lines since."""
    asked = change.edit
    before = any(_made(edit) == _made(asked) for edit in done)
    return before and not all(state.cues.get(cue.id) == cue for cue in change.before)


def _made(edit: Edit) -> tuple[list[str], list[tuple[float, float, str]]]:
    return [id for id, _ in edit.before], [(cue.start, cue.end, cue.text) for cue in edit.after]


def _refuse_misfit(state: State, outside: Outside, cues: int, lines: int, name: str, lang: str) -> None:
    before, after = outside.alone
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


def _refuse_other(state: State, texts: set[str], name: str, lang: str, said: Callable[[Cue], str]) -> None:
    """The file of another language, or of two, has times like this one."""
    session = state.session
    assert session, "whoever calls has looked"
    source = state.track(session.src_lang)
    tracks = {one: state.track(one) for one in dict.fromkeys((session.src_lang, *session.tgt_langs))}
    pairs = {f"{session.src_lang}-{one}": bilingual(source, tracks[one]) for one in session.tgt_langs}
    alike = {one: len(texts & set(map(said, cues))) for one, cues in {**tracks, **pairs}.items()}
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
