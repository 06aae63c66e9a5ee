"""How unevenly vesicles reach the cells around a vessel: a Krogh cylinder that takes them up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ive, kve

__all__ = ["exposure_variation", "joint_variation", "penetration_depth"]

Array = NDArray[np.float64]

RINGS = 64


def penetration_depth(diffusivity: Array | float, removal: Array | float) -> Array:
    r"""Return how far particles get before they are taken up, array [m].

    Parameters
    ----------
    diffusivity : array [m^2/s]
        In the tissue.
    removal : array [1/s]
        First-order, irreversible uptake.

    Equation
    --------
    L = \sqrt{\frac{D}{k}}

    Symbols
    -------
    L : returned
    D : diffusivity
    k : removal

    Examples
    --------
    >>> float(penetration_depth(4e-13, 1e-3))
    2e-05
    """
    return np.asarray(np.sqrt(np.asarray(diffusivity, dtype=float) / removal))


def exposure_variation(depth: Array | float, vessel: Array | float, tissue: Array | float) -> Array:
    r"""Return the coefficient of variation, over the cells around a vessel, of what each meets.

    Parameters
    ----------
    depth : array (n,) [m]
        Penetration depth sqrt(D / k).
    vessel : array (n,) [m]
        Radius of the vessel.
    tissue : array (n,) [m]
        Radius of the tissue that it serves.

    Returns
    -------
    array (n,) [1]
        0 for even exposure (depth far above the spacing of vessels).

    Equation
    --------
    v = \frac{\sigma_c}{\bar{c}}, \quad c(r) \propto I_0 \left(\frac{r}{L}\right) K_1
    \left(\frac{R}{L}\right) + K_0 \left(\frac{r}{L}\right) I_1 \left(\frac{R}{L}\right), \quad
    r_v \le r \le R

    Symbols
    -------
    v : returned
    L : depth
    r_v : vessel
    R : tissue
    I, K : modified Bessel functions

    Notes
    -----
    In the cylinder, (D/r) d/dr(r dc/dr) = k c with no flux at the outer radius R. The *time
    integral* of the concentration obeys the same steady equation whatever the time course at the
    wall, while uptake is first-order: this is the spread of the total exposure. The binding-site
    barrier appears as a small L. Cells are uniform over the area; convection and necrosis are left
    out. Exponentially scaled Bessel functions keep a thin layer from overflowing.

    References
    ----------
    Krogh A. J Physiol 1919;52:409-415. doi:10.1113/jphysiol.1919.sp001839
    Thurber GM, Schmidt MM, Wittrup KD. Trends Pharmacol Sci 2008;29:57-61.
    doi:10.1016/j.tips.2007.11.004

    Examples
    --------
    >>> [round(float(exposure_variation(L, 8e-6, 75e-6)), 2) for L in (1e-2, 40e-6, 20e-6)]
    [0.0, 0.46, 1.27]
    """
    depth, vessel, tissue = (
        np.asarray(item, dtype=float)[..., None]
        for item in np.broadcast_arrays(depth, vessel, tissue)
    )
    # Rings of equal area, at their mid-radii.
    share = (np.arange(RINGS) + 0.5) / RINGS
    radius = np.sqrt(vessel**2 + share * (tissue**2 - vessel**2))
    near, far = radius / depth, tissue / depth
    # Both terms relative to the first ring, which has the most: it then never underflows.
    start = near[..., :1]
    outward = ive(0, near) * kve(1, far) * np.exp(near + start - 2.0 * far)
    inward = kve(0, near) * ive(1, far) * np.exp(start - near)
    concentration = outward + inward
    mean = concentration.mean(axis=-1)
    return np.asarray(concentration.std(axis=-1) / mean)


def joint_variation(*variations: Array | float) -> Array:
    r"""Return the coefficient of variation of a product of independent factors.

    Equation
    --------
    1 + v^2 = \prod_i \left(1 + v_i^2\right)

    Symbols
    -------
    v : returned
    v_i : variations of the factors

    Notes
    -----
    Exact for independent factors of mean 1.

    Examples
    --------
    >>> round(float(joint_variation(1.0, 1.0)), 4)
    1.7321
    """
    product = np.ones(())
    for variation in variations:
        product = product * (1.0 + np.asarray(variation, dtype=float) ** 2)
    return np.asarray(np.sqrt(product - 1.0))
