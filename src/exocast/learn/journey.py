"""What the figures of the journey need and a record would not hold otherwise.

The donor's fluxes by cause, the inventory of one vesicle of the final tube, and the isolation
methods side by side: computed once, kept in the record, drawn by the report without a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.run import Run
from exocast.evidence import Catalogue, Draws, Need, draw
from exocast.evidence.parameter import Parameter
from exocast.laws.lumen import lipid_count, lumen_diameter, lumen_volume, sphere_volume
from exocast.laws.particle_tracking import hydrodynamic_diameter
from exocast.laws.water import water_viscosity
from exocast.learn.trains import isolation_record
from exocast.material.forecast import Forecast
from exocast.material.ledger import Entry
from exocast.material.spread import three_bars
from exocast.material.step import PreparationStep
from exocast.material.suspension import Population, Suspension, grid_edges
from exocast.stages.assay.total_protein import TotalProtein
from exocast.stages.loading.cargo import DIFFUSIVITY, cargo_context
from exocast.stages.loading.contact import BILAYER_THICKNESS, LIPID_AREA

__all__ = ["journey_record", "median_diameter", "with_journey"]

Array = NDArray[np.float64]

KIND = "small_ev"
PROTEIN: Parameter = TotalProtein.parameters[0]
ROOM = 298.15
"""Temperature to which a cargo's diffusivity belongs [K]."""


def with_journey(forecast: Forecast, run: Run, catalogue: Catalogue | None = None) -> Forecast:
    """Return the forecast with what the figures of the journey are drawn from."""
    held = run.design.evidence(catalogue)
    return replace(forecast, record={**forecast.record, "journey": journey_record(run, held)})


