"""What SOURCE may be, and what is said when it cannot be read: one sentence that names it and says what to do."""

import functools
import subprocess
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio import AudioFile
from pipeline.errors import (
    LivesubsError,
    NoAudio,
    NotLiveYet,
    NotMedia,
    SettingsError,
    SourceError,
    SourceMissing,
    SourceUnreachable,
)
from pipeline.settings import SourceSettings
from pipeline.source import page
from pipeline.source.address import resolve
from pipeline.source.capture import Capture
from pipeline.source.failures import explain, redact, redact_all
from tests.servers import Quiet, files, free_port, silent, web

PLAIN = SourceSettings()


def refusal(source: str, folder: Path) -> LivesubsError:
    with pytest.raises(LivesubsError) as caught:
        Capture(resolve(source, PLAIN), PLAIN, folder).start()
    text = str(caught.value)
    assert "\n" not in text
    assert ";" in text, f"says what is wrong but not what to do: {text}"
    return caught.value


def test_a_missing_file(tmp_path: Path) -> None:
    error = refusal(str(tmp_path / "no.mp4"), tmp_path)
    assert isinstance(error, SourceMissing)
    assert str(tmp_path / "no.mp4") in str(error)


@pytest.mark.parametrize(
    "content", [b"", b"just words\n" * 100, bytes(range(256)) * 400], ids=["empty", "text", "bytes"]
)
@pytest.mark.parametrize("name", ["film.mp4", "film.bin"])
def test_what_is_no_media(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert isinstance(refusal(str(tmp_path / name), tmp_path), NotMedia)


def test_a_folder(tmp_path: Path) -> None:
    assert isinstance(refusal(str(tmp_path), tmp_path), SourceMissing)


def test_a_picture_without_sound(ffmpeg: str, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    subprocess.run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1", film], check=True)
    assert isinstance(refusal(str(film), tmp_path), NoAudio)


class Strict(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(int(self.path.strip("/").split("?")[0]))

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.mark.parametrize(
    ("code", "kind"),
    [(404, SourceMissing), (403, SourceUnreachable), (401, SourceUnreachable), (503, SourceUnreachable)],
)
def test_a_server_that_refuses(tmp_path: Path, code: int, kind: type[LivesubsError]) -> None:
    with web(Strict) as base:
        error = refusal(f"{base.replace('//', '//me:secret@')}/{code}?key=secret", tmp_path)
    assert type(error) is kind
    assert "secret" not in str(error)


@pytest.mark.parametrize("scheme", ["http", "rtmp", "tcp", "rtsp"])
def test_nobody_listens(tmp_path: Path, scheme: str) -> None:
    error = refusal(f"{scheme}://127.0.0.1:{free_port()}/live/room", tmp_path)
    assert isinstance(error, SourceUnreachable)
    assert "refused" in str(error)


@pytest.mark.parametrize("scheme", ["https", "rtmp", "srt"])
def test_an_unknown_host(tmp_path: Path, scheme: str) -> None:
    error = refusal(f"{scheme}://nowhere.invalid/live", tmp_path)
    assert isinstance(error, SourceUnreachable)
    assert "unknown host nowhere.invalid" in str(error)


def test_a_server_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.source.address.PATIENCE", 1.0)
    with silent() as port:
        error = refusal(f"http://127.0.0.1:{port}/live", tmp_path)
    assert isinstance(error, SourceUnreachable)
    assert "does not answer" in str(error)


def test_a_live_server_that_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.source.capture.FIRST", 1.0)
    with silent() as port:
        error = refusal(f"tcp://127.0.0.1:{port}", tmp_path)
    assert isinstance(error, SourceUnreachable)
    assert "sends nothing" in str(error)


def test_no_secure_connection(tmp_path: Path) -> None:
    with web(Strict) as base:
        error = refusal(base.replace("http:", "https:") + "/404", tmp_path)
    assert isinstance(error, SourceUnreachable)
    assert "secure" in str(error)


def test_a_page_without_a_stream(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><title>A page</title><p>Nothing to play here.</html>")
    with files(tmp_path) as base:
        error = refusal(f"{base}/page.html", tmp_path)
    assert isinstance(error, SourceError)
    assert "pip install -U yt-dlp" in str(error)


def test_a_page_with_a_film(ffmpeg: str, tmp_path: Path) -> None:
    tone = ["-f", "lavfi", "-i", "sine", "-f", "lavfi", "-i", "testsrc", "-t", "1"]
    subprocess.run([ffmpeg, "-v", "error", *tone, tmp_path / "film.mp4"], check=True)
    (tmp_path / "page.html").write_text('<html><title>F</title><video src="film.mp4"></video></html>')
    with files(tmp_path) as base:
        address = resolve(f"{base}/page.html", PLAIN)
        assert address.url == f"{base}/film.mp4"
        assert address.shown == f"{base}/page.html"


def test_cookies_reach_the_stream_and_their_file_stays_as_it_is(ffmpeg: str, tmp_path: Path) -> None:
    tone = ["-f", "lavfi", "-i", "sine", "-t", "3"]
    subprocess.run([ffmpeg, "-v", "error", *tone, tmp_path / "film.mp4"], check=True)
    (tmp_path / "page.html").write_text('<html><title>F</title><video src="film.mp4"></video></html>')

    class Members(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - the base class's naming
            if "key=open" in self.headers.get("Cookie", "") or self.path == "/page.html":
                super().do_GET()
            else:
                self.send_error(403)

    jar = tmp_path / "cookies.txt"
    jar.write_text("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t2000000000\tkey\topen\n")
    before = jar.read_bytes()
    given = SourceSettings(cookies=str(jar))
    with web(functools.partial(Members, directory=str(tmp_path))) as base:  # type: ignore[arg-type]  # called like a class
        capture = Capture(resolve(f"{base}/page.html", given), given, tmp_path)
        capture.start()
        assert capture.outcome.state == "ended"
        capture.close()
    assert AudioFile(tmp_path / "audio.s16").recorded == pytest.approx(3.0, abs=0.1)
    assert jar.read_bytes() == before


def test_a_cookies_file_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>A page</html>")
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("key=open")
    with files(tmp_path) as base:
        for jar in (tmp_path / "typo.txt", wrong):
            with pytest.raises(SettingsError, match="cookies"):
                resolve(f"{base}/page.html", SourceSettings(cookies=str(jar)))
    assert not (tmp_path / "typo.txt").exists()


def test_an_unknown_scheme_and_an_unknown_device(tmp_path: Path) -> None:
    assert isinstance(refusal("gopher://127.0.0.1/live", tmp_path), SettingsError)
    assert isinstance(refusal("nosuchformat:thing", tmp_path), SourceMissing)


def test_a_redirected_playlist_finds_its_variants(tmp_path: Path) -> None:
    """A short link leads to a folder elsewhere; its addresses are relative to that."""
    (tmp_path / "cdn").mkdir()
    (tmp_path / "cdn" / "live.m3u8").write_text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n")
    (tmp_path / "cdn" / "low.m3u8").write_text("#EXTM3U\n#EXTINF:2,\n0.ts\n#EXT-X-ENDLIST\n")
    with files(tmp_path) as base:

        class Short(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(302)
                self.send_header("Location", f"{base}/cdn/live.m3u8")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        with web(Short) as short:
            assert resolve(f"{short}/go", PLAIN).ends


def test_a_file_as_file_managers_write_it(tmp_path: Path) -> None:
    (tmp_path / "le soir.mp4").touch()
    assert resolve((tmp_path / "le soir.mp4").as_uri(), PLAIN).url == f"file:{tmp_path}/le soir.mp4"


def test_a_station_list_leads_to_its_stream(tmp_path: Path) -> None:
    with files(tmp_path) as base:
        (tmp_path / "room.pls").write_text(f"[playlist]\nFile1={base}/room.mp3\n")
        (tmp_path / "room.mp3").write_bytes(b"\xff\xfb" * 100)
        assert resolve(f"{base}/room.pls", PLAIN).url == f"{base}/room.mp3"


def test_a_scheduled_stream_says_when_it_begins() -> None:
    begins = datetime(2030, 5, 1, 18, 0, tzinfo=UTC)
    info = {"live_status": "is_upcoming", "release_timestamp": begins.timestamp()}
    with pytest.raises(NotLiveYet) as caught:
        page.stream_of(info, "https://video.example/watch?v=1")
    assert caught.value.starts_at == begins


def test_a_live_page_is_a_source_without_an_end_and_hands_its_headers_on() -> None:
    info = {"url": "https://cdn.example/a.m3u8", "is_live": True, "http_headers": {"Referer": "https://video.example"}}
    address = page.stream_of(info, "https://video.example/watch?v=1")
    assert not address.ends
    assert dict(address.options)["headers"] == "Referer: https://video.example\r\n"


@pytest.mark.parametrize(
    ("said", "kind", "advice"),
    [
        ("ERROR: [youtube] x: Sign in to confirm you're not a bot. Use --cookies", SourceUnreachable, "--cookies"),
        ("ERROR: Unsupported URL: https://video.example/page", SourceMissing, "pip install -U yt-dlp"),
        ("ERROR: [site] x: Video unavailable", SourceMissing, "check the address"),
        ("ERROR: [site] something new broke; please report this issue", SourceError, "pip install -U yt-dlp"),
        ("", SourceError, "no reason given"),
    ],
)
def test_what_ytdlp_says_becomes_one_sentence(said: str, kind: type[SourceError], advice: str) -> None:
    error = page.refusal(said, "https://video.example/page")
    assert type(error) is kind
    assert advice in str(error)
    assert "report" not in str(error)


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8)


@given(user=WORDS, password=WORDS.map("pw{}wp".format), path=WORDS, key=WORDS.map("key{}yek".format))
def test_no_secret_of_an_address_is_shown(user: str, password: str, path: str, key: str) -> None:
    url = f"rtmp://{user}:{password}@host:1935/{path}?k={key}#{key}"
    loud = url.replace("rtmp://", "RTMP://")
    for shown in (redact(url), redact_all(f"[in#0] Error opening '{url}': {url}"), redact_all(f"no {loud}")):
        assert password not in shown
        assert key not in shown
        assert f"rtmp://host:1935/{path}" in shown.replace("RTMP", "rtmp")


def test_an_rtmp_key_is_not_shown() -> None:
    assert redact("rtmp://live.example/app/secret-key") == "rtmp://live.example/app/..."
    assert redact("rtmp://live.example/room") == "rtmp://live.example/room"
    assert "secret" not in redact_all("Error opening rtmps://live.example/app/secret-key?x=secret")


@pytest.mark.parametrize("url", ["rtsp://camera:554/floor", "http://127.0.0.1:40479/live.mp3", "http://radio/SSL/404"])
def test_a_number_in_an_address_is_not_taken_for_the_servers_answer(url: str) -> None:
    said = f"[Errno 111] Connection refused: '{url}'"
    assert isinstance(explain(said, url), SourceUnreachable)
    assert "refused the connection" in str(explain(said, url))
