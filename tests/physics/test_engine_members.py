"""A member's bits depend on its own inputs only."""

import numpy as np
import pytest

from exocast.engine.network import Network, exp, log, sqrt
from exocast.engine.solve import Doses, solve

MEMBERS = 53  # not a multiple of the eight lanes


@pytest.fixture(scope="module")
def batch():
    """Members of very different speed, each with times and doses of its own."""
    network = Network()
    a, b, c, d = (network.state(name, 1e-3) for name in "abcd")
    k = network.parameter("k")
    network.move(a, b, k / (network.parameter("half") + a + b))
    network.move(b, c, network.parameter("fast") * exp(-a) + k ** network.parameter("power"))
    network.move(c, a, 0.1 * log(1 + c * c) + sqrt(d + 1) * (1 + b) ** network.parameter("power"))
    cargo = network.passenger("cargo", [a, b, c], {c: (k, d)}, scale=1e-3)
    assert cargo.copies is None
    model = network.compile()
    random = np.random.default_rng(17)
    return {
        "model": model,
        "parameters": np.exp(random.normal(0, 1.5, (MEMBERS, len(model.parameter_names)))) * 0.5,
        "start": random.uniform(0, 5, (MEMBERS, len(model.state_names))),
        "times": np.sort(random.uniform(0, 10, (MEMBERS, 9)), axis=1),
        "time": random.uniform(-1, 10, (MEMBERS, 2)),
        "amount": random.uniform(0, 5, (MEMBERS, 2)),
        "duration": random.uniform(0, 2, (MEMBERS, 2)) * [0, 1],
        "scale": np.exp(random.uniform(-8, 0, (MEMBERS, len(model.state_names)))),
    }


def run(batch, members, **options):
    return solve(
        batch["model"],
        batch["parameters"][members],
        batch["start"][members],
        batch["times"][members],
        Doses([0, 4], batch["time"][members], batch["amount"][members], batch["duration"][members]),
        scale=batch["scale"][members],
        **options,
    )


def same(one, other, members=slice(None)):
    assert one.amount[members].tobytes() == other.amount.tobytes()
    assert one.steps[members].tolist() == other.steps.tolist()
    assert one.status[members].tolist() == other.status.tolist()


@pytest.fixture(scope="module")
def whole(batch):
    solution = run(batch, np.arange(MEMBERS))
    assert solution.finished.all()
    assert solution.steps.max() > 2 * solution.steps.min()
    return solution


def test_order_does_not_matter(batch, whole):
    order = np.random.default_rng(1).permutation(MEMBERS)
    same(whole, run(batch, order), order)


def test_splitting_does_not_matter(batch, whole):
    for first, last in ((0, 1), (1, 4), (4, 40), (40, MEMBERS)):
        members = np.arange(first, last)
        same(whole, run(batch, members), members)


def test_neighbours_do_not_matter(batch, whole):
    crowd = np.full(17, 3)
    crowd[11] = 29
    same(whole, run(batch, crowd), crowd)


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_do_not_matter(batch, whole, threads):
    same(whole, run(batch, np.arange(MEMBERS), threads=threads))


def test_instruction_sets_do_not_matter(batch, whole):
    from exocast.engine import _native

    sets = _native.instruction_sets()
    assert sets[0] == "baseline"
    for name in sets:
        same(whole, run(batch, np.arange(MEMBERS), instruction_set=name))


def test_keeping_less_does_not_change_what_is_kept(batch, whole):
    corner = np.zeros((1, len(batch["model"].state_names)))
    corner[0, 2] = 1.0
    some = run(batch, np.arange(MEMBERS), keep=corner)
    assert some.amount[:, :, 0].tobytes() == whole.amount[:, :, 2].tobytes()
    assert some.steps.tolist() == whole.steps.tolist()


def test_runs_repeat_and_leave_floating_point_alone(batch, whole):
    same(whole, run(batch, np.arange(MEMBERS), threads=2))
    tiny = np.array([1e-310])
    assert (tiny * 1.0)[0] > 0.0  # denormal numbers still exist after the machine ran
