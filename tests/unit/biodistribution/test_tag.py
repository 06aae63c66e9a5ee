"""Labels: conservation, item 15's equations, and what samples show."""

import numpy as np
import pytest

from exocast.errors import WiringError
from exocast.laws.label_kinetics import tag_course
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.sampling import Sampling

ORGANS = tuple(node.name for node in Anatomy.packaged().of("organ"))
LABELS = ("gaussia-luciferase", "zirconium-89")


def sampling(run, **change):
    return Sampling(run.course, run.wiring.published, run.given, **change)


def everything(run, label):
    return sum(run.course.of(name) for name in sampling(run).found(label))


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("route", ["intravenous_bolus", "intratumoural"])
def test_label_is_conserved(bench, label, route):
    run = bench(labels=(label,), route=route)
    np.testing.assert_allclose(everything(run, label), run.given[label], rtol=1e-5)
    assert run.residual < 1e-10


def test_the_unbound_share_is_there_at_once(typical):
    label = "gaussia-luciferase"
    share = typical.course.of(f"{label}.soluble")[0, 0] / typical.given[label][0, 0]
    assert share == pytest.approx(0.2, rel=1e-3)
    assert typical.course.of(f"blood.{label}.aboard")[0, 0] == pytest.approx(
        0.8 * typical.given[label][0, 0], rel=1e-5
    )


def test_a_residualising_label_stays_and_an_enzyme_goes(typical):
    s = sampling(typical)
    index = np.searchsorted(typical.course.time, 4 * 3600.0)
    metal, enzyme = (s.organ("liver", label)[0, index] for label in reversed(LABELS))
    vesicles = 100 * typical.course.of("liver")[0, index] / typical.given["particles"][0, 0]
    assert metal == pytest.approx(0.8 * vesicles, rel=0.1)
    assert enzyme < 0.05 * metal


def test_plasma_outlives_its_vesicles(typical):
    """The label is not the vesicle: soluble label carries the late curve."""
    s = sampling(typical)
    hour = np.searchsorted(typical.course.time, 3600.0)
    vesicles = typical.course.of("blood")[0, hour] / typical.given["particles"][0, 0]
    assert s.circulating("gaussia-luciferase")[0, hour] > 100 * (100 * vesicles)


def test_perfusion_only_lowers_an_organ(typical):
    label = "gaussia-luciferase"
    kept, flushed = (sampling(typical, perfused=p).organ("lung", label) for p in (False, True))
    assert (flushed <= kept).all()
    assert flushed[0, 1] < kept[0, 1]


def test_whole_blood_shows_plasma_diluted_by_cells(bench):
    s = sampling(bench(fix={"biodistribution.whole_body.bound_share": 0.0}))
    ratio = s.concentration("blood")[0, 1] / s.concentration("plasma")[0, 1]
    assert ratio == pytest.approx(0.55, rel=1e-6)


def test_label_follows_item_15_once_uptake_is_fast(bench):
    """With uptake far faster than the label's loss, the full body is the reduced one."""
    label = "iodine-125-norbiotinamide"
    rows = {"degradation": 1e-4, "soluble_loss": 5e-5, "excretion": 3e-5, "unbound": 0.3}
    fix = {f"biodistribution.tag.{name}@label={label}": value for name, value in rows.items()}
    fix |= {f"biodistribution.tag.{name}@label={label}": 0.0 for name in ("inactivation",)}
    fix[f"biodistribution.tag.release@label={label}"] = 0.4
    fix |= {
        "biodistribution.whole_body.reaction": 1e-12,
        "biodistribution.whole_body.sherwood": 50.0,
    }
    run = bench(labels=(label,), fix=fix, tumour_volume=0.0)
    course = tag_course(run.course.time, 0.05, 0.0, 1e-4, 0.4, 5e-5, 3e-5, 0.3)
    late = run.course.time > 1800.0
    given = run.given[label][0, 0]
    tissue = sum(run.course.of(f"{name}.{label}") for name in ORGANS)[0]
    for shown, expected in (
        (tissue, "tissue"),
        (run.course.of(f"{label}.soluble")[0], "soluble"),
        (run.course.of(f"{label}.excreted")[0], "excreted"),
    ):
        np.testing.assert_allclose(shown[late] / given, course[expected][late], rtol=0.03)


def test_label_units_do_not_move_vesicles(bench):
    plain, tagged = bench(), bench(labels=("lipophilic-dye",))
    np.testing.assert_allclose(plain.course.of("liver"), tagged.course.of("liver"), rtol=1e-5)


def test_a_label_that_was_not_wired_is_named(typical):
    with pytest.raises(WiringError, match=r"liver\.zirconium-89"):
        sampling(typical).organ("liver", "zirconium-98")


def test_cells_of_a_tumour_show_their_label(bench):
    """Another step may put label into the tumour's pool: it is lost there and read from there."""
    label = "zirconium-89"
    run = bench(labels=(label,))
    assert f"tumour.{label}" in run.wiring.pools
    assert f"tumour.{label}" in run.course.names
    hour = np.searchsorted(run.course.time, 3600.0)
    shown = sampling(run).organ("tumour", label)[0, hour]
    aboard = 100 * run.course.of(f"tumour.{label}.aboard")[0, hour] / run.given[label][0, hour]
    assert shown > aboard > 0  # and the rest is residual plasma
