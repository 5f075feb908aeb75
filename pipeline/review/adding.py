"""A language that a session does not have, added to it: made of what its source track says now, edits included."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from pipeline.events import Cue
from pipeline.export import missing
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.settings import CueRules
from pipeline.state import apply
from pipeline.tracks import TrackFiles
from pipeline.translation.chain import Chain

_ENDS = re.compile(r"[.!?…][\s\"'”’»)]*(</\w+>\s*)*$")
"""What ends a sentence, at the end of a line."""
_PAUSE, _LONGEST = 1.0, 10.0
"""Seconds without a line that end one, too; and seconds after which it ends with any line."""


def sentences(track: Sequence[Cue]) -> list[Cue]:
    """The lines that are of no sentence, each with the one that it is of: what goes on in the next line is one."""
    made: list[Cue] = []
    begun = 0.0
    for cue in (cue for cue in track if not cue.sentences):
        first = made[-1].sentences[0] if made and _goes_on(made[-1], cue, begun) else cue.id
        begun = cue.start if first == cue.id else begun
        made.append(replace(cue, sentences=(first,)))
    return made


def _goes_on(cue: Cue, then: Cue, begun: float) -> bool:
    """Whether the sentence of a line, which began at `begun`, goes on in the next one."""
    return not _ENDS.search(cue.text) and then.start - cue.end < _PAUSE and then.end - begun <= _LONGEST


def add(folder: Path, chain: Chain, rules: CueRules, tell: Callable[[float, float], None]) -> int:
    """Writes the track of the chain's language into the journal of a session that has ended, and its files; gives how
    many sentences stay untranslated in it. All of it is translated before a line is written.

    `tell` is told how many sentences are done, of how many. SessionError while somebody else writes there.
    """
    with lock(folder), Journal(folder, SystemClock()) as journal:
        with journal.state() as state:
            made = state.copy()
        assert made.session, "a session that has ended had begun"
        before = set(made.track(made.session.src_lang))
        for cue in sentences(made.track(made.session.src_lang)):
            apply(made, cue)
        left = missing.add(made, chain, rules, tell)
        named = [cue for cue in made.track(made.session.src_lang) if cue not in before]
        for cue in (*(replace(cue, rev=cue.rev + 1) for cue in named), *made.track(chain.lang)):
            journal.append(cue)
        journal.append(made.session)  # last: who is killed before it has it added anew
        files = TrackFiles(folder, journal)
        files.take_over()
        files.write()
    return left
