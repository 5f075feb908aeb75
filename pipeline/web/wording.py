"""What the desk asks about the wording of lines beside `versions`: where something stands, and what is misspelt."""

import asyncio
import uuid
from collections.abc import Iterable
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.events import Cue, Edit, Value
from pipeline.names.glossary import Glossary
from pipeline.review.finding import Hit, Sought, Stale, Tick, find, replacing
from pipeline.review.others import Others
from pipeline.web.bodies import told
from pipeline.web.edits import write_down
from pipeline.web.given import address, for_this, given
from pipeline.web.show import Show
from pipeline.web.tools import Toolbox, Tools
from pipeline.web.versions import Versions

_TEXT, _TICKS = 20_000, 2_000_000
"""Bytes of a request at most; of one with ticks."""
_HITS = 2000
"""Hits that are told at once."""
_SWITCHES = ("regex", "case", "word")


class Replacing(Sought, frozen=True):
    by: str = ""
    ticks: tuple[Tick, ...] = ()
    session: str = ""
    """One of the others; empty: this one."""
    hand: Annotated[str, Meta(max_length=40)] = ""
    """What the ids of its edits begin with: a page knows its own by it."""


class Spelling(Value, frozen=True):
    lang: str
    text: str


class SpelledNames:
    """The names of one session, which no dictionary has: looked for anew when its lines or its glossary are others."""

    def __init__(self, show: Show, tools: Toolbox) -> None:
        self._show, self._tools = show, tools
        self._of: tuple[int, Glossary] = (-1, Glossary())
        self._found: frozenset[str] = frozenset()

    async def now(self) -> frozenset[str]:
        from pipeline.review.spelling import names_of

        of = self._show.session.seq, self._tools.names.current
        if of != self._of:
            texts = [cue.text for cue in self._show.session.state.cues.values()]
            self._found, self._of = await asyncio.to_thread(names_of, of[1], texts), of
        return self._found


class Wording:
    """The wording of one session's lines."""

    def __init__(self, show: Show, tools: Tools) -> None:
        self._show, self._tools, self._others = show, Toolbox(show.session.folder, tools), Others(tools.others)
        self._versions, self.names = Versions(show, self._tools), SpelledNames(show, self._tools)
        self._searching, self._spelling = asyncio.Lock(), asyncio.Lock()

    def routes(self) -> list[Route]:
        return [
            *self._versions.routes(),
            address("/api/found", self.found),
            address("/api/replace", self.replace, "POST"),
            address("/api/spelling", self.spelling, "POST"),
        ]

    async def close(self) -> None:
        """Ends what runs for it."""
        await self._versions.close()

    async def found(self, request: Request) -> object:
        """Places where something stands, in this session and, with `others`, in those beside it."""
        query = request.query_params
        sought = Sought(what=query.get("what", ""), **{name: query.get(name) == "1" for name in _SWITCHES})
        lang, by = query.get("lang", ""), query.get("by")
        hits = await self._found("", _lines(self._show.session.state.cues.values(), lang), sought, by)
        for name in self._others.names if query.get("others") == "1" else ():
            async with self._searching:
                state = await asyncio.to_thread(self._others.state, name)
            hits += await self._found(name, _lines(state.cues.values(), lang), sought, by)
        return {"hits": hits[:_HITS], "more": len(hits) > _HITS, "others": len(self._others.names)}

    async def _found(self, session: str, cues: list[Cue], sought: Sought, by: str | None) -> list[object]:
        rules = self._others.rules(session) if session else self._show.session.rules()
        hits: list[Hit] = await asyncio.to_thread(find, cues, sought, rules, by)
        return [{"session": session, **msgspec.to_builtins(hit)} for hit in hits]

    async def replace(self, request: Request) -> Response:
        """Replaces the ticked hits of one session, an edit for each line; those that are not as they were are told."""
        for_this(request, self._show.session.state.session)
        wish = await told(request, Replacing, _TICKS)
        edits, stale = await self._replaced(wish)
        answer = {"edits": [edit.id for edit in edits], "stale": stale}
        if wish.session:
            async with self._searching:
                await asyncio.to_thread(self._others.edit, wish.session, edits)
            return given(answer)
        return given(answer, write_down(self._show, *edits) if edits else None)

    async def _replaced(self, wish: Replacing) -> tuple[list[Edit], list[Stale]]:
        if not wish.session:
            self._show.session.look()
            cues, rules = dict(self._show.session.state.cues), self._show.session.rules()
        else:
            async with self._searching:
                cues = (await asyncio.to_thread(self._others.state, wish.session)).cues
            rules = self._others.rules(wish.session)
        return await asyncio.to_thread(replacing, cues, wish, wish.by, wish.ticks, rules, partial(_new_id, wish.hand))

    async def spelling(self, request: Request) -> object:
        """The words of a text that may be misspelt, and what may have been meant."""
        from pipeline.review.spelling import misspelt

        wish = await told(request, Spelling, _TEXT)
        names = await self.names.now()
        async with self._spelling:
            return await asyncio.to_thread(misspelt, wish.text, wish.lang, names)


def _lines(cues: Iterable[Cue], lang: str) -> list[Cue]:
    """Those of a track, or of all, by time."""
    return sorted((cue for cue in cues if lang in ("", cue.lang)), key=lambda cue: (cue.start, cue.lang))


def _new_id(hand: str) -> str:
    return f"{hand}r{uuid.uuid4().hex[:12]}"
