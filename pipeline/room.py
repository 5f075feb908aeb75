"""What the room sees beside the words: folded from what people did, in order (pure)."""

from collections.abc import Iterable
from functools import reduce

from msgspec.structs import replace

from pipeline.events import Action, Doing, Value


class Move(Value, frozen=True):
    """What the screens were asked to do with the picture; each does it once."""

    id: str
    """Of the action."""
    do: Doing
    value: float
    """Where a seek goes, stream time."""


class Stopped(Value, frozen=True):
    """What somebody said of a stream that stopped without an end of its own; of the next time it says nothing."""

    do: Doing
    """ended or dropped."""
    at: float
    """Where it stopped, stream time."""


class Room(Value, frozen=True):
    """How the screen stands."""

    blank: bool = False
    """Nothing is shown at all."""
    hidden: bool = False
    """The picture without subtitles."""
    phones: bool = False
    """The way to /read for the room's phones, in the place of the picture."""
    place: str = "bottom"
    """Where the subtitles stand: bottom, top, or band (under a smaller picture)."""
    size: float = 1.0
    """Of the letters, 1 is as usual."""
    volume: float = 1.0
    delay: float | None = None
    """Seconds behind live that were asked for on a page; None: as the server was started."""
    held: tuple[str, ...] = ()
    """Cues that wait for `send`; one whose moment has passed meanwhile is skipped."""
    begin: float | None = None
    """Stream time at which the show begins, once that was said."""
    end: float | None = None
    stopped: Stopped | None = None
    moves: tuple[Move, ...] = ()
    """The last play or pause, and the last seek or catchup, in order: a screen that was away does them once back."""


PLACES = ("bottom", "top", "band")
_SIZES = (0.5, 2.0)
_MOVES: tuple[tuple[Doing, ...], ...] = (("play", "pause"), ("seek", "catchup"))


def room(actions: Iterable[Action]) -> Room:
    """The room as everything that people did leaves it; what was undone was never done."""
    done = [action for action in actions if not action.refused]
    undone = {action.of for action in done if action.do == "undo"}
    return reduce(directed, (action for action in done if action.id not in undone), Room())


def directed(room: Room, action: Action) -> Room:
    """The room after an action; those on cues leave it as it is."""
    match action.do:
        case "blank":
            return replace(room, blank=bool(action.value))
        case "hide":
            return replace(room, hidden=bool(action.value))
        case "phones":
            return replace(room, phones=bool(action.value))
        case "place" if action.text in PLACES:
            return replace(room, place=action.text)
        case "size":
            return replace(room, size=min(max(_SIZES[0], action.value), _SIZES[1]))
        case "volume":
            return replace(room, volume=min(max(0.0, action.value), 1.0))
        case "delay":
            return replace(room, delay=max(0.0, action.value))
        case "hold":
            return replace(room, held=tuple(dict.fromkeys((*room.held, action.cue))))
        case "send":
            return replace(room, held=tuple(id for id in room.held if id != action.cue))
        case "begin":
            return replace(room, begin=action.value)
        case "end":
            return replace(room, end=action.value)
        case "ended" | "dropped":
            return replace(room, stopped=Stopped(do=action.do, at=action.value))
    for like in _MOVES:
        if action.do in like:
            others = (move for move in room.moves if move.do not in like)
            return replace(room, moves=(*others, Move(id=action.id, do=action.do, value=action.value)))
    return room
