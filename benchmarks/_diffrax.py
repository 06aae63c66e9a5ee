"""The exported SBML as a function for JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

__all__ = ["stretch_solver"]

_SBML = "{http://www.sbml.org/sbml/level3/version1/core}"
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_CALLS = {"exp": "jnp.exp", "ln": "jnp.log", "root": "jnp.sqrt"}
_SIGNS = {"plus": "+", "times": "*", "divide": "/", "power": "**"}
_RELATIONS = {"lt": "<", "gt": ">", "neq": "!="}


def _text(node: ET.Element) -> str:
    """Return MathML as Python."""
    tag = node.tag.removeprefix(_MATH)
    match tag:
        case "math":
            return _text(node[0])
        case "cn":
            power = node.find(f"{_MATH}sep")
            return node.text or "0" if power is None else f"{node.text}e{power.tail}"
        case "ci":
            name = (node.text or "").strip()
            return f"{name[0]}[{name[1:]}]" if name[0] in "yp" else name
        case "csymbol":
            return "t"
        case "piecewise":
            inside = _text(node.find(f"{_MATH}otherwise")[0])  # type: ignore[index]
            for piece in reversed(node.findall(f"{_MATH}piece")):
                inside = f"jnp.where({_text(piece[1])}, {_text(piece[0])}, {inside})"
            return inside
        case "apply":
            return _apply(node[0].tag.removeprefix(_MATH), [_text(item) for item in node[1:]])
        case _:
            raise ValueError(f"MathML <{tag}> is not written by exocast")


def _apply(operation: str, inside: list[str]) -> str:
    """Return an operation on texts."""
    if operation == "minus" and len(inside) == 1:
        return f"(-{inside[0]})"
    if operation in _CALLS:
        return f"{_CALLS[operation]}({inside[0]})"
    sign = {**_SIGNS, **_RELATIONS, "minus": "-"}[operation]
    return f"({f' {sign} '.join(inside)})"


def stretch_solver(sbml: str, states: int) -> Callable[..., Any]:
    """Return a compiled function of parameters (n, p), start and tolerance (n, s), times, rtol."""
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)  # noqa: FBT003 - its interface
    model = ET.fromstring(sbml)[0]
    lines = ["def rates(t, y, p):"]
    shared = model.iter(f"{_SBML}assignmentRule")
    lines += [f"    {rule.get('variable')} = {_text(rule[0])}" for rule in shared]
    rows = {rule.get("variable"): _text(rule[0]) for rule in model.iter(f"{_SBML}rateRule")}
    lines.append(f"    return jnp.stack([{', '.join(rows[f'y{k}'] for k in range(states))}])")
    scope: dict[str, Any] = {"jnp": jnp}
    exec("\n".join(lines), scope)  # noqa: S102 - text made above
    term = diffrax.ODETerm(scope["rates"])

    def one(parameters: Any, start: Any, atol: Any, times: Any, rtol: Any) -> Any:
        solution = diffrax.diffeqsolve(
            term,
            diffrax.Kvaerno5(),
            times[0],
            times[-1],
            None,
            start,
            parameters,
            saveat=diffrax.SaveAt(ts=times),
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=atol),
            max_steps=100_000,
            throw=False,
        )
        fine = solution.result == diffrax.RESULTS.successful
        return jnp.where(fine, solution.ys, jnp.nan)

    return jax.jit(jax.vmap(one, in_axes=(0, 0, 0, None, None)))
