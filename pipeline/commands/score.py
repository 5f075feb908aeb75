"""`livesubs score`: how good a session was, by its files and its journal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from pipeline import journal
from pipeline.errors import SessionError, SettingsError
from pipeline.events import Cue, SessionStarted
from pipeline.scores.session import References, Scores
from pipeline.scores.session import score as measure
from pipeline.scores.track import read_srt
from pipeline.scores.words import Spoken

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A session folder.")]
French = Annotated[Path | None, typer.Option(help="What was said, exactly, as SRT: for the word error rate.")]
English = Annotated[Path | None, typer.Option(help="A good translation as SRT, a cue a sentence: for BLEU and SubER.")]
Words = Annotated[Path | None, typer.Option(help="When each word was said, as JSON: for the in-time error.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def score(
    folder: Folder, ref_fr: French = None, ref_en: English = None, words: Words = None, as_json: AsJson = False
) -> None:
    """Measure a session against references: words, translation, times, reading speed, latency."""
    entries = _entries(folder)
    session = _session(folder, entries)
    shown = "en" if "en" in session.tgt_langs else (*session.tgt_langs, session.src_lang)[0]
    _expect("--ref-fr", ref_fr, "fr", session.src_lang)
    _expect("--ref-en", ref_en, "en", shown)
    true = References(
        said=_srt(ref_fr, "fr") if ref_fr else None,
        translated=_srt(ref_en, "en") if ref_en else None,
        words=_words(words) if words else None,
    )
    found = measure(_track(folder, session.src_lang), _track(folder, shown), shown, entries, true)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        Console().print(_table(found, session.src_lang, shown, demo=_is_demo(folder)))


def _entries(folder: Path) -> list[journal.Entry]:
    try:
        return list(journal.read(folder / "journal.jsonl"))
    except OSError as error:
        raise SessionError(f"{folder} is no session folder, it has no journal.jsonl; name one of sessions/") from error


def _session(folder: Path, entries: list[journal.Entry]) -> SessionStarted:
    session = journal.fold(entry.event for entry in entries).session
    if session is None:
        raise SessionError(f"the session in {folder} never began, its journal is empty; name another folder")
    return session


def _expect(option: str, reference: Path | None, lang: str, have: str) -> None:
    if reference and lang != have:
        raise SettingsError(f"this session has no track in {lang} for {option} to be held against; leave {option} out")


def _track(folder: Path, lang: str) -> list[Cue]:
    return _srt(folder / f"subtitles.{lang}.srt", lang)


def _srt(path: Path, lang: str) -> list[Cue]:
    return read_srt(_text(path), str(path), lang)


def _words(path: Path) -> list[Spoken]:
    try:
        return msgspec.json.decode(_text(path), type=list[Spoken])
    except msgspec.DecodeError as error:
        raise SettingsError(f"{path} does not say when words were said ({error}); see samples/README.md") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is no UTF-8 text; save it as UTF-8, or give another file") from error


def _is_demo(folder: Path) -> bool:
    class Said(msgspec.Struct):
        demo: bool = False

    try:
        return msgspec.toml.decode((folder / "settings.toml").read_bytes(), type=Said).demo
    except (OSError, msgspec.DecodeError):
        return False


def _table(found: Scores, said: str, shown: str, *, demo: bool) -> Table:
    table = Table("score", "", "of", title="Demo models: synthetic speech, closed domain" if demo else None)
    for row in _rows(found, said, shown):
        table.add_row(*row)
    return table


def _rows(found: Scores, said: str, shown: str) -> Iterator[tuple[str, str, str]]:
    """What there is to tell: name, figure, track."""
    if found.wer is not None:
        yield "word error rate", f"{found.wer:.1%}", said
    if found.bleu is not None:
        yield "BLEU (100 is the reference)", f"{found.bleu:.1f}", shown
    if found.suber is not None:
        yield "SubER (0 is the reference)", f"{found.suber:.1f}", shown
    if found.intime_median is not None:
        yield "cues miss their first word by", _times(found.intime_median, found.intime_p95), said
    if found.latency_median is not None:
        yield "from the end of a word to its cue on disk", _times(found.latency_median, found.latency_p95), shown
    yield "cues of at most 20 characters a second", f"{found.cps20:.0%} of {found.cues}", shown
    yield "... with lines of at most 42 characters", f"{found.cpl42:.0%}", shown
    yield "... with at most 2 lines", f"{found.lpb2:.0%}", shown
    yield "words taken back for each that stayed", f"{found.erasure:.2f}", shown


def _times(median: float, p95: float | None) -> str:
    return f"median {median:.2f} s, p95 {p95:.2f} s"
