"""How phagocytes are wired: what they take from blood, what blocks them, what antibody adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression, State
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.body_flow import extraction
from exocast.laws.phagocyte_load import blocking_dose
from exocast.material.carrier import Carrier
from exocast.material.study import Study
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution import competition, phagocytes
from exocast.stages.biodistribution.anatomy import Node
from exocast.stages.biodistribution.body import BARE, Body, mean_over_carriers, saturate, take_up
from exocast.stages.biodistribution.disturbances import BLOCK, block_of
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY

__all__ = ["PARAMETERS", "add_phagocytes", "is_late", "needs"]

Array = NDArray[np.float64]

DAY = 86400.0
"""Doses closer than this meet no antibody: none has been made yet [s]."""

STAGES = 6
"""First-order stages of the delay: with the antigen it varies by 38 % about its mean."""

RESOLVED = 1e-6
"""Scale of immune states, in units of the level that marks half of the vesicles."""

SPLEEN = "spleen"
"""Where antibody against particles begins."""

KUPFFER = "kupffer"
"""The phagocytes by which others are measured: what one of them clears is published."""

PEG, VESICLE = "peg", "vesicle"
"""What antibody can be against: a coat of PEG, or a vesicle's own surface."""

_KEY = "biodistribution.whole_body."
DELAY = Parameter(
    _KEY + "antibody_delay", unit="s", doc="Mean time from a dose to the making of antibody."
)
LOSS = Parameter(_KEY + "antibody_loss", unit="1/s", doc="Rate at which antibody is lost.")
LEVEL = Parameter(
    _KEY + "antibody_level",
    unit="1",
    doc="Antibody that a lasting stimulus keeps up, over what marks half of the vesicles.",
)
PROVOKING = Parameter(
    _KEY + "provoking_uptake",
    unit="particle/kg",
    doc="Particles taken by the spleen, per body weight, that provoke half of the response.",
)
PARAMETERS = (DELAY, LOSS, LEVEL, PROVOKING)


def is_late(study: Study) -> bool:
    """Whether a dose comes so long after the first that antibody may wait for it."""
    return any(time - study.times[0] > DAY for time in study.times)


def needs(study: Study) -> list[Need]:
    """Return what antibody against the carriers needs: nothing where no dose comes late."""
    if not is_late(study):
        return []
    single = [Need(parameter) for parameter in (DELAY, LOSS, PROVOKING)]
    return single + [Need(LEVEL, {"antigen": antigen}) for antigen in (PEG, VESICLE)]


def add_phagocytes(body: Body) -> None:
    """Let every organ's phagocytes take vesicles until they are full."""
    wiring, blood, p = body.wiring, body.blood, body.p
    cleared = _Clearances(body, phagocytes.surface_area(wiring.carriers), {})
    antibody = _antibody(body) if is_late(wiring.study) else None
    block = _block(body)
    for node in blood.anatomy.filtering:
        number = phagocytes.phagocyte_number(node, blood, p, wiring.study, p[TUMOUR_DENSITY])
        cells = _Cells(cleared, node, number / blood.plasma(node.name))
        intake = []
        for phase, vessels in enumerate(body.phases):
            rates = cells.rates(bool(phase))
            if antibody is not None and not (phase and antibody.antigen == PEG):
                rates = cells.marked(rates, bool(phase), antibody.share)
            intake.append((vessels[node.name], rates))
        mean = mean_over_carriers([cells.clearance(c) * number for c in wiring.carriers], wiring)
        flow = blood.through[node.name] * blood.plasma_share
        wiring.publish(f"{node.name}.extraction", extraction(flow, mean))
        capacity = phagocytes.phagocyte_capacity(number, p)
        regain = competition.phagocyte_regain(number, capacity, p)
        limited = saturate(wiring, node.name, intake, capacity, regain)
        for (place, _), each in zip(intake, limited, strict=True):
            take_up(wiring, place, node.name, each, f"{node.name}.phagocytes")
            if antibody is not None and node.name == SPLEEN:
                for state, rate in zip(place.states, each, strict=True):
                    antibody.seen(wiring, rate * state)
        if block is not None:
            block.fills(wiring, node, number, capacity)
        if node.phagocytes == KUPFFER:
            one_cell = {carrier.name: cells.clearance(carrier) for carrier in wiring.carriers}
            wiring.publish("kupffer.clearance", one_cell)


