"""Many measurements in two figures."""

from collections.abc import Sequence

from pipeline.events import Value


class Spread(Value, frozen=True):
    """Half of the measurements are at most `median`, 95 of 100 at most `p95`; in the measurements' unit."""

    median: float
    p95: float


def spread(measured: Sequence[float]) -> Spread | None:
    """The spread of some measurements, interpolated between the nearest two; None of none."""
    import numpy as np

    if not measured:
        return None
    return Spread(median=float(np.median(measured)), p95=float(np.percentile(measured, 95)))
