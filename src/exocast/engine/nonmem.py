"""Read a NONMEM data table: members, dose records, observation times and covariates.

The items are those of PREDPP: ID, TIME, DV, AMT, RATE, ADDL, II, SS, EVID, CMT and MDV; every other
column is a covariate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from exocast.engine.dosing import Records
from exocast.engine.nonmem_rows import DOSE_ITEMS, Row, compartment, faults, read_rows
from exocast.errors import Problem, ReaderError, TableError

__all__ = ["Dataset", "read_nonmem"]

Array = NDArray[np.float64]

SLIVER = 2.0**-60  # of the first time after 0: later than 0, and nothing happens in between


@runtime_checkable
class Frame(Protocol):
    """What is used of a data frame, without importing pandas."""

    def to_csv(self, *, index: bool) -> str | None:
        """Return the table as text."""


@dataclass(frozen=True)
class Dataset:
    """A table of n subjects, as the engine needs it.

    Attributes
    ----------
    ids : tuple of str
        The members, in the order of the table.
    records : Records
        Dose and reset records; a member with fewer has records that never happen.
    times : array (n, t) [time]
        When to report each member; a member with fewer times repeats its last one. From 0, on the
        member's own clock: a table that starts before 0 is moved to 0, and time runs on where a
        reset turns TIME back. An observation listed before a dose at the same time is reported
        just before it.
    values : array (n, t)
        DV; NaN where there is none (MDV 1, EVID 2, and where a member has fewer times).
    clock : array (n, t) [time]
        TIME as written; NaN where a member has fewer times.
    line : array (n, t)
        Line of the table; 0 where a member has fewer times.
    observed : array (n, t) of str
        State that CMT names; empty where a member has fewer times.
    covariates : mapping of str to array (n,)
        The first value of each member.
    history : mapping of str to (array (n, k) [time], array (n, k))
        Covariates that change within a member: every time and value that is written, the last
        repeated. In NONMEM a value holds from the record before to its own.
    notes : tuple of str
        What was read but has no effect, and members without doses or observations.
    sha256 : str
        Of the text that was read.
    """

    ids: tuple[str, ...]
    records: Records
    times: Array
    values: Array
    clock: Array
    line: NDArray[np.int64]
    observed: NDArray[np.str_]
    covariates: Mapping[str, Array]
    history: Mapping[str, tuple[Array, Array]]
    notes: tuple[str, ...]
    sha256: str


def read_nonmem(
    table: str | Path | Frame,
    states: Sequence[str],
    dose_into: str | None = None,
    observe: str | None = None,
    drop: Collection[str] = (),
    ignore: str = "#",
) -> Dataset:
    """Read a table of dose records, observations and covariates.

    Parameters
    ----------
    table : path or data frame
        Separated by commas, semicolons, tabs or blanks, names of the columns in the first line. A
        missing value is ``.`` or empty. Lines of a data frame are counted as of its CSV: the first
        row is line 2.
    states : sequence of str
        States of the network that compartments 1, 2, ... are; CMT may also hold their names.
    dose_into, observe : str, optional
        States for doses and observations without CMT, or with CMT 0; the first if omitted.
    drop : collection of str
        Columns not to read, as $INPUT's DROP.
    ignore : str
        Lines that begin with this character are skipped; ``@`` stands for any letter too. So are
        lines with something in a column named C.

    Raises
    ------
    TableError
        With every mistake of the table, each at its line.
    ReaderError
        If there is no such file.

    References
    ----------
    NONMEM Users Guide part VI (PREDPP), chapter V; NONMEM help on the EVID, MDV, AMT, RATE, ADDL,
    II, SS and CMT data items. Refused by name: DATE, CONT, XVID, a negative CMT (compartments that
    are turned off) and a negative ADDL (empirical steady state).
    """
    name, text = _text(table)
    problems: list[Problem] = []
    notes: list[str] = []
    rows = read_rows(text, drop, ignore, problems, notes)
    default = {True: dose_into or states[0], False: observe or states[0]}
    for row in rows:
        row.compartment = compartment(row, states, default[row.dosing], problems)
        problems += faults(row)
    subjects: dict[str, list[Row]] = {}
    last = ""
    for row in rows:
        if row.subject in subjects and row.subject != last:
            problems.append(
                Problem("comes again after another ID: sort the table", row.who, row.line)
            )
        subjects.setdefault(row.subject, []).append(row)
        last = row.subject
    if not rows and not problems:
        problems.append(Problem("The table has no rows."))
    for held in subjects.values():
        _time(held, problems)
    if problems:
        raise TableError(name, problems)
    for subject, held in subjects.items():
        for kind, wanted in (("dose", True), ("observation", False)):
            if all(row.dosing != wanted for row in held):
                notes.append(f"ID {subject} has no {kind}.")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return _dataset(subjects, default, notes, digest)


def _text(table: str | Path | Frame) -> tuple[str, str]:
    """Return the name and the text of a table."""
    if isinstance(table, str | Path):
        path = Path(table)
        try:
            return path.name, path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ReaderError(f"{path}: cannot be read as a table: {error}.") from error
    return "data frame", table.to_csv(index=False) or ""


def _time(rows: list[Row], problems: list[Problem]) -> None:
    """Put one subject's rows on the engine's clock, doses after what was read before them."""
    shift = max(0.0, -rows[0].items["TIME"])
    before = rows[0].items["TIME"]
    for row in rows:
        now = row.items["TIME"]
        if now < before:
            if row.event in (3, 4):
                shift += before - now
            else:
                message = f"TIME goes back from {before:g} to {now:g} without a reset (EVID 3, 4)"
                problems.append(Problem(message, row.who, row.line))
        row.time = now + shift if shift else now
        before = now
    sliver = SLIVER * min((row.time for row in rows if row.time > 0.0), default=1.0)
    for first, row in enumerate(rows):
        if row.dosing:
            continue
        together = [other for other in rows[first + 1 :] if other.time == row.time]
        later = [other for other in together if other.dosing]
        if not later:
            continue
        if any(other.dosing and other.time == row.time for other in rows[:first]):
            message = "is listed between two doses at one time: move one of them a little"
            problems.append(Problem(message, row.who, row.line))
        elif row.time > 0.0:
            row.time = float(np.nextafter(row.time, -np.inf))
        else:
            for other in together[together.index(later[0]) :]:
                other.time = sliver


def _dataset(
    subjects: Mapping[str, list[Row]],
    default: Mapping[bool, str],
    notes: list[str],
    digest: str,
) -> Dataset:
    """Return rows as arrays, padded to the longest subject."""
    doses = [[row for row in rows if row.dosing] for rows in subjects.values()]
    seen = [[row for row in rows if not row.dosing] for rows in subjects.values()]
    members = len(doses)
    shape = (members, max(map(len, doses)))
    items = {name: np.zeros(shape) for name in (*DOSE_ITEMS, "EVID")}
    when = np.full(shape, np.inf)
    into = np.full(shape, default[True], dtype=object)
    for member, held in enumerate(doses):
        for at, row in enumerate(held):
            when[member, at], into[member, at] = row.time, row.compartment
            items["EVID"][member, at] = row.event
            for name in DOSE_ITEMS:
                items[name][member, at] = row.items[name]
    records = Records(
        state=into.astype(str),
        time=when,
        amount=items["AMT"],
        rate=items["RATE"],
        addl=items["ADDL"],
        ii=items["II"],
        ss=items["SS"],
        evid=items["EVID"],
    )
    shape = (members, max(map(len, seen)))
    times, values, clock = np.zeros(shape), np.full(shape, np.nan), np.full(shape, np.nan)
    line = np.zeros(shape, dtype=np.int64)
    observed = np.full(shape, "", dtype=object)
    for member, held in enumerate(seen):
        for at, row in enumerate(held):
            times[member, at:] = row.time
            clock[member, at], line[member, at] = row.items["TIME"], row.line
            observed[member, at] = row.compartment
            if row.event == 0 and row.items["MDV"] % 100 == 0:
                values[member, at] = row.items["DV"]
    covariates, history = _covariates(subjects)
    return Dataset(
        ids=tuple(subjects),
        records=records,
        times=times,
        values=values,
        clock=clock,
        line=line,
        observed=observed.astype(str),
        covariates=covariates,
        history=history,
        notes=tuple(notes),
        sha256=digest,
    )


def _covariates(
    subjects: Mapping[str, list[Row]],
) -> tuple[dict[str, Array], dict[str, tuple[Array, Array]]]:
    """Return each covariate's first values, and the course of those that change."""
    names = next(iter(subjects.values()))[0].covariates
    first: dict[str, Array] = {}
    history: dict[str, tuple[Array, Array]] = {}
    for name in names:
        courses = []
        for rows in subjects.values():
            course = [(row.time, row.covariates[name]) for row in rows]
            courses.append([item for item in course if not np.isnan(item[1])] or [(0.0, np.nan)])
        first[name] = np.array([course[0][1] for course in courses])
        if all(len({value for _, value in course}) == 1 for course in courses):
            continue
        longest = max(map(len, courses))
        filled = np.array([course + [course[-1]] * (longest - len(course)) for course in courses])
        history[name] = (filled[:, :, 0], filled[:, :, 1])
    return first, history
