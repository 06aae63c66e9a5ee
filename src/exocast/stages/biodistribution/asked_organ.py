"""The organ that a question is about: what blood brings to it, and what it holds where."""

from __future__ import annotations

from exocast.errors import WiringError, nearest
from exocast.material.wiring import PARTICLES, Place, Wiring
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.body import BARE

__all__ = ["GIVEN", "follow_organ", "organ_names", "organ_title"]

GIVEN = "given"
"""Port of all particles given by the moment of the question, array (n,)."""

BROUGHT, BEHIND, IN_CELLS = "asked.brought", "asked.behind_wall", "asked.in_cells"
"""Outputs: ever brought by blood, behind the vessels now, and ever taken up there."""


def organ_names() -> tuple[str, ...]:
    """Return the organs that a question can be about."""
    return tuple(node.name for node in Anatomy.packaged().of("organ"))


def organ_title(name: str) -> str:
    """Return the name of an organ for a sentence: ``bone marrow``; the name itself otherwise."""
    return next((one.title for one in Anatomy.packaged().nodes if one.name == name), name)


def follow_organ(wiring: Wiring, per: str) -> None:
    r"""Put the rows of an organ into the cascade, in place of those of target cells.

    A vesicle passes an organ again and again while it circulates, and leaves a little each time:

    .. math:: A_o(t) = \int_0^t \sum_x Q_{x,o} \frac{A_x}{V_x} \, dt' \times f

    with Q the blood flow from each vessel x that feeds it and A_x what its plasma holds. The
    integral counts every pass, so that it may exceed the dose and nothing is lost before it; f is
    what a pass leaves there, on average, and is still there. What is in the organ is then held on
    the side of blood (vessel walls, and phagocytes that stand in it) or behind the wall: free
    between cells, or taken up from there.

    Parameters
    ----------
    wiring : Wiring
        After every step has contributed.
    per : str
        Port of what an amount is divided by: `GIVEN`, or ``<organ>.grams``.
    """
    study, organ = wiring.study, wiring.study.organ
    title = organ_title(organ)
    counted = [one for one in wiring.place_outputs if one.name == organ]
    if not counted:
        offer = nearest(organ, organ_names())
        raise WiringError(f"no organ `{organ}` is followed in this body. {offer}")
    blood = wiring.port("blood.places")
    rider, unit, what = wiring.counted or (PARTICLES,), "copy", study.cargo
    outputs = tuple(f"{organ}.{one}{part}" for one in rider for part in (".aboard", ""))
    if not wiring.counted:
        unit, what, outputs = "particle", PARTICLES, (organ,)
    behind = [
        (place, weight)
        for place, weight in counted[-1].places
        if not place.sink and place.name != f"{organ}.held"
    ]
    wiring.output_places(
        BEHIND, behind, rider=rider, unit=unit, doc=f"{what} between the cells of {title}"
    )
    cells, apart = wiring.place(f"{organ}.taken_up"), {*blood, f"{organ}.held"}
    taken = [
        (one.source, one.target)
        for one in wiring.moves
        if one.target == cells and one.source.name not in apart
    ]
    wiring.passed(IN_CELLS, taken, rider)
    wiring.milestones.clear()
    brought = _brought(wiring, organ)
    if brought:
        wiring.passed(BROUGHT, brought, rider)
        words = f"passed through {title} with the blood"
        wiring.milestone("brought", words, BROUGHT, repeats=True, lever=f"passes through {title}")
    lever = f"what a pass leaves in {title}" if brought else f"arrival in {title}"
    rows = (
        ("in_organ", f"in {title}, its blood left out", lever, outputs),
        ("behind_wall", "behind its vessel wall", f"crossing the vessel wall of {title}",
         (BEHIND, IN_CELLS)),
        ("in_cells", "taken up by cells there", f"uptake by the cells of {title}", (IN_CELLS,)),
    )  # fmt: skip
    name, words, lever, (first, *others) = rows[0]
    wiring.milestone(name, words, first, lever=lever, also=tuple(others))
    for name, words, lever, (first, *others) in rows:
        wiring.milestone(
            f"asked_{name}", words, first, head="organ", per=per, lever=lever, also=tuple(others)
        )


def _brought(wiring: Wiring, organ: str) -> list[tuple[Place, Place]]:
    """Return the ways by which blood comes to an organ; none where it is not the only way.

    A needle, the nose or lymph may bring vesicles past its blood.
    """

    def own(place: Place) -> bool:
        return place.name.removeprefix(BARE).startswith(f"{organ}.")

    blood = wiring.port("blood.places")
    if any(own(entry.place) for entry in wiring.entries):
        return []
    for one in wiring.moves:
        beside = one.source.name not in blood and not own(one.source)
        if beside and own(one.target) and one.target.name not in blood:
            return []
    # What blood cells let go in its vessels came with the blood as well, but not by its flow.
    vessels = {name for name in blood if not name.startswith("blood.")}
    return [
        (one.source, one.target)
        for one in wiring.moves
        if own(one.target) and one.target.name in vessels
        and one.source.name in vessels and not own(one.source)
    ]  # fmt: skip
