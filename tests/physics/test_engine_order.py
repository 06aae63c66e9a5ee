"""The stepper's coefficients satisfy the order conditions, and its error shows the order.

Conditions for Rosenbrock methods: Hairer and Wanner, Solving Ordinary Differential Equations II,
section IV.7, in alpha and beta = alpha + gamma.
"""

import re
from pathlib import Path

import numpy as np
import pytest

from exocast.engine.network import Network
from exocast.engine.solve import solve

HEADER = Path(__file__).parents[2] / "src/exocast/engine/native/rodas5p.hpp"
STAGES = 8


@pytest.fixture(scope="module")
def scheme():
    """Return alpha, beta, the weights and a function giving the weights inside a step."""
    if not HEADER.exists():
        pytest.skip("needs the sources")
    text = HEADER.read_text()

    def rows(name):
        body = re.search(rf"{name}\[[^=]* = \{{(.*?)\}};", text, re.S).group(1)
        return [[float(x) for x in row.split(",")] for row in re.findall(r"\{([^{}]*)\}", body)]

    gamma = float(re.search(r"kGamma = (\S+);", text).group(1))
    point, couple = np.zeros((STAGES, STAGES)), np.zeros((STAGES, STAGES))
    for stage, row in enumerate(rows("kPoint")):
        point[stage, : len(row)] = row
    point[6] = point[5] + np.eye(STAGES)[5]
    point[7] = point[6] + np.eye(STAGES)[6]
    last = point[7] + np.eye(STAGES)[7]
    for stage, row in enumerate(rows("kCouple")):
        couple[stage, : len(row)] = row
    inside = np.array(rows("kInside"))
    gammas = np.linalg.inv(np.eye(STAGES) / gamma - couple)
    alpha = point @ gammas

    def weights(theta):
        bend = inside[0] + theta * (inside[1] + theta * inside[2])
        return (theta * last + theta * (1 - theta) * bend) @ gammas

    return alpha, alpha + gammas, weights, point @ gammas


def trees(alpha, beta):
    """Return {order: [(vector, right-hand side)]} of the conditions on the weights."""
    one = np.ones(STAGES)
    a, b = alpha @ one, beta @ one
    return {
        1: [(one, 1)],
        2: [(b, 1 / 2)],
        3: [(a**2, 1 / 3), (beta @ b, 1 / 6)],
        4: [
            (a**3, 1 / 4),
            (a * (alpha @ b), 1 / 8),
            (beta @ a**2, 1 / 12),
            (beta @ beta @ b, 1 / 24),
        ],
        5: [
            (a**4, 1 / 5),
            (a**2 * (alpha @ b), 1 / 10),
            ((alpha @ b) ** 2, 1 / 20),
            (a * (alpha @ a**2), 1 / 15),
            (a * (alpha @ (beta @ b)), 1 / 30),
            (beta @ a**3, 1 / 20),
            (beta @ (a * (alpha @ b)), 1 / 40),
            (beta @ (beta @ a**2), 1 / 60),
            (beta @ beta @ beta @ b, 1 / 120),
        ],
    }


def test_order_five_at_the_end_of_a_step(scheme):
    alpha, beta, weights, _ = scheme
    for conditions in trees(alpha, beta).values():
        for vector, wanted in conditions:
            assert weights(1.0) @ vector == pytest.approx(wanted, abs=2e-12)


def test_the_embedded_method_has_order_four_only(scheme):
    alpha, beta, _, points = scheme
    embedded = points[7]  # the error estimate is the last stage
    residual = {
        order: max(abs(embedded @ vector - wanted) for vector, wanted in conditions)
        for order, conditions in trees(alpha, beta).items()
    }
    assert max(residual[order] for order in (1, 2, 3, 4)) < 2e-12
    assert residual[5] > 1e-5


def test_the_dense_output_has_order_four(scheme):
    alpha, beta, weights, _ = scheme
    for theta in (0.1, 0.35, 0.5, 0.8):
        for order, conditions in trees(alpha, beta).items():
            for vector, wanted in conditions if order < 5 else []:
                reached = weights(theta) @ vector
                assert reached == pytest.approx(wanted * theta**order, abs=2e-11)


def test_stiffly_accurate_and_damped_at_infinity(scheme):
    """R(infinity) = 1 - b' B^-1 1 = 0."""
    _, beta, weights, _ = scheme
    assert 1 - weights(1.0) @ np.linalg.solve(beta, np.ones(STAGES)) == pytest.approx(0, abs=1e-11)


def oscillator():
    """Lotka and Volterra: smooth, nonlinear, with a turning solution."""
    network = Network()
    prey, hunter = network.state("prey", 1.0), network.state("hunter", 1.0)
    network.flux(None, prey, 1.5 * prey)
    network.flux(prey, hunter, prey * hunter)
    network.flux(hunter, None, 3.0 * hunter)
    return network.compile()


def test_error_falls_with_the_fifth_power_of_the_number_of_steps():
    model = oscillator()
    begin, numbers = np.array([[1.0, 1.0]]), np.zeros((1, 0))
    times = np.linspace(0.0, 8.0, 101)
    exact = solve(model, numbers, begin, times, rtol=1e-13).amount
    steps, at_end, between = [], [], []
    for rtol in (1e-5, 1e-6, 1e-7, 1e-8, 1e-9):
        end = solve(model, numbers, begin, times[[-1]], rtol=rtol)
        dense = solve(model, numbers, begin, times, rtol=rtol)
        steps.append(end.steps[0])
        at_end.append(np.abs(end.amount[0, -1] - exact[0, -1]).max())
        between.append(np.abs(dense.amount - exact).max())
    slope = np.polyfit(np.log(steps), np.log(at_end), 1)[0]
    dense_slope = np.polyfit(np.log(steps), np.log(between), 1)[0]
    assert -6.5 < slope < -4.5
    assert -6.5 < dense_slope < -4.0
