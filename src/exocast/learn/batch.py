"""The batch sheet of a saved forecast: what each step holds, takes and uses up, and per dose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from exocast.errors import ExocastError
from exocast.laws.lumen import AVOGADRO
from exocast.material.forecast import Forecast
from exocast.material.spread import Spread, three_bars
from exocast.stages.loading.donor_expression import NOT_BOUGHT

__all__ = ["COUNTED", "OPERATOR", "BatchLine", "BatchSheet", "batch_sheet"]

VESICLES = ("small_ev", "large_ev", "apoptotic_body", "mimetic_nanovesicle", "hybrid")
"""Kinds with a membrane of their own around a lumen."""

HARVEST, PROTEIN = "live cells at harvest [cell]", "protein [kg]"
MICROGRAM = 1e-9

OPERATOR = "operator"
"""Item of a price table: an hour of hands-on time."""

COUNTED = "each"
"""Unit of what is used up in pieces."""


@dataclass(frozen=True)
class BatchLine:
    """One step of a batch; medians over members, shares of those medians.

    Attributes
    ----------
    step, title, method : str
        What was done.
    volume : float
        In the tube after it [m^3].
    particles : mapping of str to float
        In the tube after it, by kind.
    per_microgram : float or None
        Particles in a microgram of protein, where the step is a protein assay.
    time, hands_on : float
        How long it takes, and how much of it an operator works [s].
    used : mapping of (str, str) to float
        What it uses up, by item and unit.
    """

    step: str
    title: str
    method: str
    volume: float
    particles: Mapping[str, float]
    per_microgram: float | None
    time: float
    hands_on: float
    used: Mapping[tuple[str, str], float]

    @property
    def total(self) -> float:
        """Return all particles."""
        return sum(self.particles.values())

    @property
    def small_share(self) -> float | None:
        """Return the small EVs in one particle; None where there is none."""
        return self.particles.get("small_ev", 0.0) / self.total if self.total else None

    @property
    def vesicle_share(self) -> float | None:
        """Return the share of particles that are vesicles of any size; None where there is none."""
        held = sum(self.particles.get(kind, 0.0) for kind in VESICLES)
        return held / self.total if self.total else None


@dataclass(frozen=True)
class BatchSheet:
    """A batch, step by step.

    Attributes
    ----------
    title : str
        Of the Design.
    lines : tuple of BatchLine
        In order.
    doses : Spread or None
        Doses in one batch; None where nothing says what a dose is.
    cells : float or None
        Live cells at harvest, where a step says so.
    """

    title: str
    lines: tuple[BatchLine, ...]
    doses: Spread | None
    cells: float | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of particles that some step holds."""
        kinds = dict.fromkeys(k for line in self.lines for k, n in line.particles.items() if n)
        return tuple(kinds)

    @property
    def used(self) -> dict[tuple[str, str], float]:
        """Return what the whole batch uses up, by item and unit."""
        total: dict[tuple[str, str], float] = {}
        for line in self.lines:
            for name, number in line.used.items():
                total[name] = total.get(name, 0.0) + number
        return total

    @property
    def time(self) -> float:
        """Return how long the batch takes, storage included [s]."""
        return sum(line.time for line in self.lines)

    @property
    def hands_on(self) -> float:
        """Return the hands-on time of the batch [s]."""
        return sum(line.hands_on for line in self.lines)

    def per_dose(self, amount: float) -> float:
        """Return what one dose takes of an amount of the batch; infinite without doses."""
        held = self.doses.median if self.doses else 0.0
        return amount / held if held > 0 else float("inf")


def batch_sheet(forecast: Forecast) -> BatchSheet:
    """Return the batch sheet of a saved forecast.

    Parameters
    ----------
    forecast : Forecast
        As saved; nothing is run.

    Raises
    ------
    ExocastError
        If nothing was prepared, or an older exocast wrote the forecast.
    """
    record, data = forecast.record, forecast.data
    steps = record["preparation"]
    if not steps:
        raise ExocastError("nothing is prepared in this forecast: it has no batch sheet")
    bench = record.get("ends_on") == "bench"
    if "doses_per_batch" not in data and not bench:
        raise ExocastError(
            "the forecast does not say how many doses a batch holds: an older exocast wrote it. "
            "Run its Design again"
        )
    doses = None
    if "doses_per_batch" in data:
        values = np.asarray(data["doses_per_batch"].isel(variant=0, rival=0).values, dtype=float)
        doses = three_bars(values, int(data.attrs["uncertainty"]))
    cargo = record["question"]["cargo"]
    harvest = [held["figures"][HARVEST]["median"] for held in steps if HARVEST in held["figures"]]
    return BatchSheet(
        title=record["title"],
        lines=tuple(_line(held, cargo) for held in steps),
        doses=doses,
        cells=harvest[0] if harvest else None,
    )


def _line(entry: Mapping[str, Any], cargo: str) -> BatchLine:
    particles = {
        str(kind): float(spread["median"] or 0.0) for kind, spread in entry["particles"].items()
    }
    figures: Mapping[str, Mapping[str, float]] = entry["figures"]
    protein = figures.get(PROTEIN, {}).get("median")
    used = {_item(str(name)): float(number) for name, number in entry["consumables"].items()}
    added = sum(
        float(change["median"] or 0.0)
        for change in entry["exchange"]
        if cargo
        and change["quantity"] == f"cargo/{cargo}"
        and change["cause"] not in NOT_BOUGHT
        and (change["median"] or 0.0) > 0
    )
    if added and entry["stage"] == "loading":
        used[cargo, "mol"] = added / AVOGADRO
    return BatchLine(
        step=str(entry["step"]),
        title=str(entry["title"]),
        method=f"{entry['stage']}.{entry['method']}",
        volume=float(entry["volume_m3"]),
        particles=particles,
        per_microgram=sum(particles.values()) * MICROGRAM / protein if protein else None,
        time=float(entry["time_s"]),
        hands_on=float(entry["hands_on_s"]),
        used=used,
    )


def _item(name: str) -> tuple[str, str]:
    """Split ``medium [L]`` into item and unit; what has no unit is counted.

    Examples
    --------
    >>> _item("medium [L]"), _item("flask, 175 cm2")
    (('medium', 'L'), ('flask, 175 cm2', 'each'))
    """
    words, _, unit = name.removesuffix("]").partition(" [")
    return words, unit or COUNTED
