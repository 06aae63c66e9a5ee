"""What a cargo is: its kind, the parameters that describe it, and how much of it is added."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from exocast.errors import nearest
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.lumen import AVOGADRO, lumen_diameter
from exocast.laws.molecule_passage import stokes_diameter
from exocast.laws.steric import lumen_capacity, molecule_volume
from exocast.laws.water import water_viscosity
from exocast.material.step import Ceiling

__all__ = [
    "ADSORPTION_CONSTANT",
    "ADSORPTION_SHARE",
    "BILAYER_CAPACITY",
    "DIFFUSIVITY",
    "LIPID_PARTITION_CONSTANT",
    "MATTER",
    "MEMBRANE_PERMEABILITY",
    "MOLAR_MASS",
    "PACKING_SHARE",
    "PARTITION_ENTHALPY",
    "PHOSPHATE_CHARGE",
    "REFERENCE_TEMPERATURE",
    "ROOM",
    "SERUM_HALF_LIFE",
    "SOLUBILITY",
    "SPECIFIC_VOLUME",
    "UNBOUND_SHARE",
    "Cargo",
    "added_copies",
    "cargo_context",
    "cargo_table",
    "cytosol_ceiling",
    "dry_volume",
    "hydrodynamic_diameter",
    "lumen_room",
    "unknown_cargo",
]

Array = NDArray[np.float64]
CargoKind = Literal["nucleic_acid", "protein", "hydrophobic", "hydrophilic", "nanoparticle"]

REFERENCE_TEMPERATURE = 298.15
"""At which diffusion coefficients are held [K]."""

MOLAR_MASS = Parameter("cargo.molar_mass", "kg/mol", "Molar mass of the cargo.")
PHOSPHATE_CHARGE = Parameter(
    "cargo.phosphate_charge", "1", "Negative charges of one molecule of a nucleic acid."
)
DIFFUSIVITY = Parameter("cargo.diffusivity", "m^2/s", "Diffusion coefficient in water.")
SPECIFIC_VOLUME = Parameter(
    "cargo.specific_volume",
    "m^3/kg",
    "Partial specific volume in water; of a solid, one over its density.",
)
PACKING_SHARE = Parameter(
    "cargo.packing_share", "1", "Most of a volume that such cargo fills.", high=1.0, scale="logit"
)
MATTER = (MOLAR_MASS, SPECIFIC_VOLUME, PACKING_SHARE)
"""What says how much room the matter of a cargo takes."""
ROOM = (*MATTER, DIFFUSIVITY)
"""What says how much room a cargo takes, and how wide a molecule is."""
MEMBRANE_PERMEABILITY = Parameter(
    "cargo.membrane_permeability", "m/s", "Permeability of an intact bilayer at 25 degC."
)
LIPID_PARTITION_CONSTANT = Parameter(
    "cargo.lipid_partition_constant",
    "m^3/mol",
    "Moles bound per mole of lipid and per free concentration, at 25 degC.",
)
PARTITION_ENTHALPY = Parameter(
    "cargo.partition_enthalpy",
    "J/mol",
    "Enthalpy of the partition into lipid.",
    low=-3e5,
    high=3e5,
    scale="linear",
)
BILAYER_CAPACITY = Parameter(
    "cargo.bilayer_capacity", "1", "Most molecules per lipid that a bilayer takes up.", high=1.0
)
SOLUBILITY = Parameter("cargo.solubility", "mol/m^3", "Solubility in the medium.")
ADSORPTION_SHARE = Parameter(
    "cargo.adsorption_share", "1", "Share of a surface on which such cargo can sit.",
    high=1.0, scale="logit",
)  # fmt: skip
ADSORPTION_CONSTANT = Parameter(
    "cargo.adsorption_constant", "m^3/mol", "Binding constant of the middle site of a surface."
)
# Not used in loading; the body asks for them under the same name.
SERUM_HALF_LIFE = Parameter(
    "cargo.serum_half_life", "s", "Half-life of unprotected cargo in serum."
)
UNBOUND_SHARE = Parameter(
    "cargo.unbound_share", "1", "Share of dissolved cargo in plasma that is bound to no protein.",
    high=1.0, scale="logit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cargo:
    """A cargo by name and kind.

    Attributes
    ----------
    name : str
        Name in a Design.
    kind : str
        nucleic_acid, protein, hydrophobic, hydrophilic or nanoparticle: which mechanisms act on it.
    title : str
        Words for people.
    """

    name: str
    kind: CargoKind
    title: str

    @property
    def is_small(self) -> bool:
        """Return whether it partitions into lipid and permeates; else it adsorbs outside."""
        return self.kind in ("hydrophobic", "hydrophilic")


@cache
def cargo_table() -> Mapping[str, Cargo]:
    """Return every packaged cargo, by name."""
    text = (resources.files("exocast") / "data" / "cargo.toml").read_text(encoding="utf-8")
    return {
        name: Cargo(name, cast("CargoKind", table["kind"]), table["title"])
        for name, table in tomllib.loads(text).items()
    }


def unknown_cargo(name: str) -> list[str]:
    """Return what is wrong with the name of a cargo, as sentences."""
    if name in cargo_table():
        return []
    return [f"no cargo is called `{name}`. {nearest(name, cargo_table())}"]


def cargo_context(name: str) -> dict[str, str]:
    """Return the context in which the parameters of a cargo are looked up."""
    if name not in cargo_table():
        return {"cargo": name}
    return {"cargo": name, "cargo_kind": cargo_table()[name].kind}


def added_copies(amount: float, mass: float, p: Draws) -> Array:
    """Return the copies that an operator adds, array (n,) [copy].

    Parameters
    ----------
    amount : float [mol]
        Counted where no mass is given.
    mass : float [kg]
        Weighed; above zero it takes the place of the amount, through the molar mass.
    p : Draws
        With the molar mass.
    """
    if mass > 0:
        return np.asarray(mass / p[MOLAR_MASS] * AVOGADRO)
    return np.full(p.members, amount * AVOGADRO)


def hydrodynamic_diameter(p: Draws) -> Array:
    """Return the diameter of the sphere that diffuses as the cargo does, array (n,) [m]."""
    viscosity = water_viscosity(REFERENCE_TEMPERATURE)
    return stokes_diameter(p[DIFFUSIVITY], viscosity, REFERENCE_TEMPERATURE)


def dry_volume(p: Draws) -> Array:
    """Return the volume that the matter of one molecule fills, array (n,) [m^3]."""
    return molecule_volume(p[MOLAR_MASS], p[SPECIFIC_VOLUME])


def lumen_room(diameter: Array, thickness: Array, p: Draws, molecule: Array | float = 0.0) -> Array:
    """Return the most copies that lumens hold, whatever brings them in, array (n, k) [copy].

    `diameter` (k,) or (n, k) is of the vesicles, `thickness` (n,) of their bilayer. A `molecule`
    (n, 1) [m] that has to come in as it is stays out of a narrower lumen; a coil that lipid or a
    reagent has condensed is as narrow as its matter.
    """
    lumen = lumen_diameter(diameter, thickness[:, None])
    return lumen_capacity(lumen, molecule, dry_volume(p)[:, None], p[PACKING_SHARE][:, None])


def cytosol_ceiling(setting: str, asked: float, cargo: str, cell: Array, p: Draws) -> Ceiling:
    """Return the ceiling of copies in a cell of a volume (n,) [m^3], and so in what it sheds."""
    return Ceiling(
        setting,
        np.full(p.members, asked),
        np.asarray(p[PACKING_SHARE] * cell / dry_volume(p)),
        "copies",
        f"of {cargo} in a cell",
        "its cytosol, and a lumen that encloses some of it, packs no more",
        "Lower it",
    )
