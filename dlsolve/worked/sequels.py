"""What comes of a student's own polynomial, eigenvalues or eigenvectors, where no formula leads on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, permutations
from typing import Any

from flint import fmpq, fmpq_poly

from dlsolve.linalg.lettered import read_polynomial, values
from dlsolve.linalg.polynomial import factorise
from dlsolve.linalg.reduce import rank, reduce_rows
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import Sequel

MOST_DIGITS = 40
"""Digits of the coefficients of a polynomial that is solved, together."""
MOST_ORDERS = 24


def roots(written: Mapping[str, Any], goal: fmpq | None = None) -> Iterator[Any]:
    """Where a written polynomial in one letter is `goal`, or 0, each root as often as it is one."""
    poly = read_polynomial(next(iter(written.values())))
    poly = poly - fmpq_poly([goal]) if poly is not None and goal is not None else poly
    if poly is None or poly.degree() < 1 or sum(len(str(c)) for c in poly.coeffs()) > MOST_DIGITS:
        return
    for factor, times in factorise(poly).factors:
        for root in values(factor):
            yield from [root] * times


def _diagonals(_: Any, written: Mapping[str, Any]) -> Iterator[Any]:
    """The diagonal matrices of written eigenvalues, in any order."""
    own = list(written.values())
    if all(isinstance(value, fmpq) for value in own):
        for order in islice(permutations(own), MOST_ORDERS):
            yield Matrix([[v if i == j else fmpq(0) for j in range(len(order))] for i, v in enumerate(order)])


def _columns(_: Any, written: Mapping[str, Any]) -> Iterator[Any]:
    """The matrices with written vectors as columns, in any order."""
    vectors = [tuple(v.entries()) for v in written.values() if isinstance(v, Matrix) and 1 in v.shape]
    if all(len(v) == len(vectors) for v in vectors) and len(vectors) == len(written):
        for order in islice(permutations(vectors), MOST_ORDERS):
            yield Matrix(list(zip(*order, strict=True)))


def _rank(_: Any, written: Mapping[str, Any]) -> Iterator[Any]:
    """The pivots of a written matrix, counted."""
    yield from (fmpq(rank(v.rows)) for v in written.values() if isinstance(v, Matrix))


def _pivots(_: Any, written: Mapping[str, Any]) -> Iterator[Any]:
    """Where the pivots of a written matrix stand."""
    for value in written.values():
        if isinstance(value, Matrix) and (found := reduce_rows(value.rows).pivots):
            yield Matrix([[fmpq(column + 1) for column in found]])


REDUCED = (Sequel("rank", ("R", "E"), _rank), Sequel("pivots", ("R", "E"), _pivots))
EIGEN = (
    Sequel("lam", ("char_poly",), lambda _, written: roots(written)),
    Sequel("P", ("v",), _columns),
    Sequel("D", ("lam",), _diagonals),
)
