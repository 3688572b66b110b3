"""Roots of irreducible polynomials, and the numbers made from them by + − · /, exactly.

`Algebraic` is a polynomial in a root λ of an irreducible p, reduced modulo p: an element of
Q[x]/(p). Zero is decided exactly; a certified ball of any precision is worked out when asked for.
"""

from __future__ import annotations

import math
from typing import Any

import flint
from flint import acb, arb, fmpq, fmpq_poly, fmpz

from dlsolve.numbers.precision import precision

ROOT_BITS = 128
"""Bits at which the roots of a polynomial are first told apart."""

_TRIAL = 10_000
"""Square factors of a discriminant are looked for among primes up to this bound."""


def _balls(poly: fmpq_poly) -> list[acb]:
    found: list[Any] = poly.numer().complex_roots()  # pairs of a ball and its multiplicity, here 1
    return [ball for ball, _ in found]


class Splitting:
    """All roots of one monic irreducible polynomial, as disjoint balls; refined on demand."""

    __slots__ = ("_balls", "_first", "centre", "poly")

    def __init__(self, poly: fmpq_poly) -> None:
        self.poly = poly
        self._balls: dict[int, list[acb]] = {}
        with precision(ROOT_BITS):
            # of a quadratic its roots are known: telling two apart by balls may take for ever
            self._first = _balls(poly) if poly.degree() > 2 else []
        mean = -poly[poly.degree() - 1] / poly.degree()
        mirrored = poly(fmpq_poly([2 * mean, -1])) * (-1) ** poly.degree()
        self.centre = mean if mirrored == poly else None

    def balls(self) -> list[acb]:
        """One ball per root at flint's current precision, always in the same order."""
        bits = int(flint.ctx.prec)
        found = self._balls.get(bits)
        if found is None:
            fresh = _balls(self.poly)
            found = [self._centred(next(b for b in fresh if b.overlaps(first))) for first in self._first]
            self._balls[bits] = found
        return found

    def _centred(self, ball: acb) -> acb:
        """`ball` with its real part exact where the roots lie mirrored about a rational number.

        The mirror image of a root is a root; where the mirrored ball meets no other root's ball,
        the root is its own image and lies on the axis.
        """
        if self.centre is None or not ball.real.contains(arb(self.centre)) or ball.imag == 0:
            return ball
        image = acb(2 * arb(self.centre) - ball.real, ball.imag)
        near = [first for first in self._first if first.overlaps(image)]
        return acb(arb(self.centre), ball.imag) if len(near) == 1 else ball


class Root:
    """One root of a monic irreducible polynomial of degree 2 or more.

    `index` counts among the roots of `splitting`; `real` says whether the root is real.
    """

    __slots__ = ("index", "real", "splitting", "surd")

    def __init__(self, splitting: Splitting, index: int) -> None:
        self.splitting = splitting
        self.index = index
        if splitting.poly.degree() == 2:
            self.surd: tuple[fmpq, fmpq, fmpz] | None = _surd(splitting.poly, above=index == 0)
            self.real = self.surd[2] > 0
        else:
            self.surd = None
            self.real = bool(splitting.balls()[index].imag == 0)

    @property
    def poly(self) -> fmpq_poly:
        return self.splitting.poly

    def same(self, other: Root) -> bool:
        """Whether `other` is this root (of another run, it may be another object)."""
        return self is other or (self.index == other.index and self.poly == other.poly)

    def ball(self) -> acb:
        """A certified ball around the root at flint's current precision."""
        if self.surd is not None:
            a, b, m = self.surd
            part = arb(b) * arb(abs(m)).sqrt()
            return acb(arb(a) + part) if m > 0 else acb(arb(a), part)
        return self.splitting.balls()[self.index]


def _surd(poly: fmpq_poly, *, above: bool) -> tuple[fmpq, fmpq, fmpz]:
    """(a, b, m) with root = a + b·√m, m free of small squares: the greater (upper) root or the other."""
    disc = poly[1] ** 2 - 4 * poly[0]
    sign = 1 if disc > 0 else -1
    inside = abs(int(disc.p)) * int(disc.q)
    outer, m = _square_part(inside)
    half = fmpq(outer, int(disc.q) * 2)
    return -poly[1] / 2, half if above else -half, fmpz(sign * m)


