"""The catalogue: every source and every value, and the choice of one row for one need."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from exocast.errors import EvidenceError, UnitError, nearest
from exocast.evidence.joint import Joint, read_joint
from exocast.evidence.parameter import Need, Value, format_context, parse_context
from exocast.evidence.source import Source
from exocast.units import base_unit, to_si

__all__ = ["COLUMNS", "Catalogue", "Hypothesis"]

COLUMNS = (
    "key",
    "value",
    "low",
    "high",
    "variability",
    "distribution",
    "unit",
    "source",
    "locator",
    "read",
    "method",
    "context",
    "hypothesis",
    "preferred",
    "note",
)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A contested fact: a family of options that are carried as rivals, never averaged.

    Attributes
    ----------
    family : str
        Name used in a Design, such as ``endosomal_escape``.
    doc : str
        What is contested.
    options : mapping
        Option to the sentence that states it.
    phrases : mapping
        Option to the words that follow "if" in a cascade, such as "fusion is rare".
    preferred : str
        The option taken when a Design names none.
    """

    family: str
    doc: str
    options: Mapping[str, str]
    phrases: Mapping[str, str]
    preferred: str


@dataclass(frozen=True)
class Catalogue:
    """All values and sources, by key.

    Use `Catalogue.packaged` for the one that ships with exocast; `Catalogue.load` reads a folder
    of the same form, so that a laboratory can keep its own.
    """

    values: Mapping[str, tuple[Value, ...]]
    sources: Mapping[str, Source]
    hypotheses: Mapping[str, Hypothesis]
    digest: str
    problems: tuple[str, ...] = field(default=())
    joints: Mapping[str, Joint] = field(default_factory=dict)

    @staticmethod
    @cache
    def packaged() -> Catalogue:
        """Return the catalogue in the installed package, read once."""
        with resources.as_file(resources.files("exocast") / "data") as folder:
            catalogue = Catalogue.load(folder)
        if catalogue.problems:
            raise EvidenceError(
                "the packaged catalogue is broken:\n" + "\n".join(catalogue.problems)
            )
        return catalogue

    @staticmethod
    def load(folder: Path) -> Catalogue:
        """Read every table and source file of a folder.

        Parameters
        ----------
        folder : Path
            Holds ``*.csv`` (tables whose header starts with ``key,value``), ``sources/*.toml``,
            ``hypotheses.toml`` and, from fits, ``fits/<source>.csv`` with joint samples.

        Returns
        -------
        Catalogue
            With `problems` listing what is wrong with single rows; rows with problems are left
            out of `values`.
        """
        digest = hashlib.sha256()
        problems: list[str] = []
        sources = _read_sources(folder, digest, problems)
        hypotheses = _read_hypotheses(folder, digest)
        values: dict[str, list[Value]] = defaultdict(list)
        for path in sorted(folder.glob("*.csv")):
            text = path.read_text(encoding="utf-8")
            if not text.startswith(",".join(COLUMNS[:2])):
                continue
            digest.update(text.encode())
            for line, row in enumerate(csv.DictReader(text.splitlines()), start=2):
                try:
                    value = _read_row(row, sources, hypotheses, origin=f"{path.name}:{line}")
                except (EvidenceError, UnitError, ValueError, KeyError) as error:
                    problems.append(f"{path.name} line {line}, {row.get('key')}: {error}")
                    continue
                problems += [f"{value.origin}, {value.key}: {text}" for text in value.check()]
                values[value.key].append(value)
        frozen = {key: tuple(rows) for key, rows in values.items()}
        joints = _read_joints(folder, digest, frozen, problems)
        return Catalogue(
            frozen, sources, hypotheses, digest.hexdigest()[:16], tuple(problems), joints
        )

    def priors(self, keep: Iterable[str] = ()) -> Catalogue:
        """Return the catalogue without rows of its own fits: what was known before them.

        Parameters
        ----------
        keep : iterable of str
            Sources of fits whose rows stay.
        """
        kept = frozenset(keep)
        values = {
            key: tuple(row for row in rows if row.source_kind != "fit" or row.source in kept)
            for key, rows in self.values.items()
        }
        joints = {name: joint for name, joint in self.joints.items() if name in kept}
        words = f"{self.digest} with fits {sorted(kept)}"
        digest = hashlib.sha256(words.encode()).hexdigest()[:16]
        return replace(self, values=values, digest=digest, joints=joints)

    def with_rows(self, rows: Iterable[Value], sources: Iterable[Source]) -> Catalogue:
        """Return the catalogue with rows of a user's own; those that it has are not doubled.

        Its digest stays that of what it was before: the files of a user have digests of their own.
        """
        values = dict(self.values)
        for row in rows:
            held = values.get(row.key, ())
            if row not in held:
                values[row.key] = (*held, row)
        named = {source.key: source for source in sources}
        return replace(self, values=values, sources={**self.sources, **named})

    def joint(self, row: Value) -> Joint | None:
        """Return the joint samples that a row belongs to, if it was fitted with others."""
        held = self.joints.get(row.source)
        return held if held is not None and row.identity in held.identities else None

    def find(self, need: Need, selection: Mapping[str, str] | None = None) -> Value:
        """Return the row that answers a need.

        Parameters
        ----------
        need : Need
            Parameter and context.
        selection : mapping, optional
            Hypothesis family to the option that is to hold.

        Returns
        -------
        Value
            The most specific row whose every context item matches; among rivals, the one of the
            selected hypothesis, else the preferred one. A row of a fit stands before the one that
            it was fitted from.

        Raises
        ------
        EvidenceError
            If no row answers, or two rows answer equally well.
        """
        rows = self.matching(need)
        if not rows:
            raise EvidenceError(self._missing(need))
        most = max(len(row.context) for row in rows)
        rows = [row for row in rows if len(row.context) == most]
        rows = _select(rows, selection or {})
        rows = [row for row in rows if row.source_kind == "fit"] or rows
        if len(rows) > 1:
            raise EvidenceError(
                f"`{need.parameter.key}` in {format_context(need.context)} is answered by "
                f"{len(rows)} rows equally well ({', '.join(row.origin for row in rows)}); "
                "make one of them preferred"
            )
        return rows[0]

    def matching(self, need: Need) -> list[Value]:
        """Return every row whose context items all match the need's context."""
        rows = self.values.get(need.parameter.key, ())
        items = need.context.items()
        return [row for row in rows if row.context.items() <= items]

    def rivals(self, value: Value) -> list[Value]:
        """Return the rows that share the key and context of `value`, itself included."""
        return [row for row in self.values[value.key] if row.context == value.context]

    def _missing(self, need: Need) -> str:
        key = need.parameter.key
        rows = self.values.get(key, ())
        if not rows:
            return f"no value for `{key}` in the catalogue. {nearest(key, self.values)}"
        held = sorted({format_context(row.context) for row in rows})
        return (
            f"no value for `{key}` in the context {format_context(need.context) or 'generic'}. "
            f"Rows exist for: {' | '.join(held)}. Nothing is borrowed silently: add a row with "
            "method = assumed, its source and the scaling law in its note."
        )


