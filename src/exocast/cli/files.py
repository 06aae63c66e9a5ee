"""Files that a verb writes beside what it prints: refused early, written whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from exocast.errors import ExocastError

__all__ = ["refuse_files", "write_files"]


def refuse_files(paths: Iterable[Path | None]) -> None:
    """Refuse files that cannot be written, before anything is computed or printed.

    Raises
    ------
    ExocastError
        If one is there already, or its folder is not.
    """
    for path in paths:
        if path is None:
            continue
        if path.exists():
            raise ExocastError(f"{path} exists and is not overwritten; choose another name")
        if not path.parent.is_dir():
            raise ExocastError(f"{path}: there is no folder {path.parent}")


def write_files(texts: Mapping[Path, str]) -> None:
    """Write texts; each file is complete or not there."""
    for path, text in texts.items():
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}-",
            delete=False,
        ) as file:  # fmt: skip
            file.write(text)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
