"""SciPy on the declared formulas, for peers and references: one member, in units of its scales."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.integrate import LSODA, OdeSolver, Radau

from _cases import Case
from exocast.engine.reference import Formulas

__all__ = ["integrate", "radau"]

Array = NDArray[np.float64]


def integrate(
    case: Case, formulas: Formulas, member: int, rtol: float, method: type[OdeSolver]
) -> Array:
    """Return the states (t, s) of one member at the case's times; NaN from where it failed.

    Parameters
    ----------
    case : Case
    formulas : Formulas
        Of the case's network, made once.
    member : int
    rtol : float
    method : type of OdeSolver
        LSODA takes the Jacobian full; any other takes it sparse.
    """
    scale = case.scale_of(member)
    out = np.full((len(case.times), case.states), np.nan)
    full = method is LSODA
    widen = sparse.diags_array(scale)
    narrow = sparse.diags_array(1.0 / scale)
    amounts = case.start[member]
    for segment in case.segments:
        if segment.put is not None:
            amounts = amounts + segment.put[member]
        out[case.times == segment.begin] = amounts
        parameters = segment.parameters[member]

        def rates(time: float, y: Array, p: Array = parameters) -> Array:
            return formulas.rates(y * scale, p, time) / scale

        def slopes(time: float, y: Array, p: Array = parameters) -> object:
            found = sparse.csc_array(narrow @ formulas.jacobian(y * scale, p, time) @ widen)
            return found.toarray() if full else found

        solver = method(
            rates, segment.begin, amounts / scale, segment.end, rtol=rtol, atol=rtol, jac=slopes
        )
        inner = (case.times > segment.begin) & (case.times <= segment.end)
        while solver.status == "running":
            solver.step()
            if solver.status == "failed" or not np.all(np.isfinite(solver.y)):
                return out
            reached = inner & (case.times > solver.t_old) & (case.times <= solver.t)
            if reached.any():
                out[reached] = solver.dense_output()(case.times[reached]).T * scale
        amounts = solver.y * scale
    return out


def radau(case: Case, members: NDArray[np.int64], rtol: float) -> Array:
    """Return the outputs (n, t, j) by SciPy's Radau: order 5, and nothing in common with ours."""
    formulas = Formulas(case.model)
    states = [integrate(case, formulas, member, rtol, Radau) for member in members.tolist()]
    return case.kept(np.stack(states))