def journey_record(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    """Return donor, vesicle, cargo and isolation of a run, under its preferred rival.

    Parameters
    ----------
    run : Run
        A finished run.
    catalogue : Catalogue
        Values.

    Returns
    -------
    dict
        ``donor`` (a list, one entry for each donor step), ``vesicle``, ``cargo``, ``isolation``;
        each empty where the Design has no such thing.
    """
    return {
        "donor": _donor(run),
        "vesicle": _vesicle(run, catalogue),
        "cargo": _cargo(run, catalogue),
        "isolation": isolation_record(run, catalogue),
    }


def _donor(run: Run) -> list[dict[str, Any]]:
    """Return what every donor step adds, by kind and cause, per batch and per cell and hour."""
    size = run.axes.uncertainty
    found = []
    entries = run.base[0].batch.ledger.entries
    for step, entry in zip(run.plan.preparation, entries, strict=True):
        if entry.stage != "donor":
            continue
        cell_hours = _cell_hours(step)
        fluxes = []
        for (quantity, cause), amount in entry.exchange.amounts.items():
            per_cell = amount / cell_hours if cell_hours else None
            fluxes.append(
                {
                    "quantity": quantity,
                    "cause": cause,
                    "batch": three_bars(amount, size).to_dict(),
                    "per_cell_hour": None
                    if per_cell is None
                    else three_bars(per_cell, size).to_dict(),
                }
            )
        own = [
            amount
            for (quantity, cause), amount in entry.exchange.amounts.items()
            if quantity == "particles/small_ev" and cause != "brought by the medium"
        ]
        found.append(
            {
                "step": entry.step,
                "title": entry.title,
                "headline": step.headline(),
                "cell_hours": cell_hours,
                "own_per_cell_hour": three_bars(np.sum(own, axis=0) / cell_hours, size).to_dict()
                if own and cell_hours
                else None,
                "fluxes": fluxes,
            }
        )
    return found


def _cell_hours(step: PreparationStep) -> float | None:
    """Return cells put in times hours, where the step has both settings."""
    held: Mapping[str, Any] = {field.name: getattr(step, field.name) for field in fields(step)}
    if "cells" not in held or "duration" not in held:
        return None
    return float(held["cells"]) * float(held["duration"]) / 3600.0 or None


def median_diameter(population: Population) -> Array:
    """Return the number median of the diameter, array (n,) [m]; NaN where there are no particles.

    Interpolated in ln diameter within the bin that holds it.
    """
    edges = np.log(grid_edges(population.diameter))
    total = population.total
    heap = np.cumsum(population.count, axis=1)
    middle = np.full(len(total), np.nan)
    rows = np.nonzero(total > 0)[0]
    at = np.argmax(heap[rows] >= 0.5 * total[rows, None], axis=1)
    inside = population.count[rows, at]
    below = heap[rows, at] - inside
    part = (0.5 * total[rows] - below) / inside
    middle[rows] = np.exp(edges[at] + part * (edges[at + 1] - edges[at]))
    return middle


def _draws(run: Run, catalogue: Catalogue, needs: list[tuple[Parameter, dict[str, str]]]) -> Draws:
    """Draw values outside any step, in the context of the study, on the members of the run."""
    context = dict(run.plan.study.context())
    asked = [Need(parameter, {**context, **extra}) for parameter, extra in needs]
    selection = dict(run.base[0].ensemble.selection)
    return draw(asked, catalogue, run.axes, run.seed, selection).draws(context)


def _vesicle(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    """Return the inventory of the median small EV of the final tube."""
    tube = run.base[0].batch.suspension
    if KIND not in tube.kinds or not (tube.population(KIND).total > 0).any():
        return {}
    held = tube.population(KIND)
    p = _draws(
        run, catalogue, [(BILAYER_THICKNESS, {}), (LIPID_AREA, {}), (PROTEIN, {"kind": KIND})]
    )
    diameter, thickness = median_diameter(held), p[BILAYER_THICKNESS]
    known = np.isfinite(diameter)
    size = np.where(known, diameter, 1e-7)
    figures = {
        "diameter": (diameter, "m"),
        "bilayer_thickness": (thickness, "m"),
        "lumen_diameter": (lumen_diameter(size, thickness), "m"),
        "lumen_volume": (lumen_volume(size, thickness), "m^3"),
        "lipids": (lipid_count(size, thickness, p[LIPID_AREA]), "1"),
        "protein": (sphere_volume(size) * p.at(PROTEIN, kind=KIND), "kg"),
        "density": (held.density, "kg/m^3"),
        **{name: (values, "") for name, values in held.surface.items()},
    }
    spread = run.axes.uncertainty
    return {
        "step": run.base[0].batch.ledger.entries[-1].title,
        "figures": {
            name: {
                "unit": unit,
                **three_bars(np.where(known, values, np.nan), spread).to_dict(),
            }
            for name, (values, unit) in figures.items()
        },
    }


def _cargo(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    """Return where the cargo of the final tube is, and how empty its small EVs are."""
    cargo, batch = run.plan.study.cargo, run.base[0].batch
    if not cargo or cargo not in batch.suspension.cargoes:
        return {}
    size = run.axes.uncertainty
    tube = batch.suspension
    pools = tube.pools(cargo)
    total = np.sum(list(pools.values()), axis=0)
    record: dict[str, Any] = {
        "name": cargo,
        "pools": {name: three_bars(_over(held, total), size).to_dict()
                  for name, held in pools.items()},
    }  # fmt: skip
    if KIND in tube.kinds:
        held = tube.population(KIND)
        inside = held.inside.get(cargo)
        empty = held.total if inside is None else (held.count * inside.empty).sum(axis=1)
        figures = {
            "copies_inside": _over(held.copies(cargo), held.total),
            "copies_attached": _over(held.copies(cargo, "attached"), held.total),
            "loaded_share": 1.0 - _over(empty, held.total),
        }
        record |= {name: three_bars(values, size).to_dict() for name, values in figures.items()}
    p = _draws(run, catalogue, [(DIFFUSIVITY, cargo_context(cargo))])
    water = float(water_viscosity(ROOM))
    width = hydrodynamic_diameter(p.at(DIFFUSIVITY, **cargo_context(cargo)), ROOM, water)
    record["diameter"] = three_bars(width, size).to_dict()
    loading = _before_loading(batch.ledger.entries)
    if loading is not None:
        share = _lumen_share(loading, run, catalogue)
        record["lumen_share_of_liquid"] = three_bars(share, size).to_dict()
    return record


def _before_loading(entries: tuple[Entry, ...]) -> Suspension | None:
    """Return the tube that enters the first loading step."""
    places = [index for index, entry in enumerate(entries) if entry.stage == "loading"]
    return entries[places[0] - 1].after if places and places[0] else None


def _lumen_share(tube: Suspension, run: Run, catalogue: Catalogue) -> Array:
    """Return the volume inside all vesicles over that of the liquid, array (n,) [1]."""
    thickness = _draws(run, catalogue, [(BILAYER_THICKNESS, {})])[BILAYER_THICKNESS]
    inside = np.zeros(tube.members)
    for held in tube.populations:
        if held.vesicular:
            inside += (held.count * lumen_volume(held.diameter, thickness[:, None])).sum(axis=1)
    return _over(inside, tube.volume)


def _over(part: Array, whole: Array) -> Array:
    """Return a ratio; NaN where there is nothing to divide by."""
    empty = np.full(np.shape(part), np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=whole > 0))
