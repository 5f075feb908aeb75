"""espeak-ng in process: what it says, and when by its own events, of which its command line tells nothing."""

import ctypes
import ctypes.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

# speak_lib.h: espeak_AUDIO_OUTPUT_SYNCHRONOUS, espeakINITIALIZE_PHONEME_EVENTS, espeak_PARAMETER, espeak_EVENT_TYPE
_SYNCHRONOUS, _PHONEME_EVENTS = 2, 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_END_OF_LIST, _WORD, _PHONEME = 0, 1, 7
_POS_CHARACTER, _UTF8 = 1, 1


@dataclass(frozen=True, slots=True)
class Manner:
    """How to speak: espeak's voice name, words a minute, pitch and pitch range (0 to 99)."""

    voice: str = "fr"
    wpm: int = 165
    pitch: int = 50
    spread: int = 50


@dataclass(frozen=True, slots=True)
class Mark:
    """The moment a word (named by its position in the text) or a phoneme begins, seconds."""

    start: float
    position: int
    phoneme: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Mono samples, -1 to 1, at espeak's `rate`, and the marks in order."""

    samples: NDArray[np.float32]
    rate: int
    words: tuple[Mark, ...]
    phonemes: tuple[Mark, ...]


class EspeakMissing(Exception):
    """The library is not on this system, or has no such voice."""


def say(text: str, manner: Manner) -> Spoken:
    """`text` as espeak-ng says it; deterministic for the same calls in the same order in a fresh process."""
    return _engine().say(text, manner)


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]

    def mark(self) -> Mark:
        phoneme = bytes(self.id.string).split(b"\0")[0].decode("utf-8", "replace") if self.type == _PHONEME else ""
        return Mark(start=self.audio_position / 1000, position=self.text_position - 1, phoneme=phoneme)


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class _Engine:
    """The one espeak of this process; the library keeps its state in globals."""

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
        except OSError as error:
            raise EspeakMissing("espeak-ng is not installed; on Debian: apt install espeak-ng") from error
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
        self._callback = _Callback(self._hear)  # kept, or ctypes frees it while the library still calls it
        self._library.espeak_SetSynthCallback(self._callback)
        self._pcm: list[NDArray[np.int16]] = []
        self._words: list[Mark] = []
        self._phonemes: list[Mark] = []

    def say(self, text: str, manner: Manner) -> Spoken:
        self._pcm, self._words, self._phonemes = [], [], []
        if self._library.espeak_SetVoiceByName(manner.voice.encode()) != 0:
            raise EspeakMissing(f"espeak-ng has no voice {manner.voice}; see `espeak-ng --voices`")
        for parameter, value in ((_RATE, manner.wpm), (_PITCH, manner.pitch), (_RANGE, manner.spread)):
            self._library.espeak_SetParameter(parameter, value, 0)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, _POS_CHARACTER, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        pcm = np.concatenate(self._pcm) if self._pcm else np.zeros(0, np.int16)
        return Spoken((pcm / 32768).astype(np.float32), self._rate, tuple(self._words), tuple(self._phonemes))

    def _hear(self, wav: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        if wav and count > 0:
            self._pcm.append(np.ctypeslib.as_array(wav, (count,)).copy())
        for event in _until_end(events):
            if event.type == _WORD:
                self._words.append(event.mark())
            elif event.type == _PHONEME:
                self._phonemes.append(event.mark())
        return 0


def _until_end(events: "ctypes._Pointer[_Event]") -> Iterator[_Event]:
    index = 0
    while events[index].type != _END_OF_LIST:
        yield events[index]
        index += 1


@cache
def _engine() -> _Engine:
    return _Engine()
