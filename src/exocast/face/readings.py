"""``forecast.observed``: your animals beside the forecast, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exocast.errors import ExocastError, nearest
from exocast.face.showing import Shown, as_html, as_text, plain_table

if TYPE_CHECKING:
    import pandas as pd

    from exocast.report.blocks import Table

__all__ = ["Observed", "of_file"]

Record = Mapping[str, Any]

PREDICTED = ("median", "uncertainty_low", "uncertainty_high", "interval_low", "interval_high")


class Observed(Shown):
    """Your readings, each beside what the same sample would have shown.

    The columns of `to_frame` that need a word:

    ``median``, ``uncertainty_low``, ``uncertainty_high``
        Forecast in the unit of the reading, and the 90 % range of what is not known.
    ``interval_low``, ``interval_high``
        Range that holds 90 % of such readings (of one animal, or of the mean of ``n``): both
        spreads together, without the error of the assay.
    ``fold``
        Forecast over observed.
    """

    def to_frame(self) -> pd.DataFrame:
        """Return one line for each reading."""
        import pandas as pd

        lines = []
        for row in self["rows"]:
            predicted = row["predicted"]
            ends = (*predicted["uncertainty"], *predicted["interval"])
            held = {
                name: row[name]
                for name in ("study", "subject", "label", "organ", "time_h", "quantity", "unit",
                             "observed", "sd", "n", "lloq", "censored")
            }  # fmt: skip
            held |= dict(zip(PREDICTED, (predicted["median"], *ends), strict=True))
            lines.append({**held, "fold": row["fold"], "inside": row["inside"]})
        return pd.DataFrame(lines).astype(
            dict.fromkeys(("time_h", "observed", "sd", "lloq", *PREDICTED, "fold"), float)
        )

    def scores(self) -> pd.DataFrame:
        """Return fold error, bias and coverage: of all readings, by sample, by study."""
        import pandas as pd

        return pd.DataFrame(self["scores"]).set_index("over")

    def kinetics(self) -> pd.DataFrame:
        """Return clearance, volume, residence and half-lives, as a paper would compute them.

        Returns
        -------
        pandas.DataFrame
            One line for each blood curve and figure: of your animals (``observed``) and of the
            forecast at your times and above your limits (``median`` and 90 % uncertainty).
            ``supported`` is the share of members whose curve allows the figure.
        """
        import pandas as pd

        lines = [
            {
                "study": entry["study"],
                "subject": entry["subject"],
                "label": entry["label"],
                "matrix": entry["matrix"],
                "figure": figure["name"],
                "unit": figure["unit"],
                "observed": figure["observed"],
                "median": figure["predicted"]["median"],
                "uncertainty_low": figure["predicted"]["uncertainty"][0],
                "uncertainty_high": figure["predicted"]["uncertainty"][1],
                "supported": figure["predicted"]["supported"],
                "fold": figure["fold"],
            }
            for entry in self["kinetics"]
            for figure in entry["figures"]
        ]
        words = ("study", "subject", "label", "matrix", "figure", "unit")
        numbers = ("observed", "median", "uncertainty_low", "uncertainty_high", "supported", "fold")
        return pd.DataFrame(lines, columns=[*words, *numbers]).astype(dict.fromkeys(numbers, float))

    def _table(self) -> Table:
        from exocast.report.words import amount, percent, times

        rows = [
            (
                str(score["over"]),
                str(score["rows"]),
                amount(score["gmfe"]),
                times(score["bias"]) if score["bias"] else "–",
                f"{score['within_2']} of {score['scored']}",
                percent(score["coverage"]),
            )
            for score in self["scores"]
        ]
        head = ("over", "readings|", "fold error|", "bias|", "within 2-fold|", "in 90 % range|")
        return plain_table(head, rows, "Fold error: geometric mean; bias: forecast over observed.")

    def __repr__(self) -> str:
        return f"{_files(self['tables'])}\n{as_text(self._table())}"

    def _repr_html_(self) -> str:
        return f"<p><b>{_files(self['tables'])}</b></p>{as_html(self._table())}"


def of_file(record: Record, file: str) -> Record:
    """Return the readings of one table, with the curves they lie on; of all where none is named.

    Raises
    ------
    ExocastError
        If the forecast was made without that table.
    """
    from exocast.qualify.observed import score

    held = record.get("observed")
    known = [str(table["file"]) for table in held["tables"]] if held else []
    names = {Path(name).name: name for name in known}
    if held and not file:
        return dict(held)
    wanted = file if file in known else names.get(Path(file).name)
    if held is None or wanted is None:
        offer = f" {nearest(Path(file).name, names)}" if names else ""
        what = f"`{file}` is no part" if file else "no table of animals is part"
        raise ExocastError(
            f"{what} of this forecast, and a label rides the run itself.{offer} Run "
            f"design.with_observed({file or 'file'!r}) and draw that forecast"
        )
    rows = [row for row in held["rows"] if row["file"] == wanted]
    keys = ("label", "organ", "quantity", "unit")
    seen = {tuple(row[key] for key in keys) for row in rows}
    organs = dict.fromkeys(row["organ"] for row in rows)
    scores = [score(rows, "all readings")]
    scores += [score([row for row in rows if row["organ"] == organ], organ) for organ in organs]
    return {
        **held,
        "rows": rows,
        "scores": scores,
        "curves": [c for c in held["curves"] if tuple(c[key] for key in keys) in seen],
    }


def _files(tables: Sequence[Record]) -> str:
    return ", ".join(f"{table['file']} ({table['label']})" for table in tables)
