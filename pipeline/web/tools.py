"""What the desk has beside its session: settings and models of this machine, keys, a glossary, engines."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import field

from pipeline.afterwards import names_of
from pipeline.errors import SettingsError
from pipeline.events import Value
from pipeline.folder import NAMES, SETTINGS
from pipeline.names.live import Names
from pipeline.settings import Settings, load

if TYPE_CHECKING:
    from pipeline.review.translators import Translators


class Tools(Value, frozen=True):
    """What is given to it."""

    settings: Settings | None = None
    """With the models of this machine; unless given, the session's own."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Of the translation services."""
    others: tuple[Path, ...] = ()
    """Folders of other sessions that are searched with it."""


class Toolbox:
    """... and what is made of that for the session in a folder, when it is first needed."""

    def __init__(self, folder: Path, tools: Tools) -> None:
        self._folder, self._tools = folder, tools
        self._names: Names | None = None
        self._translators: tuple[Names, Translators] | None = None
        self._begun = False
        """Whether the session has a glossary of its own: with the first name that is added it has one."""

    @cached_property
    def settings(self) -> Settings:
        with suppress(SettingsError):  # of a folder that came without them
            return self._tools.settings or load(self._folder / SETTINGS)
        return Settings()

    @property
    def names(self) -> Names:
        """The glossary as it was saved last; empty where there is none."""
        begun = (self._folder / NAMES).exists()
        if self._names is None or begun != self._begun:
            self._names, self._begun = names_of(self._folder, self.settings), begun
        for _ in (*self._names.news(), *self._names.news()):  # it looks twice; what is wrong is the session's to tell
            pass
        return self._names

    @property
    def translators(self) -> "Translators":
        """With the glossary as it is now; their engines are made anew where there was none."""
        from pipeline.review.translators import Translators

        names = self.names
        if self._translators is None or self._translators[0] is not names:
            self._translators = names, Translators(self.settings, self._tools.keys, names)
        return self._translators[1]
