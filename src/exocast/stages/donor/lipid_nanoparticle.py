"""Lipid nanoparticles: nucleic acid mixed into ionisable lipid under a coat of PEG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.lumen import AVOGADRO, sphere_volume
from exocast.laws.nanoparticle import copies_by_geometry, neutral_copies, scattering_lognormal
from exocast.laws.secretion import lognormal_shares
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Ceiling, PreparationStep, setting
from exocast.material.suspension import Copies, Population, Suspension, default_grid, grid_edges
from exocast.stages.account import Account
from exocast.stages.donor.source import added
from exocast.stages.donor.vesicle import DENSITY, INDEX
from exocast.stages.loading.cargo import (
    MOLAR_MASS,
    PHOSPHATE_CHARGE,
    added_copies,
    cargo_context,
    cargo_table,
    unknown_cargo,
)

__all__ = ["CEILING", "KIND", "LipidNanoparticle"]

Array = NDArray[np.float64]

KIND = "lipid_nanoparticle"
ANCHORS = ("C14", "C16", "C18")

CEILING = "copies at neutral charge [copy/particle]"
"""Figure of the step: what a particle would hold were all its ionisable lipid neutralised."""

_KEY = "donor.lipid_nanoparticle."
SOLIDS = Parameter(
    _KEY + "solids", "kg/m^3", "Lipid and cargo in a particle's own volume, without its water.",
    low=200.0, high=1500.0,
)  # fmt: skip
LAYER = Parameter(_KEY + "coat_layer", "m", "Thickness of the layer of PEG.", high=2e-8)
LIPID_MASS = Parameter(_KEY + "lipid_mass", "kg/mol", "Mean molar mass of the lipids.")
IONISABLE = Parameter(
    _KEY + "ionisable_share", "1", "Ionisable lipid in the moles of lipid.",
    high=1.0, scale="logit",
)  # fmt: skip
EMPTY = Parameter(
    _KEY + "empty_share", "1", "Share of particles without cargo.", high=0.99, scale="logit"
)
DESORPTION = Parameter(
    _KEY + "peg_desorption", "1/s", "Rate at which a PEG-lipid leaves a particle in plasma."
)
HANDS_ON = Parameter(_KEY + "hands_on", "s", "Operator time for one batch.")


@dataclass(frozen=True)
class LipidNanoparticle(PreparationStep):
    r"""Nucleic acid and lipids are mixed into particles; copies in each follow from geometry.

    Equation
    --------
    \bar{c}(d) = (1 - e) \, c(d), \quad n_k = \frac{E N w_k}{\sum_j w_j \bar{c}_j}

    w = \frac{r}{1 + r}, \quad p = p_0 \, \frac{(1 - w) \, \rho V N_A}{m}

    Symbols
    -------
    \bar{c} : mean copies of a particle of a diameter
    c(d) : copies_by_geometry
    e : empty_share
    n_k : particles in bin k
    w_k : lognormal_shares
    E : encapsulated
    N : copies mixed in
    w : share of cargo in the solids
    r : cargo_to_lipid
    p : chains of PEG on a particle
    p_0 : peg_share
    \rho : solids
    V : volume of the particle that a copy sits in [m^3]
    m : lipid_mass
    N_A : Avogadro constant

    Notes
    -----
    Sizes: a log-normal distribution behind the light-scattering reading
    (`laws.nanoparticle.scattering_lognormal`). A particle of diameter d holds
    pi/6 (d - 2 h)^3 rho w N_A / M copies, with w = r / (1 + r) at a cargo-to-lipid mass ratio r:
    no loading constant. So many particles form as the encapsulated cargo fills, and an assumed
    share more without any; the copies of filled ones are Poisson about that mean. Chains of PEG are
    the moles of lipid of the particle that a copy sits in times their share, all outside. What was
    not encapsulated stays dissolved.

    Lipid is not followed apart from its particles. Structure, charge and pKa enter only through
    rows measured with ionisable lipids of the MC3 kind; other lipids go elsewhere in the body.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "lipid_nanoparticle"
    title: ClassVar[str] = "lipid nanoparticles"
    carrier: ClassVar[str] = KIND
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SOLIDS, LAYER, LIPID_MASS, IONISABLE, EMPTY, DESORPTION, HANDS_ON, DENSITY, INDEX,
        MOLAR_MASS, PHOSPHATE_CHARGE,
    )  # fmt: skip

    cargo: str = setting(doc="Nucleic acid, a name of the table of cargoes.", moves="cargo inside")
    cargo_amount: float = setting(
        0.0, unit="mol", low=0.0, high=1e-3, doc="Cargo that is mixed in; or give `cargo_mass`.",
        moves="cargo inside", direction=1,
    )  # fmt: skip
    cargo_mass: float = setting(
        0.0, unit="kg", low=0.0, high=1e-2, doc="Cargo that is brought in, in place of an amount.",
        moves="cargo inside", direction=1,
    )  # fmt: skip
    diameter: float = setting(
        80e-9, unit="m", low=50e-9, high=200e-9, source="nanoparticle_practice",
        doc="Mean hydrodynamic diameter by light scattering (z-average).",
        moves="particles/lipid_nanoparticle", direction=-1,
    )  # fmt: skip
    polydispersity: float = setting(
        0.1, unit="1", low=0.01, high=0.2, source="nanoparticle_practice",
        doc="Polydispersity index by light scattering.",
        moves="particles/lipid_nanoparticle", direction=1,
    )  # fmt: skip
    cargo_to_lipid: float = setting(
        0.083, unit="1", low=0.005, high=0.3, source="patisiran_label",
        doc="Mass of cargo over mass of all lipid in the particles.",
        moves="particles/lipid_nanoparticle", direction=-1, fills="particle",
    )  # fmt: skip
    encapsulated: float = setting(
        0.95, unit="1", low=0.0, high=1.0, source="nanoparticle_practice",
        doc="Share of the cargo of the final tube that is inside particles.",
        moves="cargo inside", direction=1,
    )  # fmt: skip
    peg_share: float = setting(
        0.016, unit="1", low=0.0, high=0.1, source="patisiran_label",
        doc="PEG-lipid in the moles of lipid.", moves="peg copies", direction=1,
    )  # fmt: skip
    peg_anchor: str = setting(
        "C14", choices=ANCHORS, source="patisiran_label",
        doc="Tails of the PEG-lipid: longer ones hold longer in plasma.",
        moves="peg desorption", direction=-1,
    )  # fmt: skip
    volume: float = setting(
        1e-6, unit="m^3", low=1e-8, high=1e-2, doc="Liquid of the final tube.",
        source="nanoparticle_practice", moves="volume", direction=1,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"formulated, {self.diameter * 1e9:.3g} nm"

    def context(self) -> Mapping[str, str]:
        """Return the cargo, its kind, and the anchor of the coat."""
        return {**cargo_context(self.cargo), "anchor": self.peg_anchor}

    def needs(self) -> list[Need]:
        """Return the parameters, those of particles for their kind."""
        by_kind = (DENSITY, INDEX)
        return [
            Need(each, {"kind": KIND}) if each in by_kind else Need(each)
            for each in self.parameters
        ]

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        problems = unknown_cargo(self.cargo)
        if not problems and cargo_table()[self.cargo].kind != "nucleic_acid":
            problems.append(
                f"{self.cargo} is no nucleic acid: ionisable lipid binds phosphates, and nothing "
                "else is held by these particles."
            )
        if (self.cargo_amount > 0) == (self.cargo_mass > 0):
            problems.append("give `cargo_amount` or `cargo_mass`, and not both.")
        return problems

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the particles, added to what the tube held."""
        account = Account()
        brought = added_copies(self.cargo_amount, self.cargo_mass, p)
        inside = self.encapsulated * brought
        grid = suspension.populations[0].diameter if suspension.populations else default_grid()
        fresh = self._population(grid, inside, p)  # A donor comes first: none is there yet.
        account.add(f"cargo/{self.cargo}", "mixed in", brought)
        account.add(f"particles/{KIND}", "formed", fresh.total)
        account.add("volume", "buffer", np.full(suspension.members, self.volume))
        mean = np.divide(inside, fresh.total, out=np.zeros_like(inside), where=fresh.total > 0)
        account.note(CEILING, self._neutral(mean, p))
        free = suspension.free.get(self.cargo, np.zeros(suspension.members)) + (brought - inside)
        made = Suspension(
            populations=added(suspension, fresh).populations,
            free={**suspension.free, self.cargo: free},
            solutes=suspension.solutes,
            volume=suspension.volume + self.volume,
        )
        hands_on = float(np.median(p[HANDS_ON]))
        resources = Resources(
            time=hands_on, hands_on=hands_on, consumables={"lipid mix, batch": 1.0}
        )
        return made, account.exchange(resources)

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return how much nucleic acid the ionisable lipid neutralises."""
        return [
            Ceiling(
                "cargo_to_lipid",
                np.full(p.members, self.cargo_to_lipid),
                self.cargo_to_lipid * self._neutral(np.ones(p.members), p),
                "of the mass of the lipid",
                f"as {self.cargo} in the particles",
                "their ionisable lipid neutralises no more (N/P of 1)",
                "Lower it",
            )
        ]

    def _neutral(self, copies: Array, p: Draws) -> Array:
        return neutral_copies(
            copies, self.cargo_to_lipid, p[IONISABLE], p[LIPID_MASS], p[MOLAR_MASS],
            p[PHOSPHATE_CHARGE],
        )  # fmt: skip

    def _population(self, grid: Array, inside: Array, p: Draws) -> Population:
        """Return as many particles as the encapsulated cargo fills, and the empty ones."""
        median, spread = scattering_lognormal(self.diameter, self.polydispersity)
        ones = np.ones(p.members)
        shares = lognormal_shares(grid_edges(grid), median * ones, spread * ones)
        part = self.cargo_to_lipid / (1.0 + self.cargo_to_lipid)
        full = copies_by_geometry(
            grid, p[LAYER][:, None], p[SOLIDS][:, None], part, p[MOLAR_MASS][:, None]
        )
        empty = p[EMPTY][:, None]
        mean = (1.0 - empty) * full
        each = (shares * mean).sum(axis=1)
        count = (inside / each)[:, None] * shares
        chance = np.exp(-full)
        # The coat of the particles that hold the cargo: means by volume, not by number.
        volume = sphere_volume(np.maximum(grid - 2.0 * p[LAYER][:, None], 0.0))
        typical = (shares * volume**2).sum(axis=1) / (shares * volume).sum(axis=1)
        lipid = (1.0 - part) * p[SOLIDS] * typical
        return Population(
            kind=KIND,
            diameter=grid,
            count=count,
            density=p.at(DENSITY, kind=KIND),
            refractive_index=p.at(INDEX, kind=KIND),
            surface={
                "peg_copies": self.peg_share * lipid / p[LIPID_MASS] * AVOGADRO,
                "peg_desorption": p[DESORPTION],
            },
            inside={
                self.cargo: Copies(mean, empty + (1.0 - empty) * chance, (1.0 - empty) * full**2)
            },
        )
