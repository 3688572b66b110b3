"""det(A − λI), expanded as by hand: at sight, along the best row, or by Faddeev–LeVerrier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_poly

from dlsolve.formula.tree import Bin, Call, Mat, Num, Tree
from dlsolve.formula.written import LAM, cells, exact_number, polynomial, product, total
from dlsolve.linalg import polynomial as poly
from dlsolve.notation import subscript
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace

PolyRows = list[list[fmpq_poly]]


def characteristic(t: Trace, rows: Sequence[Sequence[fmpq]]) -> fmpq_poly:
    """Write det(A − λI) for the square `rows`, ending in the named value ``char_poly``.

    Names ``M`` and ``q`` (Faddeev–LeVerrier, from 5×5) are the topic's to declare.
    """
    n = len(rows)
    shifted = poly.characteristic_matrix(rows)
    drawn = cells(shifted)
    t.operation("A − λI", cells(rows), drawn, why="λ taken from the diagonal")
    table = poly.faddeev_leverrier(rows)
    p = poly.from_faddeev(table)
    shape = poly.shape(rows)
    if shape and n > 1:
        t.note(f"A is {shape}: the determinant of A − λI is the product of its diagonal.")
        t.operation("product of the diagonal", drawn, product(polynomial(shifted[i][i]) for i in range(n)))
    elif n == 2:
        t.operation("det(A − λI) = ad − bc", drawn, _two_by_two(shifted))
    elif n in (3, 4):
        _along_row(t, shifted, drawn)
    elif n > 4:
        _faddeev(t, table)
    t.operation("det(A − λI)", None, polynomial(p), key="char_poly", why="collected by powers of λ")
    return p


def of_polynomials(t: Trace, rows: PolyRows, variable: Tree) -> fmpq_poly:
    """Write the determinant of a square of polynomials in `variable`, up to 4×4 with all its minors."""
    drawn, n = cells(rows, variable), len(rows)
    if n == 2:
        t.operation("ad − bc", drawn, _two_by_two(rows, variable))
    elif n in (3, 4):
        _along_row(t, rows, drawn, variable)
    return poly.determinant(rows)


def _two_by_two(m: PolyRows, variable: Tree = LAM) -> Tree:
    """ad − bc, the second product left out where it is 0."""
    (a, b), (c, d) = m
    first = _times(a, d, variable)
    return first if b.is_zero() or c.is_zero() else Bin("-", first, _times(b, c, variable))


def _times(a: fmpq_poly, b: fmpq_poly, variable: Tree) -> Tree:
    """a·b, without a factor 1 before a term in the variable."""
    if a.is_one() and b.degree() > 0:
        return polynomial(b, variable)
    return (
        polynomial(a, variable)
        if b.is_one() and a.degree() > 0
        else Bin("*", polynomial(a, variable), polynomial(b, variable))
    )


def _term(e: fmpq_poly, minus: bool, rest: Tree, variable: Tree) -> tuple[bool, Tree]:
    """(minus?, e·rest), a sign and a factor 1 of a number drawn out."""
    if e.degree() == 0:
        minus = minus != (e[0] < 0)
        e = fmpq_poly([abs(e[0])])
    return minus, rest if e.is_one() else Bin("*", polynomial(e, variable), rest)


def _along_row(t: Trace, shifted: PolyRows, drawn: Mat, variable: Tree = LAM) -> None:
    """3×3 and 4×4: along the row with the most zeros, the minors worked out in turn."""
    i = poly.best_row(shifted)
    places = [(j, e) for j, e in enumerate(shifted[i]) if not e.is_zero()]
    minors = {j: poly.minor(shifted, i, j) for j, _ in places}
    small = len(shifted) == 3
    written = {j: _two_by_two(m, variable) if small else Call("det", (cells(m, variable),)) for j, m in minors.items()}
    why = "the row with the most zeros" if any(e.is_zero() for e in shifted[i]) else ""
    t.operation(
        f"expand along row {i + 1}",
        drawn,
        total(_term(e, (i + j) % 2 == 1, written[j], variable) for j, e in places),
        why=why,
    )
    if not small:
        for j, _ in places:
            _minor(t, minors[j], f"{i + 1},{j + 1}", variable)
    worked = {j: polynomial(poly.determinant(m), variable) for j, m in minors.items()}
    t.operation("the minors put in", None, total(_term(e, (i + j) % 2 == 1, worked[j], variable) for j, e in places))


def _minor(t: Trace, rows: PolyRows, name: str, variable: Tree) -> None:
    """One 3×3 minor of a 4×4."""
    i = poly.best_row(rows)
    places = [(j, e) for j, e in enumerate(rows[i]) if not e.is_zero()]
    line = total(_term(e, (i + j) % 2 == 1, _two_by_two(poly.minor(rows, i, j), variable), variable) for j, e in places)
    t.operation(f"minor {name}, along its row {i + 1}", cells(rows, variable), line)
    t.operation(f"minor {name}", None, polynomial(poly.determinant(rows), variable))


def _faddeev(t: Trace, table: Sequence[tuple[Any, fmpq]]) -> None:
    """5×5 and more: one matrix and one coefficient for each power."""
    n = len(table)
    t.note("Faddeev–LeVerrier: M₁ = A, qₖ = tr(Mₖ)/k, Mₖ₊₁ = A·(Mₖ − qₖ·I); "
           "then det(λI − A) = λⁿ − q₁·λⁿ⁻¹ − … − qₙ.")  # fmt: skip
    for k, (m, q) in enumerate(table, 1):
        low, here = subscript(str(k - 1)), subscript(str(k))
        rule = "M₁ = A" if k == 1 else f"M{here} = A·(M{low} − q{low}·I)"
        t.operation(rule, None, Matrix([[m[i, j] for j in range(n)] for i in range(n)]), key=("M", k))
        diagonal = total((e < 0, exact_number(abs(e))) for e in (m[i, i] for i in range(n)))
        t.operation(f"tr(M{here})/{k}", Bin("/", diagonal, Num(str(k))), q, key=("q", k))
    t.table("Faddeev–LeVerrier", ["k", "qₖ = tr(Mₖ)/k"], [[f" {k}", ("q", k)] for k in range(1, n + 1)])
