"""The tidy table: what is understood, and every mistake named at its line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exocast.errors import ReaderError, TableError
from exocast.instruments.readers.observed import looks_observed, read_observed
from exocast.material.observed import ObservedTable

HEAD = "study,subject,time,organ,label,quantity,value,unit,sd,n,lloq\n"
ORGANS = ("liver", "spleen", "lung", "kidney", "heart", "brain", "skin", "muscle", "gut", "tumour")
LABELS = ("zirconium-89", "lipophilic-dye")
WRONG = Path(__file__).resolve().parents[2] / "files" / "observed" / "wrong.csv"


@pytest.fixture
def read(tmp_path: Path):
    def made(text: str, **names: str) -> ObservedTable:
        path = tmp_path / "mice.csv"
        path.write_text(text, encoding="utf-8")
        return read_observed(path, organs=ORGANS, labels=LABELS, **names)

    return made


@pytest.fixture
def problems(read):
    def found(text: str, **names: str) -> list[str]:
        with pytest.raises(TableError) as caught:
            read(text, **names)
        return [str(problem) for problem in caught.value.problems]

    return found


def line(**cells: str) -> str:
    usual = {
        "study": "s", "subject": "m1", "time": "4 h", "organ": "liver", "label": "zirconium-89",
        "quantity": "percent_injected", "value": "40", "unit": "%ID", "sd": "", "n": "", "lloq": "",
    } | cells  # fmt: skip
    return ",".join(usual.values()) + "\n"


def test_a_table_in_si(read):
    table = read(
        HEAD
        + line(value="28", sd="4", n="5")
        + line(time="30 min", organ="plasma", quantity="percent_injected_per_volume",
               value="12", unit="%ID/mL", lloq="0.01")
        + line(organ="Kidneys", quantity="%ID/g", value="2.5", unit="% ID/g")
    )  # fmt: skip
    liver, plasma, kidney = table.rows
    assert (liver.line, liver.value, liver.sd, liver.n) == (2, pytest.approx(0.28), 0.04, 5)
    assert liver.time == 14400.0
    assert math.isnan(liver.lloq)
    assert not plasma.censored
    assert plasma.value == pytest.approx(0.12e6)
    assert (kidney.organ, kidney.quantity) == ("kidney", "percent_injected_per_mass")
    assert kidney.value == pytest.approx(25.0)
    assert len(table.sha256) == 64


def test_units_may_stand_in_the_head(read):
    table = read("organ,time [h],quantity,value (%ID)\nliver,0.083333333,percent_injected,40\n",
                 label="zirconium-89")  # fmt: skip
    assert table.rows[0].time == 300.0
    assert table.rows[0].value == pytest.approx(0.4)
    assert table.rows[0].label == "zirconium-89"


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_decimal_comma_is_read_where_it_cannot_be_mistaken(read, mark):
    text = (HEAD + line(value="3,2", time="1,5 h", sd="0,5")).replace(",", mark)
    text = text.replace(f"3{mark}2", "3,2").replace(f"1{mark}5 h", "1,5 h")
    text = text.replace(f"0{mark}5", "0,5")
    row = read(text).rows[0]
    assert (row.value, row.time, row.sd) == (pytest.approx(0.032), 5400.0, 0.005)


def test_a_decimal_comma_between_commas_is_refused(problems):
    assert problems(HEAD + line(value='"3,2"')) == [
        'line 2   value = "3,2": a decimal comma: write 3.2.'
    ]
    (found,) = problems(HEAD + line(value="3,2"))
    assert "12 cells under 11 columns" in found
    (found,) = problems((HEAD + line()).replace(",", ";").replace("40", "1.234,5"))
    assert "both a comma and a point" in found


@pytest.mark.parametrize("value", ["<0.5", "BLQ", "< LLOQ", "n.d.", "", "0", "0.4", "bloq"])
def test_what_is_below_its_limit_is_kept_as_such(read, value):
    (row,) = read(HEAD + line(value=value, lloq="0.5")).rows
    assert row.censored
    assert row.lloq == pytest.approx(0.005)


@pytest.mark.parametrize("value", ["", "BLQ", "0", "NA", "nan"])
def test_a_reading_without_value_or_limit_is_no_reading(problems, value):
    (found,) = problems(HEAD + line(value=value))
    assert "lloq" in found


def test_every_problem_of_every_line_at_once():
    with pytest.raises(TableError) as caught:
        read_observed(WRONG, organs=ORGANS, labels=LABELS)
    found = caught.value.problems
    lines = [problem.line for problem in found]
    assert lines == [*range(4, 18), 20, 21, 22, 23, 24]
    words = "\n".join(map(str, found))
    for expected in (
        "Did you mean `liver`?",
        "Did you mean `zirconium-89`?",
        "Did you mean the quantity `percent_injected_per_mass`?",
        "negative",
        "a decimal comma: write 1.5",
        "nothing reads 0",
        "urine and faeces are forecast together",
        "below which limit?",
        "only plasma, serum, blood are read per volume",
        "before the first dose",
        "liver holds 120 % of the dose at 4 h: impossible",
        "together 120 % of the dose at 4 h (with line 18, 19)",
        "as line 3",
        "figures of a curve are computed from its points",
    ):
        assert expected in words
    assert str(caught.value).startswith("wrong.csv: 19 problems, nothing was read\n  line 4 ")


def test_a_share_above_all_by_no_more_than_its_error_is_read(read):
    assert read(HEAD + line(value="104", sd="3")).rows[0].value == pytest.approx(1.04)


def test_blood_on_top_of_organs_that_hold_blood_is_a_note(read):
    table = read(HEAD + line(value="60") + line(organ="blood", value="60"))
    assert "blood sum to 120 %" in table.notes[0]


def test_columns(problems, read):
    assert (
        "the columns `organ`, `quantity`, `value` are missing"
        in problems("time,unit\n1 h,%ID\n")[0]
    )
    found = problems(HEAD.replace("lloq", "loq") + line())
    assert found == ["line 1   no column `loq`. Did you mean `lloq`?"]
    assert "twice" in problems(HEAD.replace("study", "organ") + line())[0]
    assert "`label` is missing" in problems("time,organ,quantity,value,unit\n")[0]
    notes = read(HEAD.replace("study", "study,sex").replace("\n", "\n") + "x," + line()).notes
    assert notes == ("column `sex` is not used",)


def test_an_empty_table_and_files_that_are_none(tmp_path, problems):
    assert "the table is empty" in problems("")[0]
    assert "no row under it" in problems(HEAD)[0]
    with pytest.raises(ReaderError, match="is not there"):
        read_observed(tmp_path / "mouse.csv")
    for raw in (b"\xff\xfe\x00binary", b"PK\x03\x04\x00\x00"):
        (tmp_path / "sheet.csv").write_bytes(raw)
        with pytest.raises(ReaderError, match=r"not (a )?text"):
            read_observed(tmp_path / "sheet.csv")


def test_only_such_a_table_looks_like_one(tmp_path):
    assert looks_observed(WRONG)
    assert not looks_observed(WRONG.parents[1] / "designs" / "batch-07-ExperimentSummary.csv")
    assert not looks_observed(tmp_path / "none.csv")
    (tmp_path / "empty.csv").write_text("")
    assert not looks_observed(tmp_path / "empty.csv")


@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.lists(st.text(max_size=12), max_size=13), max_size=6), st.booleans())
def test_whatever_a_table_holds_it_is_read_or_refused(tmp_path, cells, head):
    text = (HEAD if head else "") + "\n".join(",".join(row) for row in cells)
    path = tmp_path / "any.csv"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    try:
        table = read_observed(path, organs=ORGANS, labels=LABELS)
    except ReaderError:
        pass
    else:
        assert all(row.value >= 0 or row.censored for row in table.rows)


def test_a_table_given_as_an_instrument_file_is_sent_where_it_belongs():
    from exocast.instruments import read

    with pytest.raises(ReaderError, match=r"Name it under \[\[observed\]\]"):
        read(WRONG)


def test_a_file_that_nothing_takes_is_told_the_columns_of_animals(tmp_path):
    from exocast.instruments import read

    (tmp_path / "sheet.csv").write_text("Time (h),Tissue,Mean,SD,N\n1,Liver,20,3,4\n")
    with pytest.raises(ReaderError, match="measurements in animals, with the columns study,"):
        read(tmp_path / "sheet.csv")
