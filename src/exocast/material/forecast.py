"""A Forecast: everything one run found, saved as one folder and reopened without running."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exocast.errors import ExocastError

if TYPE_CHECKING:
    import xarray

__all__ = ["JSON_NAME", "NETCDF_NAME", "Forecast", "refuse", "write_folder"]

Array = NDArray[np.float64]

JSON_NAME = "forecast.json"
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
    """

    record: Mapping[str, Any]
    data: xarray.Dataset
    folder: Path | None = None

    @property
    def answer(self) -> Mapping[str, Any]:
        """Return the answer: sentence, and one row for each rival."""
        answer: Mapping[str, Any] = self.record["answer"]
        return answer

    @property
    def cascade(self) -> list[Mapping[str, Any]]:
        """Return the rows of the cascade."""
        rows: list[Mapping[str, Any]] = self.record["cascade"]
        return rows

    @property
    def limiting_step(self) -> Mapping[str, Any]:
        """Return the step that gains most when it rises to its best attainable fraction."""
        step: Mapping[str, Any] = self.record["limiting_step"]
        return step

    def save(self, folder: Path, *, replace: bool = False) -> Forecast:
        """Save the forecast as a folder.

        Parameters
        ----------
        folder : Path
            Folder to write.
        replace : bool
            Replace a forecast that is there.

        Returns
        -------
        Forecast
            The same forecast, knowing its folder.

        Raises
        ------
        ExocastError
            If the folder exists and is not to be replaced, or holds something else.
        """
        write_folder(folder, self.write, replace=replace)
        return Forecast(self.record, self.data, folder)

    def write(self, folder: Path) -> None:
        """Write the two files into a folder that exists."""
        text = json.dumps(self.record, indent=1, ensure_ascii=False, allow_nan=False)
        (folder / JSON_NAME).write_text(text + "\n", encoding="utf-8")
        packing = {"zlib": True, "complevel": 4}
        encoding = {
            name: packing for name, array in self.data.data_vars.items() if array.dtype.kind == "f"
        }
        self.data.to_netcdf(folder / NETCDF_NAME, engine="h5netcdf", encoding=encoding)

    @staticmethod
    def open(folder: Path) -> Forecast:
        """Open a saved forecast; nothing is run again.

        Raises
        ------
        ExocastError
            If the folder holds no forecast, or one of a later schema.
        """
        import xarray

        path = folder / JSON_NAME
        if not path.exists():
            raise ExocastError(f"{folder} holds no forecast: {JSON_NAME} is missing")
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["exocast"] != SCHEMA:
            raise ExocastError(
                f"{path} has schema {record['exocast']}; this version of exocast reads {SCHEMA}"
            )
        with xarray.open_dataset(folder / NETCDF_NAME, engine="h5netcdf") as dataset:
            data = dataset.load()
        return Forecast(record, data, folder)


def refuse(folder: Path, *, replace: bool) -> None:
    """Refuse a folder that is in the way.

    Raises
    ------
    ExocastError
        If it holds something else than a forecast, or a forecast that is not to be replaced.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / JSON_NAME).exists():
            raise ExocastError(f"{folder} exists and holds no forecast; choose another place")
        if not replace:
            raise ExocastError(f"{folder} holds a forecast already; pass --replace to replace it")


def write_folder(folder: Path, write: Callable[[Path], None], *, replace: bool) -> None:
    """Fill a folder through `write(temporary folder)` and put it in place when complete.

    Nothing half-written is left, whatever stops `write`; a folder in the way is replaced only on
    request and only if it holds a forecast.

    Raises
    ------
    ExocastError
        If something else is in the way.
    """
    refuse(folder, replace=replace)
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        temporary.chmod(0o755)
        write(temporary)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        if temporary.exists():
            shutil.rmtree(temporary)
