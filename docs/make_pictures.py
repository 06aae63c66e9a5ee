"""Draw the README's picture: `python docs/make_pictures.py out/kras-sirna-tumour`."""

from __future__ import annotations

import sys
from pathlib import Path

from exocast.material.forecast import Forecast
from exocast.report.blocks import Picture
from exocast.report.panels.cascade import panel

# The report's drawings live in its page; a file of its own needs a namespace, a font and a ground.
ALONE = (
    '<svg xmlns="http://www.w3.org/2000/svg" style="background: white; '
    'font-family: system-ui, sans-serif" '
)


def main(folder: Path) -> None:
    """Write docs/cascade.svg from a saved forecast."""
    blocks = panel(Forecast.open(folder)).blocks
    drawing = next(one.drawing.__html__() for one in blocks if isinstance(one, Picture))
    target = Path(__file__).parent / "cascade.svg"
    target.write_text(drawing.replace("<svg ", ALONE, 1), encoding="utf-8")
    sys.stdout.write(f"Wrote {target}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
