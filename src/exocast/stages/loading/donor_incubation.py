"""Donor incubation: the cells are given a drug, and their vesicles leave with some of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.cargo_statistics import convolve
from exocast.laws.drug_in_cells import cell_content, shared_with_cells
from exocast.laws.lumen import AVOGADRO, arrhenius, crossing_rate, lumen_volume
from exocast.laws.membrane_area import sphere_area
from exocast.laws.partition import occupancy
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Copies, Suspension
from exocast.stages.account import Account
from exocast.stages.donor.cell import CELL_VOLUME, FOLD
from exocast.stages.loading.cargo import (
    LIPID_PARTITION_CONSTANT,
    MEMBRANE_PERMEABILITY,
    PARTITION_ENTHALPY,
    REFERENCE_TEMPERATURE,
    SOLUBILITY,
    Cargo,
    cargo_context,
    cargo_table,
    unknown_cargo,
)
from exocast.stages.loading.contact import (
    ACTIVATION_ENERGY,
    BILAYER_THICKNESS,
    contact,
    contact_parameters,
)
from exocast.stages.loading.precipitate import DRUG_PARTICLE_PARAMETERS, Aging, precipitated

__all__ = ["DonorIncubation"]

Array = NDArray[np.float64]

_ANY = Cargo("", "hydrophobic", "")
"""A drug that needs all that any drug needs."""

WARM = 310.15
"""Temperature of a culture [K]."""
OVERNIGHT = 43200.0
"""Time that vesicles spend in the medium before harvest, on average [s]."""

_KEY = "loading.donor_incubation."
CELL_LIPID = Parameter(_KEY + "cell_lipid", "mol/m^3", "Lipid of a cell over its volume.")
SITES = Parameter(
    "cargo.cell_sites", "mol/m^3", "Sites of a cell that hold the drug, over its volume."
)
DISSOCIATION = Parameter(
    "cargo.cell_site_constant", "mol/m^3", "Free drug at which half of these sites are taken."
)
ENCLOSED = Parameter(
    _KEY + "enclosed_sites", "1",
    "Sites in a lumen over those in as much cell: what is not polymer or nucleus.",
    high=1.0, scale="logit",
)  # fmt: skip

_OWN = (
    CELL_LIPID, SITES, DISSOCIATION, ENCLOSED, CELL_VOLUME, FOLD, MEMBRANE_PERMEABILITY,
    LIPID_PARTITION_CONSTANT, PARTITION_ENTHALPY, ACTIVATION_ENERGY, BILAYER_THICKNESS,
)  # fmt: skip


@dataclass(frozen=True)
class DonorIncubation(PreparationStep):
    r"""Cells take up a drug from their medium, and secrete vesicles that hold what is free there.

    The drug shares out between medium, lipid of the cells and their sites. Cells that are washed
    give part of it back to fresh medium. A vesicle keeps what its bilayer and lumen hold against
    that medium, and the sites that its lumen encloses; a drug that crosses a bilayer in minutes
    cannot stay behind for longer because a cell has put it there.

    Equation
    --------
    \bar{c} = C V_i N_A + S \, \theta(C) + \epsilon B V_i N_A \, \frac{C}{K_d + C}

    n = C \left[V + v (1 + K L)\right] + \frac{v B C}{K_d + C}, \quad v = \rho V V_c

    Symbols
    -------
    \bar{c} : mean copies of a vesicle
    C : shared_with_cells, in the medium at harvest
    n : drug given, or what washed cells brought into fresh medium [mol]
    V_i : lumen_volume
    S : sites of a bilayer: lipids times capacity
    \theta : occupancy
    \epsilon : enclosed_sites
    B : cell_sites
    K_d : cell_site_constant
    K : lipid_partition_constant
    L : cell_lipid
    V : liquid of the tube [m^3]
    v : volume of the cells [m^3]
    \rho : cell_density
    V_c : cell_volume
    N_A : Avogadro constant

    Notes
    -----
    Uptake approaches this equilibrium at the rate of permeation, slowed by what binds. The medium
    at harvest is the tube's liquid; loading is done in as much. What the cells keep leaves with
    them, and so does what is washed off.

    Wang 2017 report 2 to 7 pmol of paclitaxel in the vesicles of a million cells after 24 h at 0.1
    to 1 uM. For such cells this gives 0.07 to 0.8 at the medians, debris included: their upper
    figure lies within the range, their lower one above it, and with their 220 vesicles a cell both
    are out of reach of lipid and enclosed tubulin. What is more than that pelleted by itself, or
    there were more vesicles than were counted. Sorting of a drug against its gradient, pumps and
    metabolism are not modelled.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "donor_incubation"
    title: ClassVar[str] = "incubation of the donor cells"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(
        dict.fromkeys((*_OWN, *contact_parameters(_ANY), *DRUG_PARTICLE_PARAMETERS))
    )
    in_culture: ClassVar[bool] = True
    speculative: ClassVar[bool] = True

    cargo: str = setting(
        doc="Drug, by its name in the cargo table: a small molecule.", moves="cargo inside"
    )
    concentration: float = setting(
        2.3e-3, unit="mol/m^3", low=0.0, high=1.0, source="priming_practice",
        doc="Drug in the medium that the cells are loaded in.",
        moves="cargo inside", direction=1,
    )  # fmt: skip
    duration: float = setting(
        86400.0, unit="s", low=60.0, high=3 * 86400.0, source="priming_practice",
        doc="Time for which the cells are loaded.", moves="time at the bench", direction=1,
    )  # fmt: skip
    washed: str = setting(
        "yes", choices=("yes", "no"), source="priming_practice",
        doc="Whether the cells secrete into fresh medium, or into that with the drug.",
        moves="cargo free",
    )  # fmt: skip
    cell_density: float = setting(
        1e12, unit="cell/m^3", low=1e10, high=1e14, source="priming_practice",
        doc="Cells in a volume of medium.", moves="kept by the cells [mol]", direction=1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the cargo and its kind."""
        return cargo_context(self.cargo)

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        unknown = unknown_cargo(self.cargo)
        if unknown or cargo_table()[self.cargo].is_small:
            return unknown
        return [
            f"{self.cargo} does not enter cells by itself: let them make it, `donor_expression`."
        ]

    def needs(self) -> list[Need]:
        """Return what this drug needs: solubility and what falls out, if it has one."""
        if self.check():
            return []
        cargo = cargo_table()[self.cargo]
        solid = DRUG_PARTICLE_PARAMETERS if cargo.kind == "hydrophobic" else ()
        return [Need(each) for each in dict.fromkeys((*_OWN, *contact_parameters(cargo), *solid))]

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"from cells given {self.cargo}"

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the medium that loaded cells have conditioned."""
        cargo, account = cargo_table()[self.cargo], Account()
        name = f"cargo/{cargo.name}"
        given = self.concentration * suspension.volume
        held = self._held(given, suspension, p) * self._approach(given, suspension, p)
        loose = given - held
        account.add(name, "given to the cells", given * AVOGADRO)
        if self.washed == "yes":
            account.add(name, "washed off", -loose * AVOGADRO)
            kept = np.minimum(self._held(held, suspension, p), held)
            loose = held - kept
            held = kept
        account.add(name, "kept by the cells", -held * AVOGADRO)
        account.note("kept by the cells [mol]", held)
        free = suspension.free.get(cargo.name, np.zeros(suspension.members)) + loose * AVOGADRO
        tube = replace(suspension, free={**suspension.free, cargo.name: free})
        tube, excess = contact(tube, cargo, OVERNIGHT, WARM, p)
        tube = self._enclosed(tube, loose, p)
        excess = np.minimum(excess, tube.free[cargo.name])
        if cargo.kind == "hydrophobic":
            aging = Aging(OVERNIGHT, WARM)
            tube, particles = precipitated(tube, cargo, excess, p, aging)
            account.add("particles/cargo_precipitate", "precipitation", particles)
        used = Resources(
            time=self.duration + 1800.0, hands_on=1800.0,
            consumables={"medium [L]": 1e3 * float(np.median(suspension.volume))},
        )  # fmt: skip
        return tube, account.exchange(used)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return what a reader should know of cells under a drug."""
        words = (
            f"{self.cargo} acts on the donor cells too, and may raise or stop secretion and leave "
            "debris that carries it: set `stress` of the culture, and count the harvest"
        )
        flags = [Flag(self.name, words)]
        if cargo_table()[self.cargo].kind == "hydrophobic":
            above = float(np.mean(self.concentration > 2 * p[SOLUBILITY]))
            if above >= 0.5:
                words = (
                    f"more {self.cargo} is given than dissolves ({100 * above:.0f} % of the "
                    "members): drug particles stay with the cells, and later with the vesicles"
                )
                flags.append(Flag(self.name, words))
        return flags

    def _cells(self, suspension: Suspension, p: Draws) -> Array:
        """Return the volume of all cells, array (n,) [m^3]."""
        return np.asarray(self.cell_density * suspension.volume * p[CELL_VOLUME])

    def _partition(self, p: Draws) -> Array:
        warmed = arrhenius(p[PARTITION_ENTHALPY], WARM, REFERENCE_TEMPERATURE)
        return np.asarray(p[LIPID_PARTITION_CONSTANT] * warmed)

    def _binding(self, p: Draws) -> tuple[Array, Array, Array, Array]:
        return p[CELL_LIPID], self._partition(p), p[SITES], p[DISSOCIATION]

    def _free(self, amount: Array, suspension: Suspension, p: Draws) -> Array:
        """Return what is dissolved at equilibrium, array (n,) [mol/m^3]."""
        cells = self._cells(suspension, p)
        free = shared_with_cells(amount, suspension.volume, cells, *self._binding(p))
        if cargo_table()[self.cargo].kind == "hydrophobic":
            free = np.minimum(free, p[SOLUBILITY])
        return np.asarray(free)

    def _held(self, amount: Array, suspension: Suspension, p: Draws) -> Array:
        """Return what the cells hold at equilibrium, array (n,) [mol]."""
        content = cell_content(self._free(amount, suspension, p), *self._binding(p))
        return np.asarray(np.minimum(content * self._cells(suspension, p), amount))

    def _approach(self, amount: Array, suspension: Suspension, p: Draws) -> Array:
        """Return how near to equilibrium the cells come while they are loaded, array (n,) [1]."""
        free = self._free(amount, suspension, p)
        content = cell_content(free, *self._binding(p))
        fold = np.divide(content, free, out=np.ones_like(free), where=free > 0)
        warmed = arrhenius(p[ACTIVATION_ENERGY], WARM, REFERENCE_TEMPERATURE)
        area = p[FOLD] * sphere_area(p[CELL_VOLUME])
        permeability = p[MEMBRANE_PERMEABILITY] * warmed
        rate = crossing_rate(permeability, area, p[CELL_VOLUME] * fold)
        return np.asarray(-np.expm1(-rate * self.duration))

    def _enclosed(self, tube: Suspension, loose: Array, p: Draws) -> Suspension:
        """Return the tube with drug on the sites that lumens have enclosed."""
        name = self.cargo
        volume = np.asarray(tube.volume, dtype=float)
        free = np.divide(loose, volume, out=np.zeros_like(volume), where=volume > 0)
        if cargo_table()[name].kind == "hydrophobic":
            free = np.minimum(free, p[SOLUBILITY])
        taken = occupancy(free, 1.0 / p[DISSOCIATION]) * p[ENCLOSED] * p[SITES] * AVOGADRO
        wanted, filled = np.zeros(tube.members), {}
        for population in tube.populations:
            if population.vesicular:
                lumen = lumen_volume(population.diameter, p[BILAYER_THICKNESS][:, None])
                filled[population.kind] = taken[:, None] * lumen
                wanted = wanted + (population.count * filled[population.kind]).sum(axis=1)
        pool = tube.free[name]
        scale = np.divide(pool, wanted, out=np.ones_like(wanted), where=wanted > pool)
        moved = np.zeros(tube.members)
        for kind, mean in filled.items():
            population = tube.population(kind)
            bound = Copies.poisson(mean * scale[:, None])
            held = population.inside[name]
            both = [(one.mean, one.empty, one.second) for one in (held, bound)]
            inside = {**population.inside, name: Copies(*convolve(*both))}
            moved = moved + (population.count * bound.mean).sum(axis=1)
            tube = tube.with_population(replace(population, inside=inside))
        return replace(tube, free={**tube.free, name: np.maximum(pool - moved, 0.0)})
