"""Nanoparticle sets: the committed split, its rule, and the reader against the shared files."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import pytest

from exocast.design import Design
from exocast.errors import ReaderError
from exocast.evidence import Catalogue
from exocast.qualify.case import QualificationCase
from exocast.qualify.nanoparticle_sets import (
    LATEST_SCORED,
    MOST,
    OBSERVATIONS,
    organ_mass,
    read_nanoparticle_sets,
    read_split,
    split_by_paper,
)

SHARED = Path(__file__).resolve().parents[3] / "../shared/np_reference"
SPLIT = read_split()
SCORED = [row for row in SPLIT if row.role in ("build", "verify")]

HEADER = (
    "dataset_id,particle,size_nm_core,size_nm_hydrodynamic,coating_or_label,species,strain,"
    "body_weight_g,dose_value,dose_unit,route,time_h,matrix,quantity,value,unit,spread,spread_type,"
    "original_study,source_file,note"
)
NAME = "wu2025_Study2_PEG_coated_AuNPs_77_1nm"


@pytest.fixture(scope="module")
def cases() -> dict[str, QualificationCase]:
    if not (SHARED / OBSERVATIONS).is_file():
        pytest.skip("the published organ series may not be shipped and are not beside the checkout")
    return {case.name: case for case in read_nanoparticle_sets(SHARED)}


def written(folder: Path, *rows: str) -> Path:
    (folder / OBSERVATIONS).write_text("\n".join([HEADER, *rows]) + "\n")
    return folder


def gold(time: str, organ: str, value: str, unit: str = "%ID/g", name: str = NAME) -> str:
    return (
        f"{name},Gold,42.5,77.1,PEG,Mouse,Kunming,25,3,mg/kg,iv,{time},{organ},x,{value},{unit},,,"
        "paper,file,"
    )


def test_no_paper_is_on_both_sides() -> None:
    roles = defaultdict(set)
    for row in SCORED:
        roles[row.paper].add(row.role)
    assert all(len(held) == 1 for held in roles.values())
    assert {row.role for row in SCORED} == {"build", "verify"}


def test_the_roles_are_those_of_the_rule() -> None:
    rule = split_by_paper({row.paper: row.material for row in SCORED})
    assert {row.paper: row.role for row in SCORED} == rule


def test_every_set_has_one_line_and_a_reason() -> None:
    assert len({row.dataset for row in SPLIT}) == len(SPLIT)
    assert all(len(row.reason) > 5 for row in SPLIT)
    assert {row.role for row in SPLIT} <= {"build", "verify", "unscored", "excluded"}


def test_shares_per_gram_become_shares_with_the_organs_of_the_body(tmp_path: Path) -> None:
    folder = written(tmp_path, gold("24", "liver", "10"), gold("24", "spleen", "5"))
    (case,) = read_nanoparticle_sets(folder)
    grams = 1e3 * organ_mass(Catalogue.packaged(), "mouse", "liver", 0.025)
    liver, spleen = case.points
    assert liver.observed == pytest.approx(10 * grams)
    assert (liver.unit, liver.quantity) == ("%", "percent_injected")
    assert (liver.printed, liver.printed_unit) == (10, "%ID/g")
    assert 1.2 < grams < 1.9
    assert spleen.observed < 1.0
    assert case.scored
    assert len(case.scored_points) == 2


def test_late_empty_and_strange_readings_are_shown_and_not_scored(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        gold(str(LATEST_SCORED + 1), "liver", "10"),
        gold("24", "kidney", "0"),
        gold("24", "kidney", "1"),
    )
    (case,) = read_nanoparticle_sets(folder)
    assert [point.scored for point in case.points] == [False, False, True]
    assert all(point.note for point in case.points)


def test_more_than_was_given_is_said(tmp_path: Path) -> None:
    (case,) = read_nanoparticle_sets(written(tmp_path, gold("1", "liver", "90")))
    assert any("more than was given" in note for note in case.notes)
    (case,) = read_nanoparticle_sets(written(tmp_path, gold("1", "liver", "30")))
    assert not any("more than was given" in note for note in case.notes)


def test_the_dose_is_so_many_particles(tmp_path: Path) -> None:
    (case,) = read_nanoparticle_sets(written(tmp_path, gold("1", "liver", "9")))
    mass = math.pi / 6 * 42.5e-9**3 * 19300 * 1.01**3
    printed = float(case.facts["dose [particles]"])
    assert printed == pytest.approx(75e-9 / mass, rel=0.01)
    assert f"{printed:.3g}"[:3] in case.design


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (gold("1", "liver", "9", unit="furlongs"), "no unit"),
        (gold("1", "liver", "9", name="unheard_of"), "gives no role"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(ReaderError, match=words):
        read_nanoparticle_sets(written(tmp_path, row))


def test_a_folder_without_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="--data"):
        read_nanoparticle_sets(tmp_path)
    (tmp_path / OBSERVATIONS).write_text("a,b\n1,2\n")
    with pytest.raises(ReaderError, match="no column"):
        read_nanoparticle_sets(tmp_path)


def test_every_shared_set_is_a_case(cases: dict[str, QualificationCase]) -> None:
    assert {row.dataset for row in SPLIT} - set(cases) == {"np_tumor_timecourse"}
    for case in cases.values():
        assert case.reason
        assert bool(case.points) == (case.role != "excluded")
        assert all(math.isfinite(point.observed) for point in case.scored_points)


def test_no_shared_set_that_is_scored_holds_more_than_was_given(
    cases: dict[str, QualificationCase],
) -> None:
    for case in cases.values():
        sums: dict[float, float] = defaultdict(float)
        for point in case.points:
            sums[point.time_h] += point.observed
        if case.scored:
            assert max(sums.values()) < MOST, case.name


def test_how_much_there_is_to_score(cases: dict[str, QualificationCase]) -> None:
    points = {
        role: sum(len(case.scored_points) for case in cases.values() if case.role == role)
        for role in ("build", "verify")
    }
    assert points == {"build": 89, "verify": 22}


def test_every_scored_case_is_a_design_that_holds(cases: dict[str, QualificationCase]) -> None:
    for case in cases.values():
        if case.scored and case.species == "mouse":
            design = Design(case.design, SHARED, case.name)
            plan = design.plan()
            assert plan.study.carrier in ("inorganic_particle", "liposome")
            assert plan.study.horizon >= 3600 * max(point.time_h for point in case.points) * 0.999
