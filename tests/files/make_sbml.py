"""Writes the small SBML models of the tests, each a few features of the language.

Invented, every one. Run it from anywhere, with python-libsbml: ``python tests/files/make_sbml.py``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import libsbml

FOLDER = Path(__file__).resolve().parent / "sbml"


class Writer:
    """One model under construction."""

    def __init__(self, name: str, level: int = 3, version: int = 1) -> None:
        self.document = libsbml.SBMLDocument(level, version)
        self.model = self.document.createModel()
        self.model.setId(name)
        self.level = level

    def unit(self, name: str, *parts: tuple[str, float, int, float]) -> None:
        """Define a unit from (kind, exponent, scale, multiplier)."""
        definition = self.model.createUnitDefinition()
        definition.setId(name)
        for kind, exponent, scale, multiplier in parts:
            unit = definition.createUnit()
            unit.setKind(libsbml.UnitKind_forName(kind))
            unit.setExponent(exponent)
            unit.setScale(scale)
            unit.setMultiplier(multiplier)

    def compartment(self, name: str, size: float, constant: bool = True) -> None:
        item = self.model.createCompartment()
        item.setId(name)
        item.setSpatialDimensions(3)
        item.setSize(size)
        item.setConstant(constant)

    def species(
        self,
        name: str,
        place: str,
        amount: float | None = None,
        concentration: float | None = None,
        **more: Any,
    ) -> None:
        item = self.model.createSpecies()
        item.setId(name)
        item.setCompartment(place)
        item.setHasOnlySubstanceUnits(more.get("amounts", False))
        item.setBoundaryCondition(more.get("boundary", False))
        item.setConstant(more.get("constant", False))
        if more.get("conversion"):
            item.setConversionFactor(more["conversion"])
        if amount is not None:
            item.setInitialAmount(amount)
        if concentration is not None:
            item.setInitialConcentration(concentration)

    def parameter(
        self, name: str, value: float | None = None, constant: bool = True, units: str = ""
    ) -> None:
        item = self.model.createParameter()
        item.setId(name)
        item.setConstant(constant)
        if value is not None:
            item.setValue(value)
        if units:
            item.setUnits(units)

    def function(self, name: str, text: str) -> None:
        item = self.model.createFunctionDefinition()
        item.setId(name)
        item.setMath(formula(text))

    def initial(self, name: str, text: str) -> None:
        item = self.model.createInitialAssignment()
        item.setSymbol(name)
        item.setMath(formula(text))

    def equals(self, name: str, text: str) -> None:
        item = self.model.createAssignmentRule()
        item.setVariable(name)
        item.setMath(formula(text))

    def rate(self, name: str, text: str) -> None:
        item = self.model.createRateRule()
        item.setVariable(name)
        item.setMath(formula(text))

    def reaction(
        self,
        name: str,
        taken: dict[str, float | str],
        given: dict[str, float | str],
        law: str,
        local: dict[str, float] | None = None,
    ) -> None:
        """Add a reaction; a stoichiometry in words is an identifier, or in Level 2 a formula."""
        item = self.model.createReaction()
        item.setId(name)
        item.setReversible(False)
        item.setFast(False)
        for ends, make in ((taken, item.createReactant), (given, item.createProduct)):
            for species, count in ends.items():
                end = make()
                end.setSpecies(species)
                if self.level > 2:
                    end.setConstant(not isinstance(count, str))
                if isinstance(count, str) and self.level > 2:
                    end.setId(count)
                elif isinstance(count, str):
                    end.createStoichiometryMath().setMath(formula(count))
                else:
                    end.setStoichiometry(count)
        if law:
            kinetic = item.createKineticLaw()
            kinetic.setMath(formula(law))
            for other in re.findall(r"\w+", law):
                if self.model.getSpecies(other) and not {other} & {*taken, *given}:
                    item.createModifier().setSpecies(other)
            for key, value in (local or {}).items():
                part = (
                    kinetic.createLocalParameter() if self.level > 2 else kinetic.createParameter()
                )
                part.setId(key)
                part.setValue(value)

    def event(self, name: str, trigger: str, sets: dict[str, str], **more: Any) -> None:
        item = self.model.createEvent()
        item.setId(name)
        fires = item.createTrigger()
        fires.setMath(formula(trigger))
        if self.level > 2:
            item.setUseValuesFromTriggerTime(more.get("from_trigger", True))
            fires.setInitialValue(more.get("initial", True))
            fires.setPersistent(more.get("persistent", True))
        if "priority" in more:
            item.createPriority().setMath(formula(more["priority"]))
        if "delay" in more:
            item.createDelay().setMath(formula(more["delay"]))
        for variable, text in sets.items():
            part = item.createEventAssignment()
            part.setVariable(variable)
            part.setMath(formula(text))

    def write(self, valid: bool = True) -> None:
        """Write the model, if it is what it should be."""
        for category in (
            libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
            libsbml.LIBSBML_CAT_MODELING_PRACTICE,
        ):
            self.document.setConsistencyChecks(category, False)
        self.document.checkConsistency()
        faults = self.document.getNumErrors(libsbml.LIBSBML_SEV_ERROR)
        assert (faults == 0) is valid, self.document.getErrorLog().toString()
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{self.model.getId()}.xml"
        path.write_text(libsbml.writeSBMLToString(self.document), encoding="utf-8")


def formula(text: str) -> Any:
    """Return a formula from words."""
    tree = libsbml.parseL3Formula(text)
    assert tree is not None, f"{text}: {libsbml.getLastParseL3Error()}"
    return tree


def exchange() -> None:
    """Two compartments of different size, concentrations and amounts, a function, local names."""
    m = Writer("exchange")
    m.unit("hour", ("second", 1, 0, 3600.0))
    m.unit("nmol", ("mole", 1, -9, 1.0))
    m.unit("nM", ("mole", 1, -9, 1.0), ("litre", -1, 0, 1.0))
    m.unit("per_hour", ("second", -1, 0, 3600.0))
    m.model.setTimeUnits("hour")
    m.model.setSubstanceUnits("nmol")
    m.model.setVolumeUnits("litre")
    m.model.setExtentUnits("nmol")
    m.compartment("blood", 4.0)
    m.compartment("tissue", 10.0)
    m.species("drug", "blood", concentration=2.5)
    m.species("bound", "tissue", amount=1.0)
    m.species("gone", "tissue", amount=0.0, amounts=True)
    m.parameter("clearance", 0.7)
    m.parameter("half", 3.0, units="nM")
    m.parameter("unused")
    m.function("carried", "lambda(c, most, at, most * c / (at + c))")
    m.reaction("in_", {"drug": 1}, {"bound": 1}, "carried(drug, k, half)", {"k": 5.0})
    m.reaction("out", {"bound": 1}, {"drug": 1}, "k * bound", {"k": 0.4})
    m.reaction("loss", {"drug": 1}, {"gone": 1}, "clearance * drug")
    m.write()


def rules() -> None:
    """Rules and initial assignments out of order, a volume that grows, a rule for a rate."""
    m = Writer("rules", 3, 2)
    m.compartment("cell", 2.0, constant=False)
    m.species("signal", "cell", concentration=3.0)
    m.species("marker", "cell", amount=1.0, amounts=True)
    m.species("level", "cell", concentration=0.5, boundary=True)
    m.parameter("growth", 0.2)
    m.parameter("last", constant=False)
    m.parameter("middle", constant=False)
    m.parameter("first")
    m.parameter("clock", 1.0, constant=False)
    m.equals("last", "2 * middle + J")
    m.equals("middle", "signal + first")
    m.initial("first", "second * 3")
    m.parameter("second")
    m.initial("second", "signal / 2")
    m.initial("marker", "cell * second")
    m.rate("cell", "growth * cell")
    m.rate("clock", "-clock * time")
    m.rate("level", "0.3 * (1 - level)")
    m.reaction("J", {}, {"marker": 1}, "0.5 * marker")
    m.write()


def stoichiometry() -> None:
    """Conversion factors, numbers of molecules that are formulas, boundaries and constants."""
    m = Writer("stoichiometry")
    m.compartment("well", 0.5)
    m.parameter("twice", 2.0)
    m.parameter("tenth", 0.1)
    m.model.setConversionFactor("twice")
    m.species("a", "well", concentration=8.0)
    m.species("b", "well", amount=0.0)
    m.species("c", "well", amount=0.0, conversion="tenth")
    m.species("food", "well", concentration=3.0, boundary=True)
    m.species("enzyme", "well", amount=1.5, boundary=True, constant=True)
    m.parameter("k", 0.3)
    m.reaction("turn", {"a": 1, "food": 1}, {"b": "many", "c": 3}, "k * a * food * enzyme")
    m.equals("many", "1 + exp(-time)")
    m.write()


def events() -> None:
    """Doses at times, a threshold, a start that fires, one trigger for two, and priorities."""
    m = Writer("events")
    m.compartment("blood", 5.0, constant=False)
    m.species("drug", "blood", concentration=0.0)
    m.parameter("ke", 0.5)
    m.parameter("t2", 4.0)
    for name, value in (("doses", 0.0), ("low", 0.0), ("u", 1.0), ("v", 2.0), ("w", 1.0)):
        m.parameter(name, value, constant=False)
    m.parameter("begun", 0.0, constant=False)
    m.reaction("loss", {"drug": 1}, {}, "ke * drug * blood")
    m.event("first", "time >= 1", {"drug": "drug + 10 / blood", "doses": "doses + 1"})
    m.event("second", "time >= t2 && doses > 0.5", {"drug": "drug + 2", "doses": "doses + 1"})
    m.event("threshold", "drug < 0.6 && doses > 0.5", {"low": "low + 1"})
    m.event("swap", "time > 2.5", {"u": "v"})
    m.event("swap_back", "time > 2.5", {"v": "u"})
    m.event("start", "begun < 1", {"begun": "begun + 5"}, initial=False)
    m.event("not_at_start", "begun < 100", {"begun": "-1"})
    m.event("later", "time >= 6", {"w": "w * 10"}, priority="1", from_trigger=False)
    m.event("sooner", "time >= 6", {"w": "w + 1"}, priority="2", from_trigger=False)
    m.event("shrinks", "time >= 7", {"blood": "2.5"})
    m.write()


def mathematics() -> None:
    """Every function that is read, as rules of time: the expected values stand in the test."""
    m = Writer("mathematics", 3, 2)
    m.parameter("x", constant=False)
    m.rate("x", "1")
    m.initial("x", "0.25")
    for number, text in enumerate(MATHEMATICS):
        m.parameter(f"f{number}", constant=False)
        m.equals(f"f{number}", text)
    m.write()


MATHEMATICS = (
    "x^2 + x^-1 - 2^x",
    "sqrt(x) + root(3, x)",
    "exp(-x) + ln(x) + log10(x) + log(2, x)",
    "abs(x - 1) + min(x, 1, 0.7) + max(x, 2)",
    "sinh(x) + cosh(x) + tanh(x)",
    "piecewise(1, x < 0.5, 2, x < 1.5, 3)",
    "piecewise(1, x >= 1 && time < 2, 0) + piecewise(1, x < 1 || x > 2, 0)",
    "piecewise(1, !(x > 1) && !(x == 0.25), 0) + piecewise(1, x != 0.25, 0)",
    "piecewise(1, xor(x > 0.5, x > 1, x > 1.5), 0)",
    "piecewise(1, lt(0.5, x, 1.5), 0) + piecewise(1, geq(2, x, 1), 0)",
    "piecewise(1, implies(x > 1, x > 2), 0)",
    "piecewise(time, time > 1, 7) + piecewise(1, 1.5 > time, 0) + piecewise(1, time <= 1, 0)",
    "pi + exponentiale + avogadro / 6e23 + 1e-3 + 3/4",
    "(x > 1) + 2 * (x > 2) + piecewise(4, x - 0.25, 0)",
    "piecewise(1, not(piecewise(x > 1, time > 1, true)), 0)",
)


def level2() -> None:
    """Level 2: a stoichiometry as a formula, defaults that Level 3 no longer has."""
    m = Writer("level2", 2, 4)
    m.compartment("cell", 2.0)
    m.species("s", "cell", concentration=4.0)
    m.species("p", "cell", amount=0.0)
    m.parameter("k", 0.5)
    m.parameter("yield_", 3.0)
    m.parameter("fed", 0.0, constant=False)
    m.reaction("turn", {"s": 1}, {"p": "yield_ / 2"}, "k * s * cell")
    m.event("feed", "time >= 2", {"s": "s + 1", "fed": "1"})
    m.write()


def refused() -> None:
    """One of each that is not read."""
    m = Writer("refused", 3, 2)
    m.compartment("cell", 1.0)
    m.species("s", "cell", concentration=1.0)
    m.parameter("a", 1.0, constant=False)
    m.parameter("b", 1.0, constant=False)
    m.parameter("c", 1.0, constant=False)
    m.parameter("d", 1.0, constant=False)
    m.parameter("e", 1.0, constant=False)
    m.equals("a", "sin(time) + floor(s)")
    m.equals("b", "delay(s, 2)")
    m.parameter("f", 1.0, constant=False)
    m.rate("f", "1")
    m.equals("c", "rateOf(f)")
    m.equals("d", "factorial(3)")
    rule = m.model.createAlgebraicRule()
    rule.setMath(formula("s + e - 3"))
    m.event("late", "s < 0.5", {"e": "2"}, delay="3")
    m.event("ranked", "s < 0.4", {"e": "1"}, priority="s")
    m.reaction("lawless", {"s": 1}, {}, "")
    m.write()


if __name__ == "__main__":
    for make in (exchange, rules, stoichiometry, events, mathematics, level2, refused):
        make()
