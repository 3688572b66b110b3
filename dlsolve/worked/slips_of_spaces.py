"""Slips at steps that are no formulas: characteristic polynomials, vectors read off, pivots counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flint import fmpq, fmpq_poly

from dlsolve.formula.tree import Name, names
from dlsolve.formula.written import polynomial
from dlsolve.linalg.lettered import entry
from dlsolve.linalg.reduce import reduce_rows
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import ResultSlip
from dlsolve.trace import Key, Trace

Wrong = Callable[[Trace, Key], Iterator[Any]]


def _signs(t: Trace, key: Key) -> Iterator[Any]:
    """A polynomial with the sign of one coefficient turned round."""
    tree = t.env[key]
    letter = next(iter(names(tree)), "lam")
    coefficients = entry(tree, letter, "").coeffs()
    for n, c in enumerate(coefficients):
        if c != 0:
            yield polynomial(fmpq_poly([*coefficients[:n], -c, *coefficients[n + 1 :]]), Name(letter))


def _products_added(t: Trace, key: Key) -> Iterator[Any]:
    """ad + bc for the determinant of a 2×2 matrix."""
    rows = t.env["A"].rows
    if len(rows) == 2:
        yield polynomial(entry(t.env[key], "lam", "") + 2 * rows[0][1] * rows[1][0])


def _negative(t: Trace, key: Key) -> Iterator[Any]:
    yield -t.env[key]


def _swapped(t: Trace, key: Key) -> Iterator[Any]:
    entries = list(t.env[key].entries())
    if len(entries) == 2:
        yield _column(entries[::-1])


def _one_sign(t: Trace, key: Key) -> Iterator[Any]:
    """A vector with the sign of one entry turned round."""
    entries = list(t.env[key].entries())
    for n, e in enumerate(entries):
        if e != 0:
            yield _column([*entries[:n], -e, *entries[n + 1 :]])


def _kept_signs(t: Trace, key: Key) -> Iterator[Any]:
    """Vectors whose free unknown is 1 and whose other entries have the sign that they have in R."""
    columns = [list(c) for c in zip(*t.env[key].rows, strict=True)]
    free = [max(n for n, e in enumerate(c) if e == 1) if 1 in c else -1 for c in columns]
    turned = [[e if n == at else -e for n, e in enumerate(c)] for c, at in zip(columns, free, strict=True)]
    yield Matrix(list(zip(*turned, strict=True)))


def _transposed(t: Trace, key: Key) -> Iterator[Any]:
    yield t.env[key].T


def _of_the_reduced_form(t: Trace, key: Key) -> Iterator[Any]:
    """As many unit vectors as there are pivots."""
    height, count = t.env[key].shape
    yield Matrix([[fmpq(i == j) for j in range(count)] for i in range(height)])


def _echelon(t: Trace, key: Key) -> Iterator[Any]:
    yield Matrix(reduce_rows(list(t.env["A"].rows), form="echelon").states[-1])


def _rows(t: Trace, key: Key) -> Iterator[Any]:
    yield fmpq(t.env["A"].shape[0])


def _columns(t: Trace, key: Key) -> Iterator[Any]:
    yield fmpq(t.env["A"].shape[1])


def _right_side(t: Trace, key: Key) -> Iterator[Any]:
    """b as it was given."""
    b = t.env["b"]
    yield b if isinstance(key, str) else list(b.entries())[int(key[1]) - 1]


def _other_number(t: Trace, key: Key) -> Iterator[Any]:
    """none for infinitely many, and the other way round."""
    yield from {"none": ("infinitely many",), "infinitely many": ("none",)}.get(t.env[key], ())


def _full(t: Trace, key: Key) -> Iterator[Any]:
    yield t.env[key] + 1


def _column(entries: Sequence[Any]) -> Matrix:
    return Matrix([(e,) for e in entries])


def _slip(name: str, base: str, wrong: Wrong, says: str) -> ResultSlip:
    return ResultSlip(name, base, wrong, says)


EIGEN = (
    _slip("sign-in-polynomial", "char_poly", _signs, "a sign in the characteristic polynomial was turned round"),
    _slip("products-added", "char_poly", _products_added, "the products were added, ad + bc for the determinant"),
    _slip("root-negated", "lam", _negative, "the sign of the root was turned round, −a for the root of λ − a"),
    _slip("entries-swapped", "v", _swapped, "the entries of the vector were swapped"),
    _slip("sign-in-vector", "v", _one_sign, "a sign in the vector was turned round"),
    _slip("rows-of-P", "P", _transposed, "the eigenvectors were written as the rows of P, not as its columns"),
)

LETTER = (
    _slip("sign-in-polynomial", "det_poly", _signs, "a sign in the determinant was turned round"),
    _slip("root-negated", "k", _negative, "the sign of the root was turned round, −a for the root of k − a"),
    _slip("row-of-zeros-counted", "rank", _full, "a row that becomes 0 is counted"),
    _slip(
        "none-or-many",
        "solutions",
        _other_number,
        "a row 0 = 0 was taken for one without a solution, or the other way round",
    ),
)

RANK = (
    _slip("rows-counted", "rank", _rows, "all rows were counted, those that become 0 among them"),
    _slip("columns-counted", "rank", _columns, "all columns were counted, not only those with a pivot"),
)

REDUCED = (
    _slip(
        "stopped-at-echelon",
        "R",
        _echelon,
        "it was stopped at an echelon form, with the entries above the pivots not cleared",
    ),
)

KERNEL = tuple(
    _slip("sign-kept", base, _kept_signs, "the sign was kept where the free unknown comes to the other side")
    for base in ("v", "null_space")
)

COLUMN_SPACE = (
    _slip(
        "columns-of-R", "col_space", _of_the_reduced_form, "the pivot columns of R were taken, not those of A itself"
    ),
)

SYSTEM = (
    _slip("b-left-alone", "x", _right_side, "the row operations were not done on the right-hand side"),
    _slip("b-left-alone", "x_p", _right_side, "the row operations were not done on the right-hand side"),
)
