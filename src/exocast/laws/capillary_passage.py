"""Through a capillary wall: two sizes of pores, vesicular transport, and what competes for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.fenestrae import hindered_convection, wall_exchange
from exocast.laws.molecule_passage import pore_permeability

__all__ = ["bound_rate", "competed_regain", "transcytosis_clearance", "two_pore_clearance"]

Array = NDArray[np.float64]


def two_pore_clearance(
    diameter: ArrayLike,
    small: ArrayLike,
    large: ArrayLike,
    large_share: ArrayLike,
    filtration: ArrayLike,
    pressure: ArrayLike,
    temperature: ArrayLike,
) -> tuple[Array, Array]:
    r"""Return the clearances out of a capillary with two sizes of pores, and back.

    Parameters
    ----------
    diameter : array (n, k) [m]
        Of the spheres.
    small, large : array (n,) [m]
        Diameters of the two kinds of pores.
    large_share : array (n,) [1]
        Of the liquid, what the large ones pass.
    filtration : array (n,) [m^3/s]
        Liquid that the wall filters: the lymph of the organ.
    pressure : array (n,) [Pa]
        Net pressure that drives it.
    temperature : array (n,) [K]
        Of the body.

    Returns
    -------
    tuple of array (n, k) [m^3/s]
        Outward, to be multiplied by the concentration in plasma, and inward, by that in the
        interstitium. Exactly 0 for a sphere wider than the large pores.

    Equation
    --------
    \mathrm{CL}_\mathrm{out} = \sum_{j} \frac{W_j J_j}{1 - e^{-W_j J_j / \mathrm{PS}_j}}, \quad
    \mathrm{CL}_\mathrm{in} = \mathrm{CL}_\mathrm{out} - \sum_j W_j J_j

    J_\mathrm{large} = \alpha J, \quad J_\mathrm{small} = (1 - \alpha) J, \quad \mathrm{PS}_j =
    \frac{32 k_B T \, (J_j / p) \, H(d / D_j)}{3 \pi d D_j^2}

    Symbols
    -------
    \mathrm{CL}_\mathrm{out} : returned[0], clearance out of the vessel
    \mathrm{CL}_\mathrm{in} : returned[1], clearance back into the vessel
    j : the small and the large pores
    W_j : hindered_convection at d / D_j
    H : hindered_diffusion
    d : diameter
    D_\mathrm{small} : small
    D_\mathrm{large} : large
    \alpha : large_share
    J : filtration
    p : pressure
    T : temperature
    k_B : Boltzmann constant

    Notes
    -----
    Each kind of pore exchanges by itself (Patlak), since they stand side by side. Area over length
    of the pores follows from the liquid that they pass (`molecule_passage.pore_permeability`).
    Flow that only circulates between the two kinds (isogravimetric) is left out: it would add to
    what small molecules do, not to what a sphere does that no small pore passes.

    References
    ----------
    Rippe B, Haraldsson B. Physiol Rev 1994;74:163-219 (recalled). Radii in use: Niederalt C et al.
    2018, J Pharmacokinet Pharmacodyn 45:235-257, as in the PK-Sim database.

    Examples
    --------
    A protein of 10 nm passes; a vesicle of 100 nm does not:

    >>> one = np.ones(1)
    >>> size = np.array([[10e-9, 100e-9]])
    >>> out, back = two_pore_clearance(
    ...     size, 9e-9 * one, 50e-9 * one, 0.05 * one, 1e-12 * one, 140 * one, 310 * one
    ... )
    >>> bool(out[0, 0] > 0), float(out[0, 1]), float(back[0, 1])
    (True, 0.0, 0.0)
    """
    size = np.asarray(diameter, float)
    flow, share, push, heat = (
        np.asarray(one, float)[..., None]
        for one in (filtration, large_share, pressure, temperature)
    )
    outward, inward = np.zeros(size.shape), np.zeros(size.shape)
    for pore, part in ((small, (1.0 - share) * flow), (large, share * flow)):
        hole = np.asarray(pore, float)[..., None]
        surface = pore_permeability(size, hole, part / push, heat)
        out, back = wall_exchange(surface, part, hindered_convection(size / hole))
        outward, inward = outward + out, inward + back
    return outward, inward


def transcytosis_clearance(uptake: ArrayLike, share: ArrayLike, plasma: ArrayLike) -> Array:
    r"""Return the plasma that endothelium carries across, in either direction.

    Parameters
    ----------
    uptake : array (n,) [1/s]
        Rate at which an organ's endothelium takes vesicles from its plasma.
    share : array (n,) [1]
        Of what it takes, what it lets go on the other side.
    plasma : array (n,) [m^3]
        In the organ.

    Returns
    -------
    array (n,) [m^3/s]

    Equation
    --------
    \mathrm{CL}_\tau = \tau h V_p

    Symbols
    -------
    \mathrm{CL}_\tau : returned
    \tau : share
    h : uptake
    V_p : plasma

    Notes
    -----
    Both ways alike: transport in vesicles of the cell is symmetric as long as nothing tells the
    two faces apart. Brain shows the way back as well: exosomes injected into it appear in blood
    (Banks 2020, abstract; no rate read).

    Examples
    --------
    >>> float(transcytosis_clearance(0.5, 0.25, 2.0))
    0.25
    """
    rate, part, held = (np.asarray(one, float) for one in (uptake, share, plasma))
    return np.asarray(rate * part * held)


def competed_regain(digestion: ArrayLike, competitors: ArrayLike, capacity: ArrayLike) -> Array:
    r"""Return the rate at which cells regain capacity that others compete for.

    Parameters
    ----------
    digestion : array (n,) [1/s]
        Rate at which what was taken up is digested.
    competitors : array (n,) [particle/s]
        Endogenous vesicles that these cells take at rest.
    capacity : array (n,) [particle]
        What they can hold beside those: their spare capacity at rest.

    Returns
    -------
    array (n,) [1/s]

    Equation
    --------
    k_r = k_L + \frac{e}{C}

    Symbols
    -------
    k_r : returned
    k_L : digestion
    e : competitors
    C : capacity

    Notes
    -----
    Exact, with one state: cells hold M of dose and endogenous vesicles together, and have
    f = (C + M_0 - M) / C of their spare capacity left. M' = a f + e f - k_L M; at rest e = k_L M_0.
    For what a dose adds, x = M - M_0: x' = a f - (k_L + e / C) x with f = 1 - x / C. A dose keeps
    endogenous vesicles out, and so finds room sooner than digestion alone would make it.

    Examples
    --------
    >>> round(float(competed_regain(0.3, 2e10, 1e11)), 3)
    0.5
    """
    room = np.asarray(capacity, float)
    crowd = np.divide(competitors, room, out=np.zeros(np.broadcast(competitors, room).shape),
                      where=room > 0)  # fmt: skip
    return np.asarray(np.asarray(digestion, float) + crowd)


def bound_rate(share: ArrayLike, release: ArrayLike) -> Array:
    r"""Return the rate of binding that keeps a share bound against a rate of release.

    Parameters
    ----------
    share : array (n,) [1]
        Bound at equilibrium, below 1.
    release : array (n,) [1/s]
        Rate at which the bound let go.

    Returns
    -------
    array (n,) [1/s]

    Equation
    --------
    k_b = k_u \frac{b}{1 - b}

    Symbols
    -------
    k_b : returned
    k_u : release
    b : share

    Examples
    --------
    >>> float(bound_rate(0.2, 4.0))
    1.0
    """
    part = np.asarray(share, float)
    return np.asarray(np.asarray(release, float) * part / (1.0 - part))
