"""Subtitle files that are sound but for what was planted in them: what is wrong where is known."""

from collections.abc import Callable
from random import Random

import msgspec

SLOT = 9000
"""Milliseconds from cue to cue, in which any planted length has room."""
TEXTS = (
    "We have waited long enough.",
    "The floor is yours,\nand the evening is young.",
    "Nobody here asked for that.",
    "What comes next,\nif we keep going like this?",
    "Thank you all for coming.",
    "L’été dernier, déjà,\nle café était fermé.",
    "Twelve of them stayed in 1968.",
    "Yes.",
)


class Planted(msgspec.Struct):
    """One cue; times in milliseconds."""

    start: int
    end: int
    text: str
    times: str = ""
    """Its time line, where that is not as it should be."""
    number: str | None = None
    """Its number line, where that is not its place; empty for none."""
    glued: bool = False
    """No blank line stands before it."""


class Track(msgspec.Struct):
    """A file, and what is wrong with it: rules with the cue's place from 1 on, 0 for the file."""

    cues: list[Planted]
    faults: set[tuple[str, int]] = msgspec.field(default_factory=set)
    newline: str = "\n"
    encoding: str = "utf-8"
    top: str = ""

    def srt(self) -> bytes:
        text = self.top
        for place, cue in enumerate(self.cues, 1):
            number = str(place) if cue.number is None else cue.number
            times = cue.times or f"{stamp(cue.start)} --> {stamp(cue.end)}"
            text = text.removesuffix("\n") if cue.glued else text
            text += f"{number}\n" * bool(number) + f"{times}\n{cue.text}\n\n"
        return text.replace("\n", self.newline).encode(self.encoding)


def stamp(ms: int) -> str:
    sign, ms = "-" * (ms < 0), abs(ms)
    return f"{sign}{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def sound(random: Random, count: int = 12) -> Track:
    """A file without a fault by netflix-en."""
    cues = []
    for place in range(count):
        start = SLOT * (place + 1) + random.randrange(500)
        cues.append(Planted(start, start + random.randrange(2600, 5000), random.choice(TEXTS)))
    return Track(cues)


def _time(rule: str, plant: Callable[[Planted, Planted, Random], object]) -> Callable[[Track, int, Random], None]:
    def planted(track: Track, at: int, random: Random) -> None:
        plant(track.cues[at - 1], track.cues[at], random)
        track.faults.add((rule, at + 1 if rule in ("gap", "overlap", "bridge", "order") else at))

    return planted


def _to_next(least: int, most: int) -> Callable[[Planted, Planted, Random], None]:
    """The cue ends so many milliseconds before the next one begins."""

    def plant(cue: Planted, then: Planted, random: Random) -> None:
        cue.end = then.start - random.randint(least, most)
        cue.start = cue.end - 4000

    return plant


def _lasts(least: int, most: int, text: str = "") -> Callable[[Planted, Planted, Random], None]:
    def plant(cue: Planted, then: Planted, random: Random) -> None:
        cue.end, cue.text = cue.start + random.randint(least, most), text or cue.text

    return plant


def _swap(cue: Planted, then: Planted, random: Random) -> None:
    cue.start, then.start, cue.end, then.end = then.start, cue.start, then.end, cue.end


def _turn(cue: Planted, then: Planted, random: Random) -> None:
    cue.start, cue.end = cue.end, cue.start


def _says(rule: str, *texts: str) -> tuple[str, Callable[[Track, int, Random], None]]:
    def plant(track: Track, at: int, random: Random) -> None:
        track.cues[at - 1].text = random.choice(texts)
        track.faults.add((rule, at))

    return rule, plant


def _times(rule: str, *forms: Callable[[Planted], str]) -> tuple[str, Callable[[Track, int, Random], None]]:
    def plant(track: Track, at: int, random: Random) -> None:
        cue = track.cues[at - 1]
        cue.times = random.choice(forms)(cue)
        track.faults.add((rule, at))

    return rule, plant


def _glue(track: Track, at: int, random: Random) -> None:
    track.cues[at].glued = True
    track.faults.add(("separator", at + 1))


def _number(track: Track, at: int, random: Random) -> None:
    track.cues[at - 1].number = random.choice(["", "999", "0", f"{at}.", "-3", "#7"])
    track.faults.add(("index", at))


