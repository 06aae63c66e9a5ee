"""The engine against solutions known in closed form, and against published stiff values."""

import itertools
import math

import numpy as np
import pytest
from scipy.linalg import expm

from exocast.engine.network import Network
from exocast.engine.solve import Doses, solve

ENGINES = ("native", "reference")
TIMES = np.array([0.0, 0.3, 1.0, 2.5, 7.0, 20.0])


def close(solution, expected, tolerance=1e-6):
    assert solution.finished.all()
    expected = np.asarray(expected)
    np.testing.assert_array_less(
        np.abs(solution.amount - expected), tolerance * (np.abs(expected) + 1e-3)
    )


def one_compartment():
    network = Network()
    blood = network.state("blood", 1e-3)
    urine = network.state("urine", 1e-3)
    network.move(blood, urine, network.parameter("clearance") / network.parameter("volume"))
    return network.compile()


def two_compartments():
    network = Network()
    centre, edge = network.state("centre", 1e-3), network.state("edge", 1e-3)
    out = network.state("out", 1e-3)
    network.move(centre, edge, network.parameter("k12"))
    network.move(edge, centre, network.parameter("k21"))
    network.move(centre, out, network.parameter("k10"))
    return network.compile()


def infused(rate, k, duration, times):
    """Amount of a one-compartment body during and after an infusion from time 0."""
    during = np.minimum(np.maximum(times, 0.0), duration)
    after = np.maximum(times - duration, 0.0)
    return rate / k * -np.expm1(-k * during) * np.exp(-k * after)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_compartment_after_boluses_and_infusions_of_its_own(engine):
    random = np.random.default_rng(7)
    members = 9
    numbers = random.uniform(0.5, 3.0, (members, 2))
    k = numbers[:, 0] / numbers[:, 1]
    when = random.uniform(0.0, 8.0, (members, 4))
    when[0] = [1.0, 1.0, 2.5, 7.0]  # doses together, and at output times
    amount = random.uniform(1.0, 50.0, (members, 4))
    duration = random.uniform(0.1, 5.0, (members, 4))
    duration[:, :2] = 0.0
    solution = solve(
        one_compartment(),
        numbers,
        np.zeros((members, 2)),
        TIMES,
        Doses([0, 0, 0, 0], when, amount, duration),
        keep=[[1.0, 0.0]],
        rtol=1e-9,
        engine=engine,
    )
    expected = np.zeros((members, len(TIMES), 1))
    for member in range(members):
        for dose in range(4):
            since = TIMES - when[member, dose]
            size, length = amount[member, dose], duration[member, dose]
            if length == 0.0:
                part = np.where(since >= 0, size * np.exp(-k[member] * np.maximum(since, 0)), 0.0)
            else:
                part = np.where(since > 0, infused(size / length, k[member], length, since), 0.0)
            expected[member, :, 0] += part
    close(solution, expected)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_compartments_after_a_bolus_and_an_infusion(engine):
    random = np.random.default_rng(8)
    numbers = np.exp(random.uniform(-2, 2, (8, 3)))
    doses = Doses([0, 0], [0.0, 1.0], [10.0, 30.0], [0.0, 1.5])
    solution = solve(
        two_compartments(), numbers, np.zeros((8, 3)), TIMES, doses, rtol=1e-9, engine=engine
    )
    expected = np.zeros((8, len(TIMES), 3))
    for member, (k12, k21, k10) in enumerate(numbers):
        matrix = np.array([[-k12 - k10, k21, 0], [k12, -k21, 0], [k10, 0, 0]])
        # A fourth, constant component carries the infusion rate.
        fed = np.zeros((4, 4))
        fed[:3, :3], fed[0, 3] = matrix, 20.0
        for row, time in enumerate(TIMES):
            bolus = expm(matrix * time) @ [10.0, 0, 0]
            during = min(max(time - 1.0, 0.0), 1.5)
            drip = (expm(fed * during) @ [0, 0, 0, 1.0])[:3]
            expected[member, row] = bolus + expm(matrix * max(time - 2.5, 0.0)) @ drip
    close(solution, expected)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_transit_chain_is_a_gamma_distribution(engine):
    network = Network()
    steps = [network.state(f"step{k}", 1e-6) for k in range(6)]
    rate = network.parameter("rate")
    for here, there in itertools.pairwise(steps):
        network.move(here, there, rate)
    network.move(steps[-1], None, rate)
    begin = np.zeros((3, 6))
    begin[:, 0] = 1.0
    rates = np.array([0.4, 1.0, 6.0])
    solution = solve(network.compile(), rates[:, None], begin, TIMES, rtol=1e-9, engine=engine)
    x = rates[:, None] * TIMES
    expected = np.stack([x**n * np.exp(-x) / math.factorial(n) for n in range(6)], axis=2)
    close(solution, expected)


