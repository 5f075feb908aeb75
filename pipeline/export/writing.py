"""Files for other tools: what is there already may have been corrected in one of them, so it is not written over."""

from pathlib import Path

from pipeline.errors import SessionError
from pipeline.files import write_on


def free(path: Path, *, force: bool) -> None:
    """SessionError if there is something at `path` that may not be written over."""
    if path.exists() and not force:
        raise SessionError(f"{path} is there already; choose another --out, or --force to write over it")


def put(path: Path, data: bytes, *, force: bool) -> Path:
    """Writes the file in one step and gives its path; SessionError also where it cannot be written."""
    if not (path.is_file() and path.read_bytes() == data):
        free(path, force=force)
        write_on(path, 0, [data])
    return path
