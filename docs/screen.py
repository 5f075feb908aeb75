"""Takes the pictures of /screen: `python -m docs.screen`, over the sample."""

import json
import tempfile
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from docs.pages import DOCS, subtitled
from tests.waiting import until
from tests.web.conftest import CHROMIUM, Server, becomes

AT = 8.6
"""Seconds of the rally."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name) / "rally"
        subtitled(folder)
        server = Server(folder)
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{server.address}/screen?lang=en&lang2=fr")
        becomes(page, "(window.livesubs?.playback.stream ?? null) !== null")
        page.evaluate(f"[livesubs.playback.touched(), livesubs.playback.pause(), livesubs.playback.seek({AT})]")
        for place, picture in (("bottom", "screen.png"), ("band", "screen-band.png")):
            body = json.dumps({"id": place, "do": "place", "text": place}).encode()
            urllib.request.urlopen(f"{server.address}/api/actions", body, timeout=5).close()
            becomes(page, f"document.body.dataset.place === '{place}'")
            until(lambda: page.get_by_text("twenty cities").is_visible(), 20)
            page.screenshot(path=DOCS / picture)
        browser.close()
        server.kill()


if __name__ == "__main__":
    main()
