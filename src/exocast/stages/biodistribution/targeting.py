"""A ligand on the vesicles, and the receptors that it finds in organs and in a tumour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.carrier import Carrier
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.study import Study
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution import coat, disturbances, phagocytes
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.body import BARE
from exocast.stages.biodistribution.carried import left_in_time
from exocast.stages.biodistribution.ligands import Receptor, ligand_table, unknown_ligand
from exocast.stages.biodistribution.liquids import INTERSTITIAL_SHARE
from exocast.stages.biodistribution.physiology import Circulation
from exocast.stages.biodistribution.receptor_beds import (
    BODY,
    BONDS,
    CELLS,
    CROSSING,
    LIGAND,
    PARENCHYMAL_RADIUS,
    RETURN,
    TISSUE_DIFFUSIVITY,
    WALLS,
    Bed,
    fill,
    limit,
    sources_of,
    taken_by,
)

__all__ = ["BINDING_PORT", "CellBinding", "Targeting", "tissue_sink"]

Array = NDArray[np.float64]

BINDING_PORT = "targeting.binding"
"""Port: list of `CellBinding`, what each ligand adds at one tumour cell."""

LOAD_SHARE = 1e-6
"""Share of the receptors of a bed below which their use need not be resolved."""


def tissue_sink(wiring: Wiring, organ: str) -> tuple[Place, dict[str, str]]:
    """Return where vesicles that an organ's cells take end, and the pools of what they carry.

    The walls of a tumour's vessels have a place of their own, declared when first asked for.
    """
    if organ != "tumour":
        return wiring.place(f"{organ}.taken_up"), {one: f"{organ}.{one}" for one in wiring.riders}
    release = {label: f"tumour.{label}" for label in wiring.study.labels if label in wiring.riders}
    release |= dict.fromkeys(wiring.counted, "tumour.cargo_in_wall")
    if "tumour.wall" not in wiring.places:
        held = [(wiring.add_place("tumour.wall", sink=True), 1.0)]
        for rider, pool in release.items():
            if pool not in wiring.pools:
                wiring.add_pool(pool, rider=rider)
        wiring.add_to_output("tumour", held)
        doc = "of the vesicles in the tumour, those that the walls of its vessels took"
        wiring.output_places("tumour.wall", held, doc=doc)
    return wiring.place("tumour.wall"), release


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
                *LIGAND,
                *BONDS,
                CROSSING,
                *coat.PARAMETERS,
                *WALLS,
                *CELLS,
                TISSUE_DIFFUSIVITY,
                *BODY,
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
        wanted = [Need(one) for one in (*LIGAND, *BODY, TISSUE_DIFFUSIVITY)]
        wanted += coat.needs()
        for receptor, site, organ in self._places():
            where = {"receptor": receptor.name, "site": site, "organ": organ}
            wanted += [Need(one, where) for one in BONDS]
            here = {"organ": organ}
            if site == "endothelium":
                wanted += [Need(one, here) for one in WALLS]
                wanted += [Need(CROSSING, where)]
            if site == "tumour_cell":
                wanted += [Need(PARENCHYMAL_RADIUS, here)]
            if site == "parenchyma":
                wanted += [Need(one, here) for one in (*CELLS, INTERSTITIAL_SHARE)]
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
        beds: dict[tuple[str, str], Bed] = {}
        for receptor, site, organ in self._places():
            if organ in blood.tissue and (site == "tumour_cell" or sources_of(wiring, site, organ)):
                bed = beds.setdefault((site, organ), Bed(site, organ))
                fill(self.ligand, wiring, blood, bed, receptor, p)
        for bed in beds.values():
            limit(self.ligand, wiring, blood, bed, p)
            if bed.site == "tumour_cell":
                self._publish(wiring, bed, p)
            else:
                self._wire(wiring, blood, bed, p)
        wiring.publish(f"targeting.{self.ligand}", beds)

    def _publish(self, wiring: Wiring, bed: Bed, p: Draws) -> None:
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

    def _wire(self, wiring: Wiring, blood: Circulation, bed: Bed, p: Draws) -> None:
        """Move what a bed takes, receptor by receptor, each as far as it is free."""
        organ, tag = bed.organ, f"{bed.organ}.by_{self.ligand}"
        if bed.site == "parenchyma":
            volume = blood.tissue[organ] * p.at(INTERSTITIAL_SHARE, organ=organ)
        else:
            volume = blood.plasma(organ)
        sources = sources_of(wiring, bed.site, organ)
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

    def _crossing(self, wiring: Wiring, bed: Bed, receptor: str, p: Draws) -> Expression | None:
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
        bed: Bed,
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
        beds: dict[tuple[str, str], Bed] | None = wiring.published.get(f"targeting.{self.ligand}")
        if beds is None:
            return []
        title = ligand_table()[self.ligand].title
        blood: Circulation = wiring.port("circulation")
        found: list[Flag] = []
        walls = [bed for (site, _), bed in beds.items() if site == "endothelium"]
        for bed in walls:
            flow = blood.through[bed.organ] * blood.plasma_share
            taken = taken_by(wiring, bed)
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

    def _in_the_tumour(
        self, wiring: Wiring, beds: Mapping[tuple[str, str], Bed], title: str
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
