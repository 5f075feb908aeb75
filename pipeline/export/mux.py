"""The film as a file: ffmpeg reads it from a pipe and puts subtitles beside the picture or into it, the index first."""

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import LivesubsError, SessionError, unwritable
from pipeline.events import Cue
from pipeline.export.film import Film
from pipeline.export.texts import to_ass
from pipeline.subtitles.formats import to_srt

_BURNED = "burned.ass"


def write(
    film: Film,
    path: Path,
    ffmpeg: str,
    subtitles: Mapping[str, Sequence[Cue]],
    burned: Sequence[Cue],
    tell: Callable[[float], None],
) -> Path:
    """Puts the film at `path` in one step and gives that: with `subtitles` as tracks, by language, `burned` drawn in.

    `tell` is told how many seconds are done. SessionError where it cannot be written, or the recording not be read.
    """
    part = path.absolute().with_name(f".{path.name}.part")
    with TemporaryDirectory() as made:
        for lang, cues in subtitles.items():
            (Path(made) / f"{lang}.srt").write_text(to_srt(cues), "utf-8")
        (Path(made) / _BURNED).write_text(to_ass(burned), "utf-8")
        drawn = _drawn(film.rate) if burned else ["-c:v", "copy"]
        try:
            with fed(
                [str(Path(ffmpeg).absolute()), *_input(list(subtitles)), *drawn, *_OUT, str(part)], Path(made), path
            ) as process:
                assert process.stdin
                film.write(process.stdin, tell)
            part.replace(path)
        except OSError as error:
            raise unwritable(path, error) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return path


_OUT = ("-c:a", "copy", "-c:s", "mov_text", "-movflags", "+faststart", "-f", "mp4", "-y")


def _input(langs: Sequence[str]) -> list[str]:
    files = [word for lang in langs for word in ("-i", f"{lang}.srt")]
    maps = [word for number in range(len(langs) + 1) for word in ("-map", str(number))]
    told = [
        word for number, lang in enumerate(langs) for word in (f"-metadata:s:s:{number}", f"language={_three(lang)}")
    ]
    named = [word for number, lang in enumerate(langs) for word in (f"-metadata:s:s:{number}", f"handler_name={lang}")]
    return ["-v", "error", "-f", "mp4", "-i", "pipe:0", *files, *maps, *told, *named]


def _drawn(rate: Fraction) -> list[str]:
    """A picture that is held for a while is drawn on too, so it has to be as many pictures as any other."""
    return ["-vf", f"fps={rate},ass={_BURNED}", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20"]


def _three(lang: str) -> str:
    """The code of three letters that MP4 has for a language; of two, that of the second, which is the translation."""
    from yt_dlp.utils import ISO639Utils

    return str(ISO639Utils.short2long(lang.rpartition("-")[2]) or "und")


@contextmanager
def fed(command: list[str], folder: Path, path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """An ffmpeg that is written to; SessionError with what it said where it did not do its part."""
    import av

    log = folder / "ffmpeg.log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
    failed: Exception | None = None
    try:
        with process:
            try:
                yield process
            except (OSError, av.FFmpegError) as error:
                failed = error
            except BaseException:
                process.kill()
                raise
    except BrokenPipeError as error:
        failed = error
    if process.returncode:
        raise _refused(log, path)
    if failed:
        raise SessionError(f"the recording cannot be read any further ({failed}); nothing was written to {path}")


def _refused(log: Path, path: Path) -> LivesubsError:
    said = log.read_text("utf-8", "replace").strip().splitlines() or ["it told no reason"]
    return SessionError(f"ffmpeg could not write {path} ({said[-1]}); see that its folder can be written and has room")
