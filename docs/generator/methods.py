"""The page of every method, made from its class, its rows, its laws and its flags."""

from __future__ import annotations

import dataclasses
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import resources

from exocast.design.explaining import MethodDescription, SettingDescription, describe_method
from exocast.design.lawbook import evaluated_by, own_law, read_law, written_by
from exocast.design.vocabulary import Vocabulary
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Value, format_context
from exocast.evidence.source import Source
from exocast.stages import KINETIC, STAGES, methods
from exocast.units import from_si
from generator.laws import equation, shown
from generator.numbers import every_class
from generator.pictures import PICTURES, svg, words
from generator.writing import anchor, between, capital, plain, prose, sections, table

STAGE_WORDS = {
    "donor": ("Donor cells", "Where the vesicles come from."),
    "isolation": ("Isolation", "Which particles, and how much liquid, come along."),
    "assay": ("Assay", "What an instrument would read; it changes nothing."),
    "loading": (
        "Loading",
        "Cargo is brought to finished vesicles, or to the cells that make them.",
    ),
    "surface_engineering": ("Surface engineering", "What is put on the outside."),
    "storage": ("Storage", "What is left, and still loaded, when the vial is opened."),
    "biodistribution": (
        "Body",
        "Where vesicles go, by which route they come in, and what a label shows.",
    ),
    "uptake": ("Target cell", "How vesicles get in, and how few of them open."),
    "response": ("Response", "What the cargo does to the cell and to the tumour."),
    "clinical_translation": ("Clinical translation", "Human dose, scale and release."),
}
STANDINGS = ("read", "borrowed", "assumed")
_RAISE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MANY = 8
"""Rows of one value above which they are folded."""


def vocabulary() -> Vocabulary:
    """Return the packaged names, with routes and labels as methods of the body."""
    tables: dict[str, dict[str, type]] = {stage: {} for stage in STAGES}
    for stage, name, cls in every_class():
        tables[stage][name] = cls
    return dataclasses.replace(Vocabulary.packaged(), methods=lambda stage: tables[stage])


def path_of(stage: str, name: str) -> str:
    """Return the page of a method, from the root of the documentation."""
    return f"methods/{stage}/{name}.md"


def pages() -> dict[str, str]:
    """Return every method page, their index, and their pictures."""
    drawn = {
        f"methods/{stage}/{name}-{painter.__name__}.svg": svg(painter)
        for stage, name, _ in every_class()
        for painter in PICTURES.get(f"{stage}.{name}", ())
    }
    return {**texts(), **drawn}


def texts() -> dict[str, str]:
    """Return every method page and their index."""
    known, catalogue = vocabulary(), Catalogue.packaged()
    made: dict[str, str] = {}
    listed: dict[str, list[MethodDescription]] = {stage: [] for stage in STAGES}
    for stage, name, cls in every_class():
        described = describe_method(stage, name, vocabulary=known, catalogue=catalogue)
        made[path_of(stage, name)] = _page(described, cls, catalogue)
        listed[stage].append(described)
    made["methods/index.md"] = _index(listed)
    return made


def _index(listed: Mapping[str, list[MethodDescription]]) -> str:
    lines = [
        "# Methods",
        "",
        (
            "Every page here is made from the code and the catalogue when the site is built: the "
            "docstring of "
            "the class, its settings, the laws it evaluates, the rows that value it, and the "
            "warnings it can "
            "raise. What is not on the page is not in the model. `exocast methods` and `exocast "
            "explain` print "
            "the same in a terminal."
        ),
        "",
        (
            "*Rests on* counts the rows behind a method: read in a source, borrowed from another "
            "context, "
            "assumed ([what that means](../evidence/index.md))."
        ),
        "",
    ]
    for stage, described in listed.items():
        title, what = STAGE_WORDS.get(stage, (capital(stage.replace("_", " ")), ""))
        lines += [f"## {title}", "", what, ""]
        rows = []
        for one in described:
            name = one.name.partition(".")[2]
            badge = " (speculative)" if one.speculative else ""
            rows.append(
                (f"[{plain(name)}]({stage}/{name}.md)", prose(one.summary) + badge, _standing(one))
            )
        lines.append(table(("method", "what it is", "rests on"), rows))
    return "\n".join(lines)


def _standing(described: MethodDescription) -> str:
    count = Counter(value.standing for one in described.parameters for value in one.values)
    return ", ".join(f"{count[name]} {name}" for name in STANDINGS if count[name]) or "no values"


def _page(described: MethodDescription, cls: type, catalogue: Catalogue) -> str:
    stage, _, name = described.name.partition(".")
    doc = sections(described.doc)
    heading = capital(described.title)
    lines = [f"# {heading}", ""]
    lines += [
        f"`{described.name}` · {STAGE_WORDS[stage][0].lower()} · rests on {_standing(described)}",
        "",
    ]
    if described.speculative:
        lines += [
            '!!! warning "Speculative"',
            (
                "    Numbers that move its result are assumed. "
                "They are marked below, and in every report."
            ),
            "",
        ]
    lines += [prose(doc[""]), ""]
    if doc.get("Notes"):
        lines += [prose(doc["Notes"]), ""]
    lines += _pictures(described.name)
    lines += ["## In a Design", "", _in_a_design(stage, name, described), ""]
    lines += _settings(described.settings, catalogue)
    lines += _laws(cls)
    lines += _values(described, catalogue)
    lines += _flags(described)
    lines += _sources(_cited(described), catalogue)
    return "\n".join(lines)


