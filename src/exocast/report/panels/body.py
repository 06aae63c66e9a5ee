"""Panel 6: the body: vesicles in blood and organs over time, and a balance that sums to 100 %."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exocast.material.forecast import Forecast
from exocast.report.bands import Array, Bands, bands_of, select, stored
from exocast.report.blocks import Panel, Picture, Text, csv_text
from exocast.report.figures import draw
from exocast.report.style import INK, QUIET, RIVALS, RULE, draw_bands, log_ticks, plain, time_ticks
from exocast.report.words import friendly, interval, joined, named, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["panel"]

Record = Mapping[str, Any]
SHOWN = 7
DEPTH = 5.0
"""Decades of percent shown below 100."""

ELSEWHERE = "elsewhere"
MOMENTS = (300.0, 3600.0, 4 * 3600.0, 86400.0)


@dataclass(frozen=True)
class Whereabouts:
    """Vesicles by place, as shares of all that has been given.

    Attributes
    ----------
    time : array (t,) [s]
        After the first dose.
    share : dict of str to array (t, n) [1]
        By place; they sum to 1.
    labels : dict of str to dict of str to array (t, n) [1]
        The same for each label, where a place keeps it.
    """

    time: Array
    share: dict[str, Array]
    labels: dict[str, dict[str, Array]]


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    found = whereabouts(forecast)
    if found is None:
        warning = Text("No member finished, or no vesicle was dosed.", "warning")
        return Panel("body", "In the body", "Body", "Nothing can be said of the body.", (warning,))
    size = int(forecast.data.attrs["uncertainty"])
    at = float(forecast.record["question"]["at_seconds"])
    blocks = (_organs(forecast, found, size), _balance(found, at))
    return Panel("body", "In the body", "Body", _finding(found, size, at), blocks)


def whereabouts(forecast: Forecast) -> Whereabouts | None:
    """Return where vesicles are in the design, under the preferred rival."""
    data, question = forecast.data, forecast.record["question"]
    names = [str(name) for name in data["output"].values]
    docs = dict(zip(names, (str(doc) for doc in data["output_doc"].values), strict=True))
    places = [name for name in names if docs[name].startswith("vesicles")]
    time = np.asarray(data["time"].values, dtype=float)
    doses = np.asarray(question["dose_times_seconds"], dtype=float)
    kept = time > doses.min()
    amounts = {name: select(forecast, name)[kept] for name in places if stored(forecast, name)}
    if not amounts or not kept.any():
        return None
    one = np.sum([held[0] for held in amounts.values()], axis=0)
    given = (time[kept, None] >= doses[None, :]).sum(axis=1)[:, None] * one[None, :]
    if not np.isfinite(given).any() or not np.nansum(given) > 0:
        return None
    share: dict[str, Array] = {}
    for name, held in amounts.items():
        organ = name.partition(".")[0]
        at = organ if organ in places else name
        share[at] = share.get(at, 0.0) + _over(held, given)
    rest = 1.0 - np.sum(list(share.values()), axis=0)
    # What left the places that are kept, such as into cells; below it is rounding.
    if np.nanmax(rest) > 1e-4:
        share[ELSEWHERE] = rest
    share = {name: np.maximum(held, 0.0) for name, held in share.items()}
    labels = {
        label: _label(forecast, label, list(share), kept)
        for label in _riders(names)
        if label != question["cargo"]
    }
    return Whereabouts(time[kept] - doses.min(), share, labels)


def _riders(names: list[str]) -> list[str]:
    """Return what rides the vesicles: cargo and labels."""
    ends = [name for name in names if name.startswith("blood.") and name.endswith(".aboard")]
    return [name.removeprefix("blood.").removesuffix(".aboard") for name in ends]


def _label(
    forecast: Forecast, label: str, places: list[str], kept: NDArray[np.bool_]
) -> dict[str, Array]:
    """Return a label by place, on vesicles or held by cells, as shares of all there is of it."""
    names = [str(name) for name in forecast.data["output"].values]
    ends = (f".{label}", f".{label}.aboard")
    pools = [name for name in names if name.endswith(ends) or name.startswith(f"{label}.")]
    held = {name: np.nan_to_num(select(forecast, name)[kept]) for name in pools}
    total = np.sum(list(held.values()), axis=0)
    found = {}
    for place in places:
        parts = [held[f"{place}{end}"] for end in ends if f"{place}{end}" in held]
        if parts:
            found[place] = _over(np.sum(parts, axis=0), total)
    return found


def _over(part: Array, whole: Array) -> Array:
    empty = np.where(np.isfinite(whole), 0.0, np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=whole > 0))


def _ranked(found: Whereabouts, size: int, at: float) -> list[tuple[str, Bands]]:
    """Return the bands of each place at a moment, the largest first."""
    index = int(np.argmin(np.abs(found.time - at)))
    held = [(name, bands_of(share[index], size)) for name, share in found.share.items()]
    shown = [(name, bands) for name, bands in held if bands is not None]
    return sorted(shown, key=lambda pair: -float(pair[1].median))


def _finding(found: Whereabouts, size: int, at: float) -> str:
    ranked = _ranked(found, size, at)
    words = [f"{percent(float(bands.median))} in {place(name)}" for name, bands in ranked[:2]]
    first = f"At {friendly(at, 's')} a median of {joined(words)}"
    for name, bands in ranked:
        if name == "tumour" and _whole_tumour(found):
            low, high = (float(end) for end in bands.uncertainty)
            return (
                f"{first}; the tumour holds {percent(float(bands.median))} of what was given "
                f"(90 % uncertainty {percent(low)} to {percent(high)})."
            )
    return f"{first} of all vesicles given."


def _whole_tumour(found: Whereabouts) -> bool:
    """Return whether the tumour's share holds its cells too: what is not kept would hide them."""
    last = {name: float(np.nanmedian(share[-1])) for name, share in found.share.items()}
    return last.get(ELSEWHERE, 0.0) < last["tumour"]


