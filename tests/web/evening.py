"""A session at 20 s as the console has it, 10 s behind, and what is looked at there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.asked import Actions
from pipeline.events import Cue, Progress, SessionStarted, SourceState
from pipeline.flow import SystemClock
from pipeline.journal import Journal

if TYPE_CHECKING:
    from playwright.sync_api import Page

LINES = ["Good evening.", "This hall is full.", "The floor goes to the nurses.", "Thank you."]
ROWS = "[...document.querySelectorAll('.line')]"
STATES = f"{ROWS}.map((row) => row.classList[1]).join()"
TEXTS = f"{ROWS}.map((row) => row.querySelector('.en').innerText)"
COUNTS = f"{ROWS}.map((row) => row.querySelector('.count').innerText).join()"


@contextmanager
def evening(folder: Path, policy: str = "utterance") -> Iterator[Journal]:
    """One line is shown at ten seconds, the others come."""
    with Journal(folder, SystemClock()) as journal:
        journal.append(
            SessionStarted(
                version="1",
                source="rally",
                src_lang="fr",
                tgt_langs=("en",),
                recogniser="r",
                engines=(),
                began_at=0.0,
                policy=policy,
            )
        )
        journal.append(SourceState(state="connected", stream=0.0))
        for number, text in enumerate(LINES):
            said(journal, number, f"Phrase {number}.", text)
        journal.append(Progress(recorded=20.0, heard=19.0, compute=1.0))
        yield journal


def said(journal: Journal, number: int, french: str, english: str) -> None:
    at = 8.5 + 3.0 * number
    for lang, words in (("fr", french), ("en", english)):
        id = f"s{number}.{lang}.1"
        journal.append(Cue(id=id, lang=lang, start=at, end=at + 2.5, text=words, sentences=(f"s{number}",)))


def done(folder: Path) -> list[tuple[str, str, str]]:
    """(what, cue, text) of everything that was asked."""
    return [(action.do, action.cue, action.text) for action in Actions(folder).new()]


def press(page: "Page", *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
