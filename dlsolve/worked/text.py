"""Exact numbers in the words of a step: its rule, a section's title, a vector set in a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flint import fmpq, fmpz

from dlsolve.formula.text import level, number, one_line, unicode
from dlsolve.formula.tree import Cmp, Neg, Num, Tree
from dlsolve.formula.written import exact_number
from dlsolve.numbers.algebraic import Algebraic
from dlsolve.numbers.show import Digits, show
from dlsolve.trace import Trace

_INNER_SIGN = re.compile(r"(?<=[\d.])([+-])(?=[\d.i])")
"""The sign between the two parts of a complex number."""


ATOM = 8
"""`formula.text.level` of what needs no brackets."""


def is_exact(value: Any) -> bool:
    """Whether `value` is written in full: a rational or a surd, no decimals."""
    return isinstance(value, fmpq | fmpz | int) or (isinstance(value, Algebraic) and value.surd is not None)


def text_of(t: Trace, value: Any, *, bracket: bool = False) -> str:
    """`value` in one line: ``5/2``, ``(5 + √33) / 2``, or decimals for what has no surd; with
    `bracket`, ready to stand in a product."""
    if not is_exact(value):
        text = show(value, Digits()).text
        if text.endswith("i"):
            text = _INNER_SIGN.sub(r" \1 ", text).replace("-", "−")
            return f"({text})" if bracket else text
        text = number(text)
        return f"({text})" if bracket and text.startswith("−") else text
    tree = exact_number(fmpq(value) if not isinstance(value, Algebraic) else value)
    text = one_line(unicode(tree, t.symbols))
    return f"({text})" if bracket and (level(tree) < ATOM or text.startswith("−")) else text


def signed(t: Trace, value: Any) -> tuple[bool, str]:
    """(minus?, the rest, ready to stand in a product): a sum keeps its sign inside."""
    if is_exact(value):
        tree = exact_number(value)
        minus = isinstance(tree, Neg)
        tree = tree.arg if isinstance(tree, Neg) else tree
        text = one_line(unicode(tree, t.symbols))
        return minus, f"({text})" if level(tree) < ATOM else text
    text = text_of(t, value)
    if " " in text:
        return False, f"({text})"
    return text.startswith("−"), text.removeprefix("−")


def vector_text(t: Trace, vector: Iterable[Any]) -> str | None:
    """``(1, 5/2)``; None where an entry is known by its decimals only."""
    entries = list(vector)
    return "(" + ", ".join(text_of(t, e) for e in entries) + ")" if all(map(is_exact, entries)) else None


def equals_zero(tree: Tree) -> Tree:
    return Cmp("==", tree, Num("0"))
