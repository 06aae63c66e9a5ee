"""Which way to load a cargo: every method, with what goes before and behind it, ranked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.benching import head_kind, of_kind
from exocast.design.preparing import Batch, needs_of
from exocast.errors import ExocastError
from exocast.evidence import Axes, Catalogue, Ensemble, Need
from exocast.laws.lumen import AVOGADRO
from exocast.learn.candidates import OWN, Candidate, Source, as_candidate, find_source
from exocast.learn.merit import over
from exocast.learn.ranking import ranked
from exocast.learn.recommend import Recommendation
from exocast.learn.subject import MEMBERS, Asked, Ran, Show, Subject, filled
from exocast.learn.wishes import LOAD, Wish, read_amount
from exocast.material.document import Plan
from exocast.material.suspension import Suspension
from exocast.stages import methods
from exocast.stages.loading.cargo import MOLAR_MASS, cargo_context, cargo_table, unknown_cargo
from exocast.stages.loading.donor_expression import LEAVES
from exocast.units import numbers

__all__ = ["DOSE", "loading_candidates", "recommend_loading"]

Array = NDArray[np.float64]
Table = Mapping[str, Any]

DOSE = 1e10
"""Vesicles of a dose, where nobody says."""
NOTHING = 1e-6
"""Copies a vesicle below which nothing is said to be inside."""
MARKER = "cd63_copies"
"""What is looked at to say how much of the surface is left."""
HARMED = "damaged"
"""Word with which a cause begins by which a method destroys cargo."""


def recommend_loading(
    cargo: str,
    source: str = "culture",
    *,
    wishes: Sequence[Wish] = (),
    amount: str = "",
    dose: str = "",
    scale: float | None = None,
    hours: float | None = None,
    members: tuple[int, int] | None = None,
    seed: int = 1,
    catalogue: Catalogue | None = None,
    progress: Show | None = None,
) -> Recommendation:
    """Rank ways to load a cargo.

    Parameters
    ----------
    cargo : str
        A name of the table of cargoes.
    source : str
        A named source, a Design, or the name of a packaged one.
    wishes : sequence of Wish
        What is asked for.
    amount : str
        Cargo that is added, as in a Design; what is usual for its kind by default.
    dose : str
        Vesicles of a dose, such as ``1e11 particles``; 1e10 by default.
    scale : float, optional
        Volume of the source [m^3]; the customary one by default.
    hours : float, optional
        Most that loading and isolation may take [h].
    members, seed, catalogue, progress : optional
        As `recommend_isolation` takes them.

    Returns
    -------
    Recommendation

    Raises
    ------
    ExocastError
        If there is no such cargo or source, or no way loads anything.
    """
    if problems := unknown_cargo(cargo):
        raise ExocastError(f"--cargo: {problems[0]}")
    found = find_source(source)
    found = found if scale is None else found.scaled(scale)
    held = Catalogue.packaged() if catalogue is None else catalogue
    asked = Asked(wishes, hours, Axes(*(members or MEMBERS)), seed, held, progress)
    context = cargo_context(cargo)
    vesicles = read_amount(dose, "particle", "--dose", "above 0") if dose else DOSE

    def needs(plan: Plan) -> list[Need]:
        bench = [need for step in plan.preparation for need in needs_of(step, plan.study)]
        return [*bench, Need(MOLAR_MASS, context)]

    def figures(plan: Plan, ensemble: Ensemble, batch: Batch) -> Mapping[str, Array]:
        molecule = ensemble.draws(context)[MOLAR_MASS] / AVOGADRO
        return _figures(plan, batch, cargo, molecule, vesicles)

    def refusal(one: Ran) -> str:
        serious = [flag.message for flag in one.batch.flags if flag.severity == "serious"]
        if not float(np.median(one.figures["recovery"])) > NOTHING:
            return (serious or ["no vesicle is left"])[0]
        inside = float(np.nanmedian(one.figures["copies_per_vesicle"]))
        if inside > NOTHING:
            return ""
        held = one.batch.suspension.pools(cargo)["attached"]
        outside = float(
            np.nanmedian(over(held, of_kind(one.batch.suspension, head_kind(one.plan))))
        )
        return (
            f"next to none of it gets inside: {numbers.amount(inside, 1)} copies a vesicle, "
            f"against {numbers.amount(outside)} on the surface"
        )

    subject = Subject(
        "loading",
        f"Loading {cargo_table()[cargo].title} into vesicles from {found.title}",
        ("loading", "isolation"),
        tuple(one.key for one in LOAD),
        needs,
        figures,
        refusal,
        lambda one: {
            "cargo_for_each": _outside(one.batch.suspension, cargo),
            "leaves_scaffold": _leaves(one.batch),
        },
    )
    record = ranked(subject, found, loading_candidates(found, cargo, amount), asked)
    return Recommendation({**record, "cargo": cargo, "dose": vesicles})


def loading_candidates(source: Source, cargo: str, amount: str = "") -> list[Candidate]:
    """Return every way to load a cargo, sized to a source; the Design's own first.

    Parameters
    ----------
    source : Source
        What it starts from; its own train goes before, where it has one.
    cargo : str
        A name of the table of cargoes.
    amount : str
        Added; what is usual by default.
    """
    held = _library()
    kind = cargo_table()[cargo].kind
    words = {
        "cargo": cargo,
        "amount": amount or held["amount"][kind],
        "made": held["made"][kind],
    }
    donor = tuple(step for step in source.steps if step["stage"] != "loading")
    bare = replace(source, steps=donor)
    before = source.own or held["before"]
    question = {"quantity": "copies per vesicle", "cargo": cargo}
    found = []
    mine = [step for step in source.steps if step["stage"] == "loading"]
    if any(step.get("cargo") == cargo for step in (*mine, *source.later)):
        steps = [*mine, *source.own, *source.later]
        title = "the Design's own way"
        found.append(as_candidate(bare, OWN, title, steps, question=question, own=True))
    for way in _ways(held):
        cells, steps = way.get("cells", ()), way.get("step", ())
        behind = held["clean"] if steps else ()
        filled_in = _said([*cells, *before, *steps, *behind], words)
        found.append(as_candidate(bare, way["name"], way["title"], filled_in, question=question))
    return found


def _ways(held: Table) -> list[dict[str, Any]]:
    """Return the rows, and a row for each method that none of them names."""
    rows: list[dict[str, Any]] = held["loading"]
    named = {
        step["method"] for row in rows for step in (*row.get("cells", ()), *row.get("step", ()))
    }
    found = []
    for name, method in methods("loading").items():
        if name not in named:
            step = _said(held["each"]["step"], {"method": name})
            title = f"{method.title}, then a column"
            found.append({"name": name.replace("_", "-"), "title": title, "step": [step]})
    return [*found, *rows]


def _said(value: Any, words: Mapping[str, str]) -> Any:
    """Return settings with the words put in that stand in braces."""
    if isinstance(value, Mapping):
        return {key: _said(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_said(item, words) for item in value]
    for name, word in words.items():
        value = value.replace(f"{{{name}}}", word) if isinstance(value, str) else value
    return value


def _figures(
    plan: Plan, batch: Batch, cargo: str, molecule: Array, dose: float
) -> dict[str, Array]:
    """Return every figure of merit of the last tube, arrays (n,), by key."""
    tube, kind, source = batch.suspension, head_kind(plan), filled(batch)
    after = of_kind(tube, kind)
    inside = tube.population(kind).copies(cargo) if kind in tube.kinds else np.zeros(tube.members)
    pools = tube.pools(cargo)
    each = over(inside, after)
    given, harmed = np.zeros(tube.members), np.zeros(tube.members)
    for entry in batch.ledger.entries:
        for (quantity, cause), change in entry.exchange.amounts.items():
            if quantity == f"cargo/{cargo}":
                given = given + np.maximum(change, 0.0)
                harmed = harmed + np.where(cause.startswith(HARMED), -change, 0.0)
    return {
        "copies_per_vesicle": each,
        "cargo_per_dose": each * dose * molecule,
        "loaded_vesicles": _loaded(tube, kind, cargo),
        "protected_share": over(pools["inside"], np.sum(list(pools.values()), axis=0)),
        "of_input": over(inside, given),
        "recovery": over(after, of_kind(source, kind)),
        "intact_cargo": 1.0 - over(harmed, given),
        "surface_kept": over(_marker(tube, kind), _marker(source, kind)),
    }


def _loaded(tube: Suspension, kind: str, cargo: str) -> Array:
    """Return the share of the vesicles that hold any of it, array (n,)."""
    if kind not in tube.kinds or cargo not in tube.population(kind).inside:
        return np.zeros(tube.members)
    held = tube.population(kind)
    some = (held.count * (1.0 - held.inside[cargo].empty)).sum(axis=1)
    return over(some, held.total)


def _marker(tube: Suspension, kind: str) -> Array:
    """Return the copies of a marker on a vesicle, array (n,)."""
    surface = tube.population(kind).surface if kind in tube.kinds else {}
    return np.asarray(surface.get(MARKER, np.zeros(tube.members)))


def _outside(tube: Suspension, cargo: str) -> dict[str, float]:
    """Return cargo that is not inside, over that which is, by where it is."""
    pools = tube.pools(cargo)
    found = {}
    names = {
        "free": "dissolved",
        "attached": "on surfaces",
        "aggregated": "in particles of its own",
    }
    for pool, words in names.items():
        ratio = over(pools[pool], pools["inside"])
        held = ratio[np.isfinite(ratio)]
        found[words] = float(np.median(held)) if held.size else 0.0
    return found


def _leaves(batch: Batch) -> float | None:
    """Return how much of what a scaffold holds leaves it in the target cell; None without one."""
    notes = [entry.exchange.notes[LEAVES] for entry in batch.ledger.entries
             if LEAVES in entry.exchange.notes]  # fmt: skip
    return float(np.median(notes[-1])) if notes else None


@cache
def _library() -> dict[str, Any]:
    """Return what ships."""
    text = (resources.files("exocast.data") / "loadings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
