"""What every way of handling a tube shares: liquid that is passed on, and copies over sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.material.suspension import Population, Suspension
from exocast.stages.account import Account

__all__ = ["concentration", "copies_by_size", "once", "passed_on"]

Array = NDArray[np.float64]
Found = TypeVar("Found")


def once(method: Callable[[Any, Suspension, Draws], Found]) -> Callable[..., Found]:
    """Work a method of a step out once for a tube and its draws: flags and yield share it.

    Parameters
    ----------
    method : callable
        Of (step, suspension, draws); what it returns must not be changed.
    """

    @wraps(method)
    def found(step: Any, suspension: Suspension, p: Draws) -> Found:
        key = (method.__qualname__, id(step), id(suspension))
        if key not in p.kept:
            # The step and the tube are held, so that no other takes their place in memory.
            p.kept[key] = (method(step, suspension, p), (step, suspension))
        return cast("Found", p.kept[key][0])

    return found


def concentration(amount: Array, volume: Array) -> Array:
    """Return amount over volume, array (n,); 0 in an empty tube."""
    return np.divide(amount, volume, out=np.zeros_like(amount), where=volume > 0)


def passed_on(
    suspension: Suspension,
    solutes: Mapping[str, Array],
    cargo: Mapping[str, Array],
    cause: str,
    account: Account,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the solutes and free cargo of which shares (n,) go on, and book the rest.

    Parameters
    ----------
    suspension : Suspension
        Before.
    solutes, cargo : mapping of str to array (n,)
        Share of each that goes on.
    cause : str
        Why the rest does not.
    account : Account
        Where that is booked.
    """
    kept, free = {}, {}
    for name, mass in suspension.solutes.items():
        kept[name] = solutes[name] * mass
        account.add(f"solute/{name}", cause, kept[name] - mass)
    for name, copies in suspension.free.items():
        free[name] = cargo[name] * copies
        account.add(f"cargo/{name}", cause, free[name] - copies)
    return kept, free


def copies_by_size(population: Population, name: str) -> Array:
    """Return copies of a surface molecule on particles of each size, array (n, k) [copy/particle].

    The mean over the kind is spread by membrane area; 0 where the kind does not have it.
    """
    mean = population.surface.get(name)
    if mean is None:
        return np.zeros_like(population.count)
    square = population.diameter**2
    total = population.total
    average = np.divide(
        (population.count * square).sum(axis=1), total,
        out=np.full_like(total, np.exp(np.log(square).mean())), where=total > 0,
    )  # fmt: skip
    return np.asarray(mean[:, None] * square / average[:, None])
