"""The body of an animal: blood through organs, and what cells and vessel walls take from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.step import Flag, KineticStep
from exocast.material.study import Study
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution import (
    blood_cells,
    brain,
    competition,
    disturbances,
    endothelium,
    glycans,
    liquids,
    liver,
    lymph,
    phagocytes,
    phagocytosis,
    physiology,
    spleen,
    tumour,
    walls,
)
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.body import BARE, Body
from exocast.stages.biodistribution.coat import sheds
from exocast.stages.biodistribution.physiology import Circulation, circulation
from exocast.stages.biodistribution.sampling import (
    CLOT_SHARE,
    RESIDUAL,
    RESIDUAL_AFTER_PERFUSION,
    show_rider,
)

__all__ = ["WholeBody"]

Array = NDArray[np.float64]

COATED_CARRIER = liver.APOE_CARRIER
"""What travels in a coat of PEG and sheds it."""

PARTS = (competition, glycans, liver, spleen, brain, blood_cells)
"""Parts of the body whose needs do not depend on its organs."""

BY_ORGAN = (physiology, liquids, phagocytes, endothelium, walls, lymph)
"""Parts whose needs do."""


@dataclass(frozen=True)
class WholeBody(KineticStep):
    r"""Blood flow through organs, phagocytes near their diffusion ceiling, walls with holes.

    Vesicles go where blood goes, free in plasma or bound to its cells. Phagocytes take them in
    liver, spleen, lung, marrow and the rest, each at most as fast as diffusion brings them, until
    full; endothelium takes them slowly everywhere and carries a share across. Pores let through
    what is narrower than they are: in liver, spleen and a leaky tumour many vesicles, elsewhere
    next to none. Behind the wall cells of the organ take them, or lymph does, past the macrophages
    of its nodes. What is taken up ends in the place ``<organ>.taken_up``; what it carried goes to
    the pool ``<organ>.<cargo or label>``.

    Equation
    --------
    \frac{d A_o}{dt} = Q_o \left(\frac{A_\mathrm{art}}{V_\mathrm{art}} - \frac{A_o}{V_o}\right)
    - \frac{N_o \kappa}{V_{p,o}} \left(1 - \frac{L_o}{N_o c_p}\right) A_o - h_o \left(1 -
    \frac{L_e}{C_e}\right) A_o - \frac{\mathrm{CL}_{\mathrm{out},o}}{V_{p,o}} A_o +
    \frac{\mathrm{CL}_{\mathrm{in},o} + \mathrm{CL}_{\tau,o}}{V_{i,o}} I_o - k_b A_o + k_u
    \frac{V_o}{V_b} B - \frac{c_w \rho \kappa}{1 - H} A_o

    \frac{d I_o}{dt} = \left(\frac{\mathrm{CL}_{\mathrm{out},o}}{V_{p,o}} + \tau_o h_o \left(1 -
    \frac{L_e}{C_e}\right)\right) A_o - \left(\frac{\mathrm{CL}_{\mathrm{in},o} +
    \mathrm{CL}_{\tau,o}}{V_{i,o}} + u_o + \frac{J_o \Phi}{V_{i,o}}\right) I_o

    \frac{d L_o}{dt} = \frac{N_o \kappa}{V_{p,o}} \left(1 - \frac{L_o}{N_o c_p}\right) A_o - k_r
    L_o

    \frac{d I_\mathrm{node}}{dt} = \sum_o \frac{J_o \Phi}{V_{i,o}} I_o + \lambda k_c F -
    \frac{N_\mathrm{node} \kappa}{V_{i,\mathrm{node}}} \left(1 - \frac{L_\mathrm{node}}
    {N_\mathrm{node} c_p}\right) I_\mathrm{node} - \frac{\sum_o J_o}{V_{i,\mathrm{node}}}
    I_\mathrm{node} + \dots

    \frac{d F}{dt} = k_d I_\mathrm{brain} - (1 + \psi) k_c F, \quad \frac{d I_\mathrm{brain}}{dt}
    = \dots - k_d I_\mathrm{brain} + \psi k_c F

    \frac{d B}{dt} = k_b \sum_o A_o - k_u B, \quad \frac{d E}{dt} = \frac{c_w \rho \kappa}{1 - H}
    \sum_o A_o - k_w E

    \kappa = f_s \, w \, e \, r \left(\frac{1}{4 \pi D R \, \mathrm{Sh} \, s} +
    \frac{1}{k_\mathrm{on} n \, f \, b \, (m + g (1 - y))}\right)^{-1}

    Symbols
    -------
    A_o : vesicles of a size class in the blood of organ o
    I_o : vesicles behind its wall
    L_o : vesicles that its phagocytes hold, beside the subject's own
    B : vesicles bound to blood cells
    E : vesicles inside circulating phagocytes, which end in liver, spleen and marrow
    c_w : circulating_phagocytes
    \rho : circulating_reach
    k_w : circulating_exit
    H : haematocrit
    F : vesicles in cerebrospinal fluid
    Q_o : balanced_flows
    V_o, V_{p,o}, V_{i,o} : blood, plasma and interstitial liquid of the organ [m^3]
    V_b : all blood [m^3]
    N_o : phagocytes of the organ, in Kupffer cells
    \kappa : plasma that one phagocyte clears [m^3/s]
    f_s : source_factor
    D : brownian_diffusivity
    s : open_share of a coat of PEG
    b : open_share of a coat of albumin
    f : charge_factor
    m : 1 with phosphatidylserine, unmarked_binding without; \kappa is the mean of both
    g : galactose_binding
    y : sialic acid left on glycans, 1 for the ordinary vesicle
    w : wrapped_share
    e : kept_share, past CD47
    r : kept_share, past the neonatal Fc receptor
    R : phagocyte_radius
    \mathrm{Sh} : sherwood
    k_\mathrm{on} n : reaction
    c_p : phagocyte_capacity
    k_r : competed_regain, of digestion and the subject's own vesicles
    h_o : rate at which endothelium empties the organ's blood, shared out from non_macrophage_loss
    L_e, C_e : vesicles that all endothelium holds, and can hold
    \tau_o : transcytosed_share
    \mathrm{CL}_{\tau,o} : transcytosis_clearance
    \mathrm{CL}_{\mathrm{out},o}, \mathrm{CL}_{\mathrm{in},o} : two_pore_clearance; wall_exchange
        over pore_average in liver and tumour; marginal_flow through marginal_slit in spleen
    u_o : parenchymal_uptake; disse_uptake in liver; macrophages in the marginal zone of the spleen
    J_o : lymph, by lymph_share, or what a tumour filters [m^3/s]
    \Phi : fibre_exclusion; 1 in liver and spleen
    k_b : bound_rate
    k_u : bound_release
    k_d : brain_drainage
    k_c : csf_turnover
    \psi : csf_influx
    \lambda : csf_to_lymph

    Notes
    -----
    Places: ``venous``, ``arterial``, ``portal``, ``blood.bound``, ``blood.engulfed``,
    ``<organ>.vascular``, ``<organ>.interstitial``, ``<organ>.taken_up``, ``brain.csf`` and, with a
    tumour, ``tumour.vascular`` and ``tumour.interstitial``. In spleen the vessels are the red pulp,
    whose phagocytes stand in blood, and what is behind them is the marginal zone; in lymph nodes
    the liquid between the cells is lymph. Outputs beside the places, of what was ever taken:
    ``liver.phagocytes``, ``liver.endothelium``, ``liver.hepatocytes``, ``spleen.red_pulp``,
    ``spleen.marginal_zone``, ``lymph_nodes.phagocytes``, ``brain.endothelium``, ``brain.cells``.
    Published: ``blood.volume``, ``plasma.volume``, ``<organ>.volume``, ``<organ>.residual_plasma``,
    ``<organ>.grams``, ``<organ>.extraction`` (of one pass, by phagocytes that are not yet full),
    ``tumour.volume``, ``tumour.cells``, ``tumour.interstitial_volume``, ``tumour.residence``.

    A particle that comes in a coat of PEG with an anchor that plasma draws out sheds it: each place
    of blood, and the tumour behind its wall, has a second, ``bare.<place>``, in which cells meet it
    whole. A bare lipid nanoparticle is taken up behind the fenestrae by hepatocytes through
    apolipoprotein E and the LDL receptor. A coat is there or gone
    (`laws.nanoparticle.coat_loss_rate`); behind walls other than those of liver, spleen and tumour
    it no longer matters.

    A property that a vesicle's surface does not have is that of the ordinary vesicle: its factor is
    1. From the second day after a first dose on, antibody a(t) marks a share a / (1 + a) of the
    carriers: those are bound past coat, albumin and phosphatidylserine, never past diffusion.

    `[subject] disturbances` can hold: ``macrophages = "depleted"``; ``sepsis = "moderate"`` or
    ``"severe"``; ``liver_dysfunction = "mild"``, ``"moderate"`` or ``"severe"``; ``cd169 =
    "absent"``; and a blocking dose, ``phagocyte_block = "1e12 particles"`` (or per kg) with
    ``lead = "1 h"`` before the run. Each multiplies the terms that the rows of
    ``biodistribution.whole_body.change`` name, or fills phagocytes as any particle would.

    The subject's own vesicles compete for the same cells. What a phagocyte can hold is what it has
    to spare beside them; they hasten the regain of what a dose has filled
    (`laws.capillary_passage.competed_regain`).

    Left out: a first-pass filter of aggregates in lung (it would count the lung twice until early
    data exist), complement, and whole vesicles in urine or
    bile: the filter of the kidney stops what is wider than some 15 nm.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "whole_body"
    title: ClassVar[str] = "Whole body with blood flow, phagocytes and vessel walls"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *physiology.PARAMETERS,
        *liquids.PARAMETERS,
        *phagocytes.PARAMETERS,
        *phagocytosis.PARAMETERS,
        disturbances.CHANGE,
        *glycans.PARAMETERS,
        *competition.PARAMETERS,
        *endothelium.PARAMETERS,
        *walls.PARAMETERS,
        *liver.PARAMETERS,
        *spleen.PARAMETERS,
        *brain.PARAMETERS,
        *blood_cells.PARAMETERS,
        *tumour.PARAMETERS,
        RESIDUAL,
        RESIDUAL_AFTER_PERFUSION,
        CLOT_SHARE,
    )
    speculative: ClassVar[bool] = True

    def needs(self) -> list[Need]:
        """Return the parameters of every organ, with those of a tumour."""
        anatomy = Anatomy.packaged()
        residual = [Need(RESIDUAL, {"organ": node.name}) for node in anatomy.of("organ", "graft")]
        return [
            *(need for part in BY_ORGAN for need in part.needs(anatomy)),
            *(need for part in PARTS for need in part.needs()),
            *tumour.needs(),
            *residual,
            Need(RESIDUAL_AFTER_PERFUSION),
            Need(CLOT_SHARE),
        ]

    def needs_in(self, study: Study) -> list[Need]:
        """Return the needs, with those of a coat, of disturbances, late doses and a tumour."""
        coat = (liver.APOE_BINDING,) if study.carrier == COATED_CARRIER else ()
        absent = () if study.tumour_volume > 0 else (*tumour.PARAMETERS, *physiology.OF_TUMOUR)
        return [
            *(
                need
                for need in self.needs()
                if need.parameter not in absent
                and (not absent or need.context.get("organ") != "tumour")
            ),
            *(Need(parameter) for parameter in coat),
            *disturbances.needs(study),
            *phagocytosis.needs(study),
        ]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add every place of the body, and what moves between them."""
        p = disturbances.disturbed(p, wiring.study)
        blood = circulation(Anatomy.packaged(), p, wiring.study)
        wiring.publish("circulation", blood)
        self._publish(wiring, blood, p)
        phases = [self._vessels(wiring, blood)]
        if wiring.carriers and (wiring.study.carrier == COATED_CARRIER or sheds(wiring.carriers)):
            phases.append(self._vessels(wiring, blood, BARE))
            self._shed(wiring, zip(phases[0].values(), phases[1].values(), strict=True), p)
        body = Body(wiring, blood, tuple(phases), p)
        walls.add_spaces(body)
        if not wiring.carriers:  # Dissolved cargo alone: its own step wires what it does.
            for node in blood.anatomy.of("graft"):
                wiring.add_place(f"{node.name}.interstitial")
            return
        self._cells(body)
        phagocytosis.add_phagocytes(body)
        blood_cells.add_blood_cells(body)
        endothelium.add_endothelium(body)
        walls.add_pores(body)
        walls.add_cells(body)
        walls.add_lymph(body)
        lymph.add_nodes(body)
        liver.add_hepatocytes(body)
        glycans.add_asialoglycoprotein_receptor(body)
        spleen.add_marginal_zone(body)
        brain.add_cerebrospinal_fluid(body)
        tumour.add_tumour(body, lymph.collected(body))
        for node in blood.anatomy.of("graft"):
            if len(phases) > 1:
                self._shed(wiring, [(body.space(node), body.space(node, 1))], p)
        self._outputs(body)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a subject far from those measured, a large tumour, and antibody that is assumed."""
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
        if wiring.carriers and phagocytosis.is_late(study):
            found.append(
                Flag(
                    "biodistribution.whole_body",
                    "doses come more than a day after the first: antibody against what is dosed is "
                    "assumed in kind and size (rows `antibody_level`), and other immune reactions "
                    "are not followed",
                )
            )
        return found

    @staticmethod
    def _vessels(wiring: Wiring, blood: Circulation, phase: str = "") -> dict[str, Place]:
        """Add all blood, and its flow."""
        vessels = {}
        for node in blood.anatomy.nodes:
            name = node.name if node.kind == "pool" else f"{node.name}.vascular"
            share = tumour.SHARE if node.kind == "graft" else 1e-6
            vessels[node.name] = wiring.add_place(f"{phase}{name}", share=share)
        if not wiring.carriers:
            return vessels
        for index, (source, target) in enumerate(blood.edges):
            rate = blood.flow[:, index] / blood.blood[source]
            name = f"flow.{source}.{target}"
            wiring.move(vessels[source], vessels[target], wiring.parameter(name, rate))
        return vessels

    @staticmethod
    def _shed(wiring: Wiring, places: Iterable[tuple[Place, Place]], p: Draws) -> None:
        """Let carriers lose their coat in each place, into its place for the bare."""
        areas = phagocytes.surface_area(wiring.carriers)
        loss = wiring.per_carrier("coat_loss", lambda c: phagocytes.coat_loss(c, p, areas[c.kind]))
        for coated, bare in places:
            wiring.move(coated, bare, loss)

    @staticmethod
    def _cells(body: Body) -> None:
        """Add the places and pools of what cells take."""
        wiring = body.wiring
        for node in body.organs:
            wiring.add_place(f"{node.name}.taken_up", sink=True)
            for rider in wiring.riders:
                wiring.add_pool(f"{node.name}.{rider}", rider=rider)
        for node in body.blood.anatomy.of("graft"):
            for label in sorted(set(wiring.study.labels) & set(wiring.riders)):
                # For the cells that another step adds there.
                wiring.add_pool(f"{node.name}.{label}", rider=label)

    @staticmethod
    def _publish(wiring: Wiring, blood: Circulation, p: Draws) -> None:
        """Publish what a sample of blood or of an organ holds."""
        wiring.publish("blood.volume", blood.blood_volume)
        wiring.publish("plasma.volume", blood.plasma_volume)
        for name, volume in blood.tissue.items():
            wiring.publish(f"{name}.volume", volume)
            wiring.publish(f"{name}.grams", 1e3 * volume * p[physiology.TUMOUR_DENSITY])
            wiring.publish(f"{name}.residual_plasma", volume * p.at(RESIDUAL, organ=name))
        for node in blood.anatomy.of("graft"):
            wiring.publish(f"{node.name}.cells", tumour.tumour_cells(p, wiring.study))
            wiring.publish(f"{node.name}.interstitial_volume", tumour.tumour_space(p, wiring.study))
        wiring.publish("residual_after_perfusion", p[RESIDUAL_AFTER_PERFUSION])
        wiring.publish("clot_share", p[CLOT_SHARE])

    @staticmethod
    def _outputs(body: Body) -> None:
        """Keep vesicles in blood, and those that left it in every organ: they sum to the dose.

        What rides blood cells is kept beside, as a part of what is in blood.
        """
        wiring = body.wiring
        cells = (blood_cells.BOUND, blood_cells.ENGULFED)
        bound = [(place, 1.0) for name in cells for place in _named(wiring, name)]
        everywhere = [(place, 1.0) for vessels in body.phases for place in vessels.values()]
        everywhere += bound
        wiring.publish("blood.places", frozenset(place.name for place, _ in everywhere))
        wiring.output_places("blood", everywhere, doc="vesicles in all blood")
        wiring.output_places(
            blood_cells.BOUND, bound, doc="of the vesicles in all blood, those on its cells"
        )
        parts = [node.name for node in body.blood.anatomy.of("organ", "graft")]
        wiring.publish("body.parts", ("blood", *parts))
        for node in body.blood.anatomy.of("organ", "graft"):
            names = (f"{node.name}.taken_up", *_spaces(node))
            held = [(place, 1.0) for name in names for place in _named(wiring, name)]
            doc = f"vesicles that left the blood in {node.title}"
            wiring.output_places(node.name, held, doc=doc)
        for rider in wiring.riders:
            show_rider(wiring, "blood", rider, everywhere)
            doc = f"of the {rider} on vesicles in all blood, that on blood cells"
            wiring.output_places(f"blood.{rider}.bound", bound, rider=rider, unit="copy", doc=doc)
            for node in body.blood.anatomy.of("organ", "graft"):
                spaces = [(place, 1.0) for name in _spaces(node) for place in _named(wiring, name)]
                show_rider(wiring, node.name, rider, spaces)


def _named(wiring: Wiring, name: str) -> list[Place]:
    """Return the place of that name and that of the bare, as far as they are there."""
    both = (wiring.places.get(name), wiring.places.get(f"{BARE}{name}"))
    return [place for place in both if place is not None]


def _spaces(node: Node) -> tuple[str, str]:
    """Return the names of the places outside the cells and vessels of an organ or graft."""
    return f"{node.name}.interstitial", f"{node.name}.csf"
