"""The page of the command line, from the functions of its verbs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from exocast.cli.app import app
from generator.writing import plain, table


def verbs() -> dict[str, Callable[..., Any]]:
    """Return the verbs by name."""
    held = {}
    for command in app.registered_commands:
        if command.callback is not None and not command.hidden:
            held[command.name or command.callback.__name__.replace("_", "-")] = command.callback
    return held


def page() -> str:
    """Return the page of the command line."""
    lines = [
        "# The command line",
        "",
        (
            "A mistake of yours ends with one message and exit code 2, and nothing is written. "
            "`exocast --install-completion` completes verbs and names in your shell."
        ),
        "",
        table(
            ("verb", "what it does"),
            (
                (f"[`{name}`](#exocast-{name})", _help(verb.__doc__))
                for name, verb in verbs().items()
            ),
        ),
    ]
    for name, verb in verbs().items():
        options = list(_options(verb))
        given = [_word(one) for one in options if isinstance(one[1], ArgumentInfo)]
        words = " ".join([*given, "[options]"] if len(given) < len(options) else given)
        lines += [
            f"## exocast {name}",
            "",
            _help(verb.__doc__),
            "",
            f"```text\nexocast {name} {words}\n```",
            "",
        ]
        lines.append(
            table(
                ("option", "what it is", "default"),
                ((f"`{shown}`", _help(info.help), default) for shown, info, default, _ in options),
            )
        )
    return "\n".join(lines)


Option = tuple[str, Any, str, bool]


def _options(verb: Callable[..., Any]) -> Iterator[Option]:
    """Yield how an option is written, its declaration, its default, and whether it is required."""
    hints = get_type_hints(verb, include_extras=True)
    for name, parameter in inspect.signature(verb).parameters.items():
        kind, *metadata = get_args(hints[name]) or (hints[name],)
        info = next((one for one in metadata if isinstance(one, ArgumentInfo | OptionInfo)), None)
        if info is None or info.hidden:
            continue
        required = parameter.default is inspect.Parameter.empty
        given = (
            "" if required or parameter.default in (None, "", False) else f"`{parameter.default}`"
        )
        if isinstance(info, ArgumentInfo):
            yield info.metavar or name.upper(), info, given, required
            continue
        # In an annotation, typer holds the first name of an option as its default.
        first = [info.default] if str(info.default).startswith("-") else []
        written = ", ".join(
            (*first, *(info.param_decls or ())) or ("--" + name.rstrip("_").replace("_", "-"),)
        )
        yield (
            written + ("" if kind is bool else f" {info.metavar or _metavar(kind)}"),
            info,
            given,
            required,
        )


def _metavar(kind: Any) -> str:
    text = str(kind)
    return (
        "NUMBER"
        if "int" in text or "float" in text
        else "PATH"
        if Path.__name__ in text
        else "TEXT"
    )


def _word(argument: Option) -> str:
    shown, _, _, required = argument
    many = "…" if shown.endswith("S") else ""
    return shown + many if required else f"[{shown}{many}]"


def _help(text: str | None) -> str:
    flat = " ".join((text or "").split())
    return plain(re.sub(r"\[/?[a-z ]*\]", "", flat))
