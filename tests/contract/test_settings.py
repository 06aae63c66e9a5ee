"""No setting is inert: each is turned from one end to the other, and what it names moves its way.

Numbers go from the low to the high bound of the setting unless `TURNS` says better, choices through
all their options, free texts through `TEXTS`. What a setting `moves` is looked up in `OBSERVABLES`.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from exocast.evidence import Catalogue
from exocast.material.ledger import Exchange
from exocast.material.step import PreparationStep, Setting, Step, settings_of
from exocast.material.suspension import Suspension
from exocast.stages import STAGES, methods
from exocast.stages.biodistribution import ROUTES, MagneticPull, Tag, Targeting

Array = np.ndarray
G = 9.80665
HOUR, DAY = 3600.0, 86400.0


def total(name: str) -> Callable[[Suspension, Exchange], Array]:
    """Return what reads one conserved total of the tube."""
    return lambda after, exchange: after.totals()[name]


def note(name: str) -> Callable[[Suspension, Exchange], Array]:
    """Return what reads one figure of the step."""
    return lambda after, exchange: np.asarray(exchange.notes[name])


def pool(where: str) -> Callable[[Suspension, Exchange], Array]:
    """Return what reads one pool of every cargo that is there."""
    return lambda after, exchange: np.sum([after.pools(c)[where] for c in after.cargoes], axis=0)


def coat(name: str) -> Callable[[Suspension, Exchange], Array]:
    """Return what reads a property of the surface of what is no vesicle."""
    kinds = ("lipid_nanoparticle", "liposome", "inorganic_particle")
    return lambda after, exchange: np.sum(
        [one.surface[name] for one in after.populations if one.kind in kinds], axis=0
    )


def on_small(*names: str) -> Callable[[Suspension, Exchange], Array]:
    """Return what reads the sum of surface properties of small EVs that begin so; 0 for none."""

    def read(after: Suspension, exchange: Exchange) -> Array:
        held = after.population("small_ev").surface
        found = [held[name] for name in held if name.startswith(names) and name.count(".") < 2]
        return np.sum([np.zeros(after.members), *found], axis=0)

    return read


def carried(after: Suspension, exchange: Exchange) -> Array:
    """Return a number that tells the names of surface properties apart."""
    held = after.population("small_ev").surface
    return np.full(after.members, float(zlib.crc32(" ".join(sorted(held)).encode())))


def pelleted(after: Suspension, exchange: Exchange) -> Array:
    """Return the particles in pellets, but for a constant: those thrown away, less those missed."""
    signs = {"pelleted": -1.0, "left in the supernatant": 1.0}
    moved = [
        signs[cause] * amount
        for (quantity, cause), amount in exchange.amounts.items()
        if quantity.startswith("particles/") and cause in signs
    ]
    return np.sum(moved, axis=0)


OBSERVABLES: Mapping[str, Callable[[Suspension, Exchange], Array]] = {
    "particles/small_ev": total("particles/small_ev"),
    "particles/large_ev": total("particles/large_ev"),
    "particles/apoptotic_body": total("particles/apoptotic_body"),
    "donors tested": lambda after, exchange: np.full(
        after.members, exchange.resources.consumables.get("donor, tested", 1.0)
    ),
    "hands-on time": lambda after, exchange: np.asarray(exchange.resources.hands_on),
    "particles/mimetic_nanovesicle": total("particles/mimetic_nanovesicle"),
    "solute/aluminium": total("solute/aluminium"),
    "solute/protein": total("solute/protein"),
    "volume": total("volume"),
    "particles/lipid_nanoparticle": total("particles/lipid_nanoparticle"),
    "peg copies": coat("peg_copies"),
    "peg desorption": coat("peg_desorption"),
    "zeta potential": coat("zeta_potential"),
    "recognition": coat("recognition"),
    "degradation in plasma": lambda after, exchange: after.population("small_ev").surface[
        "attached.siRNA.degradation"
    ],
    "particles/liposome": total("particles/liposome"),
    "particles/inorganic_particle": total("particles/inorganic_particle"),
    "diameter [m]": note("diameter [m]"),
    "water in the cake [1]": note("water in the cake [1]"),
    "cargo free": pool("free"),
    "which cargo": lambda after, exchange: after.pools("siRNA")["inside"],
    "cargo inside": pool("inside"),
    "cargo aggregated": pool("aggregated"),
    "cargo attached": pool("attached"),
    "pelleted": pelleted,
    "copies on small EVs": on_small("ligand.", "cd47_", "albumin_", "peg_copies", "magnetic_"),
    "what small EVs carry": carried,
    "desorption": on_small("peg_desorption"),
    "surface molecules that still work [1]": note("surface molecules that still work [1]"),
    "glycans acted on [1]": note("glycans acted on [1]"),
    "glycans of small EVs": lambda after, exchange: np.sum(
        [
            weight * after.population("small_ev").surface.get(name, np.zeros(after.members))
            for weight, name in enumerate(
                ("sialic_acid_share", "n_glycan_share", "ligand.sialyl_lewis_x"), start=1
            )
        ],
        axis=0,
    ),
    "time at the bench": lambda after, exchange: np.asarray(exchange.resources.time),
    **{
        name: note(name)
        for name in (
            "openings of a 100 nm vesicle [1]",
            "warming [K]",
            "share torn of 150 nm [1]",
            "share opened [1]",
            "bursts of a 100 nm vesicle [1]",
        )
    },
    "runs of the rotor [1]": note("runs of the rotor [1]"),
    "cushion medium [kg]": note("cushion medium [kg]"),
    "gradient medium [kg]": note("gradient medium [kg]"),
    "way gone by large_ev [1]": note("way gone by large_ev [1]"),
    "tubes [1]": note("tubes [1]"),
    "vesicles that are hybrids now [1]": note("vesicles that are hybrids now [1]"),
    "cores that are coated now [1]": note("cores that are coated now [1]"),
    "filter time [s]": note("filter time [s]"),
    "passes [1]": note("passes [1]"),
    "kept by the cells [mol]": note("kept by the cells [mol]"),
    "injections [1]": note("injections [1]"),
    "median leaves after [s]": note("median leaves after [s]"),
    "seen [particle]": note("seen [particle]"),
    "counting error [1]": note("counting error [1]"),
    "protein [kg]": note("protein [kg]"),
    "siRNA that withstands digestion [1]": note("siRNA that withstands digestion [1]"),
    "out of vesicles": note("doxorubicin out of vesicles at the first sample [1]"),
    "released": note("doxorubicin released, as read at the end [1]"),
    "copies of the microRNA asked for [1]": note("copies of the microRNA asked for [1]"),
}
"""What a setting can say that it `moves`, and how it is read."""

ELSEWHERE = {
    "what is shown": "labels are wired in test_tables",
    "blood exposure": "tests/unit/routes",
    "peak in blood": "tests/unit/routes",
    "vesicles in lung": "tests/unit/routes",
    "vesicles in nose": "tests/unit/routes",
    "what receptors take": "ligands are wired in tests/unit/biodistribution/test_targeting.py",
    "held by a magnet": "magnets are wired in tests/unit/biodistribution/test_targeting.py",
}
"""Names of quantities that are not in the tube."""

ON_CUSHION = {"keep": "pellet", "resuspend": 1e-6, "cushion": 2e-6}

BASES: Mapping[str, Mapping[str, Any]] = {
    "donor.cell_culture.treatment_share": {"treatment": "GW4869"},
    # A meal and the way that platelets were removed are facts of plasma.
    "donor.body_fluid.meal": {"fluid": "plasma"},
    "donor.body_fluid.platelets": {"fluid": "plasma", "history": "frozen"},
    "donor.mimetic_nanovesicles.cargo_copies": {"cargo": "siRNA"},
    "donor.lipid_nanoparticle.cargo_amount": {"cargo_mass": 0.0},
    "donor.lipid_nanoparticle.cargo_mass": {"cargo_amount": 0.0},
    "donor.dissolved_cargo.cargo_amount": {"cargo_mass": 0.0},
    "donor.dissolved_cargo.cargo_mass": {"cargo_amount": 0.0},
    "isolation.differential_centrifugation.spins.resuspend": {"keep": "pellet"},
    "isolation.size_exclusion.collect_from": {"pool": ()},
    "isolation.size_exclusion.collect_to": {"pool": ()},
    "isolation.differential_centrifugation.spins.rpm": {"rcf": None},
    "loading.remote_loading.lumen_ph": {"gradient": "citrate"},
    "surface_engineering.insertion.chain_mass": {"molecule": "peg"},
    "surface_engineering.insertion.anchor": {"molecule": "peg"},
    "isolation.differential_centrifugation.spins.rcf": {"rpm": None},
    "isolation.differential_centrifugation.spins.buffer": {"keep": "pellet", "resuspend": 1e-6},
    "isolation.differential_centrifugation.spins.cushion": {"keep": "pellet", "resuspend": 1e-6},
    "isolation.differential_centrifugation.spins.cushion_medium": ON_CUSHION,
    "isolation.differential_centrifugation.spins.cushion_concentration": ON_CUSHION,
    "isolation.differential_centrifugation.spins.washes": {"keep": "pellet", "resuspend": 1e-6},
    "isolation.density_gradient.density_from": {"pool_by": "density", "fractions": 40},
    "isolation.density_gradient.density_to": {
        "pool_by": "density", "fractions": 40, "density_from": 1000.0,
    },
    "isolation.density_gradient.first_fraction": {"pool_by": "number"},
    "isolation.density_gradient.last_fraction": {"pool_by": "number"},
    "isolation.ultrafiltration.buffer": {"washes": 1},
    "isolation.ultrafiltration.rcf": {"device": "spin_filter"},
    "isolation.ultrafiltration.pressure": {"device": "stirred_cell"},
}  # fmt: skip
"""Other settings that stand so that a setting can act."""

ADDING = [name for name, cls in methods("loading").items() if "cargo_mass" in settings_of(cls)]
"""Methods that add a cargo to finished vesicles."""

TURNS: Mapping[str, tuple[Any, ...]] = {
    # More than this does not fit into the tube, which is refused.
    **{f"loading.{name}.cargo_amount": (0.0, 1e-7) for name in ADDING},
    **{f"loading.{name}.cargo_mass": (0.0, 1e-6) for name in ADDING},
    # An amount or a mass, and more than none.
    "donor.lipid_nanoparticle.cargo_amount": (1e-12, 1e-3),
    "donor.lipid_nanoparticle.cargo_mass": (1e-9, 1e-2),
    "donor.dissolved_cargo.cargo_amount": (1e-12, 1e-3),
    # A particle is larger in liquid than its core is.
    "donor.inorganic_particle.core": (5e-9, 8e-8),
    "donor.inorganic_particle.hydrodynamic": (6e-8, 3e-7),
    # A cargo, and more than none of it.
    "donor.inorganic_particle.cargo_density": (1e15, 1e19),
    "donor.liposome.cargo_to_lipid": (0.005, 0.3),
    "donor.dissolved_cargo.cargo_mass": (1e-9, 1e-2),
    # A pellet is taken up in something, a supernatant in nothing.
    "isolation.differential_centrifugation.spins.resuspend": (1e-7, 1.0),
    "isolation.differential_centrifugation.spins.keep": (
        {"keep": "supernatant", "resuspend": 0.0},
        {"keep": "pellet", "resuspend": 1e-6},
    ),
    # What elutes was not washed away before.
    "isolation.anion_exchange.wash_salt": (5.0, 550.0),
    "isolation.anion_exchange.elution_salt": (160.0, 3000.0),
    # The cut begins before it ends.
    "isolation.size_exclusion.pool.start": (1e-6, 3.5e-6),
    "isolation.size_exclusion.pool.end": (3e-6, 3.9e-6),
    "isolation.size_exclusion.collect_from": (0.0, 4e-6),
    "isolation.size_exclusion.collect_to": (3e-6, 1e-2),
    # Layers grow denser downwards, and the pool begins before it ends.
    "isolation.density_gradient.layers.concentration": (0.0, 100.0, 200.0),
    "isolation.density_gradient.density_from": (990.0, 1180.0),
    "isolation.density_gradient.density_to": (1090.0, 1400.0),
    "isolation.density_gradient.first_fraction": (1, 7),
    "isolation.density_gradient.last_fraction": (4, 10),
    "isolation.density_gradient.fractions": (7, 60),
    "isolation.asymmetric_flow_fractionation.collect_from": (0.0, 1800.0),
    "isolation.asymmetric_flow_fractionation.collect_to": (1600.0, 21600.0),
    # A filter is filled with more than it is emptied to.
    "isolation.ultrafiltration.holds": (5e-7, 1e-3),
    "isolation.ultrafiltration.concentrate_to": (1e-8, 1e-5),
}
"""Values of a turn where the bounds of the setting would not do; a mapping sets several at once."""

WHERE: Mapping[str, tuple[str, ...]] = {
    # A drug that is no base does not care for the salt, nor citrate for ammonium outside.
    "loading.remote_loading.salt": ("ammonium", "citrate"),
    "loading.remote_loading.exchanged": ("ammonium",),
    # A tag holds an RNA or a protein, and no other.
    "loading.donor_expression.cargo": ("by chance",),
    "isolation.size_exclusion.pool.start": ("two fractions",),
    "isolation.size_exclusion.pool.end": ("two fractions",),
    # Figures are named by the cargo.
    **{
        f"assay.release_curve.{one}": ("in a bag",)
        for one in ("ph", "temperature", "duration", "sample", "sink", "bag")
    },
    # Loops and fusions are engineered: what a cell makes as it is has none.
    "loading.donor_expression.expression": ("by chance",),
    # Where stress kills more cells than were dead at the start, dead cells leave the fewer bodies.
    "donor.cell_culture.viability": ("serum-free", "in serum"),
    # Without a cargo there is no density of it.
    "donor.inorganic_particle.cargo": ("gold with siRNA",),
    "donor.mimetic_nanovesicles.cargo": ("loaded",),
    # Only plasma holds platelets that freezing breaks.
    "donor.body_fluid.history": ("frozen plasma",),
    "donor.inorganic_particle.cargo_density": ("gold with siRNA",),
    # What is displaced less goes straight on, and what liquid goes aside does not.
    "isolation.microfluidic_sorting.gap": ("displaced",),
    "isolation.microfluidic_sorting.outlet_share": ("displaced",),
}
"""Examples in which the direction of a setting is claimed, where it is not all of them."""

TEXTS: Mapping[str, tuple[Any, ...]] = {
    "donor.cell_culture.cell_type": ("mesenchymal_stromal_cell", "MDA-MB-231"),
    "donor.mimetic_nanovesicles.cell_type": ("MCF-7", "HEK293T"),
    "donor.mimetic_nanovesicles.cargo": ("siRNA", "catalase"),
    "donor.lipid_nanoparticle.cargo": ("siRNA", "siRNA_KRAS_G12D"),
    "donor.dissolved_cargo.cargo": ("siRNA", "catalase"),
    "donor.liposome.cargo": ("siRNA", "doxorubicin"),
    "donor.inorganic_particle.cargo": ("siRNA", "catalase"),
    "isolation.differential_centrifugation.spins.rotor": ("SW 40Ti", "Type 45 Ti", "TLA 110"),
    "isolation.differential_centrifugation.spins.buffer": ("PBS", "sucrose"),
    "isolation.size_exclusion.buffer": ("PBS", "sucrose"),
    "isolation.polymer_precipitation.rotor": ("SH-3000", "SW 41 Ti"),
    "isolation.polymer_precipitation.buffer": ("PBS", "sucrose"),
    "isolation.immunoaffinity.marker": ("cd47", "cd63"),
    "isolation.immunoaffinity.buffer": ("PBS", "sucrose"),
    "isolation.anion_exchange.buffer": ("PBS", "sucrose"),
    "surface_engineering.display.molecule": ("irgd", "cd47", "albumin_binder"),
    "surface_engineering.conjugation.molecule": ("transferrin", "peg", "albumin_binder"),
    "surface_engineering.affinity.molecule": ("transferrin", "peg", "albumin_binder"),
    "surface_engineering.insertion.molecule": ("transferrin", "peg", "iron_oxide"),
    "isolation.density_gradient.rotor": ("SW 40Ti", "SW28", "MLS-50"),
    "isolation.density_gradient.buffer": ("PBS", "sucrose"),
    "isolation.ultrafiltration.buffer": ("PBS", "sucrose"),
    "isolation.tangential_flow_filtration.buffer": ("PBS", "sucrose"),
    "isolation.asymmetric_flow_fractionation.buffer": ("PBS", "sucrose"),
    "loading.donor_expression.cargo": ("siRNA", "catalase"),
    "loading.donor_incubation.cargo": ("paclitaxel", "doxorubicin", "curcumin"),
    "assay.release_curve.cargo": ("doxorubicin", "paclitaxel"),
    **{
        f"loading.{name}.cargo": ("siRNA", "paclitaxel", "doxorubicin", "catalase")
        for name, cls in methods("loading").items()
        if not cls.in_culture
    },
    "loading.remote_loading.cargo": ("doxorubicin", "paclitaxel"),
    "loading.transfection_reagent.cargo": ("siRNA", "miRNA"),
    "loading.hydrophobic_conjugate.cargo": ("siRNA", "miRNA"),
}
"""Words for settings that are free text."""

IN_A_RUN = {
    "assay.nta.file": "test_tables",
    "assay.nta.use": "test_tables",
    "storage.profile.logger": "tests/unit/preparation/test_temperature_logger.py",
    "isolation.size_exclusion.fraction_table": "tests/unit/preparation/test_fractions.py",
    "biodistribution.tag.label": "test_tables",
    # Most tags hold an RNA or a protein, not both, and some are alike in every row.
    "loading.donor_expression.tag": "tests/unit/loading/test_pre_loading.py",
    **{
        f"biodistribution.{name}.{one}": "tests/unit/routes"
        for name, cls in ROUTES.items()
        for one in settings_of(cls)
    },
    "biodistribution.targeting.ligand": "test_targeting",
    "biodistribution.magnetic_pull.organ": "test_targeting",
    "biodistribution.magnetic_pull.gradient": "test_targeting",
    "biodistribution.magnetic_pull.duration": "test_targeting",
}
"""Settings that only a whole run can show to act, and where it does."""


@dataclass(frozen=True)
class Turned:
    """One setting of one step, and the steps in which it has each of its values."""

    address: str
    one: Setting
    steps: tuple[PreparationStep, ...]


def classes() -> dict[str, type[Step]]:
    found = {f"{s}.{n}": cls for s in STAGES for n, cls in methods(s).items()}
    others = {"tag": Tag, "targeting": Targeting, "magnetic_pull": MagneticPull}
    return {**found, **{f"biodistribution.{n}": c for n, c in ROUTES.items()}, **others}


def addresses(cls: type[Any], label: str) -> Iterator[tuple[str, tuple[str, ...], Setting]]:
    """Yield every setting that is no table itself: address, path from the step, declaration."""
    for name, one in settings_of(cls).items():
        if one.table is None:
            yield f"{label}.{name}", (name,), one
        else:
            for inner, path, row in addresses(one.table, f"{label}.{name}"):
                yield inner, (name, *path), row


ALL = [
    (address, path, one)
    for cls in classes().values()
    for address, path, one in addresses(cls, f"{cls.stage}.{cls.method}")
]


def values_of(address: str, one: Setting) -> tuple[Any, ...]:
    """Return the values through which a setting is turned, or fail with what to add."""
    if address in TURNS:
        return TURNS[address]
    if one.choices:
        return one.choices
    if not one.unit:
        if address not in TEXTS:
            pytest.fail(f"`{address}` is free text: add two words for it to TEXTS here")
        return TEXTS[address]
    low, high = one.low, one.high
    if not (math.isfinite(low) and math.isfinite(high)):
        pytest.fail(f"`{address}` has no bounds: give it some, or add its ends to TURNS here")
    return low, high


def replaced(step: Any, path: tuple[str, ...], settings: Mapping[str, Any]) -> Any:
    """Return a step with settings of the table at a path put in."""
    if len(path) == 1:
        return replace(step, **settings)
    held = getattr(step, path[0])
    if isinstance(held, tuple):
        return replace(step, **{path[0]: (replaced(held[0], path[1:], settings), *held[1:])})
    return replace(step, **{path[0]: replaced(held, path[1:], settings)})


def turned(address: str, path: tuple[str, ...], one: Setting, example: Any) -> list[Any]:
    """Return the example with the setting at each of its values."""
    base = replaced(example, path, BASES.get(address, {}))
    values = values_of(address, one)
    return [
        replaced(base, path, value if isinstance(value, Mapping) else {path[-1]: value})
        for value in values
    ]


def claimed(address: str, examples: Any) -> dict[str, Any]:
    """Return the examples in which a setting moves what it says."""
    found: dict[str, Any] = examples(".".join(address.split(".")[:2]))
    return {name: found[name] for name in WHERE.get(address, found)}


def same(one: Any, other: Any) -> bool:
    """Return whether two facts are equal to the last bit; undefined figures are equal."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=True)
    return bool(one == other)


