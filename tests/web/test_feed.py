"""feed.js: what a page knows of a session, also when its server dies meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.events import Cue, SessionStarted, Withdrawn
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from tests.web.conftest import Server, becomes

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMPORT = """async () => {
    const { Feed } = await import("/pages/feed.js");
    window.feed = new Feed({ lang: "en" });
}"""
TEXTS = "feed.track('en').map((cue) => cue.text).join('|')"


def cue(number: int, text: str, lang: str = "en") -> Cue:
    return Cue(id=f"{number}.{lang}", lang=lang, start=number, end=number + 1.0, text=text, sentences=())


def test_a_page_knows_the_cues_also_after_its_server_died(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(
            SessionStarted(
                version="1", source="s", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=(), began_at=0.0
            )
        )
        for event in (cue(2, "two"), cue(1, "one"), cue(1, "un", "fr"), cue(3, "three")):
            journal.append(event)
        server = serve(tmp_path)
        page.goto(f"{server.address}/api/session")
        page.evaluate(IMPORT)
        becomes(page, "feed.ready")
        assert page.evaluate(TEXTS) == "one|two|three"
        server.kill()
        becomes(page, "!feed.connected")
        journal.append(Withdrawn(id="3.en"))
        journal.append(cue(2, "deux"))
        server.start()
        becomes(page, f"{TEXTS} === 'one|deux'")
