"""The body of a species at the medians of the catalogue, as data that any front can print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exocast.design.vocabulary import Vocabulary
from exocast.errors import EvidenceError, nearest
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, draw
from exocast.evidence.parameter import Need, Value
from exocast.material.study import Study
from exocast.stages.biodistribution import METHODS, physiology
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.units import present

__all__ = ["BodyDescription", "OrganDescription", "SpeciesList", "body_names", "describe_body",
           "describe_species"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrganDescription:
    """One organ, or pool of large vessels.

    Attributes
    ----------
    name, title, kind, capillary : str
        As in the anatomy.
    volume : float
        With its blood [m^3].
    blood : float
        Blood in it [m^3].
    flow : float
        Blood through it [m^3/s]; of the liver, artery and portal vein.
    """

    name: str
    title: str
    kind: str
    capillary: str
    volume: float
    blood: float
    flow: float


@dataclass(frozen=True, slots=True)
class BodyDescription:
    """A species, or one sex of it, at the medians.

    Attributes
    ----------
    species, sex : str
        As a Design writes them; `sex` is empty for the reference of the species.
    weight : Value
        Row of its own body weight.
    output : float
        Cardiac output at that weight [m^3/s].
    haematocrit : float
        Share of cells in blood.
    organs : tuple of OrganDescription
        Pools and organs, in the order of the anatomy.
    rows : tuple of Value
        Rows of the body that hold for this species alone, by key.
    shared : int
        Rows of the body that hold for every species.
    """

    species: str
    sex: str
    weight: Value
    output: float
    haematocrit: float
    organs: tuple[OrganDescription, ...]
    rows: tuple[Value, ...]
    shared: int

    @property
    def name(self) -> str:
        """Return the name under which it is explained, such as ``human.female``."""
        return ".".join(filter(None, (self.species, self.sex)))

    @property
    def blood(self) -> float:
        """Return all blood [m^3]."""
        return sum(organ.blood for organ in self.organs)

    @property
    def volume(self) -> float:
        """Return organs and large vessels together [m^3]."""
        return sum(organ.volume for organ in self.organs)

    @property
    def summary(self) -> str:
        """Return weight, output and blood in a sentence."""
        output, weight = self.output * 6e7, self.weight.value
        return (
            f"{present(weight, 'kg')}, with a cardiac output of {output:,.0f} mL/min and "
            f"{present(self.blood, 'm^3')} of blood ({1e6 * self.blood / weight:.0f} mL/kg), "
            f"{self.haematocrit:.0%} of it cells; medians."
        )

    def median(self, key: str) -> float:
        """Return the median of a row of this species by the last part of its key, in SI."""
        return next(row.value for row in self.rows if row.key.rpartition(".")[2] == key)


@dataclass(frozen=True, slots=True)
class SpeciesList:
    """Every body that the catalogue has.

    Attributes
    ----------
    bodies : tuple of BodyDescription
        Species in the order of the table, each followed by its sexes that have rows.
    """

    bodies: tuple[BodyDescription, ...]


def body_names(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return every body that can be explained: ``mouse``, ``human``, ``human.female``."""
    found: list[str] = []
    for species in vocabulary.species():
        found += [species, *(f"{species}.{sex}" for sex in vocabulary.sexes(species))]
    return tuple(found)


def describe_species(vocabulary: Vocabulary, catalogue: Catalogue) -> SpeciesList:
    """Describe every body."""
    return SpeciesList(
        tuple(describe_body(name, vocabulary, catalogue) for name in body_names(vocabulary))
    )


def describe_body(name: str, vocabulary: Vocabulary, catalogue: Catalogue) -> BodyDescription:
    """Describe one body.

    Parameters
    ----------
    name : str
        A species, or species and sex with a dot between.
    vocabulary : Vocabulary
        Gives the species.
    catalogue : Catalogue
        Where the values are looked up.

    Raises
    ------
    EvidenceError
        If there is no such body; the message offers the nearest.
    """
    known = body_names(vocabulary)
    if name not in known:
        raise EvidenceError(f"the catalogue has no body `{name}`. {nearest(name, known)}")
    species, _, sex = name.partition(".")
    context = {"species": species} | ({"sex": sex} if sex else {})
    weight = catalogue.find(Need(physiology.BODY_WEIGHT, context))
    study = Study(species, weight.value, "", 0.0, "", (), "", (), 0.0, 0.0, sex=sex)
    anatomy = Anatomy.packaged()
    ensemble = draw(
        [Need(one.parameter, {**context, **one.context}) for one in physiology.needs(anatomy)],
        catalogue, Axes(1, 1), 1,
    )  # fmt: skip
    p = ensemble.draws(context)
    blood = physiology.circulation(anatomy, p, study)
    organs = tuple(
        OrganDescription(
            name=node.name,
            title=node.title,
            kind=node.kind,
            capillary=node.capillary,
            volume=float(blood.tissue.get(node.name, blood.blood[node.name])[0]),
            blood=float(blood.blood[node.name][0]),
            flow=float(blood.through[node.name][0]),
        )
        for node in blood.anatomy.nodes
    )
    rows = _rows(study, catalogue)
    own = [row for row in rows if "species" in row.context]
    return BodyDescription(
        species=species,
        sex=sex,
        weight=weight,
        output=float(blood.through["lung"][0]),
        haematocrit=1.0 - float(blood.plasma_share[0]),
        organs=organs,
        rows=(weight, *sorted(own, key=lambda row: row.key)),
        shared=len(rows) - len(own),
    )


def _rows(study: Study, catalogue: Catalogue) -> list[Value]:
    """Return what answers the needs of the body, each row once."""
    needs: Iterable[Need] = METHODS["whole_body"]().needs_in(study)
    found = {}
    for need in needs:
        row = catalogue.find(Need(need.parameter, {**study.context(), **need.context}))
        found[row.origin] = row
    return list(found.values())
