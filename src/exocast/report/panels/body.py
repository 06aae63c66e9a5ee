"""Panel 6: the body: vesicles in blood and organs over time, and a balance that sums to 100 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.noncompartmental import first_half_life
from exocast.material.forecast import Forecast
from exocast.report.bands import Bands, bands_of
from exocast.report.blocks import Panel, Picture, Text, csv_text
from exocast.report.figures import draw
from exocast.report.panels.balance import balance
from exocast.report.panels.rows import asked_organ
from exocast.report.panels.whereabouts import (
    Whereabouts,
    place,
    whereabouts,
    whole_tumour,
)
from exocast.report.style import INK, QUIET, RIVALS, RULE, draw_bands, log_ticks, plain, time_ticks
from exocast.report.words import about, friendly, interval, joined, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["panel"]

SHOWN = 7
DEPTH, DEEPEST = 5.0, 9.0
"""Decades of percent shown below 100, and where an organ that is drawn holds less."""


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    found = whereabouts(forecast)
    if found is None:
        warning = Text("No member finished, or no vesicle was dosed.", "warning")
        return Panel("body", "In the body", "Body", "Nothing can be said of the body.", (warning,))
    size = int(forecast.data.attrs["uncertainty"])
    at = float(forecast.record["question"]["at_seconds"])
    target = asked_organ(forecast.record) or "tumour"
    blocks = (_organs(forecast, found, size, target), balance(found, at, target))
    return Panel("body", "In the body", "Body", _finding(found, size, at, target), blocks)


def _ranked(found: Whereabouts, size: int, at: float) -> list[tuple[str, Bands]]:
    """Return the bands of each place at a moment, the largest first."""
    index = int(np.argmin(np.abs(found.time - at)))
    held = [(name, bands_of(share[index], size)) for name, share in found.share.items()]
    shown = [(name, bands) for name, bands in held if bands is not None]
    return sorted(shown, key=lambda pair: -float(pair[1].median))


def _finding(found: Whereabouts, size: int, at: float, target: str) -> str:
    ranked = _ranked(found, size, at)
    words = [f"{percent(float(bands.median))} in {place(name)}" for name, bands in ranked[:2]]
    first = f"At {friendly(at, 's')} a median of {joined(words)}"
    for name, bands in ranked:
        if name == target and (target != "tumour" or whole_tumour(found)):
            low, high = (float(end) for end in bands.uncertainty)
            lead = "the tumour" if target == "tumour" else place(target)
            return (
                f"{first}; {lead} holds {percent(float(bands.median))} of what was given "
                f"(90 % uncertainty {percent(low)} to {percent(high)})."
            )
    return f"{first} of all vesicles given."


def _organs(forecast: Forecast, found: Whereabouts, size: int, target: str) -> Picture:
    """Draw small multiples: blood, the target, organs that a ligand seeks, those that hold most."""
    whole = np.isfinite(next(iter(found.share.values()))).all(axis=0)
    peak = {name: float(np.median(x[:, whole].max(axis=0))) for name, x in found.share.items()}
    wanted = ("blood", "injection_site", *_sought(forecast), "tumour", target)
    first = [name for name in dict.fromkeys(wanted) if name in peak]
    others = sorted((n for n in peak if n not in first), key=lambda n: -peak[n])
    shown = [*first[:1], *others[: SHOWN + 1 - len(first)], *first[1:]]
    least = min((100.0 * peak[name] for name in shown if peak[name] > 0), default=1.0)
    depth = float(np.clip(3.0 - np.floor(np.log10(least)), DEPTH, DEEPEST))
    columns = 4
    rows = -(-len(shown) // columns)
    height = 1.85 * rows + 0.22
    start, stop = float(found.time[found.time > 0].min()), float(found.time.max())
    doses = np.asarray(forecast.record["question"]["dose_times_seconds"])
    doses = doses - doses.min()

    def paint(figure: Figure) -> None:
        for index, name in enumerate(shown):
            row, column = divmod(index, columns)
            left, slot = 0.062 + column * 0.236, 0.215
            bottom = (height - 0.22 - 1.85 * (row + 1) + 0.30) / height
            axes = figure.add_axes((left, bottom, slot, 1.30 / height))
            _organ(axes, found, name, size, depth)
            time_ticks(axes, start, stop)
            axes.plot(doses[doses > 0], [2.0] * int((doses > 0).sum()), "v", color=INK,
                      markersize=4, clip_on=False)  # fmt: skip
            if column:
                axes.tick_params(labelleft=False)
            axes.tick_params(axis="x", labelsize=7.5)
        figure.text(0.0, 0.995, "% of all vesicles given so far", va="top", color=QUIET)

    left_out = [place(name) for name in peak if name not in shown]
    caption = _caption(found, shown, size)
    alt = f"Vesicles over time in {joined([place(n) for n in shown])}. {caption}"
    reading = (
        "Log axes. Line: median; dark band: 90 % uncertainty; light band: 90 % variability. In "
        "blood the vesicles circulate; in an organ they have left the blood, whether still whole "
        "or digested. Triangles: later doses."
    )
    if found.labels:
        reading += f" Dashed: the label {joined(list(found.labels))}, on vesicles or held by cells."
    if "tumour" in shown and not whole_tumour(found):
        reading += " Tumour: outside its cells."
    if left_out:
        reading += f" Not drawn: {joined(left_out)} (in the data and in the balance)."
    if _rivals_differ(forecast):
        reading += " Drawn for the preferred hypothesis; the others differ."
    svg = draw("organs", alt, height, paint)
    return Picture("organs", svg, caption, reading, _csv(found, size))


def _sought(forecast: Forecast) -> list[str]:
    """Return up to two organs, the tumour apart, with receptors of a ligand of the vesicles."""
    rows = [
        dict(item.split("=", 1) for item in row["context"].split("; "))
        for row in forecast.record["values"]
        if row["key"] == "biodistribution.targeting.receptors"
    ]
    rows.sort(key=lambda row: row.get("site") != "endothelium")
    return list(dict.fromkeys(row["organ"] for row in rows if row["organ"] != "tumour"))[:2]


def _organ(axes: Axes, found: Whereabouts, name: str, size: int, depth: float) -> None:
    bands = bands_of(found.share[name], size)
    if bands is None:
        return
    draw_bands(axes, found.time, bands.scaled(100.0), RIVALS[0])
    for label in found.labels.values():
        seen = bands_of(label[name], size) if name in label else None
        if seen is not None:
            shown = np.log10(np.maximum(100.0 * seen.median, 1e-300))
            axes.plot(found.time, shown, "--", color=RIVALS[1].line, linewidth=1.3)
    axes.set_ylim(2.0 - depth, 2.0)
    log_ticks(axes.yaxis, 2.0 - depth, 2.0, 6)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    title = place(name)
    axes.set_title(title[0].upper() + title[1:], pad=7)
    plain(axes, left=True)


def _rivals_differ(forecast: Forecast) -> bool:
    """Return whether another rival has other vesicles in blood."""
    held = forecast.data["amount"].isel(variant=0)
    names = [str(name) for name in held["output"].values]
    if "blood" not in names or held.sizes["rival"] < 2:
        return False
    blood = np.asarray(held.sel(output="blood").values, dtype=float)
    return not np.allclose(blood[1:], blood[:1], 1e-2, 1e-4 * np.nanmax(blood), equal_nan=True)


def _caption(found: Whereabouts, shown: list[str], size: int) -> str:
    """Say how fast blood empties and which organ takes most."""
    blood = bands_of(found.share["blood"], size) if "blood" in found.share else None
    words = ""
    if blood is not None and blood.median[0] > 0.1:
        # The median leaves blood much faster than the curve is kept: read it between the points.
        left = np.asarray(found.share["blood"], dtype=float)
        half = float(np.nanmedian(first_half_life(np.asarray(found.time), left.T)))
        if np.isfinite(half):
            words = f"Half of what circulates has left the blood by {about(half, 's')}; "
    organs = [name for name in shown if name not in ("blood", "injection_site")]
    last = {name: bands_of(found.share[name][-1], size) for name in organs}
    held = {name: bands for name, bands in last.items() if bands is not None}
    most = max(held, key=lambda name: float(held[name].median), default="")
    top = held.get(most)
    if top is None:
        return words.rstrip("; ") + "." if words else "No organ is kept apart."
    low, high = (100 * float(end) for end in top.uncertainty)
    return (
        f"{words or 'Of all places, '}{place(most)} ends with {percent(float(top.median))} of all "
        f"vesicles (90 % uncertainty {interval((low, high), 2)} %)."
    )


def _csv(found: Whereabouts, size: int) -> str:
    """Return every place at every time."""
    rows: list[tuple[object, ...]] = []
    series = [("vesicles", found.share), *found.labels.items()]
    for what, places in series:
        for name, share in places.items():
            bands = bands_of(share, size)
            if bands is None:
                continue
            rows += [
                (
                    what,
                    name,
                    f"{t / 3600:.6g}",
                    *(f"{100 * float(x[i]):.5g}" for x in bands.columns),
                )
                for i, t in enumerate(found.time)
            ]
    columns = ("what", "place", "time_h", "percent_of_given_median", "uncertainty_low",
               "uncertainty_high", "variability_low", "variability_high")  # fmt: skip
    return csv_text(columns, rows)
