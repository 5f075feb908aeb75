"""The subtitle files of a session, kept at what its journal says.

After three hours a track is long and what is new is its last cue, so what is before the first change is copied, not
made again: a session neither slows down nor grows by its files.
"""

import threading
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.errors import SessionError
from pipeline.events import Cue, Warned
from pipeline.files import write_on
from pipeline.flow import Clock
from pipeline.journal import Journal
from pipeline.state import State
from pipeline.subtitles.formats import VTT_HEAD, bilingual, srt_cue, to_srt, to_vtt, vtt_cue

_MARGIN = 20
"""Cues before the first change from which on two tracks are put together anew."""
_PATIENCE = 60.0
"""Seconds that a disk that is full is waited for, at most."""
_FILES = "the subtitle files"
"""What the warning is about that they cannot be written."""
BEHIND = ".subtitles.part"
"""There while files that were taken over may say less than the journal; whoever finds it is to write them."""


def tracks(state: State) -> Iterator[tuple[str, str]]:
    """The name and the text of every subtitle file; `state` may change while they are made."""
    src_lang, cues = _shown(state)
    return _files(src_lang, cues)


def _files(src_lang: str, cues: Mapping[str, list[Cue]]) -> Iterator[tuple[str, str]]:
    for lang, shown in cues.items():
        yield f"subtitles.{lang}.srt", to_srt(shown)
        yield f"subtitles.{lang}.vtt", to_vtt(shown)
        if lang != src_lang:
            yield f"subtitles.{src_lang}-{lang}.srt", to_srt(bilingual(cues[src_lang], shown))
            yield f"subtitles.{src_lang}-{lang}.vtt", to_vtt(bilingual(cues[src_lang], shown))


def _shown(state: State) -> tuple[str, dict[str, list[Cue]]]:
    """The language that is spoken, and the tracks by language."""
    session = state.session
    assert session, "the session event is the journal's first"
    return session.src_lang, {lang: state.track(lang) for lang in (session.src_lang, *session.tgt_langs)}


def differing(path: Path, state: State) -> list[str]:
    """The subtitle files that are there and say something else than the journal."""
    made = ((path / name, text) for name, text in tracks(state))
    return [file.name for file, text in made if file.exists() and file.read_bytes() != text.encode()]


class TrackFiles:
    """The subtitle files of a session; several threads may write them, one does at a time."""

    def __init__(self, path: Path, journal: Journal) -> None:
        self._path, self._journal = path, journal
        self._files: dict[str, _File] = {}
        self._known: dict[str, list[Cue]] = {}
        """What the files say, if the last writing went well."""
        self._theirs: tuple[str, ...] = ()
        self._writing = threading.Lock()
        self.behind = False
        """They say less than the journal: they could not be written."""

    def take_over(self, brought: Collection[str] = ()) -> tuple[str, ...]:
        """Of a session that has ended, before it is changed: files that say something else are somebody's work by now,
        and stay as they are; gives their names. Those `brought` in are in the journal now. OSError."""
        with self._journal.state() as state:
            cut_off = state.ended is None or (self._path / BEHIND).exists()
            self._theirs = () if cut_off else tuple(n for n in differing(self._path, state) if n not in brought)
        (self._path / BEHIND).touch()
        return self._theirs

    @property
    def ours(self) -> bool:
        """They are as they were written last: nobody has changed or removed one."""
        return all(file.ours for file in self._files.values())

    def write(self) -> None:
        """Brings the files to what the journal says; what cannot be written is told, and waits for `catch_up`."""
        with self._writing:
            try:
                self._write()
            except SessionError as error:
                if not self.behind:
                    text = f"{error}; until then the subtitles are on this screen only"
                    self._journal.append(Warned(text=text, about=_FILES))
                self.behind = True
            else:
                if self.behind:
                    text = "the subtitle files are written again, and nothing is missing from them"
                    self._journal.append(Warned(text=text, good=True, about=_FILES))
                self.behind = False
                with suppress(OSError):
                    (self._path / BEHIND).unlink(missing_ok=True)

    def catch_up(self) -> None:
        """Writes them if that could not be done before."""
        if self.behind:
            self.write()

    def await_space(self, seconds: float, clock: Clock) -> None:
        """At the end of a session, what could not be written is not given up at once; a second Ctrl-C does that.
        So many seconds, or `_PATIENCE`, while somebody calls `catch_up`."""
        if not self.behind:
            return
        patience = min(_PATIENCE, seconds)
        self._journal.append(
            Warned(
                text=f"not all is written yet: free some space, for {patience:.0f} s that is waited for", about=_FILES
            )
        )
        until = clock.up() + patience
        while self.behind and clock.up() < until:
            clock.wait(0.25)

    def _write(self) -> None:
        self._journal.sync()
        with self._journal.state() as state:
            src_lang, cues = _shown(state)
        known = self._known if self.ours else {}
        self._known = {}  # until all of them are written
        same = {lang: _same(known.get(lang, []), shown) for lang, shown in cues.items()}
        done = {lang for lang, count in same.items() if lang in known and count == len(known[lang]) == len(cues[lang])}
        for lang, shown in cues.items():
            if lang not in done:
                self._put(lang, same[lang], shown[same[lang] :])
            if lang != src_lang and not {lang, src_lang} <= done:
                first, at = _joint(cues[src_lang], shown, same[src_lang], same[lang])
                self._put(f"{src_lang}-{lang}", first, list(bilingual(cues[src_lang][at:], shown[first:])))
        self._known = cues

    def _put(self, name: str, first: int, cues: Sequence[Cue]) -> None:
        """Both files of that name: from cue `first` on (from 0) these, before it as they were."""
        for ending, head, form in (("srt", "", srt_cue), ("vtt", VTT_HEAD, _vtt_part)):
            path = self._path / f"subtitles.{name}.{ending}"
            if path.name in self._theirs:
                continue
            self._files.setdefault(path.name, _File(path, head, form)).write(first, cues)


