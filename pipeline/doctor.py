"""What is wrong with a session folder, and what of it can be mended here without losing anything.

Whatever is changed is kept as it was: damaged lines in `journal.damaged.jsonl`. A subtitle file that says something
else than the journal may be somebody's work, so it is left alone.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline import folder
from pipeline.afterwards import answer_held
from pipeline.check.rows import Row
from pipeline.errors import unwritable
from pipeline.files import write_whole
from pipeline.journal import read
from pipeline.lines import clock_time
from pipeline.source import archive, parts
from pipeline.source.timeline import recover
from pipeline.state import State, fold
from pipeline.system import program
from pipeline.tracks import differing, tracks
from pipeline.translation.backlog import unsettled

DAMAGED = "journal.damaged.jsonl"


def examine(path: Path) -> Iterator[Row]:
    """A row for each part of the session in `path`, mended where that is safe; SessionError if there is none there,
    or while it runs."""
    with folder.again(path):
        yield _journal(path)
        if not (path / folder.JOURNAL).is_file():
            return
        yield from _actions(path)
        state = fold(entry.event for entry in read(path / folder.JOURNAL))
        yield _beginning(path, state)
        yield _sound(path, state)
        yield from _pictures(path, state)
        yield from _files(path, state)
        yield from _translations(path, state)
        if state.session:
            yield _end(path, state)


def _journal(path: Path) -> Row:
    """Lines that cannot be read are moved elsewhere; a torn last line is what a power cut leaves."""
    journal = path / folder.JOURNAL
    if not journal.is_file():
        way = f"restore it from a copy, or hear all of it again: {program()} run --resume {path}"
        return Row(row="journal", ok=False, say=f"there is no {folder.JOURNAL}; {way}")
    data = journal.read_bytes()
    torn = not data.endswith(b"\n") and bool(data)
    damaged: list[int] = []
    whole = sum(1 for _ in read(journal, damaged))
    if not damaged and not torn:
        return Row(row="journal", ok=True, say=f"{whole} lines, all readable")
    lines = data.split(b"\n")
    bad = [lines[number - 1] for number in damaged] + ([lines[-1]] if torn else [])
    try:
        with (path / DAMAGED).open("ab") as kept:
            kept.write(b"".join(line + b"\n" for line in bad))
        good = [line for number, line in enumerate(lines[:-1], 1) if number not in damaged]
        rest = journal.with_name(f".{journal.name}.part")
        rest.write_bytes(b"".join(line + b"\n" for line in good))
        rest.replace(journal)
    except OSError as error:
        raise unwritable(journal, error) from error
    what = f"lines {', '.join(map(str, damaged))} were damaged" if damaged else "the last line was torn"
    return Row(row="journal", ok=True, say=f"{what}: mended; {whole} lines are left, the others are in {DAMAGED}")


def _actions(path: Path) -> Iterator[Row]:
    """What was done on the pages and nobody has answered."""
    if answered := answer_held(path):
        yield Row(row="pages", ok=True, say=f"what was done there last, now in the journal and the files: {answered}")


def _beginning(path: Path, state: State) -> Row:
    if state.session:
        heard = f"{len(state.sentences)} sentences, heard by {state.session.recogniser}"
        return Row(row="session", ok=True, say=f"of {state.session.source}, {heard}")
    return Row(row="session", ok=False, say=folder.no_session(path, alive=False))


def _sound(path: Path, state: State) -> Row:
    """Copies what was recorded last to its place, and compares it with what the journal saw."""
    waiting = sorted(part.name for part in path.glob("audio-*.s16") if part.stat().st_size)
    recover(path)
    recorded = parts.seconds(path / parts.AUDIO)
    short = state.recorded - recorded
    lost = f"{clock_time(short)} are missing at its end" if short > 1.0 else ""
    if state.removed and not parts.audible(path / parts.AUDIO, state.removed):
        lost = _gone(state)
    if lost:
        return Row(row="sound", ok=False, say=f"{lost}; restore {parts.AUDIO} from a copy if there is one")
    moved = f", {', '.join(waiting)} put in its place" if waiting else ""
    gaps = f", {len(state.gaps)} gaps" if state.gaps else ""
    return Row(row="sound", ok=True, say=f"{clock_time(recorded)} recorded{moved}{gaps}")


def _gone(state: State) -> str:
    return f"what was recorded up to {clock_time(state.removed)} is gone: the folder was removed during the session"


def _pictures(path: Path, state: State) -> Iterator[Row]:
    if not (path / parts.ARCHIVE).is_dir():
        return
    listed = archive.segments(path / parts.ARCHIVE)
    missing = [segment.path.name for segment in listed if not segment.path.is_file()]
    if missing:
        say = f"{len(missing)} of {len(listed)} segments are missing, {missing[0]} first; restore them from a copy"
        yield Row(row="archive", ok=False, say=say)
    elif state.removed and not any(segment.start < state.removed / 2 for segment in listed):
        say = f"{_gone(state)}; restore {parts.ARCHIVE}/ from a copy if there is one"
        yield Row(row="archive", ok=False, say=say)
    else:
        yield Row(row="archive", ok=True, say=f"{len(listed)} segments")


def _files(path: Path, state: State) -> Iterator[Row]:
    """Subtitle files that are not there are written; others that differ are left to who changed them."""
    if not state.session:
        return
    changed, written = differing(path, state), []
    for name, text in tracks(state):
        if not (path / name).exists():
            write_whole(path / name, text)
            written.append(name)
    new = f"missing, now written: {', '.join(written)}" if written else ""
    if changed:
        say = f"not as the journal has them: {', '.join(changed)}; somebody changed them, or a crash came between: "
        way = "move them away and run this again to have them written anew"
        yield Row(row="files", ok=False, say="; ".join(filter(None, (new, say + way))))
    elif written:
        yield Row(row="files", ok=True, say=new)
    else:
        yield Row(row="files", ok=True, say="what the journal says")


def _translations(path: Path, state: State) -> Iterator[Row]:
    """Lines that are shown as they were said; those that a person has changed are as they shall be."""
    left = {lang: _untranslated(state, lang) for lang in (state.session.tgt_langs if state.session else ())}
    if said := ", ".join(f"{count} into {lang}" for lang, count in left.items() if count):
        way = f"type `{program()} run --resume {path}` once an engine answers, and they are translated"
        yield Row(row="translation", ok=False, say=f"sentences without one: {said}; {way}")
    elif left:
        yield Row(row="translation", ok=True, say=f"into {', '.join(left)}, no line is left as it was said")


def _untranslated(state: State, lang: str) -> int:
    cues = [cue for cue in state.track(lang) if cue.id not in state.touched]
    return sum(owed.untranslated for owed in unsettled(state.sentences, cues, lang))


def _end(path: Path, state: State) -> Row:
    if state.ended and state.ended.reason in ("ended", "stopped"):
        return Row(row="end", ok=True, say=f"it {state.ended.reason} at {clock_time(state.ended.stream)}")
    cut, rest = (
        ("left at once", "") if state.ended and state.ended.reason == "aborted" else ("cut off", " and to go on")
    )
    say = f"it was {cut}; type `{program()} run --resume {path}` to hear the rest{rest}"
    return Row(row="end", ok=False, say=say)
