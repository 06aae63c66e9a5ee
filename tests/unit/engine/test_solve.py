"""The door of the engine: shapes, doses, kept combinations, statuses and messages."""

import signal
import sys
import threading

import numpy as np
import pytest
from scipy import sparse

from exocast.engine.network import Network
from exocast.engine.solve import Doses, Solution, Status, solve
from exocast.errors import EngineError

ENGINES = ("native", "reference")
INDEXES = (
    "kept",
    "rate_code",
    "slope_code",
    "row_index",
    "row_constant",
    "entry_index",
    "column",
    "order",
    "diagonal",
    "row_start",
    "entry_shape",
    "row_shape",
)
TIMES = np.array([0.0, 0.5, 1.0, 3.0])


def decay():
    """Two pools in a row, the second saturable."""
    network = Network()
    a, b, c = (network.state(name, 1e-3) for name in "abc")
    network.move(a, b, network.parameter("k"))
    network.move(b, c, network.parameter("most") / (network.parameter("half") + b))
    return network.compile()


@pytest.fixture(scope="module")
def model():
    return decay()


@pytest.fixture(scope="module")
def parameters():
    return np.random.default_rng(1).uniform(0.5, 2.0, (11, 3))


@pytest.fixture(scope="module")
def start(parameters):
    return np.random.default_rng(2).uniform(1.0, 5.0, parameters.shape)


def test_what_is_printed_fits_a_line(model, parameters, start):
    solution = solve(model, parameters, start, TIMES)
    assert repr(solution).startswith("Solution(11 of 11 members finished; amount 11 x 4 x 3, ")
    assert "tape" not in repr(model)


@pytest.mark.parametrize("engine", ENGINES)
def test_everything_is_kept_by_default(model, parameters, start, engine):
    solution = solve(model, parameters, start, TIMES, engine=engine)
    assert solution.amount.shape == (11, 4, 3)
    assert solution.status.tolist() == [0] * 11
    assert np.all(solution.steps > 0)
    assert solution.finished.all()
    assert solution.advice() == {}
    np.testing.assert_array_equal(solution.amount[:, 0], start)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array, sparse.coo_matrix])
