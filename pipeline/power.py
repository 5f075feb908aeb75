"""Keeps the machine awake while a session runs, and watches its battery. Nothing here raises or prints."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipeline import system
from pipeline.events import Value
from pipeline.flow import Caller, DeadlineExpired, Repeating

if TYPE_CHECKING:
    from wakepy import Mode

LOW = 20.0
"""Per cent under which a person is told again."""

_PATIENCE = 3.0
"""Seconds that the system has to answer; a D-Bus that hangs must not hold up the start."""

_SUPPLIES = Path("/sys/class/power_supply")


class Battery(Value, frozen=True):
    """What feeds the machine now."""

    percent: float
    plugged: bool
    """True also where the system does not say."""
    minutes_left: int | None
    """By the system's own guess; None when plugged in or not known."""

    def __str__(self) -> str:
        left = "" if self.minutes_left is None else f", about {self.minutes_left} minutes"
        return f"{int(self.percent)} %{left}"


def battery() -> Battery | None:
    """The machine's battery; None where there is none or the system does not tell."""
    import psutil

    if not hasattr(psutil, "sensors_battery") or (sys.platform == "linux" and not _batteries()):
        return None
    with suppress(OSError, ValueError):  # a driver that answers nonsense
        if reading := psutil.sensors_battery():
            return Battery(
                percent=reading.percent,
                plugged=reading.power_plugged is not False,
                minutes_left=round(reading.secsleft / 60) if reading.secsleft > 0 else None,
            )
    return None


def _batteries() -> list[Path]:
    """The machine's own on Linux; psutil also counts that of a wireless mouse, which the kernel marks as a device's."""
    with suppress(OSError):
        return [path for path in _SUPPLIES.glob("*[Bb][Aa][Tt]*") if _said(path / "scope") != "Device"]
    return []


def _said(path: Path) -> str:
    """What the kernel says in a file; empty where it says nothing, or what it spoke of has just gone."""
    with suppress(OSError, ValueError):
        return path.read_text().strip()
    return ""


class BatteryWatch:
    """Looks once a minute, while entered, and warns on battery: once, and once more when it runs low."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._told = 0
        self._looking = Repeating(self.look, seconds=60.0, name="battery")

    def __enter__(self) -> Self:
        self.look()
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._looking.stop()

    def look(self) -> None:
        """Warns if it is worse than when it warned last; power that is back makes it forget."""
        now = battery()
        level = 0 if now is None or now.plugged else 1 if now.percent >= LOW else 2
        if level > self._told:
            is_low = f"the battery is low ({now}); plug the power supply in now, the recording ends with it"
            self._warn(is_low if level == 2 else f"this machine runs on battery ({now}); plug the power supply in")
        self._told = max(level, self._told) if level else 0


@contextmanager
def awake(warn: Callable[[str], None]) -> Iterator[None]:
    """Machine and screen do not go to sleep within; where the system does not let that be, `warn` says what to do."""
    import wakepy  # noqa: F401  # loaded here: what that takes on a slow disk is none of the system's time

    caller = Caller("awake")  # wakepy enters and leaves in one thread
    mode: Mode | None = None
    with suppress(DeadlineExpired, RuntimeError, OSError):
        mode = caller.call(_keep_awake, _PATIENCE)
    if mode is None and sleeps_by_itself():
        warn(_advice())
    try:
        yield
    finally:
        if mode:
            with suppress(DeadlineExpired, RuntimeError, OSError):  # the system lets go by itself when we are gone
                caller.call(lambda: mode.__exit__(None, None, None), _PATIENCE)


def sleep_prevented() -> str:
    """Tries once: empty where sleep can be prevented or this machine never sleeps by itself, else what to do."""
    told: list[str] = []
    with awake(told.append):
        return "".join(told)


def _keep_awake() -> "Mode | None":
    """The screen too: it is what the technician reads; failing that the machine alone. None if neither is let."""
    from wakepy import keep

    for kind in (keep.presenting, keep.running):
        mode = kind(on_fail="pass").__enter__()
        if mode.active:
            return mode
        mode.__exit__(None, None, None)
    return None


def sleeps_by_itself(root: Path = Path("/")) -> bool:
    """Whether this machine may go to sleep unasked.

    On Linux it takes a kernel that can, logind (no container has it) to ask it to, and a reason: a desktop that
    counts idle minutes, or a battery and thus a lid. A server has neither. Elsewhere every machine may.
    """
    if sys.platform != "linux":
        return True
    with suppress(OSError):
        can = bool(_said(root / "sys/power/state")) and (root / "run/systemd/seats").is_dir()
        desktop = any((root / "tmp/.X11-unix").glob("X*")) or any(root.glob("run/user/*/wayland-*"))
        return can and (desktop or bool(_batteries()))
    return True  # it does not say


def _advice() -> str:
    do = "switch automatic sleep off in the system's settings"
    if shutil.which("systemd-inhibit"):
        do += f", or start livesubs as `systemd-inhibit {system.program()} run ...`"
    return f"this machine may go to sleep and could not be kept from it; {do}"
