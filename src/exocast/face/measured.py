"""`exocast.read`: an instrument file, with its key figures."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from exocast.face.showing import as_html, as_text, plain_table, recast
from exocast.instruments import Summary, headline, summary, toml_block
from exocast.material.measurement import Measurement as Read

if TYPE_CHECKING:
    import pandas as pd

    from exocast.report.blocks import Table

__all__ = ["Measurement", "read"]


@dataclass(frozen=True, eq=False, repr=False)
class Measurement(Read):
    """One measured curve, in SI units, with everything its file says about itself.

    The attributes a size measurement is used by: ``x`` (bin centres [m]), ``mean`` (particles/m^3
    in each bin), ``sd``, ``detection_limit`` [m], ``warnings`` (what a careful operator would want
    to know), ``metadata`` (raw cells of the file).
    """

    @property
    def summary(self) -> Summary:
        """Return the key figures: d10, d50, d90, concentration and their errors, in SI.

        Raises
        ------
        ReaderError
            If it is no size distribution.
        """
        return summary(self)

    @property
    def toml(self) -> str:
        """Return the step to paste into a Design so that it takes this file."""
        return toml_block(self)

    def to_frame(self) -> pd.DataFrame:
        """Return the curve.

        Returns
        -------
        pandas.DataFrame
            ``x``, ``mean`` and ``sd`` in SI (units in ``attrs``), and one column for each
            replicate, in use or not.
        """
        import pandas as pd

        frame = pd.DataFrame({"x": self.x, "mean": self.mean, "sd": self.sd})
        names = self.replicates or tuple(str(i + 1) for i in range(self.columns.shape[1]))
        for name, column in zip(names, self.columns.T, strict=True):
            frame[name] = column
        frame.attrs.update(x=self.x_unit, mean=self.unit, file=self.file)
        return frame

    def _table(self) -> Table:
        figures = self.summary
        nanometres = [f"{1e9 * size:.0f}" for size in (figures.d10, figures.d50, figures.d90)]
        count = f"{figures.concentration / 1e6:.3g}"
        rows = (
            ("D10, D50, D90", f"{', '.join(nanometres)} nm"),
            ("mode, mean", f"{1e9 * figures.mode:.0f}, {1e9 * figures.mean:.0f} nm"),
            ("concentration", f"{count} ± {figures.concentration_error / 1e6:.2g} /mL"),
            ("sees above", f"{1e9 * figures.detection_limit:.0f} nm"),
            ("replicates", f"{figures.videos_used} of {figures.videos} in use"),
        )
        return plain_table((self.file, ""), rows)

    @property
    def _sized(self) -> bool:
        return self.kind == "size_distribution" and self.edges is not None

    def __repr__(self) -> str:
        if not self._sized:
            return f"{self.file}: {self.kind}, {self.x.size} points, {self.instrument}"
        warned = [f"warning: {warning}" for warning in self.warnings]
        return "\n".join((headline(self), as_text(self._table()), *warned))

    def _repr_html_(self) -> str:
        if not self._sized:
            return f"<p>{escape(repr(self))}</p>"
        warned = "".join(f"<li>{escape(warning)}</li>" for warning in self.warnings)
        told = f"<p>The file says, or leaves open:</p><ul>{warned}</ul>" if warned else ""
        return f"<p><b>{escape(headline(self))}</b></p>{as_html(self._table())}{told}"


def read(path: str | Path, reader: str = "") -> Measurement:
    """Read an instrument file.

    Parameters
    ----------
    path : str or Path
        The file, such as a NanoSight export.
    reader : str
        Name of the reader; guessed from the content when left out.

    Returns
    -------
    Measurement

    Raises
    ------
    ReaderError
        If no reader takes the file, or it cannot be read as what it claims to be.

    Examples
    --------
    >>> import exocast
    >>> folder = exocast.template("kras-sirna-tumour").folder
    >>> nta = exocast.read(folder / "batch-07-ExperimentSummary.csv")
    >>> round(1e9 * nta.summary.d50), nta.detection_limit
    (118, 7e-08)
    """
    from exocast.instruments import read as read_file

    return recast(Measurement, read_file(path, reader))
