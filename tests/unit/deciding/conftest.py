"""One small run of the packaged design, with a protein assay and one dose, saved once."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

import exocast
from exocast.cli import main
from exocast.learn.chain import FACTORS
from exocast.material.forecast import Forecast

TEMPLATES = Path(exocast.__file__).parent / "templates"
ASSAY = '[[step]]\nstage = "assay"\nmethod = "total_protein"\n\n'
SETTINGS = {
    "run.horizon": "2 d",
    "regimen.times": ["0 h"],
    "run.classes": {"small_ev": 2, "large_ev": 1},
    "models.response": [],
}


@pytest.fixture(scope="session")
def forecast(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    """Return the packaged design with an assay of protein, run and saved."""
    folder = tmp_path_factory.mktemp("design")
    text = (TEMPLATES / "kras-sirna-tumour.toml").read_text(encoding="utf-8")
    before, loading, after = text.partition('[[step]]\nstage        = "loading"')
    assert loading
    (folder / "protein.toml").write_text(before + ASSAY + loading + after, encoding="utf-8")
    export = "batch-07-ExperimentSummary.csv"
    (folder / export).write_bytes((TEMPLATES / export).read_bytes())
    design = exocast.Design.read(folder / "protein.toml").with_settings(SETTINGS)
    return exocast.run(design, members=(5, 3)).save(folder / "out")


@pytest.fixture(scope="session")
def saved(forecast: Forecast) -> Path:
    """Return the folder of the run."""
    assert forecast.folder is not None
    return forecast.folder


Handmade = Callable[..., Forecast]


@pytest.fixture
def handmade(forecast: Forecast) -> Handmade:
    """Return a forecast whose chain is given by hand, alike in every member and rival."""

    def make(**factors: float) -> Forecast:
        held = {
            "dose": 1e10, "taken": 100.0, "copies": 1.0, "escape": 0.01, "kept": 1.0,
            "excess": 1.0, "full": 1.0, "spread": 0.0, "lumen": 10.0, "batch": 3.0, "person": 0.1,
        } | factors  # fmt: skip
        shape = forecast.data["chain"].shape
        column = np.array([held[name] for name in FACTORS])[:, None]
        chain = xarray.DataArray(
            np.broadcast_to(column, shape).copy(), dims=forecast.data["chain"].dims
        )
        return replace(forecast, data=forecast.data.assign(chain=chain), folder=None)

    return make


@pytest.fixture
def call() -> Callable[..., tuple[int, str, str]]:
    """Return the command line, in this process: exit code and what it prints."""

    def run(*arguments: str) -> tuple[int, str, str]:
        out, err, code = io.StringIO(), io.StringIO(), 0
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["exocast", *arguments])
            for name, value in {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}.items():
                patch.setenv(name, value)
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        return code, out.getvalue(), err.getvalue()

    return run


@pytest.fixture
def edited(forecast: Forecast) -> Callable[..., Forecast]:
    """Return the forecast with parts of its record replaced and variables left out."""

    def edit(changes: Mapping[str, Any] | None = None, drop: Sequence[str] = ()) -> Forecast:
        data = forecast.data.drop_vars(list(drop)).copy(deep=True)
        return replace(
            forecast, record={**forecast.record, **(changes or {})}, data=data, folder=None
        )

    return edit
