"""Typed lines in a track: where one meets its neighbours, they make room for each other (pure).

The line before is over sooner; the typed one gives up what it does not need to be read at `cps`, but for two seconds;
the line after comes later, as far as it can afford, or as those two seconds need it. Nothing is dropped or cut under
`shortest`, and order and gap hold (`docs/cue-rules.md`).
"""

from collections.abc import Iterable

from msgspec.structs import replace

from pipeline.events import Cue
from pipeline.settings import CueRules
from pipeline.subtitles.placing import Next, Piece, begin, place
from pipeline.subtitles.quality import characters, too_fast

STANDS = 2.0
"""Seconds that a typed line stands where another line is due, but where that is typed, too."""
_LATE = 0.1
"""Seconds after which a later start is flagged: what a viewer notices."""
_HALF_MILLISECOND = 0.0005


def is_typed(cue: Cue) -> bool:
    return "typed" in cue.flags


def spaced(track: Iterable[Cue], rules: CueRules) -> list[Cue]:
    """The cues of one track by time, a gap between all of them; those that need not move are the very same."""
    cues = sorted(track, key=lambda cue: (cue.start, cue.end))
    made: list[Cue] = []
    for cue, then in zip(cues, [*cues[1:], None], strict=True):
        last = made[-1] if made else None
        if is_typed(cue) and not (_apart(last, cue, rules) and _apart(cue, then, rules)):
            if last:
                made[-1] = last = _over_sooner(last, cue.start, rules)
            made.append(_inserted(cue, last, then, rules))
        elif last and not _apart(last, cue, rules):
            made.append(_later(cue, last.end + rules.gap, rules))
        else:
            made.append(cue)
    return made


def _apart(one: Cue | None, other: Cue | None, rules: CueRules) -> bool:
    return not one or not other or other.start - one.end > rules.gap - _HALF_MILLISECOND


def _over_sooner(cue: Cue, at: float, rules: CueRules) -> Cue:
    """The cue ended before what begins at `at`, if enough of it is left."""
    end = max(at - rules.gap, cue.start + min(cue.end - cue.start, rules.shortest))
    return _timed(cue, cue.start, end, rules) if end < cue.end else cue


def _inserted(typed: Cue, last: Cue | None, then: Cue | None, rules: CueRules) -> Cue:
    """The typed line after `last`, cut back or held on to meet the one that comes then, as any cue is; where it has to
    wait it stands as long."""
    start = begin(typed.start, last, rules)
    piece = Piece(
        id=typed.id,
        lang=typed.lang,
        text_lang=typed.lang,
        lines=tuple(typed.text.split("\n")),
        first=start,
        last=start + typed.end - typed.start - rules.linger,
        sentences=(),
    )
    coming = Next(at=then.start, spare=_spare(then, rules)) if then else None
    own = replace(rules, shortest=_stands(rules), cps_most=min(rules.cps, rules.cps_most))  # it is shown this once
    standing = rules if then and is_typed(then) else own
    found = place(piece, start, coming, standing)
    return _timed(typed, found.start, found.end, rules)


def _stands(rules: CueRules) -> float:
    return min(max(STANDS, rules.shortest), rules.longest)


def _spare(cue: Cue, rules: CueRules) -> float:
    """How much later a cue may begin without becoming too fast; what a person typed waits for nobody."""
    needed = max(rules.shortest, characters(cue.text) / rules.cps_most)
    return 0.0 if is_typed(cue) else min(rules.late_most, max(0.0, cue.end - cue.start - needed))


def _later(cue: Cue, start: float, rules: CueRules) -> Cue:
    return _timed(cue, start, max(cue.end, start + min(cue.end - cue.start, rules.shortest)), rules)


def _timed(cue: Cue, start: float, end: float, rules: CueRules) -> Cue:
    """The cue at other times, flagged as they make it."""
    start, end = round(start, 3), round(end, 3)
    flags = [flag for flag in cue.flags if flag != "fast"]
    fast = ("fast",) if too_fast(cue.text, start, end, rules) else ()
    late = ("late",) if start > cue.start + _LATE and not is_typed(cue) else ()
    return replace(cue, start=start, end=end, flags=tuple(dict.fromkeys((*flags, *fast, *late))))
