"""How fast a phagocyte can meet and take a vesicle out of plasma: a diffusion ceiling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "brownian_diffusivity",
    "encounter_ceiling",
    "uptake_clearance",
]

Array = NDArray[np.float64]

BOLTZMANN = 1.380649e-23
"""Boltzmann constant [J/K], exact in the SI."""


def brownian_diffusivity(
    diameter: Array | float, viscosity: Array | float, temperature: Array | float = 310.15
) -> Array:
    r"""Return the diffusion coefficient of a sphere in a liquid.

    Parameters
    ----------
    diameter : array (..., k) [m]
        Hydrodynamic diameter.
    viscosity : array, broadcastable [Pa*s]
        Of the suspending liquid: plasma, not blood.
    temperature : array, broadcastable [K]
        Absolute temperature.

    Returns
    -------
    array (..., k) [m^2/s]

    Equation
    --------
    D = \frac{k_B T}{3 \pi \eta d}

    Symbols
    -------
    D : returned
    d : diameter
    \eta : viscosity
    T : temperature
    k_B : Boltzmann constant

    Notes
    -----
    Valid for spheres far larger than the molecules of the liquid.

    References
    ----------
    Einstein A. Ann Phys 1905;322:549-560. doi:10.1002/andp.19053220806

    Examples
    --------
    >>> f"{float(brownian_diffusivity(100e-9, 1.2e-3)):.2e}"
    '3.79e-12'
    """
    diameter = np.asarray(diameter, dtype=float)
    return np.asarray(BOLTZMANN * temperature / (3 * np.pi * viscosity * diameter))


def encounter_ceiling(
    diffusivity: Array | float,
    cell_radius: Array | float,
    sherwood: Array | float = 1.0,
    exposed: Array | float = 1.0,
) -> Array:
    r"""Return the largest clearance that diffusion to one cell allows.

    Parameters
    ----------
    diffusivity : array [m^2/s]
        Of the vesicle in plasma.
    cell_radius : array [m]
        Radius of the sphere that has the cell's exposed surface.
    sherwood : array [1]
        Flux relative to a sphere in liquid at rest: flow raises it, crowding in a narrow sinusoid
        lowers it.
    exposed : array [1]
        Share of encounters in which nothing (a coat of PEG) hides the vesicle, at most 1.

    Returns
    -------
    array [m^3/s]
        Plasma cleared by one cell.

    Equation
    --------
    \kappa_\mathrm{max} = 4 \pi D R \, \mathrm{Sh} \, s

    Symbols
    -------
    \kappa_\mathrm{max} : returned
    D : diffusivity
    R : cell_radius
    \mathrm{Sh} : sherwood
    s : exposed

    References
    ----------
    Smoluchowski M. Z Phys Chem 1917;92:129-168. doi:10.1515/zpch-1918-9209

    Examples
    --------
    1.9e-8 mL/min for a 100 nm vesicle and a cell of 13 micrometres:

    >>> ceiling = encounter_ceiling(brownian_diffusivity(100e-9, 1.2e-3), 6.5e-6)
    >>> f"{float(ceiling) * 60e6:.2e}"
    '1.86e-08'
    """
    return np.asarray(4 * np.pi * np.asarray(diffusivity) * cell_radius * sherwood * exposed)


def uptake_clearance(ceiling: Array | float, reaction: Array | float) -> Array:
    r"""Return the clearance of one cell when diffusion and binding act in series.

    Parameters
    ----------
    ceiling : array [m^3/s]
        From `encounter_ceiling`.
    reaction : array [m^3/s]
        Association rate constant times free receptors of a cell (k_on times sites).

    Returns
    -------
    array [m^3/s]
        Never above either of the two; zero where either is zero.

    Equation
    --------
    \frac{1}{\kappa} = \frac{1}{\kappa_\mathrm{max}} + \frac{1}{k_\mathrm{on} n}

    Symbols
    -------
    \kappa : returned
    \kappa_\mathrm{max} : ceiling
    k_\mathrm{on} n : reaction

    Notes
    -----
    The steady flux to a sphere whose surface reacts.

    References
    ----------
    Collins FC, Kimball GE. J Colloid Sci 1949;4:425-437. doi:10.1016/0095-8522(49)90023-9

    Examples
    --------
    >>> float(uptake_clearance(2.0, 2.0)), float(uptake_clearance(0.0, 5.0))
    (1.0, 0.0)
    """
    ceiling, reaction = np.asarray(ceiling, dtype=float), np.asarray(reaction, dtype=float)
    total = ceiling + reaction
    return np.asarray(
        np.divide(ceiling * reaction, total, out=np.zeros_like(total), where=total > 0)
    )
