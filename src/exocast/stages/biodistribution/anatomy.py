"""The organs and how blood joins them: rows of ``data/anatomy.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from exocast.errors import EvidenceError, nearest

__all__ = ["Anatomy", "Node"]


@dataclass(frozen=True, slots=True)
class Node:
    """A pool of large vessels, an organ, or a graft such as a tumour.

    Attributes
    ----------
    name : str
        Context ``organ`` of its rows, and stem of its places.
    kind : str
        ``pool``, ``organ`` or ``graft``.
    title : str
        Words for people.
    fed_by : str
        Pool of which it takes a share; empty where all blood of its feeders passes.
    drains_to : str
        Node that its blood enters.
    capillary : str
        ``continuous``; ``tight`` (no pores); ``fenestrated`` (with diaphragms or a filter behind:
        no vesicle passes);
        ``sinusoidal`` with open fenestrae; ``closed_sinusoidal``; ``open`` (phagocytes stand in the
        blood itself); ``leaky``; empty for a pool.
    phagocytes : str
        Which phagocytes touch its blood; empty for none.
    """

    name: str
    kind: str
    title: str
    fed_by: str
    drains_to: str
    capillary: str
    phagocytes: str


@dataclass(frozen=True)
class Anatomy:
    """Every node, in the order of the table."""

    nodes: tuple[Node, ...]

    @staticmethod
    @cache
    def packaged() -> Anatomy:
        """Return the anatomy in the installed package, read once."""
        table = resources.files("exocast") / "data" / "anatomy.csv"
        rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
        nodes = tuple(Node(name=row.pop("node"), **row) for row in rows)
        names = [node.name for node in nodes]
        for node in nodes:
            for other in filter(None, (node.fed_by, node.drains_to)):
                if other not in names:
                    raise EvidenceError(
                        f"anatomy.csv: `{node.name}` is joined to `{other}`, which is no node. "
                        f"{nearest(other, names)}"
                    )
        return Anatomy(nodes)

    def without(self, *kinds: str) -> Anatomy:
        """Return the anatomy without the nodes of some kinds."""
        return Anatomy(tuple(node for node in self.nodes if node.kind not in kinds))

    def of(self, *kinds: str) -> tuple[Node, ...]:
        """Return the nodes of some kinds, in order."""
        return tuple(node for node in self.nodes if node.kind in kinds)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all nodes."""
        return tuple(node.name for node in self.nodes)

    @property
    def fed(self) -> tuple[Node, ...]:
        """Return the organs that take a share of the cardiac output."""
        return tuple(node for node in self.of("organ") if node.fed_by)

    @property
    def filtering(self) -> tuple[Node, ...]:
        """Return the organs whose phagocytes touch blood."""
        return tuple(node for node in self.of("organ") if node.phagocytes)
