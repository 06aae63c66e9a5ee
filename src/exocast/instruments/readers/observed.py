"""The tidy table of what was measured in animals: one reading a row, every problem at once.

It is no `Measurement` (one curve of one instrument), so it is not among `READERS`.
"""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exocast.errors import TableError, UnitError, nearest
from exocast.instruments.readers.sheet import (
    NUMBER,
    Sheet,
    head_of,
    says_something,
    separator_of,
    text_of,
)
from exocast.material.observed import BLOOD, EXCRETA, QUANTITIES, ObservedRow, ObservedTable
from exocast.units import base_unit, parse, present, to_si

__all__ = ["COLUMNS", "columns_of", "looks_observed", "read_observed"]

NEEDED = ("time", "organ", "quantity", "value", "unit")
COLUMNS = ("study", "subject", "time", "organ", "label", "quantity", "value", "unit", "sd", "n",
           "lloq")  # fmt: skip
"""Columns, in any order; `NEEDED` ones must be there, `unit` may stand in the head of `value`."""

LARGEST = 20_000
"""Rows; more is no table of animals."""

ERROR = 2.0
"""Standard deviations by which a share may pass what is possible."""

SYNONYMS: Mapping[str, str] = {
    "%ID": "percent_injected",
    "%ID/g": "percent_injected_per_mass",
    "%ID/mL": "percent_injected_per_volume",
    "percent_injected_per_gram": "percent_injected_per_mass",
    "percent_injected_per_ml": "percent_injected_per_volume",
}
OTHER_NAMES: Mapping[str, str] = {
    "whole blood": "blood",
    "tumor": "tumour",
    "lungs": "lung",
    "kidneys": "kidney",
    "fat": "adipose",
    "bone marrow": "marrow",
    "lymph node": "lymph_nodes",
    "lymph nodes": "lymph_nodes",
    "carcass": "rest",
}
EXCRETED = ("urine", "faeces", "feces")
BELOW = re.compile(r"(?:<?\s*(?:lloq|loq|lod)|bl?l?oq|blq|bql|n\.?d\.?|<)\s*", re.IGNORECASE)
_INJECTED = re.compile(r"(%)\s*(?:of\s+)?(?:the\s+)?(?:I\.?D\.?|I\.?A\.?|injected(?:\s+dose)?|dose)"
                       r"(?![A-Za-z])", re.IGNORECASE)  # fmt: skip


def looks_observed(path: Path) -> bool:
    """Return whether the first line of a file has the columns of this table."""
    return len(columns_of(path) & {"time", "organ", "value", "quantity", "label"}) >= 3


def columns_of(path: Path) -> set[str]:
    """Return the names in the first line of a file; none where it cannot be read."""
    try:
        with path.open("rb") as stream:
            head = stream.read(4096).decode("utf-8-sig", errors="ignore")
    except OSError:
        return set()
    first = next((line for line in head.splitlines() if says_something(line)), "")
    cells = next(csv.reader([first], delimiter=separator_of(first)), [])
    return {head_of(cell)[0] for cell in cells}


def read_observed(
    path: Path | str,
    *,
    label: str = "",
    organs: Sequence[str] = (),
    labels: Sequence[str] = (),
) -> ObservedTable:
    """Read a table of readings.

    Parameters
    ----------
    path : path or str
        A CSV file, separated by commas, semicolons or tabs; blank lines and lines that start with
        ``#`` are passed over. A unit may stand in the head (``time [h]``) or in the cell (``4 h``).
        A decimal comma is read where semicolons or tabs separate the cells, else it is a problem.
    label : str
        Label of rows that name none.
    organs, labels : sequence of str
        Known names; any name will do where none are given.

    Returns
    -------
    ObservedTable

    Raises
    ------
    TableError
        With every problem of every line.
    ReaderError
        If the file is not there or is not text.
    """
    path = Path(path)
    raw, text = text_of(path)
    reading = _Reading(label=label, organs=tuple(organs), labels=tuple(labels))
    for line, cells in reading.rows_of(text):
        reading.row(line, cells)
    reading.compare()
    if reading.problems:
        raise TableError(path.name, reading.problems)
    digest = hashlib.sha256(raw).hexdigest()
    return ObservedTable(path.name, digest, tuple(reading.rows), tuple(reading.notes))


