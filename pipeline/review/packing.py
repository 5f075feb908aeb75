"""Packs a session folder into one file, in one step."""

import shutil
import time
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from pipeline import __version__, folder, settings
from pipeline.afterwards import answer
from pipeline.asked import ACTIONS, EDITS
from pipeline.drafts import DRAFTS
from pipeline.errors import DiskFull, SessionError, SettingsError, unwritable
from pipeline.events import Value
from pipeline.names.live import text_of
from pipeline.report.record import Record
from pipeline.review import peaks
from pipeline.review.exported import EXPORTS
from pipeline.review.package import FORMAT, MANIFEST, Manifest, carried, identity
from pipeline.review.proxy import SOUND, Connection, Tell, after, connections, encode, encode_sound
from pipeline.review.shots import SHOTS
from pipeline.settings import Settings
from pipeline.source import parts
from pipeline.tracks import differing, tracks

_DENSE = 4
"""Texts take no more than one part in so many, packed."""
_SHAPE = 2 * peaks.RATE * _DENSE
"""A second of the waveform, which is hardly packed smaller at all."""
_FEW, _EACH = 20_000, 300
"""Bytes that are there in any case, and around each segment."""
_KEPT = (ACTIONS, EDITS, DRAFTS, EXPORTS, SHOTS)
"""What people did, what was given out, and where the picture changes, if there is any."""


class Plan(Value, frozen=True):
    """What is to be packed, and how large it will be."""

    connections: tuple[Connection, ...]
    texts: int
    """Bytes, unpacked."""
    heard: float = 0.0
    """Seconds of sound of a session that kept nothing to play: it is packed in its place."""

    @property
    def most(self) -> int:
        """Bytes that the file has in the end, at most."""
        recorded = sum(connection.most + _EACH * len(connection.segments) for connection in self.connections)
        return _FEW + self.texts // _DENSE + recorded + round(self.heard * SOUND / 8)

    @property
    def seconds(self) -> float:
        """Of the recording."""
        return self.heard + sum(connection.seconds for connection in self.connections)


def plan(path: Path, record: Record, *, recording: bool) -> Plan:
    """What becomes of the session at `path`; without the `recording` if that is not wanted."""
    found = connections(path / parts.ARCHIVE, record.settings.source.channel) if recording else []
    texts = sum((path / name).stat().st_size for name in (folder.JOURNAL, *_KEPT) if (path / name).is_file())
    heard = parts.seconds(path / parts.AUDIO)
    texts += round(heard * _SHAPE)
    return Plan(connections=tuple(found), texts=texts, heard=heard if recording and not found else 0.0)


def pack(path: Path, record: Record, planned: Plan, to: Path, ffmpeg: str, tell: Tell) -> tuple[str, ...]:
    """Writes the file; gives the names of subtitle files in the folder that say something else than the journal.

    `tell` is told how many seconds of the recording are done. DiskFull or SessionError where it cannot be.
    """
    part = to.absolute().with_name(f".{to.name}.part")
    try:
        room = shutil.disk_usage(part.parent).free
        if room < planned.most:
            raise DiskFull(
                f"{to} may need {planned.most / 1e6:.0f} MB and there are {room / 1e6:.0f}; free some space, or leave "
                "the picture and sound out: --without-recording"
            )
        with (
            zipfile.ZipFile(part, "w", strict_timestamps=False) as packed,
            TemporaryDirectory(dir=part.parent, prefix=".pack-") as small,
        ):
            for name, text in _texts(path, record):
                packed.writestr(name, text, zipfile.ZIP_DEFLATED)
            made = _Recording(packed, Path(small), ffmpeg, record.settings.source.channel)
            made.add(planned.connections, tell)
            if planned.heard:
                made.add_sound(path / parts.AUDIO, tell)
        part.replace(to)
    except OSError as error:
        raise unwritable(to, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return tuple(differing(path, record.state))


def settle(path: Path) -> None:
    """What was asked on the pages and at the desk, and nobody has answered: in the journal before it is packed. A
    session that runs answers by itself, and a folder that cannot be written is packed as it is."""
    with suppress(SessionError):
        answer(path)


def _texts(path: Path, record: Record) -> Iterator[tuple[str, bytes]]:
    """All but the recording; the journal ends with its last whole line."""
    journal = (path / folder.JOURNAL).read_bytes()
    whole = journal[: journal.rfind(b"\n") + 1]
    made = Manifest(
        format=FORMAT,
        version=__version__,
        name=path.resolve().name,
        session=identity(path / folder.JOURNAL),
        packed_at=round(time.time(), 3),
        id=uuid.uuid4().hex,
    )
    yield MANIFEST, msgspec.json.encode(made)
    yield folder.JOURNAL, whole
    yield folder.SETTINGS, settings.dump(carried(record.settings))
    yield from ((name, text.encode()) for name, text in tracks(record.state))
    if names := _glossary(path, record.settings):
        yield folder.NAMES, names.encode()
    for name in _KEPT:
        if (path / name).is_file():
            yield name, (path / name).read_bytes()
    if shape := _peaks(path):
        yield peaks.PEAKS, shape


def _peaks(path: Path) -> bytes:
    """The waveform, made of the sound; in a copy without a recording it was there before. Empty without either."""
    with suppress(FileNotFoundError):
        audio = path / parts.AUDIO
        return b"".join(peaks.packed(audio)) if audio.exists() else (path / peaks.PEAKS).read_bytes()
    return b""


def _glossary(path: Path, chosen: Settings) -> str:
    """The glossary in force; empty where there is none any more."""
    named = chosen.translation.glossary
    with suppress(SettingsError):
        return text_of(Path(named).expanduser() if named else path / folder.NAMES)
    return ""


class _Recording:
    """The recording as it is packed: its segments, a list of each connection's, and where each connection lies."""

    def __init__(self, packed: zipfile.ZipFile, small: Path, ffmpeg: str, channel: str) -> None:
        """`small` is a folder for what is encoded."""
        self._packed, self._small, self._ffmpeg, self._channel = packed, small, ffmpeg, channel

    def add(self, connections: Sequence[Connection], tell: Tell) -> None:
        done, clock = 0.0, ""
        for connection in connections:
            for file in self._files(connection, after(done, tell)):
                self._packed.write(file, f"{parts.ARCHIVE}/{file.name}")
                if file.parent == self._small:
                    file.unlink()
            done += connection.seconds
            clock += f"{connection.name},{connection.segments[0].origin:.6f},,\n"  # its address is nobody's business
        if clock:
            self._packed.writestr(f"{parts.ARCHIVE}/clock.csv", clock)

    def add_sound(self, audio: Path, tell: Tell) -> None:
        encode_sound(audio, self._small, self._ffmpeg, tell)
        for file in sorted(self._small.glob("0001*")):
            self._packed.write(file, f"{parts.ARCHIVE}/{file.name}")

    def _files(self, connection: Connection, tell: Tell) -> list[Path]:
        listed, origin = self._small / f"{connection.name}.csv", connection.segments[0].origin
        if not connection.small:
            encode(connection, self._small, self._ffmpeg, self._channel, tell)
            return [listed, *sorted(self._small.glob(f"{connection.name}-*.ts"))]
        rows = [f"{s.path.name},{s.start - origin:.6f},{s.end - origin:.6f}\n" for s in connection.segments]
        listed.write_text("".join(rows), "utf-8")
        tell(connection.seconds)
        return [listed, *(segment.path for segment in connection.segments)]
