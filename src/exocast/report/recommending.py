"""The page of a recommendation: the plane, the ways in order with reasons, what to measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exocast.learn.recommend import Recommendation
from exocast.learn.wishes import FIGURES
from exocast.report.blocks import Block, Cell, Code, Folded, Items, Panel, Picture, Table
from exocast.report.figures import Drawing
from exocast.report.plane import TITLES, median_of, plane_drawing
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
    times,
)

__all__ = [
    "PLANE",
    "finding_of",
    "limit_of",
    "near_sentence",
    "reasons",
    "recommendation_drawing",
    "recommendation_panels",
    "refused",
    "shown_figures",
    "spread_of",
    "written",
]

Record = Mapping[str, Any]

PLANE = "recommendation"
MOST = 6
"""Flags, and steps with losses, that are told of a train."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "isolation": {
        "one": "train", "which": "Which train", "better": "higher is purer", "best": "is purest",
        "of": "of isolation", "time": "Time is that of isolation, below it the operator's.",
        "why": "Where the vesicles go, what stays with them, limits, time and use, train by train.",
    },
    "loading": {
        "one": "way", "which": "Which way to load", "better": "higher holds more",
        "best": "holds most", "of": "to load",
        "time": "Time is that of the cells, isolation, loading and "
        "clean-up, below it the operator's.",
        "why": "Where vesicles and cargo go, what stays outside, limits, time and use, way by way.",
    },
}  # fmt: skip
"""What a page calls things, by what is recommended."""
HOUR = 3600.0
OF = {
    "share_of_particles": "of all particles",
    "loaded_vesicles": "of the vesicles loaded",
    "protected_share": "of the cargo protected",
    "of_input": "of the cargo inside",
}
"""What a share is of."""
ALL = 0.9995
"""Share that is written as all of it."""
TOLD = ("of_input", "intact_cargo", "surface_kept")
"""Figures that stand with the reasons and not in the table, unless they are asked for."""
NEAR = 3.0
"""Factor of the score within which an order is no finding: most values are no better known."""


def recommendation_panels(result: Recommendation) -> tuple[Panel, ...]:
    """Return the parts of the page, in order."""
    return _first(result), _trains(result.record), _reasons(result), _measure(result.record)


def recommendation_drawing(result: Recommendation) -> Drawing:
    """Draw every train in the plane of recovery and purity, with 90 % of what is not known."""
    record = result.record
    words = WORDS[record["subject"]]
    note = "Bars: 90 % of what is not known. Blue: meets all that is asked."
    note += " Dashed: what is asked." if record["wishes"] else ""
    if any(one["rivals"] for one in record["trains"]):
        note += " Hollow: the same if the rival of what is contested holds."
    ways = f"{words['one']}s {words['of']}"
    return plane_drawing(PLANE, record["trains"], record["by"], record["wishes"], note, ways=ways)


def finding_of(record: Record) -> str:
    """Return the recommendation in one or two sentences."""
    first, purity = record["trains"][0], record["by"]
    words = (
        f"{capital(first['title'])}: {percent(median_of(first, 'recovery'))} of the vesicles, "
        f"{_told(first, purity)}, {duration(first['hours'] * HOUR)}."
    )
    noun = WORDS[record["subject"]]["one"]
    if first["met"] and not all(one["met"] for one in first["met"]):
        missed = joined([one["text"] for one in first["met"] if not one["met"]])
        words = f"No {noun} meets all that is asked; nearest is this, short of {missed}. {words}"
    elif first["scale_limits"]:
        whole = all(one["scale_limits"] for one in record["trains"])
        who = f"Every {noun}" if whole else "It"
        what = "at the limit of its scale" if limit_of(first) == "scale" else "not sound"
        words += f" {who} is {what}: {prose(first['scale_limits'][0])}."
    elif first["met"]:
        words += f" It meets all of it in {percent(first['chance'])} of the members."
    return words


def near_sentence(record: Record) -> str:
    """Say which others do about as well as the first; nothing where none does."""
    first, *others = record["trains"]
    near = [
        one["title"]
        for one in others
        if len(one["met"]) == len(first["met"])
        and sum(met["met"] for met in one["met"]) == sum(met["met"] for met in first["met"])
        and bool(one["scale_limits"]) == bool(first["scale_limits"])
        and one["score"] * NEAR > first["score"]
    ]
    if not near:
        return ""
    return (
        f"within a factor of {NEAR:g} of the first, an order that the values do not settle: "
        f"{'; '.join(near)}"
    )


