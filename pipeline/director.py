"""The session's answer to what people do on the pages and at the desk: that in the journal, and what follows from it.

"What a human touched, no program changes again" is held here: the session journals its cues through `append`.
"""

import threading
from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline import folder
from pipeline.answering import answered, effects, known, owed
from pipeline.asked import Asked
from pipeline.direction import remade, settled, speaker
from pipeline.errors import SettingsError
from pipeline.events import Action, Cue, Edit, Event, Warned, Withdrawn
from pipeline.journal import Journal
from pipeline.killing import late
from pipeline.names.live import Names
from pipeline.settings import CueRules
from pipeline.tracks import TrackFiles


class Director:
    """Does each action and each edit once, also across a kill and a resume."""

    def __init__(self, path: Path, journal: Journal, files: TrackFiles, rules: CueRules, names: Names) -> None:
        self._asked = Asked(path)
        self._journal, self._files, self._rules, self._names = journal, files, rules, names
        self._glossary = path / folder.NAMES
        self._acting = threading.Lock()
        """Nothing is written of a cue between a look at who touched it and the line in the journal."""
        with journal.state() as state:
            left = owed(state, rules)
            self._speaker = speaker(state)
        for event in left:
            journal.append(event)

    @property
    def touched(self) -> Collection[str]:
        """Ids of the cues that a person has changed or taken out."""
        with self._journal.state() as state:
            return state.touched

    @property
    def speaker(self) -> str:
        """The language that a person says is spoken now; empty: whichever is heard."""
        return self._speaker

    def append(self, made: Cue | Withdrawn) -> None:
        """Journals what a program makes of a cue, unless a person has touched that one; a new one goes at once where
        what it shows was killed in another track."""
        with self._acting:
            with self._journal.state() as state:
                asked = remade(state, made) if isinstance(made, Cue) else made
                events = [] if made.id in state.touched else settled(state, [asked], self._rules)
                gone = late(state, made) if isinstance(made, Cue) and made.id not in state.revs else []
            for event in (*events, *gone):
                self._journal.append(event)

    def together(self, made: Iterable[Event], about: Collection[str]) -> bool:
        """Journals what a program makes of several cues, those it is `about`, unless a person has touched one of them;
        whether it did. What was journaled before a kill comes to the same again."""
        with self._acting:
            with self._journal.state() as state:
                if not state.touched.isdisjoint(about):
                    return False
                events = [remade(state, event) if isinstance(event, Cue) else event for event in made]
            for event in events:
                self._journal.append(event)
        return True

    def answer(self) -> None:
        """Does what people have asked since the last time. One thread calls it."""
        new = False
        try:
            for asked in self._asked.new():
                new = self._do(asked) or new
        finally:
            if new:
                self._files.write()

    def _do(self, asked: Action | Edit) -> bool:
        """Whether it is new; what cannot be done is told."""
        with self._acting:
            with self._journal.state() as state:
                if known(state, asked.id):
                    return False
                answer = answered(state, asked, self._rules)
            self._journal.append(answer)
            with self._journal.state() as state:
                made = effects(state, answer, self._rules)
                self._speaker = speaker(state)
                undone = state.actions.get(answer.of)
            for event in made:
                self._journal.append(event)
        # a refused edit is told by the desk, what comes refused from a copy by the import, a kill that goes with
        # another one by that; all of them stay in the journal
        if isinstance(answer, Edit) or asked.refused or (answer.do == "kill" and answer.of):
            return True
        refused = answer.refused or self._note_name(answer, undone)
        if refused:
            self._journal.append(Warned(text=refused))
        return True

    def _note_name(self, action: Action, undone: Action | None) -> str:
        """Adds a name to the glossary, or takes it out again; why that is not possible."""
        try:
            if action.do == "name":
                self._names.add(action.text, self._glossary)
            elif action.do == "undo" and undone and undone.do == "name":
                self._names.remove(undone.text)
        except SettingsError as error:
            return str(error)
        return ""
