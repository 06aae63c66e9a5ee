"""A solved branch read as an animal study reads it: samples, sizes, what a signal is made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exocast.design.preparing import draws_for
from exocast.design.simulating import Branch
from exocast.material.document import Plan
from exocast.material.observed import BLOOD, EXCRETA
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY
from exocast.stages.biodistribution.sampling import Sampling

__all__ = ["Assay"]

Array = NDArray[np.float64]

PARTS = ("vesicles", "free", "released", "catabolites")
"""What a signal is made of: label that is or was on vesicles, never was, left them, is digested."""

_IN_ORGANS = {"": "vesicles", ".aboard": "vesicles", ".free": "free", ".catabolite": "catabolites"}
"""Ending of an organ's output, and the part of its signal that it is."""


class Assay:
    """What samples of one branch would show, as shares of what had been injected by then.

    Parameters
    ----------
    plan : Plan
        What was run.
    branch : Branch
        One rival of it.
    perfused : bool
        Whether organs were flushed before they were weighed.
    """

    def __init__(self, plan: Plan, branch: Branch, *, perfused: bool = False) -> None:
        self.plan, self.branch = plan, branch
        self._readings: dict[tuple[str, str, str], Array] = {}
        self._parts: dict[tuple[str, str], dict[str, Array]] = {}
        self.sampling = Sampling(branch.course, branch.published, self._given, perfused)

    @property
    def time(self) -> Array:
        """Return the times that were kept, array (t,) [s]."""
        return self.branch.course.time

    @cached_property
    def _given(self) -> Mapping[str, Array]:
        """Return what has been injected by each time, arrays (n, t)."""
        due = self.branch.wired.entered(self.time)
        return {name: np.asarray(each @ due) for name, each in self.branch.wired.dosed.items()}

    @cached_property
    def density(self) -> Array:
        """Return the mass of a volume of organ or blood, array (n,) [kg/m^3]."""
        body = draws_for(self.plan.kinetic[0], self.plan.study, self.branch.ensemble)
        return body[TUMOUR_DENSITY]

    def size(self, organ: str, quantity: str) -> Array:
        """Return the mass or volume over which a share is spread, array (n,); 1 for a share.

        Notes
        -----
        Blood and organs alike weigh what the catalogue gives for tissue.
        """
        if quantity == "percent_injected":
            return np.ones(len(self.branch.course.status))
        sample = "plasma" if organ == "serum" else organ
        volume = np.asarray(self.branch.published[f"{sample}.volume"], dtype=float)
        return volume if quantity == "percent_injected_per_volume" else volume * self.density

    def reading(self, organ: str, quantity: str, label: str = "") -> Array:
        """Return what a sample shows, array (n, t), in the SI unit of the quantity.

        Parameters
        ----------
        organ : str
            An organ, ``plasma``, ``serum``, ``blood`` or ``excreta``.
        quantity : str
            One of `exocast.material.observed.QUANTITIES`.
        label : str
            A label; empty for the vesicles themselves.

        Returns
        -------
        array (n, t)
            NaN for members that did not finish.
        """
        key = (organ, quantity, label)
        if key in self._readings:
            return self._readings[key]
        if organ == EXCRETA:
            share = self._over(self.branch.course.of(f"{label}.excreted"), label)
        elif organ in BLOOD:
            share = 0.01 * self.sampling.circulating(label)
        else:
            share = 0.01 * self.sampling.organ(organ, label)
        fine = self.branch.course.status == 0
        found = np.where(fine[:, None], share / self.size(organ, quantity)[:, None], np.nan)
        return self._readings.setdefault(key, found)

    def at(self, course: Array, time: float) -> Array:
        """Return a reading at a time, array (n,); NaN where that time was not kept."""
        index = int(np.argmin(np.abs(self.time - time)))
        if abs(self.time[index] - time) > 1e-6 * max(abs(time), 1.0):
            return np.full(len(course), np.nan)
        return np.asarray(course[:, index])

    def parts(self, organ: str, label: str) -> dict[str, Array]:
        """Return what the signal of a sample is made of, arrays (n, t): shares of the dose.

        They sum to the reading as ``percent_injected``. What is in excreta is not told apart.
        """
        course, published = self.branch.course, self.branch.published
        if organ == EXCRETA:
            return {}
        if (organ, label) in self._parts:
            return self._parts[organ, label]
        plasma = np.asarray(published["plasma.volume"], dtype=float)
        spread = (plasma / published[f"{label}.soluble_volume"])[:, None]
        lost = (plasma / published[f"{label}.catabolite_volume"])[:, None]
        inside = {
            "vesicles": course.of(f"blood.{label}.aboard"),
            "free": course.of(f"{label}.free") * spread + course.of(f"{label}.particles"),
            "released": course.of(f"{label}.released") * spread,
            "catabolites": course.of(f"{label}.catabolite") * lost,
        }
        if organ not in BLOOD:
            left = np.asarray(published[f"{organ}.residual_plasma"]) / plasma
            if self.sampling.perfused:
                left = left * published["residual_after_perfusion"]
            inside = {name: amount * left[:, None] for name, amount in inside.items()}
            for ending, part in _IN_ORGANS.items():
                output = f"{organ}.{label}{ending}"
                if output in course.names:
                    inside[part] = inside[part] + course.of(output)
        found = {name: self._over(amount, label) for name, amount in inside.items()}
        return self._parts.setdefault((organ, label), found)

    def _over(self, amount: Array, label: str) -> Array:
        given = self._given[label or "particles"]
        return np.asarray(np.divide(amount, given, out=np.zeros_like(amount), where=given > 0))
