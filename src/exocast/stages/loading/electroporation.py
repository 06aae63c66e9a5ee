"""Electroporation: pulses in a cuvette, between what they are meant to do and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.electroporation import (
    ALUMINIUM_VALENCE,
    charging_time,
    dissolved_metal,
    induced_voltage,
    opened_share,
    passed_charge,
    pore_filling,
    temperature_rise,
)
from exocast.laws.lumen import AVOGADRO, lumen_diameter
from exocast.laws.precipitation import neutralised_copies
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.cargo import (
    DIFFUSIVITY,
    PHOSPHATE_CHARGE,
    ROOM,
)
from exocast.stages.loading.contact import (
    BILAYER_THICKNESS,
    CONTACT_PARAMETERS,
    Opened,
    contact,
    contact_parameters,
)
from exocast.stages.loading.losses import aggregated, burst
from exocast.stages.loading.precipitate import (
    DRUG_PARTICLE_PARAMETERS,
    PRECIPITATE_PARAMETERS,
    Aging,
    precipitated,
)

__all__ = ["Electroporation"]

Array = NDArray[np.float64]

ALUMINIUM_MASS = 26.9815e-3  # kg/mol
REFERENCE_RADIUS = 50e-9  # m, of the vesicle that notes and flags speak of
HOT = 323.15  # K, where membranes and duplexes begin to suffer
ARCING = 1.5e6  # V/m, above which salty samples arc in a cuvette

OPEN_SHARE = Parameter(
    "loading.electroporation.open_share",
    "1",
    "Share of the vesicles that open below the pore threshold and fill to the lumen ceiling.",
    high=1.0,
)
PORE_THRESHOLD = Parameter(
    "loading.electroporation.pore_threshold", "V", "Membrane voltage at which pores open."
)
THRESHOLD_SPREAD = Parameter(
    "loading.electroporation.threshold_spread",
    "1",
    "Spread of the logarithm of the threshold between vesicles.",
    low=0.01,
)
PORE_AREA_SHARE = Parameter(
    "loading.electroporation.pore_area_share",
    "1",
    "Share of an opened membrane through which the cargo passes.",
    high=1.0,
)
MEMBRANE_CAPACITANCE = Parameter(
    "loading.electroporation.membrane_capacitance", "F/m^2", "Capacitance of the membrane."
)
LUMEN_CONDUCTIVITY = Parameter(
    "loading.electroporation.lumen_conductivity", "S/m", "Conductivity of the lumen."
)
CONDUCTIVITY = Parameter(
    "loading.electroporation.conductivity", "S/m", "Conductivity of the buffer."
)
CHELATOR = Parameter(
    "loading.electroporation.chelator", "mol/m^3", "Metal ions that the buffer can hold."
)
CURRENT_YIELD = Parameter(
    "loading.electroporation.current_yield",
    "1",
    "Share of the charge that dissolves the aluminium anode.",
    high=2.0,
)
METAL_TO_CARGO = Parameter(
    "loading.electroporation.metal_to_cargo",
    "1",
    "Share of the free aluminium that meets nucleic acid.",
    high=1.0,
)
NEUTRALISED_SHARE = Parameter(
    "loading.electroporation.neutralised_share",
    "1",
    "Share of its charge that is neutralised when a nucleic acid falls out.",
    low=0.1,
    high=1.0,
    scale="logit",
)
LYSIS = Parameter(
    "loading.electroporation.lysis", "1", "Share of the vesicles that burst per pulse.", high=1.0
)
METAL_AGGREGATION = Parameter(
    "loading.electroporation.metal_aggregation",
    "m^3/mol",
    "Loss of vesicles to aggregates and electrodes per concentration of free aluminium.",
)
_PULSE = (
    OPEN_SHARE,
    PORE_THRESHOLD,
    THRESHOLD_SPREAD,
    PORE_AREA_SHARE,
    MEMBRANE_CAPACITANCE,
    LUMEN_CONDUCTIVITY,
    CONDUCTIVITY,
    CHELATOR,
    CURRENT_YIELD,
    LYSIS,
    METAL_AGGREGATION,
)
_POLYANION = (PHOSPHATE_CHARGE, METAL_TO_CARGO, NEUTRALISED_SHARE)


@dataclass(frozen=True)
class Electroporation(Adding):
    r"""Pulses that may open membranes, and surely dissolve electrode metal that precipitates RNA.

    The voltage induced across a 100 nm vesicle, 1.5 E R, is millivolts at usual fields against a
    pore threshold of tenths of a volt. Below it a share of the vesicles opens all the same, whose
    size is contested (hypothesis ``electroporation``: a small share if the signal is precipitate, a
    large one if pores open by another mechanism); above it the field opens pores under either.
    Nothing passes the lumen ceiling C V N_A. The charge dissolves aluminium (Faraday), a chelator
    holds some, the rest precipitates nucleic acid by charge and aggregates vesicles. "Loaded" is
    what is inside vesicles; the precipitate is a population of particles that clean-up may carry.

    Equation
    --------
    \bar{c} = C V_i N_A \left[w_0 + (1 - w_0) \, w \, f\right] \le C V_i N_A

    N_\mathrm{burst} = N \left[1 - (1 - l)^p\right], \quad M = \max \left(\frac{n}{V} - x, \,
    0\right), \quad N_\mathrm{agg} = N \left(1 - e^{-k_a M}\right)

    Symbols
    -------
    \bar{c} : mean copies in a vesicle
    C : free concentration of the cargo [mol/m^3]
    V_i : lumen_volume
    w_0 : open_share
    w : opened_share
    f : pore_filling
    l : lysis
    p : pulses
    M : metal beyond the chelator [mol/m^3]
    n : dissolved_metal
    V : volume
    x : chelator
    k_a : metal_aggregation
    N_A : Avogadro constant
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "electroporation"
    title: ClassVar[str] = "electroporation"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(
        dict.fromkeys((*ROOM, *_PULSE, *_POLYANION, *CONTACT_PARAMETERS, *DRUG_PARTICLE_PARAMETERS))
    )
    speculative: ClassVar[bool] = True

    volume: float = setting(
        0.4e-6,
        unit="m^3",
        low=0.0,
        high=1e-2,
        doc="Volume that the mixture is made up to; a larger sample is pulsed in portions.",
        source="loading_practice",
        moves="cargo inside",
        direction=-1,
    )
    field: float = setting(
        4e4,
        unit="V/m",
        low=1e3,
        high=1e7,
        doc="Peak field: voltage over the electrode gap.",
        source="loading_practice",
        moves="solute/aluminium",
        direction=+1,
    )
    pulses: float = setting(
        2.0,
        unit="1",
        low=1.0,
        high=50.0,
        doc="Number of pulses.",
        source="loading_practice",
        moves="solute/aluminium",
        direction=+1,
    )
    pulse_duration: float = setting(
        5e-3,
        unit="s",
        low=1e-8,
        high=0.1,
        doc="Time constant of an exponential pulse, or width of a square one.",
        source="loading_practice",
        moves="solute/aluminium",
        direction=+1,
    )
    electrode_gap: float = setting(
        4e-3,
        unit="m",
        low=1e-3,
        high=1e-2,
        doc="Distance of the aluminium electrodes of the cuvette.",
        source="loading_practice",
        moves="solute/aluminium",
        direction=-1,
    )
    buffer: str = setting(
        "PBS",
        choices=("PBS", "sucrose", "trehalose_EDTA", "citrate"),
        doc="Buffer in which it is pulsed: its salt carries the charge, its chelator the metal.",
        source="loading_practice",
        moves="cargo aggregated",
    )
    rest: float = setting(
        1800.0,
        unit="s",
        low=0.0,
        high=86400.0,
        doc="Time of contact with the cargo, in which membranes recover.",
        source="loading_practice",
        moves="cargo inside",
        direction=+1,
    )
    rest_temperature: float = setting(
        277.15,
        unit="K",
        low=273.15,
        high=333.15,
        doc="Temperature of that time.",
        source="loading_practice",
        moves="cargo inside",
        direction=0,
    )

    def context(self) -> Mapping[str, str]:
        """Return the cargo, its kind and the buffer."""
        return {**super().context(), "buffer": self.buffer}

    def wanted(self) -> tuple[Parameter, ...]:
        """Return what the pulse and this cargo need."""
        special: tuple[Parameter, ...] = ()
        if self.substance.kind == "nucleic_acid":
            special = (*_POLYANION, *PRECIPITATE_PARAMETERS)
        elif self.substance.kind == "hydrophobic":
            special = DRUG_PARTICLE_PARAMETERS
        return (*_PULSE, *contact_parameters(self.substance), *special)

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after pulses and rest, and what was added and lost."""
        cargo = self.substance
        mixed, amounts = self.mixed(suspension, p)
        mixed, gone = burst(mixed, 1.0 - (1.0 - p[LYSIS]) ** self.pulses)
        amounts |= gone
        opened = self._opened(mixed, p)
        mixed, excess = contact(mixed, cargo, self.rest, self.rest_temperature, p, opened)
        metal, loose = self._metal(mixed, p)
        if cargo.kind == "nucleic_acid":
            excess = neutralised_copies(
                mixed.free[cargo.name],
                p[PHOSPHATE_CHARGE],
                loose * mixed.volume * AVOGADRO,
                ALUMINIUM_VALENCE,
                p[METAL_TO_CARGO],
                p[NEUTRALISED_SHARE],
            )
        if cargo.kind in ("nucleic_acid", "hydrophobic"):
            drug = cargo.kind == "hydrophobic"
            aging = Aging(self.rest, self.rest_temperature) if drug else None
            mixed, particles = precipitated(mixed, cargo, excess, p, aging)
            amounts["particles/cargo_precipitate", "precipitation"] = particles
        mixed, lost = aggregated(mixed, -np.expm1(-p[METAL_AGGREGATION] * loose))
        amounts |= lost
        amounts["solute/aluminium", "dissolved from the anode"] = metal * ALUMINIUM_MASS
        held = mixed.solutes.get("aluminium", np.zeros(mixed.members))
        solutes = {**mixed.solutes, "aluminium": held + metal * ALUMINIUM_MASS}
        after = replace(
            mixed, solutes=solutes, buffer=self.buffer, temperature=self.rest_temperature
        )
        cost = Resources(time=self.rest + 900.0, hands_on=900.0, consumables={"cuvette": 1.0})
        notes = self.reported(after, p)
        return after, Exchange(amounts, cost, {**notes, **self._figures(p, loose)})

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: below the pore threshold, heated, arcing, or pulsed in portions."""
        flags = super().flags(suspension, p)
        voltage = float(np.median(self._voltage(REFERENCE_RADIUS, p)))
        threshold = float(np.median(p[PORE_THRESHOLD]))
        if voltage < threshold:
            message = (
                f"the field induces {1e3 * voltage:.2g} mV across a 100 nm vesicle, 1/"
                f"{threshold / voltage:.0f} of the pore threshold: what loads below it is "
                "contested (hypothesis `electroporation`)"
            )
            flags.append(Flag(self.name, message))
        rise = float(np.median(temperature_rise(self.field, p[CONDUCTIVITY], self._time)))
        if suspension.temperature + rise > HOT:
            message = (
                f"the pulses heat the sample by up to {rise:.0f} K: harm by heat is not modelled"
            )
            flags.append(Flag(self.name, message, "serious"))
        if self.field > ARCING and float(np.median(p[CONDUCTIVITY])) > 0.5:
            message = (
                "above 15 kV/cm a salty sample arcs in a cuvette: the pulse may not be delivered"
            )
            flags.append(Flag(self.name, message, "serious"))
        return flags

    @property
    def _time(self) -> float:
        """Return the time under voltage [s]."""
        return self.pulses * self.pulse_duration

    def _voltage(self, radius: Array | float, p: Draws) -> Array:
        """Return the induced voltage at the end of a pulse, array (n, k) or (n, 1) [V]."""
        tau = charging_time(
            radius,
            p[MEMBRANE_CAPACITANCE][:, None],
            p[LUMEN_CONDUCTIVITY][:, None],
            p[CONDUCTIVITY][:, None],
        )
        return induced_voltage(self.field, radius, self.pulse_duration, tau)

    def _opened(self, suspension: Suspension, p: Draws) -> dict[str, Opened]:
        """Return the shares of each vesicular kind that open, and how far they fill."""
        contested = p[OPEN_SHARE][:, None]
        threshold, spread = p[PORE_THRESHOLD][:, None], p[THRESHOLD_SPREAD][:, None]
        thickness = p[BILAYER_THICKNESS][:, None]
        opened: dict[str, Opened] = {}
        for population in suspension.populations:
            if not population.vesicular:
                continue
            voltage = self._voltage(population.diameter / 2, p)
            lumen = np.maximum(lumen_diameter(population.diameter, thickness) / 2, 1e-10)
            filled = pore_filling(
                p[DIFFUSIVITY][:, None], p[PORE_AREA_SHARE][:, None], thickness, lumen, self._time
            )
            by_field = (1 - contested) * opened_share(voltage, threshold, spread)
            everywhere = contested * np.ones_like(by_field)
            opened[population.kind] = [
                (everywhere, np.ones_like(by_field), np.zeros((1, 1))),
                (by_field, filled, np.full((1, 1), self._time)),
            ]
        return opened

    def _metal(self, suspension: Suspension, p: Draws) -> tuple[Array, Array]:
        """Return the metal that dissolves (n,) [mol] and what of it no chelator holds [mol/m^3]."""
        charge = passed_charge(
            self.field, p[CONDUCTIVITY], suspension.volume, self.electrode_gap, self._time
        )
        metal = dissolved_metal(charge, p[CURRENT_YIELD], ALUMINIUM_VALENCE)
        volume = np.asarray(suspension.volume, dtype=float)
        released = np.divide(metal, volume, out=np.zeros(metal.shape), where=volume > 0)
        return metal, np.maximum(released - p[CHELATOR], 0.0)

    def _figures(self, p: Draws, loose: Array) -> dict[str, Array]:
        """Return the figures worth keeping beside the exchange."""
        return {
            "induced voltage at 100 nm [V]": self._voltage(REFERENCE_RADIUS, p)[:, 0],
            "pore threshold [V]": p[PORE_THRESHOLD],
            "temperature rise, at most [K]": temperature_rise(
                self.field, p[CONDUCTIVITY], self._time
            ),
            "aluminium beyond the chelator [mol/m^3]": loose,
        }
