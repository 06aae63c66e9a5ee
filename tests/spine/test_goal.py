"""Seeking: a crossing that is known is found, and what is out of reach is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from exocast.cli.app import app
from exocast.design import Design
from exocast.errors import ExocastError
from exocast.face import seek, sweep

FEW = (3, 2)


@pytest.fixture(scope="module")
def low(design: Design) -> Design:
    """A dose so low that the answer is proportional to it."""
    return design.with_settings({"regimen.dose": "1e6 particles"})


@pytest.fixture(scope="module")
def answer(low: Design) -> float:
    one = sweep(low, {"regimen.dose": "1e6 particles"}, members=FEW).points[0]
    return float(one["by_hypothesis"][0]["median"])


def test_a_crossing_that_is_known_is_found(low: Design, answer: float, tmp_path: Path) -> None:
    goal = f"answer >= {3 * answer!r} copies"
    found = seek(low, goal, "regimen.dose", within="1e5..1e8 particles", members=FEW)
    assert found.reached
    assert found.value is not None
    number = float(found.value.split()[0])
    assert number == pytest.approx(3e6, rel=2e-3)
    evaluations = found.to_frame()
    below = evaluations[evaluations["number"] < number]
    assert not below["met"].any()
    assert len(evaluations) < 24
    found.save(tmp_path / "goal")
    assert (tmp_path / "goal" / "goal.png").is_file()


def test_a_ceiling_is_approached_from_below(low: Design, answer: float) -> None:
    goal = f"answer <= {answer / 2!r} copies"
    found = seek(low, goal, "regimen.dose", within="1e4..1e7 particles", members=FEW)
    assert float(str(found.value).split()[0]) == pytest.approx(5e5, rel=2e-3)


def test_what_is_out_of_reach_is_said_to_be(low: Design, answer: float) -> None:
    goal = f"answer >= {1e5 * answer!r} copies"
    found = seek(low, goal, "regimen.dose", within="1e5..1e7 particles", members=FEW)
    assert (found.reached, found.value) == (False, None)
    assert "out of reach" in found.sentence
    assert "1e7 particles" in found.sentence
    assert "short by 4.0 orders of magnitude" in found.sentence


def test_what_is_met_throughout_is_said_to_be(low: Design, answer: float) -> None:
    goal = f"answer >= {answer / 1e6!r} copies"
    found = seek(low, goal, "regimen.dose", within="1e5..1e7 particles", members=FEW)
    assert found.reached
    assert "met throughout" in found.sentence


def test_the_careful_end_asks_for_more(low: Design, answer: float) -> None:
    goal = f"answer >= {answer!r} copies"
    careful, even = (
        seek(low, goal, "regimen.dose", within="1e5..1e9 particles", members=FEW, percentile=end)
        for end in (5.0, 50.0)
    )
    assert float(str(careful.value).split()[0]) > float(str(even.value).split()[0])


def test_a_rival_is_named_by_a_word_of_its_phrase(low: Design, answer: float) -> None:
    goal = f"answer >= {answer!r} copies"
    found = seek(low, goal, "regimen.dose", within="1e1..1e6 particles", rival="common",
                 members=FEW)  # fmt: skip
    assert found.record["rival"] == "fusion is common"
    assert float(str(found.value).split()[0]) < 1e6


@pytest.mark.parametrize(
    ("goal", "by", "named", "words"),
    [
        ("answer >= 5 copies", "regimen.dos", {}, "Did you mean `regimen.dose`"),
        ("answer >= 5 copies", "loading.buffer", {}, "is no number"),
        ("answer >= 5 copies", "regimen.dose", {"within": "1e5"}, "low..high"),
        ("answer >= 5 copies", "regimen.dose", {"within": "1..9"}, "not a dose"),
        ("answer >= 5 copies", "regimen.dose", {"percentile": 100.0}, "between 0 and 100"),
        ("answer >= 5 copies", "regimen.dose", {"rival": "frequent"}, "no rival `frequent`"),
        ("answer >= 5 mL", "regimen.dose", {}, "copy/cell"),
        ("arived >= needed", "regimen.dose", {}, "Did you mean `arrived`"),
        ("arrived >= needed", "regimen.dose", {}, "nothing says what is needed"),
    ],
)
def test_nonsense_is_refused(
    design: Design, goal: str, by: str, named: dict[str, object], words: str
) -> None:
    with pytest.raises(ExocastError) as caught:
        seek(design, goal, by, members=(2, 1), **named)  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_the_verb_says_what_it_takes() -> None:
    result = CliRunner().invoke(
        app,
        ["sweep", "kras-sirna-tumour", "--until", "answer >= needed", "--by", "regimen.dose",
         "--within", "1e9..1e11 particles", "--members", "2x1"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "out of reach with regimen.dose from 1e9 particles to 1e11 particles" in result.output
    assert "orders of magnitude" in result.output
