"""The hour before the show: everything that will hold is said to, and every fault turns its own row and no other."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import assets, cli, power
from pipeline.settings import SourceSettings
from pipeline.source.address import resolve
from pipeline.source.line import measure
from tests.faulty import HoursAhead, Parrot, Slow, Thoughtful, radio, served
from tests.measures import SAMPLES
from tests.servers import Quiet, files, free_port, silent, web

pytestmark = pytest.mark.slow

RALLY = str(SAMPLES / "rally.mp4")
OWN = ["--mt-model", "{translator}", "--translate", "local"]
LIBRE = ["--demo", "--translate", "local,libre", "--libre-url"]
EVERYTHING = {
    "settings", "stream", "sound", "network", "picture", "model", "speech", "translation local", "disk", "yt-dlp",
    "clock", "power", "sleep", "delay",
}  # fmt: skip

Check = Callable[..., dict[str, dict[str, Any]]]
"""Arguments to rows by name."""


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """`livesubs check ... --json` in an empty home, on shorter stretches than usual; a failing row is exit code 1."""
    for name, seconds in (("stream.LISTEN", 12.0), ("stream.REHEARSE", 12.0), ("speech.SAMPLE", 6.0)):
        monkeypatch.setattr(f"pipeline.check.{name}", seconds)
    monkeypatch.setattr("pipeline.check.model.FAST", 0.0)  # how quick the machine is that tests run on is no fault
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LIVESUBS_MODELS", str(tmp_path / "models"))

    def run(*arguments: str) -> dict[str, dict[str, Any]]:
        capsys.readouterr()
        code = cli.app(["check", *arguments, "--json"], standalone_mode=False)
        rows = json.loads(capsys.readouterr().out)
        assert all(set(row) == {"row", "ok", "say"} and row["say"] for row in rows)
        assert len({row["row"] for row in rows}) == len(rows)
        assert (code or 0) == (0 if all(row["ok"] for row in rows) else 1)
        return {row["row"]: row for row in rows}

    return run


def failing(rows: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: row["say"] for name, row in rows.items() if not row["ok"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Iterator[str]:
    """A web server with the rally as HLS and as it should not be."""
    folder = tmp_path_factory.mktemp("site")

    def make(name: str, *arguments: str) -> None:
        subprocess.run([ffmpeg, "-v", "error", *arguments, str(folder / name)], check=True, cwd=folder)

    hls = ["-c", "copy", "-f", "hls", "-hls_time", "2", "-hls_list_size", "0"]
    make("live.m3u8", "-t", "40", "-i", RALLY, *hls)
    short = ["-t", "22", "-i", RALLY]
    make(
        "hevc.mkv", *short, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-c:a", "copy"
    )
    make("mute.mkv", *short, "-c:v", "copy", "-an")
    make(
        "silent.mkv",
        "-f",
        "lavfi",
        "-t",
        "22",
        "-i",
        "anullsrc=r=16000",
        *short,
        "-map",
        "0:a",
        "-map",
        "1:v",
        "-c:v",
        "copy",
    )
    (folder / "noise.bin").write_bytes(os.urandom(50_000))
    with files(folder) as url:
        yield url


def test_on_the_sample_stream_everything_holds(check: Check, site: str) -> None:
    rows = check(f"{site}/live.m3u8", "--demo")
    assert not failing(rows)
    assert set(rows) == EVERYTHING
    assert "Good evening" in rows["translation local"]["say"]
    assert "closed domain of synthetic speech" in rows["model"]["say"]
    assert "vingt villes" in rows["speech"]["say"]
    assert rows["delay"]["say"].startswith("30 s")
    assert "line gives" in rows["network"]["say"]


def test_the_table_for_people_ends_with_the_delay_and_a_verdict(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "check", RALLY, "--demo", "--out", str(tmp_path / "s")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("It will hold.")
    assert done.stdout.rstrip().splitlines()[-2].startswith("ok   delay")
    told = done.stderr.splitlines()
    assert "takes a minute" in told[0]
    assert told[1] == "...  opening the stream (30 s at most): about 5 s"  # before there is anything to show
    assert [line for line in told if line.startswith("...  measuring the speech model while")]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("row", "said", "arguments"),
    [
        ("stream", "check the name", ["nothing-here.mp4", "--demo"]),
        ("stream", "unknown host", ["https://nosuchhost.invalid/live.m3u8", "--demo"]),
        ("stream", "has no", ["{site}/gone.m3u8", "--demo"]),
        ("stream", "neither sound nor picture", ["{site}/noise.bin", "--demo"]),
        ("stream", "ffmpeg", [RALLY, "--demo", "--ffmpeg", "no-such-ffmpeg"]),
        ("sound", "no sound track; choose another source", ["{site}/mute.mkv", "--demo"]),
        ("sound", "choose one of these with --audio", ["{site}/live.m3u8", "--demo", "--audio", "2"]),
        ("sound", "leave --channel out", [RALLY, "--demo", "--channel", "left"]),
        ("sound", "is silent", ["{site}/silent.mkv", "--demo"]),
        ("sound", "is silent", [str(SAMPLES / "silence.m4a"), "--demo"]),
        ("picture", "no browser plays hevc", ["{site}/hevc.mkv", "--demo"]),
        ("disk", "choose a folder on another disk with --out", ["{site}/live.m3u8", "--demo", "--for", "99999h"]),
        ("disk", "is not empty", [RALLY, "--demo", "--out", str(SAMPLES)]),
        ("disk", "cannot be written", [RALLY, "--demo", "--out", RALLY]),
        ("model", "models pull small", [RALLY, *OWN]),
        ("model", "is incomplete", [RALLY, *OWN, "--model", "{translator}"]),
        ("translation deepl", "DEEPL_API_KEY", [RALLY, "--demo", "--translate", "local,deepl"]),
        ("translation libre", "check its address", [RALLY, *LIBRE, "{closed}"]),
        ("translation libre", "no answer in time", [RALLY, *LIBRE, "{deaf}"]),
        ("translation local es", "models pull opus-mt-fr-es", [RALLY, "--demo", "--to", "en,es"]),
        ("rehearsal", "there is no file", [RALLY, "--demo", "--rehearse", "no-such-rehearsal.mp4"]),
    ],
)  # fmt: skip
def test_a_fault_turns_its_row_and_no_other(
    row: str, said: str, arguments: list[str], check: Check, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIBRE_API_KEY", "secret")
    monkeypatch.delenv("DEEPL_API_KEY", raising=False)
    translator = assets.demo_translator()
    closed = f"http://127.0.0.1:{free_port()}/"
    Path("livesubs.toml").write_text("[translation]\ndeadline = 20.0\n")
    with silent() as deaf:
        places = {"site": site, "translator": translator, "closed": closed, "deaf": f"http://127.0.0.1:{deaf}/"}
        failed = failing(check(*(argument.format(**places) for argument in arguments)))
    assert set(failed) == {row}
    assert said in failed[row]


def test_without_translation_nothing_of_it_is_asked_and_a_used_folder_of_sessions_is_no_fault(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "sessions" / "yesterday").mkdir(parents=True)
    rows = check(RALLY, "--demo", "--translate", "none", "--start", "10")
    assert not failing(rows)
    assert not [name for name in rows if name.startswith("translation")]
    assert "translation" not in rows["delay"]["say"]


def test_an_engine_has_the_time_that_its_place_in_the_chain_leaves(check: Check) -> None:
    """A server that answers within the deadline, yet not within its half of it."""
    with web(Thoughtful) as url:
        arguments = ["--settings", "slow.toml", "--libre-url", f"{url}/"]
        Path("slow.toml").write_text("[translation]\ndeadline = 12.0\n")
        assert "translation libre" in failing(check(RALLY, "--demo", "--translate", "local,libre", *arguments))
        assert not failing(check(RALLY, "--demo", "--translate", "libre", *arguments))


def test_a_live_stream_that_is_pushed_at_its_own_pace_needs_no_room_on_the_line(check: Check, ffmpeg: str) -> None:
    with web(radio(ffmpeg)) as url:
        rows = check(f"{url}/live.mp3", "--demo")
    assert not failing(rows)
    assert rows["network"]["say"] == "comes in time"


def test_a_stream_that_drops_while_it_is_tried_turns_its_row(check: Check, ffmpeg: str) -> None:
    with web(radio(ffmpeg, "-t", "3")) as url:
        failed = failing(check(f"{url}/live.mp3", "--demo"))
    assert set(failed) == {"stream"}
    assert "stopped sending" in failed["stream"]


def test_a_full_temporary_folder_is_a_row(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/proc")
    failed = failing(check(RALLY, "--demo"))
    assert set(failed) == {"temporary files"}
    assert "TMPDIR" in failed["temporary files"]


def test_a_wrong_key_in_the_settings_file_turns_its_row(check: Check, tmp_path: Path) -> None:
    (tmp_path / "livesubs.toml").write_text("[speech]\nengpoint = 0.5\n")
    failed = failing(check(RALLY, "--demo"))
    assert set(failed) == {"settings"}
    assert "engpoint" in failed["settings"]


def test_an_unknown_option_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "check", RALLY, "--demo", "--rehearze", "x"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(SAMPLES.parent)}
    )
    assert done.returncode == 2
    assert "--rehearse" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_could_not_be_tried_is_no_failure_and_no_promise() -> None:
    command = [sys.executable, "-m", "pipeline", "check", str(SAMPLES / "applause.m4a"), "--demo"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    assert "\n--   speech" in done.stdout
    assert done.stdout.rstrip().endswith("Nothing failed; not tried: speech")


def test_another_language_turns_the_row_of_the_speech(check: Check, tmp_path: Path) -> None:
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed (apt install espeak-ng): it speaks the Spanish")
    text = (
        "Buenas noches a todos y bienvenidos a esta reunión. Estamos muy contentos de ver a tanta gente en esta sala."
    )
    subprocess.run(["espeak-ng", "-v", "es", "-w", str(tmp_path / "es.wav"), text * 2], check=True)
    failed = failing(check(str(tmp_path / "es.wav"), "--demo"))
    assert set(failed) == {"speech"}
    assert "--language" in failed["speech"]
    assert "--audio" in failed["speech"]


def test_several_languages_need_a_translator_each(check: Check) -> None:
    own = [
        "--model",
        str(assets.demo_recogniser()),
        "--mt-model",
        str(assets.demo_translator()),
        "--translate",
        "local",
    ]
    rows = check(RALLY, *own, "--languages", "fr,es,en")
    assert list(failing(rows)) == ["translation local es-en"]
    assert "models pull opus-mt-es-en" in rows["translation local es-en"]["say"]
    assert "Good evening" in rows["translation local fr-en"]["say"]
    assert rows["speech"]["say"].startswith("fr or es or en understood")


def test_applause_is_no_failure_and_a_rehearsal_stands_in_for_it(check: Check, site: str) -> None:
    rows = check(str(SAMPLES / "applause.m4a"), "--demo")
    assert not failing(rows)
    assert "--rehearse" in rows["speech"]["say"]
    rows = check(str(SAMPLES / "applause.m4a"), "--demo", "--rehearse", f"{site}/live.m3u8")
    assert not failing(rows)
    assert "fr understood" in rows["speech"]["say"]


def test_a_slow_line_turns_the_row_of_the_network(
    check: Check, tmp_path: Path, ffmpeg: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.check.stream.LISTEN", 3.0)
    monkeypatch.setattr("pipeline.source.line.LONGEST", 2.0)
    hls = ["-c", "copy", "-f", "hls", "-hls_time", "2", "-hls_list_size", "0", str(tmp_path / "live.m3u8")]
    subprocess.run([ffmpeg, "-v", "error", "-t", "20", "-i", RALLY, *hls], check=True)
    with web(served(tmp_path, Slow)) as url:
        failed = failing(check(f"{url}/live.m3u8", "--demo"))
    assert set(failed) == {"network"}
    assert "use a cable" in failed["network"]


@pytest.mark.parametrize("offsets", [True, False])
def test_a_server_that_sends_all_of_a_file_for_a_part_of_it_does_not_make_the_stream_larger(
    tmp_path: Path, ffmpeg: str, offsets: bool
) -> None:
    playlist = tmp_path / "live.m3u8"
    hls = ["-c", "copy", "-f", "hls", "-hls_time", "2", "-hls_list_size", "0", "-hls_flags", "single_file"]
    subprocess.run([ffmpeg, "-v", "error", "-t", "20", "-i", RALLY, *hls, str(playlist)], check=True)
    text = playlist.read_text()
    bits = [8 * int(length) for length in re.findall(r"BYTERANGE:(\d+)@", text)[-2:]]
    seconds = [float(said) for said in re.findall(r"EXTINF:([\d.]+)", text)[-2:]]
    if not offsets:
        playlist.write_text(re.sub(r"(BYTERANGE:\d+)@\d+", r"\1", text))
    with files(tmp_path) as url:
        found = measure(resolve(f"{url}/live.m3u8", SourceSettings()), None)
    assert found
    assert found.needed == pytest.approx(sum(bits) / sum(seconds))


def test_a_clock_that_is_wrong_turns_its_row(check: Check, tmp_path: Path) -> None:
    shutil.copy(RALLY, tmp_path)
    with web(served(tmp_path, HoursAhead)) as url:
        failed = failing(check(f"{url}/rally.mp4", "--demo"))
    assert set(failed) == {"clock"}
    assert "5 hours behind" in failed["clock"]
    assert "timedatectl" in failed["clock"]


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site whose pages real yt-dlp reads with a plugin of ours: /announced/TIME is live from that time on."""
    folder = tmp_path / "site" / "announced"
    folder.mkdir(parents=True)
    shutil.copy(RALLY, tmp_path / "site")
    for moment in ("0", "9999999999"):
        (folder / moment).write_text("<html>Soon</html>")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "plugins"))
    with web(served(tmp_path / "site", Quiet)) as url:
        yield f"{url}/announced"


