"""Slips of gradient descent that several topics share, over rules written in the run or derived."""

from __future__ import annotations

from dlsolve.formula.edits import change, everywhere, negated, without_divisor, without_numbers
from dlsolve.formula.tree import Bin, Name, Neg, Num, Tree
from dlsolve.topic import DeclaredSlip


def added(tree: Tree) -> Tree | None:
    """w − η·g -> w + η·g."""
    match tree:
        case Bin("-", weight, Bin("*", Name("lr"), slope)):
            return Bin("+", weight, Bin("*", Name("lr"), slope))
    return None


def without_rate(tree: Tree) -> Tree | None:
    """w − η·g -> w − g."""
    match tree:
        case Bin("-", weight, Bin("*", Name("lr"), slope)):
            return Bin("-", weight, slope)
    return None


def _squared(tree: Tree) -> Tree | None:
    """−2·(y − ŷ) -> −2·(y − ŷ)²."""
    return Bin("**", tree, Num("2")) if isinstance(tree, Bin) and tree.op == "-" else None


def _doubled(tree: Tree) -> Tree | None:
    """−(y − ŷ) / 4 -> −2·(y − ŷ) / 4."""
    match tree:
        case Neg(arg):
            inner = _doubled(arg)
            return None if inner is None else Neg(inner)
        case Bin("/", left, Num()):
            inner = _doubled(left)
            return None if inner is None else Bin("/", inner, tree.right)
        case Bin("-", _, _):
            return Bin("*", Num("2"), tree)
    return None


UPDATE = (
    DeclaredSlip("gradient-added", change(added), "the gradient is added instead of subtracted"),
    DeclaredSlip("no-learning-rate", change(without_rate), "the learning rate is left out"),
)
"""Of w = w − η·∂L/∂w."""

LOSS = (
    DeclaredSlip("factor-left-out", change(without_numbers, "dy_hat"), "the factor 2 of the square is left out"),
    DeclaredSlip("factor-kept", change(_doubled, "dy_hat"), "the factor 2 of the square was kept, though ½ cancels it"),
    DeclaredSlip("not-averaged", change(without_divisor, "dy_hat"), "the division by the number of values is left out"),
    DeclaredSlip("residual-sign", change(negated, "dy_hat"), "ŷ − y and y − ŷ were swapped"),
    DeclaredSlip("residual-squared", change(everywhere(_squared), "dy_hat"), "the residual is squared in the gradient"),
)  # fmt: skip
"""Of the derivative of a loss by the prediction."""
