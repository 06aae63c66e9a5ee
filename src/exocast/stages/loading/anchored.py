"""What steps hold on the outside of vesicles, and the surface properties that say for how long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.material.suspension import Population

__all__ = ["adsorbed_of", "anchored_by", "degradation_of", "desorption_of", "with_anchored"]

Array = NDArray[np.float64]


def desorption_of(cargo: str) -> str:
    """Return the surface property that says how fast plasma draws a cargo off.

    A population that has it holds what is attached; without it, cargo is only adsorbed.

    Examples
    --------
    >>> desorption_of("siRNA"), degradation_of("siRNA")
    ('attached.siRNA.desorption', 'attached.siRNA.degradation')
    """
    return f"attached.{cargo}.desorption"


def degradation_of(cargo: str) -> str:
    """Return the surface property that says how fast enzymes of plasma destroy it there."""
    return f"attached.{cargo}.degradation"


def adsorbed_of(cargo: str) -> str:
    """Return the surface property that says which share of what is attached is adsorbed alone."""
    return f"adsorbed.{cargo}"


def with_anchored(
    population: Population, cargo: str, share: Array, desorption: Array, degradation: Array
) -> Population:
    """Return particles whose attached cargo is held, a share (n,) of it by what came last.

    Parameters
    ----------
    population : Population
        With the cargo attached already.
    cargo : str
        What is attached.
    share : array (n,) [1]
        New copies over all that are held.
    desorption, degradation : array (n,) [1/s]
        Of the new copies; older ones keep theirs, and the property is the mean.
    """
    surface = dict(population.surface)
    for name, rate in ((desorption_of(cargo), desorption), (degradation_of(cargo), degradation)):
        surface[name] = share * rate + (1.0 - share) * surface.get(name, rate)
    if (loose := adsorbed_of(cargo)) in surface:
        surface[loose] = (1.0 - share) * surface[loose]
    return replace(population, surface=surface)


def anchored_by(steps: Iterable[Any]) -> tuple[str, ...]:
    """Return the cargoes that steps hold on the outside of vesicles."""
    return tuple(dict.fromkeys(name for step in steps for name in getattr(step, "anchors", ())))
