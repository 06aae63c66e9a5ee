"""Growth of a tumour that nothing treats, and the division of its cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SHARPNESS", "division_rate", "relative_growth"]

Array = NDArray[np.float64]

SHARPNESS = 20
"""Exponent of the switch from exponential to linear growth, as in Simeoni 2004."""


def relative_growth(
    volume: Array | float,
    exponential: Array | float,
    linear: Array | float,
    sharpness: int = SHARPNESS,
) -> Array:
    r"""Return the growth rate of an untreated tumour, relative to its volume.

    Parameters
    ----------
    volume : array [m^3]
        Tumour volume.
    exponential : array [1/s]
        Rate of a small tumour.
    linear : array [m^3/s]
        Growth of a large one.
    sharpness : int
        Exponent of the switch between them.

    Returns
    -------
    array [1/s]
        lambda_0 / [1 + (lambda_0 V / lambda_1)^psi]^(1/psi).

    Equation
    --------
    g(V) = \frac{\lambda_0}{\left[1 + (\lambda_0 V / \lambda_1)^\psi\right]^{1/\psi}}

    Symbols
    -------
    g : returned
    V : volume
    \lambda_0 : exponential
    \lambda_1 : linear
    \psi : sharpness

    Notes
    -----
    Exponential below the volume lambda_1 / lambda_0, linear above. Five laws were compared over ten
    tumour types and none wins (Sarapata and de Pillis 2013, arXiv:1312.4857); over a week or two
    and far below the switch they do not differ.

    References
    ----------
    Simeoni M et al. Cancer Res 2004;64:1094-1101, the unperturbed model.
    doi:10.1158/0008-5472.CAN-03-2524

    Examples
    --------
    >>> [round(float(relative_growth(v, 0.3, 0.8)) * v, 3) for v in (0.1, 100.0)]
    [0.03, 0.8]
    """
    volume = np.maximum(np.asarray(volume, dtype=float), 0.0)
    exponential = np.asarray(exponential, dtype=float)
    ratio = exponential * volume / linear
    # max(1, ratio) is taken out of the root, so that the power cannot overflow.
    large = np.maximum(ratio, 1.0)
    inside = (1.0 / large) ** sharpness + (ratio / large) ** sharpness
    return np.asarray(exponential / (large * inside ** (1.0 / sharpness)))


def division_rate(growth: Array | float, cell_loss_factor: Array | float) -> Array:
    r"""Return how often cells divide in a tumour that grows at a net rate.

    Parameters
    ----------
    growth : array [1/s]
        Net growth relative to the volume.
    cell_loss_factor : array [1]
        Share of the cells born that are lost; below 1.

    Returns
    -------
    array [1/s]
        Birth rate, growth / (1 - loss factor).

    Equation
    --------
    b = \frac{g}{1 - \phi}

    Symbols
    -------
    b : returned
    g : growth
    \phi : cell_loss_factor

    Notes
    -----
    Copies inside a cell are diluted by its own divisions, not by the net growth of the tumour: what
    dies takes its copies along and leaves the others' unchanged. The cell loss factor is
    phi = 1 - T_pot / T_d.

    References
    ----------
    Steel GG. Cell loss as a factor in the growth rate of human tumours. Eur J Cancer
    1967;3:381-387.

    Examples
    --------
    >>> float(division_rate(0.5, 0.75))
    2.0
    """
    return np.asarray(np.asarray(growth, dtype=float) / (1.0 - np.asarray(cell_loss_factor)))
