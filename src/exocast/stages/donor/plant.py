"""Vesicles of an edible plant: pressed from it, or made by the blades that homogenise it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension, default_grid
from exocast.stages.account import Account
from exocast.stages.donor.source import SHAPE, SURFACE, added, kind_needs, particles

__all__ = ["KINDS", "PLANTS", "PROCESSES", "Plant"]

Array = NDArray[np.float64]

PLANTS = ("grapefruit", "ginger", "carrot", "broccoli")
PROCESSES = ("juice", "homogenate")
KINDS = ("small_ev", "large_ev", "protein_aggregate")
"""What a cleared juice holds; fibre is what is left of the cell wall, as aggregates."""

_KEY = "donor.plant."
YIELD = Parameter(_KEY + "particles", "particle/kg", "Particles of a mass of plant, by kind.")
LIQUID = Parameter(_KEY + "liquid", "m^3/kg", "Liquid that a mass of plant gives.", high=1e-2)
PROTEIN = Parameter(_KEY + "protein", "1", "Soluble protein in the mass of plant.", high=1.0)
COMPLEXES = Parameter(
    _KEY + "rna_protein_complex", "1", "RNA with what binds it in the mass of plant.", high=1.0
)
HANDS_ON = Parameter(_KEY + "hands_on", "s", "Operator time: wash, press or blend, strain.")


@dataclass(frozen=True)
class Plant(PreparationStep):
    r"""A mass of plant, pressed or homogenised and strained.

    Equation
    --------
    n_k = y_k m, \quad V = j m + V_b

    Symbols
    -------
    n_k : particles of kind k
    y_k : particles
    m : mass
    V : volume
    j : liquid
    V_b : buffer

    Notes
    -----
    Juice holds what was outside the cells and what leaked from broken ones; a homogenate mostly
    membrane that closed after the cells were cut, which nobody secreted. Neither has tetraspanins
    of animals: capture by them finds nothing. Fibre and pectin count as aggregates; pieces above
    1 um are strained off. Oils, polyphenols and what grew on the plant are not followed.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "plant"
    title: ClassVar[str] = "plant"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        YIELD, LIQUID, PROTEIN, COMPLEXES, HANDS_ON, *SHAPE, *SURFACE.values(),
    )  # fmt: skip

    plant: str = setting(choices=PLANTS, doc="Which plant, by its edible part.")
    mass: float = setting(
        unit="kg", low=1e-4, high=1e4, doc="Plant that is worked up, fresh.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    process: str = setting(
        "juice", choices=PROCESSES, source="plant_practice", doc="Pressed, or blended whole.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    buffer: float = setting(
        0.0, unit="m^3", low=0.0, high=10.0, source="plant_practice",
        doc="Buffer that is added to it.", moves="volume", direction=1,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"in {self.plant} {self.process}, {self.mass:.3g} kg"

    def context(self) -> Mapping[str, str]:
        """Return the plant and what was done to it."""
        return {"plant": self.plant, "process": self.process, "kingdom": "plant"}

    def needs(self) -> list[Need]:
        """Return the parameters, each for the kinds that it concerns."""
        plain = (LIQUID, PROTEIN, COMPLEXES, HANDS_ON)
        return [
            *(Need(parameter) for parameter in plain),
            *(Need(YIELD, {"kind": kind}) for kind in KINDS),
            *kind_needs(KINDS),
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the strained liquid, added to what the tube held."""
        account = Account()
        grid = suspension.populations[0].diameter if suspension.populations else default_grid()
        result = suspension
        for kind in KINDS:
            total = p.at(YIELD, kind=kind) * self.mass
            account.add(f"particles/{kind}", "from the plant", total)
            result = added(result, particles(kind, total, grid, p))
        solutes = dict(suspension.solutes)
        for name, parameter in (("protein", PROTEIN), ("rna_protein_complex", COMPLEXES)):
            mass = p[parameter] * self.mass
            account.add(f"solute/{name}", "from the plant", mass)
            solutes[name] = solutes.get(name, np.zeros(suspension.members)) + mass
        account.add("volume", "from the plant", p[LIQUID] * self.mass)
        account.add("volume", "buffer", np.full(suspension.members, self.buffer))
        made = Suspension(
            populations=result.populations,
            free=suspension.free,
            solutes=solutes,
            volume=suspension.volume + p[LIQUID] * self.mass + self.buffer,
            buffer="juice",
        )
        hands_on = float(np.median(p[HANDS_ON]))
        consumables = {f"{self.plant} [kg]": self.mass, "buffer [L]": 1e3 * self.buffer}
        return made, account.exchange(Resources(hands_on, hands_on, consumables))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return what a reader should know of the plant."""
        words = (
            "particles per gram of plant were read for no plant: yields are orders of magnitude, "
            "so count the harvest"
        )
        flags = [Flag(self.name, words)]
        if self.process == "homogenate":
            words = "most vesicles of a homogenate are cell membrane that closed in the blender"
            flags.append(Flag(self.name, words, "note"))
        return flags
