"""`exocast predict-blind`: forecasts of experiments that nobody has opened, sealed by a digest."""

from __future__ import annotations

import os
import time
from pathlib import Path

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for
from exocast.cli.run import parse_members, slug
from exocast.errors import ExocastError
from exocast.face.progress import progress_bar

__all__ = ["predict_list"]


def predict_list(
    experiments: str,
    check: Path | None,
    out: Path | None,
    members: str,
    seed: int,
    threads: int,
    *,
    replace: bool,
) -> None:
    """Forecast a list of experiments, or check forecasts; see `exocast predict-blind --help`.

    Raises
    ------
    ExocastError
        If the list is wrong, a folder is in the way, or a digest does not hold.
    """
    if bool(experiments) == (check is not None):
        raise ExocastError("give a list of experiments, or --check FOLDER with sealed forecasts")
    if check is not None:
        _check(check)
        return
    from exocast.qualify.qualification import MEMBERS
    from exocast.qualify.sealed import find_list, predict_blind, write_blind

    console, path = terminal(), find_list(experiments)
    name = slug(path.stem if path == Path(experiments) else experiments)
    place = place_for(out, name, "blind", replace=replace)
    started = time.perf_counter()
    with progress_bar(console) as show:
        blind = predict_blind(
            path,
            members=parse_members(members) or MEMBERS,
            seed=seed,
            threads=threads or os.cpu_count() or 1,
            progress=show,
        )
    write_blind(blind, place, replace=replace)
    console.print(
        f"[bold]{len(blind.record['experiments'])} experiments[/] forecast, "
        f"{len(blind.rows)} readings   seed {seed}   {time.perf_counter() - started:.1f} s\n",
        soft_wrap=True,
    )
    for one in blind.record["experiments"]:
        words = one["problem"] or f"{one['readings']} readings"
        say(console, one["name"], f" {words}")
    console.print()
    say(console, "Digest", blind.record["digest"])
    say_written(console, place)


def _check(folder: Path) -> None:
    """Say that sealed forecasts are what they were, and whether today's model made them."""
    from exocast.evidence import Catalogue
    from exocast.qualify.sealed import code_digest, read_blind

    record = read_blind(folder).record
    console = terminal()
    say(console, "Digest", f"{record['digest']}   holds")
    made = f"{record['created']} by exocast {record['version']}"
    say(console, "Made", f"{made}, {len(record['experiments'])} experiments")
    for what, now, key in (
        ("rows", Catalogue.packaged().digest, "catalogue_digest"),
        ("code", code_digest(), "code_digest"),
    ):
        same = "the installed one" if record[key] == now else f"the installed one is {now}"
        say(console, what.capitalize(), f"{record[key]}   {same}")
