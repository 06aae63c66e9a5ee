"""Liposomes: a bilayer of phospholipid and cholesterol about a lumen, with or without PEG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.liposome import bilayer_lipids, lumen_concentration, mean_lipid
from exocast.laws.lumen import AVOGADRO, outer_area
from exocast.laws.nanoparticle import scattering_lognormal
from exocast.laws.secretion import lognormal_shares
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Ceiling, Flag, PreparationStep, setting
from exocast.material.suspension import Copies, Population, Suspension, grid_edges
from exocast.stages.account import Account
from exocast.stages.donor.inorganic_particle import SURFACE, local_grid
from exocast.stages.donor.source import added
from exocast.stages.donor.vesicle import DENSITY, INDEX
from exocast.stages.loading.cargo import (
    BILAYER_CAPACITY,
    MATTER,
    MOLAR_MASS,
    cargo_context,
    cargo_table,
    lumen_room,
    unknown_cargo,
)

__all__ = ["KIND", "LUMEN", "PHOSPHOLIPIDS", "RECOGNITION", "Liposome"]

Array = NDArray[np.float64]

KIND = "liposome"
PHOSPHOLIPIDS = ("saturated", "unsaturated")

LUMEN = "cargo in the lumen [mol/m^3]"
"""Figure of the step: the concentration at which the cargo would be dissolved in there."""

CROWDED = 200.0
"""Mass of cargo in a volume of lumen that even a gel of drug hardly passes [kg/m^3]; assumed."""

_KEY = "donor.liposome."
THICKNESS = Parameter(_KEY + "bilayer", "m", "Thickness of the bilayer.", high=1e-8)
LAYER = Parameter(_KEY + "coat_layer", "m", "Thickness of a layer of PEG.", high=2e-8)
AREA = Parameter(_KEY + "phospholipid_area", "m^2", "Area of a phospholipid beside cholesterol.")
STEROL_AREA = Parameter(_KEY + "cholesterol_area", "m^2", "Area that a cholesterol adds.")
LIPID_MASS = Parameter(_KEY + "phospholipid_mass", "kg/mol", "Molar mass of the phospholipid.")
STEROL_MASS = Parameter(_KEY + "cholesterol_mass", "kg/mol", "Molar mass of cholesterol.")
PEG_MASS = Parameter(_KEY + "peg_lipid_mass", "kg/mol", "Molar mass of the PEG-lipid.")
RECOGNITION = Parameter(
    _KEY + "recognition", "1",
    "Rate at which phagocytes bind a liposome in its opsonins, over the average vesicle's.",
)  # fmt: skip
HANDS_ON = Parameter(_KEY + "hands_on", "s", "Operator time for one batch.")


@dataclass(frozen=True)
class Liposome(PreparationStep):
    r"""Lipids close to vesicles of one bilayer; how many follows from their mass.

    Equation
    --------
    N = \frac{m N_A}{M \, \sum_k w_k \, n_l(d_k - 2 h)}, \quad c_k = r \, \frac{n_l(d_k - 2 h) \,
    M}{m_c}, \quad p = x_p \, \frac{\pi (d - 2 h)^2}{a}

    Symbols
    -------
    N : liposomes in the batch
    m : lipid
    M : mean molar mass of the lipids, by mean_lipid [kg/mol]
    w_k : lognormal_shares
    n_l : bilayer_lipids
    h : coat_layer, with PEG; 0 without
    c_k : mean copies of cargo in a liposome of bin k
    r : cargo_to_lipid
    m_c : molar mass of the cargo [kg/mol]
    p : chains of PEG outside
    x_p : peg_share
    a : mean area of a lipid, by mean_lipid [m^2]
    N_A : Avogadro constant

    Notes
    -----
    Sizes: a log-normal distribution behind the light-scattering reading. Cargo goes with the mass
    of lipid of each size, as on the label of a liposomal drug; what that makes of the lumen is a
    figure of the step, and flagged where nothing could be so crowded. Cargo stays inside until
    cells take the liposome up: leakage in blood is left out (amphotericin B leaves AmBisome with
    0.0035/h, Kagan 2013; small weak bases of other liposomes leave faster).

    A PEG-lipid with two saturated tails of 18 carbons stays on for days and is not shed here
    (see `donor.lipid_nanoparticle` for shorter tails). Phagocytes see no phosphatidylserine but
    what adsorbs from plasma: one factor for each phospholipid (`recognition`).
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "liposome"
    title: ClassVar[str] = "liposomes"
    carrier: ClassVar[str] = KIND
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        THICKNESS, LAYER, AREA, STEROL_AREA, LIPID_MASS, STEROL_MASS, PEG_MASS, RECOGNITION,
        HANDS_ON, DENSITY, INDEX, *MATTER, BILAYER_CAPACITY,
    )  # fmt: skip

    lipid: float = setting(
        1e-5, unit="kg", low=1e-10, high=1e-2, doc="Mass of all lipid in the batch.",
        source="liposome_practice", moves="particles/liposome", direction=1,
    )  # fmt: skip
    diameter: float = setting(
        100e-9, unit="m", low=50e-9, high=400e-9, source="liposome_practice",
        doc="Mean hydrodynamic diameter by light scattering (z-average).",
        moves="particles/liposome", direction=-1,
    )  # fmt: skip
    polydispersity: float = setting(
        0.1, unit="1", low=0.01, high=0.2, source="liposome_practice",
        doc="Polydispersity index by light scattering.", moves="particles/liposome", direction=1,
    )  # fmt: skip
    phospholipid: str = setting(
        "saturated", choices=PHOSPHOLIPIDS, source="liposome_practice",
        doc="Tails of the phospholipid: saturated ones pack tightly and adsorb less.",
        moves="recognition",
    )  # fmt: skip
    cholesterol: float = setting(
        0.4, unit="1", low=0.0, high=0.5, source="liposome_practice",
        doc="Cholesterol in the moles of lipid.", moves="particles/liposome",
    )  # fmt: skip
    peg_share: float = setting(
        0.05, unit="1", low=0.0, high=0.1, source="liposome_practice",
        doc="PEG-lipid in the moles of lipid.", moves="peg copies", direction=1,
    )  # fmt: skip
    zeta_potential: float = setting(
        -0.01, unit="V", low=-0.1, high=0.1, source="liposome_practice",
        doc="Zeta potential in a buffer.", moves="zeta potential", direction=1,
    )  # fmt: skip
    cargo: str = setting(
        "", doc="Cargo inside, a name of the table of cargoes; empty for none.",
        source="liposome_practice", moves="cargo inside",
    )  # fmt: skip
    cargo_to_lipid: float = setting(
        0.05, unit="1", low=0.0, high=0.3, source="liposome_practice",
        doc="Mass of cargo inside, where there is one, over mass of all lipid.",
        moves="cargo inside", direction=1, fills="lumen",
    )  # fmt: skip
    encapsulated: float = setting(
        0.95, unit="1", low=0.05, high=1.0, source="liposome_practice",
        doc="Share of the cargo of the final tube that is inside; the rest is dissolved.",
        moves="cargo free", direction=-1,
    )  # fmt: skip
    volume: float = setting(
        1e-6, unit="m^3", low=1e-8, high=1e-2, doc="Liquid of the final tube.",
        source="liposome_practice", moves="volume", direction=1,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"liposomes, {self.diameter * 1e9:.3g} nm"

    def context(self) -> Mapping[str, str]:
        """Return the phospholipid, and the cargo if there is one."""
        cargo = cargo_context(self.cargo) if self.cargo else {}
        return {**cargo, "phospholipid": self.phospholipid}

    def needs(self) -> list[Need]:
        """Return the parameters, those of particles for their kind."""
        by_kind = (DENSITY, INDEX)
        idle = () if self.cargo else MATTER
        idle = idle if self._dissolves_in_lipid else (*idle, BILAYER_CAPACITY)
        wanted = [one for one in self.parameters if one not in idle]
        return [Need(each, {"kind": KIND}) if each in by_kind else Need(each) for each in wanted]

    def check(self) -> list[str]:
        """Return what is wrong with the name of the cargo."""
        return unknown_cargo(self.cargo) if self.cargo else []

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the liposomes, added to what the tube held."""
        account = Account()
        fresh = self._population(suspension, p)
        free = dict(suspension.free)
        account.add(f"particles/{KIND}", "formed", fresh.total)
        account.add("volume", "buffer", np.full(suspension.members, self.volume))
        if self.cargo:
            inside = fresh.copies(self.cargo)
            brought = inside / self.encapsulated
            account.add(f"cargo/{self.cargo}", "mixed in", brought)
            free[self.cargo] = free.get(self.cargo, np.zeros(p.members)) + (brought - inside)
            account.note(LUMEN, self._crowding(p))
        made = Suspension(
            populations=added(suspension, fresh).populations,
            free=free,
            solutes=suspension.solutes,
            volume=suspension.volume + self.volume,
        )
        hands_on = float(np.median(p[HANDS_ON]))
        resources = Resources(
            time=hands_on, hands_on=hands_on, consumables={"lipid mix, batch": 1.0}
        )
        return made, account.exchange(resources)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a lumen that would have to hold more than anything dissolves or gels at."""
        if not self.cargo or float(np.median(self._crowding(p) * p[MOLAR_MASS])) < CROWDED:
            return []
        message = (
            "the lumen would hold more than 200 g of the cargo in a litre, which hardly a gel of a "
            "drug does: lower `cargo_to_lipid`"
        )
        return [Flag(self.name, message, "serious")]

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return what lumen and bilayer of a liposome of the printed diameter have room for."""
        if not self.cargo:
            return []
        at = np.array([self.diameter])
        lipids = self._lipids(at, p)[:, 0]
        bare = at - 2.0 * self._coat(p)[:, None]
        most = lumen_room(bare, p[THICKNESS], p)[:, 0]
        if self._dissolves_in_lipid:
            most = most + p[BILAYER_CAPACITY] * lipids
        mass = lipids * self._mean(p, LIPID_MASS, STEROL_MASS)
        return [
            Ceiling(
                "cargo_to_lipid",
                np.full(p.members, self.cargo_to_lipid),
                np.asarray(most * p[MOLAR_MASS] / mass),
                "of the mass of the lipid",
                f"as {self.cargo} inside",
                "lumen and bilayer of a liposome of this size pack no more",
                "Lower it, or make the liposomes larger",
            )
        ]

    @property
    def _dissolves_in_lipid(self) -> bool:
        return bool(self.cargo) and cargo_table()[self.cargo].is_small

    def _coat(self, p: Draws) -> Array:
        """Return the thickness of the layer of PEG, array (n,) [m]."""
        return p[LAYER] if self.peg_share > 0 else np.zeros(p.members)

    def _mean(self, p: Draws, phospholipid: Parameter, sterol: Parameter) -> Array:
        """Return the mean over lipids of an area or a molar mass, array (n,)."""
        pegylated = p[PEG_MASS] if phospholipid is LIPID_MASS else p[phospholipid]
        return mean_lipid(
            p[phospholipid], p[sterol], pegylated, self.cholesterol, self.peg_share
        )  # fmt: skip

    def _lipids(self, diameter: Array, p: Draws) -> Array:
        """Return the lipids of a liposome of a diameter in liquid, array (n, k)."""
        bare = np.maximum(diameter - 2.0 * self._coat(p)[:, None], 0.0)
        area = self._mean(p, AREA, STEROL_AREA)
        return bilayer_lipids(bare, p[THICKNESS][:, None], area[:, None])

    def _crowding(self, p: Draws) -> Array:
        """Return the concentration of cargo in a liposome of the printed diameter, array (n,)."""
        at = np.array([self.diameter])
        mass = self._mean(p, LIPID_MASS, STEROL_MASS)[:, None]
        copies = self.cargo_to_lipid * self._lipids(at, p) * mass / p[MOLAR_MASS][:, None]
        bare = at - 2.0 * self._coat(p)[:, None]
        return lumen_concentration(copies, bare, p[THICKNESS][:, None])[:, 0]

    def _population(self, suspension: Suspension, p: Draws) -> Population:
        """Return as many liposomes as the lipid makes."""
        held = suspension.populations  # A donor comes first: none is there yet.
        median, spread = scattering_lognormal(self.diameter, self.polydispersity)
        grid = held[0].diameter if held else local_grid(float(median))
        ones = np.ones(p.members)
        shares = lognormal_shares(grid_edges(grid), median * ones, spread * ones)
        lipids = self._lipids(grid, p)
        mass = self._mean(p, LIPID_MASS, STEROL_MASS)
        total = self.lipid / mass * AVOGADRO / (shares * lipids).sum(axis=1)
        inside = {}
        if self.cargo:
            each = self.cargo_to_lipid * lipids * (mass / p[MOLAR_MASS])[:, None]
            inside[self.cargo] = Copies.poisson(each)
        return Population(
            kind=KIND,
            diameter=grid,
            count=total[:, None] * shares,
            density=p.at(DENSITY, kind=KIND),
            refractive_index=p.at(INDEX, kind=KIND),
            surface=self._surface(grid, shares, p),
            inside=inside,
        )

    def _surface(self, grid: Array, shares: Array, p: Draws) -> dict[str, Array]:
        """Return charge, recognition and chains outside; the latter of the mean area."""
        bare = np.maximum(grid - 2.0 * self._coat(p)[:, None], 0.0)
        outer = (shares * outer_area(bare)).sum(axis=1)
        return {
            "zeta_potential": np.full(p.members, self.zeta_potential),
            SURFACE: p[RECOGNITION],
            "peg_copies": self.peg_share * outer / self._mean(p, AREA, STEROL_AREA),
        }
