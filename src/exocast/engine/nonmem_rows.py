"""The lines of a NONMEM table, each checked by itself (Users Guide part VI, chapter V)."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exocast.errors import Problem, nearest

__all__ = ["DOSE_ITEMS", "ITEMS", "Row", "compartment", "faults", "read_rows"]

DOSE_ITEMS = ("AMT", "RATE", "ADDL", "II", "SS")
ITEMS = ("TIME", "DV", *DOSE_ITEMS, "EVID", "MDV")
TEXTS = ("ID", "CMT", "C")
REFUSED = {
    "DATE": "turn dates and clock times into one TIME",
    "DAT1": "turn dates and clock times into one TIME",
    "DAT2": "turn dates and clock times into one TIME",
    "DAT3": "turn dates and clock times into one TIME",
    "CONT": "records cannot be continued on another line",
    "XVID1": "repeated observation records are not read",
}
WITHOUT_MEANING = ("PCMT", "CALL", "L1", "L2", "MRG_", "RAW_")
CLOCK = re.compile(r"(\d+):([0-5]\d)")


@dataclass
class Row:
    """One line of the table; times are moved to the engine's clock later."""

    line: int
    subject: str
    items: dict[str, float]
    given: frozenset[str]
    compartment: str
    covariates: dict[str, float]
    time: float = 0.0

    @property
    def who(self) -> str:
        """The member, for messages."""
        return f"ID {self.subject}"

    @property
    def event(self) -> int:
        """EVID, worked out as NM-TRAN does where the table has none."""
        if "EVID" in self.given:
            return int(self.items["EVID"])
        if any(self.items[name] != 0.0 for name in ("AMT", "RATE", "SS")):
            return 1
        return 2 if self.items["MDV"] % 100 == 1 else 0

    @property
    def dosing(self) -> bool:
        """Whether it is a dose, a reset or both."""
        return self.event in (1, 3, 4)


def read_rows(
    text: str, drop: Collection[str], ignore: str, problems: list[Problem], notes: list[str]
) -> list[Row]:
    """Return the rows of a table, with what could not be read left at its default.

    Parameters
    ----------
    text : str
    drop, ignore
        As in :func:`exocast.engine.nonmem.read_nonmem`.
    problems, notes : list
        Mistakes and remarks are added to these.
    """
    lines = _cells(text)
    first, head = next(lines, (1, []))
    keys = [_key(cell.strip()) for cell in head]
    kept = _columns(keys, set(drop), first, problems, notes)
    if problems:
        return []
    rows = []
    for line, cells in lines:
        if _skipped(cells, kept, ignore):
            continue
        if len(cells) == len(keys):
            rows.append(_row(line, {key: cells[at] for key, at in kept.items()}, problems))
        else:
            message = f"{len(cells)} cells, the head has {len(keys)} columns"
            problems.append(Problem(message, line=line))
    if any(row.items["II"] > 0.0 and not row.items["ADDL"] + row.items["SS"] for row in rows):
        notes.append("II without ADDL or SS has no effect.")
    return rows


def _key(name: str) -> str:
    """Return a column's name, an item's in capitals."""
    return name.upper() if name.upper() in {*ITEMS, *TEXTS} else name


def _columns(
    keys: Sequence[str], drop: set[str], line: int, problems: list[Problem], notes: list[str]
) -> dict[str, int]:
    """Return the columns to read and where they stand."""
    kept = {key: at for at, key in enumerate(keys) if key not in drop and key.upper() != "DROP"}
    found = [f"column `{key}` is there twice" for key in sorted(kept) if keys.count(key) > 1]
    columns = f"; columns are {', '.join(keys)}" if keys else ""
    needed = ("ID", "TIME", "DV")
    found += [f"column `{key}` is missing{columns}" for key in needed if key not in kept]
    for key in list(kept):
        if key.upper() in REFUSED:
            found.append(f"column `{key}`: {REFUSED[key.upper()]}")
            del kept[key]
        elif key.upper() in WITHOUT_MEANING:
            notes.append(f"Column {key} has no effect.")
            del kept[key]
    problems += [Problem(message, line=line) for message in found]
    return kept


def _skipped(cells: Sequence[str], kept: Mapping[str, int], ignore: str) -> bool:
    """Return whether a line is a remark."""
    start = cells[0].strip()[:1]
    if start == ignore or (ignore == "@" and start.isalpha()):
        return True
    at = kept.get("C", len(cells))
    return at < len(cells) and cells[at].strip() not in ("", ".")


