"""Every need is answered by a row, or the word that is to blame is named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from exocast.design import Design, Vocabulary
from exocast.errors import DesignError
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Need, Parameter, Value
from exocast.stages.loading.adsorption import ADSORPTION_PARAMETERS

SECRETION = Parameter("donor.cell_culture.secretion", "1/s", "Secretion.")
RADIUS = Parameter("isolation.rotor.radius", "m", "Radius.")
FLOW = Parameter("biodistribution.whole_body.flow", "m^3/s", "Flow.")


def row(key: str, **context: str) -> Value:
    return Value(
        key=key, value=1.0, low=1.0, high=1.0, variability=0.0, distribution="fixed", unit="1",
        source="paper", locator="table 1", read="full", method="in_vitro", context=context,
    )  # fmt: skip


ROWS = (
    row(SECRETION.key),
    row(SECRETION.key, cell="mesenchymal_stromal_cell"),
    row(RADIUS.key, rotor="Type 45 Ti"),
    row(RADIUS.key, rotor="SW 40Ti"),
    row("loading.electroporation.yield"),
    row(FLOW.key, species="mouse"),
    row(FLOW.key, species="rat"),
    *(row(parameter.key) for parameter in ADSORPTION_PARAMETERS),  # its cargo sticks to surfaces
)


@pytest.fixture
def asking(vocabulary: Vocabulary) -> Vocabulary:
    """The tiny stages, of which three have needs."""

    @dataclass(frozen=True)
    class Flask(vocabulary.methods("donor")["cell_culture"]):  # type: ignore[misc]
        parameters = (SECRETION,)

        def context(self) -> dict[str, str]:
            return {"cell": self.cell_type}

    @dataclass(frozen=True)
    class Spinning(vocabulary.methods("isolation")["differential_centrifugation"]):  # type: ignore[misc]
        def needs(self) -> list[Need]:
            return [Need(RADIUS, {"rotor": spin.rotor}) for spin in self.spins]

    @dataclass(frozen=True)
    class Whole(vocabulary.methods("biodistribution")["whole_body"]):  # type: ignore[misc]
        parameters = (FLOW,)

    own: dict[str, dict[str, Any]] = {
        "donor": {"cell_culture": Flask},
        "isolation": {"differential_centrifugation": Spinning},
        "biodistribution": {"whole_body": Whole},
    }
    values: dict[str, tuple[Value, ...]] = {
        key: tuple(one for one in ROWS if one.key == key) for key in {one.key for one in ROWS}
    }
    catalogue = Catalogue(values, {}, {}, "digest")
    return replace(
        vocabulary,
        methods=lambda stage: own.get(stage, vocabulary.methods(stage)),
        catalogue=lambda: catalogue,
    )


def asked(design: Design, asking: Vocabulary, old: str = "", new: str = "") -> Design:
    assert old in design.text
    return Design.from_text(design.text.replace(old, new, 1), design.folder, vocabulary=asking)


def test_all_answered(design: Design, asking: Vocabulary) -> None:
    assert asked(design, asking).plan().notes == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            'keep = "pellet", resuspend = "1 mL"',
            'keep = "pellet", resuspend = "1 mL", rotor = "SW 40Tii"',
            28,
            (
                'step 2, rotor = "SW 40Tii": the catalogue has no value of '
                "`isolation.rotor.radius` for it. Did you mean `SW 40Ti`? "
                "Known: SW 40Ti, Type 45 Ti."
            ),
        ),
        (
            '"mouse"',
            '"mose"',
            11,
            (
                'subject.species = "mose": the catalogue has no value of '
                "`biodistribution.whole_body.flow` for it. Did you mean `mouse`? Known: mouse, rat."
            ),
        ),
    ],
)
def test_the_word_to_blame(
    old: str, new: str, line: int, message: str, design: Design, asking: Vocabulary
) -> None:
    with pytest.raises(DesignError) as caught:
        asked(design, asking, old, new).check()
    (problem,) = caught.value.problems
    assert (problem.line, f"{problem.where}: {problem.message}") == (line, message)


def test_generic_values_are_taken_with_a_note(design: Design, asking: Vocabulary) -> None:
    strange = asked(design, asking, '"mesenchymal_stromal_cell"', '"mesenchymal_stem_cell"')
    (note,) = strange.plan().notes
    assert note.where == "step 1"
    assert "specific to cell `mesenchymal_stem_cell`; generic ones are taken" in note.message
    assert "Did you mean `mesenchymal_stromal_cell`?" in note.message


def test_no_row_at_all(design: Design, asking: Vocabulary) -> None:
    empty = Catalogue({}, {}, {}, "digest")
    with pytest.raises(DesignError) as caught:
        asked(design, replace(asking, catalogue=lambda: empty)).check()
    where = {problem.where for problem in caught.value.problems}
    assert where == {"step 1", "step 2", "step 4", "step 5", "biodistribution.whole_body"}
    assert "the catalogue has no value of `donor.cell_culture.secretion`" in str(caught.value)
