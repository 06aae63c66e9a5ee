"""Molecules that go into a membrane from outside, and how much of it a chain covers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["chain_equivalents", "inserted_copies"]

Array = NDArray[np.float64]


def inserted_copies(
    added: Array | float, share: Array | float, capacity: Array | float, area: Array | float
) -> Array:
    r"""Return molecules per area of membrane after insertion.

    Parameters
    ----------
    added : array [copy]
        Molecules in the tube.
    share : array [1]
        Share of them that inserts while there is room.
    capacity : array [1/m^2]
        Molecules per area of a membrane that takes no more.
    area : array [m^2]
        All membrane in the tube.

    Returns
    -------
    array [1/m^2]
        Never above the capacity, nor above what was added; 0 without membrane.

    Equation
    --------
    \sigma = \sigma_m \left[1 - \exp\left(-\frac{y N}{\sigma_m A}\right)\right]

    Symbols
    -------
    \sigma : returned
    \sigma_m : capacity
    y : share
    N : added
    A : area

    Notes
    -----
    Each molecule tries once, and finds room with the share that is free.

    Examples
    --------
    >>> float(inserted_copies(0.0, 0.5, 1e16, 1e-3))
    0.0
    >>> round(float(inserted_copies(1e10, 0.5, 1e16, 1e-3)) * 1e-3 / 1e10, 4)
    0.4999
    """
    tried, area = np.broadcast_arrays(np.asarray(share, float) * added, np.asarray(area, float))
    room = np.broadcast_to(np.asarray(capacity, float), tried.shape)
    per_area = np.divide(tried, area, out=np.zeros(tried.shape), where=area > 0)
    filled = np.divide(per_area, room, out=np.zeros(tried.shape), where=room > 0)
    return np.asarray(room * -np.expm1(-filled))


def chain_equivalents(mass: Array | float, reference: Array | float) -> Array:
    r"""Return how many chains of a reference mass cover as much membrane as one chain.

    Parameters
    ----------
    mass, reference : array [kg/mol]
        Of the chain, and of the reference.

    Returns
    -------
    array [1]

    Equation
    --------
    e = \left(\frac{M}{M_0}\right)^{6/5}

    Symbols
    -------
    e : returned
    M : mass
    M_0 : reference

    Notes
    -----
    The area under a coil in a good solvent, its radius going with mass to the power 3/5 (Flory).

    References
    ----------
    de Gennes PG. Macromolecules 1980;13:1069-1075. doi:10.1021/ma60077a009 (recalled)

    Examples
    --------
    >>> float(chain_equivalents(2.0, 2.0)), round(float(chain_equivalents(5.0, 2.0)), 2)
    (1.0, 3.0)
    """
    return np.asarray((np.asarray(mass, float) / reference) ** 1.2)
