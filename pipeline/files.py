"""Files that others read while we write them."""

from pathlib import Path

from pipeline.errors import unwritable


def write_whole(path: Path, text: str) -> bool:
    """Puts `text` at `path` in one step: whoever reads sees the old file or the new one, whole, in UTF-8.

    Gives whether anything changed; a file that says the same already is left alone. The file is not forced to the
    disk: it is derived, and the journal behind it is. DiskFull or SessionError if it cannot be written.
    """
    data = text.encode()
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


def write_private(path: Path, data: bytes) -> None:
    """Puts `data` at `path`, for its owner alone (mode 600); DiskFull or SessionError if it cannot be written."""
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)  # one that was there
        path.write_bytes(data)
    except OSError as error:
        raise unwritable(path, error) from error