def reasons(train: Record) -> list[tuple[str, str]]:
    """Return why a train stands where it stands: losses, what remains, limits, time, use."""
    steps = sorted(train["steps"], key=lambda one: one["passed"])[:3]
    losses = [
        f"{_step_named(one, steps)} passes {percent(one['passed'])}"
        + (f" ({prose(one['lost_to'])}: {percent(one['lost'])})" if one["lost_to"] else "")
        for one in steps
    ]
    found = [("Losses", "; ".join(losses))]
    kept = [f"{_figure(train, key)} {TITLES[key]}" for key in TOLD if key in train["figures"]]
    found += [("Cargo", ", ".join(kept))] if kept else []
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
    leaves = train["remains"].get("leaves_scaffold")
    if leaves is not None:
        words = f"{percent(leaves)} of what the scaffold holds leaves it in the target cell"
        found.append(("Scaffold", words))
    outside = train["remains"].get("cargo_for_each", {})
    told = [f"{amount(ratio)} {where}" for where, ratio in outside.items() if ratio >= 1e-3]
    if told:
        found.append(("Outside", f"for each copy inside, {', '.join(told)}"))
    found += [("Rival", _contested(rival)) for rival in train["rivals"]]
    found += [("Limit", prose(limit)) for limit in train["scale_limits"]]
    used = [_used(item, number) for item, number in train["consumables"].items()]
    worked = duration(train["hands_on_hours"] * HOUR)
    took = f"{duration(train['hours'] * HOUR)}, of which {worked} hands-on"
    found.append(("Takes", f"{took}; {', '.join(used)}"))
    return found


def _step_named(one: Record, others: Sequence[Record]) -> str:
    """Return what a step does, and its name where another one does the same."""
    alike = sum(other["title"] == one["title"] for other in others) > 1
    return f"{one['title']} ({one['step']})" if alike and one["step"] else str(one["title"])


def _contested(rival: Record) -> str:
    """Say what a way gives under a rival of what is contested in it."""
    figures = rival["figures"]
    told = [f"{written(key, figures[key])} {TITLES[key]}" for key in list(figures)[:3]]
    return f"if {rival['phrase']}: {', '.join(told)}"


def limit_of(one: Record) -> str:
    """Return what a way is at the limit of: its scale, or what a serious flag says of it."""
    sound = all(flag["severity"] != "serious" for flag in one["flags"])
    scaled = any(flag.get("limit") == "scale" for flag in one["flags"])
    return "scale" if sound or scaled else "soundness"


def refused(record: Record) -> list[tuple[str, str]]:
    """Return what was left out, and why: one entry for a reason."""
    held: dict[str, list[str]] = {}
    for one in record["left_out"]:
        held.setdefault(one["why"], []).append(one["title"])
    return [
        (joined(titles) if len(titles) < 3 else f"{titles[0]} and {len(titles) - 1} more", why)
        for why, titles in held.items()
    ]


def _first(result: Recommendation) -> Panel:
    """Say which train stands first, over the plane."""
    record = result.record
    words = WORDS[record["subject"]]
    reading = (
        f"Each number is a {words['one']}, at its medians; {words['better']}, further right keeps "
        f"more. A {words['one']} that another one beats on both axes has nothing to be said for it "
        "here."
    )
    caption = _best_by_axis(record)
    picture = Picture(PLANE, recommendation_drawing(result), caption, reading, result.to_csv())
    return Panel("answer", words["which"], "Answer", raised(finding_of(record)), (picture,))


def _best_by_axis(record: Record) -> str:
    """Say which one keeps most, and which has most of the other figure."""
    best = WORDS[record["subject"]]["best"]
    purity = record["by"]
    most = max(record["trains"], key=lambda one: median_of(one, "recovery"))
    pure = max(record["trains"], key=lambda one: median_of(one, purity))
    return raised(
        f"{capital(most['title'])} keeps most ({percent(median_of(most, 'recovery'))}); "
        f"{pure['title']} {best} ({_told(pure, purity)})."
    )


