"""A qualification case: one published experiment, the Design that repeats it, and its readings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from exocast.qualify.bench_point import BenchPoint
from exocast.qualify.judging import DIRECTIONS

__all__ = [
    "DIRECTIONS",
    "FIGURES",
    "ROLES",
    "QualificationCase",
    "QualificationPoint",
    "Role",
]

Role = Literal["build", "verify", "unscored", "excluded", "blind"]

ROLES: tuple[Role, ...] = get_args(Role)
"""What a case is for: fitted on, judged on, shown without a score, left out with a reason, or
forecast before anybody here opened its paper."""

FIGURES: Mapping[str, str] = {
    "half_life": "s",
    "terminal_half_life": "s",
    "clearance": "m^3/s",
    "residence": "s",
}
"""Figures of a whole curve, as a paper prints them, and the SI unit of each."""


@dataclass(frozen=True, slots=True)
class QualificationPoint:
    """One reading of an experiment.

    Attributes
    ----------
    organ : str
        ``plasma``, ``serum``, ``blood``, ``excreta`` or an organ of the body; an organ that the
        body lacks is allowed in a case that is not scored.
    quantity : str
        One of `exocast.material.observed.QUANTITIES`, or of `FIGURES` for what an analysis makes
        of the whole curve: what ``observed`` is.
    time_h : float
        On the clock of the doses [h]; NaN for a figure of a whole curve.
    observed : float
        The reading in ``unit``; NaN where only a direction was printed, or nobody has looked.
    unit : str
        ``%``, ``%/g`` or ``%/mL`` of the injected dose, as the quantity says.
    sd : float
        Standard deviation over animals in ``unit``; NaN where none was printed.
    low, high : float
        Range that was printed in place of one, in ``unit``; NaN where none was.
    n : int
        Animals behind the reading; 1 where the number was not found.
    scored : bool
        Whether the point enters the score of a case that is scored.
    note : str
        How it was converted, or why it is not scored.
    printed, printed_unit : float, str
        The reading as it stands in the source, before any conversion.
    expected : str
        One of `DIRECTIONS`: what the case's Design showed over its control (`against`).
    tolerance : float
        Factor within which an anchor of the calibration is to be met; NaN where none was set.
    """

    organ: str
    quantity: str
    time_h: float
    observed: float
    unit: str
    sd: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: int = 1
    scored: bool = True
    note: str = ""
    printed: float = math.nan
    printed_unit: str = ""
    expected: str = ""
    tolerance: float = math.nan

    def __post_init__(self) -> None:
        if self.expected and self.expected not in DIRECTIONS:
            raise ValueError(f"{self.expected!r} is none of {', '.join(DIRECTIONS)}.")


@dataclass(frozen=True)
class QualificationCase:
    """One published experiment.

    Attributes
    ----------
    name : str
        Name of the data set, unique among cases.
    paper : str
        Short name of the paper: what the split goes by.
    role : str
        One of `ROLES`.
    scored : bool
        Whether its points enter GMFE and coverage; only cases to build on or to verify with may.
    reason : str
        Why it has that role; never empty.
    design : str
        TOML of the Design that repeats it; empty for an excluded case, and for one that is shown
        as a table because no Design describes it.
    points : tuple of QualificationPoint
        In the order of the source.
    material : str
        ``exosome``, ``gold``, ``silica``, ``titania``, ``iron_oxide``, ``liposome``, ...
    species : str
        Species, as in the rows of physiology.
    citation : str
        The paper, for people: authors, year, journal, DOI or PubMed number.
    label : str
        Label whose signal the points are; empty where the particle itself was assayed.
    facts : mapping of str to str
        What is known of particle, dose and animal, for the report.
    notes : tuple of str
        What a careful reader would want to know, mass balance first.
    against : str
        TOML of the Design of the control arm, where a direction was printed; empty otherwise.
    source, locator, read : str
        Key among the catalogue's sources, where in it the numbers stand, how it was read; empty
        where `citation` says it.
    times_h : tuple of float
        When the paper drew blood, for figures of a whole curve [h]; empty where that was not seen.
    perfused : bool
        Whether organs were flushed before they were weighed.
    stage : str
        Stage of the bench whose readings these are, such as ``isolation``; empty for an experiment
        with a body.
    bench : tuple of BenchPoint
        Readings of the tube, in the order of the source; only where there is a stage.

    Raises
    ------
    ValueError
        If the parts contradict each other.
    """

    name: str
    paper: str
    role: Role
    scored: bool
    reason: str
    design: str
    points: tuple[QualificationPoint, ...]
    material: str = ""
    species: str = ""
    citation: str = ""
    label: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    against: str = ""
    source: str = ""
    locator: str = ""
    read: str = ""
    times_h: tuple[float, ...] = ()
    perfused: bool = False
    stage: str = ""
    bench: tuple[BenchPoint, ...] = ()

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"{self.name}: role {self.role!r} is none of {', '.join(ROLES)}.")
        if not self.reason.strip():
            raise ValueError(f"{self.name}: a case says why it is {self.role}.")
        if self.scored and self.role not in ("build", "verify"):
            raise ValueError(f"{self.name}: a case that is {self.role} is never scored.")
        if self.role in ("build", "verify") and not self.design.strip():
            raise ValueError(f"{self.name}: a case that is {self.role} needs a design.")
        compared = any(point.expected for point in self.points)
        compared |= any(point.compared for point in self.bench)
        if compared and not self.against.strip():
            raise ValueError(f"{self.name}: a comparison needs the Design of a control, `against`.")

    @property
    def scored_points(self) -> tuple[QualificationPoint, ...]:
        """Return the points that enter the score."""
        return tuple(point for point in self.points if self.scored and point.scored)

    @property
    def size(self) -> int:
        """Return how many readings there are."""
        return len(self.points) + len(self.bench)

    def provenance(self) -> dict[str, Any]:
        """Return what a record says of any case: whose it is, its role, and how it was read."""
        return {
            "name": self.name,
            "paper": self.paper,
            "role": self.role,
            "scored": self.scored,
            "reason": self.reason,
            "material": self.material,
            "citation": self.citation,
            "source": self.source,
            "locator": self.locator,
            "read": self.read,
            "notes": list(self.notes),
            "facts": dict(self.facts),
            "design": self.design,
        }
