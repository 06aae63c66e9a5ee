"""What one variant gave under one rival: the bench, and what became of the doses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.preparing import Batch
from exocast.errors import WiringError
from exocast.evidence import Ensemble
from exocast.material.carrier import Carrier
from exocast.material.cascade import Rival
from exocast.material.step import Flag
from exocast.material.timecourse import TimeCourse
from exocast.material.wired import Wired
from exocast.material.wiring import Milestone

__all__ = ["Branch", "Travel"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Travel:
    """What became of the doses of one branch.

    Attributes
    ----------
    carriers : tuple of Carrier
        What travelled.
    share : array (n,)
        Share of the batch that one dose takes.
    wired : Wired
        The system.
    course : TimeCourse
        What was kept.
    milestones : tuple of Milestone
        Rows of the cascade that body, cell and response supply.
    published : mapping
        What steps published: cell numbers, volumes of samples.
    residual : float
        Largest relative residual of any balance in the body.
    """

    carriers: tuple[Carrier, ...]
    share: Array
    wired: Wired
    course: TimeCourse
    milestones: tuple[Milestone, ...]
    published: Mapping[str, Any]
    residual: float


@dataclass(frozen=True)
class Branch:
    """What one variant gave under one rival.

    Attributes
    ----------
    variant : str
        Name of the variant; empty for the design itself.
    rival : Rival
        Hypotheses that held.
    ensemble : Ensemble
        Drawn values.
    batch : Batch
        The bench.
    flags : tuple of Flag
        What steps had to say.
    travel : Travel or None
        What became of the doses; None where the Design ends on the bench.
    """

    variant: str
    rival: Rival
    ensemble: Ensemble
    batch: Batch
    flags: tuple[Flag, ...]
    travel: Travel | None = None

    @property
    def body(self) -> Travel:
        """What became of the doses, where there are any.

        Raises
        ------
        WiringError
            If the Design ends on the bench.
        """
        if self.travel is None:
            raise WiringError("nothing is dosed: the Design ends on the bench")
        return self.travel

    @property
    def carriers(self) -> tuple[Carrier, ...]:
        """What travelled."""
        return self.body.carriers

    @property
    def share(self) -> Array:
        """Share of the batch that one dose takes, array (n,)."""
        return self.body.share

    @property
    def wired(self) -> Wired:
        """The system."""
        return self.body.wired

    @property
    def course(self) -> TimeCourse:
        """What was kept of it."""
        return self.body.course

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        """Rows of the cascade after the dose."""
        return self.body.milestones

    @property
    def published(self) -> Mapping[str, Any]:
        """What steps published."""
        return self.body.published

    @property
    def residual(self) -> float:
        """Largest relative residual of any balance in the body; 0 without one."""
        return self.travel.residual if self.travel else 0.0

    @property
    def status(self) -> NDArray[np.int64]:
        """How each member ended, array (n,); a bench always ends."""
        if self.travel is None:
            return np.zeros(self.ensemble.axes.members, dtype=np.int64)
        return np.asarray(self.travel.course.status)
