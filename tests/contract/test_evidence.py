"""The packaged catalogue as a whole: sources, words, flows, and hypotheses that matter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exocast
from exocast.design import Design
from exocast.design.run import Run, run
from exocast.design.simulating import kinetic_steps, plan_needs
from exocast.design.vocabulary import Vocabulary
from exocast.evidence import Axes, Catalogue, Draws, Need, draw
from exocast.evidence.catalogue import lint
from exocast.evidence.ensemble import quantile
from exocast.evidence.parameter import Value
from exocast.material.document import Subject
from exocast.material.magnet import Magnet
from exocast.material.step import settings_of
from exocast.material.study import Study
from exocast.qualify.casebook import BENCH, CASES, packaged_cases
from exocast.stages import STAGES, methods
from exocast.stages.assay.composition import LIPIDS, MOLECULES, ORIGINS, RNA
from exocast.stages.assay.nta import ANALYSES
from exocast.stages.assay.protection import PLACES, TARGETS
from exocast.stages.assay.total_protein import TotalProtein
from exocast.stages.biodistribution import DISTURBANCES, ROUTES, Tag
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.cargo_release import ACIDIC
from exocast.stages.biodistribution.label import label_table
from exocast.stages.biodistribution.ligands import SITES, ligand_table, receptor_table
from exocast.stages.biodistribution.phagocytes import SHIELDS
from exocast.stages.biodistribution.phagocytosis import PEG, VESICLE
from exocast.stages.biodistribution.physiology import circulation, needs
from exocast.stages.biodistribution.routes import gut, inhaled, intranasal, topical
from exocast.stages.donor import CellCulture, blood_cells, body_fluid, mimetic_nanovesicles, plant
from exocast.stages.donor.cell_culture import FORMATS, SERUM
from exocast.stages.donor.disturbance import STIMULI
from exocast.stages.donor.inorganic_particle import COATINGS
from exocast.stages.donor.inorganic_particle import KIND as INORGANIC
from exocast.stages.donor.inorganic_particle import MATERIALS as SUBSTANCES
from exocast.stages.donor.lipid_nanoparticle import ANCHORS
from exocast.stages.donor.lipid_nanoparticle import KIND as NANOPARTICLE
from exocast.stages.donor.liposome import KIND as LIPOSOME
from exocast.stages.donor.liposome import PHOSPHOLIPIDS
from exocast.stages.donor.vesicle import CONTAMINANTS, MARKERS, VESICLES
from exocast.stages.isolation import Immunoaffinity, PolymerPrecipitation
from exocast.stages.isolation.anion_exchange import SUPPORTS
from exocast.stages.isolation.medium import DISSOLVED
from exocast.stages.isolation.membrane import MEMBRANES
from exocast.stages.isolation.polymer_precipitation import PROTEINS
from exocast.stages.isolation.size_exclusion import RESINS
from exocast.stages.isolation.ultrafiltration import DEVICES
from exocast.stages.loading.cargo import cargo_table
from exocast.stages.loading.electroporation import Electroporation
from exocast.stages.loading.hydrophobic_conjugate import ANCHORS as CONJUGATES
from exocast.stages.loading.hydrophobic_conjugate import HydrophobicConjugate
from exocast.stages.loading.precipitate import KIND
from exocast.stages.loading.sonication import Sonication
from exocast.stages.loading.tags import tag_table
from exocast.stages.loading.transfection_reagent import KIND as COMPLEX
from exocast.stages.loading.transfection_reagent import REAGENTS, TransfectionReagent
from exocast.stages.storage.parameters import BUFFERS, MATERIALS
from exocast.stages.surface_engineering import Display, Insertion, display
from exocast.stages.surface_engineering.affinity import TARGETS as TARGETS_BOUND
from exocast.stages.surface_engineering.conjugation import CHEMISTRIES
from exocast.stages.surface_engineering.glycan_editing import ENZYMES
from exocast.stages.surface_engineering.hybrid import HYBRID
from exocast.stages.surface_engineering.membrane_coating import MembraneCoating
from exocast.stages.surface_engineering.molecules import COATS

DATA = Path(exocast.__file__).parent / "data"
ROWS = [row for rows in Catalogue.packaged().values.values() for row in rows]
CONTESTED = [row for row in ROWS if row.hypothesis]
FAMILIES = Catalogue.packaged().hypotheses
SPECIES = sorted({row.context["species"] for row in ROWS if "species" in row.context})

WORDS: Mapping[str, set[str]] = {
    "analysis": set(ANALYSES),
    "species": set(Vocabulary.packaged().species()),
    "sex": set(settings_of(Subject)["sex"].choices),
    "organ": set(Anatomy.packaged().names),
    "capillary": {node.capillary for node in Anatomy.packaged().of("organ")},
    "shield": set(SHIELDS),
    "cargo": set(cargo_table()),
    "tag": set(tag_table()),
    "cargo_kind": {cargo.kind for cargo in cargo_table().values()},
    "kind": {
        *VESICLES,
        *CONTAMINANTS,
        KIND,
        COMPLEX,
        NANOPARTICLE,
        LIPOSOME,
        INORGANIC,
        mimetic_nanovesicles.KIND,
        HYBRID,
        *(one for held in body_fluid.KINDS.values() for one in held),
    },
    "fluid": set(body_fluid.FLUIDS),
    "meal": set(body_fluid.MEALS),
    "platelets": set(body_fluid.PLATELETS),
    "blood_cell": set(blood_cells.CELLS),
    "plant": set(plant.PLANTS),
    "process": set(plant.PROCESSES),
    "kingdom": {"plant"},
    "carrier": {NANOPARTICLE, LIPOSOME, INORGANIC},
    "substance": set(SUBSTANCES),
    "coating": set(COATINGS),
    "phospholipid": set(PHOSPHOLIPIDS),
    "reagent": set(REAGENTS),
    "anchor": {
        *CONJUGATES,
        *ANCHORS,
        *(a for cls in (Display, Insertion) for a in settings_of(cls)["anchor"].choices),
    },
    "label": set(label_table()),
    "ligand": set(ligand_table()),
    "receptor": set(receptor_table()),
    "molecule": {*COATS, *ligand_table(), *MOLECULES},
    "origin": set(ORIGINS),
    "lipid": set(LIPIDS),
    "rna": set(RNA),
    "enzyme": set(TARGETS),
    "place": {*PLACES, *ACIDIC.values(), "blood"},
    "serum": set(SERUM),
    "format": set(FORMATS),
    "stimulus": {*STIMULI, *blood_cells.STIMULI},
    "step": {step for steps in STIMULI.values() for step in steps},
    "marker": {*MARKERS, *display.ANCHORS},
    "chemistry": {*CHEMISTRIES, *settings_of(HydrophobicConjugate)["chemistry"].choices},
    "edit": set(ENZYMES),
    "target": set(TARGETS_BOUND),
    "technique": set(settings_of(MembraneCoating)["technique"].choices),
    "guard": set(settings_of(Display)["guard"].choices),
    "resin": set(RESINS),
    "mixing": set(settings_of(PolymerPrecipitation)["mixing"].choices),
    "protein": set(PROTEINS),
    "support": {*SUPPORTS, *settings_of(Immunoaffinity)["support"].choices},
    "release": set(settings_of(Immunoaffinity)["release"].choices),
    "medium": set(DISSOLVED),
    "membrane": set(MEMBRANES),
    "device": set(DEVICES),
    "opening": {"sonication", "extrusion", "freeze_thaw", "saponin", "osmotic_shock"},
    "cooling": set(settings_of(Sonication)["cooling"].choices),
    "material": set(MATERIALS),
    "buffer": {*BUFFERS, *settings_of(Electroporation)["buffer"].choices},
    "route": set(ROUTES),
    "region": {*gut.REGIONS, *inhaled.REGIONS, *intranasal.REGIONS, topical.REGION},
    "site": {*SITES, "tumour_cell", *settings_of(ROUTES["subcutaneous"])["site"].choices},
    "delivery": set(settings_of(ROUTES["inhaled"])["delivery"].choices),
    "dye": set(settings_of(TotalProtein)["dye"].choices),
    "antigen": {PEG, VESICLE},
    "disturbance": set(DISTURBANCES),
    "grade": {grade for one in DISTURBANCES.values() for grade in one.grades},
    "term": {term for one in DISTURBANCES.values() for term, _ in one.terms},
}
"""Every word that a context may use, by the code that asks for it."""

CITED_ONLY = {
    "kooijmans_2013": "what hypothesis `electroporation` rests on; no number of it is used",
    "weaver_1995": "the pore threshold in words; the rows are assumptions",
}
"""Sources that no row, default or observation names."""

NAMES = {
    "cell": "isolated from, and counted on, this cell",
    "target_cell": "as a Design writes it",
    "rotor": "as the maker prints it",
}
"""Contexts whose words are names that people bring; each is one that a message can offer."""


def test_the_packaged_catalogue_is_sound() -> None:
    assert Catalogue.packaged().problems == ()
    assert lint(ROWS) == []
    assert len(ROWS) > 300


def test_a_list_of_rows_can_be_found_wanting(catalogue: Catalogue) -> None:
    """The check that is relied on above sees a doubled and a missing preferred row."""
    assert len(lint([ROWS[0], ROWS[0]])) == 1
    rival = next(row for row in CONTESTED if not row.preferred)
    assert len(lint([rival])) == 1


def test_every_word_of_a_context_is_known() -> None:
    wrong = []
    for row in ROWS:
        for name, word in row.context.items():
            if name not in WORDS and name not in NAMES:
                wrong.append(f"{row.origin}: nothing looks up `{name}`")
            elif name in WORDS and word not in WORDS[name]:
                wrong.append(f"{row.origin}: {name}={word}")
    assert not wrong


@pytest.mark.parametrize("name", NAMES)
def test_names_are_written_one_way(name: str) -> None:
    """Two names that differ by case, space or dash alone are one name misspelt."""
    used = {row.context[name] for row in ROWS if name in row.context}
    folded = {"".join(filter(str.isalnum, word.casefold())) for word in used}
    assert len(folded) == len(used), sorted(used)


def test_a_rotor_has_all_of_its_geometry() -> None:
    held = defaultdict(set)
    for row in ROWS:
        if "rotor" in row.context:
            held[row.context["rotor"]].add(row.key)
    assert len({frozenset(keys) for keys in held.values()}) == 1


def test_a_label_has_all_of_its_rows(catalogue: Catalogue) -> None:
    named = set(label_table())
    for name in named:
        tag = Tag(label=name)
        for need in tag.needs():
            context = {"species": "mouse", **tag.context(), **need.context}
            assert catalogue.matching(Need(need.parameter, context)), (name, need)
    observed = {case.label for case in packaged_cases()} - {""}
    assert observed <= named


def test_every_source_is_cited(catalogue: Catalogue) -> None:
    """By a row, a claim, a benchmark, a qualification case or the default of a setting."""
    held = [*DATA.glob("*.*"), *CASES.glob("*.toml"), *BENCH.glob("*.toml")]
    tables = [path.read_text(encoding="utf-8") for path in held]
    cited = set(re.findall(r"[a-z0-9_]+", "\n".join(tables)))
    for cls in (Magnet, *(cls for stage in STAGES for cls in methods(stage).values())):
        for one in settings_of(cls).values():
            cited.add(one.source)
            cited |= {row.source for row in settings_of(one.table).values()} if one.table else set()
    assert set(catalogue.sources) - cited <= set(CITED_ONLY)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.key}@{row.origin}")
def test_a_row_keeps_its_three_numbers(row: Value) -> None:
    """Median and both ends of a drawn row are those that were written."""
    if row.distribution in ("fixed", "uniform", "loguniform") or row.low == row.high:
        return
    drawn = quantile(row, np.array([-1.6448536269514722, 0.0, 1.6448536269514722]))
    assert drawn == pytest.approx([row.low, row.value, row.high], rel=1e-9)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.key}@{row.origin}")
def test_the_value_of_a_flat_row_is_its_median(row: Value) -> None:
    if row.distribution in ("uniform", "loguniform"):
        assert quantile(row, np.zeros(1))[0] == pytest.approx(row.value, rel=0.03)


@pytest.mark.parametrize("species", SPECIES)
def test_flows_sum_to_cardiac_output(species: str, catalogue: Catalogue) -> None:
    """Shares as written sum to 1; blood that leaves the heart comes back, at every node."""
    anatomy = Anatomy.packaged()
    context = {"species": species, "target_cell": "PANC-1", "route": "intravenous_bolus"}
    full = [Need(need.parameter, {**context, **need.context}) for need in needs(anatomy)]
    shares = [
        catalogue.find(need).value for need in full if need.parameter.key.endswith("flow_share")
    ]
    assert sum(shares) == pytest.approx(1.0, abs=0.02)
    ensemble = draw(full, catalogue, Axes(5, 3), 1)
    p: Draws = ensemble.draws(context)
    for volume in (0.0, 2e-7):
        study = Study(species, 0.022, "PANC-1", volume, "", (), "", (0.0,), 60.0, 60.0)
        blood = circulation(anatomy, p, study)
        net = defaultdict(lambda: np.zeros(p.members))
        for index, (source, target) in enumerate(blood.edges):
            net[source] = net[source] - blood.flow[:, index]
            net[target] = net[target] + blood.flow[:, index]
        output = blood.through["lung"]
        assert (blood.flow > 0).all()
        for node, gap in net.items():
            assert np.abs(gap / output).max() < 1e-12, node
        arterial = sum(
            blood.flow[:, i] for i, (source, _) in enumerate(blood.edges) if source == "arterial"
        )
        assert arterial == pytest.approx(output)
        expected = p[needs(anatomy)[0].parameter]
        assert output == pytest.approx(expected * (0.022 / p[needs(anatomy)[1].parameter]) ** p[
            needs(anatomy)[2].parameter
        ])  # fmt: skip


# ---- hypotheses --------------------------------------------------------------------------------


def test_families_are_used_and_agree_with_the_rows() -> None:
    used = {row.hypothesis.partition(":")[0] for row in CONTESTED}
    assert used == set(FAMILIES)
    for family in FAMILIES.values():
        assert family.preferred in family.options
        assert set(family.phrases) == set(family.options)
        assert len(family.options) > 1
        assert family.doc.endswith((".", "?"))


@pytest.mark.parametrize("identity", sorted({row.identity for row in CONTESTED}))
def test_rivals_cover_their_family(identity: str) -> None:
    rows = [row for row in ROWS if row.identity == identity]
    family = rows[0].hypothesis.partition(":")[0]
    options = [row.hypothesis.partition(":")[2] for row in rows]
    assert sorted(options) == sorted(FAMILIES[family].options), "one row for each option"
    preferred = [row.hypothesis for row in rows if row.preferred]
    assert preferred == [f"{family}:{FAMILIES[family].preferred}"]


ACTING: Mapping[str, Mapping[str, object]] = {
    "rab27a_cargo": {"donor.treatment": "rab27a_knockdown"},
    "nose_to_brain": {"regimen.route": "intranasal", "regimen.volume": "10 uL"},
}
"""Settings under which a family has a say in the packaged design."""


@pytest.fixture(scope="module")
def rival_runs(design: Design) -> Mapping[tuple[str, str], Run]:
    held = {}
    base = {"run.horizon": "2 d", "regimen.times": ["0 h"], "run.classes": {"small_ev": 1}}
    fixed = {f"hypotheses.{name}": family.preferred for name, family in FAMILIES.items()}
    for name, family in FAMILIES.items():
        for option in family.options:
            settings = {**base, "models.response": [], **fixed, f"hypotheses.{name}": option}
            settings |= ACTING.get(name, {})
            held[name, option] = run(design.with_settings(settings), members=(2, 2), variants=[])
    return held


def loaded(finished: Run) -> Any:
    tube = finished.base[0].batch.suspension
    return tube.pools(finished.plan.study.cargo)["inside"]


def answer(finished: Run) -> Any:
    return finished.base[0].course.of("in_cytosol")[:, -1]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_option_changes_a_value_and_the_answer(
    family: str, rival_runs: Mapping[tuple[str, str], Run]
) -> None:
    preferred = FAMILIES[family].preferred
    before = rival_runs[family, preferred]
    for option in FAMILIES[family].options:
        if option == preferred:
            continue
        after = rival_runs[family, option]
        values, others = (r.base[0].ensemble.values for r in (before, after))
        assert values.keys() == others.keys()
        turned = {name for name in values if not np.array_equal(values[name], others[name])}
        expected = {r.identity for r in CONTESTED if r.hypothesis == f"{family}:{option}"}
        assert turned
        assert turned <= expected, "a hypothesis turns only its own values"
        moved = not np.allclose(answer(before), answer(after), rtol=1e-3)
        assert moved or not np.allclose(loaded(before), loaded(after), rtol=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_left_out_is_its_preferred_option(
    family: str, design: Design, rival_runs: Mapping[tuple[str, str], Run], catalogue: Catalogue
) -> None:
    plan = design.with_settings(ACTING.get(family, {})).plan()
    left_out = draw(plan_needs(plan), catalogue, Axes(2, 2), 1)
    chosen = rival_runs[family, FAMILIES[family].preferred].base[0].ensemble
    for row in CONTESTED:
        if row.identity in left_out.values:
            assert np.array_equal(left_out.values[row.identity], chosen.values[row.identity])


def test_each_runs_every_option_apart(design: Design) -> None:
    settings = {f"hypotheses.{name}": "each" for name in FAMILIES}
    settings |= {"run.horizon": "2 d", "regimen.times": ["0 h"], "models.response": []}
    settings |= {"run.classes": {"small_ev": 1}}
    branches = run(design.with_settings(settings), members=(1, 1), variants=[]).base
    number = np.prod([len(family.options) for family in FAMILIES.values()])
    selections = [branch.rival.selection for branch in branches]
    assert len(selections) == number
    assert selections[0] == {name: family.preferred for name, family in FAMILIES.items()}
    assert len({tuple(sorted(one.items())) for one in selections}) == number
    assert all(branch.rival.phrase for branch in branches)


def test_every_row_can_be_drawn_somewhere(catalogue: Catalogue, design: Design) -> None:
    """A row whose context no need can have is dead: kinds and organs are those that are asked."""
    flask = CellCulture(cell_type="x", cells=1, medium=1, duration=1)
    sources = (
        body_fluid.BodyFluid(fluid="plasma", volume=1e-6, history="frozen"),
        blood_cells.BloodCells(cells=1.0, volume=1e-6),
        plant.Plant(plant="ginger", mass=1.0),
        TransfectionReagent(cargo="siRNA"),
    )
    nanoparticles = Design.read("three-carriers").variant("lipid nanoparticles")
    asked = defaultdict(set)
    woman = design.with_settings({"subject.species": "human", "subject.sex": "female"})
    for plan in (design.plan(), nanoparticles.plan(), woman.plan()):
        for need in plan_needs(plan):
            asked[need.parameter.key] |= {frozenset(need.context)}
        for step in (*kinetic_steps(plan), flask, *sources):
            for need in step.needs():
                names = {*plan.study.context(), *step.context(), *need.context}
                asked[need.parameter.key] |= {frozenset(names)}
    dead = [
        row.origin
        for row in ROWS
        if row.key in asked and not any(set(row.context) <= names for names in asked[row.key])
    ]
    assert not dead
