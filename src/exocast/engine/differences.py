"""Derivatives by central differences on the very same steps: the twin of the exact ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.problem import Problem
from exocast.engine.solve import solve_native

__all__ = ["central_differences"]


def central_differences(
    model: CompiledNetwork, problem: Problem, shift: float = 1e-5
) -> NDArray[np.float64]:
    """Return derivatives (n, t, j, q) from two shifted runs a direction, on the base run's steps.

    Parameters
    ----------
    model : CompiledNetwork
    problem : Problem
        With directions of parameters, starts and dose amounts; moments of doses are left out,
        because stops that move cannot keep the same steps.
    shift : float
        Length of the shift along each direction.

    Notes
    -----
    With the steps held, what is differenced is one smooth function of the inputs, so the error is
    that of the difference alone: ``shift**2`` and rounding over ``shift``.
    """
    members, count = len(problem.parameters), problem.by_parameter.shape[1]
    plain = replace(
        problem,
        by_parameter=problem.by_parameter[:, :0],
        by_start=problem.by_start[:, :, :0],
        by_amount=np.zeros((0, 0, 0)),
        by_begin=np.zeros((0, 0, 0)),
        by_end=np.zeros((0, 0, 0)),
    )
    tried, _ = solve_native(model, plain)
    _, steps = solve_native(model, plain, record=int(tried.steps.max()))

    def along(values: NDArray[np.float64], slopes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values (2, q, n, m), shifted up and down along each direction."""
        moves = np.moveaxis(np.broadcast_to(slopes, (members, *slopes.shape[1:])), -1, 0)
        return np.stack([values + shift * moves, values - shift * moves])

    def flat(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ascontiguousarray(values.reshape(2 * count * members, -1))

    def repeated(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values if len(values) == 1 else np.tile(values, (2 * count, 1))

    amount = problem.dose_amount
    if problem.by_amount.size:
        amount = flat(along(amount, problem.by_amount))
    else:
        amount = np.tile(amount, (2 * count, 1))
    shifted = replace(
        plain,
        parameters=flat(along(problem.parameters, problem.by_parameter[np.newaxis])),
        start=flat(along(problem.start, problem.by_start)),
        times=repeated(problem.times),
        scale=repeated(problem.scale),
        dose_start=np.tile(problem.dose_start, (2 * count, 1)),
        dose_end=np.tile(problem.dose_end, (2 * count, 1)),
        dose_amount=amount,
    )
    solution, _ = solve_native(model, shifted, replay=np.tile(steps, (2 * count, 1)))
    up, down = solution.amount.reshape(2, count, members, *solution.amount.shape[1:])
    return np.moveaxis((up - down) / (2.0 * shift), 0, -1)
