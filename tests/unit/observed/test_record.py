"""Animals made of a known forecast: what is found must be what was put in."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from exocast.laws.noncompartmental import analyse
from exocast.qualify.assay import PARTS, Assay
from exocast.qualify.observed import reading_interval, score

LABEL = "zirconium-89"
SHARE, PER_MASS, PER_VOLUME = (
    "percent_injected", "percent_injected_per_mass", "percent_injected_per_volume"
)  # fmt: skip
LIVER, LUNG, SPLEEN = (("liver", SHARE, "4 h"), ("lung", SHARE, "4 h"), ("spleen", SHARE, "4 h"))


PER_ML = 1e-4
"""Percent a millilitre, of a share a cubic metre."""


def plasma_times(known: Any) -> list[str]:
    return [time for organ, _, time in known.shown if organ == "plasma"]


def exact(known: Any, factor: float = 1.0, **more: object) -> list[dict[str, object]]:
    return [
        known.row(*sample, f"{factor * value:.12g}", **more)
        for sample, value in known.shown.items()
    ]


def only(record: dict, organ: str) -> dict:
    (found,) = [entry for entry in record["rows"] if entry["organ"] == organ]
    return found


def test_what_was_made_of_the_forecast_has_fold_error_one(known: Any):
    record = known.record(exact(known))
    for entry in record["rows"]:
        assert entry["fold"] == pytest.approx(1.0, rel=1e-9), entry["organ"]
        assert entry["inside"]
        assert not entry["censored"]
    whole = record["scores"][0]
    assert whole["gmfe"] == pytest.approx(1.0)
    assert whole["coverage"] == 1.0
    assert whole["within_2"] == whole["scored"] == whole["rows"] - 1  # the spleen is not scored
    json.dumps(record, allow_nan=False)


def test_a_known_factor_is_found(known: Any):
    record = known.record([r for r in exact(known, 0.25) if r["organ"] == "liver"])
    whole = record["scores"][0]
    assert whole["gmfe"] == pytest.approx(4.0)
    assert whole["bias"] == pytest.approx(4.0)
    assert whole["within_2"] == whole["within_3"] == 0


def test_a_table_is_read_in_the_units_it_was_printed_in(known: Any):
    per_cent, shares = (
        known.record([known.row(*LIVER, value, unit=unit)])["rows"][0]
        for value, unit in ((known.shown[LIVER], "%ID"), (known.shown[LIVER] / 100, "1"))
    )
    assert per_cent["fold"] == pytest.approx(shares["fold"])
    assert per_cent["predicted"]["median"] == pytest.approx(100 * shares["predicted"]["median"])
    assert per_cent["share_of_dose"] == pytest.approx(shares["share_of_dose"])


def test_three_bars_an_interval_and_rivals(known: Any):
    (entry,) = known.record([known.row(*LIVER, 40)])["rows"]
    shown = entry["predicted"]
    low, high = shown["interval"]
    assert low < shown["uncertainty"][0] * 1.2
    assert low < shown["median"] < high
    assert shown["variability"][0] < shown["median"] < shown["variability"][1]
    span = shown["hypotheses"]
    assert span[0] <= shown["median"] <= span[1]


def test_a_mean_of_many_animals_strays_less_than_one_animal():
    random = np.random.default_rng(1)
    unknown, vary = random.normal(0, 0.1, (50, 1)), random.normal(0, 0.8, (1, 40))
    values = np.exp(unknown + vary).ravel()
    one, ten, all_of_them = (reading_interval(values, 50, n) for n in (1, 10, 10**8))
    assert one[0] < ten[0] < all_of_them[0] < all_of_them[1] < ten[1] < one[1]
    means = values.reshape(50, -1).mean(axis=1)
    np.testing.assert_allclose(all_of_them, np.quantile(means, (0.05, 0.95)), rtol=0.03)
    assert all(math.isnan(end) for end in reading_interval(np.full(10, np.nan), 5, 1))


def test_nine_of_ten_readings_drawn_from_the_ensemble_lie_in_their_interval():
    """A known split: readings are members, so the range of single animals must hold 90 %."""
    random = np.random.default_rng(2)
    values = np.exp(random.normal(0, 1, (200, 1)) + random.normal(0, 0.5, (1, 30))).ravel()
    low, high = reading_interval(values, 200, 1)
    drawn = np.exp(random.normal(0, 1, 4000) + random.normal(0, 0.5, 4000))
    assert ((drawn >= low) & (drawn <= high)).mean() == pytest.approx(0.9, abs=0.03)


# ---- below the limit ----------------------------------------------------------------------------


@pytest.mark.parametrize(("factor", "right"), [(2.0, True), (0.1, False)])
def test_a_reading_below_its_limit_is_right_or_wrong_and_never_dropped(known: Any, factor, right):
    limit = factor * known.shown[LIVER]
    limited = known.row(*LIVER, "", lloq=f"{min(limit, 99):.9g}")
    record = known.record([limited, known.row(*LUNG, known.shown[LUNG])])
    entry, whole = only(record, "liver"), record["scores"][0]
    assert entry["censored"]
    assert entry["observed"] is None
    assert entry["below_as_forecast"] is right
    assert whole["rows"] == whole["scored"] == 2
    assert whole["below_limit"] == 1
    assert whole["below_as_forecast"] == int(right)
    assert whole["within_2"] == (2 if right else 1)
    assert whole["gmfe"] == pytest.approx(1.0 if right else math.sqrt(10), rel=1e-6)


def test_a_limit_below_all_of_the_forecast_is_outside_and_within_it_is_inside(known: Any):
    for factor, inside in ((1e-3, False), (1.0, True)):
        limit = f"{factor * known.shown[LIVER]:.9g}"
        (entry,) = known.record([known.row(*LIVER, "BLQ", lloq=limit)])["rows"]
        assert entry["inside"] is inside


def test_the_spleen_is_judged_by_its_range_alone(known: Any):
    record = known.record([known.row(*SPLEEN, known.shown[SPLEEN] / 3)])
    assert record["scores"][0]["scored"] == 0
    assert record["scores"][0]["gmfe"] is None
    assert record["scores"][0]["coverage"] in (0.0, 1.0)


def test_a_forecast_of_nothing_is_no_crash():
    entry = {
        "scored": True, "predicted": {"median": 0.0}, "below_as_forecast": None, "fold": None,
        "censored": False, "inside": False,
    }  # fmt: skip
    found = score([entry], "all")
    assert found["gmfe"] is None
    assert found["within_3"] == 0
    assert score([], "none")["coverage"] is None


# ---- the assay ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def assay(known: Any) -> Assay:
    return Assay(known.run.plan, known.run.base[0])


def test_the_parts_of_a_signal_sum_to_it(assay: Assay):
    for organ in ("plasma", "blood", "liver", "spleen", "kidney", "tumour"):
        parts = assay.parts(organ, LABEL)
        assert set(parts) == set(PARTS)
        assert all((part > -1e-9).all() for part in parts.values())
        total = np.sum(list(parts.values()), axis=0)
        np.testing.assert_allclose(total, assay.reading(organ, SHARE, LABEL), rtol=1e-9, atol=1e-15)


def test_perfusion_takes_blood_from_organs_and_from_nothing_else(known: Any, assay: Assay):
    flushed = Assay(known.run.plan, known.run.base[0], perfused=True)
    index = int(np.argmin(np.abs(assay.time - 120)))
    for organ, less in (("liver", True), ("kidney", True), ("plasma", False)):
        before, after = (a.reading(organ, SHARE, LABEL)[:, index] for a in (assay, flushed))
        assert ((after < before) if less else (after == before)).all()


def test_a_share_over_a_mass_or_a_volume(assay: Assay):
    plasma = assay.reading("plasma", PER_VOLUME, LABEL) * assay.size("plasma", PER_VOLUME)[:, None]
    np.testing.assert_allclose(plasma, assay.reading("plasma", SHARE, LABEL))
    np.testing.assert_array_equal(
        assay.reading("serum", PER_VOLUME, LABEL), assay.reading("plasma", PER_VOLUME, LABEL)
    )
    grams = 1e3 * np.median(assay.size("liver", PER_MASS))
    assert 0.8 < grams < 2.0  # of a 22 g mouse
    haematocrit = assay.size("plasma", PER_VOLUME) / assay.size("blood", PER_VOLUME)
    assert (haematocrit > 0.4).all()
    assert (haematocrit < 0.7).all()


def test_label_on_no_vesicle_at_time_zero_is_what_was_injected_so(assay: Assay):
    parts, course = assay.parts("plasma", LABEL), assay.branch.course
    volumes = assay.branch.published
    spread = volumes["plasma.volume"] / volumes[f"{LABEL}.soluble_volume"]
    soluble = course.of(f"{LABEL}.soluble")[:, 0] / assay.branch.wired.dosed[LABEL][:, 0]
    np.testing.assert_allclose(parts["free"][:, 0], soluble * spread, rtol=1e-6)
    np.testing.assert_allclose(parts["released"][:, 0], 0.0, atol=1e-6)


def test_a_later_dose_counts_from_when_it_was_given(assay: Assay):
    """The packaged design doses at 0, 48 and 96 h: all of three doses is 100 %."""
    total = sum(
        assay.reading(organ, SHARE, LABEL)
        for organ in ("blood", "liver", "spleen", "lung", "excreta")
    )
    fine = assay.branch.course.status == 0
    assert (total[fine] < 1.5).all()
    assert (assay.reading("blood", SHARE, LABEL)[fine][:, 0] > 0.3).all()


# ---- what a paper would print -------------------------------------------------------------------


def test_the_same_code_on_the_same_times_for_animals_and_forecast(known: Any, assay: Assay):
    """A table made of one member gives that member's figures."""
    member = 9
    times = plasma_times(known)
    course = PER_ML * assay.reading("plasma", PER_VOLUME, LABEL)[member]
    values = [course[int(np.argmin(np.abs(assay.time - known.seconds(time))))] for time in times]
    rows = [
        known.row("plasma", PER_VOLUME, t, f"{v:.12g}") for t, v in zip(times, values, strict=True)
    ]
    (entry,) = known.record(rows)["kinetics"]
    figures = {figure["name"]: figure for figure in entry["figures"]}
    expected = analyse(
        np.array([known.seconds(time) for time in times]), np.array([values]) / PER_ML, 1.0
    )
    assert figures["clearance"]["observed"] == pytest.approx(
        3600e6 * expected["clearance"][0], rel=1e-6
    )
    assert figures["half_life"]["observed"] == pytest.approx(
        expected["half_life"][0] / 3600, rel=1e-6
    )
    low, high = figures["clearance"]["predicted"]["uncertainty"]
    assert low <= figures["clearance"]["predicted"]["median"] <= high
    assert entry["subject"] == "m1"
    assert entry["below_limit"] == 0


