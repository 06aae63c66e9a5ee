"""From the space between tumour cells into their endosomes, and rarely out into the cytosol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.copies_per_cell import copies_per_event
from exocast.laws.escape import escape_rate, surviving_share
from exocast.laws.membrane_fusion import either
from exocast.material.carrier import Carrier
from exocast.material.step import Flag, KineticStep
from exocast.material.study import Study
from exocast.material.wiring import PARTICLES, Wiring
from exocast.stages.biodistribution import coat
from exocast.stages.biodistribution.targeting import BINDING_PORT
from exocast.stages.uptake import binding, fusion, outer_leaflet
from exocast.stages.uptake.binding import (
    CELL_RADIUS,
    CELL_VARIATION,
    INTERNALISATION,
    OTHER_CELLS,
    TISSUE_RADIUS,
    UNBINDING,
    VESSEL_RADIUS,
)

__all__ = ["CELL_RADIUS", "ESCAPE", "MIXING", "EndocytosisAndEscape"]

Array = NDArray[np.float64]

SHARE = 1e-9
"""Share of the dose below which a place need not be resolved: little arrives, all depends on it."""

MIXING = 1.0 / 60.0
"""Rate at which the load of an opened vesicle mixes into the cytosol [1/s]: about a minute, from
diffusion over 10 micrometres. Its pool makes the stream of released copies a state that the
response can read; what follows takes hours, so the value does not matter."""

OPENED, FUSED = "tumour.opened", "tumour.fused"
"""The place where vesicles open, and the tag of those that do it while bound."""

MOST = 0.999
"""Largest share that opens in endosomes by a fusogen: the rate of all would not be finite."""

_KEY = "uptake.endocytosis_and_escape."
CAPACITY = Parameter(
    _KEY + "binding_capacity", unit="1", doc="Vesicles that one cell can hold on its surface."
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
CARGO_LOSS = Parameter(
    _KEY + "endosomal_cargo_loss", unit="1/s", doc="Loss of cargo molecules in endosomes."
)
ESCAPE = Parameter(
    _KEY + "escape_probability",
    unit="1",
    doc="Share of internalised vesicles that open into the cytosol, over all that becomes of them.",
    high=0.9,
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

    p = 1 - (1 - p_0)(1 - g_a f_a), \quad k_f = k_i \, \frac{g_r f_r}{1 - g_r f_r}

    \frac{d U}{dt} = \sum (k_l + k_e) O - (k_u' + k_w) U, \quad k_w = k_u' \, \frac{p_w}{1 -
    p_w}, \quad p_w = \frac{w}{1 - x}

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
    p_0 : escape_probability
    k_f : rate at which bound vesicles open by a fusogen that a receptor triggers
    f_a, f_r : fusing_share of a fusogen that acid triggers, and of one that a receptor triggers
    g_a, g_r : pore_opening, less neutralised
    o : other_cells
    O, U : copies outside on vesicles in late endosomes, and on the lumenal side without one
    k_u' : loss by lumenal_half_life
    w : outer_escape

    Notes
    -----
    Per capita, N cells in interstitial liquid V: binding N kappa (1 - held / capacity) / V with
    1 / kappa = 1 / (4 pi D R) + 1 / (k_on sites); escape by `laws.escape.escape_rate`, exactly
    competing with lysosome and re-export. Other cells take up their share of what is kept: their
    rate is that of binding times the kept share of bound vesicles, times the odds. A vesicle that
    leaves the cell is not followed: whether it delivers elsewhere is inside the escape
    probability, which counts each internalised vesicle once. A fusogen opens those vesicles on
    which enough of its trimers are in contact and act (`laws.membrane_fusion`): in late endosomes
    by acid, or while bound by a receptor of the cell, and there only; vesicles that carry one are
    taken as often as their size class is. A nanoparticle goes the same way,
    with the rows of its own (context ``carrier``). What sits on the outside of a vesicle faces the
    lumen of the endosome and stays on that side when the two fuse: neither opening nor fusion puts
    it into the cytosol. It collects in late compartments, where conjugates of siRNA are held for
    weeks (Brown 2020, doi 10.1093/nar/gkaa670, abstract) and about 1 % or less of what a cell takes
    in ever gets out (Dowdy 2023, doi 10.1261/rna.079507.122, abstract); each copy is then an event
    of its own. What is dissolved needs no vesicle to open
    (``biodistribution.dissolved_cargo``): alone, each molecule that reaches the cytosol is an event
    of one copy. No tumour growth here: cells and
    liquid grow together, so the rate of binding stays.

    Places: ``tumour.bound``, ``tumour.early_endosome``, ``tumour.late_endosome`` and the sinks
    ``tumour.lysosome``, ``tumour.opened``, ``tumour.re_exported``, ``tumour.other_cells``. Pools of
    the cargo: ``tumour.unpacking`` and ``tumour.cytosol`` (copies in all tumour cells) and
    ``tumour.degraded``, ``tumour.lumenal``, ``tumour.cargo_re_exported``,
    ``tumour.cargo_in_other_cells``. Published:
    ``tumour.copies_per_event``, ``tumour.spread`` and ``tumour.cell_volume``, arrays (n,).
    """

    stage: ClassVar[str] = "uptake"
    method: ClassVar[str] = "endocytosis_and_escape"
    title: ClassVar[str] = "Binding, endocytosis and rare escape from the endosome"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *binding.PARAMETERS,
        CAPACITY,
        MATURATION,
        DIGESTION,
        RE_EXPORT,
        CARGO_LOSS,
        ESCAPE,
        *coat.PARAMETERS,
        *fusion.PARAMETERS,
        *fusion.BONDS,
        *outer_leaflet.PARAMETERS,
    )
    speculative: ClassVar[bool] = True

    def needs(self) -> list[Need]:
        """Return what every vesicle needs, with those of a coat."""
        apart = {*coat.PARAMETERS, *fusion.PARAMETERS, *fusion.BONDS, *outer_leaflet.PARAMETERS}
        own = [Need(one) for one in self.parameters if one not in apart]
        return [*own, *coat.needs()]

    def needs_in(self, study: Study) -> list[Need]:
        """Return the needs, with those of fusogens and of cargo on the outside of vesicles."""
        return [*self.needs(), *fusion.needs_in(study), *outer_leaflet.needs_in(study)]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the places of the cell, and what moves between them."""
        cargo = wiring.study.cargo if wiring.study.cargo in wiring.riders else ""
        radius = binding.cell_radius(wiring, p)
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
        wiring.publish("tumour.spread", binding.spread(wiring, p))
        if BINDING_PORT in wiring.published:
            kept = binding.kept_with_and_without(wiring, p)
            wiring.publish("tumour.kept_with_and_without", kept)
        self._milestones(wiring, cargo)
        if cargo:
            loss = wiring.parameter("tumour.endosomal_cargo_loss", p[CARGO_LOSS])
            for name in ("early_endosome", "late_endosome"):
                wiring.lose(cargo, wiring.place(f"tumour.{name}"), loss, "tumour.degraded")
            self._events(wiring, cargo, self.load(wiring, p, cargo))
            outer_leaflet.wire_escape(wiring, p, cargo, p[RE_EXPORT])

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag less than one event a cell, cells that fill up, and exposure of a thin rim."""
        where = f"{self.stage}.{self.method}"
        found: list[Flag] = []
        if not wiring.carriers:
            return found
        cells = wiring.port("tumour.cells")
        cargo = wiring.study.cargo
        number = np.sum([carrier.count for carrier in wiring.carriers], axis=0)
        opening = [
            c.count * c.loaded(cargo) * either(*self.opened(wiring, p, c)) for c in wiring.carriers
        ]
        events = np.sum(opening, axis=0) + outer_leaflet.escaped(wiring, p, cargo)
        if cargo in wiring.riders and float(np.mean(events < cells)) > 0.5:
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
        if float(np.mean(binding.depth(wiring, p) < 0.2 * rim)) > 0.5:
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
    def opened(wiring: Wiring, p: Draws, carrier: Carrier) -> tuple[Array, Array]:
        """Return the shares of a carrier that open while bound, and of the others, taken in, (n,).

        In endosomes a fusogen adds to what opens without one, as the hypothesis in force has it.
        """
        outside, inside = fusion.opened_by_fusogens(wiring, p, carrier)
        return outside, either(p[ESCAPE], np.minimum(inside, MOST))

    @staticmethod
    def load(wiring: Wiring, p: Draws, cargo: str) -> Array:
        """Return the copies that one opened vesicle brings, array (n,) [copy].

        The size-biased mean over all that opens, after the losses on the way through endosomes:
        none for what fuses while bound. A copy that came outside gets there alone.
        """
        mean, second = np.zeros(wiring.members), np.zeros(wiring.members)
        for carrier in wiring.carriers:
            outside, inside = EndocytosisAndEscape.opened(wiring, p, carrier)
            leaving = p[DIGESTION] / (1.0 - p[RE_EXPORT]) / (1.0 - inside)
            exits = (p[MATURATION], leaving)
            once, twice = (surviving_share(p[CARGO_LOSS], exits, power) for power in (1, 2))
            later = (1.0 - outside) * inside
            mean += carrier.count * carrier.copies(cargo) * (outside + later * once)
            second += carrier.count * carrier.second_moment(cargo) * (outside + later * twice)
        return copies_per_event(mean + outer_leaflet.escaped(wiring, p, cargo), second)

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
            outer_leaflet.add_pools(wiring, cargo, release)
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
        bound = wiring.place("tumour.bound")
        full = np.maximum(wiring.port("tumour.cells") * p[CAPACITY], 1.0)
        capacity = wiring.parameter("tumour.binding_capacity", full)
        held: Expression = bound.states[0]
        for state in bound.states[1:]:
            held = held + state
        free = 1.0 - held / capacity
        # Tumour cells keep only a share of what they bind; the others take theirs for good. Equal
        # odds of binding would give them more than their share of what is taken in.
        taken = p[OTHER_CELLS] / (1.0 - p[OTHER_CELLS]) * binding.kept_share(p)
        others = wiring.parameter("tumour.other_cells", taken)
        for space in binding.spaces(wiring):
            rates = binding.binding_rates(wiring, p, space)
            wiring.move(space, bound, [rate * free for rate in rates])
            wiring.move(
                space,
                wiring.place("tumour.other_cells"),
                [rate * free * others for rate in rates],
                release=release["other_cells"],
            )
        # What was held has lost its coat, or had none.
        back = binding.spaces(wiring)[-1]
        wiring.move(bound, back, wiring.parameter("tumour.unbinding", p[UNBINDING]))

    @staticmethod
    def _endosomes(wiring: Wiring, p: Draws, release: dict[str, dict[str, str]]) -> None:
        """Wire internalisation, maturation and the three ways out of the late endosome."""
        early, late = wiring.place("tumour.early_endosome"), wiring.place("tumour.late_endosome")
        re_export = p[DIGESTION] * p[RE_EXPORT] / (1.0 - p[RE_EXPORT])
        opened = {one.name: EndocytosisAndEscape.opened(wiring, p, one) for one in wiring.carriers}
        wiring.move(
            wiring.place("tumour.bound"),
            early,
            wiring.parameter("tumour.internalisation", p[INTERNALISATION]),
            tag="tumour.internalised",
        )
        wiring.move(early, late, wiring.parameter("tumour.maturation", p[MATURATION]))
        for sink, rate in (("lysosome", p[DIGESTION]), ("re_exported", re_export)):
            name = f"tumour.{sink}"
            wiring.move(
                late,
                wiring.place(name),
                wiring.parameter(f"{name}.rate", rate),
                release=release[sink],
                tag=name,
            )
        ways = [(late, 1, OPENED, p[DIGESTION] + re_export)]
        if fuses_outside(wiring):
            ways.append((wiring.place("tumour.bound"), 0, FUSED, p[INTERNALISATION]))
        for source, which, tag, others in ways:
            rates = {name: escape_rate(both[which], others) for name, both in opened.items()}
            if any(fusion.fusogens(wiring.study)):
                found = [
                    wiring.parameter(f"{tag}.rate.{name}", each) for name, each in rates.items()
                ]
            else:
                first = next(iter(rates.values()))
                found = [wiring.parameter(f"{tag}.rate", first)] * len(rates)
            wiring.move(source, wiring.place(OPENED), found, release=release["opened"], tag=tag)

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
        opened = [OPENED, *([FUSED] if fuses_outside(wiring) else [])]
        taken = ["tumour.internalised", *opened[1:]]
        wiring.cumulative("taken_up", taken, wiring.counted or PARTICLES)
        wiring.cumulative("opened_particles", opened)
        within = ("bound", "early_endosome", "late_endosome", "lysosome", "opened")
        without = ("other_cells", "re_exported")
        wiring.output_places(
            "tumour.in_cells",
            [(wiring.place(f"tumour.{name}"), 1.0) for name in (*within, *without)],
            doc="vesicles on or in the cells of the tumour, digested there or put out again",
        )
        # A sample of the tumour also holds the label of vesicles on its cells and in endosomes.
        aboard = [*binding.spaces(wiring), *(wiring.place(f"tumour.{name}") for name in within[:3])]
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
            outer = outer_leaflet.escaping_rider(wiring, cargo)
            also = [outer_leaflet.COUNTER] if outer else []
            wiring.cumulative("in_cytosol", opened, cargo, also=also)
        if not wiring.study.outside:
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


def fuses_outside(wiring: Wiring) -> bool:
    """Return whether vesicles carry what a receptor on the cell's surface lets fuse."""
    return any(one.fuses == fusion.RECEPTOR for one in fusion.fusogens(wiring.study))
