"""How fast and how exact the batch engine is, beside five other solvers.

Run with ``python benchmarks/engine.py``; ``--quick --json engine.json`` takes about three minutes.
Every solver runs the same networks (the others, the SBML that exocast writes) with the same
parameters on one core, and times are compared at the same achieved error of 2e-5. The protocol is
in ``_protocol.py``, how each solver is driven in ``_peers.py``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import _alone  # first: before NumPy loads
from _cases import CASES
from _once import DOCUMENTED_CEILING, build_seconds, ceiling, single_call, thread_scaling
from _peers import PEERS
from _protocol import Effort, Reference, Sweep, compare
from _tables import machine, markdown, plain_table, plot, put_into

QUICK = Effort(
    members=32,
    repeats=2,
    shortest=0.1,
    everywhere=False,
    patience=1.5,
    compiling=False,
    exact=1e-11,
)
QUICK_PEERS = ("libroadrunner", "amici")


def say(words: str) -> None:
    """Show what is going on, on the error stream."""
    sys.stderr.write(f"  {words}\n")
    sys.stderr.flush()


def arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="three minutes: fewer timings, members and peers"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--details", type=Path, metavar="FILE", help="write every point as JSON")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="draw time against error (SVG, PNG)"
    )
    parser.add_argument("--page", type=Path, metavar="FILE", help="put the tables into this page")
    parser.add_argument("--case", action="append", choices=CASES, help="only this; may be repeated")
    parser.add_argument(
        "--peers", default="", help=f"only these, with commas between: {','.join(PEERS)} or none"
    )
    parser.add_argument("--members", type=int, default=32, help="whose errors are taken (32)")
    parser.add_argument("--core", type=int, help="the core to run on (the last)")
    default = Path(__file__).resolve().parents[2] / "shared" / "prototype"
    parser.add_argument(
        "--ceiling",
        type=Path,
        default=default,
        metavar="FOLDER",
        help="where the trial kernel lies",
    )
    return parser.parse_args()


def chosen_peers(options: argparse.Namespace) -> list[str]:
    """Return the peers to run."""
    if not options.peers:
        return list(QUICK_PEERS if options.quick else PEERS)
    names = [] if options.peers == "none" else options.peers.split(",")
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise SystemExit(f"no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return names


def summary(name: str, states: int, solvers: dict[str, Sweep]) -> dict[str, Any]:
    """Return one case as the JSON has it."""
    mine = solvers["exocast"]
    spent, near = mine.at_target("solving"), mine.nearest()

    def ratio(what: str) -> dict[str, float | None]:
        found: dict[str, float | None] = {}
        for peer in PEERS:
            other = solvers[peer].at_target(what) if peer in solvers else None
            found[peer] = None if other is None or spent is None else other / spent
        return found

    errors = {peer: solvers[peer].nearest() if peer in solvers else None for peer in PEERS}
    return {
        "name": name,
        "states": states,
        "error": None if near is None else near.error,
        "ms_per_member": spent,
        "ratio": ratio("solving"),
        "end_to_end": ratio("whole"),
        "peer_error": {peer: None if at is None else at.error for peer, at in errors.items()},
    }


def details(exact: Reference, solvers: dict[str, Sweep], note: str) -> dict[str, Any]:
    """Return everything measured on one case."""
    return {
        "note": note,
        "reference": exact.who,
        "agreement": exact.agreement,
        "solvers": {
            name: {
                "setting": solver.setting,
                "members": solver.members,
                "why": solver.why,
                "points": [asdict(solver.points[place]) for place in sorted(solver.points)],
            }
            for name, solver in solvers.items()
        },
    }


def run_cases(
    options: argparse.Namespace, effort: Effort
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the figures of every case, and everything behind them."""
    cases, behind = [], {}
    wanted = options.case or list(CASES)
    names = chosen_peers(options)
    for name in [known for known in CASES if known in wanted]:
        begin = time.perf_counter()
        say(f"{name}: building")
        case = CASES[name](max(effort.members, 32))
        exact, solvers = compare(case, names, effort, say)
        if not exact.agreement <= 1e-8:
            say(f"{name}: no two solvers agree to 1e-8 (best {exact.agreement:.1e}); see the table")
        cases.append(summary(name, case.states, solvers))
        behind[name] = details(exact, solvers, case.note)
        behind[name]["seconds"] = time.perf_counter() - begin
        sys.stdout.write(plain_table(cases[-1], behind[name]))
        sys.stdout.flush()
    return cases, behind


def once(options: argparse.Namespace, cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what is measured once, with the words that go with it."""
    kernel = ceiling(options.ceiling, say)
    single = single_call()
    spent = {case["name"]: case["ms_per_member"] for case in cases}
    shares = [kernel[name] / spent[name] for name in kernel if spent.get(name)]
    words = [f"one member of two-compartment: {1e3 * single['exocast']:.0f} us a whole call"]
    if "libroadrunner" in single:
        words[0] += f", libRoadRunner's simulate {1e3 * single['libroadrunner']:.0f} us"
    for name, documented in DOCUMENTED_CEILING.items():
        if spent.get(name):
            here = f"{kernel[name]:.4f} ms here" if name in kernel else "not built here"
            words.append(
                f"{name}: {spent[name]:.4f} ms a member; hard-coded trial kernel {here}, "
                f"ceiling of the scheme {documented} ms where it was estimated"
            )
    return {"vs_ceiling": min(shares) if shares else None, "words": words}


def main() -> None:
    """Measure, print and write."""
    options = arguments()
    effort = QUICK if options.quick else Effort(members=options.members)
    about = machine()
    sys.stdout.write("\n".join(about) + "\n")
    if options.quick:
        sys.stdout.write(
            f"--quick: best of {QUICK.repeats} timings of at least {QUICK.shortest} s; the others "
            "look for the error by halving; slow ones get fewer members (given in the tables)\n"
        )
    build, words = build_seconds()
    threads = thread_scaling(256 if options.quick else 1024)
    say(_alone.pin(options.core))
    cases, behind = run_cases(options, effort)
    measured = once(options, cases)
    notes = [
        f"build, a whole cold process: {build:.3f} s ({words})",
        "two threads: one core only"
        if threads is None
        else f"two threads, body-336: {threads[0]:.2f} x with ten places kept, "
        f"{threads[1]:.2f} x with all states",
        *measured["words"],
        machine()[-1] + " at the end",
    ]
    sys.stdout.write("\n" + "\n".join(notes) + "\n")
    figures = {
        "cases": cases,
        "build_s": build,
        "thread_scaling": None if threads is None else threads[0],
        "vs_ceiling": measured["vs_ceiling"],
    }
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    everything = {"machine": about, "notes": notes, "figures": figures, "cases": behind}
    if options.details:
        options.details.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    if options.page:
        put_into(options.page, markdown(everything))
    if options.plot:
        plot(behind, options.plot)


if __name__ == "__main__":
    main()
