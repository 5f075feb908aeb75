"""The battery is watched, and the machine kept awake. No battery is here: its files are, as Linux shows them."""

import gc
import shutil
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from pipeline import cli, power
from pipeline.events import SessionStarted, Warned
from pipeline.journal import read
from pipeline.power import BatteryWatch
from tests.measures import SAMPLES
from tests.waiting import until

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux shows")


class Supply:
    """A battery's folder under /sys/class/power_supply."""

    def __init__(self, folder: Path, name: str = "BAT0") -> None:
        self._folder = folder / name
        self._folder.mkdir(parents=True)
        self.set(type="Battery", energy_full=50_000_000, power_now=10_000_000)

    def set(self, **files: object) -> None:
        for name, value in files.items():
            (self._folder / name).write_text(f"{value}\n")

    def drain(self, percent: float) -> None:
        self.set(status="Discharging", energy_now=round(500_000 * percent))

    def charge(self, percent: float) -> None:
        self.set(status="Charging", energy_now=round(500_000 * percent))


@pytest.fixture
def supplies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of power supplies, which psutil itself reads."""
    folder = tmp_path / "power_supply"
    folder.mkdir()
    monkeypatch.setattr("psutil._pslinux.POWER_SUPPLY_PATH", str(folder))
    monkeypatch.setattr(power, "_SUPPLIES", folder)
    return folder


@linux
def test_what_a_battery_says(supplies: Path) -> None:
    assert power.battery() is None
    Supply(supplies).drain(62)
    now = power.battery()
    assert now == power.Battery(percent=62.0, plugged=False, minutes_left=186)


@linux
def test_the_battery_of_a_mouse_is_not_the_machines(supplies: Path) -> None:
    mouse = Supply(supplies, "hidpp_battery_0")
    mouse.set(scope="Device")
    mouse.drain(9)
    assert power.battery() is None


@linux
@pytest.mark.parametrize("spoilt", ["unreadable", "no text"])
def test_a_battery_that_goes_while_it_is_looked_at_raises_nothing(tmp_path: Path, supplies: Path, spoilt: str) -> None:
    Supply(supplies).drain(62)
    (tmp_path / "sys/power").mkdir(parents=True)
    for file in (supplies / "BAT0" / "scope", tmp_path / "sys/power/state"):
        if spoilt == "unreadable":
            file.symlink_to("/proc/self/mem")  # it is there, and reading it fails
        else:
            file.write_bytes(b"\xff")
    assert power.battery() == power.Battery(percent=62.0, plugged=False, minutes_left=186)
    assert not power.sleeps_by_itself(tmp_path)


@linux
def test_a_person_is_told_once_on_battery_and_once_when_it_is_low(supplies: Path) -> None:
    supply, told = Supply(supplies), list[str]()
    watch = BatteryWatch(told.append)
    for percent in (60, 40, 20, 19.9, 20.1, 5):
        supply.drain(percent)
        watch.look()
    assert [text.split(";")[0] for text in told] == [
        "this machine runs on battery (60 %, about 180 minutes)",
        "the battery is low (19 %, about 60 minutes)",
    ]
    supply.charge(6)
    watch.look()
    supply.drain(7)
    watch.look()
    assert len(told) == 3
    assert "low (7 %" in told[-1]


@linux
def test_no_power_cable_warns_of_no_battery(supplies: Path) -> None:
    told = list[str]()
    with BatteryWatch(told.append):
        Supply(supplies).charge(12)
    assert not told


@pytest.mark.parametrize(
    ("there", "sleeps"),
    [
        ((), False),  # a container
        (("sys/power/state", "run/systemd/seats/"), False),  # a server
        (("sys/power/state", "tmp/.X11-unix/X99"), False),  # a container with a screen for tests
        (("sys/power/state", "run/systemd/seats/", "tmp/.X11-unix/X0"), True),
        (("sys/power/state", "run/systemd/seats/", "run/user/1000/wayland-0"), True),
        (("sys/power/state", "run/systemd/seats/", "battery"), True),
    ],
)
@linux
def test_which_machines_go_to_sleep_by_themselves(
    tmp_path: Path, supplies: Path, there: tuple[str, ...], sleeps: bool
) -> None:
    for name in there:
        if name == "battery":
            Supply(supplies)
        elif name.endswith("/"):
            (tmp_path / name).mkdir(parents=True)
        else:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("freeze mem disk\n")
    assert power.sleeps_by_itself(tmp_path) is sleeps


class Desktop:
    """What GNOME or KDE is to a program that wants the screen to stay on, on a private bus of its own."""

    NAME = "org.freedesktop.ScreenSaver"

    def __init__(self, address: str) -> None:
        from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
        from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

        self.asked: list[str] = []
        self._bus = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(self.NAME))
        self.answering = threading.Thread(target=self._answer, daemon=True)
        self.answering.start()

    def _answer(self) -> None:
        from jeepney import HeaderFields, new_method_return  # type: ignore[import-untyped]

        with self._bus, suppress(OSError):  # until the bus is gone
            while True:
                message = self._bus.receive()
                call = message.header.fields.get(HeaderFields.member, "")
                if call in ("Inhibit", "UnInhibit"):
                    self.asked.append(call)
                    answer = ("u", (7,)) if call == "Inhibit" else (None, ())
                    self._bus.send(new_method_return(message, *answer))


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a session bus that nobody is on yet."""
    if not shutil.which("dbus-daemon"):
        pytest.skip("needs dbus-daemon (apt install dbus-daemon)")
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # wakepy leaves a vain attempt's connection to the collector
        assert daemon.stdout
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setattr(power, "_PATIENCE", 60.0)
        yield address
        daemon.terminate()
        gc.collect()


@linux
def test_a_desktop_is_asked_to_stay_awake_and_let_go_afterwards(bus: str) -> None:
    desktop, told = Desktop(bus), list[str]()
    with power.awake(told.append):
        assert desktop.asked == ["Inhibit"]
    until(lambda: desktop.asked == ["Inhibit", "UnInhibit"], 5)
    assert not told


@linux
def test_a_session_keeps_the_machine_awake_and_warns_on_battery(
    bus: str, supplies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.commands.run._stop_on_signals", lambda stop: None)  # pytest keeps its own Ctrl-C
    desktop = Desktop(bus)
    Supply(supplies).drain(34)
    sample, out = str(SAMPLES / "rally.mp4"), tmp_path / "session"
    cli.app(["run", sample, "--demo", "--end", "6", "--out", str(out)], standalone_mode=False)
    until(lambda: desktop.asked == ["Inhibit", "UnInhibit"], 5)
    events = [entry.event for entry in read(out / "journal.jsonl")]
    warnings = [event.text for event in events if isinstance(event, Warned)]
    assert isinstance(events[0], SessionStarted)
    assert [text.split(";")[0] for text in warnings] == ["this machine runs on battery (34 %, about 102 minutes)"]


@linux
def test_a_machine_that_could_not_be_kept_awake_says_what_to_do(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert power.sleep_prevented() == "", "a machine that never sleeps needs no advice"
    monkeypatch.setattr(power, "sleeps_by_itself", lambda: True)
    assert "settings" in power.sleep_prevented()


@linux
def test_a_bus_that_hangs_does_not_hold_up_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power, "_PATIENCE", 0.1)
    monkeypatch.setattr(power, "sleeps_by_itself", lambda: True)
    with silent_bus(tmp_path / "bus") as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert "settings" in power.sleep_prevented()


def test_what_is_loaded_for_it_is_not_counted_as_the_system_s_time(monkeypatch: pytest.MonkeyPatch) -> None:
    loading: list[threading.Thread] = []

    class Loader:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            if name == "wakepy":
                loading.append(threading.current_thread())

    for name in [name for name in sys.modules if name.partition(".")[0] == "wakepy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Loader, *sys.meta_path])
    power.sleep_prevented()
    assert loading == [threading.current_thread()]  # what it waits for the system in is another one


@contextmanager
def silent_bus(path: Path) -> Iterator[str]:
    """It takes every connection and never says a word."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        yield f"unix:path={path}"
