"""Your data: the user's own animals over the forecast, as their assay would have shown it.

Drawn from ``record["observed"]`` (structure: `exocast.qualify.observed`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Cell, Folded, Items, Panel, Table
from exocast.report.panels.observed_pictures import (
    courses,
    made_of,
    sample_name,
    scatter,
)
from exocast.report.panels.whereabouts import place
from exocast.report.words import (
    amount,
    capital,
    counted,
    friendly,
    interval,
    percent,
    times,
)

__all__ = ["panel"]

Record = Mapping[str, Any]
TITLE, SHORT = "Your data", "Your data"


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    held = forecast.record.get("observed")
    if not held:
        finding = (
            "No animals of your own were given. [[observed]] in the Design draws them over this "
            "forecast; “exocast new --observed” writes the table to fill in."
        )
        return Panel("observed", TITLE, SHORT, finding, ())
    rows = held["rows"]
    compared = [row for row in rows if row["fold"]]
    blocks: list[Block] = []
    notes = [note for table in held["tables"] for note in table["notes"]]
    if compared:
        blocks.append(scatter(compared))
    if held["curves"]:
        blocks.append(courses(held))
    blocks.append(_scores(held["scores"]))
    blocks += _kinetics(held["kinetics"])
    if any(row["signal"] for row in rows):
        blocks.append(made_of(rows))
    blocks += _artefacts(held["artefacts"])
    if notes:
        blocks.append(Items(tuple(("", note) for note in notes), "Of the tables"))
    blocks.append(Folded(f"All {counted(len(rows), 'reading')}", (_table(rows),)))
    return Panel("observed", TITLE, SHORT, _finding(held["scores"][0], held), tuple(blocks))


def _finding(score: Record, held: Record) -> str:
    animals = {(row["study"], row["subject"]) for row in held["rows"] if row["subject"]}
    of = f" of {counted(len(animals), 'animal')}" if animals else ""
    parts = []
    if score["scored"]:
        parts.append(
            f"{score['within_2']} of {score['scored']} readings{of} are forecast within 2-fold and "
            f"{score['within_3']} within 3-fold"
        )
    if score["gmfe"] is not None:
        bias = score["bias"]
        lean = f"{times(max(bias, 1 / bias))} too {'high' if bias > 1 else 'low'} on average"
        lean = lean if abs(math.log(bias)) > math.log(1.1) else "neither high nor low on average"
        parts.append(f"the geometric mean fold error is {amount(score['gmfe'])} ({lean})")
    if score["coverage"] is not None:
        parts.append(f"{percent(score['coverage'])} lie in the 90 % range of such readings")
    if score["below_limit"]:
        parts.append(
            f"{score['below_as_forecast']} of {score['below_limit']} below the limit of "
            "quantification are forecast there"
        )
    return f"{capital('; '.join(parts))}." if parts else "No reading could be compared."


def _scores(scores: Sequence[Record]) -> Table:
    head = ("over", "readings|", "fold error|", "bias|", "within 2-fold|", "within 3-fold|",
            "in 90 % range|", "below limit|")  # fmt: skip
    rows = []
    for score in scores:
        below = f"{score['below_as_forecast']} of {score['below_limit']}"
        unscored = not score["scored"]
        rows.append(
            (
                Cell(capital(place(score["over"]) or "one study"),
                     small="judged by its range alone" if unscored else ""),
                Cell(str(score["rows"])),
                Cell(amount(score["gmfe"])),
                Cell(times(score["bias"]) if score["bias"] else "–"),
                Cell("–" if unscored else str(score["within_2"])),
                Cell("–" if unscored else str(score["within_3"])),
                Cell(percent(score["coverage"])),
                Cell(below if score["below_limit"] else ""),
            )
        )  # fmt: skip
    caption = (
        "Fold error: geometric mean; bias: predicted over observed, so that above 1 is too high. "
        "Below limit: how many are forecast below it too. The spleen differs tenfold between "
        "studies and counts in no fold error. Readings of one animal are not independent."
    )
    return Table("observed-scores", head, tuple(rows), caption)


def _kinetics(entries: Sequence[Record]) -> list[Block]:
    """Return what a paper would print: of groups, and folded, of single animals."""
    groups = [entry for entry in entries if not entry["subject"]]
    single = [entry for entry in entries if entry["subject"]]
    if not entries:
        return []
    if not groups or len(entries) < 3:
        return [_kinetics_table("observed-kinetics", entries)]
    words = f"The same of {counted(len(single), 'single animal')}"
    return [
        _kinetics_table("observed-kinetics", groups),
        *([Folded(words, (_kinetics_table("observed-animals", single),))] if single else []),
    ]


def _kinetics_table(name: str, entries: Sequence[Record]) -> Table:
    """Return what a paper would print, of the animals and of the forecast on their times."""
    rows: list[tuple[Cell, ...]] = []
    for entry in entries:
        who = entry["subject"] or ("mean of the group" if entry["animals"] > 1 else "group")
        names = [entry["study"], who]
        for index, figure in enumerate(entry["figures"]):
            if figure["observed"] is None and figure["predicted"]["median"] is None:
                continue
            missed = figure["fold"] is not None and not 0.5 <= figure["fold"] <= 2
            observed, shown = figure["observed"], figure["predicted"]
            rows.append(
                (
                    Cell(", ".join(filter(None, names)) if index == 0 else "",
                         small=f"{entry['matrix']}, {len(entry['times_h'])} times"
                         if index == 0 else ""),
                    Cell(capital(figure["title"])),
                    Cell("not supported" if observed is None else amount(observed)),
                    Cell(amount(shown["median"]), small=_supported(shown["supported"])),
                    Cell(interval(shown["uncertainty"], 2)),
                    Cell(figure["unit"].replace("1", "", 1) if figure["unit"] == "1"
                         else figure["unit"]),
                    Cell(times(figure["fold"]) if figure["fold"] and figure["unit"] != "1" else "",
                         tone="miss" if missed and figure["unit"] != "1" else ""),
                )
            )  # fmt: skip
    head = ("blood curve", "figure", "your animals|", "forecast|", "90 % uncertainty|", "unit",
            "forecast / yours|")  # fmt: skip
    caption = (
        "As a paper would compute them: linear up and logarithmic down, the terminal line with the "
        "best adjusted r² over at least three points, extrapolated to infinity; yours and the "
        "forecast with the same code on the same times and above the same limits. Where a share is "
        "given, only so many members support the figure: the others have too few readings left. A "
        "clearance is that of what plasma shows."
    )
    return Table(name, head, tuple(rows), caption)


def _supported(share: float) -> str:
    return "" if share > 0.99 else f"in {percent(share)}"


def _artefacts(entries: Sequence[Record]) -> list[Block]:
    """Return what else in the tube could have made the signal, and the missing control."""
    rows = []
    for entry in entries:
        for pool in entry["pools"]:
            could = f"{pool['could_make']} of {pool['of']}" if pool["of"] else ""
            rows.append(
                (
                    Cell(capital(pool["title"]), small=entry["label"] or entry["cargo"]),
                    Cell(percent(pool["share"]["median"])),
                    Cell(_ends(pool["share"]["uncertainty"])),
                    Cell(could),
                    Cell(pool["control"], small=pool["basis"]),
                )
            )
    if not rows:
        return []
    head = ("what is no vesicle", "share of label|", "90 % uncertainty|", "could alone be|",
            "control that tells")  # fmt: skip
    caption = (
        "Shares of the injected label (or, below, of the cargo), whatever carried it. “Could alone "
        "be”: readings no larger than that share, were all of it in that one sample: an upper "
        "bound. The share on no vesicle is the catalogue's; the others are where the label would "
        "go in the dosed tube by its chemistry. They are two views, not to be added."
    )
    missing = tuple(
        (entry["label"] or entry["cargo"], entry["missing"])
        for entry in entries
        if entry["missing"]
    )
    return [
        Table("observed-artefacts", head, tuple(rows), caption),
        Items(missing, "The control that would tell most"),
    ]


def _ends(pair: Sequence[float | None]) -> str:
    low, high = pair
    return "–" if low is None or high is None else f"{percent(low)} – {percent(high)}"


def _table(rows: Sequence[Record]) -> Table:
    found = []
    for row in rows:
        fold = row["fold"]
        if row["censored"]:
            observed = f"< {amount(row['lloq'], 3)}"
        else:
            sd = f" ± {amount(row['sd'])}" if row["sd"] else ""
            observed = f"{amount(row['observed'], 3)}{sd}"
        missed = fold is None or (not row["below_as_forecast"] and not 0.5 <= fold <= 2)
        who = ", ".join(filter(None, (row["study"], row["subject"])))
        found.append(
            (
                Cell(who or row["file"], small=f"line {row['line']}, {row['label']}"),
                Cell(capital(sample_name(row))),
                Cell(friendly(3600 * row["time_h"], "s"), sort=row["time_h"]),
                Cell(observed, sort=row["observed"] or row["lloq"]),
                Cell(amount(row["predicted"]["median"]), sort=row["predicted"]["median"]),
                Cell(interval(row["predicted"]["interval"], 2)),
                Cell(row["unit"].replace("%", "% ID")),
                Cell(times(fold) if fold else "–", sort=fold, tone="miss" if missed else ""),
            )
        )
    head = ("animal", "sample", "when|", "observed|", "forecast|", "90 % of readings|", "unit",
            "forecast / observed|")  # fmt: skip
    caption = "Readings off by more than 2-fold are underlined."
    return Table("observed-table", head, tuple(found), caption, searchable=True)
