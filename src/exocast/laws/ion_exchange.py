"""Charged particles on a charged wall: what salt lets them bind, and what salt lets them go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

__all__ = [
    "coverage",
    "debye_length",
    "displacement_retention",
    "eluted_share",
    "potential_in_salt",
    "reached_share",
    "retention",
    "wall_attraction",
]

Array = NDArray[np.float64]
Floats = Array | float

BOLTZMANN = 1.380649e-23
CHARGE = 1.602176634e-19
AVOGADRO = 6.02214076e23
PERMITTIVITY = 8.8541878128e-12 * 78.5
LARGEST = 200.0


def debye_length(salt: Floats, temperature: Floats) -> Array:
    r"""Return the distance over which a 1:1 salt screens charge [m].

    Parameters
    ----------
    salt : array [mol/m^3]
        Concentration.
    temperature : array [K]
        Of the liquid.

    Returns
    -------
    array [m]

    Equation
    --------
    \lambda = \sqrt{\frac{\varepsilon k_B T}{2 N_A e^2 c}}

    Symbols
    -------
    \lambda : returned
    \varepsilon : permittivity of water, 78.5 times that of vacuum
    T : temperature
    c : salt
    k_B, N_A, e : constants of Boltzmann and Avogadro, elementary charge

    Examples
    --------
    >>> round(float(debye_length(150.0, 298.15)) * 1e9, 2)
    0.79
    """
    thermal = PERMITTIVITY * BOLTZMANN * np.asarray(temperature)
    return np.asarray(np.sqrt(thermal / (2 * AVOGADRO * CHARGE**2 * np.asarray(salt))))


def potential_in_salt(
    potential: Floats, reference_salt: Floats, salt: Floats, temperature: Floats
) -> Array:
    r"""Return the surface potential that the same charge has in another salt [V].

    Parameters
    ----------
    potential : array [V]
        In the reference salt.
    reference_salt, salt : array [mol/m^3]
        In which it was measured, and in which it is asked for.
    temperature : array [K]
        Of the liquid.

    Returns
    -------
    array [V]

    Equation
    --------
    \psi = \frac{2 k_B T}{e} \, \mathrm{arsinh} \left[\sqrt{\frac{c_0}{c}} \, \sinh \frac{e
    \psi_0}{2 k_B T}\right]

    Symbols
    -------
    \psi : returned
    \psi_0 : potential
    c_0 : reference_salt
    c : salt
    T : temperature
    k_B, e : Boltzmann constant, elementary charge

    Notes
    -----
    The Grahame equation at constant charge; the zeta potential is taken for the surface potential.

    References
    ----------
    Grahame 1947, Chem Rev 41:441 (recalled).

    Examples
    --------
    >>> round(1e3 * float(potential_in_salt(-15e-3, 150.0, 600.0, 298.15)), 1)
    -7.6
    """
    unit = 2 * BOLTZMANN * np.asarray(temperature) / CHARGE
    charge = np.sinh(np.asarray(potential) / unit)
    ratio = np.sqrt(np.asarray(reference_salt) / np.asarray(salt))
    return np.asarray(unit * np.arcsinh(charge * ratio))


def wall_attraction(
    radius: Floats,
    potential: Floats,
    wall_potential: Floats,
    gap: Floats,
    salt: Floats,
    temperature: Floats,
) -> Array:
    r"""Return by how much a charged wall holds a particle, in units of kT.

    Parameters
    ----------
    radius : array [m]
        Of the particle.
    potential, wall_potential : array [V]
        Of particle and wall, in this salt.
    gap : array [m]
        Between the two planes of charge at closest approach.
    salt : array [mol/m^3]
        A 1:1 salt.
    temperature : array [K]
        Of the liquid.

    Returns
    -------
    array [1]
        Negative where the two repel.

    Equation
    --------
    U = - \frac{64 \pi \varepsilon r}{k_B T} \left(\frac{k_B T}{e}\right)^2 \gamma_p \gamma_w e^{-h
    / \lambda}, \quad \gamma = \tanh \frac{e \psi}{4 k_B T}

    Symbols
    -------
    U : returned
    r : radius
    \psi : potential, wall_potential
    h : gap
    \lambda : debye_length, of salt
    T : temperature
    \varepsilon : permittivity of water
    k_B, e : Boltzmann constant, elementary charge

    Notes
    -----
    Linear superposition with the Derjaguin approximation, for particles much wider than the Debye
    length: hence not for a protein, which follows `displacement_retention`. Salt acts twice, by the
    potentials and by the screening. Larger vesicles of the same charge hold on to more salt; that
    larger vesicles come off at higher salt is seen (Frontiers Bioeng 2023 11:1298892, abstract).

    References
    ----------
    Gregory 1975, J Colloid Interface Sci 51:44 (recalled).

    Examples
    --------
    >>> round(float(wall_attraction(50e-9, -15e-3, 50e-3, 1e-9, 150.0, 298.15)), 1)
    20.5
    """
    thermal = BOLTZMANN * np.asarray(temperature)
    particle = np.tanh(CHARGE * np.asarray(potential) / (4 * thermal))
    wall = np.tanh(CHARGE * np.asarray(wall_potential) / (4 * thermal))
    scale = 64 * np.pi * PERMITTIVITY * np.asarray(radius) * thermal / CHARGE**2
    screened = np.exp(-np.asarray(gap) / debye_length(salt, temperature))
    return np.asarray(-scale * particle * wall * screened)


def retention(attraction: Floats, area: Floats, thickness: Floats) -> Array:
    r"""Return bound over dissolved at equilibrium, in a dilute bed [1].

    Parameters
    ----------
    attraction : array [1]
        From `wall_attraction`.
    area : array [1/m]
        Wall in a volume of the liquid.
    thickness : array [m]
        Of the layer in which the wall is felt.

    Returns
    -------
    array [1]
        0 where there is no attraction.

    Equation
    --------
    k' = a \delta \left(e^U - 1\right)

    Symbols
    -------
    k' : returned
    U : attraction
    a : area
    \delta : thickness

    References
    ----------
    The Gibbs excess of a layer, Henry's law (classical).

    Examples
    --------
    >>> float(retention(0.0, 1e5, 1e-9)), round(float(retention(12.0, 1e5, 1e-9)), 1)
    (0.0, 16.3)
    """
    pull = np.clip(np.asarray(attraction, float), 0.0, LARGEST)
    return np.asarray(np.asarray(area) * np.asarray(thickness) * np.expm1(pull))


def displacement_retention(salt: Floats, half_salt: Floats, charges: Floats) -> Array:
    r"""Return bound over dissolved for a molecule that salt displaces, in a dilute bed [1].

    Parameters
    ----------
    salt : array [mol/m^3]
        Concentration.
    half_salt : array [mol/m^3]
        At which half of it is bound.
    charges : array [1]
        Ions that one molecule displaces.

    Returns
    -------
    array [1]

    Equation
    --------
    k' = \left(\frac{c_h}{c}\right)^\nu

    Symbols
    -------
    k' : returned
    c : salt
    c_h : half_salt
    \nu : charges

    References
    ----------
    Boardman and Partridge 1955, Biochem J 59:543; Kopaciewicz et al. 1983, J Chromatogr 266:3 (both
    recalled).

    Examples
    --------
    >>> float(displacement_retention(100.0, 200.0, 5.0))
    32.0
    """
    return np.asarray((np.asarray(half_salt) / np.asarray(salt)) ** np.asarray(charges))


def eluted_share(after: Floats, load: Floats, plates: Floats) -> Array:
    r"""Return the share of a band that has left a bed [1].

    Parameters
    ----------
    after : array [1]
        Bed lengths that the tail of the band has moved since it entered: the sum over the
        buffers that followed the load of volume / (liquid in the bed (1 + k')).
    load : array [1]
        Bed lengths that the front of the band had moved when the tail entered.
    plates : array [1]
        Theoretical plates.

    Returns
    -------
    array [1]

    Equation
    --------
    f = \frac{G(b) - G(a)}{b - a}, \quad a = \sqrt{N} (x - 1), \quad b = \sqrt{N} (x + x_l - 1)

    G(y) = y \, \Phi(y) + \varphi(y)

    Symbols
    -------
    f : returned
    x : after
    x_l : load
    N : plates
    \Phi, \varphi : standard normal distribution and its density

    Notes
    -----
    A band that entered evenly, each part spread by the plates of the bed. With one buffer it is the
    plug of a size-exclusion column.

    Examples
    --------
    >>> float(eluted_share(0.0, 1e-3, 100.0).round(6)), float(eluted_share(9.0, 1.0, 100.0))
    (0.0, 1.0)
    """
    root = np.sqrt(np.asarray(plates, float))
    start = root * (np.asarray(after, float) - 1)
    width = root * np.maximum(np.asarray(load, float), 1e-6)
    start, width = np.broadcast_arrays(start, width)
    # Beyond 40 spreads all or nothing has left; clipping keeps the difference exact.
    low, high = np.clip(start, -40.0, 40.0), np.clip(start + width, -40.0, 40.0)

    def ramp(y: Array) -> Array:
        return np.asarray(y * ndtr(y) + np.exp(-0.5 * y**2) / np.sqrt(2 * np.pi))

    beyond = np.maximum(start + width - np.maximum(start, 40.0), 0.0)
    inside = ramp(high) - ramp(low)
    return np.asarray(np.clip((inside + beyond) / width, 0.0, 1.0))


def coverage(demand: Array, area: Array) -> Array:
    r"""Return how full the wall is where each species can reach it, were all of it to bind [1].

    Parameters
    ----------
    demand : array (n, m) [m^2]
        Wall that each species would take.
    area : array (n, m) [m^2]
        Wall that each can reach; what a large one reaches, a smaller one reaches too.

    Returns
    -------
    array (n, m) [1]

    Equation
    --------
    q_i = \sum_j \frac{d_j}{\max(A_i, A_j)}

    Symbols
    -------
    q_i : returned
    d_j : demand
    A_i, A_j : area

    Notes
    -----
    Each species spreads evenly over what it reaches. Protein in the pores of a bead therefore
    leaves room outside for vesicles; on a membrane or monolith all compete for one wall.

    Examples
    --------
    >>> coverage(np.array([[1.0, 4.0]]), np.array([[2.0, 8.0]])).tolist()
    [[1.0, 0.625]]
    """
    # In the order of reach: what reaches no further spreads over this wall, the rest over its own.
    order = np.argsort(area, axis=1)
    taken, reach = (np.take_along_axis(held, order, axis=1) for held in (demand, area))
    each = np.divide(taken, reach, out=np.zeros_like(taken), where=reach > 0)
    within = np.divide(np.cumsum(taken, axis=1), reach, out=np.zeros_like(taken), where=reach > 0)
    beyond = np.cumsum(each[:, ::-1], axis=1)[:, ::-1] - each
    found = np.empty_like(taken)
    np.put_along_axis(found, order, within + beyond, axis=1)
    return found


def reached_share(
    diffusivity: Floats, sherwood: Floats, channel: Floats, area: Floats, residence: Floats
) -> Array:
    r"""Return the share of what flows through a bed that touches its wall [1].

    Parameters
    ----------
    diffusivity : array [m^2/s]
        Of the particle.
    sherwood : array [1]
        Mass transfer, on the width of the channel or the diameter of the bead.
    channel : array [m]
        That width.
    area : array [1/m]
        Wall in a volume of bed, its pores apart.
    residence : array [s]
        Bed over flow.

    Returns
    -------
    array [1]

    Equation
    --------
    f = 1 - \exp\left(- \frac{\mathrm{Sh} \, D}{d} \, a \tau\right)

    Symbols
    -------
    f : returned
    D : diffusivity
    \mathrm{Sh} : sherwood
    d : channel
    a : area
    \tau : residence

    Notes
    -----
    Plug flow past a wall that takes all. In channels of micrometres everything touches the wall in
    seconds; between beads of 0.1 mm a vesicle may pass, and more of them the faster the flow.

    Examples
    --------
    >>> round(float(reached_share(4e-12, 10.0, 90e-6, 4.3e4, 60.0)), 2)
    0.68
    """
    transfer = np.asarray(sherwood) * np.asarray(diffusivity) / np.asarray(channel)
    return np.asarray(-np.expm1(-transfer * np.asarray(area) * np.asarray(residence)))