@dataclass
class _Reading(Sheet):
    """One pass over a table: rows, problems and notes pile up."""

    known = COLUMNS
    needed = NEEDED
    largest = LARGEST

    label: str = ""
    organs: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    rows: list[ObservedRow] = field(default_factory=list)

    def head(self, line: int, cells: list[str]) -> list[str]:
        """Read the head; a label is named there or with the table."""
        missing = super().head(line, cells)
        if "label" in missing and not self.label:
            self.problem(line, "the column `label` is missing, and no label was given with it.")
        return missing

    def required(self) -> tuple[str, ...]:
        """Return the columns that must be there: a unit may stand in the head of the value."""
        return tuple(one for one in self.needed if one != "unit" or "value" not in self.heads)

    def row(self, line: int, cells: Mapping[str, str]) -> None:
        """Read one row; what is wrong with it is noted."""
        before = len(self.problems)
        organ = self.organ(line, cells["organ"])
        quantity = self.quantity(line, cells["quantity"])
        label = self.name(line, "label", cells.get("label") or self.label, self.labels)
        time = self.time(line, cells["time"])
        unit = self.unit(line, cells.get("unit") or self.heads.get("value", ""), quantity)
        numbers = self.numbers(line, cells, unit)
        count = self.count(line, cells.get("n", ""))
        if quantity and organ and len(self.problems) == before:
            self.fits(line, organ, quantity)
        if len(self.problems) > before:
            return
        value, sd, lloq = numbers
        row = ObservedRow(
            line=line,
            study=cells.get("study", ""),
            subject=cells.get("subject", ""),
            time=time,
            organ=organ,
            label=label,
            quantity=quantity,
            value=value,
            unit=unit,
            sd=sd,
            n=count,
            lloq=lloq,
        )
        self.possible(row)
        if len(self.problems) == before:
            self.rows.append(row)

    def name(self, line: int, column: str, text: str, known: tuple[str, ...]) -> str:
        """Look a name up, small letters and blanks aside."""
        if not text:
            self.problem(line, "empty.", column)
            return ""
        alike = {_plain(name): name for name in known}
        if not known or _plain(text) in alike:
            return alike.get(_plain(text), text)
        self.problem(line, f"no such {column}. {nearest(text, known)}", f'{column} = "{text}"')
        return ""

    def organ(self, line: int, text: str) -> str:
        """Look an organ up; urine and faeces are not told apart."""
        low = text.lower().replace("_", " ").strip()
        if low in EXCRETED:
            message = f"urine and faeces are forecast together. Write their sum as `{EXCRETA}`."
            self.problem(line, message, f'organ = "{text}"')
            return ""
        known = (*self.organs, *BLOOD, EXCRETA) if self.organs else ()
        return self.name(line, "organ", OTHER_NAMES.get(low, text if known else low), known)

    def quantity(self, line: int, text: str) -> str:
        """Look a quantity up."""
        found = {_plain(k): v for k, v in SYNONYMS.items()}.get(_plain(text), text)
        if found in QUANTITIES:
            return found
        if found in ("clearance", "half_life", "residence", "auc", "mrt", "exposure"):
            message = "figures of a curve are computed from its points: give the points."
        else:
            message = f"not a quantity. {nearest(found, QUANTITIES)}"
        self.problem(line, message, f'quantity = "{text}"')
        return ""

    def time(self, line: int, text: str) -> float:
        """Read a time, with the unit of its head where the cell has none."""
        where = f'time = "{text}"'
        unit = self.heads.get("time", "")
        written = text.replace(",", ".") if self.comma else text
        try:
            bare = bool(NUMBER.fullmatch(written))
            time = parse(f"{written} {unit}" if unit and bare else written, "s")
        except UnitError as error:
            message = str(error).rpartition('": ')[2]
            if not unit and NUMBER.fullmatch(written):
                message = "no unit. Write `time [h]` in the head, or 4 h in the cell."
            self.problem(line, message, where)
            return math.nan
        if time < 0:
            self.problem(line, "before the first dose.", where)
        return round(time, 3)  # nobody samples by the microsecond; 0.083333 h is 5 min

    def unit(self, line: int, text: str, quantity: str) -> str:
        """Read a unit, ``%ID/g`` as % per gram."""
        unit, where = _INJECTED.sub(r"\1", text).replace(" ", ""), f'unit = "{text}"'
        try:
            found = base_unit(unit) if unit else ""
        except UnitError:
            self.problem(line, "not a unit. Write %ID, %ID/g or %ID/mL.", where)
            return ""
        if not quantity or (unit and found == QUANTITIES[quantity]):
            return unit
        meant = {si: name for name, si in QUANTITIES.items()}.get(found, "")
        hint = f" Did you mean the quantity `{meant}`?" if meant else ""
        message = f"`{quantity}` is not measured in it.{hint}" if unit else "empty."
        self.problem(line, message, where)
        return ""

    def numbers(self, line: int, cells: Mapping[str, str], unit: str) -> tuple[float, float, float]:
        """Read value, standard deviation and limit, in SI."""
        text = cells["value"]
        limit = cells.get("lloq", "")
        below = BELOW.match(text)
        if below:  # <0.1, BLQ, n.d.
            text, limit = "", text[below.end() :] or limit
            if not limit:
                message = "below which limit? Write the limit in the column `lloq`."
                self.problem(line, message, f'value = "{cells["value"]}"')
                return math.nan, math.nan, math.nan
        before = len(self.problems)
        value = self.number(line, "value", text)
        sd = self.number(line, "sd", cells.get("sd", ""))
        lloq = self.number(line, "lloq", limit)
        if math.isnan(value) and math.isnan(lloq) and len(self.problems) == before:
            self.problem(line, "no value, and no `lloq` that it is below.", f'value = "{text}"')
        if value == 0 and math.isnan(lloq):
            message = "nothing reads 0. Write the limit of quantification in the column `lloq`."
            self.problem(line, message, f'value = "{text}"')
        if lloq == 0:
            self.problem(line, "a limit is more than 0.", f'lloq = "{limit}"')
        if not unit:
            return value, sd, lloq
        return to_si(value, unit), to_si(sd, unit), to_si(lloq, unit)

    def number(self, line: int, column: str, text: str) -> float:
        """Read a number that cannot be negative; NaN for an empty cell."""
        if not text or text.lower() in ("na", "nan"):
            return math.nan
        where = f'{column} = "{text}"'
        written = self.point(text)
        if not NUMBER.fullmatch(written):
            comma = "," in text
            point = text.replace(",", ".")
            message = f"a decimal comma: write {point}." if comma else "not a number."
            if comma and self.comma:
                message = "both a comma and a point. Write 1234.5, without separators."
            self.problem(line, message, where)
            return math.nan
        number = float(written)
        if number < 0:
            self.problem(line, "negative: a share of the dose is not.", where)
        if math.isinf(number):
            self.problem(line, "too large a number.", where)
        return number

    def count(self, line: int, text: str) -> int:
        """Read how many animals are behind a value."""
        if not text:
            return 1
        if not re.fullmatch(r"[1-9]\d{0,4}(\.0*)?", text):
            self.problem(line, "not a number of animals.", f'n = "{text}"')
            return 1
        return int(float(text))

    def fits(self, line: int, organ: str, quantity: str) -> None:
        """Note a quantity that cannot be measured there."""
        volume = quantity == "percent_injected_per_volume"
        if volume and organ not in BLOOD:
            message = f"only {', '.join(BLOOD)} are read per volume; give {organ} per mass."
            self.problem(line, message, f'quantity = "{quantity}"')
        if organ == EXCRETA and quantity != "percent_injected":
            self.problem(line, "excreta are read as a share of the dose.", f'organ = "{organ}"')

    def possible(self, row: ObservedRow) -> None:
        """Note a share above all of the dose, by more than its error."""
        if row.quantity == "percent_injected" and not row.censored:
            self._above([row], f"{row.organ} holds", "")

    def compare(self) -> None:
        """Compare rows with each other: repeated ones, and shares that sum to more than all."""
        seen: dict[tuple[object, ...], int] = {}
        groups: dict[tuple[object, ...], list[ObservedRow]] = defaultdict(list)
        for row in self.rows:
            animal = (row.study, row.subject, round(row.time, 6), row.label)
            key = (*animal, row.organ, row.quantity)
            if key in seen:
                self.problem(
                    row.line,
                    f"the same study, subject, time, organ, label and quantity as line {seen[key]}."
                    " Give each animal its own `subject`.",
                )
                continue
            seen[key] = row.line
            if row.quantity == "percent_injected" and not row.censored:
                groups[animal].append(row)
        for rows in groups.values():
            if len(rows) > 1:
                self._sums(rows)

    def _sums(self, rows: Sequence[ObservedRow]) -> None:
        """Check what organs of one animal hold at one time."""
        organs = [row for row in rows if row.organ not in BLOOD]
        if len(organs) > 1 and self._above(organs, "organs hold", "together "):
            return
        blood = max((row for row in rows if row.organ in BLOOD), key=_value, default=None)
        if blood is not None and _excess([*organs, blood]) > 0:
            total = 100 * sum(row.value for row in (*organs, blood))
            self.notes.append(
                f"line {blood.line}: organs and blood sum to {total:.0f} % of the dose at "
                f"{present(blood.time, 's')}. Blood left in organs counts twice unless they were "
                "perfused; or the blood volume was assumed"
            )

    def _above(self, rows: Sequence[ObservedRow], words: str, together: str) -> bool:
        if _excess(rows) <= 0:
            return False
        total = 100 * sum(row.value for row in rows)
        others = ", ".join(str(row.line) for row in rows[:-1])
        lines = f" (with line {others})" if others else ""
        self.problem(
            rows[-1].line,
            f"{words} {together}{total:.4g} % of the dose at {present(rows[-1].time, 's')}"
            f"{lines}: impossible, by more than its error.",
        )
        return True


def _excess(rows: Sequence[ObservedRow]) -> float:
    """Return by how much shares sum to more than 1 and their error."""
    errors = [0.0 if math.isnan(row.sd) else row.sd for row in rows]
    return sum(row.value for row in rows) - 1.0 - ERROR * math.hypot(*errors) - 1e-9


def _value(row: ObservedRow) -> float:
    return row.value


def _plain(text: str) -> str:
    """Return a name in small letters without blanks, so that ``Zirconium 89`` is found."""
    return re.sub(r"[\s_-]+", "-", text.strip().lower())
