"""Files for other tools: what is there already may have been corrected in one of them, so it is not written over."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import SessionError
from pipeline.files import write_on


def free(path: Path, *, force: bool) -> None:
    """SessionError if there is something at `path` that may not be written over."""
    if path.is_dir():
        raise SessionError(f"{path} is a folder; choose another --out")
    if path.exists() and not force:
        raise SessionError(f"{path} is there already; choose another --out, or --force to write over it")


def put(path: Path, data: bytes, *, force: bool) -> Path:
    """Writes the file in one step and gives its path; SessionError also where it cannot be written."""
    return put_all({path: data}, force=force)[0]


def put_all(files: Mapping[Path, bytes], *, force: bool) -> list[Path]:
    """Writes these files, or none of them if one may not be written over, and gives their paths; errors as above."""
    new = {path: data for path, data in files.items() if not (path.is_file() and path.read_bytes() == data)}
    for path in new:
        free(path, force=force)
    for path, data in new.items():
        write_on(path, 0, [data])
    return [*files]
