"""Joint samples of a fit: values that were learnt together and are drawn together."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from exocast.errors import EvidenceError

__all__ = ["Joint", "read_joint", "write_joint"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Joint:
    """Samples of several values from one posterior.

    Attributes
    ----------
    name : str
        Key of the source that describes the fit, and stem of its file.
    identities : tuple of str
        Identities of the fitted rows, in the order of the columns.
    samples : array (s, q)
        In SI-coherent units; a row is one sample of all.
    """

    name: str
    identities: tuple[str, ...]
    samples: Array

    def draw(self, identity: str, seed: int, size: int) -> Array:
        """Return draws of one value, array (size,).

        The same samples are picked for every value of the fit, whichever of them are asked for:
        what was learnt together stays together.
        """
        key = hashlib.blake2b(f"{seed}|uncertainty|{self.name}".encode(), digest_size=16).digest()
        generator = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
        rounds = -(-size // len(self.samples))
        order = np.concatenate([generator.permutation(len(self.samples)) for _ in range(rounds)])
        return np.asarray(self.samples[order[:size], self.identities.index(identity)])


def read_joint(path: Path) -> Joint:
    """Read a file of joint samples.

    Raises
    ------
    EvidenceError
        If it is not a table of numbers under identities.
    """
    lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    try:
        samples = np.array([[float(cell) for cell in line] for line in lines[1:]])
    except ValueError as error:
        raise EvidenceError(f"{path.name}: {error}") from None
    if not lines or samples.shape[1:] != (len(lines[0]),) or not np.isfinite(samples).all():
        raise EvidenceError(f"{path.name} is not a table of numbers, one column for each value")
    return Joint(path.stem, tuple(lines[0]), samples)


def write_joint(path: Path, identities: Sequence[str], samples: Array) -> None:
    """Write joint samples as CSV, six digits each: a header of identities, one sample a line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(identities)
        writer.writerows([[f"{value:.6g}" for value in sample] for sample in samples])
