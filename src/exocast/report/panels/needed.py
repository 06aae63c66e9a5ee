"""What would be enough: what to raise to what, in words, and every lever with its reach."""

from __future__ import annotations

import math
from collections.abc import Sequence

from exocast.errors import ExocastError
from exocast.learn.needed import BEYOND, Lever, Standing, crosses_membranes, standings
from exocast.material.forecast import Forecast
from exocast.report.blocks import Cell, Panel, Picture, Table, Text
from exocast.report.panels.trade import trade_picture
from exocast.report.words import (
    amount,
    capital,
    conditional,
    each_way,
    friendly,
    interval,
    joined,
    named,
    percent,
)

__all__ = ["WORDS", "caution", "chart", "goal", "lever_words", "panel", "verdict"]

CAUTION = (
    "Dose and uptake are taken in proportion. All of it rests on how unevenly cells take up and "
    "open vesicles, which nobody has counted in a tumour. Where cells differ much, the last of "
    "them decide: a goal for half of the cells or more leans on the tail of an assumed spread."
)

WORDS = {
    "copies": "copies in a vesicle",
    "dose": "the dose",
    "escape": "the share of vesicles that open",
}


def panel(forecast: Forecast, *, share: float = 0.5, needed: float | None = None) -> Panel:
    """Return the panel.

    Parameters
    ----------
    forecast : Forecast
        With or without its chain from dose to opened vesicles.
    share : float
        Share of cells that is to get enough.
    needed : float, optional
        Copies to exceed; those of the forecast by default.
    """
    try:
        found = standings(forecast, share=share, needed=needed)
    except ExocastError as error:
        text = f"{capital(str(error))}."
        return Panel("needed", "What would be enough", "Enough", text, ())
    own = [one for one in found if not one.variant]
    finding = f"{goal(forecast, own[0])}, {_summary(own)}" if own else goal(forecast, found[0])
    blocks = (chart(forecast, found), _table(found), Text(caution(forecast), "note"))
    return Panel("needed", "What would be enough", "Enough", finding, blocks)


def caution(forecast: Forecast) -> str:
    """Return what the trade cannot know, with what the cargo adds to it."""
    cargo = forecast.record["question"]["cargo"]
    if not crosses_membranes(cargo):
        return CAUTION
    return (
        f"{capital(named(cargo))} crosses membranes by itself: what leaves a vesicle, or is set "
        "free where one is digested, can reach the cytosol too. This trade counts what vesicles "
        f"that open bring, and is too strict for it. {CAUTION}"
    )


def goal(forecast: Forecast, standing: Standing) -> str:
    """Return what is asked for, in words."""
    question = forecast.record["question"]
    return (
        f"For {percent(standing.share)} of {question['target_cell']} cells to get more than "
        f"{amount(standing.needed)} copies of {named(question['cargo'])} into the cytosol by "
        f"{friendly(question['at_seconds'], 's')}"
    )


def chart(forecast: Forecast, found: Sequence[Standing]) -> Picture:
    """Return the chart, whose caption says what it shows.

    Parameters
    ----------
    forecast : Forecast
        The forecast.
    found : sequence of Standing
        From `exocast.learn.needed.standings`.
    """
    own = [one for one in found if one.variant == found[0].variant]
    return trade_picture(forecast, found, _stands(own))


def _summary(found: Sequence[Standing]) -> str:
    """Say in one clause a rival what is enough; the table says from what to what."""
    if all(one.left > 1.0 for one in found):
        left = [(_times(one.left), {"phrase": one.phrase}) for one in found]
        return (
            "no lever is enough, alone or together: with all of them at their ceilings the "
            f"vesicles that open are still too few, {each_way(left)}."
        )
    return f"{each_way([(_clause(one), {'phrase': one.phrase}) for one in found])}."


def _clause(standing: Standing) -> str:
    if standing.short <= 1.0:
        return "the design is enough"
    reaching = [WORDS[lever.name] for lever in standing.alone if lever.reaches]
    if reaching:
        return f"raising {' or '.join(reaching)} alone is enough"
    raised = [WORDS[lever.name] for lever in standing.together if lever.is_raised]
    if standing.left <= 1.0:
        return f"only {joined(raised)} together are enough"
    return f"even every lever at its ceiling leaves {_times(standing.left)} too few"


