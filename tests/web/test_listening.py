"""Where the pages are served, what the terminal says of it, and why they are not: one sentence each."""

import re
import socket
from pathlib import Path

import pytest
import segno

from pipeline import cli
from pipeline.commands.screen import announced
from pipeline.errors import LivesubsError, SettingsError
from pipeline.web import server
from pipeline.web.access import with_tokens
from tests.servers import free_port
from tests.web.conftest import Server
from tests.web.sessions import finished

HAS_IPV6 = Path("/proc/net/if_inet6").is_file() and "lo" in Path("/proc/net/if_inet6").read_text()


def refusal(folder: Path, *words: str) -> str:
    with pytest.raises(LivesubsError) as refused:
        cli.app(["screen", str(folder), *words], standalone_mode=False)
    return str(refused.value)


def test_a_folder_without_a_session_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pages.toml").touch()  # of a session that never began
    assert f"there is no session in {tmp_path}; name a session folder" in refusal(tmp_path)
    assert "there is no session in" in refusal(tmp_path / "nowhere")


def test_a_port_that_is_taken_is_told_before_anything_begins(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(finished(tmp_path, []), "--port", str(port))
    assert f"port {port} is taken, perhaps by the pages of another session; choose another --port" in said


def test_a_delay_that_is_none_is_told_before_any_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--delay soon makes no sense" in refusal(finished(tmp_path, []), "--delay", "soon")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "listen", ["192.0.2.77", "no-such-host.invalid", "http://hall", "[::1]", "x" * 80, "2001:db8::1"]
)
def test_an_address_that_is_not_ours_is_refused_with_those_that_are(listen: str) -> None:
    with pytest.raises(SettingsError, match=r"--listen .* is no address .*; take 0\.0\.0\.0 .* or one of 127\.0\.0\.1"):
        server.bind(listen, free_port())


def test_a_port_of_the_system_s_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def bind(self: socket.socket, address: object) -> None:
        raise PermissionError(13, "Permission denied")  # root may, and tests may run as root

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(SettingsError, match="port 80 is kept for the system; choose a --port above 1023"):
        server.bind("127.0.0.1", 80)


@pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6")
def test_the_pages_are_served_over_ipv6_too(tmp_path: Path) -> None:
    started = Server(finished(tmp_path, []), "auto", "--listen", "::1")
    started.address = f"http://[::1]:{started.port}"
    try:
        started.start()
    finally:
        started.kill()
    with server.bind("::", free_port()) as everywhere:
        everywhere.settimeout(5)
        with socket.create_connection(("127.0.0.1", everywhere.getsockname()[1]), timeout=5):
            pass
    assert dict(server.places("::1", 8760, server.access(tmp_path, "::1")))["read"] == "http://[::1]:8760/read"


def test_a_name_of_this_machine_is_listened_at_with_tokens(tmp_path: Path) -> None:
    who = server.access(tmp_path, "Hall.local")
    assert not who.open
    assert who.is_ours("hall.local")
    assert server.access(tmp_path, "0.0.0.0") == server.access(tmp_path, "0.0.0.0")
    assert (tmp_path / "pages.toml").stat().st_mode & 0o777 == 0o600


def test_codes_for_phones_are_black_on_white_in_every_terminal() -> None:
    places = server.places("192.168.178.123", 8760, with_tokens([]))
    said = announced(places, 80)
    assert [line.split()[0] for line in said[-4:]] == [
        "screen",
        "overlay",
        "read",
        "console",
    ]  # nothing pushes them away
    assert len(said) <= 26
    drawn = [re.findall(r"\x1b\[97;40m([^\x1b]*)\x1b\[0m", line) for line in said if "\x1b" in line]
    assert all(len("  ".join(row)) <= 80 for row in drawn)
    console = [row[-1] for row in drawn]
    matrix = segno.make(dict(places)["console"], error="l").matrix_iter(border=2)
    wanted = ["".join(" " if dark else "█" for dark in row) for row in matrix]
    upper = ["".join("█" if half in "█▀" else " " for half in row) for row in console]
    lower = ["".join("█" if half in "█▄" else " " for half in row) for row in console]
    assert [row for pair in zip(upper, lower, strict=True) for row in pair][: len(wanted)] == wanted
    narrow = [re.findall(r"\x1b\[97;40m([^\x1b]*)\x1b\[0m", line) for line in announced(places, 60)]
    assert [row for row in narrow if row] == [[row] for row in console]
    assert len(announced(places, 30)) == 4


def test_where_all_may_come_nothing_is_announced_but_addresses() -> None:
    said = announced(server.places("127.0.0.1", 8760, server.access(Path("/nowhere"), "127.0.0.1")), 80)
    assert len(said) == 4
    assert said[-1] == "console  http://127.0.0.1:8760/console"
