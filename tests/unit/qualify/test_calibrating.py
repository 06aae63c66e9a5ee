"""Calibrations: what ships names what is there, and a truth in made-up cases is found again."""

from dataclasses import replace

import numpy as np
import pytest

from exocast.errors import FitError
from exocast.evidence import Axes, Catalogue, draw
from exocast.evidence.catalogue import lint
from exocast.evidence.joint import read_joint
from exocast.qualify.calibrating import (
    Calibration,
    calibrate,
    calibrations,
    experiment_of_case,
)
from exocast.qualify.casebook import packaged_cases
from exocast.qualify.experiment import Simulator, free_rows

LUNG = "biodistribution.whole_body.relative_uptake@organ=lung"


def case():
    return next(one for one in packaged_cases() if one.name == "morishita_2015")


@pytest.fixture(scope="module")
def made():
    """Return the case with its readings as one value away from its median makes them."""
    priors = Catalogue.packaged().priors()
    experiment = experiment_of_case(case(), priors)
    rows = free_rows([experiment], priors)
    shown = Simulator([experiment], [rows[LUNG]], priors)(np.array([[0.9]]))[0]
    points = [point for point in case().points if point.scored]
    new = [
        replace(point, observed=float(value)) for point, value in zip(points, shown, strict=True)
    ]
    return replace(case(), points=tuple(new))


def test_the_truth_is_found_again_and_kept(made, tmp_path):
    spec = Calibration("fit_test", "made up", ("exosome",), (LUNG,))
    found = calibrate(spec, [made], starts=1)
    assert found.fit.score[0] == pytest.approx(0.9, abs=0.15)
    assert found.learnt[0].verdict == "identified"
    found.write(tmp_path)
    found.write(tmp_path)  # again: its own rows are replaced, not doubled
    assert (tmp_path / "fitted.csv").read_text().count("fit_test,fits/") == 1
    joint = read_joint(tmp_path / "fits" / "fit_test.csv")
    assert np.median(joint.samples) == pytest.approx(found.fit.value[0], rel=0.1)


def test_verify_cases_are_never_fitted(made):
    spec = Calibration("fit_test", "made up", ("exosome",), (LUNG,))
    with pytest.raises(FitError, match="no case to build"):
        calibrate(spec, [replace(made, role="verify")], starts=1)


def test_a_value_that_no_case_uses_is_refused(made):
    spec = Calibration("fit_test", "made up", ("exosome",), ("biodistribution.no_such",))
    with pytest.raises(FitError, match="no_such"):
        calibrate(spec, [made], starts=1)


def test_what_ships_was_fitted_as_it_says():
    """Every calibration has its rows, its samples, and draws that keep them together."""
    catalogue = Catalogue.packaged()
    for name, spec in calibrations().items():
        joint = catalogue.joints[name]
        assert set(joint.identities) == set(spec.free)
        rows = [row for held in catalogue.values.values() for row in held if row.source == name]
        assert {row.identity for row in rows} == set(spec.free)
        assert {row.method for row in rows} == {"fitted"}
    assert not lint(row for held in catalogue.values.values() for row in held)


def test_fitted_values_stand_before_their_priors_and_are_drawn_together():
    catalogue = Catalogue.packaged()
    needs = [need for need in _needs() if need.parameter.key.endswith("relative_uptake")]
    assert needs
    after = draw(needs, catalogue, Axes(60, 1), 1)
    before = draw(needs, catalogue.priors(), Axes(60, 1), 1)
    spleen = "biodistribution.whole_body.relative_uptake@organ=spleen"
    assert after.rows[spleen].source_kind == "fit"
    assert before.rows[spleen].source_kind != "fit"
    assert np.ptp(np.log(after.values[spleen])) < np.ptp(np.log(before.values[spleen]))
    samples = catalogue.joints[after.rows[spleen].source]
    column = samples.samples[:, samples.identities.index(spleen)]
    assert np.isin(after.values[spleen], column).all()


def _needs():
    from exocast.design import Design
    from exocast.design.simulating import plan_needs

    return plan_needs(Design.read("labelled-biodistribution").plan())
