"""Panel 3: what would change the answer: values, steps, rivals and variants."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Cell, Panel, Picture, Table, Text, csv_text
from exocast.report.figures import draw
from exocast.report.panels.rows import Record, noun, passage
from exocast.report.style import INK, NEUTRAL, QUIET, RULE, STANDING, decades, log_ticks, plain
from exocast.report.words import (
    amount,
    capital,
    conditional,
    counted,
    counted_in,
    interval,
    named,
    orders,
    percent,
    ratio,
    times,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["panel"]

SHOWN = 14
FITS = 56
"""Letters of a label at full size."""
ENDS = ("answer_low", "answer_high")
EDGE = "#24415e"


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    rows = _by_value(record.get("drivers", []))
    blocks: list[Block] = []
    if rows:
        blocks.append(_tornado(record, rows))
    else:
        blocks.append(Text("No value moves the answer, or no member finished to tell."))
    if any(_is_share(record, gain) for gain in record["gains"]):
        blocks.append(_attainable(record))
    blocks.append(_rivals(record))
    return Panel("change", "What would change it", "Drivers", _finding(rows), tuple(blocks))


def _by_value(drivers: Sequence[Record]) -> list[dict[str, Record]]:
    """Return the values that move the answer, the strongest first, with both axes of each."""
    found: dict[str, dict[str, Record]] = {}
    for driver in drivers:
        if driver["log10_swing"] is None and driver["answer_low"] is None:
            continue
        if driver["answer_low"] != driver["answer_high"]:
            found.setdefault(driver["identity"], {})[driver["axis"]] = driver
    return list(found.values())


def _first(row: dict[str, Record]) -> Record:
    """Return what is not known of a value, or its variability where all is known."""
    return row.get("uncertainty") or next(iter(row.values()))


def _finding(rows: list[dict[str, Record]]) -> str:
    if not rows:
        return "Nothing can be ranked."
    first = _first(rows[0])
    standings = [_first(row)["standing"] for row in rows if _first(row)["matters"]]
    words = (
        f"Knowing “{label(first)}” would narrow the answer most: {_range(first)}, and the number "
    )
    words += f"in use is {first['standing']}"
    if len(standings) > 1:
        words += (
            f"; {counted(len(standings), 'value')} move the answer by 10 % or more, "
            f"{standings.count('assumed')} of them assumed"
        )
    return f"{words}."


def _strong(rows: list[dict[str, Record]]) -> str:
    """Count the values that move the answer tenfold, or twofold where none does so."""
    swings = [(abs(_first(row)["log10_swing"] or 0.0), _first(row)["standing"]) for row in rows]
    for factor, words in ((10.0, "tenfold"), (2.0, "twofold")):
        strong = [standing for swing, standing in swings if swing >= math.log10(factor)]
        if strong:
            verb = "moves" if len(strong) == 1 else "move"
            return (
                f"{capital(counted(len(strong), 'value'))} of {len(rows)} {verb} the answer "
                f"{words} or more; {strong.count('assumed')} of them assumed."
            )
    return "No value alone moves the answer twofold."


def _range(driver: Record) -> str:
    """Say how far the answer moves between the ends of a value."""
    size = driver["log10_swing"]
    if size is None:
        return "between its ends the answer comes or goes altogether"
    direction = "raises" if size > 0 else "lowers"
    return f"from its low to its high end it {direction} the answer {times(10 ** abs(size))}"


def label(driver: Record) -> str:
    """Return the name of a value for people, with what it is specific to."""
    words = ": ".join(named(part) for part in driver["key"].split(".")[-2:])
    context = [part.partition("=")[2] for part in driver["context"].split("; ") if part]
    shown = [named(part) for part in context if part not in ("mouse", "rat", "human")]
    return f"{words} ({', '.join(shown)})" if shown else words


def _tornado(record: Record, found: list[dict[str, Record]]) -> Picture:
    """Draw the answer between the ends of each value, all others at their medians."""
    rows = found[:SHOWN]
    standings = {driver["standing"] for row in rows for driver in row.values()}
    ends = [driver[name] for row in rows for driver in row.values() for name in ENDS]
    low, high = decades([end for end in ends if end]) or (-1.0, 1.0)
    middle = _first(rows[0])["answer_median"]
    height = 0.27 * len(rows) + 0.98

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.39, 0.42 / height, 0.43, 1 - 0.92 / height))
        sideways = axes.get_yaxis_transform()
        for y, row in enumerate(rows):
            first = _first(row)
            for axis, width in (("uncertainty", 0.66), ("variability", 0.24)):
                if axis in row:
                    sides = [
                        math.log10(row[axis][name]) if row[axis][name] else low for name in ENDS
                    ]
                    fill, hatch = (
                        STANDING[first["standing"]] if axis == "uncertainty" else ("#c9b48f", "")
                    )
                    axes.barh(y, abs(sides[1] - sides[0]), width, left=min(sides), color=fill,
                              hatch=hatch, edgecolor=EDGE if axis == "uncertainty" else "#7a6436",
                              linewidth=0.8, zorder=2)  # fmt: skip
            high_side = first["answer_high"] or 0.0
            rises = high_side > (first["answer_low"] or 0.0)
            words = label(first)
            axes.text(-0.015, y, words, transform=sideways, ha="right", va="center",
                      fontsize=min(9.0, 9.0 * FITS / len(words)))  # fmt: skip
            size = first["log10_swing"]
            moved = times(10 ** abs(size)) if size is not None else "all or none"
            strong = abs(first["rank_correlation"]) > first["noise_floor"]
            correlation = f"{first['rank_correlation']:+.2f}".replace("-", "−")
            axes.text(1.02, y, f"{'▲' if rises else '▼'} {moved}", transform=sideways, va="center")
            weight, tint = ("bold", INK) if strong else ("normal", QUIET)
            axes.text(1.40, y, correlation, transform=sideways, va="center", ha="right",
                      color=tint, fontweight=weight)  # fmt: skip
        if middle:
            axes.axvline(math.log10(middle), color=INK, linewidth=0.9, zorder=3)
        axes.set_ylim(len(rows) - 0.45, -0.55)
        axes.set_xlim(low, high)
        axes.set_yticks([])
        log_ticks(axes.xaxis, low, high, fine=True)
        axes.grid(axis="x", color=RULE, linewidth=0.5, zorder=0)
        plain(axes)
        axes.set_xlabel(f"the answer: {record['answer']['title']}")
        for x, side, words in ((1.02, "left", "moves it"), (1.40, "right", "rank corr.")):
            axes.text(x, -0.7, words, transform=sideways, va="bottom", ha=side, color=QUIET,
                      fontsize=8.5)  # fmt: skip
        _legend(figure, standings)

    caption = _strong(found)
    alt = f"Tornado: the answer between the ends of its {len(rows)} strongest values. {caption}"
    floor = _first(rows[0])["noise_floor"]
    reading = (
        "Wide bar: the value runs over its 90 % uncertainty, coloured by where the number comes "
        "from; slim bar: over its 90 % variability; all others at their medians, preferred "
        "hypothesis. ▲ a higher value raises the answer, ▼ lowers it. At the right, the rank "
        f"correlation over the members run; below {floor:.2f} in size (the noise floor of so many "
        "values with so few draws) chance explains it; clear ones are bold."
    )
    return Picture("drivers", draw("drivers", alt, height, paint), caption, reading, _csv(found))


def _csv(found: list[dict[str, Record]]) -> str:
    columns = ("key", "context", "axis", "answer_low", "answer_median", "answer_high",
               "log10_swing", "matters", "rank_correlation", "noise_floor", "standing", "source",
               "hypothesis")  # fmt: skip
    return csv_text(columns, [[driver[name] for name in columns]
                              for row in found for driver in row.values()])  # fmt: skip


def _legend(figure: Figure, standings: Collection[str]) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=fill, hatch=hatch, edgecolor=EDGE, label=f"uncertainty, value {name}")
        for name, (fill, hatch) in STANDING.items()
        if name in standings
    ]
    handles.append(Patch(facecolor="#c9b48f", edgecolor="#7a6436", label="variability"))
    figure.legend(handles=handles, loc="upper left", ncols=5, frameon=False, fontsize=8.5,
                  bbox_to_anchor=(0.0, 1.0), handlelength=1.3, columnspacing=1.4)  # fmt: skip


def _is_share(record: Record, gain: Record) -> bool:
    """Return whether a step passes a share, not a change of unit with its amounts."""
    ends = (gain["median"], gain["best_attainable"])
    if gain["name"] in _repeats(record):
        return False
    return all(end is not None and 0 < end <= 1 for end in ends)


def _attainable(record: Record) -> Picture:
    """Draw each step's median fraction and the best that can be hoped for."""
    gains = [gain for gain in record["gains"] if gain["median"] and gain["best_attainable"]]
    fractions = [gain for gain in gains if _is_share(record, gain)]
    amounts = [gain for gain in gains if gain not in fractions]
    rows = fractions
    limits = decades([x for g in rows for x in (g["median"], g["best_attainable"])]) or (-1.0, 0.0)
    height = 0.27 * len(rows) + 0.55

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.36, 0.42 / height, 0.50, 1 - 0.5 / height))
        sideways = axes.get_yaxis_transform()
        for y, gain in enumerate(rows):
            low, high = math.log10(gain["median"]), math.log10(gain["best_attainable"])
            axes.plot([low, high], [y, y], color=NEUTRAL.dark, linewidth=2.4, zorder=2)
            axes.plot(low, y, "o", color=INK, markersize=6, zorder=3)
            axes.plot(high, y, "|", color=INK, markersize=11, markeredgewidth=2, zorder=3)
            axes.text(-0.02, y, gain["title"], transform=sideways, ha="right", va="center")
            axes.text(1.02, y, times(gain["gain"]), transform=sideways, va="center",
                      fontweight="bold" if y == 0 else "normal")  # fmt: skip
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(limits[0], max(limits[1], 0.1))
        axes.set_yticks([])
        log_ticks(axes.xaxis, *axes.get_xlim(), fine=True)
        axes.grid(axis="x", color=RULE, linewidth=0.5, zorder=0)
        plain(axes)
        axes.set_xlabel("share that passes")

    first = rows[0]
    step = passage(record, first["name"], first["title"])
    caption = (
        f"The share of {step} could rise from {percent(first['median'])} to "
        f"{percent(first['best_attainable'])}, which would raise the answer {times(first['gain'])}."
    )
    reading = (
        "Dot: median share that passes under the preferred hypothesis. Tick: best attainable, the "
        "95th percentile over what is not known and over rivals. Not what a known measure reaches, "
        "but the most that the evidence leaves open."
    )
    if amounts:
        changed = [
            f"“{g['title']}” from {amount(g['median'])} to {amount(g['best_attainable'])}"
            f"{_unit_of(record, g)} ({times(g['gain'])})"
            for g in amounts
        ]
        reading += f" Not a share, so not drawn: {'; '.join(changed)}."
    table = csv_text(
        ("row", "title", "median", "best_attainable", "gain"),
        [(g["name"], g["title"], g["median"], g["best_attainable"], g["gain"]) for g in gains],
    )
    alt = f"Median and best attainable share of each step on a log axis. {caption}"
    svg = draw("attainable", alt, height, paint)
    return Picture("best-attainable", svg, caption, reading, table)


