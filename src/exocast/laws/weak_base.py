"""A weak base and a gradient of pH: what is neutral crosses, what is charged stays behind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "accumulation",
    "ammonium_given",
    "citrate_given",
    "neutral_share",
    "permeability_share",
    "trapped",
]

Array = NDArray[np.float64]

CITRIC = (3.13, 4.76, 6.40)
"""Acidity constants of citric acid at 25 degC, without other salt (handbook, recalled)."""

BISECTIONS = 60


def neutral_share(acidity: ArrayLike, ph: ArrayLike) -> Array:
    r"""Return the share of a weak base that carries no charge [1].

    Parameters
    ----------
    acidity : array [1]
        Negative logarithm of the acidity constant of the charged form (pKa); 0 for what is no base.
    ph : array [1]
        pH.

    Equation
    --------
    f = \frac{1}{1 + 10^{\mathrm{p}K_a - \mathrm{pH}}}

    Symbols
    -------
    f : returned
    \mathrm{p}K_a : acidity
    \mathrm{pH} : ph

    References
    ----------
    Henderson 1908, Hasselbalch 1917 (classical, recalled).

    Examples
    --------
    >>> float(neutral_share(8.0, 8.0)), round(float(neutral_share(8.2, 7.4)), 3)
    (0.5, 0.137)
    """
    return np.asarray(1.0 / (1.0 + 10.0 ** (np.asarray(acidity, float) - ph)))


def permeability_share(
    acidity: ArrayLike, ph: ArrayLike, charged: ArrayLike, reference: float = 7.4
) -> Array:
    r"""Return the permeability, or partition, of a weak base over that at a reference pH [1].

    Parameters
    ----------
    acidity, ph : array [1]
        As in `neutral_share`.
    charged : array [1]
        Of the charged form over that of the neutral one.
    reference : float [1]
        pH of the measurement.

    Equation
    --------
    r = \frac{f + (1 - f) \rho}{f_0 + (1 - f_0) \rho}

    Symbols
    -------
    r : returned
    f, f_0 : neutral_share at the pH and at the reference
    \rho : charged

    References
    ----------
    The pH-partition hypothesis with a leak of the charged form; the leak controls permeation far
    from the acidity constant: Thomae, Wunderli-Allenspach and Kraemer 2005, Biophys J 89:1802,
    doi 10.1529/biophysj.105.060871 (abstract; acids).

    Examples
    --------
    >>> [round(float(permeability_share(base, 5.0, 0.0)), 4) for base in (8.2, 0.0)]
    [0.0046, 1.0]
    """
    here, there = neutral_share(acidity, ph), neutral_share(acidity, reference)
    leak = np.asarray(charged, float)
    return np.asarray((here + (1 - here) * leak) / (there + (1 - there) * leak))


def accumulation(acidity: ArrayLike, inside: ArrayLike, outside: ArrayLike) -> Array:
    r"""Return a weak base dissolved inside over outside, where only its neutral form crosses [1].

    Parameters
    ----------
    acidity : array [1]
        As in `neutral_share`.
    inside, outside : array [1]
        pH of the two sides.

    Equation
    --------
    \rho = \frac{1 + 10^{\mathrm{p}K_a - \mathrm{pH}_i}}{1 + 10^{\mathrm{p}K_a - \mathrm{pH}_o}}

    Symbols
    -------
    \rho : returned
    \mathrm{p}K_a : acidity
    \mathrm{pH}_i, \mathrm{pH}_o : inside, outside

    References
    ----------
    Henderson and Hasselbalch on both sides of a membrane (classical).

    Examples
    --------
    >>> round(float(accumulation(20.0, 4.0, 7.0)), 6), float(accumulation(8.2, 7.4, 7.4))
    (1000.0, 1.0)
    """
    return np.asarray(neutral_share(acidity, outside) / neutral_share(acidity, inside))


def ammonium_given(
    inside: ArrayLike, outside: ArrayLike, salt: ArrayLike, left: ArrayLike, ratio: ArrayLike
) -> Array:
    r"""Return the protons that a lumen of ammonium sulfate has given at a pH, per volume.

    Parameters
    ----------
    inside, outside : array [1]
        pH of the two sides.
    salt : array [mol/m^3]
        Ammonium sulfate in the lumen at the start.
    left : array [mol/m^3]
        Ammonium outside at the start.
    ratio : array [1]
        All lumens over the liquid outside.

    Returns
    -------
    array [mol/m^3]
        Of lumen; never below zero.

    Equation
    --------
    \frac{2 s - u}{a + u \varphi} = 10^{\mathrm{pH}_o - \mathrm{pH}_i}

    Symbols
    -------
    u : returned
    s : salt
    a : left
    \varphi : ratio
    \mathrm{pH}_i, \mathrm{pH}_o : inside, outside

    Notes
    -----
    Each ammonium leaves as ammonia and its proton stays on a molecule of drug; ammonia is at
    equilibrium, so protons are shared as ammonium is. Two ammonium a sulfate: the ceiling is twice
    the salt.

    References
    ----------
    Haran, Cohen, Bar and Barenholz 1993, Biochim Biophys Acta 1151:201, doi
    10.1016/0005-2736(93)90105-9 (mechanism, recalled); Fritze 2006 (recalled).

    Examples
    --------
    >>> float(ammonium_given(7.4, 7.4, 250.0, 0.0, 0.0))
    500.0
    """
    pull = 10.0 ** (np.asarray(outside, float) - inside)
    ammonium = 2 * np.asarray(salt, float) - pull * np.asarray(left, float)
    given = ammonium / (1 + pull * np.asarray(ratio, float))
    return np.asarray(np.maximum(given, 0.0))


def citrate_given(inside: ArrayLike, start: ArrayLike, salt: ArrayLike) -> Array:
    r"""Return the protons that a lumen of citrate has given at a pH, per volume.

    Parameters
    ----------
    inside, start : array [1]
        pH of the lumen, now and at the start.
    salt : array [mol/m^3]
        Citrate.

    Returns
    -------
    array [mol/m^3]
        Of lumen; never below zero.

    Equation
    --------
    u = c \left[z(\mathrm{pH}_i) - z(\mathrm{pH}_0)\right], \quad z = \sum_{m=1}^{3}
    \frac{m \, \beta_m}{1 + \beta_1 + \beta_2 + \beta_3}, \quad \beta_m = 10^{m \mathrm{pH} -
    \sum_{l \le m} \mathrm{p}K_l}

    Symbols
    -------
    u : returned
    c : salt
    z : charges of a citrate
    \mathrm{pH}_i, \mathrm{pH}_0 : inside, start

    References
    ----------
    Acid-base equilibrium of a triprotic acid (textbook).

    Examples
    --------
    From pH 4 to 7.4 a citrate gives two protons:

    >>> round(float(citrate_given(7.4, 4.0, 1.0)), 2)
    1.88
    """
    gained = _citrate_charge(inside) - _citrate_charge(start)
    return np.asarray(np.maximum(gained * np.asarray(salt, float), 0.0))


def _citrate_charge(ph: ArrayLike) -> Array:
    """Return the mean charges of a citrate [1]."""
    steps = np.cumsum([np.asarray(ph, float) - acid for acid in CITRIC], axis=0)
    forms = 10.0**steps
    order = np.arange(1.0, 4.0).reshape((3,) + (1,) * (forms.ndim - 1))
    return np.asarray((order * forms).sum(axis=0) / (1.0 + forms.sum(axis=0)))


def trapped(
    amount: ArrayLike,
    outer: ArrayLike,
    lumen: ArrayLike,
    acidity: ArrayLike,
    low: ArrayLike,
    outside: float,
    solubility: ArrayLike,
    given: Callable[[Array], Array],
) -> tuple[Array, Array]:
    r"""Return what a gradient holds in lumens at equilibrium, and their pH then.

    Parameters
    ----------
    amount : array (n,) [mol]
        Of drug, all of it.
    outer : array (n,) [m^3]
        Liquid outside, with what holds as much as liquid.
    lumen : array (n,) [m^3]
        All lumens with a gradient.
    acidity : array (n,) [1]
        Of the drug.
    low : array (n,) [1]
        pH of the lumen at the start.
    outside : float [1]
        pH outside.
    solubility : array (n,) [mol/m^3]
        Of the drug's salt inside; what is above falls out there.
    given : callable
        Protons given at a pH inside, per volume of lumen [mol/m^3].

    Returns
    -------
    held : array (n,) [mol/m^3]
        Drug per volume of lumen, dissolved and solid.
    ph : array (n,) [1]
        Of the lumen.

    Equation
    --------
    u V + C_o V_o = N, \quad u = \rho C_o \ \text{up to} \ s, \ \text{beyond it} \ C_o =
    \frac{s}{\rho}, \quad g(\mathrm{pH}_i) = u

    Symbols
    -------
    u : returned[0], drug per volume of lumen
    \mathrm{pH}_i : returned[1]
    N : amount
    V, V_o : lumen, outer
    \rho : accumulation
    s : solubility
    g : given
    C_o : drug outside [mol/m^3]

    Notes
    -----
    Each molecule that comes in takes up a proton, so that the lumen's pH rises until what its
    buffer has given is what came in; solved by bisection.

    Examples
    --------
    A gradient of three units in next to no lumen holds a thousandfold:

    >>> u, ph = trapped(*np.full((6, 1), [[1.0], [1.0], [1e-9], [20.0], [4.0], [1e9]])[:5], 7.0,
    ...     np.array([1e9]), lambda x: 1e12 * (x - 4.0))
    >>> u.round(2).tolist(), ph.round(3).tolist()
    ([1000.0], [4.0])
    """
    n, outer, lumen = (np.asarray(x, float) for x in (amount, outer, lumen))
    shape = np.broadcast_shapes(n.shape, outer.shape, lumen.shape, np.shape(acidity))
    below = np.broadcast_to(np.minimum(np.asarray(low, float), outside), shape).copy()
    above = np.full(shape, float(outside))
    for _ in range(BISECTIONS):
        middle = 0.5 * (below + above)
        wanted = _held(n, outer, lumen, accumulation(acidity, middle, outside), solubility)
        enough = given(middle) > wanted
        above, below = np.where(enough, middle, above), np.where(enough, below, middle)
    ph = 0.5 * (below + above)
    wanted = _held(n, outer, lumen, accumulation(acidity, ph, outside), solubility)
    # A buffer that is used up gives no more, at whatever pH.
    return np.where(ph < outside - 1e-9, wanted, np.minimum(wanted, given(ph))), ph


def _held(n: Array, outer: Array, lumen: Array, ratio: Array, solubility: ArrayLike) -> Array:
    """Return drug per volume of lumen at a ratio of dissolved drug [mol/m^3]."""
    room = outer + ratio * lumen
    free = np.divide(n, room, out=np.zeros(np.broadcast(n, room).shape), where=room > 0)
    most = np.asarray(solubility, float)
    solid = ratio * free > most
    outside = np.where(solid, most / ratio, free)
    left = np.maximum(n - outside * outer, 0.0)
    spread = np.divide(left, lumen, out=np.zeros(left.shape), where=lumen > 0)
    return np.asarray(np.where(solid, spread, ratio * free))
