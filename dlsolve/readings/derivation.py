"""All lines of a step, and of a question asked of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from dlsolve.errors import DlsolveError
from dlsolve.formula.closed import closed
from dlsolve.formula.entries import has_matrix, plain, sums_up
from dlsolve.formula.evaluate import evaluate
from dlsolve.formula.indices import stated
from dlsolve.formula.rules import Rule
from dlsolve.formula.text import python
from dlsolve.formula.tree import Cmp, If, Index, Mat, Name, Neg, Num, Reduce, Ref, Tree, key_of, nodes
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits
from dlsolve.readings.instances import instantiate
from dlsolve.readings.literals import EXTRA_DIGITS, opened, put, true_line, worked
from dlsolve.readings.values import Printed, as_carried, ends, exact_text, rows_of, shown_value

if TYPE_CHECKING:
    from dlsolve.trace import Step, Trace

MAX_CELLS = 64
"""A line with a matrix of more entries is not written with its numbers."""
NEGATED = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "==": "!=", "!=": "=="}
"""The comparison that holds where the other does not."""


class Lines(msgspec.Struct, frozen=True):
    """The derivation of one step. `chain` runs from the rule at this step to the last line before
    the value; `shown` is the value as printed, entry by entry for a matrix."""

    rule: Tree
    chain: tuple[Tree, ...]
    shown: Printed
    exact: str | None
    closed: Tree | None = None
    """The closed form of an irrational value: log₂ 10 − (7/10)·log₂ 7 − 1/5."""


def lines(trace: Trace, step: Step, digits: Digits, *, whole: bool = True) -> Lines:
    """All lines of `step`, its numbers to `digits`; a large matrix without its middle where not `whole`."""
    with precision(trace.bits):
        rule = step.rule
        at_step = instantiate(trace, rule.expr, dict(zip(rule.letters, step.index, strict=True)))
        value = step.handed if trace.policy.name == "carry" else step.value
        drawn = value if whole else ends(value)
        shown = shown_value(drawn, digits)
        if value is not step.value:
            shown = as_carried(shown, step.value if whole else ends(step.value), drawn)
        chain = [at_step]
        chain += _number_lines(trace, at_step, value, shown, digits)
        form = closed(trace, step)
        return Lines(stated(rule.expr, trace.fixed), tuple(_distinct(chain)), shown, exact_text(value, form), form)


def _number_lines(trace: Trace, at_step: Tree, value: Any, shown: Printed, digits: Digits) -> list[Tree]:
    if any(isinstance(n, Reduce | Name) and (isinstance(n, Reduce) or n.id == "...") for n in nodes(at_step)):
        return _elided_numbers(trace, at_step, digits)
    if _cells(trace, at_step) > MAX_CELLS:
        return []

    @cache
    def numbers(d: Digits) -> Tree:
        return plain(put(trace, at_step, d))

    @cache
    def by_rule(d: Digits) -> Tree | None:
        return opened(numbers(d))

    makers: list[Callable[[Digits], Tree | None]] = [by_rule]
    if not sums_up(numbers(digits)):
        makers.insert(0, numbers)
    if rows_of(value) is None:
        makers.append(lambda d: worked(by_rule(d), d))
    out = []
    judged: dict[Tree, bool] = {}
    for make in makers:
        line = true_line(make, shown, digits, judged)
        if line is not None:
            out.append(line)
    return out


def _elided_numbers(trace: Trace, at_step: Tree, digits: Digits) -> list[Tree]:
    try:
        return [put(trace, at_step, digits)]
    except DlsolveError:
        return []


def _cells(trace: Trace, tree: Tree) -> int:
    most = 0
    for node in nodes(tree):
        if isinstance(node, Ref | Name):
            value: Any = trace.env.get(key_of(node))
            if hasattr(value, "shape"):
                most = max(most, value.shape[0] * value.shape[1])
    return most


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


def question_lines(
    trace: Trace, tree: Tree, index: Mapping[str, Index], truth: bool, digits: Digits
) -> tuple[Tree, Tree]:
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


def branch_text(tree: Tree) -> tuple[Tree, Tree] | None:
    """The condition as it came out (turned round where it fails) and the value taken, where a
    step's rule is ``a if c else b``. None where each entry of a matrix takes its own."""
    if isinstance(tree, If) and isinstance(tree.cond, Cmp) and not has_matrix(tree.cond):
        if bool(evaluate(tree.cond)):
            return tree.cond, tree.then
        return Cmp(NEGATED[tree.cond.op], tree.cond.left, tree.cond.right), tree.other
    return None