def place(name: str) -> str:
    """Return the name of a place in a sentence."""
    known = {"rest": "the rest of the body", "injection_site": "the injection site",
             "adipose": "fat", "bone": "bone with marrow", "blood": "blood",
             ELSEWHERE: "places that are not kept"}  # fmt: skip
    return known.get(name, named(name))


def _organs(forecast: Forecast, found: Whereabouts, size: int) -> Picture:
    """Draw small multiples: blood, the tumour, and the organs that hold most."""
    whole = np.isfinite(next(iter(found.share.values()))).all(axis=0)
    peak = {name: float(np.median(x[:, whole].max(axis=0))) for name, x in found.share.items()}
    first = [name for name in ("blood", "injection_site", "tumour") if name in found.share]
    others = sorted((n for n in peak if n not in first), key=lambda n: -peak[n])
    shown = [*first[:1], *others[: SHOWN + 1 - len(first)], *first[1:]]
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
            _organ(axes, found, name, size)
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
    if "tumour" in shown and not _whole_tumour(found):
        reading += " Tumour: outside its cells."
    if left_out:
        reading += f" Not drawn: {joined(left_out)} (in the data and in the balance)."
    if _rivals_differ(forecast):
        reading += " Drawn for the preferred hypothesis; the others differ."
    svg = draw("organs", alt, height, paint)
    return Picture("organs", svg, caption, reading, _csv(found, size))


