"""The ledger: what each step added and removed, by cause, and whether it balances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exocast.errors import ConservationError
from exocast.material.suspension import Suspension

__all__ = ["TOLERANCE", "Entry", "Exchange", "Ledger", "Resources", "residual"]

Array = NDArray[np.float64]

TOLERANCE = 1e-9
LEAST = float(np.finfo(float).tiny) / TOLERANCE
"""Amount below which numbers lose digits (subnormal), so that none closes to the tolerance."""


@dataclass(frozen=True)
class Resources:
    """What a step costs its operator.

    Attributes
    ----------
    time, hands_on : float or array (n,)
        Duration and the operator's own time [s].
    consumables : mapping of str to float
        Named consumables and how many of them (tubes, litres of medium as ``medium [L]`` ...).
    """

    time: float = 0.0
    hands_on: float = 0.0
    consumables: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Exchange:
    """What one step added to (+) and removed from (-) the tube, by cause.

    Attributes
    ----------
    amounts : mapping of (quantity, cause) to array (n,)
        Quantities are named as in `Suspension.totals`: ``particles/small_ev``,
        ``cargo/siRNA``, ``solute/protein``, ``volume``.
    resources : Resources
        Time and consumables.
    notes : mapping of str to array (n,)
        Figures worth keeping that are not exchanges, such as an induced voltage or an apparent
        efficiency; the key says the unit: ``induced voltage [V]``.
    """

    amounts: Mapping[tuple[str, str], Array] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)
    notes: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: a step, the tube before and after, and the exchange.

    Attributes
    ----------
    step : str
        Identity of the step.
    title : str
        Words for people, such as "differential centrifugation".
    stage, method : str
        What the step is.
    after : Suspension
        The tube after the step.
    exchange : Exchange
        What was added and removed.
    residual : float
        Largest relative imbalance over quantities and members.
    """

    step: str
    title: str
    stage: str
    method: str
    after: Suspension
    exchange: Exchange
    residual: float


@dataclass(frozen=True)
class Ledger:
    """Every step from the empty tube to the dose, in order."""

    entries: tuple[Entry, ...] = ()

    def closed(
        self,
        step: str,
        title: str,
        stage: str,
        method: str,
        before: Suspension,
        after: Suspension,
        exchange: Exchange,
    ) -> Ledger:
        """Return the ledger with one more line, its balance closed by the runner.

        Raises
        ------
        ConservationError
            If a total is off by more than 1e-9 of what was handled.
        """
        worst, quantity = residual(before, after, exchange)
        if not worst <= TOLERANCE:
            raise ConservationError(
                f"step `{step}` ({stage}.{method}) does not balance {quantity}: "
                f"relative residual {worst:.1e} above {TOLERANCE:.0e}"
            )
        entry = Entry(step, title, stage, method, after, exchange, worst)
        return Ledger((*self.entries, entry))

    @property
    def last(self) -> Suspension:
        """Return the tube after the last step."""
        return self.entries[-1].after

    @property
    def residual(self) -> float:
        """Return the largest relative imbalance of any step."""
        return max((entry.residual for entry in self.entries), default=0.0)


def residual(before: Suspension, after: Suspension, exchange: Exchange) -> tuple[float, str]:
    """Return the largest relative imbalance and the quantity that has it.

    For every quantity: before + added - removed - after, over the largest amount handled.
    """
    start, end = before.totals(), after.totals()
    zero = np.zeros(after.members)
    quantities = set(start) | set(end) | {quantity for quantity, _ in exchange.amounts}
    worst, where = 0.0, ""
    for quantity in sorted(quantities):
        moved = [amount for (name, _), amount in exchange.amounts.items() if name == quantity]
        handled = np.abs(start.get(quantity, zero)) + sum((np.abs(a) for a in moved), zero)
        handled = np.maximum(handled, np.abs(end.get(quantity, zero)))
        gap = np.abs(start.get(quantity, zero) + sum(moved, zero) - end.get(quantity, zero))
        if not np.isfinite(gap).all():
            return np.inf, quantity
        share = float(np.max(np.divide(gap, handled, out=zero.copy(), where=handled > LEAST)))
        if share > worst:
            worst, where = share, quantity
    return worst, where
