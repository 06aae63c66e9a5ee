"""`exocast claims`: what the review says, and what the rows or a forecast make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from exocast.cli.console import terminal
from exocast.errors import ExocastError, nearest

__all__ = ["print_claims"]

COLOURS = {"supported": "green", "contested": "yellow", "contradicted": "red"}


def print_claims(folder: Path | None, claim: str) -> None:
    """Print every claim with its verdict, or one in full; see `exocast claims --help`.

    Raises
    ------
    ExocastError
        If the folder holds no forecast, or no claim has that name.
    """
    from exocast.evidence import Catalogue
    from exocast.material.forecast import Forecast
    from exocast.qualify.claims import VERDICTS, claim_records

    catalogue = Catalogue.packaged()
    if folder is None:
        claims = claim_records(catalogue)
    else:
        forecast = Forecast.open(folder)
        claims = forecast.record.get("claims") or claim_records(catalogue, forecast)
    console = terminal()
    if claim:
        chosen = [one for one in claims if one["key"] == claim]
        if not chosen:
            known = [one["key"] for one in claims]
            raise ExocastError(f"no claim is called `{claim}`. {nearest(claim, known)}")
        _in_full(console, chosen[0])
        return
    source = f"the forecast in {folder}" if folder else "the catalogue's rows alone"
    console.print(f"[bold]Claims of the review[/], against {source}\n")
    for one in claims:
        _in_short(console, one)
    counts = Counter(one["verdict"] for one in claims)
    console.print("   ".join(f"{counts[name]} {name}" for name in VERDICTS if counts[name]))
    if counts["needs a forecast"]:
        console.print("[dim]exocast claims FOLDER holds the other tests on a saved forecast[/]")
    console.print("[dim]exocast claims --only NAME shows one in full[/]")


def _in_short(console: Console, one: Mapping[str, Any]) -> None:
    verdict = one["verdict"]
    colour = COLOURS.get(verdict, "dim")
    console.print(f"[{colour}]{verdict:<20}[/]{one['claim']} [dim]({one['key']})[/]",
                  soft_wrap=True)  # fmt: skip
    said, _ = _words(one["test"])
    votes = Counter(item["says"] for item in one["evidence"])
    read = ", ".join(f"{count} {says}" for says, count in votes.items())
    lines = [f"test {said}"] if said else []
    lines += [f"evidence read: {read}"] if read else []
    for line in lines or ["nothing here bears on it"]:
        console.print(f"{'':<20}{line}", markup=False, style="dim", soft_wrap=True)


def _in_full(console: Console, one: Mapping[str, Any]) -> None:
    colour = COLOURS.get(one["verdict"], "dim")
    console.print(f"[bold]{one['key']}[/]   section {one['section']}   "
                  f"[{colour}]{one['verdict']}[/]\n\n{one['claim']}\n")  # fmt: skip
    said, bar = _words(one["test"])
    if said:
        console.print(f"test       {said}\n           {bar}", markup=False, soft_wrap=True)
    for item in (one["test"] or {}).get("numbers", ()):
        place = ", ".join(filter(None, (item["cited"], item["locator"])))
        console.print(f"number     {item['what']} ({place})", markup=False, soft_wrap=True)
    for item in one["evidence"]:
        words = f"evidence   {item['says']}: {item['what']}"
        console.print(words, markup=False, soft_wrap=True)
        place = f"{item['cited']}, {item['locator']}, read: {item['read']}   {item['address']}"
        console.print(f"           {place}", markup=False, style="dim", soft_wrap=True)
    for row in one["rows"]:
        known = ", ".join(row["standings"]) or "no row"
        console.print(f"rests on   {row['key']} ({known})", markup=False)
    for family in one["hypotheses"]:
        console.print(f"hypothesis {family}", markup=False)
    console.print(f"limits     {one['limits']}", markup=False, soft_wrap=True)


def _words(test: Mapping[str, Any] | None) -> tuple[str, str]:
    from exocast.report.panels.claims import found

    return found(test)
