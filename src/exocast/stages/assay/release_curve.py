"""Release curve: what comes out of vesicles in time, as a dialysis bag shows it and as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.release import binding_pools, exchanged
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.loading.cargo import cargo_context, unknown_cargo
from exocast.stages.loading.release import (
    FIXED,
    NEUTRAL_PH,
    RELEASE_PARAMETERS,
    SPREAD,
    hold,
    leaves,
    release_needs,
    trap_of,
)

__all__ = ["ReleaseCurve"]

Array = NDArray[np.float64]

HOUR = 3600.0
SAMPLES = (1 / 48, 1 / 24, 1 / 12, 1 / 6, 1 / 3, 1 / 2, 1.0)
"""Moments of sampling, as shares of the duration: 0.5 to 24 h of a day."""

HIDDEN = 0.5
"""Share still in vesicles, over share still in the bag, below which the curve is the membrane's."""

MEMBRANE_TIME = Parameter(
    "assay.release_curve.membrane_time", "s",
    "Half-time with which free drug leaves the bag for a sink.",
)  # fmt: skip


@dataclass(frozen=True)
class ReleaseCurve(PreparationStep):
    r"""An aliquot is put into a bag in a sink, and drug is read outside in time.

    The tube passes unchanged. Free drug takes its time through the membrane of the bag, so that a
    slow curve need not be slow release: both are kept, what is read outside and what is out of
    vesicles.

    Equation
    --------
    \frac{d m_j}{dt} = -k_j \left(m_j - \frac{w_j V_v}{V_b} b\right), \quad \frac{d b}{dt} =
    \sum_j k_j \left(m_j - \frac{w_j V_v}{V_b} b\right) - g \left(\frac{b}{V_b} - \frac{s}{V_s}
    \right), \quad g = \frac{V_b \ln 2}{\tau}

    Symbols
    -------
    m_j : copies in the vesicles' pool j
    b, s : copies free in the bag, and in the sink
    w_j : shares of binding_pools
    k_j : rates of the pools: in_series of crossing and desorption_rate, by binding_spread
    V_v : liquid that holds as much as all vesicles of the aliquot [m^3]
    V_b, V_s : liquid of the bag, and sink [m^3]
    \tau : membrane_time

    Notes
    -----
    Exact (`laws.release.exchanged`), with bindings in their linear range. At a pH apart from 7.4
    the lumen takes it on within minutes, unless a gradient is held there: a base crosses more
    slowly in acid, and binds lipid differently. Degradation in the sink is not followed.
    """

    stage: ClassVar[str] = "assay"
    method: ClassVar[str] = "release_curve"
    title: ClassVar[str] = "release curve"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (*RELEASE_PARAMETERS, MEMBRANE_TIME)

    cargo: str = setting("doxorubicin", doc="Small cargo that is followed.")
    ph: float = setting(
        7.4, unit="1", low=4.0, high=9.0, doc="Acidity of the sink and of the bag, as pH.",
        source="release_practice", moves="out of vesicles",
    )  # fmt: skip
    temperature: float = setting(
        310.15, unit="K", low=273.15, high=323.15, doc="Temperature of the sink.",
        source="release_practice", moves="out of vesicles", direction=0,
    )  # fmt: skip
    duration: float = setting(
        24 * HOUR, unit="s", low=60.0, high=14 * 24 * HOUR, doc="Time to the last sample.",
        source="release_practice", moves="released", direction=1,
    )  # fmt: skip
    sample: float = setting(
        5e-7, unit="m^3", low=1e-9, high=1e-4, doc="Liquid of the aliquot in the bag.",
        source="release_practice", moves="released", direction=-1,
    )  # fmt: skip
    sink: float = setting(
        5e-5, unit="m^3", low=1e-8, high=1e-2, doc="Liquid around the bag.",
        source="release_practice", moves="released", direction=1,
    )  # fmt: skip
    bag: str = setting(
        "dialysis", choices=("dialysis", "none"), source="release_practice",
        doc="A dialysis membrane around the aliquot, or none: it is diluted into the sink.",
        moves="released",
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the cargo and its kind."""
        return cargo_context(self.cargo)

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        if unknown_cargo(self.cargo) or leaves(self.cargo):
            return unknown_cargo(self.cargo)
        words = (
            f"`{self.cargo}` does not cross membranes: it stays until a vesicle breaks. Release is "
            "followed of small molecules"
        )
        return [words]

    def needs(self) -> list[Need]:
        """Return what the release of this cargo needs, and the membrane of the bag."""
        mine = [Need(MEMBRANE_TIME)] if self.bag == "dialysis" else []
        return [*release_needs(self.cargo), *mine]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube as it was, with the curve as notes."""
        times = self.duration * np.asarray(SAMPLES)
        outside, out = self.curve(suspension, times, p)
        notes = {
            f"{self.cargo} released, as read at the end [1]": outside[:, -1],
            f"{self.cargo} out of vesicles at the first sample [1]": out[:, 0],
        }
        for index, time in enumerate(times):
            notes[f"{self.cargo} released by {time / HOUR:.3g} h, as read [1]"] = outside[:, index]
            notes[f"{self.cargo} out of vesicles by {time / HOUR:.3g} h [1]"] = out[:, index]
        consumables = {"dialysis cassette": 1.0} if self.bag == "dialysis" else {"tube": 1.0}
        resources = Resources(self.duration + 1800.0, 1800.0 + 300.0 * len(times), consumables)
        return suspension, Exchange(resources=resources, notes=notes)

    def curve(self, suspension: Suspension, times: Array, p: Draws) -> tuple[Array, Array]:
        """Return what is read outside the bag, and what is out of vesicles, by times (n, t) [1].

        Both are shares of all cargo of the aliquot that is not precipitate. Of a tube that holds
        none, of a trace that begins in vesicles.
        """
        room, rate, liquid = self._rooms(suspension, p)
        pools, free = self._start(suspension)
        factor, shares = binding_pools(p[SPREAD])
        speed = factor * rate[:, None]
        room = np.maximum(room, 1e-12 * liquid)  # without vesicles: next to no room in them
        capacity = [*(shares[:, None] * room), liquid]
        start = [*(shares[:, None] * pools), free]
        last = len(shares)
        count = last + (2 if self.bag == "dialysis" else 1)
        between = np.zeros((suspension.members, count, count))
        between[:, :last, last] = between[:, last, :last] = speed * np.stack(capacity[:last], 1)
        sink = np.full(suspension.members, self.sink)
        if self.bag == "dialysis":
            passing = liquid * np.log(2.0) / p[MEMBRANE_TIME]
            between[:, last, last + 1] = between[:, last + 1, last] = passing
            capacity, start = [*capacity, sink], [*start, np.zeros(suspension.members)]
        else:
            capacity[last] = liquid + sink
        amount = exchanged(np.stack(capacity, 1), between, np.stack(start, 1), times)
        whole = (pools + free)[:, None]
        parts = (amount[:, :, -1], whole - amount[:, :, :last].sum(axis=2))
        read, out = (
            np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0) for part in parts
        )  # fmt: skip
        return read, np.maximum(out, 0.0)

    def _rooms(self, suspension: Suspension, p: Draws) -> tuple[Array, Array, Array]:
        """Return what vesicles of the aliquot hold, how fast, and the liquid, arrays (n,)."""
        part = self._part(suspension)
        room, speed = np.zeros(suspension.members), np.zeros(suspension.members)
        liquid = np.full(suspension.members, self.sample)
        for one in suspension.populations:
            if one.kind in FIXED:
                continue
            found = hold(
                one.diameter, p, self.temperature, self.ph, kind=one.kind, vesicular=one.vesicular,
                trap=one.surface.get(trap_of(self.cargo), 1.0),
            )  # fmt: skip
            held = one.count * found.capacity() * part[:, None]
            if one.vesicular:
                room = room + held.sum(axis=1)
                speed = speed + (held * found.rate).sum(axis=1)
            else:
                liquid = liquid + held.sum(axis=1)
        rate = np.divide(speed, room, out=np.zeros_like(room), where=room > 0)
        return room, rate, liquid

    def _start(self, suspension: Suspension) -> tuple[Array, Array]:
        """Return the copies of the aliquot that are in vesicles, and outside, arrays (n,)."""
        part, inside = self._part(suspension), np.zeros(suspension.members)
        outside = suspension.free.get(self.cargo, np.zeros(suspension.members))
        for one in suspension.populations:
            if one.kind not in FIXED:
                outside = outside + one.copies(self.cargo, "attached")
                inside = inside + (one.copies(self.cargo) if one.vesicular else 0.0)
        whole = part * (inside + outside)
        return np.where(whole > 0, part * inside, 1.0), np.where(whole > 0, part * outside, 0.0)

    def _part(self, suspension: Suspension) -> Array:
        """Return the aliquot over the tube, array (n,) [1]; 0 where there is no liquid."""
        volume = np.asarray(suspension.volume, float)
        whole = np.divide(self.sample, volume, out=np.zeros_like(volume), where=volume > 0)
        return np.asarray(np.minimum(whole, 1.0))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a curve that shows the membrane of the bag, and a base at another pH."""
        flags = []
        times = self.duration * np.asarray(SAMPLES)
        read, out = self.curve(suspension, times, p)
        middle = read.shape[1] // 2
        inside, held = 1.0 - out[:, middle], 1.0 - read[:, middle]
        there = (read[:, -1] > 0) & (held > 0)
        if there.any() and float(np.median(inside[there] / held[there])) < HIDDEN:
            message = (
                "most of what the bag still holds is free in it: the curve is that of the membrane "
                "more than of the vesicles. Run free drug in the same bag, and compare"
            )
            flags.append(Flag(self.name, message))
        if self.ph != NEUTRAL_PH and any(trap_of(self.cargo) in o.surface
                                         for o in suspension.populations):  # fmt: skip
            message = "the pH outside changes the gradient that holds the drug: that is left out"
            flags.append(Flag(self.name, message))
        return flags
