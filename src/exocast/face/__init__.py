"""The Python face: read, run, compare, draw, save and open."""

from exocast.face.verbs import (
    check_folder,
    compare,
    open,  # noqa: A004 - the verb `exocast.open`
    pack,
    read_design,
    rerun,
    run,
    save,
    seek,
    sweep,
    template,
)

__all__ = [
    "check_folder",
    "compare",
    "open",
    "pack",
    "read_design",
    "rerun",
    "run",
    "save",
    "seek",
    "sweep",
    "template",
]
