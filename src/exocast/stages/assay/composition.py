"""What small vesicles are made of: proteins, lipids and RNA, by the branch that made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.vesicle_core_shell import core_shell_density, core_shell_index
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Population, Suspension

__all__ = ["LIPIDS", "MOLECULES", "ORIGINS", "RNA", "SORTED", "Composition"]

Array = NDArray[np.float64]

KIND = "small_ev"
ORIGIN = "from_endosome_share"
ORIGINS = ("endosome", "plasma_membrane")
MOLECULES: Mapping[str, int] = {
    "integrin": 2, "MHC_I": 2, "HSP70": 3, "HSP90": 3, "ALIX": 3, "TSG101": 3, "actin": 3,
    "GAPDH": 3, "enolase": 3, "abundant_miRNA": 3, "mRNA": 3, "other_RNA": 3,
}  # fmt: skip
"""What is counted, and the power of the diameter with which it grows: membrane 2, lumen 3."""

LIPIDS = ("cholesterol", "sphingomyelin", "phosphatidylserine", "other_phospholipid")
RNA = ("miR-223", "miR-190")
SORTED = RNA[0]
"""The microRNA to which the abundant one is likened."""

WATER_DENSITY = 993.3
"""Of water at 37 degC [kg/m^3]."""
WATER_INDEX = 1.334

_KEY = "assay.composition."
COPIES = Parameter(
    _KEY + "copies", "1", "Mean copies in a small vesicle of the reference size, by branch."
)
REFERENCE = Parameter(_KEY + "reference_diameter", "m", "Diameter at which copies are counted.")
LIPID = Parameter(
    _KEY + "lipid_share", "1", "Share of the moles of lipid, by branch.", high=1.0, scale="logit"
)
AFFINITY = Parameter(
    _KEY + "sorting_affinity", "1", "How much sooner a microRNA is packaged than cytosol is."
)
SHELL = Parameter(_KEY + "shell_thickness", "m", "Membrane with the proteins in and on it.")
SHELL_PROTEIN = Parameter(
    _KEY + "shell_protein", "1", "Share of protein in the volume of the shell, by branch.",
    high=1.0, scale="logit",
)  # fmt: skip
LUMEN_PROTEIN = Parameter(
    _KEY + "lumen_protein", "1", "Share of protein in the volume of the lumen, by branch.",
    high=1.0, scale="logit",
)  # fmt: skip
PROTEIN_DENSITY = Parameter(_KEY + "protein_density", "kg/m^3", "Density of protein.")
LIPID_DENSITY = Parameter(_KEY + "lipid_density", "kg/m^3", "Density of lipid.")
PROTEIN_INDEX = Parameter(
    _KEY + "protein_index", "1", "Refractive index of protein.", low=1.3, high=1.8, scale="linear"
)
LIPID_INDEX = Parameter(
    _KEY + "lipid_index", "1", "Refractive index of lipid.", low=1.3, high=1.8, scale="linear"
)
BY_BRANCH = (SHELL_PROTEIN, LUMEN_PROTEIN)
PLAIN = (REFERENCE, SHELL, PROTEIN_DENSITY, LIPID_DENSITY, PROTEIN_INDEX, LIPID_INDEX)


@dataclass(frozen=True)
class Composition(PreparationStep):
    r"""An inventory of the small vesicles of the tube, which passes unchanged.

    Equation
    --------
    \bar{c} = \left[w c_e + (1 - w) c_p\right] \frac{\langle d^m \rangle}{d_0^m}, \quad
    \rho_s = \phi \rho_P + (1 - \phi) \rho_L, \quad n_s = \phi n_P + (1 - \phi) n_L

    Symbols
    -------
    \bar{c} : copies in the mean vesicle [1]
    w : from_endosome_share of the tube [1]
    c_e : copies, of a vesicle from endosomes
    c_p : copies, of a vesicle from the plasma membrane
    d : diameter [m]
    d_0 : reference_diameter
    m : 2 for what sits in the membrane, 3 for what is in the lumen
    \rho_s : density of the shell, as core_shell_density takes it [kg/m^3]
    n_s : refractive index of the shell, as core_shell_index takes it [1]
    \phi : shell_protein
    \rho_P : protein_density
    \rho_L : lipid_density
    n_P : protein_index
    n_L : lipid_index

    Notes
    -----
    Hardly any of these counts was read in a source: the inventory says what follows from which
    branch, and is a place for measured counts. Cargo that the tube holds is counted as it is: to
    forecast a microRNA or a messenger of the donor cell from its copies there, let the cell make
    it (`loading.donor_expression`, ``endogenous``) and set it beside the inventory. Density and
    refractive index that follow from it are shown beside those which the tube has from
    measurements, and do not replace them. Protein and lipid scatter in proportion to what they
    weigh, so a density sets a least refractive index (1.40 for 1.10 g/mL), which published indices
    of vesicles mostly lie below: one of the two measurements is not of the whole vesicle.
    """

    stage: ClassVar[str] = "assay"
    method: ClassVar[str] = "composition"
    title: ClassVar[str] = "composition of small vesicles"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (COPIES, LIPID, AFFINITY, *BY_BRANCH, *PLAIN)

    rna: str = setting(
        SORTED, choices=RNA, doc="MicroRNA of which the copies are asked for.",
        source="digestion_practice", moves="copies of the microRNA asked for [1]",
    )  # fmt: skip

    def needs(self) -> list[Need]:
        """Return what is counted, for both branches."""
        return [
            *(Need(COPIES, {"molecule": m, "origin": o}) for m in MOLECULES for o in ORIGINS),
            *(Need(LIPID, {"lipid": one, "origin": o}) for one in LIPIDS for o in ORIGINS),
            *(Need(AFFINITY, {"rna": one}) for one in dict.fromkeys((SORTED, self.rna))),
            *(Need(one, {"origin": o}) for one in BY_BRANCH for o in ORIGINS),
            *(Need(one) for one in PLAIN),
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube as it was, with the inventory as notes."""
        exchange = Exchange(resources=Resources(time=8 * 3600.0, hands_on=2 * 3600.0))
        if KIND not in suspension.kinds:
            return suspension, exchange
        held = suspension.population(KIND)
        share = np.asarray(held.surface.get(ORIGIN, np.zeros(p.members)))
        notes: dict[str, Array] = {}
        for molecule, power in MOLECULES.items():
            mean = _mixed(COPIES, share, p, molecule=molecule)
            notes[f"{molecule} in a vesicle [1]"] = mean * _grown(held, p[REFERENCE], power)
        by_sorting = p.at(AFFINITY, rna=self.rna) / p.at(AFFINITY, rna=SORTED)
        abundant = notes["abundant_miRNA in a vesicle [1]"]
        notes["copies of the microRNA asked for [1]"] = abundant * by_sorting
        for cargo, copies in held.inside.items():
            notes[f"{cargo} in a vesicle [copy/particle]"] = _per_vesicle(held, copies.mean)
            notes[f"vesicles with {cargo} [1]"] = _per_vesicle(held, 1.0 - copies.empty)
        for name in ("cd9", "cd63", "cd81"):
            if f"{name}_copies" in held.surface:
                notes[f"{name.upper()} on a vesicle [1]"] = held.surface[f"{name}_copies"]
        shares = {one: _mixed(LIPID, share, p, lipid=one) for one in LIPIDS}
        whole = np.sum(list(shares.values()), axis=0)
        notes |= {f"{one} in the lipid [1]": part / whole for one, part in shares.items()}
        density, index = self.bulk(held, share, p)
        notes |= {
            "density by composition [kg/m^3]": density,
            "density in the tube [kg/m^3]": held.density,
            "refractive index by composition [1]": index,
            "refractive index in the tube [1]": held.refractive_index,
        }
        return suspension, Exchange(resources=exchange.resources, notes=notes)

    def bulk(self, held: Population, share: Array, p: Draws) -> tuple[Array, Array]:
        """Return density [kg/m^3] and refractive index [1] of the vesicle of mean volume, (n,)."""
        mean = _grown(held, p[REFERENCE], 3) ** (1.0 / 3.0) * p[REFERENCE]
        shell, lumen = (_mixed(one, share, p) for one in BY_BRANCH)
        density = core_shell_density(
            mean,
            p[SHELL],
            shell * p[PROTEIN_DENSITY] + (1.0 - shell) * p[LIPID_DENSITY],
            lumen * p[PROTEIN_DENSITY] + (1.0 - lumen) * WATER_DENSITY,
        )
        index = core_shell_index(
            mean,
            p[SHELL],
            shell * p[PROTEIN_INDEX] + (1.0 - shell) * p[LIPID_INDEX],
            lumen * p[PROTEIN_INDEX] + (1.0 - lumen) * WATER_INDEX,
        )
        return density, index

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Say so where the tube does not know which branch its vesicles are from."""
        if KIND not in suspension.kinds or ORIGIN in suspension.population(KIND).surface:
            return []
        words = "the tube does not know its branches: all small vesicles count as shed"
        return [Flag(self.name, words)]


def _mixed(parameter: Parameter, share: Array, p: Draws, **context: str) -> Array:
    """Return a quantity of the mean vesicle, of both branches in their shares, array (n,)."""
    first, second = (p.at(parameter, origin=origin, **context) for origin in ORIGINS)
    return np.asarray(share * first + (1.0 - share) * second)


def _per_vesicle(held: Population, values: Array) -> Array:
    """Return the mean of something over the vesicles of all sizes, array (n,)."""
    total = held.total
    summed = (held.count * values).sum(axis=1)
    return np.asarray(np.divide(summed, total, out=np.zeros_like(total), where=total > 0))


def _grown(held: Population, reference: Array, power: int) -> Array:
    """Return the mean of a power of the diameter over that of the reference, array (n,)."""
    total = held.total
    mean = (held.count * held.diameter**power).sum(axis=1)
    bare = np.divide(mean, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(np.where(total > 0, bare / reference**power, 1.0))
