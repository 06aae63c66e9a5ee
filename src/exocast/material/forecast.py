"""A Forecast: everything one run found, saved as one folder and reopened without running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exocast.material.amount import Amount
from exocast.material.citing import cited
from exocast.material.folder import (
    RECORDS,
    read_arrays,
    read_json,
    refuse,
    write_arrays,
    write_folder,
    write_json,
)
from exocast.material.tables import cascade_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray

__all__ = ["JSON_NAME", "NETCDF_NAME", "Forecast", "read_record", "refuse", "write_folder"]

Array = NDArray[np.float64]

JSON_NAME = RECORDS["forecast"]
NETCDF_NAME = "forecast.nc"
SCHEMA = 1


@dataclass(frozen=True)
class Forecast:
    """What a run found.

    Attributes
    ----------
    record : mapping
        The content of ``forecast.json``: question, answer, cascade, limiting_step, drivers,
        balance, members, flags, values, provenance, variants ...
    data : xarray.Dataset
        The content of ``forecast.nc``: cascade values and time courses of every member, sizes
        and cargo of the sample, drawn values.
    folder : Path or None
        Where it was saved or opened.
    inputs : mapping of str to bytes
        The files that its Design reads, by the name that the Design gives them.
    """

    record: Mapping[str, Any]
    data: xarray.Dataset
    folder: Path | None = None
    inputs: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def answer(self) -> Mapping[str, Any]:
        """Return the answer: sentence, and one row for each rival."""
        answer: Mapping[str, Any] = self.record["answer"]
        return answer

    @property
    def cascade(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows of the cascade."""
        rows: list[Mapping[str, Any]] = self.record["cascade"]
        return rows

    @property
    def limiting_step(self) -> Mapping[str, Any]:
        """Return the step that gains most when it rises to its best attainable fraction."""
        step: Mapping[str, Any] = self.record["limiting_step"]
        return step

    @property
    def amount(self) -> Amount:
        """Return amounts over time: ``forecast.amount.sel(place="liver").at("4 h")``."""
        return Amount.of(self.data)

    def to_frame(self) -> pd.DataFrame:
        """Return the cascade of the design and of every variant as a table.

        Returns
        -------
        pandas.DataFrame
            One row for each variant, line of the cascade and rival: variant, step, hypothesis,
            unit, median, fraction, and both intervals; a line without a number holds NaN.
        """
        import pandas as pd

        return pd.concat(
            [
                cascade_table(branch["cascade"], variant=branch.get("name", "design"))
                for branch in (self.record, *self.record["variants"])
            ],
            ignore_index=True,
        )

    def cite(self, style: str = "text") -> str:
        """Return exocast and the sources of the values used, the most influential first.

        Parameters
        ----------
        style : str
            ``text`` or ``bibtex``.

        Raises
        ------
        ExocastError
            If the style is neither.
        """
        return cited(self.record, style)

    def write(self, folder: Path) -> None:
        """Write the two files, and the files that the Design reads, into a folder that exists."""
        for entry in self.record["provenance"].get("inputs", ()):
            if entry["file"] in self.inputs:
                place = folder / entry["stored"]
                place.parent.mkdir(exist_ok=True)
                place.write_bytes(self.inputs[entry["file"]])
        write_json(folder, "forecast", self.record)
        write_arrays(folder, "forecast", self.data)

    @staticmethod
    def open(folder: Path) -> Forecast:
        """Open a saved forecast; nothing is run again.

        Raises
        ------
        ExocastError
            If the folder holds no forecast, one of another schema, or a broken one.
        """
        record = read_record(folder)
        data = read_arrays(folder, "forecast")
        files = {
            str(entry["file"]): (folder / entry["stored"])
            for entry in record["provenance"].get("inputs", ())
        }
        inputs = {name: file.read_bytes() for name, file in files.items() if file.is_file()}
        return Forecast(record, data, folder, inputs)


def read_record(folder: Path) -> dict[str, Any]:
    """Return the content of ``forecast.json``, once it is known to be one.

    Raises
    ------
    ExocastError
        If the folder is none, holds no forecast, or one that this version does not read.
    """
    return read_json(folder, "forecast", ("answer", "cascade", "provenance"), (SCHEMA,))
