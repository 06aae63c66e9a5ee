"""The bare Design: what its tables may hold, and the plan that comes out of it; no rules here.

Each table is a dataclass whose fields are settings, so that one mechanism reads, checks, lists and
explains steps and tables alike.
"""

# ruff: noqa: RUF009 - `setting` makes a field, as `dataclasses.field` does

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from exocast.errors import UnitError
from exocast.material.asking import QUANTITIES, Quantity
from exocast.material.carrier import DEFAULT_CLASSES
from exocast.material.magnet import Magnet
from exocast.material.step import Flag, KineticStep, PreparationStep, setting
from exocast.material.study import Study
from exocast.units import parse, present

if TYPE_CHECKING:
    from exocast.material.equipment import EquipmentTable
    from exocast.material.measurement import Measurement
    from exocast.material.observed import ObservedTable

__all__ = [
    "SCHEMA",
    "Default",
    "Dose",
    "Equipment",
    "Members",
    "Observed",
    "Plan",
    "Question",
    "Regimen",
    "Run",
    "Subject",
    "Tumour",
]

SCHEMA = 1
"""Version of the document; a later one gets a converter of its own."""

Counts = Literal["particles", "small_ev", "mass", "cargo"]
AVOGADRO = 6.02214076e23  # 1/mol, exact in the SI
_SMALL = re.compile(r"small[\s_-]*(EVs?|vesicles?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dose:
    """How much is given at one time, and what that number counts.

    Attributes
    ----------
    value : float
        Particles, kilograms or copies, or the same for each kilogram of the subject.
    counts : str
        particles (whatever a particle counter would count), small_ev, mass (total protein, as
        a protein assay would report it), or cargo (all copies of it, in particles or dissolved).
    per_body_weight : bool
        Whether `value` is for each kilogram of body weight.
    """

    value: float
    counts: Counts
    per_body_weight: bool = False

    @staticmethod
    def read(text: object) -> Dose:
        """Read ``"1e10 particles"``, ``"5e9 small EVs"``, ``"10 ug"``, ``"1 mg/kg"``, ``"1 nmol"``.

        Raises
        ------
        UnitError
            If it is neither a count nor a mass.

        Examples
        --------
        >>> Dose.read("1e10 particles")
        Dose(value=10000000000.0, counts='particles', per_body_weight=False)
        >>> Dose.read("1 mg/kg").absolute(0.022).counts
        'mass'
        """
        if not isinstance(text, str):
            raise UnitError('not a dose. Write what it counts, as in "1e10 particles" or "10 ug".')
        number: Counts = "small_ev" if _SMALL.search(text) else "particles"
        # A pure number is a mass per body weight only where it was written as one.
        attempts: list[tuple[str, Counts, bool]] = [
            ("particle", number, False),
            ("particle/kg", number, True),
            ("kg", "mass", False),
            ("copy", "cargo", False),
            ("copy/kg", "cargo", True),
            ("mol", "cargo", False),
            ("mol/kg", "cargo", True),
        ]
        if re.search(r"g\s*/\s*k?g\s*$", text):
            attempts = [("1", "mass", True)]
        for unit, counts, per_body_weight in attempts:
            try:
                each = AVOGADRO if unit.startswith("mol") else 1.0
                return Dose(each * parse(text, unit), counts, per_body_weight)
            except UnitError as error:
                problem = error
        if not re.match(r"\s*[+-]?[\d.]", text):
            raise UnitError(str(problem).removeprefix(f'"{text}": '))
        raise UnitError(
            "not a dose. Write a number of particles, of small EVs, a mass, or an amount of cargo, "
            'as in "1e10 particles", "5e9 small EVs", "10 ug", "1 mg/kg" or "1 nmol".'
        )

    def absolute(self, body_weight: float) -> Dose:
        """Return the dose for a subject of this weight [kg]."""
        if not self.per_body_weight:
            return self
        return Dose(self.value * body_weight, self.counts)

    def __str__(self) -> str:
        names = {"particles": "particle", "small_ev": "particle", "mass": "kg", "cargo": "copy"}
        shown = present(self.value, names[self.counts])
        if self.counts == "small_ev":
            shown = shown.replace("particles", "small EVs").replace("particle", "small EV")
        return f"{shown} per kg of body weight" if self.per_body_weight else shown


@dataclass(frozen=True)
class Question:
    """What the first line of the report answers."""

    quantity: str = setting(
        next(iter(QUANTITIES)),
        choices=tuple(QUANTITIES),
        doc="Quantity that is asked for: of target cells, of an organ (`organ` says which), or "
        "of the tube, with or without a body behind it.",
        moves="answer",
    )
    target_cell: str = setting(
        "",
        doc="Cell type that is to be reached, by a question per target cell: that of the tumour.",
        moves="answer",
    )
    organ: str = setting(
        "",
        doc='Organ that is to be reached, by a question of an organ: "brain", "liver", "lung" ...',
        moves="answer",
    )
    cargo: str = setting(
        "",
        doc="Cargo, or molecule outside vesicles, that is asked for; needed if there are several.",
        moves="answer",
    )
    at: float = setting(
        86400.0, unit="s", low=0.0, doc="Moment, on the clock of the doses.", moves="answer"
    )
    needed: float | None = setting(
        None,
        unit="1",
        low=0.0,
        doc='Amount that is enough, in the unit of the quantity ("500 copies").',
        moves="orders short",
    )
    dose: Dose | None = setting(
        None,
        unit="particle",
        low=0.0,
        doc='What one dose is, for "doses per batch" where there is no [regimen].',
        moves="doses per batch",
        direction=-1,
    )

    @property
    def asked(self) -> Quantity:
        """Return what is asked for."""
        return QUANTITIES[self.quantity]


@dataclass(frozen=True)
class Tumour:
    """A solid tumour under the skin."""

    cell: str = setting(
        doc="Cell type it grew from: the target cell, or a flag says that another is asked for.",
        moves="flags",
    )
    volume: float = setting(
        2e-7, unit="m^3", low=1e-9, high=1e-3, doc="Volume at the first dose.", moves="arrival"
    )


@dataclass(frozen=True)
class Subject:
    """Who is dosed."""

    species: str = setting(doc="Species.", moves="physiology")
    body_weight: float | None = setting(
        None,
        unit="kg",
        low=0.005,
        high=300.0,
        doc="Body weight; left out, the one that the catalogue gives for the species.",
        moves="physiology",
    )
    sex: str | None = setting(
        None,
        choices=("female", "male"),
        doc="Sex; left out, the reference of the species: a man, and animals of either.",
        moves="physiology",
    )
    tumour: Tumour | None = setting(None, table=Tumour, doc="The tumour, if there is one.")
    labels: tuple[str, ...] = setting((), doc="Labels that ride the vesicles.", moves="label")
    disturbances: Mapping[str, str] | None = setting(
        None,
        doc=(
            'State of the subject, as in { macrophages = "depleted" } or { phagocyte_block = "1e12 '
            'particles", lead = "1 h" }; also sepsis, liver_dysfunction and cd169: see '
            "biodistribution.whole_body."
        ),
        moves="clearance",
    )


@dataclass(frozen=True)
class Regimen:
    """How much is given, and when; the settings of the route stand in the same table."""

    route: str = setting(doc="Route of administration.", moves="arrival")
    dose: Dose = setting(
        unit="particle",
        low=0.0,
        doc="One dose: particles, small EVs, a mass of protein or an amount of cargo.",
        moves="arrival",
        direction=1,
    )
    times: tuple[float, ...] = setting(
        (0.0,), unit="s", low=0.0, doc="Times of the doses, in order.", moves="arrival"
    )
    magnet: Magnet | None = setting(
        None, table=Magnet, doc="A magnet over an organ after each dose, if there is one."
    )


@dataclass(frozen=True)
class Equipment:
    """Rotors, gels and membranes of your own, by the names that steps then use."""

    file: str = setting(doc="Table beside the Design.", moves="names")


@dataclass(frozen=True)
class Observed:
    """Measured points that are drawn over the forecast."""

    file: str = setting(doc="Table beside the Design.", moves="report")
    label: str = setting(doc="Label that was measured.", moves="report")
    perfused: bool | None = setting(
        None,
        doc="Whether organs were flushed of blood before they were weighed; no if left out.",
        moves="report",
    )


@dataclass(frozen=True)
class Members:
    """Sizes of the two axes of the ensemble."""

    uncertainty: int = setting(
        50, unit="1", low=1, high=100_000, doc="Draws of what is not known.", moves="smoothness"
    )
    variability: int = setting(
        20, unit="1", low=1, high=100_000, doc="Subjects and batches.", moves="smoothness"
    )


@dataclass(frozen=True)
class Run:
    """How it is computed."""

    horizon: float = setting(
        1_209_600.0, unit="s", low=1.0, high=31_557_600.0, doc="End of the simulation."
    )
    members: Members = setting(Members(), table=Members, doc="Size of the ensemble.")
    seed: int = setting(1, unit="1", low=0, high=2**63 - 1, doc="Seed of every random stream.")
    classes: Mapping[str, int] | None = setting(
        None, unit="1", low=1, high=10, doc="Size classes that travel, by kind of particle."
    )

    @property
    def size_classes(self) -> Mapping[str, int]:
        """Return the size classes of each kind that travels."""
        return self.classes or DEFAULT_CLASSES


@dataclass(frozen=True, slots=True)
class Default:
    """A setting that the Design left open.

    Attributes
    ----------
    path : str
        Address that `Design.with_settings` takes.
    value : object
        What it took, in SI.
    text : str
        The same for people.
    unit : str
        SI-coherent unit; empty for a name.
    source : str
        Source key of the default; empty for a convention.
    """

    path: str
    value: object
    text: str
    unit: str
    source: str


@dataclass(frozen=True)
class Plan:
    """A checked Design in SI units, ready to run.

    Attributes
    ----------
    title, variant : str
        Title of the Design, and the variant that it was planned for.
    preparation : tuple of PreparationStep
        Steps and assays, from top to bottom.
    kinetic : tuple of KineticStep
        Body, cell, then every response; none where the Design ends on the bench.
    route : object
        Route of administration, with its settings; None without a body.
    study : Study
        What every step knows.
    question, regimen, run : Question, Regimen, Run
        The tables of those names; the dose is absolute. No regimen without a body.
    hypotheses : mapping
        Family to option or ``each``; families left out run on their preferred option.
    observed : tuple of Observed
        Points to draw over the forecast.
    tables : tuple of ObservedTable
        What was read from their files, each with the readings of its label.
    measurements : mapping of str to Measurement
        What was read from the `file` of a step, by the name of the step.
    equipment : tuple of EquipmentTable
        Rotors, gels and membranes of the user's own.
    defaults : tuple of Default
        Settings that were left open.
    notes : tuple of Flag
        Names that the catalogue does not know, so that generic values are taken.
    """

    title: str
    preparation: tuple[PreparationStep, ...]
    kinetic: tuple[KineticStep, ...]
    route: Any
    study: Study
    question: Question
    regimen: Regimen | None
    run: Run
    hypotheses: Mapping[str, str] = field(default_factory=dict)
    observed: tuple[Observed, ...] = ()
    tables: tuple[ObservedTable, ...] = field(default=(), compare=False)
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    equipment: tuple[EquipmentTable, ...] = field(default=(), compare=False)
    defaults: tuple[Default, ...] = ()
    notes: tuple[Flag, ...] = ()
    variant: str = ""

    @property
    def has_body(self) -> bool:
        """Return whether something is dosed, or the tube is all there is."""
        return bool(self.kinetic)

    @property
    def dose(self) -> Dose | None:
        """Return one dose: the regimen's, else that of the question, if there is one."""
        return self.regimen.dose if self.regimen is not None else self.question.dose

    def on_the_bench(self) -> Plan:
        """Return the same plan without its body; what happens in the tube is as it was."""
        return replace(self, kinetic=(), route=None)
