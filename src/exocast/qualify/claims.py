"""Claims of the review that this project started from, each with a verdict that follows from votes.

Nobody writes a verdict. A test votes by where its range lies against a threshold; evidence votes as
whoever read it says. Only votes for make a claim supported, only votes against contradict it, both
(or a range that holds the threshold) leave it contested, and no vote at all means that nothing here
can test it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

from exocast.errors import EvidenceError
from exocast.evidence import Catalogue
from exocast.evidence.source import Source
from exocast.material.forecast import Forecast
from exocast.qualify.measures import MEASURES, Range, measured
from exocast.units import to_si

__all__ = [
    "VERDICTS",
    "Claim",
    "Evidence",
    "Trial",
    "claim_records",
    "claim_sources",
    "packaged_claims",
    "read_claims",
    "verdict",
    "vote",
    "with_claims",
]

Vote = Literal["for", "against", "open"]
Verdict = Literal["supported", "contested", "contradicted", "not testable here", "needs a forecast"]

VERDICTS: tuple[Verdict, ...] = (
    "supported", "contested", "contradicted", "not testable here", "needs a forecast",
)  # fmt: skip
NEEDS: Verdict = "needs a forecast"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody read that speaks for or against a claim."""

    source: str
    locator: str
    read: str
    says: Vote
    what: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A measure against a threshold; above or below it the claim holds.

    `never` names a vote that the test has no right to, since the model leaves out what would
    decide it: it counts as open.
    """

    measure: str
    holds: Literal["above", "below"]
    threshold: float
    unit: str
    reason: str
    source: str = ""
    locator: str = ""
    read: str = ""
    never: Literal["", "for", "against"] = ""


@dataclass(frozen=True)
class Claim:
    """A claim in our own words, and what it hangs on.

    Attributes
    ----------
    key, section, claim : str
        Name, section of the review, and what it says.
    limits : str
        What the test cannot tell.
    rows, hypotheses : tuple of str
        Keys of the catalogue and families of hypotheses that bear on it.
    test : Trial or None
        What is computed.
    figures : mapping of str to mapping
        Numbers that the claim brings, each with value, unit, source and what it is.
    evidence : tuple of Evidence
        What was read.
    """

    key: str
    section: str
    claim: str
    limits: str
    rows: tuple[str, ...]
    hypotheses: tuple[str, ...]
    test: Trial | None
    figures: Mapping[str, Mapping[str, Any]]
    evidence: tuple[Evidence, ...]


@cache
def _packaged() -> tuple[tuple[Claim, ...], Mapping[str, Source]]:
    text = (resources.files("exocast") / "data" / "claims.toml").read_text(encoding="utf-8")
    return read_claims(text)


def packaged_claims() -> tuple[Claim, ...]:
    """Return the claims that ship with exocast, in the order of the review."""
    return _packaged()[0]


def claim_sources(catalogue: Catalogue) -> dict[str, Source]:
    """Return every source that a claim may name: the claims' own, and the catalogue's."""
    return {**catalogue.sources, **_packaged()[1]}


def read_claims(text: str) -> tuple[tuple[Claim, ...], dict[str, Source]]:
    """Read claims and their sources from TOML.

    Raises
    ------
    EvidenceError
        If a claim has a field that is not known, or a source is incomplete.
    """
    tree = tomllib.loads(text)
    sources = {key: Source(key=key, **table) for key, table in tree.get("sources", {}).items()}
    claims = []
    for key, table in tree["claims"].items():
        held = dict(table)
        try:
            test = Trial(**held.pop("test")) if "test" in held else None
            evidence = tuple(Evidence(**one) for one in held.pop("evidence", ()))
            claims.append(
                Claim(
                    key=key,
                    test=test,
                    evidence=evidence,
                    figures=held.pop("figures", {}),
                    rows=tuple(held.pop("rows", ())),
                    hypotheses=tuple(held.pop("hypotheses", ())),
                    **held,
                )
            )
        except TypeError as error:
            raise EvidenceError(f"claim `{key}`: {error}") from None
    return tuple(claims), sources


def vote(test: Trial, ranges: Sequence[Range]) -> Vote:
    """Return how a test votes: for or against where every rival's whole range is on one side.

    Examples
    --------
    >>> test = Trial("share", "above", 0.5, "1", "most")
    >>> vote(test, [Range("", 0.6, 0.7, 0.9)]), vote(test, [Range("", 0.1, 0.2, 0.4)])
    ('for', 'against')
    >>> vote(test, [Range("a", 0.6, 0.7, 0.9), Range("b", 0.1, 0.2, 0.4)])
    'open'
    """
    sign = 1.0 if test.holds == "above" else -1.0
    bar = sign * to_si(test.threshold, test.unit)
    ends = [sorted((sign * held.low, sign * held.high)) for held in ranges]
    found: Vote = "open"
    if all(low >= bar for low, _ in ends):
        found = "for"
    elif all(high < bar for _, high in ends):
        found = "against"
    return "open" if found == test.never else found


def verdict(votes: Sequence[Vote]) -> Verdict:
    """Return what votes make of a claim.

    Examples
    --------
    >>> verdict(["for", "for"]), verdict(["against"]), verdict(["for", "against"]), verdict([])
    ('supported', 'contradicted', 'contested', 'not testable here')
    """
    if not votes:
        return "not testable here"
    if all(one == "for" for one in votes):
        return "supported"
    return "contradicted" if all(one == "against" for one in votes) else "contested"


def claim_records(
    catalogue: Catalogue,
    forecast: Forecast | None = None,
    claims: Sequence[Claim] | None = None,
) -> list[dict[str, Any]]:
    """Judge every claim.

    Parameters
    ----------
    catalogue : Catalogue
        Rows.
    forecast : Forecast, optional
        Without one, a claim whose test needs it has no verdict yet.
    claims : sequence of Claim, optional
        The packaged ones by default.

    Returns
    -------
    list of dict
        key, section, claim, verdict, test (measure, ranges, vote), evidence, rows with their
        standing, hypotheses, limits.
    """
    held = packaged_claims() if claims is None else claims
    return [_record(claim, catalogue, forecast) for claim in held]


def with_claims(forecast: Forecast, catalogue: Catalogue | None = None) -> Forecast:
    """Return the forecast with a verdict on every claim, from its own numbers."""
    held = Catalogue.packaged() if catalogue is None else catalogue
    record = {**forecast.record, "claims": claim_records(held, forecast)}
    return replace(forecast, record=record)


def _record(claim: Claim, catalogue: Catalogue, forecast: Forecast | None) -> dict[str, Any]:
    votes: list[Vote] = [one.says for one in claim.evidence]
    tested = None
    if claim.test is not None:
        tested = _tested(claim, claim.test, catalogue, forecast)
        if tested["vote"] is not None:
            votes.append(tested["vote"])
    waiting = tested is not None and tested["of"] == "forecast" and forecast is None
    sources = claim_sources(catalogue)
    return {
        "key": claim.key,
        "section": claim.section,
        "claim": claim.claim,
        "verdict": NEEDS if waiting else verdict(votes),
        "test": tested,
        "evidence": [
            {
                "source": one.source,
                "cited": _cited(sources[one.source]),
                "address": sources[one.source].address,
                "locator": one.locator,
                "read": one.read,
                "says": one.says,
                "what": one.what,
            }
            for one in claim.evidence
        ],
        "rows": [{"key": key, "standings": _standings(key, catalogue)} for key in claim.rows],
        "hypotheses": list(claim.hypotheses),
        "limits": claim.limits,
    }


def _tested(
    claim: Claim, test: Trial, catalogue: Catalogue, forecast: Forecast | None
) -> dict[str, Any]:
    """Return what a test found; its vote is None where it could not be held."""
    measure = MEASURES[test.measure]
    figures = {
        name: to_si(float(one["value"]), str(one["unit"])) for name, one in claim.figures.items()
    }
    ranges = measured(measure, figures, catalogue, forecast)
    why = ""
    if ranges is None:
        why = "needs the numbers of a forecast"
    elif not ranges:
        why = "the forecast has no such number"
    return {
        "measure": test.measure,
        "words": measure.words,
        "of": "forecast" if measure.look is not None else "catalogue",
        "holds": test.holds,
        "threshold": to_si(test.threshold, test.unit),
        "unit": test.unit,
        "reason": test.reason,
        "numbers": _numbers(claim, test, catalogue),
        "ranges": [
            {"phrase": r.phrase, "low": r.low, "median": r.median, "high": r.high}
            for r in ranges or ()
        ],
        "vote": vote(test, ranges) if ranges else None,
        "why_not": why,
    }


def _numbers(claim: Claim, test: Trial, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the numbers that a test brings along, with where each comes from."""
    held = [(str(one["what"]), one) for one in claim.figures.values()]
    if test.source:
        own = {"source": test.source, "locator": test.locator, "read": test.read}
        held.append((f"threshold: {test.reason}", own))
    sources = claim_sources(catalogue)
    return [
        {
            "what": what,
            "source": one["source"],
            "cited": _cited(sources[one["source"]]) if one["source"] else "assumed",
            "address": sources[one["source"]].address if one["source"] else "",
            "locator": one.get("locator", ""),
            "read": one.get("read", "none"),
        }
        for what, one in held
    ]


def _standings(key: str, catalogue: Catalogue) -> list[str]:
    """Return how the rows of a key are known, each standing once."""
    return sorted({row.standing for row in catalogue.values.get(key, ())})


def _cited(source: Source) -> str:
    """Return author and year as in a sentence."""
    first = source.authors.partition(",")[0].strip()
    name = "" if first.startswith("Authors") else first.removesuffix(" and others")
    return f"{name or source.journal or source.title[:40]}, {source.year}"
