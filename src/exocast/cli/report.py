"""`exocast report`: the page of a saved forecast."""

from __future__ import annotations

from pathlib import Path

from exocast.cli.console import terminal

__all__ = ["write_report_of"]


def write_report_of(folder: Path, to: Path | None, figures: Path | None = None) -> None:
    """Write the report of a saved forecast, and its figures as files.

    Raises
    ------
    ExocastError
        If there is no forecast, or a folder for figures is in the way.
    """
    from exocast.material.forecast import Forecast
    from exocast.report import write_report
    from exocast.report.export import check_target, pictures, write_pictures

    if figures is not None:
        check_target(figures)
    path = to or folder / "report.html"
    forecast = Forecast.open(folder)
    write_report(forecast, path)
    console = terminal()
    console.print(f"Wrote {path}")
    if figures is not None:
        written = write_pictures(pictures(forecast), figures)
        console.print(f"Wrote {figures}/   {len(written) // 3} figures, each as SVG, PNG and CSV")
