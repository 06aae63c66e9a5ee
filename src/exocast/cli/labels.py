"""`exocast labels`: the same dose, as every label would report it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from exocast.cli.console import terminal
from exocast.cli.run import parse_members, parse_settings
from exocast.errors import ExocastError
from exocast.units import parse, present
from exocast.units.numbers import amount

__all__ = ["compare_labels"]

SHOWN = ("clearance", "residence", "first_half_life", "half_life", "extrapolated")
COLUMN = 8
"""Columns of one moment in an organ."""
COLUMNS = ("label", "what", "time_h", "unit", "median", "uncertainty_low", "uncertainty_high")


def compare_labels(
    design: str,
    labels: list[str],
    times: str,
    settings: list[str],
    members: str,
    to: Path | None,
) -> None:
    """Print one dose as every label would show it; see `exocast labels --help`.

    Raises
    ------
    ExocastError
        If the file to write is there already.
    """
    from exocast.design import Design
    from exocast.qualify.labels import TIMES, labels_record

    sampled = [parse(time, "s", where="--times") for time in times.split(",")] if times else TIMES
    chosen = parse_members(members)
    if to is not None and to.exists():
        raise ExocastError(f"{to} exists and is not overwritten; choose another name")
    document = Design.read(design).with_settings(parse_settings(settings))
    document.check()
    entries = labels_record(document, labels=labels, times=sampled, members=chosen)
    plan = document.plan()
    console = terminal()
    console.print(f"[bold]{document.title}[/]")
    console.print(f"one dose of {plan.dose}, the same vesicles under every label; medians\n")
    for table in _organs(entries, console.width):
        console.print(table)
    console.print()
    console.print(_figures(entries))
    console.print()
    console.print(_meanings(entries))
    drawn = ", ".join(present(time, "s") for time in sorted(set(sampled)))
    console.print(
        f"\nAn organ holds its residual blood. Plasma is drawn at {drawn}.\nA clearance is that of "
        "what plasma shows: where the label is on no vesicle any more, it is not the vesicles'.",
        soft_wrap=True,
    )
    if to is not None:
        to.write_text(_csv(entries), encoding="utf-8", newline="")
        console.print(f"Wrote {to}")


def _organs(entries: Sequence[Mapping[str, Any]], width: int) -> list[Table]:
    """Return percent of the dose by organ and moment, as many organs side by side as fit."""
    first = entries[0]["readings"]
    moments = list(dict.fromkeys(reading["time_h"] for reading in first))
    organs = list(dict.fromkeys(reading["organ"] for reading in first))
    names = max(len(entry["label"] or "vesicles") for entry in entries)
    beside = max((width - names) // (COLUMN * len(moments)), 1)
    return [
        _side_by_side(entries, organs[start : start + beside], moments)
        for start in range(0, len(organs), beside)
    ]


def _side_by_side(
    entries: Sequence[Mapping[str, Any]], organs: Sequence[str], moments: Sequence[float]
) -> Table:
    """Return percent of the dose in some of the organs."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("% of the dose", no_wrap=True)
    for organ in organs:
        for index, moment in enumerate(moments):
            title = f"{organ}\n{_when(moment)}" if index == 0 else f"\n{_when(moment)}"
            table.add_column(title, justify="right", no_wrap=True)
    for entry in entries:
        shown = [
            _percent(reading["predicted"]["median"])
            for reading in entry["readings"]
            if reading["organ"] in organs
        ]
        table.add_row(entry["label"] or "vesicles", *shown)
    return table


def _figures(entries: Sequence[Mapping[str, Any]]) -> Table:
    """Return what a paper would print of plasma."""
    chosen = [[f for f in entry["figures"] if f["name"] in SHOWN] for entry in entries]
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("as a paper would print", overflow="fold")
    for figure in chosen[0]:
        title = figure["title"].replace("of the area beyond the last reading", "extrapolated")
        unit = figure["unit"]
        table.add_column(f"{title}\n{unit}", justify="right")
    table.add_column("not vesicles\nat 1 h, %", justify="right")
    for entry, figures in zip(entries, chosen, strict=True):
        cells = [amount(figure["predicted"]["median"]) for figure in figures]
        at_hour = [share["median"] for share in entry["not_vesicles"] if share["time_h"] == 1.0]
        cells.append(_percent(100 * at_hour[0]) if at_hour and at_hour[0] is not None else "·")
        table.add_row(entry["label"] or "vesicles", *cells)
    return table


def _meanings(entries: Sequence[Mapping[str, Any]]) -> Table:
    """Return what each label can and cannot show, in words."""
    from exocast.stages.biodistribution.label import label_named

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("label", "can show", "cannot show"):
        table.add_column(title, overflow="fold")
    for entry in entries:
        if entry["label"]:
            label = label_named(entry["label"])
            table.add_row(entry["label"], label.shows, label.hides)
    return table


def _csv(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return every number as CSV."""
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        name = entry["label"] or "vesicles"
        for reading in entry["readings"]:
            shown = reading["predicted"]
            writer.writerow([name, reading["organ"], reading["time_h"], reading["unit"],
                             shown["median"], *shown["uncertainty"]])  # fmt: skip
        for figure in entry["figures"]:
            shown = figure["predicted"]
            writer.writerow([name, figure["name"], "", figure["unit"], shown["median"],
                             *shown["uncertainty"]])  # fmt: skip
    return buffer.getvalue()


def _when(hours: float) -> str:
    return f"{60 * hours:.0f} min" if hours < 1 else f"{hours:.0f} h"


def _percent(value: float | None) -> str:
    return "·" if value is None else amount(value)
