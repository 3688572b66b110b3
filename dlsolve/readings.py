"""What a step says: the rule, the rule at this step, the numbers put in, the terms worked out.

Every line is a tree, so that each renderer writes it in its own hand, and every printed line is
true: numbers put in gain digits until the line, worked out as printed, shows the printed value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flint import acb, arb, fmpq

from dlsolve.errors import DlsolveError
from dlsolve.formula.closed import closed
from dlsolve.formula.compiled import EXACT, evaluate
from dlsolve.formula.entries import has_matrix, plain, spread, sums_up, unfold
from dlsolve.formula.indices import stated
from dlsolve.formula.rules import Rule
from dlsolve.formula.text import python
from dlsolve.formula.tree import (
    At,
    Bin,
    Call,
    Cmp,
    If,
    Index,
    Mat,
    Name,
    Neg,
    Num,
    Reduce,
    Ref,
    Tree,
    nodes,
    rebuild,
)
from dlsolve.formula.written import written_exact
from dlsolve.numbers.algebraic import Algebraic, number_ball
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits, Shown, decimal, fraction, round_to, show, terminates, to_float

if TYPE_CHECKING:
    from dlsolve.trace import Step, Trace

MAX_TERMS = 12
"""A sum of more terms is shown by its sign, its numbers elided in the middle."""
MAX_SIDE = 4
"""Entries of a product are written out as sums up to this many rows and columns."""
MAX_CELLS = 64
SMALL_DENOMINATOR = 10_000
EXTRA_DIGITS = 14


@dataclass(frozen=True, slots=True)
class Lines:
    """The derivation of one step. `chain` runs from the rule at this step to the last line before
    the value; `shown` is the value as printed, entry by entry for a matrix."""

    rule: Tree
    chain: tuple[Tree, ...]
    shown: Shown | tuple[tuple[Shown, ...], ...]
    exact: str | None
    closed: Tree | None = None
    """The closed form of an irrational value: log₂ 10 − (7/10)·log₂ 7 − 1/5."""


def lines(trace: Trace, step: Step, digits: Digits) -> Lines:
    """All lines of `step`, its numbers to `digits`."""
    with precision(trace.bits):
        rule = step.rule
        at_step = instantiate(trace, rule.expr, dict(zip(rule.letters, step.index, strict=True)))
        value = step.handed if trace.policy.name == "carry" else step.value
        shown = shown_value(value, digits)
        if value is not step.value:
            shown = as_carried(shown, step.value, value)
        chain = [at_step] if at_step != rule.expr or not rule.letters else [at_step]
        chain += _number_lines(trace, at_step, value, shown, digits)
        form = closed(trace, step)
        return Lines(stated(rule.expr, trace.fixed), tuple(_distinct(chain)), shown, exact_text(value, form), form)


def shown_value(value: Any, digits: Digits) -> Shown | tuple[tuple[Shown, ...], ...]:
    """`value` as printed: a `Shown`, or rows of them for a matrix. Words and formulas (a
    polynomial, a cell with λ) stand as they are, in the rule language."""
    if isinstance(value, str):
        return Shown(value, exact=True)
    if isinstance(value, Tree) and not isinstance(value, Mat):
        return Shown(python(value), exact=True)
    rows = rows_of(value)
    if rows is None:
        return show(value, digits)
    if isinstance(value, Mat):
        return tuple(tuple(Shown(python(e), exact=True) for e in row) for row in value.rows)
    return tuple(tuple(show(e, digits) for e in row) for row in rows)


def as_carried(shown: Any, computed: Any, written: Any) -> Any:
    """`shown`, the printed form of `written`, exact only where rounding by hand left `computed` as it was."""
    if isinstance(shown, Shown):
        same = type(computed) is type(written) and bool(computed == written)
        return Shown(shown.text, shown.exact and same)
    rows = zip(shown, rows_of(computed) or (), rows_of(written) or (), strict=True)
    return tuple(tuple(as_carried(s, a, b) for s, a, b in zip(*row, strict=True)) for row in rows)


def rows_of(value: Any) -> list[list[Any]] | None:
    """The rows of a matrix or array, None for a number."""
    if isinstance(value, Matrix | Mat):
        return [list(row) for row in value.rows]
    return value.tolist() if hasattr(value, "shape") else None


def exact_text(value: Any, form: Tree | None = None) -> str | None:
    """An exact number as a fraction or surd (``(5+sqrt(33))/2``, ``1+2i``), rows of them as
    ``[[1], [5/2]]``, a formula as it is; else the closed `form`, None
    for what is known to its decimals only."""
    if isinstance(value, fmpq):
        return fraction(value)
    if isinstance(value, Tree):
        return python(value)
    if isinstance(value, Algebraic):
        return written_exact(value)
    if isinstance(value, Matrix):
        cells = [[exact_text(e) for e in row] for row in value.rows]
        if all(cell is not None for row in cells for cell in row):
            return "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in cells) + "]"
    return python(form) if form is not None else None


def small_fraction(value: Any) -> str | None:
    """The fraction a person would write beside a decimal that does not end."""
    if isinstance(value, fmpq) and not terminates(value) and value.q <= SMALL_DENOMINATOR:
        return fraction(value)
    return None


def instantiate(
    trace: Trace, tree: Tree, letters: Mapping[str, Index], most: int | None = MAX_TERMS
) -> Tree:
    """`tree` with index letters at their values: m[t-1] -> m at 1; sums of up to `most` terms
    written out, longer ones elided in the middle (None: all terms)."""

    def change(node: Tree, bound: Mapping[str, Index]) -> Tree:
        match node:
            case At(base, index):
                return Ref(base, tuple(_index(i, bound) for i in index))
            case Name(id_) if id_ in bound:
                value = bound[id_]
                return Num(str(value)) if isinstance(value, int) else node
            case Reduce(kind, body, var, over):
                members = trace.sets.get(over, ())
                if not members:
                    return node
                if most is not None and len(members) > most:
                    ends = [*members[:2], *members[-1:]]
                    first, second, last = (change(body, {**bound, var: m}) for m in ends)
                    return _join(kind, [first, second, Name("..."), last], len(members))
                return _join(kind, [change(body, {**bound, var: m}) for m in members], len(members))
            case _:
                return rebuild(node, lambda child: change(child, bound))

    return change(tree, {**trace.constants, **letters})


def _index(tree: Tree, bound: Mapping[str, Index]) -> Index:
    match tree:
        case Num(text):
            return int(text)
        case Name(id_):
            return bound.get(id_, id_)
        case Bin(op, left, right):
            a, b = _index(left, bound), _index(right, bound)
            if isinstance(a, int) and isinstance(b, int):
                return a + b if op == "+" else a - b
    return python(tree)


def _join(kind: str, terms: list[Tree], count: int) -> Tree:
    if kind in ("max", "min", "count"):
        return Call(kind, tuple(terms))
    out = terms[0]
    for term in terms[1:]:
        out = Bin("*" if kind == "prod" else "+", out, term)
    return Bin("/", out, Num(str(count))) if kind == "mean" else out


# -- numbers put in -----------------------------------------------------------------------------


def _number_lines(
    trace: Trace, at_step: Tree, value: Any, shown: Shown | tuple[tuple[Shown, ...], ...], digits: Digits
) -> list[Tree]:
    if any(isinstance(n, Reduce | Name) and (isinstance(n, Reduce) or n.id == "...") for n in nodes(at_step)):
        return _elided_numbers(trace, at_step, digits)
    if _cells(trace, at_step) > MAX_CELLS:
        return []
    makers = [lambda d: opened(put(trace, at_step, d))]
    if not sums_up(plain(put(trace, at_step, digits))):
        makers.insert(0, lambda d: plain(put(trace, at_step, d)))
    if rows_of(value) is None:
        makers.append(lambda d: worked(opened(put(trace, at_step, d)), d))
    out = []
    for make in makers:
        line = true_line(make, shown, digits)
        if line is not None:
            out.append(line)
    return out


def _elided_numbers(trace: Trace, at_step: Tree, digits: Digits) -> list[Tree]:
    try:
        return [put(trace, at_step, digits)]
    except DlsolveError:
        return []


def true_line(make: Any, shown: Shown | tuple[tuple[Shown, ...], ...], digits: Digits) -> Tree | None:
    """``make(digits)`` with as few extra digits as make the line true; None where none do."""
    base = digits if digits.unit == "sf" else Digits(max(5, digits.count), "sf")
    last = None
    for extra in (0, 1, 2, 3, 4, 6, 9, EXTRA_DIGITS, 30):
        line = make(base.more(extra))
        if line is None:
            return None
        if line == last:
            continue
        last = line
        try:
            if matches(evaluate(line), shown, digits):
                return line  # type: ignore[no-any-return]
        except (DlsolveError, UndecidedError, ZeroDivisionError):
            continue
    return None


def matches(value: Any, shown: Shown | tuple[tuple[Shown, ...], ...], digits: Digits) -> bool:
    """Whether `value`, printed to `digits`, is `shown`."""
    again = shown_value(value, digits)
    if isinstance(again, Shown) and not isinstance(shown, Shown):
        return len(shown) == 1 and len(shown[0]) == 1 and again.text == shown[0][0].text
    if isinstance(shown, Shown) and not isinstance(again, Shown):
        return len(again) == 1 and len(again[0]) == 1 and again[0][0].text == shown.text
    if isinstance(again, Shown) and isinstance(shown, Shown):
        return again.text == shown.text
    assert not isinstance(again, Shown)
    assert not isinstance(shown, Shown)
    return [[s.text for s in r] for r in again] == [[s.text for s in r] for r in shown]


def put(trace: Trace, tree: Tree, digits: Digits) -> Tree:
    """`tree` with every quantity replaced by its number, computed ones to `digits`."""

    def change(node: Tree) -> Tree:
        match node:
            case Ref(base, index):
                return literal(trace.env[(base, *index) if index else base], digits)
            case Name("..." | "pi" | "e"):
                return node
            case Name(id_):
                return literal(trace.env[id_], digits)
            case _:
                return rebuild(node, change)

    return change(tree)


def literal(value: Any, digits: Digits) -> Tree:
    """A value as it is written into a line: exact where its decimals end soon, else to `digits`."""
    rows = rows_of(value)
    if rows is not None:
        if len(rows) == 1 and len(rows[0]) == 1:
            return literal(rows[0][0], digits)
        return Mat(tuple(tuple(literal(e, digits) for e in row) for row in rows))
    if isinstance(value, fmpq) and terminates(value):
        text = decimal(value)
        if len(text.lstrip("-0.").split("e")[0]) <= max(12, digits.count + 2):
            return _signed(text)
    if isinstance(value, float):
        return _signed(repr(value).removesuffix(".0") if digits.count >= 17 else show(value, digits).text)
    if isinstance(value, fmpq) and digits.count >= EXTRA_DIGITS and value.q <= SMALL_DENOMINATOR:
        top = _signed(str(int(value.p)))
        return Bin("/", top, Num(str(int(value.q))))
    if isinstance(value, arb) and value.contains(0):
        return Num("0")
    return _signed(decimal(round_to(value, digits)) if isinstance(value, fmpq) else show(value, digits).text)


def _signed(text: str) -> Tree:
    return Neg(Num(text[1:])) if text.startswith("-") else Num(text)


def _cells(trace: Trace, tree: Tree) -> int:
    most = 0
    for node in nodes(tree):
        if isinstance(node, Ref | Name):
            key = (node.base, *node.index) if isinstance(node, Ref) and node.index else (
                node.base if isinstance(node, Ref) else node.id)
            value: Any = trace.env.get(key)
            if hasattr(value, "shape"):
                most = max(most, value.shape[0] * value.shape[1])
    return most


def opened(tree: Tree) -> Tree | None:
    """A line with its functions unfolded one level and its small matrix products written as sums."""
    return unfold(spread(tree, MAX_SIDE))


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
    return literal(evaluate(tree), digits)


def _distinct(chain: list[Tree]) -> list[Tree]:
    """The lines that say something new: no repeats, no lone number (that is the value)."""
    out: list[Tree] = []
    for n, line in enumerate(chain):
        lone = isinstance(line, Num | Mat) or (isinstance(line, Neg) and isinstance(line.arg, Num))
        plain_matrix = isinstance(line, Mat) and not all(
            isinstance(c, Num) or (isinstance(c, Neg) and isinstance(c.arg, Num)) for r in line.rows for c in r
        )
        if line in out or (n and lone and not plain_matrix):
            continue
        out.append(line)
    return out


def numbers_text(trace: Trace, rule: Rule, index: tuple[Index, ...]) -> str:
    """The rule with numbers put in, for an error message."""
    try:
        at_step = instantiate(trace, rule.expr, dict(zip(rule.letters, index, strict=True)))
        return python(put(trace, at_step, Digits(5)), trace.symbols)
    except (DlsolveError, UndecidedError, KeyError):
        return python(rule.expr, trace.symbols)


def question_lines(trace: Trace, tree: Tree, index: Mapping[str, Index], truth: bool, digits: Digits) -> tuple[Tree, Tree]:
    """A question of the run: at this step, and with its numbers (gaining digits until it is true)."""
    with precision(trace.bits):
        at_step = instantiate(trace, tree, index)
        numbers = at_step
        for extra in (0, 2, 4, 8, EXTRA_DIGITS, 30):
            numbers = put(trace, at_step, digits.more(extra) if digits.unit == "sf" else Digits(5 + extra))
            try:
                if bool(evaluate(numbers)) == truth:
                    break
            except (DlsolveError, UndecidedError):
                continue
        return at_step, numbers


NEGATED = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "==": "!=", "!=": "=="}
"""The comparison that holds where the other does not."""


def branch_text(tree: Tree) -> tuple[Tree, Tree] | None:
    """The condition as it came out (turned round where it fails) and the value taken, where a
    step's rule is ``a if c else b``. None where each entry of a matrix takes its own."""
    if isinstance(tree, If) and isinstance(tree.cond, Cmp) and not has_matrix(tree.cond):
        if bool(evaluate(tree.cond)):
            return tree.cond, tree.then
        return Cmp(NEGATED[tree.cond.op], tree.cond.left, tree.cond.right), tree.other
    return None


