"""Two bodies for timing: ten organs with size classes, and a nanoparticle in a mouse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.network import Expression, Network, State

__all__ = ["body", "build_body", "nanoparticle"]

Model = tuple[CompiledNetwork, dict[str, float], NDArray[np.float64]]

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
EACH = {"degrade": 0.3, "escape": 0.01, "recycle": 0.05, "lymph": 0.02}
VASCULAR = 0.1  # share of an organ that is blood


class _Body:
    """Collects the network of a body and its typical parameters."""

    def __init__(self, classes: int) -> None:
        self.network = Network()
        self.typical: dict[str, float] = {}
        self.classes = classes
        self.places: dict[tuple[str, str, int], State] = {}
        for k in range(classes):
            for place in ("arterial", "venous"):
                self._place("blood", place, k, f"{place}.{k}")
            for organ in ORGANS:
                for place in ("vessel", "tissue", "endosome", "delivered"):
                    self._place(organ, place, k, f"{organ}.{place}.{k}")

    def _place(self, organ: str, place: str, k: int, name: str) -> None:
        self.places[organ, place, k] = self.network.state(name, scale=1e-3)

    def number(self, name: str, value: float) -> Expression:
        """Return a parameter, noting what it typically is."""
        self.typical[name] = value
        return self.network.parameter(name)

    def circulate(self, k: int) -> None:
        """Let the blood carry one size class round."""
        at, move = self.places, self.network.move
        arterial, venous = at["blood", "arterial", k], at["blood", "venous", k]
        output = self.number("output", sum(rate for rate, _ in ORGANS.values()))
        lung = at["lung", "vessel", k]
        move(venous, lung, output / self.number("veins", 1.1))
        move(lung, arterial, output / self.held("lung"))
        move(venous, None, self.number("clear", 0.3))
        for organ in ORGANS:
            if organ == "lung":
                continue
            vessel = at[organ, "vessel", k]
            move(arterial, vessel, self.flow(organ) / self.number("arteries", 0.4))
            leaving = self.flow(organ)
            if organ == "liver":
                leaving = leaving + self.flow("gut") + self.flow("spleen")
            drains = at["liver", "vessel", k] if organ in PORTAL else venous
            move(vessel, drains, leaving / self.held(organ))

    def flow(self, organ: str) -> Expression:
        """Return an organ's blood flow."""
        return self.number(f"flow.{organ}", ORGANS[organ][0])

    def held(self, organ: str) -> Expression:
        """Return the volume of blood in an organ."""
        return VASCULAR * self.number(f"volume.{organ}", ORGANS[organ][1])

    def enter(self, organ: str, k: int) -> None:
        """Let one size class leave the blood in an organ, and be taken up there."""
        at, move = self.places, self.network.move
        vessel, tissue = at[organ, "vessel", k], at[organ, "tissue", k]
        endosome, delivered = at[organ, "endosome", k], at[organ, "delivered", k]
        size = self.number(f"size.{k}", 1.0 - 0.5 * k / self.classes)
        each = {name: self.number(f"{name}.{organ}", value) for name, value in EACH.items()}
        leak = self.number(f"leak.{organ}", LEAK.get(organ, 0.02))
        uptake = self.number(f"uptake.{organ}", UPTAKE.get(organ, 0.2))
        move(vessel, tissue, leak * size / self.held(organ))
        move(tissue, at["blood", "venous", k], each["lymph"])
        move(tissue, endosome, uptake * size)
        move(endosome, tissue, each["recycle"])
        move(endosome, None, each["degrade"])
        move(endosome, delivered, each["escape"])
        move(delivered, None, self.number("spend", 0.1))
        if organ in SATURABLE:
            total: Expression = at[organ, "vessel", 0]
            for other in range(1, self.classes):
                total = total + at[organ, "vessel", other]
            most = self.number(f"most.{organ}", SATURABLE[organ])
            half = self.number(f"half.{organ}", 20.0)
            move(vessel, endosome, most * size / (half * self.held(organ) + total))

    def finish(self) -> Model:
        """Return the compiled network, its typical parameters and its start."""
        model = self.network.compile()
        start = np.zeros(len(model.state_names))
        for k in range(self.classes):
            start[model.state(f"venous.{k}")] = 100.0 / self.classes
        return model, self.typical, start


