"""Runs the page server: its port, its tokens, its files, and what the terminal says of it."""

import errno
import logging
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.errors import SettingsError
from pipeline.files import write_private
from pipeline.folder import PAGES
from pipeline.web.access import Access, with_tokens

if TYPE_CHECKING:
    from pipeline.web.app import Served

_FILES = 4096
"""Open files that the server asks the system for: one a viewer, one a segment on its way."""
_HEAD = 16_384
"""Bytes of the head of a request, at most."""
_UNHEARD = 30_000
"""Milliseconds after which a client that confirms nothing of what it was sent is taken for gone."""
_SHORTEST = 16
"""Letters of a token, at least."""
_EVERYWHERE = ("0.0.0.0", "::")


def access(folder: Path, listen: str) -> Access:
    """Who may come in where the server listens: on loopback everybody, beyond it whoever has a token.

    The tokens are kept in the session folder, for its owner alone: a server that is started again has the same.
    """
    if _is_loopback(listen):
        return Access()
    hosts = (*Access().hosts, *_names(listen))
    with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        kept = msgspec.toml.decode((folder / PAGES).read_bytes(), type=Access)
        if min(map(len, (kept.view, kept.screen, kept.control))) >= _SHORTEST:  # it was written whole
            (folder / PAGES).chmod(0o600)
            return msgspec.structs.replace(kept, hosts=hosts)
    made = with_tokens(_names(listen))
    write_private(folder / PAGES, msgspec.toml.encode(made))
    return made


def _is_loopback(listen: str) -> bool:
    try:
        return ip_address(listen).is_loopback
    except ValueError:
        return listen == "localhost"


def _names(listen: str) -> Iterator[str]:
    """What this machine may be called by others; its addresses are all its own anyway."""
    name = socket.gethostname().lower()
    yield from (name, f"{name}.local", listen.lower())


def addresses() -> list[str]:
    """The machine's addresses in its own network, the one it would be reached at first."""
    import psutil

    found = [a.address for of in psutil.net_if_addrs().values() for a in of if a.family == socket.AF_INET]
    first = _outward()
    return sorted((address for address in found if not address.startswith("127.")), key=lambda one: one != first)


def _outward() -> str:
    """The address that this machine would send from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking, suppress(OSError):
        asking.connect(("192.0.2.1", 9))
        return str(asking.getsockname()[0])
    return ""


def bind(listen: str, port: int) -> socket.socket:
    """A socket that listens there; SettingsError when it cannot."""
    try:
        ways = socket.getaddrinfo(listen, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SettingsError(
            f"--listen {listen} is no address that is known here; take 0.0.0.0 for all of this machine, or one of "
            f"{_own()}"
        ) from error
    family, *_, place = min(ways, key=lambda way: way[0] != socket.AF_INET)
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        _set_up(made, everywhere=listen == "::")
        made.bind(place)
        made.listen()
    except OSError as error:
        made.close()
        raise SettingsError(_why_not(error, listen, port)) from error
    return made


def _set_up(made: socket.socket, *, everywhere: bool) -> None:
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if everywhere:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; the connections have it from here
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNHEARD)


def _why_not(error: OSError, listen: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken, perhaps by the pages of another session; choose another --port"
    if error.errno == errno.EACCES:
        return f"port {port} is kept for the system; choose a --port above 1023"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--listen {listen} is no address of this machine; take 0.0.0.0 for all of it, or one of {_own()}"
    return f"the pages cannot be served at {listen}, port {port} ({error.strerror}); choose another --listen or --port"


def _own() -> str:
    return ", ".join(["127.0.0.1", *addresses()])


def places(listen: str, port: int, who: Access) -> list[tuple[str, str]]:
    """The pages by name, with the addresses to open them at."""
    tokens = {"screen": who.screen, "overlay": who.view, "read": who.view, "console": who.control}
    return [(name, _place(listen, port, name, token)) for name, token in tokens.items()]


def desk_place(listen: str, port: int, who: Access) -> str:
    """The address to open the editor's desk at."""
    return _place(listen, port, "review", who.control)


def _place(listen: str, port: int, name: str, token: str) -> str:
    host = listen if listen not in _EVERYWHERE else next(iter(addresses()), "127.0.0.1")
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/{name}" + (f"?token={token}" if token else "")


def own_address(listen: str, port: int) -> str:
    """The server as a program on this machine reaches it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(listen, f"[{listen}]" if ":" in listen else listen)
    return f"http://{host}:{port}"


def serve(folder: Path, listening: socket.socket, who: Access, served: "Served", *, with_session: bool = False) -> None:
    """Serves the pages of the session in `folder` until it is asked to end; `with_session`: or until the session has
    ended and nobody has a page open any more."""
    import uvicorn

    from pipeline.web.app import application
    from pipeline.web.connection import Connection

    if who.open and not _is_loopback(listening.getsockname()[0]):
        raise SettingsError("the pages are not served beyond this machine without tokens; choose another --listen")

    def end() -> None:
        server.should_exit = True

    config = uvicorn.Config(
        application(folder, who, served, end if with_session else None),
        http=Connection,
        ws="none",
        log_level="error",  # what strangers send wrong is no news for the technician
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=_HEAD,
        limit_concurrency=_allow_files() * 3 // 4,  # the rest is for segments, and for the journal
        timeout_graceful_shutdown=1,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    server = uvicorn.Server(config)
    with closing(listening):
        server.run(sockets=[listening])


def _is_news(record: logging.LogRecord) -> bool:
    """A stream of events that ends with the server has no last word, and need not have one; nor has who is in a hurry
    and presses Ctrl-C twice."""
    said = record.getMessage()
    hurried = "KeyboardInterrupt" in said and "CancelledError" in said
    return not (hurried or said.startswith(("ASGI callable returned without completing", "Cancel ")))


def _allow_files() -> int:
    """Raises this process's own limit of open files, where there is one; gives what it is then."""
    try:
        import resource
    except ImportError:  # Windows
        return _FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], _FILES)
