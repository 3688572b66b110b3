"""Complex numbers as people write them: ``1 + 2i``, ``-i``, ``(1 ± i√3)/2``."""

from __future__ import annotations

from dlsolve.formula.tree import Bin, Name, Neg, Num, Tree
from dlsolve.handwriting.numerals import free_names

ZERO, ONE = Num("0"), Num("1")


def complex_parts(tree: Tree) -> tuple[Tree, Tree] | None:
    """(real, imaginary) part of a tree that is linear in i (or j); None where it is not."""
    if not free_names(tree):
        return tree, ZERO
    match tree:
        case Name("i" | "j"):
            return ZERO, ONE
        case Neg(arg):
            inner = complex_parts(arg)
            return (_neg(inner[0]), _neg(inner[1])) if inner else None
        case Bin("+" | "-" as op, left, right):
            near, far = complex_parts(left), complex_parts(right)
            return (_sum(op, near[0], far[0]), _sum(op, near[1], far[1])) if near and far else None
        case Bin("*", left, right) if not free_names(left):
            inner = complex_parts(right)
            return (_times(left, inner[0]), _times(left, inner[1])) if inner else None
        case Bin("*", left, right) if not free_names(right):
            return complex_parts(Bin("*", right, left))
        case Bin("/", left, right) if not free_names(right):
            inner = complex_parts(left)
            return (_over(inner[0], right), _over(inner[1], right)) if inner else None
    return None


def _neg(tree: Tree) -> Tree:
    return tree if tree == ZERO else Neg(tree)


def _sum(op: str, left: Tree, right: Tree) -> Tree:
    if right == ZERO:
        return left
    if left == ZERO:
        return right if op == "+" else Neg(right)
    return Bin(op, left, right)


def _times(left: Tree, right: Tree) -> Tree:
    return ZERO if right == ZERO else left if right == ONE else Bin("*", left, right)


def _over(left: Tree, right: Tree) -> Tree:
    return ZERO if left == ZERO else Bin("/", left, right)
