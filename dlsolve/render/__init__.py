"""A solved problem, written out. One file per format; none of them computes anything.

`render(solution, "plain", Options(width=100))` is the text; formats are imported when asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Literal

import msgspec

from dlsolve.errors import InputError

if TYPE_CHECKING:
    from dlsolve.solver import Solution

Detail = Literal["all", "key", "answer"]
"""all: the whole derivation; key: tables of the run, answers, checks; answer: answers alone."""


class Options(msgspec.Struct, frozen=True):
    """How to write: `width` in terminal columns; `steps_all` elides nothing; `color` allows ANSI
    codes (terminal only); `ascii` keeps to ASCII where the output cannot hold more."""

    width: int = 80
    detail: Detail = "all"
    steps_all: bool = False
    color: bool = False
    ascii: bool = False


FORMATS: dict[str, str] = {
    "terminal": "dlsolve.render.terminal",
    "plain": "dlsolve.render.plain",
    "json": "dlsolve.render.json",
    "markdown": "dlsolve.render.markdown",
    "python": "dlsolve.render.python",
}
"""Format name -> the module whose `render(solution, options)` writes it."""
ENDINGS = {"plain": "txt", "json": "json", "markdown": "md", "python": "py"}
"""Format name -> the ending of a file in it; formats for a terminal are no files."""


def render(solution: Solution, fmt: str, options: Options | None = None) -> str:
    """`solution` as text in format `fmt`, ending in a line break. Raises `InputError`."""
    if fmt not in FORMATS:
        raise InputError("--format", "not a format", found=repr(fmt), remedy=f"choose one of {', '.join(FORMATS)}")
    text: str = importlib.import_module(FORMATS[fmt]).render(solution, options or Options())
    return text
