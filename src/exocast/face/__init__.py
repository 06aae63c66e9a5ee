"""The Python face: read, run, compare, draw, explain, save and open."""

from exocast.face.asking import compare, lots, recommend, seek, shelf_life, sweep
from exocast.face.explaining import Explanation, explain
from exocast.face.verbs import (
    check_folder,
    open,  # noqa: A004 - the verb `exocast.open`
    pack,
    rerun,
    run,
    template,
)

__all__ = [
    "Explanation",
    "check_folder",
    "compare",
    "explain",
    "lots",
    "open",
    "pack",
    "recommend",
    "rerun",
    "run",
    "seek",
    "shelf_life",
    "sweep",
    "template",
]
