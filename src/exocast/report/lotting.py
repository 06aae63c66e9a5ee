"""The page of lots: what varies, what the next lot will be, and whether a change matters."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exocast.learn.lots import Lots
from exocast.report.blocks import Block, Cell, Items, Panel, Picture, Table, csv_text
from exocast.report.figures import Drawing, draw
from exocast.report.style import INK, NEUTRAL, QUIET, RIVALS, RULE, log_ticks, plain
from exocast.report.words import amount, capital, counted, joined, percent, raised

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["findings", "lots_drawing", "lots_panels"]

Record = Mapping[str, Any]

NAMES = {"donor": "donors", "lot": "lots", "repeat": "repeats of the assay"}
ROW = 2.35
"""Inches of a quantity."""
INKS = {"": NEUTRAL, "old": NEUTRAL, "new": RIVALS[0]}


def lots_panels(result: Lots) -> tuple[Panel, ...]:
    """Return the parts of the page, in order."""
    record = result.record
    changes = [one for one in record["quantities"] if one["equivalence"]]
    return (
        _first(result),
        _spread(record),
        *([_change(changes)] if changes else []),
        _limits_of_it(record),
    )


def findings(one: Record) -> list[tuple[str, str]]:
    """Return what is found of a quantity: a label and a sentence each."""
    found = [("Varies", _varies(one)), ("Next", _following(one)), ("Edges", _edges(one))]
    if one["expected"]:
        found.append(("Forecast", _expected(one)))
    if one["equivalence"]:
        found.append(("Change", _changed(one)))
        found += [("Plan", words) for words in _planned(one)]
    return found


def _varies(one: Record) -> str:
    """Say what the spread consists of."""
    parts = [
        f"{NAMES[part['name']]} {_deviation(part['median'], one)} "
        f"({_deviations(part['range'], one)}; {percent(part['share'], 1)} of the variance)"
        for part in one["components"]
    ]
    return (
        f"{capital(one['name'])}, {counted(len(one['lots']), 'lot')}"
        + (f" of {counted(one['donors'], 'donor')}" if one["donors"] else "")
        + f": {'; '.join(parts)}."
    )


def _following(one: Record) -> str:
    """Say what the next lot will read, and whether that is in specification."""
    held = one["next"]
    whose = " of the new process" if "new" in one["means"] else ""
    words = f"the next lot{whose} will read {_values(held['predicted'][::2], one)} (90 %)"
    if held["limits"]:
        asked = joined(held["spec"])
        words += f"; chance that it meets {asked}: {_chance(held['measured'])}"
        low, _, high = held["share"]
        words += f" (of all later lots {_chance(low)} to {_chance(high)})"
        if held["lot_itself"] is not None:
            words += f"; that the lot itself does, without the assay: {_chance(held['lot_itself'])}"
    return raised(capital(f"{words}."))


def _edges(one: Record) -> str:
    """Say what holds most lots, with what confidence."""
    held = one["next"]
    return raised(
        f"{_values(held['tolerance'], one)} hold {percent(held['content'])} of later lots with "
        f"{percent(held['confidence'])} confidence (a tolerance interval)."
    )


def _expected(one: Record) -> str:
    """Set the forecast beside what was measured."""
    held = one["expected"]
    middle, ends = held["measured"][1], held["measured"][::2]
    words = (
        f"batches differ by {_deviation(held['deviation'], one)} in the forecast "
        f"({held['title']}; {_deviations(held['range'], one)}), by {_deviation(middle, one)} here "
        f"({_deviations(ends, one)}), its own value being the middle of the prior; the chance that "
        f"yours differ more is {_chance(held['larger'])}."
    )
    return capital(words)


def _changed(one: Record) -> str:
    """Say whether the change of process matters."""
    held = one["equivalence"]
    if not held["difference"]:
        return f"Margin {_difference(held['margin'], one)}; no lot of a new process yet."
    low, middle, high = held["difference"]
    ends = raised(f"{_difference(low, one)} to {_difference(high, one)}")
    words = (
        f"new over old {_difference(middle, one)} (90 %: {ends})"
        if one["scale"] == "log"
        else f"new minus old {_difference(middle, one)} (90 %: {ends})"
    )
    if held["margin"] is None:
        return capital(f"{words}: equivalent within {_difference(held['shown_within'], one)} or "
                       "more; name the --margin that matters.")  # fmt: skip
    verdict = "shown" if held["shown"] else "not shown, which is no proof of a difference"
    return capital(
        f"{words}: equivalence within {_difference(held['margin'], one)} is {verdict} (chance that "
        f"the difference lies within it: {_chance(held['chance'])})."
    )


def _planned(one: Record) -> list[str]:
    """Say how many lots it takes: a sentence for each way to take donors."""
    told = []
    plans = one["equivalence"]["plans"]
    for paired in dict.fromkeys(plan["paired"] for plan in plans):
        plan, off = (held for held in plans if held["paired"] == paired)
        low, middle, high = (_lots(count, plan) for count in plan["needed"]["0.8"])
        surer, apart = _lots(plan["needed"]["0.9"][1], plan), _lots(off["needed"]["0.8"][1], off)
        whose = "the same donors for both" if paired else "a donor for each lot"
        true = "ratio" if one["scale"] == "log" else "difference"
        told.append(
            (f"with {whose}, " if _has(one, "donor") else "")
            + f"{middle} lots of each process show it in 4 of 5 trials if there is no difference "
            f"({low} – {high} by what is not known of the components; {surer} in 9 of 10; {apart} "
            f"if the true {true} is {_difference(off['difference'], one)})."
        )
    return [capital(words) for words in told]


def lots_drawing(result: Lots) -> Drawing:
    """Draw every lot, the interval of the next one, and what the spread consists of."""
    quantities = result.quantities
    height = ROW * len(quantities) + 0.3

    def paint(figure: Figure) -> None:
        for i, one in enumerate(quantities):
            base = 1 - (0.3 + ROW * (i + 1) - 0.55) / height
            tall = (ROW - 0.95) / height
            axes = figure.add_axes((0.075, base, 0.55, tall))
            _paint_lots(axes, one)
            _paint_components(figure.add_axes((0.79, base, 0.19, tall)), one)
        note = "Thick: 90 % of the next lot. Thin: 95 % sure to hold 90 % of lots."
        if any(one["next"]["limits"] for one in quantities):
            note += " Dashed: limits."
        if any("new" in one["means"] for one in quantities):
            note += " Blue: new process."
        figure.text(0.02, 0.08 / height, note, color=QUIET, fontsize=8)

    alt = "Readings of each lot, the interval of the next, and standard deviations by component: "
    return draw("lots", alt + joined([one["name"] for one in quantities]) + ".", height, paint)


def _paint_lots(axes: Axes, one: Record) -> None:
    """Draw the readings, by lot and donor, and the interval of the next lot."""
    log = one["scale"] == "log"

    def at(value: float) -> float:
        return math.log10(value) if log else value

    lots = sorted(one["lots"], key=lambda lot: (lot["donor"], lot["process"] != "old"))
    for x, lot in enumerate(lots):
        ink = INKS[lot["process"]]
        middle = sum(at(value) for value in lot["values"]) / len(lot["values"])
        axes.plot([x - 0.28, x + 0.28], [middle, middle], color=ink.line, linewidth=1.6, zorder=3)
        axes.plot([x] * len(lot["values"]), [at(value) for value in lot["values"]], "o",
                  color=ink.dark, markersize=4.2, zorder=2, markeredgecolor="white",
                  markeredgewidth=0.6)  # fmt: skip
        if x and lot["donor"] != lots[x - 1]["donor"]:
            axes.axvline(x - 0.5, color=RULE, linewidth=0.8, zorder=0)
    held, ink = one["next"], INKS["new" if "new" in one["means"] else ""]
    last = len(lots) + 0.3
    axes.plot([last, last], [at(end) for end in held["tolerance"]], color=ink.dark, linewidth=1.1)
    axes.plot([last, last], [at(end) for end in held["predicted"][::2]], color=ink.dark,
              linewidth=6, solid_capstyle="butt")  # fmt: skip
    axes.plot(last, at(held["predicted"][1]), "o", color=ink.line, markersize=5.5,
              markeredgecolor="white")  # fmt: skip
    for end in held["limits"] or ():
        if end is not None and (end > 0 or not log):
            axes.axhline(at(end), color=RIVALS[1].line, linewidth=1.1, linestyle="--", zorder=1)
    names = [lot["name"] for lot in lots] if len(lots) <= 14 else ["" for _ in lots]
    axes.set_xticks([*range(len(lots)), last], [*names, "next"])
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.7, last + 0.5)
    low, high = axes.get_ylim()
    if log:
        _ratio_ticks(axes, low, high)
    axes.set_title(raised(f"{one['name']}" + (f", {one['unit']}" if one["unit"] else "")))
    plain(axes, left=True)


def _ratio_ticks(axes: Axes, low: float, high: float) -> None:
    """Label a logarithmic axis by 1, 2, 5 where it spans few decades, by decades where many."""
    if high - low > 2.2:
        log_ticks(axes.yaxis, low, high)
        return
    steps = (1, 2, 5) if high - low > 0.5 else (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
    ticks = [
        math.log10(step) + decade
        for decade in range(math.floor(low), math.ceil(high) + 1)
        for step in steps
        if low <= math.log10(step) + decade <= high
    ]
    axes.set_yticks(ticks, [raised(_digits(10**tick)) for tick in ticks])
    axes.set_ylim(low, high)


def _paint_components(axes: Axes, one: Record) -> None:
    """Draw the standard deviation of each component with its 90 % range."""
    log = one["scale"] == "log"

    def at(value: float) -> float:
        return 100 * _variation(value) if log else value

    for y, part in enumerate(one["components"]):
        axes.plot([at(end) for end in part["range"]], [y, y], color=NEUTRAL.light, linewidth=7,
                  solid_capstyle="butt", zorder=1)  # fmt: skip
        axes.plot(at(part["median"]), y, "o", color=NEUTRAL.line, markersize=5.5, zorder=3,
                  markeredgecolor="white")  # fmt: skip
    names = [NAMES[part["name"]].removesuffix(" of the assay") for part in one["components"]]
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(left=0)
    unit = "coefficient of variation, %" if log else one["unit"]
    axes.set_xlabel(unit)
    axes.set_title("what varies")
    plain(axes)


def _first(result: Lots) -> Panel:
    """Say what the next lot will be, over the figure."""
    record = result.record
    sentences = [_following(one) for one in record["quantities"]]
    blocks: list[Block] = []
    if record["all"]:
        least, most = record["all"]["least"], record["all"]["most"]
        sentences.append(
            f"at once between {_chance(least)} and {_chance(most)}; how quantities go "
            "together is not modelled."
        )
    if len(record["quantities"]) > 1:
        named = [capital(one["name"]) for one in record["quantities"]]
        titles = [f"{one}:" for one in (*named, *["All limits"] * bool(record["all"]))]
        blocks.append(Items(tuple(zip(titles, sentences, strict=True))))
        asked = [one for one in record["quantities"] if one["next"]["limits"]]
        finding = (
            f"{counted(len(record['quantities']), 'quantity', 'quantities')} of "
            f"{record['file']['name']}"
        )
        finding += "".join(
            f"; {one['name']}: {_chance(one['next']['measured'])} that the next lot is within"
            for one in asked
        )
        finding = f"{finding}."
    else:
        finding = sentences[0]
    reading = (
        "Dots are readings, lines the means of lots, upright rules part donors. What is thick "
        "holds the next lot with 90 %; what is thin is a tolerance interval, wider the fewer lots "
        "there are."
    )
    caption = _varies(max(record["quantities"], key=lambda one: one["components"][0]["share"]))
    blocks.append(Picture("lots", lots_drawing(result), caption, reading, _readings(record)))
    return Panel("answer", "The next lot", "Next lot", finding, tuple(blocks))


def _readings(record: Record) -> str:
    """Return every reading as CSV."""
    head = ("quantity", "unit", "donor", "lot", "process", "value")
    lines = [
        (one["name"], one["unit"], lot["donor"], lot["name"], lot["process"], value)
        for one in record["quantities"]
        for lot in one["lots"]
        for value in lot["values"]
    ]
    return csv_text(head, lines)


def _spread(record: Record) -> Panel:
    """Return the components of every quantity."""
    rows: list[tuple[Cell, ...]] = []
    for one in record["quantities"]:
        rows.append((Cell(capital(one["name"])),))
        rows += [
            (
                Cell(NAMES[part["name"]]),
                Cell(_deviation(part["median"], one), part["median"], tone="strong"),
                Cell(_deviations(part["range"], one)),
                Cell(_deviation(part["most_likely"], one), part["most_likely"]),
                Cell(percent(part["share"], 1), part["share"]),
                Cell(str(part["freedom"]), part["freedom"]),
            )
            for part in one["components"]
        ]
    head = ("between", "median|", "90 %|", "most likely|", "of the variance|", "freedom|")
    caption = (
        "Coefficients of variation, or standard deviations where a quantity may be negative. Most "
        "likely: the maximum of the restricted likelihood, which few lots put at nothing too "
        "often. Freedom: comparisons that a number rests on; below 3 its prior speaks as loud as "
        "the lots."
    )
    blocks: list[Block] = [Table("components", head, tuple(rows), caption)]
    blocks += [
        Items(((f"{capital(one['name'])}:", _expected(one)),), "Beside the forecast")
        for one in record["quantities"]
        if one["expected"]
    ]
    return Panel("spread", "What varies", "Spread", _varies(record["quantities"][0]), tuple(blocks))


def _change(changes: Sequence[Record]) -> Panel:
    """Say whether the change matters, and what it takes to show that it does not."""
    entries = tuple((f"{capital(one['name'])}:", _changed(one)) for one in changes[1:])
    blocks: list[Block] = [Items(entries)] if entries else []
    for i, one in enumerate(changes):
        plans = one["equivalence"]["plans"]
        if not plans:
            continue
        reading = (
            "Lines: the chance that two one-sided tests at 5 % show equivalence, averaged over "
            "what is not known of the components. Band: 90 % of it, for the first."
        )
        words = raised(_planned(one)[0])
        drawing = _power_drawing(one, f"power-{i + 1}")
        head = ("plan", "lots", "power", "low", "high")
        data = [
            (_plan_name(plan, one), lots, power, *ends)
            for plan in plans
            for lots, power, ends in zip(plan["lots"], plan["power"], plan["range"], strict=True)
        ]
        blocks.append(Picture(f"power-{i + 1}", drawing, words, reading, csv_text(head, data)))
    finding = f"{capital(changes[0]['name'])}: {_changed(changes[0])}"
    return Panel("change", "Whether a change of process matters", "Change", finding, tuple(blocks))


def _power_drawing(one: Record, name: str) -> Drawing:
    """Draw power against lots of each process."""
    plans = one["equivalence"]["plans"]
    height = 3.2

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.075, 0.55 / height, 0.55, 1 - 0.95 / height))
        for i, (plan, ink) in enumerate(zip(plans, RIVALS, strict=False)):
            x = [math.log2(lots) for lots in plan["lots"]]
            axes.plot(x, [100 * value for value in plan["power"]], ink.dash, color=ink.line,
                      marker=ink.marker, markersize=4, label=_plan_name(plan, one))  # fmt: skip
            if not i:
                low, high = zip(*plan["range"], strict=True)
                axes.fill_between(x, [100 * v for v in low], [100 * v for v in high],
                                  color=ink.light, linewidth=0, zorder=0)  # fmt: skip
        for target in (80, 90):
            axes.axhline(target, color=RULE, linewidth=0.8, zorder=0)
        lots = plans[0]["lots"]
        axes.set_xticks([math.log2(count) for count in lots], [str(count) for count in lots])
        axes.set_ylim(0, 101)
        axes.set_xlabel("lots of each process")
        margin = _difference(one["equivalence"]["margin"], one)
        axes.set_title(f"{one['name']}: chance to show equivalence within {margin}, %")
        plain(axes, left=True)
        axes.legend(loc="center left", bbox_to_anchor=(1.03, 0.5), frameon=False, fontsize=8.5)

    return draw(name, f"Power against lots of each process, {one['name']}.", height, paint)


def _plan_name(plan: Record, one: Record) -> str:
    """Name a plan."""
    if not _off(plan, one):
        true = "no difference"
    elif one["scale"] == "log":
        true = f"true ratio {_difference(plan['difference'], one)}"
    else:
        true = f"true difference {_difference(plan['difference'], one)}"
    if not _has(one, "donor"):
        return true
    return f"{true}, {'same donors' if plan['paired'] else 'a donor each'}"


def _limits_of_it(record: Record) -> Panel:
    """Say what these lots cannot tell."""
    told: dict[str, list[str]] = {}
    for one in record["quantities"]:
        for words in one["cannot"]:
            told.setdefault(words, []).append(one["name"])
    entries = [
        (f"{capital(joined(names))}:" if len(names) < len(record["quantities"]) else "", words)
        for words, names in told.items()
    ]
    entries += [("Passed over:", words) for words in record["notes"]]
    one = record["quantities"][0]
    lots = len(one["lots"])
    finding = (
        f"{counted(lots, 'lot')} tell the middle of what is made; of its edges they tell little."
    )
    priors = [
        f"{held['name']}, {_deviation(held['prior'][1], held)} between donors and between lots, "
        f"{_deviation(held['prior'][2], held)} between repeats"
        for held in record["quantities"]
    ]
    method = (
        "A mean for each process; donors, lots and repeats normal about it, on logarithms unless a "
        "reading is negative; restricted likelihood on a grid; half-Cauchy priors of the standard "
        f"deviations with these medians: {'; '.join(priors)}."
    )
    blocks: list[Block] = [Items(tuple(entries)), Items((("How:", method),))]
    return Panel("cannot", "What so few lots cannot tell", "Limits", finding, tuple(blocks))


def _has(one: Record, component: str) -> bool:
    return any(part["name"] == component for part in one["components"])


def _off(plan: Record, one: Record) -> bool:
    """Return whether a plan allows for a true difference."""
    return bool(plan["difference"] != (1.0 if one["scale"] == "log" else 0.0))


def _lots(count: int | None, plan: Record) -> str:
    return f"more than {plan['most']}" if count is None else str(count)


def _variation(deviation: float) -> float:
    """Return the coefficient of variation of a lognormal quantity."""
    return math.sqrt(math.expm1(min(deviation**2, 50.0)))


def _deviation(deviation: float, one: Record) -> str:
    """Write a standard deviation: in per cent where it is one of logarithms."""
    if one["scale"] == "log":
        return percent(_variation(deviation))
    return f"{amount(deviation)} {one['unit']}".strip()


def _deviations(ends: Sequence[float], one: Record) -> str:
    return f"{_deviation(ends[0], one)} – {_deviation(ends[1], one)}"


def _values(ends: Sequence[float], one: Record) -> str:
    """Write a range in the unit of a quantity."""
    low, high = (_digits(end) for end in ends)
    return raised(f"{low} – {high} {one['unit']}".strip())


def _digits(value: float) -> str:
    """Write a value with three digits at most, negative ones too."""
    size = f"{value:.3g}" if 1e-2 <= abs(value) < 1e4 else f"{value:.2g}"
    return re.sub(r"e([+-])0*", lambda found: "e" + found[1].replace("+", ""), size)


def _difference(value: float, one: Record) -> str:
    """Write a ratio, or a difference with its unit."""
    if one["scale"] == "log":
        return f"{value:.3g}×" if value < 100 else f"{value:.2g}×"
    return f"{_digits(value)} {one['unit']}".strip()


def _chance(share: float) -> str:
    """Write a chance; nothing here is certain."""
    if share > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if share < 0.001 else percent(share)