def test_groups_without_serial_samples_are_averaged(known: Any):
    times = plasma_times(known)
    rows = [
        known.row("plasma", PER_VOLUME, time, factor * known.shown["plasma", PER_VOLUME, time],
            subject=f"{time} {factor}")
        for time in times for factor in (0.5, 1.5)
    ]  # fmt: skip
    (entry,) = known.record(rows)["kinetics"]
    assert entry["subject"] == ""
    assert entry["animals"] == 2
    direct = [
        known.row("plasma", PER_VOLUME, t, known.shown["plasma", PER_VOLUME, t]) for t in times
    ]
    (alone,) = known.record(direct)["kinetics"]
    for mean, figure in zip(entry["figures"], alone["figures"], strict=True):
        assert mean["observed"] == pytest.approx(figure["observed"], rel=1e-9)


def test_below_the_limit_both_leave_the_analysis(known: Any):
    times = plasma_times(known)
    values = [known.shown["plasma", PER_VOLUME, time] for time in times]
    limit = f"{math.sqrt(values[-1] * values[-2]):.9g}"
    rows = [
        known.row("plasma", PER_VOLUME, time, f"{value:.9g}" if index < len(times) - 1 else "",
            lloq=limit)
        for index, (time, value) in enumerate(zip(times, values, strict=True))
    ]  # fmt: skip
    (entry,) = known.record(rows)["kinetics"]
    full = [known.row("plasma", PER_VOLUME, t, v) for t, v in zip(times, values, strict=True)]
    (whole,) = known.record(full)["kinetics"]
    assert entry["below_limit"] == 1
    before, after = (
        {f["name"]: f["predicted"] for f in held["figures"]} for held in (whole, entry)
    )
    assert before["half_life"]["median"] != after["half_life"]["median"]