def _pictures(key: str) -> list[str]:
    lines: list[str] = []
    _stage, _, name = key.partition(".")
    for painter in PICTURES.get(key, ()):
        title, caption = words(painter)
        lines += [
            "<figure markdown>",
            f"![{title}]({name}-{painter.__name__}.svg)",
            f"<figcaption markdown>**{title}.** {caption}</figcaption>",
            "</figure>",
            "",
        ]
    return ["## The law over its domain", "", *lines] if lines else []


def _in_a_design(stage: str, name: str, described: MethodDescription) -> str:
    """Return how a Design names it: as the packaged Design does, or by its defaults."""
    if name == "tag":
        return (
            '```toml\n[subject]\nlabels = ["zirconium-89", "lipophilic-dye"]\n```\n\n'
            "Known labels are the contexts `label=...` of its values; `exocast labels` shows one "
            "dose under every one."
        )
    routes = {route for group, route, _ in every_class() if group == "biodistribution"} - set(
        methods("biodistribution")
    )
    if name in routes:
        return (
            f'```toml\n[regimen]\nroute = "{name}"\ndose  = "1e10 particles"\ntimes = ["0 h"]\n```'
        )
    if stage in KINETIC:
        key = {"biodistribution": "body", "uptake": "cell", "response": "response"}[stage]
        value = f'["{name}"]' if stage == "response" else f'"{name}"'
        return f"```toml\n[models]\n{key} = {value}\n```"
    written = _in_the_template(stage, name)
    if written:
        return f"```toml\n{written}\n```"
    rows = [("stage", f'"{stage}"'), ("method", f'"{name}"')]
    for one in described.settings:
        if one.default and not one.rows and one.name != "id":
            number = one.unit and not one.choices
            rows.append(
                (one.name, one.default if number and _bare(one.default) else f'"{one.default}"')
            )
    width = max(len(key) for key, _ in rows)
    return (
        "```toml\n[[step]]\n"
        + "\n".join(f"{key:{width}} = {value}" for key, value in rows)
        + "\n```"
    )


