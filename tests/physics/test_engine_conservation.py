"""What leaves one state enters another: sums over a closed network hold to rounding."""

import numpy as np
import pytest

from exocast.engine.network import Network, exp
from exocast.engine.solve import Doses, solve

TIMES = np.linspace(0.0, 50.0, 23)


def closed(saturable):
    network = Network()
    places = [network.state(f"place{k}", 1e-3) for k in range(12)]
    numbers = []
    random = np.random.default_rng(4)

    def number(low, high):
        numbers.append(np.exp(random.uniform(np.log(low), np.log(high))))
        return network.parameter(f"p{len(numbers)}")

    for k, place in enumerate(places):
        for hop in (1, 5):
            target = places[(k + hop) % len(places)]
            rate = number(1e-3, 1e3)
            if saturable and k % 2:
                rate = rate / (number(0.1, 10) + place + target)
            elif saturable:
                rate = rate * exp(-target / number(1, 10))
            network.move(place, target, rate)
    lost, released = network.state("lost", 1e-3), network.state("released", 1e-3)
    network.move(places[3], lost, number(0.01, 0.1))
    cargo = network.passenger(
        "cargo", places, {place: (number(1e-3, 1.0), released) for place in places[::3]},
        scale=1e-3, leaves=released,
    )  # fmt: skip
    model = network.compile()
    particles = np.array([not name.startswith(("cargo", "released")) for name in model.state_names])
    assert len(cargo.places) == 12
    return model, np.array(numbers), particles


@pytest.mark.parametrize("saturable", [False, True])
def test_particles_and_cargo_are_conserved(saturable):
    model, numbers, particles = closed(saturable)
    members = 10
    spread = np.exp(np.random.default_rng(6).normal(0, 0.5, (members, len(numbers))))
    start = np.random.default_rng(7).uniform(0, 100, (members, len(particles)))
    totals = np.stack([particles, ~particles]).astype(float)
    solution = solve(model, numbers * spread, start, TIMES, keep=totals)
    assert solution.finished.all()
    begin = start @ totals.T
    np.testing.assert_allclose(
        solution.amount, np.broadcast_to(begin[:, None], solution.amount.shape), rtol=3e-13
    )


def test_doses_add_exactly_what_they_say():
    model, numbers, particles = closed(saturable=True)
    total = particles[None].astype(float)
    doses = Doses([0, 5, 0], [0.0, 10.0, 20.0], [7.0, 11.0, 13.0], [0.0, 4.0, 0.0])
    times = [0.0, 5.0, 12.0, 14.0, 20.0, 50.0]
    solution = solve(model, numbers[None], np.zeros((1, len(particles))), times, doses, keep=total)
    np.testing.assert_allclose(solution.amount[0, :, 0], [7, 7, 12.5, 18, 31, 31], rtol=1e-12)
