"""Scaling of vectors that are only known up to a factor."""

from __future__ import annotations

import math
from typing import Any

from flint import acb, arb, fmpq

from dlsolve.linalg.reduce import Row
from dlsolve.numbers.algebraic import Algebraic, number_ball, square_root


def scaled(leading: Row, how: str) -> Row:
    """A vector with first non-zero entry 1, so (``first``), of length 1 (``unit``), or in the smallest
    whole numbers (``integer``; left as it is where its entries lie in no quadratic field)."""
    if how == "unit":
        return _unit(leading)
    return _integer(leading) if how == "integer" else leading


def _integer(vector: Row) -> Row:
    parts: list[fmpq] = []
    for e in vector:
        if isinstance(e, Algebraic):
            if e.surd is None:
                return vector
            parts += e.surd[:2]
        else:
            parts.append(e)
    below = math.lcm(*(int(p.q) for p in parts))
    above = math.gcd(*(int(p.p) * below // int(p.q) for p in parts))
    return tuple(e * fmpq(below, above) for e in vector)


def _unit(vector: Row) -> Row:
    if not any(isinstance(e, Algebraic) for e in vector):
        length = square_root(sum((e * e for e in vector), fmpq(0)))
        return tuple(e / length if e != 0 else e for e in vector)
    squares = [_size_squared(number_ball(e)) for e in vector]
    ball = sum(squares, arb(0)).sqrt()
    return tuple(_over(number_ball(e), ball) if e != 0 else e for e in vector)


def _size_squared(z: arb | acb) -> arb:
    return z.real**2 + z.imag**2 if isinstance(z, acb) else z**2


def _over(z: arb | acb, length: arb) -> Any:
    """z / length, an exact 0 part kept exact."""
    return acb(z.real / length, z.imag / length) if isinstance(z, acb) else z / length