def _stands(found: Sequence[Standing]) -> str:
    """Say how far the design stands from the line."""
    parts = [
        (
            "enough" if one.short <= 1.0 else f"{_times(one.short)} too few",
            {"phrase": one.phrase},
        )
        for one in found
    ]
    return f"Vesicles that open in a cell: {each_way(parts)}."


def verdict(found: Sequence[Standing], *, alone: bool = False) -> str:
    """Say, rival by rival, what to raise to what.

    Parameters
    ----------
    found : sequence of Standing
        Of one design, one for each rival.
    alone : bool
        Whether the rival is named elsewhere.
    """
    parts = [_verdict(one) for one in found]
    if alone or len(set(parts)) == 1:
        return f"{parts[0]}."
    each = [
        f"if {one.phrase}, {text}" if one.phrase else text
        for one, text in zip(found, parts, strict=True)
    ]
    return f"{'; '.join(each)}."


def _verdict(standing: Standing) -> str:
    if standing.short <= 1.0:
        return f"the design works: {percent(standing.spreads['above'].median)} of cells do"
    reaching = [lever for lever in standing.alone if lever.reaches]
    if reaching:
        ways = [_raised(lever) for lever in reaching]
        return f"raise {' or '.join(ways)} and the design works"
    raised = [_raised(lever) for lever in standing.together if lever.is_raised]
    if standing.left <= 1.0:
        return f"raise {joined(raised)}, all at once, and the design works"
    words = (
        f"{_times(standing.short)} too few vesicles open in a cell, and no lever alone is enough"
    )
    if raised:
        words += f"; with {joined(raised)}, they are still {_times(standing.left)} too few"
    return words


def _raised(lever: Lever) -> str:
    """Say from where to where a lever goes."""
    if lever.name == "dose":
        return f"{WORDS['dose']} {_times(lever.to)}"
    show = percent if lever.name == "escape" else amount
    return f"{WORDS[lever.name]} from {show(lever.now)} to {show(lever.to)}"


def _times(ratio: float) -> str:
    if ratio >= BEYOND:
        return "infinitely many times"
    return f"{amount(ratio, 1 if ratio >= 1e4 else 2)} times"


def _table(found: Sequence[Standing]) -> Table:
    """Return what each lever alone would have to be, for each rival and variant."""
    rows = tuple(_row(one) for one in found)
    head = ("", "too few open|", "copies in a vesicle|", "dose|", "share that opens|",
            "all at their ceilings|")  # fmt: skip
    caption = (
        "How many times too few vesicles open in a cell (90 % uncertainty), what each lever would "
        "have to be on its own, and under it how far it reaches: a full lumen, the larger of one "
        "batch and the largest published dose by body weight, the upper end of the hypothesis."
    )
    return Table("copies-needed-levers", head, rows, caption)


def _row(one: Standing) -> tuple[Cell, ...]:
    short = "enough" if one.short <= 1 else f"{amount(one.short)}×"
    return (
        Cell(conditional(one.variant or "as designed", {"phrase": one.phrase})),
        Cell(short, small=interval(one.spreads["short"].uncertainty)),
        *(_alone(lever) for lever in one.alone),
        Cell("enough" if one.left <= 1 else f"{amount(one.left)}× too few"),
    )


def _alone(lever: Lever) -> Cell:
    _, text, ceiling = lever_words(lever)
    text, _, why = text.partition(" (")
    if why:
        ceiling = f"{why.removesuffix(')')} would; {ceiling}"
    return Cell(text, small=ceiling, tone="strong" if lever.reaches else "")


def lever_words(lever: Lever) -> tuple[str, str, str]:
    """Return a lever as designed, as it would have to be alone, and how far it reaches."""
    show = percent if lever.name == "escape" else amount
    unit = "×" if lever.name == "dose" else ""
    text = f"{show(lever.to)}{unit}"
    if lever.to >= BEYOND or not math.isfinite(lever.to):
        text = "never"
    elif lever.name == "escape" and lever.to > 1.0:
        text = f"never ({amount(lever.to)} per vesicle)"
    ceiling = f"reaches {show(lever.ceiling)}{unit}"
    if not math.isfinite(lever.ceiling):
        ceiling = "ceiling not known"
    elif lever.ceiling < lever.now:
        ceiling = f"bound: a full lumen holds {show(lever.ceiling)}"
    return f"{show(lever.now)}{unit}", text, ceiling
