"""Rounding and showing: half up on the exact value, significant figures or decimal places."""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections.abc import Iterable

import msgspec
from flint import acb, arb, fmpq, fmpz

from dlsolve.errors import InputError
from dlsolve.numbers.algebraic import Algebraic
from dlsolve.numbers.exact import Scalar, ends
from dlsolve.numbers.precision import UndecidedError, at_most, precision


class Digits(msgspec.Struct, frozen=True):
    """How many digits to show: `unit` is ``sf`` (significant figures) or ``dp`` (places)."""

    count: int = 5
    unit: str = "sf"

    @classmethod
    def parse(cls, text: str, where: str = "--digits") -> Digits:
        """Read ``5``, ``5sf`` or ``4dp``. Raises `InputError`."""
        match = re.fullmatch(r"(\d{1,3})(sf|dp)?", text.strip(), re.ASCII)
        if match is None or not (1 if match[2] != "dp" else 0) <= int(match[1]) <= 100:
            raise InputError(where, "not a number of digits", found=repr(text), remedy="write 5, 5sf or 4dp (1 to 100)")
        return cls(int(match[1]), match[2] or "sf")

    def more(self, extra: int) -> Digits:
        return Digits(self.count + extra, self.unit)

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


class Shown(msgspec.Struct, frozen=True):
    """A number as printed: `text` in ASCII and whether it is the exact value."""

    text: str
    exact: bool


WHOLE_DIGITS = 15
"""A whole number of so many digits is written in full, whatever the digits to show: rounded, it is another number."""


def figures(shown: Shown, digits: Digits) -> Digits:
    """The digits that `shown` has been settled to: a whole number in full may have more than were asked."""
    text = shown.text.lstrip("-")
    longer = shown.exact and digits.unit == "sf" and text.isdigit() and len(text) > digits.count
    return Digits(len(text)) if longer else digits


def bounds(value: Scalar | Algebraic) -> tuple[fmpq, fmpq]:
    """The least and greatest number that `value` can be, exactly. Raises `UndecidedError` on nan, `DomainError`
    beyond what can be written out."""
    if isinstance(value, fmpq):
        return value, value
    if isinstance(value, float):
        exact = from_float(value)
        return exact, exact
    if isinstance(value, Algebraic):
        value = value.ball().real
    if not value.is_finite():
        raise UndecidedError("a value without bounds")
    return ends(value)


def from_float(value: float) -> fmpq:
    """The exact value of a float (shortest decimal that denotes it)."""
    from dlsolve.numbers.exact import read

    if not math.isfinite(value):
        raise UndecidedError("a float that is not finite")
    return read(repr(value))


def exponent10(value: fmpq) -> int:
    """e with 10^e <= |value| < 10^(e+1), for value != 0."""
    p, q = abs(value.p), value.q
    guess = int((p.bit_length() - q.bit_length()) * 0.30103)
    while p >= q * _TEN ** (guess + 1) if guess >= -1 else p * _TEN ** -(guess + 1) >= q:
        guess += 1
    while p < q * _TEN**guess if guess >= 0 else p * _TEN**-guess < q:
        guess -= 1
    return guess


def round_to(value: fmpq, digits: Digits) -> fmpq:
    """`value` rounded half up (away from zero) to `digits`."""
    return _ratio(*_rounded(value, digits))


def _ratio(n: int, places: int) -> fmpq:
    """n / 10^places."""
    return fmpq(n, _TEN**places) if places >= 0 else fmpq(n * _TEN**-places)


_MOST_FIGURES = 400
"""Digits of a number that are ever written, however many places were asked for."""


