"""Sweeping: each point is what a run of its own gives, on the same members."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from exocast.cli.app import app
from exocast.design import Design
from exocast.design.cascading import build_cascade
from exocast.design.run import run
from exocast.errors import DesignError, ExocastError
from exocast.face import sweep
from exocast.learn import answers
from exocast.learn.sweep import Sweep

FEW = (3, 2)


@pytest.fixture(scope="module")
def doses(design: Design) -> Sweep:
    return sweep(design, {"regimen.dose": "1e6..1e10 particles:3log"}, members=FEW, threads=2)


def test_a_point_is_what_a_run_of_its_own_gives(design: Design, doses: Sweep) -> None:
    """Neither the trimmed plan nor the shared bench and network change a number."""
    one = design.with_settings({"regimen.dose": "1e10 particles"})
    done = run(one, members=FEW, variants=())
    cascade = build_cascade(done.plan, done.base, FEW[0])
    expected = np.stack(cascade.row("in_cytosol").values)
    assert doses.data["answer"].values[-1] == pytest.approx(expected, rel=1e-6)


def test_a_bench_setting_is_what_a_run_of_its_own_gives(design: Design) -> None:
    amounts = "0.5 nmol,2 nmol"
    found = sweep(design, {"loading.cargo_amount": amounts}, members=FEW, threads=2)
    one = design.with_settings({"loading.electroporation.cargo_amount": "2 nmol"})
    done = run(one, members=FEW, variants=())
    expected = np.stack(build_cascade(done.plan, done.base, FEW[0]).row("in_cytosol").values)
    assert found.data["answer"].values[-1] == pytest.approx(expected, rel=1e-6)
    assert found.data["loading.electroporation.cargo_amount"].values.tolist() == [0.5, 2.0]


def test_bench_and_network_are_used_again(design: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[bool] = []
    original = answers.simulate

    def counted(*given: object, **named: object) -> object:
        compiled.append(named["compiled"] is None)
        return original(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(answers, "simulate", counted)
    sweep(design, {"regimen.dose": "1e9 particles,1e10 particles"}, members=(2, 1))
    assert compiled == [True, False, False, False]


def test_a_low_dose_is_linear_member_by_member(doses: Sweep) -> None:
    for entry in doses.points[1]["by_hypothesis"]:
        ratio = entry["over_first"]
        ends = [ratio["median"], *ratio["uncertainty"], *ratio["variability"]]
        assert ends == pytest.approx([100.0] * 5, rel=1e-2)
    assert doses.best()["texts"] == ["1e10 particles"]


def test_the_frame_has_a_line_for_each_point_and_rival(doses: Sweep) -> None:
    frame = doses.to_frame()
    assert list(frame["regimen.dose [particles]"]) == [1e6, 1e6, 1e8, 1e8, 1e10, 1e10]
    assert set(frame["hypothesis"]) == {"fusion is rare", "fusion is common"}
    assert (frame["uncertainty_low"] <= frame["median"]).all()
    assert (frame["orders_short"] > 0).all()


def test_two_settings_make_a_grid(design: Design, tmp_path: Path) -> None:
    grid = sweep(
        design,
        {"loading.buffer": "PBS,trehalose_EDTA", "regimen.dose": "1e9..1e10 particles:2"},
        members=(2, 1),
    )
    assert [point["texts"] for point in grid.points] == [
        ["PBS", "1e9 particles"],
        ["PBS", "1e10 particles"],
        ["trehalose_EDTA", "1e9 particles"],
        ["trehalose_EDTA", "1e10 particles"],
    ]
    grid.save(tmp_path / "grid")
    assert (tmp_path / "grid" / "sweep.png").stat().st_size > 10_000


def test_choices_are_drawn_as_bars(design: Design, tmp_path: Path) -> None:
    options = sweep(design, {"endosomal_escape": "rare,common"}, members=(2, 1))
    assert options.points[1]["by_hypothesis"][0]["over_first"]["median"] > 10
    options.save(tmp_path / "options")
    assert "common" in (tmp_path / "options" / "sweep.svg").read_text()


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"loading.electroporation.feild": "1,2"}, "Did you mean"),
        ({"loading.field": "100..1000:3"}, "no unit"),
        ({"loading.field": "100 V/cm..9000 kV/cm:3"}, "nothing was run"),
        ({"loading.buffer": "PBS,brine"}, "nothing was run"),
        ({"loading.buffer": "1..3:3"}, "takes no numbers"),
        ({}, "one setting or two"),
        ({"loading.field": "1 V/cm", "electroporation.field": "2 V/cm"}, "varied twice"),
    ],
)
def test_nonsense_is_refused_before_anything_runs(
    design: Design, vary: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "simulate", lambda *_, **__: pytest.fail("something ran"))
    with pytest.raises((ExocastError, DesignError)) as caught:
        sweep(design, vary, members=(2, 1))
    assert words in str(caught.value)


def test_the_verb_prints_and_writes(tmp_path: Path) -> None:
    out = tmp_path / "swept"
    result = CliRunner().invoke(
        app,
        ["sweep", "kras-sirna-tumour", "--vary", "regimen.dose=1e9..1e10 particles:2",
         "--members", "2x1", "--out", str(out)],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for expected in ("1e9 particles", "if fusion is rare", "short by", "90 % uncertainty"):
        assert expected in result.output
    forms = {".json", ".nc", ".csv", ".svg", ".png", ".html"}
    assert {path.suffix for path in out.iterdir()} == forms
    assert json.loads((out / "sweep.json").read_text())["axes"][0]["numbers"] == [1e9, 1e10]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "say what to turn"),
        (["--until", "answer >= 5 copies"], "takes both"),
        (["--vary", "field=1,2", "--until", "answer >= 5", "--by", "field"], "say what to turn"),
        (["--vary", "field"], "KEY=VALUES"),
        (["--vary", "field=1 V/cm", "--vary", "field=2 V/cm"], "given twice"),
        (["--vary", "field=1 V/cm", "--members", "many"], "uncertainty x variability"),
    ],
)
def test_the_verb_refuses_nonsense(words: list[str], message: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["sweep", "kras-sirna-tumour", *words, "--out", str(tmp_path / "out")]
    )
    assert message in str(result.exception)
    assert not (tmp_path / "out").exists()