def test_a_stream_that_is_only_announced_turns_its_row_but_not_the_day_before(check: Check, pages: str) -> None:
    failed = failing(check(f"{pages}/9999999999", "--demo"))
    assert set(failed) == {"stream"}
    assert "begins at" in failed["stream"]
    rows = check(f"{pages}/9999999999", "--demo", "--rehearse", RALLY)
    assert not failing(rows)
    assert "begins at" in rows["stream"]["say"]
    assert set(rows) == EVERYTHING - {"network", "sound"}


def test_an_old_ytdlp_turns_its_row_where_a_page_needs_it(
    check: Check, pages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yt_dlp.version.__version__", "2025.01.15")
    failed = failing(check(f"{pages}/0", "--demo"))
    assert set(failed) == {"yt-dlp"}
    assert "pip install -U yt-dlp" in failed["yt-dlp"]
    assert not failing(check(RALLY, "--demo"))


def test_on_battery_and_a_machine_that_falls_asleep(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither can be had here: the system's own answers are put in."""
    monkeypatch.setattr(power, "battery", lambda: power.Battery(percent=64.0, plugged=False, minutes_left=50))
    monkeypatch.setattr(power, "sleep_prevented", lambda: "this machine may go to sleep; switch that off")
    failed = failing(check(RALLY, "--demo"))
    assert set(failed) == {"power", "sleep"}
    assert "plug in the power supply" in failed["power"]


def test_a_translator_that_answers_wrongly_turns_its_row(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIBRE_API_KEY", "secret")
    with web(Parrot) as url:
        failed = failing(check(RALLY, *LIBRE, f"{url}/"))
    assert set(failed) == {"translation libre"}
    assert "is not “Bonsoir" in failed["translation libre"]
