"""Milliseconds a member for body-like networks of 42 and 336 states, native against its twin.

Run with ``python benchmarks/engine.py [members]``. Times are one core, 24 hours, 49 output times,
every member its own parameters, relative tolerance 1e-6; the error is against rtol 1e-10, relative
to the amount plus its scale. libRoadRunner is timed where it is installed, simulation alone.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from numpy.typing import NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.network import Expression, Network, State
from exocast.engine.solve import Solution, solve

# Mouse-like flows [mL/h] and volumes [mL]; invented, for timing only.
ORGANS = {
    "lung": (0.0, 0.15),
    "liver": (20.0, 1.1),
    "spleen": (5.0, 0.07),
    "kidney": (78.0, 0.33),
    "heart": (55.0, 0.1),
    "muscle": (95.0, 7.7),
    "brain": (28.0, 0.33),
    "gut": (85.0, 1.0),
    "tumour": (4.0, 0.5),
    "rest": (250.0, 9.0),
}
PORTAL = ("spleen", "gut")
SATURABLE = {"liver": 60.0, "spleen": 8.0, "lung": 2.0}
LEAK = {"liver": 3.0, "spleen": 1.0, "kidney": 0.3, "tumour": 0.05, "brain": 0.001, "lung": 0.1}
UPTAKE = {"liver": 4.0, "spleen": 3.0, "tumour": 0.5}
HOURS = np.linspace(0.0, 24.0, 49)


def declare(network: Network, classes: int) -> dict[tuple[str, str, int], State]:
    """Declare every place of every size class."""
    places: dict[tuple[str, str, int], State] = {}
    for k in range(classes):
        for place in ("arterial", "venous"):
            places["blood", place, k] = network.state(f"{place}.{k}", scale=1e-3)
        for organ in ORGANS:
            for place in ("vessel", "tissue", "endosome", "delivered"):
                places[organ, place, k] = network.state(f"{organ}.{place}.{k}", scale=1e-3)
    return places


def body(classes: int) -> tuple[CompiledNetwork, dict[str, float], NDArray[np.float64]]:
    """Return a body with this many size classes, its typical parameters and its start."""
    network = Network()
    typical: dict[str, float] = {}

    def number(name: str, value: float) -> Expression:
        typical[name] = value
        return network.parameter(name)

    volume = {organ: number(f"volume.{organ}", size) for organ, (_, size) in ORGANS.items()}
    flow = {
        organ: number(f"flow.{organ}", rate) for organ, (rate, _) in ORGANS.items() if rate > 0.0
    }
    output = number("output", sum(rate for rate, _ in ORGANS.values()))
    leak = {organ: number(f"leak.{organ}", LEAK.get(organ, 0.02)) for organ in ORGANS}
    uptake = {organ: number(f"uptake.{organ}", UPTAKE.get(organ, 0.2)) for organ in ORGANS}
    most = {organ: number(f"most.{organ}", value) for organ, value in SATURABLE.items()}
    half = {organ: number(f"half.{organ}", 20.0) for organ in SATURABLE}
    arteries, veins = number("arteries", 0.4), number("veins", 1.1)
    size = [number(f"size.{k}", 1.0 - 0.5 * k / classes) for k in range(classes)]
    lymph, escape, degrade = number("lymph", 0.02), number("escape", 0.01), number("degrade", 0.3)
    recycle, clear, spend = number("recycle", 0.05), number("clear", 0.3), number("spend", 0.1)

    places = declare(network, classes)
    for k in range(classes):
        arterial, venous = places["blood", "arterial", k], places["blood", "venous", k]
        lung = places["lung", "vessel", k]
        network.move(venous, lung, output / veins)
        network.move(lung, arterial, output / (0.1 * volume["lung"]))
        network.move(venous, None, clear)
        for organ in ORGANS:
            vessel = places[organ, "vessel", k]
            tissue = places[organ, "tissue", k]
            endosome = places[organ, "endosome", k]
            held = 0.1 * volume[organ]
            if organ != "lung":
                network.move(arterial, vessel, flow[organ] / arteries)
                drains = places["liver", "vessel", k] if organ in PORTAL else venous
                leaving = flow[organ]
                if organ == "liver":
                    leaving = leaving + flow["gut"] + flow["spleen"]
                network.move(vessel, drains, leaving / held)
            network.move(vessel, tissue, leak[organ] * size[k] / held)
            network.move(tissue, venous, lymph)
            network.move(tissue, endosome, uptake[organ] * size[k])
            network.move(endosome, tissue, recycle)
            network.move(endosome, None, degrade)
            network.move(endosome, places[organ, "delivered", k], escape)
            network.move(places[organ, "delivered", k], None, spend)
            if organ in SATURABLE:
                total: Expression = places[organ, "vessel", 0]
                for other in range(1, classes):
                    total = total + places[organ, "vessel", other]
                rate = most[organ] * size[k] / (half[organ] * held + total)
                network.move(vessel, endosome, rate)
    model = network.compile()
    start = np.zeros(len(model.state_names))
    for k in range(classes):
        start[model.state(f"venous.{k}")] = 100.0 / classes
    return model, typical, start


def population(typical: dict[str, float], members: int) -> NDArray[np.float64]:
    """Return parameters (n, p) with a spread of 30 %."""
    random = np.random.default_rng(20240229)
    centre = np.array(list(typical.values()))
    return centre * np.exp(0.3 * random.standard_normal((members, len(centre))))


def timed(
    model: CompiledNetwork,
    parameters: NDArray[np.float64],
    start: NDArray[np.float64],
    repeats: int = 1,
    **options: object,
) -> tuple[float, Solution]:
    """Return the best milliseconds a member, and the solution."""
    begin = np.tile(start, (len(parameters), 1))
    best = np.inf
    for _ in range(repeats):
        clock = time.perf_counter()
        solution = solve(model, parameters, begin, HOURS, **options)  # type: ignore[arg-type]
        best = min(best, time.perf_counter() - clock)
    return 1e3 * best / len(parameters), solution


def roadrunner(
    model: CompiledNetwork, parameters: NDArray[np.float64], start: NDArray[np.float64]
) -> tuple[float, Solution] | None:
    """Return libRoadRunner's milliseconds a member and its amounts; None if not installed."""
    try:
        from roadrunner import RoadRunner
    except ImportError:
        return None
    from exocast.engine.sbml import to_sbml

    runner = RoadRunner(to_sbml(model, parameters[0], start))
    runner.integrator.relative_tolerance = 1e-6
    runner.integrator.absolute_tolerance = 1e-9
    runner.timeCourseSelections = [f"y{k}" for k in range(len(start))]
    names = [f"p{k}" for k in range(parameters.shape[1])]
    amounts = []
    spent = 0.0
    for row in parameters:
        for name, value in zip(names, row, strict=True):
            runner[name] = value
        for k, value in enumerate(start):
            runner[f"y{k}"] = value
        clock = time.perf_counter()
        runner.simulate(HOURS[0], HOURS[-1], len(HOURS))
        spent += time.perf_counter() - clock
        amounts.append(np.array(runner.getSimulationData()))
    none = np.zeros(len(parameters))
    solution = Solution(np.array(amounts), none.astype(np.int32), np.full(len(none), 0))
    return 1e3 * spent / len(parameters), solution


