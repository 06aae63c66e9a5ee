"""`exocast.explain`: a method, a table of the Design, or a value, with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from exocast.face.showing import as_html, as_text, page_of, plain_table

if TYPE_CHECKING:
    import pandas as pd

    from exocast.design import SettingDescription
    from exocast.design.lawbook import Law
    from exocast.evidence import Source
    from exocast.evidence.parameter import Value
    from exocast.report.blocks import Table

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, repr=False)
class Explanation:
    """What stands behind a name: equations, what you choose, what nature chooses, and who says so.

    It shows itself as text or, in a notebook, with its equations set. `exocast explain` prints the
    same, and can answer a question under each rival.

    Attributes
    ----------
    key : str
        ``stage.method``, a setting's address, a table such as ``regimen``, the key of a value, or
        the family of a hypothesis.
    title, doc : str
        Heading, and what it is.
    choices : tuple of SettingDescription
        Settings.
    laws : tuple of Law
        Equations, each with its symbols, where it holds and where it comes from.
    rows : tuple of Value
        Rows of the catalogue, rivals beside each other.
    flags : tuple of str
        What a method says where the domain in which it holds is left.
    sources : mapping of str to Source
        What values were read in, by key.
    speculative : bool
        Whether a method rests on assumed numbers.
    """

    key: str
    title: str
    doc: str
    choices: tuple[SettingDescription, ...] = ()
    laws: tuple[Law, ...] = ()
    rows: tuple[Value, ...] = ()
    flags: tuple[str, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    speculative: bool = False

    @property
    def settings(self) -> pd.DataFrame:
        """Return the settings: default, bounds, choices, meaning and source."""
        import pandas as pd

        table = self._settings()
        lines = [[cell.text for cell in row] for row in table.rows]
        return pd.DataFrame(lines, columns=list(table.titles)).set_index("setting")

    @property
    def values(self) -> pd.DataFrame:
        """Return the values, numbers in SI, with standing, source, locator and note."""
        import pandas as pd

        from exocast.evidence.parameter import format_context
        from exocast.units import base_unit

        lines = [
            {
                "key": one.key,
                "context": format_context(one.context),
                "hypothesis": one.hypothesis,
                "preferred": one.preferred,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "variability": one.variability,
                "unit": base_unit(one.unit),
                "standing": one.standing,
                "source": one.source,
                "locator": one.locator,
                "read": one.read,
                "method": one.method,
                "note": one.note,
            }
            for one in self.rows
        ]
        return pd.DataFrame(lines)

    def _settings(self) -> Table:
        lines = []
        for one in self.choices:
            lines.append((one.name, *_chosen(one)))
            lines += [(f"{one.name}.{row.name}", *_chosen(row)) for row in one.rows]
        return plain_table(("setting", "default", "bounds", "what it is", "source"), lines)

    def _values(self) -> Table:
        from exocast.evidence.parameter import format_context
        from exocast.report.words import amount
        from exocast.units import from_si

        lines = []
        for one in self.rows:
            middle, low, high = (from_si(x, one.unit) for x in (one.value, one.low, one.high))
            ends = "" if low == high else f"{amount(low)} – {amount(high)}"
            told = "; ".join(filter(None, (format_context(one.context), one.hypothesis)))
            unit = "" if one.unit == "1" else one.unit
            lines.append((one.key.rpartition(".")[2], told, amount(middle, 3), ends, unit,
                          one.standing, one.source))  # fmt: skip
        head = ("value", "where it holds", "median|", "5 – 95 %|", "unit", "standing", "source")
        return plain_table(head, lines)

    @property
    def _head(self) -> str:
        badge = " (speculative: rests on assumed numbers)" if self.speculative else ""
        return f"{self.key}   {self.title}{badge}".rstrip()

    def __repr__(self) -> str:
        from exocast.design.typesetting import in_a_line

        parts = [self._head, self.doc]
        lines = [
            f"  {in_a_line(equation)}    {law.gives}"
            for law in self.laws
            for equation in law.equations
        ]
        parts += ["Equations\n" + "\n".join(lines)] if lines else []
        parts += [f"You choose\n{as_text(self._settings())}"] if self.choices else []
        parts += [f"Nature chooses\n{as_text(self._values())}"] if self.rows else []
        parts += ["Where it no longer holds\n  " + "\n  ".join(self.flags)] if self.flags else []
        return "\n\n".join(filter(None, parts))

    def _repr_html_(self) -> str:
        from exocast.design.typesetting import mathml

        parts = [f"<pre>{escape(self.doc)}</pre>"] if self.doc else []
        for law in self.laws:
            set_out = "".join(mathml(equation, block=True) for equation in law.equations)
            parts.append(f"<p>{escape(law.gives)}</p>{set_out}")
        parts += [f"<p>You choose</p>{as_html(self._settings())}"] if self.choices else []
        parts += [f"<p>Nature chooses</p>{as_html(self._values())}"] if self.rows else []
        if self.flags:
            items = "".join(f"<li>{escape(flag)}</li>" for flag in self.flags)
            parts.append(f"<p>Where it no longer holds</p><ul>{items}</ul>")
        return page_of(self._head, *parts)


def explain(key: str) -> Explanation:
    """Explain a method, a setting, a table, a value or a hypothesis.

    Parameters
    ----------
    key : str
        ``stage.method``, a setting's address such as ``loading.electroporation.field``, a table
        such as ``regimen``, the key of a value, the family of a hypothesis, a species, or
        ``species`` for all of them.

    Raises
    ------
    EvidenceError
        If nothing has that name; the message offers the nearest.

    Examples
    --------
    >>> method = explain("loading.electroporation")
    >>> method.settings.loc["field", "default"], len(method.laws) > 1
    ('400 V/cm', True)
    """
    from exocast.design.bodies import BodyDescription, SpeciesList
    from exocast.design.explaining import (
        HypothesisDescription,
        MethodDescription,
        SettingExplained,
        ThingDescription,
        describe,
    )
    from exocast.evidence import Catalogue

    catalogue = Catalogue.packaged()
    found = describe(key, catalogue=catalogue)
    held = partial(Explanation, sources=catalogue.sources)
    if isinstance(found, MethodDescription):
        return held(
            found.name,
            found.title,
            found.doc,
            choices=found.settings,
            laws=found.laws,
            rows=tuple(value for one in found.parameters for value in one.values),
            flags=found.flags,
            speculative=found.speculative,
        )
    if isinstance(found, SettingExplained):
        return held(found.address, found.owner.title, found.setting.doc, choices=(found.setting,))
    if isinstance(found, HypothesisDescription):
        rows = tuple(value for option in found.rows.values() for value in option)
        return held(found.family, "a hypothesis", found.hypothesis.doc, rows=rows)
    if isinstance(found, SpeciesList):
        names = ", ".join(body.name for body in found.bodies)
        weights = tuple(body.weight for body in found.bodies)
        return held("species", "every body", f"Bodies: {names}.", rows=weights)
    if isinstance(found, BodyDescription):
        return held(found.name, "a body", found.summary, rows=found.rows)
    if isinstance(found, ThingDescription):
        doc = "\n".join(f"{word}: {said}" for word, said in found.facts)
        return held(found.name, f"{found.what}: {found.title}", doc, rows=found.rows)
    return held(found.key, "", found.doc, rows=found.rows)


def _chosen(one: SettingDescription) -> tuple[str, str, str, str]:
    """Return default, bounds or choices, meaning and source of a setting."""
    given = "required" if one.required else one.default or "none"
    bounds = ", ".join(one.choices) or " … ".join(filter(None, (one.low, one.high)))
    return given, bounds, one.doc, one.source
