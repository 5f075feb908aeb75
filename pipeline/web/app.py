"""The addresses of the page server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from pipeline.afterwards import Answers
from pipeline.errors import SessionError
from pipeline.followed import Followed
from pipeline.tracks import BEHIND
from pipeline.watched import leave
from pipeline.web.access import Access, Guarded
from pipeline.web.actions import act, write_down
from pipeline.web.bodies import Unfit, unfit
from pipeline.web.desk import Desk
from pipeline.web.feed import feed
from pipeline.web.media import Media
from pipeline.web.phones import code
from pipeline.web.show import LOOK, Show
from pipeline.web.tools import Tools
from pipeline.web.wording import Wording

PAGES = Path(__file__).parent / "pages"
VENDOR = Path(__file__).parent / "vendor"
_ALONE = 5.0
"""Seconds without a page after which a server ends whose session is over: a page that is loaded again is back by then.
"""
_AGAIN = 1.0
"""Seconds until what could not be answered is tried again: a session runs, or the disk is full."""
_NAMES = ("screen", "overlay", "read", "console", "review")


class Files(StaticFiles):
    """Files that a browser asks for again each time: with half of another version's a page would not start."""

    def file_response(self, *args: Any, **fields: Any) -> Response:
        response = super().file_response(*args, **fields)
        response.headers["cache-control"] = "no-cache"
        return response


class Served(msgspec.Struct, frozen=True):
    """What the pages have to know beforehand."""

    delay: float | None
    """Seconds behind live; None: as few as there can be."""
    asked: bool = False
    """Whether somebody asked for that delay."""
    title: str = ""
    """What the screen's cards call the show; empty: what its source is called."""
    phones: str = ""
    """Where phones in the room read along, with the token to look; empty: none of them gets here."""
    tools: Tools = Tools()
    """Of the desk."""


def application(folder: Path, access: Access, served: Served, when_over: Callable[[], None] | None = None) -> ASGIApp:
    """The pages of the session in `folder`. With `when_over` it is about to begin, or to go on: that is called once the
    session has ended and nobody watches any more."""
    show, answers = Show(folder, coming=when_over is not None), Answers(folder)
    media, wording = Media(show.session, served.delay or 0.0), Wording(show, served.tools)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        show.session.look()
        tasks = [asyncio.create_task(show.follow()), asyncio.create_task(_answer_for_session(show, answers))]
        tasks.append(asyncio.create_task(_say_watched(show, media)))
        if when_over:
            tasks.append(asyncio.create_task(_call_when_over(show, media, when_over)))
        yield
        for task in tasks:
            task.cancel()
        await wording.close()
        await _answered(show.session, answers)

    of_session = [
        *_told_and_asked(show, served),
        *Desk(show, wording.names).routes(),
        *wording.routes(),
        *media.routes(),
    ]
    pages = Starlette(routes=[*_pages(), *of_session], lifespan=lifespan, exception_handlers={Unfit: unfit})
    return Guarded(GZipMiddleware(pages), access)


def _pages() -> list[Route | Mount]:
    """The pages, and what they are made of."""
    return [
        Route("/", _to_screen),
        *(Route(f"/{name}", _page(name)) for name in _NAMES),
        *([Mount("/vendor", Files(directory=VENDOR))] if VENDOR.is_dir() else []),
        Mount("/pages", Files(directory=PAGES)),
    ]


def _told_and_asked(show: Show, served: Served) -> list[Route]:
    """What the pages are told of the session, and what they ask of it."""

    async def session(request: Request) -> Response:
        return JSONResponse(_facts(show.session, served))

    async def cues(request: Request) -> Response:
        return feed(show, request)

    async def phones(request: Request) -> Response:
        if not served.phones:
            return PlainTextResponse("Phones do not get here: start with --listen 0.0.0.0.", 404)
        return Response(code(served.phones), media_type="image/svg+xml", headers={"cache-control": "no-store"})

    async def health(request: Request) -> Response:
        return JSONResponse(show.health.facts(show.session.state, show.viewers, show.early))

    async def actions(request: Request) -> Response:
        return await act(show, request)

    return [
        Route("/api/session", session),
        Route("/api/cues", cues),
        Route("/api/phones", phones),
        Route("/api/health", health),
        Route("/api/actions", actions, methods=["POST"]),
        Route("/api/screens", show.screens.report, methods=["POST"]),
        Route("/api/open", show.opened.report, methods=["POST"]),
    ]


async def _answer_for_session(show: Show, answers: Answers) -> None:
    """What is done while no session runs is answered all the same; one that begins meanwhile has its turn."""
    while True:
        answered = False
        with show.faults:
            with suppress(OSError):
                write_down(show)
            answered = await _answered(show.session, answers)
        await asyncio.sleep(LOOK if answered else _AGAIN)


async def _answered(session: Followed, answers: Answers) -> bool:
    """Whether nothing is left to answer."""
    if not session.owes and not (session.folder / BEHIND).exists():
        return True
    try:
        await asyncio.to_thread(answers.answer)
    except SessionError:
        return False
    with suppress(OSError):
        session.look()
    return True


async def _say_watched(show: Show, media: Media) -> None:
    """What hears the session again by itself waits while somebody watches."""
    while True:
        with show.faults:
            if show.viewers or media.played:
                leave(show.session.folder)
        await asyncio.sleep(_AGAIN)


async def _call_when_over(show: Show, media: Media, when_over: Callable[[], None]) -> None:
    alone = 0.0
    while alone < _ALONE:
        await asyncio.sleep(0.5)
        with show.faults:
            alone = alone + 0.5 if show.session.over and not (show.watched or media.played) else 0.0
    when_over()


async def _to_screen(request: Request) -> Response:
    return RedirectResponse("/screen")


def _page(name: str) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        path = PAGES / f"{name}.html"
        if not path.is_file():
            return PlainTextResponse("There is no such page.", 404)
        return FileResponse(path, headers={"cache-control": "no-cache"})

    return page


def _facts(followed: Followed, served: Served) -> dict[str, object]:
    session, rules = followed.state.session, followed.rules()
    return {
        "begun": session is not None,
        "src_lang": session.src_lang if session else "",
        "tgt_langs": session.tgt_langs if session else (),
        "source": session.source if session else "",
        "began_at": session.began_at if session else None,
        "delay": served.delay,
        "asked": served.asked,
        "early": session is not None and session.policy == "stream" and not served.asked,
        "title": served.title,
        "phones": served.phones,
        "cpl": rules.cpl,
        "lines": rules.lines,
    }
