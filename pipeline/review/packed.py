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

from pipeline import folder, settings
from pipeline.errors import DiskFull, LivesubsError, SessionError, SettingsError, unwritable
from pipeline.files import write_whole
from pipeline.report.folder import open_record
from pipeline.review.package import FORMAT, MANIFEST, SEGMENTS, TEXTS, Manifest, carried, manifest_of, read_manifest
from pipeline.review.proxy import connections, sound
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
        _make_room(path, where, entries)
        try:
            with TemporaryDirectory(dir=where.absolute().parent, prefix=f".{where.name}.", suffix=".part") as made:
                _fill(path, packed, entries, Path(made) / "session", tell)
                if where.exists():
                    where.rmdir()
                (Path(made) / "session").replace(where)
        except OSError as error:
            raise unwritable(where, error) from error
    return where


@contextmanager
def copy_of(path: Path) -> Iterator[Path]:
    """The texts of a packed session, without the recording, as a folder for as long as it is looked at; errors as
    `unpacked`."""
    with TemporaryDirectory() as made, _opened(path) as packed:
        _manifest(path, packed)
        _take(path, packed, [one for one in _checked(path, packed) if TEXTS.fullmatch(one.filename)], Path(made))
        yield Path(made)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file; whatever is wrong with it while it is read is one sentence."""
    try:
        with zipfile.ZipFile(path) as packed:
            yield packed
    except FileNotFoundError as error:
        raise SettingsError(f"there is no {path}; check the path") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise SettingsError(f"{path} is no packed session, or not all of one ({error}); copy it here again") from error


def _manifest(path: Path, packed: zipfile.ZipFile) -> Manifest:
    names = [info.filename for info in packed.infolist()]
    if MANIFEST not in names or packed.getinfo(MANIFEST).file_size > _LOOKED_AT:
        raise SettingsError(f"{path} is no packed session; name a file that `livesubs pack` has made")
    manifest = read_manifest(packed.read(MANIFEST))
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


def _make_room(path: Path, where: Path, entries: list[zipfile.ZipInfo]) -> None:
    needed = sum(entry.file_size for entry in entries)
    room = shutil.disk_usage(where.absolute().parent).free
    if room < needed:
        raise DiskFull(
            f"{path} needs {needed / 1e6:.0f} MB in {where.absolute().parent} and there are {room / 1e6:.0f}; "
            "free some space, or choose another folder"
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
        with packed.open(entry) as whole, to.open("wb") as file:
            shutil.copyfileobj(whole, file, 1 << 20)


def _check_lists(archive: Path) -> None:
    """ValueError where they name anything but segments, or times that no recording has."""
    for found in segments(archive):
        if found.path != archive / found.path.name or not SEGMENTS.fullmatch(f"{parts.ARCHIVE}/{found.path.name}"):
            raise ValueError(f"its list names {str(found.path)!r}, which is no segment")
        if not (0 <= found.origin < _DAY and -1 <= found.start < found.end < _DAY):
            raise ValueError("its list has times that no recording has")
