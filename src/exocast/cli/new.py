"""`exocast new`: a Design, or a table to fill in, to start from."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from exocast.cli.console import terminal
from exocast.errors import ExocastError

__all__ = ["list_templates", "start"]


def start(name: str, template: str, table: str) -> None:
    """Write a Design, or a table, into the current folder; nothing is overwritten.

    Parameters
    ----------
    name : str
        Name of the new file.
    template : str
        A packaged Design; empty for the first one.
    table : str
        ``observed``, ``prices``, ``lots`` or ``equipment``, or empty for a Design.

    Raises
    ------
    ExocastError
        If there is no name, no such template, or a file is in the way.
    """
    from exocast.design.starting import FIRST, start_design, start_table

    console = terminal()
    if table:
        if template:
            raise ExocastError(f"--{table} and --from do not go together: one file at a time")
        made = start_table(table, name)
        made.write()
        console.print(f"Wrote {made.path}   its first lines say what each column is")
        if table == "observed":
            console.print("\nName it in your Design:\n")
            console.print(f'\\[\\[observed]]\nfile  = "{made.path}"\nlabel = "zirconium-89"')
        elif table == "equipment":
            console.print("\nName it in your Design, and what it holds in your steps:\n")
            console.print(f'\\[\\[equipment]]\nfile = "{made.path}"')
        elif table == "lots":
            console.print(f"\nNext: exocast lots {made.path}")
        return
    if not name:
        raise ExocastError("give the new Design a name: exocast new my-design (or --list)")
    made = start_design(name, template or FIRST)
    written = made.write()
    for path in made.files:
        console.print(f"{'Wrote ' if path in written else 'there '} {path}")
    console.print(f"\nNext: exocast check {made.path}\n      exocast run {made.path}")


def list_templates() -> None:
    """Print every packaged Design with its title, one line each."""
    from exocast.design.starting import TABLES, template_titles

    console = terminal()
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for name, title in template_titles().items():
        table.add_row(name, title)
    console.print(table)
    options = ", ".join(f"--{name}" for name in TABLES)
    console.print(f"\n[dim]exocast new NAME --from TEMPLATE; tables to fill in: {options}[/]")


def complete_templates(incomplete: str) -> list[str]:
    """Return the names of packaged Designs that begin so."""
    from exocast.design import templates

    return [name for name in templates() if name.startswith(incomplete)]


def complete_designs(incomplete: str) -> list[str]:
    """Return Designs in the current folder, and packaged ones, that begin so."""
    found = complete_templates(incomplete)
    typed = Path(incomplete)
    folder = typed if incomplete.endswith("/") else typed.parent
    if folder.is_dir():
        found += [str(path) for path in sorted(folder.glob("*.toml"))]
        found += [f"{path}/" for path in sorted(folder.iterdir()) if path.is_dir()]
    return [name for name in found if name.startswith(incomplete)]
