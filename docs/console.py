"""Takes the pictures of the console: `python -m docs.console` runs the sample with its pages, and works on them."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers import free_port
from tests.waiting import until
from tests.web.conftest import CHROMIUM

DOCS = Path(__file__).parent


def main() -> None:
    with running() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        browser.new_page().goto(f"{address}/screen")
        desktop = opened(browser, f"{address}/console", 1440, 900)
        phone = opened(browser, f"{address}/console", 390, 844, device_scale_factor=2, has_touch=True)
        coming = "document.querySelectorAll('.coming').length"
        until(lambda: desktop.evaluate(coming) >= 4 and desktop.evaluate("document.querySelector('.now') != null"), 120)
        for keys in ("ArrowDown", "ArrowDown", "x", "ArrowDown", " ", "ArrowDown", "m", "Escape"):
            desktop.keyboard.press(keys)
        until(lambda: desktop.evaluate("document.querySelector('.struck') && document.querySelector('.held')"), 10)
        until(lambda: desktop.evaluate("document.querySelector('.now') && document.querySelector('.past')"), 30)
        desktop.screenshot(path=DOCS / "console-desktop.png")
        phone.screenshot(path=DOCS / "console-phone.png")


def opened(browser: Browser, address: str, width: int, height: int, **more: object) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    return page


@contextmanager
def running() -> Iterator[str]:
    """The sample as if it came in live, with its pages; their address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pipeline", "run", str(DOCS.parent / "samples/rally.mp4"), "--demo"]
        command += ["--pace", "1", "--serve", "--port", str(port), "--delay", "25", "--out", f"{folder}/rally"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as session:
            try:
                until(lambda: (Path(folder) / "rally/journal.jsonl").exists(), 60)
                yield f"http://127.0.0.1:{port}"
            finally:
                session.terminate()


if __name__ == "__main__":
    main()
