"""What the duties of every table entry need: examples, a tube, draws, and one small run.

Whoever adds a method adds its name to a table of methods, and one example here where a setting of
it is required; every duty in this folder then holds for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.run import Run, run
from exocast.evidence import Axes, Catalogue, Draws, Ensemble, Need, Parameter, draw
from exocast.instruments import read
from exocast.material.ledger import Exchange
from exocast.material.step import PreparationStep, Step
from exocast.material.suspension import Copies, Population, Suspension, default_grid
from exocast.stages import STAGES, methods
from exocast.stages.biodistribution import ROUTES, MagneticPull, Outside, Tag, Targeting
from exocast.stages.biodistribution.cargo_release import CargoRelease
from exocast.stages.biodistribution.dissolved_cargo import DissolvedCargo
from exocast.stages.isolation import Layer, Spin
from exocast.stages.isolation.size_exclusion import Fraction
from exocast.stages.storage.stretches import Stretch

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "src/exocast/templates/batch-07-ExperimentSummary.csv"
G = 9.80665
DAY = 86400.0
MEMBERS = 7

ENTRIES: dict[str, type[Step]] = {
    **{f"{stage}.{name}": cls for stage in STAGES for name, cls in methods(stage).items()},
    **{f"biodistribution.{name}": cls for name, cls in ROUTES.items()},
    "biodistribution.tag": Tag,
    "biodistribution.dissolved_cargo": DissolvedCargo,
    "biodistribution.cargo_release": CargoRelease,
    "biodistribution.targeting": Targeting,
    "biodistribution.magnetic_pull": MagneticPull,
    "biodistribution.outside": Outside,
}
"""Every class that a Design can name, by ``stage.method``."""

CLEAR = Spin(rotor="Type 45 Ti", duration=1800.0, keep="supernatant", rcf=1e4 * G)
PELLET = Spin(rotor="Type 45 Ti", duration=4200.0, keep="pellet", rcf=1e5 * G, resuspend=1e-6)
SWING = Spin(rotor="SW 40Ti", duration=600.0, keep="supernatant", rpm=2000.0, top_up="no")

FLASK = {
    "cell_type": "mesenchymal_stromal_cell",
    "cells": 2e8,
    "medium": 2e-4,
    "duration": 2 * DAY,
}
EXAMPLES: dict[str, dict[str, Mapping[str, Any]]] = {
    "donor.cell_culture": {
        "serum-free": FLASK,
        "in serum": {**FLASK, "cell_type": "HEK293T", "serum": "serum", "viability": 0.8},
        "stirred": {
            **FLASK, "format": "microcarrier", "donors": 3, "exchanges": 1, "oxygen": 0.05,
            "ph": 7.0, "stress": 0.2, "treatment": "bafilomycin",
        },
    },
    "donor.body_fluid": {
        "frozen plasma": {"fluid": "plasma", "volume": 1e-6, "history": "frozen"},
        **{
            one: {"fluid": one, "volume": 1e-6}
            for one in ("serum", "ascites", "urine", "milk", "saliva", "cerebrospinal_fluid")
        },
    },
    "donor.blood_cells": {
        "with calcium": {"cells": 1e11, "volume": 1e-4, "storage": 10 * DAY},
        "left alone": {
            "cell": "platelet", "cells": 1e11, "volume": 1e-4, "storage": DAY, "stimulus": "none",
        },
    },
    "donor.plant": {"ginger": {"plant": "ginger", "mass": 1.0, "buffer": 1e-3}},
    "donor.mimetic_nanovesicles": {
        "loaded": {"cell_type": "MCF-7", "cells": 1e8, "cargo": "siRNA"},
        "empty": {"cell_type": "HEK293T", "cells": 1e8, "last_pore": 2e-7},
    },
    "donor.lipid_nanoparticle": {
        "as labelled": {"cargo": "siRNA", "cargo_amount": 1e-8},
        "weighed": {"cargo": "siRNA_KRAS_G12D", "cargo_mass": 1e-6, "peg_anchor": "C18"},
    },
    "donor.liposome": {
        "loaded": {"cargo": "doxorubicin", "cargo_to_lipid": 0.1},
        "with siRNA": {"cargo": "siRNA", "cargo_to_lipid": 0.01, "phospholipid": "unsaturated"},
    },
    "donor.inorganic_particle": {
        "gold with siRNA": {
            "material": "gold", "core": 13e-9, "cargo": "siRNA", "cargo_density": 6e16,
        },
        "sized in liquid": {
            "material": "silica", "core": 4e-8, "hydrodynamic": 9e-8, "coating": "PEG",
        },
    },
    "donor.dissolved_cargo": {
        "weighed": {"cargo": "siRNA", "cargo_mass": 1e-6},
        "a protein": {"cargo": "catalase", "cargo_mass": 1e-6},
    },
    "isolation.differential_centrifugation": {
        "clear": {"spins": (CLEAR,)},
        "pellet": {"spins": (PELLET,)},
        "four spins": {"spins": (SWING, CLEAR, PELLET, replace(PELLET, resuspend=2e-7))},
        "on a cushion": {"spins": (replace(PELLET, cushion=2e-6, washes=1),)},
    },
    "isolation.size_exclusion": {
        "two fractions": {
            "pool": (Fraction(start=2.8e-6, end=3.6e-6), Fraction(start=4e-6, end=4.8e-6)),
        },
        "one cut": {},
    },
    "isolation.density_gradient": {
        "layers of iodixanol": {},
        "sucrose, floating up": {
            "medium": "sucrose", "form": "continuous", "sample_at": "bottom",
            "layers": (Layer(concentration=200.0), Layer(concentration=700.0)),
            "pool_by": "number",
        },
    },
    "isolation.ultrafiltration": {
        "spin filter": {},
        "stirred cell": {
            "device": "stirred_cell", "membrane": "polyethersulfone", "cut_off": 1.66e-22,
            "washes": 2,
        },
    },
    "isolation.tangential_flow_filtration": {
        "a small module": {"area": 1e-3},
        "modified": {"area": 2e-3, "membrane": "modified_polyethersulfone", "cut_off": 1.66e-22},
    },
    "isolation.asymmetric_flow_fractionation": {
        "default": {},
        "late sizes": {"collect_from": 1500.0, "collect_to": 3600.0, "load": 2e-7},
    },
    "isolation.polymer_precipitation": {
        "default": {}, "rotated": {"mixing": "rotated", "polymer": 120.0, "rotor": "SW 41 Ti"},
    },
    "isolation.immunoaffinity": {
        "beads": {"marker": "cd47"},
        "monolith": {
            "marker": "cd47", "support": "monolith", "amount": 1e-6, "release": "peptide",
        },
        "kept": {"marker": "cd47", "support": "nanobead", "release": "none"},
    },
    "isolation.anion_exchange": {
        "monolith": {"elution_salt": 600.0},
        "beads": {"support": "bead"},
        "membrane": {"support": "membrane", "dilution": 3.0},
    },
    "isolation.microfluidic_sorting": {"displaced": {}, "straight": {"keep": "straight"}},
    "assay.nta": {
        "forecast": {},
        "measured": {"file": TEMPLATE.name},
        "raw, known limit": {"analysis": "raw", "limit": 60e-9},
    },
    "assay.protection": {
        "nuclease": {},
        "opened": {"enzyme": "protease_then_nuclease", "detergent": "yes"},
    },
    "loading.donor_expression": {
        "by chance": {"cargo": "siRNA"},
        "held": {"cargo": "siRNA", "tag": "tat_tar"},
        "fused": {"cargo": "catalase", "copies_per_cell": 1e6, "tag": "cd63_fusion"},
    },
    "loading.donor_incubation": {
        "taxane": {"cargo": "paclitaxel"},
        "not washed": {"cargo": "doxorubicin", "washed": "no"},
    },
    "assay.release_curve": {
        "in a bag": {}, "poorly soluble, diluted": {"cargo": "paclitaxel", "bag": "none"},
    },
    "loading.electroporation": {
        name: {"cargo": name} for name in ("siRNA", "paclitaxel", "doxorubicin", "catalase")
    },
    "loading.remote_loading": {
        "ammonium": {"cargo": "doxorubicin"},
        "citrate": {"cargo": "doxorubicin", "gradient": "citrate"},
        "no base": {"cargo": "paclitaxel", "cargo_amount": 1e-10},
    },
    "loading.transfection_reagent": {"lipid": {}, "polymer": {"reagent": "polymer"}},
    "loading.hydrophobic_conjugate": {
        "sterol": {"cargo_amount": 1e-11}, "many": {"anchor": "DHA", "cargo_amount": 1e-8},
    },
    **{
        f"loading.{opener}": {name: {"cargo": name} for name in ("catalase", "paclitaxel")}
        for opener in ("sonication", "extrusion", "freeze_thaw", "saponin", "osmotic_shock")
    },
    "loading.passive_incubation": {
        name: {"cargo": name} for name in ("siRNA", "paclitaxel", "doxorubicin", "catalase")
    },
    "storage.frozen": {
        "once": {"duration": 14 * DAY},
        "often": {
            "duration": 100 * DAY, "freeze_thaw_cycles": 5, "temperature": 253.15,
            "buffer": "trehalose_HSA",
        },
    },
    "storage.liquid": {"a week": {"duration": 7 * DAY, "container": "low_binding"}},
    "storage.lyophilised": {
        "a year": {"duration": 365 * DAY, "hold_time": 4 * 3600.0, "container": "glass"},
        "hot, without sugar": {"duration": 30 * DAY, "temperature": 313.15, "buffer": "PBS"},
    },
    "storage.profile": {
        "shipped": {
            "stretches": (
                Stretch(temperature=253.15, duration=DAY),
                Stretch(temperature=277.15, duration=DAY),
                Stretch(temperature=193.15, duration=30 * DAY),
            ),
        },
    },
    "surface_engineering.display": {
        "a peptide": {"molecule": "irgd"},
        "a shield": {"molecule": "cd47", "anchor": "own", "copies": 50.0, "displaying": 1.0},
        "for a batch": {"molecule": "irgd", "anchor": "cd63", "expression": "transient"},
        "on lactadherin": {"molecule": "irgd", "anchor": "lactadherin"},
    },
    "surface_engineering.hybrid_by_freezing": {"default": {}},
    "surface_engineering.hybrid_by_polymer": {"default": {}},
    "surface_engineering.hybrid_by_extrusion": {"default": {}},
    "surface_engineering.membrane_coating": {"default": {}, "bath": {"technique": "sonication"}},
    "surface_engineering.insertion": {
        "a ligand": {"molecule": "transferrin"},
        "a coat": {"molecule": "peg", "amount": 1e-9},
        "iron": {"molecule": "iron_oxide", "amount": 1e-10},
    },
    "surface_engineering.conjugation": {
        "without copper": {"molecule": "irgd"},
        "with copper": {"molecule": "transferrin", "chemistry": "copper_click", "handles": 4.0},
        "fed sugars": {"molecule": "peg", "chemistry": "metabolic_azide"},
        "by an enzyme": {"molecule": "egfr_nanobody", "chemistry": "ligase"},
    },
    "surface_engineering.glycan_editing": {
        one: {"edit": one}
        for one in ("sialidase", "sialyltransferase", "fucosyltransferase", "pngase_f")
    },
    "surface_engineering.affinity": {
        "lactadherin": {"molecule": "egfr_nanobody"},
        "a nanobody": {"molecule": "albumin_binder", "target": "cd47"},
    },
    "biodistribution.tag": {"dye": {"label": "lipophilic-dye"}},
    "biodistribution.targeting": {"peptide": {"ligand": "irgd"}},
    "biodistribution.magnetic_pull": {"over the liver": {"organ": "liver"}},
    "biodistribution.dissolved_cargo": {"siRNA": {"cargo": "siRNA"}},
    "biodistribution.cargo_release": {"a weak base": {"cargo": "doxorubicin"}},
    "biodistribution.outside": {"siRNA": {"cargo": "siRNA"}},
}  # fmt: skip
"""Settings of the examples of each entry, by name; an entry without required settings has one."""


def examples_of(name: str) -> dict[str, Step]:
    """Return the examples of an entry, or fail with what to add."""
    listed = EXAMPLES.get(name, {"default": {}})
    try:
        return {title: ENTRIES[name](**settings) for title, settings in listed.items()}
    except TypeError as error:
        pytest.fail(f"`{name}` has required settings: add an example to EXAMPLES here ({error})")


PREPARATIONS = [name for name, cls in ENTRIES.items() if issubclass(cls, PreparationStep)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests that ask for `entry` or `preparation` every one of the table."""
    if "entry" in metafunc.fixturenames:
        metafunc.parametrize("entry", list(ENTRIES))
    if "preparation" in metafunc.fixturenames:
        cases = {f"{n}, {t}": step for n in PREPARATIONS for t, step in examples_of(n).items()}
        metafunc.parametrize("preparation", cases.values(), ids=cases)


