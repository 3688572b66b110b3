"""The native functions of the rule language over exact and certified numbers and matrices.

What a person keeps exact stays exact: roots of squares, log_b of powers of b, exp 0. Comparisons
that an enclosure cannot settle raise `UndecidedError`; the solve then runs again more precisely.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from flint import arb, fmpq, fmpz

from dlsolve.errors import DomainError
from dlsolve.numbers.matrix import Entry, Matrix
from dlsolve.numbers.precision import UndecidedError, at_most

MAX_BITS = 2048
"""A rational longer than this is handed on as an enclosure."""


def settle(value: Entry) -> Entry:
    """`value`, as an enclosure when its fraction has outgrown `MAX_BITS`."""
    if isinstance(value, fmpq) and value.height_bits() > MAX_BITS:
        return arb(value)
    return value


def entrywise(fn: Callable[[Entry], Entry]) -> Callable[[Any], Any]:
    """`fn` on a scalar, or on each entry of a matrix."""

    def apply(x: Any) -> Any:
        return x.map(fn) if isinstance(x, Matrix) else fn(x)

    return apply


def _exp(x: Entry) -> Entry:
    if x == 0:
        return fmpq(1)
    return arb(x).exp()


def _sqrt(x: Entry) -> Entry:
    if isinstance(x, fmpq):
        if x < 0:
            raise DomainError(f"the square root of {x}, which is negative")
        p, q = int(x.p), int(x.q)
        a, b = math.isqrt(p), math.isqrt(q)
        if a * a == p and b * b == q:
            return fmpq(a, b)
        return arb(x).sqrt()
    if compare("<", x, fmpq(0)):
        raise DomainError("the square root of a negative number")
    return x.sqrt()


def _log(x: Entry, base: int | None) -> Entry:
    if isinstance(x, fmpq):
        if x <= 0:
            raise DomainError(f"the logarithm of {x}; a logarithm needs a number above 0")
        if x == 1:
            return fmpq(0)
        if base is not None:
            power = _power_of(int(x.p), base) if x.q == 1 else _power_of(int(x.q), base) if x.p == 1 else None
            if power is not None:
                return fmpq(power if x.q == 1 else -power)
    elif compare("<=", x, fmpq(0)):
        raise DomainError("the logarithm of a number that is not above 0")
    natural = arb(x).log()
    return natural if base is None else natural / arb(base).log()


def _power_of(n: int, base: int) -> int | None:
    count = 0
    while n % base == 0:
        n //= base
        count += 1
    return count if n == 1 else None


def _abs(x: Entry) -> Entry:
    return abs(x)  # type: ignore[return-value]


def _tanh(x: Entry) -> Entry:
    return fmpq(0) if x == 0 else arb(x).tanh()


def _cospi(x: Entry) -> Entry:
    """cos(πx), exact at multiples of 1/2 and 1/3."""
    if isinstance(x, fmpq):
        if 6 % int(x.q) == 0 and int(x.q) < 6:
            return _COS_SIXTHS[int((6 * x).p) % 12]
        return arb.cos_pi_fmpq(x)
    return arb(x).cos_pi()


_COS_SIXTHS = {n: fmpq(v, 2) for n, v in ((0, 2), (2, 1), (3, 0), (4, -1), (6, -2), (8, -1), (9, 0), (10, 1))}
"""cos(nπ/6) where it is rational."""


def _erf(x: Entry) -> Entry:
    return fmpq(0) if x == 0 else arb(x).erf()


def _floor(x: Entry) -> Entry:
    if isinstance(x, fmpq):
        return fmpq(fmpz(int(x.p) // int(x.q)))
    whole = x.floor().unique_fmpz()
    if whole is None:
        raise UndecidedError("a floor")
    return fmpq(whole)


def compare(op: str, left: Entry, right: Entry) -> bool:
    """``left op right`` with certainty. Raises `UndecidedError`; at the last precision an overlap
    counts as a tie."""
    gap = left - right
    if isinstance(gap, fmpq):
        sign = (gap > 0) - (gap < 0)
    elif gap > 0:
        sign = 1
    elif gap < 0:
        sign = -1
    elif at_most() and gap.is_finite():
        sign = 0
    else:
        raise UndecidedError("a comparison")
    match op:
        case "<":
            return sign < 0
        case "<=":
            return sign <= 0
        case ">":
            return sign > 0
        case ">=":
            return sign >= 0
        case "==":
            return sign == 0
        case _:
            return sign != 0


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
        return base**n
    if base == 0:
        return fmpq(0)
    if compare("<", base, fmpq(0)):
        raise DomainError("a negative number to a power that is no integer")
    if exponent == fmpq(1, 2):
        return _sqrt(base)
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
        powers = [_exp(e) for e in column]
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
    return Matrix(
        [[entry(yes if cond.rows[i][j] else no, i, j) for j in range(cols)] for i in range(rows)]
    )


def _count(args: Sequence[Any]) -> Any:
    return fmpq(sum(bool(a) for a in args))


def reduce_(kind: str, terms: Sequence[Any]) -> Any:
    """``sum|mean|prod|max|min|count`` over the listed terms."""
    match kind:
        case "sum" | "mean":
            out: Any = fmpq(0)
            for term in terms:
                out = out + term
            return out if kind == "sum" else out / fmpq(len(terms))
        case "prod":
            out = fmpq(1)
            for term in terms:
                out = out * term
            return out
        case "count":
            return _count(terms)
        case _:
            return extreme(">" if kind == "max" else "<")(*terms)


NATIVE: dict[str, Callable[..., Any]] = {
    "exp": entrywise(_exp),
    "sqrt": entrywise(_sqrt),
    "ln": entrywise(lambda x: _log(x, None)),
    "log": entrywise(lambda x: _log(x, None)),
    "log2": entrywise(lambda x: _log(x, 2)),
    "log10": entrywise(lambda x: _log(x, 10)),
    "abs": entrywise(_abs),
    "tanh": entrywise(_tanh),
    "sin": entrywise(lambda x: fmpq(0) if x == 0 else arb(x).sin()),
    "cos": entrywise(lambda x: fmpq(1) if x == 0 else arb(x).cos()),
    "cospi": entrywise(_cospi),
    "tan": entrywise(lambda x: fmpq(0) if x == 0 else arb(x).tan()),
    "erf": entrywise(_erf),
    "floor": entrywise(_floor),
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
