"""A body fluid as it is collected: vesicles among what outnumbers them."""

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
from exocast.material.suspension import LIPOPROTEINS, Suspension
from exocast.stages.account import Account
from exocast.stages.donor.source import (
    SHAPE,
    SURFACE,
    VESICULAR,
    added,
    kind_needs,
    particles,
    wide_grid,
)

__all__ = ["FLUIDS", "HISTORIES", "KINDS", "MEALS", "PLATELETS", "BodyFluid"]

Array = NDArray[np.float64]

_BLOOD = ("small_ev", "large_ev", "chylomicron", "vldl", "ldl", "hdl", "protein_aggregate")
KINDS: Mapping[str, tuple[str, ...]] = {
    "plasma": _BLOOD,
    "serum": _BLOOD,
    "ascites": _BLOOD[:2] + _BLOOD[3:],
    "urine": ("small_ev", "large_ev", "protein_aggregate", "virus_like"),
    "milk": ("small_ev", "large_ev", "protein_aggregate"),
    "saliva": ("small_ev", "large_ev", "protein_aggregate", "virus_like"),
    "cerebrospinal_fluid": ("small_ev", "large_ev", "hdl", "protein_aggregate"),
}
"""What floats in a fluid; protein aggregates of milk are casein micelles, of urine uromodulin."""

FLUIDS = tuple(KINDS)
MEALS = ("fasting", "after_meal")
PLATELETS = ("single_spin", "double_spin", "filtered")
HISTORIES = ("fresh", "frozen")
FRAGMENTS = ("small_ev", "large_ev")

_KEY = "donor.body_fluid."
PARTICLES = Parameter(
    _KEY + "particles", "particle/m^3", "Particles of the fluid, by kind.",
)  # fmt: skip
PROTEIN = Parameter(_KEY + "protein", "kg/m^3", "Protein dissolved in the fluid.")
COMPLEXES = Parameter(
    _KEY + "rna_protein_complex", "kg/m^3", "RNA and what binds it, dissolved and in no vesicle.",
)  # fmt: skip
ENDOTOXIN = Parameter(_KEY + "endotoxin", "kg/m^3", "Endotoxin of the fluid.")
VISCOSITY = Parameter(_KEY + "viscosity", "Pa*s", "Viscosity of the fluid at room temperature.")
PLATELETS_LEFT = Parameter(
    _KEY + "platelets_left", "cell/m^3", "Platelets that plasma still holds, by how it was made.",
)  # fmt: skip
FRAGMENTS_EACH = Parameter(
    _KEY + "fragments_per_platelet", "particle/cell",
    "Vesicles, by kind, into which one platelet falls when it is frozen and thawed.",
)  # fmt: skip
HANDS_ON = Parameter(_KEY + "hands_on", "s", "Operator time to collect and clear a fluid.")


