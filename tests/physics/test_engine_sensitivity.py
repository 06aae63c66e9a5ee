"""Exact derivatives of the computed solution: closed forms, same-step differences, order."""

import numpy as np
import pytest

from exocast.engine.differences import central_differences
from exocast.engine.network import Network, exp, log, maximum, minimum, piecewise, sqrt
from exocast.engine.problem import Directions, pose
from exocast.engine.solve import Doses, solve, solve_native
from exocast.errors import EngineError

TIMES = np.array([0.0, 0.7, 2.0, 3.1, 5.0, 8.0])


def everything():
    """A network that uses every operation, tables and time."""
    network = Network()
    a, b, c = (network.state(name, 1e-2) for name in "abc")
    k, most, half, power = (network.parameter(name) for name in ("k", "most", "half", "power"))
    time = network.time()
    warm = network.table([0.0, 2.5, 6.0], [1.0, network.parameter("mid"), 0.4])
    valve = network.table([1.0, 4.0], [network.parameter("open"), 0.7], "step")
    network.move(a, b, k * warm)
    network.flux(b, c, most * b**power / (half**power + b**power))
    network.flux(c, a, 0.2 * sqrt(c) * exp(-0.1 * time * k) * valve)
    network.flux(None, b, 0.05 * log(1.0 + a) + minimum(0.1 * k, a))
    network.move(c, None, maximum(0.05, 0.1 * half * piecewise((1.0, a, 2.0), otherwise=1.0)))
    network.flux(None, c, 0.3 / (1.0 + most * time))
    return network.compile()


def typical(model, members):
    random = np.random.default_rng(11)
    numbers = {"k": 0.8, "most": 1.5, "half": 1.2, "power": 1.7, "mid": 1.6, "open": 1.3}
    centre = np.array([numbers[name] for name in model.parameter_names])
    return centre * np.exp(0.2 * random.standard_normal((members, len(centre))))


def test_a_closed_form():
    """y = A*exp(-k*t): derivatives by k, by the start and by a dose."""
    network = Network()
    state = network.state("y", 1e-6)
    network.move(state, None, network.parameter("k"))
    directions = Directions(
        parameter=[[1.0, 0.0, 0.0]], start=[[0.0, 1.0, 0.0]], dose_amount=[[0.0, 0.0, 1.0]]
    )
    rates = np.array([[0.3], [1.1]])
    solution = solve(
        network.compile(),
        rates,
        [[2.0], [2.0]],
        TIMES,
        Doses([0], [1.0], [3.0]),
        rtol=1e-10,
        directions=directions,
    )
    after = np.clip(TIMES - 1.0, 0.0, None)
    dosed = (TIMES >= 1.0) * np.exp(-rates * after)
    whole = np.exp(-rates * TIMES)
    by_rate = -2.0 * TIMES * whole - 3.0 * after * dosed
    np.testing.assert_allclose(
        solution.sensitivity[:, :, 0], np.stack([by_rate, whole, dosed], axis=-1), atol=1e-8
    )


def test_the_moment_of_a_dose():
    """A lag and a duration that are estimated: the derivative jumps where the dose does."""
    network = Network()
    gut, blood = network.state("gut", 1e-6), network.state("blood", 1e-6)
    network.move(gut, blood, 0.9)
    network.move(blood, None, 0.4)
    model = network.compile()
    doses = {"state": [0, 1], "amount": [5.0, 4.0]}

    def run(lag, length, directions=None):
        given = Doses(time=[1.0 + lag, 1.5 + lag], duration=[0.0, length], **doses)
        return solve(
            model, np.zeros((1, 0)), [[0.0, 0.0]], TIMES, given, rtol=1e-11, directions=directions
        )

    by = Directions(
        np.zeros((0, 2)), dose_time=[[1.0, 0.0], [1.0, 0.0]], dose_duration=[[0.0, 0.0], [0.0, 1.0]]
    )
    with pytest.raises(EngineError, match="duration of a bolus"):
        run(0.0, 2.0, by)
    by = Directions(np.zeros((0, 1)), dose_time=[[1.0], [1.0]])
    exact = run(0.2, 2.0, by).sensitivity[..., 0]
    slope = (run(0.2 + 1e-5, 2.0).amount - run(0.2 - 1e-5, 2.0).amount) / 2e-5
    np.testing.assert_allclose(exact, slope, atol=3e-6)
    assert np.abs(exact).max() > 1.0

    infusion = {"state": [1], "time": [1.5], "amount": [4.0]}
    by = Directions(np.zeros((0, 1)), dose_duration=[[1.0]])
    exact = solve(
        model,
        np.zeros((1, 0)),
        [[0.0, 0.0]],
        TIMES,
        Doses(duration=2.0, **infusion),
        rtol=1e-11,
        directions=by,
    ).sensitivity[..., 0]
    ends = [
        solve(
            model,
            np.zeros((1, 0)),
            [[0.0, 0.0]],
            TIMES,
            Doses(duration=2.0 + shift, **infusion),
            rtol=1e-11,
        ).amount
        for shift in (1e-5, -1e-5)
    ]
    np.testing.assert_allclose(exact, (ends[0] - ends[1]) / 2e-5, atol=3e-6)


