"""Every figure of the report as files: SVG to edit, PNG to paste, CSV of the data behind it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from exocast.errors import ExocastError
from exocast.learn.saving import Result
from exocast.material.forecast import Forecast
from exocast.qualify.qualification import Qualification
from exocast.report.blocks import Block, Folded, Picture
from exocast.report.page import panels_of

__all__ = ["FORMS", "check_target", "pictures", "pictures_in", "write_pictures"]

FORMS = ("svg", "png", "csv")


def pictures(result: Forecast | Result | Qualification) -> list[Picture]:
    """Return every figure of the report, in its order."""
    return [found for panel in panels_of(result) for found in pictures_in(panel.blocks)]


def pictures_in(blocks: Iterable[Block]) -> list[Picture]:
    """Return the figures among blocks, folded ones too."""
    return list(_inside(blocks))


def _inside(blocks: Iterable[Block]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Folded):
            yield from _inside(block.blocks)


def check_target(folder: Path) -> None:
    """Refuse a folder that is in the way, before anything is drawn.

    Raises
    ------
    ExocastError
        If it is a file, or holds anything at all.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise ExocastError(f"{folder} is not empty and is not overwritten; choose another folder")
    if folder.exists() and not folder.is_dir():
        raise ExocastError(f"{folder} is a file; give the name of a folder for the figures")


def write_pictures(found: Iterable[Picture], folder: Path) -> list[Path]:
    """Write figures into a new folder, all of them or none.

    Parameters
    ----------
    found : iterable of Picture
        From `pictures`, or from one panel.
    folder : Path
        Folder to make; one that is there is empty.

    Returns
    -------
    list of Path
        What was written, three files a figure.

    Raises
    ------
    ExocastError
        If something is in the way.
    """
    check_target(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        temporary.chmod(0o755)
        names: list[str] = []
        for picture in found:
            held = {form: picture.drawing.file(form) for form in ("svg", "png")}
            held["csv"] = picture.csv.encode()
            for form in FORMS:
                names.append(f"{picture.name}.{form}")
                (temporary / names[-1]).write_bytes(held[form])
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
    finally:
        if temporary.exists():
            shutil.rmtree(temporary)
    return [folder / name for name in names]
