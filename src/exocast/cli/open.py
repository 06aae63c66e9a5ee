"""`exocast open`: what a saved folder says, without running anything."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from exocast.cli.cascade import closing_lines, print_body
from exocast.cli.console import say, terminal
from exocast.material.forecast import Forecast

__all__ = ["show_folder"]

AGAIN = "nothing is run again"


def show_folder(folder: Path) -> None:
    """Print what a saved forecast, comparison, sweep, search, fit or qualification says.

    Raises
    ------
    ExocastError
        If the folder holds no result that this version reads.
    """
    from exocast.cli.compare import print_comparison
    from exocast.cli.fit import print_fit
    from exocast.cli.lots import print_lots
    from exocast.cli.qualify import print_qualification
    from exocast.cli.recommend import print_recommendation
    from exocast.cli.shelf_life import print_shelf_life
    from exocast.cli.sweep import print_result
    from exocast.learn.comparison import Comparison
    from exocast.learn.fitted import Fitted
    from exocast.learn.lots import Lots
    from exocast.learn.recommend import Recommendation
    from exocast.learn.shelf_life import ShelfLife
    from exocast.qualify.qualification import Qualification
    from exocast.report.filing import open_folder

    result, console = open_folder(folder), terminal()
    if isinstance(result, Forecast):
        _show_forecast(console, result)
        return
    if isinstance(result, Qualification):
        origin = result.record["provenance"]
        print_qualification(console, result.record, f"made {origin['created']}; {AGAIN}")
        return
    when = f"made {result.record['provenance']['created']}; {AGAIN}"
    show = print_comparison if isinstance(result, Comparison) else print_result
    show = print_fit if isinstance(result, Fitted) else show
    show = print_recommendation if isinstance(result, Recommendation) else show
    show = print_lots if isinstance(result, Lots) else show
    show = print_shelf_life if isinstance(result, ShelfLife) else show
    show(console, result.record, when)


def _show_forecast(console: Console, forecast: Forecast) -> None:
    record, origin = forecast.record, forecast.record["provenance"]
    members = origin["members"]
    console.print(f"[bold]exocast {origin['exocast']}[/]   {record['title']}", soft_wrap=True)
    made = f"{origin['created']}   seed {origin['seed']}   {members['uncertainty']} x "
    say(console, "made", f"{made}{members['variability']} members; {AGAIN}")
    console.print()
    print_body(console, record)
    for label, words in closing_lines(forecast):
        shown = words.replace("   Wrote ", "   In ") if label == "Balance" else words
        say(console, label, shown)
