"""The native machine against its slow twin on random networks, every kind of rate included."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exocast.engine.network import Network, exp, log, maximum, minimum, smooth_step, sqrt
from exocast.engine.solve import Doses, solve

TIMES = np.array([0.0, 0.4, 1.0, 1.7, 4.0])
# Round numbers: what is tested is the machine, not what SciPy does with a dose at 1e-251.
POSITIVE = st.integers(2, 60).map(lambda x: x / 20)
AMOUNT = st.integers(0, 40).map(lambda x: x / 10)
HOUR = st.integers(-5, 45).map(lambda x: x / 10)

# Per-capita rates that a population may have: smooth, and bounded for amounts of any sign.
KINDS = {
    "linear": lambda k, m, a, b: k,
    "saturable": lambda k, m, a, b: k / (m + maximum(a, 0) + maximum(b, 0)),
    "hill": lambda k, m, a, b: k * b**2 / (m**2 + b**2),
    "power": lambda k, m, a, b: k * (1 + b**2) ** (0.3 * m) / (1 + b**2),
    "exponential": lambda k, m, a, b: k * exp(-m * b * b),
    "logarithm": lambda k, m, a, b: k * log(1 + m + b * b) / (2 + b * b),
    "root": lambda k, m, a, b: k * sqrt(1 + b * b) / (1 + b * b),
    "step": lambda k, m, a, b: k * smooth_step(b, -1.0, 2.0 + m),
    "capped": lambda k, m, a, b: k * minimum(m, 5.0 + b * b),
}


@st.composite
def networks(draw):
    """Return a model, parameters, starts and doses."""
    network = Network()
    size = draw(st.integers(2, 6))
    places = [network.state(f"place{k}", 1e-2) for k in range(size)]
    pool = network.state("pool", 1e-2)
    values = []

    def number():
        values.append(draw(POSITIVE))
        return network.parameter(f"p{len(values)}")

    pair = st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True)
    for _ in range(draw(st.integers(1, 8))):
        source, target = draw(pair)
        kind = draw(st.sampled_from(sorted(KINDS)))
        other = places[draw(st.integers(0, size - 1))]
        rate = KINDS[kind](number(), number(), places[source], other)
        network.move(places[source], places[target], rate)
    for place in draw(st.lists(st.sampled_from(places), max_size=2, unique=True)):
        network.move(place, pool, number())
    if draw(st.booleans()):
        network.flux(None, places[0], number() / (1 + places[1] ** 2))
    if draw(st.booleans()):
        loss = {
            place: (number() / (1 + places[0] ** 2) if draw(st.booleans()) else number(), pool)
            for place in draw(st.lists(st.sampled_from(places), min_size=1, unique=True))
        }
        cargo = network.passenger("cargo", places, loss, scale=1e-2, leaves=pool)
        network.integral("exposure", cargo.at(places[-1]) * places[0], 1e-2)
    if draw(st.booleans()):
        dye = network.passenger("dye", places)
        values.append(draw(POSITIVE))
        network.integral("glow", dye.at(places[0]), 1e-2)
    model = network.compile()
    states = len(model.state_names)
    start = draw(st.lists(AMOUNT, min_size=states, max_size=states))
    doses = None
    if draw(st.booleans()):
        count = draw(st.integers(1, 3))
        doses = Doses(
            draw(st.lists(st.integers(0, states - 1), min_size=count, max_size=count)),
            draw(st.lists(HOUR, min_size=count, max_size=count)),
            draw(st.lists(AMOUNT, min_size=count, max_size=count)),
            draw(st.lists(st.sampled_from([0.0, 0.1, 1.3]), min_size=count, max_size=count)),
        )
    return model, np.array([values]), np.array([start]), doses


# Shrinking a failure would take minutes: each example solves with SciPy.
@settings(
    max_examples=200, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)
@given(networks())
def test_native_agrees_with_the_reference(case):
    model, parameters, start, doses = case
    parameters = np.concatenate([parameters, 0.7 * parameters])
    start = np.concatenate([start, 1.1 * start])
    options = {"doses": doses, "rtol": 1e-8}
    native = solve(model, parameters, start, TIMES, **options)
    reference = solve(model, parameters, start, TIMES, engine="reference", **options)
    assert native.finished.all()
    assert reference.finished.all()
    gap = np.abs(native.amount - reference.amount)
    assert np.all(gap <= 1e-5 * (np.abs(reference.amount) + model.scale))


def test_a_large_network_agrees_too():
    """Above 100 states the twin is sparse BDF; here 160, saturable across classes."""
    network = Network()
    classes, organs = 8, 10
    values = []

    def number(low, high):
        values.append(random.uniform(low, high))
        return network.parameter(f"p{len(values)}")

    random = np.random.default_rng(5)
    blood = [network.state(f"blood.{k}", 1e-2) for k in range(classes)]
    gone = network.state("gone", 1e-2)
    for organ in range(organs):
        vessel = [network.state(f"{organ}.vessel.{k}", 1e-2) for k in range(classes)]
        cell = [network.state(f"{organ}.cell.{k}", 1e-2) for k in range(classes)]
        flow, most, half = number(5, 50), number(1, 20), number(0.5, 3)
        total = sum(vessel[1:], vessel[0])
        for k in range(classes):
            network.move(blood[k], vessel[k], flow)
            network.move(vessel[k], blood[k], flow * 4)
            network.move(vessel[k], cell[k], most / (half + total))
            network.move(cell[k], gone, number(0.05, 0.5))
    model = network.compile()
    start = np.zeros((2, len(model.state_names)))
    start[:, :classes] = 10.0
    numbers = np.array(values) * np.array([[1.0], [1.3]])
    native = solve(model, numbers, start, TIMES, rtol=1e-8)
    reference = solve(model, numbers, start, TIMES, rtol=1e-8, engine="reference")
    gap = np.abs(native.amount - reference.amount)
    assert np.all(gap <= 1e-5 * (np.abs(reference.amount) + model.scale))
    np.testing.assert_allclose(native.amount.sum(axis=2), 80.0, rtol=1e-12)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_rate_agrees_on_its_own(kind):
    network = Network()
    a, b = network.state("a", 1e-3), network.state("b", 1e-3)
    network.move(a, b, KINDS[kind](network.parameter("k"), network.parameter("m"), a, b))
    network.move(b, a, network.parameter("k") * 0.1)
    model = network.compile()
    numbers = np.random.default_rng(11).uniform(0.3, 3.0, (9, 2))
    start = np.tile([3.0, 0.2], (9, 1))
    native = solve(model, numbers, start, TIMES, rtol=1e-8)
    reference = solve(model, numbers, start, TIMES, rtol=1e-8, engine="reference")
    gap = np.abs(native.amount - reference.amount)
    assert np.all(gap <= 1e-5 * (np.abs(reference.amount) + model.scale))


def test_an_amount_leaves_zero_whatever_the_hill_exponent():
    """At 0 the slope of a power below 1 is infinite, though its rate is 0."""
    network = Network()
    a, b, c = (network.state(name, 1e-3) for name in "abc")
    power = network.parameter("power")
    network.move(a, b, 1.0)
    network.flux(b, c, 2.0 * b**power / (network.parameter("half") ** power + b**power))
    network.flux(c, None, 0.5 * sqrt(c))
    model = network.compile()
    numbers = np.array([[0.3, 5.0], [0.7, 2.0], [1.0, 2.0], [1.5, 2.0], [4.3, 0.4]])
    start = np.tile([10.0, 0.0, 0.0], (5, 1))
    native = solve(model, numbers, start, TIMES, rtol=1e-8)
    reference = solve(model, numbers, start, TIMES, rtol=1e-8, engine="reference")
    assert native.finished.all()
    gap = np.abs(native.amount - reference.amount)
    assert np.all(gap <= 1e-5 * (np.abs(reference.amount) + model.scale))
    assert native.steps.max() < 500
