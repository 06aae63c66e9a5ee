"""Every exception exocast raises, under one base.

A message says what is wrong, where (file, line, key or step) and what to do. A numerical failure of
one member is not an exception: it is a status on that member (see `exocast.engine.solve.Status`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

__all__ = [
    "ConservationError",
    "DesignError",
    "EngineError",
    "EvidenceError",
    "ExocastError",
    "FitError",
    "Problem",
    "ReaderError",
    "TableError",
    "UnitError",
    "WiringError",
    "nearest",
]


class ExocastError(Exception):
    """Base of every error that exocast raises on purpose."""


class UnitError(ExocastError):
    """A quantity cannot be read as the dimension that is expected."""


class EvidenceError(ExocastError):
    """A value, source or parameter of the catalogue is missing or inconsistent."""


class WiringError(ExocastError):
    """A kinetic step asks for a place, port or population that nobody declared."""


class ConservationError(ExocastError):
    """A step or the body lost or created matter."""


class EngineError(ExocastError):
    """The engine was given malformed arrays or an ill-formed network."""


class FitError(ExocastError):
    """A fit has nothing to fit, nothing to fit to, or a model that fails wherever it is tried."""


class ReaderError(ExocastError):
    """An instrument file cannot be read as the format it claims to be."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a document, located so that it can be mended.

    Attributes
    ----------
    message : str
        What is wrong and what to do, without the location.
    where : str
        Step, key or table, as the user wrote it; empty when the message says it.
    line : int
        Line in the document, from 1; 0 when there is none.
    """

    message: str
    where: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"line {self.line:<3d} " if self.line else ""
        where = f"{self.where}: " if self.where else ""
        return f"{place}{where}{self.message}"


class DesignError(ExocastError):
    """A Design has mistakes; all of them are collected and raised at once.

    Parameters
    ----------
    document : path or str
        The document, named at the head of the message.
    problems : iterable of Problem
        Every problem found, in the order of the document.
    """

    def __init__(self, document: Path | str, problems: Iterable[Problem]) -> None:
        self.document = str(document)
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        count = len(self.problems)
        head = f"{self.document}: {count} problem{'' if count == 1 else 's'}, nothing was run"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class TableError(ReaderError):
    """A table has mistakes; all of them are collected and raised at once.

    Parameters
    ----------
    document : str
        Name of the file, named at the head of the message.
    problems : iterable of Problem
        Every problem found, in the order of the lines.
    """

    def __init__(self, document: str, problems: Iterable[Problem]) -> None:
        self.document = document
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        count = len(self.problems)
        head = f"{document}: {count} problem{'' if count == 1 else 's'}, nothing was read"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a sentence that offers the nearest valid name, or lists the valid ones.

    Parameters
    ----------
    name : str
        What the user wrote.
    names : iterable of str
        The valid names.

    Examples
    --------
    >>> nearest("feild", ["field", "buffer"])
    'Did you mean `field`?'
    >>> nearest("RVG", ["peg", "rvg"])
    'Did you mean `rvg`?'
    """
    known = sorted(names)
    lower = [one for one in known if one.lower() == name.lower()]
    close = lower or get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Known: {', '.join(known)}." if known else "None is known."
