"""A polymer is added, particles and protein fall out, and a slow spin collects them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.centrifugation import (
    STANDARD_GRAVITY,
    angular_velocity_squared,
    sedimentation_coefficient,
)
from exocast.laws.depletion import (
    coil_radius,
    contact_attraction,
    flocculated_share,
    overlap_concentration,
    particle_solubility,
    protein_solubility,
    solution_viscosity_ratio,
)
from exocast.laws.flocculation import cluster_settling, cluster_size
from exocast.laws.lumen import sphere_volume
from exocast.laws.precipitation import aggregate_counts, lognormal_weights
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Population, Suspension, default_grid, grid_edges
from exocast.stages.account import Account, pooled
from exocast.stages.isolation.handling import concentration, once, passed_on
from exocast.stages.isolation.rotor import ROTOR_PARAMETERS, Rotor
from exocast.stages.isolation.runs import many, several

__all__ = ["PolymerPrecipitation"]

Array = NDArray[np.float64]

AGGREGATE = "protein_aggregate"
PROTEINS = ("globulin", "albumin")
STOCK = 500.0
"""Polymer stock, 50 % by weight and volume [kg/m^3]."""
POLYMER_DENSITY = 0.16
"""By how much polymer makes the liquid denser [1]: 0.84 L/kg partial volume, recalled."""
PROTEIN_BUOYANCY = 0.27
"""Share of the weight of protein that water leaves, from 0.73 L/kg, recalled."""
FEW = 30.0
SEMIDILUTE = 4.0

NEIGHBOURS = Parameter(
    "isolation.polymer_precipitation.neighbours", "1",
    "Pairs that hold a particle in the precipitate.", low=0.5, high=12.0,
)  # fmt: skip
GAP = Parameter(
    "isolation.polymer_precipitation.gap", "m",
    "Distance at which coats and hydration keep two particles.", high=3e-8,
)  # fmt: skip
STABILITY = Parameter(
    "isolation.polymer_precipitation.stability_ratio", "1",
    "Encounters for each one that sticks, once the polymer is in.", low=1.0,
)  # fmt: skip
SHEAR = Parameter(
    "isolation.polymer_precipitation.shear", "1/s",
    "Mean rate of shear from mixing in the polymer to the spin.",
)  # fmt: skip
LARGEST = Parameter(
    "isolation.polymer_precipitation.largest_cluster", "m",
    "Diameter above which clusters break.", low=2e-6,
)  # fmt: skip
DIMENSION = Parameter(
    "isolation.polymer_precipitation.fractal_dimension", "1", "Fractal dimension of the clusters.",
    low=1.5, high=3.0, scale="linear",
)  # fmt: skip
GLOBULIN = Parameter(
    "isolation.polymer_precipitation.globulin_share", "1",
    "Share of the protein that precipitates as globulins do, the rest as albumin.",
    high=1.0, scale="logit",
)  # fmt: skip
INTERCEPT = Parameter(
    "isolation.polymer_precipitation.protein_intercept", "kg/m^3",
    "Solubility of protein, extrapolated to no polymer.",
)  # fmt: skip
SLOPE = Parameter(
    "isolation.polymer_precipitation.protein_slope", "m^3/kg",
    "Decades by which a kg/m^3 of polymer lowers the solubility of protein.",
)  # fmt: skip
CARRIED = Parameter(
    "isolation.polymer_precipitation.carried_share", "1",
    "Share of soluble protein that clusters carry down with them.", high=1.0, scale="logit",
)  # fmt: skip
INSOLUBLE = Parameter(
    "isolation.polymer_precipitation.insoluble_share", "1",
    "Share of precipitated protein that stays aggregated in fresh buffer.",
    high=1.0, scale="logit",
)  # fmt: skip
UNDISPERSED = Parameter(
    "isolation.polymer_precipitation.not_dispersed_share", "1",
    "Share of pelleted particles that stay in clusters or on the tube.", high=1.0, scale="logit",
)  # fmt: skip
MEDIUM_DENSITY = Parameter(
    "isolation.differential_centrifugation.medium_density", "kg/m^3",
    "Density of the liquid that is spun.", low=950.0, high=1100.0, scale="linear",
)  # fmt: skip
RESIDUAL = Parameter(
    "isolation.differential_centrifugation.residual_volume", "m^3",
    "Liquid that stays with the pellet in each tube.",
)  # fmt: skip
RUN_OVERHEAD = Parameter(
    "isolation.differential_centrifugation.run_overhead", "s",
    "Loading, speeding up, braking and unloading of one run.",
)  # fmt: skip
HANDS_ON = Parameter(
    "isolation.differential_centrifugation.hands_on", "s",
    "Operator time per tube: fill, balance, decant, resuspend.",
)  # fmt: skip
DENSITY = Parameter(
    "donor.vesicle.density", "kg/m^3", "Effective density in the medium, by kind.",
    low=800.0, high=1500.0, scale="linear",
)  # fmt: skip
INDEX = Parameter(
    "donor.vesicle.refractive_index", "1", "Effective refractive index, by kind.",
    low=1.33, high=1.7, scale="linear",
)  # fmt: skip
DIAMETER = Parameter(
    "donor.vesicle.median_diameter", "m", "Number median of the diameter, by kind.",
    low=5e-9, high=5e-6,
)  # fmt: skip
SPREAD = Parameter(
    "donor.vesicle.geometric_sd", "1", "Geometric standard deviation of the diameter, by kind.",
    low=1.01, high=3.0,
)  # fmt: skip
PROTEIN = Parameter(
    "assay.total_protein.protein_in_particle", "kg/m^3",
    "Mass of protein in a volume of particle, membrane and lumen together.", low=1.0, high=1400.0,
)  # fmt: skip

OF_AGGREGATE = (DENSITY, INDEX, DIAMETER, SPREAD, PROTEIN)


@dataclass(frozen=True)
class _Fallen:
    """What the spin takes: the liquid after mixing, and the share of each thing in the pellet."""

    liquid: Array
    added: Array
    unstable: tuple[Array, ...]
    pelleted: tuple[Array, ...]
    excess: Array
    carried: Array
    members: Array
    settling: Array
    rotor: Rotor


@dataclass(frozen=True)
class PolymerPrecipitation(PreparationStep):
    r"""Depletion by polyethylene glycol gathers all large particles, which a slow spin pellets.

    Equation
    --------
    n' = n \left[P (1 - r) + (1 - P) \, \varepsilon\right], \quad P = u P_N + (1 - u) P_1, \quad u =
    \frac{F}{F + S(d)}

    m' = m \left[x (1 - i) + y + (1 - x - y) \, \varepsilon\right], \quad x = \sum_j g_j
    \max\left(0, 1 - \frac{S_j}{g_j c_m}\right)

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    m, m' : dissolved protein, before and after
    u : flocculated_share
    F : particles in the common precipitate, per volume
    S(d) : particle_solubility
    S_j : protein_solubility of globulins and albumin
    g_j : globulin_share, and the rest
    c_m : concentration of protein, with the polymer stock in
    P_N, P_1 : share pelleted of clusters and of single particles, by the rotor
    r : not_dispersed_share
    \varepsilon : share of the liquid that stays with the pellet
    x, y : share of the protein that is insoluble, and that clusters carry
    i : insoluble_share, of x

    Notes
    -----
    Depletion grows with the size of a particle and with the polymer, and does not ask what the
    particle is: lipoproteins, aggregates and vesicles come down together, and precipitated protein
    that does not dissolve again becomes particles of its own. **Counts after this step are not
    vesicles**: precipitation kits give 100 to 10,000 times the particles of ultracentrifugation
    from plasma (Tian et al. 2020, abstract), and that is this, not a yield. What a dilute medium
    lacks is encounters: clusters begin by diffusion and run away by shear, and those that stay
    small do not pellet at low speed, least of all in a tall tube: a millilitre stands 1 cm high in
    a tube of 50 mL, which full has 9 cm.
    Protein beyond its solubility is taken to pellet whole. Lighter particles buoy up a cluster;
    one that is lighter than the liquid floats and is lost. Polymer stays in the residual liquid, as
    the solute `polymer`. Salt, pH and polymer trapped in the pellet are left out, and the chains
    are ideal: above a few times overlap the theory only orders sizes.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "polymer_precipitation"
    title: ClassVar[str] = "polymer precipitation"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        NEIGHBOURS, GAP, STABILITY, SHEAR, LARGEST, DIMENSION, GLOBULIN, INTERCEPT, SLOPE, CARRIED,
        INSOLUBLE, UNDISPERSED, MEDIUM_DENSITY, RESIDUAL, RUN_OVERHEAD, HANDS_ON, *OF_AGGREGATE,
        *ROTOR_PARAMETERS,
    )  # fmt: skip

    polymer_mass: float = setting(
        6.0, unit="kg/mol", low=0.4, high=35.0, source="precipitation_practice",
        doc="Molar mass of the polyethylene glycol.", moves="particles/small_ev", direction=0,
    )  # fmt: skip
    polymer: float = setting(
        80.0, unit="kg/m^3", low=0.0, high=250.0, source="precipitation_practice",
        doc="Polymer in the mixture; 80 kg/m3 is 8 % by weight and volume.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    duration: float = setting(
        43200.0, unit="s", low=0.0, high=3 * 86400.0, source="precipitation_practice",
        doc="Time that the mixture stands.", moves="particles/small_ev", direction=1,
    )  # fmt: skip
    temperature: float = setting(
        277.15, unit="K", low=273.15, high=313.15, source="precipitation_practice",
        doc="At which it stands and is spun; warmer liquid is thinner.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip
    mixing: str = setting(
        "still", choices=("still", "rotated"), source="precipitation_practice",
        doc="Mixed once and left standing, or rotated throughout.", moves="particles/small_ev",
    )  # fmt: skip
    rotor: str = setting(
        "SH-3000", source="precipitation_practice",
        doc="Rotor, by name: `exocast explain isolation.rotor.mean_radius` lists them.",
    )  # fmt: skip
    rcf: float = setting(
        1500.0 * STANDARD_GRAVITY, unit="m/s^2", low=0.0, high=2e5,
        source="precipitation_review", moves="particles/small_ev", direction=1,
        doc="Relative centrifugal force at the mean radius.",
    )  # fmt: skip
    spin: float = setting(
        1800.0, unit="s", low=0.0, high=86400.0, source="precipitation_practice",
        doc="Time at speed.", moves="particles/small_ev", direction=1,
    )  # fmt: skip
    resuspend: float = setting(
        1e-6, unit="m^3", low=1e-8, high=1.0, source="precipitation_practice",
        doc="Fresh buffer in which the pellet is taken up.", moves="volume", direction=1,
    )  # fmt: skip
    buffer: str = setting("PBS", source="precipitation_practice", doc="Buffer for the pellet.")

    def context(self) -> Mapping[str, str]:
        """Return how it is mixed."""
        return {"mixing": self.mixing}

    def needs(self) -> list[Need]:
        """Return the parameters; geometry for the rotor, properties for protein aggregates."""
        special = {*ROTOR_PARAMETERS, *OF_AGGREGATE, SLOPE}
        return [
            *(Need(held) for held in self.parameters if held not in special),
            *(Need(SLOPE, {"protein": name}) for name in PROTEINS),
            *(Need(held, {"kind": AGGREGATE}) for held in OF_AGGREGATE),
            *(Need(held, {"rotor": self.rotor}) for held in ROTOR_PARAMETERS),
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the pellet in fresh buffer."""
        account = Account()
        fallen = self._fallen(suspension, p)
        tubes = fallen.rotor.tubes(fallen.liquid)
        residual = np.minimum(p[RESIDUAL] * tubes, fallen.liquid / 2)
        wet = concentration(residual, fallen.liquid)
        account.add("volume", "polymer stock", fallen.added)
        account.add("volume", "left in the supernatant", -(1 - wet) * fallen.liquid)
        account.add("volume", "buffer to resuspend", np.full(p.members, self.resuspend))
        populations = []
        loose = 1 - p[UNDISPERSED][:, None]
        for population, pelleted in zip(suspension.populations, fallen.pelleted, strict=True):
            above = (1 - pelleted) * (1 - wet[:, None])
            account.removed(population, above, "left in the supernatant")
            account.removed(population, pelleted * (1 - loose), "not dispersed again")
            populations.append(population.kept(pelleted * loose + (1 - pelleted) * wet[:, None]))
        down = fallen.excess + fallen.carried
        shares = dict.fromkeys(suspension.solutes, wet)
        shares["protein"] = down + (1 - down) * wet
        kept, free = passed_on(
            suspension, shares, dict.fromkeys(suspension.free, wet), "left in the supernatant",
            account,
        )  # fmt: skip
        brought = STOCK * fallen.added
        account.add("solute/polymer", "polymer stock", brought)
        account.add("solute/polymer", "left in the supernatant", -(1 - wet) * brought)
        kept["polymer"] = kept.get("polymer", np.zeros(p.members)) + wet * brought
        pellet = Suspension(
            tuple(populations), free, kept, residual + self.resuspend, self.temperature,
            self.buffer,
        )  # fmt: skip
        protein = suspension.solutes.get("protein", np.zeros(p.members))
        pellet = self._aggregated(pellet, p[INSOLUBLE] * fallen.excess * protein, p, account)
        account.note("particles in a cluster [particle]", fallen.members)
        account.note("residual polymer [kg/m^3]", kept["polymer"] / pellet.volume)
        return pellet, account.exchange(self._resources(fallen, p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: what the count means, too dilute, too crowded, several runs, polymer."""
        flags = []
        fallen = self._fallen(suspension, p)
        vesicles = sum(
            float(np.median((one.count * share).sum(axis=1)))
            for one, share in zip(suspension.populations, fallen.pelleted, strict=True)
            if one.vesicular
        )
        protein = suspension.solutes.get("protein", np.zeros(p.members))
        solid = p[INSOLUBLE] * fallen.excess * protein
        everything = sum(
            float(np.median((one.count * share).sum(axis=1)))
            for one, share in zip(suspension.populations, fallen.pelleted, strict=True)
        ) + float(np.median(self._fresh(suspension, solid, p).total))
        if everything > 0:
            message = (
                f"{vesicles / everything:.1%} of the pelleted particles are vesicles (median): a "
                "particle count after precipitation is not a count of vesicles"
            )
            flags.append(Flag(self.name, message))
        if self.polymer > 0 and float(np.median(fallen.settling)) < 0:
            message = "clusters are lighter than the liquid (lipoproteins): they float, not pellet"
            flags.append(Flag(self.name, message))
        size = float(np.median(fallen.members))
        if self.polymer > 0 and size < FEW:
            message = (
                f"clusters hold {size:.0f} particles (median): the sample is too dilute to gather "
                "in that time; concentrate it first or let it stand"
            )
            flags.append(Flag(self.name, message))
        crowding = self._crowding()
        if crowding > SEMIDILUTE:
            message = f"the polymer is {crowding:.1f} times above overlap: depletion is overstated"
            flags.append(Flag(self.name, message))
        if self.polymer > 0:
            message = "polymer stays in the pellet's liquid: wash it out, or it follows to the dose"
            flags.append(Flag(self.name, message, "note"))
        runs = fallen.rotor.runs(fallen.liquid)
        if np.max(runs) > 1:
            message = f"the mixture takes {several(runs)} runs of {self.rotor}"
            flags.append(Flag(self.name, message, many(runs), "scale"))
        speed = angular_velocity_squared(self.rcf, fallen.rotor.mean_radius)
        rated = fallen.rotor.maximum_speed * np.pi / 30
        if (np.sqrt(speed) > rated * (1 + 1e-9)).any():
            message = f"{self.rotor} is not rated for that force"
            flags.append(Flag(self.name, message, "serious"))
        return flags

    def _crowding(self) -> float:
        overlap = overlap_concentration(self.polymer_mass, coil_radius(self.polymer_mass))
        return self.polymer / float(overlap)

    @once
    def _fallen(self, suspension: Suspension, p: Draws) -> _Fallen:
        """Return what becomes insoluble, how far it gathers, and what the spin then takes."""
        added = suspension.volume * self.polymer / (STOCK - self.polymer)
        liquid = suspension.volume + added
        coil = coil_radius(self.polymer_mass)
        total = sum((one.total for one in suspension.populations), np.zeros(p.members))
        limits, crowds = [], []
        for one in suspension.populations:
            pull = contact_attraction(one.diameter / 2, coil, p[GAP][:, None], self._crowding())
            limits.append(particle_solubility(one.diameter, pull, p[NEIGHBOURS][:, None]))
            wet = np.broadcast_to(liquid[:, None], one.count.shape)
            crowds.append(concentration(one.count, wet))
        unstable = []
        if limits:
            shares = flocculated_share(np.hstack(crowds), np.hstack(limits))
            ends = np.cumsum([one.diameter.size for one in suspension.populations])
            unstable = np.split(shares, ends[:-1], axis=1)
        excess, soluble = self._protein(suspension, liquid, p)
        ratio = solution_viscosity_ratio(self.polymer, self.polymer_mass, coil)
        viscosity = np.full(p.members, float(ratio) * float(water_viscosity(self.temperature)))
        density = p[MEDIUM_DENSITY] + POLYMER_DENSITY * self.polymer
        insoluble = [
            one.count * share for one, share in zip(suspension.populations, unstable, strict=True)
        ]
        number = sum((held.sum(axis=1) for held in insoluble), np.zeros(p.members))
        space = sum(
            ((held * sphere_volume(one.diameter)).sum(axis=1)
             for one, held in zip(suspension.populations, insoluble, strict=True)),
            np.zeros(p.members),
        )  # fmt: skip
        typical = np.cbrt(6 / np.pi * np.divide(
            space, number, out=np.full(p.members, 1e-21), where=number > 0
        ))  # fmt: skip
        members = cluster_size(
            concentration(number, liquid), concentration(space, liquid), self.duration, p[SHEAR],
            p[DIMENSION], np.maximum((p[LARGEST] / typical) ** p[DIMENSION], 2.0), p[STABILITY],
            self.temperature, viscosity,
        )  # fmt: skip
        weight = excess * suspension.solutes.get("protein", np.zeros(p.members)) * PROTEIN_BUOYANCY
        drag = np.zeros(p.members)
        for one, held in zip(suspension.populations, insoluble, strict=True):
            heavier = (one.density - density)[:, None] * sphere_volume(one.diameter)
            weight = weight + (held * heavier).sum(axis=1)
            drag = drag + (held * 3 * np.pi * viscosity[:, None] * one.diameter).sum(axis=1)
        mean = np.divide(weight, drag, out=np.zeros(p.members), where=drag > 0)
        # Particles are counted, not clusters: theirs is the mean by mass, 2 N - 1 (Smoluchowski).
        cluster = cluster_settling(mean, 2 * members - 1, p[DIMENSION])[:, None]
        rotor = Rotor.drawn(self.rotor, p)
        speed = angular_velocity_squared(self.rcf, rotor.mean_radius)
        together = rotor.pelleted(cluster, speed, self.spin, liquid)
        pelleted = []
        for one, share in zip(suspension.populations, unstable, strict=True):
            single = sedimentation_coefficient(
                one.diameter, one.density[:, None], density[:, None], viscosity[:, None]
            )
            alone = rotor.pelleted(single, speed, self.spin, liquid)
            pelleted.append(share * together + (1 - share) * alone)
        gathered = np.divide(number, total, out=np.zeros(p.members), where=total > 0)
        carried = soluble * p[CARRIED] * gathered * together[:, 0]
        return _Fallen(
            liquid, added, tuple(unstable), tuple(pelleted), excess, carried, members, mean, rotor
        )

    def _protein(self, suspension: Suspension, liquid: Array, p: Draws) -> tuple[Array, Array]:
        """Return the share of the protein that is insoluble, and the share that is not."""
        protein = concentration(suspension.solutes.get("protein", np.zeros(p.members)), liquid)
        excess = np.zeros(p.members)
        for name, part in zip(PROTEINS, (p[GLOBULIN], 1 - p[GLOBULIN]), strict=True):
            limit = protein_solubility(self.polymer, p[INTERCEPT], p.at(SLOPE, protein=name))
            held = part * protein
            stays = np.divide(limit, held, out=np.ones(p.members), where=held > 0)
            excess = excess + part * np.maximum(1 - stays, 0.0)
        # Without polymer whatever is dissolved was soluble to begin with.
        excess = excess * (self.polymer > 0)
        return excess, 1 - excess

    def _fresh(self, suspension: Suspension, mass: Array, p: Draws) -> Population:
        """Return the aggregates that hold a mass (n,) of protein."""
        held = suspension.populations
        grid = held[0].diameter if held else default_grid()
        density, index, middle, spread, protein = (
            p.at(one, kind=AGGREGATE) for one in OF_AGGREGATE
        )
        weights = lognormal_weights(grid_edges(grid), middle[:, None], np.log(spread)[:, None])
        each = protein[:, None] * sphere_volume(grid)
        count = aggregate_counts(mass[:, None], weights, each)
        return Population(AGGREGATE, grid, count, density, index, vesicular=False)

    def _aggregated(
        self, suspension: Suspension, mass: Array, p: Draws, account: Account
    ) -> Suspension:
        """Return the tube with a mass of protein turned from dissolved into particles."""
        fresh = self._fresh(suspension, mass, p)
        held = AGGREGATE in suspension.kinds
        account.add(f"particles/{AGGREGATE}", "precipitated protein", fresh.total)
        account.add("solute/protein", "aggregated", -mass)
        both = pooled(suspension.population(AGGREGATE), fresh) if held else fresh
        solutes = dict(suspension.solutes)
        if "protein" in solutes:
            solutes["protein"] = solutes["protein"] - mass
        return Suspension(
            suspension.populations, suspension.free, solutes, suspension.volume,
            suspension.temperature, suspension.buffer,
        ).with_population(both)  # fmt: skip

    def _resources(self, fallen: _Fallen, p: Draws) -> Resources:
        runs = float(np.median(fallen.rotor.runs(fallen.liquid)))
        tubes = float(np.median(fallen.rotor.tubes(fallen.liquid)))
        hands_on = tubes * float(np.median(p[HANDS_ON]))
        time = self.duration + runs * (self.spin + float(np.median(p[RUN_OVERHEAD]))) + hands_on
        polymer = STOCK * float(np.median(fallen.added)) * 1e3
        used = {
            f"tube, {self.rotor}": tubes, "polymer [g]": polymer, "buffer [L]": self.resuspend * 1e3
        }  # fmt: skip
        return Resources(time=time, hands_on=hands_on, consumables=used)
