"""The network written as SBML, read back, and judged by libRoadRunner where it is installed."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from tests.physics.test_engine_twins import networks

from exocast.engine.network import Network, exp, log, maximum, minimum, piecewise, smooth_step, sqrt
from exocast.engine.reference import Formulas
from exocast.engine.sbml import read_sbml, to_sbml
from exocast.engine.solve import solve
from exocast.errors import EngineError

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

TIMES = np.linspace(0.0, 5.0, 11)
FILES = Path(__file__).parents[1] / "files" / "sbml"
SPACE = "{http://www.sbml.org/sbml/level3/version1/core}"


def every_operation():
    network = Network()
    a, b, c = (network.state(name, 1e-3) for name in ("a & b", "b<1>", "c"))
    k, m = network.parameter("k"), network.parameter("m")
    network.move(a, b, k / (m + a + b))
    network.move(b, c, exp(-m * a) + log(1 + b * b) / (1 + b) - minimum(0.1, a / 50))
    network.move(c, a, 0.2 * sqrt(c) * (1 + c) ** (-m) + 0.1 * smooth_step(c, 0, maximum(k, 3)))
    network.passenger("cargo", [a, b, c], {c: (k, b)}, scale=1e-3)
    return network


def shared_by_many(depth=3):
    """Long formulas in several rates, each in the next: written out, they grow without bound."""
    network = Network()
    states = [network.state(f"s{k}", 1e-3) for k in range(4)]
    level = sum(states[1:], states[0])
    for k in range(depth):
        level = 1.0 / (1.0 + level * level / (1.0 + states[k % 4] + level))
    for k in range(4):
        network.move(states[k], states[(k + 1) % 4], level * (k + 1))
        network.move(states[k], None, level)
    return network


def time_and_tables():
    network = Network()
    a, b = network.state("a", 1e-3), network.state("b", 1e-3)
    k, m = network.parameter("k"), network.parameter("m")
    network.move(a, b, k * network.time() / (1 + network.time()))
    network.flux(None, a, network.table([1.0, 2.0, 4.0], [0.5, m, 1.0]))
    network.flux(None, b, network.table([0.5, 3.0], [m, 0.0], "step") * exp(-a))
    return network


def choices():
    network = Network()
    a, b = network.state("a", 1e-3, signed=True), network.state("b", 1e-3, signed=True)
    k, m = network.parameter("k"), network.parameter("m")
    rate = piecewise((k, a, b), (m, network.time(), 2.0), otherwise=k + m)
    network.flux(None, a, rate - 0.3 * a)
    network.flux(a, b, piecewise((0.1 * a, b, 1.0), otherwise=0.2 * a))
    return network


def events():
    """A sawtooth that sets off a second event, two that are due together, and one in time."""
    network = Network()
    level, count, sum_ = (network.state(name, 1e-3) for name in ("level", "count", "sum"))
    k, m = network.parameter("k"), network.parameter("m")
    network.flux(None, level, k)
    network.event(level - 1.0, {level: 0.1, count: count + m})
    network.event(count - 2.5, {count: 0.0, sum_: sum_ + 1.0})
    network.event(network.time() - 2.2, {sum_: 2.0 * sum_ + 1.0})
    network.event(network.time() - 2.2, {sum_: sum_ + 3.0, level: 0.5 * level})
    return network


KINDS = [every_operation, shared_by_many, time_and_tables, choices, events]
EACH = pytest.mark.parametrize("declare", KINDS, ids=lambda declare: declare.__name__)


def case(declare):
    """Return a model, its parameters and its start."""
    model = declare().compile()
    start = np.linspace(5.0, 0.1, len(model.state_names))
    if declare is events:
        start = np.array([0.3, 0.0, 0.0])
    return model, np.array([1.3, 0.8])[: len(model.parameter_names)], start


def roadrunner():
    return pytest.importorskip(
        "roadrunner", reason="libRoadRunner (the extra `bench`) is not installed"
    )


def same_rates(model, text, seed, rates):
    """Check right-hand sides at random states, negative ones among them, and random times."""
    formulas = Formulas(model)
    random = np.random.default_rng(seed)
    for low in (0.01, 0.01, -0.5):
        amounts = random.uniform(low, 5.0, len(model.state_names))
        parameters = random.uniform(0.3, 3.0, len(model.parameter_names))
        time = random.uniform(0.0, 5.0)
        with np.errstate(all="ignore"):
            ours = formulas.rates(amounts, parameters, time)
        theirs = rates(amounts, parameters, time)
        defined = np.isfinite(ours)  # a logarithm below 0 is not
        size = np.abs(ours[defined]).max(initial=1e-300)
        assert np.all(np.abs(theirs - ours)[defined] <= 1e-12 * size)


def rates_of_roadrunner(text):
    runner = roadrunner().RoadRunner(text)

    def rates(amounts, parameters, time):
        for letter, values in (("p", parameters), ("y", amounts)):
            for k, value in enumerate(values):
                runner[f"{letter}{k}"] = value
        runner.model.setTime(time)
        return np.array([runner.getValue(f"y{k}'") for k in range(len(amounts))])

    return rates


def rates_of_reader(text):
    pytest.importorskip("libsbml", reason="python-libsbml, the extra `sbml`, is not installed")
    formulas = Formulas(read_sbml(text).network)

    def rates(amounts, parameters, time):
        with np.errstate(all="ignore"):
            return formulas.rates(amounts, parameters, time)

    return rates


BOTH = pytest.mark.parametrize("judge", [rates_of_roadrunner, rates_of_reader])


def test_the_document_is_well_formed():
    model, numbers, start = case(every_operation)
    root = ET.fromstring(to_sbml(model, numbers, start))
    quantities = [item for item in root.iter(f"{SPACE}parameter") if item.get("id")[0] != "s"]
    assert [item.get("name") for item in quantities] == [*model.parameter_names, *model.state_names]
    assert [float(item.get("value")) for item in quantities] == [*numbers, *start]
    assert len(list(root.iter(f"{SPACE}rateRule"))) == len(model.state_names)


def test_formulas_that_are_shared_are_written_once():
    """libRoadRunner writes them out again, and would not end; others need not."""
    model, numbers, start = case(lambda: shared_by_many(60))
    text = to_sbml(model, numbers, start)
    same_rates(model, text, 3, rates_of_reader(text))
    assert len(text) < 100_000
    assert len(list(ET.fromstring(text).iter(f"{SPACE}assignmentRule"))) >= 60


def test_one_member_at_a_time():
    model, numbers, start = case(every_operation)
    with pytest.raises(EngineError, match="one member"):
        to_sbml(model, numbers[None], start)


@EACH
@BOTH
def test_right_hand_sides_agree(declare, judge):
    model, numbers, start = case(declare)
    text = to_sbml(model, numbers, start)
    same_rates(model, text, 3, judge(text))


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(networks())
def test_random_networks_come_back_as_they_were(drawn):
    model, parameters, start, _ = drawn
    text = to_sbml(model, parameters[0], start[0])
    same_rates(model, text, 5, rates_of_reader(text))


@settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(networks())
def test_libroadrunner_reads_random_networks_alike(drawn):
    model, parameters, start, _ = drawn
    text = to_sbml(model, parameters[0], start[0])
    same_rates(model, text, 7, rates_of_roadrunner(text))


def test_libroadrunner_reads_the_network_of_the_benchmark_alike():
    from _bodies import body

    model, typical, start = body(1)
    text = to_sbml(model, np.array(list(typical.values())), start)
    same_rates(model, text, 11, rates_of_roadrunner(text))


@EACH
def test_the_same_curves_come_back(declare):
    pytest.importorskip("libsbml", reason="python-libsbml, the extra `sbml`, is not installed")
    model, numbers, start = case(declare)
    back = read_sbml(to_sbml(model, numbers, start))
    parameters, begin = back.inputs()
    np.testing.assert_array_equal(parameters[0], numbers)
    np.testing.assert_array_equal(begin[0], start)
    first = solve(model, numbers[None], start[None], TIMES, rtol=1e-9)
    again = solve(back.network, parameters, begin, TIMES, rtol=1e-9)
    assert np.all(np.abs(again.amount - first.amount) <= 1e-7 * (np.abs(first.amount) + 1e-2))


@EACH
def test_libroadrunner_solves_alike(declare):
    model, numbers, start = case(declare)
    runner = roadrunner().RoadRunner(to_sbml(model, numbers, start))
    native = solve(model, numbers[None], start[None], TIMES, rtol=1e-9).amount[0]
    theirs = simulated(runner, [f"y{k}" for k in range(len(start))], TIMES)
    assert np.all(np.abs(native - theirs) <= 1e-6 * (np.abs(theirs) + 1e-2))


@pytest.mark.parametrize(
    "name", ["exchange", "rules", "stoichiometry", "events", "mathematics", "level2"]
)
def test_libroadrunner_reads_the_files_alike(name):
    """Every quantity of every file of ours, at times away from the events."""
    pytest.importorskip("libsbml", reason="python-libsbml, the extra `sbml`, is not installed")
    times = np.linspace(0.0, 2.8, 29) if name == "mathematics" else np.linspace(0.0, 9.3, 94)
    text = (FILES / f"{name}.xml").read_text()
    # It wants a value for every parameter, of use or not.
    runner = roadrunner().RoadRunner(text.replace('id="unused"', 'id="unused" value="0"'))
    model = read_sbml(FILES / f"{name}.xml")
    parameters, start = model.inputs()
    solution = solve(model.network, parameters, start, times, rtol=1e-9)
    quantities = model.document.quantities.values()
    known = {item.identifier: item.compartment for item in quantities if "." not in item.identifier}
    picks = [f"[{key}]" if place else key for key, place in known.items() if key != "many"]
    theirs = simulated(runner, picks, times)
    calm = np.ones(len(times), dtype=bool)
    for moment in (1.0, 2.0, 2.5, 4.0, 6.0, 7.0) if name in ("events", "level2") else ():
        calm &= np.abs(times - moment) > 1e-9
    if name == "mathematics":
        for edge in (0.25, 0.75, 1.0, 1.25, 1.5, 1.75):  # x or time at an edge of some piece
            calm &= np.abs(times - edge) > 1e-9
    for column, pick in enumerate(picks):
        ours = model.values(pick.strip("[]"), solution.amount, parameters, times)[0]
        gap = np.abs(ours - theirs[:, column])[calm]
        assert np.all(gap <= 1e-6 * (np.abs(ours[calm]) + 1e-2)), pick


def simulated(runner, picks, times):
    """Return what libRoadRunner gives at evenly spaced times."""
    runner.integrator.relative_tolerance = 1e-10
    runner.integrator.absolute_tolerance = 1e-12
    runner.integrator.maximum_num_steps = 100_000
    runner.timeCourseSelections = picks
    return np.array(runner.simulate(times[0], times[-1], len(times)))
