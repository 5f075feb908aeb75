"""Takes the pictures of /read and /overlay: `python -m docs.pages`, over a frame of the sample."""

import base64
import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg
from playwright.sync_api import Browser, sync_playwright

from pipeline.events import Cue, SessionStarted
from pipeline.flow import SystemClock
from pipeline.journal import Journal, read
from tests.measures import SAMPLES
from tests.web.conftest import CHROMIUM, Server
from tests.web.sessions import progress

DOCS = Path(__file__).parent
SHOWN = 66.0
"""Seconds of the rally that have been shown."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        subtitled(folder / "rally")
        with Journal(folder, SystemClock()) as journal:
            for entry in read(folder / "rally" / "journal.jsonl"):
                if isinstance(entry.event, SessionStarted | Cue):
                    journal.append(entry.event)
            journal.append(progress(SystemClock(), SHOWN + 30))
            server = Server(folder, "30")
            server.start()
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            take_overlay(browser, f"{server.address}/overlay?play=1&from=8")
            take_phones(browser, f"{server.address}/read")
            server.kill()


def subtitled(folder: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--out", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def take_overlay(browser: Browser, address: str) -> None:
    """The overlay as a mixer would put it over a picture."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", "9", "-i", str(SAMPLES / "rally.mp4")]
    frame = subprocess.run([*command, "-frames:v", "1", "-f", "mjpeg", "-"], check=True, capture_output=True).stdout
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(address)
    page.get_by_text("twenty cities").wait_for()
    page.add_style_tag(content=f"html {{ background: left top / 118% url({data(frame, 'jpeg')}); }}")
    page.screenshot(path=DOCS / "overlay.png")


def take_phones(browser: Browser, address: str) -> None:
    """One in dark, in one language, and one in light, in two."""
    pictures = []
    for scheme, query in (("dark", ""), ("light", "?lang=en,fr")):
        page = browser.new_page(viewport={"width": 390, "height": 780}, color_scheme=scheme, device_scale_factor=2)  # type: ignore[arg-type]
        page.goto(address + query)
        page.get_by_text("remain standing").wait_for()
        pictures.append(data(page.screenshot(), "png"))
    both = browser.new_page(viewport={"width": 820, "height": 780})
    both.set_content(
        "<body style='margin:0;display:flex;gap:40px'>" + "".join(f"<img src='{p}' width=390>" for p in pictures)
    )
    both.screenshot(path=DOCS / "read-phone.png", omit_background=True)


def data(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


if __name__ == "__main__":
    main()
