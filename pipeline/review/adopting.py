"""Any subtitle file, with any media, made into a session: a folder whose journal has its lines, whose archive has the
media. The file itself is never written.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

from pipeline import __version__
from pipeline.editing import shown_text
from pipeline.errors import SessionError, SettingsError, unwritable
from pipeline.events import Cue, Ended, Event, SessionStarted
from pipeline.files import write_whole
from pipeline.flow import SystemClock
from pipeline.folder import GIVEN
from pipeline.intake import Intake
from pipeline.journal import Journal, lock
from pipeline.review.file import FileCue, SubtitleFile
from pipeline.review.markup import visible
from pipeline.review.reading import load
from pipeline.settings import Settings, SourceSettings
from pipeline.source.found import check_file
from pipeline.source.parts import ARCHIVE, AUDIO
from pipeline.source.probe import probe
from pipeline.tracks import TrackFiles

_MEDIA = ".media.part"
"""Where the media is taken in, until all of it is there."""
_LEAST = 0.5
"""Seconds that a line gets which ends before it begins."""


def adopt(file: Path, folder: Path, lang: str) -> list[str]:
    """Makes the session, whole or not at all; says what of the file could not be taken as it stands. SettingsError
    where it cannot be read, SessionError where nothing can be written."""
    read = load(file)
    if read.stray:
        where = f"{file}, line {read.stray[0].line}"
        raise SettingsError(f"{where}: this text belongs to no line; give it its times, or take it out, and try again")
    if not read.cues:
        raise SettingsError(f"{file} has no subtitles; name an SRT or VTT file")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SessionError(f"{folder} is there and no session; choose another --out")
    cues, notes = _cues(read, lang)
    part = folder.with_name(f".{folder.name}.part")
    try:
        rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        write_whole(part / f"{GIVEN}.{read.written.format}", file.read_bytes())
        _write(part, file, cues, lang)
        part.replace(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    return notes


def _write(folder: Path, file: Path, cues: list[Cue], lang: str) -> None:
    clock = SystemClock()
    begun = SessionStarted(
        version=__version__,
        source=file.name,
        src_lang=lang,
        tgt_langs=(),
        recogniser="",
        engines=(),
        began_at=clock.now(),
        live=False,
    )
    with lock(folder), Journal(folder, clock) as journal:
        events: list[Event] = [begun, *cues, Ended(reason="ended", stream=max(cue.end for cue in cues))]
        for event in events:
            journal.append(event)
        TrackFiles(folder, journal).write()


def _cues(read: SubtitleFile, lang: str) -> tuple[list[Cue], list[str]]:
    """The lines by time, and what had to be changed of them; each with the number that it has in the file."""
    cues: list[Cue] = []
    notes: list[str] = []
    for number, line in enumerate(read.cues, 1):
        start = max(0.0, round(line.start, 3))
        end = round(line.end, 3)
        end = end if end > start else start + _LEAST
        text = _text(line, read)
        if not text:
            notes.append(f"line {line.line} of the file: a cue without text is left out")
            continue
        if (start, end) != (round(line.start, 3), round(line.end, 3)):
            notes.append(f"line {line.line} of the file: times that cannot be are {start:.3f}-{end:.3f} now")
        cues.append(Cue(id=f"{number}.{lang}", lang=lang, start=start, end=end, text=text, sentences=()))
    return sorted(cues, key=lambda cue: (cue.start, cue.end)), notes


def _text(line: FileCue, read: SubtitleFile) -> str:
    """SRT has no escapes, so what stands there stands here; WebVTT's are read, and its tags left out."""
    return shown_text(line.text if read.written.format == "srt" else visible(line.text, "vtt"))


def check_media(media: Path) -> None:
    """SourceError or SettingsError where it cannot be taken in."""
    check_file(str(media), Settings().source)


def take_in(media: Path, folder: Path, tell: Callable[[float, float], None]) -> None:
    """Records a media file as the sound and picture of a session that has none; `tell` is told how many seconds are
    done, of how many.

    SourceError or SettingsError where it cannot be read, SessionError where nothing can be written.
    """
    check_media(media)
    settings = Settings().source
    lasts = probe(str(media), str(media)).duration or 0.0
    part = folder / _MEDIA
    with lock(folder):
        try:
            rmtree(part, ignore_errors=True)
            part.mkdir()
            for done in _recorded(media, part, settings):
                tell(done, max(done, lasts))
            (part / AUDIO).replace(folder / AUDIO)
            (part / ARCHIVE).replace(folder / ARCHIVE)
        except OSError as error:
            raise unwritable(folder, error) from error
        finally:
            rmtree(part, ignore_errors=True)


def _recorded(media: Path, folder: Path, settings: SourceSettings) -> Iterator[float]:
    """As a session records, under a journal that nobody keeps."""
    clock = SystemClock()
    with Journal(folder, clock) as journal:
        intake = Intake(str(media), folder, settings, clock)
        try:
            recording = intake.open(intake.find(lambda _: None, resumed=False), journal, None)
            for chunk in recording.chunks(0.0):
                yield chunk.end
            intake.close(recording, journal)
        finally:
            intake.end()


def taken_in(folder: Path) -> bool:
    """Whether a session has sound and picture of its own."""
    return (folder / ARCHIVE).is_dir()
