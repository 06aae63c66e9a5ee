"""Silencing of a gene by siRNA, averaged over cells that received very different amounts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from exocast.engine.network import Expression, State, exp, maximum, smooth_step
from exocast.errors import WiringError
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.copies_per_cell import LAPLACE_NODES, LAPLACE_RATIO, LAPLACE_WEIGHTS
from exocast.material.step import Flag, KineticStep
from exocast.material.wiring import Wiring
from exocast.stages.response import growth
from exocast.stages.response.growth import Growth, untreated_growth
from exocast.stages.uptake.endocytosis_and_escape import MIXING

__all__ = ["COPIES_NEEDED", "GeneSilencing", "windows"]

_KEY = "response.gene_silencing."
COPIES_NEEDED = Parameter(
    _KEY + "copies_needed",
    unit="copy",
    doc="Copies in the cytosol of one cell that silence a gene by about half.",
)
LOADING = Parameter(
    _KEY + "loading_constant", unit="m^3/copy/s", doc="Binding of a cytosolic siRNA to free RISC."
)
RISC = Parameter(
    _KEY + "risc_concentration", unit="copy/m^3", doc="RISC complexes in a volume of cell."
)
SIRNA_LOSS = Parameter(_KEY + "sirna_loss", unit="1/s", doc="Loss of siRNA in the cytosol.")
RISC_LOSS = Parameter(_KEY + "risc_loss", unit="1/s", doc="Loss of RISC loaded with siRNA.")
ASSOCIATION = Parameter(
    _KEY + "association_constant", unit="m^3/copy/s", doc="Binding of loaded RISC to target mRNA."
)
DISSOCIATION = Parameter(
    _KEY + "dissociation", unit="1/s", doc="Release of target mRNA from RISC uncut."
)
CLEAVAGE = Parameter(_KEY + "cleavage", unit="1/s", doc="Cutting of target mRNA bound to RISC.")
MRNA_HALF_LIFE = Parameter(
    _KEY + "mrna_half_life", unit="s", doc="Half-life of the target mRNA in a cell without siRNA."
)
PROTEIN_HALF_LIFE = Parameter(
    _KEY + "protein_half_life", unit="s", doc="Half-life of the target protein."
)

DAY = 86400.0
LAST_WINDOWS = (2.0 * DAY, 5.0 * DAY)
LONGEST_WINDOW = 4.0 * DAY
MOST_WINDOWS = 10
RAMP = 1800.0
"""Time over which one window hands over to the next [s]; its length does not matter, since any
division of the events by time of arrival is as good."""

SMALL = 1e-40
RESOLVED = 1e-13
"""Share of the batch's copies, per cell, below which copies in a cell need not be resolved."""
DEPTH = 1e-9
"""Loss of mRNA or protein below which it need not be resolved."""


def windows(times: tuple[float, ...], horizon: float) -> tuple[float, ...]:
    """Return when new cohorts of opening events begin, first 0 [s].

    Events are counted apart by when they came, since a cell hit yesterday and one hit a week ago
    are not two cells with an average amount. A cohort begins at each dose, and again 2 and 5 days
    after the last; long gaps are halved, and neighbours joined above ten cohorts.

    Examples
    --------
    >>> [t / 86400 for t in windows((0.0, 2 * 86400.0), 14 * 86400.0)]
    [0.0, 2.0, 4.0, 7.0]
    """
    starts = sorted({0.0, *(time for time in times if time < horizon)})
    last = starts[-1]
    edges = [*starts, *(last + gap for gap in LAST_WINDOWS if last + gap < horizon)]
    filled = [edges[0]]
    for edge in edges[1:]:
        if edge <= last and edge - filled[-1] > LONGEST_WINDOW:
            filled.append(0.5 * (filled[-1] + edge))
        filled.append(edge)
    while len(filled) > MOST_WINDOWS:
        gaps = np.diff(filled)
        del filled[int(np.argmin(gaps)) + 1]
    return tuple(filled)


