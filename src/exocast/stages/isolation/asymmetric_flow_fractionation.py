"""Asymmetric-flow field-flow fractionation: small particles leave a thin channel first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.field_flow import (
    crossed_share,
    layer_thickness,
    plate_height,
    retention_ratio,
    steric_inversion,
    void_time,
)
from exocast.laws.lumen import sphere_volume
from exocast.laws.membrane import cut_off_pore, globular_diameter, sieving, washed_out
from exocast.laws.wall_adsorption import JAMMING_COVERAGE, diffusivity
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.handling import once
from exocast.stages.isolation.membrane import (
    MEMBRANES,
    PORE_VARIATION,
    STICKY,
)
from exocast.stages.isolation.runs import many, several
from exocast.stages.isolation.size_exclusion import CARGO_RADIUS, PROTEIN_RADIUS
from exocast.stages.isolation.ultrafiltration import DALTON

__all__ = ["AsymmetricFlowFractionation"]

Array = NDArray[np.float64]

MINUTE, DAY = 60.0, 86400.0
_NODE, _WEIGHT = np.polynomial.legendre.leggauss(10)
NODES, WEIGHTS = (_NODE + 1) / 2, _WEIGHT / 2

CHANNEL_AREA = Parameter(
    "isolation.asymmetric_flow_fractionation.channel_area", "m^2", "Membrane area of the channel."
)
CHANNEL_LENGTH = Parameter(
    "isolation.asymmetric_flow_fractionation.channel_length", "m", "Length of the channel."
)
FOCUS_SHARE = Parameter(
    "isolation.asymmetric_flow_fractionation.focus_share", "1",
    "Standard deviation of the zone after focusing, over the length of the channel.", high=0.5,
)  # fmt: skip
STERIC = Parameter(
    "isolation.asymmetric_flow_fractionation.steric", "1",
    "Factor for the speed of a sphere that touches the wall.", high=3.0,
)  # fmt: skip
CAPTURE = Parameter(
    "isolation.asymmetric_flow_fractionation.capture_rate", "1/s",
    "Rate at which what lies near the membrane touches it; where it is sticky it stays.",
)  # fmt: skip
DENSEST = Parameter(
    "isolation.asymmetric_flow_fractionation.densest_layer", "1",
    "Share of the layer that particles take when it is twice as thick as for one alone.", high=0.6,
)  # fmt: skip
HANDS_ON = Parameter(
    "isolation.asymmetric_flow_fractionation.hands_on", "s", "Operator time per injection."
)


@dataclass(frozen=True)
class _Channel:
    """A channel at work: what every size meets, arrays (n,)."""

    void_volume: Array
    length: Array
    capacity: Array
    pore: Array
    thicker: Array
    injections: Array


@dataclass(frozen=True)
class AsymmetricFlowFractionation(PreparationStep):
    r"""One fraction from a thin channel in which cross flow parts particles by diffusion alone.

    Equation
    --------
    n' = n \, (1 - h) \left[\Phi \left(\frac{x_2 - 1}{\sigma}\right) - \Phi \left(\frac{x_1 -
    1}{\sigma}\right)\right], \quad x = \int_0^t \frac{R}{t_0} \, dt'

    \lambda = \frac{D V_0}{w^2 V_c} \left(1 + \frac{\varphi}{\varphi_c}\right), \quad \sigma^2 =
    \frac{H}{L} + s^2

    h = \min \left(1 - e^{-k s_m t_m}, \, \frac{0.547 \, s_m A}{a}\right)

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    h : share that sticks to the membrane
    \Phi : normal distribution
    x : lengths of the channel gone by the time t; at collect_from x_1, at collect_to x_2
    R : retention_ratio, of the layer and the radius over the spacer
    t_0 : void_time
    \lambda : layer_thickness
    D : diffusivity
    V_0 : liquid in the channel [m^3]
    w : spacer
    V_c : cross_flow, until it decays
    \varphi : share of the layer that the particles of one injection take
    \varphi_c : densest_layer
    \sigma : width of a peak, over the length
    H : plate_height
    L : channel_length
    s : focus_share
    k : capture_rate
    t_m : time of focusing and of elution [s]
    s_m : sticky_share
    A : channel_area
    a : area that all particles of an injection would take [m^2]

    Notes
    -----
    Density does not matter, and neither does the kind: a lipoprotein leaves with the vesicles of
    its size. Small ones leave first, as far as the size at which a particle's own radius carries
    it out of its layer (steric inversion); beyond, large ones come back among the small. The
    membrane under the channel lets through what is smaller than its pores. A fraction is what
    leaves between two times after focusing, each injection alike; an amount above one injection
    takes several. Too many particles in one injection press each other up, and all leave early.

    Left out: a channel of changing breadth, repulsion by charge, zones that focus badly, what is
    flushed out at the end without cross flow and is not collected.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "asymmetric_flow_fractionation"
    title: ClassVar[str] = "asymmetric-flow fractionation"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        CHANNEL_AREA, CHANNEL_LENGTH, FOCUS_SHARE, STERIC, CAPTURE, DENSEST, HANDS_ON, STICKY,
        PORE_VARIATION, PROTEIN_RADIUS, CARGO_RADIUS,
    )  # fmt: skip

    out_flow: float = setting(
        8.3e-9, unit="m^3/s", low=1e-9, high=5e-8, source="channel_practice",
        doc="Flow to the detector (0.5 mL/min).", moves="volume", direction=1,
    )  # fmt: skip
    cross_flow: float = setting(
        8.3e-9, unit="m^3/s", low=1e-10, high=8e-8, source="channel_practice",
        doc="Flow through the membrane, which holds particles near it; where they crowd, it only "
        "makes the channel quicker.",
        moves="median leaves after [s]", direction=0,
    )  # fmt: skip
    hold: float = setting(
        5 * MINUTE, unit="s", low=0.0, high=7200.0, source="channel_practice",
        doc="Time after focusing for which the cross flow stays.",
        moves="median leaves after [s]", direction=1,
    )  # fmt: skip
    decay: float = setting(
        40 * MINUTE, unit="s", low=60.0, high=14400.0, source="zhang_2019",
        doc="Time over which it then falls to nothing, in a straight line.",
        moves="median leaves after [s]", direction=1,
    )  # fmt: skip
    spacer: float = setting(
        350e-6, unit="m", low=100e-6, high=700e-6, source="channel_practice",
        doc="Thickness of the channel.", moves="median leaves after [s]", direction=1,
    )  # fmt: skip
    focus_time: float = setting(
        5 * MINUTE, unit="s", low=10.0, high=3600.0, source="channel_practice",
        doc="Time of focusing, with all flow through the membrane.", moves="particles/small_ev",
        direction=-1,
    )  # fmt: skip
    load: float = setting(
        1e-7, unit="m^3", low=1e-9, high=2e-6, source="channel_practice",
        doc="Sample of one injection.", moves="injections [1]", direction=-1,
    )  # fmt: skip
    collect_from: float = setting(
        10 * MINUTE, unit="s", low=0.0, high=14400.0, source="channel_practice",
        doc="Time after focusing at which the fraction begins.", moves="volume", direction=-1,
    )  # fmt: skip
    collect_to: float = setting(
        45 * MINUTE, unit="s", low=60.0, high=21600.0, source="zhang_2019",
        doc="Time after focusing at which the fraction ends.", moves="volume", direction=1,
    )  # fmt: skip
    membrane: str = setting(
        "regenerated_cellulose", choices=MEMBRANES, source="channel_practice",
        doc="Material of the membrane.", moves="particles/small_ev", direction=0,
    )  # fmt: skip
    cut_off: float = setting(
        1e4 * DALTON, unit="kg", low=3e3 * DALTON, high=3e5 * DALTON, source="channel_practice",
        doc="Nominal molecular cut-off (`10 kDa`).", moves="cargo free", direction=-1,
    )  # fmt: skip
    temperature: float = setting(
        298.15, unit="K", low=277.15, high=333.15, source="channel_practice",
        doc="Temperature of the channel.", moves="median leaves after [s]", direction=-1,
    )  # fmt: skip
    buffer: str = setting("PBS", source="isolation_practice", doc="Carrier liquid.")

    def context(self) -> Mapping[str, str]:
        """Return the material of the membrane."""
        return {"membrane": self.membrane}

    def check(self) -> list[str]:
        """Return what is wrong with the fraction, as sentences."""
        if self.collect_to <= self.collect_from:
            return ["`collect_to` must lie above `collect_from`: the fraction is empty"]
        return []

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the fraction of all injections."""
        account, channel = Account(), self._channel(suspension, p)
        populations = []
        known: dict[bytes, tuple[Array, Array]] = {}
        for population in suspension.populations:
            # Kinds share a grid, and a channel knows a kind by its size alone.
            grid = population.diameter.tobytes()
            if grid not in known:
                sizes = population.diameter
                known[grid] = self._passed(sizes, channel, p), self._cut(sizes, channel, p)
            passed, cut = known[grid]
            stuck = self._stuck(population, channel, p)
            account.removed(population, stuck, "held by the membrane")
            account.removed(population, (1 - stuck) * passed, "through the membrane")
            eluting = (1 - stuck) * (1 - passed)
            account.removed(population, eluting * (1 - cut), "outside the fraction")
            populations.append(population.kept(eluting * cut))
        solutes, free = {}, {}
        protein, cargo = (
            self._dissolved(p[radius], channel, p) for radius in (PROTEIN_RADIUS, CARGO_RADIUS)
        )
        for name, mass in suspension.solutes.items():
            account.add(f"solute/{name}", "outside the fraction", -(1 - protein) * mass)
            solutes[name] = protein * mass
        for name, copies in suspension.free.items():
            account.add(f"cargo/{name}", "outside the fraction", -(1 - cargo) * copies)
            free[name] = cargo * copies
        volume = channel.injections * self.out_flow * (self.collect_to - self.collect_from)
        account.add("volume", "loaded", -suspension.volume)
        account.add("volume", "collected", volume)
        account.note("injections [1]", channel.injections)
        account.note("median leaves after [s]", self._leaving(100e-9, channel, p))
        after = Suspension(tuple(populations), free, solutes, volume, self.temperature, self.buffer)
        return after, account.exchange(self._resources(channel, p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: many injections, a crowded layer, turned order, what stays in the end."""
        channel, flags = self._channel(suspension, p), []
        if np.max(channel.injections) > 1:
            text = (
                f"the sample takes {several(channel.injections)} injections: concentrate it first"
            )
            flags.append(Flag(self.name, text, many(channel.injections), "scale"))
        crowd = float(np.median(channel.thicker)) - 1
        if crowd > 0.2:
            text = (
                f"particles crowd the layer ({crowd:.0%} thicker): they leave early and mixed; "
                "inject less"
            )
            flags.append(Flag(self.name, text))
        size = 100e-9
        layer = self._layer(np.array([size]), channel, self.cross_flow)[:, 0]
        turn = float(np.median(steric_inversion(layer * size, self.spacer, p[STERIC])))
        if turn < 500e-9:
            text = (
                f"above {1e9 * turn:.0f} nm the order turns: larger particles leave with smaller "
                "ones; lower the cross flow"
            )
            flags.append(Flag(self.name, text))
        if self.hold + self.decay > 1.5 * self.collect_to:
            text = "the cross flow goes on long after the fraction: late sizes stay in the channel"
            flags.append(Flag(self.name, text, "note"))
        return flags

    @once
    def _channel(self, suspension: Suspension, p: Draws) -> _Channel:
        """Return the channel with one injection in it."""
        area = p[CHANNEL_AREA]
        injections = np.maximum(np.ceil(suspension.volume / self.load - 1e-9), 1.0)
        bare = _Channel(
            area * self.spacer,
            p[CHANNEL_LENGTH],
            JAMMING_COVERAGE * p[STICKY] * area,
            cut_off_pore(globular_diameter(self.cut_off), p[PORE_VARIATION]),
            np.ones(suspension.members),
            injections,
        )
        crowd = np.zeros(suspension.members)
        for held in suspension.populations:
            layer = self._layer(held.diameter, bare, self.cross_flow) * self.spacer
            layer = np.minimum(layer, self.spacer)
            volume = held.count / injections[:, None] * sphere_volume(held.diameter)
            zone = 2 * np.sqrt(np.pi) * p[FOCUS_SHARE] * area
            crowd = crowd + (volume / layer).sum(axis=1) / zone
        return _Channel(
            bare.void_volume, bare.length, bare.capacity, bare.pore, 1 + crowd / p[DENSEST],
            injections,
        )  # fmt: skip

    def _layer(self, diameter: Array, channel: _Channel, cross_flow: Array | float) -> Array:
        """Return the thickness of the layer of sizes (k,) or (n, k), over the spacer."""
        moved = diffusivity(diameter, self.temperature, water_viscosity(self.temperature))
        thin = layer_thickness(moved, channel.void_volume[:, None], self.spacer, cross_flow)
        return np.asarray(thin * channel.thicker[:, None])

    def _field(self, time: Array) -> Array:
        """Return the cross flow at times after focusing."""
        fallen = np.clip((time - self.hold) / self.decay, 0.0, 1.0)
        return np.asarray(self.cross_flow * (1 - fallen))

    def _gone(self, diameter: Array, time: float, channel: _Channel, p: Draws) -> Array:
        """Return how far sizes (k,) or (n, k) have gone by a time, in lengths, array (n, k)."""
        marks = (0.0, self.hold, self.hold + self.decay, np.inf)
        way = np.zeros((len(channel.length), diameter.shape[-1]))
        for first, last in pairwise(marks):
            span = min(last, time) - first
            if span <= 0:
                continue
            for node, weight in zip(NODES, WEIGHTS, strict=True):
                field = float(self._field(np.array(first + node * span)))
                way = way + weight * span * self._speed(diameter, field, channel, p)
        return way

    def _speed(self, diameter: Array, field: Array | float, channel: _Channel, p: Draws) -> Array:
        """Return lengths of the channel a second, array (n, k)."""
        layer = self._layer(diameter, channel, field)
        ratio = retention_ratio(layer, diameter / 2 / self.spacer, p[STERIC][:, None])
        return np.asarray(ratio / void_time(channel.void_volume[:, None], self.out_flow, field))

    def _cut(self, diameter: Array, channel: _Channel, p: Draws) -> Array:
        """Return the share of what elutes that is in the fraction, array (n, k)."""
        moved = diffusivity(diameter, self.temperature, water_viscosity(self.temperature))
        layer = self._layer(diameter, channel, self.cross_flow)
        ratio = retention_ratio(layer, diameter / 2 / self.spacer, p[STERIC][:, None])
        quick = channel.length / void_time(channel.void_volume, self.out_flow, self.cross_flow)
        plate = plate_height(ratio, layer, moved, quick[:, None], self.spacer)
        spread = np.sqrt(plate / channel.length[:, None] + p[FOCUS_SHARE][:, None] ** 2)
        start, end = (
            self._gone(diameter, time, channel, p) for time in (self.collect_from, self.collect_to)
        )
        return crossed_share(start, end, spread)

    def _passed(self, diameter: Array, channel: _Channel, p: Draws) -> Array:
        """Return the share that has gone through the membrane of the channel, array (n, k)."""
        layer = np.maximum(self._layer(diameter, channel, self.cross_flow), 1e-9)
        at_wall = 1 / (layer * -np.expm1(-1 / np.minimum(layer, 1e3)))
        sizes = np.broadcast_to(diameter, layer.shape)
        passing = np.minimum(sieving(sizes, channel.pore, p[PORE_VARIATION]) * at_wall, 1.0)
        crossed = (self.cross_flow + self.out_flow) * self.focus_time
        crossed = crossed + self.cross_flow * min(self.collect_to, self.hold + self.decay / 2)
        return np.asarray(1 - washed_out(passing, (crossed / channel.void_volume)[:, None]))

    def _stuck(self, population: Population, channel: _Channel, p: Draws) -> Array:
        """Return the share that sticks to the membrane, array (n, k)."""
        touched = p[CAPTURE] * p[STICKY] * (self.focus_time + self.collect_to)
        caught = -np.expm1(-touched)
        each = population.count / channel.injections[:, None]
        wanted = (each * np.pi / 4 * population.diameter**2).sum(axis=1) * caught
        fits = np.divide(
            channel.capacity, wanted, out=np.ones_like(wanted), where=wanted > channel.capacity
        )
        return np.broadcast_to((caught * fits)[:, None], each.shape)

    def _dissolved(self, radius: Array, channel: _Channel, p: Draws) -> Array:
        """Return the share of dissolved molecules in the fraction, array (n,)."""
        size = 2 * radius[:, None]
        kept = 1 - self._passed(size, channel, p)
        return np.asarray((kept * self._cut(size, channel, p))[:, 0])

    def _leaving(self, diameter: float, channel: _Channel, p: Draws) -> Array:
        """Return when the middle of a peak leaves, array (n,) [s], at most a day."""
        times = np.concatenate([np.linspace(0.0, 14400.0, 240, endpoint=False),
                                np.linspace(14400.0, DAY, 120)])  # fmt: skip
        speed = self._speed(np.array([diameter]), self._field(times), channel, p)
        steps = np.diff(times) * (speed[:, 1:] + speed[:, :-1]) / 2
        gone = np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)
        after = np.maximum(np.argmax(gone >= 1, axis=1), 1)
        members = np.arange(len(gone))
        a, b = gone[members, after - 1], gone[members, after]
        part = np.divide(1 - a, b - a, out=np.zeros_like(a), where=b > a)
        reached = times[after - 1] + part * (times[after] - times[after - 1])
        return np.where(gone[:, -1] >= 1, reached, DAY)

    def _resources(self, channel: _Channel, p: Draws) -> Resources:
        injections = float(np.median(channel.injections))
        hands_on = injections * float(np.median(p[HANDS_ON]))
        each = self.focus_time + max(self.collect_to, self.hold + self.decay) + 600.0
        liquid = injections * each * (self.out_flow + self.cross_flow) * 1e3
        used = {"channel run": injections, "carrier [L]": liquid}
        return Resources(time=injections * each + hands_on, hands_on=hands_on, consumables=used)
