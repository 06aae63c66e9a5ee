"""Panel 1: the answer in one sentence, what would raise it, and how far to trust it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from exocast.evidence.parameter import STANDINGS
from exocast.material.asking import QUANTITIES
from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Card, Cards, Panel, Picture, Shares, Text, csv_text
from exocast.report.figures import draw
from exocast.report.loaded import WORTH, astray, worth_raising
from exocast.report.panels.rows import (
    SPREADS,
    Record,
    asked_organ,
    broken,
    noun,
    passage,
    per_cell,
    size,
)
from exocast.report.style import FAINT, INK, QUIET, RIVALS, bar, decades, log_ticks, plain
from exocast.report.words import (
    amount,
    capital,
    conditional,
    counted,
    each_way,
    friendly,
    gained,
    joined,
    most,
    named,
    orders,
    percent,
    stated,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["panel"]

MOST = 3
"""Rivals that one sentence can hold; of more, the two ends are named."""


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    blocks: list[Block] = []
    if record["members"]["finished"]:
        blocks += gauge(record)
        blocks.append(Cards((_holds_back(record), _raise(record), *_variants(record))))
    blocks.append(_trust(record))
    blocks.append(Text(_health(record), "note"))
    return Panel("answer", "The answer", "Answer", sentence(record), tuple(blocks))


def sentence(record: Record) -> str:
    """Return the answer in one sentence: needed, arriving, orders short, limiting step."""
    members, answer, question = record["members"], record["answer"], record["question"]
    if not members["finished"]:
        return (
            f"None of the {members['asked']} members ran to the end, so there is no answer: "
            "see the flags for what to try."
        )
    if not per_cell(record):
        return _plain(record)
    when = friendly(question["at_seconds"], "s")
    what = _what(record)
    found = [
        (_some(row["median"])
         + (f" ({orders(row['orders_short'])})" if answer["needed"] and row["median"] else ""), row)
        for row in answer["rows"]
    ]  # fmt: skip
    if len(found) > MOST:
        found.sort(key=lambda pair: pair[1]["median"])
        found = [found[0], found[-1]]
    counted_in = f"{noun(record)} per {question['target_cell']} cell"
    if answer["needed"]:
        words = f"{amount(answer['needed'])} {counted_in} are needed; "
        words += f"{what} by {when} the forecast is {each_way(found)}"
    else:
        where = what.removeprefix("particles ")
        words = f"{capital(counted_in)} {where} by {when}: {each_way(found)}"
        words += "; no amount was asked for"
    if len(answer["rows"]) > MOST:
        words += f", the ends of {len(answer['rows'])} hypotheses"
    limiting = record["limiting_step"]
    if limiting:
        words += f"; the limiting step is {passage(record, limiting['name'], limiting['title'])}"
    return f"{words}."


def _plain(record: Record) -> str:
    """Return the answer of a tube or of an organ in one sentence, with the limiting step."""
    answer, limiting = record["answer"], record["limiting_step"]
    counted_in = answer["counted"]
    if asked_organ(record):
        counted_in += f" by {friendly(record['question']['at_seconds'], 's')}"
    found = []
    for row in answer["rows"]:
        short = f" ({orders(row['orders_short'])})" if answer["needed"] and row["median"] else ""
        some = stated(row["median"], row["unit"]) if row["median"] != 0 else "none at all"
        found.append((f"{some}{short}", row))
    if answer["needed"]:
        asked = QUANTITIES[record["question"]["quantity"]]
        wanted = asked.wanted(answer["needed"], words=counted_in)
        words = f"{wanted}; the forecast is "
        words += each_way(found)
    else:
        told = each_way(found)
        apart = any(row["phrase"] for row in answer["rows"])
        words = f"{capital(counted_in)}: {told}" if apart else f"{capital(told)} {counted_in}"
        words += "; no amount was asked for"
    if limiting and (limiting["gain"] is None or limiting["gain"] >= WORTH):
        step = passage(record, limiting["name"], limiting["title"])
        words += f"; the most room to improve is {step} ({most(limiting['gain'])})"
    strayed = astray(record) if QUANTITIES[record["question"]["quantity"]].cargo else ""
    return f"{words}. {capital(strayed)}." if strayed else f"{words}."


def _some(value: float | None) -> str:
    return amount(value) if value != 0 else "none at all"


def _what(record: Record) -> str:
    """Return what the answer counts, in words."""
    cargo = record["question"]["cargo"]
    title = record["answer"]["title"].removeprefix("after ")
    return f"{title}" if cargo else f"particles {title}"


def gauge(record: Record) -> list[Block]:
    """Draw the answer of every rival and variant against what is needed."""
    rows = [("as designed", row) for row in record["answer"]["rows"]]
    for variant in record["variants"]:
        rows += [(variant["name"], row) for row in variant["answer"]["rows"]]
    needed = record["answer"]["needed"]
    ends = [end for _, row in rows for name in ("uncertainty", "variability") for end in row[name]]
    held = [x for x in [*ends, *(row["median"] for _, row in rows), needed] if x]
    limits = decades(held, least=2.0)
    if limits is None:
        return [Text("No member delivers anything: there is nothing to draw.", "warning")]
    low, high = limits
    labels = [conditional(name, row) for name, row in rows]
    unit = rows[0][1]["unit"]

    def paint(figure: Figure) -> None:
        height = figure.get_figheight()
        axes = figure.add_axes((0.27, 0.36 / height, 0.71, 1 - 0.6 / height))
        for index, (name, row) in enumerate(rows):
            phrases = [entry["phrase"] for entry in record["answer"]["rows"]]
            ink = RIVALS[phrases.index(row["phrase"]) % 4 if row["phrase"] in phrases else 0]
            bar(axes, index, row, ink, low)
            weight = "bold" if name == "as designed" else "normal"
            axes.text(-0.012, index, broken(labels[index]), linespacing=0.95,
                      transform=axes.get_yaxis_transform(), fontsize=size(labels[index]),
                      ha="right", va="center", color=INK, fontweight=weight)  # fmt: skip
        axes.set_ylim(len(rows) - 0.45, -0.55)
        axes.set_xlim(low, high)
        axes.set_yticks([])
        log_ticks(axes.xaxis, low, high, 12, fine=True, unit=unit)
        axes.grid(axis="x", color=FAINT, linewidth=0.9, zorder=0)
        plain(axes)
        if needed:
            axes.axvline(math.log10(needed), color=INK, linewidth=1.3, linestyle=(0, (4, 2)))
            side = "right" if math.log10(needed) > (low + 3 * high) / 4 else "center"
            words = f"needed {stated(needed, unit)}"
            axes.annotate(words, (math.log10(needed), -0.55), (0, 2), ha=side,
                          textcoords="offset points", va="bottom", fontweight="bold")  # fmt: skip
        axes.set_xlabel(_counted(record), color=QUIET, labelpad=2)

    caption = _gauge_caption(record)
    alt = f"Forecast amount for each rival and variant on a log axis. {caption}"
    columns = ("what", "hypothesis", "median", "uncertainty_low", "uncertainty_high",
               "variability_low", "variability_high", "needed", "probability_enough")  # fmt: skip
    table = csv_text(
        columns,
        [
            (name, row["phrase"], row["median"], *row["uncertainty"], *row["variability"],
             needed, row.get("probability_enough"))
            for name, row in rows
        ],
    )  # fmt: skip
    svg = draw("answer", alt, 0.62 + 0.27 * len(rows), paint)
    return [Picture("answer", svg, caption, SPREADS, table)]


def _counted(record: Record) -> str:
    """Return what the axis counts."""
    if per_cell(record):
        return f"{noun(record)} per target cell"
    unit = record["answer"]["rows"][0]["unit"]
    words = str(record["answer"]["counted"])
    return f"share {words}" if unit == "1" else words


def _gauge_caption(record: Record) -> str:
    """Say how likely enough arrives, from the members."""
    chances = [row.get("probability_enough") for row in record["answer"]["rows"]]
    if not record["answer"]["needed"] or any(chance is None for chance in chances):
        return "No amount was asked for."
    finished = record["answer"]["rows"][0]["finished"]
    parts = [
        (f"in {percent(chance)} of members" if (chance := row["probability_enough"])
         else "in no member", row)
        for row in record["answer"]["rows"]
    ]  # fmt: skip
    members = counted(finished, "member")
    return f"What is needed is reached {each_way(parts)} ({members} each)."


def _holds_back(record: Record) -> Card:
    limiting, smallest = record["limiting_step"], record["smallest_fraction"]
    lines: list[tuple[str, str]] = []
    if limiting:
        lines.append((limiting["title"], most(limiting["gain"])))
    if smallest["name"]:
        same = limiting and limiting["name"] == smallest["name"]
        step = passage(record, smallest["name"], smallest["title"]).strip("“”")
        words = "which is also the narrowest" if same else f"narrowest: {step}"
        lines.append((words, f"{percent(smallest['fraction'])} passes"))
    return Card("What holds it back", tuple(lines) or (("nothing stands out", ""),))


def _raise(record: Record) -> Card:
    lines = tuple(
        (f"{rank}  {gain['title']}", most(gain["gain"]))
        for rank, gain in enumerate(worth_raising(record), 1)
    )
    best = record.get("at_best", {}).get("orders_short")
    remark = f"All of them at their best at once: {orders(best)}." if best is not None else ""
    return Card("Raise first", lines or (("no step has room above its median", ""),), remark)


def _variants(record: Record) -> list[Card]:
    cards = []
    for variant in record["variants"]:
        gains = tuple(
            (f"if {gain['phrase']}" if gain["phrase"] else "gain", gained(gain))
            for gain in variant["gain_over_design"]
        )
        if len({words for _, words in gains}) == 1 < len(gains):
            gains = (("whatever the hypothesis", gains[0][1]),)
        lines = tuple(dict.fromkeys(gains)) or (("no answer to compare", ""),)
        remark = "Against the design as it stands, member by member; in brackets 90 % uncertainty."
        cards.append(Card(f"Variant: {variant['name']}", lines, remark))
    return cards


def _trust(record: Record) -> Shares:
    """Count what the answer rests on."""
    trust = record.get("trust", {"influential": {}, "all": {}})
    matters = {name: trust["influential"].get(name, 0) for name in STANDINGS}
    total = sum(matters.values())
    everything = sum(trust["all"].get(name, 0) for name in STANDINGS)
    if not total:
        words = f"None of the {everything} values moves the answer by 10 % or more."
        return Shares((), words)
    share = percent(matters["assumed"] / total)
    borrowed = matters["borrowed"]
    fitted = f"{matters['fitted']} fitted to experiments, " if matters["fitted"] else ""
    words = (
        f"{counted(total, 'value')} of {everything} move the answer by 10 % or more: "
        f"{matters['read']} read in a source for this context, {fitted}{borrowed} borrowed from "
        f"another species, cell or cargo, {matters['assumed']} assumed ({share})."
    )
    contested = [named(h["family"]) for h in record["hypotheses"] if h["chosen"] == "each"]
    if contested:
        words += f" Contested and run apart: {joined(contested)}."
    return Shares(tuple((name, matters[name]) for name in STANDINGS if matters[name]), words)


def _health(record: Record) -> str:
    members = record["members"]
    flags = [flag for flag in record["flags"] if flag["severity"] != "note"]
    stopped = members["asked"] - members["finished"]
    words = f"{members['finished']} of {members['asked']} members finished"
    if stopped:
        words += f"; {stopped} stopped and are left out"
    words += f" · {counted(len(flags), 'flag')} to read" if flags else " · no flags"
    return f"{words} · mass balance closes to {amount(record['balance']['largest'], 1)}"
