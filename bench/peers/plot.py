"""Latency against word error rate, a line a system, as an SVG."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil

from bench.peers.results import CAPTION, Results

WIDTH, HEIGHT = 860, 460
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 48, 220, 56
_COLOURS = ("#c0392b", "#2c3e50", "#2980b9", "#8e44ad", "#16a085")

Point = tuple[float, float]
"""Seconds, share of words wrong."""


def lines(results: Results) -> dict[str, list[Point]]:
    """By system its settings' points, the quickest first; ours has one a run."""
    found: dict[str, list[Point]] = {"livesubs": []}
    every = [("livesubs", run.ours) for run in results.runs] + [(row.system, row.figures) for row in results.rows]
    for system, figures in every:
        if figures.latency_median is not None:
            found.setdefault(system, []).append((figures.latency_median, figures.wer))
    return {system: sorted(points) for system, points in found.items() if points}


def svg(results: Results) -> str:
    drawn = lines(results)
    right = float(max((ceil(x) for points in drawn.values() for x, _ in points), default=1)) or 1.0
    top = max((ceil(20 * y) / 20 for points in drawn.values() for _, y in points), default=0.05) or 0.05
    parts = [*_axes(right, top), *_drawn(drawn, right, top)]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    return "\n".join((head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>", ""))


def _at(point: Point, right: float, top: float) -> str:
    x = _LEFT + point[0] / right * (WIDTH - _LEFT - _RIGHT)
    y = HEIGHT - _BOTTOM - point[1] / top * (HEIGHT - _TOP - _BOTTOM)
    return f"{x:.1f},{y:.1f}"


def _axes(right: float, top: float) -> Iterator[str]:
    corner, over, beside = (_at(point, right, top) for point in ((0, 0), (0, top), (right, 0)))
    yield f'<polyline points="{over} {corner} {beside}" fill="none" stroke="#555"/>'
    for seconds in range(ceil(right) + 1):
        x, _ = _at((seconds, 0), right, top).split(",")
        yield f'<text x="{x}" y="{HEIGHT - _BOTTOM + 18}" text-anchor="middle">{seconds} s</text>'
    for step in range(5):
        share = step / 4
        _, y = _at((0, share * top), right, top).split(",")
        yield f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end" dominant-baseline="middle">{share * top:.1%}</text>'
    yield f'<text x="{_LEFT}" y="{HEIGHT - 14}">median from the end of a word until it stands</text>'
    yield f'<text x="{_LEFT - 48}" y="32">word error rate</text>'
    yield f'<text x="{_LEFT - 48}" y="14" font-size="11" fill="#555">{escape(CAPTION)}</text>'


def _drawn(drawn: Mapping[str, Sequence[Point]], right: float, top: float) -> Iterator[str]:
    for number, (system, points) in enumerate(drawn.items()):
        colour, y = _COLOURS[number % len(_COLOURS)], _TOP + 16 + 22 * number
        places = [_at(point, right, top) for point in points]
        yield f'<polyline points="{" ".join(places)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, at in (place.split(",") for place in places):
            yield f'<circle cx="{x}" cy="{at}" r="4" fill="{colour}"/>'
        yield f'<text x="{WIDTH - _RIGHT + 24}" y="{y}" fill="{colour}">{escape(system)}</text>'