@pytest.fixture
def entry_class(entry: str) -> type[Step]:
    return ENTRIES[entry]


@pytest.fixture(scope="session")
def entries() -> dict[str, type[Step]]:
    return ENTRIES


@pytest.fixture(scope="session")
def examples() -> Callable[[str], dict[str, Step]]:
    return examples_of


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.packaged()


class Watched(Draws):
    """Draws that remember in which context each parameter was asked for."""

    def __init__(self, ensemble: Ensemble, context: dict[str, str]) -> None:
        super().__init__(ensemble, context)
        self.seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()

    def at(self, parameter: Parameter, **extra: str) -> np.ndarray:
        self.seen.add((parameter.key, frozenset({**self.context, **extra}.items())))
        return super().at(parameter, **extra)


JOINING = (
    "hybrid_by_freezing", "hybrid_by_polymer", "hybrid_by_extrusion", "membrane_coating",
)  # fmt: skip
"""Methods that join vesicles with liposomes or cores."""


@cache
def _ensemble(step: Step, members: int, seed: int) -> Ensemble:
    """Draw what a step asks for, once: arrays that nobody may write to."""
    ensemble = draw(Bench().needs(step), Catalogue.packaged(), Axes(members, 1), seed)
    for values in ensemble.values.values():
        values.setflags(write=False)
    return ensemble