def test_kept_combinations_are_those_of_the_full_output(model, parameters, start, engine, kind):
    weights = np.array([[0.0, 0.0, 2.0], [1.0, -1.0, 0.5], [0.0, 0.0, 0.0]])
    full = solve(model, parameters, start, TIMES, engine=engine).amount
    some = solve(model, parameters, start, TIMES, keep=kind(weights), engine=engine).amount
    np.testing.assert_allclose(some, full @ weights.T, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("engine", ENGINES)
def test_keeping_nothing_still_gives_statuses(model, parameters, start, engine):
    solution = solve(model, parameters, start, TIMES, keep=np.zeros((0, 3)), engine=engine)
    assert solution.amount.shape == (11, 4, 0)
    assert solution.finished.all()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_batch_and_no_times(model, engine):
    empty = solve(model, np.zeros((0, 3)), np.zeros((0, 3)), TIMES, engine=engine)
    assert empty.amount.shape == (0, 4, 3)
    none = solve(model, np.ones((2, 3)), np.ones((2, 3)), [], engine=engine)
    assert none.amount.shape == (2, 0, 3)
    assert none.finished.all()
    only = solve(model, np.ones((2, 3)), np.ones((2, 3)), [0.0, 0.0], engine=engine)
    np.testing.assert_array_equal(only.amount, 1.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_times_may_differ_and_repeat(model, parameters, start, engine):
    own = np.sort(np.random.default_rng(3).uniform(0.1, 3.0, (11, 5)), axis=1)
    own[3, 2:4] = own[3, 2]
    together = solve(model, parameters, start, own, engine=engine, rtol=1e-9).amount
    for member in (0, 3, 10):
        alone = solve(
            model, parameters[[member]], start[[member]], own[member], engine=engine, rtol=1e-9
        )
        np.testing.assert_array_equal(alone.amount[0], together[member])
    np.testing.assert_array_equal(together[3, 2], together[3, 3])


@pytest.mark.parametrize("engine", ENGINES)
def test_the_amount_at_a_bolus_is_the_one_after_it(model, engine):
    doses = Doses([0, 1, 0], time=[1.0, -3.0, 3.0], amount=[7.0, 2.0, 5.0])
    solution = solve(model, [[1.0, 1.0, 1.0]], np.zeros((1, 3)), TIMES, doses, engine=engine)
    np.testing.assert_allclose(solution.amount[0, :, 0], [0, 0, 7, 7 * np.exp(-2) + 5], rtol=1e-5)
    assert solution.amount[0, 0, 1] == 2.0


@pytest.mark.parametrize("engine", ENGINES)
def test_doses_after_the_last_time_do_nothing(model, parameters, start, engine):
    late = Doses([0, 2], time=[9.0, 3.5], amount=[1.0, 1.0], duration=[0.0, 1.0])
    with_dose = solve(model, parameters, start, TIMES, late, engine=engine)
    without = solve(model, parameters, start, TIMES, engine=engine)
    np.testing.assert_array_equal(with_dose.amount, without.amount)


def test_a_short_infusion_is_a_bolus(model):
    options = {"rtol": 1e-9}
    begin = np.zeros((1, 3))
    numbers = [[1.0, 1.0, 1.0]]
    bolus = solve(model, numbers, begin, [2.0], Doses([0], [1.0], [5.0]), **options)
    for duration in (1e-9, 1e-13, 1e-16, 1e-300):
        short = solve(model, numbers, begin, [2.0], Doses([0], [1.0], [5.0], duration), **options)
        np.testing.assert_allclose(short.amount, bolus.amount, rtol=1e-7)


def test_a_scale_may_be_given_for_each_member(model, parameters, start):
    coarse = solve(model, parameters, start, TIMES, scale=np.full(3, 1e4))
    fine = solve(model, parameters, start, TIMES, scale=np.full((11, 3), 1e-3))
    assert coarse.steps.sum() < fine.steps.sum()
    np.testing.assert_array_equal(fine.amount, solve(model, parameters, start, TIMES).amount)


def explosion():
    """y' = k*y**2 runs to infinity at 1/(k*y0); z decays beside it."""
    network = Network()
    y, z = network.state("y", 1e-3), network.state("z", 1e-3)
    k = network.parameter("k")
    network.flux(None, y, k * y * y)
    network.move(z, None, network.parameter("loss"))
    return network.compile()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_member_that_fails_is_a_status_and_disturbs_nobody(engine):
    model = explosion()
    numbers = np.tile([0.1, 1.0], (13, 1))
    begin = np.tile([1.0, 2.0], (13, 1))
    calm = solve(model, numbers, begin, TIMES, engine=engine)
    assert calm.finished.all()
    numbers[3, 0] = 0.5
    numbers[5, 0] = np.nan
    begin[7, 1] = np.inf
    mixed = solve(model, numbers, begin, TIMES, engine=engine, max_steps=2000)
    assert mixed.status[3] != Status.FINISHED
    if engine == "native":
        assert mixed.status[3] == Status.STEP_UNDERFLOW
    assert mixed.status[5] == mixed.status[7] == Status.NOT_FINITE
    failed = [3, 5, 7]
    assert np.isnan(mixed.amount[failed]).all()
    rest = np.setdiff1d(np.arange(13), failed)
    np.testing.assert_array_equal(mixed.amount[rest], calm.amount[rest])
    np.testing.assert_array_equal(mixed.steps[rest], calm.steps[rest])
    assert set(mixed.advice()) == set(map(Status, mixed.status[failed]))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_step_limit_is_a_status(model, parameters, start, engine):
    solution = solve(model, parameters, start, TIMES, max_steps=5, engine=engine)
    assert np.all(solution.status == Status.TOO_MANY_STEPS)
    assert np.all(solution.steps == 5)
    assert np.isnan(solution.amount).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_zero_volume_is_not_finite(engine):
    network = Network()
    a, b = network.state("a", 1.0), network.state("b", 1.0)
    network.move(a, b, network.parameter("flow") / network.parameter("volume"))
    model = network.compile()
    solution = solve(model, [[1.0, 0.0], [1.0, 1.0]], np.ones((2, 2)), [1.0], engine=engine)
    assert solution.status.tolist() == [Status.NOT_FINITE, Status.FINISHED]


def test_a_matrix_without_diagonal_pivots_is_survived():
    """x' = w*y, y' = -w*x + ...: with tiny 1/h the diagonal would vanish without pivoting."""
    network = Network()
    x = network.state("x", 1e-6, signed=True)
    y = network.state("y", 1e-6, signed=True)
    network.flux(None, x, 5.0 * y)
    network.flux(None, y, -5.0 * x)
    solution = solve(network.compile(), np.zeros((1, 0)), [[1.0, 0.0]], TIMES, rtol=1e-9)
    np.testing.assert_allclose(solution.amount[0, :, 0], np.cos(5 * TIMES), atol=1e-6)


def test_nan_amounts_and_durations_are_statuses(model):
    begin = np.ones((3, 3))
    numbers = np.ones((3, 3))
    doses = Doses([0], [1.0], [[1.0], [np.nan], [1.0]], [[1.0], [1.0], [np.nan]])
    for engine in ENGINES:
        solution = solve(model, numbers, begin, TIMES, doses, engine=engine)
        assert solution.status.tolist() == [0, Status.NOT_FINITE, Status.NOT_FINITE]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": np.ones((2, 4))}, r"parameters has shape \(2, 4\), expected \(2, 3\)"),
        ({"parameters": np.ones(3)}, "parameters needs 2 axes"),
        ({"parameters": [["a", "b", "c"]]}, "not an array of numbers"),
        ({"start": np.ones((3, 3))}, "start has shape"),
        ({"times": [1.0, 0.5]}, "not decreasing"),
        ({"times": [-1.0, 0.5]}, "not negative"),
        ({"times": [np.nan]}, "finite"),
        ({"times": np.ones((3, 2))}, "times has shape"),
        ({"times": np.ones((2, 2, 2))}, "times needs 2 axes"),
        ({"rtol": 0.0}, "rtol"),
        ({"scale": [1.0, 0.0, 1.0]}, "scale must be positive"),
        ({"scale": [1.0, 1.0]}, "scale has shape"),
        ({"max_steps": 0}, "max_steps"),
        ({"threads": 0}, "threads"),
        ({"engine": "other"}, "no engine 'other'"),
        ({"instruction_set": "mmx"}, "does not run 'mmx'; available: baseline"),
        ({"keep": np.ones((1, 2))}, "keep has shape"),
        ({"keep": sparse.csr_array(np.ones((1, 4)))}, "keep has shape"),
        ({"keep": [[np.nan, 1.0, 1.0]]}, "keep must hold finite"),
        ({"doses": Doses([3], [0.0], [1.0])}, "outside 0 to 2"),
        ({"doses": Doses([-1], [0.0], [1.0])}, "outside 0 to 2"),
        ({"doses": Doses([0.0], [0.0], [1.0])}, "whole numbers"),
        ({"doses": Doses([0], [0.0, 1.0], [1.0])}, r"doses.time has shape \(2,\)"),
        ({"doses": Doses([0], [0.0], np.ones((3, 1)))}, r"doses.amount has shape \(3, 1\)"),
        ({"doses": Doses([0], [0.0], [1.0], -1.0)}, "must not be negative"),
    ],
)
def test_malformed_input_raises(model, changes, message):
    given = {"parameters": np.ones((2, 3)), "start": np.ones((2, 3)), "times": TIMES} | changes
    with pytest.raises(EngineError, match=message):
        solve(model, **given)