@pytest.mark.parametrize("rtol", [1e-3, 1e-6, 1e-9])
def test_they_are_those_of_the_computed_solution(rtol):
    """They match differences on the same steps at every tolerance, not only at tight ones."""
    model = everything()
    parameters = typical(model, 11)
    start = np.tile([3.0, 0.5, 0.2], (11, 1))
    names = list(model.parameter_names)
    directions = Directions.along(model, names)
    starts = np.zeros((3, len(names)))
    starts[0, 2] = 1.0  # one direction moves a parameter and a start together
    amounts = np.zeros((2, len(names)))
    amounts[1, 1] = 2.0
    directions = Directions(directions.parameter, start=starts, dose_amount=amounts)
    doses = Doses([0, 1], [0.5, 2.0], [1.0, 3.0], [0.0, 1.5])
    keep = np.array([[1.0, 0, 0], [0, 1.0, 1.0]])
    problem = pose(model, parameters, start, TIMES, doses, keep, rtol, None, 100_000, directions)
    exact = solve(
        model, parameters, start, TIMES, doses, keep, rtol=rtol, directions=directions
    ).sensitivity
    twin = central_differences(model, problem)
    assert exact.shape == (11, 6, 2, len(names))
    np.testing.assert_allclose(exact, twin, rtol=1e-6, atol=1e-8)


def test_they_converge_with_the_order_of_the_method():
    """Reusing the factorisation without its own derivative would fall to order 2."""
    model = everything()
    parameters = typical(model, 1)
    start = [[3.0, 0.5, 0.2]]
    directions = Directions.along(model, ["k", "most"])
    last = np.array([0.9])
    truth = solve(model, parameters, start, last, rtol=1e-13, directions=directions).sensitivity
    problem = pose(model, parameters, start, last, None, None, 1e-6, None, 10_000, directions)
    errors = []
    counts = np.array([8, 16, 32])
    for count in counts:
        steps = np.full((1, count), 0.9 / count)
        steps[0, -1] *= -1.0
        solution, _ = solve_native(model, problem, replay=steps)
        errors.append(np.abs(solution.sensitivity - truth).max())
    order = np.log2(np.array(errors[:-1]) / errors[1:])
    assert order.min() > 4.3, (order, errors)


def test_bits_depend_on_the_member_alone():
    model = everything()
    parameters = typical(model, 21)
    start = np.tile([3.0, 0.5, 0.2], (21, 1))
    directions = Directions.along(model, ["k", "half", "mid"])
    options = {"rtol": 1e-6, "directions": directions}
    base = solve(model, parameters, start, TIMES, **options)
    plain = solve(model, parameters, start, TIMES, rtol=1e-6)
    assert np.array_equal(base.amount, plain.amount)
    assert plain.sensitivity.shape == (21, 6, 3, 0)
    some = np.random.default_rng(0).permutation(21)[:13]
    for change in ({"threads": 2}, {"instruction_set": "baseline"}, {"instruction_set": "avx2"}):
        try:
            again = solve(model, parameters[some], start[some], TIMES, **options, **change)
        except EngineError:
            continue
        assert np.array_equal(again.sensitivity, base.sensitivity[some])


def test_a_failed_member_has_no_derivatives():
    network = Network()
    state = network.state("y", 1.0)
    network.flux(None, state, network.parameter("k") * state * state)
    model = network.compile()
    solution = solve(
        model,
        [[1.0], [0.01]],
        [[1.0], [1.0]],
        [0.5, 2.0],
        directions=Directions.along(model, ["k"]),
    )
    assert np.isnan(solution.sensitivity[0]).all()
    y = 1.0 / (1.0 - 0.01 * 2.0)
    assert solution.sensitivity[1, 1, 0, 0] == pytest.approx(2.0 * y * y, rel=1e-5)


def test_what_cannot_be_differentiated_is_refused():
    network = Network()
    state = network.state("y", 1.0)
    network.move(state, None, network.parameter("k"))
    network.event(1.0 - state, {state: 2.0})
    model = network.compile()
    with pytest.raises(EngineError, match="events is not differentiated"):
        solve(model, [[1.0]], [[1.0]], [1.0], directions=Directions.along(model, ["k"]))
    with pytest.raises(EngineError, match="no parameter `kk`"):
        Directions.along(model, ["kk"])


def test_a_run_that_takes_too_long_is_given_up():
    network = Network()
    a, b = network.state("a", 1e-9, signed=True), network.state("b", 1e-9, signed=True)
    network.flux(None, a, 1e6 * b)
    network.flux(None, b, -1e6 * a)
    with pytest.raises(EngineError, match=r"The time is up: 0\.2 s"):
        solve(
            network.compile(),
            np.zeros((1, 0)),
            [[1.0, 0.0]],
            [1e3],
            rtol=1e-10,
            max_steps=10**12,
            seconds=0.2,
        )


def test_a_moment_of_a_dose_where_rates_depend_on_time():
    """y = D exp(-k (t^2 - d^2) / 2) after a bolus at d, so dy/dd = k d y."""
    network = Network()
    amount = network.state("amount", 1e-6)
    network.move(amount, None, network.parameter("k") * network.time())
    model = network.compile()
    moments = np.array([[0.7, 1.9], [0.0, 3.0]])
    k, sizes = np.array([0.3, 0.8]), np.array([2.0, 5.0])
    solution = solve(
        model,
        k[:, None],
        np.zeros((2, 1)),
        [4.0],
        Doses([0, 0], moments, sizes),
        rtol=1e-9,
        directions=Directions(np.zeros((1, 1)), dose_amount=None, dose_time=np.ones((2, 1))),
    )
    each = sizes * np.exp(-k[:, None] * (16.0 - moments**2) / 2)
    np.testing.assert_allclose(solution.amount[:, 0, 0], each.sum(axis=1), rtol=1e-7)
    wanted = (k[:, None] * moments * each).sum(axis=1)
    assert solution.sensitivity is not None
    np.testing.assert_allclose(solution.sensitivity[:, 0, 0, 0], wanted, rtol=1e-6)
