"""How a cargo that the donor cell makes gets into its vesicles, by name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["BY_CHANCE", "Tag", "tag_table"]

BY_CHANCE = "none"
"""The tag that is none: a bud encloses cytosol."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A way into the vesicle: one table of ``data/loading_tag.toml``.

    Attributes
    ----------
    name, title : str
        Context ``tag`` of its rows, and words for people.
    carries : tuple of str
        Kinds of cargo that it works on.
    comes_off : str
        How the cargo leaves its scaffold in the target cell; empty where nothing takes it off.
    native : bool
        Whether cells have it as they are, and cargo that nobody engineered.
    """

    name: str
    title: str
    carries: tuple[str, ...]
    comes_off: str = ""
    native: bool = False


@cache
def tag_table() -> Mapping[str, Tag]:
    """Return every packaged tag, by name."""
    text = (resources.files("exocast") / "data" / "loading_tag.toml").read_text(encoding="utf-8")
    return {
        name: Tag(name, **{**table, "carries": tuple(table["carries"])})
        for name, table in tomllib.loads(text).items()
    }
