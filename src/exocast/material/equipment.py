"""A table of a laboratory's own equipment, as rows that a catalogue takes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exocast.errors import Problem
from exocast.evidence.parameter import Value
from exocast.evidence.source import Source

__all__ = ["EquipmentTable"]


@dataclass(frozen=True)
class EquipmentTable:
    """What one file says of rotors, gels and membranes.

    Attributes
    ----------
    file : str
        What the Design calls it.
    source : Source
        The file, as the source of its rows.
    rows : tuple of Value
        Each specific to what it is of, as in ``rotor=My rotor``.
    names : mapping of str to tuple of str
        By kind, everything the file names, broken rows too.
    problems : tuple of Problem
        What is wrong with it; a table with problems is used by nobody.
    """

    file: str
    source: Source
    rows: tuple[Value, ...]
    names: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...] = ()
