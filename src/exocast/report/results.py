"""The pages of a comparison, a sweep and a search: the finding first, then every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exocast.learn.comparison import Comparison
from exocast.learn.goal import Sought
from exocast.learn.saving import Result, kind_of_result
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
from exocast.report.comparing import COMPARISON, RATIOS, comparison_drawing
from exocast.report.figures import Drawing
from exocast.report.panels.rows import SPREADS
from exocast.report.sweeping import BANDS, GOAL, SWEEP, goal_drawing, sweep_drawing
from exocast.report.words import amount, conditional, counted, interval, orders, percent, times

__all__ = ["drawing_of", "panels_of_result", "title_of"]

Record = Mapping[str, Any]


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
    return sweep_drawing(result) if isinstance(result, Sweep) else goal_drawing(result)


def panels_of_result(result: Result) -> tuple[Panel, ...]:
    """Return the parts of the page, in order."""
    if isinstance(result, Comparison):
        found = [_compared(result), _settings(result), *_cascades(result)]
    elif isinstance(result, Sweep):
        found = [_swept(result), _points(result)]
    else:
        found = [_sought(result), _evaluations(result.record)]
    return (*found, _reproduce(result))


def _compared(comparison: Comparison) -> Panel:
    """Say how the answers differ."""
    pairs = comparison.pairs
    finding = " ".join(pair["sentence"] for pair in pairs)
    figure = Picture(
        COMPARISON, comparison_drawing(comparison), _largest(pairs[0]), f"{SPREADS} {RATIOS}",
        comparison.to_csv(),
    )  # fmt: skip
    blocks: list[Block] = [Cards(tuple(_card(pair) for pair in pairs)), figure]
    return Panel("answer", "The answer", "Answer", finding, tuple(blocks))


def _card(pair: Record) -> Card:
    """Say of one pair what the answer is multiplied by, and what the two share."""
    lines: list[tuple[str, str]] = []
    row = next((row for row in pair["rows"] if row["name"] == pair["answer"]), None)
    for entry in _shown(row) if row else ():
        condition = f"if {entry['phrase']}" if row and row["contested"] else "times"
        lines.append((condition, _ratio(entry)))
        lines.append(("90 % uncertainty", interval(entry["ratio"]["uncertainty"])))
        lines.append(("members with more", percent(entry["share_greater"])))
    drawn = pair["drawn"]
    remark = f"{pair['base']} is 1. "
    if drawn is not None:
        remark += f"{counted(drawn['shared'], 'drawn value')} shared"
        alone = drawn["base_only"] + drawn["other_only"]
        remark += f", {alone} of one side alone." if alone else "; none of one side alone."
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
    words = f"They part {title} ({times(ratio)})"
    if most[0] != title:
        words += f" and are farthest apart {most[0]} ({times(most[1])})"
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
                rows.append((Cell(f"{row['unit']}"),))
            rows += [_line(row, entry) for entry in _shown(row)]
        titles = (
            "", f"{pair['base']}|", f"{pair['other']}|", "ratio|", "90 % uncertainty|",
            "90 % variability|", "more in|",
        )  # fmt: skip
        caption = f"{pair['other']} against {pair['base']}, member by member."
        blocks.append(Table(f"rows-{len(blocks) + 1}", titles, tuple(rows), caption))
    finding = "Medians of both sides, and the ratio that each member has to itself."
    return [Panel("rows", "Every row of the cascade", "Rows", finding, tuple(blocks))]


def _line(row: Record, entry: Record) -> tuple[Cell, ...]:
    ratio = entry["ratio"]
    title = conditional(f"{row['title']},", entry) if row["contested"] else row["title"]
    return (
        Cell(title),
        Cell(amount(entry["base"]["median"])),
        Cell(amount(entry["other"]["median"])),
        Cell(_ratio(entry), tone="strong"),
        Cell("·" if entry["share_equal"] == 1 else interval(ratio["uncertainty"], 2)),
        Cell("·" if entry["share_equal"] == 1 else interval(ratio["variability"], 2)),
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
    finding = " ".join(_best(record, index) for index in range(_rivals(record)))
    axes = " and ".join(axis["address"] for axis in record["axes"])
    figure = Picture(SWEEP, sweep_drawing(sweep), _moves(record), BANDS, sweep.to_csv())
    blocks: list[Block] = [figure]
    flags = [
        (f"at {', '.join(point['texts'])}:", point["flags"][0]["message"])
        for point in record["points"]
        if point["flags"]
    ]
    told = dict.fromkeys(message for _, message in flags)
    once = [next(one for one in flags if one[1] == message) for message in told]
    if once:
        blocks.append(Items(tuple(once[:8]), title="Flags, each at the first point that raises it"))
    return Panel("answer", f"The answer over {axes}", "Answer", finding, tuple(blocks))


def _rivals(record: Record) -> int:
    return len(record["points"][0]["by_hypothesis"]) if record["contested"] else 1


def _best(record: Record, index: int) -> str:
    """Say where the answer is largest under one rival, and how far that is from the need."""
    best = max(record["points"], key=lambda one: one["by_hypothesis"][index]["median"] or 0.0)
    entry = best["by_hypothesis"][index]
    phrase = f"If {entry['phrase']}, " if record["contested"] and entry["phrase"] else ""
    words = f"{phrase}the most {record['answer']['title']} is {amount(entry['median'])}"
    words += f" {record['answer']['unit'].replace('/', ' per ')}, at {', '.join(best['texts'])}"
    if entry["orders_short"] is not None:
        words += f": {orders(entry['orders_short'])}"
    return words[:1].upper() + words[1:] + "."


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
    span = max(ratios) / min(ratios)
    if span < 1.1:
        return f"{axes} hardly moves the answer: by {100 * (span - 1):.1g} % over this range."
    return f"{axes} moves the answer by a factor of {amount(span)} over this range."


def _points(sweep: Sweep) -> Panel:
    """Return every point under every rival."""
    record = sweep.record
    head = [axis["address"] for axis in record["axes"]]
    head += ["hypothesis"] if record["contested"] else []
    first = ", ".join(record["points"][0]["texts"])
    head += ["median|", "90 % uncertainty|", "90 % variability|", f"times {first}|"]
    head += ["90 % uncertainty of it|", "against the need"]
    rows = []
    for point in record["points"]:
        for entry in point["by_hypothesis"][: _rivals(record)]:
            cells = [
                Cell(text, number)
                for text, number in zip(point["texts"], point["numbers"], strict=True)
            ]
            cells += [Cell(entry["phrase"])] if record["contested"] else []
            over = entry["over_first"]
            short = entry["orders_short"]
            cells += [
                Cell(amount(entry["median"]), entry["median"], tone="strong"),
                Cell(interval(entry["uncertainty"])),
                Cell(interval(entry["variability"])),
                Cell("–" if over["median"] is None else times(over["median"]), over["median"]),
                Cell(interval(over["uncertainty"])),
                Cell("–" if short is None else orders(short), short),
            ]
            rows.append(tuple(cells))
    table = Table("points", tuple(head), tuple(rows), searchable=len(rows) > 12)
    answer = record["answer"]
    finding = f"{answer['title']}, {answer['unit']}; every point runs on the same members."
    return Panel("points", "Every point", "Points", finding, (table,))


def _sought(sought: Sought) -> Panel:
    """Say what the setting must be."""
    record = sought.record
    reading = f"Filled: the goal is met. {BANDS}"
    blocks: list[Block] = [
        Picture(GOAL, goal_drawing(sought), _found(record), reading, sought.to_csv())
    ]
    if record["flags"]:
        entries = tuple((f"{one['where']}:", one["message"]) for one in record["flags"][:8])
        where = record["value"] or (record["best"] or {}).get("text")
        blocks.append(Items(entries, title=f"Flags at {where}"))
    return Panel("answer", f"What {record['by']} must be", "Answer", sought.sentence, tuple(blocks))


def _found(record: Record) -> str:
    if record["value"] is not None:
        return f"The goal is reached at {record['value']}."
    return "The goal is met throughout." if record["reached"] else "The goal is out of reach."


def _evaluations(record: Record) -> Panel:
    rows = tuple(
        (
            Cell(one["setting"], one["number"]),
            Cell(amount(one["value"]), one["value"], tone="strong"),
            Cell(interval((one["uncertainty_low"], one["uncertainty_high"]))),
            Cell(interval((one["variability_low"], one["variability_high"]))),
            Cell("met" if one["met"] else ""),
        )
        for one in record["evaluations"]
    )
    what = "median" if record["percentile"] == 50 else f"{record['percentile']:g} % end"
    head = (record["by"], f"{what}|", "90 % uncertainty|", "90 % variability|", record["goal"])
    finding = f"{counted(len(rows), 'value')} tried, all on the same members."
    return Panel("tried", "Every value that was tried", "Values", finding, (
        Table("evaluations", head, rows),
    ))  # fmt: skip


def _reproduce(result: Result) -> Panel:
    """Say how to get the same numbers again."""
    record = result.record
    origin, size = record.get("provenance", {}), record["members"]
    drawn = f"{size['uncertainty']} draws of what is not known × {size['variability']} "
    drawn += f"subjects and batches, seed {record['seed']}; the same throughout"
    held = [
        ("members", drawn),
        ("exocast", str(record["version"])),
        ("Python, NumPy", ", ".join(str(origin[name]) for name in ("python", "numpy")
                                    if name in origin)),
        ("made", str(origin.get("created", ""))),
        ("digest of the catalogue", record["catalogue_digest"]),
    ]  # fmt: skip
    texts: list[tuple[str, str]] = []
    if isinstance(result, Comparison):
        for side in record["sides"]:
            held.append((f"digest of {side['name']}", side["digest"]))
            texts.append((side["name"], side.get("design", "")))
    else:
        held.append(("digest of the Design", record["design_digest"]))
        texts.append(("The Design", record.get("design", "")))
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