@pytest.mark.parametrize("engine", ENGINES)
def test_saturable_clearance_follows_lambert_w(engine):
    from scipy.special import lambertw

    network = Network()
    blood = network.state("blood", 1e-3)
    most, half = network.parameter("most"), network.parameter("half")
    network.move(blood, None, most / (half + blood))
    most, half, dose = np.array([1.0, 3.0, 20.0]), np.array([0.5, 2.0, 40.0]), 15.0
    solution = solve(
        network.compile(), np.stack([most, half], 1), np.full((3, 1), dose), TIMES,
        rtol=1e-9, engine=engine,
    )  # fmt: skip
    x = dose / half[:, None] * np.exp((dose - most[:, None] * TIMES) / half[:, None])
    close(solution, (half[:, None] * lambertw(x).real)[:, :, None])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stiff_exchange_stays_on_its_slow_manifold(engine):
    """Two pools exchange a million times faster than they clear."""
    fast = 1e6
    times = np.array([0.01, 1.0, 10.0])
    solution = solve(
        two_compartments(), [[fast, 2 * fast, 0.3]], [[6.0, 0.0, 0.0]], times, rtol=1e-8,
        engine=engine,
    )  # fmt: skip
    # Eigenvalues from their sum and product: the slow one would drown in cancellation.
    total, product = 3 * fast + 0.3, 2 * fast * 0.3
    quick = (total + math.sqrt(total**2 - 4 * product)) / 2
    slow = product / quick
    decay = np.exp(-slow * times)
    centre = 6.0 * (2 * fast - slow) / (quick - slow) * decay
    edge = 6.0 * fast / (quick - slow) * decay
    close(solution, np.stack([centre, edge, 6.0 - centre - edge], axis=1)[None], 2e-6)
    if engine == "native":
        assert solution.steps[0] < 250


@pytest.mark.parametrize("engine", ENGINES)
def test_constant_rates_add_to_infusions(engine):
    """A steady source, a drip on top of it, a rate of 0 and a state nobody touches."""
    network = Network()
    fed, still, other = (network.state(name, 1e-3) for name in ("fed", "still", "other"))
    network.flux(None, fed, network.parameter("feed"))
    network.flux(None, fed, 1.5)
    network.move(fed, other, 0.0)
    network.flux(still, other, 0.0 * fed)
    doses = Doses([0, 0, 1], [1.0, 2.0, 0.5], [6.0, 4.0, 2.0], [3.0, 1.0, 0.0])
    solution = solve(network.compile(), [[0.5]], [[1.0, 0.0, 0.0]], TIMES, doses, engine=engine)
    drip = 6.0 * np.clip((TIMES - 1) / 3, 0, 1) + 4.0 * np.clip(TIMES - 2, 0, 1)
    expected = np.stack([1 + 2 * TIMES + drip, 2.0 * (TIMES >= 0.5), 0 * TIMES], axis=1)
    close(solution, expected[None])


def robertson():
    network = Network()
    a, b, c = (
        network.state(name, scale) for name, scale in (("a", 1e-9), ("b", 1e-13), ("c", 1.0))
    )
    network.move(a, b, network.parameter("slow"))
    network.flux(b, a, network.parameter("back") * b * c)
    network.flux(b, c, network.parameter("fast") * b**2)
    return network.compile()


@pytest.mark.parametrize("engine", ENGINES)
def test_robertson(engine):
    """Values at 40 and 1e11 of the Test Set for IVP Solvers (Mazzia and Magherini), ROBER."""
    times = [40.0, 1e11]
    if engine == "reference":
        times = times[:1]  # LSODA gives up on the late stretch at this tolerance
    solution = solve(
        robertson(), [[0.04, 1e4, 3e7]], [[1.0, 0.0, 0.0]], times, rtol=1e-9, engine=engine
    )
    assert solution.finished.all()
    expected = [
        [0.7158270687, 9.185534764e-6, 0.2841637457],
        [0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050],
    ]
    np.testing.assert_allclose(solution.amount[0], expected[: len(times)], rtol=2e-6)


def test_a_linear_network_answers_in_proportion():
    """Doubling dose and scale together is exact: only powers of two change."""
    model = two_compartments()
    numbers = np.random.default_rng(3).uniform(0.2, 3.0, (10, 3))
    doses = Doses([0, 1], [0.5, 2.0], [10.0, 3.0], [0.0, 1.0])
    begin = np.zeros((10, 3))
    once = solve(model, numbers, begin, TIMES, doses)
    double = Doses([0, 1], [0.5, 2.0], [20.0, 6.0], [0.0, 1.0])
    twice = solve(model, numbers, begin, TIMES, double, scale=2 * model.scale)
    np.testing.assert_array_equal(twice.amount, 2 * once.amount)
    loose = solve(model, numbers, begin, TIMES, double)
    np.testing.assert_allclose(loose.amount, 2 * once.amount, rtol=1e-5, atol=1e-7)
