"""Writes the synthetic NanoSight exports: the packaged template and the test files.

Nothing here was measured. A log-normal mixture stands for a vesicle preparation; each video draws
its own tracks from it, and the drawn tracks are smoothed as the vendor's software would. Run it
from anywhere: ``python tests/files/make_nanosight.py``. The same seed writes the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
TEMPLATE = HERE.parents[1] / "src/exocast/templates/batch-07-ExperimentSummary.csv"
FOLDER = HERE / "nanosight"
EDGES = np.arange(0.0, 1001.0)
CENTRES = EDGES[:-1] + 0.5
MODES = ((0.86, 107.3, 0.30), (0.14, 179.0, 0.33))  # share, median [nm], ln SD
SMOOTHING = 0.09  # ln width that the vendor's adjustment leaves


@dataclass
class Experiment:
    """One synthetic experiment in one dialect."""

    version: str = "3.4 Build 3.4.003"
    name: str = "batch-07"
    sample: str = "MSC small EV batch 07"
    remarks: str = ""
    videos: int = 5
    concentration: float = 3.15e11  # per mL, undiluted
    dilution: float | None = 500.0
    tracks: int = 1900
    seed: int = 7
    camera: tuple[int, ...] = ()
    validity: dict[int, str] = field(default_factory=dict)
    weightings: tuple[str, ...] = ("Number",)
    diffusion: bool = False

    def histograms(self) -> np.ndarray:
        """Return the counts of each video, array (1000, r) [1/mL]."""
        generator = np.random.default_rng(self.seed)
        shares = np.array([mode[0] for mode in MODES])
        columns = []
        for _ in range(self.videos):
            which = generator.choice(len(MODES), size=3 * self.tracks, p=shares)
            medians = np.array([mode[1] for mode in MODES])[which]
            widths = np.array([mode[2] for mode in MODES])[which]
            sizes = medians * np.exp(widths * generator.standard_normal(which.size))
            # Small vesicles are dim: half are lost at 72 nm.
            seen = generator.random(sizes.size) < 1 / (1 + (72 / sizes) ** 9)
            sizes = sizes[seen][: self.tracks]
            logs = np.log(CENTRES)[:, None] - np.log(sizes)
            density = np.exp(-0.5 * (logs / SMOOTHING) ** 2).sum(axis=1) / CENTRES
            total = self.concentration * np.exp(0.035 * generator.standard_normal())
            columns.append(total * density / density.sum())
        return np.array(columns).T


def percentile(counts: np.ndarray, share: float) -> float:
    """Return a percentile as NTA 3.3 and 3.4 print it [nm]."""
    cumulative = np.concatenate([[0.0], np.cumsum(counts)])
    return float(np.interp(share * cumulative[-1], cumulative, EDGES))


def rows_of(experiment: Experiment) -> list[list[str]]:
    """Return the rows of the file, ragged as NTA 3.4 writes them."""
    e = experiment
    counts = np.round(e.histograms())
    r = e.videos
    files = [f"{e.name}_{i:02d}" for i in range(r)]
    older = e.version.startswith("3.2")
    created = f"NTA {e.version}"
    camera = [str(level) for level in (e.camera or (13,) * r)]
    validity = [e.validity.get(i, "OK") for i in range(r)]
    total = np.array([float(f"{value:.2e}") for value in counts.sum(axis=0)])

    def each(key: str, value: str) -> list[str]:
        return [key, *[value] * r, ""]

    def statistic(key: str, values: np.ndarray, form: str = "{:.1f}") -> list[str]:
        error = values.std(ddof=1) / np.sqrt(r)
        return [key, *(form.format(v) for v in (*values, values.mean(), error)), ""]

    dilution = "Not recorded" if e.dilution is None else f"{e.dilution:.2e}"
    chamber = total / (e.dilution or 1.0)
    frames, rate = 749, 24.9825
    valid = np.array([float(e.tracks - 40 + 17 * i) for i in range(r)])
    completed = np.round(valid / 0.35)
    rows = [
        ["NTA Experiment Summary File", ""],
        [f"Created with {created}", ""],
        ["", ""],
        ["[Experiment Details]", "", ""],
        ["Software Version", created, ""],
        ["Experiment Name", f"{e.name}.nano", ""],
        ["Operator Name", "", ""],
        ["Time Captured", "09:41:07  03/02/2025", ""],
        ["Sample Name" if older else "Sample Description", e.sample, ""],
        ["Pre-treatment", "", ""],
        ["Diluent", "PBS", ""],
        ["Remarks", e.remarks, ""],
        ["", ""],
        ["Filename:", *files, ""],
        [""],
        ["[Conditions]", "", ""],
        each("Temperature/C", "25.000"),
        each("Viscosity/cP", "0.888500"),
        each("Camera Type", "sCMOS"),
        each("Laser Type", "Blue488"),
        ["Camera Level", *camera, ""],
        each("Slider Shutter", "1232"),
        each("Slider Gain", "219"),
        each("Frame rate/fps", f"{rate:.6f}"),
        each("Syringe Pump Speed/AU", "50"),
        [""],
        ["[Settings]", "", ""],
        each("Detection Threshold", "5"),
        each("Min Track Length", "Auto"),
        each("Total frames analysed", str(frames)),
        [""],
        ["[Results]", *[""] * r, "Average", "Standard Error", ""],
        each("Dilution factor (concentrations adjusted for this factor)", dilution),
        statistic("Concentration (Particles / ml)", total, "{:.2e}"),
        statistic("Particles per frame", chamber / 6.0e6),
        ["Completed tracks", *(f"{value:.0f}" for value in completed), ""],
        [""],
        ["[Concentration Warnings]"],
        ["Validity of concentration measurement", *validity, ""],
        each("Noise level", "No"),
        [""],
        ["[Information]"],
        each("Noise level", "No"),
        each("Vibration detected", "No"),
        each("Vibration correction applied", "No"),
        each("Settings changed?", "No"),
        each("Errors (1)", ""),
        [""],
        ["[Data Included]", ""],
        ["Size distribution - Number weighting - With Percentiles", ""],
        ["", ""],
        ["[Size Data]", "", ""],
        ["Analysis Method", "FTLA", ""],
    ]
    for weighting in e.weightings:
        power = {"Number": 0, "Surface Area": 2, "Volume": 3}[weighting]
        rows += table(counts * CENTRES[:, None] ** power, weighting, files, valid, older)
    if e.diffusion:
        rows += [["[Diffusion Coefficient Data]", "", ""], ["Analysis Method", "FTLA", ""],
                 ["Weighting", "Number", ""],
                 ["Bin centre (E4 nm²/s)", *["Concentration (particles / ml)"] * r, ""],
                 ["2.0", *["0"] * r, ""], [""]]  # fmt: skip
    if older:
        width = r + 3
        rows = [(row[:-1] if row[-1:] == [""] else row) for row in rows]
        rows = [row + [""] * (width - len(row)) for row in rows]
    return rows


def table(
    counts: np.ndarray, weighting: str, files: list[str], valid: np.ndarray, older: bool
) -> list[list[str]]:
    """Return the statistics, bins and percentiles of one weighting."""
    r = counts.shape[1]
    weights = counts / counts.sum(axis=0)
    mean = CENTRES @ weights
    deviation = np.sqrt(((CENTRES[:, None] - mean) ** 2 * weights).sum(axis=0))
    # NTA 3.2 prints percentiles one bin below those of its own table.
    lower = 1.0 if older else 0.0

    def shares(share: float) -> np.ndarray:
        return np.array([percentile(column, share) for column in counts.T]) - lower

    def statistic(key: str, values: np.ndarray) -> list[str]:
        error = values.std(ddof=1) / np.sqrt(r)
        return [key, *(f"{v:.1f}" for v in (*values, values.mean(), error)), ""]

    rows = [
        ["Weighting", weighting, ""],
        ["Filename", *files, "Average", "Standard Error", ""],
        statistic("Mean", mean),
        statistic("Mode", CENTRES[counts.argmax(axis=0)]),
        statistic("SD", deviation),
        statistic("D10", shares(0.1)),
        statistic("D50", shares(0.5)),
        statistic("D90", shares(0.9)),
        ["Valid Tracks", *(f"{value:.1f}" for value in valid), "", "", ""],
        ["Graph Data", ""],
        ["Bin centre (nm)", *["Concentration (particles / ml)"] * r, "Concentration average",
         "Standard Error", ""],
    ]  # fmt: skip
    for centre, row in zip(CENTRES, counts, strict=True):
        error = row.std(ddof=1) / np.sqrt(r)
        rows.append([f"{centre}", *(f"{v:.0f}" for v in (*row, row.mean(), error)), ""])
    rows += [[""], ["Percentile", *["Size (nm)"] * r, ""]]
    for share in range(101):
        rows.append([str(share), *(f"{v:.1f}" for v in shares(share / 100)), ""])
    return [*rows, [""]]


def text_of(rows: list[list[str]], end: str = "\n", separator: str = ",") -> str:
    """Join rows; a cell that holds the separator is quoted."""

    def cell(text: str) -> str:
        return f'"{text}"' if separator in text else text

    return "".join(separator.join(map(cell, row)) + end for row in rows)


def decimal_commas(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows as a spreadsheet in a decimal-comma language re-saves them."""

    def cell(text: str) -> str:
        number = text.replace(".", "", 1).replace("e+", "").isdigit()
        return text.replace(".", ",") if number else text

    return [[cell(text) for text in row] for row in rows]


