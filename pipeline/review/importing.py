"""A file that comes back to its session: what of it can be taken, in which order, and what cannot. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from pipeline.answering import answered, effects
from pipeline.errors import SettingsError
from pipeline.events import Cue, Edit, Event, Value
from pipeline.review.base import base
from pipeline.review.file import SubtitleFile
from pipeline.review.outside import Change, Outside, lines_of, said
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold
from pipeline.subtitles.formats import bilingual


class Taken(Value, frozen=True):
    """A change, and what the session answers to it: empty where it takes it."""

    change: Change
    refused: str


class Import(Value, frozen=True):
    """What comes of a file."""

    taken: tuple[Taken, ...]
    """In the order in which they can be done."""
    since: int = 0
    """How many cues the session has changed since the file was made."""


def compare(
    events: Sequence[Event],
    file: SubtitleFile,
    name: str,
    lang: str,
    rules: CueRules,
    new_id: Callable[[], str],
    *,
    latest: bool = False,
) -> Import:
    """What `file` (called `name` in errors) changes in the track `lang` of a session; SettingsError if it does not fit.

    It is held against the state that it was made from; with `latest` against the session as it now is.
    """
    state = fold(events)
    lines, format = lines_of(file, state.revs), file.written.format
    if file.stray:
        stray = file.stray[0]
        raise SettingsError(f"{name}, line {stray.line}: this text belongs to no cue; mend that first, then import it")
    now = {cue.id: cue for cue in state.track(lang)}
    then = now if latest else base(events, lang, lines, lambda cue: said(cue, format))
    track = sorted(then.values(), key=lambda cue: (cue.start, cue.end))
    outside = Outside(track, lines, format)
    _refuse_other(state, {line.text for line in lines}, name, lang, lambda cue: said(cue, format))
    _refuse_misfit(state, outside, len(track), len(lines), name, lang)
    changes = in_order(outside.changes(state, lang, new_id), state)
    return Import(taken=tuple(_tried(state, changes, rules)), since=_differing(then, now))


def _differing(then: Mapping[str, Cue], now: Mapping[str, Cue]) -> int:
    shown = [{(id, c.start, c.end, c.text) for id, c in track.items()} for track in (then, now)]
    return len({id for id, *_ in shown[0] ^ shown[1]})


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
        apply(state, answer)
        for event in effects(state, answer, rules):
            apply(state, event)
        yield Taken(change=change, refused=answer.refused if isinstance(answer, Edit) else "")


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
