"""Membranes that open for a moment: what strains them, how often, and what comes in meanwhile."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from exocast.laws.fenestrae import hindered_diffusion
from exocast.laws.lumen import GAS_CONSTANT

__all__ = [
    "bursts",
    "cavitation_events",
    "closing_time",
    "confined_strain",
    "entry_pressure",
    "exchange_rate",
    "exchanged_level",
    "held_concentration",
    "met_share",
    "passing_radii",
    "passing_share",
    "relaxing_pore",
]

Array = NDArray[np.float64]


def confined_strain(diameter: ArrayLike, pore: ArrayLike) -> Array:
    r"""Return by how much a vesicle must stretch to pass a cylindrical pore with its liquid [1].

    Parameters
    ----------
    diameter : array (k,) [m]
        Of the round vesicle.
    pore : array [m]
        Of the pore.

    Equation
    --------
    \epsilon = \frac{1}{3 x^2} + \frac{2 x}{3} - 1, \quad x = \max \left(\frac{d}{p}, \,
    1\right)

    Symbols
    -------
    \epsilon : returned
    d : diameter
    p : pore

    Notes
    -----
    A sphere becomes a cylinder with round ends as wide as the pore, of the same volume; the area
    that it then needs over the one that it has, less one. A vesicle that is flaccid, or that leaks
    water while it is squeezed, needs less. No lubricating film between membrane and wall.

    References
    ----------
    Bertrand and Joos 2012, Phys Rev E 85:051910, doi 10.1103/PhysRevE.85.051910 (abstract: an
    invariable inner volume in a finitely extensible bilayer predicts the sizes of extruded
    vesicles); the geometry is worked out here.

    Examples
    --------
    A membrane that bears 4 % passes a pore a fifth narrower than itself:

    >>> confined_strain([90e-9, 120e-9, 200e-9], 100e-9).round(3).tolist()
    [0.0, 0.031, 0.417]
    """
    x = np.maximum(np.asarray(diameter, float) / np.asarray(pore, float), 1.0)
    return np.asarray(1 / (3 * x**2) + 2 * x / 3 - 1)


def entry_pressure(tension: ArrayLike, pore: ArrayLike, diameter: ArrayLike) -> Array:
    r"""Return the pressure that pushes a vesicle into a pore narrower than itself [Pa].

    Parameters
    ----------
    tension : array [N/m]
        At which the membrane opens, so that it can follow.
    pore, diameter : array [m]
        Of the pore and of the vesicle.

    Equation
    --------
    P = 4 \sigma \max \left(\frac{1}{p} - \frac{1}{d}, \, 0\right)

    Symbols
    -------
    P : returned
    \sigma : tension
    p : pore
    d : diameter

    Notes
    -----
    Laplace's law on the cap in the pore and on the sphere before it.

    References
    ----------
    Hunter and Frisken 1998, Biophys J 74:2996, doi 10.1016/S0006-3495(98)78006-3 (abstract:
    vesicles come through only above a pressure, which goes with the lysis tension).

    Examples
    --------
    >>> round(float(entry_pressure(8e-3, 100e-9, 200e-9)) / 1e5, 2)  # bar
    1.6
    """
    inverse = 1 / np.asarray(pore, float) - 1 / np.asarray(diameter, float)
    return np.asarray(4 * np.asarray(tension) * np.maximum(inverse, 0.0))


def held_concentration(tension: ArrayLike, diameter: ArrayLike, temperature: float) -> Array:
    r"""Return the excess of solutes inside that a membrane bears before it opens [mol/m^3].

    Parameters
    ----------
    tension : array (n, 1) [N/m]
        At which the membrane opens.
    diameter : array (k,) [m]
        Of the vesicle.
    temperature : float [K]
        Of the bath.

    Equation
    --------
    \Delta c = \frac{4 \sigma}{d \, R T}

    Symbols
    -------
    \Delta c : returned
    \sigma : tension
    d : diameter
    T : temperature
    R : gas constant

    Notes
    -----
    Laplace's law against van 't Hoff's. The smaller the vesicle, the more it bears: at 100 nm about
    half of what isotonic saline holds.

    References
    ----------
    Laplace and van 't Hoff, classical. That nanometre vesicles may not follow what pipettes
    measure on giant ones: Shoemaker and Vanderlick 2002, Ind Eng Chem Res 41:324, doi
    10.1021/ie010263j (abstract).

    Examples
    --------
    >>> held_concentration(8e-3, [50e-9, 100e-9, 400e-9], 298.15).round().tolist()
    [258.0, 129.0, 32.0]
    """
    laplace = 4 * np.asarray(tension) / np.asarray(diameter, float)
    return np.asarray(laplace / (GAS_CONSTANT * temperature))


def bursts(inside: ArrayLike, outside: ArrayLike, held: ArrayLike, per_burst: ArrayLike) -> Array:
    r"""Return how many times a vesicle bursts and closes until it bears what is left inside.

    Parameters
    ----------
    inside : array [mol/m^3]
        Solutes in the lumen once it is swollen tight.
    outside : array [mol/m^3]
        Solutes in the bath.
    held : array (n, k) [mol/m^3]
        Excess that it bears, `held_concentration`.
    per_burst : array (n, k) [1]
        Fall of the logarithm of what is inside at each burst.

    Returns
    -------
    array (n, k) [1]
        Mean number, not whole; zero where it bears the bath from the start.

    Equation
    --------
    m = \frac{1}{\delta} \max \left(\ln \frac{c_i}{c_o + \Delta c}, \, 0\right)

    Symbols
    -------
    m : returned
    c_i : inside
    c_o : outside
    \Delta c : held
    \delta : per_burst

    Notes
    -----
    A vesicle in a hypotonic bath swells, bursts, lets out liquid and solutes, and closes, again and
    again: swell-burst cycles, seen in giant vesicles.

    References
    ----------
    Chabanon, Ho, Liedberg, Parikh and Rangamani 2017, Biophys J 112:1682, preprint
    arXiv:1608.05364 (abstract); the closed form is ours.

    Examples
    --------
    >>> bursts(280.0, 10.0, [258.0, 129.0, 32.0], 0.1).round(1).tolist()
    [0.4, 7.0, 19.0]
    """
    ratio = np.asarray(inside, float) / (np.asarray(outside, float) + np.asarray(held, float))
    return np.asarray(np.maximum(np.log(ratio), 0.0) / np.asarray(per_burst))


def cavitation_events(
    events_per_energy: ArrayLike, energy: ArrayLike, diameter: ArrayLike, reference: float
) -> Array:
    r"""Return how often bubbles that collapse nearby open a vesicle, on average [1].

    Parameters
    ----------
    events_per_energy : array (n, 1) [m^3/J]
        Openings of a vesicle of the reference size.
    energy : array (n, 1) [J/m^3]
        Sound that the liquid took up, per volume.
    diameter : array (k,) [m]
        Of the vesicle.
    reference : float [m]
        Size that the yield is given for.

    Equation
    --------
    m = b E \frac{d}{d_0}

    Symbols
    -------
    m : returned
    b : events_per_energy
    E : energy
    d : diameter
    d_0 : reference

    Notes
    -----
    Flow towards a collapsing bubble strains liquid at a rate that falls with the cube of the
    distance; tension in a vesicle goes with strain rate times its size, so the volume in which it
    is opened goes with its size. Bubbles come in proportion to the energy: release from liposomes
    went with amplitude and time, pulsed or not.

    References
    ----------
    Schroeder et al 2007, Langmuir 23:4019, doi 10.1021/la0631668 (abstract: transient pores in
    liposomes of 100 nm that reseal, four fifths released in under 3 min, sizes unchanged). The
    proportion to size is derived here.

    Examples
    --------
    >>> cavitation_events(6e-9, 2e8, [50e-9, 100e-9, 200e-9], 100e-9).round(1).tolist()
    [0.6, 1.2, 2.4]
    """
    size = np.asarray(diameter, float) / reference
    return np.asarray(np.asarray(events_per_energy) * np.asarray(energy) * size)


def met_share(events: ArrayLike) -> Array:
    r"""Return the share of vesicles that something meets at least once [1].

    Parameters
    ----------
    events : array [1]
        Mean number of times.

    Equation
    --------
    w = 1 - e^{-m}

    Symbols
    -------
    w : returned
    m : events

    References
    ----------
    Poisson.

    Examples
    --------
    >>> round(float(met_share(1.6)), 2)
    0.8
    """
    return np.asarray(-np.expm1(-np.asarray(events, float)))


def relaxing_pore(diameter: ArrayLike, strain: ArrayLike) -> Array:
    r"""Return the radius of the one pore that takes the strain off a stretched membrane [m].

    Parameters
    ----------
    diameter : array (k,) [m]
        Of the vesicle.
    strain : array (n, 1) [1]
        Share of its area by which it was stretched when it opened.

    Equation
    --------
    r = d \sqrt{\epsilon}

    Symbols
    -------
    r : returned
    d : diameter
    \epsilon : strain

    Notes
    -----
    The area of the pore is what the membrane was stretched by: the widest that the pore becomes,
    before liquid has left and while the line tension of its rim closes it.

    References
    ----------
    Conservation of area. Slits of 10 to 100 nm width were seen in red cells seconds after osmotic
    lysis: Seeman, Cheng and Iles 1973, J Cell Biol 56:519, doi 10.1083/jcb.56.2.519 (abstract).

    Examples
    --------
    >>> round(float(relaxing_pore(100e-9, 0.04)) * 1e9)
    20
    """
    return np.asarray(np.asarray(diameter, float) * np.sqrt(np.asarray(strain, float)))


def closing_time(pore: ArrayLike, line_tension: ArrayLike, viscosity: ArrayLike) -> Array:
    r"""Return the time in which the rim of a pore pulls it shut against the membrane's flow [s].

    Parameters
    ----------
    pore : array (n, k) [m]
        Radius.
    line_tension : array (n, 1) [N]
        Of the rim.
    viscosity : array (n, 1) [Pa s m]
        Surface shear viscosity of the membrane.

    Equation
    --------
    t = \frac{2 \eta r}{\gamma}

    Symbols
    -------
    t : returned
    \eta : viscosity
    r : pore
    \gamma : line_tension

    Notes
    -----
    The work of the rim, 2 \pi \gamma v, goes into the radial flow of the membrane around the hole,
    4 \pi \eta v^2. Below 100 nm the liquid that squirts out of a small vesicle is gone sooner, and
    water drags less than the membrane does. While it shrinks a pore lets less through than it does
    at its widest, within a factor of three. Proteins that gather at the rim and ice that holds it
    open are left out.

    References
    ----------
    Brochard-Wyart, de Gennes and Sandre 2000, Physica A 278:32, doi 10.1016/S0378-4371(99)00559-2
    (abstract: closure driven by line tension, fast once leak-out is negligible); the balance is
    worked out here.

    Examples
    --------
    Twenty nanometres in a stiff membrane, in microseconds:

    >>> round(float(closing_time(20e-9, 26e-12, 1e-8)) * 1e6)
    15
    """
    drag = 2 * np.asarray(viscosity, float) * np.asarray(pore, float)
    return np.asarray(drag / np.asarray(line_tension, float))


def passing_share(pore: ArrayLike, spread: ArrayLike, molecule: ArrayLike) -> Array:
    r"""Return the share of pores that a molecule fits through, where pores differ [1].

    Parameters
    ----------
    pore : array [m]
        Median radius.
    spread : array [1]
        Standard deviation of the logarithm of the radius.
    molecule : array [m]
        Hydrodynamic diameter.

    Equation
    --------
    w = \Phi \left(\frac{\ln(2 r / a)}{\sigma}\right)

    Symbols
    -------
    w : returned
    r : pore
    \sigma : spread
    a : molecule

    References
    ----------
    A log-normal spread is assumed. That holes of one agent differ with its dose: little saponin
    lets haemoglobin out of red cells slowly, much of it as if there were no membrane (J Gen Physiol
    1935;19:35, doi 10.1085/jgp.19.1.35, abstract).

    Examples
    --------
    Through pits of 8 nm, catalase (10.5 nm) and an siRNA (4 nm):

    >>> passing_share(4e-9, 0.5, [10.5e-9, 4e-9]).round(2).tolist()
    [0.29, 0.92]
    """
    width = 2 * np.asarray(pore, float) / np.asarray(molecule, float)
    return np.asarray(ndtr(np.log(width) / np.asarray(spread, float)))


def passing_radii(
    pore: ArrayLike, spread: ArrayLike, molecule: ArrayLike, number: int = 8
) -> Array:
    r"""Return radii that stand, in equal parts, for the pores that a molecule fits through [m].

    Parameters
    ----------
    pore, spread, molecule : array (n,)
        As for `passing_share`.
    number : int
        Parts.

    Returns
    -------
    array (n, number) [m]
        Each wider than the molecule.

    Equation
    --------
    r_i = r \, e^{\sigma x_i}, \quad \Phi(-x_i) = w \frac{i - 1/2}{m}

    Symbols
    -------
    r_i : returned
    r : pore
    \sigma : spread
    w : passing_share
    m : number

    Examples
    --------
    >>> (passing_radii([4e-9], [0.5], [10.5e-9], 2) * 1e9).round(1).tolist()
    [[8.3, 5.9]]
    """
    share = passing_share(pore, spread, molecule)[..., None]
    parts = (np.arange(number) + 0.5) / number
    # A share too small for a number still has its narrowest pore.
    place = -ndtri(np.maximum(share * parts, 1e-300))
    radius = np.asarray(pore, float)[..., None] * np.exp(np.asarray(spread)[..., None] * place)
    return np.asarray(np.maximum(radius, np.asarray(molecule, float)[..., None] / 2))


def exchange_rate(
    diffusivity: ArrayLike,
    molecule: ArrayLike,
    pore: ArrayLike,
    thickness: ArrayLike,
    volume: ArrayLike,
) -> Array:
    r"""Return the rate at which a lumen comes to the outer concentration through one round pore.

    Parameters
    ----------
    diffusivity : array (n, 1) [m^2/s]
        Of the molecule in water.
    molecule : array (n, 1) [m]
        Its hydrodynamic diameter.
    pore : array (n, 1) [m]
        Radius of the pore.
    thickness : array (n, 1) [m]
        Of the membrane.
    volume : array (n, k) [m^3]
        That the molecule has in the lumen.

    Returns
    -------
    array (n, k) [1/s]
        Zero for a molecule wider than the pore, or a lumen without room for it.

    Equation
    --------
    k = \frac{D \, H(\lambda) \, \pi r^2}{V \left(h + \frac{\pi}{2} r\right)}, \quad \lambda =
    \frac{a}{2 r}

    Symbols
    -------
    k : returned
    D : diffusivity
    H : hindered_diffusion
    a : molecule
    r : pore
    h : thickness
    V : volume

    Notes
    -----
    Diffusion along the pore with the access from both sides in series; flow out of a vesicle under
    tension, which works against entry, is left out.

    References
    ----------
    Dechadilok and Deen 2006, doi 10.1021/ie051387n, for H; access to a round hole: Hall 1975, J Gen
    Physiol 66:531 (recalled).

    Examples
    --------
    An siRNA of 4 nm through a hole of 20 nm radius and through one of 4 nm, into 90 nm:

    >>> exchange_rate(1.2e-10, 4e-9, [20e-9, 4e-9], 5e-9, 3.3e-22).round(-1).tolist()
    [7430.0, 80.0]
    """
    r, a = np.asarray(pore, float), np.asarray(molecule, float)
    hindrance = hindered_diffusion(np.minimum(a / (2 * r), 1.0))
    flow = np.asarray(diffusivity) * hindrance * np.pi * r**2
    flow = flow / (np.asarray(thickness) + np.pi / 2 * r)
    flow, room = np.broadcast_arrays(flow, np.asarray(volume, float))
    return np.asarray(np.divide(flow, room, out=np.zeros(flow.shape), where=room > 0))


def exchanged_level(events: ArrayLike, rate: ArrayLike, lifetime: ArrayLike) -> Array:
    r"""Return how far a vesicle that opened at least once has come to the outer concentration [1].

    Parameters
    ----------
    events : array (n, k) [1]
        Mean openings of a vesicle.
    rate : array (n, k) [1/s]
        Of exchange while it is open, `exchange_rate`.
    lifetime : array (n, 1) [s]
        Of one opening.

    Equation
    --------
    f = \frac{1 - e^{-m q}}{1 - e^{-m}}, \quad q = 1 - e^{-k \tau}

    Symbols
    -------
    f : returned
    m : events
    k : rate
    \tau : lifetime

    Notes
    -----
    The mean over a Poisson number of openings, given that there was one; each brings the lumen
    nearer by the share q. At most one: what only opens never holds more than its surroundings.

    References
    ----------
    Poisson's generating function with Fick's law.

    Examples
    --------
    >>> exchanged_level([1e-9, 3.0], 100.0, [1e-3, 1.0]).round(3).tolist()
    [0.095, 1.0]
    """
    m = np.asarray(events, float)
    each = -np.expm1(-np.asarray(rate) * np.asarray(lifetime))
    top, below = np.broadcast_arrays(-np.expm1(-m * each), met_share(m))
    # Where nothing opens, what one opening would bring.
    rare = np.broadcast_to(each, top.shape)
    return np.asarray(np.divide(top, below, out=np.array(rare), where=below > 0))
