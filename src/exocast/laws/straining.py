"""Straining: what a bed of beads, or a channel, holds back because it is too wide to pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["bed_height", "unstrained_share"]

Array = NDArray[np.float64]

WEDGE = 0.008
"""Diameter over that of a bead below which a bed strained nothing: Xu, Gao and Saiers 2006."""
THROAT = 2 / np.sqrt(3) - 1
"""Diameter over that of three touching beads of the sphere that fits between them."""


def unstrained_share(
    diameter: ArrayLike, bead: ArrayLike, height: ArrayLike, steepness: ArrayLike
) -> Array:
    r"""Return the share of rigid particles that a bed of beads lets through [1].

    Parameters
    ----------
    diameter : array (k,) [m]
        Of the particles.
    bead : array (n, 1) [m]
        Diameter of the beads.
    height : array (n, 1) [m]
        Of the bed.
    steepness : array (n, 1) [1]
        Share held by a layer of one bead, by how far the ratio of diameters is above its threshold.

    Returns
    -------
    array (n, k) [1]

    Equation
    --------
    s = \exp\left[-\frac{L}{d_g} \, \beta \, \max\left(\frac{d}{d_g} - r_0, \, 0\right)\right]
    \quad \text{and} \quad s = 0 \quad \text{for} \quad \frac{d}{d_g} \ge \frac{2}{\sqrt{3}} - 1

    Symbols
    -------
    s : returned
    L : height
    d_g : bead
    \beta : steepness
    d : diameter
    r_0 : 0.008, below which nothing was strained

    Notes
    -----
    A rigid particle wedges where beads nearly touch; what is wider than the throat between three
    beads lies on top of the bed. Drug and beads are taken not to stick to each other, and what is
    held does not narrow the bed for the rest. The bed of the measurement was quartz sand in water
    without salt: linear in the ratio above the threshold was found, and how steep is assumed.

    References
    ----------
    Xu, Gao and Saiers 2006, Water Resour Res 42:W12S16, doi 10.1029/2006WR004948 (abstract). The
    throat is plane geometry.

    Examples
    --------
    >>> widths = np.array([2e-7, 2e-6, 2e-5])
    >>> unstrained_share(widths, 105e-6, 0.088, 0.3).round(3).tolist()
    [1.0, 0.062, 0.0]
    """
    grain = np.asarray(bead, float)
    ratio = np.asarray(diameter, float) / grain
    layers = np.asarray(height) / grain
    passed = np.exp(-layers * np.asarray(steepness) * np.maximum(ratio - WEDGE, 0.0))
    return np.asarray(np.where(ratio < THROAT, passed, 0.0))


def bed_height(bed: ArrayLike, reference: ArrayLike, volume: float) -> Array:
    r"""Return the height of a bed of the same shape as one that is known [m].

    Parameters
    ----------
    bed : array [m^3]
        Volume of the bed.
    reference : array (n,) [m]
        Height of the known one.
    volume : float [m^3]
        Its volume.

    Equation
    --------
    L = L_0 \left(\frac{V}{V_0}\right)^{1/3}

    Symbols
    -------
    L : returned
    L_0 : reference
    V : bed
    V_0 : volume

    Examples
    --------
    >>> float(bed_height(8e-5, 0.07, 1e-5).round(6))
    0.14
    """
    return np.asarray(np.asarray(reference) * (np.asarray(bed) / volume) ** (1 / 3))
