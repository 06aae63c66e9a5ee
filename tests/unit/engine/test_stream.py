"""Blocks of members: the same bits as one call, whatever the size of the block."""

import numpy as np
import pytest

from exocast.engine.network import Network
from exocast.engine.problem import Directions
from exocast.engine.solve import Doses, solve
from exocast.engine.stream import solve_in_blocks
from exocast.errors import EngineError


@pytest.fixture
def model():
    network = Network()
    a, b = network.state("a", 1e-3), network.state("b", 1e-3)
    network.move(a, b, network.parameter("k") / (1.0 + a))
    network.move(b, None, network.parameter("q"))
    return network.compile()


@pytest.mark.parametrize("block", [1, 7, 23, 100])
def test_blocks_are_one_call_in_parts(model, block):
    random = np.random.default_rng(5)
    members = 23
    given = {
        "parameters": random.uniform(0.1, 2.0, (members, 2)),
        "times": np.sort(random.uniform(0.0, 9.0, (members, 4)), axis=1),
        "doses": Doses([0, 1], random.uniform(0, 3, (members, 2)), [1.0, 2.0], 0.5),
        "directions": Directions(np.eye(2), dose_amount=random.standard_normal((members, 2, 2))),
        "scale": random.uniform(1e-3, 1e-2, (members, 2)),
    }
    start = random.uniform(0.0, 2.0, (members, 2))
    whole = solve(model, start=start, **given)
    seen = []
    for chosen, part in solve_in_blocks(model, start=start, block=block, **given):
        seen.extend(range(members)[chosen])
        assert np.array_equal(part.amount, whole.amount[chosen])
        assert np.array_equal(part.sensitivity, whole.sensitivity[chosen])
        assert np.array_equal(part.steps, whole.steps[chosen])
    assert seen == list(range(members))


def test_one_start_serves_all_and_nothing_runs_before_it_is_asked_for(model):
    parts = solve_in_blocks(model, np.ones((5, 2)), [1.0, 0.0], [1.0], block=2, keep=[[1.0, 1.0]])
    chosen, part = next(parts)
    assert (chosen.start, chosen.stop, part.amount.shape) == (0, 2, (2, 1, 1))
    assert [chosen.stop for chosen, _ in parts] == [4, 5]


def test_nonsense_is_refused(model):
    with pytest.raises(EngineError, match="block must be at least 1"):
        next(solve_in_blocks(model, np.ones((5, 2)), [1.0, 0.0], [1.0], block=0))
    with pytest.raises(EngineError, match="parameters needs 2 axes"):
        next(solve_in_blocks(model, np.ones(5), [1.0, 0.0], [1.0]))
    with pytest.raises(EngineError, match="start has shape"):
        next(solve_in_blocks(model, np.ones((5, 2)), [1.0], [1.0]))