def _repeats(record: Record) -> list[str]:
    """Return rows that count a particle each time, as it passes an organ: no share passes them."""
    rows = [row for row in record["cascade"] if row["head"] == "cargo"]
    return [row["name"] for row in rows[1:] if row["fraction"] is None and row["median"]]


def _unit_of(record: Record, gain: Record) -> str:
    """Return what the amounts of a step count; what is asked of a tube is a factor after it."""
    if gain["name"] in _repeats(record):
        return " for each that was given"
    asked = [row for row in record["cascade"] if row["head"] == "asked"]
    names = [row["name"] for row in asked]
    if gain["name"] not in names:
        return f" {noun(record)}"
    if gain["name"] != names[0]:
        return " times what was before"
    unit = str(asked[0]["unit"])
    return "" if unit == "1" else f" {counted_in(unit)}"


def _gain(gain: Record | None) -> Cell:
    """Write a variant's gain, and under it how sure it is."""
    if gain is None:
        return Cell("·")
    return Cell(ratio(gain), gain["times"], small=interval(gain["uncertainty"]))


def _rivals(record: Record) -> Table:
    """Set rivals and variants side by side."""
    table = []
    named_rows: list[tuple[str, Record, list[Record] | None]] = [("as designed", record, None)]
    named_rows += [(v["name"], v, v["gain_over_design"]) for v in record["variants"]]
    for name, held, gains in named_rows:
        for index, row in enumerate(held["answer"]["rows"]):
            gain = gains[index] if gains and index < len(gains) else None
            limiting = held["limiting_step"]
            short = orders(row["orders_short"]) if row.get("orders_short") is not None else "–"
            table.append(
                (
                    Cell(conditional(name, row)),
                    Cell(amount(row["median"])),
                    Cell(interval(row["uncertainty"])),
                    Cell(interval(row["variability"])),
                    _gain(gain),
                    Cell(short),
                    Cell(limiting["title"] if limiting else "–"),
                )
            )
    head = ("", "median|", "90 % uncertainty|", "90 % variability|", "gain|", "against the need",
            "limiting step")  # fmt: skip
    caption = (
        "Rivals and variants side by side, on the same random members, so that differences between "
        "them are not noise."
    )
    return Table("rivals-and-variants", head, tuple(table), caption)
