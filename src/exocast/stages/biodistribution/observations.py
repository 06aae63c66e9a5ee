"""Published numbers after intravenous injection, and what the body would have shown in their place.

They are drawn over the forecast whatever the agreement. None is a parameter; ``use`` says which
were seen by those who set the priors and may therefore be called calibrated, never predicted.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from exocast.errors import EvidenceError
from exocast.laws.noncompartmental import analyse, first_half_life
from exocast.stages.biodistribution.sampling import Sampling
from exocast.units import parse, to_si

__all__ = ["Observation", "predicted", "published_observations"]

Array = NDArray[np.float64]

QUANTITIES = ("half_life", "percent_injected", "clearance", "residence")


@dataclass(frozen=True, slots=True)
class Observation:
    """One published number.

    Attributes
    ----------
    study, species, label : str
        Paper, animal, and label (the context of its rows).
    condition : str
        What was done to the animal, as ``name=value``; empty for nothing.
    matrix : str
        ``plasma``, ``blood`` or an organ.
    time : float
        When it was sampled [s]; NaN for a figure of a whole curve.
    quantity : str
        ``half_life``, ``percent_injected``, ``clearance`` or ``residence``.
    value, spread : float
        In SI; a percentage as a share. The spread is as printed, NaN where none was.
    unit : str
        Unit as printed.
    source, locator, read, use, note : str
        Where it stands, how it was read, whether it was seen before the priors were set, and what
        to know.
    """

    study: str
    species: str
    label: str
    condition: str
    matrix: str
    time: float
    quantity: str
    value: float
    spread: float
    unit: str
    source: str
    locator: str
    read: str
    use: str
    note: str


@cache
def published_observations() -> tuple[Observation, ...]:
    """Return the rows of ``data/observations_iv.csv``.

    Raises
    ------
    EvidenceError
        If a row's quantity is not known.
    """
    table = resources.files("exocast") / "data" / "observations_iv.csv"
    found = []
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        if row["quantity"] not in QUANTITIES:
            raise EvidenceError(
                f"observations_iv.csv: `{row['quantity']}` is none of {', '.join(QUANTITIES)}"
            )
        unit, spread = row["unit"], row["spread"]
        text = {name: row[name] for name in row.keys() - {"time", "value", "spread"}}
        found.append(
            Observation(
                **text,
                time=parse(row["time"], "s") if row["time"] else float("nan"),
                value=to_si(float(row["value"]), unit),
                spread=to_si(float(spread), unit) if spread else float("nan"),
            )
        )
    return tuple(found)


def predicted(observation: Observation, sampling: Sampling) -> Array:
    """Return what the body shows in place of an observation, array (n,), in the same SI unit.

    Parameters
    ----------
    observation : Observation
        What was published.
    sampling : Sampling
        A course of the same species, label and condition.

    Notes
    -----
    Figures of a whole curve are computed as papers do (`exocast.laws.noncompartmental`, to
    infinity), on the times that the course kept: the papers' own times were not seen.
    """
    time, label = sampling.course.time, observation.label
    if observation.quantity == "percent_injected":
        if observation.matrix in ("plasma", "blood"):
            shown = sampling.circulating(label)
        else:
            shown = sampling.organ(observation.matrix, label)
        return np.asarray(0.01 * shown[:, int(np.argmin(np.abs(time - observation.time)))])
    curve = sampling.concentration("plasma", label)
    if observation.quantity == "half_life":
        return first_half_life(time, curve)
    return analyse(time, curve, 100.0)[observation.quantity]
