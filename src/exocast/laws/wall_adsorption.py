"""Loss of particles to the wall of a vessel: diffusion-limited, irreversible, finite capacity."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "JAMMING_COVERAGE",
    "adsorbed_fraction",
    "diffusivity",
    "slab_uptake",
    "wetted_area_per_volume",
]

Array = NDArray[np.float64]

BOLTZMANN = 1.380649e-23
JAMMING_COVERAGE = 0.547
SHORT_TIME = 0.2
HALVINGS = 20
SECANTS = 3
FULL = 1e-6
"""Share of its capacity below which a wall has no room."""


def diffusivity(diameter: ArrayLike, temperature: ArrayLike, viscosity: ArrayLike) -> Array:
    r"""Return the Stokes-Einstein diffusivity [m^2/s].

    Parameters
    ----------
    diameter : array [m]
        Hydrodynamic diameter.
    temperature : array [K]
        Of the liquid.
    viscosity : array [Pa*s]
        Of the liquid.

    Equation
    --------
    D = \frac{k_B T}{3 \pi \eta d}

    Symbols
    -------
    D : returned
    d : diameter
    T : temperature
    \eta : viscosity
    k_B : Boltzmann constant

    Examples
    --------
    >>> round(float(diffusivity(100e-9, 298.15, 0.89e-3)) * 1e12, 2)
    4.91
    """
    thermal = BOLTZMANN * np.asarray(temperature, float)
    return np.asarray(thermal / (3 * np.pi * np.asarray(viscosity) * np.asarray(diameter)))


def wetted_area_per_volume(volume: ArrayLike) -> Array:
    r"""Return the wetted wall of a vial per volume of liquid [1/m].

    Parameters
    ----------
    volume : array [m^3]
        Liquid in the vial.

    Equation
    --------
    \frac{A}{V} = \frac{5}{2 r}, \quad r = \left(\frac{V}{2 \pi}\right)^{1/3}

    Symbols
    -------
    \frac{A}{V} : returned
    V : volume

    Notes
    -----
    A cylinder filled to a height of one diameter, bottom and side wetted. Geometry, not a
    measurement of any product.

    Examples
    --------
    >>> round(float(wetted_area_per_volume(1e-6)))
    461
    """
    radius = (np.asarray(volume, float) / (2 * np.pi)) ** (1 / 3)
    return np.asarray(2.5 / radius)


def slab_uptake(reduced_time: ArrayLike) -> Array:
    r"""Return the share of a still layer that has diffused to one absorbing wall [1].

    Parameters
    ----------
    reduced_time : array [1]
        D t / L^2, with L = volume / wetted area.

    Equation
    --------
    f = 2 \sqrt{\frac{T}{\pi}}, \quad T < 0.2

    f = 1 - \frac{8}{\pi^2} \sum_{m \ge 0} \frac{e^{-(2m+1)^2 \pi^2 T / 4}}{(2m+1)^2}, \quad T
    \ge 0.2

    Symbols
    -------
    f : returned
    T : reduced_time

    Notes
    -----
    Short times are those of the perfect sink of Ward and Tordai; the two are joined at T = 0.2,
    where both hold to 1e-3. Convection adds to this; it is a lower bound for a shaken vial.

    References
    ----------
    Ward and Tordai 1946, J Chem Phys 14:453; Crank 1975, The Mathematics of Diffusion (both
    recalled).

    Examples
    --------
    >>> np.round(slab_uptake([0.0, 0.01, 1.0, 50.0]), 3).tolist()
    [0.0, 0.113, 0.931, 1.0]
    """
    reduced = np.asarray(reduced_time, float)
    short = 2 * np.sqrt(reduced / np.pi)
    decay = np.exp(-(np.pi**2) * reduced / 4)
    late = 1 - 8 / np.pi**2 * (decay + decay**9 / 9)
    return np.asarray(np.where(reduced < SHORT_TIME, short, late))


def adsorbed_fraction(
    count: ArrayLike,
    diameter: ArrayLike,
    diffusivity: ArrayLike,
    time: ArrayLike,
    volume: ArrayLike,
    area: ArrayLike,
    sticky_share: ArrayLike,
    covered: ArrayLike = 0.0,
    stood: ArrayLike = 0.0,
) -> tuple[Array, Array]:
    r"""Return the share of each size that sticks to the wall, and the wall area then covered.

    Parameters
    ----------
    count : array (n, m) [particle]
        Particles of m kinds and sizes in the liquid.
    diameter : array (m,) [m]
        Their diameters.
    diffusivity : array (n, m) [m^2/s]
        Their diffusivities.
    time : array (n,) [s]
        Time that the liquid stands.
    volume : array (n,) [m^3]
        Of the liquid.
    area : array (n,) [m^2]
        Wetted wall.
    sticky_share : array (n,) [1]
        Share of the wall that holds what touches it, above 0.
    covered : array (n,) [m^2]
        Projected area that is already taken.
    stood : array (n,) [s]
        Time, at these diffusivities, that the liquid stood before; 0 after it was mixed.

    Returns
    -------
    fraction : array (n, m) [1]
        Share of each size that is lost.
    covered : array (n,) [m^2]
        Projected area taken afterwards.

    Equation
    --------
    f_i = 1 - \frac{1 - \mathrm{slab} \left(D_i (t_0 + t) / L^2\right)}{1 - \mathrm{slab}
    \left(D_i t_0 / L^2\right)}, \quad L = \frac{V}{s A} \quad \text{until} \quad \sum_i n_i f_i
    \, \frac{\pi d_i^2}{4} = 0.547 \, s A

    Symbols
    -------
    f_i : returned[0], share of each size that is lost
    n_i : count
    d_i : diameter
    D_i : diffusivity
    t : time
    t_0 : stood
    V : volume
    A : area
    s : sticky_share
    \mathrm{slab} : slab_uptake

    Notes
    -----
    Every size diffuses independently to a wall of the sticky area alone, until the projected area
    of what is held reaches the jamming limit of random sequential adsorption (7e9 particles of 100
    nm a cm^2); then nothing more is held. The moment is found by bisection and secants, because
    coverage grows with time. Small particles diffuse faster and so are over-represented. Blocking
    sets in gradually in reality, and a mixture packs a little denser than 0.547. Two times that
    follow each other give what their sum gives, since the layer that was emptied first is
    remembered.

    References
    ----------
    Feder and Giaever 1980, J Colloid Interface Sci 78:144 (jamming of disks; recalled).

    Examples
    --------
    >>> lost, covered = adsorbed_fraction(
    ...     [[1e12]], [100e-9], [[4e-12]], [1e9], [1e-6], [5e-4], [1.0]
    ... )
    >>> f"{lost[0, 0] * 1e12 / 5:.2g}"  # held on each of the 5 cm2
    '7e+09'
    """
    number = np.asarray(count, float)
    coefficient = np.asarray(diffusivity, float)
    sticky, footprint = (
        np.asarray(sticky_share, float),
        np.pi / 4 * np.asarray(diameter, float) ** 2,
    )
    volume, area, time, taken, before = (
        np.broadcast_to(np.asarray(x, float), len(number))
        for x in (volume, area, time, covered, stood)
    )
    wall = sticky * area
    length = np.divide(volume, wall, out=np.ones_like(wall), where=volume > 0)
    capacity = JAMMING_COVERAGE * wall
    room = np.where(capacity - taken > FULL * capacity, capacity - taken, 0.0)

    def lost(rows: Any, elapsed: Array) -> Array:
        pace = coefficient[rows] / length[rows, None] ** 2
        there = 1 - slab_uptake(pace * before[rows, None])
        left = 1 - slab_uptake(pace * (before[rows] + elapsed)[:, None])
        kept = np.divide(left, there, out=np.zeros_like(left), where=there > 0)
        return np.asarray(np.clip(1 - kept, 0.0, 1.0))

    fraction = lost(slice(None), time)
    fraction[room <= 0] = 0.0
    crossing = np.flatnonzero((number * fraction * footprint).sum(axis=1) > room)
    if crossing.size:
        # In the root of the time, in which uptake is nearly even.
        low, high = np.zeros(crossing.size), np.sqrt(time[crossing])

        def excess(root: Array) -> Array:
            held = (number[crossing] * lost(crossing, root**2) * footprint).sum(axis=1)
            return np.asarray(held - room[crossing])

        for _ in range(HALVINGS):
            middle = (low + high) / 2
            over = excess(middle) > 0
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        for _ in range(SECANTS):
            below, above = excess(low), excess(high)
            rise = np.where(above > below, above - below, np.inf)
            low = np.clip(low - below * (high - low) / rise, low, high)
        fraction[crossing] = lost(crossing, low**2)
    return fraction, np.asarray(taken + (number * fraction * footprint).sum(axis=1))
