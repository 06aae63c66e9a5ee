"""Plans, settings, variants, the canonical text and the digest."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exocast.design import Design, describe_method, describe_table
from exocast.design.reading import read
from exocast.design.writing import document_text, exact_text, value_text
from exocast.errors import DesignError
from exocast.material.carrier import DEFAULT_CLASSES
from exocast.material.document import Dose
from exocast.units import parse, scale

QUIET = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_plan_is_in_si(design: Design) -> None:
    plan = design.plan()
    donor, spinning, counter, loading, clean_up, storage = plan.preparation
    assert donor.medium == pytest.approx(2e-4)
    assert [spin.rcf / 9.80665 for spin in spinning.spins] == pytest.approx([300, 1e4, 1e5])
    assert counter.file == "batch-07-ExperimentSummary.csv"
    assert loading.field == 4e4
    assert (clean_up.id, clean_up.name) == ("clean_up", "clean_up")
    assert storage.temperature == pytest.approx(193.15)
    assert [step.method for step in plan.kinetic] == [
        "whole_body", "endocytosis_and_escape", "gene_silencing", "tumour_growth",
    ]  # fmt: skip
    assert plan.route.method == "intravenous_bolus"
    assert plan.regimen.dose == Dose(1e10, "particles")
    assert plan.regimen.times == (0.0, 172800.0, 345600.0)
    assert (plan.question.at, plan.question.needed) == (86400.0, 500.0)
    assert (plan.run.members.uncertainty, plan.run.members.variability, plan.run.seed) == (5, 2, 7)
    assert plan.run.size_classes == DEFAULT_CLASSES
    assert plan.hypotheses == {"endosomal_escape": "each"}
    assert plan.measurements["nta"].file == "batch-07-ExperimentSummary.csv"
    study = plan.study
    assert (study.species, study.cargo, study.labels) == (
        "mouse", "siRNA_KRAS_G12D", ("zirconium-89",)
    )  # fmt: skip
    assert study.tumour_volume == pytest.approx(2e-7)
    assert (study.route, study.horizon) == ("intravenous_bolus", 1209600.0)


def test_what_is_left_open_is_listed_with_its_source(design: Design) -> None:
    open_ = {one.path: one for one in design.plan().defaults}
    assert open_["donor.cell_culture.duration"].text == "48 h"
    assert open_["donor.cell_culture.duration"].source == "handbook"
    assert open_["isolation.differential_centrifugation.spins.2.keep"].text == "supernatant"
    assert open_["clean_up.spins.1.rotor"].value == "Type 45 Ti"
    assert open_["biodistribution.whole_body.haematocrit"].text == "0.45"
    assert open_["regimen.duration"].text == "1 s"
    assert "loading.electroporation.field" not in open_
    assert "run.classes" not in open_
    assert "run.members.uncertainty" not in open_


def test_defaults_of_a_table_that_is_left_out(make: Any, sound: str) -> None:
    plan = make(sound[: sound.index("[run]")]).plan()
    texts = {one.path: one.text for one in plan.defaults if one.path.startswith("run.")}
    assert texts == {
        "run.horizon": "14 d",
        "run.members.uncertainty": "50",
        "run.members.variability": "20",
        "run.seed": "1",
    }


@pytest.mark.parametrize(
    ("text", "value", "counts"),
    [
        ("1e10 particles", 1e10, "particles"),
        ("1e10", 1e10, "particles"),
        ("5e9 small EVs", 5e9, "small_ev"),
        ("2e9 particles/kg", 4.4e7, "particles"),
        ("10 ug", 1e-8, "mass"),
        ("1 mg/kg", 2.2e-8, "mass"),
    ],
)
def test_doses(text: str, value: float, counts: str, make: Any, sound: str) -> None:
    dose = make(sound.replace("1e10 particles", text)).plan().regimen.dose
    assert dose.value == pytest.approx(value)
    assert (dose.counts, dose.per_body_weight) == (counts, False)


def test_doses_for_people() -> None:
    assert str(Dose.read("5e9 small EVs")) == "5e9 small EVs"
    assert str(Dose.read("10 ug")) == "10 µg"


# A change through the address, and the same change by hand.
EDITS = {
    "table": ("regimen.route", "intratumoural", '= "intravenous_bolus"', '= "intratumoural"'),
    "stage.method": ("loading.electroporation.field", "600 V/cm", "400 V/cm", "600 V/cm"),
    "method": ("electroporation.field", "600 V/cm", "400 V/cm", "600 V/cm"),
    "id": ("clean_up.spins.1.resuspend", "50 uL", "200 uL", "50 uL"),
    "the one without an id": (
        "differential_centrifugation.spins.3.resuspend", "2 mL", '"1 mL" }', '"2 mL" }'
    ),
    "list": ("regimen.times", ["0 h"], '["0 h", "48 h", "96 h"]', '["0 h"]'),
    "bare number": ("donor.cell_culture.cells", 1e9, "= 2e8", "= 1000000000.0"),
    "nested": ("subject.tumour.volume", "1 mL", "200 mm^3", "1 mL"),
    "hypothesis": ("hypotheses.endosomal_escape", "rare", '"each"', '"rare"'),
    "added to a table": (
        "electroporation.buffer", "trehalose_EDTA",
        "# at the cuvette", '# at the cuvette\nbuffer = "trehalose_EDTA"',
    ),
    "added to a row": (
        "differential_centrifugation.spins.1.keep", "pellet",
        'duration = "10 min" }', 'duration = "10 min", keep = "pellet" }',
    ),
    "added to the last table": (
        "run.classes", {"small_ev": 8}, "seed    = 7", "seed    = 7\nclasses = { small_ev = 8 }"
    ),
    "other family": (
        "hypotheses.electroporation", "pores", '"each"', '"each"\nelectroporation = "pores"'
    ),
    "title": ("title", "another", '"siRNA in vesicles, µ-scale"', '"another"'),
    "model": ("models.body", "whole_body", '"whole_body"', '"whole_body"'),
    "setting of a model": (
        "biodistribution.whole_body.haematocrit", 0.4,
        '"whole_body"', '{ method = "whole_body", haematocrit = 0.4 }',
    ),
    "setting of the route": (
        "regimen.duration", "2 h", '"96 h"]', '"96 h"]\nduration = "2 h"'
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_with_settings_is_editing_the_text(
    name: str, design: Design, make: Any, sound: str
) -> None:
    address, value, old, new = EDITS[name]
    changed = design.with_settings({address: value})
    assert changed.text == sound.replace(old, new, 1)
    assert changed.plan() == _same_measurements(make(sound.replace(old, new, 1)).plan(), changed)
    assert design.text == sound


def _same_measurements(plan: Any, other: Design) -> Any:
    """Measurements hold arrays and compare by identity."""
    assert list(plan.measurements) == list(other.plan().measurements)
    return replace(plan, measurements=other.plan().measurements)


def test_many_settings_at_once(design: Design) -> None:
    changed = design.with_settings(
        {
            "regimen.route": "intratumoural",
            "regimen.depth": "2 mm",
            "loading.electroporation.field": "600 V/cm",
            "regimen.dose": "5e9 particles",
            "run.seed": 3,
        }
    )
    plan = changed.plan()
    assert (plan.route.depth, plan.preparation[3].field, plan.run.seed) == (0.002, 6e4, 3)
    assert plan.regimen.dose.value == 5e9
    assert "# at the cuvette" in changed.text


def test_settings_of_a_route_go_with_it(make: Any, sound: str) -> None:
    injected = 'route = "intravenous_bolus"\n# a while\nduration = "2 h"  # by pump\n'
    design = make(sound.replace('route = "intravenous_bolus"\n', injected))
    design.check()
    changed = design.with_settings({"regimen.depth": "2 mm", "regimen.route": "intratumoural"})
    assert changed.plan().route.depth == 0.002
    assert "by pump" not in changed.text
    assert "# a while\ndose" in changed.text
    assert design.plan("into the tumour").route.method == "intratumoural"


def test_a_table_that_is_not_there_is_made(make: Any, sound: str) -> None:
    text = sound[: sound.index("[run]")]
    changed = make(text).with_settings({"run.members.uncertainty": 9, "run.seed": 5})
    assert changed.text.endswith("[run]\nmembers = { uncertainty = 9 }\nseed = 5\n")
    assert changed.plan().run.members.uncertainty == 9


def test_dotted_keys_fall_back_to_the_canonical_text(make: Any, sound: str) -> None:
    inline = 'tumour      = { cell = "PANC-1", volume = "200 mm^3" }'
    design = make(sound.replace(inline, 'tumour.cell = "PANC-1"'))
    assert design.with_settings({"subject.tumour.volume": "3 mm^3"}).plan().study.tumour_volume == (
        pytest.approx(3e-9)
    )


def test_unknown_addresses_are_all_named(design: Design) -> None:
    with pytest.raises(DesignError) as caught:
        design.with_settings(
            {
                "loading.electroporation.feild": "1 V/cm",
                "loading.electroportion.field": "1 V/cm",
                "regimn.route": "x",
                "clean_up.spins.2.rcf": "1 g",
                "regimen.times.1": "1 h",
                "models.bdy": "x",
                "regimen": "x",
                "run.seed": object(),
            }
        )
    messages = [str(one) for one in caught.value.problems]
    assert "`field`" in messages[0]
    assert "Did you mean `loading.electroporation`?" in messages[1]
    assert "Did you mean `regimen`?" in messages[2]
    assert "has rows 1 to 1, not `2`" in messages[3]
    assert "has nothing inside" in messages[4]
    assert "Did you mean `body`?" in messages[5]
    assert "say which setting" in messages[6]
    assert "not object" in messages[7]


def test_an_address_may_leave_out_what_tells_nothing_apart(design: Design) -> None:
    short = {"loading.field": "500 V/cm", "cells": 1e9, "regimen.dose": "1e9 particles"}
    full = {
        "loading.electroporation.field": "500 V/cm",
        "donor.cell_culture.cells": 1e9,
        "regimen.dose": "1e9 particles",
    }
    assert design.with_settings(short).digest == design.with_settings(full).digest


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("resuspend", "it could be `isolation.differential_centrifugation.spins"),
        ("feild", "no setting `feild`. Did you mean `loading.electroporation.field`?"),
        ("dose", ""),
        ("nonsense", "no step or table `nonsense`"),
    ],
)
def test_a_short_address_that_fits_several_or_none(
    design: Design, address: str, message: str
) -> None:
    if not message:
        design.with_settings({address: "1e9 particles"}).check()
        return
    with pytest.raises(DesignError) as caught:
        design.with_settings({address: "1 mL"})
    assert message in str(caught.value)


def test_an_address_that_fits_several_steps(make: Any, sound: str) -> None:
    spins = '{ rcf = "1 g", duration = "1 min" }'
    more = "".join(
        f'[[step]]\nid = "{name}"\nstage = "isolation"\nmethod = "size_exclusion"\n\n'
        for name in ("first", "second")
    )
    design = make(sound.replace("[regimen]", more + "[regimen]"))
    with pytest.raises(DesignError, match=r"several steps answer to it.*`first`, `second`"):
        design.with_settings({"size_exclusion.cycles": 2})
    assert design.with_settings({"second.cycles": 2}).plan().preparation[-1].cycles == 2
    assert spins not in sound


def test_a_step_can_be_exchanged(design: Design) -> None:
    changed = design.with_settings({"clean_up": {"method": "size_exclusion", "reuse": True}})
    step = changed.plan().preparation[4]
    assert (step.method, step.name, step.reuse) == ("size_exclusion", "clean_up", True)


def test_variants(design: Design) -> None:
    assert design.variants == ("into the tumour",)
    plan = design.plan("into the tumour")
    assert (plan.variant, plan.route.method, plan.regimen.times) == (
        "into the tumour", "intratumoural", (0.0,)
    )  # fmt: skip
    same = design.variant("into the tumour").plan()
    assert replace(plan, variant="", measurements={}) == replace(same, measurements={})
    assert design.plan().route.method == "intravenous_bolus"
    with pytest.raises(DesignError, match="no variant `tumour`"):
        design.plan("tumour")


def test_canonical_text_reads_back(design: Design, make: Any) -> None:
    again = make(design.to_toml())
    assert again.data == design.data
    assert again.digest == design.digest
    assert again.to_toml() == design.to_toml()
    assert again.plan() == _same_measurements(design.plan(), again)


def test_complete_text_leaves_nothing_open(design: Design, make: Any) -> None:
    complete = make(design.to_toml(complete=True)).plan()
    plan = design.plan()
    assert plan.defaults
    assert complete.defaults == ()
    assert replace(complete, measurements={}) == replace(plan, measurements={}, defaults=())


def test_digest_sees_what_is_said_only(design: Design, make: Any, sound: str) -> None:
    assert make(sound.replace("# asked", "# something else")).digest == design.digest
    assert make(sound.replace("cells     =", "cells =")).digest == design.digest
    assert make(sound.replace("2e8", "3e8")).digest != design.digest


def test_kinds_of_values(make: Any, sound: str) -> None:
    step = '[[step]]\nstage = "isolation"\nmethod = "size_exclusion"\n{}\n\n[regimen]'

    def built(line: str) -> Any:
        return make(sound.replace("[regimen]", step.format(line))).plan().preparation[-1]

    assert built("cycles = 3").cycles == 3
    assert isinstance(built("cycles = 3.0").cycles, int)
    assert built("reuse = true").reuse is True
    assert built('window = ["1 mL", "2 mL"]').window == pytest.approx((1e-6, 2e-6))
    wrong = {
        'cycles = "x"': "does not begin with a number",
        "cycles = 1.5": "a whole number was expected",
        "cycles = 11": "outside 1 to 10",
        "cycles = [1]": "not a quantity",
        "cycles = true": "not a quantity",
        "cycles = 1979-05-27": "not a quantity",
        'reuse = "yes"': "write true or false",
        'window = ["1 mL"]': "a list of 2 was expected",
        'window = ["1 mL", "2 V"]': 'window = "2 V": a voltage, not a volume',
    }
    for line, message in wrong.items():
        with pytest.raises(DesignError) as caught:
            built(line)
        (problem,) = caught.value.problems
        assert message in f"{problem.where}: {problem.message}", line


def test_files_and_templates(tmp_path: Any, vocabulary: Any, sound: str) -> None:
    with pytest.raises(DesignError, match="no such file, and no template"):
        Design.read(tmp_path / "nothing.toml")
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + sound.replace("\n", "\r\n").encode())
    design = Design.read(path, vocabulary=vocabulary)
    assert (design.name, design.folder) == ("mine.toml", tmp_path)
    with pytest.raises(DesignError) as caught:
        design.check()
    assert [one.line for one in caught.value.problems] == [34, 68]
    path.write_bytes(b"title = '\xff'")
    with pytest.raises(DesignError, match="UTF-8"):
        Design.read(path)
    assert Design.read("kras-sirna-tumour").title.startswith("KRAS-G12D")
    assert Design.read("kras-sirna-tumour.toml").variants == ("into the tumour",)


def test_descriptions(vocabulary: Any) -> None:
    found = describe_method("loading", "electroporation", vocabulary=vocabulary)
    assert found.name == "loading.electroporation"
    assert found.summary == "Opens vesicles by a field. There is more to it."
    field = next(one for one in found.settings if one.name == "field")
    assert (field.default, field.low, field.high) == ("400 V/cm", "10 V/cm", "5 kV/cm")
    assert (field.source, field.direction, field.required) == ("paper", 1, False)
    assert found.settings[0].required
    assert found.parameters[0].key == "loading.electroporation.yield"
    spins = describe_method("isolation", "differential_centrifugation", vocabulary=vocabulary)
    assert [row.name for row in spins.settings[0].rows][:2] == ["rcf", "duration"]
    with pytest.raises(DesignError, match="Did you mean `electroporation`"):
        describe_method("loading", "electroportion", vocabulary=vocabulary)
    run = describe_table("run")
    assert {one.name: one.default for one in run.settings}["horizon"] == "14 d"
    with pytest.raises(DesignError, match="Did you mean `regimen`"):
        describe_table("regime")


def test_pint_is_loaded_by_the_first_quantity_only() -> None:
    code = "import sys, exocast.design; assert 'pint' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_a_second_check_looks_no_unit_up(
    design: Design, make: Any, sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    design.check()
    monkeypatch.setattr(scale, "_registry", lambda: pytest.fail("a unit was read again"))
    make(sound + "\n").check()


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20)
VALUES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
@settings(deadline=None, max_examples=100)
def test_any_document_reads_back(data: dict[str, Any]) -> None:
    from exocast.design.reading import plain

    assert plain(read(document_text(data), "x")) == data


@given(TEXTS)
@settings(deadline=None, max_examples=100)
def test_any_title_can_be_set_beside_comments(title: str) -> None:
    design = Design.from_text('# first\ntitle = "µ" # kept\n[run]\nseed = 1\n')
    changed = design.with_settings({"title": title, "run.seed": 2})
    assert changed.data == {"title": title, "run": {"seed": 2}}
    assert changed.text.startswith("# first\ntitle = ")
    assert changed.text.endswith(" # kept\n[run]\nseed = 2\n")


@QUIET
@given(
    field=st.floats(1e3, 5e5),
    volume=st.floats(1e-9, 1e-3),
    times=st.lists(st.floats(0, 1e6), min_size=1, max_size=4, unique=True).map(sorted),
)
def test_settings_read_back_to_the_bit(
    field: float, volume: float, times: list[float], design: Design
) -> None:
    changed = design.with_settings(
        {
            "electroporation.field": exact_text(field, "V/m"),
            "subject.tumour.volume": exact_text(volume, "m^3"),
            "regimen.times": exact_text(tuple(times), "s"),
            "question.at": "13 d",
        }
    )
    plan = changed.plan()
    assert plan.preparation[3].field == field
    assert plan.study.tumour_volume == volume
    assert plan.study.times == tuple(times)


@given(st.floats(1e-30, 1e30), st.sampled_from(["m", "V/m", "m^3", "mol", "s", "K", "particle"]))
@settings(deadline=None, max_examples=100)
def test_exact_text_is_exact(value: float, unit: str) -> None:
    written = exact_text(value, unit)
    assert isinstance(written, str)
    assert parse(written, unit) == value
    assert value_text(written).startswith('"')
