"""A session by its folder, folded as it grows: for whoever shows it or sends it on, in a process of its own.

What is done on the pages is done here at once, before the session has answered: nobody in the room waits for that. Its
answer is what counts. One that refuses, or that comes to something else, leaves here exactly what is in the journal.
An edit of the desk waits for its answer: it is about lines as the journal has them.
"""

from collections.abc import Callable, Iterator, Sequence
from math import inf
from pathlib import Path

from pipeline.answering import answered, effects, known, owed
from pipeline.asked import Asked
from pipeline.errors import SettingsError
from pipeline.events import Action, Cue, Edit, Ended, Event, MediaSegment, Progress, Resumed, SessionStarted, Withdrawn
from pipeline.flow import SystemClock
from pipeline.folder import JOURNAL, SETTINGS
from pipeline.journal import Entries, Entry, light, running
from pipeline.opened import opened
from pipeline.room import Room, directed, room
from pipeline.settings import CueRules, load
from pipeline.source.archive import segments
from pipeline.source.parts import ARCHIVE
from pipeline.state import State, apply
from pipeline.supervision import GONE


class Followed:
    """What is known of one session; `look` for more now and then."""

    def __init__(
        self, folder: Path, tell: Callable[[Entry], None] = lambda entry: None, *, coming: bool = False
    ) -> None:
        """`tell` is called with what changes, under the number that the journal has come to. `coming`: a session is
        about to begin in the folder, or to go on, whatever its journal says yet."""
        self.folder, self._tell, self._clock = folder, tell, SystemClock()
        self._written = State()
        """What the journal says."""
        self.state = self._written
        """... once everything is answered that was asked; the same object while nothing waits for that."""
        self.room, self.seq = Room(), 0
        self._journal, self._asked = Entries(folder / JOURNAL), Asked(folder)
        self._unanswered: dict[str, Action | Edit] = {}
        self._came = not coming
        """It was there, so that its end is one."""
        self._seen = self._clock.up() if coming else -inf
        """When it was alive, as far as is known."""

    @property
    def owes(self) -> bool:
        """Something that a person asked has no answer in the journal, or not all that follows from it."""
        return self.state is not self._written

    @property
    def over(self) -> bool:
        """It has ended, or died and did not come back."""
        if running(self.folder):
            self._seen, self._came = self._clock.up(), True
            return False
        ended, gone = self.state.ended, self._clock.up() - self._seen > GONE
        if self.state.session is None:  # it died before its first line, or has yet to begin
            return ended is not None or (gone and (self.folder / JOURNAL).exists())
        return (self._came and ended is not None and ended.reason != "failed") or gone

    def knows(self, id: str) -> bool:
        """Whether that was asked before."""
        return id in self._unanswered or known(self._written, id)

    def rules(self) -> CueRules:
        """Those of the session; what it answers is by them in any case."""
        try:
            return load(self.folder / SETTINGS).cues
        except SettingsError:
            return CueRules()

    @property
    def opened(self) -> frozenset[str]:
        """Lines that are open in an editor: nobody sees one who has not seen it yet."""
        return opened(self.folder)

    def segments(self) -> Sequence[MediaSegment]:
        """What there is of picture and sound."""
        return segments(self.folder / ARCHIVE)

    def look(self) -> None:
        """Takes in what is new in the files."""
        before = self.seq
        for entry in self._journal.new():
            self._note(entry)
        if self.seq != before and not self.owes:
            self._settle()  # whoever wrote the last answer may have been killed over it
        for asked in self._asked.new():
            self.act(asked)

    def act(self, asked: Action | Edit) -> None:
        """Does what a person asked, as far as it is known here."""
        if not self.knows(asked.id):
            self._unanswered[asked.id] = asked
            self._settle()

    def _note(self, entry: Entry) -> None:
        self.seq, event = entry.seq, entry.event
        if isinstance(event, SessionStarted | Resumed | Progress | Ended):
            self._seen = max(self._seen, self._clock.up() - max(0.0, self._clock.now() - entry.at))
        if isinstance(event, Action | Edit):
            self._unanswered.pop(event.id, None)
        apply(self._written, light(event))
        if not self.owes:
            self._told(entry)
            return
        self._settle()
        if not isinstance(event, Cue | Withdrawn | Action):
            self._told(entry)

    def _settle(self) -> None:
        """Brings `state` to what the journal says and what is asked beyond that, and tells what is another then."""
        before, self.state = self.state, self._foreseen()
        if before is not self.state:
            for event in _changes(before, self.state):
                self._told(Entry(self.seq, self._clock.now(), event))

    def _foreseen(self) -> State:
        rules = self.rules()
        left = owed(self._written, rules)
        if not left and not self._unanswered:
            return self._written
        state = self._written.copy()
        for event in left:
            apply(state, event)
        for asked in [one for one in self._unanswered.values() if isinstance(one, Action)]:
            try:
                _do(state, asked, rules)
            except Exception:  # a fault of ours, which is told: the next time it goes without that one
                del self._unanswered[asked.id]
                raise
        return state

    def _told(self, entry: Entry) -> None:
        if isinstance(action := entry.event, Action):
            anew = action.do == "undo" or action.refused
            self.room = room(self.state.actions.values()) if anew else directed(self.room, action)
        self._tell(entry)


def _do(state: State, asked: Action, rules: CueRules) -> None:
    answer = answered(state, asked, rules)
    apply(state, answer)
    for event in effects(state, answer, rules):
        apply(state, event)


def _changes(before: State, after: State) -> Iterator[Event]:
    """What was done that was not, or is refused now, and the cues that are others."""
    yield from (action for id, action in after.actions.items() if before.actions.get(id) != action)
    yield from (Withdrawn(id=id) for id in before.cues if id not in after.cues)
    for id, cue in after.cues.items():
        was = before.cues.get(id)
        if was is not cue and was != cue:
            yield cue
