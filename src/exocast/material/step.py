"""The three kinds of step, and the settings that an operator chooses on them."""

from __future__ import annotations

import dataclasses
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.parameter import Need, Parameter

if TYPE_CHECKING:
    from exocast.evidence.ensemble import Draws
    from exocast.material.ledger import Exchange
    from exocast.material.study import Study
    from exocast.material.suspension import Suspension
    from exocast.material.wiring import Wiring

__all__ = [
    "Ceiling",
    "Flag",
    "KineticStep",
    "PreparationStep",
    "Setting",
    "Step",
    "setting",
    "settings_of",
]

Array = NDArray[np.float64]
Severity = Literal["note", "warning", "serious"]
Limit = Literal["", "scale", "impossible"]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a reader of the forecast should know.

    Attributes
    ----------
    where : str
        Step or panel that it belongs to.
    message : str
        What, in one sentence, and what to do.
    severity : str
        note, warning or serious.
    limit : str
        ``scale`` where there is too much for the step (more runs, more membrane, more beads would
        do it); ``impossible`` where the step cannot work, whatever is drawn: a Design of which the
        median member says so is refused before anything is run. Empty for anything else.
    """

    where: str
    message: str
    severity: Severity = "warning"
    limit: Limit = ""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How much of a setting finds room, where a number could ask for more than there is.

    Attributes
    ----------
    setting : str
        Setting that asks.
    asked, most : array (n,)
        What it asks for, and what there is room for, in one unit.
    unit : str
        That unit.
    what : str
        Of what, and in or on what.
    room : str
        What is full at the ceiling, as a clause.
    remedy : str
        What to do, in the imperative.
    """

    setting: str
    asked: Array
    most: Array
    unit: str
    what: str
    room: str
    remedy: str

    @property
    def passed(self) -> bool:
        """Return whether the middle member asks for more than fits."""
        return float(np.median(self.asked)) > float(np.median(self.most))

    def __str__(self) -> str:
        """Return what is wrong, with the ceiling."""
        asked, most = (float(np.median(one)) for one in (self.asked, self.most))
        return (
            f"`{self.setting}` asks for {asked:.3g} {self.unit} {self.what}, but {self.room}: "
            f"the ceiling is {most:.3g} {self.unit}. {self.remedy}"
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """What the operator chooses: the declaration of one field of a step.

    Attributes
    ----------
    name : str
        Name in the Design.
    unit : str
        SI-coherent unit that the class holds; empty for a choice or a text.
    default : object
        Default in that unit; `dataclasses.MISSING` when it must be given.
    low, high : float
        Bounds in that unit.
    choices : tuple of str
        Allowed names, for a choice.
    doc : str
        What it is.
    source : str
        Source key of the default, or "" when there is no default or it is a convention.
    moves : str
        What in the result it moves.
    direction : int
        +1 when raising it raises that, -1 when it lowers it, 0 when neither holds throughout.
    fills : str
        What it can fill beyond what fits, such as a lumen; the step then has a `Ceiling` for it.
        Empty where no number overfills anything.
    """

    name: str
    unit: str
    default: Any
    low: float
    high: float
    choices: tuple[str, ...]
    doc: str
    source: str
    moves: str
    direction: int
    table: type[Any] | None
    fills: str = ""

    @property
    def required(self) -> bool:
        """Return whether a Design must give it."""
        return self.default is dataclasses.MISSING


def setting(
    default: Any = dataclasses.MISSING,
    *,
    unit: str = "",
    low: float = -math.inf,
    high: float = math.inf,
    choices: tuple[str, ...] = (),
    doc: str,
    source: str = "",
    moves: str = "",
    direction: int = 0,
    table: type[Any] | None = None,
    fills: str = "",
) -> Any:
    """Declare a setting as a dataclass field.

    Parameters
    ----------
    default : object, optional
        Default in `unit` (SI); left out, the setting is required.
    unit : str
        SI-coherent unit, "1" for a bare number; empty for a choice or text.
    low, high : float
        Bounds in `unit`.
    choices : tuple of str
        Allowed names.
    doc : str
        What it is, in one sentence.
    source : str
        Source key of the default.
    moves : str
        What it moves, as a contract test reads it.
    direction : int
        Sign of that move: +1, -1 or 0.
    table : type, optional
        For a list of tables: the dataclass of one row, itself made of settings.
    fills : str
        What too high a number would overfill; `PreparationStep.ceilings` says where it is full.

    Returns
    -------
    dataclasses.Field
    """
    metadata = {
        "setting": {
            "unit": unit,
            "low": low,
            "high": high,
            "choices": choices,
            "doc": doc,
            "source": source,
            "moves": moves,
            "direction": direction,
            "table": table,
            "fills": fills,
        }
    }
    if default is dataclasses.MISSING:
        return dataclasses.field(kw_only=True, metadata=metadata)
    return dataclasses.field(default=default, kw_only=True, metadata=metadata)


def settings_of(cls: type[Any]) -> dict[str, Setting]:
    """Return the declared settings of a step (or row) class, by name, in order."""
    return {
        field.name: Setting(name=field.name, default=field.default, **field.metadata["setting"])
        for field in dataclasses.fields(cls)
        if "setting" in field.metadata
    }


@dataclass(frozen=True)
class Step(ABC):
    """What every step shares: a place in the table of methods, parameters and flags.

    Subclasses are final, frozen dataclasses whose fields are settings. The class attributes say
    what the method is; the docstring's first sentence is what `exocast methods` prints.
    """

    stage: ClassVar[str]
    method: ClassVar[str]
    title: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    speculative: ClassVar[bool] = False

    id: str = ""

    @property
    def name(self) -> str:
        """Return the identity of the step in the Design: its id, else its method."""
        return self.id or self.method

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        named = self.id.replace("_", " ")
        return f"after {named} ({self.title})" if named else f"after {self.title}"

    def context(self) -> Mapping[str, str]:
        """Return what the step adds to the study's context, such as ``{"cargo": ...}``."""
        return {}

    def needs(self) -> list[Need]:
        """Return the parameters it needs; each is looked up in study and step context.

        Override where a parameter is needed for each kind or organ:
        ``Need(DENSITY, {"kind": "small_ev"})``.
        """
        return [Need(parameter) for parameter in self.parameters]

    def needs_in(self, study: Study) -> list[Need]:
        """Return what it needs in a study: all of `needs`, unless something is not there."""
        return self.needs()

    def check(self) -> list[str]:
        """Return what is wrong with the settings together, as sentences."""
        return []


class PreparationStep(Step):
    """What happens in a tube.

    A donor that makes no vesicles names in `carrier` what travels instead (`Study.carrier`). One
    whose vesicles are no small EVs names their kind in `vesicle`: it is what the dose counts. What
    is done to the cells, and shows in what they secrete, is `in_culture`: it follows their donor.
    A step that makes vesicles and made particles one names in `joins` the kind of the latter: their
    donor may then come after that of the vesicles.
    """

    carrier: ClassVar[str] = ""
    vesicle: ClassVar[str] = ""
    in_culture: ClassVar[bool] = False
    joins: ClassVar[str] = ""

    @abstractmethod
    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after the step, and what was added and removed by cause."""

    def standing(self, exchange: Exchange) -> Array | float:
        """Return how long cargo can leave vesicles in this step, (n,) or float [s].

        The time that the step takes, unless part of it is frozen.
        """
        return exchange.resources.time

    def standing_at(self, suspension: Suspension) -> float:
        """Return the temperature of that time [K]: of the tube after the step, unless it varied."""
        return suspension.temperature

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags for the tube *before* the step: applicability domain left, and the like."""
        return []

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return the ceiling of every setting that `fills` something, for the tube *before*."""
        return []

    def refusals(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return a flag, which no Design may have, for each ceiling that is passed."""
        passed = [one for one in self.ceilings(suspension, p) if one.passed]
        return [Flag(self.name, str(one), "serious", "impossible") for one in passed]


class KineticStep(Step):
    """What goes on in time: adds places, transfers and passengers to one system."""

    @abstractmethod
    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the step's places and transfers.

        Network structure depends on the Design only, never on a drawn value.
        """

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Return flags: applicability domain left, and the like."""
        return []
