"""`exocast report`: the page of a saved forecast."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

__all__ = ["write_report_of"]


def write_report_of(folder: Path, to: Path | None) -> None:
    """Write the report of a saved forecast."""
    from exocast.material.forecast import Forecast
    from exocast.report import write_report

    path = to or folder / "report.html"
    write_report(Forecast.open(folder), path)
    Console(highlight=False).print(f"Wrote {path}")
