"""A session as if it came in live, and who looks on: a client of its feed, and a real Chromium with the overlay."""

import shutil
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from playwright.sync_api import sync_playwright

from bench import session
from bench.peers.process import free_port
from bench.told import Batch, messages

AFTERWARDS = 3.0
"""Seconds in which the last lines of a session come into sight."""
WATCH = """() => {
    window.seen = [];
    const stage = document.getElementById("stage");
    const look = () => {
        const text = stage.innerText;
        requestAnimationFrame(() => seen.push([Date.now() / 1000, text]));
    };
    new MutationObserver(look).observe(stage, { childList: true, subtree: true, characterData: true });
}"""


class Seen(NamedTuple):
    session: session.Session
    folder: Path
    told: list[Batch]
    """What the feed said of all tracks."""
    overlay: list[tuple[float, str]]
    """What stood on the overlay from then on (wall clock, as its frame was drawn), each time that it changed."""


def watched(source: Path, folder: Path, settings: Path) -> Seen:
    """Runs SOURCE in real time into `folder` with `--policy stream` and its pages, until its last line was shown."""
    port = free_port()
    options = ("--policy", "stream", "--serve", "--port", str(port))
    with ThreadPoolExecutor() as hands, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        run = hands.submit(session.measured, source, folder, "1", settings, *options)
        _served(port, run)
        listening = hands.submit(_told, port)
        page.goto(f"http://127.0.0.1:{port}/overlay")
        page.evaluate(WATCH)
        told = listening.result()
        time.sleep(AFTERWARDS)
        overlay = [(float(at), str(text)) for at, text in page.evaluate("seen")]
        browser.close()
        return Seen(run.result(), folder, told, overlay)


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        raise SystemExit("bench: what stands on the overlay is measured in Chromium, which is not there; install it")
    return found


def _served(port: int, run: "Future[Any]") -> None:
    """Waits until the pages are there, or the session is over."""
    while not run.done():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)


def _told(port: int) -> list[Batch]:
    """Until the session has ended."""
    told: list[Batch] = []
    with httpx2.stream("GET", f"http://127.0.0.1:{port}/api/cues", timeout=None) as answer:
        for batch in messages(answer.iter_text()):
            told.append(Batch(time.time(), batch))
            if any(kind == "end" for kind, _ in batch):
                break
    return told
