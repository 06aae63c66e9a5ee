"""Red cells and platelets that shed their membrane: with age, calcium, or for want of ATP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.membrane_area import held_back, mean_area, spare_share
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension, default_grid
from exocast.stages.account import Account
from exocast.stages.donor.source import SHAPE, SURFACE, added, kind_needs, kind_shares, particles
from exocast.stages.donor.vesicle import ORIGIN
from exocast.units.numbers import amount

__all__ = ["CELLS", "KINDS", "ORIGINS", "STIMULI", "BloodCells"]

Array = NDArray[np.float64]

CELLS = ("red_cell", "platelet")
STIMULI = ("none", "ionophore", "ATP_depletion")
ORIGINS = ("allogeneic", "autologous")
KINDS = ("small_ev", "large_ev")
SHELF_LIFE = {"red_cell": 42 * 86400.0, "platelet": 7 * 86400.0}

_KEY = "donor.blood_cells."
RATE = Parameter(
    _KEY + "shedding_rate", "particle/cell/s", "Vesicles that a stored cell sheds, by kind.",
)  # fmt: skip
STIMULATED = Parameter(
    _KEY + "shed_on_stimulus", "particle/cell", "Vesicles that a stimulus sheds at once, by kind.",
)  # fmt: skip
AREA = Parameter(_KEY + "cell_area", "m^2", "Membrane of a cell.")
VOLUME = Parameter(_KEY + "cell_volume", "m^3", "Volume of a cell.")
LYSIS = Parameter(_KEY + "lysis_rate", "1/s", "Share of the cells that burst in unit time.")
BURST = Parameter(
    _KEY + "burst_on_stimulus", "1", "Share of the cells that a stimulus bursts.",
    high=1.0, scale="logit",
)  # fmt: skip
PROTEIN = Parameter(
    _KEY + "cell_protein", "kg/m^3", "Protein in a cell's volume, haemoglobin of a red one.",
)  # fmt: skip
CARRIED = Parameter(
    _KEY + "carried_protein", "kg/m^3", "Plasma protein left in the suspension after washing.",
)  # fmt: skip
HANDS_ON = Parameter(_KEY + "hands_on", "s", "Operator time: wash, stimulate, remove the cells.")


@dataclass(frozen=True)
class BloodCells(PreparationStep):
    r"""Washed red cells or platelets that are stored or stimulated, then spun away.

    Equation
    --------
    n_k = N \left(r_k t + s_k\right) \frac{\phi}{a}, \quad a = \frac{\sum_k \left(r_k t + s_k\right)
    \bar{A}_k}{A}, \quad \phi = \phi_\mathrm{max} \left(1 - e^{-a / \phi_\mathrm{max}}\right)

    m = N V \rho \left[1 - (1 - \beta) e^{-\ell t}\right] + p V_s

    Symbols
    -------
    n_k : vesicles of kind k
    N : cells
    r_k : shedding_rate
    s_k : shed_on_stimulus
    t : storage
    a : membrane that would be shed, over that of the cell
    \phi : held_back
    \phi_\mathrm{max} : spare_share
    \bar{A}_k : mean_area
    A : cell_area
    m : protein
    V : cell_volume
    \rho : cell_protein
    \beta : burst_on_stimulus
    \ell : lysis_rate
    p : carried_protein
    V_s : volume

    Notes
    -----
    A cell has no more membrane to give than it has over a sphere of its volume: a red cell a
    quarter of it, which is why it ends as a spherocyte. That limit, and not a yield, bounds what a
    unit of blood can make. Vesicles of red cells hold haemoglobin at the cell's own concentration
    and carry no tetraspanins of endosomes, which a mature red cell does not have.

    In circulation a red cell sheds some 5 vesicles a day, by a balance of plasma; cytometers that
    see large ones only count 1e-5 a day in the cold. Rates in storage lie between, and are assumed
    over all of it. Cells are taken as spun away with none of their vesicles.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "blood_cells"
    title: ClassVar[str] = "blood cells"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        RATE, STIMULATED, AREA, VOLUME, LYSIS, BURST, PROTEIN, CARRIED, HANDS_ON, *SHAPE,
        *SURFACE.values(),
    )  # fmt: skip

    cell: str = setting("red_cell", choices=CELLS, source="blood_cell_practice", doc="Which cell.")
    cells: float = setting(
        unit="cell", low=0.0, high=1e16, doc="Cells, washed.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    volume: float = setting(
        unit="m^3", low=1e-8, high=100.0, doc="Liquid that they stand in.",
        moves="volume", direction=1,
    )  # fmt: skip
    storage: float = setting(
        0.0, unit="s", low=0.0, high=60 * 86400.0, source="blood_cell_practice",
        doc="Time that they are stored before the stimulus.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    stimulus: str = setting(
        "ionophore", choices=STIMULI, source="blood_cell_practice",
        doc="What makes them shed: calcium let in by an ionophore, or ATP used up.",
        moves="particles/large_ev", direction=0,
    )  # fmt: skip
    origin: str = setting(
        "allogeneic", choices=ORIGINS, source="blood_cell_practice",
        doc="Whether the donor is somebody else, who is then tested, or the one to be treated.",
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        cells = amount(self.cells, 3)
        return f"shed by {cells} {self.cell.replace('_', ' ')}s"

    def context(self) -> Mapping[str, str]:
        """Return the cell and the stimulus."""
        return {"blood_cell": self.cell, "stimulus": self.stimulus}

    def needs(self) -> list[Need]:
        """Return the parameters, each for the kinds that it concerns."""
        plain = [AREA, VOLUME, LYSIS, PROTEIN, CARRIED, HANDS_ON]
        by_kind = [RATE]
        if self.stimulus != "none":
            plain, by_kind = [*plain, BURST], [*by_kind, STIMULATED]
        return [
            *(Need(parameter) for parameter in plain),
            *(Need(parameter, {"kind": kind}) for parameter in by_kind for kind in KINDS),
            *kind_needs(KINDS),
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the liquid after the cells are gone, added to what the tube held."""
        account = Account()
        grid = suspension.populations[0].diameter if suspension.populations else default_grid()
        wanted, share = self._shed(grid, p)
        less = np.divide(share, wanted, out=np.ones_like(share), where=wanted > 0)
        result = suspension
        for kind in KINDS:
            total = np.zeros(suspension.members)
            for cause, each in self._origins(kind, p).items():
                given = self.cells * each * less
                account.add(f"particles/{kind}", cause, given)
                total = total + given
            fresh = particles(kind, total, grid, p)
            if self.cell == "red_cell":  # A mature red cell has no endosomes.
                none = {ORIGIN: np.zeros(suspension.members)}
                fresh = replace(fresh, surface={**fresh.surface, **none})
            result = added(result, fresh)

        burst = p[BURST] if self.stimulus != "none" else np.zeros(suspension.members)
        gone = 1 - (1 - burst) * np.exp(-p[LYSIS] * self.storage)
        spilled = self.cells * p[VOLUME] * p[PROTEIN] * gone
        carried = p[CARRIED] * self.volume
        account.add("solute/protein", "spilled by cells that burst", spilled)
        account.add("solute/protein", "left by washing", carried)
        account.add("volume", "liquid about the cells", np.full(suspension.members, self.volume))
        account.note("membrane shed [1]", share)
        account.note("membrane to spare [1]", spare_share(p[AREA], p[VOLUME]))
        account.note("cells burst [1]", gone)
        held = suspension.solutes.get("protein", np.zeros(suspension.members))
        made = Suspension(
            populations=result.populations,
            free=suspension.free,
            solutes={**suspension.solutes, "protein": held + spilled + carried},
            volume=suspension.volume + self.volume,
        )
        return made, account.exchange(self._resources(p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return what a reader should know of the cells."""
        flags = []
        _, share = self._shed(default_grid(), p)
        spare = spare_share(p[AREA], p[VOLUME])
        if float(np.median(share / np.maximum(spare, 1e-12))) > 0.7:
            words = (
                "the cells would shed most of the membrane that they can spare and end as spheres: "
                "they burst, and what is counted may be their ghosts"
            )
            flags.append(Flag(self.name, words))
        if self.storage > SHELF_LIFE[self.cell]:
            days = SHELF_LIFE[self.cell] / 86400.0
            words = f"stored beyond {days:.0f} days: the rates are for cells that may be transfused"
            flags.append(Flag(self.name, words))
        if self.cells * float(np.median(p[VOLUME])) > 0.8 * self.volume:
            words = "more cells than fit into the liquid: give a larger `volume`"
            flags.append(Flag(self.name, words, "serious"))
        if self.origin == "allogeneic":
            antigens = "blood groups" if self.cell == "red_cell" else "HLA class I"
            words = f"vesicles carry the donor's {antigens}: match them, or take group O"
            flags.append(Flag(self.name, words, "note"))
        return flags

    def _origins(self, kind: str, p: Draws) -> dict[str, Array]:
        """Return what one cell would shed of a kind, by cause, arrays (n,)."""
        origins = {"shed in storage": p.at(RATE, kind=kind) * self.storage}
        if self.stimulus != "none":
            origins["shed on stimulus"] = p.at(STIMULATED, kind=kind)
        return origins

    def _shed(self, grid: Array, p: Draws) -> tuple[Array, Array]:
        """Return the share of the membrane that would be shed, and that is, arrays (n,)."""
        area = np.zeros(p.members)
        for kind in KINDS:
            each = np.sum(list(self._origins(kind, p).values()), axis=0)
            area = area + each * mean_area(kind_shares(kind, grid, p), grid)
        wanted = area / p[AREA]
        return wanted, held_back(wanted, spare_share(p[AREA], p[VOLUME]))

    def _resources(self, p: Draws) -> Resources:
        hands_on = float(np.median(p[HANDS_ON]))
        consumables = {f"{self.cell.replace('_', ' ')}s, 1e12": self.cells / 1e12}
        if self.origin == "allogeneic":
            consumables["donor, tested"] = 1.0
        return Resources(self.storage + hands_on, hands_on, consumables)
