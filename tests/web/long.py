"""`make screen-long`: three hours on the screen, sixteen times as fast: the page's memory does not grow.

A finished session of 180 connections of a minute, with a line every two seconds, in a real Chromium.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import imageio_ffmpeg
from playwright.sync_api import CDPSession, sync_playwright

from pipeline.events import Ended
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from pipeline.source.archive import note
from pipeline.source.parts import ARCHIVE, Anchor
from tests.web.conftest import Server, becomes
from tests.web.shows import begun, line

MINUTES = 180
RATE = 16
GROWN = 1.3
"""How much larger the heap may be in the end than after a tenth of the time: every line and segment is known then."""
FAST = """() => {
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "playbackRate");
    const video = document.getElementById("video");
    set.call(video, %d);
    Object.defineProperty(video, "playbackRate", { get() { return get.call(video); }, set() {} });
}"""


def folder(path: Path) -> None:
    """One minute of a small picture, as often as there are minutes."""
    ffmpeg, minute = imageio_ffmpeg.get_ffmpeg_exe(), path / ARCHIVE / "minute"
    note(path / ARCHIVE, Anchor(number=1, at=0.0))
    picture = ["-f", "lavfi", "-i", "testsrc=s=160x90:r=5", "-f", "lavfi", "-i", "sine=f=200:r=16000", "-t", "60"]
    codecs = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "10",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-b:a",
        "32k",
    ]
    cut = ["-f", "segment", "-segment_format", "mpegts", "-segment_time", "2", "-segment_list_type", "csv"]
    subprocess.run(
        [ffmpeg, "-v", "error", *picture, *codecs, *cut, "-segment_list", f"{minute}.csv", f"{minute}-%05d.ts"]
    )
    listed = minute.with_suffix(".csv").read_text()
    for number in range(1, MINUTES + 1):
        if number > 1:
            note(path / ARCHIVE, Anchor(number=number, at=60.0 * (number - 1)))
        for segment in (path / ARCHIVE).glob("minute-*.ts"):
            os.link(segment, segment.with_name(segment.name.replace("minute", f"{number:04d}")))
        (path / ARCHIVE / f"{number:04d}.csv").write_text(listed.replace("minute", f"{number:04d}"))
    with Journal(path, SystemClock()) as journal:
        journal.append(begun())
        for number in range(MINUTES * 30):
            journal.append(line(f"c{number}", 2.0 * number, 2.0 * number + 1.9, f"The line with the number {number}"))
        journal.append(Ended(reason="ended", stream=60.0 * MINUTES))


def heap(session: CDPSession) -> float:
    """Megabytes that the page's scripts hold."""
    session.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    print(f"{told['JSHeapUsedSize'] / 1e6:.1f} MB, {told['Nodes']:.0f} nodes", flush=True)
    return float(told["JSHeapUsedSize"]) / 1e6


def main() -> int:
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder(Path(made))
        server = Server(Path(made))
        server.start()
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page(viewport={"width": 320, "height": 180})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        page.goto(f"{server.address}/screen")
        becomes(page, "window.livesubs?.playback.state === 'playing'", 60)
        page.evaluate(FAST % RATE)
        heaps: list[float] = []
        deadline = time.monotonic() + 60 * MINUTES / RATE * 3
        while (state := page.evaluate("livesubs.playback.state")) != "ended" and time.monotonic() < deadline:
            if (stream := page.evaluate("livesubs.playback.stream")) > 60 * MINUTES * (len(heaps) + 1) / 10:
                print(f"{stream:7.0f} s: ", end="")
                heaps.append(heap(session))
            page.wait_for_timeout(1000)
        browser.close()
        server.kill()
    print(f"{state}; {heaps[0]:.1f} MB after a tenth, {heaps[-1]:.1f} MB in the end")
    return 0 if state == "ended" and heaps[-1] < GROWN * heaps[0] else 1


if __name__ == "__main__":
    sys.exit(main())
