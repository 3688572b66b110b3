"""Sums of rational multiples of √d, log_b p and e^q: the irrational numbers that a person writes exactly.

√d has no square factor in d, log_b p a prime p. What leaves these sums (a product of two logarithms,
a quotient by a sum, large numbers) raises `NoFormError`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from flint import arb, fmpq

Atom = tuple[Any, ...]
"""``()`` for 1, ``("sqrt", d)``, ``("log", base, p)`` with base 2, 10 or 0 for e, ``("exp", q)``."""

MAX_ATOMS = 6
MAX_HEIGHT = 10**6
"""No printed numerator or denominator is larger."""
MAX_FACTOR = 10_000
"""No printed root or logarithm is of more; primes are looked for up to this bound."""
ONE: Atom = ()


class NoFormError(Exception):
    """A value that is no rational combination of atoms."""


class Closed:
    """A sum of rational multiples of atoms; no coefficient is 0 and not all of it is rational."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Atom, fmpq]) -> None:
        self.terms = terms

    def __add__(self, other: Any) -> Any:
        return combine([(a, c) for x in (self, other) for a, c in terms_of(x)])

    def __neg__(self) -> Any:
        return Closed({a: -c for a, c in self.terms.items()})

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        return combine([_product(a, b, c * d) for a, c in terms_of(self) for b, d in terms_of(other)])

    def __truediv__(self, other: Any) -> Any:
        return quotient(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return quotient(other, self)

    def __pow__(self, exponent: int) -> Any:
        out: Any = fmpq(1)
        for _ in range(exponent):
            out = self * out
        return out

    __radd__, __rmul__ = __add__, __mul__

    def ball(self) -> arb:
        """An enclosure at the current precision."""
        return sum((arb(c) * _ball(a) for a, c in self.terms.items()), arb(0))


def combine(pairs: Sequence[tuple[Atom, fmpq]]) -> Any:
    """The sum of coefficient times atom: rational, or a `Closed`. Raises `NoFormError` past the limits."""
    terms: dict[Atom, fmpq] = {}
    for atom, c in pairs:
        terms[atom] = terms.get(atom, fmpq(0)) + c
    terms = {a: c for a, c in terms.items() if c != 0}
    if any(c.height_bits() > 64 for c in terms.values()) or len(terms) > 2 * MAX_ATOMS:
        raise NoFormError
    if all(a == ONE for a in terms):
        return terms.get(ONE, fmpq(0))
    return Closed(terms)


def quotient(top: Any, bottom: Any) -> Any:
    """``top / bottom`` for a single-term `bottom`. Raises `NoFormError`."""
    match terms_of(bottom):
        case [(("sqrt", d), c)]:
            return combine([_product(a, ("sqrt", d), b / (c * d)) for a, b in terms_of(top)])
        case [(("exp", q), c)]:
            return combine([_product(a, ("exp", -q), b / c) for a, b in terms_of(top)])
        case [(("log", 0, 2 as p), c)] if all(a[:2] == ("log", 0) for a, _ in terms_of(top)):
            # ln x / ln 2 is the logarithm to base 2
            return combine([(ONE if a[2] == p else ("log", p, a[2]), b / c) for a, b in terms_of(top)])
        case [((), c)]:
            return combine([(a, b / c) for a, b in terms_of(top)])
    raise NoFormError


def square_root(x: Any) -> Any:
    """√x of a rational number. Raises `NoFormError`."""
    value = rational(x)
    if value < 0:
        raise NoFormError
    inside, outside = int(value.p) * int(value.q), 1
    if inside > MAX_HEIGHT**2:
        raise NoFormError
    for n in range(2, min(MAX_FACTOR, math.isqrt(inside)) + 1):
        while inside % (n * n) == 0:
            inside, outside = inside // (n * n), outside * n
        if n * n > inside:
            break
    if inside > MAX_FACTOR:
        raise NoFormError
    return combine([(ONE if inside == 1 else ("sqrt", inside), fmpq(outside, int(value.q)))])


def logarithm(x: Any, base: int) -> Any:
    """log x of a rational number, in logarithms of primes. Raises `NoFormError`."""
    value = rational(x)
    if value <= 0:
        raise NoFormError
    pairs: list[tuple[Atom, fmpq]] = []
    for number, sign in ((int(value.p), 1), (int(value.q), -1)):
        for prime, power in _factors(number).items():
            c = fmpq(sign * power)
            if base == 10 and prime == 5:
                pairs += [(ONE, c), (("log", 10, 2), -c)]  # log 5 = 1 − log 2
            else:
                pairs.append((ONE if prime == base else ("log", base, prime), c))
    return combine(pairs)


def exponential(x: Any) -> Any:
    value = rational(x)
    if value.height_bits() > 14:
        raise NoFormError
    return combine([(ONE if value == 0 else ("exp", value), fmpq(1))])


def _factors(n: int) -> dict[int, int]:
    """Primes and powers of `n`. Raises `NoFormError` where a prime is past the limit."""
    out: dict[int, int] = {}
    prime = 2
    while prime * prime <= n and prime <= MAX_FACTOR:
        while n % prime == 0:
            out[prime] = out.get(prime, 0) + 1
            n //= prime
        prime += 1
    if n > MAX_FACTOR:
        raise NoFormError
    if n > 1:
        out[n] = out.get(n, 0) + 1
    return out


def rational(x: Any) -> fmpq:
    if not isinstance(x, fmpq):
        raise NoFormError
    return x


def terms_of(x: Any) -> list[tuple[Atom, fmpq]]:
    if isinstance(x, Closed):
        return list(x.terms.items())
    return [(ONE, rational(x))]


def _product(a: Atom, b: Atom, c: fmpq) -> tuple[Atom, fmpq]:
    """c·a·b as one atom and its coefficient. Raises `NoFormError`."""
    match a, b:
        case (), _:
            return b, c
        case _, ():
            return a, c
        case ("sqrt", m), ("sqrt", n):
            g = math.gcd(m, n)
            inside = (m // g) * (n // g)
            return (ONE if inside == 1 else ("sqrt", inside)), c * g
        case ("exp", p), ("exp", q):
            return (ONE if p + q == 0 else ("exp", p + q)), c
        case (("log", 2, p), ("log", 0, 2)) | (("log", 0, 2), ("log", 2, p)):
            return ("log", 0, p), c  # log₂ p · ln 2 = ln p
    raise NoFormError


def _ball(atom: Atom) -> arb:
    match atom:
        case ("sqrt", d):
            return arb(d).sqrt()
        case ("log", 0, p):
            return arb(p).log()
        case ("log", base, p):
            return arb(p).log() / arb(base).log()
        case ("exp", q):
            return arb(q).exp()
    return arb(1)
