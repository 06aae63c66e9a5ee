"""Adherent donor cells that condition one batch of medium."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.secretion import cell_time, lognormal_shares
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Population, Suspension, default_grid, grid_edges
from exocast.stages.account import Account, pooled

__all__ = ["CellCulture"]

Array = NDArray[np.float64]

VESICLES = ("small_ev", "large_ev", "apoptotic_body")
CONTAMINANTS = ("lipoprotein", "protein_aggregate")
FROM_MEDIUM = ("small_ev", "large_ev", *CONTAMINANTS)
SERUM = ("serum_free", "ev_depleted_serum", "serum")

FLASK_AREA = 175e-4  # what is sold as T175

SECRETION = Parameter(
    "donor.cell_culture.secretion_rate", "particle/cell/s",
    "Vesicles that a live cell adds to the medium, net of its own re-uptake, by kind.",
)  # fmt: skip
GROWTH = Parameter(
    "donor.cell_culture.growth_rate", "1/s",
    "Net growth of the live cells during conditioning.", low=-1e-4, high=1e-4, scale="linear",
)  # fmt: skip
DEATH = Parameter(
    "donor.cell_culture.death_rate", "1/s", "Share of the live cells that die in unit time.",
    high=1e-4,
)  # fmt: skip
BODIES = Parameter(
    "donor.cell_culture.bodies_per_dead_cell", "particle/cell",
    "Apoptotic bodies that a dying cell leaves in suspension.",
)  # fmt: skip
PROTEIN_SECRETION = Parameter(
    "donor.cell_culture.protein_secretion", "kg/cell/s", "Soluble protein that a cell secretes.",
)  # fmt: skip
MEDIUM_PROTEIN = Parameter(
    "donor.cell_culture.medium_protein", "kg/m^3", "Protein of the fresh medium, by serum.",
)  # fmt: skip
MEDIUM_PARTICLES = Parameter(
    "donor.cell_culture.medium_particles", "particle/m^3",
    "Particles of the fresh medium, by kind and serum.",
)  # fmt: skip
CULTURE_DENSITY = Parameter(
    "donor.cell_culture.culture_density", "cell/m^2", "Cells a surface carries when conditioned.",
)  # fmt: skip
HANDS_ON = Parameter(
    "donor.cell_culture.hands_on", "s", "Operator time per flask: wash, feed and harvest.",
)  # fmt: skip
DIAMETER = Parameter(
    "donor.vesicle.median_diameter", "m", "Number median of the diameter, by kind.",
    low=5e-9, high=5e-6,
)  # fmt: skip
SPREAD = Parameter(
    "donor.vesicle.geometric_sd", "1", "Geometric standard deviation of the diameter, by kind.",
    low=1.01, high=3.0,
)  # fmt: skip
DENSITY = Parameter(
    "donor.vesicle.density", "kg/m^3", "Effective density in the medium, by kind.",
    low=800.0, high=1500.0, scale="linear",
)  # fmt: skip
INDEX = Parameter(
    "donor.vesicle.refractive_index", "1", "Effective refractive index, by kind.",
    low=1.33, high=1.7, scale="linear",
)  # fmt: skip
SURFACE = {
    "phosphatidylserine_share": Parameter(
        "donor.vesicle.phosphatidylserine_share", "1",
        "Share of vesicles that expose phosphatidylserine.", high=1.0, scale="logit",
    ),
    "cd9_copies": Parameter("donor.vesicle.cd9_copies", "1", "Mean CD9 per vesicle."),
    "cd63_copies": Parameter("donor.vesicle.cd63_copies", "1", "Mean CD63 per vesicle."),
    "cd81_copies": Parameter("donor.vesicle.cd81_copies", "1", "Mean CD81 per vesicle."),
    "cd47_copies": Parameter("donor.vesicle.cd47_copies", "1", "Mean CD47 per vesicle."),
    "zeta_potential": Parameter(
        "donor.vesicle.zeta_potential", "V", "Zeta potential in physiological saline.",
        low=-0.2, high=0.1, scale="linear",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class CellCulture(PreparationStep):
    r"""Adherent cells secrete small and large vesicles into one volume of medium.

    Equation
    --------
    n_k = \dot{n}_k \int_0^t N \, dt' + c_k V, \quad N = \nu N_0 e^{g t'}

    n_\mathrm{bodies} = b \left[(1 - \nu) N_0 + \delta \int_0^t N \, dt'\right]

    m_\mathrm{protein} = \dot{m} \int_0^t N \, dt' + p V

    Symbols
    -------
    n_k : particles of kind k
    \dot{n}_k : secretion_rate
    N_0 : cells
    \nu : viability
    g : growth_rate
    t : duration
    c_k : medium_particles
    V : medium
    b : bodies_per_dead_cell
    \delta : death_rate
    \dot{m} : protein_secretion
    p : medium_protein

    Notes
    -----
    Live cells follow N(t) = v N0 exp(g t); what they secrete is rate x integral of N. Cells that
    are dead at the start (1 - v) or die on the way each leave apoptotic bodies. Particles and
    protein of the medium are there from the start, by serum. Sizes are log-normal by kind.

    Secretion rates are net (what is found in the medium per cell and time), so re-uptake by the
    donor cells is inside them and is not modelled again; whether they hold at another cell density
    or duration is not known. Counting methods disagree 10 to 1000 fold: the spread says so.
    Bovine vesicles of serum count as vesicles of their kind; the ledger shows them by cause.
    Apoptotic bodies are mostly larger than the grid and sit in its last classes.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "cell_culture"
    title: ClassVar[str] = "cell culture"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SECRETION, GROWTH, DEATH, BODIES, PROTEIN_SECRETION, MEDIUM_PROTEIN, MEDIUM_PARTICLES,
        CULTURE_DENSITY, HANDS_ON, DIAMETER, SPREAD, DENSITY, INDEX, *SURFACE.values(),
    )  # fmt: skip

    cell_type: str = setting(doc="Donor cell, as in the catalogue's context `cell`.")
    cells: float = setting(
        unit="cell", low=0.0, high=1e13, doc="Cells at the start of conditioning, dead ones too.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    medium: float = setting(
        unit="m^3", low=1e-8, high=10.0, doc="Medium that is conditioned.",
        moves="volume", direction=1,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=14 * 86400.0, doc="Time of conditioning.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    serum: str = setting(
        "serum_free", choices=SERUM, source="culture_practice",
        doc="Serum in the conditioning medium, at 10 % where there is any.",
        moves="solute/protein", direction=0,
    )  # fmt: skip
    viability: float = setting(
        0.95, unit="1", low=0.0, high=1.0, source="culture_practice",
        doc="Share of the cells alive at the start.",
        moves="particles/apoptotic_body", direction=-1,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        cells = f"{self.cells:.3g}".replace("e+0", "e").replace("e+", "e")
        return f"secreted, {cells} cells, {self.duration / 3600:.3g} h"

    def context(self) -> Mapping[str, str]:
        """Return the donor cell and the serum."""
        return {"cell": self.cell_type, "serum": self.serum}

    def needs(self) -> list[Need]:
        """Return the parameters, each for the kinds that it concerns."""
        plain = (GROWTH, DEATH, PROTEIN_SECRETION, MEDIUM_PROTEIN, CULTURE_DENSITY, HANDS_ON)
        by_kind = (
            ((SECRETION,), ("small_ev", "large_ev")),
            ((BODIES,), ("apoptotic_body",)),
            ((MEDIUM_PARTICLES,), FROM_MEDIUM),
            ((DIAMETER, SPREAD, DENSITY, INDEX), (*VESICLES, *CONTAMINANTS)),
            (tuple(SURFACE.values()), VESICLES),
        )
        return [Need(parameter) for parameter in plain] + [
            Need(parameter, {"kind": kind})
            for parameters, kinds in by_kind
            for parameter in parameters
            for kind in kinds
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the conditioned medium, added to what the tube held."""
        account = Account()
        members = suspension.members
        living = cell_time(self.cells * self.viability, p[GROWTH], self.duration)
        dead = self.cells * (1 - self.viability) + p[DEATH] * living
        grid = suspension.populations[0].diameter if suspension.populations else default_grid()

        result = suspension
        for kind in (*VESICLES, *CONTAMINANTS):
            total = np.zeros(members)
            for cause, amount in self._origins(kind, living, dead, p).items():
                account.add(f"particles/{kind}", cause, amount)
                total = total + amount
            fresh = self._population(kind, total, grid, p)
            held = kind in result.kinds
            result = result.with_population(
                pooled(result.population(kind), fresh) if held else fresh
            )

        secreted = p[PROTEIN_SECRETION] * living
        brought = p[MEDIUM_PROTEIN] * self.medium
        account.add("solute/protein", "secreted by the cells", secreted)
        account.add("solute/protein", "brought by the medium", brought)
        account.add("volume", "medium", np.full(members, self.medium))
        account.note("live cells at harvest [cell]", self._live_cells(p))
        protein = suspension.solutes.get("protein", np.zeros(members)) + secreted + brought
        conditioned = Suspension(
            populations=result.populations,
            free=suspension.free,
            solutes={**suspension.solutes, "protein": protein},
            volume=suspension.volume + self.medium,
            temperature=310.15,
            buffer="medium",
        )
        return conditioned, account.exchange(self._resources(p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return what a reader should know about the donor."""
        flags = []
        if "cell" not in p.row(SECRETION, kind="small_ev").context:
            flags.append(
                Flag(
                    self.name,
                    f"no secretion rate was found for `{self.cell_type}`: the generic one stands "
                    "in (counting methods differ 10 to 1000 fold); measure the harvest",
                )
            )
        bovine = p.at(MEDIUM_PARTICLES, kind="small_ev") * self.medium
        living = cell_time(self.cells * self.viability, p[GROWTH], self.duration)
        own = p.at(SECRETION, kind="small_ev") * living
        share = float(np.median(np.divide(bovine, bovine + own, out=np.ones_like(own),
                                          where=bovine + own > 0)))  # fmt: skip
        if self.serum != "serum_free" and share > 0.05:
            flags.append(
                Flag(self.name, f"{share:.0%} of the small vesicles come from the serum (median)")
            )
        doublings = float(np.median(p[GROWTH])) * self.duration / np.log(2)
        if doublings > 1.5:
            flags.append(
                Flag(
                    self.name,
                    f"the cells would double {doublings:.1f} times: exponential growth stops at "
                    "confluence, so shorten the culture or start with fewer cells",
                )
            )
        if self.medium > 0 and self.cells / self.medium > 5e12:
            flags.append(
                Flag(self.name, "more than 5e6 cells per mL: denser than a flask can feed")
            )
        return flags

    def _origins(self, kind: str, living: Array, dead: Array, p: Draws) -> dict[str, Array]:
        """Return the particles of a kind by where they come from, arrays (n,)."""
        origins = {}
        if kind in ("small_ev", "large_ev"):
            origins["secreted by the cells"] = p.at(SECRETION, kind=kind) * living
        if kind == "apoptotic_body":
            origins["left by dying cells"] = p.at(BODIES, kind=kind) * dead
        if kind in FROM_MEDIUM:
            origins["brought by the medium"] = p.at(MEDIUM_PARTICLES, kind=kind) * self.medium
        return origins

    def _population(self, kind: str, total: Array, grid: Array, p: Draws) -> Population:
        """Return particles of a kind with their sizes and properties."""
        shares = lognormal_shares(
            grid_edges(grid), p.at(DIAMETER, kind=kind), p.at(SPREAD, kind=kind)
        )
        vesicular = kind in VESICLES
        surface = {
            name: p.at(parameter, kind=kind) for name, parameter in SURFACE.items() if vesicular
        }
        return Population(
            kind=kind,
            diameter=grid,
            count=total[:, None] * shares,
            density=p.at(DENSITY, kind=kind),
            refractive_index=p.at(INDEX, kind=kind),
            vesicular=vesicular,
            surface=surface,
        )

    def _live_cells(self, p: Draws) -> Array:
        return np.asarray(self.cells * self.viability * np.exp(p[GROWTH] * self.duration))

    def _resources(self, p: Draws) -> Resources:
        """Return time, flasks and medium."""
        flasks = float(np.ceil(np.median(self.cells / p[CULTURE_DENSITY]) / FLASK_AREA))
        hands_on = flasks * float(np.median(p[HANDS_ON]))
        consumables = {"flask, 175 cm2": flasks, "medium [L]": self.medium * 1e3}
        return Resources(time=self.duration + hands_on, hands_on=hands_on, consumables=consumables)
