"""Every source is used, every reading has a place, and every calculation gives its number again."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

import exocast
from exocast.evidence import Catalogue, Source, Value
from exocast.evidence.catalogue import COLUMNS
from exocast.laws.molecule_passage import pore_sieving
from exocast.laws.water import water_viscosity
from exocast.qualify.casebook import packaged_benches, packaged_cases
from exocast.units import to_si

PACKAGE = Path(exocast.__file__).parent
EXPORTS = Path(__file__).resolve().parents[3] / "../shared/instrument_files/nta_nanosight"
AVOGADRO = 6.02214076e23
SEVERAL = {  # repositories that code several articles
    "https://github.com/yuezheli/adc-archives",
    "https://github.com/nlmixr2/nlmixr2lib",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.packaged()


def rows_of(catalogue: Catalogue) -> list[Value]:
    return [row for rows in catalogue.values.values() for row in rows]


def value(catalogue: Catalogue, key: str, unit: str, source: str, **context: str) -> float:
    """Return the one number that `key` has from `source` in exactly this context, in `unit`."""
    found = [
        row
        for row in catalogue.values[key]
        if row.source == source and dict(row.context) == context
    ]
    assert len(found) == 1, (key, source, context)
    return found[0].value / to_si(1.0, unit)


def test_every_source_is_used(catalogue):
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    used = {row.source for row in rows_of(catalogue)}
    used |= {case.source for case in (*packaged_cases(), *packaged_benches())}
    for path in (PACKAGE / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            if tuple(reader.fieldnames or ())[:2] != COLUMNS[:2]:
                used |= {row.get("source", "") for row in reader}

    def is_named(source: Source) -> bool:
        names = (f'"{source.key}"', source.doi, source.url if not source.doi else "")
        return any(name and name in code for name in names)

    unused = [
        key for key, source in catalogue.sources.items() if key not in used and not is_named(source)
    ]
    assert unused == []


def test_every_reading_says_where(catalogue):
    vague = {"", "yes", "paper", "article", "full", "read", "none", "text"}
    bad = [
        row.origin
        for row in rows_of(catalogue)
        if row.read != "none" and row.locator.strip().lower() in vague
    ]
    assert bad == []


def test_nothing_is_read_in_an_assumption_and_no_unread_row_has_a_place(catalogue):
    for row in rows_of(catalogue):
        if catalogue.sources[row.source].kind == "assumption":
            assert row.method == "assumed", row.origin
            assert row.read == "none", row.origin
        if row.read == "none":
            assert row.method == "assumed", row.origin
            assert row.locator in ("", "assumption"), row.origin


def test_what_was_not_opened_carries_no_address(catalogue):
    for key, source in catalogue.sources.items():
        if source.kind == "assumption":
            assert source.address == "", key
        if source.kind == "article":
            assert "recalled" not in source.title or source.url, key


def test_an_address_is_an_address(catalogue):
    for key, source in catalogue.sources.items():
        assert not source.doi or source.doi.startswith("10."), key
        assert not source.url or source.url.startswith(("http://", "https://")), key
        assert 1800 < source.year <= 2026, key


def test_one_address_has_one_source(catalogue):
    for field in ("doi", "url"):
        held: dict[str, str] = {}
        for key, source in catalogue.sources.items():
            address = getattr(source, field)
            if address and source.kind != "calculation" and address.lower() not in SEVERAL:
                assert address.lower() not in held, (key, held.get(address.lower()))
                held[address.lower()] = key


def test_calculations_are_recomputed_here_or_are_no_number(catalogue):
    recomputed = {
        "nta_bead_width", "nta_track_length", "nta_track_yield", "nta_size_scale",
        "ouyang_capacity", "cell_calculation_association", "secretion_span", "msc_titre_per_cell",
        "serum_vesicles", "small_diameter", "zeta_span", "sirna_mass", "small_molecule_mass",
        "buffer_conductivity", "patisiran_lipids", "glomerular_pore_calculation",
        "pore_pressure_calculation", "particle_coat_calculation", "particle_coil_calculation",
        "stromal_glucose", "shurtleff_packaging", "chylomicron_mass", "uromodulin_filaments",
        "casein_micelles", "plasma_viscosity", "red_cell_rates", "membrane_folds", "extruded_sizes",
        "monolith_wall", "flory_peg", "marrow_volume", "rat_output", "women_volumes",
        "women_blood", "depot_mesh", "iodixanol_viscosity", "sucrose_viscosity",
        "cargo_size_calculation", "conjugate_footprint", "fused_enrichment",
        "cell_lipid_calculation", "barrier_in_brine",
    }  # fmt: skip
    # Tested with the conditioning, and with the law of release.
    exact = {"nta_video_lean", "zhdanov_spread"}
    held = {key for key, source in catalogue.sources.items() if source.kind == "calculation"}
    assert held == recomputed | exact


FLUID = "donor.body_fluid."


def mean_sphere(diameter, spread):
    """Return the mean volume of log-normal spheres."""
    return math.pi / 6 * diameter**3 * math.exp(4.5 * math.log(spread) ** 2)


def test_particles_of_fluids_by_their_mass(catalogue):
    per = "particle/mL"
    held = value(
        catalogue, FLUID + "particles", per, "chylomicron_mass", kind="chylomicron",
        meal="after_meal",
    )  # fmt: skip
    triglyceride = 0.88e-3 / 0.94 / mean_sphere(120e-7, 1.5)
    assert held == pytest.approx(triglyceride, rel=0.25)  # written to one digit
    held = value(
        catalogue, FLUID + "particles", per, "casein_micelles", kind="protein_aggregate",
        fluid="milk",
    )  # fmt: skip
    assert held == pytest.approx(25e-3 * 3.9 / mean_sphere(100e-7, 1.5), rel=0.03)
    most = 1.94e-3 * 24 / 1500 / 7e6 * AVOGADRO
    held = value(
        catalogue, FLUID + "particles", per, "uromodulin_filaments", kind="protein_aggregate",
        fluid="urine",
    )  # fmt: skip
    assert held < most == pytest.approx(2.7e12, rel=0.02)


def test_plasma_is_thicker_in_the_cold(catalogue):
    held = value(catalogue, FLUID + "viscosity", "mPa*s", "plasma_viscosity", fluid="plasma")
    cold, warm = (float(water_viscosity(celsius + 273.15)) for celsius in (20.0, 37.0))
    assert held == pytest.approx(1.20 * cold / warm, rel=0.01)


def test_lipoproteins_by_nuclear_magnetic_resonance(catalogue):
    for kind, amount in (("vldl", 36.5e-9), ("ldl", 1356.2e-9), ("hdl", 29.0e-6)):
        held = value(catalogue, FLUID + "particles", "particle/L", "nmr_lipoproteins", kind=kind)
        assert held == pytest.approx(amount * AVOGADRO, rel=0.01)


def test_a_red_cell_between_a_cytometer_and_a_balance_of_plasma(catalogue):
    key, unit = "donor.blood_cells.shedding_rate", "particle/cell/d"
    held = value(catalogue, key, unit, "red_cell_rates", kind="small_ev", blood_cell="red_cell")
    assert 42.4 / 6e6 < held < 0.0032 * 1440
    assert math.sqrt(42.4 / 6e6 * 0.0032 * 1440) < held


def test_membrane_and_size_of_pressed_cells(catalogue):
    folds = [
        area / (36 * math.pi * volume**2) ** (1 / 3)
        for area, volume in ((290.0, 300.0), (3600.0, 2500.0))
    ]
    key = "donor.mimetic_nanovesicles."
    held = value(catalogue, key + "membrane_fold", "1", "membrane_folds")
    assert held == pytest.approx(math.sqrt(math.prod(folds)), rel=0.02)
    held = value(catalogue, key + "natural_diameter", "nm", "extruded_sizes")
    assert 110 < held < 220


def test_glucose_of_a_stromal_cell(catalogue):
    held = value(catalogue, "donor.cell_culture.glucose_uptake", "pmol/cell/h", "stromal_glucose")
    assert held == pytest.approx((0.125 + 9.2 / 24) / 2, abs=0.01)


def test_affinity_of_a_sorted_microrna(catalogue):
    held = value(
        catalogue, "assay.composition.sorting_affinity", "1", "shurtleff_packaging", rna="miR-223"
    )
    assert held == pytest.approx(math.log(1 - 0.09) / math.log(1 - 0.015), abs=0.01)


def test_capacity_of_a_phagocyte(catalogue):
    held = value(
        catalogue, "biodistribution.whole_body.phagocyte_capacity", "particle", "ouyang_capacity"
    )
    assert held == pytest.approx(1e12 / (20e6 * 1.1), rel=0.11)  # 4.5e4, written as 5e4


def test_association_that_halves_a_median_message(catalogue):
    loading, siRNA_loss, risc_loss = 1.66e-18 * 1.9e15, 0.029, 0.077
    rate = loading + siRNA_loss
    peak_time = math.log(rate / risc_loss) / (rate - risc_loss)
    peak = loading / (risc_loss - rate)
    peak *= math.exp(-rate * peak_time) - math.exp(-risc_loss * peak_time)
    found = math.log(2) / 9 * 2.14e-12 * (1 + 1 / 7.2) / (1000 * peak)
    held = value(
        catalogue,
        "response.gene_silencing.association_constant",
        "L/copy/h",
        "cell_calculation_association",
    )
    assert held == pytest.approx(found, rel=0.005)


def test_rate_constants_of_a_model_in_nanomolar(catalogue):
    for key, printed in (("loading_constant", 0.001), ("association_constant", 0.1)):
        held = value(catalogue, f"response.gene_silencing.{key}", "L/copy/h", "mihaila_2017")
        assert held == pytest.approx(printed / (1e-9 * AVOGADRO), rel=0.001)


def test_secretion_between_three_counting_methods(catalogue):
    titre = math.sqrt(1.36e9 * 5.96e9)
    middle = (62 * (220 / 24) * (titre / 48 / 1e5)) ** (1 / 3)
    assert middle == pytest.approx(69, abs=1)
    unit, key = "particle/cell/h", "donor.cell_culture.secretion_rate"
    held = value(catalogue, key, unit, "secretion_span", kind="small_ev")
    assert middle < held < 1.5 * middle  # "rounded up"
    stromal = value(
        catalogue, key, unit, "msc_titre_per_cell",
        kind="small_ev", cell="mesenchymal_stromal_cell",
    )  # fmt: skip
    assert stromal == pytest.approx(titre / 48 / 2.7e5, rel=0.01)


def test_bovine_vesicles_in_medium(catalogue):
    depleted, kept, small_depleted, small_whole = 6.92e8, 0.25, 0.92, 0.48
    for kind, serum, found in (
        ("small_ev", "ev_depleted_serum", depleted * small_depleted),
        ("large_ev", "ev_depleted_serum", depleted * (1 - small_depleted)),
        ("small_ev", "serum", depleted / kept * small_whole),
        ("large_ev", "serum", depleted / kept * (1 - small_whole)),
    ):
        held = value(
            catalogue, "donor.cell_culture.medium_particles", "particle/mL", "serum_vesicles",
            kind=kind, serum=serum,
        )  # fmt: skip
        assert held == pytest.approx(found, rel=0.01)


def test_diameter_of_small_vesicles(catalogue):
    def median(mean: float, sd: float) -> float:
        return mean / math.sqrt(1 + (sd / mean) ** 2)

    tracking = math.sqrt(114.1 * 121.8) / math.exp(0.48**2 / 2)
    found = (median(69, 17) * median(83, 19) * tracking) ** (1 / 3)
    key = "donor.vesicle.median_diameter"
    held = value(catalogue, key, "nm", "small_diameter", kind="small_ev")
    assert held == pytest.approx(found, rel=0.01)
    spreads = [
        math.exp(math.sqrt(math.log1p((sd / mean) ** 2))) for mean, sd in ((69, 17), (83, 19))
    ]
    held = value(catalogue, "donor.vesicle.geometric_sd", "1", "small_diameter", kind="small_ev")
    assert max(spreads) < held < 1.05 * max(spreads)  # 1.27, written as 1.3


def test_size_of_lipoproteins_from_their_range(catalogue):
    smallest, largest, kind = 30.0, 80.0, "lipoprotein"
    held = value(catalogue, "donor.vesicle.median_diameter", "nm", "lipoprotein_review", kind=kind)
    assert held == pytest.approx(math.sqrt(smallest * largest), abs=0.5)
    held = value(catalogue, "donor.vesicle.geometric_sd", "1", "lipoprotein_review", kind=kind)
    assert held == pytest.approx((largest / smallest) ** (1 / 4), abs=0.005)


def test_zeta_potential_lies_among_its_three_reports(catalogue):
    for kind in ("small_ev", "large_ev", "apoptotic_body"):
        held = value(catalogue, "donor.vesicle.zeta_potential", "mV", "zeta_span", kind=kind)
        assert held == pytest.approx(np.median([-16.0, -15.5, -30.2]), abs=1.0)


def test_mass_and_charge_of_sirna(catalogue):
    residue = {"A": 329.2, "C": 305.2, "G": 345.2, "U": 306.2, "dT": 304.2}
    at, gc = residue["A"] + residue["U"], residue["G"] + residue["C"]
    half = 9.5 * (at + gc) + 4 * residue["dT"] - 2 * 62.0
    for cargo in ("siRNA", "siRNA_KRAS_G12D"):
        held = value(catalogue, "cargo.molar_mass", "g/mol", "sirna_mass", cargo=cargo)
        assert held == pytest.approx(half, rel=0.001)
        charge = value(catalogue, "cargo.phosphate_charge", "1", "sirna_mass", cargo=cargo)
        assert charge == 2 * 20


def test_mass_of_small_molecules(catalogue):
    atom = np.array([12.011, 1.008, 14.007, 15.999])
    for cargo, count in (
        ("paclitaxel", (47, 51, 1, 14)),
        ("doxorubicin", (27, 29, 1, 11)),
        ("curcumin", (21, 20, 0, 6)),
    ):
        held = value(catalogue, "cargo.molar_mass", "g/mol", "small_molecule_mass", cargo=cargo)
        assert held == pytest.approx(float(atom @ np.array(count)), abs=0.06)


def test_mass_and_size_of_large_cargo(catalogue):
    source, nucleotide, pair = "cargo_size_calculation", 321.5, 618.0
    ball = math.pi / 6 * (5e-9) ** 3 * AVOGADRO * 1e3  # m^3/mol of a sphere of 5 nm, times g/kg
    for cargo, mass in (
        ("miRNA", 44 * nucleotide - 2 * 62), ("mRNA", 2000 * nucleotide),
        ("linear_DNA", 500 * pair), ("plasmid_DNA", 5000 * pair),
        ("albumin", 585 * 113.5), ("BDNF", 238 * 113.0),
        ("Cas9_RNP", 1380 * 115.8 + 100 * nucleotide),
        ("gold_nanoparticle", ball * 19.3e3), ("iron_oxide_nanoparticle", ball * 5.2e3),
        ("gemcitabine", 263.2), ("hydrophilic_porphyrin", 678.8),
    ):  # fmt: skip
        held = value(catalogue, "cargo.molar_mass", "g/mol", source, cargo=cargo)
        assert held == pytest.approx(mass, rel=0.01), cargo
    for cargo, charge in (("miRNA", 42), ("mRNA", 1999), ("linear_DNA", 998)):
        held = value(catalogue, "cargo.phosphate_charge", "1", source, cargo=cargo)
        assert held == pytest.approx(charge, rel=0.001)
    length, width = 170e-9, 2e-9
    rod = 1.380649e-23 * 298.15 / (3 * math.pi * 0.89e-3 * length)
    rod *= math.log(length / width) + 0.312
    held = value(catalogue, "cargo.diffusivity", "m^2/s", source, cargo="linear_DNA")
    assert held == pytest.approx(rod, rel=0.03)


def test_room_of_a_conjugate(catalogue):
    upright, lying = math.pi / 4 * 3.6**2, 67.0
    key = "loading.hydrophobic_conjugate.capacity"
    held = value(catalogue, key, "1/nm^2", "conjugate_footprint")
    assert held == pytest.approx(1 / math.sqrt(upright * lying), rel=0.02)


def test_proteins_that_are_fused_to_a_vesicle(catalogue):
    found = 0.4 * 92 / (1e6 * 3.8e-22 / 2e-15)
    for tag in ("cd63_fusion", "tspan14_fusion"):
        held = value(
            catalogue, "loading.donor_expression.enrichment", "1", "fused_enrichment", tag=tag
        )
        assert found < held < 2 * found  # vesicles are smaller than 100 nm


def test_brine_takes_what_charge_adds_to_a_barrier(catalogue):
    (row,) = catalogue.values["storage.frozen.barrier_left"]
    thermal = 1.380649e-23 * 298.15
    for apart, held in ((0.6, row.low), (1.5, row.value), (3.0, row.high)):
        charge = 2 * math.pi * 7.1e-10 * 50e-9 * 15e-3**2 * math.log1p(math.exp(-apart / 0.78))
        assert held == pytest.approx(math.exp(-charge / thermal), rel=0.07)


def test_lipid_of_a_cell(catalogue):
    found = 2.3 * 7.7e-10 * 10 * 2 / 0.5e-18 / AVOGADRO / 2e-15
    key = "loading.donor_incubation.cell_lipid"
    held = value(catalogue, key, "mol/m^3", "cell_lipid_calculation")
    assert held == pytest.approx(found, rel=0.03)


def test_lipids_of_patisiran(catalogue):
    mass = np.array([13.0, 6.2, 3.3, 1.6])
    moles = mass / np.array([642.0, 387.0, 790.0, 2509.0])
    key, source = "donor.lipid_nanoparticle", "patisiran_lipids"
    held = value(catalogue, f"{key}.lipid_mass", "g/mol", source)
    assert held == pytest.approx(mass.sum() / moles.sum(), rel=0.005)
    held = value(catalogue, f"{key}.ionisable_share", "1", source)
    assert held == pytest.approx(moles[0] / moles.sum(), abs=0.005)


def test_peg_on_particles(catalogue):
    key = "donor.inorganic_particle.coat_layer"
    held = value(catalogue, key, "m", "particle_coat_calculation", coating="PEG")
    assert held == pytest.approx(((34.6 - 6.2) + (77.1 - 42.5)) / 4 * 1e-9, rel=0.01)
    context = {"carrier": "inorganic_particle", "shield": "peg"}
    key = "biodistribution.whole_body.coil_radius"
    held = value(catalogue, key, "m", "particle_coil_calculation", **context)
    assert held == pytest.approx(0.35e-9 * (5000 / 44.05) ** 0.6, rel=0.01)


def test_pores_of_capillaries_and_kidney(catalogue):
    key = "biodistribution.dissolved_cargo"
    wall = "biodistribution.whole_body.pore_pressure"
    held = value(catalogue, wall, "Pa", "pore_pressure_calculation", capillary="continuous")
    assert held == pytest.approx(4 * 1.380649e-23 * 310.15 / (3 * math.pi * 13197e-27), rel=0.01)
    pore = value(catalogue, f"{key}.glomerular_pore", "m", "glomerular_pore_calculation")
    pressure = catalogue.values[f"{key}.glomerular_pressure"][0].value
    sieved = pore_sieving(2 * 4.25e-9, pore, pressure, 310.15)
    assert float(sieved) == pytest.approx(0.016, rel=0.3)  # 9.6 nm, written to two digits


def test_conductivity_of_saline(catalogue):
    sodium, potassium, chloride, monobasic, dibasic = 50.1, 73.5, 76.35, 36.0, 114.0
    free = 1e-4 * (
        137 * (sodium + chloride)
        + 2.7 * (potassium + chloride)
        + 8.1 * (2 * sodium + dibasic)
        + 1.5 * (potassium + monobasic)
    )
    assert free == pytest.approx(1.96, abs=0.01)
    key = "loading.electroporation.conductivity"
    held = value(catalogue, key, "S/m", "buffer_conductivity", buffer="PBS")
    assert held == pytest.approx((1 - 0.23) * free, rel=0.02)


def test_tumour_values_follow_from_what_was_read(catalogue):
    prefix = "biodistribution.whole_body"
    held = value(catalogue, f"{prefix}.tumour_perfusion", "mL/min/g", "butler_1975")
    assert held == pytest.approx(0.18 / 0.047 / 60, rel=0.01)
    held = value(
        catalogue, f"{prefix}.tumour_vascular_share", "%", "tumour_blood_volume_2003",
        species="mouse",
    )  # fmt: skip
    assert held == pytest.approx((2.1 * 3.1 * 5.5 * 6.6) ** 0.25, abs=0.1)
    held = value(catalogue, f"{prefix}.tumour_pore_cutoff", "nm", "hobbs_1998", species="mouse")
    assert held == pytest.approx(math.sqrt(200 * 1200), rel=0.001)
    held = value(catalogue, f"{prefix}.endothelial_cells", "1/kg", "jones_2019", species="mouse")
    assert held == pytest.approx(1.422e9 / 0.028, rel=0.001)


def test_doxorubicin_partition_in_moles(catalogue):
    key = "cargo.lipid_partition_constant"
    held = value(catalogue, key, "L/mol", "regev_2005", cargo="doxorubicin")
    assert held == pytest.approx(8600 * 1.232e-24 * AVOGADRO, rel=0.001)


class Export:
    """The videos of one NanoSight export, straight from its text."""

    def __init__(self, name: str) -> None:
        path = EXPORTS / name
        if not path.exists():
            pytest.skip("the real exports are not part of the repository")
        with path.open(encoding="latin-1", newline="") as stream:
            self.lines = [line for line in csv.reader(stream) if line]
        self.videos = len(self["Total frames analysed"])

    def __getitem__(self, label: str) -> np.ndarray:
        line = next(line for line in self.lines if line[0].startswith(label))
        found = []
        for cell in line[1:]:
            try:
                found.append(float(cell))
            except ValueError:
                break
        return np.array(found[: getattr(self, "videos", None)])

    def widths(self) -> np.ndarray:
        """Return the relative half-width of every video, from its size table."""
        table = []
        for line in self.lines:
            cells = line[: self.videos + 1]
            try:
                table.append([float(cell) for cell in cells])
            except ValueError:
                continue
        sizes = np.array([row for row in table if len(row) == self.videos + 1])
        x, y = sizes[:, 0], sizes[:, 1:]
        found = []
        for curve in y.T:
            share = np.cumsum(curve) / curve.sum()
            low, middle, high = np.interp([0.159, 0.5, 0.841], share, x)
            found.append((high - low) / (2 * middle))
        return np.array(found)


EXPORT_NAMES = ("tidyNano_beads.csv", "tidyNano_beads2.csv")


def test_track_lengths_of_the_real_exports(catalogue):
    lengths = []
    for name in EXPORT_NAMES:
        export = Export(name)
        frames = export["Particles per frame"] * export["Total frames analysed"]
        lengths.append(frames / export["Completed tracks"])
    assert [lengths[0].min(), lengths[0].max()] == pytest.approx([10.8, 16.1], abs=0.05)
    assert [lengths[1].min(), lengths[1].max()] == pytest.approx([11.7, 12.9], abs=0.06)
    held = value(catalogue, "assay.nta.track_steps", "1", "nta_track_length", analysis="raw")
    assert min(x.min() for x in lengths) - 1 < held < max(x.max() for x in lengths)


def test_track_yields_of_the_real_exports(catalogue):
    found = []
    for name, dilution in zip(EXPORT_NAMES, (1.0, 1e4), strict=True):
        export = Export(name)
        seconds = export["Total frames analysed"] / export["Frame rate"]
        chamber = export["Concentration (Particles / ml)"] / dilution
        found.append(export["Valid Tracks"] / (chamber * seconds))
    assert [found[0].min(), found[0].max()] == pytest.approx([0.86e-7, 1.38e-7], rel=0.01)
    assert [found[1].min(), found[1].max()] == pytest.approx([1.55e-7, 1.59e-7], rel=0.01)
    held = value(catalogue, "assay.nta.track_yield", "mL/s", "nta_track_yield")
    assert held == pytest.approx(math.sqrt(found[0].min() * found[1].max()), rel=0.05)


def test_widths_of_the_real_exports(catalogue):
    widths = np.concatenate([Export(name).widths() for name in EXPORT_NAMES])
    assert len(widths) == 17
    steps = 1 / np.quantile(widths, [0.5, 0.95, 0.05]) ** 2
    assert steps == pytest.approx([86, 62, 138], rel=0.05)
    held = value(catalogue, "assay.nta.track_steps", "1", "nta_bead_width", analysis="FTLA")
    assert steps[0] < held < 190


def test_viscosity_in_the_real_exports():
    export = Export(EXPORT_NAMES[0])
    ratio = export["Viscosity"] * 1e-3 / water_viscosity(export["Temperature/C"] + 273.15)
    assert ratio == pytest.approx(np.full(export.videos, 0.998), abs=0.001)


BODY = "biodistribution.whole_body."


def test_wall_of_a_monolith(catalogue):
    phages, area, jamming = 1e13 * 1e6, math.pi / 4 * 60e-9**2, 0.547
    low, high = phages * area / jamming, 4 * 0.6 / 2e-6
    key = "isolation.anion_exchange.outer_area"
    held = value(catalogue, key, "1/m", "monolith_wall", support="monolith")
    assert held == pytest.approx(math.sqrt(low * high), rel=0.02)


def test_coil_of_peg(catalogue):
    held = value(catalogue, BODY + "coil_radius", "nm", "flory_peg", shield="peg")
    assert held == pytest.approx(0.35 * (2000 / 44.05) ** 0.6, rel=0.01)


def test_marrow_of_a_mouse(catalogue):
    cells = 7.15e6 / 0.028
    assert cells / 0.025 / 1e9 == pytest.approx(10.2, abs=0.05)
    packed = cells / 0.025 / 1.1e9  # mL/kg, at 1.1e9 cells per gram
    for species in ("mouse", "rat", "pig", "macaque"):
        marrow, bone = (
            value(catalogue, BODY + "organ_volume", "mL/kg", source, organ=organ, species=species)
            for organ, source in (("marrow", "marrow_volume"), ("bone", "pk_sim"))
        )
        assert marrow / (marrow + bone) == pytest.approx(0.13, rel=0.02)
        if species == "mouse":
            assert packed < marrow < packed * 1.1


def test_output_of_a_rat(catalogue):
    held = value(catalogue, BODY + "cardiac_output", "mL/min", "rat_output", species="rat")
    assert held == pytest.approx(280 * 0.25)
    weight = value(catalogue, BODY + "reference_weight", "kg", "rat_output", species="rat")
    assert weight == 0.25


ICRP_MASSES = {
    "brain": (1300, 1450), "heart": (620, 840), "lung": (950, 1200), "liver": (1400, 1800),
    "spleen": (130, 150), "kidney": (275, 310), "pancreas": (120, 140), "gut": (1100, 1170),
    "muscle": (17500, 29000), "skin": (2300, 3300), "rest": (11, 35), "marrow": (2700, 3650),
}  # fmt: skip


def _human(catalogue, quantity):
    """Return the values of man and woman by organ, in SI."""
    found = {"": {}, "female": {}}
    for row in catalogue.values[BODY + quantity]:
        if row.context.get("species") == "human" and row.context.get("sex", "") in found:
            found[row.context.get("sex", "")][row.context["organ"]] = row.value
    return found[""], found["female"]


def test_organs_of_a_woman(catalogue):
    man, woman = _human(catalogue, "organ_volume")
    for organ, (female, male) in ICRP_MASSES.items():
        expected = man[organ] * (female / 60) / (male / 73)
        assert woman[organ] == pytest.approx(expected, rel=0.01), organ
    pools = sum(_human(catalogue, "pool_volume")[1].values())
    assert sum(woman.values()) + pools == pytest.approx(1e-3, rel=0.01)  # 1 mL/g
    flow_man, flow_woman = _human(catalogue, "flow_share")
    shared = flow_woman.keys() & flow_man.keys() & man.keys() & woman.keys()
    assert len(shared) > 10
    kept = [flow_woman[o] / flow_man[o] * man[o] / woman[o] for o in sorted(shared)]
    assert max(kept) / min(kept) < 1.03  # the man's flow per volume of organ


def test_blood_of_a_woman(catalogue):
    (men, women), (man, woman) = _human(catalogue, "pool_volume"), _human(catalogue, "organ_volume")
    share = {
        row.context["organ"]: row.value
        for row in catalogue.values[BODY + "vascular_share"]
        if "species" not in row.context or row.context["species"] == "human"
    }
    blood_man = sum(men.values()) + sum(
        man[organ] * share[organ] for organ in man if organ in share
    )
    blood_woman = sum(women.values()) + sum(
        woman[organ] * share[organ] for organ in woman if organ in share
    )
    assert blood_woman / blood_man == pytest.approx(65 / 75, rel=0.03)
    for name, volume in women.items():
        split = men[name] / sum(men.values())
        assert volume / sum(women.values()) == pytest.approx(split, rel=0.01)


def test_mesh_of_a_depot(catalogue):
    radius, drained = 10e-9, 0.095
    share = math.log(4.75) / ((1 + 50 / 10) ** 2 - (1 + 20 / 10) ** 2)
    key = "biodistribution.depot."
    held = value(catalogue, key + "fibre_share", "1", "depot_mesh")
    assert held == pytest.approx(share, rel=0.01)
    assert value(catalogue, key + "fibre_radius", "m", "depot_mesh") == pytest.approx(radius)
    uptake = value(catalogue, key + "local_uptake", "1/h", "depot_mesh")
    for diameter, leaves in ((40e-9, 0.76), (100e-9, 0.40)):
        through = drained * math.exp(-share * (1 + diameter / 2 / radius) ** 2)
        assert through / (through + uptake) == pytest.approx(leaves, abs=0.03)


@pytest.mark.parametrize(
    ("medium", "warm", "points"),
    [
        ("iodixanol", 310.15, ((0.550, 11.3, 5.8), (0.652, 25.4, 11.4))),
        ("sucrose", 313.15, ((0.338, 3.187, 1.833), (0.856, 147.2, 44.36))),
    ],
)
def test_viscosity_of_gradient_media(catalogue, medium, warm, points):
    """The law passes through both strengths, cold and warm, that it was made from."""
    key, source = "isolation.medium.", f"{medium}_viscosity"
    steep, crowd, heat = (
        value(catalogue, key + name, unit, source, medium=medium)
        for name, unit in (("intrinsic_viscosity", "mL/g"), ("crowding", "mL/g"), ("warmth", "1"))
    )
    for strength, cold, hot in points:
        for printed, temperature in ((cold, 293.15), (hot, warm)):
            water = 1e3 * float(water_viscosity(temperature))
            rise = steep * strength / (1 - crowd * strength) * (293.15 / temperature) ** heat
            assert water * math.exp(rise) == pytest.approx(printed, rel=0.16)
