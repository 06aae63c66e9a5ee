"""The untreated tumour, shared by the responses: its volume, and how often its cells divide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exocast.engine.network import Expression, State
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.tumour_growth import SHARPNESS
from exocast.material.wiring import Wiring

__all__ = ["PARAMETERS", "Growth", "relative_growth", "untreated_growth"]

_KEY = "response.tumour_growth."
DOUBLING = Parameter(_KEY + "doubling_time", unit="s", doc="Doubling time of a small tumour.")
LINEAR = Parameter(_KEY + "linear_growth", unit="m^3/s", doc="Growth of a large tumour.")
LOSS_FACTOR = Parameter(
    _KEY + "cell_loss_factor",
    unit="1",
    doc="Share of the tumour cells born that are lost.",
    high=0.98,
    scale="logit",
)
PARAMETERS = (DOUBLING, LINEAR, LOSS_FACTOR)

UNTREATED = "tumour.untreated"
RESOLVED = 1e-3
"""Share of the first volume below which a volume need not be resolved."""


@dataclass(frozen=True)
class Growth:
    """The untreated tumour, as expressions of the network.

    Attributes
    ----------
    volume : State
        Untreated volume [m^3].
    relative : Expression
        Net growth over volume [1/s].
    division : Expression
        Births per cell [1/s].
    cells : Expression
        Tumour cells [cell].
    """

    volume: State
    relative: Expression
    division: Expression
    cells: Expression

    @property
    def death(self) -> Expression:
        """Return the deaths per cell [1/s]."""
        return self.division - self.relative


def relative_growth(wiring: Wiring, p: Draws, volume: State) -> Expression:
    """Return `laws.tumour_growth.relative_growth` of a volume, as an expression [1/s]."""
    exponential = wiring.parameter("tumour.exponential_growth", np.log(2.0) / p[DOUBLING])
    switch = wiring.parameter("tumour.switch_volume", p[LINEAR] * p[DOUBLING] / np.log(2.0))
    return exponential / (1.0 + (volume / switch) ** float(SHARPNESS)) ** (1.0 / SHARPNESS)


def untreated_growth(wiring: Wiring, p: Draws) -> Growth:
    """Return the untreated tumour, declaring it where no other response has.

    Parameters
    ----------
    wiring : Wiring
        Where the body published ``tumour.cells``.
    p : Draws
        Values of `PARAMETERS`.
    """
    first = wiring.study.tumour_volume
    declared = UNTREATED in wiring.pools
    volume = (
        wiring.pool(UNTREATED)
        if declared
        else wiring.add_pool(UNTREATED, start=first, scale=RESOLVED * first)
    )
    relative = relative_growth(wiring, p, volume)
    if not declared:
        wiring.network.flux(None, volume, relative * volume)
        wiring.output(
            UNTREATED, {volume: 1.0}, unit="m^3", doc="volume of the tumour without treatment"
        )
    survivors = wiring.parameter("tumour.born_and_kept", 1.0 - p[LOSS_FACTOR])
    per_volume = wiring.parameter("tumour.cells_per_volume", wiring.port("tumour.cells") / first)
    return Growth(volume, relative, relative / survivors, per_volume * volume)
