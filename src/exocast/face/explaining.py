"""`exocast.explain`: a method, a table of the Design, or a value, with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from exocast.errors import EvidenceError, nearest
from exocast.face.showing import as_html, as_text, page_of, plain_table

if TYPE_CHECKING:
    import pandas as pd

    from exocast.design import MethodDescription, SettingDescription
    from exocast.evidence import Source
    from exocast.evidence.parameter import Value
    from exocast.report.blocks import Table

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, repr=False)
class Explanation:
    """What stands behind a name: what you choose, what nature chooses, and who says so.

    Attributes
    ----------
    key : str
        ``stage.method``, a table such as ``regimen``, or the key of a value.
    title, doc : str
        Heading, and the docstring: equation, where it holds, references.
    choices : tuple of SettingDescription
        Settings; none for a value.
    rows : tuple of Value
        Rows of the catalogue, rivals beside each other.
    sources : dict of str to Source
        What they were read in.
    speculative : bool
        Whether a method rests on assumed numbers.
    """

    key: str
    title: str
    doc: str
    choices: tuple[SettingDescription, ...]
    rows: tuple[Value, ...]
    sources: dict[str, Source]
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
        return f"{self.key}   {self.title}{badge}"

    def __repr__(self) -> str:
        parts = [self._head, self.doc]
        parts += [f"You choose\n{as_text(self._settings())}"] if self.choices else []
        parts += [f"Nature chooses\n{as_text(self._values())}"] if self.rows else []
        return "\n\n".join(filter(None, parts))

    def _repr_html_(self) -> str:
        parts = [f"<pre>{escape(self.doc)}</pre>"] if self.doc else []
        parts += [f"<p>You choose</p>{as_html(self._settings())}"] if self.choices else []
        parts += [f"<p>Nature chooses</p>{as_html(self._values())}"] if self.rows else []
        return page_of(self._head, *parts)


def explain(key: str) -> Explanation:
    """Explain ``stage.method``, a table such as ``regimen``, or the key of a value.

    Raises
    ------
    EvidenceError
        If nothing has that name; the message offers the nearest.

    Examples
    --------
    >>> explain("loading.electroporation").settings.loc["field", "default"]
    '400 V/cm'
    """
    from exocast.design import describe_method, describe_table, method_names
    from exocast.design.building import EXPLAINED
    from exocast.evidence import Catalogue
    from exocast.stages import STAGES

    catalogue = Catalogue.packaged()
    if key in EXPLAINED:
        return _explained(describe_table(key), catalogue.sources)
    if key in catalogue.values:
        rows = catalogue.values[key]
        return Explanation(key, "", "", (), tuple(rows), dict(catalogue.sources))
    stage, _, rest = key.partition(".")
    method = rest.split(".")[0]
    if stage in STAGES and method in method_names(stage):
        described = describe_method(stage, method, catalogue=catalogue)
        return _explained(described, catalogue.sources)
    known = [*EXPLAINED, *catalogue.values]
    known += [f"{name}.{method}" for name in STAGES for method in method_names(name)]
    raise EvidenceError(f"nothing is called `{key}`. {nearest(key, known)}")


def _explained(described: MethodDescription, sources: Mapping[str, Source]) -> Explanation:
    """Return a method or a table, with the values of its parameters."""
    return Explanation(
        key=described.name,
        title=described.title,
        doc=described.doc,
        choices=described.settings,
        rows=tuple(value for one in described.parameters for value in one.values),
        sources=dict(sources),
        speculative=described.speculative,
    )


def _chosen(one: SettingDescription) -> tuple[str, str, str, str]:
    """Return default, bounds or choices, meaning and source of a setting."""
    given = "required" if one.required else one.default or "none"
    bounds = ", ".join(one.choices) or " … ".join(filter(None, (one.low, one.high)))
    return given, bounds, one.doc, one.source
