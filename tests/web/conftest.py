"""A Chromium, and page servers for session folders."""

import multiprocessing
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from tests.servers import free_port
from tests.waiting import until
from tests.web.serving import serve as served_there

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HLS = Path(__file__).parents[2] / "pipeline" / "web" / "vendor" / "hls.min.js"

needs_hls = pytest.mark.skipif(not HLS.is_file(), reason="needs hls.js: make web")


def becomes(page: "Page", condition: str, seconds: float = 20) -> None:
    """Waits until a JavaScript expression is true; Playwright's own wait is forbidden by the pages' policy."""
    until(lambda: _evaluated(page, condition), seconds)


_NOT_YET = ("context was destroyed", "of null")
"""What Chromium says of a page that is being loaded again, and of what it does not show yet."""


def _evaluated(page: "Page", condition: str) -> object:
    """Its value; nothing where there is nothing yet to have one."""
    from playwright.sync_api import Error

    try:
        return page.evaluate(condition)
    except Error as error:
        if not any(told in str(error) for told in _NOT_YET):
            raise
        return None


class Server:
    """`livesubs screen` of a folder, which may be killed and started again at the same address."""

    def __init__(self, folder: Path, delay: str = "auto", *more: str) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._words = ["screen", str(folder), "--port", str(self.port), "--delay", delay, *more]
        self.process: subprocess.Popen[bytes] | None = None
        self.terminal: IO[bytes] | None = None
        """What it tells the technician; None: the test's own."""

    def serve_next(self, folder: Path) -> None:
        """Serves another session at the same address."""
        self.kill()
        self.folder = folder
        self._words[1] = str(folder)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "pipeline", *self._words]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.terminal
        )
        until(self.answers, 60)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api/session", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            return error.code == 401  # asks for a token
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9."""
        if self.process:
            self.process.kill()
            self.process.wait()


if sys.platform == "win32":
    FORKS = multiprocessing.get_context("spawn")
else:
    FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([served_there.__module__])


class Forked(Server):
    """The same, begun quicker."""

    def start(self) -> None:
        self._forked = FORKS.Process(target=served_there, args=(self._words,), daemon=True)
        self._forked.start()
        until(self.answers, 60)

    def kill(self) -> None:
        self._forked.kill()
        self._forked.join()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Serves a session folder: `serve(folder, delay="10")`."""
    servers: list[Server] = []

    def served(folder: Path, delay: str = "auto", *more: str) -> Server:
        server = Forked(folder, delay, *more)
        servers.append(server)
        server.start()
        return server

    yield served
    for server in servers:
        server.kill()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    if not CHROMIUM:
        pytest.skip("needs Chromium, which CI installs")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    """A page in a profile of its own; what goes wrong in its scripts fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(120_000)  # a busy machine is slow
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults
