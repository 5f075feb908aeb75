"""How what was typed behind a flag is read."""

import re

from pipeline.errors import SettingsError


def names(text: str) -> tuple[str, ...]:
    """A list that was typed with commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def seconds(text: str) -> float:
    """`90`, `12:30`, `1:02:03.5`, `90m`, `1h30m` as seconds; SettingsError for anything else."""
    if match := re.fullmatch(r"(?:(\d+):)?(?:(\d+):)?(\d+(?:\.\d+)?)", text):
        first, second, last = match.groups()
        hours, minutes = (first, second) if second else (None, first)
        return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(last)
    units = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if units and text:
        hours, minutes, last = units.groups()
        return int(hours or 0) * 3600.0 + int(minutes or 0) * 60 + int(last or 0)
    raise SettingsError(f"{text} is not a length of time; write it like 3h, 90m, 12:30 or 1:02:03")


def pace(text: str) -> float | None:
    """What `--pace` was given: N times real time, or None for `max`; SettingsError for anything else."""
    if text == "max":
        return None
    try:
        times = float(text)
    except ValueError:
        times = 0.0
    if not times > 0:
        raise SettingsError(f"--pace {text} makes no sense; write 1 for real time, 2 for twice as fast, or max")
    return times


DELAY = 30.0
"""Seconds behind live, unless something else is asked for."""


def held_back(typed: str | None) -> float | None:
    """Seconds behind live; None for as few as can be."""
    if typed == "auto":
        return None
    try:
        value = DELAY if typed is None else seconds(typed)
    except SettingsError:
        value = 0.0
    if value <= 0:
        raise SettingsError(f"--delay {typed} makes no sense; write seconds behind live, such as 30, or auto")
    return value


def span(text: str) -> tuple[float, float]:
    """`1:02:30-1:10:00` as two times in seconds; SettingsError for anything else."""
    first, _, last = text.partition("-")
    start, end = seconds(first.strip()), seconds(last.strip())
    if end <= start:
        raise SettingsError(f"{text} ends before it begins; write it like 1:02:30-1:10:00")
    return start, end
