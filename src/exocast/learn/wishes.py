"""What is asked of a purified batch: a figure, at least, and how much."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exocast.errors import ExocastError, UnitError, nearest
from exocast.units import parse

__all__ = [
    "FIGURES",
    "PURITY",
    "YIELD",
    "Figure",
    "Wish",
    "read_scale",
    "read_subject",
    "read_wish",
    "read_wishes",
]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of merit.

    Attributes
    ----------
    name : str
        As a user writes it.
    key : str
        Of the record.
    unit : str
        What it is counted in.
    doc : str
        What it is.
    example : str
        An amount of it.
    """

    name: str
    key: str
    unit: str
    doc: str
    example: str


PURITY = (
    Figure(
        "vesicles per ug", "vesicles_per_microgram", "particle/ug",
        "Vesicles of the kind that is wanted over the protein that an assay reads.", "1e9",
    ),
    Figure(
        "particles per ug", "particles_per_microgram", "particle/ug",
        "Particles that tracking counts, lipoproteins among them, over the protein that an assay "
        "reads.", "1e9",
    ),
    Figure(
        "share of particles", "share_of_particles", "1",
        "Vesicles of the kind that is wanted over all particles, seen or not.", "50 %",
    ),
)  # fmt: skip
YIELD = (
    Figure(
        "recovery", "recovery", "1", "Vesicles in the last tube over those of the source.", "20 %"
    ),
    Figure("vesicles", "vesicles", "particle", "Vesicles in the last tube.", "1e10"),
)
FIGURES: Mapping[str, Figure] = {one.name: one for one in (*PURITY, *YIELD)}

SUBJECTS = ("isolation",)
"""What is recommended."""

_FORM = re.compile(r"\s*([A-Za-z][A-Za-z ]*?)\s*(?:>=|≥|>)\s*(\S.*?)\s*")


@dataclass(frozen=True, slots=True)
class Wish:
    """At least so much of a figure.

    Attributes
    ----------
    figure : Figure
        Which.
    amount : float
        In its unit.
    text : str
        As it was written.
    """

    figure: Figure
    amount: float
    text: str


def read_wish(text: str, option: str, figures: tuple[Figure, ...]) -> Wish:
    """Read ``particles per ug >= 1e9`` or ``recovery >= 20 %``.

    Parameters
    ----------
    text : str
        What the user wrote; an amount alone is one of the first figure.
    option : str
        Where it was written, for messages.
    figures : tuple of Figure
        What may be asked for there.

    Raises
    ------
    ExocastError
        If it is of another form; the message says how to write it.

    Examples
    --------
    >>> read_wish("particles per ug >= 1e9", "--purity", PURITY).amount
    1000000000.0
    >>> read_wish("20 %", "--yield", YIELD).figure.name
    'recovery'
    """
    found = _FORM.fullmatch(text)
    name, amount = (found[1], found[2]) if found else (figures[0].name, text)
    known = {one.name: one for one in figures}
    figure = known.get(" ".join(name.split()).replace("µg", "ug").lower())
    ways = "; ".join(f'"{one.name} >= {one.example}"' for one in figures)
    if figure is None:
        raise ExocastError(f"{option} {text!r}: {nearest(name, known)} Write {ways}")
    plain = re.fullmatch(r"[\d.eE+-]+", amount)
    try:
        value = float(amount) if plain else parse(amount, figure.unit)
        if figure.unit == "particle/ug" and not plain:
            value = parse(amount, "particle/kg") * 1e-9
    except (UnitError, ValueError):
        raise ExocastError(
            f"{option} {text!r}: {amount!r} is no amount of {figure.name}. Write {ways}"
        ) from None
    if not 0 < value < float("inf") or (figure.unit == "1" and value > 1):
        raise ExocastError(
            f"{option} {text!r}: an amount of {figure.name} that no train can have. Write {ways}"
        )
    return Wish(figure, value, f"{figure.name} >= {amount}")


def read_wishes(purity: Sequence[str], wanted: Sequence[str]) -> list[Wish]:
    """Read what is asked of purity and of yield, as `read_wish`.

    Raises
    ------
    ExocastError
        If one of them is of another form.
    """
    found = [read_wish(text, "--purity", PURITY) for text in purity]
    return found + [read_wish(text, "--yield", YIELD) for text in wanted]


def read_subject(what: str) -> None:
    """Check what a recommendation is asked for.

    Raises
    ------
    ExocastError
        If nothing is recommended for it.
    """
    if what not in SUBJECTS:
        raise ExocastError(f"nothing is recommended for `{what}`. {nearest(what, SUBJECTS)}")


def read_scale(text: str) -> float:
    """Read the volume of the source [m^3].

    Raises
    ------
    ExocastError
        If it is none.

    Examples
    --------
    >>> read_scale("50 L")
    0.05
    """
    try:
        volume = parse(text, "m^3")
    except UnitError as error:
        raise ExocastError(f"--scale {text!r}: {error}") from None
    if not 0 < volume < float("inf"):
        raise ExocastError(f"--scale {text!r}: a volume of the source above 0, such as 50 L")
    return volume
