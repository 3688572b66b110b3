"""The native functions of the rule language over exact and certified numbers and matrices.

Comparisons that an enclosure cannot settle raise `UndecidedError`; the solve then runs again more
precisely.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from flint import arb, fmpq

from dlsolve.errors import DomainError
from dlsolve.numbers import elementary
from dlsolve.numbers.elementary import MAX_BITS, compare
from dlsolve.numbers.matrix import Entry, Matrix, whole_power


def entrywise(fn: Callable[[Entry], Entry]) -> Callable[[Any], Any]:
    """`fn` on a scalar, or on each entry of a matrix."""

    def apply(x: Any) -> Any:
        return x.map(fn) if isinstance(x, Matrix) else fn(x)

    return apply


def power(base: Any, exponent: Any) -> Any:
    """base ** exponent; integer powers stay exact within `MAX_BITS`."""
    if isinstance(base, Matrix):
        return base.map(lambda e: power(e, exponent))
    if isinstance(exponent, int):
        exponent = fmpq(exponent)
    if isinstance(exponent, fmpq) and exponent.q == 1:
        n = int(exponent.p)
        if n < 0 and base == 0:
            raise DomainError("0 to a negative power")
        if isinstance(base, fmpq):
            if abs(n) * base.height_bits() <= 2 * MAX_BITS or base in (0, 1, -1):
                return base ** (n if base not in (1, -1) or abs(n) < 2 else 2 - n % 2)
            return arb(base) ** n
        return whole_power(base, n)
    if base == 0:
        return fmpq(0)
    if compare("<", base, fmpq(0)):
        raise DomainError("a negative number to a power that is no integer")
    if exponent == fmpq(1, 2):
        return elementary.square_root(base)
    return arb(base) ** exponent


def matmul(left: Any, right: Any) -> Any:
    """``left @ right``; a 1×1 factor written as a number scales."""
    if isinstance(left, Matrix) and isinstance(right, Matrix):
        return left @ right
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Matrix) and 1 not in other.shape:
            raise DomainError(f"a number cannot be multiplied by a {other.shape[0]}×{other.shape[1]} matrix with @")
        if isinstance(one, Matrix):
            return one * other
    return left * right


def total(x: Any) -> Any:
    """The sum of all entries."""
    if not isinstance(x, Matrix):
        return x
    out: Entry = fmpq(0)
    for e in x.entries():
        out = out + e
    return out


def mean(x: Any) -> Any:
    """The mean of all entries."""
    return total(x) / fmpq(x.shape[0] * x.shape[1]) if isinstance(x, Matrix) else x


def rowsum(x: Matrix) -> Matrix:
    """n×m -> n×1: the sum along each row."""
    return Matrix.column([total(Matrix([row])) for row in x.rows])


def colsum(x: Matrix) -> Matrix:
    """n×m -> 1×m: the sum down each column."""
    return rowsum(x.T).T


def extreme(op: str) -> Callable[..., Any]:
    """The largest (``>``) or smallest (``<``) of several numbers, or of a matrix's entries."""

    def pick(*args: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Matrix):
            args = tuple(args[0].entries())
        for n, arg in enumerate(args):
            if isinstance(arg, Matrix):
                rest = args[:n] + args[n + 1 :]
                return arg.map(lambda e: pick(*rest, e))
        best = args[0]
        for arg in args[1:]:
            if compare(op, arg, best):
                best = arg
        return best

    return pick


def softmax(x: Any) -> Any:
    """exp(x_i) / Σ exp(x_j) down each column; a row vector along the row."""
    if x.shape[0] == 1 and x.shape[1] > 1:
        return softmax(x.T).T
    columns = []
    for column in zip(*x.rows, strict=True):
        powers = [elementary.exp(e) for e in column]
        whole = total(Matrix.column(powers))
        columns.append([p / whole for p in powers])
    return Matrix(columns).T


def rowsoftmax(x: Any) -> Any:
    """Softmax along each row: samples as rows."""
    return softmax(x.T).T if x.shape[0] > 1 else softmax(x)


def test(op: str, left: Any, right: Any) -> Any:
    """``left op right``; a matrix of truths where a side is a matrix."""
    if isinstance(left, Matrix):
        if isinstance(right, Matrix):
            pairs = zip(left.rows, right.rows, strict=True)
            truths: Any = [[compare(op, a, b) for a, b in zip(r, s, strict=True)] for r, s in pairs]
            return Matrix(truths)
        return left.map(lambda e: compare(op, e, right))
    if isinstance(right, Matrix):
        return right.map(lambda e: compare(op, left, e))
    return compare(op, left, right)


def choose(cond: Any, then: Callable[[], Any], other: Callable[[], Any]) -> Any:
    """``then if cond else other``; entry by entry where `cond` is a matrix of truths."""
    if not isinstance(cond, Matrix):
        return then() if cond else other()
    yes, no = then(), other()

    def entry(side: Any, i: int, j: int) -> Any:
        return side.rows[i][j] if isinstance(side, Matrix) else side

    rows, cols = cond.shape
    return Matrix([[entry(yes if cond.rows[i][j] else no, i, j) for j in range(cols)] for i in range(rows)])


def _count(args: Sequence[Any]) -> Any:
    return fmpq(sum(bool(a) for a in args))


def reduce_(kind: str, terms: Sequence[Any]) -> Any:
    """``sum|mean|prod|max|min|count`` over the listed terms."""
    match kind:
        case "sum" | "mean":
            out = sum(terms, fmpq(0))
            return out if kind == "sum" else out / fmpq(len(terms))
        case "prod":
            return math.prod(terms, start=fmpq(1))
        case "count":
            return _count(terms)
        case _:
            return extreme(">" if kind == "max" else "<")(*terms)


NATIVE: dict[str, Callable[..., Any]] = {
    "exp": entrywise(elementary.exp),
    "sqrt": entrywise(elementary.square_root),
    "ln": entrywise(lambda x: elementary.logarithm(x, None)),
    "log": entrywise(lambda x: elementary.logarithm(x, None)),
    "log2": entrywise(lambda x: elementary.logarithm(x, 2)),
    "log10": entrywise(lambda x: elementary.logarithm(x, 10)),
    "abs": entrywise(elementary.size),
    "tanh": entrywise(elementary.tanh),
    "sin": entrywise(lambda x: fmpq(0) if x == 0 else arb(x).sin()),
    "cos": entrywise(lambda x: fmpq(1) if x == 0 else arb(x).cos()),
    "cospi": entrywise(elementary.cosine_of_pi),
    "acos": entrywise(elementary.arccosine),
    "tan": entrywise(lambda x: fmpq(0) if x == 0 else arb(x).tan()),
    "erf": entrywise(elementary.erf),
    "erfinv": entrywise(elementary.inverse_erf),
    "factorial": entrywise(elementary.factorial),
    "comb": elementary.binomial,
    "floor": entrywise(elementary.floor),
    "sum": total,
    "mean": mean,
    "rowsum": rowsum,
    "colsum": colsum,
    "max": extreme(">"),
    "min": extreme("<"),
    "softmax": softmax,
    "rowsoftmax": rowsoftmax,
    "ones": entrywise(lambda _: fmpq(1)),
    "transpose": lambda x: x.T if isinstance(x, Matrix) else x,
}
