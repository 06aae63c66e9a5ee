"""Nuclease and protease protection: what a digestion leaves, with and without detergent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.protection import surviving_share
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.loading.cargo import cargo_table

__all__ = ["PLACES", "TARGETS", "Protection"]

Array = NDArray[np.float64]

TARGETS: Mapping[str, tuple[str, ...]] = {
    "nuclease": ("nucleic_acid",),
    "protease": ("protein",),
    "protease_then_nuclease": ("nucleic_acid", "protein"),
}
"""Kinds of cargo that each digestion cuts; small molecules are cut by none."""

PLACES = ("surface", "lumen", "precipitate")
"""Where cargo is out of an enzyme's full reach."""

SHOWN = 0.05
"""Share of the cargo in a precipitate above which the reading is said to mislead; a choice."""

HAZARD = Parameter(
    "assay.protection.hazard", "1/s", "Rate at which the enzyme cuts dissolved cargo, by kind."
)
ACCESS = Parameter(
    "assay.protection.access", "1",
    "Rate at which cargo is cut where it is, over that of dissolved cargo.", high=1.0,
)  # fmt: skip
OPENED = Parameter(
    "assay.protection.opened", "1", "Share of vesicles that the detergent opens.",
    high=1.0, scale="logit",
)  # fmt: skip


@dataclass(frozen=True)
class Protection(PreparationStep):
    r"""An aliquot is digested; what withstands is called protected. The tube passes unchanged.

    Equation
    --------
    r = \frac{\sum_i c_i S(x_i)}{\sum_i c_i}, \quad S_\mathrm{vesicle} = o \, S(1) + (1 - o) \, S(x)

    Symbols
    -------
    r : cargo that withstands digestion [1]
    c_i : cargo dissolved, on surfaces, in lumens and in precipitate [copy]
    S : surviving_share
    x_i : access, 1 for dissolved cargo
    o : opened, with detergent; 0 without
    S_\mathrm{vesicle} : share of cargo on and in vesicles that is left [1]
    x : access of surface or lumen

    Notes
    -----
    Cargo in a lumen, on a surface, in a precipitate and dissolved each has a hazard of its own.
    Detergent opens vesicles, and what was in or on them is dissolved; it does not dissolve
    precipitate. So only what withstands without detergent *and* is lost with it was in vesicles.
    RNA on a surface is held by protein there, which is why a protease goes first.
    """

    stage: ClassVar[str] = "assay"
    method: ClassVar[str] = "protection"
    title: ClassVar[str] = "nuclease and protease protection"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (HAZARD, ACCESS, OPENED)

    enzyme: str = setting(
        "nuclease", choices=tuple(TARGETS), doc="What digests.", source="digestion_practice",
        moves="siRNA that withstands digestion [1]",
    )  # fmt: skip
    detergent: str = setting(
        "no", choices=("no", "yes"), doc="Whether a detergent opens vesicles first.",
        source="digestion_practice", moves="siRNA that withstands digestion [1]", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        1800.0, unit="s", low=60.0, high=86400.0, doc="Time of digestion.",
        source="digestion_practice", moves="siRNA that withstands digestion [1]", direction=-1,
    )  # fmt: skip
    strength: float = setting(
        1.0, unit="1", low=0.01, high=100.0, source="digestion_practice",
        doc="Enzyme in the digestion, over the usual.",
        moves="siRNA that withstands digestion [1]", direction=-1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the enzyme, in whose context the surface is looked up."""
        return {"enzyme": self.enzyme}

    def needs(self) -> list[Need]:
        """Return the hazard of what is cut, and the access of each place."""
        return [
            *(Need(HAZARD, {"cargo_kind": kind}) for kind in TARGETS[self.enzyme]),
            *(Need(ACCESS, {"place": place}) for place in PLACES),
            *([Need(OPENED)] if self.detergent == "yes" else []),
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube as it was, with what would withstand as notes."""
        notes = {}
        hazards = {kind: p.at(HAZARD, cargo_kind=kind) for kind in TARGETS[self.enzyme]}
        for cargo in suspension.cargoes:
            pools = suspension.pools(cargo)
            kind = cargo_table()[cargo].kind if cargo in cargo_table() else ""
            whole = np.sum(list(pools.values()), axis=0)
            left = self.left(pools, hazards.get(kind, np.zeros(p.members)), p)
            notes[f"{cargo} that withstands digestion [1]"] = _share(left, whole)
            notes[f"{cargo} inside vesicles [1]"] = _share(pools["inside"], whole)
        time = self.duration + 1200.0
        return suspension, Exchange(resources=Resources(time=time, hands_on=1200.0), notes=notes)

    def left(self, pools: Mapping[str, Array], hazard: Array, p: Draws) -> Array:
        """Return the copies that withstand, of those in each pool, array (n,).

        `hazard` is that of dissolved cargo at the usual enzyme; zero where none cuts it.
        """
        hazard = hazard * self.strength
        bare = surviving_share(hazard, 1.0, self.duration)
        kept = {
            place: surviving_share(hazard, p.at(ACCESS, place=place), self.duration)
            for place in PLACES
        }
        opened = p[OPENED] if self.detergent == "yes" else np.zeros(p.members)
        return np.asarray(
            pools["free"] * bare
            + pools["attached"] * (opened * bare + (1.0 - opened) * kept["surface"])
            + pools["inside"] * (opened * bare + (1.0 - opened) * kept["lumen"])
            + pools["aggregated"] * kept["precipitate"]
        )

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag precipitate, which withstands without being in a vesicle."""
        flags = []
        for cargo in suspension.cargoes:
            pools = suspension.pools(cargo)
            share = _share(pools["aggregated"], np.sum(list(pools.values()), axis=0))
            if float(np.median(share)) > SHOWN and self.detergent == "no":
                words = (
                    f"{float(np.median(share)):.0%} of {cargo} is precipitate, which withstands "
                    "without being in a vesicle: digest with detergent too, and count the loss"
                )
                flags.append(Flag(self.name, words))
        return flags


def _share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
