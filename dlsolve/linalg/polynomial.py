"""Characteristic polynomials of rational matrices and the plan of solving them by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat, fmpq_poly

Rational = Sequence[Sequence[fmpq]]
PolyRows = Sequence[Sequence[fmpq_poly]]


def flint_matrix(rows: Rational) -> fmpq_mat:
    """`rows` as flint's rational matrix."""
    return fmpq_mat(len(rows), len(rows[0]), [e for row in rows for e in row])


def characteristic_matrix(rows: Rational) -> list[list[fmpq_poly]]:
    """A − λI, its entries polynomials in λ."""
    return [[fmpq_poly([e, -1]) if i == j else fmpq_poly([e]) for j, e in enumerate(row)] for i, row in enumerate(rows)]


def best_row(rows: PolyRows) -> int:
    """The row (from 0) with the most zeros, the first of these: the one to expand along."""
    return max(range(len(rows)), key=lambda i: (sum(e.is_zero() for e in rows[i]), -i))


def minor(rows: PolyRows, i: int, j: int) -> list[list[fmpq_poly]]:
    """`rows` without row i and column j (from 0)."""
    return [[e for c, e in enumerate(row) if c != j] for r, row in enumerate(rows) if r != i]


def determinant(rows: PolyRows) -> fmpq_poly:
    """The determinant of a small matrix of polynomials, along its best rows."""
    if len(rows) == 1:
        return rows[0][0]
    if len(rows) == 2:
        return rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    i = best_row(rows)
    total = fmpq_poly()
    for j, e in enumerate(rows[i]):
        if not e.is_zero():
            total += (-1) ** (i + j) * e * determinant(minor(rows, i, j))
    return total


def faddeev_leverrier(rows: Rational) -> list[tuple[fmpq_mat, fmpq]]:
    """(M_k, c_k) for k = 1 … n: M_1 = A, c_k = tr(M_k)/k, M_{k+1} = A(M_k − c_k·I).

    Then det(λI − A) = λⁿ − c_1·λⁿ⁻¹ − … − c_n.
    """
    a = flint_matrix(rows)
    n = len(rows)
    one = fmpq_mat(n, n, [fmpq(int(i == j)) for i in range(n) for j in range(n)])
    m, out = a, []
    for k in range(1, n + 1):
        c = sum((m[i, i] for i in range(n)), fmpq(0)) / k
        out.append((m, c))
        m = a * (m - one * c)
    return out


def from_faddeev(table: Sequence[tuple[fmpq_mat, fmpq]]) -> fmpq_poly:
    """det(A − λI) from the table of `faddeev_leverrier`."""
    n = len(table)
    monic = fmpq_poly([-c for _, c in reversed(table)] + [fmpq(1)])
    return -monic if n % 2 else monic


@dataclass(frozen=True, slots=True)
class Factorisation:
    """A polynomial as primitive whole-number polynomial and its irreducible monic factors."""

    primitive: fmpq_poly
    multiplied_by: fmpq
    factors: tuple[tuple[fmpq_poly, int], ...]


def factorise(poly: fmpq_poly) -> Factorisation:
    """`poly` · multiplied_by has whole coefficients without a common divisor, the leading one
    positive; the factors are irreducible over Q, rational roots first, descending."""
    scale = primitive_scale(poly)
    found = [(f / f[f.degree()], int(m)) for f, m in poly.factor()[1]]
    found.sort(key=lambda f: (f[0].degree(), f[0][0] if f[0].degree() == 1 else 0))
    return Factorisation(poly * scale, scale, tuple(found))


def middle_split(poly: fmpq_poly) -> tuple[int, int] | None:
    """For aλ² + bλ + c in whole numbers: (m, n) with m + n = b, m·n = a·c, or None.

    The one smaller in size comes first: λ² + λ − 6λ − 6.
    """
    c, b, a = (int(poly[k]) for k in range(3))
    inside = b * b - 4 * a * c
    if inside < 0 or math.isqrt(inside) ** 2 != inside:
        return None
    root = math.isqrt(inside)
    m, n = (b + root) // 2, (b - root) // 2
    return (m, n) if abs(m) <= abs(n) else (n, m)


def shape(rows: Rational) -> str:
    """``diagonal``, ``upper triangular``, ``lower triangular``, or nothing."""
    n = len(rows)
    upper = all(rows[i][j] == 0 for i in range(n) for j in range(i))
    lower = all(rows[i][j] == 0 for i in range(n) for j in range(i + 1, n))
    if upper and lower:
        return "diagonal"
    return "upper triangular" if upper else "lower triangular" if lower else ""


def whole(poly: fmpq_poly) -> fmpq_poly:
    """`poly` as primitive whole-number polynomial with positive leading coefficient."""
    return poly * primitive_scale(poly)


def primitive_scale(poly: fmpq_poly) -> fmpq:
    """The number that makes `poly` primitive with positive leading coefficient."""
    numerators = [int(c) for c in poly.numer().coeffs()]
    content = math.gcd(*numerators) * (1 if numerators[-1] > 0 else -1)
    return fmpq(int(poly.denom()), content)
