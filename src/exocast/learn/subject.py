"""What is recommended, by which figures, and what a candidate gives that ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.preparing import Batch
from exocast.evidence import Axes, Catalogue, Ensemble, Need
from exocast.learn.candidates import Candidate
from exocast.learn.wishes import Wish
from exocast.material.document import Plan
from exocast.material.suspension import Suspension

__all__ = ["MEMBERS", "Asked", "Ran", "Show", "Subject", "filled", "median_of"]

Array = NDArray[np.float64]
Show = Callable[[int, int, str], None]

MEMBERS = (12, 4)
"""Draws of what is not known, and batches, where nobody says."""


@dataclass(frozen=True)
class Ran:
    """A candidate that ran.

    Attributes
    ----------
    candidate : Candidate
        Which.
    plan, ensemble, batch
        What it was read as, on which members, and what came out.
    figures : mapping of str to array (n,)
        Figures of merit, by key.
    time, hands_on : float
        Of the stages that count [s].
    """

    candidate: Candidate
    plan: Plan
    ensemble: Ensemble
    batch: Batch
    figures: Mapping[str, Array]
    time: float
    hands_on: float


@dataclass(frozen=True)
class Subject:
    """What is recommended, and by which figures.

    Attributes
    ----------
    name, title : str
        As a user writes it, and the heading.
    stages : tuple of str
        Whose time, losses and consumables are told.
    by : tuple of Figure keys
        That rank beside recovery: the first, or the one that is asked for.
    needs : callable
        All that the bench of a plan, and the reading of its figures, ask for.
    figures : callable
        Of a plan, its members and its batch.
    refusal : callable
        Why a candidate is no answer; empty where it is one.
    remains : callable, optional
        What else stays in the last tube, for the record.
    """

    name: str
    title: str
    stages: tuple[str, ...]
    by: tuple[str, ...]
    needs: Callable[[Plan], list[Need]]
    figures: Callable[[Plan, Ensemble, Batch], Mapping[str, Array]]
    refusal: Callable[[Ran], str]
    remains: Callable[[Ran], Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked for, and of how many members.

    Attributes
    ----------
    wishes : sequence of Wish
        At least so much of some figures.
    hours : float or None
        Most that it may take [h].
    axes : Axes
        Members.
    seed : int
        Of the members.
    catalogue : Catalogue
        Values.
    progress : callable or None
        Told how many of how many candidates are done, and which.
    """

    wishes: Sequence[Wish]
    hours: float | None
    axes: Axes
    seed: int
    catalogue: Catalogue
    progress: Show | None = None


def filled(batch: Batch) -> Suspension:
    """Return the tube that the source filled."""
    return [entry for entry in batch.ledger.entries if entry.stage == "donor"][-1].after


def median_of(values: Array) -> float:
    """Return the median of the members that have a value; 0 where none has."""
    held = values[np.isfinite(values)]
    return float(np.median(held)) if held.size else 0.0
