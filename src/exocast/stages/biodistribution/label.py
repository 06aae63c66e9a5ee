"""Labels by name: what each binds, where its free forms go, what it can and cannot show."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from exocast.errors import EvidenceError, nearest

__all__ = ["Label", "label_named", "label_names", "label_table"]


@dataclass(frozen=True, slots=True)
class Label:
    """A label: one table of ``data/label.toml``.

    Attributes
    ----------
    name : str
        Context ``label`` of its rows.
    title, family : str
        Words for people, and the class of labels that behave like it.
    takes_to : str
        ``membrane``, ``protein`` or ``reporter``: what it binds.
    free, control : str
        Its form on no vesicle, and the control that tells how much of that there is.
    shows, hides : str
        What it can and cannot show.
    survives : bool
        Whether its signal outlives digestion.
    soluble, catabolite, particles : tuple of str
        Organs that hold it dissolved, digested, and as particles of its own.
    aliases : tuple of str
        Products that are the same thing.
    """

    name: str
    title: str
    family: str
    takes_to: str
    free: str
    control: str
    shows: str
    hides: str
    survives: bool
    soluble: tuple[str, ...] = ()
    catabolite: tuple[str, ...] = ()
    particles: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def organs(self) -> tuple[str, ...]:
        """Return every organ that holds some of it without a vesicle, in order."""
        return tuple(dict.fromkeys((*self.soluble, *self.catabolite, *self.particles)))


@cache
def label_table() -> Mapping[str, Label]:
    """Return every packaged label, by name."""
    text = (resources.files("exocast") / "data" / "label.toml").read_text(encoding="utf-8")
    found = {}
    for name, table in tomllib.loads(text).items():
        held: dict[str, Any] = {
            key: tuple(one) if isinstance(one, list) else one for key, one in table.items()
        }
        found[name] = Label(name, **held)
    return found


def label_names() -> tuple[str, ...]:
    """Return every name that a Design may use: labels and their aliases.

    Examples
    --------
    >>> {"lipophilic-dye", "DiR"} <= set(label_names())
    True
    """
    table = label_table()
    return (*table, *(alias for label in table.values() for alias in label.aliases))


def label_named(name: str) -> Label:
    """Return a label by its name or that of a product.

    Raises
    ------
    EvidenceError
        If nothing has that name; the message offers the nearest.

    Examples
    --------
    >>> label_named("DiR").name
    'lipophilic-dye'
    """
    table = label_table()
    for label in table.values():
        if name == label.name or name in label.aliases:
            return label
    raise EvidenceError(f"no label `{name}`. {nearest(name, label_names())}")
