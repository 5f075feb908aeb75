"""What was changed in a subtitle file outside, as edits of the session that it was made from (docs/edits.md). Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from pipeline.editing import cue_id, merged_sentences, split_sentences
from pipeline.events import Cue, Did, Edit, Value
from pipeline.review.alignment import NEAR, Line, Match, align, distance
from pipeline.review.grid import grid_of
from pipeline.review.tagging import Italics, alike, plain, said, slanted, tagged
from pipeline.review.times import Format
from pipeline.state import State

_LIKE = 0.5
"""Texts that are further apart, at other times, may be of two lines."""
_FRAME = 0.05
"""Seconds by which two lines may overlap where one was moved and the other is kept as it was before it was rounded."""


class Change(Value, frozen=True):
    """One edit, the cues that it replaces as the file knew them, and what of them it changes."""

    edit: Edit
    before: tuple[Cue, ...]
    lines: tuple[int, ...] = ()
    """Positions of those of the file."""
    text: bool = False
    times: bool = False
    unsure: bool = False
    """It may be about another line."""


class Outside:
    """A file's lines beside the track that the file was made from."""

    def __init__(self, track: Sequence[Cue], lines: Sequence[Line], format: Format) -> None:
        self._track, self._lines, self._format = track, lines, format
        self._italics = Italics(lines, sum(bool(slanted(cue.text, "srt")) for cue in track))
        self._texts = [said(cue, format) for cue in track]
        pairs = zip(track, self._texts, strict=True)
        self._matches = align([Line(start=c.start, end=c.end, text=text, id=c.id) for c, text in pairs], lines)

    @property
    def alone(self) -> tuple[int, int]:
        """How many cues of the track, and lines of the file, have no fellow on the other side by text or by time."""
        strange = [m for m in self._matches if not (m.before and m.after) or self._unlike(m)]
        return sum(len(m.before) for m in strange), sum(len(m.after) for m in strange)

    def changes(self, state: State, lang: str, new_id: Callable[[], str]) -> list[Change]:
        """What makes a session in `state` say what was changed in the file. The session may have gone on since the file
        was made: what it has already is left out, and what it changed otherwise has the rev that the file knew."""
        spans = self._spans()
        made = [change for match in self._matches if (change := self._change(state, lang, match, spans, new_id))]
        return [change for change in made if not _there(state, change)]

    def tags(self) -> dict[str, list[float]]:
        """What lines of the file have and their cues have not, with the times of those lines."""
        found: dict[str, list[float]] = defaultdict(list)
        for cues, line in self._pairs():
            had = " ".join(cue.text.lower() for cue in cues)
            for tag in (*line.tags, *(["<i>"] if line.italic and not self._italics.meant else [])):
                if tag.lower().rstrip(">}") not in had:
                    found[tag].append(line.start)
        return found

    def plain(self) -> list[float]:
        """Times of the lines whose italics are left out in a file that has none at all."""
        found = [
            line.start
            for cues, line in self._pairs()
            if any(slanted(cue.text, "srt") and alike(plain(cue.text, None), line.text) for cue in cues)
        ]
        return found if self._italics.none else []

    def _pairs(self) -> Iterator[tuple[list[Cue], Line]]:
        for match in self._matches:
            for at in match.after:
                yield [self._track[i] for i in match.before], self._lines[at]

    def _unlike(self, match: Match) -> bool:
        """A pair that has neither its text nor its times in common."""
        if not (len(match.before) == len(match.after) == 1):
            return False
        cue, line = self._track[match.before[0]], self._lines[match.after[0]]
        return not _together(cue, line) and distance(self._texts[match.before[0]], line.text) >= _LIKE

    def _edges(self) -> Iterator[tuple[int, int, float]]:
        """Of what became of cues: the line, 0 for its start and 1 for its end, and when that was before."""
        for match in self._matches:
            if match.before and match.after:
                yield match.after[0], 0, self._track[match.before[0]].start
                yield match.after[-1], 1, self._track[match.before[-1]].end

    def _spans(self) -> list[tuple[float, float]]:
        """The times of every line as the session has them: those that a tool only rounded are as they were."""
        spans = [[round(line.start, 3), round(line.end, 3)] for line in self._lines]
        grid = grid_of((was, spans[at][edge]) for at, edge, was in self._edges())
        kept = {(at, edge): was for at, edge, was in self._edges() if grid.unchanged(was, spans[at][edge])}
        for (at, edge), was in kept.items():
            spans[at][edge] = was
        for at, (one, other) in enumerate(pairwise(spans)):
            if 0 < one[1] - other[0] <= _FRAME and self._lines[at].end <= self._lines[at + 1].start:
                if (at + 1, 0) in kept:
                    one[1] = other[0]
                else:
                    other[0] = one[1]
        return [(start, end) for start, end in spans]

    def _text(self, cues: Sequence[Cue], line: Line) -> str:
        """What a session takes of a line that was these cues: the tags of whoever has some, else italics alone."""
        if any(tagged(cue.text, self._format) not in ("", slanted(cue.text, "srt")) for cue in cues):
            return line.tagged or line.text
        return (line.italic if self._italics.meant else "") or line.text

    def _same(self, cue: Cue, line: Line) -> bool:
        """Whether a line says what the cue says: also without what a tool leaves out, or makes of all lines."""
        text, written = plain(cue.text, None), self._text([cue], line)
        if text == written:
            return True
        if not (alike(text, line.text) or alike(text, written)):
            return False
        return self._italics.same(slanted(cue.text, "srt"), line.italic)

    def _change(
        self, state: State, lang: str, match: Match, spans: Sequence[tuple[float, float]], new_id: Callable[[], str]
    ) -> Change | None:
        """One edit; None where nothing was changed."""
        cues, new = [self._track[i] for i in match.before], [self._lines[j] for j in match.after]
        times = [spans[j] for j in match.after]
        text = moved = False
        same = len(cues) == len(new) == 1 and self._same(cues[0], new[0])
        new = [replace(line, text=self._text(cues, line)) for line in new]
        if len(cues) == len(new) == 1:
            text = not same
            moved = times[0] != (cues[0].start, cues[0].end)
            if not text:  # nor is what the file cannot have, such as tags
                new = [replace(new[0], text=cues[0].text)]
            if not (text or moved):
                return None
        id = new_id()
        after = _cues(state, lang, id, cues, new, times)
        did = _did(len(cues), len(new), text)
        if did == "insert" and (back := _taken_out(state, after[0])):
            did, after = "restore", [replace(after[0], id=back.id, sentences=back.sentences)]
        edit = Edit(id=id, did=did, before=tuple(_seen(state, cue) for cue in cues), after=tuple(after))
        unsure = self._unlike(match)
        return Change(edit=edit, before=tuple(cues), lines=match.after, text=text, times=moved, unsure=unsure)