def _bare(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _in_the_template(stage: str, name: str) -> str:
    """Return the step of the packaged Design, without its comments."""
    text = (resources.files("exocast") / "templates" / "kras-sirna-tumour.toml").read_text("utf-8")
    for block in text.split("[[step]]")[1:]:
        body = block.split("\n\n")[0]
        if f'"{stage}"' in body and f'"{name}"' in body:
            lines = [line.split("  #")[0].rstrip() for line in body.splitlines()[1:]]
            return "[[step]]\n" + "\n".join(line for line in lines if not line.startswith("#"))
    return ""


def _settings(settings: tuple[SettingDescription, ...], catalogue: Catalogue) -> list[str]:
    if not settings:
        return []
    rows = []
    for one in settings:
        rows.append(_setting(one, "", catalogue))
        rows += [_setting(inner, f"{one.name}.", catalogue) for inner in one.rows]
    return [
        "## Settings: you choose",
        "",
        table(("setting", "default", "bounds", "what it is", "turned up, it", "source"), rows),
    ]


def _setting(one: SettingDescription, prefix: str, catalogue: Catalogue) -> tuple[str, ...]:
    given = "required" if one.required else plain(one.default) or "none"
    bounds = ", ".join(f"`{name}`" for name in one.choices)
    bounds = bounds or between(one.low, one.high)
    verb = {1: "raises ", -1: "lowers ", 0: "moves "}[one.direction]
    moves = verb + plain(_moved(one.moves)) if one.moves else ""
    source = (
        f"[{plain(one.source)}](#source-{anchor(one.source)})"
        if one.source in catalogue.sources
        else ""
    )
    return (
        f"`{prefix}{one.name}`",
        given,
        bounds,
        prose(one.doc),
        moves,
        source or ("" if one.required else "convention"),
    )


def _laws(cls: type) -> list[str]:
    """Return the equations of a method: its own, then those of the laws that it rests on."""
    lines = ["## Equations", ""]
    own, written = own_law(cls), written_by(f"{cls.stage}.{cls.method}")
    if own.equations:
        lines += [shown(own), ""]
    if written:
        said = "It writes these laws into the network as expressions; its tests hold it to them."
        lines += [said, "", *(equation(read_law(law), "../../") for law in written), ""]
    called = [law for law in evaluated_by(cls) if law not in written]
    if called:
        said = "The laws that it evaluates, with where they hold and come from."
        lines += [said, "", *(equation(read_law(law), "../../") for law in called), ""]
    return lines


def _values(described: MethodDescription, catalogue: Catalogue) -> list[str]:
    if not described.parameters:
        return []
    lines = [
        "## Values: nature chooses",
        "",
        (
            "Median, and in brackets 5 to 95 % of what is *not known* (the ends, for flat rows). "
            "*Varies* is how "
            "much subjects or batches differ, as a coefficient of variation."
        ),
        "",
    ]
    for one in described.parameters:
        positive = not one.high and one.low.split(" ")[0] == "0"  # goes without saying
        bounds = "" if positive else between(one.low, one.high)
        label = one.key.rpartition(".")[2].replace("_", " ")
        lines += [
            f'### `{one.key}` {{ #{anchor(one.key)} data-toc-label="{label}" }}',
            "",
            prose(one.doc) + (f" Bounds: {bounds}." if bounds else ""),
            "",
        ]
        shown = rows_of(one.values, catalogue)
        if len(one.values) > MANY:
            shown = f'??? note "{len(one.values)} rows"\n\n' + textwrap.indent(shown, "    ")
        lines += [shown or "No row yet.", ""]
    return lines


def rows_of(values: Iterable[Value], catalogue: Catalogue, page: str = "") -> str:
    """Return rows of the catalogue as a table; only the columns that some row fills."""
    held = []
    for value in values:
        source = catalogue.sources[value.source]
        where = f", {plain(value.locator)}" if value.locator else ""
        rival = ""
        if value.hypothesis:
            rival = f"`{value.hypothesis}`" + (" (preferred)" if value.preferred else "")
        elif not value.preferred:
            rival = "rival, not taken"
        held.append(
            (
                amount(value),
                f"{value.variability:.0%}" if value.variability else "",
                plain(format_context(value.context)),
                rival,
                _known(value),
                f"[{plain(short(source))}]({page}#source-{anchor(source.key)}){where}",
                plain(value.note),
            )
        )
    header = ("value", "varies", "holds for", "hypothesis", "standing", "source", "note")
    full = [place for place in range(len(header)) if any(row[place] for row in held)]
    return table(
        [header[place] for place in full], [[row[place] for place in full] for row in held]
    )


def amount(value: Value) -> str:
    """Return a row's number with its spread and unit, as it is written in the table."""
    unit = "" if value.unit == "1" else f" {plain(_unit(value.unit))}"
    middle, low, high = (from_si(x, value.unit) for x in (value.value, value.low, value.high))
    spread = f" ({low:.3g} … {high:.3g})" if value.low != value.high else ""
    return f"{middle:.4g}{spread}{unit}"


def _unit(text: str) -> str:
    """Return a unit as people write it."""
    raised = re.sub(r"\^(\d)", lambda found: found[1].translate(_RAISE), text.replace("*", "·"))
    return re.sub(r"\bu(?=[mLgMFA])", "µ", raised)


def _known(value: Value) -> str:
    """Return how a row stands, and how its source knew."""
    how = "" if value.method == "assumed" else f", {value.method.replace('_', ' ')}"
    return f"**{value.standing}**{how}"


def _moved(text: str) -> str:
    """Return what a setting moves, without the marks of the contract test."""
    return re.sub(r" \[[^\]]*\]$", "", text.replace("solute/", "dissolved "))


def short(source: Source) -> str:
    """Return a source in a word or two."""
    if source.kind == "assumption":
        return "assumption"
    if source.kind == "calculation":
        return "calculation"
    first = source.authors.split(",")[0].split(";")[0].split(" and ")[0].strip()
    return f"{first.split()[0] if first else source.key} {source.year}"


def _flags(described: MethodDescription) -> list[str]:
    if not described.flags:
        return []
    lines = [
        "## Where it warns",
        "",
        (
            "Leaving the domain in which the method holds raises a flag on the forecast, never "
            "an error. An "
            "ellipsis stands for a number of the run."
        ),
        "",
    ]
    return [*lines, *(f"- {capital(plain(text))}" for text in described.flags), ""]


def _cited(described: MethodDescription) -> list[str]:
    keys = [value.source for one in described.parameters for value in one.values]
    keys += [one.source for one in described.settings if one.source]
    keys += [inner.source for one in described.settings for inner in one.rows if inner.source]
    return sorted(dict.fromkeys(keys))


def _sources(keys: list[str], catalogue: Catalogue) -> list[str]:
    if not keys:
        return []
    known = [key for key in keys if key in catalogue.sources]
    return ["## Sources", "", *(source_line(catalogue.sources[key]) for key in known), ""]


def source_line(source: Source) -> str:
    """Return one source as a list entry with an anchor."""
    who = f"{plain(source.authors)} " if source.authors else ""
    journal = f" *{plain(source.journal)}*." if source.journal else ""
    where = f" [{plain(source.address)}]({source.address})" if source.address else ""
    formula = f" Formula: {plain(source.formula)}." if source.formula else ""
    title = plain(source.title.rstrip("."))
    return (
        f'- <a id="source-{anchor(source.key)}"></a>`{source.key}`, {source.kind}: '
        f"{who}({source.year}). "
        f"{title}.{journal}{formula}{where}"
    )
