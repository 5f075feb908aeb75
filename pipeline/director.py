"""The session's answer to what people do on the pages: their actions in the journal, with what follows from them.

"What a human touched, no program changes again" is held here: the session journals its cues through `append`.
"""

import threading
from collections.abc import Collection
from pathlib import Path

from msgspec.structs import replace

from pipeline import folder
from pipeline.direction import Actions, effects, owed, refusal, remade, settled, speaker
from pipeline.errors import SettingsError
from pipeline.events import Action, Cue, Warned, Withdrawn
from pipeline.journal import Journal
from pipeline.names.live import Names
from pipeline.settings import CueRules
from pipeline.tracks import TrackFiles


class Director:
    """Does each action once, also across a kill and a resume."""

    def __init__(self, path: Path, journal: Journal, files: TrackFiles, rules: CueRules, names: Names) -> None:
        self._actions = Actions(path)
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
        """Journals what a program makes of a cue, unless a person has touched that one."""
        with self._acting:
            with self._journal.state() as state:
                asked = remade(state, made) if isinstance(made, Cue) else made
                events = [] if made.id in state.touched else settled(state, [asked], self._rules)
            for event in events:
                self._journal.append(event)

    def answer(self) -> None:
        """Does what people have asked since the last time. One thread calls it."""
        new = [action for action in self._actions.new() if self._do(action)]
        if new:
            self._files.write()

    def _do(self, action: Action) -> bool:
        """Whether it is new; what cannot be done is told."""
        with self._acting:
            with self._journal.state() as state:
                if action.id in state.actions:
                    return False
                refused = refusal(state, action)
            action = replace(action, refused=refused)
            self._journal.append(action)
            with self._journal.state() as state:
                made = effects(state, action, self._rules)
                self._speaker = speaker(state)
                undone = state.actions.get(action.of)
            for event in made:
                self._journal.append(event)
        refused = refused or self._note_name(action, undone)
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
