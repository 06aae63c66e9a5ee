"""Cationic reagents: how much nucleic acid they bind, and what of it comes onto vesicles."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.aggregation import collision_kernel

__all__ = ["adsorbed_share", "complexed_share"]

Array = NDArray[np.float64]


def complexed_share(charge_ratio: ArrayLike, needed: ArrayLike) -> Array:
    r"""Return the share of a nucleic acid that a cationic reagent has bound [1].

    Parameters
    ----------
    charge_ratio : array [1]
        Positive charges of the reagent over phosphates (N/P).
    needed : array [1]
        Ratio at which all is bound; above one where charges of the reagent are out of reach.

    Equation
    --------
    f = \min\left(\frac{r}{r_0}, \, 1\right)

    Symbols
    -------
    f : returned
    r : charge_ratio
    r_0 : needed

    Notes
    -----
    Binding is strong in ordinary saline, so that a titration is two straight lines.

    References
    ----------
    Electroneutrality of a polyelectrolyte complex (textbook).

    Examples
    --------
    >>> complexed_share(np.array([0.5, 5.0]), 2.0).tolist()
    [0.25, 1.0]
    """
    return np.asarray(np.minimum(np.asarray(charge_ratio, float) / needed, 1.0))


def adsorbed_share(
    concentration: ArrayLike,
    diameter: ArrayLike,
    complex_diameter: ArrayLike,
    time: float,
    stability: ArrayLike,
    temperature: float,
    viscosity: float,
) -> Array:
    r"""Return the share of complexes that met a vesicle and stuck to it [1].

    Parameters
    ----------
    concentration : array (n, k) [1/m^3]
        Vesicles of each size.
    diameter : array (k,) [m]
        Of the vesicles.
    complex_diameter : array (n,) [m]
        Of the complexes.
    time : float [s]
        That they are together.
    stability : array (n,) [1]
        Encounters for each one that sticks.
    temperature : float [K]
        Of the liquid.
    viscosity : float [Pa s]
        Of the liquid.

    Returns
    -------
    array (n, k)
        By the size of the vesicle that they stick to.

    Equation
    --------
    f_k = \frac{K_k n_k}{\sum_j K_j n_j} \left(1 - e^{-t \sum_j K_j n_j / W}\right)

    Symbols
    -------
    f_k : returned
    K_k : collision_kernel of diameter and complex_diameter, by temperature and viscosity
    n_k : concentration
    t : time
    W : stability

    References
    ----------
    Smoluchowski 1917, for unlike particles (recalled).

    Examples
    --------
    >>> f = adsorbed_share(np.array([[1e17]]), np.array([1e-7]), np.array([1e-7]), 60.0,
    ...     np.array([100.0]), 298.15, 0.89e-3)
    >>> round(float(f[0, 0]), 2)
    0.52
    """
    kernel = collision_kernel(
        np.asarray(diameter)[None, :], np.asarray(complex_diameter)[:, None], temperature, viscosity
    )
    meeting = kernel * np.asarray(concentration, float)
    whole = meeting.sum(axis=1, keepdims=True)
    stuck = -np.expm1(-time * whole / np.asarray(stability, float)[:, None])
    part = np.divide(meeting, whole, out=np.zeros(meeting.shape), where=whole > 0)
    return np.asarray(part * stuck)
