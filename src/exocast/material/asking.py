"""What a question can ask for: one list, with what each is, its unit, and how to say enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from exocast.errors import UnitError
from exocast.laws.lumen import AVOGADRO
from exocast.units import parse
from exocast.units.numbers import amount, percent

__all__ = ["BENCH", "ORGAN", "QUANTITIES", "Quantity"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a question can ask for.

    Attributes
    ----------
    name : str
        As a Design writes it.
    unit : str
        What it is counted in; a plain number is read in it.
    words : str
        What follows a number of it in a sentence.
    doc : str
        What it is.
    enough : str
        An amount that `needed` takes.
    row : str
        The row of the cascade that answers it; on the bench the last of `head`.
    head : str
        The head of the cascade that the row stands under.
    cargo : bool
        Whether it is about a cargo.
    silences : bool
        Whether what the catalogue says is needed for silencing is needed of it.
    state : bool
        Whether it describes the tube, so that no step loses a part of it.
    outside : bool
        Whether it is about what sits on the outside of vesicles: a molecule that is displayed, or
        a cargo that is anchored there.
    """

    name: str
    unit: str
    words: str
    doc: str
    enough: str
    row: str = ""
    head: str = "asked"
    cargo: bool = True
    silences: bool = False
    state: bool = False
    outside: bool = False

    @property
    def where(self) -> str:
        """Return where the question looks: ``tube``, target ``cell``, or ``organ``."""
        return self.head if self.head in ("cell", "organ") else "tube"

    @property
    def is_bench(self) -> bool:
        """Return whether the tube answers it, and no body."""
        return self.where == "tube"

    @property
    def losses(self) -> tuple[str, ...]:
        """Return the heads of the cascade whose losses matter to it; all of them for a body."""
        if not self.is_bench:
            return ()
        return ("load" if self.cargo else "vesicles",)

    @property
    def per(self) -> str:
        """Return what an amount of the body is for, as words: `` per cell``."""
        return " per cell" if self.where == "cell" else ""

    def written(self, number: float, digits: int = 2) -> str:
        """Return an amount for a sentence: a share in per cent, else the bare number.

        Examples
        --------
        >>> QUANTITIES["recovery of small EVs"].written(0.123)
        '12 %'
        """
        return percent(number, digits) if self.unit == "1" else amount(number, digits)

    def wanted(self, number: float, ends: str = "", words: str = "") -> str:
        """Return that so much is needed, as the beginning of a sentence.

        Examples
        --------
        >>> QUANTITIES["copies per vesicle"].wanted(1.0)
        '1 copy per vesicle is needed'
        >>> QUANTITIES["loading efficiency"].wanted(0.05)
        '5 % of the cargo put in, inside vesicles, is needed'
        """
        one, words = number == 1 and self.unit != "1", words or self.words
        if one:
            words = words.replace("copies", "copy", 1).replace("particles", "particle", 1)
        comma = "," if "," in words else ""
        verb = "is" if one or self.unit == "1" else "are"
        return f"{self.written(number, 6)}{ends} {words}{comma} {verb} needed"

    def read(self, written: object) -> float:
        """Read an amount of it.

        Parameters
        ----------
        written : object
            Amount and unit, or a plain number, which counts in the unit of the quantity.

        Raises
        ------
        UnitError
            If it is neither; the message says how to write it.

        Examples
        --------
        >>> QUANTITIES["particles per ug protein"].read("2e10 particles/ug")
        20000000000.0
        >>> QUANTITIES["copies taken up per target cell"].read(500)
        500.0
        """
        if isinstance(written, bool) or not isinstance(written, str | int | float):
            raise UnitError(self._how())
        plain = not isinstance(written, str) or re.fullmatch(r"\s*[\d.eE+-]+\s*", written)
        try:
            value = float(written) if plain else self._with_unit(str(written))
        except (UnitError, ValueError):
            raise UnitError(self._how()) from None
        if not 0 <= value < float("inf"):
            raise UnitError(f"not an amount that can be reached. {self._how()}")
        return value

    def _with_unit(self, written: str) -> float:
        last = UnitError("")
        for unit, factor in self._accepted():
            try:
                return parse(written, unit) * factor
            except UnitError as error:
                last = error
        raise last

    def _accepted(self) -> list[tuple[str, float]]:
        """Return units that say the same, each with its factor."""
        units = [(self.unit, 1.0)]
        if self.unit in ("copy", "particle", "copy*h") and self.where == "cell":
            units.append((f"{self.unit}/cell", 1.0))
        if self.unit == "copy" and self.is_bench:
            units.append(("mol", AVOGADRO))
        if self.unit == "copy/particle":
            units.append(("copy", 1.0))
        return units

    def _how(self) -> str:
        return (
            f'{self.name} are needed as in "{self.enough}", or as a plain number of {self.counted}.'
        )

    @property
    def counted(self) -> str:
        """Return the unit in words."""
        return _COUNTED.get(self.unit, self.unit)


