"""What a careful operator would notice in a NanoSight export: its own warnings, and its sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.catalogue import Catalogue
from exocast.laws.size_distribution import moments, percentile
from exocast.material.measurement import Measurement

__all__ = ["warnings_of"]

Array = NDArray[np.float64]

SHIFTED = "3.2"  # prints percentiles one bin below those of its own histogram
FINE = ("OK", "No", "Yes", "")
FIXED_BETWEEN_VIDEOS = (
    ("Conditions", "Camera Level"),
    ("Conditions", "Slider Shutter"),
    ("Conditions", "Slider Gain"),
    ("Settings", "Detection Threshold"),
)
LINEAR = ("assay.nta.linear_low", "assay.nta.linear_high")
FEW_TRACKS = 400  # below it, counting alone gives more than 5 %
CONCENTRATION = "Results/Concentration (Particles / ml)"


def warnings_of(measurement: Measurement, decimal_comma: bool) -> Measurement:
    """Return the measurement with every warning that its file gives reason for.

    Parameters
    ----------
    measurement : Measurement
        As read, in SI units.
    decimal_comma : bool
        Whether numbers were written with a decimal comma.

    Returns
    -------
    Measurement
    """
    found: list[str] = []
    if decimal_comma:
        found.append("numbers have decimal commas: a spreadsheet re-saved this file")
    found += _said(measurement)
    found += _videos(measurement)
    found += _dilution(measurement)
    found += _sums(measurement)
    found += _missing(measurement)
    return replace(measurement, warnings=(*measurement.warnings, *dict.fromkeys(found)))


def _said(measurement: Measurement) -> list[str]:
    """Return what the instrument itself warns of, by video."""
    found = []
    for name, cells in measurement.metadata.items():
        section, _, key = name.partition("/")
        if section not in ("Concentration Warnings", "Information") or not key:
            continue
        if key == "Settings changed?":
            odd = {i: cell for i, cell in enumerate(cells, 1) if cell == "Yes"}
        else:
            odd = {i: cell for i, cell in enumerate(cells, 1) if cell not in FINE}
        for text in dict.fromkeys(odd.values()):
            which = [i for i, cell in odd.items() if cell == text]
            found.append(f"{_list(which, len(cells))}: {key} = {text}")
    return found


def _videos(measurement: Measurement) -> list[str]:
    """Return warnings on the videos: left out, few, few tracks, unlike settings."""
    found = []
    out = [i for i, used in enumerate(measurement.used, 1) if not used]
    if out:
        found.append(
            f"{_list(out)} left out of the mean: empty, or called unreliable by the instrument"
        )
    if sum(measurement.used) < 3:
        found.append(
            f"{sum(measurement.used)} video(s) in use: the error between videos is poorly known"
        )
    for section, key in FIXED_BETWEEN_VIDEOS:
        values = measurement.metadata.get(f"{section}/{key}", ())
        if len(set(values)) > 1:
            found.append(f"{key} changes between videos ({', '.join(dict.fromkeys(values))})")
    if measurement.tracks is None:
        found.append("no row `Valid Tracks`: the counting error is unknown")
    else:
        few = [i for i, tracks in enumerate(measurement.tracks, 1) if 0 < tracks < FEW_TRACKS]
        if few:
            least = measurement.tracks[[i - 1 for i in few]].min()
            found.append(
                f"{_list(few)}: as few as {least:.0f} valid tracks, so counting alone gives "
                f"{100 / np.sqrt(least):.0f} %"
            )
    return found


def _dilution(measurement: Measurement) -> list[str]:
    """Return warnings on dilution and on the concentration in the chamber."""
    found = []
    cells = [
        cell
        for name, cells in measurement.metadata.items()
        if name.startswith("Results/Dilution factor")
        for cell in cells
    ]
    if measurement.dilution is None:
        found.append(
            "dilution not recorded: the concentration is that of what was in the chamber; give "
            "`dilution` in the step"
        )
    elif len(set(cells)) > 1:
        found.append(f"dilution differs between videos ({', '.join(dict.fromkeys(cells))})")
    chamber = measurement.mean.sum() / (measurement.dilution or 1.0)
    low, high = (Catalogue.packaged().values[key][0].value for key in LINEAR)
    if not low <= chamber <= high:
        found.append(
            f"{chamber / 1e6:.1e} particles/mL in the chamber, outside the linear range "
            f"{low / 1e6:.0e} to {high / 1e6:.0e}"
        )
    return found


def _sums(measurement: Measurement) -> list[str]:
    """Return which printed figures the histogram contradicts."""
    edges, counts = np.asarray(measurement.edges), measurement.columns.T
    version = measurement.metadata["exocast/version"][0]
    alive = counts.sum(axis=1) > 0
    mean, deviation = moments(measurement.x, counts)
    # Printed to three digits: half a unit of the last is at most 0.5 %; 3.2 rounds the same way.
    total = counts.sum(axis=1) / 1e6
    printed = {
        "Mean": (mean * 1e9, 0.1),
        "SD": (deviation * 1e9, 0.1),
    }
    lower = 1.0 if version == SHIFTED else 0.0
    for key, share in (("D10", 0.1), ("D50", 0.5), ("D90", 0.9)):
        printed[key] = (percentile(edges, counts, share) * 1e9 - lower, 0.1)
    found = []
    said = _numbers(measurement, CONCENTRATION)
    if np.any(np.abs(total - said)[alive] > 0.0051 * said[alive]):
        found.append("the bins do not add up to the printed concentration: was the file trimmed?")
    for key, (own, tolerance) in printed.items():
        said = _numbers(measurement, f"Size Data/Number/{key}")
        gap = np.abs(own - said)[alive & np.isfinite(said)]
        if gap.size and gap.max() > tolerance:
            found.append(f"printed {key} is {gap.max():.1f} nm off that of its own bins")
    found += _error_of_mean(measurement)
    if lower:
        found.append(
            "NTA 3.2 prints D10, D50 and D90 one bin (1 nm) below its own bins; the bins are used"
        )
    return found


def _error_of_mean(measurement: Measurement) -> list[str]:
    """Return a warning when the printed standard error is not SD / sqrt(videos)."""
    cells = measurement.metadata.get(CONCENTRATION, ())
    count = len(measurement.replicates)
    if len(cells) < count + 2 or count < 2:
        return []
    values = np.array([_float(cell) for cell in cells[: count + 2]])
    own = values[:count].std(ddof=1) / np.sqrt(count)
    # The error inherits the rounding of the concentrations to three digits.
    slack = 0.005 * abs(values[count + 1]) + 0.005 * values[:count].max() / np.sqrt(count)
    if abs(own - values[count + 1]) > slack:
        return ["the printed standard error is not SD / sqrt(videos): was a column removed?"]
    return []


def _missing(measurement: Measurement) -> list[str]:
    """Return which sections that carry warnings or settings were trimmed away."""
    present = {name.partition("/")[0] for name in measurement.metadata}
    gone = [
        section
        for section in (
            "Conditions",
            "Settings",
            "Results",
            "Concentration Warnings",
            "Information",
        )
        if section not in present
    ]
    return [f"sections missing, the file was trimmed: {', '.join(gone)}"] if gone else []


def _numbers(measurement: Measurement, name: str) -> Array:
    """Return a row as numbers, one a video, NaN where it is missing."""
    count = len(measurement.replicates)
    cells = [*measurement.metadata.get(name, ()), *[""] * count][:count]
    return np.array([_float(cell) for cell in cells])


def _float(cell: str) -> float:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return float("nan")


def _list(which: list[int], of: int = 0) -> str:
    """Return "video 3", "videos 1, 2" or "all videos"."""
    if of and len(which) == of:
        return "all videos"
    return f"video{'s' if len(which) > 1 else ''} {', '.join(map(str, which))}"
