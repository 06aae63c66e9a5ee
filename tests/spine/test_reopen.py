"""Comparisons, sweeps and searches are opened from disk as they were saved; nothing runs."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exocast.cli.app import app
from exocast.cli.console import Terminal
from exocast.cli.open import show_folder
from exocast.design import Design, simulating
from exocast.errors import ExocastError
from exocast.learn.comparison import Comparison, compare
from exocast.learn.goal import Sought, seek
from exocast.learn.saving import Result, kind_of_result
from exocast.learn.sweep import Sweep, sweep
from exocast.material.folder import RECORDS
from exocast.report.filing import file_result, open_folder
from exocast.report.page import render

FEW = (3, 2)
FORMS = {".json", ".csv", ".svg", ".png", ".html"}


@pytest.fixture(scope="module")
def results(design: Design, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One folder of each kind."""
    found: tuple[Result, ...] = (
        compare([design], members=FEW, threads=2),
        sweep(design, {"regimen.dose": "1e9..1e11 particles:3log"}, members=FEW),
        seek(design, "answer >= 1e-8 copies", "regimen.dose", within="1e10..1e12 particles",
             members=FEW),
    )  # fmt: skip
    place = tmp_path_factory.mktemp("results")
    for one in found:
        file_result(one, place / kind_of_result(one), command="exocast as typed")
    return {kind: place / kind for kind in ("comparison", "sweep", "search")}


@pytest.mark.parametrize(
    ("kind", "expected"), [("comparison", Comparison), ("sweep", Sweep), ("search", Sought)]
)
def test_what_is_opened_is_what_was_saved(
    kind: str, expected: type, results: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = results[kind]
    arrays = set() if kind == "search" else {".nc"}
    assert {path.suffix for path in folder.iterdir()} == FORMS | arrays
    monkeypatch.setattr(simulating, "simulate", lambda *_, **__: pytest.fail("something ran"))
    opened = open_folder(folder)
    assert isinstance(opened, expected)
    assert not isinstance(opened, str)
    assert opened.record["provenance"]["command"] == "exocast as typed"
    assert opened.to_csv() == (folder / RECORDS[kind]).with_suffix(".csv").read_text()
    page = (folder / "report.html").read_text()
    assert render(opened) == page
    assert len(page) < 1_000_000
    assert "http://" not in page.replace("http://www.w3.org", "")
    shown = CliRunner().invoke(app, ["open", str(folder)])
    assert shown.exit_code == 0, shown.output
    assert "nothing is run again" in shown.output
    again = CliRunner().invoke(
        app, ["report", str(folder), "--to", str(folder.parent / kind) + ".html"]
    )
    assert again.exit_code == 0, again.output
    assert (folder.parent / f"{kind}.html").read_text() == page


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("kind", ["comparison", "sweep", "search"])
def test_what_is_printed_fits_the_terminal(
    kind: str, width: int, results: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.StringIO()
    console = Terminal(file=file, width=width, force_terminal=True, no_color=True)
    monkeypatch.setattr("exocast.cli.open.terminal", lambda: console)
    show_folder(results[kind])
    lines = re.sub(r"\x1b\[\d*m", "", file.getvalue()).splitlines()
    assert max(map(len, lines)) <= width
    assert any("90 % uncertainty" in line for line in lines)
    assert not any("…" in line and " … " not in line for line in lines), "a cell was cut"


def test_members_survive_the_disk(results: dict[str, Path]) -> None:
    opened = open_folder(results["comparison"])
    assert isinstance(opened, Comparison)
    sizes = opened.data["cascade"].sizes
    rows = {row["name"] for row in opened.pairs[0]["rows"]}
    assert (sizes["side"], sizes["rival"], sizes["member"]) == (2, 2, 6)
    assert sizes["row"] == len(rows)
    held = open_folder(results["sweep"])
    assert isinstance(held, Sweep)
    assert held.axes[0].numbers == pytest.approx((1e9, 1e10, 1e11))
    assert held.axes[0].texts == ("1e9 particles", "1e10 particles", "1e11 particles")
    assert held.data["answer"].sizes == {"point": 3, "rival": 2, "member": 6}


def test_figures_of_a_sweep_are_saved_from_the_folder(
    results: dict[str, Path], tmp_path: Path
) -> None:
    words = ["report", str(results["sweep"]), "--to", str(tmp_path / "page.html")]
    done = CliRunner().invoke(app, [*words, "--figures", str(tmp_path / "figures")])
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert names == ["sweep.csv", "sweep.png", "sweep.svg"]


def test_odd_folders_are_refused_with_what_to_do(
    results: dict[str, Path], folder: Path, tmp_path: Path
) -> None:
    half = tmp_path / "half"
    shutil.copytree(results["sweep"], half)
    (half / "sweep.nc").unlink()
    with pytest.raises(ExocastError, match=r"half a sweep: sweep\.nc is missing"):
        open_folder(half)
    older = tmp_path / "older"
    shutil.copytree(results["comparison"], older)
    record = json.loads((older / "comparison.json").read_text())
    (older / "comparison.json").write_text(json.dumps({**record, "exocast": 0}))
    with pytest.raises(ExocastError, match=r"schema 0; .* reads 1\. Make it again"):
        open_folder(older)
    del record["provenance"]
    (older / "comparison.json").write_text(json.dumps(record))
    with pytest.raises(ExocastError, match="older exocast"):
        open_folder(older)
    (older / "comparison.json").write_text("{")
    with pytest.raises(ExocastError, match="is not a comparison"):
        open_folder(older)
    (tmp_path / "thesis").mkdir()
    with pytest.raises(ExocastError, match="holds no forecast, comparison, sweep, search"):
        open_folder(tmp_path / "thesis")
    with pytest.raises(ExocastError, match="is not there"):
        open_folder(tmp_path / "nowhere")
    for verb in ("drivers", "needed", "batch", "cite", "pack"):
        done = CliRunner().invoke(app, [verb, str(results["sweep"])])
        assert "holds a sweep, no forecast; `exocast open" in str(done.exception), verb
    found = open_folder(results["sweep"])
    assert isinstance(found, Sweep)
    with pytest.raises(ExocastError, match="holds a forecast, no sweep"):
        file_result(found, folder, replace=True)


def test_a_result_that_nobody_names_finds_a_place_of_its_own(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["compare", str(folder), f"{folder}:into the tumour"]
    for _ in range(2):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
    done = CliRunner().invoke(app, [*words, "--replace"])
    assert done.exit_code == 0, done.output
    name = f"into-the-tumour-against-{folder.name}"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [name, f"{name}-2"]
    record = json.loads((tmp_path / "out" / name / "comparison.json").read_text())
    assert record["provenance"]["command"].startswith("exocast compare ")
