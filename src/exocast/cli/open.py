"""`exocast open`: cascade and answer of a saved forecast, without running anything."""

from __future__ import annotations

from pathlib import Path

from exocast.cli.cascade import cascade_table, closing_lines
from exocast.cli.console import say, terminal

__all__ = ["show_forecast"]


def show_forecast(folder: Path) -> None:
    """Print what a saved forecast says.

    Raises
    ------
    ExocastError
        If the folder holds no forecast that this version reads.
    """
    from exocast.material.forecast import Forecast

    forecast = Forecast.open(folder)
    record, origin = forecast.record, forecast.record["provenance"]
    members = origin["members"]
    console = terminal()
    console.print(f"[bold]exocast {origin['exocast']}[/]   {record['title']}", soft_wrap=True)
    console.print(
        f"made        {origin['created']}   seed {origin['seed']}   {members['uncertainty']} x "
        f"{members['variability']} members; nothing is run again",
        soft_wrap=True,
    )
    console.print()
    console.print(cascade_table(record, console.width))
    console.print()
    for label, words in closing_lines(forecast):
        shown = words.replace("   Wrote ", "   In ") if label == "Balance" else words
        say(console, label, shown)
