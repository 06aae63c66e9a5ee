"""What a bed or a channel holds back of rigid particles, because they are too wide for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.straining import bed_height, unstrained_share
from exocast.material.suspension import LIPOPROTEINS, Population

__all__ = ["BED_PARAMETERS", "STRAINED", "through_bed", "through_channel"]

Array = NDArray[np.float64]

STRAINED = "strained by the bed"
"""The cause, as the ledger names it."""
REFERENCE_BED = 1e-5
"""Bed that the height is given for [m^3]."""

HEIGHT = Parameter("isolation.bed.height", "m", "Height of a packed bed of 10 mL.")
STEEPNESS = Parameter(
    "isolation.bed.steepness", "1",
    "Share of rigid particles that a layer of one bead holds, by how far the ratio of diameters is "
    "above the one from which beads strain.",
)  # fmt: skip
BED_PARAMETERS = (HEIGHT, STEEPNESS)


def through_bed(population: Population, bead: Array, bed: float, p: Draws) -> Array:
    """Return the share of each size that a bed of beads lets through, array (n, k).

    Parameters
    ----------
    population : Population
        Vesicles and lipoproteins give way and pass.
    bead : array (n,) [m]
        Diameter of the beads.
    bed : float [m^3]
        Volume of the bed.
    p : Draws
        With `BED_PARAMETERS`.
    """
    if not _rigid(population):
        return np.ones(population.count.shape)
    height = bed_height(bed, p[HEIGHT], REFERENCE_BED)
    return unstrained_share(
        population.diameter, bead[:, None], height[:, None], p[STEEPNESS][:, None]
    )


def through_channel(population: Population, width: Array | float) -> Array:
    """Return 1 for sizes narrower than a channel (n, 1), 0 for rigid ones that are not, (n, k)."""
    if not _rigid(population):
        return np.ones(population.count.shape)
    passed = population.diameter < np.asarray(width)
    return np.broadcast_to(passed, population.count.shape).astype(float)


def _rigid(population: Population) -> bool:
    """Return whether particles of a kind keep their shape where it is narrow."""
    return not population.vesicular and population.kind not in LIPOPROTEINS
