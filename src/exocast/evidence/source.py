"""A source: the article, dataset, file, calculation or assumption that a number rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from exocast.errors import EvidenceError
from exocast.evidence.bibtex import entry

__all__ = ["Source", "SourceKind"]

SourceKind = Literal["article", "dataset", "handbook", "file", "calculation", "assumption", "fit"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was found.

    Attributes
    ----------
    key : str
        Short name by which rows refer to it, such as ``livshits_2015``.
    kind : str
        One of article, dataset, handbook, file, calculation, assumption, fit (by exocast itself).
    title : str
        Full title; for an assumption, what is assumed and why.
    year : int
        Year of publication, or of the calculation or assumption; 0 for a file without one.
    authors : str
        Authors as they are to be cited.
    doi, url : str
        At least one of them for an article or a dataset.
    formula : str
        For a calculation: the formula, with the sources of its inputs; for a fit: to what.

    Raises
    ------
    EvidenceError
        If the kind is unknown, title or year is missing, an article or dataset has neither doi nor
        url, or a calculation or a fit has no formula.
    """

    key: str
    kind: SourceKind
    title: str
    year: int = 0
    authors: str = ""
    doi: str = ""
    url: str = ""
    formula: str = ""
    journal: str = ""

    def __post_init__(self) -> None:
        problem = ""
        if self.kind not in get_args(SourceKind):
            problem = f"kind `{self.kind}` is none of {', '.join(get_args(SourceKind))}"
        elif not self.title:
            problem = "has no title"
        elif not self.year and self.kind != "file":
            problem = "has no year"
        elif self.kind in ("article", "dataset") and not (self.doi or self.url):
            problem = f"is of kind {self.kind} and has neither doi nor url"
        elif self.kind in ("calculation", "fit") and not self.formula:
            problem = f"is a {self.kind} without its formula"
        if problem:
            raise EvidenceError(f"source `{self.key}` {problem}")

    @property
    def address(self) -> str:
        """Return the address to open: the DOI where there is one, else the URL."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    def bibtex(self) -> str:
        """Return the source as a BibTeX entry."""
        fields = {
            "title": self.title,
            "authors": self.authors,
            "year": str(self.year or ""),
            "journal": self.journal,
            "doi": self.doi,
            "url": self.url,
            "note": self.formula,
        }
        return entry(self.key, "article" if self.kind == "article" else "misc", fields)
