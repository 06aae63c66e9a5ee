"""What a carrier of one size has of a molecule on its surface, and what is left of it in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.engine.expression import exp
from exocast.engine.network import Expression
from exocast.laws.displayed_copies import displaying
from exocast.material.carrier import Carrier
from exocast.material.wiring import Wiring

__all__ = ["copies_on", "displayed_on", "left_in_time"]

Array = NDArray[np.float64]


def copies_on(wiring: Wiring, carrier: Carrier, name: str) -> Array:
    """Return copies of a surface property on one particle of a carrier, array (n,).

    What a population carries on average sits on its surface, so that large ones have more.
    """
    held = carrier.surface.get(name)
    if held is None:
        return np.zeros(wiring.members)
    kin = [one for one in wiring.carriers if one.kind == carrier.kind]
    count = np.stack([one.count for one in kin])
    area = np.stack([one.average(one.grid**2) for one in kin])
    total = count.sum(axis=0)
    whole = np.where(total > 0, (count * area).sum(axis=0), area.mean(axis=0))
    mean = whole / np.where(total > 0, total, 1.0)
    return np.asarray(held * carrier.average(carrier.grid**2) / mean)


def displayed_on(wiring: Wiring, carrier: Carrier, name: str) -> tuple[Array, Array]:
    """Return the share of a carrier with any copy, and the copies on one of these, arrays (n,).

    Beside the copies, its surface may say which share was given any (``<name>.share``) and how
    widely their copies spread (``<name>.dispersion``).
    """
    given = carrier.surface.get(f"{name}.share", 1.0)
    wide = carrier.surface.get(f"{name}.dispersion", 0.0)
    return displaying(copies_on(wiring, carrier, name), given, wide)


def left_in_time(wiring: Wiring, name: str) -> Expression | None:
    """Return the share of a molecule's copies that its anchor still holds, or None for all.

    ``<name>.desorption`` is the rate at which plasma draws the anchor out. Time runs from the last
    dose: what an earlier one has left has less than that, and is the smaller part of what is there.
    """
    rates = [one.surface.get(f"{name}.desorption") for one in wiring.carriers]
    found = [rate for rate in rates if rate is not None]
    if not found:
        return None
    count = np.stack([one.count for one in wiring.carriers])
    each = np.stack([np.zeros(wiring.members) if rate is None else rate for rate in rates])
    mean = (count * each).sum(axis=0) / np.maximum(count.sum(axis=0), 1e-300)
    rate = wiring.parameter(f"{name}.desorption", mean)
    network, times = wiring.network, wiring.study.times
    start: Expression | float = times[0]
    if len(times) > 1:
        start = network.table(times, times, "step")
    return exp(-1.0 * rate * (network.time() - start))
