"""Cargo in solution: plasma, what it soaks into, the kidneys, nucleases, and cells that drink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression, State
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.body_flow import extraction
from exocast.laws.escape import escape_rate
from exocast.laws.fenestrae import hindered_convection
from exocast.laws.molecule_passage import (
    capillary_clearance,
    pore_permeability,
    pore_sieving,
    stokes_diameter,
)
from exocast.laws.water import water_viscosity
from exocast.material.step import KineticStep, setting
from exocast.material.study import Study
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution import tumour
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.liquids import (
    INTERSTITIAL_SHARE,
    LYMPH_SHARE,
    TEMPERATURE,
    VISCOSITY,
)
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY, Circulation
from exocast.stages.biodistribution.routes.joining import LIQUID, Liquid
from exocast.stages.biodistribution.walls import PORES
from exocast.stages.loading.cargo import (
    DIFFUSIVITY,
    SERUM_HALF_LIFE,
    UNBOUND_SHARE,
    cargo_context,
    cargo_table,
)

__all__ = ["NAKED_ESCAPE", "OPEN", "DissolvedCargo", "is_followed"]

Array = NDArray[np.float64]

MEASURED_AT = 298.15
"""Temperature of the diffusivities of the catalogue, in water [K]."""

OPEN = ("sinusoidal", "open")
"""Capillaries through which a molecule passes as fast as blood brings it."""

RESOLVED = 1e-9
"""Share of the dissolved doses below which a pool need not be resolved; of a tumour's, its square
root again, since little arrives and all depends on it."""

_KEY = "biodistribution.dissolved_cargo."
FILTRATION = Parameter(
    _KEY + "filtration_rate", unit="m^3/s/kg", doc="Glomerular filtrate per body weight."
)
GLOMERULAR_PORE = Parameter(
    _KEY + "glomerular_pore", unit="m", doc="Diameter of the pores of the glomerular filter."
)
GLOMERULAR_PRESSURE = Parameter(
    _KEY + "glomerular_pressure", unit="Pa", doc="Net pressure across the glomerular filter."
)
SCAVENGING = Parameter(
    _KEY + "scavenger_clearance",
    unit="m^3/s/kg",
    doc="Plasma that cells of liver sinusoids clear of the cargo, per mass of liver.",
)
DRINKING = Parameter(
    _KEY + "fluid_uptake", unit="m^3/s", doc="Interstitial liquid that a target cell takes in."
)
LYSOSOMAL_LOSS = Parameter(
    _KEY + "lysosomal_loss", unit="1/s", doc="Loss of cargo that a cell drank."
)
NAKED_ESCAPE = Parameter(
    _KEY + "escape_probability",
    unit="1",
    doc="Share of the molecules that a cell drank which reach its cytosol.",
    high=0.9,
)

_OWN = (
    FILTRATION,
    GLOMERULAR_PORE,
    GLOMERULAR_PRESSURE,
    SCAVENGING,
)
_CARGO = (DIFFUSIVITY, SERUM_HALF_LIFE, UNBOUND_SHARE)
_SHARED = (TEMPERATURE, LYMPH_SHARE, TUMOUR_DENSITY)
_CELLS = (DRINKING, LYSOSOMAL_LOSS, NAKED_ESCAPE)


def is_followed(cargo: str) -> bool:
    """Return whether a dissolved cargo can be followed: one that does not cross membranes.

    Examples
    --------
    >>> is_followed("siRNA"), is_followed("doxorubicin"), is_followed("")
    (True, False, False)
    """
    held = cargo_table().get(cargo)
    return held is not None and not held.is_small


@dataclass(frozen=True)
class DissolvedCargo(KineticStep):
    r"""A macromolecule in solution, in the blood and organs of the body that is wired already.

    It mixes in plasma, leaves it through the pores of capillaries, returns with lymph, is filtered
    by the kidneys as far as its size allows, hydrolysed wherever it is outside cells, and taken by
    scavenger receptors of the liver. Cells of a tumour drink a little of the liquid around them;
    next to none of what they drink reaches their cytosol.

    Equation
    --------
    \frac{d P}{dt} = -\frac{f_u}{V_p} \left(\sum_o \mathrm{CL}_{out,o} + G \theta\right) P -
    \frac{Q E}{V_p} P + \sum_o \frac{\mathrm{CL}_{in,o}}{V_{i,o}} T_o - k_h P

    \frac{d T_o}{dt} = \frac{f_u \mathrm{CL}_{out,o}}{V_p} P -
    \frac{\mathrm{CL}_{in,o}}{V_{i,o}} T_o - k_h T_o - \frac{u N}{V_i} T_o

    \frac{d C}{dt} = \frac{u N}{V_i} T_o - k_l C - k_e C, \quad k_e = k_l \, \frac{p}{1 - p},
    \quad k_h = \frac{\ln 2}{t_{1/2}}

    Symbols
    -------
    P, T_o, C : copies in plasma, between the cells of a bed, and in tumour cells, which drink
    f_u : unbound_share
    \mathrm{CL}_{out,o}, \mathrm{CL}_{in,o} : capillary_clearance
    V_p, V_{i,o} : plasma, and interstitial liquid of the bed [m^3]
    G : filtration_rate times body weight
    \theta : pore_sieving
    Q E : plasma through the liver times the extraction by scavenger_clearance [m^3/s]
    u : fluid_uptake
    N : tumour cells
    k_l : lysosomal_loss
    p : escape_probability
    t_{1/2} : serum_half_life

    Notes
    -----
    Blood goes round in seconds and a molecule stays for minutes, so plasma is one pool; beds are
    lumped into those with open walls (liver, spleen: as fast as blood brings it) and those with
    pores, each organ's clearances summed. Filtration: rate x sieving x unbound share, sieving from
    `laws.molecule_passage.pore_sieving` with the sphere that diffuses like the molecule; walls:
    two sizes of pores, known by the lymph that they pass. No charge, no tubular return: what is
    filtered does not come back.

    Pools: ``dissolved.plasma``, ``dissolved.open_tissue``, ``dissolved.tissue``,
    ``dissolved.filtered``, ``dissolved.degraded``, ``dissolved.scavenged`` and, with a tumour,
    ``tumour.dissolved``, ``tumour.dissolved_in_cells`` and ``tumour.dissolved_in_cytosol``, which
    without any carrier is the ``tumour.unpacking`` that cell and response go on from. A step that
    releases cargo from its carrier adds it to the pool of the place. With carriers, cells, answer
    and response count what these bring, and what was dissolved is kept beside it.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "dissolved_cargo"
    title: ClassVar[str] = "Cargo in solution"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *_OWN,
        *_CARGO,
        *_SHARED,
        *_CELLS,
        INTERSTITIAL_SHARE,
        *PORES,
        VISCOSITY,
        *tumour.OF_MOLECULES,
    )
    speculative: ClassVar[bool] = True

    cargo: str = setting(doc="Name of the cargo, a context of its rows.", moves="what is dissolved")

    def context(self) -> Mapping[str, str]:
        """Return the cargo and its kind."""
        return cargo_context(self.cargo)

    def needs(self) -> list[Need]:
        """Return the parameters, with those of a tumour."""
        shares = [
            Need(INTERSTITIAL_SHARE, {"organ": node.name})
            for node in (*_beds(Anatomy.packaged(), *OPEN), *_porous(Anatomy.packaged()))
        ]
        kinds = dict.fromkeys(node.capillary for node in _porous(Anatomy.packaged()))
        pores = [Need(part, {"capillary": kind}) for kind in kinds for part in PORES]
        plain = (*_OWN, *_CARGO, *_SHARED, *_CELLS, VISCOSITY, *tumour.OF_MOLECULES)
        return [*(Need(parameter) for parameter in plain), *shares, *pores]

    def needs_in(self, study: Study) -> list[Need]:
        """Return the needs, without those of a tumour where there is none."""
        if study.tumour_volume > 0:
            return self.needs()
        absent = {VISCOSITY, *_CELLS, *tumour.OF_MOLECULES}
        return [need for need in self.needs() if need.parameter not in absent]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the pools of what is dissolved, and what moves between them."""
        blood: Circulation = wiring.port("circulation")
        diameter = self.diameter(p)
        plasma = self._pool(wiring, "dissolved.plasma")
        for name in ("open_tissue", "tissue", "filtered", "degraded", "scavenged"):
            self._pool(wiring, f"dissolved.{name}")
        self._walls(wiring, blood, diameter, p)
        self._losses(wiring, blood, diameter, p)
        outside = [plasma, wiring.pool("dissolved.open_tissue"), wiring.pool("dissolved.tissue")]
        if blood.anatomy.of("graft"):
            outside.append(self._tumour(wiring, blood, diameter, p))
        self._doses(wiring)
        site = wiring.pools.get("dissolved.at_site")
        self._hydrolysis(wiring, outside if site is None else [*outside, site], p)
        for name, doc in (
            ("plasma", "in plasma"),
            ("filtered", "filtered by the kidneys"),
            ("degraded", "hydrolysed or digested"),
            ("scavenged", "taken by scavenger receptors of the liver"),
        ):
            self._show(wiring, f"dissolved.{name}", [wiring.pool(f"dissolved.{name}")], doc)
        self._show(wiring, "dissolved.tissue", outside[1:3], "between the cells of organs")

    def diameter(self, p: Draws) -> Array:
        """Return the sphere that diffuses like the molecule, array (n,) [m]."""
        return stokes_diameter(p[DIFFUSIVITY], float(water_viscosity(MEASURED_AT)), MEASURED_AT)

    def filtration(self, wiring: Wiring, p: Draws) -> Array:
        """Return plasma that the kidneys clear of the cargo, array (n,) [m^3/s]."""
        sieved = pore_sieving(
            self.diameter(p), p[GLOMERULAR_PORE], p[GLOMERULAR_PRESSURE], p[TEMPERATURE]
        )
        return np.asarray(p[FILTRATION] * wiring.study.body_weight * sieved * p[UNBOUND_SHARE])

    def _pool(self, wiring: Wiring, name: str, share: float = RESOLVED) -> State:
        """Declare a pool of the dissolved cargo, whose size is that of the dissolved doses."""
        return wiring.add_pool(name, rider=self.cargo, scale=share * self._size(wiring))

    def _size(self, wiring: Wiring) -> Array:
        """Return what may ever be dissolved, array (n,): of the doses, and of what comes off."""
        others = [one for one in wiring.kin(self.cargo) if one != self.cargo]
        aboard = sum((wiring.aboard(one) for one in others), np.zeros(wiring.members))
        return np.asarray(np.maximum(wiring.dissolved[self.cargo].sum(axis=1) + aboard, 1e-15))

    def _show(self, wiring: Wiring, name: str, pools: list[State], doc: str) -> None:
        words = f"{self.cargo} that rides nothing, {doc}"
        wiring.output(name, dict.fromkeys(pools, 1.0), unit="copy", doc=words)

    def _doses(self, wiring: Wiring) -> None:
        """Send the dissolved part of each dose where the route sends the liquid."""
        network, cargo = wiring.network, self.cargo
        if wiring.study.route != "intratumoural":
            if LIQUID in wiring.published:
                self._at_site(wiring, wiring.port(LIQUID))
            else:
                wiring.dose_dissolved(cargo, "dissolved.plasma")
            return
        cavity = self._pool(wiring, "tumour.dissolved_in_cavity")
        wiring.dose_dissolved(cargo, "tumour.dissolved_in_cavity")
        spread, blood, beside = (
            network.parameter(f"intratumoural.{name}")
            for name in ("spread", "leak_to_blood", "leak_beside")
        )
        network.flux(cavity, wiring.pool("tumour.dissolved"), spread * cavity)
        network.flux(None, wiring.pool("counted.dissolved.arrived"), spread * cavity)
        # Beside the tumour it is minutes from blood: cells there drink next to nothing of it.
        network.flux(cavity, wiring.pool("dissolved.plasma"), (blood + beside) * cavity)

    def _at_site(self, wiring: Wiring, liquid: Liquid) -> None:
        """Send the dissolved part of each dose to the site of the route, and from there on."""
        network, cargo = wiring.network, self.cargo
        site = self._pool(wiring, "dissolved.at_site")
        wiring.dose_dissolved(cargo, "dissolved.at_site")
        into = wiring.parameter("dissolved.absorption", liquid.to_blood)
        away = wiring.parameter("dissolved.passage", liquid.lost)
        network.flux(site, wiring.pool("dissolved.plasma"), into * site)
        network.flux(site, wiring.pool("dissolved.degraded"), away * site)
        self._show(wiring, "dissolved.at_site", [site], "where it was given")

    def _walls(self, wiring: Wiring, blood: Circulation, diameter: Array, p: Draws) -> None:
        """Wire what leaves plasma through capillaries, and what returns."""
        plasma = wiring.pool("dissolved.plasma")
        unbound = p[UNBOUND_SHARE]
        for name, beds in (("open_tissue", _beds(blood.anatomy, *OPEN)),
                           ("tissue", _porous(blood.anatomy))):  # fmt: skip
            out, back, space = (np.zeros(p.members) for _ in range(3))
            for node in beds:
                one, other = self._bed(node, blood, diameter, p)
                out, back = out + one, back + other
                space = space + blood.tissue[node.name] * p.at(INTERSTITIAL_SHARE, organ=node.name)
            held = wiring.pool(f"dissolved.{name}")
            leaving = wiring.parameter(f"dissolved.{name}.out", out * unbound / blood.plasma_volume)
            coming = wiring.parameter(f"dissolved.{name}.back", back / space)
            wiring.network.flux(plasma, held, leaving * plasma)
            wiring.network.flux(held, plasma, coming * held)

    @staticmethod
    def _bed(node: Node, blood: Circulation, diameter: Array, p: Draws) -> tuple[Array, Array]:
        """Return the clearances out of an organ's plasma and back, arrays (n,) [m^3/s]."""
        flow = blood.through[node.name] * blood.plasma_share
        if node.capillary in OPEN:
            return flow, flow
        lymph = p[LYMPH_SHARE] * flow
        small, large, share, pressure = (p.at(part, capillary=node.capillary) for part in PORES)
        surface, carried = np.zeros(p.members), np.zeros(p.members)
        for pore, part in ((small, 1.0 - share), (large, share)):
            conductance = part * lymph / pressure
            surface = surface + pore_permeability(diameter, pore, conductance, p[TEMPERATURE])
            carried = carried + part * hindered_convection(diameter / pore)
        out, back = capillary_clearance(flow, surface, lymph, carried)
        # Lymph takes along what is in the interstitium, whatever came through the wall with it.
        return out, back + lymph

    def _losses(self, wiring: Wiring, blood: Circulation, diameter: Array, p: Draws) -> None:
        """Wire filtration by the kidneys and the scavengers of the liver."""
        plasma = wiring.pool("dissolved.plasma")
        liver = next(node.name for node in blood.anatomy.of("organ") if node.capillary == OPEN[0])
        mass = blood.tissue[liver] * p[TUMOUR_DENSITY]
        flow = blood.through[liver] * blood.plasma_share
        scavenged = flow * extraction(flow, p[SCAVENGING] * mass)
        for name, clearance in (
            ("filtered", self.filtration(wiring, p)),
            ("scavenged", scavenged),
        ):
            rate = wiring.parameter(f"dissolved.{name}.rate", clearance / blood.plasma_volume)
            wiring.network.flux(plasma, wiring.pool(f"dissolved.{name}"), rate * plasma)

    @staticmethod
    def _hydrolysis(wiring: Wiring, outside: list[State], p: Draws) -> None:
        """Wire the loss of what is outside cells."""
        loss = wiring.parameter("dissolved.hydrolysis", np.log(2.0) / p[SERUM_HALF_LIFE])
        for held in outside:
            wiring.network.flux(held, wiring.pool("dissolved.degraded"), loss * held)

    def _tumour(self, wiring: Wiring, blood: Circulation, diameter: Array, p: Draws) -> State:
        """Wire the tumour and the cells that drink there; return the pool between its cells."""
        flux, fine = wiring.network.flux, RESOLVED**1.5
        between = self._pool(wiring, "tumour.dissolved", fine)
        within = self._pool(wiring, "tumour.dissolved_in_cells", fine * 1e-3)
        alone = not wiring.carriers
        last = "tumour.unpacking" if alone else "tumour.dissolved_in_cytosol"
        cytosol = self._pool(wiring, last, fine * 1e-6)
        plasma, degraded = wiring.pool("dissolved.plasma"), wiring.pool("dissolved.degraded")
        flow = blood.through["tumour"] * blood.plasma_share
        out, back = tumour.molecule_clearances(diameter, flow, p, wiring.study)
        space = np.asarray(wiring.port("tumour.interstitial_volume"))
        cells = np.asarray(wiring.port("tumour.cells"))

        def rate(name: str, values: Array) -> Expression:
            return wiring.parameter(f"tumour.dissolved.{name}", values)

        arriving = rate("out", out * p[UNBOUND_SHARE] / blood.plasma_volume) * plasma
        drunk = rate("fluid_uptake", p[DRINKING] * cells / space) * between
        escaping = rate("escape", escape_rate(p[NAKED_ESCAPE], p[LYSOSOMAL_LOSS])) * within
        flux(plasma, between, arriving)
        flux(between, plasma, rate("back", back / space) * between)
        flux(between, within, drunk)
        flux(within, degraded, rate("lysosomal_loss", p[LYSOSOMAL_LOSS]) * within)
        flux(within, cytosol, escaping)
        head = "" if alone else "dissolved."
        for name, flow_in, share, doc in (
            ("arrived", arriving, fine, "ever arrived in the tumour"),
            ("taken_up", drunk, fine * 1e-3, "ever taken up by tumour cells"),
            ("in_cytosol", escaping, fine * 1e-6, "ever in the cytosol of tumour cells"),
        ):
            size = share * self._size(wiring)
            counter = wiring.add_pool(f"counted.dissolved.{name}", scale=size)
            flux(None, counter, flow_in)
            self._show(wiring, f"{head}{name}", [counter], doc)
        self._show(wiring, "tumour.dissolved", [between], "between the cells of the tumour")
        if alone:
            lever = "arrival in the tumour"
            wiring.milestone("arrived", "arrived in the tumour", "arrived", lever=lever)
        return between


def _beds(anatomy: Anatomy, *capillaries: str) -> tuple[Node, ...]:
    return tuple(node for node in anatomy.of("organ") if node.capillary in capillaries)


def _porous(anatomy: Anatomy) -> tuple[Node, ...]:
    """Return the organs whose capillaries have pores for a macromolecule."""
    return _beds(anatomy, "continuous", "fenestrated", "closed_sinusoidal")
