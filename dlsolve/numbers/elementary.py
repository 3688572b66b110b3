"""Elementary functions and comparisons of exact and certified numbers.

What a person keeps exact stays exact: roots of squares, log_b of powers of b, exp 0.
"""

from __future__ import annotations

import math

from flint import arb, fmpq, fmpz

from dlsolve.errors import DomainError
from dlsolve.numbers.exact import in_reach
from dlsolve.numbers.matrix import Entry
from dlsolve.numbers.precision import UndecidedError, at_most

MAX_BITS = 2048
"""A rational longer than this is handed on as an enclosure."""


def settle(value: Entry) -> Entry:
    """`value`, as an enclosure when its fraction has outgrown `MAX_BITS`."""
    if isinstance(value, fmpq) and value.height_bits() > MAX_BITS:
        return arb(value)
    return value


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


def exp(x: Entry) -> Entry:
    """e to the power of x; exp 0 is exactly 1."""
    if x == 0:
        return fmpq(1)
    return arb(x).exp()


def square_root(x: Entry) -> Entry:
    """√x, exact for the square of a fraction. Raises `DomainError` below 0."""
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


def logarithm(x: Entry, base: int | None) -> Entry:
    """log x to `base` (None: e), exact for powers of the base. Raises `DomainError` for 0 and below."""
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
    """The k with n = baseᵏ, None where there is none."""
    count = 0
    while n % base == 0:
        n //= base
        count += 1
    return count if n == 1 else None


def size(x: Entry) -> Entry:
    """|x|."""
    return abs(x)  # type: ignore[return-value]


def arccosine(x: Entry) -> Entry:
    """The angle in [0, π] whose cosine is x, exact for 1. Raises `DomainError` outside −1 and 1."""
    if isinstance(x, fmpq):
        if abs(x) > 1:
            raise DomainError(f"the angle whose cosine is {x}; a cosine lies between -1 and 1")
        return fmpq(0) if x == 1 else arb(x).acos()
    low, high = x.lower(), x.upper()
    if low > 1 or high < -1:
        raise DomainError("the angle of a cosine that does not lie between -1 and 1")
    if low >= -1 and high <= 1:
        return x.acos()
    # a cosine known to its digits only, of vectors that are almost parallel
    near, far = (end if -1 <= end <= 1 else arb(1 if end > 1 else -1) for end in (low, high))
    return near.acos().union(far.acos())


def tanh(x: Entry) -> Entry:
    return fmpq(0) if x == 0 else arb(x).tanh()


_COS_SIXTHS = {n: fmpq(v, 2) for n, v in ((0, 2), (2, 1), (3, 0), (4, -1), (6, -2), (8, -1), (9, 0), (10, 1))}
"""cos(nπ/6) where it is rational."""


def cosine_of_pi(x: Entry) -> Entry:
    """cos(πx), exact at multiples of 1/2 and 1/3."""
    if isinstance(x, fmpq):
        if 6 % int(x.q) == 0 and int(x.q) < 6:
            return _COS_SIXTHS[int((6 * x).p) % 12]
        return arb.cos_pi_fmpq(x)
    return arb(x).cos_pi()


def erf(x: Entry) -> Entry:
    return fmpq(0) if x == 0 else arb(x).erf()


def inverse_erf(x: Entry) -> Entry:
    """The number whose erf is x, for −1 < x < 1."""
    if x == 0:
        return fmpq(0)
    if compare(">=", size(x), fmpq(1)):
        raise DomainError("erf lies between −1 and 1, never at either")
    return arb(x).erfinv()


def factorial(x: Entry) -> Entry:
    """x! of a whole number."""
    return settle(fmpq(math.factorial(_count(x, "a factorial"))))


def binomial(n: Entry, k: Entry) -> Entry:
    """How many ways there are to choose k of n: 0 where k is more than n."""
    return settle(fmpq(math.comb(_count(n, "a number of choices"), _count(k, "a number of choices"))))


MAX_COUNT = 10_000
"""Largest number that factorials and choices are taken of."""


def _count(x: Entry, what: str) -> int:
    """A whole number from 0 that is not too large. Raises `DomainError`."""
    whole = fmpz(int(x.p)) if isinstance(x, fmpq) and x.q == 1 else None
    if isinstance(x, arb) and in_reach(x):
        whole = x.unique_fmpz()
    if whole is None or not 0 <= whole <= MAX_COUNT:
        raise DomainError(f"{what} is taken of whole numbers from 0 to {MAX_COUNT}")
    return int(whole)


def floor(x: Entry) -> Entry:
    """The whole number at or below x. Raises `UndecidedError` for a ball that spans one."""
    if isinstance(x, fmpq):
        return fmpq(fmpz(int(x.p) // int(x.q)))
    whole = x.floor().unique_fmpz() if in_reach(x) else None
    if whole is None:
        raise UndecidedError("a floor")
    return fmpq(whole)
