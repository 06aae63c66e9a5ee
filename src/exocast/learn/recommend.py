"""Which train of isolation for a source, a purity, a yield, a scale and a time: ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.design.rehearsing import medium_left
from exocast.evidence import Axes, Catalogue
from exocast.learn.candidates import candidates, find_source
from exocast.learn.merit import merit, merit_needs
from exocast.learn.ranking import ranked
from exocast.learn.subject import MEMBERS, Asked, Ran, Show, Subject, filled
from exocast.learn.wishes import PURITY, Wish

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Recommendation", "recommend_isolation"]

NOTHING = 1e-6
"""Recovery below which a train is said to give nothing."""


@dataclass(frozen=True)
class Recommendation:
    """Ways to isolate from, or load, one source, ranked.

    Attributes
    ----------
    record : mapping
        The content of ``recommendation.json``.
    """

    record: Mapping[str, Any]

    @property
    def trains(self) -> list[Mapping[str, Any]]:
        """Return every train that ran, the best first."""
        trains: list[Mapping[str, Any]] = self.record["trains"]
        return trains

    @property
    def first(self) -> Mapping[str, Any]:
        """Return the train that stands first."""
        return self.trains[0]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a train: figures with 90 % uncertainty and variability, time, what is met.

        Returns
        -------
        pandas.DataFrame
        """
        import pandas as pd

        return pd.DataFrame([_line(train) for train in self.trains])

    def to_csv(self) -> str:
        """Return the table as CSV, every digit."""
        return str(self.to_frame().to_csv(index=False, lineterminator="\n"))


def recommend_isolation(
    source: str,
    *,
    wishes: Sequence[Wish] = (),
    scale: float | None = None,
    hours: float | None = None,
    members: tuple[int, int] | None = None,
    seed: int = 1,
    catalogue: Catalogue | None = None,
    progress: Show | None = None,
) -> Recommendation:
    """Rank trains of isolation for a source.

    Parameters
    ----------
    source : str
        A named source, a Design, or the name of a packaged one.
    wishes : sequence of Wish
        What is asked for.
    scale : float, optional
        Volume of the source [m^3]; the customary one by default.
    hours : float, optional
        Most that isolation may take [h].
    members, seed : optional
        Of the ensemble.
    catalogue : Catalogue, optional
        Values; the packaged ones by default.
    progress : callable, optional
        Told how many of how many trains are done, and which.

    Returns
    -------
    Recommendation

    Raises
    ------
    ExocastError
        If there is no such source, it cannot be scaled, or no train runs on it.
    """
    found = find_source(source)
    found = found if scale is None else found.scaled(scale)
    held = Catalogue.packaged() if catalogue is None else catalogue
    asked = Asked(wishes, hours, Axes(*(members or MEMBERS)), seed, held, progress)
    subject = Subject(
        "isolation",
        f"Isolation from {found.title}",
        ("isolation",),
        tuple(one.key for one in PURITY),
        merit_needs,
        lambda plan, ensemble, batch: merit(plan, ensemble, filled(batch), batch.suspension),
        _refusal,
    )
    return Recommendation(ranked(subject, found, candidates(found), asked))


def _refusal(one: Ran) -> str:
    """Return why a train is no answer; empty where it is one."""
    if left := medium_left(one.batch.suspension):
        return left
    serious = [flag.message for flag in one.batch.flags if flag.severity == "serious"]
    if not float(np.median(one.figures["recovery"])) > NOTHING:
        return (serious or ["nothing of what is wanted comes out"])[0]
    return ""


def _line(train: Mapping[str, Any]) -> dict[str, Any]:
    """Return one row of the table."""
    line: dict[str, Any] = {"train": train["name"], "title": train["title"]}
    for key, spread in train["figures"].items():
        line[key] = spread["median"]
        for kind in ("uncertainty", "variability"):
            line[f"{key}_{kind}_low"], line[f"{key}_{kind}_high"] = spread[kind]
    line |= {key: train[key] for key in ("score", "hours", "hands_on_hours", "chance")}
    line["wishes_met"] = sum(one["met"] for one in train["met"])
    line["wishes"] = len(train["met"])
    line["scale_limits"] = "; ".join(train["scale_limits"])
    return line
