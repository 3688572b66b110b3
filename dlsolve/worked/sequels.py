"""What comes of a student's own polynomial or eigenvalues, where no formula leads on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, permutations
from typing import Any

from flint import fmpq, fmpq_poly

from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import EXACT, compiled
from dlsolve.formula.tree import Bin, Name, Neg, Num, Tree, names
from dlsolve.linalg.polynomial import factorise
from dlsolve.numbers.algebraic import make, roots_of
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import Sequel

MAX_DEGREE = 12
"""Of a written polynomial that is solved."""
MOST_DIGITS = 40
"""Digits of its coefficients together."""
MOST_ORDERS = 24


def roots(written: Mapping[str, Any], goal: fmpq | None = None) -> Iterator[Any]:
    """Where a written polynomial in one letter is `goal`, or 0, each root as often as it is one."""
    poly = polynomial_of(next(iter(written.values())))
    poly = poly - fmpq_poly([goal]) if poly is not None and goal is not None else poly
    if poly is None or poly.degree() < 1:
        return
    for factor, times in factorise(poly).factors:
        linear = factor.degree() == 1
        for root in [-factor[0]] if linear else [make(fmpq_poly([0, 1]), r) for r in roots_of(factor)]:
            yield from [root] * times


def _diagonals(_: Any, written: Mapping[str, Any]) -> Iterator[Any]:
    """The diagonal matrices of written eigenvalues, in any order."""
    values = list(written.values())
    if all(isinstance(value, fmpq) for value in values):
        for order in islice(permutations(values), MOST_ORDERS):
            yield Matrix([[v if i == j else fmpq(0) for j in range(len(order))] for i, v in enumerate(order)])


def _columns(_: Any, written: Mapping[str, Any]) -> Iterator[Any]:
    """The matrices with written vectors as columns, in any order."""
    vectors = [tuple(v.entries()) for v in written.values() if isinstance(v, Matrix) and 1 in v.shape]
    if all(len(v) == len(vectors) for v in vectors) and len(vectors) == len(written):
        for order in islice(permutations(vectors), MOST_ORDERS):
            yield Matrix(list(zip(*order, strict=True)))


def polynomial_of(tree: Any) -> fmpq_poly | None:
    """A written formula as polynomial in its one letter; None where it is none, or too large to solve."""
    letters = names(tree) if isinstance(tree, Tree) else frozenset[str]()
    if len(letters) != 1 or _degree(tree) > MAX_DEGREE:
        return None
    try:
        value = compiled(tree, (), EXACT)({next(iter(letters)): fmpq_poly([0, 1])})
    except (DlsolveError, ArithmeticError, TypeError, ValueError):
        return None
    if not isinstance(value, fmpq_poly) or sum(len(str(c)) for c in value.coeffs()) > MOST_DIGITS:
        return None
    return value


def _degree(tree: Tree) -> int:
    """The degree that `tree` can have at most; more than is solved where it is no polynomial."""
    match tree:
        case Num():
            return 0
        case Name():
            return 1
        case Neg(arg):
            return _degree(arg)
        case Bin("+" | "-", left, right):
            return max(_degree(left), _degree(right))
        case Bin("*", left, right):
            return _degree(left) + _degree(right)
        case Bin("/", left, right) if _degree(right) == 0:
            return _degree(left)
        case Bin("**", base, Num(text)) if text.isdigit() and len(text) <= 2:
            return _degree(base) * int(text)
    return MAX_DEGREE + 1


EIGEN = (
    Sequel("lam", ("char_poly",), lambda _, written: roots(written)),
    Sequel("P", ("v",), _columns),
    Sequel("D", ("lam",), _diagonals),
)
