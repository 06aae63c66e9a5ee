"""Pictures of other carriers than vesicles: each evaluates the law of a run.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.liposome import bilayer_lipids, mean_lipid
from exocast.laws.lumen import AVOGADRO
from exocast.laws.molecule_passage import pore_sieving, stokes_diameter
from exocast.laws.nanoparticle import coat_loss_rate, copies_by_geometry
from exocast.laws.polymer_brush import grafting_coverage
from exocast.laws.solid_particle import core_mass
from exocast.laws.water import water_viscosity
from exocast.report.style import QUIET, RIVALS, plain
from generator.drawings_tube import NANO
from generator.numbers import ends, median

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MADE, DISSOLVED = "donor.lipid_nanoparticle.", "biodistribution.dissolved_cargo."
SIRNA = {"cargo": "siRNA", "cargo_kind": "nucleic_acid"}
HOUR = 3600.0


def copies_held(figure: Figure) -> None:
    """What a nanoparticle holds, against its size.

    Copies of siRNA in a filled particle, at three ratios of cargo to lipid by mass; the middle one
    is on a label. Volume less a layer of PEG, times density, over molar mass: the band is what the
    density of solids leaves open, and no loading constant enters.
    """
    axes = figure.add_subplot()
    size = np.linspace(40, 160, 121)
    layer, molar = median(MADE + "coat_layer"), median("cargo.molar_mass", **SIRNA)
    low, high = ends(MADE + "solids")
    for ratio, ink in zip((0.04, 0.083, 0.16), (RIVALS[1], RIVALS[0], RIVALS[1]), strict=True):
        share = ratio / (1 + ratio)
        held = [
            copies_by_geometry(size * NANO, layer, solids, share, molar)
            for solids in (low, median(MADE + "solids"), high)
        ]
        axes.fill_between(size, held[0], held[2], color=ink.light, lw=0)
        axes.plot(size, held[1], ink.dash, color=ink.line, label=f"{ratio:g} g of cargo per g")
    axes.set_yscale("log")
    axes.set_xlabel("diameter, nm")
    axes.set_ylabel("copies in a particle")
    axes.legend(frameon=False)
    plain(axes, left=True)


def coat_kept(figure: Figure) -> None:
    """How long a coat of PEG lasts, by its anchor.

    Share of particles of 80 nm that still wear their coat in plasma, for 3,000 chains: a longer
    tail leaves the particle more slowly. Rates are assumed; bands span 5 to 95 % of what is not
    known.
    """
    axes = figure.add_subplot()
    hours = np.linspace(0, 48, 200)
    coil = median("biodistribution.whole_body.coil_radius", shield="peg")
    half = np.log(2.0) / grafting_coverage(1.0, np.pi * (80 * NANO) ** 2, coil)
    for anchor, ink in zip(("C14", "C16", "C18"), (RIVALS[1], QUIET, RIVALS[0]), strict=True):
        line, light = (ink, "#e6e9ec") if isinstance(ink, str) else (ink.line, ink.light)
        low, high = ends(MADE + "peg_desorption", anchor=anchor)
        middle = median(MADE + "peg_desorption", anchor=anchor)
        kept = [
            np.exp(-coat_loss_rate(3000.0, half, rate) * hours * HOUR)
            for rate in (low, middle, high)
        ]
        axes.fill_between(hours, kept[2], kept[0], color=light, lw=0, alpha=0.6)
        axes.plot(hours, kept[1], color=line, label=anchor)
    axes.set_xlabel("hours in plasma")
    axes.set_ylabel("share with a coat")
    axes.set_ylim(0, 1)
    axes.legend(frameon=False)
    plain(axes, left=True)


def lipids_of(figure: Figure) -> None:
    """What a liposome is made of, against its size.

    Lipids of both leaflets, and copies of doxorubicin at the ratio of a liposomal label; the band
    is what the area of a phospholipid leaves open.
    """
    axes = figure.add_subplot()
    size = np.linspace(50, 200, 121)
    key, tails = "donor.liposome.", {"phospholipid": "saturated"}
    sterol, thick = median(key + "cholesterol_area"), median(key + "bilayer")
    band = [
        bilayer_lipids(size * NANO, thick, mean_lipid(area, sterol, area, 0.4, 0.05))
        for area in ends(key + "phospholipid_area", **tails)
    ]
    axes.fill_between(size, *band, color=RIVALS[0].light, lw=0)
    axes.plot(size, np.sqrt(band[0] * band[1]), color=RIVALS[0].line, label="lipids")
    mass = mean_lipid(median(key + "phospholipid_mass", **tails),
                      median(key + "cholesterol_mass"), median(key + "peg_lipid_mass"),
                      0.4, 0.05)  # fmt: skip
    drug = median("cargo.molar_mass", cargo="doxorubicin", cargo_kind="hydrophilic")
    held = 0.125 * np.sqrt(band[0] * band[1]) * mass / drug
    axes.plot(size, held, RIVALS[1].dash, color=RIVALS[1].line, label="doxorubicin, 0.125 g per g")
    axes.set_yscale("log")
    axes.set_xlabel("diameter, nm")
    axes.set_ylabel("molecules in a liposome")
    axes.legend(frameon=False)
    plain(axes, left=True)


def particles_of(figure: Figure) -> None:
    """How many particles a milligram is.

    Mass over the mass of one core, all alike: a dose of equal mass is thousands of times as many of
    the small ones, and phagocytes fill by number.
    """
    axes = figure.add_subplot()
    size = np.geomspace(5, 150, 100)
    for name, ink in (("gold", RIVALS[0]), ("silica", RIVALS[1])):
        solid = median("donor.inorganic_particle.solid_density", substance=name)
        count = 1e-6 / core_mass(size * NANO, 0.0, solid)
        axes.plot(size, count, ink.dash, color=ink.line, label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("core, nm")
    axes.set_ylabel("particles in a milligram")
    axes.legend(frameon=False)
    plain(axes, left=True)


def weighed(figure: Figure) -> None:
    """How many copies a weighed cargo is.

    Mass over molar mass: a microgram of siRNA, of a protein.
    """
    axes = figure.add_subplot()
    mass = np.geomspace(1e-3, 1e3, 50)
    for name, kind, ink in (
        ("siRNA", "nucleic_acid", RIVALS[0]),
        ("catalase", "protein", RIVALS[1]),
    ):
        molar = median("cargo.molar_mass", cargo=name, cargo_kind=kind)
        axes.plot(mass, mass * 1e-9 / molar * AVOGADRO, ink.dash, color=ink.line, label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("mass, µg")
    axes.set_ylabel("copies")
    axes.legend(frameon=False)
    plain(axes, left=True)


def sieved(figure: Figure) -> None:
    """What the kidney lets through, against the size of a molecule.

    Concentration in the filtrate over that in plasma, for a neutral sphere; the band is what the
    pore of the filter leaves open. The upright line is the sphere that diffuses like an siRNA: it
    passes mostly. A vesicle does not appear on this axis.
    """
    axes = figure.add_subplot()
    radius = np.linspace(0.1, 6.5, 200)
    warm, pressure = 310.15, median(DISSOLVED + "glomerular_pressure")
    ink = RIVALS[0]
    low, high = ends(DISSOLVED + "glomerular_pore")
    band = [pore_sieving(2 * radius * NANO, pore, pressure, warm) for pore in (low, high)]
    axes.fill_between(radius, *band, color=ink.light, lw=0)
    pore = median(DISSOLVED + "glomerular_pore")
    axes.plot(radius, pore_sieving(2 * radius * NANO, pore, pressure, warm), color=ink.line)
    speed = median("cargo.diffusivity", **SIRNA)
    own = float(stokes_diameter(speed, float(water_viscosity(298.15)), 298.15)) / 2 / NANO
    axes.axvline(own, color=QUIET, lw=1.0, ls="--")
    axes.text(own + 0.08, 0.06, "siRNA", color=QUIET, fontsize=9)
    axes.set_xlabel("radius, nm")
    axes.set_ylabel("sieving by the glomerulus")
    axes.set_ylim(0, 1)
    plain(axes, left=True)


PICTURES = {
    "donor.lipid_nanoparticle": (copies_held, coat_kept),
    "donor.liposome": (lipids_of,),
    "donor.inorganic_particle": (particles_of,),
    "donor.dissolved_cargo": (weighed,),
    "biodistribution.dissolved_cargo": (sieved,),
}
