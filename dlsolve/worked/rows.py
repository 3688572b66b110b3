"""A linear system written out: its equations, every row operation by name, what is read off."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from dlsolve.formula.tree import At, Cmp, Num, Tree
from dlsolve.formula.written import cells, exact_number, linear, linear_terms, total
from dlsolve.linalg.reduce import Reduction, RowOperation
from dlsolve.notation import subscript
from dlsolve.trace import Trace
from dlsolve.worked.text import signed, text_of

MAX_EQUATIONS = 6
"""Larger systems are not written out as equations: the matrix says the same."""

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi")


def unknowns(n: int) -> list[Tree]:
    """x₁ … xₙ."""
    return [At("x", (Num(str(j + 1)),)) for j in range(n)]


def equations(t: Trace, reduction: Reduction, n: int) -> None:
    """(i), (ii), (iii): the rows of the first state as equations in n unknowns; where they have a
    column more, it is the right-hand side. λ stands for an irrational root of degree 3 or more."""
    if n <= MAX_EQUATIONS and len(reduction.states[0]) <= MAX_EQUATIONS:
        for i, row in enumerate(reduction.states[0]):
            shown = linear([reduction.number(a) for a in row[:n]], unknowns(n))
            right = exact_number(reduction.number(row[n])) if len(row) > n else Num("0")
            t.operation(f"({_ROMAN[i]})", None, Cmp("==", shown, right))


def operations(t: Trace, reduction: Reduction, *, exact: bool) -> None:
    """Every row operation with the state before and after it."""
    before = state(reduction, 0, exact=exact)
    for n, operation in enumerate(reduction.operations):
        after = state(reduction, n + 1, exact=exact)
        t.operation(row_name(t, operation, reduction), before, after)
        before = after


def state(reduction: Reduction, n: int, *, exact: bool) -> Any:
    """State n: in fractions and surds where `exact`, else in certified decimals."""
    if not exact:
        return reduction.state(n)
    return cells([[reduction.number(a) for a in row] for row in reduction.states[n]])


def row_name(t: Trace, operation: RowOperation, reduction: Reduction) -> str:
    """``R₂ → R₂ − (5/2)·R₁``, ``R₁ ↔ R₂``, ``R₁ → R₁ / 3``."""
    row, other = (f"R{subscript(str(k))}" for k in (operation.target, operation.source))
    if operation.kind == "swap":
        return f"{row} ↔ {other}"
    factor = reduction.number(operation.factor)
    if operation.kind == "scale":
        return f"{row} → {row} / {text_of(t, factor, bracket=True)}"
    minus, size = signed(t, factor)
    return f"{row} → {row} {'+' if minus else '−'} {size + '·' if size != '1' else ''}{other}"


def read_off(t: Trace, reduction: Reduction, n: int, *, exact: bool) -> None:
    """Each pivot unknown in terms of the free ones; a column more than n is the right-hand side."""
    free = [j for j in range(n) if j not in reduction.pivots]
    if not reduction.pivots:
        t.note("No equation is left: every vector but 0 is a solution.")
    elif exact and n <= MAX_EQUATIONS:
        x = unknowns(n)
        for i, col in enumerate(reduction.pivots):
            row = [reduction.number(a) for a in reduction.states[-1][i]]
            terms = linear_terms([-row[j] for j in free], [x[j] for j in free])
            right = row[n] if len(row) > n else fmpq(0)
            if right != 0:
                terms.insert(0, (right < 0, exact_number(abs(right))))
            t.operation("read off", None, Cmp("==", x[col], total(terms)))
    names = [f"x{subscript(str(j + 1))}" for j in free]
    t.note(f"Free: {', '.join(names)}." if free else "Every column has a pivot: no unknown is free.")
