"""The other solvers, each fed the SBML that exocast writes and driven at its best setting.

A peer takes one member after another, or all at once where it can. It is given, for each stretch
between doses, parameters and amounts; it gives back the states at the output times, the seconds in
its solve call alone, and the seconds with everything a user would have to do for them.
"""

from __future__ import annotations

import importlib.util
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _cases import Case, Segment
from _scipy import integrate
from exocast.engine.sbml import to_sbml

__all__ = ["PEERS", "Peer", "Run", "Unavailable"]

Array = NDArray[np.float64]


class Unavailable(Exception):  # noqa: N818 - not an error: this peer sits out
    """A peer that is not installed, or does not take a case; its message says why."""


@dataclass(frozen=True)
class Run:
    """What a peer made of some members.

    Attributes
    ----------
    amount : array (n, t, j)
        Outputs; NaN for a member that failed.
    solving : float [s]
        In the solve call alone, for all members.
    whole : float [s]
        With setting parameters and amounts and fetching results.
    """

    amount: Array
    solving: float
    whole: float


def spelt_out(case: Case) -> float:
    """Return how many terms the rates have when nothing is shared."""
    listing = case.model.listing
    size = np.zeros(len(listing.operation))
    for node, arguments in enumerate(listing.arguments):
        size[node] = 1.0 + size[arguments[arguments >= 0]].sum()
    return float(size[listing.rate].sum())


class Peer(ABC):
    """One solver with one case loaded."""

    name: str
    package: str
    setting: str
    together: bool = False  # takes all members at once, and compiles for their number

    def __init__(self, case: Case, *, patient: bool = True) -> None:
        if importlib.util.find_spec(self.package) is None:
            raise Unavailable(f"{self.package} is not installed")
        self.case = case
        self.patient = patient
        self.load()

    @abstractmethod
    def load(self) -> None:
        """Get the case ready, outside all timing."""

    @abstractmethod
    def run(self, rtol: float, members: NDArray[np.int64]) -> Run:
        """Solve these members."""

    def sbml(self) -> str:
        """Return the document of the first member."""
        return to_sbml(self.case.model, self.case.parameters[0], self.case.start[0])


class OneByOne(Peer):
    """A peer that takes a member and a stretch of time at a time."""

    @abstractmethod
    def tolerate(self, rtol: float, scale: Array) -> None:
        """Set the tolerances: relative, and relative times scale (s,)."""

    @abstractmethod
    def stretch(
        self, segment: Segment, member: int, start: Array, times: Array
    ) -> tuple[Any, float]:
        """Return the states at times, whatever holds them, and seconds in the solve call."""

    @abstractmethod
    def states(self, result: Any) -> Array:
        """Return what `stretch` gave as an array (t, s)."""

    def run(self, rtol: float, members: NDArray[np.int64]) -> Run:
        """Solve these members one after another."""
        case = self.case
        amount = np.full((len(members), len(case.times), case.states), np.nan)
        solving = whole = 0.0
        scale = case.scale_of(int(members[0]))
        self.tolerate(rtol, scale)
        for row, member in enumerate(members.tolist()):
            if case.scale.ndim == 2:
                self.tolerate(rtol, case.scale_of(member))
            begin = time.process_time()
            results: list[tuple[NDArray[np.int64], NDArray[np.int64], Any]] = []
            now = case.start[member]
            try:
                for segment, inside, times, rows in self._stretches():
                    if segment.put is not None:
                        now = now + segment.put[member]
                    result, spent = self.stretch(segment, member, now, times)
                    solving += spent
                    results.append((inside, rows, result))
                    if segment is not case.segments[-1]:
                        now = self.states(result)[-1]
            except RuntimeError:
                whole += time.process_time() - begin
                continue
            whole += time.process_time() - begin
            for inside, rows, result in results:
                amount[row, inside] = self.states(result)[rows]
        return Run(case.kept(amount), solving, whole)

    def _stretches(
        self,
    ) -> Iterator[tuple[Segment, NDArray[np.int64], Array, NDArray[np.int64]]]:
        """Yield segments, which outputs lie inside, times to ask for, and the outputs' rows."""
        for segment in self.case.segments:
            last = segment is self.case.segments[-1]
            times = self.case.times
            before = times <= segment.end if last else times < segment.end
            inside = np.flatnonzero((times >= segment.begin) & before)
            asked = np.unique(np.concatenate([[segment.begin], times[inside], [segment.end]]))
            yield segment, inside, asked, np.searchsorted(asked, times[inside])