class Bench:
    """Draws the values of a step in the context of the packaged study, and applies it."""

    context = {"species": "mouse", "target_cell": "PANC-1", "route": "intravenous_bolus"}  # noqa: RUF012

    def needs(self, step: Step) -> list[Need]:
        shared = {**self.context, **step.context()}
        return [Need(need.parameter, {**shared, **need.context}) for need in step.needs()]

    def draws(self, step: Step, members: int = MEMBERS, seed: int = 1) -> Watched:
        context = {**self.context, **step.context()}
        return Watched(_ensemble(step, members, seed), context)

    def apply(
        self, step: PreparationStep, tube: Suspension, p: Draws | None = None
    ) -> tuple[Suspension, Exchange]:
        """Do to the tube what a run does, a file that conditions it included."""
        assert step.check() == []
        p = self.draws(step, tube.members) if p is None else p
        after, exchange = step.apply(tube, p)
        if getattr(step, "file", "") and tube.populations:
            after, removed, _ = step.condition(tube, read(TEMPLATE), p)  # type: ignore[attr-defined]
            exchange = replace(exchange, amounts=removed.amounts)
        return after, exchange

    def partnered(self, step: PreparationStep, tube: Suspension) -> Suspension:
        """Return a tube that also holds what vesicles are to join, where the step joins them."""
        if step.method not in JOINING or not tube.populations:
            return tube
        model = tube.population("small_ev")
        for kind, share in (("liposome", 0.5), ("inorganic_particle", 0.1)):
            made = {
                "recognition": np.full(tube.members, 0.1),
                "zeta_potential": np.full(tube.members, 0.01),
            }
            fresh = replace(model, kind=kind, count=share * model.count, surface=made)
            tube = tube.with_population(fresh)
        return tube

    def everything(self, step: PreparationStep, tube: Suspension, p: Draws) -> None:
        """Do all that a run asks of a step."""
        step.flags(tube, p)
        step.refusals(tube, p)
        self.apply(step, tube, p)


