"""What a sample shows: plasma, serum, whole blood and weighed organs, vesicles or label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from exocast.errors import WiringError, nearest
from exocast.evidence.parameter import Parameter
from exocast.laws.label_kinetics import organ_signal, plasma_signal
from exocast.material.timecourse import TimeCourse
from exocast.material.wiring import Place, Wiring

__all__ = [
    "ABOARD",
    "CLOT_SHARE",
    "RESIDUAL",
    "RESIDUAL_AFTER_PERFUSION",
    "ROUTE_PARTS",
    "Sampling",
    "show_rider",
]

Array = NDArray[np.float64]
Matrix = Literal["plasma", "serum", "blood"]

RESIDUAL = Parameter(
    "biodistribution.whole_body.residual_plasma",
    unit="1",
    doc="Plasma left in an organ that is weighed, as a share of its volume.",
    high=0.5,
)
RESIDUAL_AFTER_PERFUSION = Parameter(
    "biodistribution.whole_body.residual_after_perfusion",
    unit="1",
    doc="Share of that plasma which perfusion leaves.",
    high=1.0,
    scale="logit",
)

CLOT_SHARE = Parameter(
    "biodistribution.whole_body.clot_share",
    unit="1",
    doc="Share of the vesicles in plasma that a clot takes along when serum is made.",
    high=1.0,
    scale="logit",
)

ROUTE_PARTS = "route.parts"
"""Port of the outputs of vesicles that a route adds: with ``body.parts`` they sum to the dose."""

ABOARD = ".aboard"
"""Marks the output of what still rides vesicles, beside that of what cells took."""

ALONE = (".free", ".catabolite")
"""Marks those of label that an organ took without a vesicle."""

_SUMS = (".soluble", ".excreted")
"""Mark sums of label that is kept in parts as well."""


def show_rider(
    wiring: Wiring, where: str, rider: str, places: Sequence[tuple[Place, float]]
) -> None:
    """Keep a cargo or label where it is: aboard vesicles, and in the pool of the cells there.

    The outputs are ``<where>.<rider>.aboard`` and ``<where>.<rider>``, as far as they exist.
    """
    if places:
        name, doc = f"{where}.{rider}{ABOARD}", f"{rider} on vesicles outside cells, {where}"
        wiring.output_places(name, places, rider=rider, unit="copy", doc=doc)
    pool = wiring.pools.get(f"{where}.{rider}")
    if pool is not None:
        doc = f"{rider} that cells took, {where}"
        wiring.output(f"{where}.{rider}", {pool: 1.0}, unit="copy", doc=doc)


@dataclass(frozen=True)
class Sampling:
    """Reads a time course as an experimenter would: percent of what was injected.

    Attributes
    ----------
    course : TimeCourse
        With the outputs of `WholeBody`, and of `Tag` for each label.
    published : mapping
        What the wiring published: volumes, residual plasma.
    given : mapping of str to array (n, t)
        What has been injected by each time: of ``particles`` and of each label, in the units of
        the course.
    perfused : bool
        Whether organs were flushed before they were weighed.
    """

    course: TimeCourse
    published: Mapping[str, Any]
    given: Mapping[str, Array]
    perfused: bool = False

    def on_cells(self, label: str = "") -> Array:
        """Return vesicles, or label aboard them, that blood cells hold, array (n, t)."""
        return self.course.of(f"blood.{label}.bound" if label else "blood.bound")

    def in_plasma(self, label: str = "") -> Array:
        """Return vesicles, or label in whatever form, in all plasma, array (n, t).

        Parameters
        ----------
        label : str
            Name of a label; empty for the vesicles themselves.
        """
        return self._in_blood(label) - self.on_cells(label)

    def _in_blood(self, label: str) -> Array:
        """Return vesicles, or label in whatever form, in plasma and on blood cells, (n, t)."""
        if not label:
            return self.course.of("blood")
        volumes = [
            self.published[name][:, None]
            for name in (
                "plasma.volume",
                f"{label}.soluble_volume",
                f"{label}.catabolite_volume",
            )
        ]
        # Particles of a label's own stay in plasma, as vesicles do.
        in_it = self.course.of(f"blood.{label}{ABOARD}") + self.course.of(f"{label}.particles")
        soluble = self.course.of(f"{label}.free") + self.course.of(f"{label}.released")
        return plasma_signal(in_it, soluble, self.course.of(f"{label}.catabolite"), *volumes)

    def concentration(self, matrix: Matrix = "plasma", label: str = "") -> Array:
        """Return percent injected per volume of plasma, serum or whole blood, (n, t) [1/m^3].

        Cells are spun off with what they hold; a clot takes them and a share of the vesicles in
        plasma, and leaves as much liquid. What is no longer on vesicles stays in serum.
        """
        if matrix == "blood":
            volume = np.asarray(self.published["blood.volume"])[:, None]
            return self._percent(self._in_blood(label) / volume, label)
        held = self.in_plasma(label)
        if matrix == "serum":
            aboard = self.course.of(f"blood.{label}{ABOARD}" if label else "blood")
            free = aboard - self.on_cells(label)
            held = held - np.asarray(self.published["clot_share"])[:, None] * free
        volume = np.asarray(self.published["plasma.volume"])[:, None]
        return self._percent(held / volume, label)

    def circulating(self, label: str = "") -> Array:
        """Return percent injected in all blood, its cells included, array (n, t)."""
        return self._percent(self._in_blood(label), label)

    def found(self, label: str = "") -> dict[str, Array]:
        """Return percent injected by where it is: it adds up to 100, array (n, t) each.

        Blood, every organ, what is beside the injection, and of a label what left vesicles, what
        lost its signal and what was excreted.
        """
        names = self.course.names
        if label:
            kept = [name for name in names if _holds(name, label)]
        else:
            kept = [*self.published["body.parts"], *self.published.get(ROUTE_PARTS, ())]
        return {name: self._percent(self.course.of(name), label) for name in kept}

    def organ(self, name: str, label: str = "") -> Array:
        """Return percent injected in a weighed organ, residual blood included, array (n, t).

        What stays of an organ's blood is known by its plasma; blood cells stay with it.
        """
        residual = np.asarray(self.published[f"{name}.residual_plasma"])[:, None]
        if self.perfused:
            residual = residual * self.published["residual_after_perfusion"][:, None]
        taken_up = self._held(name, label)
        plasma = np.asarray(self.published["plasma.volume"])[:, None]
        shown = organ_signal(taken_up, self._in_blood(label), residual, plasma)
        return self._percent(shown, label)

    def _held(self, name: str, label: str) -> Array:
        """Return what an organ holds outside its blood: in cells, and between them."""
        if not label:
            return self.course.of(name)
        wanted = [f"{name}.{label}{part}" for part in ("", ABOARD, *ALONE)]
        found = [self.course.of(output) for output in wanted if output in self.course.names]
        if not found:
            raise WiringError(
                f"the time course holds no `{label}` in `{name}`. "
                f"{nearest(wanted[0], self.course.names)}"
            )
        return np.asarray(sum(found))

    def _percent(self, amount: Array, label: str) -> Array:
        given = self.given[label or "particles"]
        empty = np.zeros_like(amount)
        return np.asarray(100.0 * np.divide(amount, given, out=empty, where=given > 0))


def _holds(name: str, label: str) -> bool:
    """Return whether an output holds a label, and no part of what another one holds."""
    part = name.startswith("balance.") or name.endswith((".bound", *_SUMS))
    return f".{label}." in f".{name}." and not part
