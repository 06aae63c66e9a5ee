"""Blind forecasts: sealed, checked, and scored as they stand once a paper is open."""

import csv
import json

import pytest

from exocast.errors import ExocastError, TableError
from exocast.qualify.qualification import with_opened
from exocast.qualify.sealed import (
    FORECASTS,
    OPENED,
    RECORD,
    find_list,
    opened_cases,
    predict_blind,
    read_blind,
    write_blind,
)

LIST = """
[[case]]
name = "unopened"
paper = "Unopened 2030"
role = "blind"
scored = false
reason = "nobody looked"
material = "exosome"
species = "mouse"
label = "zirconium-89"
citation = "Unopened 2030"
design = { from = "vesicles", set = { "subject.labels" = ["zirconium-89"] } }

[[case.reads]]
organs = ["liver", "blood"]
quantities = ["percent_injected"]
times = ["1 h", "4 h"]

[[case.reads]]
organs = ["plasma"]
quantities = ["half_life"]
"""


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    place = tmp_path_factory.mktemp("blind")
    path = place / "list.toml"
    path.write_text(LIST, encoding="utf-8")
    write_blind(predict_blind(path, members=(6, 1)), place / "held")
    return place / "held"


@pytest.fixture
def copy(sealed, tmp_path):
    import shutil

    return shutil.copytree(sealed, tmp_path / "copy")


def test_forecasts_open_as_they_were_sealed(sealed):
    blind = read_blind(sealed)
    assert len(blind.rows) == 5
    assert blind.text == LIST
    assert blind.record["experiments"][0]["readings"] == 5
    for row in blind.rows:
        assert float(row["low"]) <= float(row["predicted"]) <= float(row["high"])


def test_the_same_list_gives_the_same_forecasts(sealed):
    blind = read_blind(sealed)
    again = predict_blind(sealed / "experiments.toml", members=(6, 1), threads=2)
    assert again.table == blind.table
    for key in ("catalogue_digest", "code_digest", "files"):
        assert again.record[key] == blind.record[key]


@pytest.mark.parametrize("name", ["experiments.toml", FORECASTS, RECORD])
def test_nothing_can_be_changed_after_the_fact(copy, name):
    path = copy / name
    text = path.read_text(encoding="utf-8")
    changed = text.replace("0.", "0.0", 1) if name == FORECASTS else text.replace("2030", "2031", 1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(ExocastError, match="not the forecasts of then"):
        read_blind(copy)


def test_a_forecast_cannot_be_resealed_by_its_hash_alone(copy):
    """The record's digest holds the hashes: changing file and hash still shows."""
    import hashlib

    table = (copy / FORECASTS).read_text(encoding="utf-8").replace("liver", "spleen")
    (copy / FORECASTS).write_text(table, encoding="utf-8")
    record = json.loads((copy / RECORD).read_text(encoding="utf-8"))
    record["files"][FORECASTS] = hashlib.sha256(table.encode()).hexdigest()
    (copy / RECORD).write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ExocastError, match="digest"):
        read_blind(copy)


def test_a_list_with_a_number_is_not_blind(tmp_path):
    path = tmp_path / "list.toml"
    seen = '\n[[case.point]]\norgan = "liver"\nquantity = "percent_injected"\ntime = "1 h"\n'
    path.write_text(f'{LIST}{seen}observed = 50\nunit = "%"\n', encoding="utf-8")
    with pytest.raises(TableError, match="not blind"):
        predict_blind(path, members=(2, 1))
    path.write_text(LIST.replace('role = "blind"', 'role = "build"'), encoding="utf-8")
    with pytest.raises(TableError, match='here it is "blind"'):
        predict_blind(path, members=(2, 1))
    with pytest.raises(ExocastError, match="blind-experiments"):
        find_list("no-such-list")


def _open(folder, *rows):
    with (folder / OPENED).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("experiment", "organ", "quantity", "time_h", "observed", "unit", "source"))
        writer.writerows(rows)


def test_opened_readings_are_scored_without_running(copy):
    forecasts = {(row["organ"], row["time_h"]): row for row in read_blind(copy).rows}
    liver = [float(forecasts["liver", at]["predicted"]) for at in ("1", "4")]
    _open(
        copy,
        ("unopened", "liver", "percent_injected", 4, 2 * liver[1], "%", "Table 1"),
        ("unopened", "liver", "percent_injected", 2, liver[0], "%", "Table 1"),
        ("unopened", "liver", "percent_injected", 48, 10, "%", "Table 1"),
        ("unopened", "plasma", "half_life", "", 2, "min", "text"),
    )
    (case,) = opened_cases(copy)
    four, between, late, half = case["points"]
    assert four["fold"] == pytest.approx(0.5)
    assert between["predicted"] == pytest.approx((liver[0] * liver[1]) ** 0.5)  # log axes
    assert late["predicted"] is None
    assert "outside" in late["problem"]
    assert half["time_h"] is None
    assert half["predicted"] > 0
    from exocast.qualify.qualification import qualify

    found = with_opened(qualify([], members=(2, 1)), [case])
    assert found.record["overall"]["blind"]["n"] == 3
    assert [one["reason"] for one in found.record["excluded"]] == [late["problem"]]


def test_a_table_that_opens_something_else_is_refused(copy):
    with pytest.raises(ExocastError, match=r"opened\.csv"):
        opened_cases(copy)
    _open(
        copy,
        ("unopend", "liver", "percent_injected", 4, 1, "%", ""),
        ("unopened", "heart", "percent_injected", 4, 1, "%", ""),
        ("unopened", "liver", "percent_injected", 4, 1, "%/g", ""),
        ("unopened", "liver", "percent_injected", 4, "none", "%", ""),
    )
    with pytest.raises(TableError) as caught:
        opened_cases(copy)
    words = str(caught.value)
    for said in ("4 problems", "`unopened`", "was not forecast", "in %: convert", "are numbers"):
        assert said in words