def _select(rows: list[Value], selection: Mapping[str, str]) -> list[Value]:
    """Keep the rows of the selected hypothesis where one is selected, else the preferred one."""
    chosen = []
    for row in rows:
        family, _, option = row.hypothesis.partition(":")
        if family in selection:
            if selection[family] == option:
                chosen.append(row)
        elif row.preferred:
            chosen.append(row)
    return chosen or [row for row in rows if row.preferred]


def _read_row(
    row: Mapping[str, str],
    sources: Mapping[str, Source],
    hypotheses: Mapping[str, Hypothesis],
    origin: str,
) -> Value:
    unit = row["unit"] or "1"
    base_unit(unit)
    value = float(row["value"])
    distribution: Any = row["distribution"] or "lognormal"
    low = float(row["low"] or row["value"])
    high = float(row["high"] or row["value"])
    if row["source"] not in sources:
        raise EvidenceError(
            f"source `{row['source']}` is not defined. {nearest(row['source'], sources)}"
        )
    family, _, option = (row["hypothesis"] or "").partition(":")
    if family and (family not in hypotheses or option not in hypotheses[family].options):
        raise EvidenceError(f"hypothesis `{row['hypothesis']}` is not defined in hypotheses.toml")
    read: Any = row["read"]
    method: Any = row["method"]
    return Value(
        key=row["key"],
        value=to_si(value, unit),
        low=to_si(low, unit),
        high=to_si(high, unit),
        variability=float(row["variability"] or 0.0),
        distribution=distribution,
        unit=unit,
        source=row["source"],
        locator=row["locator"] or "",
        read=read,
        method=method,
        context=parse_context(row["context"] or ""),
        hypothesis=row["hypothesis"] or "",
        preferred=(row["preferred"] or "yes") == "yes",
        note=row["note"] or "",
        origin=origin,
        source_kind=sources[row["source"]].kind,
    )


def _read_sources(folder: Path, digest: Any, problems: list[str]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for path in sorted((folder / "sources").glob("*.toml")):
        raw = path.read_bytes()
        digest.update(raw)
        for key, table in tomllib.loads(raw.decode()).items():
            if key in sources:
                problems.append(f"{path.name}: source `{key}` is defined twice")
                continue
            try:
                sources[key] = Source(key=key, **table)
            except (EvidenceError, TypeError) as error:
                problems.append(f"{path.name}: {error}")
    return sources


def _read_hypotheses(folder: Path, digest: Any) -> dict[str, Hypothesis]:
    path = folder / "hypotheses.toml"
    if not path.exists():
        return {}
    raw = path.read_bytes()
    digest.update(raw)
    return {
        family: Hypothesis(
            family=family,
            doc=table["doc"],
            options={name: option["doc"] for name, option in table["options"].items()},
            phrases={name: option["phrase"] for name, option in table["options"].items()},
            preferred=table["preferred"],
        )
        for family, table in tomllib.loads(raw.decode()).items()
    }


def _read_joints(
    folder: Path, digest: Any, values: Mapping[str, tuple[Value, ...]], problems: list[str]
) -> dict[str, Joint]:
    """Read the joint samples of fits, and check that each column has its row."""
    joints = {}
    rows = {
        (row.source, row.identity)
        for held in values.values()
        for row in held
        if row.source_kind == "fit"
    }
    for path in sorted((folder / "fits").glob("*.csv")):
        digest.update(path.read_bytes())
        try:
            joint = read_joint(path)
        except EvidenceError as error:
            problems.append(str(error))
            continue
        missing = [one for one in joint.identities if (joint.name, one) not in rows]
        problems += [f"fits/{path.name}: no fitted row of this source for `{x}`" for x in missing]
        joints[joint.name] = joint
    return joints


def lint(values: Iterable[Value]) -> list[str]:
    """Return what is wrong between rows: none or several preferred rows among rivals.

    Rows of a fit are counted apart: one may stand before the row that it was fitted from.
    """
    groups: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        fitted = " (fitted)" if value.source_kind == "fit" else ""
        groups[value.identity + fitted].append(value)
    problems = []
    for identity, rows in groups.items():
        count = sum(row.preferred for row in rows)
        if count != 1:
            origins = ", ".join(row.origin for row in rows)
            problems.append(f"{identity}: {count} preferred rows among {len(rows)} ({origins})")
    return problems
