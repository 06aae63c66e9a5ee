"""Nonlinear least squares from many starts at once: every trial point is one member of a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Minimum", "jacobian", "minimise"]

Array = NDArray[np.float64]
Residual = Callable[[Array], Array]
Report = Callable[[int, float], None]

STEP = 0.02
"""Half the distance of a central difference, in units of the coordinates."""

DAMPINGS = np.array([0.1, 1.0, 10.0])
"""Each step is tried with its damping times these; they cost one call together."""

NOTHING = 1e-12
"""A cost that is below any interest: residuals are in units of their error."""

SMALLEST, LARGEST = 1e-8, 1e8
"""Bounds of the damping."""


@dataclass(frozen=True)
class Minimum:
    """Where each start ended.

    Attributes
    ----------
    point : array (s, q)
        End of each start, the best first.
    cost : array (s,)
        Half the sum of squared residuals there.
    jacobian : array (r, q)
        Derivative of the residuals at the best end, by central differences.
    residual : array (r,)
        Residuals at the best end.
    converged : array (s,)
        Whether a start stopped because nothing more was gained.
    iterations : int
        Rounds taken.
    calls : int
        Points at which the residuals were asked for.
    """

    point: Array
    cost: Array
    jacobian: Array
    residual: Array
    converged: NDArray[np.bool_]
    iterations: int
    calls: int


def minimise(
    residual: Residual,
    start: Array,
    *,
    bound: float = 5.0,
    iterations: int = 40,
    tolerance: float = 1e-5,
    report: Report | None = None,
) -> Minimum:
    r"""Minimise half the sum of squares from several starts, in lockstep.

    Parameters
    ----------
    residual : callable
        Takes points, array (m, q), and returns their residuals, array (m, r). A point that cannot
        be evaluated has residuals that are not finite: no step is taken there.
    start : array (s, q)
        Starts. At least one must be evaluable.
    bound : float
        No coordinate leaves ``[-bound, bound]``.
    iterations : int
        At most so many rounds.
    tolerance : float
        A start ends when a round lowers its cost by less than this share.
    report : callable, optional
        Called after each round with its number and the lowest cost.

    Returns
    -------
    Minimum

    Raises
    ------
    ValueError
        If no start can be evaluated.

    Notes
    -----
    Levenberg's and Marquardt's step :math:`(J^T J + \lambda D) \delta = -J^T r` with
    :math:`D = \mathrm{diag}(J^T J)` (Marquardt 1963, doi 10.1137/0111030), the damping
    :math:`\lambda` tenfold down, kept and tenfold up at once. All starts, all differences of a
    Jacobian, and all dampings of a step are members of one batch, since what costs is the call.

    Examples
    --------
    >>> found = minimise(lambda x: 10.0 * (x - [1.0, -2.0]), np.zeros((1, 2)))
    >>> found.point.round(6).tolist()
    [[1.0, -2.0]]
    """
    point = np.clip(np.asarray(start, dtype=float), -bound, bound)
    starts, q = point.shape
    held = residual(point)
    cost = _cost(held)
    calls = starts
    if not np.isfinite(cost).any():
        raise ValueError("the residuals are not finite at any start")
    damping = np.full(starts, 1e-2)
    active = np.isfinite(cost)
    converged = np.zeros(starts, dtype=bool)
    rounds = 0
    while active.any() and rounds < iterations:
        rounds += 1
        which = np.flatnonzero(active)
        slopes = jacobian(residual, point[which], bound)
        calls += 2 * q * len(which)
        tries = damping[which, None] * DAMPINGS
        trial = np.stack(
            [
                np.clip(
                    point[s] + _steps(slopes[row], held[s], point[s], tries[row], bound),
                    -bound,
                    bound,
                )
                for row, s in enumerate(which)
            ]
        )
        tried = residual(trial.reshape(-1, q)).reshape(len(which), len(DAMPINGS), -1)
        calls += trial.shape[0] * trial.shape[1]
        values = _cost(tried)
        best = np.argmin(np.where(np.isfinite(values), values, np.inf), axis=1)
        for row, s in enumerate(which):
            gained = cost[s] - values[row, best[row]]
            if not gained > 0:  # also where no trial is finite
                damping[s] *= 100.0
                active[s] = damping[s] <= LARGEST
                converged[s] = not active[s]
                continue
            small = gained <= tolerance * cost[s] + NOTHING
            point[s], held[s] = trial[row, best[row]], tried[row, best[row]]
            cost[s] = values[row, best[row]]
            damping[s] = np.clip(tries[row, best[row]], SMALLEST, LARGEST)
            active[s], converged[s] = not small, small
        if report is not None:
            report(rounds, float(np.nanmin(cost)))
    order = np.argsort(np.where(np.isfinite(cost), cost, np.inf), kind="stable")
    top = order[0]
    slopes = jacobian(residual, point[[top]], bound)[0]
    return Minimum(
        point[order],
        cost[order],
        slopes,
        held[top],
        converged[order],
        rounds,
        calls + 2 * q,
    )


def jacobian(residual: Residual, point: Array, bound: float = np.inf) -> Array:
    """Return derivatives of the residuals by central differences, all in one call.

    Parameters
    ----------
    residual : callable
        As in `minimise`.
    point : array (m, q)
        Where.
    bound : float
        Neither side of a difference leaves ``[-bound, bound]``.

    Returns
    -------
    array (m, r, q)
        0 where a side cannot be evaluated.
    """
    m, q = point.shape
    shift = STEP * np.eye(q)
    sides = np.stack([point[:, None] + shift, point[:, None] - shift], axis=1)  # (m, 2, q, q)
    sides = np.clip(sides, -bound, bound)
    values = residual(sides.reshape(-1, q)).reshape(m, 2, q, -1)
    width = np.einsum("mqq->mq", sides[:, 0] - sides[:, 1])
    slopes = np.moveaxis((values[:, 0] - values[:, 1]) / width[:, :, None], 2, 1)
    return np.where(np.isfinite(slopes), slopes, 0.0)


def _cost(residual: Array) -> Array:
    """Return half the sum of squares over the last axis; infinite where it is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = 0.5 * np.sum(residual**2, axis=-1)
    return np.where(np.isfinite(total), total, np.inf)


def _steps(slopes: Array, residual: Array, point: Array, dampings: Array, bound: float) -> Array:
    """Return one step for each damping, array (d, q); coordinates pressed at a bound stay."""
    gradient = slopes.T @ residual
    pressed = ((point >= bound) & (gradient < 0)) | ((point <= -bound) & (gradient > 0))
    free = np.flatnonzero(~pressed)
    steps = np.zeros((len(dampings), len(point)))
    if not len(free):
        return steps
    normal = slopes[:, free].T @ slopes[:, free]
    scale = np.maximum(np.diag(normal), 1e-12)
    for row, damping in enumerate(dampings):
        steps[row, free] = np.linalg.solve(normal + np.diag(damping * scale), -gradient[free])
    return steps
