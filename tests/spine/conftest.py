"""One small run of the packaged design, shared by every test of the spine."""

from __future__ import annotations

from pathlib import Path

import pytest

from exocast.design import Design
from exocast.design.run import Run, run
from exocast.face.forecast import Forecast

MEMBERS = (6, 3)


@pytest.fixture(scope="session")
def design() -> Design:
    return Design.read("kras-sirna-tumour")


@pytest.fixture(scope="session")
def finished(design: Design) -> Run:
    return run(design, members=MEMBERS, threads=2)


@pytest.fixture(scope="session")
def folder(design: Design, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from exocast.face import run as run_design

    place = tmp_path_factory.mktemp("out") / "kras"
    run_design(design, members=MEMBERS, threads=2).save(place)
    return place


@pytest.fixture(scope="session")
def forecast(folder: Path) -> Forecast:
    return Forecast.open(folder)