@pytest.fixture(scope="session")
def bench() -> Bench:
    return Bench()


SHOWN = {
    "cd47_copies": 10.0, "cd9_copies": 3.0, "cd63_copies": 8.0, "cd81_copies": 5.0,
    "phosphatidylserine_share": 0.05, "sialic_acid_share": 0.04,
}  # fmt: skip
"""What a vesicle of the tube shows."""


def _tube(members: int = MEMBERS, *, filled: float = 1.0, buffer: str = "PBS") -> Suspension:
    """Return a loaded preparation of which no two members are alike."""
    grid = default_grid()
    each = 1.0 + 0.1 * np.arange(members)
    ones = np.ones((members, grid.size))

    def population(
        kind: str, total: float, median: float, density: float, vesicular: bool
    ) -> Population:
        bell = np.exp(-0.5 * (np.log(grid / median) / 0.35) ** 2)
        held = {"siRNA": Copies.poisson(0.3 * ones * each[:, None])}
        return Population(
            kind=kind,
            diameter=grid,
            count=filled * total * each[:, None] * bell / bell.sum(),
            density=np.full(members, density),
            refractive_index=np.full(members, 1.4),
            vesicular=vesicular,
            surface={name: value * each for name, value in SHOWN.items()} if vesicular else {},
            inside=held if vesicular or kind == "cargo_precipitate" else {},
            attached={"siRNA": Copies.poisson(2.0 * ones)} if vesicular else {},
        )

    return Suspension(
        populations=(
            population("small_ev", 1e11, 90e-9, 1120.0, True),
            population("large_ev", 2e9, 250e-9, 1150.0, True),
            population("apoptotic_body", 1e8, 800e-9, 1200.0, True),
            population("lipoprotein", 5e10, 40e-9, 1000.0, False),
            population("protein_aggregate", 1e9, 60e-9, 1300.0, False),
            population("cargo_precipitate", 1e9, 150e-9, 1500.0, False),
        ),
        free={"siRNA": filled * 1e14 * each},
        solutes={"protein": filled * 1e-6 * each},
        volume=1e-6 * each,
        buffer=buffer,
    )


