"""What phagocytes hold of a blocking dose, and what antibody marks for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["blocking_dose", "opsonised_share"]

Array = NDArray[np.float64]

STEPS = 400


def blocking_dose(
    dose: ArrayLike,
    rate: ArrayLike,
    capacity: ArrayLike,
    digestion: ArrayLike,
    lead: float,
) -> tuple[Array, Array]:
    r"""Return what is left of a blocking dose in blood, and the filled share of phagocytes.

    Parameters
    ----------
    dose : array (n,) [particle]
        Given at once, a time before.
    rate : array (n,) [1/s]
        At which empty phagocytes clear the blood.
    capacity : array (n,) [particle]
        Of all phagocytes.
    digestion : array (n,) [1/s]
        Rate at which capacity comes back.
    lead : float [s]
        Time since the dose.

    Returns
    -------
    tuple of array (n,) [particle], [1]

    Equation
    --------
    \frac{db}{dt} = -h b (1 - x), \quad \frac{dx}{dt} = \frac{h b}{C} (1 - x) - k_L x

    Symbols
    -------
    b : returned[0]
    x : returned[1]
    h : rate
    C : capacity
    k_L : digestion
    b(0) : dose
    t : time, up to lead [s]

    Notes
    -----
    Exponential midpoint steps, short at first: each is exact for a share that stands still, so the
    share stays between 0 and 1 whatever the step. 400 steps hold 1e-3.

    Examples
    --------
    Without digestion a dose below the capacity fills just its part, and one above it all:

    >>> left, filled = blocking_dose([2e11, 5e12], 0.005, 1e12, 0.0, 86400.0)
    >>> (filled.round(3) + 0.0).tolist(), left.round(-9).tolist()
    ([0.2, 1.0], [0.0, 4000000000000.0])
    """
    held = [np.asarray(one, float) for one in (dose, rate, capacity, digestion)]
    dose, rate, capacity, digestion = (np.asarray(one) for one in np.broadcast_arrays(*held))
    room = np.maximum(np.asarray(capacity), 1.0)
    blood, filled = np.array(dose), np.zeros_like(dose)
    speed, back = np.asarray(rate), np.asarray(digestion)
    times = lead * np.linspace(0.0, 1.0, STEPS + 1) ** 3
    for step in np.diff(times):
        middle = _filled(blood, filled, speed, room, back, 0.5 * step)
        half = blood * np.exp(-0.5 * step * speed * (1.0 - 0.5 * (filled + middle)))
        filled, blood = (
            _filled(half, filled, speed, room, back, step),
            blood * np.exp(-step * speed * (1.0 - middle)),
        )
    return blood, filled


def _filled(
    blood: Array, filled: Array, rate: Array, capacity: Array, digestion: Array, step: float
) -> Array:
    """Return the filled share after a step in which the blood stands still."""
    arriving = rate * blood / capacity
    speed = arriving + digestion
    end = np.divide(arriving, speed, out=np.zeros_like(speed), where=speed > 0)
    return np.asarray(end + (filled - end) * np.exp(-speed * step))


def opsonised_share(antibody: ArrayLike) -> Array:
    r"""Return the share of vesicles that antibody has marked [1].

    Parameters
    ----------
    antibody : array [1]
        Over the level that marks half of them.

    Returns
    -------
    array [1]

    Equation
    --------
    o = \frac{a}{1 + a}

    Symbols
    -------
    o : returned
    a : antibody

    Notes
    -----
    Binding in excess of antibody, at equilibrium: a dose is taken to use up none of it.

    Examples
    --------
    >>> float(opsonised_share(0.0)), float(opsonised_share(3.0))
    (0.0, 0.75)
    """
    antibody = np.asarray(antibody, float)
    return np.asarray(antibody / (1.0 + antibody))
