"""The cascade in the terminal, as one aligned table with its two heads and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table

from exocast.cli.console import say
from exocast.cli.observed import observed_lines
from exocast.material.forecast import Forecast
from exocast.units.numbers import amount, percent, raised, stated, stated_range, times

__all__ = ["cascade_table", "closing_lines", "gained_by", "print_body", "print_forecast"]

COLUMNS = ("median", "passes", "90 % uncertainty", "90 % variability")
GAP = 2
WIDEST_TITLE = 46
NARROWEST_TITLE = 20
FOR_REMARKS = 24
WIDE = 110
"""Columns from which ranges stand beside efficiencies."""


def print_forecast(console: Console, forecast: Forecast, seconds: float) -> None:
    """Print members, cascade, answer, what would raise it, trust, balance and files."""
    record = forecast.record
    members = record["members"]
    stopped = members["asked"] - members["finished"]
    line = f"simulated   {members['finished']} of {members['asked']} members   {seconds:.1f} s"
    if stopped:
        reasons = ", ".join(k for k in members["by_status"] if k != "finished")
        line += f"   {stopped} stopped ({reasons}), left out"
    console.print(line, soft_wrap=True)
    console.print()
    print_body(console, record)
    for label, words in closing_lines(forecast):
        say(console, label, words)


def print_body(console: Console, record: Mapping[str, Any]) -> None:
    """Print the cascade, and what the final tube holds of the cargo."""
    console.print(cascade_table(record, console.width))
    console.print()
    _print_loaded(console, record)


def _print_loaded(console: Console, record: Mapping[str, Any]) -> None:
    """Print three efficiencies as they are and as an assay reads, on few columns without ranges."""
    from exocast.report.loaded import HEAD, loaded_lines

    held = loaded_lines(record)
    shown = range(len(HEAD)) if console.width >= WIDE else (0, 1, 3)
    for one in held:
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
        lead = f"Loaded, {HEAD[0]}" + (f", if {one.phrase}" if one.phrase else "")
        table.add_column(lead, overflow="fold", min_width=26)
        for index in shown[1:]:
            table.add_column(HEAD[index], justify="right", no_wrap=True)
        for line in one.lines:
            table.add_row(f"  {line[0]}", *(line[index] for index in shown[1:]))
        console.print(table)
        say(console, "Where", one.where)
        console.print()


def cascade_table(record: Mapping[str, Any], width: int) -> Group:
    """Return one cascade as a group of aligned tables, one for each head.

    Parameters
    ----------
    record : mapping
        The design's record, or a variant's.
    width : int
        Columns of the terminal; where they are few, titles break and remarks go under their lines,
        but numbers never do.
    """
    limiting = (record["limiting_step"] or {}).get("name")
    lines: list[tuple[str, _Line]] = []
    for row in record["cascade"]:
        entries = row["by_hypothesis"] if row["contested"] else [row]
        lines += [(row["head"], _line(row, i, limiting)) for i in range(len(entries))]
    cells = [COLUMNS, *(line.cells for _, line in lines)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    numbers = sum(widths) + GAP * (len(widths) + 1)
    wide = width >= numbers + WIDEST_TITLE + FOR_REMARKS
    title_width = WIDEST_TITLE if wide else min(WIDEST_TITLE, max(width - numbers, NARROWEST_TITLE))
    # What is left for remarks: a long one breaks, so that it takes no columns from the numbers.
    left = max(width - numbers - title_width, 1) if wide else 0

    parts: list[Table | str] = [_table(title_width, widths, left, header=True)]
    head, table = None, None
    for name, line in lines:
        if name != head or table is None:
            head, table = name, _table(title_width, widths, left)
            parts += [f"[bold]{raised(record['heads'][head])}[/]", table]
        below = f"\n[dim]{line.remark}[/]" if line.remark and not wide else ""
        title = Padding(f"{line.title}{below}", (0, 0, 0, 2))
        table.add_row(title, *line.cells, *([line.remark] if wide else []))
    return Group(*parts)


@dataclass(frozen=True)
class _Line:
    """One line of the table: its title, its numbers as text, and what stands beside them."""

    title: str
    cells: tuple[str, ...]
    remark: str


def _line(row: Mapping[str, Any], index: int, limiting: str | None) -> _Line:
    """Return the line of a row, or of one of its rivals where they differ."""
    from exocast.report.words import conditional

    entry = row["by_hypothesis"][index] if row["contested"] else row
    note = remark(row) if index == 0 else ""
    if row["name"] == limiting and index == 0:
        note = f"<< limiting {note}".strip()
    if row["contested"] and entry["phrase"]:
        title = conditional(f"{row['title']},", entry)
    else:
        title = row["title"]
    unit = row["unit"]
    ends = (stated_range(entry[name], unit) for name in ("uncertainty", "variability"))
    return _Line(raised(title), (stated(entry["median"], unit), passes(entry), *ends), note)


def _table(title_width: int, widths: Sequence[int], remark_width: int, *, header: bool = False,
           ) -> Table:  # fmt: skip
    """Return an empty table with the columns of a cascade."""
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=header)
    table.add_column("Delivery cascade", width=title_width)
    for name, columns in zip(COLUMNS, widths, strict=True):
        table.add_column(name, justify="right", no_wrap=True, width=columns)
    if remark_width:
        table.add_column("", width=remark_width)
    return table


def closing_lines(forecast: Forecast) -> list[tuple[str, str]]:
    """Return the labelled lines under the table."""
    from exocast.report.loaded import worth_raising

    record = forecast.record
    lines = [("Answer", record["answer"]["sentence"])]
    raising = "   ".join(
        f"{i} {gain['title']} (up to {times(gain['gain'])})"
        for i, gain in enumerate(worth_raising(record), 1)
    )
    best = record["at_best"]["orders_short"]
    if raising and best is not None:
        together = f"short by {best:.1f} orders" if best > 0 else "enough"
        raising += f"   all at their best: {together}"
    lines.append(("Raise", raising or "nothing in the cascade has room above its median"))
    lines += [
        ("Variant", f"{variant['name']}: {gained_by(variant['gain_over_design'])}")
        for variant in record["variants"]
    ]
    lines += observed_lines(record)
    trust = record["trust"]["influential"]
    contested = [
        h["family"].replace("_", " ") for h in record["hypotheses"] if h["chosen"] == "each"
    ]
    fitted = f"{trust['fitted']} fitted, " if trust.get("fitted") else ""
    words = (
        f"{trust['read']} values read, {fitted}{trust['borrowed']} borrowed, "
        f"{trust['assumed']} assumed among those that matter"
    )
    if contested:
        words += f" · {' and '.join(contested)} contested"
    lines.append(("Trust", words))
    serious = [flag for flag in record["flags"] if flag["severity"] != "note"]
    if serious:
        from exocast.report.words import prose

        lines.append(
            ("Flags", f"{len(serious)} in the report; first: {prose(serious[0]['message'])}")
        )
    balance = amount(record["balance"]["largest"], 1)
    if forecast.folder is not None:
        files = "  ".join(sorted(path.name for path in forecast.folder.iterdir()))
        balance += f"   Wrote {forecast.folder}/  {files}"
    lines.append(("Balance", balance))
    return lines


def remark(row: Mapping[str, Any]) -> str:
    """Return the remark at the end of a line."""
    parts = []
    if row.get("share_of_input") is not None:
        parts.append(f"{percent(row['share_of_input'])} of input")
    if row["note"]:
        parts.append(row["note"])
    return "; ".join(parts)


def passes(entry: Mapping[str, Any]) -> str:
    """Return the share that passes a step; a dot where a row begins or holds no part of another."""
    fraction = entry["fraction"]
    if fraction is None:
        return "none" if entry.get("none_passes", 0) > 0.5 else "·"
    return percent(fraction)


def gained_by(gains: Sequence[Mapping[str, Any]]) -> str:
    """Return what a variant gives, member by member: the ratio and its 90 % uncertainty.

    Examples
    --------
    >>> gained_by([{"phrase": "", "times": 2.04, "uncertainty": [1.1, 31.0]}])
    '2× (1.1 – 31)'
    """
    from exocast.report.words import conditional, gained, ratio

    alike = len({ratio(gain) for gain in gains}) == 1
    held = [{**gain, "phrase": ""} for gain in gains[:1]] if alike else gains
    words = [conditional(gained(gain), gain) for gain in held]
    end = ", whatever the hypothesis" if alike and len(gains) > 1 and gains[0]["phrase"] else ""
    return (", ".join(dict.fromkeys(words)) or "no answer to compare") + end
