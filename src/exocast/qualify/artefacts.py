"""What else in the dosed tube could have made the signal, sized, and the control that would tell.

One entry for each observed label::

    {
      "label", "takes_to",
      "pools": [{
        "name": "free", "title": "secreted enzyme",
        "share": {"median", "uncertainty"},    # of the injected label
        "could_make": 3, "of": 14,             # readings that it alone could be, wherever it went
        "control": "...",                      # what would tell
        "basis": "..."}],                      # how the share was found
      "signal": [{"organ", "time_h", "free"}], # share of the forecast's signal that is free label
      "missing": "...",                        # the control that would tell most, in a sentence
    }

and one for the cargo, where there is one: copies that are no cargo of a vesicle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.preparing import draws_for, needs_of
from exocast.design.run import Run
from exocast.design.simulating import Branch
from exocast.errors import EvidenceError
from exocast.evidence import Catalogue, draw
from exocast.material.spread import three_bars
from exocast.material.suspension import LIPOPROTEINS, Population, Suspension
from exocast.stages.assay.total_protein import KINDS, PROTEIN, TotalProtein
from exocast.stages.biodistribution import Tag
from exocast.stages.biodistribution.label import label_named
from exocast.stages.biodistribution.tag import UNBOUND

__all__ = ["artefacts_record"]

Array = NDArray[np.float64]

CONTROLS: Mapping[str, tuple[str, str]] = {
    "lipoprotein": (
        "lipoproteins",
        "vesicles from lipoprotein-free medium, or labelled lipoproteins alone, injected",
    ),
    "protein_aggregate": (
        "protein aggregates",
        "a density gradient of the labelled sample: label that does not float is no vesicle's",
    ),
    "soluble": (
        "soluble co-isolated protein",
        "the soluble fraction after size exclusion, labelled alike and injected",
    ),
    "cargo_aggregated": (
        "precipitated cargo",
        "the cargo through the same loading and clean-up without vesicles, injected",
    ),
    "cargo_free": ("free cargo", "the cargo alone at the same dose, injected"),
    "cargo_attached": (
        "cargo on the surface",
        "the loaded sample after nuclease or protease, injected",
    ),
}


def artefacts_record(
    run: Run, rows: Sequence[Mapping[str, Any]], catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Size every pool that carries label, or cargo, without being a vesicle.

    Parameters
    ----------
    run : Run
        Whose dosed tube is looked at, under the preferred rival.
    rows : sequence of dict
        Entries of ``record["observed"]["rows"]``.
    catalogue : Catalogue
        For the protein of each kind, which a run without a protein assay does not draw.

    Notes
    -----
    Two bounds that are not tied to each other: the share that the forecast injects on no vesicle
    (a prior, whatever the tube holds), and where the label would go in this tube if it went by
    membrane surface or by protein mass alone. Neither is added to the other. What a pool could
    make of a reading is an upper bound: all of it in that one sample.
    """
    branch = run.base[0]
    found = []
    for label in dict.fromkeys(row["label"] for row in rows):
        own = [row for row in rows if row["label"] == label]
        found.append(_label(run, branch, label, own, catalogue))
    if run.plan.study.cargo:
        found.append(_cargo(run, branch))
    return found


def _label(
    run: Run,
    branch: Branch,
    label: str,
    rows: Sequence[Mapping[str, Any]],
    catalogue: Catalogue,
) -> dict[str, Any]:
    """Return the pools of one label."""
    size = run.axes.uncertainty
    held = label_named(label)
    takes_to = held.takes_to
    p = draws_for(Tag(label=label), run.plan.study, branch.ensemble)
    row = p.row(UNBOUND)
    basis = f"the catalogue's prior for this label ({row.standing}, {row.source})"
    pools = [_pool("free", held.free, held.control, p[UNBOUND], size, rows, basis)]
    shares, basis = {}, ""
    if takes_to == "membrane":
        shares, basis = _by_surface(branch.batch.suspension), "membrane surface in the dosed tube"
    elif takes_to == "protein":
        shares = _by_protein(run, branch, catalogue)
        basis = "protein mass in the dosed tube"
    for name, share in shares.items():
        pools.append(_pool(name, *CONTROLS[name], share, size, rows, basis))
    return {
        "label": label,
        "cargo": "",
        "takes_to": takes_to,
        "pools": pools,
        "signal": [
            {
                "organ": row["organ"],
                "time_h": row["time_h"],
                "free": row["signal"]["free"],
                "not_vesicles": 1.0 - row["signal"]["vesicles"],
            }
            for row in rows
            if row["signal"]
        ],
        "missing": _missing(label, pools),
    }