def test_a_curve_of_percent_has_no_clearance(known: Any):
    rows = [known.row("blood", SHARE, time, value, subject="m1")
            for time, value in (("2 min", 60), ("1 h", 10), ("24 h", 2))]  # fmt: skip
    (entry,) = known.record(rows)["kinetics"]
    names = {figure["name"] for figure in entry["figures"]}
    assert "clearance" not in names
    assert "half_life" in names


# ---- artefacts ----------------------------------------------------------------------------------


def test_pools_are_sized_and_the_missing_control_is_named(known: Any):
    record = known.record(exact(known))
    label, cargo = record["artefacts"]
    assert label["label"] == LABEL
    assert {pool["name"] for pool in label["pools"]} >= {"free", "lipoprotein", "soluble"}
    free = label["pools"][0]
    assert 0.05 < free["share"]["median"] < 0.6
    assert free["of"] == len(record["rows"])
    small = sum(r["share_of_dose"] <= free["share"]["median"] for r in record["rows"])
    assert free["could_make"] == small
    assert "Control: " in label["missing"]
    assert cargo["cargo"] == "siRNA_KRAS_G12D"
    for pool in (*label["pools"], *cargo["pools"]):
        assert 0 <= pool["share"]["median"] <= 1
        assert pool["control"]


def test_late_plasma_is_of_label_that_was_on_no_vesicle(known: Any):
    record = known.record(exact(known))
    free = [entry["free"] for entry in record["artefacts"][0]["signal"]
            if entry["organ"] == "plasma"]  # fmt: skip
    assert free[0] < free[2] > 0.5


def test_a_reading_per_gram_above_the_whole_dose_is_said(known: Any):
    record = known.record([known.row("liver", PER_MASS, "4 h", 150)])
    assert "% of the dose in a subject of this weight" in record["tables"][0]["notes"][0]


def test_the_record_says_where_it_is_from_and_has_every_curve(known: Any):
    record = known.record(exact(known), perfused=True)
    (table,) = record["tables"]
    assert (table["file"], table["label"], table["perfused"]) == ("mice.csv", LABEL, True)
    assert table["rows"] == len(record["rows"]) == len(known.shown)
    sampled = {(organ, quantity) for organ, quantity, _ in known.shown}
    assert {(curve["organ"], curve["quantity"]) for curve in record["curves"]} == sampled
    for curve in record["curves"]:
        assert len(curve["median"]) == len(curve["time_h"]) == len(curve["uncertainty"][0])
        assert curve["time_h"][0] > 0


def test_members_of_the_run_are_those_that_were_asked_for(known: Any):
    assert known.run.axes.members == 24
