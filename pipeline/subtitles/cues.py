"""Cues of one track, placed in time one after the other; only the last is ever revised.

The order of surrender where speech is faster than reading (`docs/cue-rules.md`): the silence after the words; a longer
out-time; a late start of the next cue, if that one can afford it; then a cue that is too fast, flagged. Lines, length,
gap, duration and order hold always, and no text is ever dropped.
"""

from collections.abc import Iterable, Iterator

import msgspec

from pipeline.events import Cue, Rendering, Value
from pipeline.settings import CueRules
from pipeline.subtitles.lines import break_lines
from pipeline.subtitles.pieces import split
from pipeline.subtitles.quality import characters, too_fast

_LATE = 0.1
"""Seconds after its first word from which a cue's start is flagged: what a viewer notices."""


class _Placed(Value, frozen=True):
    """A cue, the stretch of speech it belongs to, and the language of its text. `cue.rev` 0 is not yet shown."""

    cue: Cue
    first: float
    last: float
    lang: str

    def at(self, start: float, end: float) -> "_Placed":
        cue = msgspec.structs.replace(self.cue, start=round(start, 3), end=round(end, 3))
        return msgspec.structs.replace(self, cue=cue)


def to_cues(renderings: Iterable[Rendering], rules: CueRules) -> Iterator[Cue]:
    """One track's cues as they come; the last is not `final` until the next one, or the end, has settled it.

    A cue that is revised comes again, whole, before the cue that made it change: whoever applies them one by one
    holds a track without faults at every moment.
    """
    last: _Placed | None = None
    for rendering in renderings:
        for coming in _unplaced(rendering, rules):
            if last is None:
                last = _place(coming, coming.first, rules)
            elif together := _share(last, coming, rules):
                last = together
            else:
                settled, last = _follow(last, coming, rules)
                yield _shown(settled, rules, final=True)
        if last and (last.cue.rev == 0 or last.cue.sentences[-1] == rendering.sentence.id):
            shown = _shown(last, rules, final=False)
            last = msgspec.structs.replace(last, cue=shown)
            yield shown
    if last:
        yield _shown(last, rules, final=True)


def _unplaced(rendering: Rendering, rules: CueRules) -> Iterator[_Placed]:
    sentence = rendering.sentence
    flags = ("untranslated",) if rendering.untranslated else ()
    for number, piece in enumerate(split(rendering, rules), 1):
        cue = Cue(
            id=f"{sentence.id}.{rendering.lang}.{number}",
            lang=rendering.lang,
            start=piece.start,
            end=piece.end,
            text="\n".join(piece.lines),
            sentences=(sentence.id,),
            flags=flags,
            rev=0,
            final=False,
        )
        lang = sentence.lang if rendering.untranslated else rendering.lang
        yield _Placed(cue=cue, first=piece.start, last=piece.end, lang=lang)


def _place(coming: _Placed, start: float, rules: CueRules) -> _Placed:
    """The cue as long as it would like to be: past its words for a moment, longer if it takes longer to read."""
    start = round(max(0.0, start), 3)
    read = start + characters(coming.cue.text) / rules.cps
    end = max(coming.last + rules.linger, min(read, coming.last + rules.linger_most), start + rules.shortest)
    return coming.at(start, min(end, start + rules.longest))


def _follow(last: _Placed, coming: _Placed, rules: CueRules) -> tuple[_Placed, _Placed]:
    """The last cue cut back or held on to meet the coming one, and that one placed after it."""
    needed = max(last.cue.start + rules.shortest, min(_read_by(last, rules), last.last + rules.linger_most))
    needed = min(needed, last.cue.start + rules.longest)
    start = min(needed + rules.gap, coming.first + _spare(coming, rules))
    start = max(start, coming.first, _earliest(last, rules))
    placed = _place(coming, start, rules)
    end = min(last.cue.end, placed.cue.start - rules.gap)
    if placed.cue.start - end < rules.bridge:
        end = min(placed.cue.start - rules.gap, last.cue.start + rules.longest)
    return last.at(last.cue.start, end), placed


def _read_by(placed: _Placed, rules: CueRules) -> float:
    """When the cue has been read at the highest speed allowed."""
    return placed.cue.start + characters(placed.cue.text) / rules.cps_most


def _earliest(last: _Placed, rules: CueRules) -> float:
    """When the next cue can start at all."""
    return last.cue.start + rules.shortest + rules.gap


def _spare(coming: _Placed, rules: CueRules) -> float:
    """How late a cue may start for the sake of the one before without becoming too fast in its turn.

    That it may hold on as long as reading asks is a bet on its own successor; over 1552 sentences of the demo corpus
    spoken at 165 words a minute without a pause it leaves 0.3 % of cues too fast, against 1.3 % at the usual out-time
    and 4.8 % at the last word, while the 95th percentile of lateness goes from 0.25 s over 0.39 s to 0.44 s.
    """
    slot = coming.last + rules.linger_most - coming.first
    return min(rules.late_most, max(0.0, slot - characters(coming.cue.text) / rules.cps_most))


def _share(last: _Placed, coming: _Placed, rules: CueRules) -> _Placed | None:
    """Both texts in one cue: where two short sentences come too fast for cues of their own. None where not."""
    if _earliest(last, rules) - coming.first <= rules.late_most:
        return None
    lines = _stacked(last.cue.text, coming.cue.text, rules, last.lang)
    until = max(last.last, coming.last)
    if not lines or until > last.cue.start + rules.longest:
        return None
    sentences = tuple(dict.fromkeys((*last.cue.sentences, *coming.cue.sentences)))
    flags = tuple(dict.fromkeys((*last.cue.flags, *coming.cue.flags)))
    cue = msgspec.structs.replace(last.cue, text="\n".join(lines), sentences=sentences, flags=flags)
    return _place(msgspec.structs.replace(last, cue=cue, last=until), cue.start, rules)


def _stacked(upper: str, lower: str, rules: CueRules, lang: str) -> tuple[str, ...] | None:
    """Two short texts one above the other, else run together; None unless both are short and fit."""
    texts = (" ".join(upper.split("\n")), " ".join(lower.split("\n")))
    if max(map(len, texts)) > rules.cpl:
        return None
    return texts if rules.lines > 1 and "\n" not in upper else break_lines(" ".join(texts), rules, lang)


def _shown(placed: _Placed, rules: CueRules, *, final: bool) -> Cue:
    """The next revision of a cue, with the flags that its times ask for."""
    cue = placed.cue
    kept = tuple(flag for flag in cue.flags if flag not in ("fast", "late"))
    fast = ("fast",) if too_fast(cue.text, cue.start, cue.end, rules) else ()
    late = ("late",) if cue.start > placed.first + _LATE else ()
    return msgspec.structs.replace(cue, flags=(*kept, *fast, *late), rev=cue.rev + 1, final=final)
