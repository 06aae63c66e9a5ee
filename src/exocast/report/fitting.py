"""The page of a fit: what was learnt, how well it fits, and how far to trust it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.learn.fitted import Fitted
from exocast.report.blocks import Block, Card, Cards, Cell, Items, Panel, Picture, Table, csv_text
from exocast.report.figures import Drawing, draw
from exocast.report.panels.drivers import label
from exocast.report.style import FAINT, INK, NEUTRAL, QUIET, RIVALS, RULE, log_ticks, plain
from exocast.report.words import amount, counted, interval, named, raised, times

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["fit_drawing", "fit_panels"]

Record = Mapping[str, Any]
LEARNT, AGREEMENT, TIES = "fit", "agreement", "correlation"
TONES = {"identified": "good", "partly": "", "not identified": "poor"}
FOLD = math.log10(2.0)


def fit_panels(fitted: Fitted) -> tuple[Panel, ...]:
    """Return the parts of the page, in order."""
    record = fitted.record
    return _learnt(fitted), _agreement(record), _together(record), _trust(record)


def fit_drawing(fitted: Fitted) -> Drawing:
    """Draw every value before and after, in SD of its prior."""
    free = fitted.record["free"]
    height = 0.3 * len(free) + 0.95

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.42, 0.5 / height, 0.54, 1 - 0.95 / height))
        for y, one in enumerate(free):
            axes.plot([-1.645, 1.645], [y, y], color=NEUTRAL.light, linewidth=7, zorder=1,
                      solid_capstyle="butt")  # fmt: skip
            low, middle, high = _scores(one)
            dark = RIVALS[0] if one["verdict"] == "identified" else NEUTRAL
            axes.plot([low, high], [y, y], color=dark.line, linewidth=2.4, zorder=2)
            filled = dark.line if one["verdict"] != "not identified" else "white"
            axes.plot(middle, y, "o", color=dark.line, markerfacecolor=filled, markersize=5.5,
                      zorder=3)  # fmt: skip
        axes.axvline(0.0, color=RULE, linewidth=0.8, zorder=0)
        axes.set_yticks(range(len(free)), [raised(label(one)) for one in free])
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.set_ylim(len(free) - 0.4, -0.6)
        axes.set_xlabel("standard deviations of what was known before")
        plain(axes)

    alt = "Each fitted value before and after the fit, in standard deviations of its prior."
    return draw(LEARNT, alt, height, paint)


def _scores(one: Record) -> tuple[float, float, float]:
    """Return the ends and the middle of a posterior in SD of its prior: from what is left of it."""
    return (one["score"] - 1.645 * one["left"], one["score"], one["score"] + 1.645 * one["left"])


def _learnt(fitted: Fitted) -> Panel:
    """Say what the readings tell of each value."""
    record = fitted.record
    free, count = record["free"], len(record["readings"])
    told = [one for one in free if one["verdict"] == "identified"]
    same = [one for one in free if one["verdict"] == "not identified"]
    finding = f"{counted(count, 'reading')} identify {len(told)} of {counted(len(free), 'value')}"
    if same:
        names = ", ".join(f"“{label(one)}”" for one in same[:3])
        finding += f"; of {names}{' and others' if len(same) > 3 else ''} they say nothing new"
    moved = max(free, key=lambda one: abs(one["score"]))
    middle = moved["prior"][0]
    caption = f"What moved most is “{label(moved)}”: {times(moved['fitted'] / middle)} its prior."
    reading = (
        "Grey bar: 90 % of what was known before. Line: 90 % after; blue where more than half of "
        "the spread is gone, hollow where it is still the prior."
    )
    picture = Picture(LEARNT, fit_drawing(fitted), caption, reading, fitted.to_csv())
    rows = tuple(
        (
            Cell(label(one), small=one["key"]),
            Cell(_in_unit(one["prior"][0], one["unit"]),
                 small=interval(one["prior"][1:], 2)),
            Cell(_in_unit(one["fitted"], one["unit"]),
                 small=interval(one["posterior"][1:], 2), sort=one["fitted"]),
            Cell(f"{one['left']:.2f}", sort=one["left"]),
            Cell(one["verdict"], tone=TONES[one["verdict"]]),
            Cell(", ".join(f"{_short(name)} ({value:+.2f})" for name, value in one["tied"]) or "–"),
        )
        for one in free
    )  # fmt: skip
    head = ("value", "before|", "after|", "spread left|", "verdict", "known only with")
    table = Table("values", head, rows, "Median and 90 % before; most probable and 90 % after.",
                  searchable=True)  # fmt: skip
    blocks: list[Block] = [picture, table]
    if record["others"]:
        entries = tuple(
            (_short(one["identity"]), f"information {amount(one['information'])}")
            for one in record["others"]
            if one["information"] >= 0.05
        )
        if entries:
            blocks.append(Items(entries, "Left as they were, though the readings say something of "
                                         "them; free them with --free"))  # fmt: skip
    return Panel("answer", "What was learnt", "Values", f"{finding}.", tuple(blocks))


def _in_unit(value: float, unit: str) -> str:
    return raised(f"{amount(value)} {unit}") if unit != "1" else amount(value)


def _short(identity: str) -> str:
    key, _, context = identity.partition("@")
    return label({"key": key, "context": context})


def _agreement(record: Record) -> Panel:
    """Show every reading against what was predicted of it."""
    readings, quality = record["readings"], record["quality"]

    def paint(figure: Figure) -> None:
        shown = [value for one in readings for value in (one["observed"], one["after"],
                 one["before"]) if value and value > 0]  # fmt: skip
        low = math.log10(min(shown)) - 0.2
        high = math.log10(max(shown)) + 0.2
        for place, (key, title) in enumerate((("before", "before"), ("after", "after"))):
            axes = figure.add_axes((0.08 + 0.47 * place, 0.13, 0.4, 0.77))
            line = np.array([low, high])
            axes.fill_between(line, line - FOLD, line + FOLD, color=FAINT, zorder=0)
            axes.plot(line, line, color=RULE, linewidth=1.0, zorder=1)
            for number, organ in enumerate(dict.fromkeys(one["organ"] for one in readings)):
                ink = RIVALS[number % len(RIVALS)]
                of = [one for one in readings if one["organ"] == organ and one[key] > 0]
                axes.plot(
                    [math.log10(one["observed"]) for one in of],
                    [math.log10(one[key]) for one in of],
                    "osD^v<>P*X"[number % 10], color=ink.line, markersize=4.5, zorder=3,
                    label=named(organ), markerfacecolor=ink.line if number < 4 else "white",
                )  # fmt: skip
            axes.set_title(title)
            axes.set_xlim(low, high)
            axes.set_ylim(low, high)
            log_ticks(axes.xaxis, low, high)
            log_ticks(axes.yaxis, low, high)
            axes.set_xlabel("read")
            if not place:
                axes.set_ylabel("predicted")
            plain(axes, left=True)
            if place:
                axes.legend(frameon=False, fontsize=8, loc="upper left", handletextpad=0.2)

    alt = "Predicted against observed before and after the fit; the band is twofold."
    before, after = amount(quality["gmfe_before"]), amount(quality["gmfe_after"])
    caption = f"Geometric mean fold error {before} before and {after} after."
    head = ("organ", "time|", "unit", "read|", "before|", "after|", "residual|")
    rows = tuple(
        (
            Cell(named(one["organ"]), small=one["label"]),
            Cell(f"{one['time_h']:.3g} h", sort=one["time_h"]),
            Cell(one["unit"]),
            *(Cell(amount(one[key], 3), sort=one[key]) for key in ("observed", "before", "after")),
            Cell(f"{one['residual']:+.1f}", sort=one["residual"]),
        )
        for one in readings
    )
    csv = csv_text(head, [[cell.text for cell in row] for row in rows])
    picture = Picture(AGREEMENT, draw(AGREEMENT, alt, 4.6, paint), caption, "Band: twofold.", csv)
    note = "Residuals are whitened: independent with SD 1 if model and stated errors hold."
    table = Table("readings", tuple(head), rows, note, searchable=True)
    finding = (
        f"Chi-square {quality['chi_square']:.1f} for {counted(quality['readings'], 'reading')}"
        + ("" if quality["chi_square"] < 2 * quality["readings"] else ", more than the stated "
           "errors explain: look at the largest residuals")
        + ". This is how well it fits, not how well it predicts."
    )  # fmt: skip
    return Panel("agreement", "How it fits", "Fit", finding, (picture, table))


def _together(record: Record) -> Panel:
    """Say which combinations are known, and which are not."""
    free = record["free"]
    names = [label(one) for one in free]
    held = np.array(record["correlation"])
    height = 0.34 * len(free) + 0.6

    def paint(figure: Figure) -> None:
        width = 0.34 * len(free) / 10.0
        axes = figure.add_axes((0.42, 0.1 / height, width, 1 - 0.2 / height))
        axes.imshow(held, cmap="RdBu_r", vmin=-1.0, vmax=1.0, aspect="auto")
        axes.set_yticks(range(len(names)), names)
        axes.set_xticks([])
        for row in range(len(names)):
            for column in range(len(names)):
                if row != column and abs(held[row, column]) > 0.3:
                    ink = "white" if abs(held[row, column]) > 0.7 else INK
                    axes.text(column, row, f"{held[row, column]:+.1f}".replace("0.", "."),
                              ha="center", va="center", fontsize=7.5, color=ink)  # fmt: skip
        axes.tick_params(length=0, labelcolor=INK)
        for spine in axes.spines.values():
            spine.set_edgecolor(QUIET)

    alt = "Correlation of the fitted values; blue together in opposite ways, red in the same."
    rows = [[f"{value:.3f}" for value in line] for line in held]
    csv = csv_text([one["identity"] for one in free], rows)
    caption = "Values whose errors go together; the columns are in the order of the rows."
    picture = Picture(TIES, draw(TIES, alt, height, paint), caption, "", csv)
    entries = tuple(
        (f"SD {one['left']:.2f} of the prior's 1",
         "; ".join(f"{_short(name)} {weight:+.2f}" for name, weight in one["weights"].items()))
        for one in record["directions"]
    )  # fmt: skip
    stiff = sum(one["left"] < 0.5 for one in record["directions"])
    finding = f"The readings know {stiff} of {counted(len(free), 'combination')} of the values."
    items = Items(entries, "Combinations of scores, the best known first", numbered=True)
    return Panel("ties", "What is known together", "Ties", finding, (picture, items))


def _trust(record: Record) -> Panel:
    """Say how far the numbers of the fit itself can be trusted."""
    quality, sampler = record["quality"], record["quality"]["sampler"]
    search = (
        ("starts that end at the best", f"{quality['starts_at_best']} of {quality['starts']}"),
        ("their ends differ by", f"{quality['spread_of_ends']:.2g} SD"),
        ("rounds, members run", f"{quality['iterations']}, {quality['members']}"),
    )
    cards = [Card("The search", search)]
    if sampler is not None:
        low, high = sampler["widths"]
        lines = (
            ("samples, worth", f"{sampler['samples']}, {sampler['independent']:.0f}"),
            ("proposals taken", f"{100 * sampler['accepted']:.0f} %"),
            ("means move by at most", f"{sampler['largest_shift']:.2f} SD"),
            ("spreads over Laplace's", f"{low:.2f} to {high:.2f}"),
        )
        cards.append(Card("The sampler", lines))
    finding = "All starts agree" if quality["spread_of_ends"] < 0.1 else (
        "Starts end in different places: the readings leave a valley or several hills"
    )  # fmt: skip
    if sampler is not None:
        words = "agrees with" if sampler["agrees"] else "differs from, and stands in place of,"
        finding += f"; the sampler {words} the normal approximation"
    return Panel("trust", "How far to trust it", "Trust", f"{finding}.", (Cards(tuple(cards)),))
