"""The page of every species: its organs, flows and blood at the medians, and the rows behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING

from exocast.design.bodies import BodyDescription, describe_species
from exocast.design.vocabulary import Vocabulary
from exocast.evidence.catalogue import Catalogue
from exocast.report.style import RIVALS
from exocast.report.style import plain as clear
from exocast.units import present
from generator.methods import STANDINGS, rows_of, source_line
from generator.pictures import svg
from generator.writing import anchor, capital, plain, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "evidence/species"
ML_A_MINUTE = 6e7
ML = 1e6


def pages() -> dict[str, str]:
    """Return the page and the picture of every body, and their index."""
    catalogue = Catalogue.packaged()
    bodies = describe_species(Vocabulary.packaged(), catalogue).bodies
    made = {f"{FOLDER}/index.md": _index(bodies)}
    for body in bodies:
        made[f"{FOLDER}/{_file(body)}.md"] = _page(body, catalogue)
        made[f"{FOLDER}/{_file(body)}.svg"] = svg(_painter(body))
    return made


def _file(body: BodyDescription) -> str:
    return body.name.replace(".", "-")


def _title(body: BodyDescription) -> str:
    return capital(", ".join(filter(None, (body.species, body.sex))))


def _index(bodies: tuple[BodyDescription, ...]) -> str:
    rows = []
    for body in bodies:
        weight = body.weight.value
        count = Counter(row.standing for row in body.rows)
        rows.append(
            (
                f"[{_title(body)}]({_file(body)}.md)",
                present(weight, "kg"),
                f"{body.output * ML_A_MINUTE / weight:.0f}",
                f"{body.blood * ML / weight:.0f}",
                f"{body.haematocrit:.2f}",
                f"{body.median('fenestra_diameter') * 1e9:.0f}",
                ", ".join(f"{count[name]} {name}" for name in STANDINGS if count[name]),
            )
        )
    head = ("body", "weight", "output mL/min/kg", "blood mL/kg", "haematocrit", "fenestrae nm",
            "its own rows")  # fmt: skip
    return "\n".join(
        (
            "# Species",
            "",
            (
                "A species is rows of the catalogue and nothing else: whoever adds rows with "
                "`species=...` for what these pages list can dose it. Volumes of organs and large "
                "vessels add to 1 mL per gram of body weight, flows to the cardiac output; drawn "
                "shares are divided by their sum, so that every member balances. What was not "
                "found in a species is borrowed in an `assumed` row that says by which law. "
                "`exocast explain species` prints this table."
            ),
            "",
            table(head, rows),
            (
                "In a Design, `[subject] species` is enough: a body weight that is left out is the "
                "one of this table, and is listed among the defaults. `sex` changes what has rows "
                "of its own: of animals nothing, which a note says."
            ),
            "",
        )
    )


def _page(body: BodyDescription, catalogue: Catalogue) -> str:
    count = Counter(row.standing for row in body.rows)
    standing = ", ".join(f"{count[name]} {name}" for name in STANDINGS if count[name])
    lines = [
        f"# {_title(body)}",
        "",
        plain(f"{capital(body.summary)}"),
        "",
        (
            f"{standing} among the rows that hold for this body alone; {body.shared} rows more "
            "hold for every species and stand on the page of the "
            "[whole body](../../methods/biodistribution/whole_body.md)."
        ),
        "",
        "<figure markdown>",
        f"![Volumes and flows]({_file(body)}.svg)",
        f"<figcaption markdown>{_caption()}</figcaption>",
        "</figure>",
        "",
        "## Organs",
        "",
        table(
            ("organ", "volume mL", "of the body", "blood mL", "flow mL/min", "of the output",
             "capillaries"),
            (
                (
                    organ.title,
                    _short(organ.volume * ML),
                    f"{organ.volume / body.volume:.1%}",
                    _short(organ.blood * ML),
                    _short(organ.flow * ML_A_MINUTE),
                    f"{organ.flow / body.output:.1%}",
                    organ.capillary.replace("_", " "),
                )
                for organ in body.organs
            ),
        ),
        (
            "The liver's flow is its artery and the portal vein together; all blood passes the "
            "lung."
        ),
        "",
        "## Its own values",
        "",
    ]  # fmt: skip
    for key, rows in groupby(body.rows, key=lambda row: row.key):
        label = key.rpartition(".")[2].replace("_", " ")
        lines += [
            f'### `{key}` {{ #{anchor(key)} data-toc-label="{label}" }}',
            "",
            rows_of(rows, catalogue),
            "",
        ]
    lines += ["## Sources", ""]
    for key in sorted({row.source for row in body.rows}):
        lines += [source_line(catalogue.sources[key]), ""]
    return "\n".join(lines)


def _short(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.3g}"


def _caption() -> str:
    return (
        "Where the body is (left, share of its volume; dark: blood) and where the blood goes "
        "(right, share of the cardiac output, the liver by its artery alone), at the medians."
    )


def _painter(body: BodyDescription) -> Callable[[Figure], None]:
    """Return what draws the organs of a body: volumes, and shares of the output."""
    organs = [organ for organ in body.organs if organ.kind == "organ"][::-1]
    portal = next(organ.flow for organ in body.organs if organ.name == "portal")
    flows = [
        0.0 if organ.name == "lung"
        else organ.flow - (portal if organ.name == "liver" else 0.0)
        for organ in organs
    ]  # fmt: skip

    def paint(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        names = [organ.title for organ in organs]
        left.barh(names, [100 * one.volume / body.volume for one in organs],
                  color=RIVALS[0].light)  # fmt: skip
        left.barh(names, [100 * one.blood / body.volume for one in organs],
                  color=RIVALS[1].line)  # fmt: skip
        right.barh(names, [100 * flow / body.output for flow in flows], color=RIVALS[1].line)
        left.set_xlabel("share of the body, %")
        right.set_xlabel("share of the cardiac output, %")
        for axes in (left, right):
            clear(axes)
            axes.tick_params(axis="y", length=0)

    paint.__name__ = f"species_{_file(body)}".replace("-", "_")
    paint.__doc__ = f"Volumes and flows of the body: {_title(body)}.\n\n{_caption()}"
    return paint
