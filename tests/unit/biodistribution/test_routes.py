"""Routes: into a vein, into a tumour, once and again."""

import numpy as np
import pytest

from exocast.errors import WiringError
from exocast.stages.biodistribution.sampling import Sampling

DAY = 86400.0


def test_a_vein_gives_everything_to_blood_at_once(typical):
    assert typical.course.of("blood")[0, 0] == pytest.approx(1e10, rel=1e-6)


def test_an_injected_tumour_keeps_more_than_a_fed_one(bench):
    vein, needle = (bench(route=route) for route in ("intravenous_bolus", "intratumoural"))
    hour = 3600.0
    assert needle.course.at("tumour", hour)[0] > 100 * vein.course.at("tumour", hour)[0]
    assert needle.residual < 1e-10
    found = Sampling(needle.course, needle.wiring.published, needle.given).found()
    np.testing.assert_allclose(sum(found.values()), 100.0, rtol=1e-5)


def test_what_leaks_is_the_drawn_share(bench):
    run = bench(route="intratumoural")
    # Copies that ever entered the tumour from the cavity, over copies dosed.
    arrived = run.course.at("arrived", DAY)[0] / run.given["siRNA"][0, -1]
    assert arrived == pytest.approx(0.7, abs=0.02)


def test_no_leak_keeps_everything_at_the_site(bench):
    run = bench(route="intratumoural", fix={"biodistribution.intratumoural.leak": 0.0})
    assert run.course.at("injection_site", DAY)[0] < 1.0
    assert run.course.at("arrived", DAY)[0] / run.given["siRNA"][0, -1] == pytest.approx(
        1, rel=1e-2
    )


def test_intratumoural_without_a_tumour_says_what_to_do(bench):
    with pytest.raises(WiringError, match="no tumour"):
        bench(route="intratumoural", tumour_volume=0.0)


def test_two_doses_are_two_doses(bench):
    later = 12 * 3600.0
    minutes = np.array([0.0, 5.0, 719.0, 720.0, 725.0, 1440.0])
    run = bench(times=(0.0, later), minutes=minutes, dose=1e8)
    blood = run.course.of("blood")[0]
    assert blood[3] - blood[2] == pytest.approx(1e8, rel=1e-5)
    assert run.residual < 1e-10
    liver = run.course.of("liver")[0]
    assert liver[-1] == pytest.approx(2 * liver[2], rel=0.02)
