"""What flags and yield share is worked out once; numbers too small to close do not stop a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exocast.evidence import Axes, Catalogue, draw
from exocast.material.ledger import Exchange, residual
from exocast.material.suspension import Suspension
from exocast.stages.isolation.handling import once


@dataclass(frozen=True)
class Counting:
    calls: list[int]

    @once
    def found(self, suspension: Suspension, p: Any) -> int:
        self.calls.append(1)
        return len(self.calls)


def test_a_step_works_a_tube_out_once_and_another_tube_anew() -> None:
    p = draw([], Catalogue.packaged(), Axes(1, 1), 0).draws({})
    step, tube = Counting([]), Suspension.nothing(1)
    assert step.found(tube, p) == step.found(tube, p) == 1
    assert step.found(Suspension.nothing(1), p) == 2
    assert Counting([]).found(tube, p) == 1


def test_amounts_below_the_digits_of_a_number_close() -> None:
    tube = Suspension.nothing(1)
    few, many = (Exchange({("solute/protein", "lost"): np.array([-x])}) for x in (1e-310, 1e-6))
    assert residual(tube, tube, few)[0] == 0.0
    assert residual(tube, tube, many)[0] == 1.0
