"""Nanovesicles that mimic exosomes: cells pressed through pores, ever smaller ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.lumen import lumen_volume
from exocast.laws.membrane_area import (
    extruded_diameter,
    mean_area,
    sheared_copies,
    sphere_area,
    vesicles_of_area,
)
from exocast.laws.secretion import lognormal_shares
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Ceiling, Flag, PreparationStep, setting
from exocast.material.suspension import Copies, Population, Suspension, default_grid, grid_edges
from exocast.stages.account import Account
from exocast.stages.donor.cell import CELL_VOLUME, FOLD
from exocast.stages.donor.source import DENSITY, INDEX, SPREAD, SURFACE, added
from exocast.stages.loading.cargo import (
    MATTER,
    cargo_context,
    cytosol_ceiling,
    unknown_cargo,
)
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.units.numbers import amount

__all__ = ["ENCLOSED", "KIND", "MARKERS", "PER_CELL", "MimeticNanovesicles"]

Array = NDArray[np.float64]

KIND = "mimetic_nanovesicle"
PER_CELL = "vesicles of a cell [particle/cell]"
ENCLOSED = "share of the cytosol enclosed [1]"
MARKERS = ("cd9_copies", "cd63_copies", "cd81_copies", "cd47_copies")
"""Surface properties that ride on plasma membrane and are thinned by inner membrane."""

_KEY = "donor.mimetic_nanovesicles."
INNER = Parameter(
    _KEY + "inner_membrane", "1", "Inner membrane that ends in vesicles, over plasma membrane."
)
EFFICIENCY = Parameter(
    _KEY + "efficiency", "1", "Share of the membrane that leaves the last filter as vesicles.",
    high=1.0, scale="logit",
)  # fmt: skip
RATIO = Parameter(_KEY + "pore_ratio", "1", "Diameter over the pore where the pore decides.")
NATURAL = Parameter(
    _KEY + "natural_diameter", "m", "Median diameter to which torn membrane closes by itself."
)
KEPT = Parameter(
    _KEY + "kept_cytosol", "1", "Share of a lumen that is undiluted cytosol.",
    high=1.0, scale="logit",
)  # fmt: skip
CELL_PROTEIN = Parameter(_KEY + "cell_protein", "kg/m^3", "Protein of a cell, by its volume.")
CELL_RNA = Parameter(
    _KEY + "cell_rna_protein_complex", "kg/m^3",
    "RNA of a cell with what binds it, ribosomes first.",
)  # fmt: skip
HANDS_ON = Parameter(_KEY + "hands_on", "s", "Operator time for one batch.")


@dataclass(frozen=True)
class MimeticNanovesicles(PreparationStep):
    r"""Cells in buffer are pressed through a series of membranes; what closes is collected.

    Equation
    --------
    n = N \, \frac{\eta (1 + \iota) F \left(36 \pi V^2\right)^{1/3}}{\bar{A}}, \quad d_{50} =
    \left(\frac{1}{(r p)^2} + \frac{1}{d_0^2}\right)^{-1/2}

    x_k = \frac{c}{V} V_k \left[\lambda + (1 - \lambda) \frac{N V}{N V + V_b}\right]

    Symbols
    -------
    n : vesicles
    N : cells
    \eta : efficiency
    \iota : inner_membrane
    F : membrane_fold
    V : cell_volume
    \bar{A} : mean_area
    d_{50} : extruded_diameter
    p : last_pore
    r : pore_ratio
    d_0 : natural_diameter
    x_k : copies of the cell's cargo in a vesicle of size k
    c : cargo_copies
    V_k : lumen of size k, by bilayer_thickness
    \lambda : kept_cytosol
    V_b : buffer

    Notes
    -----
    Membrane is conserved: a cell makes as many vesicles as its membrane closes, so the yield is
    geometry times one share. How many times more that is than the cell secretes follows, and
    depends on that rate, which counting methods do not agree on. A volume of membrane encloses
    little: a cell of 2 pL closes over well below 5 % of its cytosol, and the rest, with all its
    protein and RNA, is what has to be taken out again.

    The last membrane sets the size; the ones before it only keep it from clogging, and are counted
    with the consumables. Markers ride on plasma membrane and are thinned by inner membrane; which
    side faces out is not known, so a share of copies may be hidden. DNA of burst nuclei makes the
    liquid thick and is not followed: a nuclease step belongs here.

    The kind is a vesicle of its own and not called small EV: it is not secreted and was not sorted.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "mimetic_nanovesicles"
    title: ClassVar[str] = "mimetic nanovesicles"
    vesicle: ClassVar[str] = KIND
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        CELL_VOLUME, FOLD, INNER, EFFICIENCY, RATIO, NATURAL, KEPT, BILAYER_THICKNESS, CELL_PROTEIN,
        CELL_RNA, HANDS_ON, *MATTER, SPREAD, DENSITY, INDEX,
        *SURFACE.values(),
    )  # fmt: skip

    cell_type: str = setting(doc="Cell, as in the catalogue's context `cell`.")
    cells: float = setting(
        unit="cell", low=0.0, high=1e13, doc="Cells that are pressed.",
        moves="particles/mimetic_nanovesicle", direction=1,
    )  # fmt: skip
    buffer: float = setting(
        1e-6, unit="m^3", low=1e-8, high=10.0, source="mimetic_practice",
        doc="Buffer that the cells are suspended in.", moves="volume", direction=1,
    )  # fmt: skip
    last_pore: float = setting(
        1e-6, unit="m", low=5e-8, high=1e-6, source="mimetic_practice",
        doc="Pores of the last membrane; the usual series ends at 1 um, 400 or 200 nm.",
        moves="particles/mimetic_nanovesicle", direction=-1,
    )  # fmt: skip
    cargo: str = setting(
        "", doc="What the cells were made to hold, a name of the table of cargoes; empty for none.",
        source="mimetic_practice", moves="which cargo",
    )  # fmt: skip
    cargo_copies: float = setting(
        1e5, unit="copy/cell", low=0.0, high=1e9, source="mimetic_practice",
        doc="Copies of the cargo, where there is one, dissolved in a cell.",
        moves="cargo inside", direction=1, fills="cell",
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        cells = amount(self.cells, 3)
        return f"pressed from {cells} cells, {amount(self.last_pore * 1e9, 3)} nm last"

    def context(self) -> Mapping[str, str]:
        """Return the cell, and the cargo if there is one."""
        return {**(cargo_context(self.cargo) if self.cargo else {}), "cell": self.cell_type}

    def needs(self) -> list[Need]:
        """Return the parameters, those of particles for their kind."""
        by_kind = (SPREAD, DENSITY, INDEX, *SURFACE.values())
        idle = () if self.cargo else (KEPT, *MATTER)
        return [
            Need(each, {"kind": KIND}) if each in by_kind else Need(each)
            for each in self.parameters
            if each not in idle
        ]

    def check(self) -> list[str]:
        """Return what is wrong with the name of the cargo."""
        return unknown_cargo(self.cargo) if self.cargo else []

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the pressed suspension, added to what the tube held."""
        account = Account()
        fresh = self._population(suspension, p)
        volume = self.cells * p[CELL_VOLUME]
        enclosed = self._enclosed(fresh, p)
        account.add(f"particles/{KIND}", "closed from membrane", fresh.total)
        account.add("volume", "buffer", np.full(suspension.members, self.buffer))
        account.add("volume", "liquid of the cells", volume)
        solutes = dict(suspension.solutes)
        for name, parameter in (("protein", CELL_PROTEIN), ("rna_protein_complex", CELL_RNA)):
            spilled = p[parameter] * volume * (1 - enclosed)
            account.add(f"solute/{name}", "spilled by the cells", spilled)
            solutes[name] = solutes.get(name, np.zeros(suspension.members)) + spilled
        free = dict(suspension.free)
        if self.cargo:
            inside = fresh.copies(self.cargo)
            brought = np.full(suspension.members, self.cells * self.cargo_copies)
            account.add(f"cargo/{self.cargo}", "in the cells", brought)
            held = free.get(self.cargo, np.zeros(suspension.members))
            free[self.cargo] = held + np.maximum(brought - inside, 0.0)
        account.note(PER_CELL, self._per_cell(fresh, p))
        account.note(ENCLOSED, enclosed)
        made = Suspension(
            populations=added(suspension, fresh).populations,
            free=free,
            solutes=solutes,
            volume=suspension.volume + self.buffer + volume,
        )
        hands_on = float(np.median(p[HANDS_ON]))
        consumables = {
            "extrusion membrane": float(self._membranes),
            "buffer [L]": 1e3 * self.buffer,
        }
        return made, account.exchange(Resources(hands_on, hands_on, consumables))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return what a reader should know of the extrusion."""
        flags = []
        crowd = float(np.median(self.cells * p[CELL_VOLUME])) / self.buffer
        if crowd > 0.05:
            words = (
                f"the cells would fill {crowd:.0%} of the buffer, and their nuclei make it thick: "
                "membranes clog above some 5 %, so dilute or press in portions"
            )
            flags.append(Flag(self.name, words))
        if self.last_pore < 9e-8:
            words = (
                "pores below 100 nm were read for liposomes only: whole cells clog them, and the "
                "efficiency is that of wider ones"
            )
            flags.append(Flag(self.name, words))
        if "cell" not in p.row(CELL_VOLUME).context:
            words = (
                f"no volume was found for `{self.cell_type}`: that of a generic cell stands in, "
                "and the yield goes with its two-thirds power"
            )
            flags.append(Flag(self.name, words, "note"))
        return flags

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return what the cytosol of a cell has room for."""
        if not self.cargo:
            return []
        asked = self.cargo_copies
        return [cytosol_ceiling("cargo_copies", asked, self.cargo, p[CELL_VOLUME], p)]

    @property
    def _membranes(self) -> int:
        """Return how many membranes there are: 10, 5 and 1 um, and what is finer."""
        finer = (4e-7, 2e-7, 1e-7)
        return 3 + sum(self.last_pore < 0.99 * pore for pore in (1e-6, *finer[:-1]))

    def _population(self, suspension: Suspension, p: Draws) -> Population:
        """Return as many vesicles as the membrane closes."""
        held = suspension.populations
        grid = held[0].diameter if held else default_grid()
        median = extruded_diameter(self.last_pore, p[RATIO], p[NATURAL])
        shares = lognormal_shares(grid_edges(grid), median, p.at(SPREAD, kind=KIND))
        plasma = p[FOLD] * sphere_area(p[CELL_VOLUME])
        area = self.cells * p[EFFICIENCY] * (1 + p[INNER]) * plasma
        total = vesicles_of_area(area, mean_area(shares, grid))
        surface = {name: p.at(parameter, kind=KIND) for name, parameter in SURFACE.items()}
        for name in MARKERS:
            surface[name] = surface[name] / (1 + p[INNER])
        fresh = Population(
            kind=KIND,
            diameter=grid,
            count=total[:, None] * shares,
            density=p.at(DENSITY, kind=KIND),
            refractive_index=p.at(INDEX, kind=KIND),
            surface=surface,
        )
        return self._filled(fresh, p)

    def _filled(self, fresh: Population, p: Draws) -> Population:
        """Return the vesicles with the cargo that they close over."""
        if not self.cargo:
            return fresh
        volume = p[CELL_VOLUME][:, None]
        diluted = self.cells * volume / (self.cells * volume + self.buffer)
        lumen = lumen_volume(fresh.diameter, p[BILAYER_THICKNESS][:, None])
        each = sheared_copies(self.cargo_copies, volume, lumen, p[KEPT][:, None], diluted)
        total = (fresh.count * each).sum(axis=1)
        most = self.cells * self.cargo_copies  # Vesicles cannot hold more than the cells had.
        scale = np.minimum(1.0, np.divide(most, total, out=np.ones_like(total), where=total > 0))
        return replace(fresh, inside={self.cargo: Copies.poisson(each * scale[:, None])})

    def _enclosed(self, fresh: Population, p: Draws) -> Array:
        """Return the share of the cells' volume that the lumens add up to, array (n,) [1]."""
        lumen = lumen_volume(fresh.diameter, p[BILAYER_THICKNESS][:, None])
        closed = (fresh.count * lumen).sum(axis=1)
        volume = self.cells * p[CELL_VOLUME]
        share = np.divide(closed, volume, out=np.zeros_like(closed), where=volume > 0)
        return np.asarray(np.minimum(share, 1.0))

    def _per_cell(self, fresh: Population, p: Draws) -> Array:
        cells = np.full(p.members, self.cells)
        return np.asarray(np.divide(fresh.total, cells, out=np.zeros(p.members), where=cells > 0))
