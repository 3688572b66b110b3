"""Written numbers: how many digits somebody wrote, and what the last of them stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flint import fmpq

from dlsolve.formula.tree import Bin, Name, Neg, Num, Tree, nodes

MAX_POWER_OF_TEN = 1_233
"""Beyond this a power of ten is not written out (2^4096), and its digits stand for nothing."""

Form = Literal["integer", "decimal", "fraction", "expression"]


@dataclass(frozen=True, slots=True)
class Numeral:
    """How a number was written.

    `place` is the unit of its last written digit: 1/100 for 0.42, 1 for 5, 1/10000 for 1.2e-3;
    None for fractions and expressions. `figures` counts its significant digits (0 for a zero).
    """

    form: Form
    place: fmpq | None = None
    figures: int | None = None

    @property
    def half(self) -> fmpq:
        """Half a unit of the last written place of a decimal; 0 for what is written exactly."""
        return self.place / 2 if self.form == "decimal" and self.place is not None else fmpq(0)


def numeral(tree: Tree) -> Numeral:
    """How the number that `tree` holds was written."""
    match tree:
        case Neg(arg):
            return numeral(arg)
        case Num(text):
            return _digits(text)
        case Bin("*", left, Bin("**", Num("10"), power)):
            inner, shift = numeral(left), _integer(power)
            if inner.place is not None and shift is not None:
                return Numeral("decimal", inner.place * fmpq(10) ** shift, inner.figures)
        case Bin("/", left, Num("100")):
            inner = numeral(left)
            if inner.form == "decimal" and inner.place is not None:
                return Numeral("decimal", inner.place / 100, inner.figures)
            if inner.form == "integer":
                return Numeral("fraction")
        case Bin("/", left, right):
            if numeral(left).form == numeral(right).form == "integer":
                return Numeral("fraction")
        case Bin("+", Num(whole), Bin("/", Num(), Num())) if whole.isdigit():
            return Numeral("fraction")
    return Numeral("expression")


def _digits(text: str) -> Numeral:
    head, mark, power = text.lower().partition("e")
    whole, _, places = head.partition(".")
    figures = len((whole + places).lstrip("0"))
    if not mark and not places:
        return Numeral("integer", fmpq(1), figures)
    return Numeral("decimal", fmpq(10) ** (int(power or "0") - len(places)), figures)


def _integer(tree: Tree) -> int | None:
    """A small whole exponent."""
    if isinstance(tree, Neg):
        inner = _integer(tree.arg)
        return -inner if inner is not None else None
    if isinstance(tree, Num) and tree.text.isdigit() and len(tree.text) <= 4 and int(tree.text) <= MAX_POWER_OF_TEN:
        return int(tree.text)
    return None


def free_names(tree: Tree) -> frozenset[str]:
    """The names in `tree` that are no constants."""
    return frozenset(n.id for n in nodes(tree) if isinstance(n, Name)) - {"pi", "e"}
