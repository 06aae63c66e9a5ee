"""Case files: what ships is sound, and every mistake of a file is said at once."""

import math
import tomllib

import pytest

from exocast.design import Design
from exocast.errors import ExocastError, TableError
from exocast.evidence import Catalogue
from exocast.material.observed import QUANTITIES
from exocast.qualify.case import FIGURES
from exocast.qualify.casebook import CASES, packaged_cases, read_cases
from exocast.qualify.sealed import find_list
from exocast.units import parse

BLIND_PAPERS = ("choi", "poppk", "driedonks", "faruqu")
NEW = """
name = "one"
paper = "One 2020"
role = "build"
scored = true
reason = "a test"
material = "exosome"
species = "mouse"
design = { from = "vesicles", set = { "subject.body_weight" = "20 g" } }

[[point]]
organ = "liver"
quantity = "percent_injected"
time = "4 h"
observed = 28
unit = "%"
"""


def written(tmp_path, text, name="case.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", packaged_cases(), ids=lambda case: case.name)
def test_a_shipped_case_says_where_its_numbers_stand(case):
    assert case.source in Catalogue.packaged().sources
    assert case.locator
    assert case.read in ("full", "abstract", "secondary")
    assert case.citation
    assert case.points
    assert not any(word in case.name for word in BLIND_PAPERS)
    for point in case.points:
        assert math.isfinite(point.observed) != bool(point.expected)
        if not point.expected:
            si = {**QUANTITIES, **FIGURES}[point.quantity]
            parse(f"{point.observed} {point.unit}", si)  # of the dimension that is read


@pytest.mark.parametrize("case", packaged_cases(), ids=lambda case: case.name)
def test_a_shipped_case_is_a_design_without_problems(case):
    for text in filter(None, (case.design, case.against)):
        Design.from_text(text, name=case.name).check()


def test_no_number_of_a_case_is_a_parameter():
    sources = {row.source for rows in Catalogue.packaged().values.values() for row in rows}
    assert not sources & {case.source for case in packaged_cases() if case.role == "build"}


def test_a_paper_has_one_scored_role():
    roles = {}
    for case in packaged_cases():
        if case.scored:
            roles.setdefault(case.paper, set()).add(case.role)
    assert all(len(held) == 1 for held in roles.values())


def test_one_case_a_file_and_its_name():
    for path in CASES.glob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))["name"] == path.stem


def test_a_design_is_another_one_with_settings(tmp_path):
    (case,) = read_cases([written(tmp_path, NEW)])
    assert 'body_weight  = "20 g"' in case.design
    assert case.points[0].time_h == 4.0
    assert case.scored_points == case.points


def test_a_design_may_be_written_out_or_lie_beside(tmp_path):
    text = Design.read("labelled-biodistribution").text
    beside = NEW.replace('from = "vesicles"', 'from = "mine.toml"')
    written(tmp_path, text, "mine.toml")
    (case,) = read_cases([written(tmp_path, beside)])
    assert "zirconium-89" in case.design
    start = NEW.index("design =")
    end = NEW.index("\n", start)
    inline = NEW[:start] + f"design = '''\n{text}'''" + NEW[end:]
    (case,) = read_cases([written(tmp_path, inline, "inline.toml")])
    assert case.design.strip() == text.strip()


def test_every_mistake_is_said_at_once(tmp_path):
    wrong = NEW.replace('paper = "One 2020"\n', "").replace("percent_injected", "percent_inject")
    wrong = wrong.replace("observed = 28\n", 'observed = 28\norgen = "liver"\n')
    wrong = wrong.replace("subject.body_weight", "subject.bodyweight")
    with pytest.raises(TableError) as caught:
        read_cases([written(tmp_path, wrong)])
    words = str(caught.value)
    for said in ("case.toml: 4 problems", "needs `paper`", "percent_injected", "`organ`",
                 "body_weight"):  # fmt: skip
        assert said in words, words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('role = "build"', 'role = "excluded"'), "never scored"),
        (('time = "4 h"\n', ""), "needs `time`"),
        (('observed = 28', 'expected = "up"'), "none of increase, decrease, no change"),
        (('observed = 28', 'expected = "increase"'), "`against`"),
        (('name = "one"', 'name = one'), "is not TOML"),
    ],
)  # fmt: skip
def test_a_case_that_contradicts_itself_is_refused(tmp_path, change, said):
    with pytest.raises(TableError, match=said):
        read_cases([written(tmp_path, NEW.replace(*change))])


def test_a_name_stands_for_one_case(tmp_path):
    paths = [written(tmp_path, NEW, name) for name in ("a.toml", "b.toml")]
    with pytest.raises(ExocastError, match="two cases are called one"):
        read_cases(paths)


def test_the_blind_list_holds_no_number_and_every_blind_experiment():
    cases = read_cases([find_list("blind-experiments")])
    assert {case.role for case in cases} == {"blind"}
    assert all(math.isnan(point.observed) for case in cases for point in case.points)
    for word in BLIND_PAPERS:
        assert any(word in case.name for case in cases), word
    for case in cases:
        Design.from_text(case.design, name=case.name).check()
