"""Key figures of a measurement, in one line and as the step of a Design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.errors import ReaderError
from exocast.laws.size_distribution import moments, percentile, robust_spread
from exocast.material.measurement import Measurement

__all__ = ["Summary", "headline", "summary", "toml_block"]

Array = NDArray[np.float64]

PER_MILLILITRE = 1e6


@dataclass(frozen=True, slots=True)
class Summary:
    """Key figures of a size measurement, from its bins; NaN where there is nothing.

    Attributes
    ----------
    d10, d50, d90 : float
        Percentiles, averaged over the videos in use [m].
    d50_error : float
        Standard error of `d50` over the videos [m].
    mode : float
        Fullest bin of the averaged curve [m] (the printed mode averages the videos' modes).
    mean : float
        Mean size of the averaged curve [m].
    spread : float
        Geometric standard deviation of the middle two thirds [1].
    concentration, concentration_error : float
        Total and its standard error over the videos [particle/m^3].
    videos, videos_used : int
        How many there are, and how many enter the mean.
    track_length : float
        Mean number of frames of a completed track [1].
    detection_limit : float
        Smallest vesicle seen [m].
    dilution : float or None
        Recorded dilution.
    analysis : str
        How the software made sizes of tracks, such as FTLA.
    """

    d10: float
    d50: float
    d90: float
    d50_error: float
    mode: float
    mean: float
    spread: float
    concentration: float
    concentration_error: float
    videos: int
    videos_used: int
    track_length: float
    detection_limit: float
    dilution: float | None
    analysis: str


def summary(measurement: Measurement) -> Summary:
    """Return the key figures of a size distribution.

    Parameters
    ----------
    measurement : Measurement
        Of kind ``size_distribution``.

    Returns
    -------
    Summary

    Raises
    ------
    ReaderError
        If the measurement is of another kind.
    """
    if measurement.kind != "size_distribution" or measurement.edges is None:
        raise ReaderError(f"{measurement.file}: a {measurement.kind} has no sizes to summarise")
    edges, kept = np.asarray(measurement.edges), measurement.kept.T
    mean = measurement.mean
    total = kept.sum(axis=1)
    count = len(total)
    middle = percentile(edges, kept, 0.5)

    def error(values: Array) -> float:
        return float(values.std(ddof=1) / np.sqrt(count)) if count > 1 else float("nan")

    return Summary(
        d10=float(percentile(edges, kept, 0.1).mean()),
        d50=float(middle.mean()),
        d90=float(percentile(edges, kept, 0.9).mean()),
        d50_error=error(middle),
        mode=float(measurement.x[mean.argmax()]) if mean.any() else float("nan"),
        mean=float(moments(measurement.x, mean[None])[0][0]),
        spread=float(robust_spread(edges, mean[None])[0]),
        concentration=float(total.mean()),
        concentration_error=error(total),
        videos=len(measurement.used) or 1,
        videos_used=count,
        track_length=_track_length(measurement),
        detection_limit=measurement.detection_limit or float("nan"),
        dilution=measurement.dilution,
        analysis=" ".join(measurement.metadata.get("Size Data/Analysis Method", ())),
    )


def headline(measurement: Measurement) -> str:
    """Return one line: instrument, videos, D50, concentration and limit.

    Examples
    --------
    ``NanoSight 3.4, 5 videos, D50 118 nm, 3.1e11 /mL, sees > 70 nm``
    """
    figures = summary(measurement)
    used = "" if figures.videos == figures.videos_used else f" ({figures.videos_used} used)"
    return (
        f"{measurement.instrument}, {figures.videos} videos{used}, "
        f"D50 {figures.d50 * 1e9:.0f} nm, {_exponent(figures.concentration / PER_MILLILITRE)} /mL, "
        f"sees > {figures.detection_limit * 1e9:.0f} nm"
    )


def toml_block(measurement: Measurement) -> str:
    """Return the step to paste into a Design so that it takes this file."""
    lines = [
        "[[step]]",
        'stage  = "assay"',
        'method = "nta"',
        f'file   = "{measurement.file}"',
        'use    = "condition"   # or "compare"',
    ]
    if measurement.dilution is None:
        lines.append("dilution = 1           # not recorded in the file: write yours")
    return "\n".join(lines) + "\n"


def _track_length(measurement: Measurement) -> float:
    """Return particles per frame x frames / completed tracks, over the videos in use."""

    def row(name: str) -> Array:
        cells = measurement.metadata.get(name, ())[: len(measurement.used)]
        try:
            return np.array([float(cell) for cell in cells])[list(measurement.used)]
        except (ValueError, IndexError):
            return np.zeros(0)

    seen, frames, tracks = (
        row("Results/Particles per frame"),
        row("Settings/Total frames analysed"),
        row("Results/Completed tracks"),
    )
    if not (seen.size == frames.size == tracks.size) or not tracks.sum():
        return float("nan")
    return float((seen * frames).sum() / tracks.sum())


def _exponent(value: float) -> str:
    """Write 310000000000.0 as 3.1e11."""
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}"
