"""The editor's desk: the addresses behind the page `/review` (docs/review.md has what each takes and gives).

All of them are for whoever may control. What is wrong with a request is told as `{"error": sentence}`.
"""

import asyncio
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.drafts import Draft
from pipeline.events import Value
from pipeline.folder import given
from pipeline.journal import running
from pipeline.review.profile import Profile, of_language
from pipeline.review.shots import frame_rate
from pipeline.review.spot import Line, broken, look
from pipeline.source.archive import segments
from pipeline.source.parts import ARCHIVE, AUDIO, seconds
from pipeline.state import State
from pipeline.web.bodies import Unfit, span, told
from pipeline.web.edits import edit
from pipeline.web.given import address, for_this
from pipeline.web.queues import Queues
from pipeline.web.shots import Shots
from pipeline.web.show import Show

_DRAFT = 20_000
"""Bytes of a draft at most."""
_LINES, _MOST = 200_000, 100
"""Bytes of lines that are checked at once, and how many they are, at most."""
_WORDS = 600.0
"""Seconds whose words are told at once."""
_SHOTS = 86_400.0
_SHAPE = 600.0
"""Seconds whose sound is drawn at once."""
_COLUMNS = 4096


class Asked(Value, frozen=True):
    """Lines as they are being written, and those that stand before and after them."""

    lang: str
    cues: tuple[Line, ...]
    before: Line | None = None
    after: Line | None = None


class Desk:
    """The desk of one session."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._frames: float | None = None
        self._shots, self._queues = Shots(show.session.folder), Queues(show.session.folder)
        self._file = given(show.session.folder) is not None

    def routes(self) -> list[Route]:
        return [
            address("/api/review", self.review),
            address("/api/words", self.words),
            address("/api/peaks", self.peaks),
            address("/api/shots", self.shots),
            address("/api/queue", self.queue),
            address("/api/faults", self.faults),
            address("/api/check", self.check, "POST"),
            address("/api/edits", self.edits, "POST"),
            address("/api/drafts/{cue:path}", self.draft, "PUT", "DELETE"),
        ]

    async def review(self, request: Request) -> object:
        """What the page has to know beforehand."""
        folder, state = self._show.session.folder, self._show.session.state
        session = state.session
        src_lang, tgt_langs = (session.src_lang, session.tgt_langs) if session else ("", ())
        frames = await self._frame_rate()
        return {
            "name": session.source if session and self._file else folder.resolve().name,
            "kind": "file" if self._file else "session",
            "begun": session is not None,
            "began_at": session.began_at if session else None,
            "running": running(folder),
            "live": bool(session and session.live),
            "src_lang": src_lang,
            "tgt_langs": tgt_langs,
            "duration": _duration(folder, state),
            "picture": frames is not None,
            "sound": _has_sound(folder),
            "frame_rate": frames,
            "profiles": {lang: _figures(of_language(lang)) for lang in (src_lang, *tgt_langs) if lang},
        }

    async def words(self, request: Request) -> object:
        return list(self._show.heard.between(*span(request, _WORDS)))

    async def peaks(self, request: Request) -> object:
        from pipeline.review.peaks import peaks

        start, end = span(request, _SHAPE)
        columns = request.query_params.get("columns", "")
        if not columns.isdecimal() or not 0 < int(columns[:9]) <= _COLUMNS:
            raise Unfit(f"Say how many columns, {_COLUMNS} at most: columns=1200.", 400)
        found = await asyncio.to_thread(peaks, self._show.session.folder, start, end, int(columns))
        return {"from": start, "to": end, "min": found.low, "max": found.high}

    async def shots(self, request: Request) -> object:
        """Where a shot begins, as far as that is known."""
        start, end = span(request, _SHOTS)
        return self._shots.between(start, end) if await self._frame_rate() else []

    async def queue(self, request: Request) -> object:
        """What needs a human first."""
        return await self._queues.of(request.query_params.get("lang", ""), self._show.session.seq)

    async def faults(self, request: Request) -> object:
        """What is wrong with a whole track as it now is."""
        lang = request.query_params.get("lang", "")
        found = await asyncio.to_thread(broken, self._show.session.state.track(lang), of_language(lang))
        return [{**msgspec.to_builtins(fault), "cue": cue.id} for cue, fault in found]

    async def check(self, request: Request) -> object:
        """What is wrong with lines as they are being written, and what would mend it."""
        asked = await told(request, Asked, _LINES)
        timed = all(isfinite(line.start) and isfinite(line.end) for line in asked.cues)
        if not (timed and 0 < len(asked.cues) <= _MOST):
            raise Unfit(f"Ask about 1 to {_MOST} lines, each with its times.", 400)
        profile = of_language(asked.lang)
        found = await asyncio.to_thread(look, asked.cues, asked.before, asked.after, profile)
        return {"profile": profile.base, **msgspec.to_builtins(found)}

    async def edits(self, request: Request) -> Response:
        return await edit(self._show, request)

    async def draft(self, request: Request) -> Response:
        """Keeps what is being typed of a line, or forgets it."""
        cue, drafts = request.path_params["cue"], self._show.drafts
        for_this(request, self._show.session.state.session)
        if request.method == "PUT":
            drafts.keep(cue, await told(request, Draft, _DRAFT))
        else:
            drafts.drop(cue, request.query_params.get("by"))
        return Response(status_code=204)

    async def _frame_rate(self) -> float | None:
        """Of the picture, if there is one; of a session that has just begun there may be one later."""
        self._frames = self._frames or await asyncio.to_thread(_first_rate, self._show.session.folder)
        return self._frames


def _duration(folder: Path, state: State) -> float:
    """Seconds up to the last sound, picture or line."""
    recorded = [seconds(folder / AUDIO), *(segment.end for segment in segments(folder / ARCHIVE)[-1:])]
    return max([state.recorded, *recorded, *(cue.end for cue in state.cues.values())])


def _has_sound(folder: Path) -> bool:
    """Whether there is something to draw."""
    from pipeline.review.peaks import PEAKS

    return any((folder / name).exists() for name in (AUDIO, PEAKS))


def _first_rate(folder: Path) -> float | None:
    first = segments(folder / ARCHIVE)[:1]
    return frame_rate(first[0].path) if first else None


def _figures(profile: Profile) -> dict[str, Any]:
    """What lines of a track are held to; null: to nothing. Seconds, characters, words a minute."""
    figures = {"lines": profile.lines, "cpl": profile.cpl, "cps": profile.cps, "wpm": profile.wpm}
    times = {"shortest": profile.shortest, "longest": profile.longest, "bridge": profile.bridge}
    limits = {name: value or None for name, value in (figures | times).items()}
    return {"name": profile.base, **limits, "gap": profile.limits.gap}