def test_without_compiled_code_the_message_says_how_to_build(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "exocast.engine._native", None)
    monkeypatch.delattr(sys.modules["exocast.engine"], "_native", raising=False)
    with pytest.raises(EngineError, match=r"pip install .*engine=\"reference\""):
        solve(model, np.ones((1, 3)), np.ones((1, 3)), TIMES)


def test_every_status_has_advice():
    for status in Status:
        assert status.advice.endswith(".")
    solution = Solution(
        np.zeros((1, 1, 1)), np.array([2], np.int32), np.array([1]), np.zeros((1, 1, 1, 0))
    )
    assert list(solution.advice()) == [Status.TOO_MANY_STEPS]


def test_a_damaged_tape_is_refused(model):
    from dataclasses import fields, replace

    from exocast.engine import _native

    tape = model.tape
    for name in INDEXES:
        array = getattr(tape, name).copy()
        array.flat[-1] = 10_000
        damaged = replace(tape, **{name: array})
        with pytest.raises(ValueError, match="tape is damaged"):
            _native.Program(*(getattr(damaged, item.name) for item in fields(damaged)))


@pytest.mark.skipif(
    not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread(),
    reason="needs interval timers in the main thread",
)
def test_a_long_run_can_be_interrupted(model):
    def stop(*_):
        raise KeyboardInterrupt

    members = 200_000
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            solve(model, np.ones((members, 3)), np.ones((members, 3)), [1e3], threads=2, rtol=1e-12)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
