"""Three bars on a known split; zeros kept out of logarithms; failed members left out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from exocast.material.cascade import Cascade, CascadeRow, Rival
from exocast.material.spread import hypothesis_span, log_fraction, three_bars

UNCERTAINTY, VARIABILITY = 400, 300


def known_split(sigma_u: float, sigma_v: float) -> np.ndarray:
    """Log-normal members with exactly known spreads on either axis (stratified scores)."""
    u = ndtri((np.arange(UNCERTAINTY) + 0.5) / UNCERTAINTY)
    v = ndtri((np.arange(VARIABILITY) + 0.5) / VARIABILITY)
    return np.exp(np.add.outer(sigma_u * u, sigma_v * v)).ravel()


@pytest.mark.parametrize(("sigma_u", "sigma_v"), [(1.5, 0.2), (0.2, 1.5), (0.0, 0.7), (0.9, 0.0)])
def test_bars_recover_each_axis_alone(sigma_u: float, sigma_v: float) -> None:
    spread = three_bars(known_split(sigma_u, sigma_v), UNCERTAINTY)
    edge = ndtri(0.95)
    assert spread.median == pytest.approx(1.0, rel=1e-2)
    assert np.log(spread.uncertainty) == pytest.approx([-edge * sigma_u, edge * sigma_u], abs=0.03)
    assert np.log(spread.variability) == pytest.approx([-edge * sigma_v, edge * sigma_v], abs=0.03)


def test_hypotheses_are_the_span_of_medians_never_an_average() -> None:
    rare, common = (three_bars(f * known_split(0.5, 0.1), UNCERTAINTY) for f in (1e-6, 1.0))
    low, high = hypothesis_span([rare, common])
    assert low == pytest.approx(1e-6, rel=1e-2)
    assert high == pytest.approx(1.0, rel=1e-2)


def test_failed_members_are_left_out_and_counted() -> None:
    values = known_split(0.5, 0.5)
    values[:VARIABILITY] = np.nan
    values[VARIABILITY] = np.nan
    spread = three_bars(values, UNCERTAINTY)
    assert spread.finished == values.size - VARIABILITY - 1
    assert np.isfinite(spread.median)


def test_no_member_finished_is_null_in_the_record() -> None:
    record = three_bars(np.full(6, np.nan), 3).to_dict()
    assert record["median"] is None
    assert record["uncertainty"] == [None, None]


def test_fraction_is_the_median_of_member_losses_not_a_ratio_of_medians() -> None:
    before = np.array([1.0, 10.0, 100.0])
    now = np.array([0.5, 0.5, 50.0])
    spread = log_fraction(now, before, 3)
    assert spread.median == pytest.approx(0.5)
    assert np.median(now) / np.median(before) == pytest.approx(0.05)


def test_zeros_stay_out_of_logarithms_and_are_counted() -> None:
    spread = log_fraction(np.array([0.0, 0.2, 0.2, 0.2]), np.ones(4), 4)
    assert spread.median == pytest.approx(0.2)
    assert spread.zero_share == 0.25
    nothing = log_fraction(np.zeros(4), np.ones(4), 4)
    assert nothing.zero_share == 1.0
    assert np.isnan(nothing.median)


def cascade_of(*fractions: np.ndarray, rivals: int = 1) -> Cascade:
    values = np.full(40, 1e6)
    rows = [CascadeRow("loaded", "inside", "cargo", "copy", (values,) * rivals)]
    for index, fraction in enumerate(fractions):
        values = values * fraction
        name = f"step{index}"
        rows.append(CascadeRow(name, name, "cargo", "copy", (values,) * rivals))
    return Cascade(tuple(rows), (Rival({}, ""),) * rivals, 40)


def test_limiting_step_is_the_one_with_most_to_gain_not_the_smallest() -> None:
    certain = np.full(40, 1e-3)
    contested = np.geomspace(1e-3, 0.9, 40)
    cascade = cascade_of(certain, contested)
    assert cascade.gains()[0].name == "step1"
    assert cascade.smallest()["name"] == "step0"


def test_best_attainable_reaches_over_rivals() -> None:
    start = np.ones(10)
    rare, common = start * 1e-5, start * 0.2
    rows = (
        CascadeRow("in", "in", "cargo", "copy", (start, start)),
        CascadeRow("escaped", "escaped", "cargo", "copy", (rare, common)),
    )
    rivals = (Rival({"escape": "rare"}, "rare"), Rival({"escape": "common"}, "common"))
    gain = Cascade(rows, rivals, 10).gains()[0]
    assert gain.name == "escaped"
    assert gain.best == pytest.approx(0.2)
    assert gain.gain == pytest.approx(2e4)


def test_where_nothing_passes_nothing_is_said_to_be_gained() -> None:
    assert cascade_of(np.zeros(40)).gains()[-1].name == "loaded"
    gains = {g.name: g for g in cascade_of(np.where(np.arange(40) < 30, 0.0, 0.5)).gains()}
    # Of the members in which something passes, half does.
    assert gains["step0"].median == pytest.approx(0.5)
    rows = tuple(CascadeRow(n, n, "cargo", "copy", (np.zeros(4),)) for n in ("in", "out"))
    assert Cascade(rows, (Rival({}, ""),), 4).gains() == []


def test_a_change_of_unit_is_no_loss() -> None:
    row = CascadeRow("in", "in", "cargo", "copy", (np.ones(4),))
    cell = CascadeRow("cell", "cell", "cell", "copy/cell", (np.full(4, 1e-8),))
    cascade = Cascade((row, cell), (Rival({}, ""),), 4)
    assert cascade.fractions(cell) is None
    assert cascade.to_records()[1]["fraction"] is None
