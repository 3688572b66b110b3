"""Reading typed numbers exactly, with every bound checked before a number is built."""

from __future__ import annotations

import re

from flint import arb, fmpq

from dlsolve.errors import DlsolveError, DomainError

Scalar = fmpq | arb | float
"""A number of a run: exact, a certified enclosure, or (a whole run in float64) a float."""

MAX_CHARS = 400
MAX_EXPONENT = 400

_TENS = tuple(10**n for n in range(40))
MAX_MAGNITUDE = 1 << 18
"""A number beyond 2 to this power (78,913 digits) is not written out, and no whole number is made of it; one
nearer to 0 than its inverse is only known to be that near."""
_LARGEST = arb(2) ** MAX_MAGNITUDE
_SMALLEST = arb(2) ** -MAX_MAGNITUDE

_NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?", re.ASCII)


class NumberError(DlsolveError):
    """A text that is no number, or one beyond the bounds; says which."""


def in_reach(ball: arb) -> bool:
    """Whether every number of `ball` can be written out. Flint ends the process that tries with one that cannot."""
    return bool(abs(ball) < _LARGEST)


def ends(ball: arb) -> tuple[fmpq, fmpq]:
    """The least and the greatest number of a finite `ball`. Raises `DomainError` where they are out of reach."""
    if not in_reach(ball):
        raise DomainError(f"a number beyond 2^±{MAX_MAGNITUDE} is not written out; give smaller numbers")
    middle, radius = ball.mid(), ball.rad()
    near = bool(middle == 0) or bool(abs(middle) > _SMALLEST)
    mid = middle.fmpq() if near else fmpq(0)
    rad = (radius.fmpq() if bool(radius == 0) or bool(radius > _SMALLEST) else _SMALLEST.fmpq()) + (
        fmpq(0) if near else _SMALLEST.fmpq()
    )
    return mid - rad, mid + rad


def read(text: str) -> fmpq:
    """The exact value of ``-0.0541``, ``1e-8`` or ``5/2``.

    Raises `NumberError`; lengths and exponents are bounded before any integer is built.
    """
    # plain decimals, which files hold a million of, are told by their digits alone
    whole, _, places = text.partition(".")
    digits = whole + places
    if digits.isdigit() and digits.isascii() and len(digits) < 40:
        return fmpq(int(digits), _TENS[len(places)])
    if digits[:1] == "-" and whole and digits[1:].isdigit() and digits.isascii() and len(digits) < 40:
        return fmpq(int(digits), _TENS[len(places)])
    text = text.strip().replace("\u2212", "-")
    if len(text) > MAX_CHARS:
        raise NumberError(f"a number of {len(text)} characters; at most {MAX_CHARS} are read")
    over, slash, under = text.partition("/")
    value = _decimal(over.strip(), text)
    if slash:
        bottom = _decimal(under.strip(), text)
        if bottom == 0:
            raise NumberError(f"{text!r} divides by 0")
        value /= bottom
    return value


def _decimal(part: str, text: str) -> fmpq:
    match = _NUMBER.fullmatch(part)
    if match is None or not (match[2] or match[3]):
        raise NumberError(f"{text!r} is not a number")
    sign, whole, places, exponent = match.groups()
    far = len((exponent or "").lstrip("+-").lstrip("0")) > 6
    power = int(exponent) if exponent and not far else 0
    if far or abs(power) > MAX_EXPONENT:
        raise NumberError(f"{text!r}: exponents beyond ±{MAX_EXPONENT} are not read")
    power -= len(places or "")
    digits = int((whole or "") + (places or "") or "0")
    value = fmpq(digits * 10**power) if power >= 0 else fmpq(digits, 10**-power)
    return -value if sign == "-" else value
