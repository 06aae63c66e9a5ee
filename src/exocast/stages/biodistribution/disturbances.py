"""What was done to a subject, or ails it: names for a Design, and the terms that each moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.errors import UnitError, nearest
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter, Value
from exocast.material.study import Study
from exocast.units import parse

__all__ = [
    "BLOCK",
    "CHANGE",
    "DISTURBANCES",
    "LEAD",
    "PHAGOCYTES",
    "Block",
    "Disturbance",
    "Disturbed",
    "block_of",
    "change_of",
    "disturbed",
    "mistakes",
    "needs",
]

Array = NDArray[np.float64]

_KEY = "biodistribution.whole_body."
CHANGE = Parameter(
    _KEY + "change", unit="1", doc="A term in a disturbed subject, over the same in a healthy one."
)

PHAGOCYTES = "phagocytes"
"""Term: number and activity of an organ's phagocytes, together."""

BLOCK, LEAD = "phagocyte_block", "lead"
"""A blocking dose of particles, and the time between it and the start of the run."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One state of a subject.

    Attributes
    ----------
    doc : str
        What it is, and what of it is followed.
    grades : tuple of str
        How a Design may say it.
    terms : tuple of (str, str)
        Terms that a row of `CHANGE` multiplies, each with its organ where it has one:
        ``phagocytes``, or the last word of a parameter's key.
    """

    doc: str
    grades: tuple[str, ...]
    terms: tuple[tuple[str, str], ...] = ()


DISTURBANCES: Mapping[str, Disturbance] = {
    "macrophages": Disturbance(
        "Phagocytes of all organs that a depletion leaves (clodronate).", ("depleted",)
    ),
    "sepsis": Disturbance(
        "Kupffer cells clear less, and phagocytes gather in the lung.",
        ("moderate", "severe"),
        ((PHAGOCYTES, "liver"), (PHAGOCYTES, "lung")),
    ),
    "liver_dysfunction": Disturbance(
        "Fewer Kupffer cells at work, blood that passes them by, and sinusoids that close.",
        ("mild", "moderate", "severe"),
        ((PHAGOCYTES, "liver"), ("fenestra_porosity", ""), ("fenestra_diameter", "")),
    ),
    "cd169": Disturbance(
        "Macrophages of the marginal zone and of lymph nodes without a receptor for sialic acid.",
        ("absent",),
        (("marginal_macrophages", ""), (PHAGOCYTES, "lymph_nodes")),
    ),
}
"""What a Design may write in `[subject] disturbances`, beside a blocking dose."""

_QUANTITIES: Mapping[str, tuple[str, ...]] = {BLOCK: ("particle", "particle/kg"), LEAD: ("s",)}
_EXAMPLE = f'{{ {BLOCK} = "1e12 particles", {LEAD} = "1 h" }}'


@dataclass(frozen=True, slots=True)
class Block:
    """A dose of particles that fills phagocytes before the run.

    Attributes
    ----------
    dose : float
        Particles.
    lead : float
        Time between it and the start of the run [s].
    """

    dose: float
    lead: float


def mistakes(disturbances: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is wrong with disturbances as written: the entry, and a sentence."""
    known = (*DISTURBANCES, *_QUANTITIES)
    found = []
    for name, state in disturbances.items():
        entry = f'{name} = "{state}"'
        if name in _QUANTITIES:
            try:
                if _quantity(name, state) < 0:
                    found.append((entry, "it is below 0."))
            except UnitError as error:
                found.append((entry, f"{error} As in {_EXAMPLE}."))
        elif name not in DISTURBANCES:
            known_here = f"Known: {', '.join(known)}."
            offer = nearest(name, known)
            found.append((entry, f"the body knows no such disturbance. {offer} {known_here}"))
        elif state not in DISTURBANCES[name].grades:
            offer = nearest(state, DISTURBANCES[name].grades)
            found.append((entry, f"{name} cannot be that. {offer}"))
    if LEAD in disturbances and BLOCK not in disturbances:
        found.append((f'{LEAD} = "{disturbances[LEAD]}"', f"it leads nothing: give {_EXAMPLE}."))
    if BLOCK in disturbances and LEAD not in disturbances:
        entry = f'{BLOCK} = "{disturbances[BLOCK]}"'
        found.append((entry, f"say how long before the run: {_EXAMPLE}."))
    return found


def _quantity(name: str, written: str) -> float:
    """Return a written quantity in the first of the units in which it can be read."""
    first, *others = _QUANTITIES[name]
    for unit in others:
        try:
            return parse(written, unit)
        except UnitError:
            continue
    return parse(written, first)


def block_of(study: Study) -> Block | None:
    """Return the blocking dose of a study, if there is one."""
    written = study.disturbances.get(BLOCK)
    if written is None:
        return None
    try:
        dose = parse(written, "particle/kg") * study.body_weight
    except UnitError:
        dose = parse(written, "particle")
    return Block(dose, parse(study.disturbances[LEAD], "s"))


def _contexts(study: Study) -> list[tuple[tuple[str, str], dict[str, str]]]:
    """Return each term that the study's disturbances move, with the context of its row."""
    held = []
    for name, grade in study.disturbances.items():
        for term, organ in DISTURBANCES[name].terms if name in DISTURBANCES else ():
            context = {"disturbance": name, "grade": grade, "term": term}
            held.append(((term, organ), context | ({"organ": organ} if organ else {})))
    return held


def needs(study: Study) -> list[Need]:
    """Return the changes that the study's disturbances ask for."""
    return [Need(CHANGE, context) for _, context in _contexts(study)]


def change_of(study: Study, p: Draws, term: str, organ: str = "") -> Array | float:
    """Return a term over the same in a healthy subject, array (n,) or 1."""
    change: Array | float = 1.0
    for moved, context in _contexts(study):
        if moved == (term, organ):
            change = change * p.at(CHANGE, **context)
    return change


class Disturbed(Draws):
    """Drawn values in which the subject's disturbances have moved the parameters they name."""

    def __init__(self, p: Draws, study: Study) -> None:
        self._p, self._study = p, study
        self.context, self.asked = p.context, p.asked

    @property
    def members(self) -> int:
        """Return the number of members n."""
        return self._p.members

    def at(self, parameter: Parameter, **extra: str) -> Array:
        """Return the draws of a parameter as they are in this subject, array (n,)."""
        drawn = self._p.at(parameter, **extra)
        if parameter is CHANGE:
            return drawn
        term = parameter.key.rpartition(".")[2]
        change = change_of(self._study, self._p, term, extra.get("organ", ""))
        return drawn if isinstance(change, float) else parameter.low + np.clip(
            drawn * change - parameter.low, 0.0, parameter.high - parameter.low
        )  # fmt: skip

    def row(self, parameter: Parameter, **extra: str) -> Value:
        """Return the catalogue row behind a parameter: of a healthy subject."""
        return self._p.row(parameter, **extra)


def disturbed(p: Draws, study: Study) -> Draws:
    """Return drawn values as they are in the study's subject."""
    return Disturbed(p, study) if _contexts(study) else p
