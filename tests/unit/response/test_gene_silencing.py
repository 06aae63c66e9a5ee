"""Silencing averaged over cells, against cells simulated one by one."""

import numpy as np
import pytest

from exocast.laws.copies_per_cell import mean_occupancy, share_of_cells_above
from exocast.laws.silencing import half_silencing_risc, loaded_after_burst
from exocast.stages.response import gene_silencing as silencing
from exocast.stages.response import growth

HOUR, DAY = 3600.0, 86400.0
# Fast, complete uptake, so that what is tested is the average over cells.
SIMPLE = {
    "other_cells": 0.01,
    "re_export": 0.01,
    "endosomal_cargo_loss": 1e-12,
    "binding_clearance": 1e-17,
    "binding_capacity": 1e9,
    "cell_loss_factor": 0.02,
    "tissue_radius": 1.2e-5,
    "tissue_diffusivity": 1.0,
    "escape_probability": 0.05,
}


def rates(run):
    """Return the rates of one cell, dilution included, and the growth of the number of cells."""
    p, one = run.draws, lambda x: float(np.asarray(x)[0])
    net = np.log(2) / p[growth.DOUBLING]
    division = net / (1 - p[growth.LOSS_FACTOR])
    volume = run.wiring.port("tumour.cell_volume")
    mrna = np.log(2) / p[silencing.MRNA_HALF_LIFE] + division
    constants = (p[silencing.ASSOCIATION], p[silencing.DISSOCIATION], p[silencing.CLEAVAGE])
    return {
        "loading": one(p[silencing.LOADING] * p[silencing.RISC]),
        "risc": one(p[silencing.RISC] * volume),
        "half": one(half_silencing_risc(mrna, *constants, volume)),
        "sirna_loss": one(p[silencing.SIRNA_LOSS] + division),
        "risc_loss": one(p[silencing.RISC_LOSS] + division),
        "mrna_loss": one(mrna),
        "protein_loss": one(np.log(2) / p[silencing.PROTEIN_HALF_LIFE] + division),
        "growth": one(net),
    }


def cells_one_by_one(run, held, number=12_000, step=300.0, seed=1):
    """Return mean losses of mRNA and protein over single cells, at the times of the run.

    Each cell draws its multiplier and its events; between events it follows
    `laws.silencing.cell_derivatives`, in exponential steps.
    """
    k, generator = rates(run), np.random.default_rng(seed)
    spread = float(run.wiring.port("tumour.spread")[0])
    load = float(run.wiring.port("tumour.copies_per_event")[0])
    time = run.course.time
    edges = np.arange(round(time[-1] / step) + 1) * step
    opened = np.interp(edges, time, run.course.of("opened_vesicles")[0].astype(float)) / held
    events = np.diff(opened) * np.exp(-k["growth"] * (edges[:-1] + step / 2))
    multiplier = generator.gamma(1 / spread**2, spread**2, number)
    free, loaded = np.zeros(number), np.zeros(number)
    mrna, protein = np.ones(number), np.ones(number)
    losses = [(0.0, 0.0)]
    kept = np.exp(-k["risc_loss"] * step)
    for expected in events:
        free += generator.poisson(multiplier * expected) * load
        taking = k["loading"] * np.clip(1 - loaded / k["risc"], 0, 1)
        left = np.exp(-(taking + k["sirna_loss"]) * step)
        moved = taking * free * (1 - left) / (taking + k["sirna_loss"])
        free *= left
        after = np.minimum(loaded * kept + moved * np.sqrt(kept), k["risc"])
        middle = 0.5 * (loaded + after)
        loaded = after
        steady = 1 / (1 + middle / k["half"])
        mrna = steady + (mrna - steady) * np.exp(-k["mrna_loss"] / steady * step)
        protein += (mrna - protein) * (1 - np.exp(-k["protein_loss"] * step))
        losses.append((1 - mrna.mean(), 1 - protein.mean()))
    found = np.array(losses)
    return tuple(np.interp(time, edges, found[:, column]) for column in (0, 1))


DOSES = {"one": (0.0,), "three": (0.0, 2 * DAY, 4 * DAY), "daily": tuple(np.arange(7) * DAY)}


@pytest.mark.parametrize("schedule", list(DOSES))
@pytest.mark.parametrize("variation", [0.1, 1.3])
@pytest.mark.parametrize(
    ("events", "copies"),
    [(0.3, 1000.0), (3.0, 30.0), (3.0, 30_000.0), (100.0, 30.0), (100.0, 1000.0)],
)
def test_against_single_cells(bench, cell_bench, schedule, variation, events, copies):
    """From far below to far above one event a cell; 30 copies do little, 3e4 fill the RISC."""
    times = DOSES[schedule]
    held = cell_bench.CELLS_HELD
    run = bench(
        vesicles=events * held / 0.05 / len(times),
        copies=copies,
        times=times,
        days=10.0,
        points=1 + 10 * 48,
        fix=SIMPLE | {"cell_variation": variation},
    )
    assert run.last("opened_vesicles") / held == pytest.approx(events, rel=0.05)
    mrna, protein = cells_one_by_one(run, held)
    own_mrna = run.course.of("target.mrna")[0]
    own_protein = run.course.of("target.protein")[0]
    assert np.abs(own_protein - protein).max() < 0.02
    assert np.abs(own_protein - protein).max() < 0.06 * protein.max()
    assert np.abs(own_mrna - mrna).max() < 0.13
    # Away from the steep first hours after a dose.
    since = np.min([np.where(run.course.time >= t, run.course.time - t, np.inf) for t in times], 0)
    settled = since > 15 * HOUR
    assert np.abs(own_mrna - mrna)[settled].max() < 0.04


