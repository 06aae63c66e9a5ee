"""`exocast inspect`: what instrument files are and say."""

from __future__ import annotations

from pathlib import Path

from exocast.cli.console import terminal
from exocast.errors import ReaderError

__all__ = ["inspect_files"]


def inspect_files(files: list[Path]) -> None:
    """Print each file's key figures, warnings and TOML block; every bad file is named.

    Raises
    ------
    ReaderError
        Naming every file that cannot be read, after the others were shown.
    """
    from exocast.cli.observed import describe_table
    from exocast.instruments import headline, read, summary, toml_block
    from exocast.instruments.readers.observed import looks_observed

    console = terminal()
    faults: list[str] = []
    for path in files:
        if path.is_dir():
            faults.append(f"{path} is a folder; name the files in it")
            continue
        try:
            if looks_observed(path):
                describe_table(console, path)
                continue
            measurement = read(path)
        except ReaderError as error:
            faults.append(str(error))
            continue
        console.print(f"[bold]{headline(measurement)}[/]")
        figures = summary(measurement)
        console.print(
            f"  D10 {figures.d10 * 1e9:.0f}  D50 {figures.d50 * 1e9:.1f} ± "
            f"{figures.d50_error * 1e9:.1f}  D90 {figures.d90 * 1e9:.0f}  mode "
            f"{figures.mode * 1e9:.0f}  mean {figures.mean * 1e9:.0f} nm   geometric SD "
            f"{figures.spread:.2f}"
        )
        console.print(
            f"  {figures.concentration / 1e6:.3g} ± {figures.concentration_error / 1e6:.2g} /mL   "
            f"{figures.videos_used} of {figures.videos} videos   sha256 {measurement.sha256[:12]}"
        )
        for warning in measurement.warnings:
            console.print(f"  [yellow]warning[/]  {warning}")
        console.print()
        console.print(toml_block(measurement), markup=False)
    if faults:
        raise ReaderError("\n".join(faults))
