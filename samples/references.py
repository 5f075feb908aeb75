"""The exact references beside a sample: NAME.fr.srt, NAME.en.srt, NAME.words.json."""

import json
from collections.abc import Sequence
from pathlib import Path

from samples.sound import Placed


def write(path: Path, sentences: Sequence[Placed]) -> None:
    """The three files for the sample at `path`; the subtitles are empty files when nothing is said."""
    for language in ("fr", "en"):
        cues = [_cue(n, s, getattr(s.line.pair, language)) for n, s in enumerate(sentences, 1)]
        path.with_suffix(f".{language}.srt").write_text("".join(cues), "utf-8")
    words = [
        {"start": round(word.start, 3), "end": round(word.end, 3), "text": word.text, "sentence": number}
        for number, sentence in enumerate(sentences, 1)
        for word in sentence.words
    ]
    lines = ",\n".join(json.dumps(word, ensure_ascii=False) for word in words)
    path.with_suffix(".words.json").write_text(f"[\n{lines}\n]\n" if words else "[]\n", "utf-8")


def _cue(number: int, sentence: Placed, text: str) -> str:
    return f"{number}\n{_time(sentence.start)} --> {_time(sentence.end)}\n{text}\n\n"


def _time(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02},{milliseconds % 1000:03}"