def _together(one: Cue, other: Cue | Line) -> bool:
    return max(abs(one.start - other.start), abs(one.end - other.end)) <= NEAR


def _did(before: int, after: int, text: bool) -> Did:
    if not before or not after:
        return "delete" if before else "insert"
    if before == after:
        return "text" if text else "retime"
    return "split" if before < after else "merge"


def _cues(
    state: State, lang: str, id: str, cues: Sequence[Cue], new: Sequence[Line], times: Sequence[tuple[float, float]]
) -> list[Cue]:
    """The lines as cues, the first in the place of the first of those that were there."""
    ids = merged_sentences(cues)
    known = [state.sentences[one] for one in ids if one in state.sentences]
    shown = split_sentences(known, times) if len(new) > 1 and len(known) > 1 else [ids] * len(new)
    names = [*(cue.id for cue in cues[:1]), *(cue_id(id, number) for number in range(1, len(new) + 1))]
    return [
        Cue(id=name, lang=lang, start=start, end=end, text=line.text, sentences=of)
        for name, line, (start, end), of in zip(names, new, times, shown, strict=False)
    ]


def _taken_out(state: State, new: Cue) -> Cue | None:
    """The line that a person took out and that is back in the file."""
    out = [cue for cue in state.killed.values() if cue.lang == new.lang and _together(cue, new)]
    return next((cue for cue in out if cue.text == new.text), None)


def _seen(state: State, cue: Cue) -> tuple[str, int]:
    """A cue with its rev now, unless it says something else by now: then with the one that the file knew."""
    return cue.id, state.cues[cue.id].rev if _as_known(state, cue) else cue.rev


def _as_known(state: State, cue: Cue) -> bool:
    now = state.cues.get(cue.id)
    return now is not None and (now.start, now.end, now.text) == (cue.start, cue.end, cue.text)


def _there(state: State, change: Change) -> bool:
    """Whether the session has come to say the same by itself, or was told before."""
    edit = change.edit
    if edit.did == "delete":
        return all(id not in state.cues for id, _ in edit.before)
    if edit.did == "restore" or not _gone_on(state, change.before):
        return False
    lang = edit.after[0].lang
    now = [cue for cue in state.cues.values() if cue.lang == lang]
    return all(any(cue.text == one.text and _together(cue, one) for cue in now) for one in edit.after)


def _gone_on(state: State, cues: Sequence[Cue]) -> bool:
    """Whether a cue is not as the file knew it; a new line was in no file."""
    return not cues or not all(_as_known(state, cue) for cue in cues)
