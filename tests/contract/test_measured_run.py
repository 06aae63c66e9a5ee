"""Real exports of an instrument condition a whole run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.recording import forecast_of
from exocast.design.run import Run, run
from exocast.instruments import read, summary
from exocast.stages.assay.conditioning import CAUSE

ROOT = Path(__file__).parents[2]
REAL = ROOT / "../shared/instrument_files/nta_nanosight"
PACKAGED = ROOT / "src/exocast/templates/batch-07-ExperimentSummary.csv"
FILES = (
    PACKAGED,
    REAL / "tidyNano_beads.csv",
    REAL / "tidyNano_beads2.csv",
)  # fmt: skip
Measured = tuple[Path, Run, Mapping[str, Any]]


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.name)
def measured(
    request: pytest.FixtureRequest, design: Design, tmp_path_factory: pytest.TempPathFactory
) -> Measured:
    source: Path = request.param
    if not source.exists():
        pytest.skip(f"{source.name} is a public file that is not part of the repository")
    folder = tmp_path_factory.mktemp("design")
    # A real export may have any name: its content says what it is.
    path = folder / f"{source.stem}.csv"
    shutil.copyfile(source, path)
    text = design.text.replace(PACKAGED.name, path.name)
    finished = run(Design.from_text(text, folder), members=(3, 2), variants=[], threads=2)
    return path, finished, forecast_of(finished).record


def test_it_finishes_and_balances(measured: Measured) -> None:
    _, finished, record = measured
    assert record["members"]["finished"] == record["members"]["asked"] == 12
    assert record["balance"]["largest"] < 1e-9
    for branch in finished.base:
        assert np.isfinite(branch.course.amount).all()


def test_the_tube_shows_what_was_measured(measured: Measured) -> None:
    """After conditioning, a forecast reading of the tube is the measured one above the limit."""
    path, finished, _ = measured
    branch = finished.base[0]
    entry = next(e for e in branch.batch.ledger.entries if e.stage == "assay")
    booked = {cause for (_, cause) in entry.exchange.amounts}
    assert booked == {CAUSE}
    assert entry.residual < 1e-12
    small = entry.after.population("small_ev")
    assert (small.total > 0).all()
    assert np.isfinite(small.count).all()
    assert (small.count >= 0).all()
    mean, held = read(path).mean, read(path)
    assert held.edges is not None
    counted = mean[held.edges[:-1] >= 120e-9].sum() * entry.after.volume
    present = sum(p.count[:, p.diameter > 120e-9].sum(axis=1) for p in entry.after.populations)
    # Counting scale, smear and size scale stand between the two; a lost factor of 1000 does not.
    assert ((present > counted / 30) & (present < counted * 30)).all()


def test_what_is_odd_is_said(measured: Measured) -> None:
    path, _, record = measured
    said = "\n".join(flag["message"] for flag in record["flags"])
    narrow = summary(read(path)).spread < 1.15
    assert ("far narrower than any vesicle population" in said) == narrow
    assert narrow == (path.name != PACKAGED.name)


def test_the_reading_is_on_record(measured: Measured) -> None:
    path, _, record = measured
    (reading,) = record["readings"]
    held = read(path)
    assert reading["step"] == "nta"
    assert reading["measured"]["file"] == path.name
    assert reading["measured"]["sha256"] == held.sha256
    assert reading["measured"]["warnings"] == list(held.warnings)
    comparison = dict(reading["comparison"])
    assert comparison.pop("use") == "condition"
    assert set(comparison) == {
        "measured over forecast concentration [1]",
        "measured D50 [m]",
        "forecast D50 [m]",
        "share below the limit after conditioning [1]",
    }
    for name, spread in comparison.items():
        assert spread["median"] is not None, name
        assert np.isfinite(spread["median"])
    # Above the limit of detection, so not below what the file itself says of all sizes.
    d50 = comparison["measured D50 [m]"]["median"]
    assert 0.95 * summary(held).d50 < d50 < 1.5 * summary(held).d50