def _square_part(n: int) -> tuple[int, int]:
    """(s, m) with n = s²·m."""
    whole = math.isqrt(n)
    if whole * whole == n:
        return whole, 1
    s, m = 1, 1
    for prime, power in fmpz(n).factor(trial_limit=_TRIAL):
        s *= int(prime) ** (power // 2)
        m *= int(prime) ** (power % 2)
    return s, m


def roots_of(poly: fmpq_poly) -> list[Root]:
    """The roots of a monic irreducible `poly` of degree ≥ 2: real ones descending, then conjugate
    pairs by descending real part, the upper root first."""
    splitting = Splitting(poly)
    with precision(ROOT_BITS):
        roots = [Root(splitting, n) for n in range(poly.degree())]
        middles = {id(r): complex(float(r.ball().real.mid()), float(r.ball().imag.mid())) for r in roots}

    def place(r: Root) -> tuple[bool, float, float, float]:
        z = middles[id(r)]
        return (not r.real, -round(z.real, 12), abs(z.imag), -z.imag)

    return sorted(roots, key=place)


def make(poly: fmpq_poly, root: Root) -> fmpq | Algebraic:
    """The number poly(root): a rational where it is one."""
    if poly.degree() >= root.poly.degree():
        poly = poly % root.poly
    return Algebraic(poly, root) if poly.degree() > 0 else poly[0]


def square_root(value: fmpq) -> fmpq | Algebraic:
    """√value for value ≥ 0, rational where it is."""
    p, q = int(value.p), int(value.q)
    s, m = _square_part(p * q)
    if m in (0, 1):
        return fmpq(s * m, q)
    root = next(r for r in roots_of(fmpq_poly([-m, 0, 1])) if r.surd is not None and r.surd[1] > 0)
    return make(fmpq_poly([0, fmpq(s, q)]), root)


class Algebraic:
    """An irrational number poly(root), `poly` of lower degree than the root's polynomial."""

    __slots__ = ("poly", "root")

    def __init__(self, poly: fmpq_poly, root: Root) -> None:
        self.poly = poly
        self.root = root

    def ball(self) -> acb:
        """A certified ball at flint's current precision."""
        surd = self.surd
        if surd is not None:
            a, b, m = surd
            part = arb(b) * arb(abs(m)).sqrt()
            return acb(arb(a) + part) if m > 0 else acb(arb(a), part)
        at = self.root.ball()
        out = acb(0)
        for n in range(self.poly.degree(), -1, -1):
            out = out * at + acb(arb(self.poly[n]))
        return out

    @property
    def real(self) -> bool:
        """Whether the number is known to be real: its root is."""
        return self.root.real

    @property
    def surd(self) -> tuple[fmpq, fmpq, fmpz] | None:
        """(a, b, m) with value a + b·√m, where the root is a quadratic one."""
        if self.root.surd is None:
            return None
        a, b, m = self.root.surd
        return self.poly[0] + self.poly[1] * a, self.poly[1] * b, m

    def at(self, root: Root) -> Algebraic:
        """The same expression in another root of the same polynomial."""
        return Algebraic(self.poly, root)

    def conjugate(self) -> Algebraic | acb:
        """The complex conjugate."""
        if self.root.real:
            return self
        surd = self.surd
        if surd is None:
            return self.ball().conjugate()
        # the other root of λ² + Bλ + C is −B − λ
        other = make(self.poly(fmpq_poly([-self.root.poly[1], -1])), self.root)
        assert isinstance(other, Algebraic)
        return other

    # -- arithmetic ----------------------------------------------------------------------------

    def _with(self, other: Any) -> fmpq_poly | None:
        if isinstance(other, Algebraic):
            return other.poly if self.root.same(other.root) else None
        return fmpq_poly([other]) if isinstance(other, fmpq | fmpz | int) else None

    def _balls(self, other: Any) -> tuple[Any, Any]:
        mine, theirs = number_ball(self), number_ball(other)
        return mine, theirs

    def __add__(self, other: Any) -> Any:
        poly = self._with(other)
        if poly is None:
            mine, theirs = self._balls(other)
            return mine + theirs
        return make(self.poly + poly, self.root)

    __radd__ = __add__

    def __neg__(self) -> Algebraic:
        return Algebraic(-self.poly, self.root)

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        poly = self._with(other)
        if poly is None:
            mine, theirs = self._balls(other)
            return mine * theirs
        return make(self.poly * poly, self.root)

    __rmul__ = __mul__

    def inverse(self) -> fmpq | Algebraic:
        """1 / self."""
        _, found, _ = self.poly.xgcd(self.root.poly)
        return make(found, self.root)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Algebraic) and self.root.same(other.root):
            return self * other.inverse()
        if self._with(other) is not None:
            return Algebraic(self.poly / fmpq(other), self.root)
        mine, theirs = self._balls(other)
        return mine / theirs

    def __rtruediv__(self, other: Any) -> Any:
        return self.inverse() * other

    def __pow__(self, power: int) -> Any:
        out: Any = fmpq(1)
        for _ in range(abs(power)):
            out = out * self
        return out if power >= 0 else 1 / out

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Algebraic):
            return self.root.same(other.root) and self.poly == other.poly
        return False  # never rational: `make` returns a rational as one

    def __hash__(self) -> int:
        return hash((str(self.poly), self.root.index))

    def __repr__(self) -> str:
        return f"({self.poly}) at a root of {self.root.poly}"


def number_ball(value: Any) -> arb | acb:
    """A certified ball around any number: real where it is known to be."""
    if isinstance(value, Algebraic):
        ball = value.ball()
        return ball.real if ball.imag == 0 else ball
    return value if isinstance(value, arb | acb) else arb(value)
