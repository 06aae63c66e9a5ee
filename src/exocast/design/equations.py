"""The equations of a run for its record: of every step, with this run's values, and the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.balances import balances_of
from exocast.design.lawbook import Law, Symbol, evaluated_by, own_law, read_law, written_by
from exocast.design.run import Run
from exocast.design.simulating import bench, kinetic_steps, plan_needs, simulate
from exocast.design.watching import Call, watched
from exocast.evidence import Axes, Catalogue, Ensemble, draw
from exocast.material.forecast import Forecast
from exocast.material.step import Step, settings_of
from exocast.stages.biodistribution.anatomy import Anatomy

__all__ = ["with_equations"]

Array = NDArray[np.float64]


def with_equations(forecast: Forecast, run: Run, catalogue: Catalogue | None = None) -> Forecast:
    """Return the forecast with the equations of every step and of its network.

    The design is gone through once more with every value at its median, and the laws that its
    steps evaluate are noted with their arguments: what stands beside a symbol is what the law was
    given.

    Parameters
    ----------
    forecast : Forecast
        As recorded.
    run : Run
        What it was recorded from.
    catalogue : Catalogue, optional
        Values; the packaged ones by default.
    """
    plan, branch = run.plan, run.base[0]
    held = run.design.evidence(catalogue)
    middle = draw(plan_needs(plan), held, Axes(1, 1), 0, branch.ensemble.selection)
    steps: list[Step] = [*plan.preparation, *kinetic_steps(plan)]
    laws = {law: None for step in steps for law in _functions(step)}
    with watched(laws, steps) as calls:
        batch = bench(plan, middle, [])
        moments = np.unique([0.0, plan.study.at])
        known = branch.wired.network if plan.kinetic else None
        solved = simulate(plan, "", branch.rival, middle, batch, moments, compiled=known)
    record: dict[str, Any] = {
        "steps": [_step(step, [c for c in calls if c.step is step], middle) for step in steps]
    }
    if plan.kinetic:
        record["network"] = _network(run, solved.wired.network.parameter_names,
                                     solved.wired.parameters[0])  # fmt: skip
    return replace(forecast, record={**forecast.record, "equations": record})


def _functions(step: Step) -> tuple[FunctionType, ...]:
    return (*written_by(f"{step.stage}.{step.method}"), *evaluated_by(type(step)))


def _step(step: Step, calls: Sequence[Call], values: Ensemble) -> dict[str, Any]:
    """Return the equations of one step: its own, then the laws that it evaluated or writes out."""
    evaluated: dict[FunctionType, list[Call]] = {}
    for call in calls:
        evaluated.setdefault(call.law, []).append(call)
    named = f"{step.stage}.{step.method}"
    own = own_law(type(step))
    known = {id(array): name for name, array in values.values.items()}
    given = {}
    for function, held in evaluated.items():
        first = next(iter(read_law(function).symbols), None)
        if first is not None and first.name == "returned[0]":
            result = _of_calls(first, held, step, known)
            given[function.__name__] = {**result, "unit": first.unit}
    laws = [_law(own, [_of_step(one, step, values, given) for one in own.symbols])]
    for function, held in evaluated.items():
        law = read_law(function)
        laws.append(_law(law, [_of_calls(one, held, step, known) for one in law.symbols]))
    for function in written_by(named):
        if function not in evaluated:
            law = read_law(function)
            laws.append({**_law(law, [{} for _ in law.symbols]), "written_out": True})
    return {
        "step": step.name,
        "method": named,
        "title": step.title,
        "laws": [law for law in laws if law["equations"]],
    }


def _law(law: Law, values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a law for the record, each symbol with what it was in this run."""
    record = asdict(law)
    record["symbols"] = [
        {**asdict(one), **value} for one, value in zip(law.symbols, values, strict=True)
    ]
    return record


def _of_step(
    symbol: Symbol, step: Step, values: Ensemble, given: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the value of a symbol in the equation of a step.

    It is a setting, a parameter, or what a law gave that the step evaluated: `given` by its name.
    """
    settings = settings_of(type(step))
    if symbol.name in settings:
        return {"setting": symbol.name, **_range([getattr(step, symbol.name)])}
    keys = {symbol.key} if symbol.key else _mentioned(symbol.words, type(step))
    found = {name: row for name, row in values.rows.items() if row.key in keys}
    if not found:
        named = symbol.words.partition(",")[0]
        return {**given.get(named, {}), "law": named if named in given else ""}
    return {"identities": list(found), **_range([values.values[name] for name in found])}


def _mentioned(words: str, cls: type[Step]) -> set[str]:
    """Return the keys of the parameters that words name, as in ``ln 2 over mrna_half_life``."""
    names = set(re.findall(r"[a-z0-9_]+", words))
    declared = {one.key.rpartition(".")[2]: one.key for one in cls.parameters}
    return {declared[name] for name in names & declared.keys() if "_" in name}


def _of_calls(
    symbol: Symbol, calls: Sequence[Call], step: Step, known: Mapping[int, str]
) -> dict[str, Any]:
    """Return what a law was given for a symbol, or what it gave, over all its evaluations."""
    returned = re.fullmatch(r"returned\[(\d)\]", symbol.name)
    if returned:
        results = [call.result for call in calls]
        place = int(returned[1])
        held = [one[place] if isinstance(one, tuple) else one for one in results]
        return _range(held)
    held = [call.given[symbol.name] for call in calls if symbol.name in call.given]
    names = {_origin(one, known) for one in held}
    record: dict[str, Any] = {"identities": sorted(names - {""}), **_range(held)}
    settings = {_setting(one, step) for one in held}
    if len(settings) == 1 and "" not in settings:
        record["setting"] = settings.pop()
    return record


def _origin(value: object, known: Mapping[int, str]) -> str:
    """Return the drawn value that an argument is, itself or with more axes."""
    while isinstance(value, np.ndarray):
        if id(value) in known:
            return known[id(value)]
        value = value.base
    return ""


def _setting(value: object, step: Step) -> str:
    """Return the setting that an argument is; 0 and 1 are too common to tell."""
    if isinstance(value, int | float) and value not in (0, 1):
        found = [one for one in settings_of(type(step)) if getattr(step, one) == value]
        return found[0] if len(found) == 1 else ""
    return ""


def _range(held: Iterable[object]) -> dict[str, float]:
    """Return the least and the most of numbers and arrays; nothing where there is none."""
    parts = []
    for one in held:
        # A law may be given another law to solve for, a name, or a list of populations.
        if one is None or callable(one) or isinstance(one, bool | str | tuple | dict | list):
            continue
        array = np.asarray(one, dtype=float).ravel()
        parts.append(array[np.isfinite(array)])
    numbers = np.concatenate(parts) if parts else np.empty(0)
    if not numbers.size:
        return {}
    return {"low": float(numbers.min()), "high": float(numbers.max())}


def _network(run: Run, names: Sequence[str], values: Array) -> dict[str, Any]:
    """Return the balances of the network, and its parameters at the medians."""
    branch = run.base[0]
    organs = [node.name for node in Anatomy.packaged().of("organ", "graft")]
    carriers = [carrier.name for carrier in branch.carriers]
    riders = [name for kin in branch.wired.ledger.values() for name in kin]
    record = balances_of(branch.wired.network, organs, carriers, riders)
    record["states"] = len(branch.wired.network.state_names)
    record["parameters"] = {name: float(value) for name, value in zip(names, values, strict=True)}
    return record