def _pool(
    name: str,
    title: str,
    control: str,
    share: Array,
    uncertainty: int,
    rows: Sequence[Mapping[str, Any]] = (),
    basis: str = "copies in the dosed tube",
) -> dict[str, Any]:
    """Return one pool, and how many readings it could be."""
    spread = three_bars(share, uncertainty).to_dict()
    sized = [row["share_of_dose"] for row in rows if row["share_of_dose"] is not None]
    most = spread["median"]
    could = sum(reading <= most for reading in sized) if isinstance(most, float) else 0
    return {
        "name": name,
        "title": title,
        "share": {"median": spread["median"], "uncertainty": spread["uncertainty"]},
        "could_make": could,
        "of": len(sized),
        "control": control,
        "basis": basis,
    }


def _missing(what: str, pools: Sequence[Mapping[str, Any]]) -> str:
    """Name the control that would tell most: of the pool whose upper end is largest."""
    known = [pool for pool in pools if pool["share"]["uncertainty"][1]]
    if not known:
        return f"No pool beside vesicles holds {what}."
    worst = max(known, key=lambda pool: float(pool["share"]["uncertainty"][1]))
    low, high = (float(f"{100 * end:.2g}") for end in worst["share"]["uncertainty"])
    words = f"{worst['title']} may be {low:g} to {high:g} % of the injected {what}"
    if worst["of"]:
        words += f" and could alone be {worst['could_make']} of {worst['of']} readings"
    return f"{words[0].upper()}{words[1:]}. Control: {worst['control']}."


def _by_surface(suspension: Suspension) -> dict[str, Array]:
    """Return the share of all membrane surface that is lipoprotein."""
    area = _lumped({held.kind: _moment(held, 2) for held in suspension.populations})
    vesicles = [held.kind for held in suspension.populations if held.vesicular]
    lipids = [*vesicles, *(["lipoprotein"] if "lipoprotein" in area else [])]
    return _share(area, lipids, ["lipoprotein"])


def _by_protein(run: Run, branch: Branch, catalogue: Catalogue) -> dict[str, Array]:
    """Return the shares of all protein that are no vesicle's."""
    step, study = TotalProtein(), run.plan.study
    try:
        needs = needs_of(step, study)
        ensemble = draw(needs, catalogue, run.axes, run.seed, dict(branch.ensemble.selection))
    except EvidenceError:
        return {}
    p = draws_for(step, study, ensemble)
    tube = branch.batch.suspension
    mass = {
        held.kind: np.pi / 6.0 * _moment(held, 3) * p.at(PROTEIN, kind=held.kind)
        for held in tube.populations
        if held.kind in KINDS
    }
    mass = _lumped(mass)
    mass["soluble"] = np.zeros(tube.members) + tube.solutes.get("protein", 0.0)
    return _share(mass, list(mass), ["lipoprotein", "protein_aggregate", "soluble"])


def _lumped(amount: Mapping[str, Array]) -> dict[str, Array]:
    """Return the amounts with all classes of lipoprotein as one."""
    held = {name: values for name, values in amount.items() if name not in LIPOPROTEINS}
    classes = [values for name, values in amount.items() if name in LIPOPROTEINS]
    return {**held, "lipoprotein": np.sum(classes, axis=0)} if classes else held


def _moment(population: Population, power: int) -> Array:
    """Return the sum of diameter^power over all particles, array (n,)."""
    return np.asarray((population.count * population.diameter**power).sum(axis=1))


def _share(
    amount: Mapping[str, Array], among: Sequence[str], wanted: Sequence[str]
) -> dict[str, Array]:
    total = np.sum([amount[name] for name in among], axis=0) if among else np.zeros(1)
    return {
        name: np.divide(amount[name], total, out=np.zeros_like(total), where=total > 0)
        for name in wanted
        if name in amount
    }


def _cargo(run: Run, branch: Branch) -> dict[str, Any]:
    """Return where the cargo in the dosed tube is: a label on the cargo shows all of it."""
    cargo, size = run.plan.study.cargo, run.axes.uncertainty
    held = branch.batch.suspension.pools(cargo)
    shares = _share(held, list(held), ["attached", "aggregated", "free"])
    pools = [
        _pool(f"cargo_{name}", *CONTROLS[f"cargo_{name}"], share, size)
        for name, share in shares.items()
    ]
    return {
        "label": "",
        "cargo": cargo,
        "takes_to": "cargo",
        "pools": pools,
        "signal": [],
        "missing": _missing(cargo, pools),
    }
