"""Whether what two lines come to can be the same, as values of a kind: up to scale, in any order, by their digits."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from dlsolve.checker.judge import plain
from dlsolve.checker.proved import HAND
from dlsolve.notation import Kind
from dlsolve.numbers.matrix import Matrix


def bare(value: Any) -> Any:
    """`value` with a closed form as its enclosure."""
    return value.map(plain) if isinstance(value, Matrix) else plain(value)


def meets(a: Any, b: Any) -> bool:
    """Whether two values can be the same, entry by entry; a 1×1 matrix is a number."""
    if isinstance(a, Matrix) and a.shape == (1, 1):
        a = a.rows[0][0]
    if isinstance(b, Matrix) and b.shape == (1, 1):
        b = b.rows[0][0]
    if isinstance(a, Matrix) and isinstance(b, Matrix):
        return _paired(a, b) and all(meets(x, y) for x, y in zip(a.entries(), b.entries(), strict=True))
    if isinstance(a, Matrix) or isinstance(b, Matrix):
        return False
    if not isinstance(a, fmpq | arb) or not isinstance(b, fmpq | arb):
        return False
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return bool(a == b)
    x, y = arb(a), arb(b)
    return x.is_finite() and y.is_finite() and bool(x.overlaps(y))


def same(a: Any, b: Any, kind: Kind) -> bool:
    """The same for a value of `kind`: a direction is one up to a factor."""
    if kind != "direction" or not isinstance(a, Matrix) or not isinstance(b, Matrix) or not _paired(a, b):
        return meets(a, b)
    left, right = list(a.entries()), list(b.entries())
    if not all(isinstance(e, fmpq | arb) for e in (*left, *right)):
        return False
    crossed = [(x * right[n], y * right[m]) for m, x in enumerate(left) for n, y in enumerate(left) if m < n]
    return any(e != 0 for e in left) and all(meets(x, y) for x, y in crossed)


def _paired(a: Matrix, b: Matrix) -> bool:
    """Whether the entries of two matrices go together: a vector may be a row or a column."""
    return a.shape == b.shape or (sorted(a.shape) == sorted(b.shape) and 1 in a.shape)


def near(a: Any, b: Any) -> bool:
    """Whether two numbers differ by less than anybody computes by hand: an ε of 1e-8 left out."""
    if not isinstance(a, fmpq | arb) or not isinstance(b, fmpq | arb):
        return False
    return bool(abs(arb(a) - arb(b)) < abs(arb(b)) * arb(HAND))


def made_whole(value: Any, whole: Any) -> bool:
    """Whether a number that is no whole one is rounded, up or down, to the `whole` one beside it."""
    if not isinstance(value, fmpq | arb) or not isinstance(whole, fmpq) or whole.q != 1:
        return False
    return bool(abs(arb(value) - arb(whole)) < 1)


__all__ = ["bare", "made_whole", "meets", "near", "same"]
