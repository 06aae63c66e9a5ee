"""Something to start from: packaged Designs with the files they read, and tables to fill in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from exocast.design.design import Design, templates
from exocast.design.inputs import files_of
from exocast.errors import ExocastError, nearest

__all__ = ["TABLES", "Start", "find_template", "start_design", "start_table", "template_titles"]

FIRST = "kras-sirna-tumour"
"""The template that is taken when none is named."""

TABLES = {
    "observed": "observed.csv",
    "prices": "prices.csv",
    "lots": "lots.csv",
    "equipment": "equipment.csv",
}
"""Tables that one fills in, and the packaged file of each."""

_NAME = re.compile(r"[A-Za-z0-9][\w .-]*")


@dataclass(frozen=True)
class Start:
    """Files that are to be written together.

    Attributes
    ----------
    files : dict of Path to bytes
        Contents; the first is what was asked for, the others are what it reads.
    """

    files: dict[Path, bytes]

    @property
    def path(self) -> Path:
        """The file that was asked for."""
        return next(iter(self.files))

    def write(self) -> list[Path]:
        """Write every file that is not there yet, or none; return what was written.

        Raises
        ------
        ExocastError
            If a file is in the way: nothing is ever overwritten. A file that a Design reads and
            that is there already, byte for byte, is not in the way.
        """
        new: dict[Path, bytes] = {}
        for path, content in self.files.items():
            if not path.exists():
                new[path] = content
            elif path == self.path or not path.is_file() or path.read_bytes() != content:
                raise ExocastError(f"{path} exists and is not overwritten; choose another name")
        written: list[Path] = []
        try:
            for path, content in new.items():
                with path.open("xb") as file:
                    written.append(path)
                    file.write(content)
        except OSError as error:
            for path in written:
                path.unlink(missing_ok=True)
            raise ExocastError(f"cannot write here: {error}") from None
        return written


def template_titles() -> dict[str, str]:
    """Return the title of every packaged Design, by its name."""
    return {name: Design.read(path).title for name, path in templates().items()}


def find_template(name: str) -> Path:
    """Return the file of a packaged Design.

    Raises
    ------
    ExocastError
        If there is none of that name; the message offers the nearest.
    """
    known = templates()
    found = known.get(name.removesuffix(".toml"))
    if found is None:
        offer = nearest(name, known)
        raise ExocastError(f"no template `{name}`. {offer} (exocast new --list)")
    return found


def start_design(name: str, template: str = FIRST, folder: Path | None = None) -> Start:
    """Return a copy of a packaged Design under another name, with the files that it reads.

    Parameters
    ----------
    name : str
        Name of the new Design, with or without ``.toml``.
    template : str
        The packaged Design.
    folder : Path, optional
        Where it is to lie; the current folder by default.

    Raises
    ------
    ExocastError
        If the name is none for a file, or there is no such template.
    """
    place = folder or Path()
    source = find_template(template)
    stem = _checked(name.removesuffix(".toml"))
    # The comments at the head of a template name it in the commands they show.
    text = source.read_text(encoding="utf-8").replace(source.name, f"{stem}.toml")
    files = {place / f"{stem}.toml": text.encode()}
    design = Design.read(source)
    plans = [design.plan(variant) for variant in (None, *design.variants)]
    for held in files_of(plans):
        files[place / held] = (source.parent / held).read_bytes()
    return Start(files)


def start_table(kind: str, name: str = "", folder: Path | None = None) -> Start:
    """Return a table to fill in.

    Parameters
    ----------
    kind : str
        A key of `TABLES`.
    name : str
        Name of the file, with or without ``.csv``; the kind by default.
    folder : Path, optional
        Where it is to lie; the current folder by default.

    Raises
    ------
    ExocastError
        If the name is none for a file.
    """
    packaged = resources.files("exocast") / "templates" / TABLES[kind]
    stem = _checked((name or kind).removesuffix(".csv"))
    return Start({(folder or Path()) / f"{stem}.csv": packaged.read_bytes()})


def _checked(stem: str) -> str:
    if not _NAME.fullmatch(stem):
        raise ExocastError(
            f"{stem!r} is no name for a file: write letters, digits, dots, dashes and underscores, "
            "and go to the folder first"
        )
    return stem
