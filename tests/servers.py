"""Real servers on loopback: what a source stage is to meet."""

import contextlib
import functools
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil

from tests.waiting import until


def free_port() -> int:
    """A port that nobody has, below those the system gives to clients: a client that tries a port again and again
    until a server listens would else sooner or later be given that port, and be connected to itself."""
    while True:
        port = random.randint(20_000, 30_000)
        with socket.socket() as found, contextlib.suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


def listens(process: int, port: int) -> bool:
    """That process has a socket on the port; found out without connecting to it: some serve one client only, and
    Icecast may die of one that comes and goes while it starts. The port is named since a process that is just being
    started still holds its parent's sockets."""
    with contextlib.suppress(psutil.Error):
        return any(found.laddr and found.laddr.port == port for found in psutil.Process(process).net_connections())
    return False


@contextlib.contextmanager
def running(*command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A program while it is needed; its words are not."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def web(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """A web server's address; on any free port, or the one that is given."""
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def files(folder: Path) -> contextlib.AbstractContextManager[str]:
    """A web server for the files of a folder."""
    return web(functools.partial(Quiet, directory=str(folder)))  # type: ignore[arg-type]  # called like a class


class Quiet(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".m3u8": "application/vnd.apple.mpegurl"}

    def log_message(self, format: str, *args: object) -> None: ...


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """The port of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


ICECAST = shutil.which("icecast2")


@contextlib.contextmanager
def icecast(burst: int = 65_535) -> Iterator[int]:
    """The port of an Icecast whose source password is `hackme` and who sends the last `burst` bytes at once. Started by
    root it becomes `nobody`, who needs a folder that is open all the way down; pytest's are not."""
    assert ICECAST
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        settings = Path(folder) / "icecast.xml"
        settings.write_text(
            f"""<icecast>
              <limits><clients>10</clients><sources>2</sources><burst-size>{burst}</burst-size></limits>
              <authentication><source-password>hackme</source-password><admin-user>a</admin-user>
                <admin-password>hackme</admin-password></authentication>
              <hostname>127.0.0.1</hostname>
              <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
              <paths><logdir>{folder}</logdir><webroot>{folder}</webroot><adminroot>{folder}</adminroot></paths>
              <logging><errorlog>error.log</errorlog><accesslog>access.log</accesslog></logging>
              <security><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>
            </icecast>"""
        )
        with running(ICECAST, "-c", str(settings)) as server:
            until(lambda: listens(server.pid, port), 10)
            yield port


def mounted(url: str) -> bool:
    """An Icecast has a publisher there."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
        return True
    return False
