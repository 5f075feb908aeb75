"""A second opinion on shape and time, from the guides' figures alone: it shares nothing with the program's judge.

It goes by what the `srt` library reads, in whole milliseconds.
"""

from random import Random

import srt

FIGURES = {
    #             lines cpl cps wpm  shortest longest  gap from  to   half
    "netflix-en": (2, 42, 20, None, 833, 7000, 83, 125, 500, False),
    "netflix-fr": (2, 42, 17, None, 833, 7000, 83, 125, 500, False),
    "bbc": (2, 37, None, 200, None, None, 0, 40, 1000, False),
    "ted": (2, 42, 21, None, 1000, 7000, 0, None, None, True),
}
RULES = {"lines", "cpl", "cps", "wpm", "shortest", "longest", "order", "overlap", "gap", "bridge", "balance"}
_WORDS = [
    "we",
    "are",
    "here",
    "to",
    "say",
    "what",
    "nobody",
    "said",
    "before",
    "heard",
    "town",
    "countries",
    "everything",
]


def checked(profile: str) -> set[str]:
    """The rules that a profile has."""
    _, _, cps, wpm, shortest, longest, gap, close, _, half = FIGURES[profile]
    has = {"lines": 1, "cpl": 1, "cps": cps, "wpm": wpm, "shortest": shortest, "longest": longest, "order": 1}
    has |= {"overlap": 1, "gap": gap, "bridge": close, "balance": half}
    return {rule for rule, figure in has.items() if figure}


def anything(random: Random) -> str:
    """Thirty cues of any length, speed and distance, as SRT."""
    at, cues = 0, []
    for number in range(1, 31):
        at += random.choice([-3000, -40, 0, 1, 39, 40, 41, 82, 83, 84, 124, 125, 126, 300, 499, 500, 999, 1000, 4000])
        at = max(at, 0)
        lasts = random.choice([0, 500, 832, 833, 834, 999, 1000, 1001, 1700, 2400, 3000, 5000, 6999, 7000, 7001, 9000])
        lines = [
            " ".join(random.choices(_WORDS, k=random.randint(1, 9))) for _ in range(random.choice([1, 1, 2, 2, 3]))
        ]
        cues.append(f"{number}\n{_stamp(at)} --> {_stamp(at + lasts)}\n" + "\n".join(lines) + "\n\n")
        at += lasts
    return "".join(cues)


def verdicts(text: str, profile: str) -> set[tuple[int, str]]:
    """Which cue breaks which rule."""
    most_lines, most_chars, cps, wpm, shortest, longest, gap, close, bridge, half = FIGURES[profile]
    wrong = set()
    ended = began = None
    for number, cue in enumerate(srt.parse(text), 1):
        start, end = (round(time.total_seconds() * 1000) for time in (cue.start, cue.end))
        lines = cue.content.split("\n")
        lasts = end - start
        letters = 0
        for line in lines:
            letters += len(line)
            if len(line) > most_chars:
                wrong.add((number, "cpl"))
        if len(lines) > most_lines:
            wrong.add((number, "lines"))
        if cps and letters * 1000 > cps * lasts:
            wrong.add((number, "cps"))
        if wpm and len(cue.content.split()) * 60_000 > wpm * lasts:
            wrong.add((number, "wpm"))
        if shortest and lasts < shortest:
            wrong.add((number, "shortest"))
        if longest and lasts > longest:
            wrong.add((number, "longest"))
        if half and len(lines) == 2 and 2 * min(map(len, lines)) < max(map(len, lines)):
            wrong.add((number, "balance"))
        if began is not None and ended is not None:
            between = start - ended
            if start < began:
                wrong.add((number, "order"))
            elif between < 0:
                wrong.add((number, "overlap"))
            elif between < gap:
                wrong.add((number, "gap"))
            elif close and close <= between < bridge and not (longest and start - gap - began > longest):
                wrong.add((number, "bridge"))
        began, ended = start, end
    return wrong


def _stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"
