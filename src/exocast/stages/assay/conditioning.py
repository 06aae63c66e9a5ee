"""A measured size curve conditions the forecast tube; it does not replace it.

Each member keeps its own share of kinds and copies per particle at every size, and its shape below
the limit of detection. Above the limit, the number of particles is multiplied, size by size, by a
correction f(d), so that the instrument *would show* the measured curve. The histogram is smeared by
finite tracks, so f is not the ratio of measured to forecast bins. It is found by expectation
maximisation on the smeared forecast (Richardson 1972, doi 10.1364/JOSA.62.000055; Lucy 1974,
doi 10.1086/111605; as a likelihood: Shepp and Vardi 1982, doi 10.1109/TMI.1982.4307558),

    f_k <- f_k * sum_b[B_kb m_b / y_b] / sum_b[B_kb],    y_b = sum_k B_kb s_k f_k,

from f = constant, where s is what would be seen of the forecast, B its smear, m the measured curve
and b the bins above the limit. Deconvolution amplifies noise. So ln f is smoothed over neighbouring
sizes after each step (Silverman et al. 1990, A smoothed EM approach, smooth the
curve itself; smoothing the correction leaves a forecast that is already right alone), and each
member stops as soon as the curve is met to within its error (the discrepancy principle of Morozov
1966): what the data do not say, the forecast keeps.
Below the limit f is held at its value at the limit. Papers cited from memory, the equations derived
here; the recovery of known tubes is tested.

The sampling error of the measured mean is drawn by leaning to one of the r videos:
m = mean + (video_i - mean) / sqrt(r - 1). Over i this has exactly the mean, and exactly the
covariance S/r between bins, of the mean of r videos, and it is never negative.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.errors import ConservationError
from exocast.laws.size_distribution import percentile, rebinning, robust_spread
from exocast.material.ledger import Exchange
from exocast.material.measurement import Measurement
from exocast.material.suspension import Suspension, grid_edges

__all__ = ["CAUSE", "Conditioning", "condition_on_sizes"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

CAUSE = "conditioned on measurement"
ITERATIONS = 20
LARGEST_UPDATE = 4.0
# A true vesicle population has a geometric SD of 1.25 or more in the exports seen; beads have 1.10.
NARROW = 1.15
# Share of the measured curve that a class gets where the forecast has nothing at all.
SEED = 1e-6


@dataclass(frozen=True, eq=False)
class Conditioning:
    """What conditioning did, for the report.

    Attributes
    ----------
    edges : array (k+1,) [m]
        Bins of the curves below: those of the tube's size classes.
    measured : array (n, k)
        Measured curve with its drawn sampling error [particle/m^3].
    forecast, fitted : array (n, k)
        What the instrument would show before and after [particle/m^3].
    correction : array (n, k)
        Factor on the particles of each true size [1].
    limit : array (n,) [m]
        Apparent size above which the measurement was used.
    ratio : array (n,)
        Measured over forecast concentration above the limit [1]; NaN where the forecast is empty.
    d50_measured, d50_forecast : array (n,) [m]
        Medians of the two curves above the limit.
    iterations : array (n,)
        Steps until the curve was met [1].
    told, shown : array (n,)
        Measured total, and the total that the instrument would show of the conditioned tube, below
        the limit too [particle/m^3].
    below : array (n,)
        Share of the particles after conditioning that are below the limit, where nothing was
        measured [1].
    warnings : tuple of str
        What the user should know before trusting the conditioned tube.
    """

    edges: Array
    measured: Array
    forecast: Array
    fitted: Array
    correction: Array
    limit: Array
    ratio: Array
    d50_measured: Array
    d50_forecast: Array
    iterations: Array
    told: Array
    shown: Array
    below: Array
    warnings: tuple[str, ...]


def condition_on_sizes(
    suspension: Suspension,
    measurement: Measurement,
    *,
    detected: Array,
    smear: Array,
    limit: Array,
    size_scale: Array,
    count_scale: Array,
    video_lean: Array,
    warnings: tuple[str, ...] = (),
) -> tuple[Suspension, Exchange, Conditioning]:
    """Condition a tube on a measured size distribution.

    Parameters
    ----------
    suspension : Suspension
        The tube, with populations on one grid of k classes.
    measurement : Measurement
        Size distribution of the undiluted tube.
    detected : array (n, kinds, k) [1]
        Probability that a particle of each kind and size is seen.
    smear : array (n, k, k+1) [1]
        Where each true class shows: the k classes, then everything larger.
    limit : array (n,) [m]
        *Apparent* size above which the measurement is used.
    size_scale : array (n,) [1]
        Apparent over true size.
    count_scale : array (n,) [1]
        Counted over present, for particles that are seen.
    video_lean : array (n,) [1]
        Uniform numbers that draw the sampling error.
    warnings : tuple of str
        Warnings of the caller, kept in front.

    Returns
    -------
    tuple of Suspension, Exchange, Conditioning
        The tube after; particles and the cargo that goes with them as added or removed by
        `CAUSE`; the report.
    """
    if not suspension.populations:
        raise ConservationError(
            f"{measurement.file}: the tube is empty at this place in the order, so a measurement "
            "has no kinds to share its particles among; put the assay after a donor step"
        )
    edges = grid_edges(suspension.populations[0].diameter)
    videos = _on_classes(measurement, edges)
    measured = _with_sampling_error(videos, video_lean)
    noise = _noise(videos, measured, measurement)
    # What is wider than the classes of the tube stays as it is: tracking does not see it.
    count = np.stack([held.counted(edges.size - 1) for held in suspension.populations], axis=1)
    volume = suspension.volume[:, None]
    factor = np.divide(count_scale[:, None], volume, out=np.zeros_like(volume), where=volume > 0)
    forecast = np.einsum("npk,npk->nk", count, detected) * factor
    used = edges[None, :] >= limit[:, None]
    free = edges[None, :-1] * size_scale[:, None] >= limit[:, None]
    start = forecast + np.where(free & (forecast <= 0), SEED * measured[:, :-1], 0.0)
    start = np.where((forecast.sum(axis=1) > 0)[:, None], start, 0.0)
    correction, iterations = _expectation_maximisation(start, smear, measured, noise, used, free)
    after = _rescaled(suspension, count, detected, correction, start, forecast, factor)
    report = _report(
        after, measurement, edges, measured, forecast, start * correction, smear,
        correction, limit, used, iterations, warnings,
    )  # fmt: skip
    return after, _exchange(suspension, after), report


def _on_classes(measurement: Measurement, edges: Array) -> Array:
    """Return the videos in use on the size classes and everything larger, array (r, k+1)."""
    wide = np.concatenate([edges, [max(measurement.edges[-1], edges[-1]) * 1.01]])  # type: ignore[index]
    return np.asarray(measurement.kept.T @ rebinning(np.asarray(measurement.edges), wide))


def _with_sampling_error(videos: Array, lean: Array) -> Array:
    """Return the mean curve with the sampling error of the mean drawn, array (n, b)."""
    mean = videos.mean(axis=0)
    count = len(videos)
    if count < 2:
        return np.broadcast_to(mean, (lean.size, mean.size)).copy()
    chosen = np.minimum((lean * count).astype(np.intp), count - 1)
    drawn = mean + (videos[chosen] - mean) / np.sqrt(count - 1)
    return np.asarray(np.maximum(drawn, 0.0))


def _noise(videos: Array, measured: Array, measurement: Measurement) -> Array:
    """Return the variance of the mean in each bin, from the videos and from counting, (n, b)."""
    count = len(videos)
    between = videos.var(axis=0, ddof=1) / count if count > 1 else np.zeros(videos.shape[1])
    if measurement.tracks is None:
        one = measurement.mean.sum() / 1000.0
    else:
        mask = np.array(measurement.used or (True,) * measurement.tracks.size)
        one = measurement.mean.sum() / max(float(measurement.tracks[mask].sum()), 1.0)
    one = max(one, 1.0)  # an empty curve has no tracks to go by
    return np.asarray(np.maximum(between, one * (measured + one)))


def _expectation_maximisation(
    start: Array, smear: Array, measured: Array, noise: Array, used: Mask, free: Mask
) -> tuple[Array, Array]:
    """Return the correction f (n, k), and the steps that each member took (n,)."""
    members = np.arange(len(start))
    first = np.where(free.any(axis=1), free.argmax(axis=1), start.shape[1] - 1)
    kernel = smear * used[:, None, :]
    reach = kernel.sum(axis=2)
    target = np.where(used, measured, 0.0)
    shown = np.einsum("nk,nkb->nb", start, kernel)
    level = _ratio(target.sum(axis=1), shown.sum(axis=1))
    correction = np.repeat(level[:, None], start.shape[1], axis=1)
    iterations = np.zeros(len(start))
    going = shown.sum(axis=1) > 0
    for _ in range(ITERATIONS):
        shown = np.einsum("nk,nkb->nb", start * correction, kernel)
        misfit = (np.where(used, (target - shown) ** 2 / noise, 0.0)).sum(axis=1)
        going &= misfit > used.sum(axis=1)
        if not going.any():
            break
        update = _ratio(np.einsum("nkb,nb->nk", kernel, _ratio(target, shown)), reach)
        proposal = correction * np.clip(update, 1 / LARGEST_UPDATE, LARGEST_UPDATE)
        proposal = _smoothed(np.where(free, proposal, proposal[members, first][:, None]))
        proposal = np.where(free, proposal, proposal[members, first][:, None])
        correction = np.where(going[:, None], proposal, correction)
        iterations += going
    # The total above the limit is met exactly, however early a member stopped.
    shown = np.einsum("nk,nkb->nb", start * correction, kernel)
    return correction * _ratio(target.sum(axis=1), shown.sum(axis=1))[:, None], iterations


def _smoothed(correction: Array) -> Array:
    """Return the correction smoothed over neighbouring sizes, in its logarithm, array (n, k)."""
    if correction.shape[1] < 3:
        return correction
    logs = np.log(np.maximum(correction, np.finfo(np.float64).tiny))
    padded = np.concatenate([logs[:, :1], logs, logs[:, -1:]], axis=1)
    return np.asarray(np.exp((padded[:, :-2] + 2 * logs + padded[:, 2:]) / 4))


def _rescaled(
    suspension: Suspension,
    count: Array,
    detected: Array,
    correction: Array,
    start: Array,
    forecast: Array,
    factor: Array,
) -> Suspension:
    """Return the tube with the corrected counts.

    Where the forecast has no particle of a size that was measured, the kinds share it as they share
    what is seen overall.
    """
    corrected = count * correction[:, None, :]
    seen = (count * detected).sum(axis=2)
    share = _ratio(seen, seen.sum(axis=1)[:, None])
    seeded = np.where(forecast > 0, 0.0, start * correction)[:, None, :] * share[:, :, None]
    particles = _ratio(seeded, np.broadcast_to(factor[:, :, None], seeded.shape))
    corrected = corrected + _ratio(particles, detected)
    populations = tuple(
        replace(held, count=np.hstack([corrected[:, index], held.count[:, count.shape[2] :]]))
        for index, held in enumerate(suspension.populations)
    )
    return replace(suspension, populations=populations)


def _exchange(before: Suspension, after: Suspension) -> Exchange:
    """Return the particles, and the cargo that goes with them, that conditioning added."""
    start, end = before.totals(), after.totals()
    return Exchange(
        amounts={
            (quantity, CAUSE): end[quantity] - start[quantity]
            for quantity in start
            if quantity.startswith(("particles/", "cargo/"))
        }
    )


def _report(
    after: Suspension,
    measurement: Measurement,
    edges: Array,
    measured: Array,
    forecast: Array,
    fitted: Array,
    smear: Array,
    correction: Array,
    limit: Array,
    used: Mask,
    iterations: Array,
    warnings: tuple[str, ...],
) -> Conditioning:
    """Return the report, with what measured and forecast have against each other."""
    shown = np.einsum("nk,nkb->nb", forecast, smear)
    meant = np.einsum("nk,nkb->nb", fitted, smear)
    above, expected = np.where(used, measured, 0.0), np.where(used, shown, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected.sum(axis=1) > 0, above.sum(axis=1) / expected.sum(axis=1), np.nan)
    particles = np.sum([held.counted(edges.size - 1) for held in after.populations], axis=0)
    hidden = edges[None, :-1] < limit[:, None]
    below = _ratio((particles * hidden).sum(axis=1), particles.sum(axis=1))
    report = Conditioning(
        edges=edges,
        measured=measured[:, :-1],
        forecast=shown[:, :-1],
        fitted=meant[:, :-1],
        correction=correction,
        limit=limit,
        ratio=ratio,
        d50_measured=percentile(edges, above[:, :-1], 0.5),
        d50_forecast=percentile(edges, expected[:, :-1], 0.5),
        iterations=iterations,
        told=np.full(len(limit), measurement.mean.sum()),
        shown=fitted.sum(axis=1),
        below=below,
        warnings=warnings,
    )
    return replace(report, warnings=(*warnings, *_doubts(measurement, report, limit)))


def _doubts(measurement: Measurement, report: Conditioning, limit: Array) -> list[str]:
    """Return warnings: bead run, disagreement, counts below the limit."""
    edges, mean = np.asarray(measurement.edges), measurement.mean[None]
    found = []
    if not mean.any():
        return [f"{measurement.file}: the measured curve is empty, and so is the tube now"]
    width = float(robust_spread(edges, mean)[0])
    if width < NARROW:
        found.append(
            f"{measurement.file}: geometric SD {width:.2f} is far narrower than any vesicle "
            "population: is this a run of beads?"
        )
    ratio = float(np.nanmedian(report.ratio)) if np.isfinite(report.ratio).any() else np.nan
    if np.isnan(ratio):
        found.append("the forecast has nothing that tracking would see; the tube stays empty")
    elif not 0.1 <= ratio <= 10:
        found.append(
            f"measured and forecast concentration differ {max(ratio, 1 / max(ratio, 1e-300)):.2g}-"
            "fold: check dilution and resuspension volume before trusting either"
        )
    shown, told = float(np.median(report.shown)), float(np.median(report.told))
    if shown > 1.25 * told and told > 0:
        found.append(
            f"the conditioned tube would show {shown / told:.1f} times the measured total: the "
            "forecast holds bright particles below the vesicle limit (lipoproteins, aggregates) "
            "that the curve does not have; doses counted in particles carry that difference"
        )
    middle = float(np.median(limit))
    total = mean.sum()
    small = (mean[0] * (edges[1:] <= middle)).sum() / total if total > 0 else 0.0
    if small > 0.25:
        found.append(
            f"{small:.0%} of the counts are below {middle * 1e9:.0f} nm and not used: either this "
            "instrument sees smaller vesicles (give `limit`), or they are lipoproteins or noise"
        )
    return found


def _ratio(top: Array, bottom: Array) -> Array:
    """Return top / bottom, 0 where bottom is 0."""
    top, bottom = np.broadcast_arrays(top, bottom)
    return np.divide(top, bottom, out=np.zeros(top.shape), where=bottom > 0)
