"""The pages of a comparison, sweep, search, fit and recommendation: the finding, then numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from exocast.learn.comparison import Comparison
from exocast.learn.fitted import Fitted
from exocast.learn.goal import Sought
from exocast.learn.lots import Lots
from exocast.learn.recommend import Recommendation
from exocast.learn.saving import Result, kind_of_result
from exocast.learn.shelf_life import ShelfLife
from exocast.learn.sweep import Sweep
from exocast.report.blocks import (
    Block,
    Card,
    Cards,
    Cell,
    Code,
    Folded,
    Items,
    Panel,
    Picture,
    Table,
    Text,
)
from exocast.report.comparing import COMPARISON, comparison_drawing, isolation_panels
from exocast.report.figures import Drawing
from exocast.report.fitting import fit_drawing, fit_panels
from exocast.report.lotting import lots_drawing, lots_panels
from exocast.report.recommending import (
    recommendation_drawing,
    recommendation_panels,
)
from exocast.report.shelving import shelf_drawing, shelf_panels
from exocast.report.sweeping import GOAL, SWEEP, goal_drawing, sweep_drawing
from exocast.report.words import (
    amount,
    capital,
    conditional,
    counted,
    counted_in,
    each_way,
    head_title,
    interval,
    named,
    orders,
    percent,
    prose,
    raised,
    stated,
    stated_range,
    times,
)

__all__ = ["drawing_of", "panels_of_result", "title_of"]

Record = Mapping[str, Any]

MOST = 8
"""Flags that are shown."""
_DIGITS = re.compile(r"[\d.e+-]+")


def title_of(result: Result) -> tuple[str, str]:
    """Return what a result is, and what its page is called."""
    if isinstance(result, Comparison):
        return "comparison", " against ".join(
            (", ".join(pair["other"] for pair in result.pairs), result.pairs[0]["base"])
        )
    return kind_of_result(result), str(result.record["title"])


def drawing_of(result: Result) -> Drawing:
    """Return the figure of a result."""
    if isinstance(result, Comparison):
        return comparison_drawing(result)
    if isinstance(result, Fitted):
        return fit_drawing(result)
    if isinstance(result, Recommendation):
        return recommendation_drawing(result)
    if isinstance(result, Lots):
        return lots_drawing(result)
    if isinstance(result, ShelfLife):
        return shelf_drawing(result)
    return sweep_drawing(result) if isinstance(result, Sweep) else goal_drawing(result)


def panels_of_result(result: Result) -> tuple[Panel, ...]:
    """Return the parts of the page, in order."""
    if isinstance(result, Comparison):
        found = [
            _compared(result),
            *isolation_panels(result),
            _settings(result),
            *_cascades(result),
        ]
    elif isinstance(result, Sweep):
        found = [_swept(result), _points(result)]
    elif isinstance(result, Fitted):
        found = [*fit_panels(result)]
    elif isinstance(result, Recommendation):
        found = [*recommendation_panels(result)]
    elif isinstance(result, Lots):
        found = [*lots_panels(result)]
    elif isinstance(result, ShelfLife):
        found = [*shelf_panels(result)]
    else:
        found = [_sought(result), _evaluations(result.record)]
    return (*found, _reproduce(result))


def _compared(comparison: Comparison) -> Panel:
    """Say how the answers differ."""
    pairs = comparison.pairs
    finding = " ".join(capital(prose(pair["sentence"])) for pair in pairs)
    drawing = comparison_drawing(comparison)
    figure = Picture(COMPARISON, drawing, _largest(pairs[0]), "", comparison.to_csv())
    blocks: list[Block] = [Cards(tuple(_card(pair) for pair in pairs)), figure]
    return Panel("answer", "The answer", "Answer", finding, tuple(blocks))


def _card(pair: Record) -> Card:
    """Say of one pair what the answer is multiplied by, and what the two share."""
    lines: list[tuple[str, str]] = []
    row = next((row for row in pair["rows"] if row["name"] == pair["answer"]), None)
    shown = _shown(row) if row else ()
    alike = len({_ratio(entry) for entry in shown}) == 1
    for entry in shown[:1] if alike else shown:
        condition = "the answer" if alike else f"if {entry['phrase']}"
        lines.append((condition, _ratio(entry)))
        if entry["share_equal"] < 1:
            lines.append(("90 % uncertainty", interval(entry["ratio"]["uncertainty"], 2)))
            lines.append(("members with more", percent(entry["share_greater"])))
    drawn = pair["drawn"]
    remark = f"Times {pair['base']}, member by member."
    if drawn is not None:
        remark += f" {counted(drawn['shared'], 'drawn value')} shared"
        alone = drawn["base_only"] + drawn["other_only"]
        remark += f", {alone} of one side alone." if alone else "."
    return Card(pair["other"], tuple(lines) or (("no common answer", ""),), remark)


def _largest(pair: Record) -> str:
    """Name the row in which two sides begin to differ, and the one in which they differ most."""
    moved = []
    for row in pair["rows"]:
        entry = row["by_hypothesis"][0]
        ratio = entry["ratio"]["median"]
        if ratio and entry["share_equal"] < 1 and abs(ratio - 1) > 0.01:
            moved.append((row["title"], ratio))
    if not moved:
        return "No row of the cascade differs by more than 1 %."
    title, ratio = moved[0]
    most = max(moved, key=lambda one: max(one[1], 1 / one[1]))
    words = f"The first row that differs is “{title}” ({times(ratio)})"
    if abs(math.log(most[1] / ratio)) > math.log(1.5):
        words += f"; they are farthest apart at “{most[0]}” ({times(most[1])})"
    return f"{words}."


def _settings(comparison: Comparison) -> Panel:
    """Say what the sides say differently."""
    blocks: list[Block] = []
    count = 0
    for pair in comparison.pairs:
        count += len(pair["settings"])
        if not pair["settings"]:
            blocks.append(Text(f"{pair['other']} and {pair['base']} say the same."))
            continue
        rows = tuple(
            (Cell(one["address"], tone="key"), Cell(one["base"] or "·"), Cell(one["other"] or "·"))
            for one in pair["settings"]
        )
        name = f"settings-{len(blocks) + 1}"
        blocks.append(Table(name, ("setting", pair["base"], pair["other"]), rows))
    finding = f"{counted(count, 'setting differs', 'settings differ')}; all else is the same."
    return Panel("settings", "What they say differently", "Settings", finding, tuple(blocks))


def _cascades(comparison: Comparison) -> list[Panel]:
    """Return every row of every pair."""
    blocks: list[Block] = []
    for pair in comparison.pairs:
        rows: list[tuple[Cell, ...]] = []
        head = ""
        for row in pair["rows"]:
            if row["head"] != head:
                head = row["head"]
                rows.append((Cell(head_title(row)),))
            rows += [_line(row, entry) for entry in _shown(row)]
        titles = (
            "", f"{pair['base']}|", f"{pair['other']}|", "ratio|", "90 % uncertainty|",
            "90 % variability|", "more in|",
        )  # fmt: skip
        caption = f"{pair['other']} against {pair['base']}, member by member."
        blocks.append(Table(f"rows-{len(blocks) + 1}", titles, tuple(rows), caption))
    finding = "Medians of both sides, and of the ratio that each member has to its twin."
    return [Panel("rows", "Every row of the cascade", "Rows", finding, tuple(blocks))]


def _line(row: Record, entry: Record) -> tuple[Cell, ...]:
    ratio = entry["ratio"]
    title = conditional(f"{row['title']},", entry) if row["contested"] else row["title"]
    return (
        Cell(title),
        Cell(stated(entry["base"]["median"], row["unit"])),
        Cell(stated(entry["other"]["median"], row["unit"])),
        Cell(_ratio(entry), tone="strong"),
        Cell("·" if entry["share_equal"] == 1 else _range(ratio["uncertainty"])),
        Cell("·" if entry["share_equal"] == 1 else _range(ratio["variability"])),
        Cell("·" if entry["share_equal"] == 1 else percent(entry["share_greater"])),
    )


def _ratio(entry: Record) -> str:
    """Write the ratio; exactly 1 where nothing differs."""
    if entry["share_equal"] == 1:
        return "1×, exactly" if entry["identical"] else "1×"
    if entry["ratio"]["median"] is not None:
        return times(entry["ratio"]["median"])
    return "from nothing" if entry["share_from_nothing"] else "none is left"


def _shown(row: Record) -> Sequence[Record]:
    """Return one entry for each rival; one in all where rivals agree."""
    entries: Sequence[Record] = row["by_hypothesis"]
    return entries if row["contested"] else entries[:1]


def _swept(sweep: Sweep) -> Panel:
    """Say where the answer is largest."""
    record = sweep.record
    axes = " and ".join(axis["address"] for axis in record["axes"])
    figure = Picture(SWEEP, sweep_drawing(sweep), _moves(record), "", sweep.to_csv())
    blocks: list[Block] = [figure]
    told: dict[str, tuple[str, str]] = {}
    for point in record["points"]:
        for flag in point["flags"]:
            where = raised(f"from {', '.join(point['texts'])} on:")
            told.setdefault(_DIGITS.sub("", flag["message"]), (where, prose(flag["message"])))
    if told:
        shown = tuple(told.values())[:MOST]
        blocks.append(Items(shown, title="Flags, each where it is first raised"))
    return Panel("answer", f"The answer over {axes}", "Answer", _largest_of(record), tuple(blocks))


def _rivals(record: Record) -> int:
    return len(record["points"][0]["by_hypothesis"]) if record["contested"] else 1


def _largest_of(record: Record) -> str:
    """Say where the answer is largest under each rival, and how far that is from the need."""
    row = record["answer"]
    found: list[tuple[str, str, Record]] = []
    for index in range(_rivals(record)):
        best = max(record["points"], key=lambda one: one["by_hypothesis"][index]["median"] or 0.0)
        entry = best["by_hypothesis"][index]
        words = stated(entry["median"], row["unit"])
        words += "" if found or row["unit"] == "1" else f" {counted_in(row['unit'])}"
        if entry["orders_short"] is not None:
            words += f" ({orders(entry['orders_short'])})"
        where = raised(", ".join(best["texts"]))
        found.append((words, where, {"phrase": entry["phrase"] if record["contested"] else ""}))
    places = {where for _, where, _ in found}
    if len(places) == 1:
        best_words = f"{each_way([(words, entry) for words, _, entry in found])}, at {places.pop()}"
    else:
        best_words = each_way([(f"{words} at {where}", entry) for words, where, entry in found])
    return f"{capital(row['title'])} at most {best_words}."


def _moves(record: Record) -> str:
    """Say how far the answer moves over the range."""
    ratios = [
        point["by_hypothesis"][0]["over_first"]["median"]
        for point in record["points"]
        if point["by_hypothesis"][0]["over_first"]["median"]
    ]
    axes = " and ".join(axis["address"] for axis in record["axes"])
    if not ratios:
        return f"{axes}: no two points can be set against each other."
    factor = max(ratios) / min(ratios)
    if factor < 1.1:
        return f"{axes} hardly moves the answer: by {percent(factor - 1, 1)} over this range."
    return f"{axes} moves the answer by a factor of {amount(factor)} over this range."


def _points(sweep: Sweep) -> Panel:
    """Return every point under every rival."""
    record = sweep.record
    head = [axis["address"] for axis in record["axes"]]
    head += ["hypothesis"] if record["contested"] else []
    first = ", ".join(record["points"][0]["texts"])
    head += ["median|", "90 % uncertainty|", "90 % variability|", raised(f"times {first}|")]
    needs = any(point["needed"] for point in record["points"])
    unit = record["answer"]["unit"]
    head += ["orders short|"] if needs else []
    rows = []
    for point in record["points"]:
        for entry in point["by_hypothesis"][: _rivals(record)]:
            cells = [
                Cell(raised(text), number)
                for text, number in zip(point["texts"], point["numbers"], strict=True)
            ]
            cells += [Cell(entry["phrase"])] if record["contested"] else []
            over = entry["over_first"]
            short = entry["orders_short"]
            cells += [
                Cell(stated(entry["median"], unit), entry["median"], tone="strong"),
                Cell(stated_range(entry["uncertainty"], unit)),
                Cell(stated_range(entry["variability"], unit)),
                Cell("–" if over["median"] is None else times(over["median"]), over["median"],
                     small=_range(over["uncertainty"]).replace("·", "")),
            ]  # fmt: skip
            if needs:
                cells.append(Cell("–" if short is None else f"{short:.1f}", short))
            rows.append(tuple(cells))
    table = Table("points", tuple(head), tuple(rows), searchable=len(rows) > 12)
    words = counted_in(unit)
    finding = (
        f"{capital(record['answer']['title'])}, {words}; every point runs on the same members, so "
        "that ratios to the first point (90 % uncertainty under them) are sharper than the amounts."
    )
    return Panel("points", "Every point", "Points", finding, (table,))


def _range(pair: Sequence[float | None]) -> str:
    """Write an interval; a dot where it has no width."""
    return "·" if pair[0] == pair[1] else interval(pair, 2)


def _sought(sought: Sought) -> Panel:
    """Say what the setting must be."""
    record = sought.record
    figure = Picture(GOAL, goal_drawing(sought), _found(record), "", sought.to_csv())
    blocks: list[Block] = [figure]
    if record["flags"]:
        flags = record["flags"][:MOST]
        entries = tuple((f"{named(one['where'])}:", prose(one["message"])) for one in flags)
        where = record["value"] or (record["best"] or {}).get("text")
        blocks.append(Items(entries, title=raised(f"Flags at {where}")))
    return Panel(
        "answer", f"What {record['by']} must be", "Answer", raised(sought.sentence), tuple(blocks)
    )


def _found(record: Record) -> str:
    if record["value"] is not None:
        return raised(f"The goal is reached at {record['value']}.")
    return "The goal is met throughout." if record["reached"] else "The goal is out of reach."


def _evaluations(record: Record) -> Panel:
    unit = record["unit"]
    rows = tuple(
        (
            Cell(raised(one["setting"]), one["number"]),
            Cell(stated(one["value"], unit), one["value"], tone="strong"),
            Cell(stated_range((one["uncertainty_low"], one["uncertainty_high"]), unit)),
            Cell(stated_range((one["variability_low"], one["variability_high"]), unit)),
            Cell("met" if one["met"] else ""),
        )
        for one in record["evaluations"]
    )
    what = "median" if record["percentile"] == 50 else f"{record['percentile']:g} % end"
    head = (
        record["by"],
        f"{what}|",
        "90 % uncertainty|",
        "90 % variability|",
        raised(record["goal"]),
    )
    finding = f"{counted(len(rows), 'value')} tried, all on the same members."
    return Panel("tried", "Every value that was tried", "Values", finding, (
        Table("evaluations", head, rows),
    ))  # fmt: skip


def _reproduce(result: Result) -> Panel:
    """Say how to get the same numbers again."""
    record = result.record
    origin, size = record.get("provenance", {}), record.get("members")
    drawn = f"seed {record['seed']}"
    if size:
        drawn = (
            f"{size['uncertainty']} draws of what is not known × {size['variability']} subjects "
            f"and batches, {drawn}; the same throughout"
        )
    held = [
        ("members" if size else "drawn with", drawn),
        ("exocast", str(record["version"])),
        ("Python, NumPy", ", ".join(str(origin[name]) for name in ("python", "numpy")
                                    if name in origin)),
        ("made", str(origin.get("created", ""))),
        ("digest of the catalogue", record.get("catalogue_digest", "")),
    ]  # fmt: skip
    texts: list[tuple[str, str]] = []
    if isinstance(result, Comparison):
        for side in record["sides"]:
            held.append((f"digest of {side['name']}", side["digest"]))
            texts.append((side["name"], side.get("design", "")))
    elif isinstance(result, Lots):
        held.append((f"digest of {record['file']['name']}", record["file"]["sha256"]))
    else:
        held.append(("digest of the Design", record["design_digest"]))
        label = "The Design of the first" if isinstance(result, Recommendation) else "The Design"
        texts.append((label, record.get("design", "")))
    rows = tuple(
        (Cell(name), Cell(text, tone="key" if "digest" in name else ""))
        for name, text in held
        if text
    )
    blocks: list[Block] = []
    if origin.get("command"):
        blocks.append(Code(origin["command"], title="Command"))
    blocks.append(Table("provenance", ("what", "which"), rows))
    blocks += [
        Folded(name, (Code(text, f"design-{number}.toml"),))
        for number, (name, text) in enumerate(texts, start=1)
        if text
    ]
    finding = "The same command, version and seed give the same numbers."
    return Panel("reproduce", "Reproduce", "Reproduce", finding, tuple(blocks))
