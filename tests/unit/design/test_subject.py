"""The subject of a Design: species from the data, a default body weight, and sex."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import exocast
from exocast.design import Design
from exocast.errors import DesignError

TEMPLATES = Path(exocast.__file__).parent / "templates"


@pytest.fixture
def subject(tmp_path: Path):
    """Return what makes the packaged Design with other lines in [subject]."""
    for path in TEMPLATES.glob("*.csv"):
        shutil.copy(path, tmp_path)
    text = (TEMPLATES / "kras-sirna-tumour.toml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("species ", "body_weight "))]
    place = kept.index("[subject]") + 1

    def make(*lines: str) -> Design:
        path = tmp_path / "other.toml"
        path.write_text("\n".join([*kept[:place], *lines, *kept[place:]]), encoding="utf-8")
        return Design.read(path)

    return make


def test_an_unknown_species_is_told_which_there_are(subject) -> None:
    with pytest.raises(DesignError) as caught:
        subject('species = "rabbit"').check()
    (problem,) = caught.value.problems
    assert problem.where == 'subject.species = "rabbit"'
    assert "It has mouse, rat, pig, macaque, human." in problem.message


def test_weight_is_the_species_own_and_listed(subject) -> None:
    plan = subject('species = "rat"').plan()
    assert plan.study.body_weight == 0.25
    (default,) = (one for one in plan.defaults if one.path == "subject.body_weight")
    assert (default.text, default.unit) == ("250 g", "kg")
    assert default.source == "httk_physiology"


def test_a_given_weight_is_kept(subject) -> None:
    plan = subject('species = "human"', 'body_weight = "62 kg"').plan()
    assert plan.study.body_weight == 62.0
    assert not [one for one in plan.defaults if one.path == "subject.body_weight"]


def test_a_woman_has_her_own_rows(subject) -> None:
    man, woman = (
        subject('species = "human"', f'sex = "{sex}"').plan() for sex in ("male", "female")
    )
    assert (man.study.body_weight, woman.study.body_weight) == (73.0, 60.0)
    assert woman.study.context()["sex"] == "female"
    assert not [note for note in (*man.notes, *woman.notes) if note.where == "subject.sex"]


def test_the_sex_of_a_rat_changes_nothing_and_says_so(subject) -> None:
    (note,) = (
        note for note in subject('species = "rat"', 'sex = "female"').plan().notes
        if note.where == "subject.sex"
    )  # fmt: skip
    assert note.severity == "note"
    assert "changes nothing" in note.message


def test_a_third_sex_is_offered_the_two(subject) -> None:
    with pytest.raises(DesignError) as caught:
        subject('species = "human"', 'sex = "femle"').check()
    assert "female" in caught.value.problems[0].message