@dataclass(frozen=True)
class _Clearances:
    """Plasma that one cell clears, computed once for all organs where they do not differ.

    Attributes
    ----------
    body : Body
        Whose phagocytes they are.
    areas : mapping of str to array (n,)
        Mean surface of a particle of each kind [m^2].
    known : dict
        What has been computed.
    """

    body: Body
    areas: Mapping[str, Array]
    known: dict[tuple[str, str, bool, bool], Array]

    def of(self, carrier: Carrier, organ: str, *, bare: bool, opsonised: bool) -> Array:
        """Return plasma that one cell clears, array (n,) [m^3/s]."""
        bare = bare and len(self.body.phases) > 1
        place = organ if phagocytes.GLYCANS in carrier.surface else ""
        key = (carrier.name, place, bare, opsonised)
        if key not in self.known:
            self.known[key] = phagocytes.cell_clearance(
                carrier,
                self.body.p,
                organ=organ,
                area=self.areas[carrier.kind],
                bare=bare,
                opsonised=opsonised,
            )
        return self.known[key]


@dataclass(frozen=True)
class _Cells:
    """Rates of one organ's phagocytes.

    Attributes
    ----------
    cleared : _Clearances
        By one cell.
    node : Node
        Where they stand.
    density : array (n,)
        Cells per volume of plasma [1/m^3].
    """

    cleared: _Clearances
    node: Node
    density: Array

    @property
    def wiring(self) -> Wiring:
        """Return where rates are declared."""
        return self.cleared.body.wiring

    def clearance(self, carrier: Carrier, *, bare: bool = True, opsonised: bool = False) -> Array:
        """Return plasma that one cell clears, array (n,) [m^3/s]; of a coat, once it is shed."""
        return self.cleared.of(carrier, self.node.name, bare=bare, opsonised=opsonised)

    def rates(self, bare: bool) -> list[Expression]:
        """Return the rate at which they empty blood of each carrier."""
        name = f"{BARE if bare else ''}{self.node.name}.phagocytosis"
        return self.wiring.per_carrier(
            name, lambda carrier: self.density * self.clearance(carrier, bare=bare)
        )

    def marked(self, rates: list[Expression], bare: bool, share: Expression) -> list[Expression]:
        """Return the rates where antibody marks a share of the vesicles.

        A marked vesicle is bound through its antibody, past a coat; never past diffusion.
        """
        name = f"{BARE if bare else ''}{self.node.name}.opsonised_more"

        def more(carrier: Carrier) -> Array:
            plain, open_ = (
                self.clearance(carrier, bare=bare, opsonised=marked) for marked in (False, True)
            )
            return self.density * (open_ - plain)

        added = self.wiring.per_carrier(name, more)
        return [rate + share * extra for rate, extra in zip(rates, added, strict=True)]


@dataclass(frozen=True)
class _Antibody:
    """Antibody that earlier doses have provoked.

    Attributes
    ----------
    antigen : str
        What it is against.
    share : Expression
        Share of carriers that it marks [1].
    stimulus : State
        Particles that the spleen has seen, over those that provoke half of the response.
    per_particle : Expression
        That of one particle.
    """

    antigen: str
    share: Expression
    stimulus: State
    per_particle: Expression

    def seen(self, wiring: Wiring, flux: Expression) -> None:
        """Let a flux of particles provoke antibody."""
        wiring.network.flux(None, self.stimulus, flux * self.per_particle)


