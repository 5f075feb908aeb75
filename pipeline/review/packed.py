"""A packed session, whoever made it, as a folder again. What comes of a stranger's file stays in that folder.

Only names that a session has are taken, as plain files; lists may only name segments, languages only be languages, the
settings have no paths; nothing grows beyond what a session could be. The file itself is never written.
"""

import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from pipeline import folder, settings
from pipeline.errors import DiskFull, LivesubsError, SessionError, SettingsError, unwritable
from pipeline.events import Event
from pipeline.files import write_whole
from pipeline.journal import read
from pipeline.report.folder import open_record
from pipeline.review.package import (
    FORMAT,
    MANIFEST,
    SEGMENTS,
    TEXTS,
    Manifest,
    carried,
    identity,
    manifest_of,
    read_manifest,
)
from pipeline.review.packing import settle
from pipeline.review.proxy import connections, sound
from pipeline.settings import SAMPLE_RATE
from pipeline.source import parts
from pipeline.source.archive import segments
from pipeline.source.capture import executable
from pipeline.tracks import tracks

_TEXT_MOST = 2_000_000_000
"""Bytes of all texts; those of three hours are a hundredth of that."""
_DENSEST, _LOOKED_AT = 100, 50_000_000
"""No text of more bytes than that is packed to less than one part in a hundred: a journal comes to one in twenty."""
_DAY = 200_000.0
"""Seconds: two days and more, as long as no recording is. Its sound takes 115 MB an hour."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def place(path: Path) -> Path:
    """Where a packed session is unpacked unless a person names another folder: beside it."""
    return path.with_name(f"{path.stem}.review")


def unpacked(path: Path, where: Path, tell: Callable[[float, float], None] = lambda done, total: None) -> Path:
    """Makes the session folder `where` of a packed session, in one step, and gives it; if it was made of the same file
    before, it goes on as it is. `tell` is told how many seconds of the recording are done, of how many.

    SettingsError for a file that is none, is damaged or would do harm; SessionError where there is something else
    already, or nothing can be written.
    """
    with _opened(path) as packed:
        manifest = _manifest(path, packed)
        if _there(path, where, manifest):
            return where
        entries = _checked(path, packed)
        _check_room(path, where.absolute().parent, sum(entry.file_size for entry in entries))
        try:
            with TemporaryDirectory(dir=where.absolute().parent, prefix=f".{where.name}.", suffix=".part") as made:
                _fill(path, packed, entries, Path(made) / "session", tell)
                if where.exists():
                    where.rmdir()
                (Path(made) / "session").replace(where)
        except OSError as error:
            raise unwritable(where, error) from error
    return where


def journal_of(copy: Path, session: Path) -> list[Event]:
    """What happened in a copy of that session: a packed one, or the folder that it was unpacked to, which is looked at
    where there is one; SettingsError where it is a copy of another, or as `unpacked`."""
    folder_of_it = copy if copy.is_dir() else place(copy)
    if copy.is_dir() or _is_of(folder_of_it, copy):
        settle(folder_of_it)
        return _events(folder_of_it, copy, session)
    with TemporaryDirectory() as made, _opened(copy) as packed:
        _manifest(copy, packed)
        _take(copy, packed, [one for one in _checked(copy, packed) if one.filename == folder.JOURNAL], Path(made))
        return _events(Path(made), copy, session)


def other_copy(copy: Path) -> Path | None:
    """The folder beside a packed session that was made of another file of that name, which may have edits too."""
    where = place(copy)
    known = manifest_of(where) if not copy.is_dir() else None
    return where if known and not _is_of(where, copy) else None


def _is_of(where: Path, copy: Path) -> bool:
    """Whether the folder was made of that file."""
    known = manifest_of(where)
    if known is None:
        return False
    with _opened(copy) as packed:
        return _manifest(copy, packed).id == known.id


def _events(found: Path, copy: Path, session: Path) -> list[Event]:
    journal = found / folder.JOURNAL
    try:
        if identity(journal) != identity(session / folder.JOURNAL):
            raise SettingsError(f"{copy} is a copy of another session than {session}; name the one that was packed")
        return [entry.event for entry in read(journal, damaged=[])]
    except OSError as error:
        raise SettingsError(f"{copy} has no journal that can be read; name a packed session, or its folder") from error


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file; whatever is wrong with it while it is read is one sentence."""
    try:
        with _zip(path) as packed:
            yield packed
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise SettingsError(f"{path} is no packed session, or not all of one ({error}); copy it here again") from error


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise SettingsError(f"there is no {path}; check the path") from error
    except OSError as error:  # also where the file says that it goes on before its beginning
        raise zipfile.BadZipFile(error.strerror) from error


def _open(packed: zipfile.ZipFile, name: str) -> IO[bytes]:
    try:
        return packed.open(name)
    except OSError as error:
        raise zipfile.BadZipFile(error.strerror) from error


