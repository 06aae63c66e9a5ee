"""A reading of the tube, as a paper prints it, and the words that say what was read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from exocast.errors import ExocastError, nearest
from exocast.material.asking import BENCH, QUANTITIES
from exocast.material.suspension import LIPOPROTEINS
from exocast.qualify.judging import BOUNDS, DIRECTIONS
from exocast.units import parse

__all__ = ["CARGO", "GROUPS", "KINDS", "MARKERS", "READINGS", "SIZES", "BenchPoint", "unit_of"]

READINGS: Mapping[str, str] = {
    "amount": "Of what `of` names, in the whole tube.",
    "concentration": "The same in a volume of the tube.",
    "share left": "What the tube holds of it over what the tube held before the step, or after "
    "the step that `since` names.",
    "ratio": "What `of` names over what `over` names.",
    "median size": "Diameter that halves what tracking analysis counts.",
    "mean size": "Mean diameter of all particles, or of what `of` names: electron microscopy.",
    "scattered size": "Their mean by the light that they scatter back (z-average).",
    "zeta potential": "Their mean by the light that they scatter back.",
    "cell uptake": "Liquid that a cell clears by binding, mean over the copies of the cargo; what "
    "is dissolved is not bound.",
    "time": "From the start of the culture to the end of the step.",
    "step time": "Of the step alone.",
}
"""What can be read beside the quantities of a question on the bench."""

SIZES = ("median size", "mean size", "scattered size")
"""What is a length."""

GROUPS = ("particles", "vesicles", "lipoproteins")
"""Several kinds at once."""

KINDS = (
    "small_ev", "large_ev", "apoptotic_body", "mimetic_nanovesicle", *LIPOPROTEINS,
    "protein_aggregate", "virus_like", "cargo_precipitate", "liposome", "lipid_nanoparticle",
    "hybrid",
)  # fmt: skip
"""One kind."""

MARKERS = ("cd9", "cd63", "cd81", "apob")
"""Copies of a marker on everything in the tube; apolipoprotein B is one on VLDL and LDL each."""

CARGO = ("cargo", "cargo inside", "cargo attached", "cargo precipitated", "cargo dissolved",
         "cargo with particles", "cargo put in")  # fmt: skip
"""Copies of the cargo; with particles is what an assay of a washed tube counts as loaded."""

COUNTED, DISSOLVED = "counted ", "dissolved "

_PLAIN: Mapping[str, str] = {
    "small_ev": "small EVs", "large_ev": "large EVs", "hdl": "HDL", "ldl": "LDL", "vldl": "VLDL",
    "chylomicron": "chylomicrons", "protein_aggregate": "protein aggregates", "apob": "apoB",
    "cd9": "CD9", "cd63": "CD63", "cd81": "CD81", "liposome": "liposomes",
    "apoptotic_body": "apoptotic bodies", "mimetic_nanovesicle": "mimetic nanovesicles",
    "hybrid": "hybrids",
}  # fmt: skip


def unit_of(of: str) -> str:
    """Return the unit of an amount.

    Raises
    ------
    ExocastError
        If nothing is called so; the message offers the nearest.

    Examples
    --------
    >>> unit_of("counted vldl"), unit_of("protein"), unit_of("cargo inside")
    ('particle', 'kg', 'copy')
    """
    plain = of.removeprefix(COUNTED)
    if plain in (*GROUPS, *KINDS):
        return "particle"
    if of == "protein" or (of.startswith(DISSOLVED) and of != DISSOLVED):
        return "kg"
    if of in (*MARKERS, *CARGO):
        return "copy"
    if of in ("volume", "cells"):
        return {"volume": "m^3", "cells": "cell"}[of]
    known = (*GROUPS, *KINDS, *MARKERS, *CARGO, "protein", "volume", "cells")
    raise ExocastError(f"no such amount. {nearest(plain, known)}")


@dataclass(frozen=True, slots=True)
class BenchPoint:
    """One reading of the tube.

    Attributes
    ----------
    quantity : str
        One of `READINGS`, or a quantity that a question on the bench can ask for.
    observed : float
        The reading in ``unit``, or the bound; NaN where only a direction was printed.
    unit : str
        Its unit; 1 for a comparison.
    of, over : str
        What is read, and per what: a kind, a group (``particles``, ``vesicles``,
        ``lipoproteins``), either after ``counted`` as tracking analysis sees it, ``protein`` as an
        assay reads it, a solute after ``dissolved``, a marker, a pool of the cargo, ``volume`` or
        ``cells``.
    step, since : str
        Step after which it is read, and after which it is compared with; the last, and the one
        before it, where left out.
    compared : bool
        Whether the reading is a ratio over the same reading of the control arm (`against`).
    expected : str
        ``at least`` or ``at most`` for a bound, or a direction of a comparison; empty for a number.
    sd, low, high, n, scored, note, printed, printed_unit
        As those of `exocast.qualify.case.QualificationPoint`.

    Raises
    ------
    ExocastError
        If the words do not fit together.
    """

    quantity: str
    observed: float
    unit: str
    of: str = ""
    over: str = ""
    step: str = ""
    since: str = ""
    compared: bool = False
    expected: str = ""
    sd: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: int = 1
    scored: bool = True
    note: str = ""
    printed: float = math.nan
    printed_unit: str = ""

    def __post_init__(self) -> None:
        known = (*READINGS, *BENCH)
        if self.quantity not in known:
            raise ExocastError(f"no such quantity. {nearest(self.quantity, known)}")
        if self.expected and self.expected not in (*DIRECTIONS, *BOUNDS):
            raise ExocastError(f"{self.expected!r} is none of {', '.join((*DIRECTIONS, *BOUNDS))}.")
        if self.expected in DIRECTIONS and not self.compared:
            raise ExocastError("a direction is one of a comparison: `compared = true`.")
        if math.isnan(self.observed) and self.expected not in DIRECTIONS:
            raise ExocastError("needs `observed`.")
        if math.isfinite(self.observed):
            parse(f"{self.observed!r} {self.unit}", self.si_unit)

    @property
    def si_unit(self) -> str:
        """Return the unit in which it is forecast."""
        if self.compared:
            return "1"
        if self.quantity in BENCH:
            return QUANTITIES[self.quantity].unit
        if self.quantity in (*SIZES, "zeta potential"):
            return "V" if self.quantity == "zeta potential" else "m"
        if self.quantity in ("time", "step time", "cell uptake"):
            return "m^3/s" if self.quantity == "cell uptake" else "s"
        unit = unit_of(self.of)
        if self.quantity == "concentration":
            return f"{unit}/m^3"
        if self.quantity == "ratio":
            per = unit_of(self.over)
            return "1" if per == unit else f"{unit}/{per}"
        return "1" if self.quantity == "share left" else unit

    @property
    def what(self) -> str:
        """Return what is read, in words."""
        words = self.quantity
        if self.of:
            words = self.of if words in ("amount", "ratio") else f"{words}, {self.of}"
        words += f" over {self.over}" if self.over else ""
        return f"{words}, over control" if self.compared else words

    @property
    def words(self) -> str:
        """Return what is read and where, in words."""
        what = " ".join(_PLAIN.get(word, word) for word in self.what.replace(",", " ,").split(" "))
        after = f" after {self.step}" if self.step else ""
        since = f" since {self.since}" if self.since else ""
        return f"{what}{after}{since}".replace(" ,", ",").replace("_", " ")
