"""Published organ series of nanoparticles, from a folder that is not shipped, as cases.

Their numbers may be compared with and not handed on, so that the package holds only which set
belongs to which paper, and what each is for (``data/qualification_split.csv``).
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from pathlib import Path

from exocast.errors import ReaderError
from exocast.evidence import Catalogue
from exocast.qualify.case import QualificationCase, QualificationPoint, Role
from exocast.qualify.nanoparticle_designs import Particle, design_text

__all__ = [
    "OBSERVATIONS",
    "SPLIT",
    "SplitRow",
    "organ_mass",
    "read_nanoparticle_sets",
    "read_split",
    "split_by_paper",
]

OBSERVATIONS = "np_reference_observations.csv"
SPLIT = "qualification_split.csv"

LATEST_SCORED = 168.0
"""Later readings are shown and not scored [h]: metal leaves over months, and here it stays."""

MOST = 110.0
"""Sum over organs from which a mass balance is called impossible [%]."""

_ORGANS = {
    "kidneys": "kidney",
    "lungs": "lung",
    "gi_tract": "gut",
    "remaining_tissues": "remainder",
    "urine_cumulative": "excreta",
    "ln": "lymph_nodes",
}
_BODY = ("blood", "plasma", "liver", "spleen", "kidney", "lung", "heart", "brain")
"""Samples that the body forecasts as they were taken."""

_UNLIKE = {
    "gut": "with its contents, into which bile brings particles: the body has no bile",
    "remainder": "what was left of the carcass: no organ of the body",
    "excreta": "urine alone, and the forecast does not tell it from faeces",
}
_WEIGHT = {"mouse": 0.022, "rat": 0.25}
"""Body weight where none was printed [kg]."""

_KEY = "biodistribution.whole_body."


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One line of the committed split.

    Attributes
    ----------
    dataset, paper : str
        Name of the set, and of the paper that it comes from.
    material, coating : str
        What the particle is made of, and what covers it.
    role, reason : str
        What it is for, and why.
    """

    dataset: str
    paper: str
    material: str
    coating: str
    role: Role
    reason: str


def read_split() -> tuple[SplitRow, ...]:
    """Return the committed split, in the order of the file."""
    text = (resources.files("exocast") / "data" / SPLIT).read_text(encoding="utf-8")
    return tuple(SplitRow(**row) for row in csv.DictReader(text.splitlines()))  # type: ignore[arg-type]


