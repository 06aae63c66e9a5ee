"""The reading of an assay: what the instrument would show, what it showed, what it cannot see."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.material.forecast import Forecast
from exocast.report.bands import Array
from exocast.report.blocks import Block, Picture, Text, csv_text
from exocast.report.figures import draw
from exocast.report.style import INK, QUIET, RIVALS, RULE, log_ticks, plain
from exocast.report.words import amount, friendly, interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["reading_pictures"]

Record = Mapping[str, Any]
PER_ML_NM = 1e-6 * 1e-9


def reading_pictures(forecast: Forecast) -> list[Block]:
    """Return a figure for each assay, and the warnings of its file."""
    blocks: list[Block] = []
    for reading in forecast.record["readings"]:
        if f"{reading['step']}_forecast" not in forecast.data:
            continue
        blocks.append(_picture(forecast, reading))
        measured = reading["measured"]
        if measured and measured["warnings"]:
            blocks.append(Text(f"The file says: {' '.join(measured['warnings'])}", "note"))
    return blocks


def _density(forecast: Forecast, size: str, curve: str) -> tuple[Array, Array]:
    """Return bin centres [nm] and counts per mL and nm, whatever the bins are."""
    x = np.asarray(forecast.data[size].values, dtype=float)
    y = np.asarray(forecast.data[curve].values, dtype=float)
    width = np.gradient(x) if x.size > 1 else np.ones(x.size)
    return 1e9 * x, y / width * PER_ML_NM


def _limit(forecast: Forecast, reading: Record) -> float | None:
    """Return the smallest vesicle that is seen [nm]: as the file says, else as drawn."""
    measured = reading["measured"] or {}
    if measured.get("detection_limit"):
        return 1e9 * float(measured["detection_limit"])
    for value in forecast.record["values"]:
        if value["key"].endswith("smallest_vesicle"):
            return 1e9 * float(value["value"])
    return None


def _picture(forecast: Forecast, reading: Record) -> Picture | Text:
    step, measured = reading["step"], reading["measured"]
    x, y = _density(forecast, f"{step}_size", f"{step}_forecast")
    shown = f"{step}_measured" in forecast.data
    seen_x, seen_y = (
        _density(forecast, f"{step}_measured_size", f"{step}_measured")
        if shown
        else (np.zeros(0), np.zeros(0))
    )
    limit = _limit(forecast, reading)
    last = _last(x, y[1], seen_x, seen_y)
    highest = max(float(y[2].max()), float(seen_y.max()) if seen_y.size else 0.0)
    middle = max(float(y[1].max()), float(seen_y.max()) if seen_y.size else 0.0)
    if highest <= 0:
        return Text(f"Nothing would be seen by {step} in any member.", "warning")
    top = math.log10(highest) + 0.2
    bottom = math.log10(middle or highest) - 2.6

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.075, 0.17, 0.91, 0.78))
        ink = RIVALS[0]
        low, median, high = (np.log10(np.maximum(row, 1e-300)) for row in y)
        axes.fill_between(x, low, high, facecolor=ink.light, linewidth=0,
                          label="forecast, 90 % of all members")  # fmt: skip
        axes.plot(x, median, color=ink.line, label="forecast, median")
        if seen_y.size:
            axes.step(seen_x, np.log10(np.maximum(seen_y, 1e-300)), where="mid", color="#b04a00",
                      linewidth=1.3, label=f"measured, {measured['file']}")  # fmt: skip
        if limit:
            axes.axvspan(0, limit, facecolor="#e9ecef", hatch="////", edgecolor="#cdd3da",
                         linewidth=0, zorder=3, alpha=0.75)  # fmt: skip
            axes.text(limit / 2, top - 0.1, "mostly\nnot seen", ha="center", va="top",
                      color=INK, zorder=4)  # fmt: skip
        axes.set_xlim(0, last)
        axes.set_ylim(bottom, top)
        log_ticks(axes.yaxis, bottom, top)
        axes.grid(axis="y", color=RULE, linewidth=0.5)
        plain(axes, left=True)
        axes.set_xlabel("apparent diameter, nm", color=QUIET)
        axes.set_ylabel("particles per mL and nm")
        axes.legend(frameon=False, fontsize=8.5, loc="upper right")

    caption = _caption(reading, seen_y.size > 0)
    alt = f"Size distribution that particle tracking shows at step {step}. {caption}"
    explained = (
        "What the instrument shows, blurred by Brownian motion as its software does; band: 90 % of "
        "all members, uncertainty and variability together."
    )
    if limit:
        explained += f" Vesicles below about {limit:.0f} nm are mostly not seen (shaded)."
    rows = [
        ("forecast", f"{a:.6g}", *(f"{y[q, i]:.6g}" for q in range(3))) for i, a in enumerate(x)
    ]
    rows += [
        ("measured", f"{a:.6g}", "", f"{b:.6g}", "") for a, b in zip(seen_x, seen_y, strict=True)
    ]
    columns = ("series", "diameter_nm", "p5_per_mL_nm", "median_per_mL_nm", "p95_per_mL_nm")
    name = f"reading-{step}".replace("_", "-")
    svg = draw(name, alt, 2.9, paint)
    return Picture(name, svg, caption, explained, csv_text(columns, rows))


def _last(x: Array, y: Array, seen_x: Array, seen_y: Array) -> float:
    """Return the size up to which there is something to see [nm]."""
    ends = [300.0]
    for sizes, curve in ((x, y), (seen_x, seen_y)):
        if curve.size and curve.max() > 0:
            ends.append(1.1 * float(sizes[curve > 0.01 * curve.max()].max()))
    return min(max(ends), 1000.0)


def _caption(reading: Record, measured: bool) -> str:
    """Say how measured and forecast agree."""
    figures = reading["comparison"]
    if not measured:
        return "No file was given: this is what the instrument should show."
    found = {name.rsplit(" [", 1)[0]: held for name, held in figures.items() if name != "use"}
    ratio = found.get("measured over forecast concentration", {})
    if ratio.get("median") is None:
        return "Measured and forecast could not be compared."
    times = amount(ratio["median"])
    words = f"Measured concentration is {times} times the forecast"
    words += f" (90 % uncertainty {interval(ratio['uncertainty'], 2)})"
    sizes = [found.get(name, {}).get("median") for name in ("measured D50", "forecast D50")]
    if all(sizes):
        words += f"; median size {friendly(sizes[0], 'm')} against {friendly(sizes[1], 'm')}"
    if figures.get("use") == "condition":
        words += ". From here on the batch is what was measured, above the limit"
    return f"{words}."
