"""Hybrids of vesicles and liposomes: what every way to make them shares."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.lumen import outer_area
from exocast.laws.membrane_joining import joined_mean
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.loading.release import FIXED
from exocast.stages.surface_engineering.joining import average, joined

__all__ = ["HYBRID", "LEAKED", "LIPOSOME", "Hybrid", "liposome_share", "vesicles_in"]

Array = NDArray[np.float64]

HYBRID, LIPOSOME = "hybrid", "liposome"

CROWDED = 20.0
"""Mean liposomes in a hybrid from which it is a liposome with a trace of vesicle."""

LEAKED = Parameter(
    "surface_engineering.hybrid.leaked",
    "1",
    "Share of what either held that is lost to the liquid while they join.",
    high=1.0,
    scale="logit",
)


def vesicles_in(suspension: Suspension) -> tuple[str, ...]:
    """Return the kinds of a tube that are vesicles of cells, hybrids left out."""
    return tuple(
        one.kind
        for one in suspension.populations
        if one.vesicular and one.kind not in (*FIXED, HYBRID)
    )


def liposome_share(suspension: Suspension) -> Array:
    """Return the share of vesicles' membrane in that of vesicles and liposomes, array (n,)."""
    kinds = vesicles_in(suspension)
    own, other = np.zeros(suspension.members), np.zeros(suspension.members)
    for one in suspension.populations:
        area = one.total * average(one, outer_area(one.diameter))
        if one.kind in kinds:
            own = own + area
        elif one.kind == LIPOSOME:
            other = other + area
    return np.divide(own, own + other, out=np.zeros_like(own), where=own + other > 0)


@dataclass(frozen=True)
class Hybrid(PreparationStep):
    """A way to make vesicles and liposomes of one tube fuse; the ones in the table derive from it.

    Liposomes come by a step `donor.liposome` before it.
    """

    stage: ClassVar[str] = "surface_engineering"
    joins: ClassVar[str] = LIPOSOME
    speculative: ClassVar[bool] = True

    @abstractmethod
    def hazard(self, suspension: Suspension, p: Draws) -> Array:
        """Return how often a liposome fuses with a vesicle, array (n,) [1]."""

    @abstractmethod
    def cost(self) -> Resources:
        """Return what it takes."""

    def strain(self, suspension: Suspension, p: Draws, account: Account) -> Suspension:
        """Return the tube after what joins some has opened, worn and lost any: hybrids too."""
        return suspension

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"hybrids, by {self.title.removeprefix('hybrids by ')}"

    def liposomes(self, suspension: Suspension, p: Draws) -> Array:
        """Return the mean liposomes that have joined a vesicle, array (n,) [1]."""
        if LIPOSOME not in suspension.kinds:
            return np.zeros(suspension.members)
        held = [suspension.population(kind).total for kind in vesicles_in(suspension)]
        vesicles = np.sum(held, axis=0) if held else np.zeros(suspension.members)
        return joined_mean(
            suspension.population(LIPOSOME).total, vesicles, self.hazard(suspension, p)
        )

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with hybrids in it, beside what did not fuse."""
        account = Account()
        mean = self.liposomes(suspension, p)
        tube = suspension
        if LIPOSOME in suspension.kinds:
            tube = joined(
                suspension, vesicles_in(suspension), LIPOSOME, HYBRID, mean, p[LEAKED], account
            )
        tube = self.strain(tube, p, account)
        account.note("vesicles that are hybrids now [1]", -np.expm1(-mean))
        account.note(
            "liposomes in a hybrid [1]",
            np.divide(mean, -np.expm1(-mean), out=np.ones_like(mean), where=mean > 0),
        )
        return tube, account.exchange(self.cost())

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a tube that lacks one of the two, fusion that hardly happens, and excess."""
        if LIPOSOME not in suspension.kinds or not vesicles_in(suspension):
            lacking = "liposomes" if LIPOSOME not in suspension.kinds else "vesicles"
            words = (
                f"there are no {lacking} in the tube to fuse: put `donor.liposome` after the "
                "isolation of the vesicles, and before this step"
            )
            return [Flag(self.name, words, "serious", limit="impossible")]
        mean = float(np.median(self.liposomes(suspension, p)))
        words = ""
        if mean > CROWDED:
            words = (
                f"{mean:.0f} liposomes join a vesicle: such a hybrid is a liposome with a trace of "
                "vesicle; use less lipid"
            )
        elif mean < 0.01:
            words = (
                f"only {-np.expm1(-mean):.1e} of the vesicles become hybrids: an effect of the "
                "tube is that of what did not fuse"
            )
        return [Flag(self.name, words)] if words else []
