"""What is done to donor cells, and which steps of their vesicle chain it acts on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.biogenesis import relative_release, stimulated

__all__ = [
    "PARAMETERS",
    "STIMULI",
    "TREATMENTS",
    "Secretion",
    "disturbance_needs",
    "factors",
    "hypoxia",
    "secretion",
]

Array = NDArray[np.float64]

STIMULI: Mapping[str, tuple[str, ...]] = {
    "hypoxia": ("fusion", "shedding"),
    "acid": ("fusion",),
    "calcium": ("fusion",),
    "shear": ("fusion", "shedding", "death"),
    "stress": ("fusion", "shedding", "death"),
    "GW4869": ("ceramide",),
    "escrt_knockdown": ("escrt",),
    "rab27a_knockdown": ("fusion",),
    "rab27b_knockdown": ("fusion",),
    "bafilomycin": ("degradation", "death"),
    "ionophore": ("fusion", "shedding", "death"),
}
"""Steps that each stimulus acts on: budding of intraluminal vesicles by ESCRT or by ceramide,
fusion of multivesicular bodies with the plasma membrane, their degradation, shedding from the
plasma membrane, and death."""

TREATMENTS = (
    "none", "GW4869", "escrt_knockdown", "rab27a_knockdown", "rab27b_knockdown", "bafilomycin",
    "ionophore",
)  # fmt: skip
CONDITIONS = ("hypoxia", "acid", "calcium", "shear", "stress")
STEPS = ("escrt", "ceramide", "fusion", "degradation", "shedding", "death")

AIR = 0.2
NEUTRAL = 7.4
ACID = 6.5
HILL = 3.0
"""Steepness with which HIF-1 answers to oxygen: near its most at 0.5 % with half at 1.75 %."""

_KEY = "donor.cell_culture."
RESPONSE = Parameter(
    _KEY + "response", "1", "Factor on a step of the vesicle chain under a stimulus in full.",
    low=1e-3, high=1e3,
)  # fmt: skip
OXYGEN_HALF = Parameter(
    _KEY + "oxygen_half", "1", "Oxygen in the gas at which HIF-1 is at half of its most.",
    low=1e-4, high=0.2,
)  # fmt: skip
SHEAR_HALF = Parameter(_KEY + "shear_half", "Pa", "Shear stress of half of the response.")
CALCIUM_USUAL = 1.8
RIPENING = Parameter(
    _KEY + "ripening_rate", "1/s", "Late endosomes that become multivesicular bodies."
)
RESIDENCE = Parameter(
    _KEY + "residence_rate", "1/s", "Multivesicular bodies that fuse, with whatever membrane."
)
FUSED = Parameter(
    _KEY + "fused_share", "1",
    "Share of multivesicular bodies that fuse with the plasma membrane in undisturbed cells.",
    high=1.0, scale="logit",
)  # fmt: skip
CERAMIDE = Parameter(
    _KEY + "ceramide_share", "1",
    "Share of the released intraluminal vesicles that bud by ceramide, the others by ESCRT.",
    high=1.0, scale="logit",
)  # fmt: skip
PARAMETERS = (RESPONSE, OXYGEN_HALF, SHEAR_HALF, RIPENING, RESIDENCE, FUSED, CERAMIDE)


@dataclass(frozen=True)
class Secretion:
    """How a culture secretes, over how the undisturbed cell does.

    Attributes
    ----------
    small, large : array (n,)
        Small and large vesicles a cell releases in a time, over the usual [1].
    endosome : array (n,)
        Share of the small ones that comes by the endosome [1].
    ceramide : array (n,)
        Share of those that buds by ceramide [1].
    """

    small: Array
    large: Array
    endosome: Array
    ceramide: Array


def disturbance_needs(treatment: str) -> list[Need]:
    """Return what `factors` and `secretion` ask for under a treatment."""
    acting = [*CONDITIONS, *([treatment] if treatment != "none" else [])]
    responses = [
        Need(RESPONSE, {"stimulus": stimulus, "step": step})
        for stimulus in acting
        for step in STIMULI[stimulus]
    ]
    return [*responses, *(Need(one) for one in PARAMETERS[1:])]


def hypoxia(oxygen: float, half: Array) -> Array:
    """Return how far HIF-1 is raised above what it is in air, of its most, array (n,) [1].

    Examples
    --------
    >>> hypoxia(0.2, np.array([0.0175])).tolist()
    [0.0]
    """

    def raised(share: float) -> Array:
        return np.asarray(half**HILL / (half**HILL + share**HILL))

    usual = raised(AIR)
    return np.asarray((raised(oxygen) - usual) / (1.0 - usual))


def factors(
    p: Draws,
    *,
    oxygen: float,
    ph: float,
    calcium: float,
    shear: Array,
    stress: float,
    treatment: str,
    treatment_share: float,
) -> dict[str, Array]:
    """Return the factor on each step of the chain, arrays (n,); 1 where nothing acts.

    Factors of several stimuli multiply. Calcium counts as its saturation about what is usual,
    between -1 for none and 1 for a flood; acidity in units of the step from pH 7.4 to 6.5.
    """
    strengths: dict[str, Array] = {
        "hypoxia": hypoxia(oxygen, p[OXYGEN_HALF]),
        "acid": np.full(p.members, (NEUTRAL - ph) / (NEUTRAL - ACID)),
        "calcium": np.full(p.members, 2.0 * calcium / (calcium + CALCIUM_USUAL) - 1.0),
        "shear": shear / (shear + p[SHEAR_HALF]),
        "stress": np.full(p.members, stress),
    }
    if treatment != "none":
        strengths[treatment] = np.full(p.members, treatment_share)
    held = dict.fromkeys(STEPS, np.ones(p.members))
    for stimulus, strength in strengths.items():
        for step in STIMULI[stimulus]:
            response = p.at(RESPONSE, stimulus=stimulus, step=step)
            held[step] = held[step] * stimulated(response, strength)
    return held


def secretion(held: Mapping[str, Array], usual: Array, duration: float, p: Draws) -> Secretion:
    """Return how a culture secretes under the factors of `factors`.

    Parameters
    ----------
    held : mapping
        Factor on each step, arrays (n,).
    usual : array (n,)
        Share of small vesicles from endosomes in the undisturbed cell.
    duration : float
        Over which vesicles are collected [s].
    p : Draws
        Draws of the step.
    """
    escrt, ceramide = (
        relative_release(
            duration, p[RIPENING], p[RESIDENCE], p[FUSED], held[branch], held["fusion"],
            held["degradation"],
        )
        for branch in ("escrt", "ceramide")
    )  # fmt: skip
    by_ceramide = p[CERAMIDE] * ceramide
    released = (1.0 - p[CERAMIDE]) * escrt + by_ceramide
    by_endosome = usual * released
    small = by_endosome + (1.0 - usual) * held["shedding"]
    return Secretion(
        small=small,
        large=held["shedding"],
        endosome=_share(by_endosome, small),
        ceramide=_share(by_ceramide, released),
    )


def _share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