class _File:
    """One of them, as it was written last."""

    def __init__(self, path: Path, head: str, form: Callable[[int, Cue], str]) -> None:
        self._path, self._head, self._form = path, head.encode(), form
        self._ends = array("Q", [len(self._head)])
        """Bytes up to its first cue, and up to the end of each."""
        self._stamp: tuple[int, int, int] | None = None

    @property
    def ours(self) -> bool:
        """Nobody has changed or removed it."""
        return self._stamp is not None and self._stamp == _stamp(self._path)

    def write(self, first: int, cues: Sequence[Cue]) -> None:
        ends = self._ends[: first + 1]
        write_on(self._path, ends[-1] if first else 0, self._parts(first, cues, ends))
        self._ends, self._stamp = ends, _stamp(self._path)

    def _parts(self, first: int, cues: Sequence[Cue], ends: "array[int]") -> Iterator[bytes]:
        if not first:
            yield self._head
        for number, cue in enumerate(cues, first + 1):
            part = self._form(number, cue).encode()
            ends.append(ends[-1] + len(part))
            yield part


def _vtt_part(number: int, cue: Cue) -> str:
    """A cue with the empty line before it; WebVTT has names for its cues and needs no number."""
    return f"\n{vtt_cue(cue)}"


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What is another when the file is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _same(before: Sequence[Cue], after: Sequence[Cue]) -> int:
    """How many cues at the beginning are the very same."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((n for n, (old, new) in pairs if old is not new), min(len(before), len(after)))


def _joint(source: Sequence[Cue], target: Sequence[Cue], same_source: int, same_target: int) -> tuple[int, int]:
    """Before all that has changed, where both tracks can be cut so that no sentence is on both sides: the first cue
    after it in the target, and in the source."""
    new = {id for cue in source[same_source:] for id in cue.sentences}
    changed = next((n for n, cue in enumerate(target) if not new.isdisjoint(cue.sentences)), len(target))
    for first in range(max(0, min(changed, same_target) - _MARGIN), 0, -1):
        ids = target[first].sentences
        if not ids or not set(ids).isdisjoint(target[first - 1].sentences):
            continue
        at = next((n for n, cue in enumerate(source) if ids[0] in cue.sentences), None)
        if at is not None and source[at].sentences[0] == ids[0]:
            return first, at
    return 0, 0
