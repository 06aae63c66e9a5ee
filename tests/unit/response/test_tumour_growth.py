"""Growth of the treated tumour beside the untreated one."""

from itertools import pairwise

import numpy as np
import pytest

from exocast.errors import WiringError
from exocast.laws.tumour_growth import relative_growth
from exocast.stages.response import growth

DAY = 86400.0


def test_the_untreated_tumour_follows_the_law(bench):
    run = bench(days=60.0, points=61)
    rate = np.log(2) / run.draws[growth.DOUBLING][0]
    linear = run.draws[growth.LINEAR][0]
    time, volume = run.course.time, [200e-9]
    for begin, end in pairwise(time):
        now, parts = volume[-1], 400
        for _ in range(parts):
            half = now + 0.5 * (end - begin) / parts * now * float(
                relative_growth(now, rate, linear)
            )
            now += (end - begin) / parts * half * float(relative_growth(half, rate, linear))
        volume.append(now)
    np.testing.assert_allclose(run.course.of("tumour.untreated")[0], volume, rtol=1e-4)


def test_it_doubles_in_its_doubling_time(bench):
    run = bench(days=8.0, points=9, fix={"doubling_time": 4 * DAY})
    volume = run.course.of("tumour.untreated")[0]
    assert volume[4] / volume[0] == pytest.approx(2.0, rel=1e-5)
    assert volume[8] / volume[0] == pytest.approx(4.0, rel=1e-5)


def test_silencing_slows_it_by_what_it_depends_on(bench):
    strong = {"vesicles": 1e13, "copies": 1000.0, "days": 10.0}
    for dependence, order in ((0.0, np.equal), (0.5, np.less), (1.5, np.less)):
        run = bench(**strong, fix={"dependence": dependence})
        assert order(run.last("tumour.treated"), run.last("tumour.untreated"))
    half, more = (bench(**strong, fix={"dependence": d}).last("tumour.treated") for d in (0.5, 1.5))
    assert more < half


def test_growth_integrates_the_loss_of_protein(bench):
    """Far below the switch: ln(treated / untreated) = -rate x dependence x int loss dt."""
    run = bench(vesicles=1e12, copies=300.0, days=10.0, points=2001, fix={"dependence": 0.7})
    loss = run.course.of("target.protein")[0]
    rate = np.log(2) / run.draws[growth.DOUBLING][0]
    expected = np.exp(-rate * 0.7 * np.trapezoid(loss, run.course.time))
    found = run.last("tumour.treated") / run.last("tumour.untreated")
    assert found == pytest.approx(expected, rel=2e-3)


def test_growth_needs_silencing(bench):
    with pytest.raises(WiringError, match=r"target\.protein"):
        bench(days=0.1, responses=("tumour_growth",))


def test_flags_a_tumour_that_outgrows_the_study(bench):
    slow = bench(days=5.0, fix={"doubling_time": 10 * DAY})
    fast = bench(days=20.0, fix={"doubling_time": 2 * DAY})
    assert not any("2000 mm^3" in flag.message for flag in slow.flags)
    assert any("2000 mm^3" in flag.message for flag in fast.flags)
