"""A record as one HTML page that needs nothing else: no network, no script, no font."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path, PurePath
from typing import Any

import msgspec

from pipeline.lines import clock_time
from pipeline.report import headline, tables, timeline, troubles
from pipeline.report.first import first
from pipeline.report.record import Record
from pipeline.review.loud import Levels
from pipeline.scores.latency import Latency
from pipeline.scores.spread import Spread
from pipeline.settings import Settings, TranslationSettings
from pipeline.source.failures import redact

_MOST = 200
"""Rows that a list shows; the journal has all."""
_PLACES = 40
"""Places to look first; more are no help."""
_BY_DEMO = {"speech.model", "speech.window", "speech.hotwords", "translation.models"}
"""Settings that the demo brings."""


def page(record: Record, levels: Levels | None = None) -> str:
    """The whole page, as HTML; `levels` of the recording, where there is one."""
    text: str = _template().render(_facts(record, levels))
    return text


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "clock": clock_time,
        "span": headline.span,
        "local": _local,
        "count": "{:,}".format,
        "plural": headline.plural,
        "share": _share,
        "seconds": _seconds,
        "spread": _spread,
        "worst": _worst,
    }
    return made.get_template("report.html.jinja")


def _facts(record: Record, levels: Levels | None) -> dict[str, Any]:
    """What the template names."""
    return {
        "record": record,
        "state": record.state,
        "session": record.session,
        "headline": headline.headline(record),
        "untranslated": _untranslated(record),
        "left": sorted(troubles.left(record)),
        "first": first(record, levels),
        "tracks": (tracks := tables.tracks(record)),
        "late": tables.late(record, tracks),
        "flags": tables.FLAGS,
        "counts": tables.counts(record),
        "engines": tables.engines(record),
        "refusals": tables.refusals(record),
        "repairs": tables.repairs(record),
        "uncertain": tables.uncertain(record),
        "lanes": timeline.lanes(record),
        "ticks": timeline.ticks(record.recorded),
        "troubles": troubles.troubles(record),
        "warnings": list(troubles.warnings(record)),
        "news": list(troubles.news(record)),
        "changed": list(changed(record.settings)),
        "most": _MOST,
        "places": _PLACES,
    }


def _untranslated(record: Record) -> str:
    """`3`, or `3 en, 5 es`: the sentences that each track shows as they were said."""
    left = {lang: headline.untranslated(record, lang) for lang in record.session.tgt_langs}
    return ", ".join(f"{count:,} {lang}" if len(left) > 1 else f"{count:,}" for lang, count in left.items())


def changed(settings: Settings) -> Iterator[tuple[str, str]]:
    """(`table.name`, value) of every setting that is neither the default nor the demo's."""
    usual = Settings(translation=TranslationSettings(chain=("local",))) if settings.demo else Settings()
    defaults = dict(_flat(msgspec.to_builtins(usual)))
    brought = {"demo"} | (_BY_DEMO if settings.demo else set())
    for name, value in _flat(msgspec.to_builtins(settings)):
        if name not in brought and value != defaults[name]:
            yield name, _plain(value)


def _flat(tables: dict[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


def _plain(value: object) -> str:
    """For a page that is sent around: of a path the name, of an address nothing secret."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    text = str(value)
    return PurePath(text).name if text.startswith(("/", "~")) else redact(text)


def _share(track: tables.Track, rule: str) -> str:
    """Of a track's cues that keep to a rule; of no cues there is none."""
    return f"{getattr(track.conformity, rule):.1%}" if track.conformity.cues else "–"


def _seconds(length: float) -> str:
    """`0.25 s`, `3.4 s`, never broken between the two."""
    return f"{length:.{1 if length >= 1 else 2}f}\N{NO-BREAK SPACE}s"


def _spread(measured: Spread | None) -> str:
    return f"{_seconds(measured.median)}, {_seconds(measured.p95)}" if measured else "none"


def _worst(latency: Latency | None) -> str:
    return f"{_seconds(latency.seconds)} at {clock_time(latency.stream)}" if latency else "none"


def _local(at: float) -> str:
    """A wall clock time, as clocks go where the page is made."""
    then = datetime.fromtimestamp(at).astimezone()
    return f"{then:%A} {then.day} {then:%B %Y, %H:%M} (UTC{then:%z})"
