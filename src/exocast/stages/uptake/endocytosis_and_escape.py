"""From the space between tumour cells into their endosomes, and rarely out into the cytosol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.copies_per_cell import copies_per_event
from exocast.laws.escape import escape_rate, surviving_share
from exocast.laws.penetration import exposure_variation, joint_variation, penetration_depth
from exocast.laws.phagocyte_encounter import (
    brownian_diffusivity,
    encounter_ceiling,
    uptake_clearance,
)
from exocast.laws.water import water_viscosity
from exocast.material.carrier import Carrier
from exocast.material.step import Flag, KineticStep
from exocast.material.wiring import PARTICLES, Wiring
from exocast.stages.biodistribution.targeting import BINDING_PORT

__all__ = ["CELL_RADIUS", "ESCAPE", "MIXING", "EndocytosisAndEscape"]

Array = NDArray[np.float64]

BODY_TEMPERATURE = 310.15
"""[K]"""

SHARE = 1e-9
"""Share of the dose below which a place need not be resolved: little arrives, all depends on it."""

MIXING = 1.0 / 60.0
"""Rate at which the load of an opened vesicle mixes into the cytosol [1/s]: about a minute, from
diffusion over 10 micrometres. Its pool makes the stream of released copies a state that the
response can read; what follows takes hours, so the value does not matter."""

_KEY = "uptake.endocytosis_and_escape."
CELL_RADIUS = Parameter(_KEY + "cell_radius", unit="m", doc="Radius of a target cell.")
HINDRANCE = Parameter(
    _KEY + "tissue_diffusivity",
    unit="1",
    doc="Diffusivity of a vesicle between tumour cells, relative to water at body temperature.",
    high=1.0,
)
BINDING = Parameter(
    _KEY + "binding_clearance",
    unit="m^3/s",
    doc="Liquid that one cell would clear by binding, were diffusion no limit (k_on times sites).",
)
CAPACITY = Parameter(
    _KEY + "binding_capacity", unit="1", doc="Vesicles that one cell can hold on its surface."
)
UNBINDING = Parameter(_KEY + "unbinding", unit="1/s", doc="Bound vesicles that come off again.")
INTERNALISATION = Parameter(
    _KEY + "internalisation", unit="1/s", doc="Bound vesicles that are taken in."
)
MATURATION = Parameter(
    _KEY + "maturation", unit="1/s", doc="From the early to the late, acidic endosome."
)
DIGESTION = Parameter(
    _KEY + "lysosomal_arrival", unit="1/s", doc="From the late endosome to the lysosome."
)
RE_EXPORT = Parameter(
    _KEY + "re_export",
    unit="1",
    doc="Share of the vesicles in late endosomes that do not open and leave the cell again.",
    high=0.99,
    scale="logit",
)
OTHER_CELLS = Parameter(
    _KEY + "other_cells",
    unit="1",
    doc="Share of what cells of a tumour take in that goes to stroma and macrophages.",
    high=0.99,
    scale="logit",
)
CARGO_LOSS = Parameter(
    _KEY + "endosomal_cargo_loss", unit="1/s", doc="Loss of cargo molecules in endosomes."
)
ESCAPE = Parameter(
    _KEY + "escape_probability",
    unit="1",
    doc="Share of internalised vesicles that open into the cytosol, over all that becomes of them.",
    high=0.9,
)
CELL_VARIATION = Parameter(
    _KEY + "cell_variation",
    unit="1",
    doc="Coefficient of variation of uptake and opening over cells that meet the same exposure.",
    low=0.05,
    high=5.0,
)
VESSEL_RADIUS = Parameter(_KEY + "vessel_radius", unit="m", doc="Radius of a tumour capillary.")
TISSUE_RADIUS = Parameter(
    _KEY + "tissue_radius", unit="m", doc="Radius of the tumour tissue around one capillary."
)


@dataclass(frozen=True)
class EndocytosisAndEscape(KineticStep):
    r"""Vesicles bind to tumour cells, are taken in, and a few open before they are destroyed.

    A cell binds what diffusion brings, up to a capacity. Bound vesicles come off or are taken in;
    early endosomes become late ones, and from these a vesicle goes to the lysosome, leaves the cell
    or opens into the cytosol: all of its load at once. Stroma and macrophages take their share.

    Equation
    --------
    \frac{d B}{dt} = \frac{N \kappa}{V} \left(1 - \frac{\sum B}{N c_b}\right) I - (k_u + k_i) B,
    \quad \frac{1}{\kappa} = \frac{1}{4 \pi D R} + \frac{1}{k_\mathrm{on} n}

    \frac{d E}{dt} = k_i B - k_m E, \quad \frac{d L}{dt} = k_m E - (k_l + k_x + k_e) L

    k_x = k_l \, \frac{x}{1 - x}, \quad k_e = (k_l + k_x) \, \frac{p}{1 - p}

    \text{other cells:} \quad \frac{N \kappa}{V} \left(1 - \frac{\sum B}{N c_b}\right)
    \frac{o}{1 - o} \, \frac{k_i}{k_i + k_u} \, I

    Symbols
    -------
    I, B, E, L : vesicles of a size class between cells, bound, in early and in late endosomes
    N : tumour cells
    V : interstitial liquid of the tumour [m^3]
    \kappa : uptake_clearance
    D : brownian_diffusivity in water, times tissue_diffusivity
    R : cell_radius
    k_\mathrm{on} n : binding_clearance, and what ligands add to it
    c_b : binding_capacity
    k_u : unbinding
    k_i : internalisation
    k_m : maturation
    k_l : lysosomal_arrival
    x : re_export
    p : escape_probability
    o : other_cells

    Notes
    -----
    Per capita, N cells in interstitial liquid V: binding N kappa (1 - held / capacity) / V with
    1 / kappa = 1 / (4 pi D R) + 1 / (k_on sites); escape by `laws.escape.escape_rate`, exactly
    competing with lysosome and re-export. Other cells take up their share of what is kept: their
    rate is that of binding times the kept share of bound vesicles, times the odds. A vesicle that
    leaves the cell is not followed: whether it delivers elsewhere is inside the escape
    probability, which counts each internalised vesicle once. A nanoparticle goes the same way,
    with the rows of its own (context ``carrier``). What is dissolved needs no vesicle to open
    (``biodistribution.dissolved_cargo``): alone, each molecule that reaches the cytosol is an event
    of one copy. No tumour growth here: cells and
    liquid grow together, so the rate of binding stays.

    Places: ``tumour.bound``, ``tumour.early_endosome``, ``tumour.late_endosome`` and the sinks
    ``tumour.lysosome``, ``tumour.opened``, ``tumour.re_exported``, ``tumour.other_cells``. Pools of
    the cargo: ``tumour.unpacking`` and ``tumour.cytosol`` (copies in all tumour cells) and
    ``tumour.degraded``, ``tumour.cargo_re_exported``, ``tumour.cargo_in_other_cells``. Published:
    ``tumour.copies_per_event``, ``tumour.spread`` and ``tumour.cell_volume``, arrays (n,).
    """

    stage: ClassVar[str] = "uptake"
    method: ClassVar[str] = "endocytosis_and_escape"
    title: ClassVar[str] = "Binding, endocytosis and rare escape from the endosome"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        CELL_RADIUS,
        HINDRANCE,
        BINDING,
        CAPACITY,
        UNBINDING,
        INTERNALISATION,
        MATURATION,
        DIGESTION,
        RE_EXPORT,
        OTHER_CELLS,
        CARGO_LOSS,
        ESCAPE,
        CELL_VARIATION,
        VESSEL_RADIUS,
        TISSUE_RADIUS,
    )
    speculative: ClassVar[bool] = True

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the places of the cell, and what moves between them."""
        cargo = wiring.study.cargo if wiring.study.cargo in wiring.riders else ""
        radius = self.cell_radius(wiring, p)
        wiring.publish("tumour.cell_volume", 4.0 / 3.0 * np.pi * radius**3)
        if not wiring.carriers:
            self._dissolved(wiring, p, cargo)
            return
        for name in ("bound", "early_endosome", "late_endosome"):
            wiring.add_place(f"tumour.{name}", share=SHARE)
        for name in ("lysosome", "opened", "re_exported", "other_cells"):
            wiring.add_place(f"tumour.{name}", sink=True, share=SHARE)
        release = self._pools(wiring, cargo)
        self._binding(wiring, p, release)
        self._endosomes(wiring, p, release)
        wiring.publish("tumour.spread", self.spread(wiring, p))
        if BINDING_PORT in wiring.published:
            wiring.publish("tumour.kept_with_and_without", self._kept(wiring, p))
        self._milestones(wiring, cargo)
        if cargo:
            loss = wiring.parameter("tumour.endosomal_cargo_loss", p[CARGO_LOSS])
            for name in ("early_endosome", "late_endosome"):
                wiring.lose(cargo, wiring.place(f"tumour.{name}"), loss, "tumour.degraded")
            self._events(wiring, cargo, self.load(wiring, p, cargo))

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag less than one event a cell, cells that fill up, and exposure of a thin rim."""
        where = f"{self.stage}.{self.method}"
        found: list[Flag] = []
        if not wiring.carriers:
            return found
        cells = wiring.port("tumour.cells")
        cargo = wiring.study.cargo
        number = np.sum([carrier.count for carrier in wiring.carriers], axis=0)
        loaded = np.sum([c.count * c.loaded(cargo) for c in wiring.carriers], axis=0)
        if cargo and float(np.mean(loaded * p[ESCAPE] < cells)) > 0.5:
            found.append(
                Flag(
                    where,
                    "even if every loaded vesicle of the batch entered a tumour cell, fewer than "
                    "one would open per cell: most cells get nothing, and a mean over cells "
                    "describes none of them",
                )
            )
        if float(np.mean(number > cells * p[CAPACITY])) > 0.5:
            found.append(
                Flag(where, "the batch holds more vesicles than the tumour's cells can bind")
            )
        rim = p[TISSUE_RADIUS] - p[VESSEL_RADIUS]
        if float(np.mean(self.depth(wiring, p) < 0.2 * rim)) > 0.5:
            found.append(
                Flag(
                    where,
                    "cells take vesicles up within a fifth of the way between vessels: the cells "
                    "next to vessels get nearly all (binding-site barrier)",
                    "note",
                )
            )
        if wiring.study.route == "intratumoural":
            found.append(
                Flag(
                    where,
                    "cells near the needle meet most of an injected dose: the spread over cells is "
                    "computed for vesicles that come from vessels, so trust the mean over all "
                    "tumour cells more than the share of cells above a number",
                )
            )
        return found

    @staticmethod
    def cell_radius(wiring: Wiring, p: Draws) -> Array:
        """Return the radius of a target cell, array (n,) [m].

        As drawn, unless the tumour's cells would then not fit beside its interstitial liquid: many
        cells are small ones.
        """
        cells = wiring.port("tumour.cells")
        room = wiring.study.tumour_volume - wiring.port("tumour.interstitial_volume")
        each = np.divide(room, cells, out=np.full_like(cells, np.inf), where=cells > 0)
        return np.asarray(np.minimum(p[CELL_RADIUS], np.cbrt(0.75 / np.pi * each)))

    @staticmethod
    def clearance(carrier: Carrier, radius: Array, p: Draws, further: Array | float = 0.0) -> Array:
        """Return what one cell of a radius [m] clears of a carrier, array (n,) [m^3/s].

        What receptors take in `further` adds to the binding of the ordinary vesicle.
        """
        water = brownian_diffusivity(carrier.grid, float(water_viscosity(BODY_TEMPERATURE)))
        diffusivity = p[HINDRANCE][:, None] * water
        ceiling = encounter_ceiling(diffusivity, radius[:, None])
        binding = p[BINDING] + further
        return carrier.average(uptake_clearance(ceiling, binding[:, None]))

    @staticmethod
    def further(wiring: Wiring, carrier: Carrier, p: Draws) -> Array | float:
        """Return the binding clearance that ligands add, array (n,) [m^3/s]; 0 without any.

        Their rate is that of being taken in, so that what comes off again is bound beside it.
        """
        ligands = wiring.published.get(BINDING_PORT, {})
        if carrier.name not in ligands:
            return 0.0
        return np.asarray(ligands[carrier.name] / EndocytosisAndEscape.kept_share(p))

    @staticmethod
    def kept_share(p: Draws) -> Array:
        """Return the share of bound vesicles that are taken in before they come off, array (n,)."""
        return np.asarray(p[INTERNALISATION] / (p[INTERNALISATION] + p[UNBINDING]))

    def binding_rate(
        self, wiring: Wiring, p: Draws, carrier: Carrier, *, ligands: bool = True
    ) -> Array:
        """Return the per-capita rate of binding to tumour cells that are free, array (n,) [1/s]."""
        space = wiring.port("tumour.interstitial_volume")
        cells = wiring.port("tumour.cells")
        # Without a tumour both are 0: nothing arrives, and the rate does not matter.
        per_volume = np.divide(cells, space, out=np.zeros_like(space), where=space > 0)
        radius = self.cell_radius(wiring, p)
        further = self.further(wiring, carrier, p) if ligands else 0.0
        return np.asarray(per_volume * self.clearance(carrier, radius, p, further))

    def depth(self, wiring: Wiring, p: Draws) -> Array:
        """Return how far from a vessel vesicles get before a cell keeps them, array (n,) [m]."""
        count = np.stack([carrier.count for carrier in wiring.carriers])
        weight = count / np.maximum(count.sum(axis=0), 1e-300)
        water = float(water_viscosity(BODY_TEMPERATURE))
        kept = self.kept_share(p) / (1.0 - p[OTHER_CELLS])
        lengths = [
            penetration_depth(
                p[HINDRANCE] * brownian_diffusivity(carrier.diameter, water),
                np.maximum(kept * self.binding_rate(wiring, p, carrier), 1e-12),
            )
            for carrier in wiring.carriers
        ]
        return np.asarray((weight * np.stack(lengths)).sum(axis=0))

    def spread(self, wiring: Wiring, p: Draws) -> Array:
        """Return the coefficient of variation of opening events over cells, array (n,) [1]."""
        depth = np.maximum(self.depth(wiring, p), 1e-9)
        place = exposure_variation(depth, p[VESSEL_RADIUS], p[TISSUE_RADIUS])
        return joint_variation(place, p[CELL_VARIATION])

    def _kept(self, wiring: Wiring, p: Draws) -> tuple[Array, Array]:
        """Return the share of what arrives that cells take, with its ligands and without, (n,)."""
        count = np.stack([carrier.count for carrier in wiring.carriers])
        weight = count / np.maximum(count.sum(axis=0), 1e-300)
        stay = wiring.port("tumour.residence")
        taken = self.kept_share(p) / (1.0 - p[OTHER_CELLS])
        both = []
        for ligands in (True, False):
            rates = [
                taken * self.binding_rate(wiring, p, one, ligands=ligands) * stay[one.name]
                for one in wiring.carriers
            ]
            both.append((weight * np.stack([rate / (1.0 + rate) for rate in rates])).sum(axis=0))
        return both[0], both[1]

    @staticmethod
    def load(wiring: Wiring, p: Draws, cargo: str) -> Array:
        """Return the copies that one opened vesicle brings, array (n,) [copy].

        The size-biased mean over all carriers, after the losses on the way through endosomes.
        """
        mean = np.sum([c.count * c.copies(cargo) for c in wiring.carriers], axis=0)
        second = np.sum([c.count * c.second_moment(cargo) for c in wiring.carriers], axis=0)
        leaving = p[DIGESTION] / (1.0 - p[RE_EXPORT]) / (1.0 - p[ESCAPE])
        exits = (p[MATURATION], leaving)
        left = surviving_share(p[CARGO_LOSS], exits, 2) / surviving_share(p[CARGO_LOSS], exits)
        return copies_per_event(mean, second * left)

    @staticmethod
    def _pools(wiring: Wiring, cargo: str) -> dict[str, dict[str, str]]:
        """Declare where cargo and labels go at each sink; return the releases by sink."""
        sinks = {
            "lysosome": "tumour.degraded",
            "opened": "tumour.unpacking",
            "re_exported": "tumour.cargo_re_exported",
            "other_cells": "tumour.cargo_in_other_cells",
        }
        release: dict[str, dict[str, str]] = {name: {} for name in sinks}
        if cargo:
            for name, pool in sinks.items():
                wiring.add_pool(pool, rider=cargo, share=1e-15)
                release[name][cargo] = pool
            cytosol = wiring.add_pool("tumour.cytosol", rider=cargo, share=1e-15)
            unpacking = wiring.pool("tumour.unpacking")
            wiring.network.flux(unpacking, cytosol, MIXING * unpacking)
        for label in wiring.study.labels:
            if label in wiring.riders:
                pool = f"tumour.{label}"
                if pool not in wiring.pools:
                    wiring.add_pool(pool, rider=label)
                for taken in release.values():
                    taken[label] = pool
        return release

    def _binding(self, wiring: Wiring, p: Draws, release: dict[str, dict[str, str]]) -> None:
        """Wire binding, its reversal and what other cells take."""
        space, bound = wiring.place("tumour.interstitial"), wiring.place("tumour.bound")
        full = np.maximum(wiring.port("tumour.cells") * p[CAPACITY], 1.0)
        capacity = wiring.parameter("tumour.binding_capacity", full)
        held: Expression = bound.states[0]
        for state in bound.states[1:]:
            held = held + state
        free = 1.0 - held / capacity
        rates = wiring.per_carrier(
            "tumour.binding", lambda carrier: self.binding_rate(wiring, p, carrier)
        )
        # Tumour cells keep only a share of what they bind; the others take theirs for good. Equal
        # odds of binding would give them more than their share of what is taken in.
        taken = p[OTHER_CELLS] / (1.0 - p[OTHER_CELLS]) * self.kept_share(p)
        others = wiring.parameter("tumour.other_cells", taken)
        wiring.move(space, bound, [rate * free for rate in rates])
        wiring.move(bound, space, wiring.parameter("tumour.unbinding", p[UNBINDING]))
        wiring.move(
            space,
            wiring.place("tumour.other_cells"),
            [rate * free * others for rate in rates],
            release=release["other_cells"],
        )

    @staticmethod
    def _endosomes(wiring: Wiring, p: Draws, release: dict[str, dict[str, str]]) -> None:
        """Wire internalisation, maturation and the three ways out of the late endosome."""
        early, late = wiring.place("tumour.early_endosome"), wiring.place("tumour.late_endosome")
        re_export = p[DIGESTION] * p[RE_EXPORT] / (1.0 - p[RE_EXPORT])
        escape = escape_rate(p[ESCAPE], p[DIGESTION] + re_export)
        wiring.move(
            wiring.place("tumour.bound"),
            early,
            wiring.parameter("tumour.internalisation", p[INTERNALISATION]),
            tag="tumour.internalised",
        )
        wiring.move(early, late, wiring.parameter("tumour.maturation", p[MATURATION]))
        for sink, rate in (
            ("lysosome", p[DIGESTION]),
            ("re_exported", re_export),
            ("opened", escape),
        ):
            name = f"tumour.{sink}"
            wiring.move(
                late,
                wiring.place(name),
                wiring.parameter(f"{name}.rate", rate),
                release=release[sink],
                tag=name,
            )

    @staticmethod
    def _events(wiring: Wiring, cargo: str, load: Array) -> None:
        """Publish the load of one event, and count the events: empty vesicles are none."""
        wiring.publish("tumour.copies_per_event", load)
        opened = wiring.add_pool("opened_vesicles", scale=1e-15 * wiring.copies(cargo) / load)
        unpacking = wiring.pool("tumour.unpacking")
        per_event = wiring.parameter("tumour.copies_per_event", load)
        wiring.network.flux(None, opened, MIXING / per_event * unpacking)
        wiring.output(
            "opened_vesicles",
            {opened: 1.0},
            unit="particle",
            doc="opened vesicles with cargo, as events that each bring tumour.copies_per_event",
        )

    def _dissolved(self, wiring: Wiring, p: Draws, cargo: str) -> None:
        """Wire the cytosol behind what cells drink, where nothing carries the cargo."""
        given = np.maximum(wiring.copies(cargo), 1e-15)
        cytosol = wiring.add_pool("tumour.cytosol", rider=cargo, scale=1e-15 * given)
        unpacking = wiring.pool("tumour.unpacking")
        wiring.network.flux(unpacking, cytosol, MIXING * unpacking)
        wiring.publish("tumour.spread", np.asarray(p[CELL_VARIATION]))
        self._events(wiring, cargo, np.ones(wiring.members))
        counted = wiring.pool("counted.dissolved.in_cytosol")
        doc = "molecules that got into the cytosol, each an event of its own"
        wiring.output("opened_particles", {counted: 1.0}, unit="particle", doc=doc)
        self._cell_milestones(wiring, cargo)

    @staticmethod
    def _milestones(wiring: Wiring, cargo: str) -> None:
        """Add the rows of the cascade: taken up, and in the cytosol."""
        wiring.cumulative("taken_up", ["tumour.internalised"], cargo or PARTICLES)
        wiring.cumulative("opened_particles", ["tumour.opened"])
        within = ("bound", "early_endosome", "late_endosome", "lysosome", "opened")
        without = ("other_cells", "re_exported")
        wiring.output_places(
            "tumour.in_cells",
            [(wiring.place(f"tumour.{name}"), 1.0) for name in (*within, *without)],
            doc="vesicles on or in the cells of the tumour, digested there or put out again",
        )
        # A sample of the tumour also holds the label of vesicles on its cells and in endosomes.
        aboard = [wiring.place(f"tumour.{name}") for name in ("interstitial", *within[:3])]
        for label in wiring.study.labels:
            if label in wiring.riders:
                wiring.output_places(
                    f"tumour.{label}.aboard",
                    [(place, 1.0) for place in aboard],
                    rider=label,
                    unit="copy",
                    doc=f"{label} on whole vesicles in the tumour: between, on and in its cells",
                )
        if cargo:
            wiring.cumulative("in_cytosol", ["tumour.opened"], cargo)
        EndocytosisAndEscape._cell_milestones(wiring, cargo)

    @staticmethod
    def _cell_milestones(wiring: Wiring, cargo: str) -> None:
        """Add the rows of the cascade that the cell supplies."""
        wiring.milestone(
            "taken_up", "taken up by tumour cells", "taken_up", lever="uptake by tumour cells"
        )
        cells = "tumour.cells"
        wiring.milestone("taken_up_per_cell", "taken up", "taken_up", head="cell", per=cells)
        if not cargo:
            return
        wiring.milestone(
            "in_cytosol",
            "in the cytosol",
            "in_cytosol",
            head="cell",
            per=cells,
            lever="escape from the endosome",
        )
