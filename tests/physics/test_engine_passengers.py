"""Cargo that rides vesicles: means and factorial moments against exact stochastic counts."""

import numpy as np
import pytest
from scipy.linalg import expm

from exocast.engine.network import Network
from exocast.engine.solve import Doses, solve

TIMES = np.array([0.0, 0.5, 1.5, 4.0])
HOP, BACK, OUT, LOSS = 0.8, 0.3, 0.4, 0.6


def journey(highest):
    """Vesicles hop between two places and leave; copies are lost at the second place only."""
    network = Network()
    here, there, gone = (network.state(name, 1e-3) for name in ("here", "there", "gone"))
    network.move(here, there, network.parameter("hop"))
    network.move(there, here, network.parameter("back"))
    network.move(there, gone, network.parameter("out"))
    loss = network.parameter("loss")
    moments = [
        network.passenger(f"moment{m}", [here, there, gone], {there: (m * loss, None)}, scale=1e-3)
        for m in range(1, highest + 1)
    ]
    return network.compile(), moments


def distribution(copies, time):
    """Return the exact probability of (place, copies left) by the master equation."""
    size = copies + 1
    generator = np.zeros((3 * size, 3 * size))

    def jump(source, target, rate):
        generator[target, source] += rate
        generator[source, source] -= rate

    for n in range(size):
        jump(n, size + n, HOP)
        jump(size + n, n, BACK)
        jump(size + n, 2 * size + n, OUT)
        if n:
            jump(size + n, size + n - 1, n * LOSS)
    begin = np.zeros(3 * size)
    begin[copies] = 1.0
    return (expm(generator * time) @ begin).reshape(3, size)


def test_moment_equations_match_the_master_equation():
    copies, vesicles = 5, 40.0
    model, moments = journey(3)
    start = np.zeros((1, len(model.state_names)))
    start[0, 0] = vesicles
    falling = [np.prod([copies - i for i in range(m)]) for m in (1, 2, 3)]
    for moment, value in zip(moments, falling, strict=True):
        start[0, moment.at(moment.places[0]).position] = vesicles * value
    solution = solve(model, [[HOP, BACK, OUT, LOSS]], start, TIMES, rtol=1e-9)
    n = np.arange(copies + 1)
    for row, time in enumerate(TIMES):
        exact = vesicles * distribution(copies, time)
        np.testing.assert_allclose(solution.amount[0, row, :3], exact.sum(axis=1), rtol=1e-6)
        for m, moment in enumerate(moments, 1):
            factor = np.prod([n - i for i in range(m)], axis=0)
            for k, place in enumerate(moment.places):
                got = solution.amount[0, row, moment.at(place).position]
                assert got == pytest.approx(exact[k] @ factor, rel=1e-6, abs=1e-9)


def test_moments_match_a_monte_carlo_of_single_vesicles():
    """Jump by jump, independent of any rate equation."""
    random = np.random.default_rng(12)
    copies, vesicles, horizon = 8, 20_000, 1.5
    place = np.zeros(vesicles, int)
    left = np.full(vesicles, copies)
    clock = np.zeros(vesicles)
    while True:
        leave = np.choose(place, [HOP, BACK + OUT, 0.0])
        lose = np.where(place == 1, left * LOSS, 0.0)
        rate = leave + lose
        active = (rate > 0) & (clock < horizon)
        if not active.any():
            break
        wait = np.full(vesicles, np.inf)
        wait[active] = random.exponential(1 / rate[active])
        clock = clock + wait
        jump = active & (clock < horizon)
        losing = jump & (random.random(vesicles) * rate < lose)
        moving = jump & ~losing
        left[losing] -= 1
        to = np.where(place == 0, 1, np.where(random.random(vesicles) * (BACK + OUT) < BACK, 0, 2))
        place[moving] = to[moving]
    model, moments = journey(2)
    start = np.zeros((1, len(model.state_names)))
    start[0, 0] = 1.0
    start[0, moments[0].at(moments[0].places[0]).position] = copies
    start[0, moments[1].at(moments[1].places[0]).position] = copies * (copies - 1)
    solution = solve(model, [[HOP, BACK, OUT, LOSS]], start, [horizon], rtol=1e-9)
    for m, moment in enumerate(moments, 1):
        counts = left if m == 1 else left * (left - 1)
        for k, spot in enumerate(moment.places):
            sample = np.where(place == k, counts, 0)
            error = sample.std() / np.sqrt(vesicles)
            got = solution.amount[0, 0, moment.at(spot).position]
            assert abs(got - sample.mean()) < 4 * error


def test_a_saturable_move_carries_cargo_in_proportion():
    """Cargo without loss in one place keeps its copies a vesicle there, whatever the rate law."""
    network = Network()
    blood, cell, lysosome = (network.state(name, 1e-3) for name in ("blood", "cell", "lysosome"))
    released = network.state("released", 1e-3)
    network.move(blood, cell, network.parameter("most") / (network.parameter("half") + blood))
    network.move(cell, lysosome, 0.5)
    cargo = network.passenger(
        "rna", [blood, cell, lysosome], {lysosome: (0.2, released)}, scale=1e-3
    )
    plain = network.passenger("dye", [blood, cell, lysosome])
    glow = network.integral("glow", plain.at(cell), 1e-3)
    check = network.integral("check", cell, 1e-3)
    model = network.compile()
    numbers = np.zeros((1, len(model.parameter_names)))
    for name, value in (("most", 5.0), ("half", 2.0), ("dye.copies", 30.0)):
        numbers[0, model.parameter(name)] = value
    start = np.zeros((1, len(model.state_names)))
    doses = Doses(
        [blood.position, cargo.at(blood).position] * 2, [0.0, 0.0, 1.0, 1.0],
        [10.0, 70.0, 4.0, 28.0], [0.0, 0.0, 0.5, 0.5],
    )  # fmt: skip
    solution = solve(model, numbers, start, TIMES, doses, rtol=1e-8)
    amount = solution.amount[0]
    for place in (blood, cell):
        np.testing.assert_allclose(
            amount[:, cargo.at(place).position], 7 * amount[:, place.position], rtol=1e-6
        )
    held = sum(amount[:, cargo.at(place).position] for place in cargo.places)
    np.testing.assert_allclose(held + amount[:, released.position], [70, 70, 98, 98], rtol=1e-12)
    np.testing.assert_allclose(amount[:, glow.position], 30 * amount[:, check.position], rtol=1e-6)
