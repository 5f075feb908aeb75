"""Whisper through faster-whisper: one stretch of sound to words with times. Nothing of it leaves this module.

Each stretch fits one window, so it is encoded once and the same encoder output is decoded and aligned; `transcribe()`
would encode again, look for the language and cut the stretch by timestamp tokens, which derails now and then.
"""

import copy
import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import numpy as np

from pipeline.audio import Samples
from pipeline.errors import ModelError, SettingsError
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.languages import Choose, likeliest
from pipeline.speech.pieces import Piece, join_pieces
from pipeline.speech.recognition import Continuation, Recognition, compression
from pipeline.speech.repetition import looped

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

Load: TypeAlias = "Callable[[Path, str, str, int], WhisperModel]"
"""Gives the model in a folder, for a device, a compute type and so many threads."""

SHORTEST = 0.5
"""Seconds; a 10 ms tail with word times killed the process natively (faster-whisper issue 1342)."""
LONGEST = 30.0
"""Seconds of Whisper's window."""
_AFTER = 0.5
"""Seconds of zero features after the sound in a window that is not full: the model then knows that it is over."""
_TOKENS, _TOKENS_PER_SECOND = 32, 25
"""Most tokens of an answer: fast French needs 8 a second; a loop would fill all 448."""
_NEEDED = ("config.json", "model.bin", "tokenizer.json")


def threads_of(cores: int) -> int:
    """How many of a machine's cores hear: four at most, and two are left for the picture where there are four."""
    return max(min(2, cores), min(4, cores - 2))


def load_model(folder: Path, device: str, compute: str, threads: int) -> "WhisperModel":
    from faster_whisper import WhisperModel

    return WhisperModel(str(folder), device=device, compute_type=compute, cpu_threads=threads, local_files_only=True)


