"""The list of a batch: a path or an address a line, and the name of the session folder that each becomes."""

from collections.abc import Callable
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.events import Value
from pipeline.files import read_typed


class Item(Value, frozen=True):
    """A recording."""

    name: str
    """Of its session folder."""
    source: str
    """Path or address; a path is absolute."""
    line: int
    """Where it stands in the list."""


def listed(path: Path, named: Callable[[str], str]) -> list[Item]:
    """The recordings of a list, without comments (`#`) and blank lines; `named` says the name of a source.

    SettingsError for a list that cannot be read, has nothing in it, or has two recordings of one name.
    """
    made: dict[str, Item] = {}
    for number, line in enumerate(read_typed(path, "the list").splitlines(), 1):
        if not (given := line.strip()) or given.startswith("#"):
            continue
        source = given if "://" in given else str(_found(given, path.parent))
        item = Item(name=named(source), source=source, line=number)
        key = item.name.casefold()  # some disks take Rally and rally for one
        if other := made.get(key):
            raise SettingsError(
                f"lines {other.line} and {number} of {path} would both become the session {other.name}; rename one of "
                "the recordings, or put it into a list of its own, with another --out"
            )
        made[key] = item
    if not made:
        raise SettingsError(f"there is no recording in {path}; write a path or an address on each line")
    return list(made.values())


def _found(given: str, folder: Path) -> Path:
    """The file that a line means: beside the list, or from the working folder where that alone is there."""
    typed = Path(given).expanduser()
    beside = folder / typed
    return (typed if typed.exists() and not beside.exists() else beside).absolute()
