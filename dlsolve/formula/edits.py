"""Small changes of a tree: what a wrong rule does to the right one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeGuard

from msgspec.structs import replace

from dlsolve.formula.rules import Change, Rule
from dlsolve.formula.tree import At, Bin, Neg, Num, Ref, Transpose, Tree, rebuild

Edit = Callable[[Tree], Tree | None]
"""Another tree in place of one; None where it does not touch it."""


def change(edit: Edit, *bases: str) -> Change:
    """`edit` on the expression of each rule for one of `bases` (any rule, where none is named)."""

    def apply(rule: Rule) -> Rule | None:
        if bases and rule.base not in bases:
            return None
        expr = edit(rule.expr)
        return None if expr is None or expr == rule.expr else replace(rule, expr=expr)

    return apply


def everywhere(edit: Edit) -> Edit:
    """`edit` at every node that it touches."""

    def apply(tree: Tree) -> Tree:
        inner = rebuild(tree, apply)
        found = edit(inner)
        return inner if found is None else found

    return apply


def untransposed(tree: Tree) -> Tree | None:
    """A transpose left out."""
    return tree.arg if isinstance(tree, Transpose) else None


def negated(tree: Tree) -> Tree:
    """The opposite sign."""
    return tree.arg if isinstance(tree, Neg) else Neg(tree)


def without_numbers(tree: Tree) -> Tree | None:
    """A product without its number: −2·(y − ŷ) / 3 -> −(y − ŷ) / 3."""
    match tree:
        case Neg(arg):
            inner = without_numbers(arg)
            return None if inner is None else Neg(inner)
        case Bin("*", Num(), right):
            return right
        case Bin("*", Neg(Num()), right):
            return Neg(right)
        case Bin("*" | "/" as op, left, right):
            inner = without_numbers(left)
            return None if inner is None else Bin(op, inner, right)
    return None


def without_divisor(tree: Tree) -> Tree | None:
    """A quotient without its number below: −2·(y − ŷ) / 3 -> −2·(y − ŷ)."""
    match tree:
        case Neg(arg):
            inner = without_divisor(arg)
            return None if inner is None else Neg(inner)
        case Bin("/", left, Num()):
            return left
        case Bin("*" | "/" as op, left, right):
            inner = without_divisor(left)
            if inner is not None:
                return Bin(op, inner, right)
            inner = without_divisor(right)
            return None if inner is None else Bin(op, left, inner)
    return None


def quantity(tree: Tree, names: Collection[str]) -> TypeGuard[At | Ref]:
    """Whether `tree` is one of some quantities, by base name."""
    return isinstance(tree, At | Ref) and tree.base in names
