"""A printed line, read back: the value of a tree of numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from dlsolve.formula.compiled import EXACT, Arithmetic, compiled, entrywise_function, over_pi
from dlsolve.formula.tree import Bin, Call, Cmp, If, Mat, Neg, Num, Transpose, Tree
from dlsolve.numbers.matrix import whole_power

_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


def evaluate(tree: Tree, arithmetic: Arithmetic = EXACT) -> Any:
    """The value of a tree of numbers alone: a printed line, read back.

    Such a line is worked out once, so it is walked, with the operations of `compiled`: to generate
    code for it would cost ten times its arithmetic.
    """

    def value(node: Tree) -> Any:
        match node:
            case Num(text):
                return arithmetic.literal(text)
            case Bin("**", base, Num(text)) if text.isdigit() and arithmetic is EXACT:
                return whole_power(value(base), int(text)) if len(text) < 3 else arithmetic.power(
                    value(base), value(node.right))  # fmt: skip
            case Bin("**", base, power):
                return arithmetic.power(value(base), value(power))
            case Bin("@", left, right):
                return arithmetic.matmul(value(left), value(right))
            case Bin(op, left, right):
                return _PLAIN[op](value(left), value(right))
            case Neg(arg):
                return -value(arg)
            case Call() | Transpose() | Cmp() | If() | Mat():
                return applied(node)
        # a name: π, e, or one that a line of numbers should not have
        return compiled(node, (), arithmetic)({})

    def applied(node: Tree) -> Any:
        match node:
            case Transpose(arg):
                return arithmetic.native["transpose"](value(arg))
            case Call("cos", (arg,)) if (turned := over_pi(arg)) is not None:
                return arithmetic.native["cospi"](value(turned))
            case Call(fn, args):
                return entrywise_function(fn, arithmetic)(*(value(a) for a in args))
            case Cmp(op, left, right):
                return arithmetic.test(op, value(left), value(right))
            case If(then, cond, other):
                return arithmetic.choose(value(cond), lambda: value(then), lambda: value(other))
            case Mat(rows):
                return arithmetic.matrix([[value(c) for c in row] for row in rows])
        raise AssertionError(node)

    return value(tree)
