"""What people write (typed, Unicode, LaTeX) -> the trees of `dlsolve.formula`.

Nothing here is evaluated by Python: an own scanner and parser, with every bound checked before a
number is built. The names below are imported when they are first used, so that a typed function
does not pay for reading answers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlsolve.handwriting.answers import value
    from dlsolve.handwriting.evaluate import guarded_value
    from dlsolve.handwriting.names import normalise_name, resolve
    from dlsolve.handwriting.numerals import Numeral
    from dlsolve.handwriting.parser import expression, function
    from dlsolve.handwriting.shapes import Written
    from dlsolve.handwriting.tokens import UnreadableError
    from dlsolve.handwriting.worked import Link, WorkedLine, lines

__all__ = [
    "Link",
    "Numeral",
    "UnreadableError",
    "WorkedLine",
    "Written",
    "expression",
    "function",
    "guarded_value",
    "lines",
    "normalise_name",
    "resolve",
    "value",
]

_HOMES = {
    "Link": "worked", "Numeral": "numerals", "UnreadableError": "tokens", "WorkedLine": "worked", "Written": "shapes",
    "expression": "parser", "function": "parser", "guarded_value": "evaluate", "lines": "worked",
    "normalise_name": "names", "resolve": "names", "value": "answers",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"dlsolve.handwriting.{_HOMES[name]}"), name)