def test_an_equation_on_the_mean_cell_would_be_wrong(bench, cell_bench):
    """Which the comparison above must be able to see: the mean cell silences far too well."""
    run = bench(
        vesicles=3 * cell_bench.CELLS_HELD / 0.05,
        copies=30_000.0,
        days=10.0,
        points=481,
        fix=SIMPLE | {"cell_variation": 1.3},
    )
    _, protein = cells_one_by_one(run, cell_bench.CELLS_HELD)
    k, time = rates(run), run.course.time
    x = run.course.of("cell.loaded")[0]
    loaded = k["risc"] * x / (k["risc"] + x)
    mrna, level, lost = 1.0, 1.0, [0.0]
    for index, step in enumerate(np.diff(time)):
        steady = 1 / (1 + loaded[index] / k["half"])
        mrna = steady + (mrna - steady) * np.exp(-k["mrna_loss"] / steady * step)
        level += (mrna - level) * (1 - np.exp(-k["protein_loss"] * step))
        lost.append(1 - level)
    assert max(lost) > 1.4 * protein.max()
    assert run.course.of("target.protein")[0].max() == pytest.approx(protein.max(), rel=0.05)


def test_far_below_one_event_each_event_counts_for_itself(bench, cell_bench):
    """A tenth of the events, a tenth of the loss; and far less than the mean cell would give."""
    held = cell_bench.CELLS_HELD
    peak = {}
    for events in (1e-4, 1e-5):
        run = bench(vesicles=events * held / 0.05, copies=3e4, fix=SIMPLE, points=200)
        peak[events] = float(run.course.of("target.protein")[0].max())
    assert peak[1e-5] == pytest.approx(0.1 * peak[1e-4], rel=2e-3)
    assert 0.5e-4 < peak[1e-4] < 1e-4


def test_many_events_are_the_mean_cell(bench, cell_bench):
    """The same in every cell: the closure is then the equation of one cell, exactly."""
    held = cell_bench.CELLS_HELD
    fix = SIMPLE | {"cell_variation": 0.05, "tissue_radius": 0.9e-5}
    run = bench(vesicles=1e4 * held / 0.05, copies=1.0, days=6.0, points=1 + 6 * 48, fix=fix)
    free, loaded = run.course.of("cell.free")[0], run.course.of("cell.loaded")[0]
    k = rates(run)
    time = run.course.time
    mrna, level = [1.0], 1.0
    for index in range(len(time) - 1):
        fine = np.linspace(time[index], time[index + 1], 31)
        x = np.interp(fine[:-1], time, loaded)
        r = k["risc"] * x / (k["risc"] + x)
        for value in r:
            steady = 1 / (1 + value / k["half"])
            level = steady + (level - steady) * np.exp(
                -k["mrna_loss"] / steady * (fine[1] - fine[0])
            )
        mrna.append(level)
    np.testing.assert_allclose(run.course.of("target.mrna")[0], 1 - np.array(mrna), atol=0.012)
    assert free.max() > 100


def test_one_burst_loads_risc_as_bateman_says(bench, cell_bench):
    """Means per cell, and their ledger in the whole tumour, tell the same story."""
    held = cell_bench.CELLS_HELD
    fix = SIMPLE | {"doubling_time": 1e12, "binding_clearance": 1e-15, "maturation": 0.1}
    fix |= {"lysosomal_arrival": 0.1, "internalisation": 0.1, "unbinding": 1e-6}
    run = bench(vesicles=1e5, copies=2.0, fix=fix, points=57, rtol=1e-9)
    k = rates(run)
    delivered = run.last("in_cytosol") / held
    # Delivered within minutes, about the mean time of delivery.
    late = float(
        np.trapezoid(1 - run.course.of("in_cytosol")[0] / run.last("in_cytosol"), run.course.time)
    )
    assert late < 4 * HOUR
    time = np.maximum(run.course.time, 0)
    expected = delivered * loaded_after_burst(time, k["loading"], k["sirna_loss"], k["risc_loss"])
    after = time > 1 * DAY
    np.testing.assert_allclose(run.course.of("cell.loaded")[0][after], expected[after], rtol=0.02)


