"""Panel 4: the sample: sizes by kind along the bench, the reading, and the batch sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.material.forecast import Forecast
from exocast.report.bands import Array
from exocast.report.blocks import Block, Cell, Folded, Panel, Picture, Table, Text, csv_text
from exocast.report.figures import draw
from exocast.report.panels.reading import reading_pictures
from exocast.report.style import INK, QUIET, RIVALS, RULE, log_ticks, plain
from exocast.report.words import (
    amount,
    counted,
    duration,
    friendly,
    interval,
    joined,
    named,
    percent,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["panel", "shown_steps"]

Record = Mapping[str, Any]
STYLES = (("-", 2.0), ("--", 1.7), (":", 1.9), ("-.", 1.6), ((0, (1, 1)), 1.3), ((0, (6, 2)), 1.3))
DEPTH = 6.0
"""Decades below the largest count that a size plot shows."""


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    sheet = record["preparation"]
    if not sheet:
        return Panel("sample", "The sample", "Sample", "Nothing was prepared.", ())
    blocks: list[Block] = []
    if np.nansum(forecast.data["sample_count"].values) > 0:
        blocks.append(_sizes(forecast))
    else:
        blocks.append(Text("The tubes hold no particles in any member.", "warning"))
    blocks += reading_pictures(forecast)
    blocks += [
        _sheet(sheet),
        Folded("What each step added and removed, by cause", (_losses(sheet),)),
    ]
    return Panel("sample", "The sample", "Sample", _finding(sheet), tuple(blocks))


def _finding(sheet: list[Record]) -> str:
    """Say what is in the final tube."""
    last = sheet[-1]
    counts = {kind: held["median"] or 0.0 for kind, held in last["particles"].items()}
    total = sum(counts.values())
    hours = sum(entry["time_s"] for entry in sheet)
    if not total:
        return f"After {counted(len(sheet), 'step')} nothing is left in the tube."
    most = max(counts, key=lambda kind: counts[kind])
    words = f"After {counted(len(sheet), 'step')} and {duration(hours)}, "
    words += (
        f"{friendly(last['volume_m3'], 'm^3')} hold {amount(counts.get('small_ev', 0.0))} small EVs"
    )
    share = counts.get("small_ev", 0.0) / total
    words += f", {percent(share)} of all particles"
    if most != "small_ev":
        words += f"; most particles are {named(most)} ({percent(counts[most] / total)})"
    return f"{words}."


def shown_steps(sheet: list[Record]) -> list[int]:
    """Return the first step, the one before loading, and the last."""
    loading = [i for i, entry in enumerate(sheet) if entry["stage"] == "loading"]
    middle = loading[0] - 1 if loading and loading[0] > 0 else len(sheet) // 2
    return sorted({0, middle, len(sheet) - 1})


def _sizes(forecast: Forecast) -> Picture:
    """Draw particles by kind and size after chosen steps."""
    data, sheet = forecast.data, forecast.record["preparation"]
    chosen = shown_steps(sheet)
    diameter = np.asarray(data["diameter"].values, dtype=float)
    width = float(np.mean(np.diff(np.log10(diameter)))) if diameter.size > 1 else 1.0
    held = np.asarray(data["sample_count"].values, dtype=float) / width
    names = [str(kind) for kind in data["kind"].values]
    seen = [k for k, _ in enumerate(names) if held[chosen, k, 1].sum() > 0]
    absent = [named(name) for k, name in enumerate(names) if k not in seen]
    kinds, held = [names[k] for k in seen], held[:, seen]
    top = float(np.log10(held[chosen].max() or 1.0)) + 0.2
    bottom = top - DEPTH

    def paint(figure: Figure) -> None:
        slot = 0.925 / len(chosen)
        for column, step in enumerate(chosen):
            axes = figure.add_axes((0.075 + column * slot, 0.17, slot - 0.025, 0.62))
            _curves(axes, diameter, held[step], kinds, (bottom, top))
            title = sheet[step]["title"]
            axes.set_title(title if len(title) < 40 else f"{title[:38]}…", fontsize=9)
            if column == 0:
                axes.set_ylabel("particles per tenfold of size")
            else:
                axes.tick_params(labelleft=False)
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper left", ncols=len(labels), frameon=False,
                      bbox_to_anchor=(0.065, 1.0), fontsize=8.5, handlelength=2.6)  # fmt: skip

    last = held[chosen[-1], :, 1].sum(axis=0)
    peak = f"{1e9 * float(diameter[int(np.argmax(last))]):.0f} nm"
    caption = f"In the final tube most particles are near {peak} in diameter."
    if last.max() <= 0:
        caption = "The final tube is empty in the median member."
    alt = f"Particles by kind and diameter after {joined([sheet[s]['title'] for s in chosen])}. "
    alt += caption
    reading = (
        "True diameters, medians over all members; bands: 90 % of all members for the two most "
        "abundant kinds, uncertainty and variability together (the record keeps them pooled here)."
    )
    if absent:
        reading += f" None in the median: {joined(absent)}."
    columns = ("step", "kind", "diameter_nm", "per_bin_5", "per_bin_median", "per_bin_95")
    table = csv_text(
        columns,
        [
            (str(data["step"].values[s]), kind, f"{1e9 * d:.6g}",
             *(f"{held[s, k, q, i] * width:.6g}" for q in range(3)))
            for s in chosen for k, kind in enumerate(kinds) for i, d in enumerate(diameter)
        ],
    )  # fmt: skip
    return Picture("sizes", draw("sizes", alt, 3.1, paint), caption, reading, table)


def _curves(
    axes: Axes, diameter: Array, held: Array, kinds: list[str], limits: tuple[float, float]
) -> None:
    """Draw the kinds of one tube, on log10 axes."""
    x = np.log10(1e9 * diameter)
    order = np.argsort(-held[:, 1].sum(axis=1))
    with np.errstate(divide="ignore"):
        y = np.log10(np.maximum(held, 1e-300))
    for index, kind in enumerate(kinds):
        dash, weight = STYLES[index % len(STYLES)]
        ink = RIVALS[index % 4]
        if index in order[:2]:
            axes.fill_between(
                x, y[index, 0], y[index, 2], facecolor=ink.light, linewidth=0, alpha=0.7
            )
        axes.plot(x, y[index, 1], linestyle=dash, color=ink.line, linewidth=weight,
                  label=named(kind))  # fmt: skip
    axes.set_ylim(*limits)
    axes.set_xlim(x[0], x[-1])
    log_ticks(axes.yaxis, *limits)
    ticks = [t for t in (30, 50, 100, 200, 500, 1000) if x[0] - 0.01 <= np.log10(t) <= x[-1] + 0.01]
    axes.set_xticks([float(np.log10(t)) for t in ticks], [str(t) for t in ticks])
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    plain(axes, left=True)
    axes.set_xlabel("diameter, nm", color=QUIET)
    axes.tick_params(labelcolor=INK)


def _sheet(sheet: list[Record]) -> Table:
    """Return the batch sheet: one line for each step."""
    everything = dict.fromkeys(kind for entry in sheet for kind in entry["particles"])
    kinds = [
        kind for kind in everything
        if any(entry["particles"].get(kind, {}).get("median") for entry in sheet)
    ]  # fmt: skip
    rows = []
    for entry in sheet:
        particles = [entry["particles"].get(kind, {}).get("median") for kind in kinds]
        rows.append(
            (
                Cell(entry["title"], small=_consumables(entry["consumables"]), tone="wide"),
                Cell(friendly(entry["volume_m3"], "m^3")),
                *(Cell(amount(count) if count is not None else "") for count in particles),
                Cell(duration(entry["time_s"])),
                Cell(duration(entry["hands_on_s"])),
            )
        )
    total = [sum(entry[name] for entry in sheet) for name in ("time_s", "hands_on_s")]
    blank = tuple(Cell("") for _ in kinds)
    rows.append(
        (Cell("Together", tone="strong"), Cell(""), *blank, Cell(duration(total[0])),
         Cell(duration(total[1])))
    )  # fmt: skip
    head = ("After", "volume|", *(f"{named(kind)}|" for kind in kinds), "time|", "hands-on|")
    return Table(
        "batch-sheet",
        head,
        tuple(rows),
        "Batch sheet: medians of one batch, and what each step uses up.",
    )


def _consumables(used: Mapping[str, float]) -> str:
    parts = []
    for name, number in used.items():
        words, _, unit = name.removesuffix("]").partition(" [")
        shown = f"{float(f'{number:.2g}'):g}"
        parts.append(f"{shown} {unit} {named(words)}" if unit else f"{shown} × {named(words)}")
    return "; ".join(parts).replace("cm2", "cm²").replace("m^2", "m²")


def _losses(sheet: list[Record]) -> Table:
    """Return what every step added and removed, by cause."""
    rows: list[tuple[Cell, ...]] = []
    for entry in sheet:
        changed = [held for held in entry["exchange"] if held["median"]]
        if not changed and not entry["figures"]:
            continue
        rows.append((Cell(entry["title"]),))
        for held in changed:
            quantity, unit = _quantity(held["quantity"])
            sign = "+" if held["median"] > 0 else "−"
            ends = held["uncertainty"]
            shown = friendly(abs(held["median"]), unit) if unit else amount(abs(held["median"]))
            rows.append(
                (Cell(quantity), Cell(held["cause"]), Cell(f"{sign}{shown}"),
                 Cell("" if unit else interval(ends)))
            )  # fmt: skip
        for name, held in entry["figures"].items():
            words, _, unit = name.removesuffix("]").partition(" [")
            median = held["median"]
            shown = "–"
            if median is not None:
                # A figure in kelvin is a difference, which no thermometer reads as degrees.
                plainly = not unit or unit == "K"
                shown = f"{amount(median)} {unit}".strip() if plainly else friendly(median, unit)
            rows.append((Cell(words), Cell("figure"), Cell(shown), Cell("")))
    head = ("quantity", "cause", "median|", "90 % uncertainty|")
    return Table("exchange", head, tuple(rows))


def _quantity(name: str) -> tuple[str, str]:
    """Return the words of a quantity of the ledger, and its unit where people use one."""
    first, _, rest = name.partition("/")
    if first == "solute":
        return named(rest), "kg"
    return (named(rest), "") if rest else (named(first), "m^3" if first == "volume" else "")
