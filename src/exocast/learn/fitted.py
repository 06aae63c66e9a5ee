"""A fit that can be kept: what was learnt, from what, and the joint samples."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xarray import Dataset

__all__ = ["Fitted"]

COLUMNS = ("identity", "unit", "prior", "prior_low", "prior_high", "fitted", "low", "high",
           "left", "verdict")  # fmt: skip


@dataclass(frozen=True)
class Fitted:
    """What a fit found.

    Attributes
    ----------
    record : dict
        ``title``, ``free`` (one entry for each value), ``others`` (values that were not free, and
        how much the readings say of them), ``readings``, ``directions`` and ``quality``; see
        `exocast.qualify.fitting.fit_design`.
    data : xarray.Dataset
        ``sample`` x ``value``: joint samples of the posterior in SI-coherent units.
    """

    record: Mapping[str, Any]
    data: Dataset

    def to_csv(self) -> str:
        """Return one line for each fitted value, in the unit of its row."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in self.record["free"]:
            ends = [*one["prior"], *one["posterior"]]
            numbers = [f"{value:.6g}" for value in [*ends, one["left"]]]
            writer.writerow([one["identity"], one["unit"], *numbers, one["verdict"]])
        return file.getvalue()