def _antibody(body: Body) -> _Antibody:
    """Add the states between a dose and its antibody.

    z' = particles taken by the spleen / provoking uptake - k z;
    s_1' = k (z / (1 + z) - s_1), s_i' = k (s_(i-1) - s_i); a' = k_a (a_max s_m - a).
    """
    wiring, p, network = body.wiring, body.p, body.wiring.network
    coats = phagocytes.SHIELDS[phagocytes.PEG]
    coated = any(coats in carrier.surface for carrier in wiring.carriers)
    antigen = PEG if coated else VESICLE
    pace = wiring.parameter("immune.pace", (STAGES + 1) / p[DELAY])
    stimulus = wiring.add_pool("immune.stimulus", scale=RESOLVED)
    network.flux(stimulus, None, pace * stimulus)
    before: Expression = stimulus / (1.0 + stimulus)
    for index in range(1, STAGES + 1):
        stage = wiring.add_pool(f"immune.stage_{index}", scale=RESOLVED)
        network.flux(None, stage, pace * before)
        network.flux(stage, None, pace * stage)
        before = stage
    antibody = wiring.add_pool("immune.antibody", scale=RESOLVED)
    loss = wiring.parameter("immune.loss", p[LOSS])
    level = wiring.parameter("immune.level", p.at(LEVEL, antigen=antigen))
    network.flux(None, antibody, loss * level * before)
    network.flux(antibody, None, loss * antibody)
    one = 1.0 / (p[PROVOKING] * wiring.study.body_weight)
    doc = "antibody against the carriers, over what marks half of them"
    wiring.output("antibody", {antibody: 1.0}, unit="1", doc=doc)
    share = antibody / (1.0 + antibody)
    return _Antibody(antigen, share, stimulus, wiring.parameter("immune.per_particle", one))


@dataclass(frozen=True)
class _Block:
    """What a blocking dose has left in blood, and in phagocytes.

    Attributes
    ----------
    blood : State
        Particles of the dose that are still in blood.
    filled : array (n,)
        Share of the capacity that is taken at the start of the run.
    each : array (n,)
        Share of all plasma that one phagocyte clears in a time [1/s].
    """

    blood: State
    filled: Array
    each: Array

    def fills(self, wiring: Wiring, node: Node, number: Array, capacity: Array) -> None:
        """Start an organ's phagocytes with what they hold, and go on filling them."""
        held = wiring.pool(f"{node.name}.load")
        wiring.pool_starts[held.name] = self.filled * np.maximum(capacity, 1.0)
        free = 1.0 - held / wiring.parameter(f"{node.name}.capacity", np.maximum(capacity, 1.0))
        rate = wiring.parameter(f"{node.name}.{BLOCK}", self.each * number)
        taken = rate * free * self.blood
        wiring.network.flux(self.blood, None, taken)
        wiring.network.flux(None, held, taken)


def _block(body: Body) -> _Block | None:
    """Add what a blocking dose has left in blood when the run starts."""
    wiring, blood, p = body.wiring, body.blood, body.p
    given = block_of(wiring.study)
    if given is None:
        return None
    number = sum(
        phagocytes.phagocyte_number(node, blood, p, wiring.study, p[TUMOUR_DENSITY])
        for node in blood.anatomy.filtering
    )
    total = np.asarray(number)
    each = phagocytes.blocker_clearance(p) / blood.plasma_volume
    capacity = phagocytes.phagocyte_capacity(total, p)
    left, filled = blocking_dose(
        given.dose, each * total, capacity, p[phagocytes.DIGESTION], given.lead
    )
    state = wiring.add_pool(BLOCK, scale=max(given.dose * RESOLVED, 1.0), start=left)
    doc = "particles of the blocking dose in blood"
    wiring.output(BLOCK, {state: 1.0}, unit="particle", doc=doc)
    return _Block(state, filled, each)
