"""What to cite for a forecast: exocast, then the sources of its values by influence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exocast._version import __version__
from exocast.errors import ExocastError
from exocast.evidence import bibtex
from exocast.evidence.source import Source

__all__ = ["SOFTWARE", "Citation", "Use", "citations", "cited", "software_bibtex"]

SOFTWARE = {
    "title": "exocast: forecasting the journey of an exosome medicine",
    "authors": "The exocast developers",
}
"""As in CITATION.cff; a test keeps them alike."""

UNCITED = ("assumption", "calculation")
"""Kinds of source that nobody else published: to cite exocast is to cite them."""


@dataclass(frozen=True, slots=True)
class Use:
    """One value that a source is used for.

    Attributes
    ----------
    identity : str
        Key and context of the value.
    swing : float
        Orders of magnitude by which it moves the answer; infinite from or to nothing.
    read, method, locator : str
        How much of the source was read, how the source knows, and where the number stands.
    """

    identity: str
    swing: float
    read: str
    method: str
    locator: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A source, and what it was used for, the most influential first.

    Attributes
    ----------
    source : Source
        The source.
    uses : tuple of Use
        Values, by influence.
    """

    source: Source
    uses: tuple[Use, ...]

    @property
    def swing(self) -> float:
        """Orders of magnitude by which its most influential value moves the answer."""
        return self.uses[0].swing

    @property
    def citable(self) -> bool:
        """Whether somebody else published it."""
        return self.source.kind not in UNCITED

    @property
    def text(self) -> str:
        """The source in one line."""
        one = self.source
        if one.authors:
            parts = [f"{one.authors} ({one.year})", one.title, one.journal, one.address]
        else:
            year = f" ({one.year})" if one.year else ""
            parts = [f"{one.title}{year}", one.journal, one.address]
        return " ".join(part if part[-1] in ".?!" else f"{part}." for part in parts if part)


def citations(record: Mapping[str, Any]) -> list[Citation]:
    """Return every source of a forecast's values, the most influential first.

    Parameters
    ----------
    record : mapping
        The content of ``forecast.json``.
    """
    uses: dict[str, dict[str, Use]] = {}
    for value in record["values"]:
        swing = abs(value.get("log10_swing") or 0.0)
        if not swing and value.get("matters"):
            swing = math.inf
        use = Use(value["identity"], swing, value["read"], value["method"], value["locator"])
        held = uses.setdefault(value["source"], {})
        if use.identity not in held or held[use.identity].swing < swing:
            held[use.identity] = use
    found = []
    for key, table in record["sources"].items():
        fields = {k: v for k, v in table.items() if k not in ("address", "bibtex")}
        ranked = sorted(uses.get(key, {}).values(), key=lambda use: (-use.swing, use.identity))
        if ranked:
            found.append(Citation(Source(key=key, **fields), tuple(ranked)))
    return sorted(found, key=lambda citation: (-citation.swing, citation.source.key))


def cited(record: Mapping[str, Any], style: str) -> str:
    """Return exocast and the citable sources, as numbered lines of text or as BibTeX.

    Raises
    ------
    ExocastError
        If the style is neither ``text`` nor ``bibtex``.
    """
    found = [citation for citation in citations(record) if citation.citable]
    year, version = _origin(record)
    if style == "bibtex":
        entries = [software_bibtex(year, version), *(one.source.bibtex() for one in found)]
        return "\n\n".join(entries) + "\n"
    if style == "text":
        own = f"{SOFTWARE['authors']} ({year}). {SOFTWARE['title']}. Version {version}."
        lines = [own, *(citation.text for citation in found)]
        return "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, 1)) + "\n"
    raise ExocastError(f"no citation style `{style}`. Known: bibtex, text.")


def software_bibtex(year: str, version: str = __version__) -> str:
    """Return the entry of exocast itself.

    Parameters
    ----------
    year : str
        Year of the forecast.
    version : str
        Version that made it.
    """
    note = f"Version {version}"
    return bibtex.entry("exocast", "misc", {**SOFTWARE, "year": year, "note": note})


def _origin(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return year and version of a forecast."""
    origin = record["provenance"]
    return str(origin["created"])[:4], str(origin["exocast"])