def _row(line: int, cells: Mapping[str, str], problems: list[Problem]) -> Row:
    """Return one line's items; what is missing is 0, as in NM-TRAN, but TIME, DV and covariates."""
    read = {
        key: _number(key, cell, line, problems) for key, cell in cells.items() if key not in TEXTS
    }
    if math.isnan(read["TIME"]):
        problems.append(Problem("TIME is missing", line=line))
    items = {key: read.pop(key, 0.0) for key in ITEMS}
    items = {key: 0.0 if key != "DV" and math.isnan(held) else held for key, held in items.items()}
    subject = cells["ID"].strip().removesuffix(".0")
    if subject in ("", "."):
        problems.append(Problem("ID is missing", line=line))
    return Row(line, subject, items, frozenset(cells), cells.get("CMT", "").strip(), read)


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that hold anything, with their numbers."""
    head = text.split("\n", 1)[0]
    mark = next((mark for mark in ",;\t" if mark in head), None)
    if mark is None:
        parts: Iterator[list[str]] = (line.split() for line in text.splitlines())
        lines = ((number, cells) for number, cells in enumerate(parts, start=1))
    else:
        reader = csv.reader(io.StringIO(text), delimiter=mark)
        lines = ((reader.line_num, cells) for cells in reader)
    return ((line, cells) for line, cells in lines if any(cell.strip() for cell in cells))


def _number(key: str, cell: str, line: int, problems: list[Problem]) -> float:
    """Return the number in a cell, NaN where it is missing or is none."""
    text = cell.strip()
    if text in ("", "."):
        return math.nan
    try:
        value = float(text)
    except ValueError:
        clock = CLOCK.fullmatch(text) if key in ("TIME", "II") else None
        value = int(clock[1]) + int(clock[2]) / 60.0 if clock else math.nan
    if not math.isfinite(value):
        hint = "a missing value is `.`" if key in ITEMS else f"or leave it out: drop=[{key!r}]"
        problems.append(Problem(f"{key} is `{text}`, not a number; {hint}", line=line))
        return math.nan
    return value


def compartment(row: Row, states: Sequence[str], default: str, problems: list[Problem]) -> str:
    """Return the state that CMT names."""
    text = row.compartment
    if text in ("", ".", "0", "0.0") or row.event == 3:
        return default
    if text in states:
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if number == int(number) if math.isfinite(number) else False:
        if 1 <= number <= len(states):
            return states[int(number) - 1]
        if number < 0:
            message = f"CMT is {text}: compartments cannot be turned off"
        else:
            message = f"CMT is {text}, there are {len(states)} compartments"
    else:
        message = f"CMT is `{text}`, no compartment. {nearest(text, states)}"
    problems.append(Problem(message, row.who, row.line))
    return default


def faults(row: Row) -> Iterator[Problem]:
    """Yield what is wrong with one record by itself.

    Parameters
    ----------
    row : Row
    """
    item, event, given = row.items, row.event, row.given
    amount, rate, steady = item["AMT"], item["RATE"], item["SS"]
    more, interval, unseen = item["ADDL"], item["II"], item["MDV"] % 100 == 1
    giving = event in (1, 4)
    forever = giving and steady > 0 and amount == 0.0
    used = not giving and any(item[name] for name in DOSE_ITEMS)
    # Filled in only where broken: a table may have a hundred thousand rows.
    rules = (
        (event not in (0, 1, 2, 3, 4), "EVID is {EVID:g}; it is 0, 1, 2, 3 or 4"),
        (item["MDV"] not in (0, 1, 100, 101), "MDV is {MDV:g}; it is 0 or 1"),
        (used, "EVID is {event}, no dose, but has {used}"),
        (
            event != 0 and "MDV" in given and not unseen,
            "MDV is 0, which is an observation, but EVID is {event}",
        ),
        (
            event == 0 and not unseen and math.isnan(item["DV"]),
            "DV is missing: write it, or MDV 1",
        ),
        (steady not in (0, 1, 2, 3), "SS is {SS:g}; it is 0, 1, 2 or 3"),
        (amount < 0.0, "AMT is {AMT:g}, below 0"),
        (rate < 0.0 and rate not in (-1.0, -2.0), "RATE is {RATE:g}; codes are -1 and -2"),
        (more < 0.0, "ADDL is {ADDL:g}: an empirical steady state is not read; use SS"),
        (not more.is_integer(), "ADDL is {ADDL:g}, not a whole number"),
        (interval < 0.0, "II is {II:g}, below 0"),
        (giving and more > 0.0 and interval == 0.0, "ADDL needs II above 0"),
        (
            giving and amount == 0.0 and steady == 0,
            "a dose needs AMT above 0, or SS for a constant infusion to steady state",
        ),
        (giving and steady > 0 and not forever and interval == 0.0, "SS needs II above 0"),
        (
            forever and (interval != 0.0 or more != 0.0),
            "AMT 0 with SS is a constant infusion to steady state: II and ADDL are 0",
        ),
        (forever and rate == -2.0, "a constant infusion to steady state has no duration: RATE -2"),
    )
    for broken, message in rules:
        if broken:
            listed = ", ".join(name for name in DOSE_ITEMS if item[name])
            text = message.format_map({**item, "event": event, "used": listed})
            yield Problem(text, row.who, row.line)