class LibRoadRunner(OneByOne):
    """CVODE, with just-in-time compiled rates and a dense Jacobian by differences."""

    name = "libroadrunner"
    package = "roadrunner"
    largest = 1e6  # terms; it writes the formula of an assignment rule wherever it is used
    setting = (
        "CVODE BDF, default compiler, vector of absolute tolerances, parameters set as one array"
    )

    def load(self) -> None:
        """Compile the model, unless spelling out its shared formulas would fill the memory."""
        import roadrunner

        terms = spelt_out(self.case)
        if terms > self.largest:
            raise Unavailable(f"it would spell out shared formulas as {terms:.0e} terms")

        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_CRITICAL)
        self.runner = roadrunner.RoadRunner(self.sbml())
        known = {name: k for k, name in enumerate(self.runner.model.getGlobalParameterIds())}
        count = self.case.parameters.shape[1]
        names = [f"p{k}" for k in range(count)] + [f"y{k}" for k in range(self.case.states)]
        self.where = [known[name] for name in names]
        self.runner.timeCourseSelections = names[count:]
        self.runner.integrator.setValue("maximum_num_steps", 1_000_000)

    def tolerate(self, rtol: float, scale: Array) -> None:
        """Set both; a single absolute tolerance would be multiplied by the amounts."""
        self.runner.integrator.setValue("relative_tolerance", rtol)
        self.runner.integrator.setValue("absolute_tolerance", (rtol * scale).tolist())

    def stretch(
        self, segment: Segment, member: int, start: Array, times: Array
    ) -> tuple[Any, float]:
        """Set everything and simulate."""
        values = np.concatenate([segment.parameters[member], start])
        self.runner.model.setGlobalParameterValues(self.where, values)
        even = np.linspace(times[0], times[-1], len(times))
        if np.allclose(times, even, rtol=1e-14, atol=0.0):
            clock = time.process_time()
            result = self.runner.simulate(times[0], times[-1], len(times))
        else:
            asked = times.tolist()
            clock = time.process_time()
            result = self.runner.simulate(times=asked)
        return np.array(result), time.process_time() - clock

    def states(self, result: Any) -> Array:
        """Return the array."""
        return np.asarray(result)


class SciPy(Peer):
    """SciPy's implicit methods on the declared formulas, with their exact Jacobian."""

    name = "scipy"
    package = "scipy"
    setting = "LSODA; above 100 states Radau with a sparse Jacobian, for body-336 BDF, being faster"

    def load(self) -> None:
        """Make the rates and the Jacobian functions of Python."""
        from scipy.integrate import BDF, LSODA, Radau

        from exocast.engine.reference import Formulas

        self.formulas = Formulas(self.case.model)
        sparse = BDF if self.case.name == "body-336" else Radau
        self.method = LSODA if self.case.states <= 100 else sparse

    def run(self, rtol: float, members: NDArray[np.int64]) -> Run:
        """Solve these members one after another."""
        clock = time.process_time()
        solved = [
            integrate(self.case, self.formulas, member, rtol, self.method)
            for member in members.tolist()
        ]
        spent = time.process_time() - clock
        return Run(self.case.kept(np.stack(solved)), spent, spent)


class Amici(OneByOne):
    """CVODES with compiled rates, exact sparse Jacobian and KLU."""

    name = "amici"
    package = "amici"
    setting = "CVODES BDF with KLU, exact sparse Jacobian, no sensitivities; time is its cpu_time"

    def load(self) -> None:
        """Compile the model, or take it from the cache."""
        from _amici import compile_model, is_compiled, load_model

        document = self.sbml()
        if not is_compiled(document):
            if not self.patient:
                raise Unavailable("not compiled yet: run once without --quick")
            failure = compile_model(document)
            if failure:
                raise Unavailable(failure)
        self.model = load_model(document)
        self.solver = self.model.create_solver()
        self.solver.set_max_steps(1_000_000)
        states, names = self.model.get_state_ids(), self.model.get_free_parameter_ids()
        self.state_order = np.array([int(name[1:]) for name in states])
        self.order = np.array([int(name[1:]) for name in names])
        self.place = np.argsort(self.state_order)
        if sorted(self.state_order.tolist()) != list(range(self.case.states)):
            raise Unavailable("amici does not follow every state of this case")

    def tolerate(self, rtol: float, scale: Array) -> None:
        """Set both; the absolute one is a single number, that of the smallest scale."""
        self.solver.set_relative_tolerance(rtol)
        self.solver.set_absolute_tolerance(rtol * float(scale.min()))

    def stretch(
        self, segment: Segment, member: int, start: Array, times: Array
    ) -> tuple[Any, float]:
        """Set everything and simulate."""
        from amici.sim.sundials import run_simulation

        self.model.set_free_parameters(segment.parameters[member][self.order])
        self.model.set_t0(float(times[0]))
        self.model.set_timepoints(times)
        self.model.set_initial_state(start[self.state_order])
        result = run_simulation(self.model, self.solver)
        if int(result["status"]) != 0:
            raise RuntimeError(f"amici: status {result['status']}")
        return result, 1e-3 * float(result["cpu_time"])

    def states(self, result: Any) -> Array:
        """Return the states in the network's order."""
        return np.asarray(result["x"])[:, self.place]