def test_ledger_and_moments_agree(bench, cell_bench):
    """Copies in all cells, over cells, are the mean copies a cell: dilution and death balance."""
    run = bench(vesicles=1e9, copies=3.0, times=(0.0, 3 * DAY), fix={"cell_loss_factor": 0.7})
    cells = cell_bench.CELLS_HELD * run.course.of("tumour.untreated")[0] / cell_bench.VOLUME
    network = run.wired.network
    assert run.residual < 1e-12
    start = np.array(network.state_names)
    assert {"tumour.cytosol", "tumour.risc"} <= set(start.tolist())
    ever = run.last("in_risc")
    assert 0 < ever < run.last("in_cytosol")
    assert (run.course.of("cell.free")[0] * cells).max() <= run.last("in_cytosol") * 1.001


def test_more_copies_silence_more(bench):
    peaks = [
        float(bench(copies=c, vesicles=1e10, days=6.0).course.of("target.protein")[0].max())
        for c in (1, 10, 100, 1000)
    ]
    assert peaks == sorted(peaks)
    assert 0 < peaks[0] < peaks[-1] < 1


@pytest.mark.parametrize(
    ("name", "low", "high", "sign"),
    [
        ("loading_constant", 1e-25, 1e-23, 1),
        ("association_constant", 1e-22, 1e-20, 1),
        ("risc_concentration", 6e17, 6e18, 1),
        ("sirna_loss", 3e-6, 2e-5, -1),
        ("risc_loss", 1e-5, 4e-5, -1),
        ("dissociation", 1e-4, 1e-3, -1),
        ("cleavage", 1e-3, 4e-3, 1),
        ("mrna_half_life", 1e4, 9e4, 1),
        ("protein_half_life", 3.6e4, 5e5, -1),
        ("cell_variation", 0.3, 2.0, -1),
        ("doubling_time", 2e5, 2e6, 1),
    ],
)
def test_every_constant_moves_silencing(bench, name, low, high, sign):
    at = {"vesicles": 2e10, "copies": 300.0, "days": 8.0}
    weak, strong = (
        float(bench(**at, fix={name: value}).course.of("target.protein")[0].max())
        for value in (low, high)
    )
    assert np.sign(strong - weak) == sign


def test_division_shortens_silencing(bench):
    at = {"vesicles": 1e12, "copies": 1000.0, "days": 20.0, "points": 400}

    def days(doubling):
        loss = bench(**at, fix={"doubling_time": doubling * DAY}).course.of("target.protein")[0]
        return np.count_nonzero(loss > 0.25) / 20

    assert days(1.0) < days(4.0) < days(100.0)


def test_cohorts():
    week = 7 * DAY
    assert silencing.windows((0.0,), week) == (0.0, 2 * DAY, 5 * DAY)
    assert silencing.windows((0.0,), DAY) == (0.0,)
    long = silencing.windows(tuple(np.arange(30) * DAY), 40 * DAY)
    assert len(long) <= silencing.MOST_WINDOWS
    assert long[0] == 0.0
    assert list(long) == sorted(long)
    assert 4 * DAY in silencing.windows((0.0, 8 * DAY), 9 * DAY)


def test_the_network_writes_the_law(bench, cell_bench):
    """At a steady supply, the wired mean over cells is `laws.copies_per_cell.mean_occupancy`."""
    held = cell_bench.CELLS_HELD
    fix = SIMPLE | {"cell_variation": 1.0, "doubling_time": 1e12}
    run = bench(vesicles=2 * held / 0.05, copies=300.0, days=1.9, points=200, fix=fix)
    k = rates(run)
    x = run.course.of("cell.loaded")[0]
    mrna = run.course.of("target.mrna")[0]
    # At its peak the loss equals the quasi-steady one. One burst: events are those delivered.
    top = int(np.argmax(mrna))
    events = run.course.of("opened_vesicles")[0][top] / held
    step = x[top] / events * (1 / k["risc"] + 1 / k["half"])
    depth = k["risc"] / (k["risc"] + k["half"])
    spread = float(run.wiring.port("tumour.spread")[0])
    expected = depth * float(mean_occupancy(events, step, spread))
    assert mrna[top] == pytest.approx(expected, rel=0.02)


def test_what_the_report_needs_is_kept(bench):
    run = bench(vesicles=1e11, copies=1000.0, days=2.0)
    mean = run.last("in_cytosol") / run.last("tumour.cells")
    share = share_of_cells_above(
        500.0, mean, run.last("tumour.copies_per_event"), run.last("tumour.spread")
    )
    assert 0 < float(share) < 1
    assert run.wiring.port("cell.copies_needed").shape == (1,)


def test_flags_of_silencing(bench):
    drug = bench(days=0.1, cargo="paclitaxel", responses=("gene_silencing",))
    assert any("no siRNA" in flag.message for flag in drug.flags)
    full = bench(days=0.1, copies=1e6)
    assert any("RISC" in flag.message for flag in full.flags)
    assert not any("RISC" in flag.message for flag in bench(days=0.1, copies=10.0).flags)


def test_silencing_needs_a_cell(bench):
    from exocast.errors import WiringError

    with pytest.raises(WiringError, match="name a cargo"):
        bench(days=0.1, cargo="", responses=("gene_silencing",))
