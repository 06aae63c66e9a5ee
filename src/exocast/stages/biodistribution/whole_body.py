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
from exocast.material.wiring import PARTICLES, Place, Wiring
from exocast.stages.biodistribution import physiology, tumour, uptake_from_blood
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


@dataclass(frozen=True)
class WholeBody(KineticStep):
    """Blood flow through organs, phagocytes near their diffusion ceiling, walls with holes.

    Vesicles stay in plasma and go where blood goes. Phagocytes take them in liver, spleen, lung,
    marrow and the rest, each at most as fast as diffusion brings them, until full; endothelium
    takes them slowly everywhere; the fenestrae of liver sinusoids and the leaks of a tumour let
    the smaller ones through. What is taken up ends in the place ``<organ>.taken_up``; what it
    carried goes to the pool ``<organ>.<cargo or label>``.

    Notes
    -----
    Places: ``venous``, ``arterial``, ``portal``, ``<organ>.vascular``, ``<organ>.taken_up``,
    ``liver.interstitial`` and, with a tumour, ``tumour.vascular`` and ``tumour.interstitial``.
    Published: ``blood.volume``, ``plasma.volume``, ``<organ>.volume``, ``<organ>.residual_plasma``,
    ``<organ>.extraction`` (of one pass, by phagocytes that are not yet full),
    ``tumour.volume``, ``tumour.cells``, ``tumour.interstitial_volume``, ``tumour.residence``.

    Left out: a first-pass filter of aggregates in lung (it would count the lung twice until early
    data exist), binding to blood cells, complement and antibodies on repeated doses. Endogenous
    vesicles compete, but inside the capacity, which is what a phagocyte has to spare.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "whole_body"
    title: ClassVar[str] = "Whole body with blood flow, phagocytes and vessel walls"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *physiology.PARAMETERS,
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
            *uptake_from_blood.needs(anatomy),
            *tumour.needs(),
            *residual,
            Need(RESIDUAL_AFTER_PERFUSION),
        ]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add every place of the body, and what moves between them."""
        blood = circulation(Anatomy.packaged(), p, wiring.study)
        vessels = self._vessels(wiring, blood)
        for node in blood.anatomy.of("organ"):
            wiring.add_place(f"{node.name}.taken_up", sink=True)
            for rider in wiring.riders:
                wiring.add_pool(f"{node.name}.{rider}", rider=rider)
        for node in blood.anatomy.of("graft"):
            for label in sorted(set(wiring.study.labels) & set(wiring.riders)):
                # For the cells that another step adds there.
                wiring.add_pool(f"{node.name}.{label}", rider=label)
        self._phagocytes(wiring, blood, vessels, p)
        self._endothelium(wiring, blood, vessels, p)
        for node in blood.anatomy.of("organ"):
            if node.capillary == "sinusoidal":
                self._disse(wiring, blood, vessels, node, p)
        for node in blood.anatomy.of("graft"):
            self._tumour(wiring, blood, vessels, node, p)
        self._publish(wiring, blood, p)
        self._outputs(wiring, blood, vessels)

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
    def _vessels(wiring: Wiring, blood: Circulation) -> dict[str, Place]:
        """Add all blood, and its flow."""
        vessels = {}
        for node in blood.anatomy.nodes:
            name = node.name if node.kind == "pool" else f"{node.name}.vascular"
            share = TUMOUR_SHARE if node.kind == "graft" else 1e-6
            vessels[node.name] = wiring.add_place(name, share=share)
        for index, (source, target) in enumerate(blood.edges):
            rate = blood.flow[:, index] / blood.blood[source]
            name = f"flow.{source}.{target}"
            wiring.move(vessels[source], vessels[target], wiring.parameter(name, rate))
        return vessels

    @staticmethod
    def _take_up(
        wiring: Wiring, source: Place, organ: str, rates: list[Expression], tag: str
    ) -> None:
        """Move carriers to an organ's cells, and what they carry to its pools."""
        release = {rider: f"{organ}.{rider}" for rider in wiring.riders}
        wiring.move(source, wiring.place(f"{organ}.taken_up"), rates, release=release, tag=tag)

    def _phagocytes(
        self, wiring: Wiring, blood: Circulation, vessels: dict[str, Place], p: Draws
    ) -> None:
        """Let every organ's phagocytes take vesicles until they are full."""
        law = uptake_from_blood
        cell = {carrier.name: law.cell_clearance(carrier, p) for carrier in wiring.carriers}
        for node in blood.anatomy.filtering:
            number = law.phagocyte_number(node, blood, p, wiring.study, p[TUMOUR_DENSITY])
            per_plasma = number / blood.plasma(node.name)

            def rate(carrier: Carrier, per_plasma: Array = per_plasma) -> Array:
                return np.asarray(cell[carrier.name] * per_plasma)

            rates = wiring.per_carrier(f"{node.name}.phagocytosis", rate)
            mean = self._mean([cell[c.name] * number for c in wiring.carriers], wiring)
            flow = blood.through[node.name] * blood.plasma_share
            wiring.publish(f"{node.name}.extraction", extraction(flow, mean))
            capacity = law.phagocyte_capacity(number, p)
            rates = self._saturate(
                wiring, node.name, [(vessels[node.name], rates)], capacity, p[law.DIGESTION]
            )[0]
            self._take_up(wiring, vessels[node.name], node.name, rates, f"{node.name}.phagocytes")

    @staticmethod
    def _mean(values: list[Array], wiring: Wiring) -> Array:
        """Return the mean over carriers, by number, array (n,); 0 where nothing is dosed."""
        count = np.stack([carrier.count for carrier in wiring.carriers], axis=1)
        total = count.sum(axis=1)
        summed = (np.stack(values, axis=1) * count).sum(axis=1)
        return np.asarray(np.divide(summed, total, out=np.zeros_like(total), where=total > 0))

    def _endothelium(
        self, wiring: Wiring, blood: Circulation, vessels: dict[str, Place], p: Draws
    ) -> None:
        """Let endothelium take vesicles slowly in every bed, from one common capacity."""
        law = uptake_from_blood
        organs = blood.anatomy.of("organ")
        intake = []
        for node in organs:
            rate = wiring.parameter(
                f"{node.name}.endothelial_uptake", law.endothelial_rate(node, blood, p)
            )
            intake.append((vessels[node.name], [rate] * len(wiring.carriers)))
        capacity = law.endothelial_capacity(p, wiring.study)
        limited = self._saturate(wiring, "endothelium", intake, capacity, p[law.DIGESTION])
        for node, rates in zip(organs, limited, strict=True):
            self._take_up(wiring, vessels[node.name], node.name, rates, "endothelium")

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
        vessels: dict[str, Place],
        node: Node,
        p: Draws,
    ) -> None:
        """Let vesicles through fenestrae into the space behind them, and on."""
        space = wiring.add_place(f"{node.name}.interstitial")
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
        wiring.move(vessels[node.name], space, out)
        wiring.move(space, vessels[node.name], back)
        self._take_up(wiring, space, node.name, cells, f"{node.name}.cells")
        wiring.move(space, wiring.place("venous"), lymph)

    @staticmethod
    def _tumour(
        wiring: Wiring,
        blood: Circulation,
        vessels: dict[str, Place],
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
        wiring.move(vessels[node.name], space, out, tag=f"into_{node.name}")
        wiring.move(space, vessels[node.name], back)
        wiring.move(space, wiring.place("venous"), drained)
        residence = {name: 1.0 / (rate.back + rate.drained) for name, rate in rates.items()}
        wiring.publish(f"{node.name}.residence", residence)
        wiring.publish(f"{node.name}.cells", tumour.tumour_cells(p, wiring.study))
        wiring.publish(f"{node.name}.interstitial_volume", tumour.tumour_space(p, wiring.study))
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
        wiring.publish("residual_after_perfusion", p[RESIDUAL_AFTER_PERFUSION])

    @staticmethod
    def _outputs(wiring: Wiring, blood: Circulation, vessels: dict[str, Place]) -> None:
        """Keep vesicles in blood, and those that left it in every organ: they sum to the dose."""
        everywhere = [(place, 1.0) for place in vessels.values()]
        wiring.output_places("blood", everywhere, doc="vesicles in all blood")
        for node in blood.anatomy.of("organ", "graft"):
            names = [f"{node.name}.taken_up", f"{node.name}.interstitial"]
            held = [(wiring.places[name], 1.0) for name in names if name in wiring.places]
            doc = f"vesicles that left the blood in {node.title}"
            wiring.output_places(node.name, held, doc=doc)
        for rider in wiring.riders:
            show_rider(wiring, "blood", rider, everywhere)
            for node in blood.anatomy.of("organ", "graft"):
                space = wiring.places.get(f"{node.name}.interstitial")
                show_rider(wiring, node.name, rider, [(space, 1.0)] if space else [])