class Copasi(OneByOne):
    """LSODA with interpreted, then just-in-time compiled rates."""

    name = "copasi"
    package = "COPASI"
    setting = "LSODA through its own library; one absolute tolerance, that of the smallest scale"

    def load(self) -> None:
        """Import the document."""
        import COPASI

        self.copasi = COPASI
        self.data = COPASI.CRootContainer.addDatamodel()
        if not self.data.importSBMLFromString(self.sbml()):
            raise Unavailable("COPASI does not read this case")
        model = self.data.getModel()
        found = {}
        for k in range(model.getNumModelValues()):
            value = model.getModelValue(k)
            found[value.getSBMLId()] = value
        count = self.case.parameters.shape[1]
        names = [f"p{k}" for k in range(count)] + [f"y{k}" for k in range(self.case.states)]
        self.values = [found[name] for name in names]
        self.changed = COPASI.ObjectStdVector()
        for value in self.values:
            self.changed.append(value.getInitialValueReference())
        self.task = self.data.getTask("Time-Course")
        self.task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
        self.task.setScheduled(True)
        self.problem = self.task.getProblem()
        self.problem.setTimeSeriesRequested(True)
        self.problem.setUseValues(True)
        self.task.getMethod().getParameter("Max Internal Steps").setUIntValue(10_000_000)
        self.columns: NDArray[np.int64] | None = None  # of the states, in a time series

    def tolerate(self, rtol: float, scale: Array) -> None:
        """Set both."""
        method = self.task.getMethod()
        method.getParameter("Relative Tolerance").setDblValue(rtol)
        method.getParameter("Absolute Tolerance").setDblValue(rtol * float(scale.min()))

    def stretch(
        self, segment: Segment, member: int, start: Array, times: Array
    ) -> tuple[Any, float]:
        """Set everything and simulate."""
        model = self.data.getModel()
        model.setInitialTime(float(times[0]))
        for value, number in zip(self.values, [*segment.parameters[member], *start], strict=True):
            value.setInitialValue(float(number))
        model.updateInitialValues(self.changed)
        self.problem.setOutputStartTime(float(times[0]))
        self.problem.setDuration(float(times[-1] - times[0]))
        self.problem.setValues(" ".join(repr(float(item)) for item in times))
        clock = time.process_time()
        fine = self.task.process(True)  # noqa: FBT003 - its interface
        spent = time.process_time() - clock
        if not fine:
            raise RuntimeError("COPASI: the time course failed")
        return self._fetch(len(times)), spent

    def _fetch(self, rows: int) -> Array:
        series = self.task.getTimeSeries()
        if self.columns is None:
            titles = {series.getSBMLId(k, self.data): k for k in range(series.getNumVariables())}
            self.columns = np.array([titles[f"y{k}"] for k in range(self.case.states)])
        if series.getRecordedSteps() < rows:
            raise RuntimeError("COPASI: the time course stopped early")
        columns = self.columns.tolist()
        first = series.getRecordedSteps() - rows
        data = [[series.getData(first + k, c) for c in columns] for k in range(rows)]
        return np.array(data)

    def states(self, result: Any) -> Array:
        """Return the array."""
        return np.asarray(result)


class Diffrax(Peer):
    """An implicit Runge-Kutta method compiled by XLA, all members at once."""

    name = "diffrax"
    package = "diffrax"
    setting = "Kvaerno5 with its PID controller, jit and vmap over members, double precision"
    together = True
    largest = 60  # states; XLA takes more than ten minutes for the Jacobian of a few hundred

    def load(self) -> None:
        """Turn the document into a function of arrays and compile it."""
        if self.case.states > self.largest:
            raise Unavailable(f"XLA does not compile {self.case.states} states in ten minutes")
        from _diffrax import stretch_solver

        self.stretch: Callable[..., Any] = stretch_solver(self.sbml(), self.case.states)

    def run(self, rtol: float, members: NDArray[np.int64]) -> Run:
        """Solve all members at once; the first call for a number of members compiles."""
        import jax

        case = self.case
        begin = time.process_time()
        solving = 0.0
        now = case.start[members]
        pieces = []
        for segment in case.segments:
            if segment.put is not None:
                now = now + segment.put[members]
            last = segment is case.segments[-1]
            times = case.times
            before = times <= segment.end if last else times < segment.end
            inside = times[(times >= segment.begin) & before]
            asked = np.unique(np.concatenate([[segment.begin], inside, [segment.end]]))
            atol = rtol * np.broadcast_to(np.atleast_2d(case.scale), case.start.shape)[members]
            given = [jax.numpy.asarray(item) for item in (segment.parameters[members], now, atol)]
            clock = time.process_time()
            result = self.stretch(*given, jax.numpy.asarray(asked), rtol)
            result.block_until_ready()
            solving += time.process_time() - clock
            states = np.asarray(result)
            pieces.append(states[:, np.searchsorted(asked, inside)])
            now = states[:, -1]
        whole = time.process_time() - begin
        return Run(case.kept(np.concatenate(pieces, axis=1)), solving, whole)


PEERS: dict[str, type[Peer]] = {
    peer.name: peer for peer in (LibRoadRunner, SciPy, Amici, Copasi, Diffrax)
}
"""Every peer by name."""
