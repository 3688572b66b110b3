"""A typed function of several variables as rules of a run: its value and partials at a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dlsolve.errors import InputError, RuleError
from dlsolve.formula.functions import CONSTANTS
from dlsolve.formula.tree import Name, Tree, names, rebuild


def variables(tree: Tree) -> list[str]:
    """The variables of a typed function, in alphabetical order."""
    return sorted(names(tree) - set(CONSTANTS))


def placed(tree: Tree, place: Callable[[str], Tree]) -> Tree:
    """`tree` with each variable replaced by the quantity it stands for."""
    if isinstance(tree, Name) and tree.id not in CONSTANTS:
        return place(tree.id)
    return rebuild(tree, lambda child: placed(child, place))


def gradient(tree: Tree, by: Sequence[str], where: str) -> dict[str, Tree]:
    """∂tree/∂v for each variable. Raises `InputError` where a function has no derivative."""
    from dlsolve.formula.derive import partial

    try:
        return {v: partial(tree, Name(v)) for v in by}
    except RuleError as fault:
        raise InputError(where, str(fault)) from fault


def start_point(start: Any, by: Sequence[str], where: str) -> dict[str, Any]:
    """The start value of each variable, from a mapping or a list in alphabetical order.

    Raises `InputError` where one is missing or unknown.
    """
    listed = ", ".join(by)
    if not isinstance(start, Mapping):
        if len(start) != len(by):
            several = [v for v in by if v.isalpha() and len(v) > 1]
            product = f"; {several[0]} is one name: write {'*'.join(several[0])} for a product" if several else ""
            raise InputError(where, f"the function has {len(by)} variable{'s' if len(by) != 1 else ''}: {listed}",
                             found=f"{len(start)} value{'s' if len(start) != 1 else ''}",
                             remedy=f"give one value for each{product}")  # fmt: skip
        return dict(zip(by, start, strict=True))
    unknown = [v for v in start if v not in by]
    if unknown:
        raise InputError(f"{where}.{unknown[0]}", "not a variable of the function", remedy=f"its variables: {listed}")
    missing = [v for v in by if v not in start]
    if missing:
        raise InputError(where, f"no start value for {', '.join(missing)}", remedy=f"give one for each of {listed}")
    return {v: start[v] for v in by}
