"""A ligand on the vesicles, and the receptors that it finds in organs and in a tumour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.avidity import (
    avidity,
    binding_clearance,
    bond_strength,
    bonds_in_reach,
    capture_share,
    wall_clearance,
)
from exocast.laws.phagocyte_encounter import encounter_ceiling, uptake_clearance
from exocast.material.carrier import Carrier
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.study import Study
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution import coat, disturbances, phagocytes
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.body import BARE
from exocast.stages.biodistribution.carried import displayed_on, left_in_time
from exocast.stages.biodistribution.ligands import Receptor, ligand_table, unknown_ligand
from exocast.stages.biodistribution.liquids import (
    INTERSTITIAL_SHARE,
    TEMPERATURE,
    VISCOSITY,
    diffusivity,
)
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY, Circulation

__all__ = [
    "BINDING_PORT",
    "CAPILLARY_RADIUS",
    "CAPILLARY_SHARE",
    "CellBinding",
    "Targeting",
    "tissue_sink",
]

Array = NDArray[np.float64]

BINDING_PORT = "targeting.binding"
"""Port: list of `CellBinding`, what each ligand adds at one tumour cell."""

LOAD_SHARE = 1e-6
"""Share of the receptors of a bed below which their use need not be resolved."""

_KEY = "biodistribution.targeting."
ASSOCIATION = Parameter(
    _KEY + "association", unit="m^3/mol/s", doc="Association rate constant of one bond."
)
DISSOCIATION = Parameter(
    _KEY + "dissociation", unit="mol/m^3", doc="Dissociation constant of one bond."
)
REACH = Parameter(
    _KEY + "reach", unit="m", doc="Length of ligand, tether and receptor together.", low=1e-9
)
RECEPTORS = Parameter(_KEY + "receptors", unit="copy", doc="Receptors on the surface of one cell.")
HEIGHT = Parameter(
    _KEY + "height", unit="m", doc="Of the ligand's binding site above the membrane."
)
OPEN = Parameter(
    _KEY + "open_receptors",
    unit="1",
    doc="Share of receptors that what plasma holds leaves open.",
    high=1.0,
    scale="logit",
)
RETURN = Parameter(
    _KEY + "receptor_return", unit="1/s", doc="Rate at which a used receptor is open again."
)
INTERNALISATION = Parameter(
    _KEY + "internalisation", unit="1/s", doc="Rate at which a cell takes in a vesicle it holds."
)
CROSSING = Parameter(
    _KEY + "crossing",
    unit="1",
    doc="Share of what vessel walls take by a receptor that they hand on to the tissue.",
    high=1.0,
    scale="logit",
)
ENDOTHELIAL_AREA = Parameter(
    _KEY + "endothelial_area", unit="m^2", doc="Surface of one endothelial cell towards blood."
)
CAPILLARY_RADIUS = Parameter(_KEY + "capillary_radius", unit="m", doc="Radius of a capillary.")
CAPILLARY_SHARE = Parameter(
    _KEY + "capillary_share", unit="1", doc="Share of an organ's blood in capillaries.", high=1.0
)
WALL_TRANSFER = Parameter(
    _KEY + "wall_transfer", unit="1", doc="Sherwood number of mass transfer to a capillary's wall."
)
PARENCHYMAL_CELLS = Parameter(
    _KEY + "parenchymal_cells", unit="1/kg", doc="Cells behind the capillaries, per mass of organ."
)
PARENCHYMAL_RADIUS = Parameter(
    _KEY + "parenchymal_radius", unit="m", doc="Radius of the sphere with such a cell's surface."
)
TISSUE_DIFFUSIVITY = Parameter(
    _KEY + "tissue_diffusivity",
    unit="1",
    doc="Diffusivity of a vesicle between cells, relative to plasma.",
    high=1.0,
)

_LIGAND = (REACH, HEIGHT, INTERNALISATION)
_BODY = (TEMPERATURE, VISCOSITY, TUMOUR_DENSITY)
_WALLS = (ENDOTHELIAL_AREA, CAPILLARY_RADIUS, CAPILLARY_SHARE, WALL_TRANSFER)
_CELLS = (PARENCHYMAL_CELLS, PARENCHYMAL_RADIUS)
_BONDS = (ASSOCIATION, DISSOCIATION, RECEPTORS, OPEN, RETURN)


def tissue_sink(wiring: Wiring, organ: str) -> tuple[Place, dict[str, str]]:
    """Return where vesicles that an organ's cells take end, and the pools of what they carry.

    The walls of a tumour's vessels have a place of their own, declared when first asked for.
    """
    if organ != "tumour":
        return wiring.place(f"{organ}.taken_up"), {one: f"{organ}.{one}" for one in wiring.riders}
    release = {label: f"tumour.{label}" for label in wiring.study.labels if label in wiring.riders}
    if wiring.study.cargo in wiring.riders:
        release[wiring.study.cargo] = "tumour.cargo_in_wall"
    if "tumour.wall" not in wiring.places:
        held = [(wiring.add_place("tumour.wall", sink=True), 1.0)]
        for rider, pool in release.items():
            if pool not in wiring.pools:
                wiring.add_pool(pool, rider=rider)
        wiring.add_to_output("tumour", held)
        doc = "of the vesicles in the tumour, those that the walls of its vessels took"
        wiring.output_places("tumour.wall", held, doc=doc)
    return wiring.place("tumour.wall"), release


Cleared = dict[str, dict[str, Array]]
"""Receptor to carrier to what it clears of a whole bed [m^3/s]."""


@dataclass(frozen=True)
class CellBinding:
    """What a ligand adds to the clearance by binding of one tumour cell.

    Attributes
    ----------
    coated, bare : mapping of str to array (n,)
        By carrier [m^3/s]: as dosed, and once a coat is shed.
    left : Expression, optional
        Share of it that is left in time.
    """

    coated: Mapping[str, Array]
    bare: Mapping[str, Array]
    left: Expression | None


@dataclass
class _Bed:
    """Receptors of one site in one organ, and what they take of each carrier as it is dosed.

    `bare` is of carriers that have shed their coat.
    """

    site: str
    organ: str
    clearance: Cleared = field(default_factory=dict)
    bonds: dict[str, dict[str, Array]] = field(default_factory=dict)
    bare: Cleared = field(default_factory=dict)
    stock: dict[str, Array] = field(default_factory=dict)
    """Receptor to all of them in the bed [copy]."""


@dataclass(frozen=True)
class Targeting(KineticStep):
    r"""A ligand binds its receptors wherever they are, never faster than diffusion and flow allow.

    Walls of vessels, phagocytes, the cells behind a wall and those of a tumour take vesicles by
    what they carry, in addition to what they take anyway. The first bond forms at the ligand's own
    rate; others within reach hold it until the cell takes it in. Used receptors are gone for a
    while. What a vessel wall takes is kept or, in part, handed on to the tissue. A coat of PEG
    hides what does not stand out of it; an anchor that plasma draws out takes its ligand along.

    Equation
    --------
    \frac{d A_o}{dt} = \dots - \sum_r \frac{\mathrm{CL}_{r,o}}{V_{p,o}} \left(1 -
    \frac{L_{r,o}}{N_o R_r}\right) A_o, \quad \frac{d L_{r,o}}{dt} = m_r
    \frac{\mathrm{CL}_{r,o}}{V_{p,o}} \left(1 - \frac{L_{r,o}}{N_o R_r}\right) A_o - k_r L_{r,o}

    \text{wall:} \quad \mathrm{CL}_o = s \, \frac{2 f_c V_o}{r} \left(\frac{2 r}{\mathrm{Sh} D} +
    \frac{1}{v_r}\right)^{-1}, \quad \text{cells:} \quad \mathrm{CL}_o = s N_o
    \left(\frac{1}{4 \pi D R_c} + \frac{1}{\kappa_r}\right)^{-1}

    Symbols
    -------
    A_o : vesicles of a size class in the blood of organ o, or behind its wall
    V_{p,o} : plasma of the organ, or liquid behind its wall [m^3]
    V_o : its blood [m^3]
    L_{r,o} : receptors in use
    N_o : cells of the site
    R_r : receptors times open_receptors
    m_r : bonds_in_reach
    k_r : receptor_return
    s : displaying
    f_c : capillary_share
    r : capillary_radius
    \mathrm{Sh} : wall_transfer
    D : brownian_diffusivity, in tissue times tissue_diffusivity
    R_c : parenchymal_radius
    v_r, \kappa_r : binding_clearance, per area of wall and per cell

    Notes
    -----
    Several receptors at one site add up before diffusion limits them together. Phagocytes work near
    their diffusion ceiling without a ligand, so that one adds little there. Receptors behind a wall
    see what gets behind it and no more: a ligand for them changes no arrival. At the cells of a
    tumour the ligand adds to the clearance by binding of the cell model (port
    ``targeting.binding``). A vesicle's copies are those of its size class; vesicles without a
    single copy are counted out by their share, not followed apart, so that late in a course what
    is left carries less ligand than assumed. Nothing here is a factor: no ligand, no term.

    Places: ``tumour.wall`` (a sink) where a tumour's vessels have a receptor. Outputs:
    ``<organ>.by_<ligand>``, vesicles that an organ took by the ligand.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "targeting"
    title: ClassVar[str] = "Ligand that finds receptors"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(
        dict.fromkeys(
            (
                *_LIGAND,
                *_BONDS,
                CROSSING,
                *coat.PARAMETERS,
                *_WALLS,
                *_CELLS,
                TISSUE_DIFFUSIVITY,
                *_BODY,
                INTERSTITIAL_SHARE,
                *phagocytes.PARAMETERS,
                disturbances.CHANGE,
            )
        )
    )
    speculative: ClassVar[bool] = True

    ligand: str = setting(
        doc="Name of the ligand, a context of its rows.", moves="what receptors take"
    )

    def context(self) -> Mapping[str, str]:
        """Return the ligand, in whose context every parameter is looked up."""
        return {"ligand": self.ligand}

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        return unknown_ligand(self.ligand)

    def needs(self) -> list[Need]:
        """Return what the ligand needs, with its receptors wherever they are."""
        if self.check():
            return []
        wanted = [Need(one) for one in (*_LIGAND, *_BODY, TISSUE_DIFFUSIVITY)]
        wanted += coat.needs()
        for receptor, site, organ in self._places():
            where = {"receptor": receptor.name, "site": site, "organ": organ}
            wanted += [Need(one, where) for one in _BONDS]
            here = {"organ": organ}
            if site == "endothelium":
                wanted += [Need(one, here) for one in _WALLS]
                wanted += [Need(CROSSING, where)]
            if site == "tumour_cell":
                wanted += [Need(PARENCHYMAL_RADIUS, here)]
            if site == "parenchyma":
                wanted += [Need(one, here) for one in (*_CELLS, INTERSTITIAL_SHARE)]
            if site == "phagocyte":
                wanted += phagocytes.needs(Anatomy.packaged())
        return list(
            {(one.parameter.key, *sorted(one.context.items())): one for one in wanted}.values()
        )

    def needs_in(self, study: Study) -> list[Need]:
        """Return the needs, without those of a tumour where there is none."""
        wanted = [*self.needs(), *disturbances.needs(study)]
        if study.tumour_volume > 0:
            return wanted
        return [need for need in wanted if need.context.get("organ") != "tumour"]

    def _places(self) -> Iterable[tuple[Receptor, str, str]]:
        for receptor in ligand_table()[self.ligand].bound:
            for site, organ in receptor.places():
                yield receptor, site, organ

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add what receptors take to a body and a route that are wired already."""
        if not any(f"ligand.{self.ligand}" in one.surface for one in wiring.carriers):
            return
        p = disturbances.disturbed(p, wiring.study)
        blood: Circulation = wiring.port("circulation")
        beds: dict[tuple[str, str], _Bed] = {}
        for receptor, site, organ in self._places():
            if organ in blood.tissue and (
                site == "tumour_cell" or self._sources(wiring, site, organ)
            ):
                bed = beds.setdefault((site, organ), _Bed(site, organ))
                self._fill(wiring, blood, bed, receptor, p)
        for bed in beds.values():
            self._limit(wiring, blood, bed, p)
            if bed.site == "tumour_cell":
                self._publish(wiring, bed, p)
            else:
                self._wire(wiring, blood, bed, p)
        wiring.publish(f"targeting.{self.ligand}", beds)

    def _displayed(self, wiring: Wiring, carrier: Carrier) -> tuple[Array, Array]:
        """Return the share of a carrier with any ligand, and the copies on one of these, (n,)."""
        return displayed_on(wiring, carrier, f"ligand.{self.ligand}")

    def _open(self, wiring: Wiring, carrier: Carrier, p: Draws) -> Array:
        """Return the share of the ligand's copies that a receptor gets at through a coat, (n,)."""
        spacer = carrier.surface.get(f"ligand.{self.ligand}.spacer", 0.0)
        area = phagocytes.surface_area(wiring.carriers)[carrier.kind]
        return coat.ligand_open(carrier, p, area, p[HEIGHT] + spacer)

    @staticmethod
    def _sources(wiring: Wiring, site: str, organ: str) -> list[Place]:
        """Return the places from which a site takes, as far as the body has them."""
        part = "interstitial" if site == "parenchyma" else "vascular"
        names = (f"{organ}.{part}", f"{BARE}{organ}.{part}")
        return [wiring.places[name] for name in names if name in wiring.places]

    def _cells(
        self, wiring: Wiring, blood: Circulation, bed: _Bed, p: Draws
    ) -> tuple[Array, Array]:
        """Return the cells of a bed and the surface of one, arrays (n,)."""
        organ = bed.organ
        if bed.site == "endothelium":
            area = p.at(ENDOTHELIAL_AREA, organ=organ)
            return self._wall(blood, organ, p) / area, area
        if bed.site == "phagocyte":
            node = next(one for one in blood.anatomy.nodes if one.name == organ)
            number = phagocytes.phagocyte_number(node, blood, p, wiring.study, p[TUMOUR_DENSITY])
            return number, 4.0 * np.pi * p[phagocytes.RADIUS] ** 2
        radius = p.at(PARENCHYMAL_RADIUS, organ=organ)
        if bed.site == "tumour_cell":
            return np.ones(wiring.members), 4.0 * np.pi * radius**2
        number = p.at(PARENCHYMAL_CELLS, organ=organ) * p[TUMOUR_DENSITY] * blood.tissue[organ]
        return number, 4.0 * np.pi * radius**2

    @staticmethod
    def _wall(blood: Circulation, organ: str, p: Draws) -> Array:
        """Return the surface of an organ's capillaries, array (n,) [m^2]."""
        inside = blood.blood[organ] * p.at(CAPILLARY_SHARE, organ=organ)
        return np.asarray(2.0 * inside / p.at(CAPILLARY_RADIUS, organ=organ))

    def _fill(
        self, wiring: Wiring, blood: Circulation, bed: _Bed, receptor: Receptor, p: Draws
    ) -> None:
        """Note what one receptor of a bed would take of each carrier, were diffusion no limit."""
        where = {"receptor": receptor.name, "site": bed.site, "organ": bed.organ}
        cells, area = self._cells(wiring, blood, bed, p)
        each = p.at(RECEPTORS, **where) * p.at(OPEN, **where)
        on, equilibrium = p.at(ASSOCIATION, **where), p.at(DISSOCIATION, **where)
        bed.stock[receptor.name] = cells * each
        strength = bond_strength(each / area, p[REACH], equilibrium)
        phases = [(bed.clearance, False)]
        if coat.sheds(wiring.carriers):
            phases.append((bed.bare, True))
        bed.bonds[receptor.name] = {}
        for cleared, bare in phases:
            cleared[receptor.name] = {}
            for carrier in wiring.carriers:
                _, copies = self._displayed(wiring, carrier)
                if not bare:
                    copies = copies * self._open(wiring, carrier, p)
                bonds = bonds_in_reach(copies, carrier.diameter, p[REACH], each / area)
                held = capture_share(p[INTERNALISATION], on * equilibrium, avidity(bonds, strength))
                clearance = binding_clearance(on, copies, each, held)
                cleared[receptor.name][carrier.name] = clearance
                bed.bonds[receptor.name][carrier.name] = bonds

    def _limit(self, wiring: Wiring, blood: Circulation, bed: _Bed, p: Draws) -> None:
        """Put diffusion in series with all receptors of a bed, and count its cells."""
        for cleared in (bed.clearance, bed.bare):
            if cleared:
                self._limit_one(wiring, blood, bed, cleared, p)

    def _limit_one(
        self, wiring: Wiring, blood: Circulation, bed: _Bed, cleared: Cleared, p: Draws
    ) -> None:
        cells, area = self._cells(wiring, blood, bed, p)
        for carrier in wiring.carriers:
            reaction = np.sum([one[carrier.name] for one in cleared.values()], axis=0)
            some, _ = self._displayed(wiring, carrier)
            speed = carrier.average(diffusivity(carrier.grid, p))
            if bed.site == "tumour_cell":  # The cell model limits it by diffusion there.
                total = reaction
            elif bed.site == "endothelium":
                per_area = wall_clearance(
                    speed,
                    p.at(CAPILLARY_RADIUS, organ=bed.organ),
                    reaction / area,
                    p.at(WALL_TRANSFER, organ=bed.organ),
                )
                total = per_area * area
            elif bed.site == "phagocyte":
                ceiling = encounter_ceiling(speed, p[phagocytes.RADIUS], p[phagocytes.SHERWOOD])
                own = uptake_clearance(ceiling, p[phagocytes.REACTION])
                both = uptake_clearance(ceiling, p[phagocytes.REACTION] + reaction)
                total = np.maximum(both - own, 0.0) * p[phagocytes.SOURCE_FACTOR]
            else:
                ceiling = encounter_ceiling(
                    speed * p[TISSUE_DIFFUSIVITY], p.at(PARENCHYMAL_RADIUS, organ=bed.organ)
                )
                total = uptake_clearance(ceiling, reaction)
            share = np.divide(
                some * cells * total, reaction, out=np.zeros_like(reaction), where=reaction > 0
            )
            for one in cleared.values():
                one[carrier.name] = one[carrier.name] * share

    def _publish(self, wiring: Wiring, bed: _Bed, p: Draws) -> None:
        """Add what a tumour cell binds by the ligand to what other ligands have published."""
        both = [
            {
                one.name: np.sum([each[one.name] for each in cleared.values()], axis=0)
                for one in wiring.carriers
            }
            for cleared in (bed.clearance, bed.bare or bed.clearance)
        ]
        left = left_in_time(wiring, f"ligand.{self.ligand}")
        held = [*wiring.published.get(BINDING_PORT, []), CellBinding(both[0], both[1], left)]
        wiring.publish(BINDING_PORT, held)

    def _wire(self, wiring: Wiring, blood: Circulation, bed: _Bed, p: Draws) -> None:
        """Move what a bed takes, receptor by receptor, each as far as it is free."""
        organ, tag = bed.organ, f"{bed.organ}.by_{self.ligand}"
        if bed.site == "parenchyma":
            volume = blood.tissue[organ] * p.at(INTERSTITIAL_SHARE, organ=organ)
        else:
            volume = blood.plasma(organ)
        sources = self._sources(wiring, bed.site, organ)
        target, release = tissue_sink(wiring, organ)
        left = left_in_time(wiring, f"ligand.{self.ligand}")
        for receptor in bed.clearance:
            name = f"{self.ligand}.{receptor}.{organ}.{bed.site}"
            rates = []
            for source in sources:
                bare = bed.bare and (
                    source.name.startswith(BARE) or f"{BARE}{source.name}" not in wiring.places
                )
                cleared = (bed.bare if bare else bed.clearance)[receptor]
                each = {one: held / volume for one, held in cleared.items()}
                found = wiring.per_carrier(f"{BARE if bare else ''}{name}", _of(each))
                rates.append(found if left is None else [rate * left for rate in found])
            free = self._free(wiring, name, sources, rates, bed, receptor, p)
            crossing = self._crossing(wiring, bed, receptor, p)
            for source, each_rate in zip(sources, rates, strict=True):
                taken = [rate * free for rate in each_rate]
                if crossing is not None:
                    into = f"into_{organ}" if organ == "tumour" else f"{tag}.crossed"
                    bare_space = f"{BARE}{organ}.interstitial"
                    there = source.name.startswith(BARE) and bare_space in wiring.places
                    behind = wiring.place(bare_space if there else f"{organ}.interstitial")
                    wiring.move(source, behind, [rate * crossing for rate in taken], tag=into)
                    taken = [rate * (1.0 - crossing) for rate in taken]
                wiring.move(source, target, taken, release=release, tag=tag)
        if tag not in {one.name for one in wiring.cumulatives}:
            wiring.cumulative(tag, [tag])

    def _crossing(self, wiring: Wiring, bed: _Bed, receptor: str, p: Draws) -> Expression | None:
        """Return the share that a wall hands on; None where it has nowhere to hand it to."""
        if bed.site != "endothelium" or f"{bed.organ}.interstitial" not in wiring.places:
            return None
        share = p.at(CROSSING, receptor=receptor, site=bed.site, organ=bed.organ)
        if not share.any():
            return None
        return wiring.parameter(f"{self.ligand}.{receptor}.{bed.organ}.crossing", share)

    def _free(
        self,
        wiring: Wiring,
        name: str,
        sources: list[Place],
        rates: list[list[Expression]],
        bed: _Bed,
        receptor: str,
        p: Draws,
    ) -> Expression:
        """Return the share of a bed's receptors that are free."""
        stock = np.maximum(bed.stock[receptor], 1.0)
        used = wiring.add_pool(f"{name}.used", scale=stock * LOAD_SHARE)
        free = 1.0 - used / wiring.parameter(f"{name}.stock", stock)
        bonds = wiring.per_carrier(f"{name}.bonds", _of(bed.bonds[receptor]))
        arriving: Expression | float = 0.0
        for place, each_rate in zip(sources, rates, strict=True):
            for state, rate, each in zip(place.states, each_rate, bonds, strict=True):
                arriving = arriving + rate * free * each * state
        back = p.at(RETURN, receptor=receptor, site=bed.site, organ=bed.organ)
        wiring.network.flux(None, used, arriving)
        wiring.network.flux(used, None, wiring.parameter(f"{name}.return", back) * used)
        return free

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Say what the ligand changes: of one pass, of arrival, and of uptake in a tumour."""
        where = f"{self.stage}.{self.method}"
        beds: dict[tuple[str, str], _Bed] | None = wiring.published.get(f"targeting.{self.ligand}")
        if beds is None:
            return []
        title = ligand_table()[self.ligand].title
        blood: Circulation = wiring.port("circulation")
        found: list[Flag] = []
        walls = [bed for (site, _), bed in beds.items() if site == "endothelium"]
        for bed in walls:
            flow = blood.through[bed.organ] * blood.plasma_share
            taken = self._taken(wiring, bed)
            share = float(np.median(taken / (taken + flow)))
            message = (
                f"{title}: the vessel walls of {bed.organ} take {share:.2g} of what one pass of "
                "blood brings while receptors are free; a pass brings no more than blood flow"
            )
            found.append(Flag(where, message, "note"))
        if ("tumour_cell", "tumour") in beds and "tumour.residence" in wiring.published:
            found.append(self._in_the_tumour(wiring, beds, title))
        behind = [bed.organ for (site, _), bed in beds.items() if site == "parenchyma"]
        if behind and not walls:
            message = (
                f"{title}: its receptors in {', '.join(behind)} lie behind the wall of the "
                "capillaries; it holds what gets there, and brings no more there"
            )
            found.append(Flag(where, message, "note"))
        return found

    @staticmethod
    def _taken(wiring: Wiring, bed: _Bed) -> Array:
        """Return what a bed clears of the mean vesicle, array (n,) [m^3/s]."""
        count = np.stack([one.count for one in wiring.carriers])
        cleared = np.stack(
            [
                np.sum([held[one.name] for held in bed.clearance.values()], axis=0)
                for one in wiring.carriers
            ]
        )
        total = np.maximum(count.sum(axis=0), 1e-300)
        return np.asarray((count * cleared).sum(axis=0) / total)

    def _in_the_tumour(
        self, wiring: Wiring, beds: Mapping[tuple[str, str], _Bed], title: str
    ) -> Flag:
        """Compare what the ligand does to arrival with what it does to uptake there."""
        kept = wiring.published.get("tumour.kept_with_and_without")
        arrival, walls = 1.0, beds.get(("endothelium", "tumour"))
        count = np.stack([one.count for one in wiring.carriers])
        out = [wiring.values.get(f"tumour.out.{one.name}") for one in wiring.carriers]
        if walls is not None and all(one is not None for one in out):
            blood: Circulation = wiring.port("circulation")
            leak = np.stack([np.asarray(one) for one in out]) * blood.plasma("tumour")
            crossed = np.zeros(wiring.members)
            for receptor, cleared in walls.clearance.items():
                share = wiring.values.get(f"{self.ligand}.{receptor}.tumour.crossing", 0.0)
                mean = np.stack([cleared[one.name] for one in wiring.carriers])
                crossed = crossed + share * (count * mean).sum(axis=0)
            arrival = float(
                np.median(1.0 + crossed / np.maximum((count * leak).sum(axis=0), 1e-300))
            )
        message = f"{title}: in the tumour it multiplies what arrives by {arrival:.2g}"
        if kept is not None:
            gain = float(np.median(kept[0] / np.maximum(kept[1], 1e-300)))
            message += f", and the share of it that cells take by {gain:.2g}"
        return Flag(
            f"{self.stage}.{self.method}",
            message + ": arrival is set by blood flow and the walls of vessels first",
            "note",
        )


def _of(values: Mapping[str, Array]) -> Callable[[Carrier], Array]:
    """Return values by the name of a carrier as a function of it."""
    return lambda carrier: values[carrier.name]