def split_by_paper(papers: Mapping[str, str]) -> dict[str, Role]:
    """Return the role of every paper that is scored, by the rule that was fixed before any fit.

    Parameters
    ----------
    papers : mapping of str to str
        Name of a paper to its material.

    Returns
    -------
    dict of str to str
        ``build`` or ``verify``.

    Notes
    -----
    Within a material, papers in the order of the SHA-256 of their names alternate, build first.
    Papers that are the only one of their material form one more group of their own.

    Examples
    --------
    >>> split_by_paper({"a_2001": "gold", "b_2002": "gold", "c_2003": "silica"})
    {'b_2002': 'build', 'a_2001': 'verify', 'c_2003': 'build'}
    """
    alone = [m for m in papers.values() if list(papers.values()).count(m) == 1]
    groups: dict[str, list[str]] = {}
    for paper, material in papers.items():
        groups.setdefault("" if material in alone else material, []).append(paper)
    roles: dict[str, Role] = {}
    for _, members in sorted(groups.items(), reverse=True):
        ordered = sorted(members, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        for index, paper in enumerate(ordered):
            roles[paper] = "verify" if index % 2 else "build"
    return roles


def read_nanoparticle_sets(
    folder: Path, catalogue: Catalogue | None = None
) -> tuple[QualificationCase, ...]:
    """Return every set of the folder as a case, excluded ones with their reason.

    Parameters
    ----------
    folder : Path
        Holds `OBSERVATIONS`: one reading a row, with dataset_id, particle, sizes, species, dose,
        route, time_h, matrix, quantity, value, unit and spread.
    catalogue : Catalogue, optional
        For the masses of organs; what ships with exocast when left out.

    Raises
    ------
    ReaderError
        If the file is not there, lacks a column, or holds a set that the split does not name.
    """
    path = folder / OBSERVATIONS
    if not path.is_file():
        raise ReaderError(
            f"{folder}: no {OBSERVATIONS} there. Give --data the folder that holds it."
        )
    held = Catalogue.packaged() if catalogue is None else catalogue
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = {"dataset_id", "time_h", "matrix", "value", "unit", "species"} - set(rows[0] or {})
    if missing:
        raise ReaderError(f"{path.name}: no column {', '.join(sorted(missing))}.")
    known = {row.dataset: row for row in read_split()}
    cases = []
    for name, group in groupby(rows, key=lambda row: row["dataset_id"]):
        if name not in known:
            raise ReaderError(f"{path.name}: {SPLIT} gives no role to the set `{name}`. Add it.")
        cases.append(_case(known[name], list(group), held))
    return tuple(cases)


def organ_mass(catalogue: Catalogue, species: str, organ: str, weight: float) -> float:
    """Return the typical mass of an organ, or of all blood [kg]; NaN where nothing is known.

    Parameters
    ----------
    catalogue : Catalogue
        With the volumes that the body uses, so that a share and a share per gram agree there too.
    species, organ : str
        As in the context of its rows; ``blood`` is that of large vessels and of all organs.
    weight : float
        Body weight [kg].
    """
    density = catalogue.values[_KEY + "tumour_density"][0].value

    def rows(quantity: str) -> dict[str, float]:
        return {
            value.context["organ"]: value.value
            for value in catalogue.values[_KEY + quantity]
            if value.context.get("species", species) == species and "organ" in value.context
        }

    volumes = rows("organ_volume")
    if organ not in ("blood", "plasma"):
        return volumes.get(organ, math.nan) * weight * density
    shares = rows("vascular_share")
    inside = sum(volumes[name] * shares.get(name, 0.0) for name in volumes)
    return (sum(rows("pool_volume").values()) + inside) * weight * density if volumes else math.nan


def _case(
    split: SplitRow, rows: Sequence[dict[str, str]], catalogue: Catalogue
) -> QualificationCase:
    particle = _particle(split, rows[0])
    points: tuple[QualificationPoint, ...] = ()
    if split.role != "excluded":
        points = tuple(_point(row, particle, catalogue) for row in rows)
    scored = split.role in ("build", "verify")
    return QualificationCase(
        name=split.dataset,
        paper=split.paper,
        role=split.role,
        scored=scored,
        reason=split.reason,
        design=design_text(particle, [point.time_h for point in points]) if scored else "",
        points=points,
        material=split.material,
        species=particle.species,
        citation=rows[0]["original_study"],
        facts=_facts(particle, rows[0], scored),
        notes=(*_balance(points), *(particle.assumed if scored else particle.notes)),
    )


def _particle(split: SplitRow, row: dict[str, str]) -> Particle:
    """Return what is known of a set's particle, dose and animal; what is assumed is said."""
    species = {"mice": "mouse"}.get(row["species"].split(" ")[0].lower(), row["species"].lower())
    species = species.split(" ")[0]
    assumed = []
    weight = _number(row["body_weight_g"]) * 1e-3
    if math.isnan(weight):
        weight = _WEIGHT.get(species, math.nan)
        if split.role != "excluded":
            assumed.append(f"body weight not printed: {weight * 1e3:g} g assumed")
    dose = _number(row["dose_value"])
    dose *= {"mg/kg": 1e-6 * weight, "mg per animal": 1e-6}.get(row["dose_unit"], math.nan)
    return Particle(
        name=split.dataset,
        material=split.material,
        coating=split.coating,
        core=_number(row["size_nm_core"]) * 1e-9,
        hydrodynamic=_number(row["size_nm_hydrodynamic"]) * 1e-9,
        species=species,
        weight=weight,
        dose=dose,
        notes=tuple(assumed),
    )


def _point(row: dict[str, str], particle: Particle, catalogue: Catalogue) -> QualificationPoint:
    """Return one reading as a share of the dose."""
    assayed = row["coating_or_label"].rpartition(": ")[2]
    matrix = assayed if row["matrix"] == "AmB" else row["matrix"]
    organ = _ORGANS.get(matrix, matrix)
    printed, time = float(row["value"]), float(row["time_h"])
    factor, note = _to_percent(row, organ, particle, catalogue)
    why = _unscored(organ, time, printed)
    spread = _number(row["spread"])
    return QualificationPoint(
        organ=organ,
        quantity="percent_injected",
        time_h=time,
        observed=printed * factor,
        unit="%",
        sd=spread * factor,
        scored=not why,
        note="; ".join(filter(None, (note, why))),
        printed=printed,
        printed_unit=row["unit"],
    )


def _to_percent(
    row: dict[str, str], organ: str, particle: Particle, catalogue: Catalogue
) -> tuple[float, str]:
    """Return what turns a printed number into per cent of the dose, and how that was done."""
    unit = row["unit"]
    if unit == "%ID":
        return 1.0, ""
    if unit.startswith("ug per organ"):
        return 1e-7 / particle.dose, "micrograms in the organ over the dose"
    mass = organ_mass(catalogue, particle.species, organ, particle.weight)
    grams = f"{mass * 1e3:.3g} g of {organ}"
    if unit == "%ID/g":
        return 1e3 * mass, f"times {grams}"
    if unit.startswith("mg/L or mg/kg"):
        share = 0.55 if organ == "plasma" else 1.0  # Plasma of blood; its mass is that of blood.
        return 100.0 * share * mass / (5.0 * particle.weight), f"times {grams}, over 5 mg/kg"
    raise ReaderError(
        f"{particle.name}: `{unit}` is no unit that a share of the dose follows from."
    )


def _unscored(organ: str, time: float, printed: float) -> str:
    """Return why a reading of a scored set is not scored; empty where it is."""
    if organ in _UNLIKE:
        return _UNLIKE[organ]
    if organ not in _BODY:
        return "no organ of the body"
    if not printed > 0:
        return "printed as 0: no fold error"
    return "later than a week" if time > LATEST_SCORED else ""


def _balance(points: Iterable[QualificationPoint]) -> list[str]:
    """Return what the organs of one time add up to, and a warning where that cannot be."""
    sums: dict[float, float] = {}
    for point in points:
        sums[point.time_h] = sums.get(point.time_h, 0.0) + point.observed
    if not sums:
        return []
    low, high = min(sums.values()), max(sums.values())
    found = [f"mass balance: what was measured sums to {low:.3g} to {high:.3g} % of the dose"]
    return [*found, "more than was given: read with care"] if high > MOST else found


def _facts(particle: Particle, row: dict[str, str], scored: bool) -> dict[str, str]:
    """Return what a reader of the report wants to know of a set."""
    facts = {
        "particle": row["particle"],
        "coating or label": row["coating_or_label"],
        "core [nm]": row["size_nm_core"],
        "hydrodynamic [nm]": row["size_nm_hydrodynamic"],
        "strain": row["strain"],
        "dose": f"{row['dose_value']} {row['dose_unit']}".strip(),
        "route": row["route"],
        "compiled in": row["source_file"],
    }
    if scored:
        facts["dose [particles]"] = f"{particle.particles:.3g}"
    return {name: word for name, word in facts.items() if word}


def _number(text: str) -> float:
    """Return a printed number; NaN for none, and for a range."""
    try:
        return float(text)
    except ValueError:
        return math.nan
