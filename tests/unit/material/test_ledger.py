"""The ledger closes every balance itself, and a step that loses something quietly is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.errors import ConservationError
from exocast.material.carrier import carriers_of
from exocast.material.ledger import Exchange, Ledger
from exocast.material.suspension import Copies, Population, Suspension, default_grid, grid_edges

N = 5


def tube(members: int = N, classes: int = 40) -> Suspension:
    grid = default_grid(classes)
    size = np.exp(-0.5 * (np.log(grid / 110e-9) / 0.35) ** 2)
    count = 1e9 * size * np.linspace(0.5, 2, members)[:, None]
    inside = {"siRNA": Copies.poisson(np.broadcast_to(0.02 * (grid / 1e-7) ** 3, count.shape))}
    ones = np.ones(members)
    vesicles = Population("small_ev", grid, count, 1100 * ones, 1.38 * ones, inside=inside)
    lump = Population(
        "cargo_precipitate", grid, count / 100, 1500 * ones, 1.5 * ones, False, inside=inside
    )
    return Suspension(
        (vesicles, lump), {"siRNA": 1e12 * ones}, {"protein": 1e-6 * ones}, 1e-6 * ones
    )


def closed(after: Suspension, **amounts: float) -> Ledger:
    booked = {
        (quantity.replace("__", "/"), "test"): np.full(N, amount)
        for quantity, amount in amounts.items()
    }
    return Ledger().closed("s", "s", "isolation", "m", tube(), after, Exchange(booked))


def test_an_unchanged_tube_balances() -> None:
    assert closed(tube()).residual == 0.0


def test_a_quiet_loss_of_particles_is_refused() -> None:
    vesicles = tube().population("small_ev").kept(np.full((N, 1), 1 - 1e-6))
    with pytest.raises(ConservationError, match="small_ev"):
        closed(tube().with_population(vesicles))


def test_a_quiet_loss_of_volume_is_refused() -> None:
    with pytest.raises(ConservationError, match="volume"):
        closed(replace(tube(), volume=tube().volume * 0.999))


def test_cargo_that_left_its_particles_must_be_somewhere() -> None:
    vesicles = tube().population("small_ev")
    emptied = replace(vesicles, inside={"siRNA": Copies.none(N, 40)})
    with pytest.raises(ConservationError, match="siRNA"):
        closed(tube().with_population(emptied))
    moved = replace(
        tube().with_population(emptied),
        free={"siRNA": tube().free["siRNA"] + vesicles.copies("siRNA")},
    )
    assert closed(moved).residual < 1e-12


def test_a_booked_gain_balances_and_nan_is_refused() -> None:
    more = replace(tube(), solutes={"protein": tube().solutes["protein"] + 1e-6})
    assert closed(more, solute__protein=1e-6).residual < 1e-12
    with pytest.raises(ConservationError):
        closed(replace(tube(), volume=np.full(N, np.nan)))


def test_pools_are_told_apart() -> None:
    pools = tube().pools("siRNA")
    vesicles, lump = tube().populations
    assert np.array_equal(pools["inside"], vesicles.copies("siRNA"))
    assert np.array_equal(pools["aggregated"], lump.copies("siRNA"))
    assert (pools["attached"] == 0).all()


def test_grid_edges_tile_the_grid() -> None:
    grid = default_grid()
    edges = grid_edges(grid)
    assert edges[0] == pytest.approx(30e-9)
    assert edges[-1] == pytest.approx(1e-6)
    assert np.sqrt(edges[1:] * edges[:-1]) == pytest.approx(grid)


@pytest.mark.parametrize("classes", [1, 2, 4, 9])
def test_carriers_hold_all_particles_and_all_cargo(classes: int) -> None:
    vesicles = tube().population("small_ev")
    carriers = carriers_of(tube(), {"small_ev": classes})
    assert len(carriers) == classes
    assert sum(c.count for c in carriers) == pytest.approx(vesicles.total, rel=1e-12)
    copies = sum(c.count * c.copies("siRNA") for c in carriers)
    assert copies == pytest.approx(vesicles.copies("siRNA"), rel=1e-12)
    assert all(c.weight.sum(axis=1) == pytest.approx(np.ones(N)) for c in carriers)


def test_a_member_s_carriers_depend_on_that_member_only() -> None:
    both = carriers_of(tube())
    vesicles = tube().population("small_ev")
    one = replace(
        vesicles,
        count=vesicles.count[2:3],
        density=vesicles.density[2:3],
        refractive_index=vesicles.refractive_index[2:3],
        inside={"siRNA": Copies(*(x[2:3] for x in vars(vesicles.inside["siRNA"]).values()))},
    )
    alone = carriers_of(Suspension((one,), {}, {}, np.ones(1)))
    for carrier, single in zip(both, alone, strict=True):
        assert np.array_equal(carrier.count[2:3], single.count)
        assert np.array_equal(carrier.diameter[2:3], single.diameter)


def test_an_empty_population_makes_carriers_of_zeros() -> None:
    vesicles = tube().population("small_ev").kept(np.zeros((N, 1)))
    carriers = carriers_of(Suspension((vesicles,), {}, {}, np.ones(N)))
    assert all((c.count == 0).all() and np.isfinite(c.diameter).all() for c in carriers)
