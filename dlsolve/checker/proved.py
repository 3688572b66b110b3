"""Numbers that the student's own line shows to be exact.

A written 2 stands for everything that rounds to 2, but in E(X) = (1 + 2 + 3)/3 = 2 it is 2: nothing was
rounded on the way. So a mean of three numbers out of four is no rounding of the right one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flint import fmpq

from dlsolve.checker.windows import Answer, Window
from dlsolve.formula.tree import Name, Num, Tree, nodes
from dlsolve.handwriting import UnreadableError, WorkedLine, guarded_value
from dlsolve.numbers.exact import read
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace

HAND = fmpq(1, 10**6)
"""Relative difference below which nobody computes by hand: an ε of 1e-8 is left out."""


def proved(true: Trace, answers: Mapping[str, Answer], lines: Mapping[str, Sequence[WorkedLine]]) -> dict[str, Answer]:
    """`answers` with hardly any room around a number that whole and given numbers in its line come to exactly."""
    given = {v for row in true.givens for key in row.keys for v in _numbers(true.env[key])}
    out = dict(answers)
    for name, worked in lines.items():
        answer = out.get(name)
        window = answer.scalar if answer is not None else None
        if answer is None or window is None or window.imag is not None or window.low == window.high:
            continue
        sums = [link.tree for link in worked[-1].links[:-1] if link.numeric and link.tree is not None]
        if any(_exact(tree, given) == window.middle for tree in sums if not isinstance(tree, Num)):
            room = abs(window.middle) * HAND
            narrow = Window(window.middle - room, window.middle + room, fmpq(0), None, window.text)
            out[name] = replace(answer, rows=((narrow,),))
    return out


def _numbers(value: object) -> list[fmpq]:
    entries = value.entries() if isinstance(value, Matrix) else [value]
    return [e for e in entries if isinstance(e, fmpq)]


def _exact(tree: Tree, given: set[fmpq]) -> fmpq | None:
    """The value of a line of whole and given numbers; None where others stand in it, or it is not rational."""
    for node in nodes(tree):
        if isinstance(node, Name):
            return None
        if isinstance(node, Num) and (value := read(node.text)).q != 1 and value not in given:
            return None
    try:
        value = guarded_value(tree)
    except UnreadableError:
        return None
    return value if isinstance(value, fmpq) else None


__all__ = ["HAND", "proved"]
