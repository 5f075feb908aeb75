"""Every step, in order: `python -m models.recipe [--quick] [--work FOLDER] [--out FOLDER]`.

--quick trains for seconds: the models it writes know nothing, but the whole chain has run.
"""

import argparse
from pathlib import Path

from models.recipe import evaluate, export, train_asr, train_nmt

_BUILD = Path(__file__).parents[1] / "build"
"""Ignored by git, as all weights in models/ that are not the embedded demo's."""

_QUICK_SECONDS, _QUICK_LINES = 20.0, 3_000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.recipe", description="Train and export the demo models.")
    parser.add_argument("--quick", action="store_true", help="seconds instead of hours: proves that the chain works")
    parser.add_argument("--work", type=Path, default=_BUILD / "work", help="checkpoints; goes on from them")
    parser.add_argument("--out", type=Path, default=_BUILD / "demo", help="where the two model folders go")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.quick:
        train_asr.make_tokenizer(options.work / "tokenizer.json", _QUICK_LINES)
        train_nmt.make_pieces(options.work, _QUICK_LINES)
        train_asr.main(options.work, _QUICK_SECONDS)
        train_nmt.main(options.work, _QUICK_SECONDS)
        export.main(options.work, options.out)
        evaluate.smoke(options.out)
    else:
        train_asr.main(options.work)
        train_nmt.main(options.work)
        export.main(options.work, options.out)
        evaluate.main(options.out)


if __name__ == "__main__":
    main()
