"""What an instrument said, and what exocast expects it to say: one vocabulary for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from exocast.errors import ReaderError

__all__ = ["Measurement", "Reading"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measurement:
    """One measured curve, in SI units, with everything its file said about itself.

    Attributes
    ----------
    kind : str
        What was measured: ``size_distribution``, ``time_series``, ``calibration`` ...
    x : array (b,)
        Where it was measured, in `x_unit`; for a histogram the bin centres.
    y : array (b,) or (b, r)
        What was measured, in `unit`; one column for each replicate (an NTA video).
    unit : str
        SI-coherent unit of `y`; for a size histogram ``particle/m^3`` *in each bin*.
    sd : array (b,)
        Standard error of the mean of the replicates that are used, in `unit`; NaN where unknown.
    x_unit : str
        SI-coherent unit of `x`.
    edges : array (b+1,), optional
        Edges of the bins, for a histogram.
    sample, instrument, file, sha256 : str
        Sample name, instrument and software, name of the file (never its folder) and digest.
    replicates : tuple of str
        Names of the replicates, r of them.
    used : tuple of bool
        Whether each replicate enters `mean`; a reader leaves out those the instrument itself calls
        unreliable, and says so in `warnings`.
    tracks : array (r,), optional
        Tracks that entered the histogram of each replicate [1].
    detection_limit : float, optional
        Smallest vesicle that the instrument sees [m]; below it a zero is no observation.
    dilution : float, optional
        Dilution that the file records and that `y` *already contains*; None when not recorded.
    metadata : mapping of str to tuple of str
        Raw cells, by ``section/key``.
    warnings : tuple of str
        What a careful operator would want to know before using the curve.
    """

    kind: str
    x: Array
    y: Array
    unit: str
    sd: Array
    x_unit: str = "m"
    edges: Array | None = None
    sample: str = ""
    instrument: str = ""
    file: str = ""
    sha256: str = ""
    replicates: tuple[str, ...] = ()
    used: tuple[bool, ...] = ()
    tracks: Array | None = None
    detection_limit: float | None = None
    dilution: float | None = None
    metadata: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problem = ""
        if self.y.ndim not in (1, 2) or self.y.shape[0] != self.x.size:
            problem = f"y has shape {self.y.shape} for {self.x.size} points"
        elif self.sd.shape != self.x.shape:
            problem = f"sd has shape {self.sd.shape} for {self.x.size} points"
        elif self.edges is not None and self.edges.size != self.x.size + 1:
            problem = f"{self.edges.size} edges for {self.x.size} bins"
        elif self.used and len(self.used) != self.columns.shape[1]:
            problem = f"`used` names {len(self.used)} of {self.columns.shape[1]} replicates"
        if problem:
            raise ReaderError(f"{self.file or 'measurement'}: {problem}")
        for name in ("x", "y", "sd", "edges", "tracks"):
            if (given := getattr(self, name)) is not None:
                held = np.array(given, dtype=np.float64)
                held.setflags(write=False)
                object.__setattr__(self, name, held)

    @property
    def columns(self) -> Array:
        """Return the replicates as columns, array (b, r), also when there is only one."""
        return self.y if self.y.ndim == 2 else self.y[:, None]

    @property
    def kept(self) -> Array:
        """Return the columns of the replicates in use, array (b, r')."""
        mask = np.array(self.used, bool) if self.used else np.ones(self.columns.shape[1], bool)
        return np.asarray(self.columns[:, mask])

    @property
    def mean(self) -> Array:
        """Return the mean of the replicates in use, array (b,)."""
        kept = self.kept
        return np.asarray(kept.mean(axis=1)) if kept.shape[1] else np.zeros(self.x.size)

    def scaled(self, factor: float, note: str = "") -> Measurement:
        """Return the measurement with `y` and `sd` multiplied, such as by a dilution."""
        warnings = (*self.warnings, note) if note else self.warnings
        return replace(self, y=self.y * factor, sd=self.sd * factor, warnings=warnings)


@dataclass(frozen=True, eq=False)
class Reading:
    """What an assay would show, for every member: the forecast side of a `Measurement`.

    Attributes
    ----------
    kind, unit, x_unit : str
        As in `Measurement`.
    x : array (b,)
        Bin centres or times, in `x_unit`.
    edges : array (b+1,)
        Edges of the bins.
    y : array (n, b)
        Expected reading of each member, in `unit`.
    sd : array (n, b)
        Counting error of one such experiment, in `unit`.
    figures : mapping of str to array (n,)
        Key figures, the unit in the key: ``concentration [particle/m^3]``, ``D50 [m]``.
    """

    kind: str
    x: Array
    edges: Array
    y: Array
    sd: Array
    unit: str
    x_unit: str = "m"
    figures: Mapping[str, Array] = field(default_factory=dict)
