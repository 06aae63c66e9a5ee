"""drivers, needed, batch and report --figures at the command line: what they print and write."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from exocast.cli.drivers import COLUMNS, INKS, bar
from exocast.errors import ExocastError
from exocast.material.forecast import Forecast
from exocast.report.export import FORMS, pictures, write_pictures

Call = Callable[..., tuple[int, str, str]]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_drivers(call: Call, saved: Path, forecast: Forecast, tmp_path: Path) -> None:
    to = tmp_path / "drivers.csv"
    code, out, err = call("drivers", str(saved), "--top", "3", "--csv", str(to))
    assert (code, err) == (0, "")
    first = forecast.record["drivers"][0]
    value = next(v for v in forecast.record["values"] if v["identity"] == first["identity"])
    assert value["doc"].removesuffix(".") in out
    assert first["key"] in out
    assert first["source"] in out
    assert first["standing"] in out
    assert len(re.findall(r"^ +\d+  ", out, re.MULTILINE)) == 3
    rows = rows_of(to)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) > 50
    assert all(row["doc"] and row["standing"] in INKS for row in rows)
    swings = [abs(float(row["log10_swing"])) for row in rows if row["log10_swing"]]
    assert swings == sorted(swings, reverse=True)


def test_a_bar_spans_its_ends() -> None:
    row = {"answer_low": 10.0, "answer_high": 1000.0, "answer_median": 100.0}
    row |= {"axis": "uncertainty", "standing": "assumed"}
    assert bar(row, (0.0, 4.0), 9) == "  ░░│░░  "
    falling = {**row, "answer_low": 1000.0, "answer_high": 10.0}
    assert bar(falling, (0.0, 4.0), 9) == bar(row, (0.0, 4.0), 9)
    assert bar({**row, "axis": "variability"}, (0.0, 4.0), 9) == "  ──│──  "
    none = {**row, "answer_low": 0.0}
    assert bar(none, (0.0, 4.0), 9) == "░░░░│░░  ", "from nothing at all"


def test_needed(call: Call, saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "chart"
    code, out, err = call(
        "needed", str(saved), "--share", "20 %", "--copies", "500", "--figures", str(folder)
    )
    assert (code, err) == (0, "")
    assert "For 20 % of PANC-1 cells to get more than 500 copies" in out
    assert "as designed, if fusion is rare" in out
    assert "into the tumour, if fusion is common" in out
    assert "too few vesicles open in a cell" in out
    assert {path.name for path in folder.iterdir()} == {f"copies-needed.{form}" for form in FORMS}


def test_batch(call: Call, saved: Path, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text('item,unit,price,currency\n"flask, 175 cm2",each,10,EUR\n')
    to = tmp_path / "sheet.csv"
    code, out, err = call("batch", str(saved), "--csv", str(to), "--prices", str(prices))
    assert (code, err) == (0, "")
    assert "not in it, for want of a price: " in out
    assert "a µg protein" in out
    rows = rows_of(to)
    total = 10 * float(rows[-2]["flask, 175 cm2, each"])
    assert f"{total:.2f} EUR a batch" in out
    assert [row["step"] for row in rows[-2:]] == ["batch", "dose"]
    assert float(rows[-2]["cost_EUR"]) == total
    doses = float(rows[-1]["what"].split()[2])
    assert float(rows[-1]["cost_EUR"]) * doses == pytest.approx(total, rel=1e-4)
    hours = sum(float(row["hours"]) for row in rows[:-2])
    assert float(rows[-2]["hours"]) == pytest.approx(hours, rel=1e-4)
    costs = rows_of(tmp_path / "sheet-costs.csv")
    assert {row["item"]: row["cost_per_batch"] for row in costs}["flask, 175 cm2"] == f"{total:g}"
    assert {row["currency"] for row in costs} == {"EUR"}


def test_batch_knows_no_money_of_its_own(call: Call, saved: Path) -> None:
    code, out, _ = call("batch", str(saved))
    assert code == 0
    assert "no money without your prices" in out
    assert "Cost" not in out


def test_every_figure_of_the_report_is_written(call: Call, saved: Path, tmp_path: Path) -> None:
    folder, page = tmp_path / "figures", tmp_path / "page.html"
    code, out, err = call("report", str(saved), "--to", str(page), "--figures", str(folder))
    assert (code, err) == (0, "")
    found = sorted(path.name for path in folder.iterdir())
    names = re.findall(r'download="([\w-]+)\.csv"', page.read_text(encoding="utf-8"))
    drawn = {name.removesuffix(".svg") for name in found if name.endswith(".svg")}
    assert drawn <= set(names)
    assert "copies-needed" in drawn
    assert len(found) == len(FORMS) * len(drawn)
    assert f"{len(drawn)} figures" in out
    for name in drawn:
        root = ET.parse(folder / f"{name}.svg").getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG\r\n")
        assert len(rows_of(folder / f"{name}.csv")) > 0
        assert b"<image" not in (folder / f"{name}.svg").read_bytes()


def test_a_figure_that_fails_leaves_nothing(forecast: Forecast, tmp_path: Path) -> None:
    first, second = pictures(forecast)[:2]
    broken = replace(second, drawing=replace(second.drawing, paint=lambda _: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        write_pictures([first, broken], tmp_path / "figures")
    assert list(tmp_path.iterdir()) == []


def test_figures_do_not_mix_with_what_is_there(forecast: Forecast, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ExocastError, match="not empty"):
        write_pictures([], tmp_path)
    with pytest.raises(ExocastError, match="is a file"):
        write_pictures([], tmp_path / "thesis.txt")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert len(write_pictures(pictures(forecast)[:1], empty)) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("drivers", "nowhere"), "nowhere is not there"),
        (("drivers", "{saved}", "--top", "0"), "top"),
        (("drivers", "{saved}", "--csv", "no/such/x.csv"), "there is no folder"),
        (("drivers", "{saved}", "--csv", "{saved}/forecast.json"), "is not overwritten"),
        (("needed", "nowhere"), "nowhere is not there"),
        (("needed", "{saved}", "--share", "most"), "does not begin with a number"),
        (("needed", "{saved}", "--share", "2"), "between 0 and 1"),
        (("needed", "{saved}", "--copies", "0"), "1 or more"),
        (("needed", "{saved}", "--copies", "many"), "copies"),
        (("needed", "{saved}", "--figures", "{saved}"), "not empty"),
        (("batch", "nowhere"), "nowhere is not there"),
        (("batch", "{saved}", "--prices", "none.csv"), "none.csv is not there"),
        (("batch", "{saved}", "--prices", "{saved}/forecast.json"), "no column"),
        (("batch", "{saved}", "--csv", "sheet"), "sheet.csv"),
        (("report", "{saved}", "--figures", "{saved}"), "not empty"),
    ],
    ids=lambda value: (
        " ".join(value).replace("{", "").replace("}", "")[:40] if isinstance(value, tuple) else ""
    ),
)
def test_a_mistake_is_one_message_and_writes_nothing(
    call: Call,
    saved: Path,
    arguments: tuple[str, ...],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in saved.iterdir()}
    code, out, err = call(*(part.format(saved=saved) for part in arguments))
    assert (code, out) == (2, "")
    assert words in " ".join(err.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in saved.iterdir()} == before