def _organ(axes: Axes, found: Whereabouts, name: str, size: int) -> None:
    bands = bands_of(found.share[name], size)
    if bands is None:
        return
    draw_bands(axes, found.time, bands.scaled(100.0), RIVALS[0])
    for label in found.labels.values():
        seen = bands_of(label[name], size) if name in label else None
        if seen is not None:
            shown = np.log10(np.maximum(100.0 * seen.median, 1e-300))
            axes.plot(found.time, shown, "--", color=RIVALS[1].line, linewidth=1.3)
    axes.set_ylim(2.0 - DEPTH, 2.0)
    log_ticks(axes.yaxis, 2.0 - DEPTH, 2.0, 6)
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
        fallen = np.nonzero(blood.median < 0.5 * blood.median[0])[0]
        if fallen.size:
            when = friendly(float(found.time[fallen[0]]), "s")
            words = f"Half of what circulates has left the blood by {when}; "
    organs = [name for name in shown if name not in ("blood", "injection_site")]
    last = {name: bands_of(found.share[name][-1], size) for name in organs}
    held = {name: bands for name, bands in last.items() if bands is not None}
    most = max(held, key=lambda name: float(held[name].median), default="")
    top = held.get(most)
    if top is None:
        return words.rstrip("; ") + "." if words else "No organ is kept apart."
    low, high = (100 * float(end) for end in top.uncertainty)
    return (
        f"{words or 'Of all organs, '}{place(most)} ends with {percent(float(top.median))} of all "
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


FILLS = (("#24415e", ""), ("#5f83a6", ""), ("#a9c0d6", ""), ("#dbe6f0", ""), ("#8b949e", ""),
         ("#c9ced4", ""), ("#eef0f2", ""))  # fmt: skip
DARK = ("#24415e", "#5f83a6", "#a34400")


def _fills(names: list[str]) -> list[tuple[str, str]]:
    """Return fill and hatch of each part; the tumour has its own, and so has what is pooled."""
    own = {"tumour": ("#a34400", ""), "all others": ("#ffffff", "////")}
    plain_fills = iter(FILLS)
    return [own[name] if name in own else next(plain_fills) for name in names]


def _balance(found: Whereabouts, at: float) -> Picture:
    """Draw where all vesicles are at chosen moments, means over members, so that parts add up."""
    stop = float(found.time.max())
    moments = sorted({t for t in (*MOMENTS, at, stop) if t <= stop})
    indices = sorted({int(np.argmin(np.abs(found.time - t))) for t in moments})
    mean = {name: np.nanmean(share[indices], axis=1) for name, share in found.share.items()}
    ranked = sorted(mean, key=lambda name: -float(mean[name].max()))
    main = [n for n in ranked if n not in ("rest", ELSEWHERE)][:6]
    if "tumour" in mean and "tumour" not in main:
        main[-1] = "tumour"
    parts = {name: mean[name] for name in main}
    others = [mean[name] for name in ranked if name not in main]
    if others:
        parts["all others"] = np.sum(others, axis=0)
    total = np.sum(list(parts.values()), axis=0)
    height = 0.36 * len(indices) + 0.85

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.075, 0.40 / height, 0.91, 1 - 0.82 / height))
        for row, index in enumerate(indices):
            left = 0.0
            for (fill, hatch), values in zip(_fills(list(parts)), parts.values(), strict=True):
                width = 100 * float(values[row])
                axes.barh(row, width, 0.68, left=left, color=fill, hatch=hatch, edgecolor="#24415e",
                          linewidth=0.6)  # fmt: skip
                if width >= 5:
                    dark = fill in DARK
                    axes.text(left + width / 2, row, f"{width:.0f}", ha="center", va="center",
                              color="white" if dark else INK, fontsize=8.5,
                              bbox=None if not hatch else
                              {"facecolor": "white", "edgecolor": "none", "pad": 1.2})  # fmt: skip
                left += width
            axes.text(-0.8, row, friendly(float(found.time[index]), "s"), ha="right", va="center")
        axes.set_ylim(len(indices) - 0.5, -0.5)
        axes.set_xlim(0, 100)
        axes.set_yticks([])
        plain(axes)
        axes.set_xlabel("% of all vesicles given so far, mean over members")
        _legend(figure, list(parts))

    at_row = int(np.argmin([abs(found.time[i] - at) for i in indices]))
    most = max(parts, key=lambda name: float(parts[name][at_row]))
    caption = (
        f"At {friendly(at, 's')} {place(most)} holds {percent(float(parts[most][at_row]))} of all "
        f"vesicles; the parts sum to {100 * float(total.min()):.4g} % or more at every moment."
        if total.max() - total.min() > 1e-3
        else f"At {friendly(at, 's')} {place(most)} holds {percent(float(parts[most][at_row]))} of "
        f"all vesicles; the parts sum to {100 * float(total.mean()):.4g} %."
    )
    alt = f"Stacked bars: share of all vesicles by place at {len(indices)} moments. {caption}"
    rows = [
        (f"{found.time[i] / 3600:.6g}", name, f"{100 * float(values[row]):.6g}")
        for row, i in enumerate(indices)
        for name, values in mean.items()
    ]
    reading = (
        "Means, because only means add up; the figure above shows how far members differ. Each "
        "moment counts all doses given by then."
    )
    table = csv_text(("time_h", "place", "percent_of_given_mean"), rows)
    return Picture("balance", draw("balance", alt, height, paint), caption, reading, table)


def _legend(figure: Figure, names: list[str]) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=fill, hatch=hatch, edgecolor="#24415e", linewidth=0.6, label=place(name))
        for (fill, hatch), name in zip(_fills(names), names, strict=True)
    ]
    figure.legend(handles=handles, loc="upper left", ncols=len(names), frameon=False, fontsize=8.5,
                  bbox_to_anchor=(0.065, 1.0), handlelength=1.2, columnspacing=1.1)  # fmt: skip