@dataclass(frozen=True)
class _Cohort:
    """Moments of one cohort of events, in a cell whose event rate is the mean one.

    `free` and `loaded` are mean copies in the cytosol and in RISC; the others the variances and
    covariance of the shot noise.
    """

    free: State
    loaded: State
    free_free: State
    free_loaded: State
    loaded_loaded: State


@dataclass(frozen=True)
class _Rates:
    """Rates of the chain, and half silencing, as expressions."""

    loading: Expression
    sirna_loss: Expression
    risc_loss: Expression
    mrna_loss: Expression
    protein_loss: Expression
    risc: Expression
    half: Expression


@dataclass(frozen=True)
class GeneSilencing(KineticStep):
    r"""Cytosolic siRNA is loaded into RISC, which cuts the target's mRNA; the protein then falls.

    Amounts per cell are spread: most cells may have none. The response is averaged over cells, not
    computed from the average cell. siRNA, RISC, mRNA and protein are lost, and diluted when the
    cell divides.

    Equation
    --------
    \frac{d s}{dt} = \lambda - (k R f + d_s + b) s, \quad \frac{d x}{dt} = k R s - (d_r + b) x

    \frac{d \sigma_{ss}}{dt} = \lambda c - 2 a \sigma_{ss}, \quad \frac{d \sigma_{sx}}{dt} = k R
    \sigma_{ss} - (a + d_r + b) \sigma_{sx}, \quad \frac{d \sigma_{xx}}{dt} = 2 k R \sigma_{sx}
    - 2 (d_r + b) \sigma_{xx}

    \frac{d \mu}{dt} = (d_m + b) \, \theta \, (Y - \mu), \quad \frac{d \pi}{dt} = (d_p + b)(\mu
    - \pi)

    Symbols
    -------
    s, x : mean copies of a cell in the cytosol and in RISC, one cohort of arrivals
    \sigma_{ss}, \sigma_{sx}, \sigma_{xx} : variances and covariance of its shot noise
    \lambda : copies that reach the cytosol of a cell in unit time
    c : copies_per_event
    k R : loading_constant times risc_concentration
    f : share of RISC that is free
    a : all loss of free copies, k R f + d_s + b
    d_s : sirna_loss
    d_r : risc_loss
    b : division_rate
    \mu, \pi : loss of target mRNA and protein, mean over cells
    Y : quasi-steady loss of mRNA, mean over cells, by mean_occupancy
    \theta : pace of an average cell, 1 + r / r_half
    d_m : ln 2 over mrna_half_life
    d_p : ln 2 over protein_half_life

    Notes
    -----
    Copies of a cell are shot noise (`laws.copies_per_cell`): Poisson events at a rate that varies
    over cells, each adding the load of one vesicle. The chain to RISC is linear, so its means and
    (co)variances obey linear equations. They are kept for cohorts of events by time of arrival
    (`windows`), each replaced by Poisson steps of equal height with its mean and variance; the mean
    over cells of the quasi-steady loss of mRNA then follows from `laws.copies_per_cell`. The mRNA
    relaxes to it as in a cell with an average copy, d_m (1 + r/r_half): exact when all cells are
    alike, and when few cells have one event. Against cells simulated one by one, the mean loss of
    protein is within 0.02, and that of mRNA within 0.13 in the first hours of a steep onset and
    0.04 later (tests/unit/response). Division is that of the untreated tumour.

    "Functional (in RISC)" is cumulative: copies that were ever loaded, by the moment asked for.
    """

    stage: ClassVar[str] = "response"
    method: ClassVar[str] = "gene_silencing"
    title: ClassVar[str] = "Gene silencing by siRNA"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        COPIES_NEEDED,
        LOADING,
        RISC,
        SIRNA_LOSS,
        RISC_LOSS,
        ASSOCIATION,
        DISSOCIATION,
        CLEAVAGE,
        MRNA_HALF_LIFE,
        PROTEIN_HALF_LIFE,
        *growth.PARAMETERS,
    )
    speculative: ClassVar[bool] = True

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add RISC, mRNA and protein to a target cell that is wired already."""
        cargo = wiring.study.cargo
        if not cargo or "tumour.cytosol" not in wiring.pools:
            raise WiringError(
                "response.gene_silencing needs siRNA in the cytosol: name a cargo, and let "
                "uptake.endocytosis_and_escape bring it there"
            )
        tumour = untreated_growth(wiring, p)
        rates = self._rates(wiring, p, tumour)
        cohorts = self._cohorts(wiring)
        loaded: Expression = cohorts[0].loaded
        noise: Expression = cohorts[0].loaded_loaded
        for cohort in cohorts[1:]:
            loaded, noise = loaded + cohort.loaded, noise + cohort.loaded_loaded
        # Load of the cell in which a randomly chosen loaded copy sits; and, in it, free RISC.
        step = noise / maximum(loaded, SMALL)
        squared = wiring.parameter("tumour.spread_squared", wiring.port("tumour.spread") ** 2)
        free_risc = rates.risc / (rates.risc + step + (1.0 + squared) * loaded)
        self._moments(wiring, tumour, rates, cohorts, free_risc)
        self._pools(wiring, cargo, tumour, rates, free_risc)
        steady = self._steady_loss(wiring, rates, cohorts)
        typical = step + loaded
        hurry = 1.0 + rates.risc * typical / ((rates.risc + typical) * rates.half)
        self._target(wiring, rates, steady, hurry)
        self._outputs(wiring, p, cohorts)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a cargo that silences nothing, and one vesicle that would fill a cell's RISC."""
        where, found = f"{self.stage}.{self.method}", []
        if "rna" not in wiring.study.cargo.lower():
            message = f"{wiring.study.cargo} is no siRNA: nothing that it does is silencing"
            found.append(Flag(where, message, "serious"))
        event = np.asarray(wiring.port("tumour.copies_per_event"))
        risc = p[RISC] * np.asarray(wiring.port("tumour.cell_volume"))
        chance = p[LOADING] * p[RISC] / (p[LOADING] * p[RISC] + p[SIRNA_LOSS])
        if float(np.mean(event * chance > risc)) > 0.5:
            found.append(
                Flag(
                    where,
                    "one opened vesicle brings more siRNA than a cell has RISC for: "
                    "more copies per vesicle make silencing last longer, not deeper",
                    "note",
                )
            )
        return found

    @staticmethod
    def _rates(wiring: Wiring, p: Draws, tumour: Growth) -> _Rates:
        """Return the rates; the losses include dilution by division."""
        volume = np.asarray(wiring.port("tumour.cell_volume"))
        division = tumour.division
        mrna = wiring.parameter("target.mrna_loss", np.log(2.0) / p[MRNA_HALF_LIFE]) + division
        cut = p[ASSOCIATION] / volume * p[CLEAVAGE] / (p[CLEAVAGE] + p[DISSOCIATION])
        protein = wiring.parameter("target.protein_loss", np.log(2.0) / p[PROTEIN_HALF_LIFE])
        return _Rates(
            loading=wiring.parameter("risc.loading", p[LOADING] * p[RISC]),
            sirna_loss=wiring.parameter("sirna.loss", p[SIRNA_LOSS]),
            risc_loss=wiring.parameter("risc.loss", p[RISC_LOSS]),
            mrna_loss=mrna,
            protein_loss=protein + division,
            risc=wiring.parameter("risc.per_cell", p[RISC] * volume),
            half=mrna / wiring.parameter("risc.cutting", cut),
        )

    @staticmethod
    def _cohorts(wiring: Wiring) -> list[_Cohort]:
        """Declare the moments of every cohort."""
        copies = wiring.copies(wiring.study.cargo)
        cells = np.maximum(np.asarray(wiring.port("tumour.cells")), 1.0)
        load = np.asarray(wiring.port("tumour.copies_per_event"))
        mean = np.maximum(RESOLVED * copies / cells, SMALL)
        scales = {
            "free": mean,
            "loaded": 1e-2 * mean,
            "free_free": mean * load,
            "free_loaded": 1e-2 * mean * load,
            "loaded_loaded": 1e-4 * mean * load,
        }
        return [
            _Cohort(
                **{
                    name: wiring.add_pool(f"cell.{name}.{index}", scale=scale)
                    for name, scale in scales.items()
                }
            )
            for index, _ in enumerate(windows(wiring.study.times, wiring.study.horizon))
        ]

    @staticmethod
    def _shares(wiring: Wiring, number: int) -> list[Expression | float]:
        """Return which share of the present events goes to each cohort: a clock's business."""
        if number == 1:
            return [1.0]
        clock = wiring.add_pool("clock", scale=1.0)
        wiring.network.flux(None, clock, 1.0)
        edges = windows(wiring.study.times, wiring.study.horizon)
        begun: list[Expression | float] = [
            1.0,
            *(smooth_step(clock, edge, edge + RAMP) for edge in edges[1:]),
            0.0,
        ]
        return [here - after for here, after in pairwise(begun)]

    def _moments(
        self,
        wiring: Wiring,
        tumour: Growth,
        rates: _Rates,
        cohorts: list[_Cohort],
        free_risc: Expression,
    ) -> None:
        """Wire means and (co)variances of the shot noise in a cell of mean event rate."""
        flux = wiring.network.flux
        unpacking = wiring.pool("tumour.unpacking")
        arriving = MIXING * unpacking / tumour.cells
        load = wiring.parameter("cell.load", wiring.port("tumour.copies_per_event"))
        leave_free = rates.loading * free_risc + rates.sirna_loss + tumour.division
        leave_loaded = rates.risc_loss + tumour.division
        for cohort, share in zip(cohorts, self._shares(wiring, len(cohorts)), strict=True):
            flux(None, cohort.free, share * arriving)
            flux(cohort.free, None, leave_free * cohort.free)
            flux(None, cohort.loaded, rates.loading * cohort.free)
            flux(cohort.loaded, None, leave_loaded * cohort.loaded)
            flux(None, cohort.free_free, share * arriving * load)
            flux(cohort.free_free, None, 2.0 * leave_free * cohort.free_free)
            flux(None, cohort.free_loaded, rates.loading * cohort.free_free)
            flux(cohort.free_loaded, None, (leave_free + leave_loaded) * cohort.free_loaded)
            flux(None, cohort.loaded_loaded, 2.0 * rates.loading * cohort.free_loaded)
            flux(cohort.loaded_loaded, None, 2.0 * leave_loaded * cohort.loaded_loaded)

    @staticmethod
    def _pools(
        wiring: Wiring, cargo: str, tumour: Growth, rates: _Rates, free_risc: Expression
    ) -> None:
        """Wire the copies in all tumour cells, which balance: cytosol, RISC, lost."""
        flux = wiring.network.flux
        cytosol = wiring.pool("tumour.cytosol")
        risc = wiring.add_pool("tumour.risc", rider=cargo, share=1e-15)
        lost = wiring.add_pool("tumour.sirna_lost", rider=cargo, share=1e-15)
        dead = wiring.add_pool("tumour.sirna_in_dead_cells", rider=cargo, share=1e-15)
        ever = wiring.add_pool("in_risc", scale=RESOLVED * wiring.copies(cargo))
        taken = rates.loading * free_risc * cytosol
        flux(cytosol, risc, taken)
        flux(None, ever, taken)
        flux(cytosol, lost, rates.sirna_loss * cytosol)
        flux(risc, lost, rates.risc_loss * risc)
        flux(cytosol, dead, tumour.death * cytosol)
        flux(risc, dead, tumour.death * risc)

    @staticmethod
    def _steady_loss(wiring: Wiring, rates: _Rates, cohorts: list[_Cohort]) -> Expression:
        """Return the mean over cells of the quasi-steady loss of mRNA.

        `laws.copies_per_cell.mean_occupancy`, with the events of several cohorts.
        """
        scale = 1.0 / rates.risc + 1.0 / rates.half
        depth = rates.risc / (rates.risc + rates.half)
        spread = np.asarray(wiring.port("tumour.spread"))
        squared = wiring.parameter("tumour.spread_squared", spread**2)
        power = wiring.parameter("tumour.spread_power", -1.0 / spread**2)
        steps = [
            maximum(cohort.loaded_loaded, 0.0) / maximum(cohort.loaded, SMALL) for cohort in cohorts
        ]
        events = [
            maximum(cohort.loaded, 0.0) / maximum(step, SMALL)
            for cohort, step in zip(cohorts, steps, strict=True)
        ]
        missed = [exp(-(float(LAPLACE_NODES[0]) * scale * step)) for step in steps]
        mean: Expression | float = 0.0
        for weight in LAPLACE_WEIGHTS.tolist():
            seen: Expression | float = 0.0
            for number, share in zip(events, missed, strict=True):
                seen = seen + number * (1.0 - share)
            mean = mean + weight * (1.0 - (1.0 + squared * seen) ** power)
            missed = [share**LAPLACE_RATIO for share in missed]
        return depth * mean

    @staticmethod
    def _target(wiring: Wiring, rates: _Rates, steady: Expression, hurry: Expression) -> None:
        """Wire the loss of mRNA and of protein, means over cells."""
        flux = wiring.network.flux
        mrna = wiring.add_pool("target.mrna", scale=DEPTH)
        protein = wiring.add_pool("target.protein", scale=DEPTH)
        pace = rates.mrna_loss * hurry
        flux(None, mrna, pace * steady)
        flux(mrna, None, pace * mrna)
        flux(None, protein, rates.protein_loss * mrna)
        flux(protein, None, rates.protein_loss * protein)

    @staticmethod
    def _outputs(wiring: Wiring, p: Draws, cohorts: list[_Cohort]) -> None:
        """Keep what the report shows, and what the share of cells above a number needs."""
        keep = wiring.output
        keep("in_risc", {wiring.pool("in_risc"): 1.0}, unit="copy", doc="copies ever in RISC")
        wiring.milestone(
            "in_risc",
            "functional (in RISC)",
            "in_risc",
            head="cell",
            per="tumour.cells",
            lever="loading into RISC",
        )
        for name, words in (("mrna", "mRNA"), ("protein", "protein")):
            pool = wiring.pool(f"target.{name}")
            doc = f"loss of target {words}, mean over tumour cells"
            keep(f"target.{name}", {pool: 1.0}, unit="1", doc=doc)
        free = {cohort.free: 1.0 for cohort in cohorts}
        loaded = {cohort.loaded: 1.0 for cohort in cohorts}
        keep("cell.free", free, unit="copy", doc="mean copies in the cytosol of a cell")
        keep("cell.loaded", loaded, unit="copy", doc="mean copies in RISC of a cell, unsaturated")
        for name, doc in (
            ("tumour.copies_per_event", "copies that one opened vesicle brings"),
            ("tumour.spread", "coefficient of variation of opening events over cells"),
            ("tumour.cells", "tumour cells at the first dose"),
        ):
            # Constants of a member, kept with the time course so that a saved forecast has them.
            values = np.asarray(wiring.port(name))
            held = wiring.add_pool(f"kept.{name}", start=values, scale=np.maximum(values, SMALL))
            keep(name, {held: 1.0}, unit="1", doc=doc)
        wiring.publish("cell.copies_needed", p[COPIES_NEEDED])
