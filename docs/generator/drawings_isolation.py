"""Pictures of isolation by size and density: each evaluates the law that a run evaluates.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.density_gradient import layered_concentration, relaxation_rate, resting_place
from exocast.laws.field_flow import layer_thickness, retention_ratio, void_time
from exocast.laws.gradient_medium import (
    osmotic_volume,
    shrunken_density,
    solution_density,
    solution_viscosity,
)
from exocast.laws.membrane import (
    cut_off_pore,
    deposited_share,
    globular_diameter,
    membrane_resistance,
    return_by_diffusion,
    return_by_shear,
    sieving,
)
from exocast.laws.wall_adsorption import diffusivity
from exocast.laws.water import water_viscosity
from exocast.report.style import QUIET, RIVALS, plain
from exocast.units import to_si
from generator.drawings_tube import DAY, HOUR, NANO, ROOM, share_axis
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def gradient_way(figure: Figure) -> None:
    """How far particles get in a gradient, and where they would rest.

    Left: density from the top to the bottom of an SW 40Ti tube with 1 mL of sample on layers of 10,
    30 and 50 % iodixanol, at the start and 24 h later: layers have diffused into each other. Right:
    place against time at 120,000 g for small EVs of 1.125 g/mL: all rest at the same density,
    and the smaller they are the later, by the square of their size.
    """
    left, right = figure.subplots(1, 2)
    top, bottom, mean = (
        median(f"isolation.rotor.{part}_radius", rotor="SW 40Ti")
        for part in ("minimum", "maximum", "mean")
    )
    edges = np.linspace(top, bottom, 401)
    middle = (edges[1:] + edges[:-1]) / 2
    path = bottom - top
    part = 1.0 / 14.0
    bounds = path * (part + (1 - part) * np.array([0.0, 1 / 3, 2 / 3]))
    names = ("specific_volume", "intrinsic_viscosity", "crowding", "warmth")
    volume, *viscous = (median(f"isolation.medium.{name}", medium="iodixanol") for name in names)
    moved = median("isolation.density_gradient.medium_diffusivity", medium="iodixanol")
    layers = np.array([0.0, 100.0, 300.0, 500.0])
    for spread, ink, label in (
        (1e-9, RIVALS[1], "as poured"),
        (2 * moved * DAY, RIVALS[0], "24 h"),
    ):
        held = layered_concentration(middle - top, bounds, layers, spread)
        shown = solution_density(held, volume) / 1e3
        left.plot(1e3 * (middle - top), shown, ink.dash, color=ink.line, label=label)
    left.axhspan(1.08, 1.19, color=QUIET, alpha=0.15, lw=0)
    left.set_xlabel("below the surface, mm")
    left.set_ylabel("density, g/mL")
    left.legend(frameon=False, fontsize=8.5)
    plain(left, left=True)
    held = layered_concentration(middle - top, bounds, layers, moved * DAY)
    field = 1.2e5 * 9.80665 / mean
    eta = solution_viscosity(held, *viscous, 277.15)
    mobility = (field * middle / (18 * eta))[None, :]
    density = median("donor.vesicle.density", kind="small_ev")
    difference = (density - solution_density(held, volume))[None, :]
    hours = np.geomspace(0.05, 48.0, 160)
    for size, ink in zip((40, 80, 160), RIVALS, strict=False):
        progress = ((size * NANO) ** 2 * hours * HOUR)[None, :]
        place, _, _ = resting_place(
            edges, mobility, difference, [[top + path * part / 2]], progress
        )
        right.plot(hours, 1e3 * (place[0, 0] - top), ink.dash, color=ink.line, label=f"{size} nm")
    right.set_xscale("log")
    right.set_xlim(0.05, 48)
    right.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    right.minorticks_off()
    right.invert_yaxis()
    right.set_xlabel("time, h")
    right.set_ylabel("below the surface, mm")
    right.legend(frameon=False, fontsize=8.5)
    plain(right, left=True)


def time_to_rest(figure: Figure) -> None:
    """Time to equilibrium, by size.

    Three relaxation times (95 %) in a gradient of 0.2 g/mL over 9 cm at 120,000 g, at the viscosity
    of 20 % iodixanol and 4 °C. Dotted: one night and one day. A lipoprotein of 10 nm takes more
    than a week: it is as dense as a vesicle, and is not there yet.
    """
    axes = figure.add_subplot()
    sizes = np.geomspace(8.0, 300.0, 200)
    names = ("intrinsic_viscosity", "crowding", "warmth")
    viscous = (median(f"isolation.medium.{name}", medium="iodixanol") for name in names)
    eta = float(solution_viscosity(200.0, *viscous, 277.15))
    rate = relaxation_rate(sizes * NANO, 1.2e5 * 9.80665 / (18 * eta), 200.0 / 0.09)
    axes.plot(sizes, 3 / rate / HOUR, color=RIVALS[0].line)
    for hours in (16.0, 24.0):
        axes.axhline(hours, color=QUIET, ls=":", lw=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(8, 300)
    axes.set_xticks([10, 30, 100, 300], ["10", "30", "100", "300"])
    axes.minorticks_off()
    axes.set_xlabel("diameter, nm")
    axes.set_ylabel("time to rest, h")
    plain(axes, left=True)


def shrunk(figure: Figure) -> None:
    """What sucrose does to the density of a vesicle.

    Density of a vesicle against that of the medium around it, at 1.10 g/mL in isotonic liquid:
    iodixanol is isotonic and leaves it as it is; sucrose draws water off. It rests where it crosses
    the dotted line, on which both are as dense.
    """
    axes = figure.add_subplot()
    concentration = np.linspace(0.0, 800.0, 200)
    active = median("isolation.density_gradient.leaving_water")
    own = median("isolation.density_gradient.isotonic")
    for medium, ink in zip(("iodixanol", "sucrose"), RIVALS, strict=False):
        volume = median("isolation.medium.specific_volume", medium=medium)
        osmoles = median("isolation.density_gradient.medium_osmoles", medium=medium)
        outside = solution_density(concentration, volume)
        inside = shrunken_density(1100.0, osmotic_volume(osmoles * concentration, own, active))
        inside = np.broadcast_to(inside, outside.shape)
        axes.plot(outside / 1e3, inside / 1e3, ink.dash, color=ink.line, label=medium)
    same = np.linspace(1.0, 1.3, 60)
    axes.plot(same, same, ":", color=QUIET, lw=1)
    axes.set_xlim(1.0, 1.3)
    axes.set_ylim(1.05, 1.25)
    axes.set_xlabel("density of the medium, g/mL")
    axes.set_ylabel("density of the vesicle, g/mL")
    axes.legend(frameon=False, fontsize=8.5)
    plain(axes, left=True)


def sieved(figure: Figure) -> None:
    """What a membrane lets through, by its cut-off.

    Share of what is at its wall that the flow carries through, by hydrodynamic diameter, at the
    median spread of pores. Dotted: protein, at the median radius. Vesicles pass none of them; what
    protein does decides whether a filter purifies or only concentrates.
    """
    axes = figure.add_subplot()
    sizes = np.geomspace(1.0, 100.0, 300)
    variation = median("isolation.membrane.pore_variation")
    for mass, ink in zip((10, 100, 500), RIVALS, strict=False):
        pore = cut_off_pore(globular_diameter(to_si(mass, "kDa")), variation)
        share = sieving(sizes * NANO, pore, variation)[0]
        axes.plot(sizes, share, ink.dash, color=ink.line, label=f"{mass} kDa")
    axes.axvline(2e9 * median("isolation.size_exclusion.solute_radius"), color=QUIET, ls=":", lw=1)
    axes.set_xscale("log")
    axes.set_xlim(1, 100)
    axes.set_xticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    axes.minorticks_off()
    axes.set_xlabel("diameter, nm")
    share_axis(axes, "sieving coefficient")
    axes.legend(frameon=False, fontsize=8.5)


def lying_down(figure: Figure) -> None:
    """Which sizes come to lie on a swept membrane.

    Left: how fast sizes return from the wall of a hollow fibre, at three shear rates: diffusion
    carries off the small, tumbling the large, and vesicles return worst. Right: share of what
    arrives that lies down, against the flux, for 100 nm. Dotted: the flux of a clean 500 kDa
    membrane at 0.3 bar over the median fouling.
    """
    left, right = figure.subplots(1, 2)
    length = median("isolation.tangential_flow_filtration.fibre_length")
    sizes = np.geomspace(10.0, 3000.0, 300) * NANO
    eta = float(water_viscosity(ROOM))
    flux = np.geomspace(1e-7, 1e-3, 200)
    for shear, ink in zip((1000.0, 4000.0, 16000.0), RIVALS, strict=False):
        back = return_by_diffusion(shear, diffusivity(sizes, ROOM, eta), length)
        back = back + return_by_shear(shear, sizes, length)
        left.plot(sizes / NANO, 3.6e6 * back, ink.dash, color=ink.line, label=f"{shear:,.0f}/s")
        kept = np.interp(100 * NANO, sizes, back) * 13.0
        right.plot(3.6e6 * flux, deposited_share(flux, kept), ink.dash, color=ink.line)
    for axes, label in ((left, "diameter, nm"), (right, "flux, L/(m²·h)")):
        axes.set_xscale("log")
        axes.set_xlabel(label)
    left.set_yscale("log")
    left.set_ylabel("return, L/(m²·h)")
    left.legend(frameon=False, fontsize=8.5)
    share_axis(right, "share that lies down")
    pore = cut_off_pore(
        globular_diameter(to_si(500, "kDa")), median("isolation.membrane.pore_variation")
    )
    through = 3e4 / eta / float(
        membrane_resistance(pore, median("isolation.membrane.skin"))[0]
    ) / median("isolation.membrane.fouling")  # fmt: skip
    right.axvline(3.6e6 * through, color=QUIET, ls=":", lw=1)


def left_channel(figure: Figure) -> None:
    """When a size leaves a field-flow channel.

    Time of leaving by diameter at a constant cross flow, in a channel of 350 µm and the median
    area, with 0.5 mL/min to the detector. Small ones leave first; beyond the turn (steric
    inversion) large ones come back earlier, among the small.
    """
    axes = figure.add_subplot()
    width = 350e-6
    void = width * median("isolation.asymmetric_flow_fractionation.channel_area")
    steric = median("isolation.asymmetric_flow_fractionation.steric")
    out = to_si(0.5, "mL/min")
    sizes = np.geomspace(5.0, 2000.0, 300)
    moved = diffusivity(sizes * NANO, 298.15, water_viscosity(298.15))
    for flow, ink in zip((0.25, 0.5, 2.0), RIVALS, strict=False):
        cross = to_si(flow, "mL/min")
        layer = layer_thickness(moved, void, width, cross)
        ratio = retention_ratio(layer, sizes * NANO / 2 / width, steric)
        time = void_time(void, out, cross) / ratio / 60
        axes.plot(sizes, time, ink.dash, color=ink.line, label=f"{flow:g} mL/min")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(5, 2000)
    axes.set_xticks([10, 100, 1000], ["10", "100", "1000"])
    axes.minorticks_off()
    axes.set_xlabel("diameter, nm")
    axes.set_ylabel("leaves after, min")
    axes.legend(frameon=False, fontsize=8.5, title="cross flow")
    plain(axes, left=True)


PICTURES = {
    "isolation.density_gradient": (gradient_way, time_to_rest, shrunk),
    "isolation.ultrafiltration": (sieved,),
    "isolation.tangential_flow_filtration": (lying_down, sieved),
    "isolation.asymmetric_flow_fractionation": (left_channel,),
}
