"""Draw the README's picture from a saved forecast: `python docs/make_pictures.py out/kras-sirna-tumour`."""

from __future__ import annotations

import sys
from pathlib import Path

from exocast.material.forecast import Forecast
from exocast.report.blocks import Picture
from exocast.report.panels.cascade import panel


def main(folder: Path) -> None:
    """Write docs/cascade.svg."""
    pictures = [
        block for block in panel(Forecast.open(folder)).blocks if isinstance(block, Picture)
    ]
    target = Path(__file__).parent / "cascade.svg"
    target.write_text(str(pictures[0].svg), encoding="utf-8")
    sys.stdout.write(f"Wrote {target}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
