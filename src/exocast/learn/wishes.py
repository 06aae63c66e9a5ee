"""What is asked of a purified or loaded batch: a figure, at least, and how much."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exocast.errors import ExocastError, UnitError, nearest
from exocast.units import parse

__all__ = [
    "FIGURES",
    "KEPT",
    "LOAD",
    "PURITY",
    "YIELD",
    "Figure",
    "Wish",
    "check_subject",
    "read_amount",
    "read_scale",
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
LOAD = (
    Figure(
        "copies per vesicle",
        "copies_per_vesicle",
        "copy/particle",
        "Cargo inside vesicles over their number, empty ones included.",
        "10",
    ),
    Figure(
        "cargo per dose", "cargo_per_dose", "kg", "Cargo inside the vesicles of a dose.", "1 ug"
    ),
    Figure(
        "loaded vesicles", "loaded_vesicles", "1", "Vesicles that hold any of it, over all.", "20 %"
    ),
    Figure(
        "protected share",
        "protected_share",
        "1",
        "Cargo inside vesicles over all that is in the last tube.",
        "90 %",
    ),
    Figure("of input", "of_input", "1", "Cargo inside vesicles over all that was given.", "1 %"),
)
KEPT = (
    YIELD[0],
    Figure("intact cargo", "intact_cargo", "1", "Cargo that the method did not destroy.", "90 %"),
    Figure(
        "surface kept",
        "surface_kept",
        "1",
        "Copies of a surface marker on a vesicle, over those in the source.",
        "80 %",
    ),
)
FIGURES: Mapping[str, Figure] = {one.key: one for one in (*PURITY, *YIELD, *LOAD, *KEPT)}

OPTIONS: Mapping[str, tuple[str, tuple[Figure, ...]]] = {
    "--purity": ("isolation", PURITY),
    "--yield": ("isolation", YIELD),
    "--load": ("loading", LOAD),
    "--keep": ("loading", KEPT),
}
"""Options with goals: the subject that they are asked of, and the figures."""
LOADING = ("--cargo", "--amount", "--dose")
"""Other options of loading alone."""
SUBJECTS = ("isolation", "loading")
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


def read_wishes(goals: Mapping[str, Sequence[str]]) -> list[Wish]:
    """Read what is asked for, by option, as `read_wish`.

    Raises
    ------
    ExocastError
        If one of them is of another form.
    """
    return [
        read_wish(text, option, OPTIONS[option][1])
        for option, texts in goals.items()
        for text in texts
    ]


def check_subject(what: str, source: str, given: Mapping[str, object]) -> None:
    """Check what a recommendation is asked for, and that its options belong to it.

    Parameters
    ----------
    what, source : str
        The subject, and what the vesicles come from.
    given : mapping
        Options, and what was given: nothing where it is empty.

    Raises
    ------
    ExocastError
        If nothing is recommended for it, an option is of another subject, or one is missing.
    """
    from exocast.learn.candidates import source_names
    from exocast.stages.loading.cargo import cargo_table

    if what not in SUBJECTS:
        raise ExocastError(f"nothing is recommended for `{what}`. {nearest(what, SUBJECTS)}")
    of = {option: subject for option, (subject, _) in OPTIONS.items()}
    of |= dict.fromkeys(LOADING, "loading")
    for option, words in given.items():
        if words and of.get(option, what) != what:
            raise ExocastError(f"{option} is asked of `exocast recommend {of[option]}`")
    if what == "isolation" and not source:
        raise ExocastError(
            "--source: name what the vesicles come from, or a Design with a donor. Sources: "
            + ", ".join(source_names())
        )
    if what == "loading" and not given.get("--cargo"):
        raise ExocastError(f"--cargo: name what is loaded. Cargoes: {', '.join(cargo_table())}")


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
    return read_amount(text, "m^3", "--scale", "a volume of the source above 0, such as 50 L")


def read_amount(text: str, unit: str, option: str, told: str) -> float:
    """Read an amount above zero of an option.

    Raises
    ------
    ExocastError
        If it is none.
    """
    try:
        amount = parse(text, unit)
    except UnitError as error:
        raise ExocastError(f"{option} {text!r}: {error}") from None
    if not 0 < amount < float("inf"):
        raise ExocastError(f"{option} {text!r}: {told}")
    return amount
