"""Reading SBML core with libSBML: from a file to a `Document`, every fault listed at once."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from exocast.engine.sbml.checking import faults_of
from exocast.engine.sbml.document import (
    Document,
    Formula,
    Happening,
    Quantity,
    Reaction,
    name_of,
    number_of,
)
from exocast.engine.sbml.mathematics import Mathematics
from exocast.engine.sbml.measures import unit_of_time, unit_text
from exocast.engine.sbml.model import SbmlModel
from exocast.errors import EngineError, Problem, ReaderError

__all__ = ["read_sbml"]

INSTALL: Final = (
    "Reading SBML needs python-libsbml, which is not installed: "
    "`pip install 'exocast[sbml]'` or `pip install python-libsbml`."
)
HARMLESS: Final = frozenset({"layout", "render", "groups", "l3v2extendedmath"})
PACKAGE: Final = re.compile(r"sbml\.org/sbml/level\d/version\d/(\w+)/version\d")


def read_sbml(source: Path | str) -> SbmlModel:
    """Read a model of SBML core, Level 2 or 3.

    Parameters
    ----------
    source : path or str
        A file, or the text of one (it begins with ``<``).

    Returns
    -------
    SbmlModel

    Raises
    ------
    ReaderError
        If the file is no valid SBML or asks for what is not supported; every fault is listed with
        its line. Not supported are: delays, algebraic rules, fast reactions, reactions without a
        law, events with a delay or a priority that varies, trigonometric and whole-number
        functions, the rate of a quantity, and packages that change the meaning (comp, fbc, ...).
    EngineError
        If python-libsbml is not installed.

    Notes
    -----
    Units are kept as written and nothing is converted. Constraints are not watched. A power whose
    exponent is not written as a small whole number reads a negative base as 0, as everywhere in
    the engine.

    References
    ----------
    Hucka et al. 2019, J. Integr. Bioinform. 16:20190021, doi 10.1515/jib-2019-0021.
    Bornstein et al. 2008, Bioinformatics 24:880, doi 10.1093/bioinformatics/btn051 (libSBML).
    """
    try:
        import libsbml
    except ImportError as error:
        raise EngineError(INSTALL) from error
    if isinstance(source, str) and source.lstrip()[:1] == "<":
        title, text = "SBML", source
    else:
        path = Path(source)
        title = path.name
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ReaderError(f"{title} cannot be read: {error}.") from error
    reader = _Reader(libsbml, title)
    document = reader.read(libsbml.readSBMLFromString(text))
    faults = reader.faults
    if document is not None and not faults:
        faults = faults_of(document)
    if document is None or faults:
        ordered = sorted(faults, key=lambda fault: fault.line)
        count = len(ordered)
        head = f"{title}: {count} problem{'' if count == 1 else 's'}, nothing was read"
        raise ReaderError("\n".join([head, *(f"  {fault}" for fault in ordered)]))
    model = SbmlModel(document)
    try:
        model.quantities()  # a formula that cannot be built shows here
    except EngineError as error:
        raise ReaderError(f"{title}: {error} Nothing was read.") from error
    return model


class _Reader:
    """Turns one libSBML document into ours, collecting faults."""

    def __init__(self, libsbml: Any, title: str) -> None:
        self.faults: list[Problem] = []
        self._libsbml = libsbml
        self._title = title
        self._math = Mathematics(libsbml, self._complain)
        self._quantities: dict[str, Quantity] = {}

    def _complain(self, message: str, where: str = "", line: int = 0) -> None:
        fault = Problem(message, where, line)
        if fault not in self.faults:
            self.faults.append(fault)

    def read(self, source: Any) -> Document | None:
        """Return the document, None where it is too broken to look into."""
        if not self._is_valid(source):
            return None
        model = source.getModel()
        for function in model.getListOfFunctionDefinitions():
            self._math.define(function.getId(), function.getMath())
        for compartment in model.getListOfCompartments():
            self._compartment(compartment)
        for species in model.getListOfSpecies():
            self._species(species)
        for parameter in model.getListOfParameters():
            self._parameter(parameter, parameter.getId())
        reactions = self._reactions(model)
        self._rules(model)
        happenings = tuple(self._event(event) for event in self._events(model))
        seconds, written = unit_of_time(model)
        document = Document(
            title=self._title,
            identifier=model.getId(),
            level=source.getLevel(),
            version=source.getVersion(),
            time_units=written,
            seconds=seconds,
            quantities=self._quantities,
            reactions=reactions,
            happenings=happenings,
            functions=model.getNumFunctionDefinitions(),
            left_out=tuple(
                f"line {item.getLine()}: a constraint, which is not watched"
                for item in model.getListOfConstraints()
            ),
        )
        return self._trimmed(document)

    def _is_valid(self, source: Any) -> bool:
        """Collect what libSBML finds wrong; false where nothing more can be said."""
        lib = self._libsbml
        self._packages(source)
        broken = source.getNumErrors(lib.LIBSBML_SEV_FATAL) > 0
        broken = broken or source.getNumErrors(lib.LIBSBML_SEV_ERROR) > 0
        if not broken and source.getLevel() < 2:
            self._complain("SBML Level 1 is not supported: convert it to Level 3 with libSBML.")
            return False
        if not broken and source.getModel() is None:
            self._complain("holds no model.")
            return False
        if not broken and not self.faults:
            for category in (
                lib.LIBSBML_CAT_UNITS_CONSISTENCY,
                lib.LIBSBML_CAT_MODELING_PRACTICE,
                lib.LIBSBML_CAT_SBO_CONSISTENCY,
            ):
                source.setConsistencyChecks(category, False)  # noqa: FBT003 - its signature
            source.checkConsistency()
        for number in range(source.getNumErrors()):
            error = source.getError(number)
            if error.getSeverity() >= lib.LIBSBML_SEV_ERROR:
                message = " ".join((error.getMessage() or error.getShortMessage()).split())
                self._complain(message, "", error.getLine())
                broken = True
        return not broken

    def _packages(self, source: Any) -> None:
        """Complain about packages that may change what a model means."""
        spaces = source.getSBMLNamespaces().getNamespaces()
        for number in range(spaces.getLength()):
            match = PACKAGE.search(spaces.getURI(number))
            if match and match[1] not in HARMLESS | {"core"}:
                self._complain(f"package `{match[1]}` is not supported.", "", source.getLine())

    def _add(self, quantity: Quantity) -> None:
        self._quantities[quantity.identifier] = quantity

    def _describe(
        self,
        item: Any,
        identifier: str,
        kind: Literal["compartment", "species", "parameter", "stoichiometry"],
    ) -> Quantity:
        return Quantity(
            identifier,
            kind,
            item.getName(),
            unit_text(self._libsbml, item.getDerivedUnitDefinition()),
            item.getLine(),
        )

    def _compartment(self, item: Any) -> None:
        initial = number_of(item.getSize()) if item.isSetSize() else None
        if item.getSpatialDimensionsAsDouble() == 0.0:
            initial = initial or number_of(1.0)
        self._add(replace(self._describe(item, item.getId(), "compartment"), initial=initial))

    def _species(self, item: Any) -> None:
        identifier, volume = item.getId(), item.getCompartment()
        point = item.getModel().getCompartment(volume).getSpatialDimensionsAsDouble() == 0.0
        amounts = item.getHasOnlySubstanceUnits() or point
        initial: Formula | None = None
        if item.isSetInitialAmount():
            initial = number_of(item.getInitialAmount())
            if not amounts:
                initial = Formula("divide", (initial, name_of(volume)))
        elif item.isSetInitialConcentration():
            initial = number_of(item.getInitialConcentration())
            if amounts:
                initial = Formula("times", (initial, name_of(volume)))
        self._add(
            replace(
                self._describe(item, identifier, "species"),
                compartment="" if amounts else volume,
                reacts=not (item.getBoundaryCondition() or item.getConstant()),
                initial=initial,
            )
        )

    def _parameter(self, item: Any, identifier: str) -> None:
        initial = number_of(item.getValue()) if item.isSetValue() else None
        self._add(replace(self._describe(item, identifier, "parameter"), initial=initial))

    def _reactions(self, model: Any) -> dict[str, Reaction]:
        found: dict[str, Reaction] = {}
        for item in model.getListOfReactions():
            identifier, line = item.getId(), item.getLine()
            where = f"reaction `{identifier}`"
            if item.isSetFast() and item.getFast():
                self._complain('fast="true" is not supported.', where, line)
            if not item.isSetKineticLaw():
                self._complain("has no kinetic law.", where, line)
                continue
            law = item.getKineticLaw()
            local: dict[str, Formula] = {}
            for parameters in (law.getListOfParameters(), law.getListOfLocalParameters()):
                for parameter in parameters:
                    inside = f"{identifier}.{parameter.getId()}"
                    local[parameter.getId()] = name_of(inside)
                    self._parameter(parameter, inside)
            changes = [
                self._change(model, end, sign)
                for ends, sign in ((item.getListOfReactants(), -1), (item.getListOfProducts(), 1))
                for end in ends
            ]
            formula = self._math.read(law.getMath(), where, law.getLine(), local)
            found[identifier] = Reaction(identifier, line, formula, tuple(changes))
        return found

    def _change(self, model: Any, item: Any, sign: int) -> tuple[str, Formula]:
        """Return what one turn of a reaction adds to a species, conversion included."""
        species, line = item.getSpecies(), item.getLine()
        if item.isSetStoichiometryMath():
            tree = item.getStoichiometryMath().getMath()
            amount = self._math.read(tree, f"stoichiometry of `{species}`", line)
        else:
            has = item.isSetStoichiometry() or model.getLevel() == 2  # where 1 is the default
            given = number_of(item.getStoichiometry() / item.getDenominator()) if has else None
            amount = given or number_of(1.0)
            if item.isSetId() and model.getLevel() > 2:
                described = self._describe(item, item.getId(), "stoichiometry")
                self._add(replace(described, initial=given))
                amount = name_of(item.getId())
            elif given is None:
                self._complain("has no stoichiometry.", f"reference to `{species}`", line)
        converts = ""
        if model.getLevel() > 2:
            converts = model.getSpecies(species).getConversionFactor()
            converts = converts or model.getConversionFactor()
        if converts:
            amount = Formula("times", (amount, name_of(converts)))
        if sign < 0:
            amount = Formula("minus", (amount,))
        return species, amount

    def _rules(self, model: Any) -> None:
        for item in model.getListOfInitialAssignments():
            identifier = item.getSymbol()
            where = f"initial assignment of `{identifier}`"
            self._set(identifier, "initial", self._math.read(item.getMath(), where, item.getLine()))
        for item in model.getListOfRules():
            if item.isAlgebraic():
                self._complain("an algebraic rule is not supported.", "", item.getLine())
                continue
            identifier = item.getVariable()
            kind: Literal["rule", "rate"] = "rule" if item.isAssignment() else "rate"
            where = f"{'assignment' if kind == 'rule' else 'rate'} rule of `{identifier}`"
            self._set(identifier, kind, self._math.read(item.getMath(), where, item.getLine()))

    def _set(
        self, identifier: str, what: Literal["initial", "rule", "rate"], formula: Formula
    ) -> None:
        known = self._quantities.get(identifier)
        if known is None:
            self._complain(f"`{identifier}` is set and nowhere declared.")
        elif what == "initial":
            self._quantities[identifier] = replace(known, initial=formula)
        elif what == "rule":
            self._quantities[identifier] = replace(known, rule=formula, initial=formula)
        else:
            self._quantities[identifier] = replace(known, rate=formula)

    def _events(self, model: Any) -> list[Any]:
        """Return the events that can happen and set something."""
        return [
            item
            for item in model.getListOfEvents()
            if item.isSetTrigger() and item.getNumEventAssignments()
        ]

    def _event(self, item: Any) -> Happening:
        line, trigger = item.getLine(), item.getTrigger()
        identifier = item.getId() or f"at line {line}"
        where = f"event `{identifier}`" if item.getId() else "event"
        if item.isSetDelay():
            delay = self._math.read(item.getDelay().getMath(), where, line)
            if delay != number_of(0.0):
                self._complain("a delay is not supported.", where, line)
        priority = -math.inf
        if item.isSetPriority():
            written = self._math.read(item.getPriority().getMath(), where, line)
            sign = 1.0
            if written.operator == "minus" and len(written.arguments) == 1:
                written, sign = written.arguments[0], -1.0
            if written.operator != "number":
                self._complain("a priority that is no number is not supported.", where, line)
            priority = sign * written.value
        latest = item.getLevel() > 2
        return Happening(
            identifier=identifier,
            line=line,
            trigger=self._math.read(trigger.getMath(), where, trigger.getLine()),
            held=trigger.getInitialValue() if latest else True,
            priority=priority,
            joins=item.getUseValuesFromTriggerTime() and (not latest or trigger.getPersistent()),
            assignments=tuple(
                (part.getVariable(), self._math.read(part.getMath(), where, part.getLine()))
                for part in item.getListOfEventAssignments()
            ),
        )

    def _trimmed(self, document: Document) -> Document:
        """Return the document with plain stoichiometries as numbers, and unused blanks gone."""
        asked = document.set_by_events | document.names(changes=False)
        plain: dict[str, Formula] = {}
        for quantity in document.quantities.values():
            initial = quantity.initial
            if quantity.kind != "stoichiometry" or quantity.identifier in asked:
                continue
            if initial and initial.operator == "number" and not (quantity.rule or quantity.rate):
                plain[quantity.identifier] = initial
        reactions = {
            reaction.identifier: replace(
                reaction,
                changes=tuple((name, amount.put(plain)) for name, amount in reaction.changes),
            )
            for reaction in document.reactions.values()
        }
        document = replace(document, reactions=reactions)
        kept = {
            quantity.identifier: quantity
            for quantity in document.quantities.values()
            if quantity.identifier not in plain
            and (
                quantity.identifier in document.used
                or not document.is_constant(quantity)
                or quantity.has_value()
            )
        }
        return replace(document, quantities=kept)
