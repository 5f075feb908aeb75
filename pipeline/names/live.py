"""The glossary in force during a session: read again when a person saves it, and which of its names are being said."""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import LivesubsError, SettingsError
from pipeline.events import Warned
from pipeline.files import read_typed, write_whole
from pipeline.names.glossary import Glossary, changes, parse

_QUOTED = 3
"""Names that a warning has at most."""


class Names:
    """`current` is the last good glossary; whoever needs it asks for it each time. Without a file it is empty."""

    def __init__(self, path: str = "") -> None:
        """SettingsError for a file that cannot be read or has a wrong line."""
        self._path = Path(path).expanduser() if path else None
        self._seen = self._read = self._stamp()
        self.current = read(self._path) if self._path else Glossary()
        self._said: dict[str, None] = {}  # the last one last
        self._left_out: tuple[str, ...] = ()
        self._news: deque[Warned] = deque()

    def news(self) -> Iterator[Warned]:
        """Reads the file if it was saved, and gives what to tell a person since the last time. One thread asks.

        Two looks must agree before the file is read: an editor may be half way through writing it.
        """
        before, self._seen = self._seen, self._stamp()
        if self._path and self._seen != self._read and self._seen == before:
            self._read = self._seen
            self._reload(self._path)
        while self._news:
            yield self._news.popleft()

    def add(self, line: str, otherwise: Path) -> None:
        """Adds a line to the file, or begins the file `otherwise` with it, and takes it in at once; SettingsError."""
        path = self._path = self._path or otherwise
        before = text_of(path) if path.exists() else ""
        joint = "\n" if before and not before.endswith("\n") else ""
        self._save(path, f"{before}{joint}{line}\n")

    def remove(self, line: str) -> None:
        """Takes out again what was added; SettingsError."""
        if self._path:
            kept = [other for other in text_of(self._path).splitlines() if other != line]
            self._save(self._path, "".join(f"{other}\n" for other in kept))

    def _save(self, path: Path, text: str) -> None:
        try:
            write_whole(path.resolve(), text)  # a person's own file, which may be a link
        except LivesubsError as error:
            raise SettingsError(f"cannot write the glossary {path}: {error}; add the line by hand") from error
        self._seen = self._read = self._stamp()
        self._reload(path)

    def _reload(self, path: Path) -> None:
        try:
            new = read(path)
        except SettingsError as error:
            self._news.append(Warned(text=f"{error} (until then the glossary stays as it was)", about="the glossary"))
            return
        what, self.current, self._left_out = changes(self.current, new), new, ()
        if what:
            self._news.append(
                Warned(text=f"the glossary {path.name} was read again, {what}", good=True, about="the glossary")
            )

    def said(self, names: Sequence[str]) -> None:
        """These names of the glossary have been heard just now."""
        for name in names:
            self._said.pop(name, None)
            self._said[name] = None

    @property
    def hotwords(self) -> tuple[str, ...]:
        """What the recogniser is to expect, what matters most first: names, then words, in the order of the file.

        Where not all fit, the names that were said last come first. (Where they do, their order stays: a run after a
        crash shall hear what the run before heard.)
        """
        listed = sorted(self.current.terms, key=lambda term: not term.is_name)
        if self._left_out:
            lately = tuple(reversed(self._said))
            listed.sort(key=lambda term: _first(lately, (term.source, *term.source.split()[1:])))
        return tuple(term.source for term in listed)

    def left_out(self, names: Sequence[str]) -> None:
        """The recogniser had no room for these; a person is told once for each save."""
        if names and not self._left_out:
            few = ", ".join(names[:_QUOTED]) + (" and others" if len(names) > _QUOTED else "")
            text = (
                f"the glossary is longer than the speech model can keep in mind: {len(names)} left out "
                f"({few}), those that were said last are kept; put what matters most at its top"
            )
            self._news.append(Warned(text=text))
        self._left_out = self._left_out or tuple(names)

    def _stamp(self) -> tuple[int, int] | None:
        """What tells one save from the next; None while there is no file."""
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def _first(said: Sequence[str], names: Sequence[str]) -> int:
    """Where the first of the names is, whole or a family name alone, or one past the end."""
    return next((at for at, name in enumerate(said) if name in names), len(said))


def read(path: Path) -> Glossary:
    """The glossary in a file; SettingsError says what is wrong with it."""
    return parse(text_of(path), str(path))


def text_of(path: Path) -> str:
    return read_typed(path, "the glossary")
