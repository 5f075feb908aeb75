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
from pipeline.folder import no_session
from pipeline.scores.session import References, Scores
from pipeline.scores.session import score as measure
from pipeline.scores.track import apart, read_srt
from pipeline.scores.words import Spoken, plain
from pipeline.state import fold

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A session folder.")]
French = Annotated[Path | None, typer.Option(help="What was said, exactly, as SRT: for the word error rate.")]
English = Annotated[Path | None, typer.Option(help="A good translation as SRT, a cue a sentence: for BLEU and SubER.")]
Words = Annotated[Path | None, typer.Option(help="When each word was said, as JSON: for the in-time error.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

HOPELESS = 5.0
"""BLEU below which sentences were likely held against others than their own."""


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
        said=_reference(ref_fr, "fr") if ref_fr else None,
        translated=_reference(ref_en, "en") if ref_en else None,
        words=_words(words) if words else None,
    )
    tracks = {lang: _track(folder, lang) for lang in (session.src_lang, shown)}
    found = measure(tracks[session.src_lang], tracks[shown], shown, entries, true)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        Console().print(_table(found, session.src_lang, shown, demo=_is_demo(folder)))
        for line in _advice(found, true, tracks[session.src_lang], tracks[shown]):
            typer.echo(line)


def _entries(folder: Path) -> list[journal.Entry]:
    try:
        return list(journal.read(folder / "journal.jsonl"))
    except OSError as error:
        raise SessionError(f"{folder} is no session folder, it has no journal.jsonl; name one of sessions/") from error


def _session(folder: Path, entries: list[journal.Entry]) -> SessionStarted:
    session = fold(entry.event for entry in entries).session
    if session is None:
        raise SessionError(no_session(folder, alive=journal.running(folder)))
    return session


def _expect(option: str, reference: Path | None, lang: str, have: str) -> None:
    if reference and lang != have:
        raise SettingsError(f"this session has no track in {lang} for {option} to be held against; leave {option} out")


def _track(folder: Path, lang: str) -> list[Cue]:
    return _srt(folder / f"subtitles.{lang}.srt", lang)


def _reference(path: Path, lang: str) -> list[Cue]:
    cues = _srt(path, lang)
    if not any(plain(cue.text) for cue in cues):
        raise SettingsError(
            f"the reference {path} has no words; give an SRT with what should be there, or leave it out"
        )
    return cues


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
    table = Table("score", "", "track", title="Demo models: synthetic speech, closed domain" if demo else None)
    for row in _rows(found, said, shown):
        table.add_row(*row)
    return table


def _rows(found: Scores, said: str, shown: str) -> Iterator[tuple[str, str, str]]:
    """What there is to tell: name, figure, track."""
    if found.wer is not None:
        yield "word error rate (0% is best)", f"{found.wer:.1%}{_live(found.wer_live, '.1%')}", said
    if found.bleu is not None:
        yield "BLEU: like the reference (100 is best)", f"{found.bleu:.1f}{_live(found.bleu_live, '.1f')}", shown
    if found.suber is not None:
        yield "SubER: edits still needed (0 is best)", f"{found.suber:.1f}{_live(found.suber_live, '.1f')}", shown
    if found.intime_median is not None:
        yield "cues miss their first word by", _times(found.intime_median, found.intime_p95), said
    if found.latency_median is not None:
        yield "from the end of a word to its cue on disk", _times(found.latency_median, found.latency_p95), shown
    yield "cues of at most 20 characters a second", f"{found.cps20:.0%} of {found.cues}", shown
    yield "... with lines of at most 42 characters", f"{found.cpl42:.0%}", shown
    yield "... with at most 2 lines", f"{found.lpb2:.0%}", shown
    yield "words taken back per word kept (0 best)", f"{found.erasure:.2f}", shown


def _live(figure: float | None, form: str) -> str:
    """What it was before the second pass, if there was one."""
    return "" if figure is None else f" (live {figure:{form}})"


def _advice(found: Scores, true: References, heard: list[Cue], shown: list[Cue]) -> Iterator[str]:
    """What to do about figures that say little."""
    pairs = [(cues, given) for cues, given in ((true.said, heard), (true.translated, shown)) if cues and given]
    hopeless = found.bleu is not None and found.bleu < HOPELESS
    if hopeless or any(apart(cues, given) for cues, given in pairs):
        yield "Do session and reference begin at the same moment? If not, shift the reference."
    if true == References():
        yield "--ref-fr, --ref-en and --words give more."


def _times(median: float, p95: float | None) -> str:
    return f"median {median:.2f} s, p95 {p95:.2f} s"
