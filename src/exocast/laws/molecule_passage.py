"""A dissolved molecule in the body: its size, pores of capillaries, the filter of the kidney."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.fenestrae import hindered_convection, hindered_diffusion, wall_exchange

__all__ = [
    "capillary_clearance",
    "pore_permeability",
    "pore_sieving",
    "stokes_diameter",
]

Array = NDArray[np.float64]

BOLTZMANN = 1.380649e-23  # J/K, exact in the SI


def stokes_diameter(diffusivity: ArrayLike, viscosity: ArrayLike, temperature: ArrayLike) -> Array:
    r"""Return the diameter of the sphere that diffuses as fast as a molecule [m].

    Parameters
    ----------
    diffusivity : array [m^2/s]
        In the liquid of that viscosity.
    viscosity : array [Pa*s]
        Of the liquid.
    temperature : array [K]
        At which both hold.

    Equation
    --------
    d = \frac{k_B T}{3 \pi \eta D}

    Symbols
    -------
    d : returned
    D : diffusivity
    \eta : viscosity
    T : temperature
    k_B : Boltzmann constant

    Notes
    -----
    k T / (3 pi eta D), Stokes and Einstein. A short rod such as an siRNA meets a pore end on as
    well as sideways: the sphere is between the two.

    Examples
    --------
    >>> round(float(stokes_diameter(1.2e-10, 0.89e-3, 298.15)) * 1e9, 1)
    4.1
    """
    friction = 3.0 * np.pi * np.asarray(viscosity, float) * np.asarray(diffusivity, float)
    return np.asarray(BOLTZMANN * np.asarray(temperature, float) / friction)


def pore_permeability(
    diameter: ArrayLike, pore: ArrayLike, conductance: ArrayLike, temperature: ArrayLike
) -> Array:
    r"""Return diffusive permeability times area of pores that are known by the water they pass.

    Parameters
    ----------
    diameter : array [m]
        Of the molecule.
    pore : array [m]
        Diameter of the pores.
    conductance : array [m^3/s/Pa]
        Liquid through these pores for a difference of pressure, L_p S.
    temperature : array [K]
        Of the body.

    Returns
    -------
    array [m^3/s]

    Equation
    --------
    \mathrm{PS} = \frac{32 k_B T \, L_p S \, H(d / D)}{3 \pi d D^2}

    Symbols
    -------
    \mathrm{PS} : returned
    d : diameter
    D : pore
    L_p S : conductance
    T : temperature
    H : hindered_diffusion
    k_B : Boltzmann constant

    Notes
    -----
    Poiseuille gives the area over length of the pores from their conductance, 32 eta L_p S / D^2,
    and Stokes and Einstein the diffusivity, k T / (3 pi eta d): viscosity drops out,
    PS = 32 k T L_p S H(d/D) / (3 pi d D^2), with H the hindered diffusion.

    References
    ----------
    Rippe B, Haraldsson B. Physiol Rev 1994;74:163-219 (two-pore theory; recalled). Li Z, Shah DK.
    J Pharmacokinet Pharmacodyn 2019;46:305-318, read as coded in a public repository, where
    4 k T / (3 pi pressure) is one constant of 13197 nm^3.

    Examples
    --------
    >>> ps = pore_permeability(4e-9, 9e-9, 1e-12, 310.15)
    >>> bool(ps > 0), float(pore_permeability(9e-9, 9e-9, 1e-12, 310.15))
    (True, 0.0)
    """
    d, hole = np.asarray(diameter, float), np.asarray(pore, float)
    thermal = 32.0 * BOLTZMANN * np.asarray(temperature, float) / (3.0 * np.pi)
    return np.asarray(
        thermal * np.asarray(conductance, float) * hindered_diffusion(d / hole) / (d * hole**2)
    )


def pore_sieving(
    diameter: ArrayLike, pore: ArrayLike, pressure: ArrayLike, temperature: ArrayLike
) -> Array:
    r"""Return the concentration of a molecule in a filtrate over that in plasma.

    Parameters
    ----------
    diameter, pore : array [m]
        Of the molecule and of the pores.
    pressure : array [Pa]
        Net pressure that drives the filtrate.
    temperature : array [K]
        Of the body.

    Returns
    -------
    array [1]
        1 for water, 0 for what is wider than the pore.

    Equation
    --------
    \theta = \frac{W}{1 - (1 - W) \, e^{-\mathrm{Pe}}}, \quad \mathrm{Pe} = \frac{W
    p}{\mathrm{PS}_1}

    Symbols
    -------
    \theta : returned
    d : diameter
    D : pore
    p : pressure
    T : temperature
    W : hindered_convection at d / D
    \mathrm{PS}_1 : pore_permeability of a conductance of 1

    Notes
    -----
    W / (1 - (1 - W) e^-Pe) with Pe = W J / PS; per filtrate J, PS is `pore_permeability` of a
    conductance of 1/pressure. Slow filtration lets small molecules diffuse after the water. One
    pore size and no charge: an anion passes less.

    References
    ----------
    Deen WM, Lazzara MJ, Myers BD. Am J Physiol Renal 2001;281:F579-F596 (the form; recalled).

    Examples
    --------
    >>> theta = [float(pore_sieving(d, 9e-9, 1600.0, 310.15)) for d in (1e-10, 4e-9, 9e-9)]
    >>> [round(x, 2) for x in theta]
    [1.0, 0.8, 0.0]
    """
    d, hole = np.asarray(diameter, float), np.asarray(pore, float)
    carried = hindered_convection(d / hole)
    surface = pore_permeability(d, hole, 1.0 / np.asarray(pressure, float), temperature)
    d, carried, surface = np.broadcast_arrays(d, carried, surface)
    peclet = np.divide(carried, surface, out=np.zeros(d.shape), where=surface > 0)
    below = -np.expm1(-peclet) + carried * np.exp(-peclet)
    return np.asarray(np.divide(carried, below, out=np.zeros(d.shape), where=carried > 0))


def capillary_clearance(
    flow: ArrayLike, surface: ArrayLike, filtration: ArrayLike, convection: ArrayLike
) -> tuple[Array, Array]:
    r"""Return the clearances out of a bed's plasma and back, as far as blood brings it.

    Parameters
    ----------
    flow : array [m^3/s]
        Plasma through the bed.
    surface : array [m^3/s]
        Permeability times area.
    filtration : array [m^3/s]
        Liquid that leaves through the same pores, and by lymph.
    convection : array [1]
        Its sieving.

    Returns
    -------
    tuple of array [m^3/s]
        Outward, to be multiplied by the concentration in plasma that arrives, and inward.

    Equation
    --------
    \mathrm{CL}_\mathrm{out}' = Q \left(1 - e^{-\mathrm{CL}_\mathrm{out} / Q}\right), \quad
    \mathrm{CL}_\mathrm{in}' = \mathrm{CL}_\mathrm{in} \,
    \frac{\mathrm{CL}_\mathrm{out}'}{\mathrm{CL}_\mathrm{out}}

    Symbols
    -------
    \mathrm{CL}_\mathrm{out}' : returned[0], clearance out of plasma
    \mathrm{CL}_\mathrm{in}' : returned[1], clearance back into it
    Q : flow
    \mathrm{CL}_\mathrm{out}, \mathrm{CL}_\mathrm{in} : wall_exchange of the three others
    \mathrm{PS} : surface
    J : filtration
    W : convection

    Notes
    -----
    Patlak's exchange, both ways times Q (1 - e^(-out/Q)) / out: plasma that flows past cannot give
    more than it brings (Renkin and Crone).

    References
    ----------
    Crone C. Acta Physiol Scand 1963;58:292-305 (recalled; its limits are tested).

    Examples
    --------
    >>> out, back = capillary_clearance(1.0, 1e9, 0.0, 1.0)
    >>> round(float(out), 6), round(float(back), 6)
    (1.0, 1.0)
    """
    outward, inward = wall_exchange(
        np.asarray(surface, float), np.asarray(filtration, float), np.asarray(convection, float)
    )
    through = np.asarray(flow, float)
    wanted = np.divide(outward, through, out=np.zeros(np.broadcast(outward, through).shape),
                       where=through > 0)  # fmt: skip
    limit = np.divide(-np.expm1(-wanted), wanted, out=np.ones_like(wanted), where=wanted > 0)
    return np.asarray(outward * limit), np.asarray(inward * limit)
