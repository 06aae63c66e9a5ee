"""What was measured in animals: rows of a tidy table, in SI, each knowing its line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

__all__ = ["BLOOD", "EXCRETA", "QUANTITIES", "ObservedRow", "ObservedTable"]

QUANTITIES: Mapping[str, str] = {
    "percent_injected": "1",
    "percent_injected_per_mass": "1/kg",
    "percent_injected_per_volume": "1/m^3",
}
"""What may be measured, and the SI unit of the share of the dose that it is."""

BLOOD = ("plasma", "serum", "blood")
"""Samples of blood; serum is read as plasma, whose clotting factors no vesicle here meets."""

EXCRETA = "excreta"
"""Urine and faeces together: the forecast does not tell them apart."""


@dataclass(frozen=True, slots=True)
class ObservedRow:
    """One reading.

    Attributes
    ----------
    line : int
        Line of the file.
    study, subject : str
        Paper or experiment, and animal; the latter is empty for a group.
    time : float
        On the clock of the doses [s].
    organ : str
        ``plasma``, ``serum``, ``blood``, ``excreta`` or an organ of the body.
    label : str
        Label, a context of its rows.
    quantity : str
        One of `QUANTITIES`.
    value : float
        Share of the dose, in the SI unit of the quantity; NaN where only the limit is known.
    unit : str
        Unit as printed, without ``ID``.
    sd : float
        Standard deviation over animals, in SI; NaN where none was printed.
    n : int
        Animals behind the value.
    lloq : float
        Lower limit of quantification, in SI; NaN where none was given.
    """

    line: int
    study: str
    subject: str
    time: float
    organ: str
    label: str
    quantity: str
    value: float
    unit: str
    sd: float = math.nan
    n: int = 1
    lloq: float = math.nan

    @property
    def censored(self) -> bool:
        """Return whether the reading only says that it is below its limit."""
        return not math.isnan(self.lloq) and not self.value >= self.lloq


@dataclass(frozen=True)
class ObservedTable:
    """A table of readings.

    Attributes
    ----------
    file, sha256 : str
        Name of the file (never its folder) and digest.
    rows : tuple of ObservedRow
        In the order of the file.
    notes : tuple of str
        What a careful reader would want to know.
    perfused : bool
        Whether organs were flushed before they were weighed.
    """

    file: str
    sha256: str
    rows: tuple[ObservedRow, ...]
    notes: tuple[str, ...] = ()
    perfused: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels, in the order in which they first appear."""
        return tuple(dict.fromkeys(row.label for row in self.rows))

    @property
    def times(self) -> tuple[float, ...]:
        """Return the times of all readings, in order [s]."""
        return tuple(sorted({row.time for row in self.rows}))

    def of(self, label: str, *, perfused: bool = False) -> ObservedTable:
        """Return the readings of one label."""
        rows = tuple(row for row in self.rows if row.label == label)
        return replace(self, rows=rows, perfused=perfused)
