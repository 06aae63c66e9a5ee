"""The figures as text, as Markdown and as a diagram."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np

from _protocol import TARGET

__all__ = ["machine", "markdown", "plain_table", "plot", "put_into"]

PACKAGES = ("numpy", "scipy", "libroadrunner", "amici", "python-copasi", "diffrax", "jax")
FIRST_MARK, LAST_MARK = "<!-- figures -->", "<!-- end of figures -->"
COLOURS = {
    "exocast": "#0b7285",
    "libroadrunner": "#e8590c",
    "scipy": "#868e96",
    "amici": "#5f3dc4",
    "copasi": "#c2255c",
    "diffrax": "#2b8a3e",
}


def machine() -> list[str]:
    """Return the processor, the versions and the load, a line each."""
    model = platform.processor()
    if Path("/proc/cpuinfo").is_file():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), model)
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    try:
        from exocast.engine import _native

        sets = ", ".join(_native.instruction_sets())
    except ImportError:
        sets = "no compiled engine"
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return [
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}; {sets}",
        f"Python {platform.python_version()}, {', '.join(versions)}",
        f"load average {load}",
    ]


def _number(value: float | None, pattern: str = "{:.3g}") -> str:
    return "-" if value is None or not math.isfinite(value) else pattern.format(value)


def plain_table(case: dict[str, Any], behind: dict[str, Any]) -> str:
    """Return one case as a table for the terminal."""
    source = f"{behind['reference']} ({behind['agreement']:.1e})"
    lines = [
        f"\n{case['name']}: {case['states']} states; {behind['note']}",
        f"  reference: {source}; {behind['seconds']:.0f} s",
        "  solver         ms/member    ratio  end-to-end   error    worst   rtol   members",
    ]
    for name, solver in behind["solvers"].items():
        if solver["why"]:
            lines.append(f"  {name:14s} null: {solver['why']}")
            continue
        near = nearest(solver["points"], case, name)
        spent = case["ms_per_member"]
        ratio = 1.0 if name == "exocast" else case["ratio"][name]
        whole = 1.0 if name == "exocast" else case["end_to_end"][name]
        time = None if spent is None or ratio is None else spent * ratio
        lines.append(
            f"  {name:14s} {_number(time, '{:.4f}'):>9s} {_number(ratio, '{:.1f}'):>8s} "
            f"{_number(whole, '{:.1f}'):>11s} {_number(near and near['error'], '{:.1e}'):>7s} "
            f"{_number(near and near['worst'], '{:.1e}'):>8s} "
            f"{_number(near and near['rtol'], '{:.0e}'):>6s} {solver['members']:>9d}"
        )
        if ratio is None or spent is None:
            lines[-1] += f"   error {TARGET:g} not between two tolerances"
    mine = behind["solvers"]["exocast"]["points"]
    times = max((point["error"] / point["rtol"] for point in mine), default=math.nan)
    lines.append(f"  exocast's error is at most {times:.2g} times the tolerance asked for")
    return "\n".join(lines) + "\n"


def nearest(points: list[dict[str, Any]], case: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return the point that the figures name the error of."""
    wanted = case["error"] if name == "exocast" else case["peer_error"][name]
    return next((point for point in points if point["error"] == wanted), None)


def markdown(everything: dict[str, Any]) -> str:
    """Return the tables of the documentation page."""
    cases = everything["figures"]["cases"]
    peers = list(cases[0]["ratio"]) if cases else []
    head = ["case", "states", "ms a member", *peers]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for case in cases:
        ratios = [_number(case["ratio"][peer], "{:.1f} ×") for peer in peers]
        row = [case["name"], str(case["states"]), _number(case["ms_per_member"], "{:.4f}"), *ratios]
        lines.append("| " + " | ".join(row) + " |")
    lines += ["", "The same, end to end:", "", "| case | " + " | ".join(peers) + " |"]
    lines.append("|" + "---|" * (len(peers) + 1))
    for case in cases:
        ratios = [_number(case["end_to_end"][peer], "{:.1f} ×") for peer in peers]
        lines.append(f"| {case['name']} | " + " | ".join(ratios) + " |")
    lines += ["", "Achieved errors, median and worst of the members, and the reference:", ""]
    solvers = ["exocast", *peers]
    lines.append("| case | " + " | ".join(solvers) + " | reference |")
    lines.append("|" + "---|" * (len(solvers) + 2))
    for case in cases:
        behind = everything["cases"][case["name"]]
        row = [case["name"]]
        for name in solvers:
            solver = behind["solvers"].get(name, {"points": []})
            near = nearest(solver["points"], case, name)
            row.append(
                "–"
                if near is None
                else f"{near['error']:.0e} ({near['worst']:.0e}; {solver['members']})"
            )
        row.append(f"{behind['reference']}: {behind['agreement']:.0e}")
        lines.append("| " + " | ".join(row) + " |")
    lines += ["", *[f"- {words}" for words in (*everything["machine"], *everything["notes"])]]
    return "\n".join(lines) + "\n"


def put_into(page: Path, tables: str) -> None:
    """Replace what stands between the marks of a page."""
    text = page.read_text(encoding="utf-8")
    before, after = text.split(FIRST_MARK)[0], text.split(LAST_MARK)[1]
    page.write_text(f"{before}{FIRST_MARK}\n\n{tables}\n{LAST_MARK}{after}", encoding="utf-8")


def plot(behind: dict[str, Any], path: Path) -> None:
    """Draw time against error, a panel a case, and write it as the name of the file says."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "exocast", "svg.fonttype": "none", "font.size": 9})
    columns = min(4, max(1, len(behind)))
    rows = math.ceil(len(behind) / columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.1 * columns, 2.9 * rows), squeeze=False, layout="constrained"
    )
    for panel in axes.flat[len(behind) :]:
        panel.set_visible(False)
    seen: dict[str, Any] = {}
    for panel, (name, case) in zip(axes.flat, behind.items(), strict=False):
        panel.set(xscale="log", yscale="log", title=name, xlim=(3e-2, 1e-10))
        panel.axvline(TARGET, color="#adb5bd", linewidth=0.8)
        for solver, held in case["solvers"].items():
            points = [p for p in held["points"] if 0 < p["error"] < 1 and p["timings"]]
            if points:
                across = np.array([[p["error"], p["solving"]] for p in points]).T
                seen[solver] = panel.plot(
                    *across, ".-", color=COLOURS[solver], linewidth=1.2, markersize=5
                )[0]
        panel.minorticks_off()
        panel.grid(visible=True, linewidth=0.3)
    for panel in axes.flat[max(0, len(behind) - columns) : len(behind)]:
        panel.set_xlabel("achieved error (median member)")
    for panel in axes[:, 0]:
        panel.set_ylabel("ms a member, one core")
    figure.legend(
        list(seen.values()), list(seen), loc="outside upper center", ncols=6, frameon=False
    )
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
