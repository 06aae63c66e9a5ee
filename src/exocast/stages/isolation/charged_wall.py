"""A positively charged wall: how it holds particles and molecules at the salt around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.ion_exchange import (
    debye_length,
    displacement_retention,
    potential_in_salt,
    retention,
    wall_attraction,
)
from exocast.material.suspension import Population

__all__ = ["CHARGED_WALL", "LIQUID", "OUTER", "held_molecules", "held_particles"]

Array = NDArray[np.float64]

NEUTRAL = ("polymer", "iodixanol", "sucrose")
REFERENCE_SALT = 150.0

GAP = Parameter(
    "isolation.anion_exchange.gap", "m", "Between the charges of particle and wall at contact.",
    high=1e-8,
)  # fmt: skip
WALL = Parameter(
    "isolation.anion_exchange.wall_potential", "V",
    "Potential of the wall in physiological saline.", high=0.3,
)  # fmt: skip
ZETA = Parameter(
    "isolation.anion_exchange.zeta_when_unknown", "V",
    "Zeta potential of particles for which none was given.", low=-0.2, high=0.1, scale="linear",
)  # fmt: skip
OUTER = Parameter(
    "isolation.anion_exchange.outer_area", "1/m", "Wall that particles reach, in a volume of bed."
)
LIQUID = Parameter(
    "isolation.anion_exchange.liquid_share", "1", "Share of the bed that is flowing liquid.",
    low=0.1, high=0.95, scale="linear",
)  # fmt: skip
PROTEIN_SALT = Parameter(
    "isolation.anion_exchange.protein_salt", "mol/m^3", "Salt at which half of the protein binds."
)
PROTEIN_CHARGES = Parameter(
    "isolation.anion_exchange.protein_charges", "1", "Ions that a protein displaces."
)
NUCLEIC_SALT = Parameter(
    "isolation.anion_exchange.nucleic_salt", "mol/m^3",
    "Salt at which half of the dissolved nucleic acid binds.",
)  # fmt: skip
NUCLEIC_CHARGES = Parameter(
    "isolation.anion_exchange.nucleic_charges", "1", "Ions that a nucleic acid displaces."
)
CHARGED_WALL = (
    GAP, WALL, ZETA, OUTER, LIQUID, PROTEIN_SALT, PROTEIN_CHARGES, NUCLEIC_SALT, NUCLEIC_CHARGES,
)  # fmt: skip


def held_particles(one: Population, size: Array, salt: Array, warm: float, p: Draws) -> Array:
    """Return bound over dissolved for particles of each size (m,) [m], array (n, m).

    `salt` (n,) [mol/m^3] is that of the buffer, `warm` its temperature [K].
    """
    zeta = one.surface.get("zeta_potential", p[ZETA])
    salt = salt[:, None]
    own, wall = (
        potential_in_salt(value[:, None], REFERENCE_SALT, salt, warm) for value in (zeta, p[WALL])
    )
    pull = wall_attraction(size / 2, own, wall, p[GAP][:, None], salt, warm)
    inside = (p[OUTER] / p[LIQUID])[:, None]
    return retention(pull, inside, debye_length(salt, warm))


def held_molecules(
    name: str, *, strong: bool, salts: tuple[Array, Array, Array], p: Draws
) -> tuple[Array, Array, Array]:
    """Return bound over dissolved for a molecule in the three salts, each (n, 1)."""
    if name in NEUTRAL:
        zero = np.zeros((p.members, 1))
        return zero, zero, zero
    half, charges = (
        (p[NUCLEIC_SALT], p[NUCLEIC_CHARGES]) if strong else (p[PROTEIN_SALT], p[PROTEIN_CHARGES])
    )
    at = [displacement_retention(salt, half, charges)[:, None] for salt in salts]
    return at[0], at[1], at[2]
