"""Panel 5: cargo: copies per vesicle by size, the empty ones, and three efficiencies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.material.forecast import Forecast
from exocast.report.bands import Array
from exocast.report.blocks import Block, Cell, Panel, Picture, Table, Text, csv_text
from exocast.report.figures import draw
from exocast.report.loaded import HEAD, loaded_lines
from exocast.report.style import INK, NEUTRAL, QUIET, RIVALS, RULE, decades, log_ticks, plain
from exocast.report.words import amount, capital, interval, named, percent, times

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["panel"]

Record = Mapping[str, Any]
CLUMPS = ("cargo_precipitate", "protein_aggregate")
_FIGURE = re.compile(r"^(true|apparent) (.+?) \[(.+)\]$")


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    cargo = record["question"]["cargo"]
    if not cargo or "cargo_copies" not in forecast.data:
        finding = "No step loads a cargo: there is nothing inside to count."
        return Panel("cargo", "The cargo", "Cargo", finding, ())
    blocks: list[Block] = []
    kinds = _loaded(forecast)
    if kinds:
        blocks.append(_picture(forecast, kinds))
    else:
        blocks.append(Text(f"No vesicle holds any {named(cargo)} in the median member.", "warning"))
    blocks += _final(record)
    blocks += _efficiencies(record["preparation"])
    return Panel("cargo", "The cargo", "Cargo", _finding(forecast, kinds), tuple(blocks))


def _loaded(forecast: Forecast) -> list[str]:
    """Return the kinds of vesicle that hold cargo; clumps of it are no vesicles."""
    held = forecast.data["cargo_copies"].sel(quantile=0.5).max("diameter")
    count = forecast.data["sample_count"].isel(step=-1).sel(quantile=0.5).sum("diameter")
    kinds = [
        str(kind)
        for kind in held["kind"].values
        if float(held.sel(kind=kind)) > 0 and str(kind) not in CLUMPS
    ]
    return sorted((k for k in kinds if float(count.sel(kind=k)) > 0),
                  key=lambda kind: -float(count.sel(kind=kind)))  # fmt: skip


def _whole(forecast: Forecast, kind: str) -> tuple[float, float]:
    """Return mean copies and the empty share over all sizes of the final tube, medians."""
    data = forecast.data
    count = np.asarray(data["sample_count"].isel(step=-1).sel(kind=kind, quantile=0.5).values)
    total = float(count.sum())
    if not total:
        return 0.0, 1.0
    picked = [
        np.asarray(data[name].sel(kind=kind, quantile=0.5).values)
        for name in ("cargo_copies", "cargo_empty")
    ]
    return float(count @ picked[0]) / total, float(count @ picked[1]) / total


def _finding(forecast: Forecast, kinds: list[str]) -> str:
    cargo = named(forecast.record["question"]["cargo"])
    if not kinds:
        return f"No {cargo} gets inside a vesicle."
    copies, empty = _whole(forecast, kinds[0])
    words = f"{capital(named(kinds[0]))} hold {amount(copies)} copies of {cargo} on average"
    if copies >= 1:
        return f"{words}; {percent(empty)} of them are empty."
    return f"{words}: {percent(empty)} of them are empty."


def _picture(forecast: Forecast, kinds: list[str]) -> Picture:
    data = forecast.data
    nanometres = 1e9 * np.asarray(data["diameter"].values, dtype=float)
    x = np.log10(nanometres)
    curves: dict[str, tuple[Array, Array]] = {}
    for kind in kinds:
        held = data.sel(kind=kind)
        copies = np.asarray(held["cargo_copies"].values, dtype=float)
        empty = np.asarray(held["cargo_empty"].values, dtype=float)
        curves[kind] = copies, empty
    limits = decades(curves[kinds[0]][0]) or (-3.0, 1.0)
    limits = (max(limits[0], limits[1] - 8), limits[1])
    ticks = [size for size in (30, 50, 100, 200, 500, 1000) if nanometres[0] - 1 <= size]

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.075, 0.17, 0.40, 0.70))
        share = figure.add_axes((0.56, 0.17, 0.40, 0.70))
        share.axhspan(0, 100, facecolor="#f6f7f9", linewidth=0)
        for index, (kind, (copies, empty)) in enumerate(curves.items()):
            ink = RIVALS[index % 4]
            with np.errstate(divide="ignore"):
                y = np.log10(np.maximum(copies, 1e-300))
            if index == 0:
                axes.fill_between(x, y[0], y[2], facecolor=ink.light, linewidth=0)
            axes.plot(x, y[1], ink.dash, color=ink.line, label=named(kind))
            if index == 0:
                share.fill_between(x, 0, 100 * empty[1], facecolor="#e4e7ea", hatch="////",
                                   edgecolor=NEUTRAL.dark, linewidth=0)  # fmt: skip
            share.plot(x, 100 * empty[1], ink.dash, color=ink.line)
        axes.set_ylim(*limits)
        log_ticks(axes.yaxis, *limits)
        axes.set_title("copies in one vesicle")
        axes.legend(frameon=False, fontsize=8.5, loc="upper left")
        share.text(x.mean(), 50, f"{percent(_whole(forecast, kinds[0])[1])} empty", ha="center",
                   va="center", fontsize=11, fontweight="bold",
                   bbox={"facecolor": "white", "edgecolor": "none", "pad": 4})  # fmt: skip
        share.set_ylim(0, 100)
        share.set_title(f"share of vesicles that are empty, % (hatched: {named(kinds[0])})")
        for each in (axes, share):
            each.set_xlim(x[0], x[-1])
            each.set_xticks([float(np.log10(t)) for t in ticks], [str(t) for t in ticks])
            each.grid(axis="y", color=RULE, linewidth=0.5)
            each.set_xlabel("diameter, nm", color=QUIET)
            each.tick_params(labelcolor=INK)
            plain(each, left=True)

    caption = _caption(nanometres, *curves[kinds[0]])
    alt = f"Copies per vesicle and the share of empty vesicles, by diameter. {caption}"
    reading = (
        f"Medians; band: 90 % of all members for {named(kinds[0])}, uncertainty and variability "
        "together (the record keeps them pooled here). A mean below one copy means "
        "that most vesicles carry none."
    )
    columns = ("kind", "diameter_nm", "copies_5", "copies_median", "copies_95", "empty_5",
               "empty_median", "empty_95")  # fmt: skip
    rows = [
        (kind, f"{d:.6g}", *(f"{copies[q, i]:.6g}" for q in range(3)),
         *(f"{empty[q, i]:.6g}" for q in range(3)))
        for kind, (copies, empty) in curves.items() for i, d in enumerate(nanometres)
    ]  # fmt: skip
    return Picture(
        "copies-per-vesicle",
        draw("cargo", alt, 2.9, paint),
        caption,
        reading,
        csv_text(columns, rows),
    )


def _caption(nanometres: Array, copies: Array, empty: Array) -> str:
    """Compare a small with a large vesicle."""
    parts = []
    for size in (80.0, 200.0):
        at = int(np.argmin(np.abs(nanometres - size)))
        parts.append(
            f"of {nanometres[at]:.0f} nm {amount(float(copies[1, at]))} "
            f"({percent(float(empty[1, at]))} empty)"
        )
    return f"Mean copies in a vesicle {' and '.join(parts)}."


def _final(record: Record) -> list[Block]:
    """Return the efficiencies of the final tube, and where its cargo is."""
    blocks: list[Block] = []
    for number, one in enumerate(loaded_lines(record), start=1):
        rows = tuple(tuple(Cell(text) for text in line) for line in one.lines)
        caption = (
            f"Three efficiencies of the final tube{f', if {one.phrase}' if one.phrase else ''}. "
            "An assay that dissolves the tube reads what is on surfaces, precipitated and still "
            "dissolved as loaded. In each member the three agree: copies over input, over vesicles "
            "of any kind, and by mass. Where the cargo of this tube is: "
            f"{one.where[:1].lower()}{one.where[1:]}"
        )
        head = (HEAD[0], *(f"{title}|" for title in HEAD[1:]))
        blocks.append(Table(f"loaded-{number}", head, rows, caption))
    return blocks


def _efficiencies(sheet: list[Record]) -> list[Block]:
    """Return what is inside, beside what an assay would call loaded."""
    rows: list[tuple[Cell, ...]] = []
    for entry in sheet:
        pairs: dict[str, dict[str, Record]] = {}
        for name, held in entry["figures"].items():
            found = _FIGURE.match(name)
            if found:
                pairs.setdefault(f"{found[2]} [{found[3]}]", {})[found[1]] = held
        for name, pair in pairs.items():
            words, _, unit = name.removesuffix("]").partition(" [")
            true, seen = pair.get("true", {}), pair.get("apparent", {})
            ratio = None
            if true.get("median") and seen.get("median") is not None:
                ratio = seen["median"] / true["median"]
            rows.append(
                (
                    Cell(words, small=entry["title"]),
                    *_written(true, unit),
                    *_written(seen, unit),
                    Cell(times(ratio) if ratio is not None else "–"),
                )
            )
    if not rows:
        return []
    head = ("efficiency", "inside vesicles|", "90 % uncertainty|", "an assay reads|",
            "90 % uncertainty|", "overstated|")  # fmt: skip
    caption = (
        "The same right after each step of loading, before any clean-up: here an assay reads as "
        "loaded what is on the surface and in precipitate, and no longer what is dissolved."
    )
    return [Table("efficiencies", head, tuple(rows), caption)]


def _written(held: Record, unit: str) -> tuple[Cell, Cell]:
    """Write a median and its range, a share in per cent."""
    median, ends = held.get("median"), held.get("uncertainty", (None, None))
    if unit != "1":
        return Cell(amount(median)), Cell(interval(ends))
    scaled = [None if end is None else 100 * end for end in ends]
    return Cell(percent(median)), Cell(f"{interval(scaled)} %")