def write(name: str, text: str, encoding: str = "utf-8") -> None:
    """Write one test file, its line ends as they are."""
    (FOLDER / name).write_bytes(text.encode(encoding))


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(text_of(rows_of(Experiment())).encode())

    small = {"videos": 3, "tracks": 600, "concentration": 4.2e8, "dilution": None}
    old = rows_of(Experiment(**small, version="3.2 Dev Build 3.2.16", camera=(15, 15, 10),
                             remarks="Combined from: a.nano, b.nano"))  # fmt: skip
    write("padded-3.2-ExperimentSummary.csv", text_of(old, "\r\n"))
    middle = rows_of(Experiment(**small, version="3.3 - Sample Assistant Dev Build 3.3.203",
                                sample="Probe für µ-Filter", weightings=("Number", "Volume"),
                                diffusion=True, validity={1: "Unreliable"}))  # fmt: skip
    write("weightings-3.3-ExperimentSummary.csv", text_of(middle), "cp1252")
    plain = rows_of(Experiment(**small))
    write("semicolon-ExperimentSummary.csv", text_of(decimal_commas(plain), separator=";"))
    thousands = [list(row) for row in plain]
    spot = next(i for i, row in enumerate(thousands) if row[0] == "110.5")
    thousands[spot][1] = "1,430"
    write("thousands-ExperimentSummary.csv", text_of(thousands))
    whole = text_of(plain)
    lines = whole.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("Bin centre"))
    write("truncated-ExperimentSummary.csv", "\n".join(lines[: start + 200])[:-12])
    results = next(i for i, line in enumerate(lines) if line.startswith("[Results]"))
    write("headless-ExperimentSummary.csv", "\n".join(lines[:results]))
    write("empty-ExperimentSummary.csv", "")
    write("unknown-version-ExperimentSummary.csv", whole.replace("NTA 3.4 Build", "NTA 3.5 Build"))
    write("single-Summary.csv", "NTA Single Analysis Summary File,\nCreated with NTA 3.4,\n")
    trimmed = [row for row in plain if row[0] not in ("Errors (1)",)]
    cut = [row[0] for row in trimmed]
    warn, data = cut.index("[Concentration Warnings]"), cut.index("[Size Data]")
    last = cut.index("400.5")
    kept = trimmed[:warn] + trimmed[data:last] + trimmed[cut.index("999.5") + 1 :]
    write("trimmed-ExperimentSummary.csv", text_of(kept))
    bins = [[*row[:4]] for row in plain if row[0].replace(".", "").isdigit() and "." in row[0]]
    write("bins-only-ExperimentSummary.csv",
          text_of([["particle_size", "a_00", "a_01", "a_02"], *bins[80:100]]))  # fmt: skip


if __name__ == "__main__":
    main()