def read(name: str) -> Callable[[Suspension, Exchange], Array]:
    if name not in OBSERVABLES:
        pytest.fail(f"`moves` names `{name}`, which OBSERVABLES does not know: add how it is read")
    return OBSERVABLES[name]


@pytest.fixture(scope="session")
def outcome(bench: Any, tube: Any) -> Callable[[Any], tuple[Suspension, Exchange]]:
    """Apply a step to the loaded tube, on the same draws for the same rows."""
    held: dict[Any, tuple[Suspension, Exchange]] = {}

    def of(step: Any) -> tuple[Suspension, Exchange]:
        if step not in held:
            held[step] = bench.apply(step, bench.partnered(step, tube()))
        return held[step]

    return of


IDS = [address for address, _, _ in ALL]


@pytest.mark.parametrize(("address", "path", "one"), ALL, ids=IDS)
def test_it_changes_something(
    address: str, path: tuple[str, ...], one: Setting, examples: Any, outcome: Any, picture: Any,
    facts: Any,
) -> None:  # fmt: skip
    """Every pair of values differs in the tube, the exchange, the notes or the costs."""
    if address in IN_A_RUN:
        return
    step = next(iter(examples(".".join(address.split(".")[:2])).values()))
    results = [outcome(each) for each in turned(address, path, one, step)]
    for first, second in combinations(results, 2):
        a, b = ({**picture(*one), **facts(*one)} for one in (first, second))
        alike = a.keys() == b.keys() and all(same(a[name], b[name]) for name in a)
        assert not alike, f"`{address}` is inert"


