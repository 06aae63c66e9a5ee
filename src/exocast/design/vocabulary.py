"""The names that a Design may use: stages and methods, routes, hypotheses and instrument files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Need, Value
from exocast.material.step import Step
from exocast.stages import STAGES, methods

if TYPE_CHECKING:
    from exocast.material.measurement import Measurement
    from exocast.material.observed import ObservedTable

__all__ = ["Vocabulary"]


@dataclass(frozen=True)
class Vocabulary:
    """Where the names of a Design are looked up; a laboratory or a test may bring its own.

    Attributes
    ----------
    stages : tuple of str
        Stages, in the order of the journey.
    methods : callable
        Stage to its table of methods.
    routes : callable
        Gives the table of routes.
    hypotheses : callable
        Gives each family and its options.
    measure : callable
        Reads an instrument file, or raises a ReaderError.
    cargoes : tuple of str
        Known cargoes; empty when any name will do.
    catalogue : callable, optional
        Gives the rows that must answer what the steps need; not asked when left out.
    """

    stages: tuple[str, ...]
    methods: Callable[[str], Mapping[str, type[Step]]]
    routes: Callable[[], Mapping[str, type[Any]]]
    hypotheses: Callable[[], Mapping[str, tuple[str, ...]]]
    measure: Callable[[Path], Measurement]
    cargoes: tuple[str, ...] = ()
    catalogue: Callable[[], Catalogue] | None = None

    def log(self, step: Step, path: Path) -> Step:
        """Return a step of storage along the record of a temperature logger.

        Raises
        ------
        ReaderError
            With every problem of the record.
        """
        from exocast.instruments.readers.temperature_logger import read_logger
        from exocast.stages.storage.stretches import stretches_of

        return replace(step, stretches=stretches_of(read_logger(path)))  # type: ignore[call-arg]

    def pool(self, step: Step, path: Path) -> Step:
        """Return a column of which the fractions of a table are pooled.

        Raises
        ------
        ReaderError
            With every problem of the table.
        """
        from exocast.instruments.readers.fractions import read_fractions
        from exocast.stages.isolation.size_exclusion import Fraction

        pool = tuple(Fraction(start=start, end=end) for start, end in read_fractions(path))
        return replace(step, pool=pool)  # type: ignore[call-arg]

    def observe(self, path: Path, label: str) -> ObservedTable:
        """Read a table of what was measured in animals.

        Parameters
        ----------
        path : Path
            The table.
        label : str
            Label of rows that name none.

        Raises
        ------
        ReaderError
            With everything that is wrong with it.
        """
        from exocast.instruments.readers.observed import read_observed

        labels = self.labels_and_aliases()
        return read_observed(path, label=label, organs=self.organs(), labels=labels)

    def organs(self) -> tuple[str, ...]:
        """Return the organs of the body, a tumour among them."""
        from exocast.stages.biodistribution.anatomy import Anatomy

        return tuple(node.name for node in Anatomy.packaged().of("organ", "graft"))

    def labels(self) -> tuple[str, ...]:
        """Return the labels that the catalogue has rows for; none when it is not asked."""
        from exocast.stages.biodistribution import Tag

        if self.catalogue is None:
            return ()
        rows = self.catalogue().values.get(Tag.parameters[0].key, ())
        return tuple(dict.fromkeys(row.context["label"] for row in rows if "label" in row.context))

    def species(self) -> tuple[str, ...]:
        """Return the species that the catalogue has a body of; none when it is not asked."""
        from exocast.stages.biodistribution.physiology import CARDIAC_OUTPUT

        if self.catalogue is None:
            return ()
        rows = self.catalogue().values.get(CARDIAC_OUTPUT.key, ())
        found = (row.context.get("species", "") for row in rows)
        return tuple(filter(None, dict.fromkeys(found)))

    def sexes(self, species: str) -> tuple[str, ...]:
        """Return the sexes that rows of a species are specific to."""
        if self.catalogue is None:
            return ()
        rows = (row for group in self.catalogue().values.values() for row in group)
        found = (row.context["sex"] for row in rows
                 if row.context.get("species") == species and "sex" in row.context)  # fmt: skip
        return tuple(dict.fromkeys(found))

    def body_weight(self, species: str, sex: str) -> Value | None:
        """Return the row of a species' own body weight, or None."""
        from exocast.stages.biodistribution.physiology import BODY_WEIGHT

        if self.catalogue is None:
            return None
        context = {"species": species, "sex": sex} if sex else {"species": species}
        need = Need(BODY_WEIGHT, context)
        catalogue = self.catalogue()
        return catalogue.find(need) if catalogue.matching(need) else None

    def labels_and_aliases(self) -> tuple[str, ...]:
        """Return the labels, and the products that a Design may name in their place."""
        from exocast.stages.biodistribution.label import label_names, label_table

        known = self.labels()
        others = set(label_names()) - set(label_table())
        return (*known, *sorted(others)) if known else ()

    @staticmethod
    @cache
    def packaged() -> Vocabulary:
        """Return what ships with exocast."""
        return Vocabulary(
            stages=STAGES,
            methods=methods,
            routes=_routes,
            hypotheses=_hypotheses,
            measure=_measure,
            cargoes=tuple(_data("cargo.toml")),
            catalogue=Catalogue.packaged,
        )


def _routes() -> Mapping[str, type[Any]]:
    from exocast.stages.biodistribution import ROUTES

    table: Mapping[str, type[Any]] = ROUTES
    return table


@cache
def _hypotheses() -> Mapping[str, tuple[str, ...]]:
    tables = _data("hypotheses.toml")
    return {family: tuple(table["options"]) for family, table in tables.items()}


def _data(name: str) -> dict[str, Any]:
    text = (resources.files("exocast") / "data" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _measure(path: Path) -> Measurement:
    from exocast.instruments.readers import read

    return read(path)
