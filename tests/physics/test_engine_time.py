"""Rates that depend on time, tables, events and kinds of dose: closed forms and the slow twin."""

import math

import numpy as np
import pytest
from scipy.special import erf

from exocast.engine.network import Network, exp, piecewise
from exocast.engine.solve import DoseKind, Doses, Status, solve
from exocast.errors import EngineError

TIMES = np.linspace(0.0, 10.0, 21)
BOTH = pytest.mark.parametrize("engine", ["native", "reference"])


def decay(network, rate):
    state = network.state("y", 1e-3)
    network.move(state, None, rate)
    return state


@BOTH
def test_a_rate_that_grows_with_time(engine):
    network = Network()
    decay(network, network.parameter("k") * network.time())
    solution = solve(network.compile(), [[0.3]], [[2.0]], TIMES, rtol=1e-9, engine=engine)
    np.testing.assert_allclose(
        solution.amount[0, :, 0], 2.0 * np.exp(-0.15 * TIMES**2), rtol=1e-7, atol=1e-9
    )


def test_the_order_is_kept_when_time_drives_the_rates():
    """Without the derivative by time on the tape a Rosenbrock method falls to order 1 or 2."""
    network = Network()
    state = network.state("y", 1.0, signed=True)
    time = network.time()
    network.flux(None, state, 50.0 * (exp(-time) - state))
    model = network.compile()
    end = np.array([2.0])
    errors, steps = [], []
    truth = (50.0 / 49.0) * (math.exp(-2.0) - math.exp(-100.0))
    for rtol in (1e-5, 1e-7, 1e-9, 1e-11):
        solution = solve(model, np.zeros((1, 0)), [[0.0]], end, rtol=rtol)
        errors.append(abs(solution.amount[0, 0, 0] - truth))
        steps.append(solution.steps[0])
    assert errors[-1] < 1e-11
    # Steps grow as rtol**(-1/5) or slower: 1e6 times tighter costs about 16 times the steps.
    assert steps[-1] < 25 * steps[0]


@BOTH
@pytest.mark.parametrize("kind", ["linear", "step"])
def test_a_table_is_followed_exactly_between_its_knots(engine, kind):
    network = Network()
    values = [1.0, network.parameter("middle"), 0.5]
    knots = [1.0, 4.0, 7.5]
    inflow = network.table(knots, values, kind)
    total = network.integral("total", inflow, 1e-3)
    model = network.compile()
    solution = solve(model, [[3.0], [0.2]], [[0.0], [0.0]], TIMES, rtol=1e-9, engine=engine)
    fine = np.linspace(0.0, 10.0, 200_001)
    for member, middle in enumerate((3.0, 0.2)):
        heights = np.array([1.0, middle, 0.5])
        if kind == "linear":
            curve = np.interp(fine, knots, heights)
        else:
            curve = heights[np.clip(np.searchsorted(knots, fine, side="right") - 1, 0, None)]
        area = np.concatenate([[0.0], np.cumsum(0.5 * (curve[1:] + curve[:-1]) * np.diff(fine))])
        expected = np.interp(TIMES, fine, area)
        np.testing.assert_allclose(
            solution.amount[member, :, total.position], expected, rtol=2e-5, atol=2e-5
        )
    if kind == "linear":  # a straight input is integrated to rounding: 2.5 + 3.5 + 0.5*2.5 ...
        exact = 1.0 + 0.5 * (1.0 + 3.0) * 3.0 + 0.5 * (3.0 + 0.5) * 3.5 + 0.5 * 2.5
        assert solution.amount[0, -1, 0] == pytest.approx(exact, rel=1e-9)


def test_a_table_that_jumps_between_two_steps_is_not_stepped_over():
    """A pulse a millionth of the run long is seen whole, because its knots are stop times."""
    network = Network()
    pulse = network.table([0.0, 5.0, 5.00001], [0.0, 1e5, 0.0], "step")
    network.integral("total", pulse, 1.0)
    solution = solve(network.compile(), np.zeros((1, 0)), [[0.0]], TIMES)
    np.testing.assert_allclose(solution.amount[0, -1, 0], 1.0, rtol=1e-9)


