"""`exocast report`: the page of a saved forecast."""

from __future__ import annotations

from pathlib import Path

from exocast.cli.console import terminal

__all__ = ["write_report_of"]


def write_report_of(folder: Path, to: Path | None) -> None:
    """Write the report of a saved forecast."""
    from exocast.material.forecast import Forecast
    from exocast.report import write_report

    path = to or folder / "report.html"
    write_report(Forecast.open(folder), path)
    terminal().print(f"Wrote {path}")
