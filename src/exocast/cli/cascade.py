"""The cascade in the terminal, as one aligned table with its two heads and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table

from exocast.cli.console import say
from exocast.cli.observed import observed_lines
from exocast.material.forecast import Forecast

__all__ = ["print_forecast"]

NUMBERS = {"median": 7, "passes": 7, "90 % uncertainty": 16, "90 % variability": 16}
NUMBERS_WIDTH = sum(NUMBERS.values()) + 2 * len(NUMBERS) + 2
WIDEST_TITLE = 46
WIDE = NUMBERS_WIDTH + WIDEST_TITLE + 24
"""Columns from which remarks stand beside their lines."""


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
    console.print(cascade_table(record, console.width))
    console.print()
    for label, words in closing_lines(forecast):
        say(console, label, words)


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
    wide = width >= WIDE
    title_width = WIDEST_TITLE if wide else min(WIDEST_TITLE, max(width - NUMBERS_WIDTH, 20))
    # What is left for remarks: a long one breaks, so that it takes no columns from the numbers.
    left = max(width - NUMBERS_WIDTH - title_width, 1) if wide else 0
    parts: list[Table | str] = [_table(title_width, left, header=True)]
    limiting = (record["limiting_step"] or {}).get("name")
    head, table = None, None
    for row in record["cascade"]:
        if row["head"] != head or table is None:
            head, table = row["head"], _table(title_width, left)
            parts += [f"[bold]{record['heads'][head]}[/]", table]
        entries = row["by_hypothesis"] if row["contested"] else [row]
        for index, entry in enumerate(entries):
            title = row["title"]
            if row["contested"] and entry["phrase"]:
                title += f", if {entry['phrase']}"
            note = remark(row) if index == 0 else ""
            if row["name"] == limiting and index == 0:
                note = f"<< limiting {note}".strip()
            if note and not wide:
                title += f"\n[dim]{note}[/]"
            table.add_row(
                Padding(title, (0, 0, 0, 2)),
                amount(entry["median"]),
                passes(entry),
                interval(entry["uncertainty"]),
                interval(entry["variability"]),
                *([note] if wide else []),
            )
    return Group(*parts)


def _table(title_width: int, remark_width: int, *, header: bool = False) -> Table:
    """Return an empty table with the columns of a cascade."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=header)
    table.add_column("Delivery cascade", width=title_width)
    for name, columns in NUMBERS.items():
        table.add_column(name, justify="right", no_wrap=True, width=columns)
    if remark_width:
        table.add_column("", width=remark_width)
    return table


def closing_lines(forecast: Forecast) -> list[tuple[str, str]]:
    """Return the labelled lines under the table."""
    record = forecast.record
    lines = [("Answer", record["answer"]["sentence"])]
    raising = "   ".join(
        f"{i} {gain['title']} ({times(gain['gain'])})" for i, gain in enumerate(record["raise"], 1)
    )
    best = record["at_best"]["orders_short"]
    if raising and best is not None:
        together = f"short by {best:.1f} orders" if best > 0 else "enough"
        raising += f"   all at their best: {together}"
    lines.append(("Raise", raising or "nothing in the cascade has room above its median"))
    lines += [
        ("Variant", f"{variant['name']}: {gained(variant['gain_over_design'])}")
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
    balance = f"{record['balance']['largest']:.0e}"
    if forecast.folder is not None:
        files = "  ".join(sorted(path.name for path in forecast.folder.iterdir()))
        balance += f"   Wrote {forecast.folder}/  {files}"
    lines.append(("Balance", balance))
    return lines


def remark(row: Mapping[str, Any]) -> str:
    """Return the remark at the end of a line."""
    parts = []
    if row.get("share_of_input") is not None:
        parts.append(f"{row['share_of_input']:.0e} of input")
    if row["note"]:
        parts.append(row["note"])
    return "; ".join(parts)


def amount(value: float | None) -> str:
    """Return an amount with two digits; a zero is a zero.

    Examples
    --------
    >>> amount(5.6e11), amount(0.0), amount(None)
    ('5.6e+11', '0', 'none')
    """
    if value is None:
        return "none"
    return "0" if value == 0 else f"{value:.1e}"


def passes(entry: Mapping[str, Any]) -> str:
    """Return the share that passes a step, in per cent where that reads well."""
    fraction = entry["fraction"]
    if fraction is None:
        return "none" if entry.get("none_passes", 0) > 0.5 else "·"
    return f"{float(f'{100 * fraction:.2g}'):g} %" if fraction >= 1e-4 else f"{fraction:.0e}"


def interval(pair: tuple[float | None, float | None]) -> str:
    """Return an interval with one digit a side."""
    low, high = pair
    if low is None or high is None:
        return "·"
    return f"{low:.0e} … {high:.0e}"


def gained(gains: Sequence[Mapping[str, Any]]) -> str:
    """Return what a variant gives, member by member: the ratio and its 90 % uncertainty.

    Examples
    --------
    >>> gained([{"phrase": "", "times": 2.04, "uncertainty": [1.1, 31.0]}])
    '2 x (1.1 to 31)'
    """
    words = []
    alike = len({ratio(gain) for gain in gains}) == 1
    for gain in gains[:1] if alike else gains:
        text = ratio(gain)
        if gain["times"] is not None and gain["uncertainty"][0] is not None:
            low, high = map(_two_digits, gain["uncertainty"])
            text += f" ({low} to {high})" if low != high else ""
        words.append(text + (f" if {gain['phrase']}" if gain["phrase"] and not alike else ""))
    end = ", whatever the hypothesis" if alike and len(gains) > 1 and gains[0]["phrase"] else ""
    return (", ".join(dict.fromkeys(words)) or "no answer to compare") + end


def ratio(gain: Mapping[str, Any]) -> str:
    """Return a ratio of two sides in words; where one of them has none, which."""
    if gain["times"] is not None:
        return times(gain["times"])
    if gain.get("equal"):
        return "none, as before"
    return "from nothing" if gain.get("from_nothing", 1) else "none is left"


def times(gain: float | None) -> str:
    """Return a ratio with two digits.

    Examples
    --------
    >>> times(168.2), times(3.14e6), times(0.00213), times(None)
    ('170 x', '3.1e+06 x', '0.0021 x', 'from nothing')
    """
    if gain is None:
        return "from nothing"
    return f"{_two_digits(gain)} x"


def times_interval(pair: Sequence[float | None]) -> str:
    """Return the interval of a ratio.

    Examples
    --------
    >>> times_interval([2213.0, 57120.0])
    '2200 … 57000'
    """
    low, high = pair
    return "·" if low is None or high is None else f"{_two_digits(low)} … {_two_digits(high)}"


def _two_digits(value: float) -> str:
    """Write a ratio with two digits, plainly as long as that is short."""
    if value and not 1e-3 <= value < 1e6:
        return f"{value:.1e}"
    return f"{float(f'{value:.2g}'):g}"