@BOTH
def test_an_event_is_found_on_the_dense_output(engine):
    """A sawtooth: filled at a constant rate, emptied each time it reaches 1."""
    network = Network()
    level = network.state("level", 1e-3)
    count = network.state("count", 1e-3)
    network.flux(None, level, network.parameter("inflow"))
    network.event(level - 1.0, {level: 0.0, count: count + 1.0})
    rates = np.array([[0.37], [0.93]])
    solution = solve(network.compile(), rates, np.zeros((2, 2)), TIMES, rtol=1e-8, engine=engine)
    whole = np.floor(rates * TIMES)
    np.testing.assert_allclose(solution.amount[:, :, 1], whole, atol=1e-6)
    np.testing.assert_allclose(solution.amount[:, :, 0], rates * TIMES - whole, atol=1e-6)


@BOTH
def test_a_dose_can_set_off_an_event_and_one_event_another(engine):
    network = Network()
    first, second = network.state("first", 1e-3), network.state("second", 1e-3)
    third = network.state("third", 1e-3)
    network.event(first - 2.0, {first: 0.0, second: second + 5.0})
    network.event(second - 4.0, {third: third + second})
    doses = Doses(state=[0, 0], time=[1.0, 3.0], amount=[1.5, 1.5])
    solution = solve(
        network.compile(),
        np.zeros((1, 0)),
        np.zeros((1, 3)),
        [0.0, 2.0, 3.0, 5.0],
        doses,
        engine=engine,
    )
    np.testing.assert_allclose(
        solution.amount[0], [[0, 0, 0], [1.5, 0, 0], [0, 5, 5], [0, 5, 5]], atol=1e-12
    )


@BOTH
def test_events_that_circle_are_a_status(engine):
    network = Network()
    a, b = network.state("a", 1.0), network.state("b", 1.0)
    network.event(a - 1.0, {a: 0.0, b: 2.0})
    network.event(b - 1.0, {b: 0.0, a: 2.0})
    doses = Doses(state=[0], time=[1.0], amount=[2.0])
    solution = solve(
        network.compile(),
        np.zeros((2, 0)),
        [[0.0, 0.0], [0.0, 0.0]],
        [0.0, 2.0],
        doses,
        engine=engine,
    )
    assert set(solution.status) == {int(Status.EVENT_CIRCLE)}
    assert "Events set one another off" in next(iter(solution.advice().values()))


@BOTH
def test_doses_that_set_and_reset(engine):
    """A reset empties every state and ends what runs; what is listed after it stays."""
    network = Network()
    a, b = network.state("a", 1e-3), network.state("b", 1e-3)
    rate = 0.5
    network.move(a, b, rate)
    doses = Doses(
        state=[0, 0, 1, 0, 0],
        time=[0.0, 1.0, 2.0, 4.0, 4.0],
        amount=[10.0, 6.0, 7.0, 0.0, 4.0],
        duration=[0.0, 6.0, 0.0, 0.0, 2.0],
        kind=[DoseKind.ADD, DoseKind.ADD, DoseKind.SET, DoseKind.RESET, DoseKind.ADD],
    )
    times = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0])
    solution = solve(
        network.compile(), np.zeros((1, 0)), [[0.0, 0.0]], times, doses, rtol=1e-10, engine=engine
    )
    fade = np.exp(-rate)
    at_two = 10.0 * fade**2 + (1.0 / rate) * (1.0 - fade)
    at_three = at_two * fade + (1.0 / rate) * (1.0 - fade)
    at_five = (2.0 / rate) * (1.0 - fade)
    at_six = at_five * fade + (2.0 / rate) * (1.0 - fade)
    expected = [10.0, 10.0 * fade, at_two, at_three, 0.0, at_five, at_six, at_six * fade**3]
    np.testing.assert_allclose(solution.amount[0, :, 0], expected, rtol=1e-8, atol=1e-9)
    assert solution.amount[0, 2, 1] == 7.0
    np.testing.assert_allclose(solution.amount[0, -1].sum(), 4.0, rtol=1e-9)


def test_a_dose_at_infinity_never_comes():
    network = Network()
    decay(network, 0.1)
    doses = Doses(state=[0, 0], time=[[1.0, np.inf], [np.inf, np.inf]], amount=[1.0, np.nan])
    solution = solve(network.compile(), np.zeros((2, 0)), np.ones((2, 1)), [0.0, 2.0], doses)
    assert solution.finished.all()
    assert solution.amount[1, 1, 0] == pytest.approx(math.exp(-0.2), rel=1e-5)