MOVING = [case for case in ALL if case[2].moves and case[0] not in IN_A_RUN]


@pytest.mark.parametrize(("address", "path", "one"), MOVING, ids=[case[0] for case in MOVING])
def test_it_moves_what_it_says(
    address: str, path: tuple[str, ...], one: Setting, examples: Any, outcome: Any
) -> None:
    """In every example in which it acts, and in at least one; the way that `direction` says."""
    look = read(one.moves)
    acted = False
    for step in claimed(address, examples).values():
        results = [outcome(each) for each in turned(address, path, one, step)]
        seen = [np.asarray(look(*result), float) for result in results]
        if one.direction:
            signs = agreement(seen[0], seen[-1], one)
            assert -one.direction not in signs, f"{one.moves} moves the other way"
            acted |= one.direction in signs
        else:
            acted |= any((a != b).any() for a, b in combinations(seen, 2))
    assert acted, f"{one.moves} does not move in any example"


def agreement(first: Array, last: Array, one: Setting) -> set[int]:
    """Return the signs of a change over the members; of the median for a choice.

    Options have rows of their own, so that the members of two options are not the same.
    """
    change = last - first
    change = np.where(np.abs(change) > 1e-9 * np.maximum(np.abs(first), np.abs(last)), change, 0.0)
    return {int(sign) for sign in np.sign(np.median(change) if one.choices else change).flat}


