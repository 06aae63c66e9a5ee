"""Tiny stages, so that the door is tested without any science behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import pytest

from exocast.design import Design, Vocabulary
from exocast.errors import ReaderError
from exocast.evidence.parameter import Parameter
from exocast.material.ledger import Exchange
from exocast.material.measurement import Measurement
from exocast.material.step import KineticStep, PreparationStep, setting

FILES = Path(__file__).resolve().parents[2] / "files" / "designs"


class Tube(PreparationStep):
    def apply(self, suspension: Any, p: Any) -> Any:
        return suspension, Exchange()


class Body(KineticStep):
    def contribute(self, wiring: Any, p: Any) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Flask(Tube):
    """Cells in a flask.

    Not read by anybody.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "cell_culture"
    title: ClassVar[str] = "cell culture"
    cell_type: str = setting(doc="Donor cell.")
    cells: float = setting(unit="cell", low=1.0, high=1e13, doc="Cells.")
    medium: float = setting(unit="m^3", low=1e-6, high=10.0, doc="Medium.")
    duration: float = setting(172800.0, unit="s", low=0.0, high=1e6, doc="Time.", source="handbook")


@dataclass(frozen=True)
class Spin:
    """One spin."""

    rcf: float = setting(unit="m/s^2", low=0.0, high=1e7, doc="Acceleration.")
    duration: float = setting(unit="s", low=0.0, high=1e6, doc="Time.")
    rotor: str = setting("Type 45 Ti", doc="Rotor.")
    keep: str = setting("supernatant", choices=("supernatant", "pellet"), doc="What goes on.")
    resuspend: float | None = setting(None, unit="m^3", low=0.0, doc="Buffer for the pellet.")


@dataclass(frozen=True)
class Spinning(Tube):
    """Spins."""

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "differential_centrifugation"
    title: ClassVar[str] = "centrifugation"
    spins: tuple[Spin, ...] = setting(table=Spin, doc="The spins.")

    def check(self) -> list[str]:
        if self.spins[-1].keep == "pellet" and self.spins[-1].resuspend is None:
            return ["a pellet that is kept needs `resuspend`."]
        return []


@dataclass(frozen=True)
class Columns(Tube):
    """Size exclusion."""

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "size_exclusion"
    title: ClassVar[str] = "size exclusion"
    cycles: int = setting(1, unit="1", low=1, high=10, doc="Times.")
    reuse: bool = setting(False, doc="Whether the column was used before.")
    window: tuple[float, float] = setting((0.0, 1e-6), unit="m^3", low=0.0, doc="Fractions kept.")


@dataclass(frozen=True)
class Counter(Tube):
    """Counts."""

    stage: ClassVar[str] = "assay"
    method: ClassVar[str] = "nta"
    title: ClassVar[str] = "NTA"
    file: str = setting("", doc="Instrument file.")
    use: str = setting("condition", choices=("condition", "compare"), doc="What it does.")


@dataclass(frozen=True)
class Pulses(Tube):
    """Opens vesicles by a field. There is more to it."""

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "electroporation"
    title: ClassVar[str] = "electroporation"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("loading.electroporation.yield", "1", "Share.", 0.0, 1.0, "logit"),
    )
    cargo: str = setting(doc="Cargo that is loaded.")
    cargo_amount: float = setting(1e-9, unit="mol", low=0.0, high=1e-3, doc="How much.")
    field: float = setting(
        4e4, unit="V/m", low=1e3, high=5e5, doc="Field.", source="paper", moves="x", direction=1
    )
    buffer: str = setting("sucrose", choices=("sucrose", "trehalose_EDTA"), doc="Buffer.")


@dataclass(frozen=True)
class Rest(Tube):
    """Loads what is there already."""

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "rest"
    title: ClassVar[str] = "rest"


@dataclass(frozen=True)
class Freezer(Tube):
    """Frozen."""

    stage: ClassVar[str] = "storage"
    method: ClassVar[str] = "frozen"
    title: ClassVar[str] = "frozen"
    temperature: float = setting(193.15, unit="K", low=77.0, high=273.15, doc="Temperature.")
    duration: float = setting(unit="s", low=0.0, high=1e9, doc="Time.")


@dataclass(frozen=True)
class Whole(Body):
    """The whole body."""

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "whole_body"
    title: ClassVar[str] = "whole body"
    haematocrit: float = setting(0.45, unit="1", low=0.1, high=0.7, doc="Haematocrit.")


@dataclass(frozen=True)
class Entry(Body):
    """Entry and escape."""

    stage: ClassVar[str] = "uptake"
    method: ClassVar[str] = "endocytosis_and_escape"
    title: ClassVar[str] = "entry"


@dataclass(frozen=True)
class Silencing(Body):
    """Silencing."""

    stage: ClassVar[str] = "response"
    method: ClassVar[str] = "gene_silencing"
    title: ClassVar[str] = "silencing"


@dataclass(frozen=True)
class Growth(Body):
    """Growth."""

    stage: ClassVar[str] = "response"
    method: ClassVar[str] = "tumour_growth"
    title: ClassVar[str] = "growth"


@dataclass(frozen=True)
class Vein(Body):
    """Into a vein."""

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intravenous_bolus"
    title: ClassVar[str] = "vein"
    duration: float = setting(1.0, unit="s", low=0.0, high=1e5, doc="Time of the injection.")


@dataclass(frozen=True)
class Needle(Body):
    """Into the tumour."""

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intratumoural"
    title: ClassVar[str] = "tumour"
    depth: float = setting(1e-3, unit="m", low=0.0, high=0.1, doc="Depth.")


CLASSES: tuple[Any, ...] = (
    Flask, Spinning, Columns, Counter, Pulses, Rest, Freezer, Whole, Entry, Silencing, Growth
)  # fmt: skip
STAGES = tuple(dict.fromkeys(cls.stage for cls in CLASSES))


def methods(stage: str) -> Mapping[str, Any]:
    return MappingProxyType({cls.method: cls for cls in CLASSES if cls.stage == stage})


def measure(path: Path) -> Measurement:
    if "truncated" in path.name:
        raise ReaderError(f"{path.name} line 12: the histogram ends early.")
    one = np.ones(1)
    return Measurement("size_distribution", one, one, "particle/m^3", one, file=path.name)


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary(
        stages=STAGES,
        methods=methods,
        routes=lambda: {"intravenous_bolus": Vein, "intratumoural": Needle},
        hypotheses=lambda: {"endosomal_escape": ("rare", "common"), "electroporation": ("pores",)},
        measure=measure,
        cargoes=("siRNA_KRAS_G12D", "doxorubicin"),
    )


@pytest.fixture
def sound() -> str:
    """A Design without a mistake; tests edit it."""
    return (FILES / "sound.toml").read_text(encoding="utf-8")


@pytest.fixture
def make(vocabulary: Vocabulary) -> Any:
    def build(text: str) -> Design:
        return Design.from_text(text, FILES, name="sound.toml", vocabulary=vocabulary)

    return build


@pytest.fixture
def design(make: Any, sound: str) -> Design:
    made: Design = make(sound)
    return made