PLANTS: dict[str, Callable[[Track, int, Random], None]] = {
    "gap": _time("gap", _to_next(0, 82)),
    "overlap": _time("overlap", _to_next(-2000, -1)),
    "bridge": _time("bridge", _to_next(125, 499)),
    "order": _time("order", _swap),
    "reversed": _time("reversed", _turn),
    "shortest": _time("shortest", _lasts(300, 832, "Yes.")),
    "longest": _time("longest", _lasts(7001, 7600)),
    "cps": _time("cps", _lasts(1500, 2000, "Far too much is said in this cue,\nwhich nobody reads in the time.")),
    **dict(
        [
            _says("lines", "One,\ntwo,\nand a third line."),
            _says("cpl", "This one line is longer than any should ever be."),
            _says("empty", "", " "),
            _says("blank", "Up here,\n\nand down there."),
            _says(
                "spaces", "Two  spaces here.", " One before.", "One behind. ", "Up here,\n and down there.", "A\ttab."
            ),
            _says("ellipsis", "I had hoped...", "Well.. no.", "And then. . . nothing."),
            _says(
                "hyphens",
                "- Are you coming?\n- In a minute.",
                "–Are you coming?\n–In a minute.",
                "-Coming?\nIn a minute.",
            ),
            _says("numbers", "They have 3 of them.", "I waited for 10 years."),
            _says("punctuation", "Really ?", "Stop !", "Well , no."),
            _says(
                "tags", "<b>Loud</b> and clear.", "An <i>open one.", "No <font color=red>colour</font>.", "<x>Odd</x>"
            ),
            _says("characters", "A lost \ufffd letter.", "The cafÃ© is closed.", "Don’t\u200b look.", "A bell\x07."),
            _says("arrow", "From A --> B."),
            _says("break", "They are going to open the\nhospital, and we are glad."),
            _times(
                "time-format",
                lambda cue: f"{stamp(cue.start)} --> {stamp(cue.end)}".replace(",", "."),
                lambda cue: f"{stamp(cue.start)} -> {stamp(cue.end)}",
                lambda cue: f"{stamp(cue.start)}-->{stamp(cue.end)}",
                lambda cue: f"{stamp(cue.start)[1:]} --> {stamp(cue.end)}",
            ),
        ]
    ),
    "separator": _glue,
    "index": _number,
}
"""How each fault is put into the cue at a place from 1 on; it has one after it."""


def _encoded(track: Track, random: Random) -> None:
    track.cues[0].text = "Le café était fermé, hélas."
    track.encoding = random.choice(
        ["cp1252", "latin-1", "mac_roman", "cp850", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
    )
    track.faults.add(("encoding", 0))


def _credits(track: Track, random: Random) -> None:
    track.top = "Subtitles by nobody\n\n"
    track.faults.add(("stray", 0))


def _negative(track: Track, random: Random) -> None:
    track.cues[0].start, track.cues[0].end = -1500, 2000
    track.faults.add(("negative", 1))


def _hours(track: Track, random: Random) -> None:
    track.cues[-1].start += 100 * 3_600_000
    track.cues[-1].end += 100 * 3_600_000
    track.faults.add(("hours", len(track.cues)))


WHOLE = (_encoded, _credits, _negative, _hours)
"""What is put into a file as a whole, its first cue or its last."""


def broken(random: Random) -> Track:
    """A file with some faults, each far enough from the others."""
    track = sound(random, 20)
    for plant in random.sample(WHOLE, random.randrange(3)):
        plant(track, random)
    for at in range(3, 18, 3):
        if random.random() < 0.8:
            PLANTS[random.choice(list(PLANTS))](track, at, random)
    if not track.encoding.startswith("utf") and not _fits(track):
        track.encoding = "utf-16"
    if track.encoding == "utf-8":
        track.encoding = random.choice(["utf-8", "utf-8-sig"])
    track.newline = random.choice(["\n", "\r\n", "\r"])
    return track


def _fits(track: Track) -> bool:
    """Whether its encoding has all of its letters, and they are not what UTF-8 looks like in it."""
    text = "".join(cue.text for cue in track.cues)
    return "Ã" not in text and text.encode(track.encoding, "ignore").decode(track.encoding) == text
