"""Local translation: a CTranslate2 model folder with its sentencepiece models, in one of three layouts.

| layout   | its sentencepiece files    | into the encoder         | forced as first token out |
|----------|----------------------------|--------------------------|---------------------------|
| OPUS-MT  | `source.spm`, `target.spm` | pieces `</s>`            |                           |
| NLLB-200 | `sentencepiece.bpe.model`  | `fra_Latn` pieces `</s>` | `eng_Latn`                |
| M2M-100  | `sentencepiece.bpe.model`  | `__fr__` pieces `</s>`   | `__en__`                  |

The language tokens are in the vocabulary and tell the last two apart. `</s>` is left out where the model's
`config.json` says that CTranslate2 adds it (`add_source_eos`). Libraries are imported when a folder is opened.
"""

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError
from pipeline.translation.engine import NOTHING, Answer, Context, TranslationFailed
from pipeline.translation.languages import FLORES

_BEAM = 4
_WHOLE = 0.6
"""Share of a clause's length from which on its translation may be all of it."""
_EOS = "</s>"


class LocalEngine:
    """One model folder. CTranslate2 queues calls from several threads, so that tracks may share it."""

    name = "local"
    leaves_machine = False
    parallel = 1
    signature = ""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Loads the model, to run on `threads` cores; ModelError for an incomplete folder or an unknown layout."""
        self._layout = _layout(folder)
        try:
            config = json.loads((folder / "config.json").read_text("utf-8"))
            self._eos = [] if config.get("add_source_eos") else [_EOS]
            self._translator = _translator(folder, threads)
        except (OSError, RuntimeError, ValueError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ModelError(
                f"the translation model in {folder} cannot be loaded ({reason}); copy or convert it again"
            ) from error

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        return self._layout.tokens(src_lang, tgt_lang) is not None

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        tokens = self._layout.tokens(src_lang, tgt_lang)
        if tokens is None:
            raise TranslationFailed(f"no translation from {src_lang} to {tgt_lang} in this model")
        answer = self._gone_on(text, tokens, context.clauses) or self._translate(text, tokens)
        return answer._replace(text=_opened(text, answer.text)) if context.more else answer

    def _gone_on(
        self, text: str, tokens: tuple[list[str], list[str]], clauses: Sequence[tuple[str, str]]
    ) -> Answer | None:
        """The translation of a clause as it goes on from those before; None where it goes on from none."""
        if not clauses:
            return None
        said, shown = (" ".join(texts) for texts in zip(*clauses, strict=True))
        try:
            answer = self._translate(f"{said} {text}", tokens, shown)
        except TranslationFailed:
            return None
        return answer if _worded(answer.text) else None

    def _translate(self, text: str, tokens: tuple[list[str], list[str]], shown: str = "") -> Answer:
        """The translation of the text behind what has been `shown` of it."""
        before, forced = tokens
        try:
            pieces = self._layout.source.encode(text, out_type=str)
            prefix = [*forced, *(self._layout.target.encode(shown, out_type=str) if shown else ())]
            [result] = self._translator.translate_batch(
                [[*before, *pieces, *self._eos]],
                target_prefix=[prefix or None],
                beam_size=_BEAM,
                num_hypotheses=_BEAM,
                disable_unk=True,
                return_scores=True,  # divided by the length, as its length penalty is 1
                # A looping decoder would run to 256 and past the deadline; no translation is three times as long.
                max_decoding_length=min(256, 3 * len(pieces) + 16),
            )
        except (RuntimeError, ValueError) as error:
            raise TranslationFailed(str(error).partition("\n")[0]) from error
        texts = [self._layout.target.decode(found[len(prefix) :]) for found in result.hypotheses]
        # Of half a word it may know none best, and would each time it is asked again.
        best = next((at for at, found in enumerate(texts) if _worded(found)), 0) if _worded(text) and not shown else 0
        return Answer(texts[best], result.scores[best])


def _worded(text: str) -> bool:
    return any(map(str.isalnum, text))


def _opened(text: str, answer: str) -> str:
    """The translation of a clause whose sentence goes on: up to its last mark, if that is the clause's own, else
    without the full stop.

    A model takes what it is given for all there is, and makes up an end for it.
    """
    marks = [found.end() for found in re.finditer(r"[,;:—–](?=\s|$)", answer)]
    whole = marks and marks[-1] >= _WHOLE * len(text)
    return answer[: marks[-1]] if whole else answer.rstrip(" .!?")


def translates(folder: Path, src_lang: str, tgt_lang: str) -> bool:
    """Whether the model in `folder` serves the pair, found out without loading it; ModelError as for LocalEngine."""
    return _layout(folder).tokens(src_lang, tgt_lang) is not None


class _OpusMt:
    """One pair, named by the folder: `opus-mt-fr-en`."""

    def __init__(self, folder: Path) -> None:
        self._pair = pair_in_name(folder)
        self.source, self.target = _pieces(folder / "source.spm"), _pieces(folder / "target.spm")

    def tokens(self, src_lang: str, tgt_lang: str) -> tuple[list[str], list[str]] | None:
        return ([], []) if (src_lang, tgt_lang) == self._pair else None


class _Multilingual:
    """Any pair whose language tokens are in the vocabulary."""

    def __init__(self, pieces: Path, tokens: dict[str, str]) -> None:
        self.source = self.target = _pieces(pieces)
        self._tokens = tokens

    def tokens(self, src_lang: str, tgt_lang: str) -> tuple[list[str], list[str]] | None:
        if src_lang == tgt_lang or not {src_lang, tgt_lang} <= self._tokens.keys():
            return None
        return [self._tokens[src_lang]], [self._tokens[tgt_lang]]


def _layout(folder: Path) -> _OpusMt | _Multilingual:
    if not folder.is_dir():
        raise ModelError(f"there is no translation model folder {folder}; check the path")
    if not (folder / "model.bin").is_file():
        raise ModelError(f"{folder} has no model.bin; copy the whole CTranslate2 folder")
    shared = next(iter(sorted(folder.glob("sentencepiece*.model"))), None)
    if shared:
        vocabulary = _vocabulary(folder)
        for spelt in (FLORES, {lang: f"__{lang}__" for lang in FLORES}):
            tokens = {lang: token for lang, token in spelt.items() if token in vocabulary}
            if tokens:
                return _Multilingual(shared, tokens)
        raise ModelError(f"{folder} has no language tokens of NLLB or M2M-100 in its vocabulary; take a model of these")
    missing = [name for name in ("source.spm", "target.spm") if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder} has no {' and no '.join(missing)}; copy them from the model that was converted "
            "(or sentencepiece.bpe.model for NLLB and M2M-100)"
        )
    return _OpusMt(folder)


def pair_in_name(folder: Path) -> tuple[str, str]:
    """The languages at the end of a folder's name, as in `opus-mt-fr-en`; ModelError when there are none."""
    parts = re.split(r"[-_.]", folder.resolve().name)
    pairs = [pair for pair in pairwise(parts) if set(pair) <= FLORES.keys()]
    if not pairs:
        raise ModelError(
            f"{folder} does not say which languages it translates; rename it to something like opus-mt-fr-en"
        )
    return pairs[-1]


def _vocabulary(folder: Path) -> set[str]:
    for path in sorted(folder.glob("*vocabulary.*")):
        text = path.read_text("utf-8")
        return set(json.loads(text) if path.suffix == ".json" else text.splitlines())
    raise ModelError(f"{folder} has no vocabulary file; copy the whole CTranslate2 folder")


def _pieces(path: Path) -> Any:
    from sentencepiece import SentencePieceProcessor

    try:
        return SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{path} is no sentencepiece model; copy it again") from error


def _translator(folder: Path, threads: int) -> Any:
    from ctranslate2 import Translator

    # "default" would warn on stderr about a 16-bit model on a CPU; "auto" takes the fastest type that there is
    return Translator(str(folder), device="cpu", compute_type="auto", intra_threads=threads)
