"""Matrices with one letter in them: entries as polynomials in it, and the matrix at one of its values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_poly

from dlsolve.errors import InputError
from dlsolve.formula.functions import CONSTANTS
from dlsolve.formula.tree import Bin, Name, Neg, Num, Tree, names
from dlsolve.numbers.algebraic import Algebraic, make, roots_of
from dlsolve.numbers.exact import read

MAX_DEGREE = 12
_ENTRY = "write whole powers of one letter: 2, k, 2*k - 1, k^2"


def entry(tree: Tree, letter: str, where: str) -> fmpq_poly:
    """A typed entry as a polynomial in `letter`. Raises `InputError` for what is none."""
    match tree:
        case Num(text):
            return fmpq_poly([read(text)])
        case Name(name) if name == letter:
            return fmpq_poly([0, 1])
        case Neg(arg):
            return -entry(arg, letter, where)
        case Bin("+", a, b):
            return entry(a, letter, where) + entry(b, letter, where)
        case Bin("-", a, b):
            return entry(a, letter, where) - entry(b, letter, where)
        case Bin("*", a, b):
            return _small(entry(a, letter, where) * entry(b, letter, where), where)
        case Bin("/", a, b):
            below = entry(b, letter, where)
            if below.degree() == 0 and not below.is_zero():
                return entry(a, letter, where) / below[0]
        case Bin("**", a, Num(text)) if text.isdigit() and len(text) < 3:
            base = entry(a, letter, where)
            if max(base.degree(), 1) * int(text) <= MAX_DEGREE:
                return base ** int(text)
    raise InputError(where, "not a polynomial in the letter", remedy=_ENTRY)


def read_polynomial(tree: Any) -> fmpq_poly | None:
    """A written formula as polynomial in its one letter, whatever that is; None for anything else."""
    letters = names(tree) if isinstance(tree, Tree) else frozenset[str]()
    if len(letters) != 1:
        return None
    try:
        return entry(tree, next(iter(letters)), "")
    except InputError:
        return None


def _small(poly: fmpq_poly, where: str) -> fmpq_poly:
    if poly.degree() > MAX_DEGREE:
        raise InputError(where, f"a power beyond {MAX_DEGREE}", remedy=_ENTRY)
    return poly


def letter_of(trees: Sequence[Tree], where: str) -> str:
    """The one letter in all the entries. Raises `InputError` for none, or several."""
    found = sorted({name for tree in trees for name in names(tree)} - set(CONSTANTS))
    if not found:
        raise InputError(where, "one letter is needed", found="numbers alone", remedy="write k for the unknown entry")
    if len(found) > 1:
        raise InputError(where, "more than one letter", found=", ".join(found), remedy="give numbers for the others")
    return found[0]


def values(factor: fmpq_poly) -> list[fmpq | Algebraic]:
    """The roots of an irreducible factor, the real ones first."""
    if factor.degree() == 1:
        return [-factor[0] / factor[1]]
    return [make(fmpq_poly([0, 1]), root) for root in roots_of(factor / factor[factor.degree()])]


def put_in(rows: Sequence[Sequence[fmpq_poly]], factor: fmpq_poly, n: int) -> list[list[Any]]:
    """`rows` at root number n of an irreducible `factor`."""
    if factor.degree() == 1:
        at: fmpq = -factor[0] / factor[1]
        return [[fmpq(e(at)) for e in row] for row in rows]
    monic = factor / factor[factor.degree()]
    root = roots_of(monic)[n]
    return [[make(e % monic, root) for e in row] for row in rows]
