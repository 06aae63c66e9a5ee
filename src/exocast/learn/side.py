"""One side of a comparison: a Design that is run, or a forecast that was saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from exocast._version import __version__
from exocast.design.cascading import build_cascade
from exocast.design.design import Design, templates
from exocast.design.run import Progress, rivals_of, run
from exocast.design.verdict import answer_of
from exocast.errors import ExocastError, nearest
from exocast.evidence import Axes, Catalogue
from exocast.learn.dial import without_variants
from exocast.learn.difference import written_settings
from exocast.learn.merit import merit_of_run
from exocast.material.cascade import Cascade, CascadeRow, Rival
from exocast.material.forecast import JSON_NAME, Forecast

__all__ = ["Given", "Side", "Terms", "agree", "branches_of", "read_side", "run_side", "saved_side"]

Given: TypeAlias = Design | tuple[Forecast, str]
"""A Design, or a saved forecast with the name of its variant (empty for the design itself)."""


@dataclass(frozen=True)
class Side:
    """What one side has for every member.

    Attributes
    ----------
    name, title, digest, design : str
        What it is called, the title of its Design, the digest of what that says, and its text.
    cascade : Cascade
        Every row, rival and member.
    answer : str
        Row that answers its question.
    needed : float or None
        Copies that are enough.
    hypotheses : mapping of str to str
        Family to option, or ``each``.
    settings : mapping of str to str
        What the Design says, defaults included, by address.
    drawn : frozenset of str
        Identities of the values that were drawn; empty where that is not known.
    isolation : mapping or None
        What its isolation is worth (`exocast.learn.merit.merit_of_run`); None without one, and
        for a forecast that was saved.
    """

    name: str
    title: str
    digest: str
    design: str
    cascade: Cascade
    answer: str
    needed: float | None
    hypotheses: Mapping[str, str]
    settings: Mapping[str, str]
    drawn: frozenset[str]
    isolation: Mapping[str, Any] | None = None

    def options(self, rival: Rival) -> dict[str, str]:
        """Return the option of every family under a rival."""
        return {**self.hypotheses, **rival.selection}


@dataclass(frozen=True, slots=True)
class Terms:
    """What two sides must share to be compared member by member."""

    seed: int
    axes: Axes
    catalogue: str
    version: str

    def __str__(self) -> str:
        members = f"{self.axes.uncertainty} x {self.axes.variability} members"
        return f"seed {self.seed}, {members}, catalogue {self.catalogue}, exocast {self.version}"


def read_side(text: str | Path) -> tuple[str, Given]:
    """Read what was named on the command line, and what to call it.

    Parameters
    ----------
    text : str or Path
        A Design's path, a template's name or the folder of a saved forecast; each may be followed
        by ``:`` and the name of a variant.

    Raises
    ------
    ExocastError
        If there is no such thing, or no such variant.
    """
    path, named = Path(text), str(text)
    packaged = named.removesuffix(".toml") in templates()
    if path.is_dir() and (not packaged or (path / JSON_NAME).is_file()):
        return path.resolve().name, (Forecast.open(path), "")
    if path.is_file() or packaged or ":" not in named:
        return path.stem if path.suffix == ".toml" else named, Design.read(text)
    head, _, variant = named.rpartition(":")
    _, given = read_side(head)
    if isinstance(given, Design):
        return variant, without_variants(given.variant(variant))
    forecast, _ = given
    variants = [one["name"] for one in forecast.record["variants"]]
    if variant not in variants:
        raise ExocastError(f"{head} has no variant `{variant}`. {nearest(variant, variants)}")
    return variant, (forecast, variant)


def agree(
    given: Mapping[str, Given],
    seed: int | None,
    members: tuple[int, int] | None,
    catalogue: Catalogue,
) -> Terms:
    """Return what all sides share: what was asked for, else what the first of them says.

    Raises
    ------
    ExocastError
        If forecasts that were saved differ in it from each other, from what was asked for, or
        from what a Design beside them would be run on.
    """
    first = next((one for one in given.values() if isinstance(one, Design)), None)
    saved = {name: _terms(one[0]) for name, one in given.items() if not isinstance(one, Design)}
    held = next(iter(saved.values()), None)
    if held is None:
        assert first is not None
        settings = first.plan().run
        size = Axes(*(members or (settings.members.uncertainty, settings.members.variability)))
        chosen = settings.seed if seed is None else seed
        return Terms(chosen, size, catalogue.digest, __version__)
    parties = dict(saved)
    if first is not None or seed is not None or members is not None:
        parties["to be run" if first is not None else "asked for"] = Terms(
            held.seed if seed is None else seed,
            held.axes if members is None else Axes(*members),
            catalogue.digest if first is not None else held.catalogue,
            __version__ if first is not None else held.version,
        )
    if len(set(parties.values())) > 1:
        width = max(map(len, parties))
        lines = "\n".join(f"  {name:<{width}}  {terms}" for name, terms in parties.items())
        raise ExocastError(
            f"not on the same random members, so nothing was compared:\n{lines}\n"
            "Run them again alike (exocast run --seed N --members UxV), or name the Designs "
            "themselves: these are then run together"
        )
    return held


def run_side(
    name: str,
    design: Design,
    terms: Terms,
    catalogue: Catalogue,
    *,
    threads: int = 1,
    progress: Progress | None = None,
) -> Side:
    """Run a Design, without its variants, on the members of the comparison."""
    members = (terms.axes.uncertainty, terms.axes.variability)
    alone = without_variants(design)
    held = alone.evidence(catalogue)
    done = run(
        alone,
        seed=terms.seed,
        members=members,
        threads=threads,
        catalogue=catalogue,
        variants=(),
        progress=progress,
    )
    cascade = build_cascade(done.plan, done.base, terms.axes.uncertainty)
    answer = answer_of(done.plan, cascade, held)
    drawn = {
        identity
        for branch in done.base
        for identity, row in branch.ensemble.rows.items()
        if not row.is_known
    }
    return Side(
        name=name,
        title=design.title,
        digest=alone.digest,
        design=alone.text,
        cascade=cascade,
        answer=answer["row"],
        needed=answer["needed"],
        hypotheses=_hypotheses(catalogue, done.plan.hypotheses),
        settings=written_settings(alone),
        drawn=frozenset(drawn),
        isolation=merit_of_run(done, held),
    )


def branches_of(design: Design, catalogue: Catalogue) -> int:
    """Return how many rivals a Design runs apart."""
    return len(rivals_of(design.plan().hypotheses, catalogue))


def saved_side(name: str, forecast: Forecast, variant: str) -> Side:
    """Return a forecast, or one of its variants, as it was saved."""
    record: Mapping[str, Any] = forecast.record
    own = next((one for one in record["variants"] if one["name"] == variant), record)
    data = forecast.data["cascade"].sel(variant=variant or "design")
    first = own["cascade"][0]["by_hypothesis"]
    rivals = tuple(Rival(entry["hypothesis"], entry["phrase"]) for entry in first)
    rows = tuple(
        CascadeRow(
            name=row["name"],
            title=row["title"],
            head=row["head"],
            unit=row["unit"],
            values=tuple(
                np.asarray(data.sel(rival=rival.label, row=row["name"]).values, dtype=float)
                for rival in rivals
            ),
        )
        for row in own["cascade"]
    )
    provenance = record["provenance"]
    axes = _terms(forecast).axes
    design = Design.from_text(provenance["design"], forecast.folder or Path(), name=name)
    if variant:
        design = without_variants(design.variant(variant))
    return Side(
        name=name,
        title=record["title"],
        digest=design.digest,
        design=design.text,
        cascade=Cascade(rows, rivals, axes.uncertainty, own["heads"]),
        answer=own["answer"]["row"],
        needed=own["answer"]["needed"],
        hypotheses={
            **{one["family"]: one["chosen"] for one in record["hypotheses"]},
            **_table(design, "hypotheses"),
        },
        settings=written_settings(design, record["defaults"]),
        drawn=frozenset() if variant else frozenset(map(str, forecast.data["drawn"].values)),
    )


def _terms(forecast: Forecast) -> Terms:
    provenance = forecast.record["provenance"]
    axes = Axes(provenance["members"]["uncertainty"], provenance["members"]["variability"])
    return Terms(provenance["seed"], axes, provenance["catalogue_digest"], provenance["exocast"])


def _table(design: Design, name: str) -> dict[str, str]:
    node = design.tree.table.get(name)
    return {key: str(child.value) for key, child in node.table.items()} if node else {}


def _hypotheses(catalogue: Catalogue, chosen: Mapping[str, str]) -> dict[str, str]:
    return {
        family: chosen.get(family, held.preferred) for family, held in catalogue.hypotheses.items()
    }