def _rounded(value: fmpq, digits: Digits) -> tuple[int, int]:
    """(n, places): `value` rounded is n / 10^places."""
    if value == 0:
        return 0, 0
    top = exponent10(value)
    places = min(digits.count, _MOST_FIGURES - 1 - top) if digits.unit == "dp" else digits.count - 1 - top
    p, q = value.p, value.q  # flint's: Python divides numbers of many digits a thousand times slower
    over, under = (abs(p) * _TEN**places, q) if places >= 0 else (abs(p), q * _TEN**-places)
    n = int((2 * over + under) // (2 * under))
    return (n if p > 0 else -n), places


_TEN = fmpz(10)
_HALF = arb(0.5)


def _settled(value: arb, digits: Digits) -> tuple[int, int] | None:
    """`_rounded` for every number of the enclosure, where they agree and nothing is very large or
    small; None says only that this quick test does not tell."""
    size = abs(float(value.mid()))
    if not 1e-200 < size < 1e200:
        return None
    places = digits.count if digits.unit == "dp" else digits.count - 1 - math.floor(math.log10(size))
    scaled = abs(value) * fmpz(10) ** places if places >= 0 else abs(value) / fmpz(10) ** -places
    n = (scaled + _HALF).floor().unique_fmpz()
    # a logarithm off by one shows as a digit too few or too many
    if n is None or (digits.unit == "sf" and not 10 ** (digits.count - 1) <= n <= 10**digits.count):
        return None
    return (int(n) if value > 0 else -int(n)), places


_POWERS = [float(f"1e{n}") for n in range(-200, 201)]
_SCALES = [0.0, *(float(f"1e{-n}") for n in range(-200, 201))]


def settle_all(values: Iterable[arb], digits: Digits) -> None:
    """Raises `UndecidedError` where an enclosure does not settle the digits to show, and the precision
    can still rise.

    Floats tell most at once: of a narrow enclosure, where the digits are few and no tie is near.
    """
    by_float = digits.unit == "sf" and digits.count <= 8
    unit = 10.0 ** (digits.count - 1)
    least, most = 1.0000001 * unit, 9.9999999 * unit
    for value in values:
        if by_float and value.rel_accuracy_bits() >= 60:
            size = abs(float(value))
            scaled = size * _SCALES[bisect(_POWERS, size)] * unit
            # near a power of ten the enclosure may hold numbers of one digit more or less
            if least < scaled < most and abs(scaled % 1.0 - 0.5) > 1e-4:
                continue
        if _settled(value, digits) is None:
            show(value, digits)


def decimal(value: fmpq) -> str:
    """The text of a terminating decimal; scientific below 1e-6 and from 1e16."""
    q = int(value.q)
    twos = (q & -q).bit_length() - 1
    fives, rest = 0, q >> twos
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        raise ValueError("not a terminating decimal")
    places = max(twos, fives)
    return _written(int(value.p) * 10**places // q, places)


def _written(n: int, places: int) -> str:
    """n / 10^places in decimals, without trailing zeros."""
    if n == 0:
        return "0"
    sign, digits = ("-" if n < 0 else ""), str(abs(n))
    if places < 0:
        digits, places = digits + "0" * -places, 0
    zeros = min(places, len(digits) - len(digits.rstrip("0")))
    digits, places = digits[: len(digits) - zeros], places - zeros
    exponent = len(digits) - 1 - places
    if exponent < -6 or exponent >= 16:
        head = digits.rstrip("0")
        head = head[0] + ("." + head[1:] if len(head) > 1 else "")
        return f"{sign}{head}e{exponent}"
    if places == 0:
        return sign + digits
    digits = digits.rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def show(value: Scalar | Algebraic | acb, digits: Digits) -> Shown:
    """`value` to `digits`; trailing zeros dropped. Raises `UndecidedError` where an enclosure does
    not settle the digits (at the last precision a zero is shown as ``0``, not exact). Complex
    numbers read ``1+2i``."""
    if isinstance(value, Algebraic):
        return _show_algebraic(value, digits)
    if isinstance(value, acb):
        return _show_complex(value.real, value.imag, digits)
    if isinstance(value, float):
        if not math.isfinite(value):
            return Shown(repr(value), exact=False)
        value = from_float(value)
    if isinstance(value, fmpq):
        if value.q == 1 and abs(value.p) < 10**WHOLE_DIGITS:
            return Shown(str(value.p), exact=True)
        rounded = _rounded(value, digits)
        return Shown(_written(*rounded), _ratio(*rounded) == value)
    settled = _settled(value, digits)
    if settled is not None:
        return Shown(_written(*settled), exact=False)
    low, high = bounds(value)
    below, above = _rounded(low, digits), _rounded(high, digits)
    if _ratio(*below) == _ratio(*above) and (below[0] != 0 or digits.unit == "dp"):
        return Shown(_written(*below), exact=False)
    if at_most():
        return Shown("0" if low <= 0 <= high else _written(*_rounded((low + high) / 2, digits)), exact=False)
    raise UndecidedError("the shown digits of a value")


_ZERO_BITS = 1024
"""An irrational number whose real or imaginary part is 0 to this many bits shows it as 0."""


def _show_algebraic(value: Algebraic, digits: Digits) -> Shown:
    """`value`, refined on its own until its digits are settled."""
    surd = value.surd
    if surd is not None and surd[2] == -1:
        return _show_complex(surd[0], surd[1], digits)
    bits = 128
    while True:
        with precision(bits):
            ball = value.ball()
            last = bits >= _ZERO_BITS
            try:
                return _show_complex(_cleared(ball.real, last), _cleared(ball.imag, last), digits)
            except UndecidedError:
                if bits >= 16 * _ZERO_BITS:
                    raise
        bits *= 2


def _cleared(part: arb, last: bool) -> arb:
    return arb(0) if last and part.contains(0) else part


def _show_complex(real: Scalar, imag: Scalar, digits: Digits) -> Shown:
    """``real + imag·i``; a part that is exactly 0 is left out."""
    if imag == 0:
        return show(fmpq(0) if real == 0 else real, digits)
    over = show(imag, digits)
    text = {"1": "i", "-1": "-i"}.get(over.text, over.text + "i") if over.exact else over.text + "i"
    if real == 0:
        return Shown(text, over.exact)
    near = show(real, digits)
    return Shown(near.text + ("" if text.startswith("-") else "+") + text, near.exact and over.exact)


def fraction(value: fmpq) -> str:
    """``47/190``, or the integer alone."""
    return str(int(value.p)) if value.q == 1 else f"{int(value.p)}/{int(value.q)}"


def terminates(value: fmpq) -> bool:
    """Whether `value` is a terminating decimal."""
    rest = int(value.q)
    rest >>= (rest & -rest).bit_length() - 1
    while rest % 5 == 0:
        rest //= 5
    return rest == 1


def to_float(value: Scalar | Algebraic) -> float:
    """The nearest double; ±inf for what is beyond all of them."""
    if isinstance(value, fmpq):
        try:
            return int(value.p) / int(value.q)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, Algebraic):
        value = value.ball().real
    return float(value.mid()) if isinstance(value, arb) else value
