"""The arithmetic of windows: what stays open is enclosed, not refused.

A comparison that a window leaves open is `OPEN`; a choice by it is every value that it may give.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import arb, fmpq
from msgspec.structs import replace

from dlsolve.errors import DomainError
from dlsolve.formula.compiled import EXACT
from dlsolve.numbers import elementary, functions
from dlsolve.numbers.matrix import Entry, Matrix
from dlsolve.numbers.precision import UndecidedError


class _Open:
    """A truth that a window leaves open; a run that needs to know it is told so."""

    def __bool__(self) -> bool:
        raise UndecidedError("a comparison")


OPEN = _Open()


def hull(left: Any, right: Any) -> Any:
    """Everything from `left` to `right`, entry by entry."""
    if isinstance(left, Matrix) or isinstance(right, Matrix):
        shape = left.shape if isinstance(left, Matrix) else right.shape

        def entry(side: Any, i: int, j: int) -> Any:
            return side.rows[i][j] if isinstance(side, Matrix) else side

        return Matrix([[hull(entry(left, i, j), entry(right, i, j)) for j in range(shape[1])] for i in range(shape[0])])
    if isinstance(left, fmpq) and isinstance(right, fmpq) and left == right:
        return left
    return arb(left).union(arb(right))


def _compare(op: str, left: Entry, right: Entry) -> Any:
    try:
        return elementary.compare(op, left, right)
    except UndecidedError:
        return OPEN


def test(op: str, left: Any, right: Any) -> Any:
    """``left op right``: true, false or `OPEN`; a matrix of those where a side is a matrix."""
    if isinstance(left, Matrix) and isinstance(right, Matrix):
        pairs = zip(left.rows, right.rows, strict=True)
        return Matrix([[_compare(op, a, b) for a, b in zip(r, s, strict=True)] for r, s in pairs])
    if isinstance(left, Matrix):
        return left.map(lambda e: _compare(op, e, right))
    if isinstance(right, Matrix):
        return right.map(lambda e: _compare(op, left, e))
    return _compare(op, left, right)


def choose(cond: Any, then: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """``then if cond else other``; both together where `cond` is open."""
    if cond is OPEN:
        return _both(then, other)
    if not isinstance(cond, Matrix):
        return then() if cond else other()
    yes, no = then(), other()

    def entry(side: Any, i: int, j: int) -> Any:
        return side.rows[i][j] if isinstance(side, Matrix) else side

    def pick(truth: Any, i: int, j: int) -> Any:
        if truth is OPEN:
            return hull(entry(yes, i, j), entry(no, i, j))
        return entry(yes if truth else no, i, j)

    return Matrix([[pick(truth, i, j) for j, truth in enumerate(row)] for i, row in enumerate(cond.rows)])


def _both(then: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """The hull of two cases; a case that has no value here is none that holds."""
    found = []
    for case in (then, other):
        try:
            found.append(case())
        except (DomainError, ZeroDivisionError, UndecidedError):
            continue
    if not found:
        raise UndecidedError("a choice")
    return hull(found[0], found[-1])


def extreme(op: str) -> Callable[..., Any]:
    """The largest (``>``) or smallest (``<``) of several numbers, or of a matrix's entries."""

    def two(a: Entry, b: Entry) -> Any:
        truth = _compare(op, a, b)
        if truth is not OPEN:
            return a if truth else b
        x, y = arb(a), arb(b)
        return x.max(y) if op == ">" else x.min(y)

    def pick(*args: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Matrix):
            args = tuple(args[0].entries())
        for n, arg in enumerate(args):
            if isinstance(arg, Matrix):
                rest = args[:n] + args[n + 1 :]
                return arg.map(lambda e: pick(*rest, e))
        best = args[0]
        for arg in args[1:]:
            best = two(best, arg)
        return best

    return pick


def reduce_(kind: str, terms: Sequence[Any]) -> Any:
    """``sum|mean|prod|max|min|count`` over the listed terms; a count of open truths is a span."""
    if kind == "count":
        sure = sum(1 for t in terms if t is not OPEN and t)
        most = sure + sum(1 for t in terms if t is OPEN)
        return hull(fmpq(sure), fmpq(most))
    if kind in ("max", "min"):
        return extreme(">" if kind == "max" else "<")(*terms)
    return functions.reduce_(kind, terms)


def square_root(x: Entry) -> Entry:
    """√x; of a window that reaches below 0, of what can have a root."""
    if isinstance(x, arb) and x.contains(0) and x.upper() > 0:
        return arb(0).union(x.upper().sqrt())
    return elementary.square_root(x)


def floor(x: Entry) -> Entry:
    """The whole numbers at or below what x can be."""
    if isinstance(x, arb) and x.is_finite():
        low, high = x.lower().floor(), x.upper().floor()
        whole = low.union(high).unique_fmpz()
        return fmpq(whole) if whole is not None else low.union(high)
    return elementary.floor(x)


def softmax(x: Any) -> Any:
    """exp(x_i) / Σ exp(x_j) down each column, as 1 / (1 + Σ exp(x_j - x_i)): each x_j stands once."""
    if x.shape[0] == 1 and x.shape[1] > 1:
        return softmax(x.T).T
    columns = []
    for column in zip(*x.rows, strict=True):
        if all(isinstance(e, fmpq) for e in column):
            columns.append(list(functions.softmax(Matrix.column(column)).entries()))
            continue
        shares = []
        for i, own in enumerate(column):
            total: Any = fmpq(1)
            for j, other in enumerate(column):
                if i != j:
                    total = total + elementary.exp(other - own)
            shares.append(1 / total)
        columns.append(shares)
    return Matrix(columns).T


def rowsoftmax(x: Any) -> Any:
    """Softmax along each row."""
    return softmax(x.T).T if x.shape[0] > 1 else softmax(x)


WINDOWS = replace(
    EXACT,
    name="windows",
    native={
        **functions.NATIVE,
        "max": extreme(">"),
        "min": extreme("<"),
        "sqrt": functions.entrywise(square_root),
        "floor": functions.entrywise(floor),
        "softmax": softmax,
        "rowsoftmax": rowsoftmax,
    },
    test=test,
    choose=choose,
    reduce=reduce_,
)
"""Enclosures of every value that the written digits allow."""
