"""Other ways to say a line: what guards kept back, the sound heard once more, an engine of the editor's choice."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline import folder
from pipeline.answering import answered
from pipeline.catalogue import SUGGESTED
from pipeline.errors import ModelError, SettingsError
from pipeline.events import Edit, Rendering, Value
from pipeline.restoring import kept_back
from pipeline.review.again import Asked, Version, asked, context, laid
from pipeline.review.kept import bring_back, sentence_of, shown_kept
from pipeline.settings import SpeechSettings
from pipeline.source.parts import AUDIO
from pipeline.system import program
from pipeline.web.bodies import Unfit, told
from pipeline.web.edits import write_down
from pipeline.web.given import address, for_this, given
from pipeline.web.show import Show
from pipeline.web.tools import Toolbox

if TYPE_CHECKING:
    from pipeline.review.hearing import SecondEar

_IDLE = 120.0
"""Seconds after which a recogniser that nobody asked is ended: a large model takes gigabytes."""
_LONGEST = 20_000
"""Bytes of a request at most."""


class Restoring(Value, frozen=True):
    kept: str
    id: str
    """Of the edit."""


class Again(Value, frozen=True):
    cue: str
    what: Literal["speech", "translation"]
    lang: str = ""
    engine: str = ""
    text: str = ""


class Versions:
    """Of the lines of one session."""

    def __init__(self, show: Show, tools: Toolbox) -> None:
        self._show, self._tools = show, tools
        self._file = folder.given(show.session.folder) is not None
        self._hearing, self._translating = asyncio.Lock(), asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None
        self._letting_go: asyncio.Task[None] | None = None
        self._ear: SecondEar | None = None

    def routes(self) -> list[Route]:
        return [
            address("/api/suppressed", self.suppressed),
            address("/api/suppressed", self.restore, "POST"),
            address("/api/engines", self.engines),
            address("/api/again", self.again, "POST"),
        ]

    async def close(self) -> None:
        """Ends the recogniser, if there is one, also while it hears."""
        if self._rest:
            self._rest.cancel()
        if self._ear:
            await asyncio.to_thread(self._ear.close)

    async def suppressed(self, request: Request) -> object:
        return shown_kept(self._show.session.state)

    async def restore(self, request: Request) -> Response:
        """Brings back what a guard kept: the line that was said, and what the session's engines make of it."""
        for_this(request, self._show.session.state.session)
        wish = await told(request, Restoring, _LONGEST)
        self._show.session.look()
        state, rules = self._show.session.state, self._show.session.rules()
        kept, session = kept_back(state).get(wish.kept), state.session
        if kept is None or session is None:
            raise Unfit("Nothing was kept back there.", 409)
        if self._show.session.knows(wish.id):
            return given({"kept": wish.id, "lacking": {}})
        sentence, translated, lacking = sentence_of(state, kept), list[Rendering](), dict[str, str]()
        async with self._translating:
            for lang in session.tgt_langs:
                before = context(state, kept.start, session.src_lang, lang)
                rendering = await asyncio.to_thread(self._tools.translators.render, sentence, lang, before)
                if rendering.untranslated:
                    lacking[lang] = "; ".join(f"{one.engine}: {one.verdict}" for one in rendering.attempts)
                else:
                    translated.append(rendering)
        edit = bring_back(state, kept, translated, rules, wish.id)
        self._show.session.look()  # to translate takes a while
        refused = answered(self._show.session.state, edit, rules)
        if isinstance(refused, Edit) and refused.refused:
            raise Unfit(refused.refused, 409)
        return given({"kept": wish.id, "lacking": lacking}, write_down(self._show, edit))

    async def engines(self, request: Request) -> object:
        """Which there are for a track, from what is spoken into its language."""
        session = self._show.session.state.session
        if session is None:
            return []
        lang = request.query_params.get("lang") or next(iter(session.tgt_langs), session.src_lang)
        async with self._translating:
            return await asyncio.to_thread(self._tools.translators.known, session.src_lang, lang)

    async def again(self, request: Request) -> object:
        """Other ways to say a line, to choose between: as it is heard once more, or as an engine translates it."""
        wish = await told(request, Again, _LONGEST)
        self._show.session.look()
        one = asked(self._show.session.state, wish.cue, wish.lang, wish.text)
        if wish.what == "speech":
            lang, cues, versions = self._src_lang, one.source, await self._heard(one)
        else:
            lang, cues, versions = one.lang, one.target, await self._translated(one, wish.engine)
        rules = self._show.session.rules()
        laid_out = [replace(version, texts=laid(version.text, cues, rules, lang)) for version in versions]
        return {"lang": lang, "cues": [(cue.id, cue.rev) for cue in cues], "versions": laid_out}

    async def _heard(self, one: Asked) -> list[Version]:
        from pipeline.review.hearing import SecondEar

        if not self._speech.model:
            raise ModelError(
                f"there is no speech model here to hear it with; type {program()} models pull {SUGGESTED}, then start "
                "this again"
            )
        async with self._hearing:
            if self._rest:
                self._rest.cancel()
            self._ear = self._ear or SecondEar(self._show.session.folder / AUDIO, self._speech)
            said, names = one.sentence, self._tools.names.hotwords
            before = " ".join(source for source, _ in one.before.sentences)
            hear = partial(self._ear.versions, said.start, said.end, lang=said.lang, names=names, before=before)
            try:
                return await asyncio.to_thread(hear)
            finally:
                self._rest = asyncio.get_running_loop().call_later(_IDLE, self._let_go)

    def _let_go(self) -> None:
        self._letting_go = asyncio.create_task(self._when_free())

    async def _when_free(self) -> None:
        async with self._hearing:
            await self.close()

    async def _translated(self, one: Asked, engine: str) -> list[Version]:
        if not one.lang or one.lang == self._src_lang:
            way = "start this again with --to and a language" if self._file else "resume the session with --to"
            raise SettingsError(f"there is no language that this is translated into; {way}")
        if not one.sentence.text:
            raise SettingsError("nothing is written there of what was said; type that first")
        async with self._translating:
            return await asyncio.to_thread(self._tools.translators.versions, one.sentence, one.lang, one.before, engine)

    @property
    def _speech(self) -> SpeechSettings:
        """Of a session made of a subtitle file nobody has said what is spoken, but the file is in that language."""
        speech = self._tools.settings.speech
        known = not self._src_lang or self._src_lang in speech.spoken
        return speech if known else replace(speech, language=self._src_lang, languages=())

    @property
    def _src_lang(self) -> str:
        return self._show.session.state.session.src_lang if self._show.session.state.session else ""
