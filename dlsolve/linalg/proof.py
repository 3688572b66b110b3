"""Independent checks of a spectrum: exact where the numbers share a field, else by certified balls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import acb, acb_mat, arb, fmpq

from dlsolve.linalg.polynomial import Rational, flint_matrix
from dlsolve.linalg.reduce import Row, Rows
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.numbers.precision import UndecidedError, at_most

TIGHT = 1e-12
"""A ball wider than this decides nothing."""


def equal(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether two sequences of numbers agree entry by entry. Raises `UndecidedError` where their
    balls are too wide to tell."""
    return all(_equal(a, b) for a, b in zip(left, right, strict=True))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, fmpq | int) and isinstance(b, fmpq | int):
        return bool(a == b)
    if isinstance(a, Algebraic) and isinstance(b, Algebraic) and a.root is b.root:
        return a == b
    return _is_zero(acb(number_ball(a)) - acb(number_ball(b)), acb(number_ball(b)))


def _is_zero(gap: acb, size: acb) -> bool:
    if not gap.overlaps(acb(0)):
        return False
    room = arb(TIGHT) * (1 + abs(size).upper())
    if not abs(gap).upper() < room and not at_most():
        raise UndecidedError("an independent check")
    return True


def shift(rows: Rational, value: Any) -> Rows:
    """A − value·I."""
    return tuple(tuple(e - value if i == j else e for j, e in enumerate(row)) for i, row in enumerate(rows))


def sum_of(values: Sequence[Any]) -> Any:
    """Σ of numbers of any fields: exact for rationals, else a ball."""
    total: Any = fmpq(0)
    for value in values:
        total = total + value if isinstance(value, fmpq) and isinstance(total, fmpq) else acb(number_ball(total)) + acb(
            number_ball(value))  # fmt: skip
    return total


def product_of(values: Sequence[Any]) -> Any:
    """Π of numbers of any fields: exact for rationals, else a ball."""
    total: Any = fmpq(1)
    for value in values:
        total = total * value if isinstance(value, fmpq) and isinstance(total, fmpq) else acb(number_ball(total)) * acb(
            number_ball(value))  # fmt: skip
    return total


def inverse_gives(columns: Sequence[Row], values: Sequence[Any], rows: Rational) -> bool:
    """P·D·P⁻¹ = A, P made of `columns` and D of `values`: exactly over the rationals, else by balls.

    Raises `UndecidedError` where the precision does not suffice to invert P.
    """
    n = len(rows)
    if all(isinstance(e, fmpq) for v in columns for e in v):
        p = flint_matrix(list(zip(*columns, strict=True)))
        d = flint_matrix([[v if i == j else fmpq(0) for j in range(n)] for i, v in enumerate(values)])
        return bool(p * d * p.inv() == flint_matrix(rows))
    balls = acb_mat(n, n, [acb(number_ball(columns[j][i])) for i in range(n) for j in range(n)])
    middle = acb_mat(n, n, [acb(number_ball(v)) if i == j else acb(0) for i, v in enumerate(values) for j in range(n)])
    try:
        back = balls * middle * balls.inv()
    except ZeroDivisionError as fault:
        raise UndecidedError("the inverse of P") from fault
    return all(_is_zero(back[i, j] - acb(arb(rows[i][j])), acb(arb(rows[i][j]))) for i in range(n) for j in range(n))
