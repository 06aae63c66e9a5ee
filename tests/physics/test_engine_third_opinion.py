"""The network written as SBML: well formed, and solved alike by libRoadRunner where installed."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from exocast.engine.network import Network, exp, log, maximum, minimum, smooth_step, sqrt
from exocast.engine.sbml import to_sbml
from exocast.engine.solve import solve
from exocast.errors import EngineError

TIMES = np.linspace(0.0, 5.0, 11)


@pytest.fixture(scope="module")
def case():
    network = Network()
    a, b, c = (network.state(name, 1e-3) for name in ("a & b", "b<1>", "c"))
    k, m = network.parameter("k"), network.parameter("m")
    network.move(a, b, k / (m + a + b))
    network.move(b, c, exp(-m * a) + log(1 + b * b) / (1 + b) - minimum(0.1, a / 50))
    network.move(c, a, 0.2 * sqrt(c) * (1 + c) ** (-m) + 0.1 * smooth_step(c, 0, maximum(k, 3)))
    network.passenger("cargo", [a, b, c], {c: (k, b)}, scale=1e-3)
    model = network.compile()
    return model, np.array([1.3, 0.8]), np.array([5.0, 1.0, 0.1, 3.0, 0.0, 0.0])


def test_the_document_is_well_formed(case):
    model, numbers, start = case
    root = ET.fromstring(to_sbml(model, numbers, start))
    space = "{http://www.sbml.org/sbml/level3/version1/core}"
    quantities = list(root.iter(f"{space}parameter"))
    assert [item.get("name") for item in quantities] == [*model.parameter_names, *model.state_names]
    assert [float(item.get("value")) for item in quantities] == [*numbers, *start]
    assert len(list(root.iter(f"{space}rateRule"))) == len(model.state_names)


def test_one_member_at_a_time(case):
    model, numbers, start = case
    with pytest.raises(EngineError, match="one member"):
        to_sbml(model, numbers[None], start)


def test_libroadrunner_agrees(case):
    roadrunner = pytest.importorskip("roadrunner")
    model, numbers, start = case
    native = solve(model, numbers[None], start[None], TIMES, rtol=1e-9).amount[0]
    runner = roadrunner.RoadRunner(to_sbml(model, numbers, start))
    runner.integrator.relative_tolerance = 1e-9
    runner.integrator.absolute_tolerance = 1e-11
    runner.timeCourseSelections = [f"y{k}" for k in range(len(start))]
    theirs = np.asarray(runner.simulate(TIMES[0], TIMES[-1], len(TIMES)))
    assert np.all(np.abs(native - theirs) <= 1e-6 * (np.abs(theirs) + model.scale))