def _nothing(members: int = MEMBERS) -> Suspension:
    return Suspension.nothing(members)


TUBES: dict[str, Callable[[int], Suspension]] = {
    "loaded": _tube,
    "nothing": _nothing,
    "no particles": lambda members: _tube(members, filled=0.0),
    "dry": lambda members: replace(_tube(members, filled=0.0), volume=np.zeros(members)),
}


@pytest.fixture(params=list(TUBES))
def any_tube(request: pytest.FixtureRequest) -> Callable[[int], Suspension]:
    return TUBES[request.param]


@pytest.fixture(params=["nothing", "no particles", "dry"])
def empty_tube(request: pytest.FixtureRequest) -> Callable[[int], Suspension]:
    return TUBES[request.param]


@pytest.fixture(scope="session")
def tube() -> Callable[..., Suspension]:
    return _tube


def _picture(after: Suspension, exchange: Exchange) -> dict[str, Any]:
    """Return everything that a step leaves behind, by name: arrays of members, and single facts."""
    held: dict[str, Any] = {"volume": after.volume}
    held |= {f"free/{name}": copies for name, copies in after.free.items()}
    held |= {f"solute/{name}": mass for name, mass in after.solutes.items()}
    for population in after.populations:
        head = population.kind
        held[f"{head} count"] = population.count
        held[f"{head} density"] = population.density
        held[f"{head} index"] = population.refractive_index
        held |= {f"{head} {name}": values for name, values in population.surface.items()}
        for where, pool in (("inside", population.inside), ("attached", population.attached)):
            for cargo, copies in pool.items():
                for moment in ("mean", "empty", "second"):
                    held[f"{head} {where} {cargo} {moment}"] = getattr(copies, moment)
    held |= {f"exchange {quantity}: {why}": a for (quantity, why), a in exchange.amounts.items()}
    held |= {f"note {name}": values for name, values in exchange.notes.items()}
    return held


def _facts(after: Suspension, exchange: Exchange) -> dict[str, Any]:
    """Return what a step leaves behind for all members together."""
    resources = exchange.resources
    return {
        "temperature": after.temperature,
        "buffer": after.buffer,
        "time": np.median(resources.time),
        "hands-on": np.median(resources.hands_on),
        **{f"consumable {name}": float(np.median(n)) for name, n in resources.consumables.items()},
    }


@pytest.fixture(scope="session")
def picture() -> Callable[[Suspension, Exchange], dict[str, Any]]:
    return _picture


@pytest.fixture(scope="session")
def facts() -> Callable[[Suspension, Exchange], dict[str, Any]]:
    return _facts


@pytest.fixture(scope="session")
def design() -> Design:
    return Design.read("kras-sirna-tumour")


@pytest.fixture(scope="session")
def small(design: Design) -> Callable[..., Run]:
    """Run the packaged design with settings, small and without variants; the same run once."""
    held: dict[str, Run] = {}

    def small_run(settings: Mapping[str, object] | None = None, **options: Any) -> Run:
        chosen = {"hypotheses.endosomal_escape": "rare", **(settings or {})}
        options = {"members": (3, 2), "variants": [], "threads": 2, **options}
        key = repr((sorted(chosen.items(), key=str), sorted(options.items())))
        if key not in held:
            held[key] = run(design.with_settings(chosen), **options)
        return held[key]

    return small_run