def body(classes: int) -> Model:
    """Return a body with this many size classes, its typical parameters and its start."""
    made = _Body(classes)
    for k in range(classes):
        made.circulate(k)
        for organ in ORGANS:
            made.enter(organ, k)
    return made.finish()


def build_body() -> CompiledNetwork:
    """Return 336 states and 1,104 fluxes: the body, with more ways out, for timing the build."""
    made = _Body(8)
    move = made.network.move
    for k in range(8):
        made.circulate(k)
        arterial, venous = made.places["blood", "arterial", k], made.places["blood", "venous", k]
        lung = made.places["lung", "vessel", k]
        move(arterial, venous, made.number("shunt", 0.1))
        move(arterial, None, made.number("clear", 0.3))
        move(lung, venous, made.number("back", 0.1))
        move(lung, None, made.number("exhale", 0.01))
        for organ in ORGANS:
            made.enter(organ, k)
            vessel, tissue = made.places[organ, "vessel", k], made.places[organ, "tissue", k]
            move(tissue, vessel, made.number(f"return.{organ}", 0.05))
            move(tissue, None, made.number(f"decay.{organ}", 0.02))
            move(vessel, None, made.number(f"lysis.{organ}", 0.02))
            move(made.places[organ, "delivered", k], tissue, made.number(f"release.{organ}", 0.01))
    return made.finish()[0]


def nanoparticle() -> Model:
    """Return a nanoparticle in a mouse: 17 states.

    Notes
    -----
    Blood, tissue and phagocytes in four organs, blood and tissue in the rest; crossing is limited
    by permeability, and phagocytes take up at ``most * t**3 / (half**3 + t**3)``. The structure is
    that of Lin et al.; the numbers are invented.

    References
    ----------
    Lin, Monteiro-Riviere and Riviere 2016, Nanotoxicology 10:162,
    doi 10.3109/17435390.2015.1027314.
    """
    network = Network()
    typical: dict[str, float] = {}

    def number(name: str, value: float) -> Expression:
        typical[name] = value
        return network.parameter(name)

    organs = {  # flow [mL/h], blood and tissue [mL], permeability [1], uptake [1/h]
        "lung": (0.0, 0.07, 0.08, 0.01, 0.2),
        "liver": (160.0, 0.3, 0.8, 0.01, 3.0),
        "spleen": (11.0, 0.02, 0.05, 0.15, 2.0),
        "kidney": (75.0, 0.08, 0.25, 0.01, 0.1),
        "rest": (550.0, 0.7, 15.0, 0.0001, 0.0),
    }
    arterial, venous = (network.state(name, scale=1e-3) for name in ("arterial", "venous"))
    time = network.time()
    half, free = number("half", 10.0), number("free", 0.3)
    risen = time**3 / (half**3 + time**3)
    output = number("output", sum(row[0] for row in organs.values()))
    excreted = network.state("excreted", scale=1e-3)
    network.move(arterial, None, number("lysis", 0.001))
    for organ, (rate, blood, tissue, permeability, uptake) in organs.items():
        vessel = network.state(f"{organ}.blood", scale=1e-3)
        cells = network.state(f"{organ}.tissue", scale=1e-3)
        held = number(f"blood.{organ}", blood)
        room = number(f"tissue.{organ}", tissue)
        flow = output if organ == "lung" else number(f"flow.{organ}", rate)
        crossing = number(f"permeability.{organ}", permeability) * flow
        source, drain = (venous, arterial) if organ == "lung" else (arterial, venous)
        pool = number("veins", 1.1) if organ == "lung" else number("arteries", 0.4)
        network.move(source, vessel, flow / pool)
        network.move(vessel, drain, flow / held)
        network.move(vessel, cells, crossing / held)
        network.move(cells, vessel, crossing / (number(f"partition.{organ}", 0.2) * room))
        if uptake > 0.0:
            eaten = network.state(f"{organ}.phagocytes", scale=1e-3)
            place = vessel if organ in ("liver", "spleen") else cells
            network.move(place, eaten, number(f"uptake.{organ}", uptake) * risen)
            network.move(eaten, place, number(f"release.{organ}", 0.005))
        if organ in ("liver", "kidney"):
            network.move(cells, excreted, free * number(f"excrete.{organ}", 0.01))
    model = network.compile()
    start = np.zeros(len(model.state_names))
    start[model.state("venous")] = 100.0
    return model, typical, start
