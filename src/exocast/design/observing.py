"""The user's own animals at the door: tables read, and held against the subject and the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from exocast.design.lint import MISSING, Desk
from exocast.design.reading import Node
from exocast.design.vocabulary import Vocabulary
from exocast.errors import Problem, ReaderError, TableError
from exocast.material.document import Observed, Subject
from exocast.material.document import Run as RunTable
from exocast.material.observed import ObservedRow, ObservedTable
from exocast.units import present

__all__ = ["SHOWN", "note_problems", "observed_tables"]

SHOWN = 20
"""Problems of one table that are written out; the rest are counted."""


def observed_tables(
    desk: Desk,
    tree: Node,
    observed: Sequence[Observed],
    paths: Mapping[int, Path],
    vocabulary: Vocabulary,
    subject: Subject | object,
    run: RunTable | object,
) -> tuple[ObservedTable, ...]:
    """Read the file of every ``[[observed]]``; what is wrong goes on the desk.

    Parameters
    ----------
    desk : Desk
        Where problems are noted.
    tree : Node
        The document.
    observed : sequence of Observed
        The tables ``[[observed]]``, `MISSING` where one could not be read.
    paths : mapping of int to Path
        File of each, by its place in the list; absent where it is not there.
    vocabulary : Vocabulary
        What reads tables, and the names that they may use.
    subject, run : Subject, Run
        The tables of those names, or `MISSING`.
    """
    tables: list[ObservedTable] = []
    nodes = tree.table["observed"].items if "observed" in tree.table else []
    for index, (one, node) in enumerate(zip(observed, nodes, strict=False)):
        if one is MISSING or index not in paths:
            continue
        line, where = node.table["file"].line, f"observed {index + 1}, file"
        try:
            table = vocabulary.observe(paths[index], one.label)
        except TableError as error:
            note_problems(desk, line, where, one.file, error.problems)
            continue
        except ReaderError as error:
            desk.problem(line, str(error), where)
            continue
        note_problems(desk, line, where, one.file, _misfits(table, subject, run))
        alike = [other for other in observed if other is not MISSING and other.file == one.file]
        same_file = {other.label for other in alike}
        for label in table.labels:
            # Said once for each file.
            if label not in same_file and one is alike[0]:
                message = (
                    f"{one.file} holds readings of {label}, which no [[observed]] of that file "
                    f'names. Add one with label = "{label}".'
                )
                desk.problem(line, message, where)
        own = table.of(one.label, perfused=bool(one.perfused))
        if not own.rows:
            held = ", ".join(table.labels)
            message = f"{one.file} holds no reading of {one.label}, only of {held}."
            desk.problem(node.table["label"].line, message, f"observed {index + 1}, label")
        tables.append(own)
    return tuple(tables)


def _misfits(table: ObservedTable, subject: object, run: object) -> list[Problem]:
    """Return readings that the forecast cannot show: no tumour, or after its end."""
    found = []
    for row in table.rows:
        if isinstance(subject, Subject) and subject.tumour is None and row.organ == "tumour":
            found.append(Problem("the subject has no tumour (subject.tumour).", _at(row), row.line))
        if isinstance(run, RunTable) and row.time > run.horizon:
            end = present(run.horizon, "s")
            message = f"after the end of the forecast, {end}. Raise run.horizon."
            found.append(Problem(message, f"time = {present(row.time, 's')}", row.line))
    return found


def _at(row: ObservedRow) -> str:
    return f'organ = "{row.organ}"'


def note_problems(
    desk: Desk, line: int, where: str, file: str, problems: Sequence[Problem]
) -> None:
    """Put the problems of a table on the desk, each with its own line."""
    for problem in problems[:SHOWN]:
        place = f" line {problem.line}" if problem.line else ""
        key = f", {problem.where}" if problem.where else ""
        desk.problem(line, problem.message, f"{where}: {file}{place}{key}")
    if len(problems) > SHOWN:
        desk.problem(line, f"{len(problems) - SHOWN} more problems in {file}.", where)