def _manifest(path: Path, packed: zipfile.ZipFile) -> Manifest:
    names = [info.filename for info in packed.infolist()]
    if MANIFEST not in names or packed.getinfo(MANIFEST).file_size > _LOOKED_AT:
        raise SettingsError(f"{path} is no packed session; name a file that `livesubs pack` has made")
    with _open(packed, MANIFEST) as file:
        manifest = read_manifest(file.read())
    if manifest is None:
        raise SettingsError(f"{path} does not tell which session it is; have it packed again")
    if manifest.format > FORMAT:
        raise SettingsError(f"{path} was packed by a later livesubs ({manifest.version}); install that one to open it")
    return manifest


def _there(path: Path, where: Path, manifest: Manifest) -> bool:
    """Whether the folder was made of this file before; SessionError if it is of anything else."""
    known = manifest_of(where)
    if known and known.id == manifest.id:
        return True
    if where.exists() and not (where.is_dir() and not any(where.iterdir())):
        raise SessionError(f"{where} is there already, and not of {path}; move it away, or choose another folder")
    return False


def _checked(path: Path, packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What is in it, if a session could have all of that."""
    entries = packed.infolist()
    if len({entry.filename for entry in entries}) < len(entries):
        raise SettingsError(f"{path} has a name twice, which livesubs packs once; have it packed again")
    for entry in entries:
        if not (TEXTS.fullmatch(entry.filename) or SEGMENTS.fullmatch(entry.filename)) or not _plain(entry):
            raise SettingsError(f"{path} holds {entry.filename!r}, which no session has; do not trust where it is from")
    texts = [entry for entry in entries if TEXTS.fullmatch(entry.filename)]
    blown = any(one.file_size > max(_LOOKED_AT, _DENSEST * one.compress_size) for one in texts)
    recorded = sum(entry.file_size for entry in entries if entry not in texts)
    if blown or sum(one.file_size for one in texts) > _TEXT_MOST or recorded > path.stat().st_size:
        raise SettingsError(f"{path} says that it is larger than any session; do not trust where it is from")
    return entries


def _plain(entry: zipfile.ZipInfo) -> bool:
    """Not a link, not encrypted; a segment is packed as it is."""
    kind = entry.external_attr >> 16 & 0o170000
    stored = entry.compress_type == zipfile.ZIP_STORED and entry.compress_size == entry.file_size
    deflated = entry.compress_type == zipfile.ZIP_DEFLATED and TEXTS.fullmatch(entry.filename) is not None
    return kind in (0, 0o100000) and not entry.flag_bits & 1 and (stored or deflated)


def _check_room(path: Path, where: Path, needed: int) -> None:
    room = shutil.disk_usage(where).free
    if room < needed:
        raise DiskFull(
            f"{path} needs {needed / 1e6:.0f} MB more in {where} and there are {room / 1e6:.0f}; free some space, or "
            "choose another folder"
        )


def _fill(
    path: Path,
    packed: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    made: Path,
    tell: Callable[[float, float], None],
) -> None:
    """The folder with all that a session has; its sound is made of the recording, its subtitles of the journal."""
    _take(path, packed, entries, made)
    try:
        record = open_record(made)
        if not all(map(_LANGUAGE.fullmatch, record.langs)):
            raise ValueError("it has languages that there are not")
        _check_lists(made / parts.ARCHIVE)
        write_whole(made / folder.SETTINGS, settings.dump(carried(record.settings)))
        for name, text in tracks(record.state):
            write_whole(made / name, text)
        seconds = sum(one.seconds for one in connections(made / parts.ARCHIVE))
        _check_room(path, made.parent.parent, round(seconds * SAMPLE_RATE) * parts.SAMPLE)
        sound(made, executable(""), lambda done: tell(done, seconds))
    except DiskFull:
        raise
    except (LivesubsError, ValueError, IndexError, OverflowError) as error:
        why = str(error).replace(f"{made.absolute()}/", "").replace(f"{made}/", "")
        raise SettingsError(f"{path} is damaged ({why}); have it packed again") from error


def _take(path: Path, packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo], made: Path) -> None:
    for entry in entries:
        to = made / entry.filename
        to.parent.mkdir(parents=True, exist_ok=True)
        with _open(packed, entry.filename) as whole, to.open("wb") as file:
            shutil.copyfileobj(whole, file, 1 << 20)


def _check_lists(archive: Path) -> None:
    """ValueError where they name anything but segments, or times that no recording has."""
    for found in segments(archive):
        if found.path != archive / found.path.name or not SEGMENTS.fullmatch(f"{parts.ARCHIVE}/{found.path.name}"):
            raise ValueError(f"its list names {str(found.path)!r}, which is no segment")
        if not (0 <= found.origin < _DAY and -1 <= found.start < found.end < _DAY):
            raise ValueError("its list has times that no recording has")