def test_an_amount_is_not_taken_below_zero():
    """A constant removal empties the state; the member says so instead of going negative."""
    network = Network()
    state = network.state("y", 1e-3)
    network.flux(state, None, 1.0)
    solution = solve(network.compile(), np.zeros((1, 0)), [[5.0]], [0.0, 4.0, 6.0])
    assert solution.status[0] == Status.STEP_UNDERFLOW
    assert "signed" in Status.STEP_UNDERFLOW.advice
    free = Network()
    state = free.state("y", 1e-3, signed=True)
    free.flux(state, None, 1.0)
    solution = solve(free.compile(), np.zeros((1, 0)), [[5.0]], [0.0, 4.0, 6.0])
    np.testing.assert_allclose(solution.amount[0, :, 0], [5.0, 1.0, -1.0], rtol=1e-12)


def test_twins_agree_where_everything_happens_at_once():
    network = Network()
    a, b = network.state("a", 1.0), network.state("b", 1.0)
    time = network.time()
    warm = network.table([0.0, 5.0, 10.0], [1.0, network.parameter("mid"), 2.0])
    valve = network.table([3.0, 6.0], [1.0, 0.5], "step")
    gate = piecewise((1.0, 7.0, time), (0.5, 9.0, time), otherwise=2.0)
    network.flux(a, b, network.parameter("k") * warm * a * exp(-0.1 * time) * valve)
    network.move(b, None, 0.1 + 0.0 * gate)
    network.event(b - 3.0, {a: a + 1.0, b: 0.0})
    random = np.random.default_rng(3)
    parameters = random.uniform(0.3, 1.5, (19, 2))
    start = np.tile([5.0, 0.0], (19, 1))
    doses = Doses(
        [0, 0, 1, 0], [2.0, 7.0, 9.0, 12.0], [3.0, 4.0, 0.5, 0.0], [0, 8.0, 0, 0], [0, 0, 1, 2]
    )
    times = np.linspace(0.0, 20.0, 41)
    model = network.compile()
    native = solve(model, parameters, start, times, doses, rtol=1e-9)
    twin = solve(model, parameters, start, times, doses, rtol=1e-10, engine="reference")
    np.testing.assert_allclose(native.amount, twin.amount, atol=1e-7)
    for threads, some in ((2, random.permutation(19)), (1, np.arange(7))):
        again = solve(
            model, parameters[some], start[some], times, doses, rtol=1e-9, threads=threads
        )
        assert np.array_equal(again.amount, native.amount[some])
    for name in ("baseline", "avx2"):
        try:
            again = solve(model, parameters, start, times, doses, rtol=1e-9, instruction_set=name)
        except EngineError:
            continue
        assert np.array_equal(again.amount, native.amount)


@pytest.mark.parametrize(
    ("times", "values", "says"),
    [
        ([1.0, 1.0], [0.0, 1.0], "increase"),
        ([1.0], [0.0, 1.0], "one value a knot"),
        ([0.0, np.nan], [0.0, 1.0], "finite"),
    ],
)
def test_a_bad_table_is_refused(times, values, says):
    with pytest.raises(EngineError, match=says):
        Network().table(times, values)


def test_a_logistic_front_driven_by_an_error_function():
    """The integral of exp(-t^2) is known: ∂f/∂t enters at every stage."""
    network = Network()
    time = network.time()
    total = network.integral("total", exp(-(time * time)), 1e-6)
    solution = solve(network.compile(), np.zeros((1, 0)), [[0.0]], TIMES, rtol=1e-9)
    np.testing.assert_allclose(
        solution.amount[0, :, total.position], 0.5 * math.sqrt(math.pi) * erf(TIMES), atol=1e-8
    )


@pytest.mark.parametrize("moment", [0.7, 1.1, 2.0, 3.0])
@pytest.mark.parametrize("ulps", [1, 2])
def test_an_event_a_rounding_before_a_dose_does_not_lose_the_dose(moment, ulps):
    network = Network()
    dosed, reset = network.state("dosed", 1e-3), network.state("reset", 1e-3)
    network.move(dosed, None, 0.0)
    network.flux(None, reset, 1.0)
    sooner = moment
    for _ in range(ulps):
        sooner = np.nextafter(sooner, 0.0)
    network.event(network.time() - sooner, {reset: 0.0})
    bolus = Doses([0], [moment], [7.0])
    solution = solve(
        network.compile(), np.zeros((1, 0)), np.zeros((1, 2)), [moment, moment + 1], bolus
    )
    assert solution.amount[0, 1, 0] == 7.0
    assert solution.amount[0, 1, 1] == pytest.approx(1.0)
