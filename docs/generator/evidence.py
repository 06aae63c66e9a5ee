"""Evidence pages: counts by standing, rival hypotheses with their rows, every row, every source."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Value
from exocast.report.figures import draw
from exocast.report.style import INK, STANDING
from exocast.report.style import plain as clear
from generator.methods import STAGE_WORDS, STANDINGS, rows_of, source_line
from generator.numbers import parameters
from generator.writing import anchor, capital, plain, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {**{stage: words[0] for stage, words in STAGE_WORDS.items()}}


def pages() -> dict[str, str]:
    """Return every evidence page."""
    catalogue = Catalogue.packaged()
    groups: dict[str, dict[str, tuple[Value, ...]]] = defaultdict(dict)
    for key, values in catalogue.values.items():
        groups[key.split(".")[0]][key] = values
    order = sorted(
        groups, key=lambda name: list(NAMES).index(name) if name in NAMES else len(NAMES)
    )
    made = {f"evidence/values/{name}.md": _values(name, groups[name], catalogue) for name in order}
    made["evidence/values/index.md"] = _values_index(order, groups)
    made["evidence/hypotheses.md"] = _hypotheses(catalogue)
    made["evidence/sources.md"] = _sources(catalogue)
    made["evidence/standing.svg"] = _drawn(order, groups)
    return made


def counts_table() -> str:
    """Return how many rows stand how, by stage."""
    rows, total = [], Counter[str]()
    by_stage: dict[str, Counter[str]] = defaultdict(Counter)
    for key, values in Catalogue.packaged().values.items():
        by_stage[key.split(".")[0]].update(value.standing for value in values)
    for stage, count in by_stage.items():
        total += count
        rows.append(
            (_title(stage), *(str(count[name]) for name in STANDINGS), str(sum(count.values())))
        )
    rows.sort()
    rows.append(
        ("**all**", *(f"**{total[name]}**" for name in STANDINGS), f"**{sum(total.values())}**")
    )
    return table(("rows about", *STANDINGS, "all"), rows)


def hypotheses_count() -> str:
    """Return how many families of rivals there are, in words."""
    count = len(Catalogue.packaged().hypotheses)
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if count < len(words) else str(count)


def _title(stage: str) -> str:
    return NAMES.get(stage, capital(stage.replace("_", " ")))


def _values_index(order: list[str], groups: dict[str, dict[str, tuple[Value, ...]]]) -> str:
    rows = []
    for name in order:
        values = [value for held in groups[name].values() for value in held]
        rows.append((f"[{_title(name)}]({name}.md)", str(len(groups[name])), str(len(values))))
    return (
        "# Every value\n\nAll rows of the catalogue, as a run reads them. Search for a key, a "
        "source or a word of "
        "a note; `exocast explain KEY` prints one in the terminal.\n\n"
        + table(("about", "quantities", "rows"), rows)
    )


def _values(name: str, keys: dict[str, tuple[Value, ...]], catalogue: Catalogue) -> str:
    lines = [f"# {_title(name)}: values", ""]
    known = parameters()
    for key, values in keys.items():
        doc = plain(known[key].doc) if key in known else ""
        label = key.partition(".")[2].replace("_", " ").replace(".", ", ")
        lines += [
            f'### `{key}` {{ #{anchor(key)} data-toc-label="{label}" }}',
            "",
            doc,
            "",
            rows_of(values, catalogue, "../sources.md"),
            "",
        ]
    return "\n".join(lines)


def _hypotheses(catalogue: Catalogue) -> str:
    lines = [
        "# Rival hypotheses",
        "",
        (
            "Where published experiments contradict each other, exocast holds each side as a "
            "rival. "
            "Rivals are tied "
            "across every value that they touch, run apart on the same random members, and never "
            "averaged: their "
            "span is the third bar, beside uncertainty and variability. A Design names one, or "
            'writes `"each"`.'
        ),
        "",
        '```toml\n[hypotheses]\nendosomal_escape = "each"\n```',
        "",
    ]
    for family, held in catalogue.hypotheses.items():
        lines += [f"## `{family}` {{ #{anchor(family)} }}", "", plain(held.doc), ""]
        options = [
            (f"`{option}`" + (" (preferred)" if option == held.preferred else ""), plain(text))
            for option, text in held.options.items()
        ]
        lines += [table(("option", "what it holds"), options)]
        lines += ["Rows that differ:", ""]
        tied = {
            key: [v for v in values if v.hypothesis.partition(":")[0] == family]
            for key, values in catalogue.values.items()
        }
        for key, values in tied.items():
            if values:
                lines += [f"`{key}`", "", rows_of(values, catalogue, "sources.md"), ""]
        if not any(tied.values()):
            lines += ["None yet: the rivals differ in which laws act, not in a value.", ""]
    lines += [
        "## Rivals without a family",
        "",
        (
            "Two sources that give one value differently, of "
            "which a run takes "
            "the preferred. Each is a doubt about one number, not about how things work."
        ),
        "",
    ]
    for key, values in catalogue.values.items():
        contexts = Counter(value.identity for value in values if not value.hypothesis)
        rivals = [v for v in values if not v.hypothesis and contexts[v.identity] > 1]
        if rivals:
            lines += [f"`{key}`", "", rows_of(rivals, catalogue, "sources.md"), ""]
    return "\n".join(lines)


def _sources(catalogue: Catalogue) -> str:
    used = Counter(value.source for values in catalogue.values.values() for value in values)
    kinds: dict[str, list[str]] = defaultdict(list)
    for key, source in sorted(catalogue.sources.items()):
        count = used[key]
        said = (
            f"; {count} row{'s' if count != 1 else ''}"
            if count
            else "; behind a default or a calculation"
        )
        kinds[source.kind].append(source_line(source) + said)
    lines = [
        "# Sources",
        "",
        (
            "Every source of the catalogue. That a source is listed does not "
            "say that all of it was "
            "read: that is said row by row."
        ),
        "",
    ]
    titles = {
        "article": "Articles",
        "dataset": "Data sets",
        "handbook": "Handbooks and practice",
        "file": "Files",
        "calculation": "Calculations",
        "assumption": "Assumptions",
    }
    for kind, title in titles.items():
        if kinds[kind]:
            lines += [f"## {title}", "", *kinds[kind], ""]
    return "\n".join(lines)


def _drawn(order: list[str], groups: dict[str, dict[str, tuple[Value, ...]]]) -> str:
    """Return the rows by standing, as a picture."""
    counts = {
        name: Counter(value.standing for values in groups[name].values() for value in values)
        for name in order
    }
    title = "How the rows of the catalogue stand, by what they are about"
    drawn = str(
        draw("standing", title, 0.6 + 0.26 * len(order), partial(_paint, counts), width=7.6)
    )
    return drawn.replace(
        "<svg ",
        '<svg xmlns="http://www.w3.org/2000/svg" style="font-family: Verdana, sans-serif" ',
        1,
    )


def _paint(counts: dict[str, Counter[str]], figure: Figure) -> None:
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    for place, (name, count) in enumerate(reversed(counts.items())):
        start = 0
        for standing in STANDINGS:
            fill, hatch = STANDING[standing]
            axes.barh(
                place,
                count[standing],
                left=start,
                height=0.66,
                color=fill,
                hatch=hatch,
                edgecolor=INK,
                linewidth=0.6,
                label=standing if place == 0 else None,
            )
            start += count[standing]
        del name
    axes.set_yticks(range(len(counts)), [_title(name) for name in reversed(counts)])
    axes.set_xlabel("rows")
    clear(axes)
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")
