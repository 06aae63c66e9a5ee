"""Nanoparticle tracking analysis: what it would count, and what it would draw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.light_scattering import detection_probability
from exocast.laws.particle_tracking import size_blur
from exocast.laws.size_distribution import percentile
from exocast.material.ledger import Exchange, Resources
from exocast.material.measurement import Measurement, Reading
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension, grid_edges
from exocast.stages.assay.conditioning import Conditioning, condition_on_sizes

__all__ = ["Nta"]

Array = NDArray[np.float64]

LIMIT = Parameter(
    "assay.nta.smallest_vesicle", "m", "Diameter at which half of the vesicles are seen.",
    low=10e-9, high=500e-9,
)  # fmt: skip
LIMIT_INDEX = Parameter(
    "assay.nta.limit_refractive_index", "1",
    "Refractive index of the vesicles behind the smallest diameter seen.",
    low=1.34, high=1.6, scale="linear",
)  # fmt: skip
MEDIUM_INDEX = Parameter(
    "assay.nta.medium_refractive_index", "1", "Refractive index of the liquid.",
    low=1.32, high=1.36, scale="linear",
)  # fmt: skip
BRIGHTNESS = Parameter(
    "assay.nta.brightness_spread", "1",
    "Standard deviation of ln brightness between equal particles.", low=0.05, high=3,
)  # fmt: skip
TRACK_STEPS = Parameter(
    "assay.nta.track_steps", "1",
    "Independent steps whose spread equals the smear of the exported histogram.",
    low=2, high=1e4,
)  # fmt: skip
SIZE_SCALE = Parameter("assay.nta.size_scale", "1", "Apparent over true diameter.", low=0.5, high=2)
COUNT_SCALE = Parameter(
    "assay.nta.count_scale", "1", "Counted over present, for particles that are seen.",
    low=0.05, high=20,
)  # fmt: skip
TRACK_YIELD = Parameter(
    "assay.nta.track_yield", "m^3/s", "Valid tracks per second and concentration in the chamber."
)
VIDEO_LEAN = Parameter(
    "assay.nta.video_lean", "1",
    "Uniform number that draws the sampling error of the measured mean.",
    low=0, high=1, scale="linear",
)  # fmt: skip
LINEAR_LOW = Parameter(
    "assay.nta.linear_low", "particle/m^3", "Least concentration in the chamber that counts right."
)
LINEAR_HIGH = Parameter(
    "assay.nta.linear_high", "particle/m^3", "Most concentration in the chamber that counts right."
)

ANALYSES = ("FTLA", "raw")
BIN_WIDTH = 5e-9
LARGEST = 1000e-9


@dataclass(frozen=True)
class Nta(PreparationStep):
    r"""Nanoparticle tracking analysis by scattered light.

    Everything bright enough is counted, of whatever kind; what is too small or too weakly
    refracting is not. Sizes come from Brownian motion, smeared by finite tracks. The suspension
    passes unchanged unless a measured file conditions it (`condition`).

    Equation
    --------
    c_b = \frac{s_c}{V} \sum_k n_k p_k B_{kb}, \quad \frac{\sigma}{c} = \frac{1}{\sqrt{N}},
    \quad N = y c \, \frac{t v}{x}

    Symbols
    -------
    c_b : concentration shown in bin b
    n_k : particles of size class k, all kinds
    p_k : detection_probability
    B_{kb} : size_blur
    s_c : count_scale
    V : liquid in the tube [m^3]
    N : tracks collected
    y : track_yield
    t : duration
    v : videos
    x : dilution
    """

    stage: ClassVar[str] = "assay"
    method: ClassVar[str] = "nta"
    title: ClassVar[str] = "nanoparticle tracking analysis"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        LIMIT, LIMIT_INDEX, MEDIUM_INDEX, BRIGHTNESS, TRACK_STEPS, SIZE_SCALE, COUNT_SCALE,
        TRACK_YIELD, LINEAR_LOW, LINEAR_HIGH, VIDEO_LEAN,
    )  # fmt: skip

    file: str = setting("", doc="Instrument file beside the Design; empty forecasts the reading.")
    use: str = setting(
        "condition",
        choices=("condition", "compare"),
        doc="Whether the file conditions the suspension or is only drawn beside the forecast.",
    )
    dilution: float = setting(
        1.0,
        unit="1",
        low=1.0,
        high=1e6,
        doc="Dilution into the chamber; used where the file has not recorded and applied one.",
        moves="counting error [1]",
        direction=+1,
    )
    videos: float = setting(
        5.0, unit="1", low=1.0, high=12.0, doc="Number of videos.",
        moves="counting error [1]", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        60.0, unit="s", low=10.0, high=300.0, doc="Length of one video.",
        moves="counting error [1]", direction=-1,
    )  # fmt: skip
    analysis: str = setting(
        "FTLA",
        choices=ANALYSES,
        doc="How the software makes sizes of tracks: with or without track-length adjustment.",
    )
    limit: float | None = setting(
        None,
        unit="m",
        low=30e-9,
        high=200e-9,
        doc="Smallest vesicle that this instrument sees, where known; else drawn.",
        moves="seen [particle]",
        direction=-1,
    )

    def headline(self) -> str:
        """Return the words of its row in the cascade, where a file set the numbers."""
        return "as tracking analysis measured it"

    def needs(self) -> list[Need]:
        """Return the parameters; the steps of a track for the analysis in use, and of a file."""
        special = {TRACK_STEPS, VIDEO_LEAN, *((LIMIT,) if self.limit is not None else ())}
        plain = [Need(parameter) for parameter in self.parameters if parameter not in special]
        analyses = ANALYSES if self.file else (self.analysis,)
        plain += [Need(TRACK_STEPS, {"analysis": analysis}) for analysis in analyses]
        return [*plain, Need(VIDEO_LEAN)] if self.file else plain

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube as it was, with the expected reading as notes."""
        figures = dict(self.look(suspension, p).figures)
        figures["seen [particle]"] = self.visible(suspension, p)
        resources = Resources(time=self.videos * self.duration)
        return suspension, Exchange(resources=resources, notes=figures)

    def look(self, suspension: Suspension, p: Draws, edges: Array | None = None) -> Reading:
        """Return what the instrument would show of this tube.

        Parameters
        ----------
        suspension : Suspension
            The tube; the reading is that of the undiluted tube.
        p : Draws
            Draws of the step.
        edges : array (b+1,), optional
            Edges of the histogram [m]; bins of 5 nm up to 1000 nm when left out.

        Returns
        -------
        Reading
            Concentration in each bin, of every member (n, b) [particle/m^3], and as figures
            ``concentration [particle/m^3]``, ``D50 [m]`` and ``counting error [1]``.
        """
        bins = np.arange(0.0, LARGEST + BIN_WIDTH / 2, BIN_WIDTH) if edges is None else edges
        seen = self._seen(suspension, p) * p[COUNT_SCALE][:, None]
        smear = self._smear(_class_edges(suspension), bins, p, self.analysis)
        shown = np.einsum("nk,nkb->nb", seen, smear)
        volume = suspension.volume[:, None]
        curve = np.divide(shown, volume, out=np.zeros(shown.shape), where=volume > 0)
        concentration = curve.sum(axis=1)
        # Tracks that one experiment would collect, per particle/m^3 of the undiluted tube.
        yielded = p[TRACK_YIELD] * self.duration * self.videos / self.dilution
        tracks = concentration * yielded
        error = 1 / np.sqrt(np.maximum(tracks, 1.0))
        return Reading(
            kind="size_distribution",
            x=(bins[1:] + bins[:-1]) / 2,
            edges=bins,
            y=curve,
            sd=np.sqrt(curve / yielded[:, None]),
            unit="particle/m^3",
            figures={
                "concentration [particle/m^3]": concentration,
                "D50 [m]": percentile(bins, curve, 0.5),
                "counting error [1]": error,
            },
        )

    def visible(self, suspension: Suspension, p: Draws) -> Array:
        """Return what the instrument would count in the whole tube, of all kinds, array (n,).

        This is the "particles" in which doses are given.
        """
        return np.asarray(self._seen(suspension, p).sum(axis=1) * p[COUNT_SCALE])

    def condition(
        self, suspension: Suspension, measurement: Measurement, p: Draws
    ) -> tuple[Suspension, Exchange, Conditioning]:
        """Return the tube as the measured curve leaves it, the exchange and a report.

        Above the limit, the sum over kinds is rescaled size by size until the instrument would show
        the measured curve; each member keeps its own share of kinds, its copies per particle, and
        its shape below the limit. See `exocast.stages.assay.conditioning`.

        Parameters
        ----------
        suspension : Suspension
            The forecast tube at this place in the order.
        measurement : Measurement
            A size distribution of it.
        p : Draws
            Draws of the step (declared when `file` is given).

        Returns
        -------
        tuple of Suspension, Exchange, Conditioning
        """
        warnings: list[str] = []
        dilution = 1.0 if measurement.dilution is not None else self.dilution
        if measurement.dilution not in (None, self.dilution) and self.dilution != 1.0:
            warnings.append(
                f"{measurement.file} records dilution {measurement.dilution:g} and has applied it; "
                f"the step's dilution {self.dilution:g} is ignored"
            )
        said = " ".join(measurement.metadata.get("Size Data/Analysis Method", ())) or self.analysis
        analysis = said if said in ANALYSES else "raw"
        grid = _class_edges(suspension)
        bins = np.concatenate([[0.0], grid, [np.inf]])
        return condition_on_sizes(
            suspension,
            measurement.scaled(dilution) if dilution != 1.0 else measurement,
            detected=np.stack([self._detected(suspension.populations[0].diameter,
                                              population.refractive_index, p)
                               for population in suspension.populations], axis=1)
            if suspension.populations else np.zeros((suspension.members, 0, grid.size - 1)),
            smear=self._smear(grid, bins, p, analysis)[:, :, 1:],
            limit=self._limit(p) * p[SIZE_SCALE],
            size_scale=p[SIZE_SCALE],
            count_scale=p[COUNT_SCALE],
            video_lean=p[VIDEO_LEAN],
            warnings=tuple(warnings),
        )  # fmt: skip

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: counting outside the linear range, or mostly other things.

        Where a file is given, its reader has judged the concentration that was in the chamber: the
        forecast tube at the step's dilution says nothing about that measurement.
        """
        seen = self._seen(suspension, p)
        volume = suspension.volume
        concentration = np.divide(
            seen.sum(axis=1), volume, out=np.zeros(len(seen)), where=volume > 0
        )
        chamber = float(np.median(concentration)) / self.dilution
        low, high = float(np.median(p[LINEAR_LOW])), float(np.median(p[LINEAR_HIGH]))
        flags = []
        if chamber > high and not self.file:
            flags.append(Flag(
                self.name,
                f"{chamber / 1e6:.1e} particles/mL in the chamber, above the linear range: dilute "
                f"{10 ** math.ceil(math.log10(chamber / high)) * self.dilution:.0f}-fold",
            ))  # fmt: skip
        elif 0 < chamber < low and not self.file:
            flags.append(Flag(
                self.name,
                f"{chamber / 1e6:.1e} particles/mL in the chamber, below the linear range: dilute "
                "less or concentrate",
            ))  # fmt: skip
        other = sum(
            (self._seen_of(index, suspension, p)
             for index, population in enumerate(suspension.populations)
             if not population.vesicular),
            np.zeros(suspension.members),
        )  # fmt: skip
        total = seen.sum(axis=1)
        share = np.divide(other, total, out=np.zeros(total.size), where=total > 0)
        if float(np.median(share)) > 0.5:
            flags.append(Flag(
                self.name,
                f"{np.median(share):.0%} of what tracking counts are not vesicles (lipoproteins, "
                "aggregates): do not call these particles EVs",
            ))  # fmt: skip
        return flags

    def _limit(self, p: Draws) -> Array:
        """Return the smallest vesicle seen, array (n,) [m]."""
        return p[LIMIT] if self.limit is None else np.full(p.members, self.limit)

    def _detected(self, diameter: Array, refractive_index: Array, p: Draws) -> Array:
        """Return the probability that a particle of each size is seen, array (n, k)."""
        return detection_probability(
            diameter, refractive_index, self._limit(p), p[LIMIT_INDEX], p[BRIGHTNESS],
            p[MEDIUM_INDEX],
        )  # fmt: skip

    def _seen(self, suspension: Suspension, p: Draws) -> Array:
        """Return the particles seen in each true size class, of all kinds, array (n, k)."""
        if not suspension.populations:
            return np.zeros((suspension.members, _class_edges(suspension).size - 1))
        grid = suspension.populations[0].diameter
        each = [
            held.counted(grid.size) * self._detected(grid, held.refractive_index, p)
            for held in suspension.populations
        ]
        return np.asarray(np.sum(each, axis=0))

    def _seen_of(self, index: int, suspension: Suspension, p: Draws) -> Array:
        """Return the particles seen of one population, array (n,)."""
        held, grid = suspension.populations[index], suspension.populations[0].diameter
        probability = self._detected(grid, held.refractive_index, p)
        return np.asarray((held.counted(grid.size) * probability).sum(axis=1))

    def _smear(self, classes: Array, bins: Array, p: Draws, analysis: str) -> Array:
        """Return where each true class shows, array (n, k, b).

        Members of one uncertainty draw share their matrix, which is computed once.
        """
        pairs = np.stack([p.at(TRACK_STEPS, analysis=analysis), p[SIZE_SCALE]])
        distinct, member = np.unique(pairs, axis=1, return_inverse=True)
        smear = size_blur(classes, bins, distinct[0], distinct[1])
        return np.asarray(smear[np.ravel(member)])


def _class_edges(suspension: Suspension) -> Array:
    """Return the edges of the size classes of the tube, array (k+1,) [m]."""
    if not suspension.populations:
        return np.array([30e-9, LARGEST])
    return grid_edges(suspension.populations[0].diameter)
