"""The cell against closed forms: what is bound, taken in, opened and lost."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exocast.laws.escape import surviving_share
from exocast.stages.uptake.endocytosis_and_escape import EndocytosisAndEscape

HOUR = 3600.0
ALONE = {"responses": ()}


def test_vesicles_and_cargo_balance(bench):
    run = bench(vesicles=1e11, copies=30, loaded=0.4, labels=("zirconium-89",), days=3.0)
    assert run.residual < 1e-12
    assert (run.course.status == 0).all()


def test_a_sample_of_the_tumour_holds_label_on_and_in_its_cells(bench):
    """Vesicles that are bound, and not yet taken in, are in the tissue that is weighed."""
    run = bench(**ALONE, vesicles=1e9, labels=("zirconium-89",), fix={"internalisation": 1e-15})
    shown = run.course.of("tumour.zirconium-89.aboard")
    np.testing.assert_allclose(shown, run.course.of("balance.zirconium-89"), rtol=1e-5)
    # In endosomes for an hour or so: whole, and still seen.
    slow = {"maturation": 1e-15, "other_cells": 1e-9}
    run = bench(**ALONE, vesicles=1e9, labels=("zirconium-89",), fix=slow)
    shown = run.course.of("tumour.zirconium-89.aboard")
    np.testing.assert_allclose(shown, run.course.of("balance.zirconium-89"), rtol=1e-5)


def test_the_share_that_opens_is_the_probability(bench):
    """Opened over internalised, per vesicle and exact, whatever competes with it."""
    for probability in (1e-6, 1e-3, 0.05, 0.3):
        run = bench(**ALONE, days=20.0, cargo="", fix={"escape_probability": probability})
        opened = run.last("opened_particles") / run.last("taken_up")
        assert opened == pytest.approx(probability, rel=2e-6)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    probability=st.floats(1e-6, 0.3),
    re_export=st.floats(0.05, 0.95),
    lysosome=st.floats(0.2, 5.0),
    maturation=st.floats(0.5, 20.0),
)
def test_no_rate_changes_that_share(bench, probability, re_export, lysosome, maturation):
    run = bench(
        **ALONE,
        days=30.0,
        cargo="",
        fix={
            "escape_probability": probability,
            "re_export": re_export,
            "lysosomal_arrival": lysosome / HOUR,
            "maturation": maturation / HOUR,
        },
    )
    assert run.last("opened_particles") / run.last("taken_up") == pytest.approx(
        probability, rel=1e-5
    )


def test_cargo_that_arrives_is_what_survived_the_endosomes(bench):
    """Copies in the cytosol = taken up x probability x mean survival on the way."""
    run = bench(**ALONE, days=30.0, copies=10, fix={"escape_probability": 0.2})
    p = run.draws
    own = EndocytosisAndEscape.parameters
    by_name = {parameter.key.rpartition(".")[2]: parameter for parameter in own}
    leaving = p[by_name["lysosomal_arrival"]] / (1 - p[by_name["re_export"]]) / (1 - 0.2)
    left = surviving_share(p[by_name["endosomal_cargo_loss"]], (p[by_name["maturation"]], leaving))
    # The survival is that of vesicles that open, over copies that came in with all vesicles.
    ratio = run.last("in_cytosol") / run.last("taken_up")
    assert ratio == pytest.approx(0.2 * float(left[0]), rel=1e-5)


def test_the_load_of_an_event_thins_as_its_moments(bench):
    whole = bench(**ALONE, days=1.0, copies=50, fix={"endosomal_cargo_loss": 1e-15})
    thinned = bench(**ALONE, days=1.0, copies=50, fix={"endosomal_cargo_loss": 1.0 / HOUR})
    load = whole.wiring.port("tumour.copies_per_event")
    assert load == pytest.approx(50.0)
    assert 1.0 < float(thinned.wiring.port("tumour.copies_per_event")[0]) < 50.0


def test_empties_do_not_count_among_the_events(bench):
    for loaded in (1.0, 0.02):
        run = bench(
            **ALONE, days=1.0, copies=50, loaded=loaded, fix={"endosomal_cargo_loss": 1e-15}
        )
        assert run.wiring.port("tumour.copies_per_event") == pytest.approx(50.0)


def test_events_are_loaded_vesicles_and_bring_all_copies(bench):
    """Mean copies a cell = events a cell times the load of one: what a share above rests on."""
    for loaded in (1.0, 0.02):
        run = bench(**ALONE, days=10.0, copies=50, loaded=loaded)
        load = float(run.wiring.port("tumour.copies_per_event")[0])
        assert run.last("opened_vesicles") * load == pytest.approx(run.last("in_cytosol"), rel=1e-4)
        # Some loaded ones lost all they carried on the way, and the empty ones never count.
        assert run.last("opened_vesicles") < 1.01 * loaded * run.last("opened_particles")


def test_a_full_surface_takes_no_more(bench):
    few = bench(**ALONE, days=0.5, vesicles=1e6, fix={"binding_capacity": 1e3})
    many = bench(**ALONE, days=0.5, vesicles=1e13, fix={"binding_capacity": 1e3})
    assert many.last("taken_up") / 1e13 < 0.2 * few.last("taken_up") / 1e6
    assert many.last("taken_up") > few.last("taken_up")


def test_uptake_is_linear_below_capacity(bench):
    one, two = (bench(**ALONE, days=2.0, vesicles=v).last("in_cytosol") for v in (1e5, 2e5))
    assert two == pytest.approx(2 * one, rel=1e-4)


@pytest.mark.parametrize("unbinding", [1e-12, 3.0, 30.0])
@pytest.mark.parametrize("vesicles", [1e6, 1e12])
def test_other_cells_take_their_share(bench, unbinding, vesicles):
    """Of all that is taken in, however often a bound vesicle comes off, and on full cells too."""
    for other in (0.2, 0.8):
        run = bench(
            **ALONE,
            days=60.0,
            vesicles=vesicles,
            cargo="",
            fix={"other_cells": other, "unbinding": unbinding / HOUR},
        )
        assert run.last("taken_up") / vesicles == pytest.approx(1 - other, rel=2e-3)


def test_diffusion_is_a_ceiling(bench):
    slow = bench(**ALONE, days=0.02, fix={"binding_clearance": 1e-16}).last("taken_up")
    fast = bench(**ALONE, days=0.02, fix={"binding_clearance": 1e-9}).last("taken_up")
    faster = bench(**ALONE, days=0.02, fix={"binding_clearance": 1e-8}).last("taken_up")
    assert slow < fast
    assert faster == pytest.approx(fast, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "low", "high", "sign"),
    [
        ("escape_probability", 1e-4, 1e-2, 1),
        ("endosomal_cargo_loss", 1e-5, 1e-3, -1),
        ("other_cells", 0.1, 0.8, -1),
        ("re_export", 0.1, 0.9, 1),  # sooner out of the endosome, less of the cargo is lost in it
    ],
)
def test_more_or_less_reaches_the_cytosol(bench, name, low, high, sign):
    a, b = (bench(**ALONE, days=10.0, fix={name: v}).last("in_cytosol") for v in (low, high))
    assert np.sign(b - a) == sign


def test_without_cargo_nothing_reaches_the_cytosol(bench):
    run = bench(days=5.0, copies=0.0)
    for name in ("in_cytosol", "in_risc", "target.mrna", "target.protein", "cell.free"):
        assert (run.course.of(name) == 0.0).all(), name
    np.testing.assert_array_equal(
        run.course.of("tumour.treated"), run.course.of("tumour.untreated")
    )


def test_members_keep_their_own(bench):
    """One member alone gives what it gives among seven; n = 1 works."""
    seven = bench(axes=(7, 1), days=2.0)
    assert seven.course.of("in_cytosol").shape[0] == 7
    assert (seven.course.status == 0).all()
    assert len(set(seven.course.of("in_cytosol")[:, -1].tolist())) == 7
    again = bench(axes=(7, 1), days=2.0)
    np.testing.assert_array_equal(seven.course.of("in_cytosol"), again.course.of("in_cytosol"))


def test_rivals_are_orders_apart(bench):
    rare, common = (bench(days=3.0, escape=name).last("in_cytosol") for name in ("rare", "common"))
    assert 300 < common / rare < 10_000


def test_the_rows_of_the_cascade(bench):
    run = bench(days=1.0)
    rows = [(m.name, m.head, m.per) for m in run.wiring.milestones]
    assert rows == [
        ("taken_up", "cargo", ""),
        ("taken_up_per_cell", "cell", "tumour.cells"),
        ("in_cytosol", "cell", "tumour.cells"),
        ("in_risc", "cell", "tumour.cells"),
    ]
    assert run.last("taken_up") > run.last("in_cytosol") > run.last("in_risc") > 0


def test_flags(bench):
    few = bench(days=0.1, vesicles=1e5)
    assert any("fewer than" in flag.message for flag in few.flags)
    many = bench(days=0.1, vesicles=1e14)
    assert any("can bind" in flag.message for flag in many.flags)
    assert not any("fewer than" in flag.message for flag in many.flags)
    rim = bench(days=0.1, fix={"binding_clearance": 1e-16, "tissue_diffusivity": 0.01})
    assert any("binding-site barrier" in flag.message for flag in rim.flags)
    assert any("near the needle" in flag.message for flag in rim.flags)


def test_native_and_reference_agree(bench):
    native, reference = (bench(days=2.0, points=9, engine=e) for e in ("native", "reference"))
    for name in ("taken_up", "in_cytosol", "target.mrna", "tumour.treated"):
        np.testing.assert_allclose(
            native.course.of(name), reference.course.of(name), rtol=2e-4, atol=1e-12
        )
