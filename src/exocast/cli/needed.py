"""`exocast needed`: what would be enough, read off in one sentence, and drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table as Grid

from exocast.cli.console import terminal
from exocast.errors import ExocastError, UnitError

if TYPE_CHECKING:
    from exocast.learn.needed import Standing

__all__ = ["show_needed"]


def show_needed(folder: Path, share: str, copies: float | None, figures: Path | None) -> None:
    """Print what would be enough; see `exocast needed --help`.

    Raises
    ------
    ExocastError
        If the forecast cannot tell, the goal makes no sense, or a folder is in the way.
    """
    from exocast.learn.needed import standings
    from exocast.material.forecast import Forecast
    from exocast.report.export import check_target, write_pictures
    from exocast.report.panels.needed import caution, chart, goal, verdict
    from exocast.units import parse

    try:
        wanted = parse(share, "1", where="--share")
    except UnitError as error:
        raise ExocastError(str(error)) from None
    if figures is not None:
        check_target(figures)
    forecast = Forecast.open(folder)
    if forecast.record.get("ends_on") == "bench":
        raise ExocastError(
            f"{folder}: nothing is dosed, the forecast ends on the bench; of a tube ask "
            "exocast sweep DESIGN --until 'answer >= ...' --by donor.cells"
        )
    if organ := forecast.record["question"].get("organ"):
        raise ExocastError(
            f"{folder}: the question is about {organ}, and copies in a cell are not followed "
            "there; ask exocast sweep DESIGN --until 'answer >= ...' --by regimen.dose"
        )
    found = standings(forecast, share=wanted, needed=copies)
    console = terminal()
    console.print(f"[bold]{forecast.record['title']}[/]", soft_wrap=True)
    console.print(f"{goal(forecast, found[0])}:\n", soft_wrap=True)
    for standing in found:
        name = standing.variant or "as designed"
        lead = f"{name}, if {standing.phrase}" if standing.phrase else name
        console.print(f"[bold]{lead}[/]")
        console.print(f"{verdict([standing], alone=True)}", soft_wrap=True)
        console.print(_levers(standing))
        console.print()
    console.print(f"[dim]{caution(forecast)}[/]", soft_wrap=True)
    if figures is not None:
        written = write_pictures([chart(forecast, found)], figures)
        console.print(f"Wrote {'  '.join(str(path) for path in written)}")


def _levers(standing: Standing) -> Grid:
    """Return every lever: as designed, what it would take alone, and how far it reaches."""
    from exocast.report.panels.needed import WORDS, lever_words
    from exocast.report.words import amount, interval

    grid = Grid(box=None, pad_edge=False, padding=(0, 1, 0, 2), show_header=True)
    grid.add_column("", overflow="fold")
    for title in ("as designed", "needed alone"):
        grid.add_column(title, justify="right", overflow="fold")
    grid.add_column("reach", overflow="fold")
    for lever in standing.alone:
        grid.add_row(WORDS[lever.name], *lever_words(lever))
    short = standing.spreads["short"]
    grid.add_row(
        "vesicles that open in a cell",
        amount(standing.spreads["openings"].median),
        amount(standing.spreads["wanted"].median),
        f"short {amount(short.median)}× (90 % uncertainty {interval(short.uncertainty)})",
    )
    return grid
