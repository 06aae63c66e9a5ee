"""One vendor format a file; `READERS` lists them, `read` picks the one that fits."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Protocol

from exocast.errors import ReaderError, nearest
from exocast.instruments.readers.nanosight import NanoSightSummary
from exocast.instruments.readers.observed import COLUMNS, looks_observed
from exocast.material.measurement import Measurement

__all__ = ["READERS", "Reader", "guess", "read"]


class Reader(Protocol):
    """What every reader offers."""

    vendor: ClassVar[str]
    title: ClassVar[str]
    versions: ClassVar[tuple[str, ...]]

    @staticmethod
    def guess(head: bytes, name: str) -> bool:
        """Return whether the first bytes, or else the name, look like this format."""

    @staticmethod
    def read(path: Path) -> Measurement:
        """Read one file, or raise a ReaderError that names file and line."""


READERS: dict[str, type[Reader]] = {
    "nanosight": NanoSightSummary,
}


def guess(path: Path | str) -> str:
    """Return the name of the reader for a file.

    Raises
    ------
    ReaderError
        If the file is not there or no reader takes it; the message lists the known formats.
    """
    path = Path(path)
    if not path.is_file():
        beside = [other.name for other in path.parent.glob("*") if other.is_file()]
        raise ReaderError(f"{path.name} is not there. {nearest(path.name, beside)}")
    with path.open("rb") as stream:
        head = stream.read(4096)
    for name, reader in READERS.items():
        if reader.guess(head, path.name):
            return name
    if looks_observed(path):
        raise ReaderError(
            f"{path.name}: a table of measurements in animals. Name it under [[observed]]."
        )
    known = "; ".join(reader.title for reader in READERS.values())
    raise ReaderError(
        f"{path.name}: no reader takes this file. Known formats: {known}; or measurements in "
        f"animals, with the columns {', '.join(COLUMNS)} (exocast new NAME --observed)"
    )


def read(path: Path | str, reader: str = "") -> Measurement:
    """Read an instrument file.

    Parameters
    ----------
    path : path or str
        The file.
    reader : str, optional
        Name of the reader; guessed from the content when left out.

    Returns
    -------
    Measurement

    Raises
    ------
    ReaderError
        If no reader takes the file, or it cannot be read as what it claims to be.
    """
    name = reader or guess(path)
    if name not in READERS:
        raise ReaderError(f"no reader is called `{name}`. {nearest(name, READERS)}")
    return READERS[name].read(Path(path))
