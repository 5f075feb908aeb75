"""Files that others read while we write them."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import SettingsError, unwritable


def read_typed(path: Path, what: str) -> str:
    """A text that a person has written, `what` it is to them; SettingsError if it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"cannot read {what} {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{what} {path} is no UTF-8 text; save it as UTF-8") from error


def lasting(name: str) -> str:
    """The name of a file or folder that is there as it is from any folder; an address and all else as it is."""
    with suppress(OSError, RuntimeError, ValueError):  # what can be no path is none
        path = Path(name).expanduser()
        return str(path.absolute()) if "://" not in name and path.exists() else name
    return name


class NewLines:
    """The lines of a file that grows, which may not exist yet: whole ones, each once."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0

    def take(self) -> Iterator[bytes]:
        """Those since the last time, without their ends; none where it cannot be read now. What is not asked for comes
        the next time."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                data = file.read()
        except OSError:
            return
        for line in data.split(b"\n")[:-1]:
            self._read += len(line) + 1
            yield line


def write_private(path: Path, data: bytes) -> None:
    """Puts `data` at `path` in one step, for its owner alone (mode 600); DiskFull or SessionError if it cannot be."""
    whole = path.with_name(f".{path.name}.part")
    try:
        whole.unlink(missing_ok=True)
        whole.touch(mode=0o600)
        whole.write_bytes(data)
        whole.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error


def write_on(path: Path, kept: int, parts: Iterable[bytes]) -> None:
    """Puts the first `kept` bytes of what is at `path`, and `parts` after them, there in one step; errors as below."""
    whole = path.with_name(f".{path.name}.part")
    try:
        with whole.open("wb") as new:
            if kept:
                _copy(path, new, kept)
            new.writelines(parts)
        whole.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error


def _copy(path: Path, new: BinaryIO, count: int) -> None:
    with path.open("rb") as old:
        while count and (data := old.read(min(count, 1 << 16))):
            new.write(data)
            count -= len(data)


def write_whole(path: Path, text: str | bytes) -> bool:
    """Puts `text` at `path` in one step: whoever reads sees the old file or the new one, whole, in UTF-8 unless bytes.

    Gives whether anything changed; a file that says the same already is left alone. The file is not forced to the
    disk: it is derived, and the journal behind it is. DiskFull or SessionError if it cannot be written.
    """
    data = text.encode() if isinstance(text, str) else text
    try:
        if path.exists() and path.read_bytes() == data:
            return False
        # The same folder, because a rename is in one step only within a file system; the name is not one of ours.
        whole = path.with_name(f".{path.name}.part")
        whole.write_bytes(data)
        whole.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    return True
