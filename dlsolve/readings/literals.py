"""Numbers put into a line, with as many digits as make the line true; its terms worked out."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from dlsolve.errors import DlsolveError
from dlsolve.formula.entries import spread, taken, unfold
from dlsolve.formula.evaluate import evaluate
from dlsolve.formula.tree import Bin, Call, Cmp, If, Mat, Name, Neg, Num, Ref, Tree, key_of, rebuild
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import WHOLE_DIGITS, Digits, decimal, round_to, show, terminates
from dlsolve.readings.values import SMALL_DENOMINATOR, Printed, matches, rows_of

if TYPE_CHECKING:
    from dlsolve.trace import Trace

MAX_SIDE = 4
"""Entries of a product are written out as sums up to this many rows and columns."""
COMMON_DENOMINATOR = 100
"""A probability of a denominator up to this is put into lines as a fraction."""
EXTRA_DIGITS = 14
"""So many digits beyond those shown, a fraction is put in instead of its decimals."""


def put(trace: Trace, tree: Tree, digits: Digits) -> Tree:
    """`tree` with every quantity replaced by its number, computed ones to `digits`."""

    def change(node: Tree) -> Tree:
        match node:
            case Name("..." | "pi" | "e"):
                return node
            case Ref(base) | Name(base):
                value = trace.env[key_of(node)]
                return _as_fraction(trace, base, value) or literal(value, digits)
            case _:
                return rebuild(node, change)

    return change(tree)


def _as_fraction(trace: Trace, base: str, value: Any) -> Tree | None:
    """A probability whose decimals do not end, as people put it into a line: 1/6, 11/36."""
    if not isinstance(value, fmpq) or value.q > COMMON_DENOMINATOR or terminates(value):
        return None
    row = trace.symbols.quantity(base)
    return _quotient(value) if row is not None and row.kind == "probability" else None


def _quotient(value: fmpq) -> Tree:
    return Bin("/", _signed(str(int(value.p))), Num(str(int(value.q))))


def literal(value: Any, digits: Digits) -> Tree:
    """A value as it is written into a line: exact where its decimals end soon, else to `digits`."""
    rows = rows_of(value)
    if rows is not None:
        if len(rows) == 1 and len(rows[0]) == 1:
            return literal(rows[0][0], digits)
        return Mat(tuple(tuple(literal(e, digits) for e in row) for row in rows))
    if isinstance(value, fmpq) and terminates(value):
        text = decimal(value)
        if len(text.lstrip("-0.").split("e")[0]) <= max(WHOLE_DIGITS if value.q == 1 else 12, digits.count + 2):
            return _signed(text)
    if isinstance(value, float):
        return _signed(repr(value).removesuffix(".0") if digits.count >= 17 else show(value, digits).text)
    if isinstance(value, fmpq) and digits.count >= EXTRA_DIGITS and value.q <= SMALL_DENOMINATOR:
        return _quotient(value)
    if isinstance(value, arb) and value.contains(0):
        return Num("0")
    return _signed(decimal(round_to(value, digits)) if isinstance(value, fmpq) else show(value, digits).text)


def _signed(text: str) -> Tree:
    return Neg(Num(text[1:])) if text.startswith("-") else Num(text)


def true_line(
    make: Callable[[Digits], Tree | None], shown: Printed, digits: Digits, judged: dict[Tree, bool]
) -> Tree | None:
    """``make(digits)`` with as few extra digits as make the line true; None where none do.

    `judged` holds the lines of the step worked out so far: most of them are made in several ways.
    """
    base = digits if digits.unit == "sf" else Digits(max(5, digits.count), "sf")
    last = None
    for extra in (0, 1, 2, 3, 4, 6, 9, EXTRA_DIGITS, 30):
        try:
            # rounded numbers may leave a rule's domain: ln(1 − ŷ) with ŷ written as 1
            line = make(base.more(extra))
            if line is None:
                return None
            if line == last:
                continue
            last = line
            if line not in judged:
                judged[line] = matches(evaluate(line), shown, digits)
            if judged[line]:
                return line
        except (DlsolveError, UndecidedError, ZeroDivisionError):
            continue
    return None


def opened(tree: Tree) -> Tree | None:
    """A line with its functions unfolded one level and its small matrix products written as sums."""
    line = unfold(spread(tree, MAX_SIDE))
    # a case at the top is told apart in words; one inside a product is put in
    return line if isinstance(line, If) else rebuild(line, taken)


def worked(tree: Tree | None, digits: Digits) -> Tree | None:
    """`tree` one level nearer its value: each term, factor or argument worked out."""
    if tree is None:
        return None
    match tree:
        case Bin("+" | "-" as op, left, right):
            near = worked(left, digits) if isinstance(left, Bin) and left.op in "+-" else _value(left, digits)
            return Bin(op, near or left, _value(right, digits))
        case Bin(op, left, right) if op in ("*", "/", "**"):
            return Bin(op, _value(left, digits), _value(right, digits) if op != "**" else right)
        case Neg(arg):
            inner = worked(arg, digits)
            return None if inner is None else Neg(inner)
        case Call(fn, args):
            return Call(fn, tuple(_value(a, digits) for a in args))
        case _:
            return None


def _value(tree: Tree, digits: Digits) -> Tree:
    if isinstance(tree, Num | Cmp) or (isinstance(tree, Neg) and isinstance(tree.arg, Num)):
        return tree
    if isinstance(tree, Bin) and tree.op == "/" and _is_fraction(tree):
        return tree
    return literal(evaluate(tree), digits)


def _is_fraction(tree: Bin) -> bool:
    """Whether a quotient is a fraction in lowest terms that no decimals end: 11/36."""
    top = tree.left.arg if isinstance(tree.left, Neg) else tree.left
    if not (isinstance(top, Num) and isinstance(tree.right, Num) and top.text.isdigit() and tree.right.text.isdigit()):
        return False
    p, q = int(top.text), int(tree.right.text)
    return 0 < q <= COMMON_DENOMINATOR and gcd(p, q) == 1 and not terminates(fmpq(p, q))
