"""Ligands and receptors by name: what binds what, and on which cells of which organs it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from exocast.errors import nearest

__all__ = ["SITES", "Ligand", "Receptor", "ligand_table", "receptor_table", "unknown_ligand"]

SITES = ("endothelium", "phagocyte", "parenchyma")
"""Cells of an organ that carry receptors; those of a tumour are a site of their own."""


@dataclass(frozen=True, slots=True)
class Receptor:
    """A receptor: one table of ``data/receptor.toml``.

    Attributes
    ----------
    name, title : str
        Context ``receptor`` of its rows, and words for people.
    endothelium, phagocyte, parenchyma : tuple of str
        Organs in which these cells have it.
    tumour_cells : bool
        Whether the cells of a tumour have it.
    """

    name: str
    title: str
    endothelium: tuple[str, ...] = ()
    phagocyte: tuple[str, ...] = ()
    parenchyma: tuple[str, ...] = ()
    tumour_cells: bool = False

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield every site and organ, the cells of a tumour last."""
        for site in SITES:
            for organ in getattr(self, site):
                yield site, organ
        if self.tumour_cells:
            yield "tumour_cell", "tumour"


@dataclass(frozen=True, slots=True)
class Ligand:
    """A ligand: one table of ``data/ligand.toml``.

    Attributes
    ----------
    name, title : str
        Context ``ligand`` of its rows, and words for people.
    receptors : tuple of str
        What it binds.
    fuses : str
        What triggers it where it is a fusogen, counted in trimers: ``acid``, ``receptor``, or
        nothing.
    beyond : str
        What it is for, beyond binding, that nothing here follows; empty for what is followed.
    """

    name: str
    title: str
    receptors: tuple[str, ...]
    fuses: str = ""
    beyond: str = ""

    @property
    def bound(self) -> tuple[Receptor, ...]:
        """Return its receptors."""
        return tuple(receptor_table()[name] for name in self.receptors)


@cache
def receptor_table() -> Mapping[str, Receptor]:
    """Return every packaged receptor, by name."""
    return {name: Receptor(name, **table) for name, table in _tables("receptor.toml").items()}


@cache
def ligand_table() -> Mapping[str, Ligand]:
    """Return every packaged ligand, by name."""
    return {name: Ligand(name, **table) for name, table in _tables("ligand.toml").items()}


def unknown_ligand(name: str) -> list[str]:
    """Return what is wrong with the name of a ligand, as sentences."""
    known = ligand_table()
    return [] if name in known else [f"no ligand `{name}`. {nearest(name, known)}"]


def _tables(file: str) -> dict[str, dict[str, Any]]:
    text = (resources.files("exocast") / "data" / file).read_text(encoding="utf-8")
    return {
        name: {key: tuple(held) if isinstance(held, list) else held for key, held in table.items()}
        for name, table in tomllib.loads(text).items()
    }
