"""Inorganic particles: a solid core, weighed in, under a coat that does or does not hide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.lumen import outer_area, sphere_volume
from exocast.laws.solid_particle import (
    core_area,
    core_mass,
    effective_density,
    shifted_shares,
)
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Ceiling, Flag, PreparationStep, setting
from exocast.material.suspension import Copies, Population, Suspension, grid_edges
from exocast.stages.account import Account
from exocast.stages.donor.source import added
from exocast.stages.donor.vesicle import INDEX
from exocast.stages.loading.cargo import (
    PACKING_SHARE,
    ROOM,
    cargo_context,
    dry_volume,
    hydrodynamic_diameter,
    unknown_cargo,
)

__all__ = ["COATINGS", "KIND", "MATERIALS", "RECOGNITION", "InorganicParticle", "local_grid"]

Array = NDArray[np.float64]

KIND = "inorganic_particle"
MATERIALS = ("gold", "silica", "titania", "iron_oxide")
COATINGS = ("none", "citrate", "ligand", "PEG", "dextran", "protein")
SURFACE = "recognition"
"""Surface property: binding by phagocytes over that of the average vesicle, by what adsorbs."""

POROUS = "silica"
"""Material that is bought with pores, which hold cargo too."""

WATER = 1000.0
FILTERED = 8e-9
"""Diameter in liquid below which a kidney filters particles [m]."""

_KEY = "donor.inorganic_particle."
SOLID = Parameter(_KEY + "solid_density", "kg/m^3", "Density of the solid of the core.")
LAYER = Parameter(
    _KEY + "coat_layer", "m", "Thickness of the coat and of the liquid that it drags along.",
    high=5e-8,
)  # fmt: skip
GRAFTING = Parameter(_KEY + "peg_density", "1/m^2", "Chains of PEG on the surface of the core.")
RECOGNITION = Parameter(
    _KEY + "recognition", "1",
    "Rate at which phagocytes bind a particle in its opsonins, over the average vesicle's.",
)  # fmt: skip
HANDS_ON = Parameter(_KEY + "hands_on", "s", "Operator time for one batch.")


def local_grid(diameter: float, classes: int = 41, span: float = 4.0) -> Array:
    """Return a fine grid about one diameter, array (k,) [m]: particles may be of 20 nm.

    Examples
    --------
    >>> grid = local_grid(20e-9)
    >>> len(grid), round(float(grid[20]) * 1e9, 6), round(float(grid[0]) * 1e9, 6)
    (41, 20.0, 5.0)
    """
    return np.asarray(diameter * np.geomspace(1.0 / span, span, classes))


@dataclass(frozen=True)
class InorganicParticle(PreparationStep):
    r"""A mass of gold, silica, titania or iron oxide, as coated spheres.

    Equation
    --------
    N = \frac{m}{\bar{m}}, \quad n_k = N w_k, \quad p = \sigma \bar{A}

    Symbols
    -------
    N : particles in the batch
    m : mass
    \bar{m} : core_mass
    n_k : particles in bin k of the diameter in liquid
    w_k : shifted_shares
    p : chains of PEG on a particle
    \sigma : peg_density
    \bar{A} : core_area

    Notes
    -----
    What travels has the diameter in liquid: that of the core and twice a coat, which follows from a
    printed hydrodynamic diameter or, without one, from the kind of coat. A coat of PEG is bound to
    the core and is not shed. Nothing of the core is digested or leaves in bile: in the body an
    inorganic particle stays where it was taken up, which holds for days and not for months.

    Phagocytes see no phosphatidylserine but what adsorbs from plasma: one factor for each kind of
    coat (`recognition`), drawn here and carried on the surface, so that a fit moves one number.
    A cargo is bound to the surface of the core for good (or sits in its pores) and rides with it.

    Agglomerates are no spheres of the primary particle: give them another tool.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "inorganic_particle"
    title: ClassVar[str] = "inorganic particles"
    carrier: ClassVar[str] = KIND
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SOLID, LAYER, GRAFTING, RECOGNITION, HANDS_ON, INDEX, *ROOM,
    )  # fmt: skip

    material: str = setting(
        choices=MATERIALS, doc="What the core is made of.", moves="particles/inorganic_particle"
    )
    core: float = setting(
        unit="m", low=2e-9, high=2e-7, doc="Mean diameter of the core by electron microscopy.",
        moves="particles/inorganic_particle", direction=-1,
    )  # fmt: skip
    variation: float = setting(
        0.1, unit="1", low=0.01, high=0.5, source="particle_practice",
        doc="Coefficient of variation of the core's diameter.",
        moves="particles/inorganic_particle", direction=-1,
    )  # fmt: skip
    coating: str = setting(
        "citrate", choices=COATINGS, source="particle_practice",
        doc="What covers it: how thick it is, and how phagocytes take it.", moves="recognition",
    )  # fmt: skip
    hydrodynamic: float | None = setting(
        None, unit="m", low=3e-9, high=4e-7, source="particle_practice",
        doc="Mean diameter in liquid by light scattering; core and coat if left out.",
        moves="diameter [m]", direction=1,
    )  # fmt: skip
    zeta_potential: float = setting(
        -0.02, unit="V", low=-0.1, high=0.1, source="particle_practice",
        doc="Zeta potential as bought or made.", moves="zeta potential", direction=1,
    )  # fmt: skip
    mass: float = setting(
        1e-6, unit="kg", low=1e-12, high=1e-3, source="particle_practice",
        doc="Mass of the solid in the batch.", moves="particles/inorganic_particle", direction=1,
    )  # fmt: skip
    cargo: str = setting(
        "", doc="Cargo bound to the core, a name of the table of cargoes; empty for none.",
        source="particle_practice", moves="which cargo",
    )  # fmt: skip
    cargo_density: float = setting(
        6e16, unit="1/m^2", low=0.0, high=1e19, source="particle_practice",
        doc="Copies of the cargo, where there is one, on an area of the core.",
        moves="cargo inside", direction=1, fills="particle",
    )  # fmt: skip
    volume: float = setting(
        1e-6, unit="m^3", low=1e-8, high=1e-2, doc="Liquid of the final tube.",
        source="particle_practice", moves="volume", direction=1,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"{self.material.replace('_', ' ')}, {self.core * 1e9:.3g} nm"

    def context(self) -> Mapping[str, str]:
        """Return the substance, its coat, and the cargo if there is one."""
        own = {"substance": self.material, "coating": self.coating}
        return {**(cargo_context(self.cargo) if self.cargo else {}), **own}

    def needs(self) -> list[Need]:
        """Return the parameters that its coat asks for, the refractive index for its kind."""
        idle = [] if self.coating == "PEG" else [GRAFTING]
        idle += [LAYER] if self.hydrodynamic is not None else []
        idle += [] if self.cargo else ROOM
        wanted = [each for each in self.parameters if each not in idle]
        return [Need(each, {"kind": KIND}) if each is INDEX else Need(each) for each in wanted]

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        problems = unknown_cargo(self.cargo) if self.cargo else []
        if self.hydrodynamic is not None and self.hydrodynamic < self.core:
            problems.append("`hydrodynamic`, the diameter in liquid, is smaller than the `core`.")
        return problems

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the particles, added to what the tube held."""
        account = Account()
        fresh = self._population(suspension, p)
        account.add(f"particles/{KIND}", "weighed in", fresh.total)
        account.add("volume", "buffer", np.full(suspension.members, self.volume))
        if self.cargo:
            account.add(f"cargo/{self.cargo}", "bound to particles", fresh.copies(self.cargo))
        account.note("diameter [m]", self.core + 2.0 * self._layer(p))
        made = Suspension(
            populations=added(suspension, fresh).populations,
            free=suspension.free,
            solutes=suspension.solutes,
            volume=suspension.volume + self.volume,
        )
        hands_on = float(np.median(p[HANDS_ON]))
        resources = Resources(
            time=hands_on, hands_on=hands_on, consumables={"particles, batch": 1.0}
        )
        return made, account.exchange(resources)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag particles that a kidney filters."""
        if float(np.median(self.core + 2.0 * self._layer(p))) > FILTERED:
            return []
        message = (
            "particles below 8 nm in liquid pass into urine, which the body does not let them do: "
            "their blood curve and their kidneys are not forecast"
        )
        return [Flag(self.name, message, "serious")]

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return what the coat has room for, at least one layer of cargo; of silica, its pores."""
        if not self.cargo:
            return []
        layer = np.maximum(self._layer(p), hydrodynamic_diameter(p))
        hollow = 0.0 if self.material == POROUS else sphere_volume(self.core)
        room = sphere_volume(self.core + 2.0 * layer) - hollow
        most = p[PACKING_SHARE] * room / dry_volume(p) / outer_area(self.core)
        return [
            Ceiling(
                "cargo_density",
                np.full(p.members, self.cargo_density),
                np.asarray(most),
                "copies/m^2",
                f"of {self.cargo} on a core",
                "what surrounds it (and pores of silica) packs no more",
                "Lower it",
            )
        ]

    def _layer(self, p: Draws) -> Array:
        """Return the thickness of the coat, array (n,) [m]."""
        if self.hydrodynamic is None:
            return p[LAYER]
        return np.full(p.members, 0.5 * (self.hydrodynamic - self.core))

    def _population(self, suspension: Suspension, p: Draws) -> Population:
        """Return as many particles as the solid makes, by their diameter in liquid."""
        layer, ones = self._layer(p), np.ones(p.members)
        middle = self.core + 2.0 * float(np.median(layer))
        held = suspension.populations  # A donor comes first: none is there yet.
        grid = held[0].diameter if held else local_grid(middle)
        shares = shifted_shares(
            grid_edges(grid), layer, self.core * ones, np.asarray(self.variation * ones)
        )
        total = self.mass / core_mass(self.core, self.variation, p[SOLID])
        area = core_area(self.core, self.variation)
        surface = {
            "zeta_potential": np.full(p.members, self.zeta_potential),
            SURFACE: p[RECOGNITION],
        }
        if self.coating == "PEG":
            surface["peg_copies"] = p[GRAFTING] * area
        return Population(
            kind=KIND,
            diameter=grid,
            count=np.asarray(total)[:, None] * shares,
            density=effective_density(self.core, self.core + 2.0 * layer, p[SOLID], WATER),
            refractive_index=p.at(INDEX, kind=KIND),
            surface=surface,
            inside=self._bound(grid, layer, shares, float(area)),
        )

    def _bound(self, grid: Array, layer: Array, shares: Array, area: float) -> dict[str, Copies]:
        """Return the cargo of each size: by the core's area, with the mean of its closed form."""
        if not self.cargo:
            return {}
        bare = outer_area(np.maximum(grid[None, :] - 2.0 * layer[:, None], 0.0))
        mean = (shares * bare).sum(axis=1, keepdims=True)
        scaled = bare * np.divide(area, mean, out=np.ones_like(mean), where=mean > 0)
        return {self.cargo: Copies.poisson(self.cargo_density * scaled)}
