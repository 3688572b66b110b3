"""Eigenvalues of a symmetric matrix that is known as enclosures: certified, repeated ones too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flint import acb, acb_mat, arb, ctx

from dlsolve.numbers.precision import UndecidedError

Rows = Sequence[Sequence[arb]]


def eigenvalues(rows: Rows) -> list[arb]:
    """The eigenvalues of `rows`, largest first. Raises `UndecidedError` where more bits are needed.

    Variables that are not coupled (exact zeros between them) are taken block by block.
    """
    found: list[arb] = []
    for block in _blocks(rows):
        found += _block([[rows[i][j] for j in block] for i in block])
    return sorted(found, key=lambda v: float(v.mid()), reverse=True)


def _blocks(rows: Rows) -> Iterator[list[int]]:
    """The sets of indices that are coupled by entries other than 0."""
    left = list(range(len(rows)))
    while left:
        block = [left.pop(0)]
        for i in block:
            coupled = [j for j in left if not (rows[i][j].is_zero() and rows[j][i].is_zero())]
            left = [j for j in left if j not in coupled]
            block += coupled
        yield sorted(block)


def _block(rows: Rows) -> list[arb]:
    if len(rows) == 1:
        return [rows[0][0]]
    matrix = acb_mat([[acb(e) for e in row] for row in rows])
    try:
        return [e.real for e in matrix.eig(multiple=True)]
    except ValueError:
        return _discs(matrix)


def _vectors(matrix: acb_mat) -> acb_mat:
    """About the eigenvectors, at right angles to one another. flint's own may belong to no eigenvalue at all
    where two are equal."""
    from mpmath import mp

    def number(value: arb) -> Any:
        mantissa, exponent = value.mid().man_exp()
        return mp.mpf((int(mantissa), int(exponent)))

    def ball(value: Any) -> acb:
        mantissa, exponent = value.man_exp  # without the sign
        return acb(arb(mantissa if value > 0 else -mantissa) * arb(2) ** exponent)

    n = matrix.nrows()
    with mp.workprec(ctx.prec):
        _, found = mp.eigsy(mp.matrix([[number(matrix[i, j].real) for j in range(n)] for i in range(n)]))
        return acb_mat([[ball(found[i, j]) for j in range(n)] for i in range(n)])


def _discs(matrix: acb_mat) -> list[arb]:
    """Enclosures by Gershgorin's discs after a change of basis: discs that overlap are joined, and
    hold as many eigenvalues as there are discs in them (equal ones need not be told apart)."""
    n = matrix.nrows()
    try:
        vectors = _vectors(matrix)
        turned = vectors.solve(matrix * vectors)
    except (ValueError, ZeroDivisionError) as fault:
        raise UndecidedError("the eigenvalues of the Hessian") from fault
    discs = sorted(
        (
            (turned[i, i].real + arb(0, 1) * sum((abs(turned[i, j]) for j in range(n) if j != i), arb(0)))
            for i in range(n)
        ),
        key=lambda d: float(d.mid()),
    )
    joined: list[list[arb]] = []
    for disc in discs:
        if joined and any(disc.overlaps(other) for other in joined[-1]):
            joined[-1].append(disc)
        else:
            joined.append([disc])
    out: list[arb] = []
    for group in joined:
        hull = group[0]
        for disc in group[1:]:
            hull = hull.union(disc)
        out += [hull] * len(group)
    return out
