"""Takes the pictures of the console: `python -m docs.console` runs the sample with its pages, and works on them."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers import free_port
from tests.waiting import until
from tests.web.conftest import CHROMIUM

DOCS = Path(__file__).parent


def main() -> None:
    with running() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        opened(browser, f"{address}/screen", 640, 360)
        desktop = opened(browser, f"{address}/console", 1440, 900)
        phone = opened(browser, f"{address}/console", 390, 844, device_scale_factor=2, has_touch=True)
        has(desktop, "document.querySelectorAll('.coming').length >= 5 && document.querySelector('.past, .now')", 150)
        for key in ("ArrowDown", "ArrowDown", "x", "ArrowDown", " ", "ArrowDown", "m", "Escape"):
            desktop.keyboard.press(key)
        has(desktop, "document.querySelector('.struck') && document.querySelector('.held')", 10)
        has(desktop, "document.querySelector('.now') && document.querySelectorAll('.coming').length >= 3", 30)
        desktop.screenshot(path=DOCS / "console-desktop.png")
        phone.screenshot(path=DOCS / "console-phone.png")


def has(page: Page, condition: str, seconds: float) -> None:
    until(lambda: page.evaluate(f"Boolean({condition})"), seconds)


def opened(browser: Browser, address: str, width: int, height: int, **more: Any) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}, **more).new_page()
    page.goto(address)
    return page


@contextmanager
def running() -> Iterator[str]:
    """The sample as if it came in live, with its pages; their address."""
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-m", "pipeline", "run", str(DOCS.parent / "samples/rally.mp4"), "--demo"]
        command += ["--pace", "1", "--serve", "--port", str(port), "--delay", "40", "--out", f"{folder}/rally"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as session:
            try:
                until(lambda: (Path(folder) / "rally/journal.jsonl").exists(), 60)
                yield f"http://127.0.0.1:{port}"
            finally:
                session.kill()  # what is under it ends with it


if __name__ == "__main__":
    main()