def _trains(record: Record) -> Panel:
    """Return every train in order, and those that were refused."""
    words = WORDS[record["subject"]]
    keys = shown_figures(record)
    head = (words["one"], *(f"{TITLES[key]}|" for key in keys), "time|", "asked")
    rows = []
    for number, one in enumerate(record["trains"], start=1):
        cells = [Cell(f"{number} {one['title']}", number)]
        for key in keys:
            spread = one["figures"][key]
            low_high = spread["uncertainty"]
            masses = FIGURES[key].unit == "kg"
            ends = (
                " … ".join(friendly(end or 0.0, "kg") for end in low_high)
                if masses
                else spread_of(key, low_high)
            )
            cells.append(Cell(raised(_figure(one, key)), spread["median"], small=ends))
        worked = duration(one["hands_on_hours"] * HOUR)
        cells += [Cell(duration(one["hours"] * HOUR), one["hours"], small=worked), _verdict(one)]
        rows.append(tuple(cells))
    caption = f"Medians; below them 90 % of what is not known. {words['time']}"
    blocks: list[Block] = [Table("trains", head, tuple(rows), caption, searchable=True)]
    if record["left_out"]:
        entries = tuple((raised(title), prose(why)) for title, why in refused(record))
        blocks.append(Items(entries, "Left out, and why"))
    near = near_sentence(record)
    if near:
        blocks.insert(1, Items((("About as good", near),)))
    finding = (
        f"{counted(len(rows), words['one'])} on the same members; more of what is asked first, "
        f"then the product of recovery and {TITLES[record['by']]}."
    )
    title, short = f"Every {words['one']}, in order", f"{words['one'].capitalize()}s"
    return Panel("trains", title, short, finding, tuple(blocks))


def _verdict(one: Record) -> Cell:
    missed = [met["text"] for met in one["met"] if not met["met"]]
    missed += [limit_of(one)] if one["scale_limits"] else []
    if missed:
        if missed == ["soundness"]:
            return Cell("not sound", tone="poor")
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
    why = WORDS[result.record["subject"]]["why"]
    return Panel("reasons", "Why", "Why", why, tuple(blocks))


def _measure(record: Record) -> Panel:
    """Return the assumed values that move the order."""
    rows = tuple(
        (
            Cell(one["identity"], tone="key"),
            Cell(times(10 ** one["orders"]), one["orders"]),
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
        return "No assumed value moves the first against the next by more than a twentieth."
    one = record["measure"][0]
    words = (
        f"{one['identity']} is assumed, and moves the first against the next by "
        f"{times(10 ** one['orders'])}"
    )
    if one["overturns"]:
        words += (
            f": first is “{_title(record, one['first_at_low'])}” at its 5 % end, "
            f"“{_title(record, one['first_at_high'])}” at its 95 % end"
        )
    else:
        words += "; within its range the same stays first"
    return f"{words}."


def _title(record: Record, name: str) -> str:
    return next((str(one["title"]) for one in record["trains"] if one["name"] == name), name)


def _figure(one: Record, key: str) -> str:
    """Write the median of a figure."""
    return written(key, one["figures"][key]["median"])


def written(key: str, value: Any) -> str:
    """Write a figure in its unit."""
    if FIGURES[key].unit == "kg":
        return friendly(value or 0.0, "kg")
    if FIGURES[key].unit != "1":
        return amount(value)
    return percent(1.0 if value and value > ALL else value)


def spread_of(key: str, ends: Sequence[float | None]) -> str:
    """Write the two ends of a figure: a share in per cent, as its median is."""
    low, high = ends
    if FIGURES[key].unit != "1" or low is None or high is None:
        return raised(interval(ends))
    low, high = (1.0 if end > ALL else end for end in (low, high))
    return f"{percent(low, 1).removesuffix(' %')} – {percent(high, 1)}"


def shown_figures(record: Record) -> list[str]:
    """Return the figures of a table, recovery first."""
    wished = [wish["key"] for wish in record["wishes"]]
    aside = [key for key in (*TOLD, "recovery", "vesicles") if key not in wished]
    held = [key for key in record["trains"][0]["figures"] if key not in aside]
    return ["recovery", *(key for key in held if key != "recovery")]


def _told(one: Record, key: str) -> str:
    """Write a figure with what it is, or what it is a share of."""
    return f"{_figure(one, key)} {OF.get(key, TITLES[key])}"


def _used(item: str, number: float) -> str:
    """Write what is used up: `4.97 L buffer`, `2 × column run`."""
    name, _, unit = item.partition(" [")
    count, unit = f"{float(f'{number:.3g}'):g}", unit.rstrip("]").replace("m^2", "m²")
    return f"{count} {unit} {name}" if unit else f"{count} × {name}"
