"""The page of a recommendation: the yield-purity plane, the trains, and what to measure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exocast.learn.recommend import Recommendation
from exocast.learn.wishes import FIGURES
from exocast.report.blocks import Block, Cell, Code, Folded, Items, Panel, Picture, Table
from exocast.report.figures import Drawing, draw
from exocast.report.style import INK, NEUTRAL, QUIET, RIVALS, RULE, decades, log_ticks, plain
from exocast.report.words import (
    amount,
    capital,
    counted,
    duration,
    friendly,
    interval,
    joined,
    named,
    percent,
    prose,
    raised,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "PLANE",
    "finding_of",
    "plane_drawing",
    "reasons",
    "recommendation_drawing",
    "recommendation_panels",
]

Record = Mapping[str, Any]

PLANE = "recommendation"
MOST = 6
"""Flags, and steps with losses, that are told of a train."""
TITLES = {one.key: one.name.replace(" ug", " µg") for one in FIGURES.values()}
HOUR = 3600.0


def recommendation_panels(result: Recommendation) -> tuple[Panel, ...]:
    """Return the parts of the page, in order."""
    return _first(result), _trains(result.record), _reasons(result), _measure(result.record)


def recommendation_drawing(result: Recommendation) -> Drawing:
    """Draw every train in the plane of recovery and purity, with 90 % of what is not known."""
    record = result.record
    note = "Bars: 90 % of what is not known. Blue: meets all that is asked."
    note += " Dashed: what is asked." if record["wishes"] else ""
    return plane_drawing(PLANE, record["trains"], record["purity"], record["wishes"], note)


def plane_drawing(
    name: str,
    trains: Sequence[Record],
    purity: str,
    wishes: Sequence[Record] = (),
    note: str = "Bars: 90 % of what is not known.",
    head: str = "in order",
) -> Drawing:
    """Draw trains in the plane of recovery and purity.

    Parameters
    ----------
    name : str
        Of the file.
    trains : sequence of mapping
        ``title`` and ``figures`` of each, ``met`` and ``scale_limits`` where something is asked.
    purity : str
        Key of the figure on the upright axis.
    wishes : sequence of mapping
        What is asked for, drawn as lines.
    note, head : str
        Under the plane, and over the list of names.
    """
    shown = [one for one in trains if _median(one, "recovery") and _median(one, purity)]
    height = max(4.6, 0.235 * len(shown) + 1.3)

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.085, 0.62 / height, 0.55, 1 - 1.02 / height))
        limits = []
        for key in ("recovery", purity):
            ends = [end for one in shown for end in one["figures"][key]["uncertainty"]]
            ends += [_median(one, key) for one in shown]
            ends += [wish["amount"] for wish in wishes if wish["key"] == key]
            limits.append(decades([end for end in ends if end], 0.15, 1.0) or (-2.0, 0.0))
        (left, right), (low, high) = limits
        left, low = max(left, -5.0), max(low, high - 7.0)
        for number, one in enumerate(shown, start=1):
            _place(axes, number, one, purity, (left, low))
        for wish in wishes:
            value = math.log10(wish["amount"])
            line = axes.axvline if wish["key"] == "recovery" else axes.axhline
            if wish["key"] in ("recovery", purity):
                line(value, color=RIVALS[1].line, linewidth=1.1, linestyle="--", zorder=1)
        axes.set_xlim(left, right)
        axes.set_ylim(low, high)
        log_ticks(axes.xaxis, left, right, fine=True)
        log_ticks(axes.yaxis, low, high, fine=True)
        axes.set_xlabel("recovery of vesicles from the source")
        axes.set_title(f"{TITLES[purity]}, against recovery")
        plain(axes, left=True)
        _names(figure, shown, height, head)
        figure.text(0.02, 0.12 / height, note, color=QUIET, fontsize=8)

    alt = f"Recovery and {TITLES[purity]} of {len(shown)} trains of isolation."
    return draw(name, alt, height, paint)


def _place(axes: Axes, number: int, one: Record, purity: str, floor: tuple[float, float]) -> None:
    """Draw one train: a cross of its ranges, and its number."""
    ink = RIVALS[0] if _meets(one) else NEUTRAL
    x, y = (math.log10(_median(one, key)) for key in ("recovery", purity))
    for key, least in (("recovery", floor[0]), (purity, floor[1])):
        ends = [
            max(math.log10(end), least) if end and end > 0 else least
            for end in one["figures"][key]["uncertainty"]
        ]
        across = (ends, [y, y]) if key == "recovery" else ([x, x], ends)
        axes.plot(*across, color=ink.light, linewidth=1.8, zorder=2, solid_capstyle="butt")
    axes.plot(
        x, y, "o", color=ink.line, markersize=11.0, markeredgecolor="white", zorder=4 - number / 100
    )
    axes.text(x, y, str(number), color="white", fontsize=7.0, ha="center", va="center_baseline",
              fontweight="bold", zorder=4 - number / 100)  # fmt: skip


def _names(figure: Figure, shown: Sequence[Record], height: float, head: str) -> None:
    """Write what the numbers are."""
    top, step = 1 - 0.42 / height, 0.235 / height
    for number, one in enumerate(shown, start=1):
        ink = RIVALS[0].line if _meets(one) else QUIET
        y = top - number * step
        figure.text(0.672, y, str(number), color=ink, fontsize=8.5, ha="right", fontweight="bold")
        figure.text(0.682, y, one["title"], color=INK, fontsize=8.5)
    figure.text(0.682, top, head, color=QUIET, fontsize=8.5, fontweight="bold")
    figure.add_artist(_rule(top, step))


def _rule(top: float, step: float) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([0.66, 0.985], [top - 0.25 * step] * 2, color=RULE, linewidth=0.8)


def finding_of(record: Record) -> str:
    """Return the recommendation in one or two sentences."""
    first, purity = record["trains"][0], record["purity"]
    words = (
        f"{capital(first['title'])}: {percent(_median(first, 'recovery'))} of the vesicles, "
        f"{_pure(first, purity)}, {duration(first['hours'] * HOUR)}."
    )
    if first["met"] and not all(one["met"] for one in first["met"]):
        missed = joined([one["text"] for one in first["met"] if not one["met"]])
        words = f"No train meets all that is asked; nearest is this one, short of {missed}. {words}"
    elif first["scale_limits"]:
        whole = all(one["scale_limits"] for one in record["trains"])
        who = "Every train" if whole else "It"
        words += f" {who} is at the limit of its scale: {prose(first['scale_limits'][0])}."
    elif first["met"]:
        words += f" It meets all of it in {percent(first['chance'])} of the members."
    return words


def reasons(train: Record) -> list[tuple[str, str]]:
    """Return why a train stands where it stands: losses, what remains, limits, time, use."""
    steps = sorted(train["steps"], key=lambda one: one["passed"])[:3]
    losses = [
        f"{one['title']} passes {percent(one['passed'])}"
        + (f" ({prose(one['lost_to'])}: {percent(one['lost'])})" if one["lost_to"] else "")
        for one in steps
    ]
    found = [("Losses", "; ".join(losses))]
    beside = [
        f"{amount(number)} {named(kind)} for each vesicle"
        for kind, number in train["remains"]["particles_for_each"].items()
        if number >= 1e-3
    ][:3]
    mass = [
        f"{friendly(value, 'kg')} {named(name)}"
        for name, value in train["remains"]["dissolved_kg"].items()
        if value >= 1e-12
    ]
    found.append(("Remains", "; ".join([*beside, *mass]) or "next to nothing"))
    found += [("Limit", prose(limit)) for limit in train["scale_limits"]]
    used = [_used(item, number) for item, number in train["consumables"].items()]
    worked = duration(train["hands_on_hours"] * HOUR)
    took = f"{duration(train['hours'] * HOUR)}, of which {worked} hands-on"
    found.append(("Takes", f"{took}; {', '.join(used)}"))
    return found


def _first(result: Recommendation) -> Panel:
    """Say which train stands first, over the plane."""
    record = result.record
    reading = (
        "Each number is a train, at its medians; higher is purer, further right keeps more. A "
        "train that another one beats on both axes has nothing to be said for it here."
    )
    caption = _best_by_axis(record)
    picture = Picture(PLANE, recommendation_drawing(result), caption, reading, result.to_csv())
    return Panel("answer", "Which train", "Answer", raised(finding_of(record)), (picture,))


def _best_by_axis(record: Record) -> str:
    """Say which train keeps most, and which is purest."""
    purity = record["purity"]
    most = max(record["trains"], key=lambda one: _median(one, "recovery"))
    pure = max(record["trains"], key=lambda one: _median(one, purity))
    return raised(
        f"{capital(most['title'])} keeps most ({percent(_median(most, 'recovery'))}); "
        f"{pure['title']} is purest ({_pure(pure, purity)})."
    )


def _trains(record: Record) -> Panel:
    """Return every train in order, and those that were refused."""
    keys = ["recovery", *(key for key in TITLES if key not in ("recovery", "vesicles"))]
    head = ("train", *(f"{TITLES[key]}|" for key in keys), "time|", "asked")
    rows = []
    for number, one in enumerate(record["trains"], start=1):
        cells = [Cell(f"{number} {one['title']}", number)]
        for key in keys:
            spread = one["figures"][key]
            ends = raised(interval(spread["uncertainty"]))
            cells.append(Cell(raised(_figure(one, key)), spread["median"], small=ends))
        worked = f"{duration(one['hands_on_hours'] * HOUR)} hands-on"
        cells += [Cell(duration(one["hours"] * HOUR), one["hours"], small=worked), _verdict(one)]
        rows.append(tuple(cells))
    caption = "Medians; below them 90 % of what is not known. Time is that of isolation."
    blocks: list[Block] = [Table("trains", head, tuple(rows), caption, searchable=True)]
    if record["left_out"]:
        entries = tuple((one["title"], prose(one["why"])) for one in record["left_out"])
        blocks.append(Items(entries, "Left out, and why"))
    finding = (
        f"{counted(len(rows), 'train')} on the same members; more of what is asked first, then "
        f"the product of recovery and {TITLES[record['purity']]}."
    )
    return Panel("trains", "Every train, in order", "Trains", finding, tuple(blocks))


def _verdict(one: Record) -> Cell:
    missed = [met["text"] for met in one["met"] if not met["met"]]
    missed += ["scale"] if one["scale_limits"] else []
    if missed:
        words = "short of " + "; ".join(missed).replace(" >= ", " ≥\N{NO-BREAK SPACE}")
        return Cell(raised(words.replace(" %", "\N{NO-BREAK SPACE}%")), tone="poor")
    return Cell("met" if one["met"] else "–", tone="good" if one["met"] else "")


def _reasons(result: Recommendation) -> Panel:
    """Return why each of them stands where it does."""
    blocks: list[Block] = []
    for number, one in enumerate(result.trains, start=1):
        flags = tuple(
            (f"{named(flag['where'])}:", prose(flag["message"])) for flag in one["flags"][:MOST]
        )
        inside: list[Block] = [Items(tuple((raised(a), raised(b)) for a, b in reasons(one)))]
        inside += [Items(flags, "Flags")] if flags else []
        inside.append(Code(one["design"], f"{one['name']}.toml", "As a Design that runs"))
        blocks.append(Folded(f"{number}  {one['title']}", tuple(inside)))
    finding = "Where the vesicles go, what stays with them, limits, time and use, train by train."
    return Panel("reasons", "Why", "Why", finding, tuple(blocks))


def _measure(record: Record) -> Panel:
    """Return the assumed values that move the order."""
    rows = tuple(
        (
            Cell(one["identity"], tone="key"),
            Cell(f"{10 ** one['orders']:.2g}×", one["orders"]),
            Cell(_title(record, one["first_at_low"])),
            Cell(_title(record, one["first_at_high"])),
            Cell("yes" if one["overturns"] else "no", tone="poor" if one["overturns"] else ""),
        )
        for one in record["measure"]
    )
    head = (
        "assumed value", "moves the first against the next|", "first at its 5 % end",
        "first at its 95 % end", "changes the order",
    )  # fmt: skip
    return Panel(
        "measure", "What to measure before you trust the order", "Measure",
        measure_sentence(record), (Table("measure", head, rows),) if rows else (),
    )  # fmt: skip


def measure_sentence(record: Record) -> str:
    """Return which assumed value moves the order most."""
    if not record["measure"]:
        return "No assumed value moves the first train against the next by more than a twentieth."
    one = record["measure"][0]
    words = (
        f"{one['identity']} is assumed, and moves the first train against the next by "
        f"{10 ** one['orders']:.2g}×"
    )
    if one["overturns"]:
        words += (
            f": first is “{_title(record, one['first_at_low'])}” at its 5 % end, "
            f"“{_title(record, one['first_at_high'])}” at its 95 % end"
        )
    else:
        words += "; within its range the same train stays first"
    return f"{words}."


def _title(record: Record, name: str) -> str:
    return next((str(one["title"]) for one in record["trains"] if one["name"] == name), name)


def _meets(one: Record) -> bool:
    """Return whether a train does all that is asked, at its scale."""
    return all(met["met"] for met in one.get("met", ())) and not one.get("scale_limits")


def _median(one: Record, key: str) -> float:
    return float(one["figures"][key]["median"] or 0.0)


def _figure(one: Record, key: str) -> str:
    """Write the median of a figure."""
    value = one["figures"][key]["median"]
    return percent(value) if key in ("recovery", "share_of_particles") else amount(value)


def _pure(one: Record, purity: str) -> str:
    """Write the purity of a train, with what it is of."""
    share = purity == "share_of_particles"
    return f"{_figure(one, purity)} {'of all particles' if share else TITLES[purity]}"


def _used(item: str, number: float) -> str:
    """Write what is used up: `4.97 L buffer`, `2 × column run`."""
    name, _, unit = item.partition(" [")
    written = f"{float(f'{number:.3g}'):g}"
    return f"{written} {unit.rstrip(']')} {name}" if unit else f"{written} × {name}"