@pytest.mark.parametrize(("address", "path", "one"), MOVING, ids=[case[0] for case in MOVING])
def test_it_moves_so_near_the_example_too(
    address: str, path: tuple[str, ...], one: Setting, examples: Any, outcome: Any
) -> None:
    """By 10 % about the value that is in use: no claim that holds at the ends alone."""
    if not one.direction or not one.unit:
        return
    look = read(one.moves)
    for step in claimed(address, examples).values():
        base = replaced(step, path, BASES.get(address, {}))
        held: Any = base
        for name in path:
            held = getattr(held[0] if isinstance(held, tuple) else held, name)
        if held is None:
            continue
        slack = 5.0 if one.unit == "K" else 0.1 * held
        ends = [min(max(value, one.low), one.high) for value in (held - slack, held + slack)]
        if one.name == "freeze_thaw_cycles":
            ends = [held, held + 1]
        if ends[0] < ends[1]:
            first, last = (
                np.asarray(look(*outcome(replaced(base, path, {path[-1]: type(held)(value)}))))
                for value in ends
            )
            assert -one.direction not in agreement(first, last, one), "the other way"


def test_every_name_is_known(catalogue: Catalogue) -> None:
    names = {one.moves for _, _, one in ALL if one.moves}
    assert names <= {*OBSERVABLES, *ELSEWHERE}
    assert set(OBSERVABLES) <= names, "an observable that no setting moves"
    assert {*TEXTS, *BASES, *IN_A_RUN, *TURNS, *WHERE} <= set(IDS), "an address of no setting"
