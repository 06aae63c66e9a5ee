"""Donor cells that condition one batch of medium, in a flask or in a bioreactor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.secretion import cell_time, crowded_time
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension, default_grid
from exocast.stages.account import Account, pooled
from exocast.stages.donor import disturbance, vesicle
from exocast.stages.donor.disturbance import TREATMENTS, Secretion, factors, secretion
from exocast.stages.donor.vesicle import CONTAMINANTS, FROM_ENDOSOME, VESICLES, particles
from exocast.units.numbers import amount

__all__ = ["CellCulture"]

Array = NDArray[np.float64]

FROM_MEDIUM = ("small_ev", "large_ev", *CONTAMINANTS)
SERUM = ("serum_free", "ev_depleted_serum", "serum")

FORMATS = {
    "flask": "flask, 175 cm2",
    "hollow_fibre": "hollow-fibre cartridge",
    "microcarrier": "microcarriers [g]",
    "stirred_tank": "tank bag [L]",
}
"""What a culture grows in, and the consumable that one unit of it is."""

MOST_DOUBLINGS = 1.5
"""Doublings in one culture above which exponential growth is a claim; a choice."""

_KEY = "donor.cell_culture."
SECRETION = Parameter(
    _KEY + "secretion_rate", "particle/cell/s",
    "Vesicles that a live cell adds to the medium, net of its own re-uptake, by kind.",
)  # fmt: skip
DONOR = Parameter(
    _KEY + "donor_factor", "1", "Secretion of the cells of one donor, over the median donor's."
)
LOT = Parameter(
    _KEY + "lot_factor", "1", "Secretion in one lot of one donor's cells, over the median lot."
)
GROWTH = Parameter(
    _KEY + "growth_rate", "1/s",
    "Net growth of the live cells during conditioning.", low=-1e-4, high=1e-4, scale="linear",
)  # fmt: skip
GROWTH_LIMIT = Parameter(
    _KEY + "growth_limit", "1", "Cells at which growth stops, over those at the start.", low=1.0
)
DEATH = Parameter(
    _KEY + "death_rate", "1/s", "Share of the live cells that die in unit time.", high=1e-4,
)  # fmt: skip
BODIES = Parameter(
    _KEY + "bodies_per_dead_cell", "particle/cell",
    "Apoptotic bodies that a dying cell leaves in suspension.",
)  # fmt: skip
GLUCOSE_UPTAKE = Parameter(
    _KEY + "glucose_uptake", "mol/cell/s", "Glucose that a live cell takes from the medium."
)
PROTEIN_SECRETION = Parameter(
    _KEY + "protein_secretion", "kg/cell/s", "Soluble protein that a cell secretes.",
)  # fmt: skip
MEDIUM_PROTEIN = Parameter(
    _KEY + "medium_protein", "kg/m^3", "Protein of the fresh medium, by serum.",
)  # fmt: skip
MEDIUM_PARTICLES = Parameter(
    _KEY + "medium_particles", "particle/m^3",
    "Particles of the fresh medium, by kind and serum.",
)  # fmt: skip
CELLS_PER_UNIT = Parameter(
    _KEY + "cells_per_unit", "cell",
    "Cells at the start in one unit of a format: a flask, a cartridge, a gram or a litre.",
)  # fmt: skip
DENSEST = Parameter(
    _KEY + "densest", "cell/m^3", "Cells in a volume of medium above which a format starves them."
)
SHEAR = Parameter(_KEY + "shear", "Pa", "Shear stress on the cells, by format.")
HANDS_ON = Parameter(
    _KEY + "hands_on", "s", "Operator time for one unit: wash, one filling, one harvest.",
)  # fmt: skip


@dataclass(frozen=True)
class CellCulture(PreparationStep):
    r"""Donor cells secrete small and large vesicles into medium, undisturbed or disturbed.

    Equation
    --------
    n_k = \dot{n}_k \rho_k D L \, T + c_k V, \quad T = \min\left(\int_0^t N \, dt', \,
    \frac{G V}{q}\right), \quad N = \nu N_0 \, \min(e^{g t'}, \ell)

    \rho_\mathrm{small} = w \left[(1 - x) \, \rho_\mathrm{ESCRT} + x \, \rho_\mathrm{ceramide}
    \right] + (1 - w) f_s, \quad \rho_\mathrm{large} = f_s

    n_\mathrm{bodies} = b \left[(1 - \nu) N_0 + \delta f_\delta T\right], \quad
    m_\mathrm{protein} = \dot{m} T + p V, \quad V = (1 + e) V_1

    Symbols
    -------
    n_k : particles of kind k
    \dot{n}_k : secretion_rate
    \rho_k : what the disturbance makes of it [1]
    \rho_\mathrm{ESCRT} : relative_release, of the branch by ESCRT
    \rho_\mathrm{ceramide} : relative_release, of the branch by ceramide
    w : from_endosome_share
    x : ceramide_share
    f_s : factor on shedding, by stimulated
    f_\delta : factor on death, by stimulated
    D : donor_factor, the mean of the donors pooled
    L : lot_factor
    T : time that live cells spend fed [cell s]
    N_0 : cells
    \nu : viability
    g : growth_rate
    \ell : growth_limit
    G : glucose
    q : glucose_uptake
    t : duration
    c_k : medium_particles
    V : medium of all fillings [m^3]
    V_1 : medium
    e : exchanges
    b : bodies_per_dead_cell
    \delta : death_rate
    \dot{m} : protein_secretion
    p : medium_protein

    Notes
    -----
    Live cells grow to a limit and secrete while there is glucose. Cells that are dead at the start
    or die on the way each leave apoptotic bodies. Particles and protein of the medium are there
    from the start, by serum. Sizes are log-normal by kind.

    What was measured is the secretion of undisturbed cells, net of re-uptake by the donor cells.
    Conditions and treatments multiply it by what the chain of `laws.biogenesis` makes of them: a
    block of ceramide acts on the vesicles that bud by it and on no others. Which vesicles come by
    the endosome, and with which markers, is contested (`rab27a_cargo`). Counting methods disagree
    10 to 1000 fold: the spread says so. Donors and lots differ by factors of their own; what an
    assay adds is drawn at the assay. Cells of one patient for that patient are one donor: pooling
    is what an allogeneic product can do. Antibodies to a stranger's vesicles are not modelled.

    Shear acts by the stress that a format puts on cells, and so does nothing twice; a gain of
    three-dimensional culture by anything else (geometry, phenotype) is not here. Bovine vesicles
    of serum count as vesicles of their kind; the ledger shows them by cause. Apoptotic bodies are
    mostly larger than the grid and sit in its last classes.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "cell_culture"
    title: ClassVar[str] = "cell culture"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SECRETION, DONOR, LOT, GROWTH, GROWTH_LIMIT, DEATH, BODIES, GLUCOSE_UPTAKE,
        PROTEIN_SECRETION, MEDIUM_PROTEIN, MEDIUM_PARTICLES, CELLS_PER_UNIT, DENSEST, SHEAR,
        HANDS_ON, *disturbance.PARAMETERS, *vesicle.PARAMETERS,
    )  # fmt: skip

    cell_type: str = setting(doc="Donor cell, as in the catalogue's context `cell`.")
    cells: float = setting(
        unit="cell", low=0.0, high=1e13, doc="Cells at the start of conditioning, dead ones too.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    medium: float = setting(
        unit="m^3", low=1e-8, high=10.0, doc="Medium of one filling; all fillings are pooled.",
        moves="volume", direction=1,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=14 * 86400.0, doc="Time of conditioning.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    format: str = setting(
        "flask", choices=tuple(FORMATS), source="culture_practice",
        doc="What the cells grow in.", moves="hands-on time",
    )  # fmt: skip
    donors: int = setting(
        1, unit="1", low=1, high=100, source="culture_practice",
        doc="Donors whose cells are pooled in equal parts; 1 for a line, or for a patient's own.",
        moves="donors tested", direction=1,
    )  # fmt: skip
    serum: str = setting(
        "serum_free", choices=SERUM, source="culture_practice",
        doc="Serum in the conditioning medium, at 10 % where there is any.",
        moves="solute/protein", direction=0,
    )  # fmt: skip
    exchanges: int = setting(
        0, unit="1", low=0, high=60, source="culture_practice",
        doc="Times the medium is changed during conditioning; what is taken off is kept.",
        moves="volume", direction=1,
    )  # fmt: skip
    glucose: float = setting(
        25.0, unit="mol/m^3", low=1.0, high=50.0, source="culture_practice",
        doc="Glucose of the fresh medium: how long it lasts.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    viability: float = setting(
        0.95, unit="1", low=0.0, high=1.0, source="culture_practice",
        doc="Share of the cells alive at the start.",
        moves="particles/apoptotic_body", direction=-1,
    )  # fmt: skip
    oxygen: float = setting(
        disturbance.AIR, unit="1", low=0.001, high=0.21, source="culture_practice",
        doc="Oxygen in the gas over the cells.", moves="particles/large_ev", direction=-1,
    )  # fmt: skip
    ph: float = setting(
        disturbance.NEUTRAL, unit="1", low=6.0, high=8.0, source="culture_practice",
        doc="Acidity of the medium, its pH.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    calcium: float = setting(
        disturbance.CALCIUM_USUAL, unit="mol/m^3", low=0.0, high=10.0, source="culture_practice",
        doc="Calcium of the medium.", moves="particles/small_ev", direction=1,
    )  # fmt: skip
    shear: float | None = setting(
        None, unit="Pa", low=0.0, high=5.0,
        doc="Shear stress on the cells, where known; else that of the format.",
        moves="particles/large_ev", direction=1,
    )  # fmt: skip
    stress: float = setting(
        0.0, unit="1", low=0.0, high=1.0, source="culture_practice",
        doc="Heat, radiation or a drug, as a share of what stresses every cell.",
        moves="particles/apoptotic_body", direction=1,
    )  # fmt: skip
    treatment: str = setting(
        "none", choices=TREATMENTS, source="culture_practice",
        doc="What blocks or drives a step of the vesicle chain, from the start of conditioning.",
        moves="particles/small_ev",
    )  # fmt: skip
    treatment_share: float = setting(
        1.0, unit="1", low=0.0, high=1.0, source="culture_practice",
        doc="Strength of the treatment, as a share of its full effect on a logarithmic scale.",
        moves="particles/small_ev",
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        cells = amount(self.cells, 3)
        return f"secreted, {cells} cells, {self.duration / 3600:.3g} h"

    def context(self) -> Mapping[str, str]:
        """Return the donor cell, the serum and the format."""
        return {"cell": self.cell_type, "serum": self.serum, "format": self.format}

    def needs(self) -> list[Need]:
        """Return the parameters, each for the kinds and steps that it concerns."""
        plain = [
            DONOR, LOT, GROWTH, GROWTH_LIMIT, DEATH, GLUCOSE_UPTAKE, PROTEIN_SECRETION,
            MEDIUM_PROTEIN, CELLS_PER_UNIT, DENSEST, HANDS_ON,
        ]  # fmt: skip
        by_kind = (
            (SECRETION, ("small_ev", "large_ev")),
            (BODIES, ("apoptotic_body",)),
            (MEDIUM_PARTICLES, FROM_MEDIUM),
        )
        return [
            *(Need(each) for each in (*plain, *([SHEAR] if self.shear is None else []))),
            *(Need(parameter, {"kind": kind}) for parameter, kinds in by_kind for kind in kinds),
            *disturbance.disturbance_needs(self.treatment),
            *vesicle.particle_needs(),
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the conditioned medium, added to what the tube held."""
        account = Account()
        members = suspension.members
        held = self._factors(p)
        how = secretion(held, p[FROM_ENDOSOME], self.duration, p)
        living = self._living(p)
        grid = suspension.populations[0].diameter if suspension.populations else default_grid()

        result = suspension
        for kind in (*VESICLES, *CONTAMINANTS):
            total = np.zeros(members)
            for cause, given in self._origins(kind, living, held, how, p).items():
                account.add(f"particles/{kind}", cause, given)
                total = total + given
            fresh = particles(kind, total, grid, how.endosome, p)
            result = result.with_population(
                pooled(result.population(kind), fresh) if kind in result.kinds else fresh
            )

        secreted = p[PROTEIN_SECRETION] * living
        brought = p[MEDIUM_PROTEIN] * self._volume
        account.add("solute/protein", "secreted by the cells", secreted)
        account.add("solute/protein", "brought by the medium", brought)
        account.add("volume", "medium", np.full(members, self._volume))
        account.note("live cells at harvest [cell]", self._live_cells(p))
        account.note("secretion of small vesicles over the undisturbed cell's [1]", how.small)
        account.note("small vesicles from endosomes [1]", how.endosome)
        account.note("of these, budded by ceramide [1]", how.ceramide)
        protein = suspension.solutes.get("protein", np.zeros(members)) + secreted + brought
        conditioned = Suspension(
            populations=result.populations,
            free=suspension.free,
            solutes={**suspension.solutes, "protein": protein},
            volume=suspension.volume + self._volume,
            temperature=310.15,
            buffer="medium",
        )
        return conditioned, account.exchange(self._resources(p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return what a reader should know about the donor."""
        flags = []

        def flag(message: str) -> None:
            flags.append(Flag(self.name, message))

        if "cell" not in p.row(SECRETION, kind="small_ev").context:
            flag(
                f"no secretion rate was found for `{self.cell_type}`: the generic one stands "
                "in (counting methods differ 10 to 1000 fold); measure the harvest"
            )
        bovine = p.at(MEDIUM_PARTICLES, kind="small_ev") * self._volume
        own = p.at(SECRETION, kind="small_ev") * self._living(p)
        share = float(np.median(np.divide(bovine, bovine + own, out=np.ones_like(own),
                                          where=bovine + own > 0)))  # fmt: skip
        if self.serum != "serum_free" and share > 0.05:
            flag(f"{share:.0%} of the small vesicles come from the serum (median)")
        doublings = float(np.median(p[GROWTH])) * self.duration / np.log(2)
        if doublings > MOST_DOUBLINGS:
            flag(
                f"the cells would double {doublings:.1f} times: exponential growth stops at "
                "confluence, so shorten the culture or start with fewer cells"
            )
        densest = float(np.median(p[DENSEST]))
        if self.medium > 0 and self.cells / self.medium > densest:
            flag(
                f"more than {densest * 1e-6:.2g} cells per mL: denser than a "
                f"{self.format.replace('_', ' ')} can feed"
            )
        starved = float(np.mean(self._wanted(p) > self._fed(p)))
        if starved > 0.5:
            flag(
                f"glucose runs out before the harvest ({starved:.0%} of the members): change the "
                "medium, take more of it or stop sooner"
            )
        if self.donors > 1 and p.row(DONOR).variability == 0.0:
            flag(f"`{self.cell_type}` is a line: its donors are one")
        return flags

    @property
    def _volume(self) -> float:
        return self.medium * (1 + self.exchanges)

    def _factors(self, p: Draws) -> dict[str, Array]:
        """Return the factor of what is done to the cells on each step of the chain."""
        return factors(
            p,
            oxygen=self.oxygen,
            ph=self.ph,
            calcium=self.calcium,
            shear=p[SHEAR] if self.shear is None else np.full(p.members, self.shear),
            stress=self.stress,
            treatment=self.treatment,
            treatment_share=self.treatment_share,
        )

    def _wanted(self, p: Draws) -> Array:
        """Return the time that live cells would spend, were they fed, array (n,) [cell s]."""
        alive = self.cells * self.viability
        growing = crowded_time(p[GROWTH], p[GROWTH_LIMIT], self.duration)
        full = alive * p[GROWTH_LIMIT] * (self.duration - growing)
        return np.asarray(cell_time(alive, p[GROWTH], growing) + full)

    def _fed(self, p: Draws) -> Array:
        """Return the time of a live cell that the glucose pays for, array (n,) [cell s]."""
        return np.asarray(self.glucose * self._volume / p[GLUCOSE_UPTAKE])

    def _living(self, p: Draws) -> Array:
        return np.minimum(self._wanted(p), self._fed(p))

    def _origins(
        self, kind: str, living: Array, held: Mapping[str, Array], how: Secretion, p: Draws
    ) -> dict[str, Array]:
        """Return the particles of a kind by where they come from, arrays (n,)."""
        origins = {}
        if kind in ("small_ev", "large_ev"):
            relative = how.small if kind == "small_ev" else how.large
            who = p[DONOR] ** (1.0 / np.sqrt(self.donors)) * p[LOT]
            made = p.at(SECRETION, kind=kind) * relative * who * living
            if kind == "small_ev":
                by_endosome = made * how.endosome
                origins["by ESCRT from endosomes"] = by_endosome * (1.0 - how.ceramide)
                origins["by ceramide from endosomes"] = by_endosome * how.ceramide
                made = made * (1.0 - how.endosome)
            origins["shed from the surface"] = made
        if kind == "apoptotic_body":
            dead = self.cells * (1 - self.viability) + p[DEATH] * held["death"] * living
            origins["left by dying cells"] = p.at(BODIES, kind=kind) * dead
        if kind in FROM_MEDIUM:
            origins["brought by the medium"] = p.at(MEDIUM_PARTICLES, kind=kind) * self._volume
        return origins

    def _live_cells(self, p: Draws) -> Array:
        grown = np.exp(p[GROWTH] * crowded_time(p[GROWTH], p[GROWTH_LIMIT], self.duration))
        return np.asarray(self.cells * self.viability * grown)

    def _resources(self, p: Draws) -> Resources:
        """Return time, units of the format, medium, and donors to be tested."""
        units = float(np.ceil(np.median(self.cells / p[CELLS_PER_UNIT])))
        hands_on = units * (1 + self.exchanges) * float(np.median(p[HANDS_ON]))
        consumables = {FORMATS[self.format]: units, "medium [L]": self._volume * 1e3}
        if self.donors > 1:
            consumables["donor, tested"] = float(self.donors)
        return Resources(time=self.duration + hands_on, hands_on=hands_on, consumables=consumables)
