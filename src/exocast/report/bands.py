"""The two spreads of arrays over members, as `exocast.material.spread` defines them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.material.forecast import Forecast

__all__ = ["Bands", "bands_of", "member_medians", "select", "stored"]

Array = NDArray[np.float64]
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Bands:
    """Median, 90 % uncertainty and 90 % variability of a curve, arrays (...)."""

    median: Array
    uncertainty: tuple[Array, Array]
    variability: tuple[Array, Array]

    @property
    def columns(self) -> tuple[Array, ...]:
        """Return median, uncertainty and variability as five columns of a table."""
        return self.median, *self.uncertainty, *self.variability

    def scaled(self, factor: float) -> Bands:
        """Return the bands in another unit."""
        low, high = self.uncertainty
        least, most = self.variability
        return Bands(
            self.median * factor, (low * factor, high * factor), (least * factor, most * factor)
        )


def bands_of(values: ArrayLike, uncertainty: int) -> Bands | None:
    """Summarise an array over its last axis, the members.

    Parameters
    ----------
    values : array (..., n)
        Uncertainty-major; NaN for members that did not finish.
    uncertainty : int
        Size of the uncertainty axis.

    Returns
    -------
    Bands or None
        None where no member finished.
    """
    held = np.asarray(values, dtype=float)
    grid = held.reshape(*held.shape[:-1], uncertainty, -1)
    finished = np.isfinite(grid).all(axis=tuple(range(grid.ndim - 2)))
    if not finished.any():
        return None
    grid = np.where(finished, grid, np.nan)[..., finished.any(axis=1), :]
    low, middle, high = np.nanquantile(grid, QUANTILES, axis=-1)
    return Bands(
        median=np.asarray(np.median(middle, axis=-1)),
        uncertainty=(
            np.asarray(np.quantile(middle, QUANTILES[0], axis=-1)),
            np.asarray(np.quantile(middle, QUANTILES[2], axis=-1)),
        ),
        variability=(
            np.asarray(np.median(low, axis=-1)),
            np.asarray(np.median(high, axis=-1)),
        ),
    )


def member_medians(values: ArrayLike, uncertainty: int) -> Array:
    """Return the median over subjects of each draw of what is not known, array (u,)."""
    grid = np.asarray(values, dtype=float).reshape(uncertainty, -1)
    kept = grid[np.isfinite(grid).any(axis=1)]
    return np.asarray(np.nanmedian(kept, axis=1)) if len(kept) else np.zeros(0)


def stored(forecast: Forecast, output: str) -> bool:
    """Return whether the time course holds an output in any finished member of the design."""
    names = [str(name) for name in forecast.data["output"].values]
    if output not in names:
        return False
    held = forecast.data["amount"].isel(variant=0).sel(output=output).values
    return bool(np.isfinite(held).any())


def select(forecast: Forecast, output: str, rival: int = 0, variant: int = 0) -> Array:
    """Return one output of the time course, array (t, n)."""
    held = forecast.data["amount"].isel(variant=variant, rival=rival).sel(output=output)
    return np.asarray(held.values, dtype=float)
