"""Random networks and any numbers at all: an EngineError or a status a member, never a crash."""

import pickle
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from exocast.engine.expression import Expression, exp, log, maximum, minimum, smooth_step, sqrt
from exocast.engine.network import Network
from exocast.engine.problem import Directions
from exocast.engine.solve import Doses, Status, solve
from exocast.errors import EngineError, WiringError

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
MODEST = st.floats(0.0, 5.0)
CONSTANTS = MODEST | st.sampled_from([1e-300, 1e-20, -1.0, 1e20, 1e300]) | NUMBERS


def mostly(usual, other):
    """One in twenty of something else; the ends of a range come up more often than that."""
    return st.integers(0, 19).flatmap(lambda roll: other if roll == 7 else usual)


FEW_NUMBERS = mostly(MODEST, NUMBERS)
QUIET = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FUNCTIONS = (
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: a**b,
    lambda a, b: exp(-a),
    lambda a, b: exp(a),
    lambda a, b: log(1.0 + a),
    lambda a, b: sqrt(a),
    minimum,
    maximum,
    smooth_step,
    lambda a, b: smooth_step(a, 0.0, b),
    lambda a, b: -a,
)


@st.composite
def networks(draw):
    """Return a network with rates, tables, events and passengers of any kind."""
    network = Network()
    scale = st.sampled_from([1e-12, 1e-3, 1.0, 1e9])
    states = [
        network.state(f"s{i}", draw(scale), signed=draw(st.booleans()))
        for i in range(draw(st.integers(1, 9)))
    ]
    leaves: list[Expression] = [*states, network.parameter("k"), network.parameter("m")]
    if draw(st.booleans()):
        knots = sorted(draw(st.lists(st.floats(-1.0, 9.0), min_size=1, max_size=4, unique=True)))
        values = [draw(MODEST) for _ in knots]
        leaves.append(network.table(knots, values, draw(st.sampled_from(["linear", "step"]))))
        leaves.append(network.time())

    def formula(size: int) -> Expression:
        """An operation on formulas, the second of which may be a number."""
        if size == 0:
            return draw(st.sampled_from(leaves))
        first, half = formula(size - 1), size // 2
        second = draw(CONSTANTS) if draw(st.booleans()) else formula(half)
        with suppress(EngineError):
            return draw(st.sampled_from(FUNCTIONS))(first, second)
        return first

    ends = st.none() | st.sampled_from(states)
    for _ in range(draw(st.integers(1, 12))):
        rate = formula(draw(st.integers(0, 4)))
        with suppress(EngineError):  # from a state to itself
            if draw(st.booleans()):
                network.move(draw(st.sampled_from(states)), draw(ends), rate)
            else:
                network.flux(draw(ends), draw(ends), rate)
    if draw(st.integers(0, 3)) == 0:
        places = draw(st.lists(st.sampled_from(states), min_size=1, max_size=4, unique=True))
        network.passenger("cargo", places, {places[0]: (network.parameter("k"), None)})
    if draw(st.integers(0, 3)) == 0:
        network.event(formula(2), {draw(st.sampled_from(states)): formula(1)})
    return network


def table(draw, rows, columns):
    return np.array([[draw(FEW_NUMBERS) for _ in range(columns)] for _ in range(rows)]).reshape(
        rows, columns
    )


@st.composite
def calls(draw):
    """Return a network and the arguments of a call, one in some of them out of place."""
    network = draw(networks())
    try:
        model = network.compile()
    except (EngineError, WiringError):
        return None
    members, states = draw(st.integers(0, 11)), len(model.state_names)
    doses = None
    if count := draw(st.integers(0, 3)):
        where = mostly(st.integers(0, states - 1), st.integers(-2, states))
        doses = Doses(
            [draw(where) for _ in range(count)],
            table(draw, members, count),
            table(draw, members, count),
            table(draw, members, count) * draw(st.sampled_from([0.0, 1.0])),
            [draw(st.integers(0, 2)) for _ in range(count)],
        )
    clock = st.lists(st.floats(0.0, 8.0), max_size=5).map(sorted)
    times = draw(mostly(clock, st.lists(NUMBERS, max_size=4)))
    arguments = {
        "parameters": table(draw, members, len(model.parameter_names)),
        "start": table(draw, members, states),
        "times": times,
        "doses": doses,
        "rtol": draw(mostly(st.sampled_from([1e-9, 1e-6, 1e-3, 0.3]), NUMBERS)),
        "max_steps": draw(mostly(st.integers(1, 300), st.integers(-1, 0))),
        "threads": draw(mostly(st.integers(1, 4), st.just(0))),
    }
    if draw(st.booleans()):
        arguments["keep"] = np.array(
            [[draw(mostly(MODEST, FEW_NUMBERS)) for _ in range(states)] for _ in range(2)]
        )
    if draw(st.booleans()):
        arguments["scale"] = [1e-3 + draw(mostly(MODEST, FEW_NUMBERS)) for _ in range(states)]
    if draw(st.integers(0, 2)) == 0:
        arguments["directions"] = Directions.along(model, model.parameter_names)
    return model, arguments


def check(call):
    """Solve a call, whatever it asks for; then again, in another way."""
    if call is None:
        event("a network that is refused")
        return
    model, arguments = call
    try:
        solution = solve(model, **arguments)
    except EngineError:
        event("a call that is refused")
        return
    members = len(arguments["start"])
    kept = len(arguments["keep"]) if "keep" in arguments else len(model.state_names)
    assert solution.amount.shape == (members, len(arguments["times"]), kept)
    known = np.isin(solution.status, [int(status) for status in Status])
    assert known.all()
    assert np.isnan(solution.amount[~solution.finished]).all()
    assert (solution.steps <= arguments["max_steps"]).all()
    if members:
        event("some members finish" if solution.finished.any() else "no member finishes")
    other = pickle.loads(pickle.dumps(model))
    again = solve(other, **(arguments | {"threads": 1, "instruction_set": "baseline"}))
    np.testing.assert_array_equal(again.amount, solution.amount)
    np.testing.assert_array_equal(again.status, solution.status)


@settings(QUIET, max_examples=60, derandomize=True)
@given(calls())
def test_a_network_and_its_numbers(call):
    check(call)


@pytest.mark.long
@settings(QUIET, max_examples=3000)
@given(calls())
def test_many_networks_and_their_numbers(call):
    check(call)