_COUNTED: Mapping[str, str] = {
    "1": "parts of one (0.2 for 20 %)",
    "copy": "copies",
    "copy*h": "copy-hours",
    "particle": "particles",
    "dose": "doses",
    "copy/particle": "copies",
    "particle/ug": "particles/ug",
    "particle/h": "particles/h",
    "particle/g": "particles/g",
    "copy/g": "copies/g",
}

# What is needed for silencing was counted in the cytosol, so that is where it is compared.
_BODY = (
    Quantity(
        "functional copies per target cell", "copy", "copies in the cytosol",
        "Cargo copies that reached the cytosol of a target cell by the moment of the question.",
        "500 copies", "in_cytosol", "cell", silences=True,
    ),
    Quantity(
        "copies in the cytosol per target cell", "copy", "copies in the cytosol",
        "The same, by its plain name.",
        "500 copies", "in_cytosol", "cell", silences=True,
    ),
    Quantity(
        "copies taken up per target cell", "copy", "copies taken up",
        "Cargo copies that entered a target cell, in endosomes or beyond.",
        "1e7 copies", "taken_up_per_cell", "cell",
    ),
    Quantity(
        "particles taken up per target cell", "particle", "particles taken up",
        "Particles that entered a target cell, whatever they carry.",
        "100 particles", "taken_up_per_cell", "cell", cargo=False,
    ),
    Quantity(
        "surface copies in the tumour per target cell", "copy", "surface copies",
        "Copies on the outside of vesicles, of a displayed molecule or an anchored cargo, which at "
        "the moment of the question are between the cells of the tumour or bound on them, over its "
        "cells; `cargo` names which, where there are several. For what acts where it sits.",
        "100 copies", "outside_per_cell", "cell", outside=True,
    ),
    Quantity(
        "surface copy-hours in the tumour per target cell", "copy*h", "surface copy-hours",
        "The same summed over time since the first dose: how much of a signal cells could see.",
        "1000 copies*h", "outside_hours_per_cell", "cell", outside=True,
    ),
)  # fmt: skip

# Blood in an organ's vessels never counts: it is most of what a brain holds for hours.
_ORGAN = (
    Quantity(
        "share of the dose in the organ", "1", "of the dose in the organ",
        "Share of all particles given that left the blood in the organ and are there, whole or "
        "digested; blood in its vessels does not count.",
        "1 %", "asked_in_organ", "organ", cargo=False,
    ),
    Quantity(
        "particles in the organ per gram", "particle/g", "particles per gram of the organ",
        "Particles that left the blood in the organ and are there, whole or digested, over its "
        "mass.",
        "1e8 particles/g", "asked_in_organ", "organ", cargo=False,
    ),
    Quantity(
        "copies in the organ per gram", "copy/g", "copies per gram of the organ",
        "Cargo copies that carriers brought out of the blood into the organ, over its mass; what "
        "came dissolved does not count.",
        "1e8 copies/g", "asked_in_organ", "organ",
    ),
    Quantity(
        "share of the dose behind the vessel wall", "1",
        "of the dose in the organ, behind its vessel wall",
        "Share of all particles given that are behind the vessel wall of the organ, whole or "
        "digested: between its cells or in them. What the wall, or phagocytes in its blood, hold "
        "does not count.",
        "0.1 %", "asked_behind_wall", "organ", cargo=False,
    ),
    Quantity(
        "particles behind the vessel wall per gram", "particle/g",
        "particles per gram of the organ, behind its vessel wall",
        "Particles behind the vessel wall of the organ, whole or digested, over its mass.",
        "1e7 particles/g", "asked_behind_wall", "organ", cargo=False,
    ),
    Quantity(
        "copies behind the vessel wall per gram", "copy/g",
        "copies per gram of the organ, behind its vessel wall",
        "Cargo copies that carriers brought behind the vessel wall of the organ, over its mass; "
        "what came dissolved does not count.",
        "1e7 copies/g", "asked_behind_wall", "organ",
    ),
)  # fmt: skip

