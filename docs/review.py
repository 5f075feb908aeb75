"""Takes the picture of the desk: `python -m docs.review` subtitles the rally, and works on it."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from docs.pages import subtitled
from tests.waiting import until
from tests.web.conftest import CHROMIUM, Server

DOCS = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, sync_playwright() as playwright:
        folder = Path(name) / "rally"
        subtitled(folder)
        server = Server(folder)
        server.start()
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.address}/review")
        until(lambda: page.evaluate("Boolean(window.livesubs?.wave.ready && livesubs.player.there)"), 60)
        until(lambda: page.inner_text("#faults"), 30)
        go = ("Alt+g", "4", "2", "Enter", *["Control+Enter"] * 3, "F4")
        for key in go:
            page.keyboard.press(key)
        until(lambda: page.locator("#check .fault").count() > 0, 30)
        page.keyboard.press("Alt+n")
        page.keyboard.type("Too long for two seconds: what can go?")
        page.keyboard.press("Enter")
        until(lambda: page.evaluate("livesubs.edits.waiting === 0 && !livesubs.edits.unsure"), 30)
        until(lambda: page.locator("#check .fault").count() > 0, 30)
        until(lambda: page.evaluate("getComputedStyle(document.getElementById('toast')).opacity === '0'"), 30)
        page.screenshot(path=DOCS / "review.png")
        server.kill()


if __name__ == "__main__":
    main()
