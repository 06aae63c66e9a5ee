"""`exocast report`: the page of a saved forecast, comparison, sweep or search."""

from __future__ import annotations

from pathlib import Path

from exocast.cli.console import terminal

__all__ = ["write_report_of"]


def write_report_of(folder: Path, to: Path | None, figures: Path | None = None) -> None:
    """Write the report of a saved result, and its figures as files.

    Raises
    ------
    ExocastError
        If there is no result, or a folder for figures is in the way.
    """
    from exocast.report import write_report
    from exocast.report.export import check_target, pictures, write_pictures
    from exocast.report.filing import open_folder

    if figures is not None:
        check_target(figures)
    path = to or folder / "report.html"
    result = open_folder(folder)
    write_report(result, path)
    console = terminal()
    console.print(f"Wrote {path}")
    if figures is not None:
        written = write_pictures(pictures(result), figures)
        console.print(f"Wrote {figures}/   {len(written) // 3} figures, each as SVG, PNG and CSV")
