"""The body of an animal: blood through organs, and what cells and vessel walls take from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.body_flow import extraction
from exocast.material.carrier import Carrier
from exocast.material.step import Flag, KineticStep
from exocast.material.study import Study
from exocast.material.wiring import PARTICLES, Place, Wiring
from exocast.stages.biodistribution import phagocytes, physiology, tumour, uptake_from_blood
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.physiology import (
    TUMOUR_DENSITY,
    Circulation,
    circulation,
)
from exocast.stages.biodistribution.sampling import RESIDUAL, RESIDUAL_AFTER_PERFUSION, show_rider

__all__ = ["WholeBody"]

Array = NDArray[np.float64]

LOAD_SHARE = 1e-6
"""Share of a capacity below which its use need not be resolved."""

TUMOUR_SHARE = 1e-9
"""The same for a tumour, as a share of the dose: little arrives, and all depends on it."""

COATED_CARRIER = "lipid_nanoparticle"
"""What travels in a coat of PEG and sheds it."""

BARE = "bare."
"""Begins the names of places that hold carriers which have shed their coat."""


@dataclass(frozen=True)
class WholeBody(KineticStep):
    r"""Blood flow through organs, phagocytes near their diffusion ceiling, walls with holes.

    Vesicles stay in plasma and go where blood goes. Phagocytes take them in liver, spleen, lung,
    marrow and the rest, each at most as fast as diffusion brings them, until full; endothelium
    takes them slowly everywhere; the fenestrae of liver sinusoids and the leaks of a tumour let
    the smaller ones through. What is taken up ends in the place ``<organ>.taken_up``; what it
    carried goes to the pool ``<organ>.<cargo or label>``.

    Equation
    --------
    \frac{d A_o}{dt} = Q_o \left(\frac{A_\mathrm{art}}{V_\mathrm{art}} - \frac{A_o}{V_o}\right)
    - \frac{N_o \kappa}{V_{p,o}} \left(1 - \frac{L_o}{N_o c_p}\right) A_o - h_o \left(1 -
    \frac{L_e}{C_e}\right) A_o - \frac{\mathrm{CL}_\mathrm{out}}{V_{p,o}} A_o +
    \frac{\mathrm{CL}_\mathrm{in}}{V_{i,o}} I_o

    \frac{d I_o}{dt} = \frac{\mathrm{CL}_\mathrm{out}}{V_{p,o}} A_o -
    \left(\frac{\mathrm{CL}_\mathrm{in}}{V_{i,o}} + u_o + \frac{J_o \Phi}{V_{i,o}}\right) I_o

    \frac{d L_o}{dt} = \frac{N_o \kappa}{V_{p,o}} \left(1 - \frac{L_o}{N_o c_p}\right) A_o - k_L
    L_o

    \kappa = f_s \left(\frac{1}{4 \pi D R \, \mathrm{Sh} \, s} + \frac{1}{k_\mathrm{on}
    n}\right)^{-1}

    Symbols
    -------
    A_o : vesicles of a size class in the blood of organ o
    I_o : vesicles behind its wall: liver and tumour only
    L_o : vesicles that its phagocytes hold
    Q_o : balanced_flows
    V_o, V_{p,o}, V_{i,o} : blood, plasma and interstitial liquid of the organ [m^3]
    N_o : phagocytes of the organ, in Kupffer cells
    \kappa : plasma that one phagocyte clears [m^3/s]
    f_s : source_factor
    D : brownian_diffusivity
    s : exposed_share, and what phosphatidylserine leaves open
    R : phagocyte_radius
    \mathrm{Sh} : sherwood
    k_\mathrm{on} n : reaction
    c_p : phagocyte_capacity
    k_L : digestion
    h_o : rate at which endothelium empties the organ's blood, shared out from non_macrophage_loss
    L_e, C_e : vesicles that all endothelium holds, and can hold
    u_o : disse_uptake
    J_o : lymph, or what a tumour filters [m^3/s]
    \Phi : fibre_exclusion, in a tumour; 1 in the liver

    Notes
    -----
    Places: ``venous``, ``arterial``, ``portal``, ``<organ>.vascular``, ``<organ>.taken_up``,
    ``liver.interstitial`` and, with a tumour, ``tumour.vascular`` and ``tumour.interstitial``.
    Published: ``blood.volume``, ``plasma.volume``, ``<organ>.volume``, ``<organ>.residual_plasma``,
    ``<organ>.extraction`` (of one pass, by phagocytes that are not yet full),
    ``tumour.volume``, ``tumour.cells``, ``tumour.interstitial_volume``, ``tumour.residence``.

    A particle that comes in a coat of PEG (`Study.carrier`) sheds it in plasma: each place of blood
    has a second, ``bare.<place>``, in which phagocytes meet it whole, and behind the fenestrae it
    is taken up by hepatocytes through apolipoprotein E and the LDL receptor. A coat is there or
    gone (`laws.nanoparticle.coat_loss_rate`); in a tumour it no longer matters.

    Left out: a first-pass filter of aggregates in lung (it would count the lung twice until early
    data exist), binding to blood cells, complement and antibodies on repeated doses. Endogenous
    vesicles compete, but inside the capacity, which is what a phagocyte has to spare.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "whole_body"
    title: ClassVar[str] = "Whole body with blood flow, phagocytes and vessel walls"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *physiology.PARAMETERS,
        *phagocytes.PARAMETERS,
        *uptake_from_blood.PARAMETERS,
        *tumour.PARAMETERS,
        RESIDUAL,
        RESIDUAL_AFTER_PERFUSION,
    )
    speculative: ClassVar[bool] = True

    def needs(self) -> list[Need]:
        """Return the parameters of every organ, with those of a tumour."""
        anatomy = Anatomy.packaged()
        residual = [Need(RESIDUAL, {"organ": node.name}) for node in anatomy.of("organ", "graft")]
        return [
            *physiology.needs(anatomy),
            *phagocytes.needs(anatomy),
            *uptake_from_blood.needs(anatomy),
            *tumour.needs(),
            *residual,
            Need(RESIDUAL_AFTER_PERFUSION),
        ]

    def needs_in(self, study: Study) -> list[Need]:
        """Return the needs, with those of a coat where particles come in one."""
        if study.carrier != COATED_CARRIER:
            return self.needs()
        return [*self.needs(), *(Need(parameter) for parameter in uptake_from_blood.COATED)]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add every place of the body, and what moves between them."""
        blood = circulation(Anatomy.packaged(), p, wiring.study)
        wiring.publish("circulation", blood)
        self._publish(wiring, blood, p)
        vessels = self._vessels(wiring, blood)
        if not wiring.carriers:  # Dissolved cargo alone: its own step wires what it does.
            for node in blood.anatomy.of("graft"):
                wiring.add_place(f"{node.name}.interstitial")
            return
        phases = [vessels]
        if wiring.study.carrier == COATED_CARRIER:
            phases.append(self._vessels(wiring, blood, BARE))
            self._shed(wiring, phases, p)
        for node in blood.anatomy.of("organ"):
            wiring.add_place(f"{node.name}.taken_up", sink=True)
            for rider in wiring.riders:
                wiring.add_pool(f"{node.name}.{rider}", rider=rider)
        for node in blood.anatomy.of("graft"):
            for label in sorted(set(wiring.study.labels) & set(wiring.riders)):
                # For the cells that another step adds there.
                wiring.add_pool(f"{node.name}.{label}", rider=label)
        self._phagocytes(wiring, blood, phases, p)
        self._endothelium(wiring, blood, phases, p)
        for node in blood.anatomy.of("organ"):
            if node.capillary == "sinusoidal":
                self._disse(wiring, blood, phases, node, p)
        for node in blood.anatomy.of("graft"):
            self._tumour(wiring, blood, phases, node, p)
        self._outputs(wiring, blood, phases)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a subject far from the one in whom flows were measured, and a large tumour."""
        found = []
        study = wiring.study
        if study.tumour_volume * 1000.0 > 0.1 * study.body_weight:
            found.append(
                Flag(
                    "biodistribution.whole_body",
                    "the tumour is more than a tenth of the body: its blood flow and the host's "
                    "wasting are outside what the flow table describes",
                )
            )
        far = study.body_weight / float(np.median(p[physiology.REFERENCE_WEIGHT]))
        if not 0.5 <= far <= 2.0:
            found.append(
                Flag(
                    "biodistribution.whole_body",
                    f"the subject weighs {far:.2g} times the animal whose flows are used: check "
                    "`subject.body_weight`",
                )
            )
        return found

    @staticmethod
    def _vessels(wiring: Wiring, blood: Circulation, phase: str = "") -> dict[str, Place]:
        """Add all blood, and its flow."""
        vessels = {}
        for node in blood.anatomy.nodes:
            name = node.name if node.kind == "pool" else f"{node.name}.vascular"
            share = TUMOUR_SHARE if node.kind == "graft" else 1e-6
            vessels[node.name] = wiring.add_place(f"{phase}{name}", share=share)
        if not wiring.carriers:
            return vessels
        for index, (source, target) in enumerate(blood.edges):
            rate = blood.flow[:, index] / blood.blood[source]
            name = f"flow.{source}.{target}"
            wiring.move(vessels[source], vessels[target], wiring.parameter(name, rate))
        return vessels

    @staticmethod
    def _shed(wiring: Wiring, phases: list[dict[str, Place]], p: Draws) -> None:
        """Let carriers lose their coat everywhere in blood."""
        loss = wiring.per_carrier("coat_loss", lambda c: phagocytes.coat_loss(c, p))
        coated, bare = phases
        for name, place in coated.items():
            wiring.move(place, bare[name], loss)

    @staticmethod
    def _take_up(
        wiring: Wiring, source: Place, organ: str, rates: list[Expression], tag: str
    ) -> None:
        """Move carriers to an organ's cells, and what they carry to its pools."""
        release = {rider: f"{organ}.{rider}" for rider in wiring.riders}
        wiring.move(source, wiring.place(f"{organ}.taken_up"), rates, release=release, tag=tag)

    def _phagocytes(
        self, wiring: Wiring, blood: Circulation, phases: list[dict[str, Place]], p: Draws
    ) -> None:
        """Let every organ's phagocytes take vesicles until they are full."""
        law = phagocytes
        cells = [
            {c.name: law.cell_clearance(c, p, bare=bool(phase)) for c in wiring.carriers}
            for phase, _ in enumerate(phases)
        ]
        for node in blood.anatomy.filtering:
            number = law.phagocyte_number(node, blood, p, wiring.study, p[TUMOUR_DENSITY])
            per_plasma = number / blood.plasma(node.name)
            intake = []
            for phase, (vessels, cell) in enumerate(zip(phases, cells, strict=True)):

                def rate(
                    carrier: Carrier, per: Array = per_plasma, cell: dict[str, Array] = cell
                ) -> Array:
                    return np.asarray(cell[carrier.name] * per)

                name = f"{BARE if phase else ''}{node.name}.phagocytosis"
                intake.append((vessels[node.name], wiring.per_carrier(name, rate)))
            mean = self._mean([cells[-1][c.name] * number for c in wiring.carriers], wiring)
            flow = blood.through[node.name] * blood.plasma_share
            wiring.publish(f"{node.name}.extraction", extraction(flow, mean))
            capacity = law.phagocyte_capacity(number, p)
            limited = self._saturate(wiring, node.name, intake, capacity, p[law.DIGESTION])
            for (place, _), rates in zip(intake, limited, strict=True):
                self._take_up(wiring, place, node.name, rates, f"{node.name}.phagocytes")

    @staticmethod
    def _mean(values: list[Array], wiring: Wiring) -> Array:
        """Return the mean over carriers, by number, array (n,); 0 where nothing is dosed."""
        count = np.stack([carrier.count for carrier in wiring.carriers], axis=1)
        total = count.sum(axis=1)
        summed = (np.stack(values, axis=1) * count).sum(axis=1)
        return np.asarray(np.divide(summed, total, out=np.zeros_like(total), where=total > 0))

    def _endothelium(
        self, wiring: Wiring, blood: Circulation, phases: list[dict[str, Place]], p: Draws
    ) -> None:
        """Let endothelium take vesicles slowly in every bed, from one common capacity."""
        law = uptake_from_blood
        organs = blood.anatomy.of("organ")
        intake = []
        for node in organs:
            rate = wiring.parameter(
                f"{node.name}.endothelial_uptake", law.endothelial_rate(node, blood, p)
            )
            each = [rate] * len(wiring.carriers)
            intake += [(vessels[node.name], each, node.name) for vessels in phases]
        capacity = law.endothelial_capacity(p, wiring.study)
        taking = [(place, rates) for place, rates, _ in intake]
        limited = self._saturate(wiring, "endothelium", taking, capacity, p[phagocytes.DIGESTION])
        for (place, _, organ), rates in zip(intake, limited, strict=True):
            self._take_up(wiring, place, organ, rates, "endothelium")

    @staticmethod
    def _saturate(
        wiring: Wiring,
        name: str,
        intake: list[tuple[Place, list[Expression]]],
        capacity: Array,
        digestion: Array,
    ) -> list[list[Expression]]:
        """Multiply rates by the free share of a capacity that all carriers fill together.

        One pool of what is held, whatever its kind and size: a state for each class would only
        add to it. It is no matter of its own (what was taken up stays in its place) and balances
        nothing.
        """
        capacity = np.maximum(capacity, 1.0)  # where there are no cells, their rate is 0 as well
        held = wiring.add_pool(f"{name}.load", scale=capacity * LOAD_SHARE)
        free = 1.0 - held / wiring.parameter(f"{name}.capacity", capacity)
        limited = [[rate * free for rate in rates] for _, rates in intake]
        arriving: Expression | float = 0.0
        for (place, _), rates in zip(intake, limited, strict=True):
            for state, rate in zip(place.states, rates, strict=True):
                arriving = arriving + rate * state
        wiring.network.flux(None, held, arriving)
        wiring.network.flux(held, None, wiring.parameter("digestion", digestion) * held)
        return limited

    def _disse(
        self,
        wiring: Wiring,
        blood: Circulation,
        phases: list[dict[str, Place]],
        node: Node,
        p: Draws,
    ) -> None:
        """Let vesicles through fenestrae into the space behind them, and on."""
        law = uptake_from_blood
        speed = law.by_grid(wiring.carriers, lambda grid: law.fenestra_diffusivity(grid, p))
        rates = {
            carrier.name: law.disse_rates(carrier.average(speed(carrier)), node, blood, p)
            for carrier in wiring.carriers
        }

        def part(index: int) -> Callable[[Carrier], Array]:
            return lambda carrier: rates[carrier.name][index]

        out, back, cells, lymph = (
            wiring.per_carrier(f"{node.name}.{name}", part(index))
            for index, name in enumerate(("fenestrae", "return", "cells", "lymph"))
        )
        for phase, vessels in enumerate(phases):
            prefix = BARE if phase else ""
            space = wiring.add_place(f"{prefix}{node.name}.interstitial")
            wiring.move(vessels[node.name], space, out)
            wiring.move(space, vessels[node.name], back)
            self._take_up(wiring, space, node.name, cells, f"{node.name}.cells")
            wiring.move(space, wiring.place(f"{prefix}venous"), lymph)
            if phase:
                bound = wiring.per_carrier(
                    f"{node.name}.apoe",
                    lambda c: law.apoe_rate(c, node, blood, p, p[TUMOUR_DENSITY]),
                )
                self._take_up(wiring, space, node.name, bound, f"{node.name}.hepatocytes")
                wiring.cumulative(f"{node.name}.hepatocytes", [f"{node.name}.hepatocytes"])

    @staticmethod
    def _tumour(
        wiring: Wiring,
        blood: Circulation,
        phases: list[dict[str, Place]],
        node: Node,
        p: Draws,
    ) -> None:
        """Let vesicles through leaky walls into the tumour, and out again."""
        space = wiring.add_place(f"{node.name}.interstitial", share=TUMOUR_SHARE)
        plasma = blood.plasma(node.name)
        wall = uptake_from_blood.by_grid(wiring.carriers, lambda grid: tumour.tumour_wall(grid, p))
        rates = {
            carrier.name: tumour.tumour_rates(carrier, wall(carrier), plasma, p, wiring.study)
            for carrier in wiring.carriers
        }
        out = wiring.per_carrier(f"{node.name}.out", lambda c: rates[c.name].out)
        back = wiring.per_carrier(f"{node.name}.back", lambda c: rates[c.name].back)
        drained = wiring.per_carrier(f"{node.name}.drained", lambda c: rates[c.name].drained)
        for vessels in phases:
            wiring.move(vessels[node.name], space, out, tag=f"into_{node.name}")
        wiring.move(space, phases[-1][node.name], back)
        wiring.move(space, phases[-1]["venous"], drained)
        residence = {name: 1.0 / (rate.back + rate.drained) for name, rate in rates.items()}
        wiring.publish(f"{node.name}.residence", residence)
        rider = wiring.study.cargo if wiring.study.cargo in wiring.riders else PARTICLES
        wiring.cumulative("arrived", [f"into_{node.name}"], rider)
        wiring.milestone(
            "arrived", "arrived in the tumour", "arrived", lever="arrival in the tumour"
        )

    @staticmethod
    def _publish(wiring: Wiring, blood: Circulation, p: Draws) -> None:
        """Publish what a sample of blood or of an organ holds."""
        wiring.publish("blood.volume", blood.blood_volume)
        wiring.publish("plasma.volume", blood.plasma_volume)
        for name, volume in blood.tissue.items():
            wiring.publish(f"{name}.volume", volume)
            wiring.publish(f"{name}.residual_plasma", volume * p.at(RESIDUAL, organ=name))
        for node in blood.anatomy.of("graft"):
            wiring.publish(f"{node.name}.cells", tumour.tumour_cells(p, wiring.study))
            wiring.publish(f"{node.name}.interstitial_volume", tumour.tumour_space(p, wiring.study))
        wiring.publish("residual_after_perfusion", p[RESIDUAL_AFTER_PERFUSION])

    @staticmethod
    def _outputs(wiring: Wiring, blood: Circulation, phases: list[dict[str, Place]]) -> None:
        """Keep vesicles in blood, and those that left it in every organ: they sum to the dose."""
        everywhere = [(place, 1.0) for vessels in phases for place in vessels.values()]
        wiring.output_places("blood", everywhere, doc="vesicles in all blood")
        for node in blood.anatomy.of("organ", "graft"):
            names = [f"{node.name}.taken_up", *_spaces(node)]
            held = [(wiring.places[name], 1.0) for name in names if name in wiring.places]
            doc = f"vesicles that left the blood in {node.title}"
            wiring.output_places(node.name, held, doc=doc)
        for rider in wiring.riders:
            show_rider(wiring, "blood", rider, everywhere)
            for node in blood.anatomy.of("organ", "graft"):
                spaces = [wiring.places[one] for one in _spaces(node) if one in wiring.places]
                show_rider(wiring, node.name, rider, [(space, 1.0) for space in spaces])


def _spaces(node: Node) -> tuple[str, str]:
    """Return the names of the places behind the vessels of an organ or graft."""
    return f"{node.name}.interstitial", f"{BARE}{node.name}.interstitial"