_BENCH = (
    Quantity(
        "small EVs per batch", "particle", "small EVs in a batch",
        "Small EVs in the final tube.",
        "1e11 particles", head="vesicles", cargo=False,
    ),
    Quantity(
        "particles per batch", "particle", "particles in a batch, as tracking counts them",
        "Particles that tracking analysis would count in the final tube, of every kind.",
        "1e11 particles", cargo=False,
    ),
    Quantity(
        "doses per batch", "dose", "doses in a batch",
        "Doses that the final tube holds; the dose is the regimen's, or `dose` of the question.",
        "10 doses", cargo=False,
    ),
    Quantity(
        "recovery of small EVs", "1", "of the small EVs recovered",
        "Share of the harvested small EVs that every later step passes on; what a measurement "
        "sets is no loss.",
        "20 %", cargo=False,
    ),
    Quantity(
        "small EV share of particles", "1", "small EVs among all particles",
        "Small EVs over all particles of the final tube, whether an instrument sees them or not.",
        "50 %", cargo=False, state=True,
    ),
    Quantity(
        "particles per ug protein", "particle/ug",
        "particles per µg of protein, as assays read them",
        "Particles that tracking analysis counts over the protein that an assay reads: the usual "
        "figure of purity, which lipoproteins and aggregates raise as well.",
        "2e10 particles/ug", cargo=False, state=True,
    ),
    Quantity(
        "small EVs per ug protein", "particle/ug", "small EVs per µg of protein",
        "Small EVs over the protein that an assay reads.",
        "2e9 particles/ug", cargo=False, state=True,
    ),
    Quantity(
        "small EVs per hour", "particle/h", "small EVs per hour",
        "Small EVs of the final tube over the time of every step, culture included, storage not.",
        "1e10 particles/h", cargo=False, state=True,
    ),
    Quantity(
        "small EVs per hands-on hour", "particle/h", "small EVs per hands-on hour",
        "Small EVs of the final tube over the time that an operator works for them.",
        "1e11 particles/h", cargo=False, state=True,
    ),
    Quantity(
        "copies per vesicle", "copy/particle", "copies per vesicle",
        "Mean copies inside a vesicle of the final tube, of any size, empty ones included.",
        "1 copies/particle", state=True,
    ),
    Quantity(
        "loaded share of vesicles", "1", "of the vesicles loaded",
        "Share of the vesicles of the final tube that hold one copy or more.",
        "10 %", state=True,
    ),
    Quantity(
        "cargo inside vesicles", "copy", "copies inside the vesicles of a batch",
        "Copies inside all vesicles of the final tube.",
        "1e11 copies", head="load",
    ),
    Quantity(
        "loading efficiency", "1", "of the cargo put in, inside vesicles",
        "Copies inside vesicles of the final tube over all that was put in.",
        "5 %",
    ),
    Quantity(
        "apparent loading efficiency", "1", "of the cargo put in, as an assay of the tube reads it",
        "Copies of any kind in the final tube over all that was put in: inside vesicles, on "
        "surfaces, precipitated and still dissolved, since an assay that lyses the tube counts "
        "them alike. The usual published figure.",
        "5 %",
    ),
    Quantity(
        "cargo share inside vesicles", "1", "of the cargo in the tube, inside vesicles",
        "Copies inside vesicles over all copies of the final tube, dissolved, attached and "
        "precipitated ones included: what a clean-up is for.",
        "90 %", state=True,
    ),
    Quantity(
        "ligands per small EV", "copy/particle", "ligands on a small EV",
        "Mean molecules of all the Design's ligands on a small EV of the final tube, bare ones "
        "included.",
        "10 copies/particle", cargo=False, state=True,
    ),
    Quantity(
        "cargo share inside hybrids", "1", "of the cargo in the tube, inside hybrids",
        "Copies inside hybrids of vesicles and liposomes over all copies of the final tube: what "
        "an effect of the tube may be put down to.",
        "10 %", state=True,
    ),
)  # fmt: skip

QUANTITIES: Mapping[str, Quantity] = {one.name: one for one in (*_BODY, *_ORGAN, *_BENCH)}
"""Every quantity by name; the first is taken where a Design names none."""

ORGAN: tuple[str, ...] = tuple(one.name for one in _ORGAN)
"""Those that an organ answers."""

BENCH: tuple[str, ...] = tuple(one.name for one in _BENCH)
"""Those that the tube answers."""