class Whisper:
    """A loaded model. Not thread-safe: one owner."""

    def __init__(self, settings: SpeechSettings, load: Load = load_model) -> None:
        """Loads `settings.model`, a folder or a faster-whisper name already pulled; ModelError or SettingsError."""
        folder = _folder(settings.model)
        threads = settings.threads or threads_of(os.cpu_count() or 1)
        with _refusals(folder.name):
            device, compute = _device(settings)
            self._model = load(folder, device, compute, threads)
        self._tokenizers = {lang: _tokenizer(self._model, folder.name, lang) for lang in settings.spoken}
        self._settings, self._window = settings, settings.window or LONGEST
        self._hotwords: str | None = None
        self.beam = settings.beam
        kind = self._model.model.compute_type.removesuffix("_float32")
        used = f"{threads} thread{'s' * (threads > 1)}" if device == "cpu" else "GPU"
        self.description = f"{Path(settings.model).name} on {device} ({kind}, {used}, window {self._window:g} s)"
        if device != "cpu":  # looks for its libraries and makes its kernels at the first use: not while people talk
            self.recognise(np.zeros(SAMPLE_RATE, np.float32))

    def padding_to(self, window: float) -> "Whisper":
        """The same loaded model with another window."""
        other = copy.copy(self)
        other._window = window
        return other

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        """The words of one stretch of at most 30 s; under 0.5 s it is padded with silence.

        Text that repeats itself where the sound does not is decoded once more with repetition forbidden. Whisper's own
        way out, sampling at rising temperatures, is left out: a run after a crash must say what the run before said.
        """
        padded = _padded(samples)
        with _refusals(self.description):
            encoded, frames, lang = self._encode(padded, choose)
            heard = self._read(encoded, lang, padded, frames)
            if looped(heard.words, heard.compression, padded):
                unlooped = {"no_repeat_ngram_size": 3, "repetition_penalty": 1.1}
                again = self._read(encoded, lang, padded, frames, **unlooped)
                heard = max(heard, again, key=lambda h: (not looped(h.words, h.compression, padded), h.log_probability))
        return heard

    def go_on(self, samples: Samples, said: tuple[int, ...], choose: Choose = likeliest) -> Continuation:
        """What follows in a stretch of at most 30 s on `said`, tokens that begin its text and stay as they are."""
        padded = _padded(samples)
        with _refusals(self.description):
            encoded, frames, lang = self._encode(padded, choose)
            tokenizer = self._tokenizers[lang]
            tokens, _, no_speech = self._generate(tokenizer, encoded, len(padded) / SAMPLE_RATE, said)
            pieces = self._align(tokenizer, encoded, [*said, *tokens], frames)
        return Continuation(tuple(_after(pieces, len(said), tokenizer.decode)), no_speech, lang)

    def language(self, samples: Samples) -> tuple[str, float]:
        """The language most likely spoken in at most 30 s, and how likely; of a model of one language its own."""
        if not self._model.model.is_multilingual:
            return self._settings.spoken[0], 1.0
        with _refusals(self.description):
            features = self._model.feature_extractor(samples[: round(LONGEST * SAMPLE_RATE)], padding=0)
            token, likely = self._model.model.detect_language(self._model.encode(self._windowed(features)))[0][0]
        return token.strip("<|>"), likely

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Tells the model the names beforehand, as if they had just been said; gives those that do not fit."""
        if self._settings.hotwords is False:
            return ()

        tokenizer = next(iter(self._tokenizers.values()))  # words are cut alike in all languages

        def tokens(count: int) -> int:
            return len(tokenizer.encode(" " + ", ".join(names[:count])))

        fit = bisect_right(range(1, len(names) + 1), self._model.max_length // 2 - 1, key=tokens)
        self._hotwords = ", ".join(names[:fit]) or None
        return names[fit:]

    def _encode(self, padded: Samples, choose: Choose) -> tuple[Any, int, str]:
        """(encoder output, frames of sound in it, the language to read it in)"""
        features = self._model.feature_extractor(padded, padding=0)
        encoded = self._model.encode(self._windowed(features))
        return encoded, features.shape[-1], self._choose(encoded, choose)

    def _windowed(self, features: Any) -> Any:
        """Mel features [n_mels, frames], zeros after them up to the window."""
        rate = self._model.frames_per_second
        frames = min(max(features.shape[-1] + _AFTER * rate, self._window * rate), LONGEST * rate)
        return np.pad(features[:, : round(frames)], ((0, 0), (0, max(0, round(frames) - features.shape[-1]))))

    def _choose(self, encoded: Any, choose: Choose) -> str:
        """One of the languages that may be spoken; their probabilities are made to sum to 1."""
        if len(self._tokenizers) == 1:
            return next(iter(self._tokenizers))
        found = {token.strip("<|>"): likely for token, likely in self._model.model.detect_language(encoded)[0]}
        listed = {lang: found.get(lang, 0.0) for lang in self._tokenizers}
        total = sum(listed.values()) or 1.0
        return choose({lang: likely / total for lang, likely in listed.items()})

    def _read(self, encoded: Any, lang: str, samples: Samples, frames: int, **options: Any) -> Recognition:
        tokenizer = self._tokenizers[lang]
        tokens, score, no_speech = self._generate(tokenizer, encoded, len(samples) / SAMPLE_RATE, **options)
        words = join_pieces(self._align(tokenizer, encoded, tokens, frames), lang)
        return Recognition(words, score, no_speech, compression(tokenizer.decode(tokens)), lang)

    def _generate(
        self, tokenizer: Any, encoded: Any, seconds: float, said: tuple[int, ...] = (), **options: Any
    ) -> tuple[list[int], float, float]:
        """(tokens after those `said`, mean log probability, probability of no speech)"""
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=self._hotwords)
        prompt += said
        most = len(prompt) + _TOKENS + round(_TOKENS_PER_SECOND * seconds)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=self.beam,
            max_length=min(most, self._model.max_length),
            return_scores=True,
            return_no_speech_prob=True,
            **options,
        )[0]
        tokens = [token for token in result.sequences_ids[0][len(said) :] if token < tokenizer.eot]
        score = result.scores[0] * len(result.sequences_ids[0]) / (len(result.sequences_ids[0]) + 1)
        return tokens, score, result.no_speech_prob

    def _align(self, tokenizer: Any, encoded: Any, tokens: list[int], frames: int) -> list[Piece]:
        if not tokens:
            return []
        aligned = self._model.find_alignment(tokenizer, [tokens], encoded, frames)[0]
        return [
            Piece(p["word"], float(p["start"]), float(p["end"]), float(p["probability"]), tuple(p["tokens"]))
            for p in aligned
        ]


def _padded(samples: Samples) -> Samples:
    """At least `SHORTEST` and at most `LONGEST` of them."""
    missing = round(SHORTEST * SAMPLE_RATE) - len(samples)
    return np.pad(samples, (0, max(0, missing)))[: round(LONGEST * SAMPLE_RATE)]


def _after(pieces: Iterable[Piece], count: int, decode: Callable[[list[int]], str]) -> Iterator[Piece]:
    """The pieces behind the first `count` tokens; of one that begins there only what is new."""
    for piece in pieces:
        size = len(piece.tokens)
        if count <= 0:
            yield piece
        elif count < size:
            rest = piece.tokens[count:]
            yield msgspec.structs.replace(piece, text=decode(list(rest)), tokens=rest)
        count -= size


def _folder(model: str) -> Path:
    """Where the files of a model lie; ModelError says what is missing."""
    if not model:
        raise ModelError("no speech model was given; name a model folder or one that was pulled")
    folder = Path(model)
    if not folder.is_dir():
        folder = _cached(model)
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if not any(folder.glob("vocabulary.*")):
        missing.append("vocabulary.json")
    if missing:
        raise ModelError(
            f"the model folder {folder} is incomplete, {missing[0]} is missing; if it was pulled, pull it again, "
            "else name the folder that holds model.bin"
        )
    for name in ("config.json", "tokenizer.json"):
        try:
            msgspec.json.decode((folder / name).read_bytes())
        except (msgspec.DecodeError, OSError) as error:
            raise ModelError(f"{folder / name} is damaged or unreadable; pull the model again") from error
    return folder


def _cached(name: str) -> Path:
    """The folder of a faster-whisper name that was pulled before; never downloads."""
    from faster_whisper.utils import download_model
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(download_model(name, local_files_only=True))
    except (ValueError, HFValidationError) as error:
        raise ModelError(f"there is no model named {name!r}; give a model folder or a faster-whisper name") from error
    except OSError as error:  # huggingface_hub's errors about files are all OSErrors
        raise ModelError(f"the model {name!r} is not on this machine; pull it first") from error


def _device(settings: SpeechSettings) -> tuple[str, str]:
    """The device and compute type by what is there: 16 bits where a GPU can, 8 on a CPU."""
    import ctranslate2

    device = settings.device
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    if settings.compute_type != "default":
        return device, settings.compute_type
    if device == "cpu":
        return device, "int8"
    return device, "float16" if "float16" in ctranslate2.get_supported_compute_types(device) else "int8"


def _tokenizer(model: "WhisperModel", name: str, language: str) -> Any:
    from faster_whisper.tokenizer import Tokenizer

    try:
        tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)
    except ValueError:
        raise SettingsError(f"Whisper knows no language {language!r}; use a code such as fr") from None
    if tokenizer.language_code != language or (model.model.is_multilingual and tokenizer.language is None):
        raise SettingsError(f"the model {name} does not know the language {language!r}; choose another model")
    return tokenizer


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Turns what CTranslate2 raises into ModelError."""
    try:
        yield
    except (RuntimeError, ValueError, MemoryError) as error:
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        if isinstance(error, MemoryError) or "memory" in text or "bad_alloc" in text:
            raise ModelError(f"{name} needs more memory than there is; choose a smaller model or free some") from error
        if "libcu" in text or "CUDA" in text:
            mend = 'install what the GPU needs (its driver, cuBLAS of CUDA 12), or set `device = "cpu"` under [speech]'
        else:
            mend = "pull the model again or choose another device"
        raise ModelError(f"{name} cannot be used ({text}); {mend}") from error