def json_value(value: Any) -> Any:
    """A value for JSON: a number, nested lists, or text for what lies outside a double."""
    rows = rows_of(value)
    if rows is not None:
        return [[json_value(e) for e in row] for row in rows]
    if isinstance(value, str | bool):
        return value
    if isinstance(value, Tree):
        return python(value)
    if isinstance(value, Algebraic | acb):
        ball = number_ball(value)
        if isinstance(ball, acb):
            return _complex_text(float(ball.real.mid()), float(ball.imag.mid()))
    try:
        number = to_float(value)
    except OverflowError:
        return show(value, Digits(17)).text  # finite, but outside a double
    if number != number or abs(number) == float("inf"):
        return "inf" if number > 0 else "-inf" if number < 0 else "nan"
    return int(number) if number == int(number) and abs(number) < 2**53 and EXACT and _whole(value) else number


def _complex_text(real: float, imag: float) -> str:
    """``1+2i``, as JSON holds a complex number."""
    over = "" if abs(imag) == 1 else repr(abs(imag)).removesuffix(".0")
    near = repr(real).removesuffix(".0") if real else ""
    return f"{near}{'-' if imag < 0 else '+' if near else ''}{over}i"


def _whole(value: Any) -> bool:
    return isinstance(value, fmpq) and value.q == 1