@dataclass(frozen=True)
class BodyFluid(PreparationStep):
    r"""A volume of plasma, serum, urine, milk, saliva, cerebrospinal fluid or ascites.

    Equation
    --------
    n_k = \left(c_k + f_k P\right) V, \quad m = p V

    Symbols
    -------
    n_k : particles of kind k
    c_k : particles
    f_k : fragments_per_platelet, where plasma was frozen; 0 where it was not
    P : platelets_left
    m : protein
    p : protein in the fluid, by protein; RNA-protein complexes and endotoxin alike
    V : volume

    Notes
    -----
    In plasma a vesicle is one particle in 1e6: HDL (by number), LDL and VLDL make up the rest, and
    what an instrument counts above its limit is mostly large VLDL. Nothing here says "exosome": the
    kinds are what is there, and the assay says what of it is seen.

    Plasma and serum reach down to HDL (10 nm), so their grid does: the common one carried on below
    30 nm. A meal brings chylomicrons. Platelets that the spins leave behind
    fall apart when plasma is frozen and thawed: their fragments are vesicles that no donor had.

    Lipoproteins and casein micelles stand for days without clumping, and say so on their surface
    (`colloidally_stable`). Milk is cow's milk, skimmed: fat globules (1 to 10 um) lie above the
    grid, and so do cells, which every fluid is freed of. Rows are for healthy adults; disease moves
    them by more than donors differ. Donor-to-donor spread is the variability of the rows. Protein
    here is dissolved; apolipoproteins ride with their particles.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "body_fluid"
    title: ClassVar[str] = "body fluid"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        PARTICLES, PROTEIN, COMPLEXES, ENDOTOXIN, VISCOSITY, PLATELETS_LEFT, FRAGMENTS_EACH,
        HANDS_ON, *SHAPE, *SURFACE.values(),
    )  # fmt: skip

    fluid: str = setting(choices=FLUIDS, doc="Which fluid.", moves="solute/protein", direction=0)
    volume: float = setting(
        unit="m^3", low=1e-9, high=10.0, doc="Fluid that is taken, cells removed.",
        moves="volume", direction=1,
    )  # fmt: skip
    meal: str = setting(
        "fasting", choices=MEALS, source="fluid_practice",
        doc="When blood was taken; a meal brings chylomicrons.",
    )  # fmt: skip
    platelets: str = setting(
        "double_spin", choices=PLATELETS, source="fluid_practice",
        doc="How platelets were removed from plasma: one spin, two, or two and a 0.8 um filter.",
    )  # fmt: skip
    history: str = setting(
        "fresh", choices=HISTORIES, source="fluid_practice",
        doc="Whether it was frozen and thawed before use; platelets left in it fall apart.",
        moves="particles/large_ev", direction=0,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"in {self.fluid.replace('_', ' ')}, {self.volume * 1e6:.3g} mL"

    def context(self) -> Mapping[str, str]:
        """Return the fluid, and for blood the meal and how platelets were removed."""
        own = {"fluid": self.fluid}
        if self._is_blood:
            own["meal"] = self.meal
        return {**own, "platelets": self.platelets} if self.fluid == "plasma" else own

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of particle in the fluid."""
        return KINDS[self.fluid]

    @property
    def _is_blood(self) -> bool:
        return self.fluid in ("plasma", "serum")

    @property
    def _fragments(self) -> tuple[str, ...]:
        return FRAGMENTS if self.fluid == "plasma" and self.history == "frozen" else ()

    def needs(self) -> list[Need]:
        """Return the parameters, each for the kinds that it concerns."""
        plain = [PROTEIN, COMPLEXES, ENDOTOXIN, VISCOSITY, HANDS_ON]
        plain += [PLATELETS_LEFT] if self.fluid == "plasma" else []
        return [
            *(Need(parameter) for parameter in plain),
            *(Need(PARTICLES, {"kind": kind}) for kind in self.kinds),
            *(Need(FRAGMENTS_EACH, {"kind": kind}) for kind in self._fragments),
            *kind_needs(self.kinds),
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the fluid, added to what the tube held."""
        account = Account()
        grid = suspension.populations[0].diameter if suspension.populations else wide_grid()
        result = suspension
        for kind in self.kinds:
            total = p.at(PARTICLES, kind=kind) * self.volume
            account.add(f"particles/{kind}", "in the fluid", total)
            if kind in self._fragments:
                broken = p.at(FRAGMENTS_EACH, kind=kind) * p[PLATELETS_LEFT] * self.volume
                account.add(f"particles/{kind}", "fragments of frozen platelets", broken)
                total = total + broken
            lasting = kind in LIPOPROTEINS or (kind, self.fluid) == ("protein_aggregate", "milk")
            result = added(result, particles(kind, total, grid, p, lasting=lasting))
        solutes = dict(suspension.solutes)
        for name, parameter in (
            ("protein", PROTEIN), ("rna_protein_complex", COMPLEXES), ("endotoxin", ENDOTOXIN),
        ):  # fmt: skip
            mass = p[parameter] * self.volume
            account.add(f"solute/{name}", "in the fluid", mass)
            solutes[name] = solutes.get(name, np.zeros(suspension.members)) + mass
        account.add("volume", "fluid", np.full(suspension.members, self.volume))
        account.note("viscosity [Pa*s]", p[VISCOSITY])
        account.note("other particles for each vesicle [1]", self._outnumbered(p))
        if self.fluid == "plasma":
            account.note("platelets left [cell]", p[PLATELETS_LEFT] * self.volume)
        hands_on = float(np.median(p[HANDS_ON]))
        made = Suspension(
            populations=result.populations,
            free=suspension.free,
            solutes=solutes,
            volume=suspension.volume + self.volume,
            buffer=self.fluid,
        )
        resources = Resources(
            time=hands_on, hands_on=hands_on,
            consumables={f"{self.fluid.replace('_', ' ')} [L]": 1e3 * self.volume},
        )  # fmt: skip
        return made, account.exchange(resources)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return what a reader should know of the fluid."""
        flags = []
        number = float(np.median(self._outnumbered(p)))
        if number > 10:
            flags.append(
                Flag(
                    self.name,
                    f"{float(f'{number:.2g}'):,.0f} other particles for each vesicle: no count of "
                    "this fluid is one of vesicles; take lipoproteins and protein out and show it",
                )
            )
        if self._fragments:
            left = p[PLATELETS_LEFT] * p.at(FRAGMENTS_EACH, kind="large_ev")
            share = float(np.median(left / (left + p.at(PARTICLES, kind="large_ev"))))
            if share > 0.05:
                flags.append(
                    Flag(
                        self.name,
                        f"{share:.0%} of the large vesicles would be fragments of platelets that "
                        "were frozen with the plasma: spin twice and filter before freezing",
                    )
                )
        if self.fluid == "serum":
            words = "clotting lets platelets shed: serum holds vesicles that blood did not"
            flags.append(Flag(self.name, words, "note"))
        if self.fluid == "urine":
            words = (
                "uromodulin forms filaments that trap vesicles and pellet with them: reduce it "
                "(DTT) or dilute; what it traps is not modelled"
            )
            flags.append(Flag(self.name, words, "note"))
        return flags

    def _outnumbered(self, p: Draws) -> Array:
        """Return the particles that are no vesicles over those that are, array (n,)."""
        counts = {kind: p.at(PARTICLES, kind=kind) for kind in self.kinds}
        inside = np.sum([counts[kind] for kind in self.kinds if kind in VESICULAR], axis=0)
        beside = np.sum([counts[kind] for kind in self.kinds if kind not in VESICULAR], axis=0)
        return np.asarray(beside / inside)
