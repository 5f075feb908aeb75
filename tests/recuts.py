"""Another upload of an event, cut by ffmpeg from its sound, with the truth of where everything lies in it."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.events import Cue


class Part(NamedTuple):
    """Seconds [start, end) of a sound file; `ours` where that is the session's."""

    path: Path
    start: float
    end: float
    ours: bool = True


class Recut(NamedTuple):
    """What was joined, and how that was changed: `filters` of the joined sound (`[0]` is music, if any), its codec."""

    parts: Sequence[Part]
    filters: str = "anull"
    coded: str = "-c:a aac -b:a 64k"
    tempo: float = 1.0

    def write(self, ffmpeg: str, path: Path, music: Path | None = None, below: float = 15.0) -> Path:
        """`music` lies so many dB below the rest, by their means."""
        files = [word for part in self.parts for word in ("-i", str(part.path))]
        alike = "aresample=48000,aformat=channel_layouts=mono"
        joined = "".join(
            f"[{n}:a]{alike},atrim={part.start}:{part.end},asetpts=N/SR/TB[p{n}];" for n, part in enumerate(self.parts)
        )
        joined += "".join(f"[p{n}]" for n in range(len(self.parts))) + f"concat=n={len(self.parts)}:v=0:a=1[joined];"
        graph = f"{joined}[joined]{self.filters}[out]"
        if music:
            files += ["-stream_loop", "-1", "-i", str(music)]
            level = _loudness(ffmpeg, self.parts[0].path) - _loudness(ffmpeg, music) - below
            mix = f"[{len(self.parts)}:a]volume={level:.2f}dB[m];[joined][m]amix=duration=first:normalize=0,"
            graph = f"{joined}{mix}{self.filters}[out]"
        command = [ffmpeg, "-v", "error", "-y", *files, "-filter_complex", graph, "-map", "[out]", *self.coded.split()]
        subprocess.run([*command, str(path)], check=True)
        return path

    def places(self, cue: Cue) -> Iterator[tuple[float, float, float]]:
        """(share, start, end) of each part that has some of the cue: how much, and where the cue lies by it."""
        at = 0.0
        for part in self.parts:
            shared = min(part.end, cue.end) - max(part.start, cue.start)
            if part.ours and shared > 0:
                move = at - part.start
                yield shared / (cue.end - cue.start), (cue.start + move) / self.tempo, (cue.end + move) / self.tempo
            at += part.end - part.start


class Verdict(NamedTuple):
    """How the cues came out."""

    whole: int
    """Cues that are whole in the upload, ..."""
    right: int
    """... of which so many are there, within the bound; ..."""
    worst: float
    """... and by how many seconds the worst of those is off."""
    wrong: list[Cue]
    """Cues where they do not belong."""


def judge(recut: Recut, cues: Sequence[Cue], found: Sequence[Cue], bound: float = 0.15) -> Verdict:
    """`found` are the moved cues, with the texts of `cues`."""
    due = [(cue.text, share, start, end) for cue in cues for share, start, end in recut.places(cue)]
    whole = [(text, start, end) for text, share, start, end in due if share > 0.999]
    off = [
        min((max(abs(c.start - start), abs(c.end - end)) for c in found if c.text == text), default=99.0)
        for text, start, end in whole
    ]
    right = [by for by in off if by <= bound]
    wrong = [
        cue
        for cue in found
        if not any(
            cue.text == text and cue.start < end + bound and start < cue.end + bound for text, _, start, end in due
        )
    ]
    return Verdict(len(whole), len(right), max(right, default=0.0), wrong)


def _loudness(ffmpeg: str, path: Path) -> float:
    """Mean volume, dB."""
    command = [ffmpeg, "-hide_banner", "-i", str(path), "-af", "volumedetect", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(said.split("mean_volume: ")[1].split(" dB")[0])
