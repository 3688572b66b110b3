"""Signs and sizes of exact real numbers, decided for certain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb, fmpq

from dlsolve.numbers.algebraic import Algebraic
from dlsolve.numbers.precision import LADDER, precision


def real(value: Any) -> fmpq | arb:
    """A real number as a rational or as a ball of the current precision."""
    return value.ball().real if isinstance(value, Algebraic) else value


def sign(value: Any) -> int:
    """-1, 0 or 1 of a real number; an irrational root is never 0. Balls give the sign they show."""
    if isinstance(value, fmpq):
        return (value > 0) - (value < 0)
    for bits in LADDER:
        with precision(bits):
            ball = real(value)
            if ball > 0:
                return 1
            if ball < 0:
                return -1
    return 0


def extremes(values: Sequence[Any]) -> tuple[int, int]:
    """The positions of a value largest and of one smallest in absolute value."""
    largest = smallest = 0
    for n in range(1, len(values)):
        if _shorter(values[largest], values[n]):
            largest = n
        if _shorter(values[n], values[smallest]):
            smallest = n
    return largest, smallest


def _shorter(a: Any, b: Any) -> bool:
    """|a| < |b|; equal sizes are not told apart, so they are not shorter."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return bool(abs(a) < abs(b))
    for bits in LADDER[:4]:
        with precision(bits):
            x, y = abs(arb(real(a))), abs(arb(real(b)))
            if x < y:
                return True
            if x > y:
                return False
    return False