def main() -> None:
    """Print one table."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 512
    from exocast.engine import _native

    print("states  compile    engine                 ms/member   ratio   steps   worst error")
    for classes in (1, 8):
        clock = time.perf_counter()
        model, typical, start = body(classes)
        compiled = time.perf_counter() - clock
        parameters = population(typical, members)
        few = parameters[:16]
        _, exact = timed(model, few, start, rtol=1e-10)
        head = f"{len(model.state_names):6d}  {compiled:5.2f} s "
        first = 0.0
        rows: list[tuple[str, float, Solution]] = []
        for name in reversed(_native.instruction_sets()):
            spent, solution = timed(model, parameters, start, 3, instruction_set=name)
            rows.append((f"native {name}", spent, solution))
        corner = np.zeros((1, len(start)))
        corner[0, 0] = 1.0
        spent, solution = timed(model, parameters, start, 3, keep=corner)
        rows.append(("native, one output", spent, solution))
        spent, solution = timed(model, few[: 16 // classes], start, engine="reference")
        rows.append(("reference", spent, solution))
        other = roadrunner(model, few, start)
        if other is not None:
            rows.append(("libRoadRunner", *other))
        for name, spent, solution in rows:
            first = first or spent
            error = np.nan
            if solution.amount.shape[2] == len(start):
                part = exact.amount[: len(solution.amount)]
                gap = np.abs(solution.amount[: len(part)] - part) / (np.abs(part) + 1e-3)
                error = float(gap.max())
            print(
                f"{head:16s}   {name:20s} {spent:10.4f} {spent / first:8.1f} "
                f"{solution.steps.mean():7.0f}   {error:.1e}"
            )
            head = ""


if __name__ == "__main__":
    main()
