"""What a label shows: its release, its inactivation, its excretion, and what a sample holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["left_behind", "organ_signal", "plasma_signal", "tag_course"]

Array = NDArray[np.float64]


def tag_course(
    time: Array,
    uptake: Array | float,
    inactivation: Array | float,
    degradation: Array | float,
    released: Array | float = 0.0,
    soluble_loss: Array | float = 1.0,
    excretion: Array | float = 1.0,
    unbound: Array | float = 0.0,
) -> dict[str, Array]:
    r"""Return label on vesicles in blood, in tissue, soluble and catabolised, after one bolus.

    The one-compartment reduction of the body, in closed form: the yardstick of the full one.

    Parameters
    ----------
    time : array (t,) [s]
        Since the bolus.
    uptake : float [1/s]
        Sum over organs of their uptake rate constants, h.
    inactivation : float [1/s]
        Loss of the label's signal in blood, k_i.
    degradation : float [1/s]
        Loss of the label from where it was taken up, k_d.
    released : float [1]
        Share of that loss which returns to blood as soluble label, r.
    soluble_loss, excretion : float [1/s]
        Loss of soluble label, k_S, and excretion of catabolites, k_G.
    unbound : float [1]
        Share of the injected label that no vesicle carries, in the soluble pool at once.

    Returns
    -------
    dict of str to array (t,) [1]
        Shares of the injected label: ``blood``, ``tissue``, ``soluble``, ``catabolite``, ``lost``
        (inactivated in blood) and ``excreted``; they sum to one.

    Equation
    --------
    B' = -(h + k_i) B, \quad U' = h B - k_d U

    S' = r k_d U - k_S S, \quad G' = (1 - r) k_d U - k_G G

    B(0) = 1 - \varphi, \quad S(0) = \varphi

    Symbols
    -------
    B : label on vesicles in blood
    U : label in tissue
    S : soluble label
    G : catabolites
    h : uptake
    k_i : inactivation
    k_d : degradation
    r : released
    k_S : soluble_loss
    k_G : excretion
    \varphi : unbound

    Notes
    -----
    Solved by the matrix exponential, so that equal rate constants are no special case.

    Examples
    --------
    >>> course = tag_course(np.array([0.0, 120.0]), np.log(2) / 120, 0.0, 0.0)
    >>> np.round(course["blood"], 3), np.round(course["tissue"], 3)
    (array([1. , 0.5]), array([0. , 0.5]))
    """
    from scipy.linalg import expm

    h, k_i, k_d, r, k_s, k_g, phi = (
        float(part)
        for part in (
            uptake,
            inactivation,
            degradation,
            released,
            soluble_loss,
            excretion,
            unbound,
        )
    )
    # Excreta first: a triangular matrix would take expm's short cut, which divides by the
    # difference of nearly equal rate constants.
    names = ("excreted", "blood", "tissue", "soluble", "catabolite", "lost")
    rates = np.zeros((6, 6))
    rates[:, 1] = [0.0, -(h + k_i), h, 0.0, 0.0, k_i]
    rates[:, 2] = [0.0, 0.0, -k_d, r * k_d, (1 - r) * k_d, 0.0]
    rates[:, 3] = [k_s, 0.0, 0.0, -k_s, 0.0, 0.0]
    rates[:, 4] = [k_g, 0.0, 0.0, 0.0, -k_g, 0.0]
    start = np.array([0.0, 1 - phi, 0.0, phi, 0.0, 0.0])
    course = np.stack([expm(rates * t) @ start for t in np.asarray(time, dtype=float)])
    return dict(zip(names, course.T, strict=True))


def plasma_signal(
    on_vesicles: Array,
    soluble: Array,
    catabolite: Array,
    plasma_volume: Array,
    soluble_volume: Array,
    catabolite_volume: Array,
) -> Array:
    r"""Return the label in all plasma: on vesicles, soluble, and plasma's part of the catabolites.

    Parameters
    ----------
    on_vesicles : array [copy]
        On circulating vesicles.
    soluble, catabolite : array [copy]
        In the two pools of label that left its vesicle.
    plasma_volume, soluble_volume, catabolite_volume : array [m^3]
        Of plasma, and those in which the pools are spread.

    Returns
    -------
    array [copy]

    Equation
    --------
    P = B + S \, \frac{V_p}{V_S} + G \, \frac{V_p}{V_G}

    Symbols
    -------
    P : returned
    B : on_vesicles
    S : soluble
    G : catabolite
    V_p : plasma_volume
    V_S : soluble_volume
    V_G : catabolite_volume

    Notes
    -----
    A sample of plasma cannot tell the three apart.

    Examples
    --------
    >>> float(plasma_signal(1.0, 2.0, 10.0, 1.0, 2.0, 5.0))
    4.0
    """
    return np.asarray(
        on_vesicles
        + soluble * (plasma_volume / soluble_volume)
        + catabolite * (plasma_volume / catabolite_volume)
    )


def organ_signal(
    taken_up: Array, plasma_signal: Array, residual_plasma: Array, plasma_volume: Array
) -> Array:
    r"""Return the label that a counted organ shows: its own and that of the plasma left in it.

    Parameters
    ----------
    taken_up : array [copy]
        In the organ's tissue.
    plasma_signal : array [copy]
        In all plasma, from `plasma_signal`.
    residual_plasma, plasma_volume : array [m^3]
        Plasma left in the organ when it is weighed, and all plasma.

    Returns
    -------
    array [copy]

    Equation
    --------
    O = U + P \, \frac{V_r}{V_p}

    Symbols
    -------
    O : returned
    U : taken_up
    P : plasma_signal
    V_r : residual_plasma
    V_p : plasma_volume

    Examples
    --------
    >>> float(organ_signal(3.0, 10.0, 0.05, 1.0))
    3.5
    """
    return np.asarray(taken_up + plasma_signal * residual_plasma / plasma_volume)


def left_behind(first: Array, second: Array, since: Array) -> Array:
    r"""Return what a second pool holds of what a first one gives it, per rate of giving [s].

    Parameters
    ----------
    first : array [1/s]
        Rate at which the first pool empties, whichever way.
    second : array [1/s]
        Rate at which the second empties.
    since : array [s]
        Time since the first held 1 and the second nothing.

    Equation
    --------
    B = \frac{e^{-k_1 t} - e^{-k_2 t}}{k_2 - k_1}

    Symbols
    -------
    B : returned
    k_1 : first
    k_2 : second
    t : since

    Notes
    -----
    Bateman's function; the limit t e^(-k t) where the rates are equal.

    Examples
    --------
    >>> round(float(left_behind(1.0, 1.0, 1.0)), 6), round(float(left_behind(1.0, 2.0, 1.0)), 6)
    (0.367879, 0.232544)
    """
    gap = (np.asarray(second, float) - first) * since
    tiny = np.abs(gap) < 1e-9
    shape = np.where(tiny, 1.0 - gap / 2, -np.expm1(-gap) / np.where(tiny, 1.0, gap))
    return np.asarray(np.exp(-np.asarray(first) * since) * since * shape)
