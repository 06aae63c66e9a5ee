"""The delivery as a flow: from what is dosed through the organs to the cytosol.

What arrives shrinks by orders of magnitude, so one scale cannot show it. Inside a column widths are
linear and add up; between columns a magnifying glass, drawn dashed and carrying its factor, opens
the sliver that goes on to the height of the next column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.material.forecast import Forecast
from exocast.report.bands import Array, select, stored
from exocast.report.blocks import Picture, csv_text
from exocast.report.drawings.canvas import Record, page, ribbon, wedge
from exocast.report.figures import draw
from exocast.report.panels.rows import asked_organ, entries
from exocast.report.panels.whereabouts import place, whereabouts
from exocast.report.style import INK, QUIET, RIVALS
from exocast.report.words import amount, capital, friendly, named, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["delivery", "places"]

HEIGHT = 4.6
LOW, HIGH = 0.62, 3.95
SHOWN = 5
LEAST = 0.035
"""Organs that are drawn apart: so many at most, and none that holds less."""

LANE_GAP = 0.28

HAIRLINE = 0.014
"""Inches of the thinnest band that is drawn."""

FILLS = ("#24415e", "#5f83a6", "#a9c0d6", "#8b949e", "#c9ced4", "#e4e8ec")
ONWARD, LOST = "#a34400", "#c9ced4"


def delivery(forecast: Forecast) -> Picture | None:
    """Draw the flow of the design; None where nothing was dosed or nothing is followed."""
    record = forecast.record
    rows = {row["name"]: row for row in record["cascade"] if row["head"] != "vesicles"}
    if not record["members"]["finished"] or not {"arrived", "in_organ"} & rows.keys():
        return None
    if asked_organ(record):
        rows = _of_organ(rows)
    arrived = rows["arrived"]["fraction"]
    held = places(forecast)
    if arrived is None or not held:
        return None
    organs = _ranked(held)
    stages = _stages(rows, arrived)

    def paint(figure: Figure) -> None:
        _paint(page(figure), rows, organs, stages)

    caption = _caption(rows, organs, stages)
    cargo = record["question"]["cargo"]
    what = f"copies of {named(cargo)}" if cargo else "vesicles"
    reading = (
        f"Follows {what} until {friendly(record['question']['at_seconds'], 's')}. Within a column "
        "heights are linear and add up to all that entered it. Dashed wedges are magnifying "
        "glasses, not flows: each opens a sliver to the height that is drawn next, with its "
        "true factor in it. A band that would be thinner than a hairline is drawn as a hairline. "
        "The shares that go on, along the bottom, are the cascade's medians, member by member; "
        "organs share the rest by the means of what they hold. "
    )
    reading += (
        "What is on the blood's side of its wall is held by the wall or by phagocytes in its blood."
        if asked_organ(record)
        else "What is not taken up is between cells, in other cells or washed out again; what does "
        "not escape is digested, put out again or still on its way."
    )
    end = "the vessel wall of one" if asked_organ(record) else "the cytosol"
    alt = f"Flow diagram from the dose through organs to {end}. {caption}"
    lines: list[tuple[object, ...]] = [("dosed", name, "", share) for name, share in organs]
    lines += [("target", "arrived", "", arrived)]
    lines += [(stage, words, phrase, share) for stage, words, phrase, share in stages]
    table = csv_text(("column", "goes on to", "hypothesis", "share_of_column"), lines)
    return Picture("delivery", draw("delivery", alt, HEIGHT, paint), caption, reading, table)


def places(forecast: Forecast) -> dict[str, float]:
    """Return where the cargo that did not arrive is at the question's moment; shares sum to 1.

    Means over members of what each place's cells took and what is aboard there; vesicles where the
    Design has no cargo. The target is left out: the cascade says what arrived there.
    """
    question = forecast.record["question"]
    time = np.asarray(forecast.data["time"].values, dtype=float)
    at = int(np.argmin(np.abs(time - float(question["at_seconds"]))))
    cargo = question["cargo"]
    held: dict[str, Array] = {}
    if cargo:
        for name in (str(name) for name in forecast.data["output"].values):
            organ, _, rest = name.partition(".")
            if rest in (cargo, f"{cargo}.aboard") and stored(forecast, name):
                held[organ] = held.get(organ, 0.0) + select(forecast, name)[at]
    if not held:
        found = whereabouts(forecast)
        if found is None:
            return {}
        index = int(np.argmin(np.abs(found.time - float(question["at_seconds"]))))
        held = {name: share[index] for name, share in found.share.items()}
    held.pop(asked_organ(forecast.record) or "tumour", None)
    total = np.sum(list(held.values()), axis=0)
    whole = np.isfinite(total) & (total > 0)
    if not whole.any():
        return {}
    return {name: float(np.mean(x[whole] / total[whole])) for name, x in held.items()}


def _ranked(held: dict[str, float]) -> list[tuple[str, float]]:
    """Return the organs that hold most, then all others together."""
    ranked = sorted(held.items(), key=lambda pair: -pair[1])
    main = [pair for pair in ranked if pair[0] != "rest" and pair[1] >= LEAST][:SHOWN]
    others = 1.0 - sum(share for _, share in main)
    return [*main, ("all others", others)] if others > 1e-9 else main


def _of_organ(rows: dict[str, Record]) -> dict[str, Record]:
    """Return the rows under the names that those of a tumour have: in it, and behind its wall.

    Blood brings each vesicle several times, so that the share that arrives is that of the dose.
    """
    dosed, held = next(iter(rows.values())), rows["in_organ"]
    share = held["median"] / dosed["median"] if dosed["median"] else None
    behind = {**rows["asked_behind_wall"], "title": "behind its vessel wall"}
    return {"dosed": dosed, "arrived": {**held, "fraction": share}, "behind": behind}


def _stages(rows: dict[str, Record], arrived: float) -> list[tuple[str, str, str, float]]:
    """Return the shares that go on after arrival: (stage, words, hypothesis, share)."""
    found = []
    if "behind" in rows and rows["behind"]["fraction"] is not None:
        found.append(("arrived", "behind its vessel wall", "", rows["behind"]["fraction"]))
    if "taken_up" in rows and rows["taken_up"]["fraction"] is not None:
        found.append(("arrived", "taken up by the target cells", "", rows["taken_up"]["fraction"]))
        if "in_cytosol" in rows:
            found += [
                ("taken up", "in the cytosol", entry["phrase"], entry["fraction"])
                for entry in entries(rows["in_cytosol"])
                if entry["fraction"] is not None
            ]
    return found if arrived else []


def _paint(
    axes: Axes,
    rows: dict[str, Record],
    organs: list[tuple[str, float]],
    stages: list[tuple[str, str, str, float]],
) -> None:
    arrived = rows["arrived"]["fraction"]
    tall = HIGH - LOW
    _bar(axes, 0.30, 0.50, LOW, HIGH, INK)
    dosed = next(iter(rows.values()))
    _over(axes, 0.30, "dosed", _some(dosed))
    base = LOW + max(tall * arrived, HAIRLINE)
    high = HIGH
    for (name, share), fill in zip(organs, FILLS, strict=False):
        low = high - (HIGH - base) * share
        ribbon(axes, (0.50, low, high), (1.75, low, high), colour=fill)
        if high - low > 0.1:
            words = f"{capital(place(name))} {percent(share * (1 - arrived))}"
            axes.text(1.82, (low + high) / 2, words, va="center", fontsize=8.5)
        high = low
    ribbon(axes, (0.50, LOW, base), (3.35, LOW, base), colour=ONWARD)
    _under(axes, 0.50, f"{percent(arrived)} {rows['arrived']['title']}")
    if not stages:
        return
    wedge(axes, (3.35, LOW, base), (4.25, LOW, HIGH), _times(1 / arrived))
    _bar(axes, 4.25, 4.45, LOW, HIGH, ONWARD)
    _over(axes, 4.25, rows["arrived"]["title"], _some(rows["arrived"]))
    (_, words, _, taken), *escapes = stages
    cut = LOW + max(tall * taken, HAIRLINE)
    ribbon(axes, (4.45, cut, HIGH), (5.65, cut, HIGH), colour=LOST)
    if HIGH - cut > 0.35:
        lost = "on the blood's side\nof its wall" if "behind" in rows else "not taken up"
        axes.text(5.05, (cut + HIGH) / 2, f"{lost}\n{percent(1 - taken)}", va="center",
                  ha="center", fontsize=8.5)  # fmt: skip
    ribbon(axes, (4.45, LOW, cut), (5.65, LOW, cut), colour=ONWARD)
    _under(axes, 4.25, f"{percent(taken)} {words}")
    if not escapes:
        return
    wedge(axes, (5.65, LOW, cut), (6.45, LOW, HIGH), _times(1 / taken))
    _bar(axes, 6.45, 6.65, LOW, HIGH, ONWARD)
    _over(axes, 6.45, "taken up", _some(rows["taken_up"]))
    _escapes(axes, rows, escapes)


def _escapes(
    axes: Axes, rows: dict[str, Record], escapes: list[tuple[str, str, str, float]]
) -> None:
    """Draw, for each hypothesis in its own lane, what stays and what gets into the cytosol."""
    shown = escapes[:3]
    lane = (HIGH - LOW - LANE_GAP * (len(shown) - 1)) / len(shown)
    answers = {entry["phrase"]: entry for entry in entries(rows["in_cytosol"])}
    for index, (_, _, phrase, share) in enumerate(shown):
        top = HIGH - index * (lane + LANE_GAP)
        bottom = top - lane
        cut = bottom + max(lane * share, HAIRLINE)
        colour = RIVALS[index % 4].line if phrase else ONWARD
        ribbon(axes, (6.65, cut, top), (7.85, cut, top), colour=LOST)
        axes.text(7.25, (cut + top) / 2, f"stays behind\n{percent(1 - share)}", ha="center",
                  va="center", fontsize=8.5)  # fmt: skip
        ribbon(axes, (6.65, bottom, cut), (7.85, bottom, cut), colour=colour)
        low, high = bottom + 0.1 * lane, bottom + 0.7 * lane
        wedge(axes, (7.85, bottom, cut), (8.60, low, high), _times(0.6 / share))
        _bar(axes, 8.60, 8.75, low, high, colour)
        words = f"cytosol: {percent(share)}\n{amount(answers[phrase]['median'])} copies\nin a cell"
        axes.text(8.81, (low + high) / 2, words, va="center", fontsize=8, color=colour,
                  fontweight="bold")  # fmt: skip
        if phrase:
            axes.text(8.0, high + 0.08, f"if {phrase}", va="bottom", fontsize=8.5, color=colour)


def _times(factor: float) -> str:
    """Return the true factor of a magnifying glass, also where its sliver is a hairline."""
    return f"× {amount(factor, 2)}"


def _bar(axes: Axes, left: float, right: float, low: float, high: float, colour: str) -> None:
    axes.fill([left, right, right, left], [low, low, high, high], facecolor=colour, linewidth=0)


def _over(axes: Axes, x: float, title: str, count: str) -> None:
    axes.text(x, HIGH + 0.30, title, va="bottom", fontsize=9, fontweight="bold")
    axes.text(x, HIGH + 0.10, count, va="bottom", fontsize=8.5, color=QUIET)


def _under(axes: Axes, x: float, words: str) -> None:
    axes.text(x, LOW - 0.08, words, va="top", fontsize=8.5, color=ONWARD, fontweight="bold")


def _some(row: Record) -> str:
    unit = "copies" if row["unit"].startswith("copy") else "particles"
    return f"{amount(row['median'])} {unit}"


def _caption(
    rows: dict[str, Record],
    organs: list[tuple[str, float]],
    stages: list[tuple[str, str, str, float]],
) -> str:
    arrived = rows["arrived"]["fraction"]
    words = f"{capital(place(organs[0][0]))} takes {percent(organs[0][1] * (1 - arrived))}"
    words += f", {percent(arrived)} {rows['arrived']['title']}"
    if stages:
        words += f"; of that {percent(stages[0][3])} is {stages[0][1]}"
        ends = [f"{percent(share)}{f' if {phrase}' if phrase else ''}"
                for _, _, phrase, share in stages[1:4]]  # fmt: skip
        if ends:
            words += f", and of that {' or '.join(ends)} gets into the cytosol"
    return f"{words}."
