"""Sources and trains of isolation, sized to a volume and written as Designs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from exocast.design.design import Design
from exocast.design.writing import document_text
from exocast.errors import ExocastError, nearest
from exocast.stages import methods
from exocast.units import parse

__all__ = [
    "OWN",
    "Candidate",
    "Source",
    "as_candidate",
    "candidates",
    "find_source",
    "source_names",
]

OWN = "own"
"""Name of the train that a Design brings."""
LITRE = 1e-3
STAGES = ("donor", "assay")
QUESTION = {"quantity": "particles per ug protein"}

Table = Mapping[str, Any]
_SIZED = re.compile(r"\s*(\S+)\s+(\S+)\s+per\s+L\s*,\s*(.+?)\s+to\s+(.+?)\s*")


@dataclass(frozen=True)
class Source:
    """What vesicles are taken from.

    Attributes
    ----------
    name, title : str
        What it is called, and what it is.
    steps : tuple of mapping
        The steps of a Design that fill the tube.
    volume : float
        Volume of the tube that they fill [m^3].
    folder : Path
        Where files that the steps name lie.
    own : tuple of mapping
        Steps of the Design's own train, where a Design is the source.
    later : tuple of mapping
        Steps of that Design from the first that loads to the last on the bench.
    equipment : tuple of mapping
        Tables of its own equipment, which its own train may use.
    """

    name: str
    title: str
    steps: tuple[Table, ...]
    volume: float
    folder: Path = Path()
    own: tuple[Table, ...] = ()
    later: tuple[Table, ...] = ()
    equipment: tuple[Table, ...] = ()

    def scaled(self, volume: float) -> Source:
        """Return the source grown, or shrunk, to a volume [m^3].

        Raises
        ------
        ExocastError
            If a donor is made in a way that does not grow with its volume.
        """
        factor = volume / self.volume
        grows: Mapping[str, list[str]] = _library()["grows"]
        steps = []
        for step in self.steps:
            keys = grows.get(str(step["method"]), []) if step["stage"] == "donor" else []
            if step["stage"] == "donor" and not keys:
                known = ", ".join(sorted(grows))
                raise ExocastError(
                    f"--scale: a donor by {step['method']} does not grow with volume; those that "
                    f"do: {known}"
                )
            grown = {key: _grown(step[key], factor) for key in keys if key in step}
            steps.append({**step, **grown})
        return replace(self, steps=tuple(steps), volume=volume)


@dataclass(frozen=True)
class Candidate:
    """A train of isolation steps on a source.

    Attributes
    ----------
    name, title : str
        What it is called, and what it is.
    design : Design
        The source, the train and two assays, as a Design that can be run.
    own : bool
        Whether it is the train of the Design that is the source.
    """

    name: str
    title: str
    design: Design
    own: bool = False


def source_names() -> tuple[str, ...]:
    """Return the sources that have a name."""
    return tuple(_library()["source"])


def find_source(name: str) -> Source:
    """Return a packaged source, or the donor of a Design.

    Parameters
    ----------
    name : str
        A name of `source_names`, a Design (file), or the name of a packaged one.

    Raises
    ------
    ExocastError
        If it is none of them, or the Design has no donor.
    DesignError
        With every problem of the Design.
    """
    held = _library()["source"].get(name.replace(" ", "_").replace("-", "_"))
    if held is not None:
        return Source(name, held["title"], (held["step"],), parse(held["scale"], "m^3"))
    from exocast.design.design import templates

    known = (*source_names(), *templates())
    if not Path(name).is_file() and name.removesuffix(".toml") not in templates():
        raise ExocastError(
            f"--source {name}: no source and no Design of that name. {nearest(name, known)} "
            f"Sources: {', '.join(source_names())}"
        )
    return _of_design(Design.read(name))


def candidates(source: Source, names: Sequence[str] = ()) -> list[Candidate]:
    """Return every train, sized to a source; the Design's own first where there is one.

    Parameters
    ----------
    source : Source
        What it starts from.
    names : sequence of str
        Trains to take; every one by default.

    Raises
    ------
    ExocastError
        If there is no train of a name.
    """
    held: list[dict[str, Any]] = _library()["train"]
    known = [str(train["name"]) for train in held]
    for name in names:
        if name not in known:
            raise ExocastError(f"no train `{name}`. {nearest(name, known)}")
    found = [
        as_candidate(source, str(train["name"]), str(train["title"]), train["step"])
        for train in held
        if not names or train["name"] in names
    ]
    if source.own:
        found.insert(0, as_candidate(source, OWN, "the Design's own train", source.own, own=True))
    return found


def as_candidate(
    source: Source,
    name: str,
    title: str,
    steps: Sequence[Table],
    *,
    question: Table = QUESTION,
    own: bool = False,
) -> Candidate:
    """Return steps on a source as a Design, with two assays behind them.

    Parameters
    ----------
    source : Source
        What it starts from.
    name, title : str
        What it is called, and what it is.
    steps : sequence of mapping
        Of the bench, sized to the source.
    question : mapping
        Of the Design.
    own : bool
        Whether the steps are those of the Design that is the source: they stay as they are.
    """
    litres = source.volume / LITRE
    sized = [step if own else _sized(step, litres) for step in steps]
    assays = [{"stage": "assay", "method": method} for method in ("nta", "total_protein")]
    held = {"equipment": source.equipment} if source.equipment else {}
    data = {
        **held,
        "exocast": 1,
        "title": f"{title[:1].upper()}{title[1:]}, from {source.title}",
        "question": question,
        "step": [*source.steps, *sized, *assays],
        "run": {"members": {"uncertainty": 50, "variability": 20}, "seed": 1},
    }
    text = document_text(data)
    return Candidate(name, title, Design.from_text(text, source.folder, name=name), own)


def _of_design(design: Design) -> Source:
    """Return the donor of a Design, and its own train."""
    design.check()
    held: list[dict[str, Any]] = list(design.data.get("step", []))  # type: ignore[call-overload]
    first = next(
        (i for i, one in enumerate(held) if one["stage"] not in STAGES and not _cultured(one)),
        len(held),
    )
    donor = [step for step in held[:first] if step["stage"] == "donor" or _cultured(step)]
    if not donor:
        raise ExocastError(f"{design.name} has no donor: nothing can be isolated from it")
    own = []
    for step in held[first:]:
        if step["stage"] != "isolation":
            break
        own.append(step)
    later = [step for step in held[first + len(own) :] if step["stage"] in ("loading", "isolation")]
    equipment: Any = design.data.get("equipment", ())
    base = Source(design.name, design.title, tuple(donor), 1.0, design.folder, tuple(own))
    base = replace(base, equipment=tuple(equipment))
    return replace(base, volume=_volume(base), later=tuple(later))


def _cultured(step: Table) -> bool:
    """Return whether a step is done to the donor cells, and so belongs to the source."""
    return bool(getattr(methods(step["stage"]).get(step["method"]), "in_culture", False))


def _volume(source: Source) -> float:
    """Return the volume of the tube that a source fills, values at their medians [m^3]."""
    from exocast.design.preparing import prepare
    from exocast.design.simulating import plan_needs
    from exocast.evidence import Axes, draw

    design = as_candidate(source, "source", source.title, ()).design
    plan = design.plan()
    ensemble = draw(plan_needs(plan), design.evidence(), Axes(1, 1), 0)
    donors = [step for step in plan.preparation if step.stage == "donor"]
    return float(prepare(donors, {}, plan.study, ensemble)[-1].suspension.volume[0])


def _sized(value: Any, litres: float) -> Any:
    """Return settings with what depends on the volume of the source put in."""
    if isinstance(value, Mapping):
        return {
            key: _chosen(item, litres) if key == "rotor" else _sized(item, litres)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_sized(item, litres) for item in value]
    found = _SIZED.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    each, unit = float(found[1]), found[2]
    low, high = (parse(end, unit) for end in (found[3], found[4]))
    from_unit = parse(f"1 {unit}", unit)
    number = min(max(each * litres * from_unit, low), high) / from_unit
    return f"{number:.4g} {unit}"


def _chosen(text: str, litres: float) -> str:
    """Return the last choice whose volume the source reaches."""
    chosen = ""
    for part in text.split(";"):
        name, _, start = part.strip().partition(" from ")
        if not start or litres * LITRE >= parse(start, "m^3"):
            chosen = name
    return chosen


def _grown(value: Any, factor: float) -> Any:
    """Return an amount times a factor, in the unit that it was written in."""
    if isinstance(value, int | float):
        return float(f"{value * factor:.6g}")
    number, _, unit = str(value).strip().partition(" ")
    return f"{float(number) * factor:.6g} {unit}"


@cache
def _library() -> dict[str, Any]:
    """Return what ships."""
    text = (resources.files("exocast.data") / "trains.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
