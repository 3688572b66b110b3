"""How a marking says values and lines: true ones, and a rule with the student's own numbers put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.handing import as_written
from dlsolve.checker.runs import BITS
from dlsolve.checker.windows import Answer, ends, tamed, vanishes
from dlsolve.errors import DlsolveError
from dlsolve.formula.evaluate import evaluate
from dlsolve.formula.text import one_line, python, unicode
from dlsolve.formula.tree import Name as NameTree
from dlsolve.formula.tree import Ref, Tree, nodes
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits, Shown
from dlsolve.readings import instantiate, put, shown_value
from dlsolve.solver import Solution
from dlsolve.trace import Key, Operation, Step, Trace

LINE_DIGITS = Digits(6)
MOST_BEHIND = 200
"""Values that nobody wrote, past which what a value comes of is looked for."""


@dataclass(frozen=True)
class OwnLine:
    """A rule with the student's own values: `ascii` in the rule language, `maths` for people, what
    it comes to, and the symbols of the student's values that it uses."""

    ascii: str
    maths: str
    value: Any
    uses: tuple[str, ...]
    rough: bool = False
    """Whether a value in it stands on no paper, and is known to a window only."""


def shown(value: Any, digits: Digits, figures: int | None = None, bits: int = BITS) -> str | None:
    """`value` as printed, to at least `figures`; the middle of what is only known to a window."""
    value = tamed(value)
    if value is None:
        return None
    wide = isinstance(value, arb) and value.rel_accuracy_bits() <= 40
    text: Shown | tuple[tuple[Shown, ...], ...]
    with precision(bits):
        try:
            text = shown_value(middle(value) if wide else value, _at_least(digits, figures))
        except (UndecidedError, DlsolveError):
            text = _nearly(value)
    if isinstance(text, Shown):
        return text.text
    if len(text) == 1 == len(text[0]):
        return text[0][0].text
    if all(len(row) == 1 for row in text):
        return "(" + ", ".join(row[0].text for row in text) + ")"
    if len(text) == 1:
        return "(" + ", ".join(c.text for c in text[0]) + ")"
    return "[" + "; ".join(" ".join(c.text for c in row) for row in text) + "]"


def _nearly(value: Any) -> Shown | tuple[tuple[Shown, ...], ...]:
    """The middle of what its enclosure does not settle to the last digit."""
    if isinstance(value, Matrix):
        return shown_value(value.map(_mid), Digits(5))
    return shown_value(_mid(value), Digits(5))


def _mid(value: Any) -> Any:
    if isinstance(value, arb) and vanishes(value):
        return fmpq(0)
    both = ends(value) if isinstance(value, arb) else None
    return (both[0] + both[1]) / 2 if both is not None else value


def _at_least(digits: Digits, figures: int | None) -> Digits:
    if digits.unit != "sf" or figures is None or figures <= digits.count:
        return digits
    return Digits(min(figures, 12))


def stated(solution: Solution, key: Key, value: Any, figures: int | None = None) -> str | None:
    """A true value as the solution prints it: c·(1, −1, 0) for a direction, words for a choice."""
    step = solution.trace.steps.get(key)
    if isinstance(step, Operation) and step.shown:
        return step.shown
    if isinstance(value, Tree):
        return one_line(unicode(value, solution.trace.symbols))
    return shown(value, solution.digits, figures, solution.trace.bits)


def own_line(trace: Trace, key: Key | None, answers: Mapping[str, Answer]) -> OwnLine | None:
    """The rule of the value at `key` with the values that `trace` handed on; None for what is no formula."""
    step = trace.steps.get(key) if key is not None else None
    if not isinstance(step, Step):
        return None
    with precision(BITS):
        try:
            at_step = instantiate(trace, step.rule.expr, dict(zip(step.rule.letters, step.index, strict=False)))
            middles = _Middles(trace, answers)
            tree = put(middles, at_step, LINE_DIGITS)  # type: ignore[arg-type]
        except (DlsolveError, UndecidedError, KeyError, ValueError):
            return None  # a number too long to be written out among them
        try:
            value = evaluate(tree)
        except (DlsolveError, UndecidedError, ArithmeticError, TypeError, KeyError):
            value = None
    maths = one_line(unicode(tree, trace.symbols))
    used = [k for k in _mentioned(at_step) if trace.name(k) in written_in(answers)]
    uses = tuple(dict.fromkeys(symbol(trace, k) for k in used))
    return OwnLine(python(tree, trace.symbols), maths, value, uses, middles.env.rough)


def written_in(answers: Mapping[str, Answer]) -> set[str]:
    """The names of the values that were written, whole or entry by entry."""
    return {name.partition("[")[0] for name, answer in answers.items() if answer.unreadable is None} | set(answers)


def sources(trace: Trace, key: Key, answers: Mapping[str, Answer]) -> list[Key]:
    """The written values that a value comes of, past those that were not written."""
    written = written_in(answers)
    found: dict[Key, None] = {}
    seen, left = {key}, [key]
    while left and len(seen) < MOST_BEHIND:
        step = trace.steps.get(left.pop(0))
        if not isinstance(step, Step):
            continue
        try:
            at_step = instantiate(trace, step.rule.expr, dict(zip(step.rule.letters, step.index, strict=False)))
        except (DlsolveError, KeyError):
            continue
        for used in _mentioned(at_step):
            if trace.name(used) in written:
                found[used] = None
            elif used not in seen:
                seen.add(used)
                left.append(used)
    return list(found)


def _mentioned(at_step: Tree) -> Iterator[Key]:
    """The values that a rule at a step mentions."""
    for node in nodes(at_step):
        if isinstance(node, Ref):
            yield (node.base, *node.index) if node.index else node.base
        elif isinstance(node, NameTree):
            yield node.id


def symbol(trace: Trace, key: Key) -> str:
    """The symbol of a named value; its answer name where the run has no words for its template."""
    base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
    try:
        return trace.symbols.unicode(base, [str(i) for i in index])
    except KeyError:
        return trace.name(key)


class _Middles:
    """The environment of a run as the student wrote it: the digits on the paper, else the middle of what is known."""

    def __init__(self, trace: Trace, answers: Mapping[str, Answer]) -> None:
        self.env = _MiddleEnv(trace, answers)
        self.symbols = trace.symbols


class _MiddleEnv:
    def __init__(self, trace: Trace, answers: Mapping[str, Answer]) -> None:
        self.trace = trace
        self.answers = answers
        self.rough = False

    def __getitem__(self, key: Any) -> Any:
        value = self.trace.env[key]
        answer = self.answers.get(self.trace.name(key))
        if answer is not None and answer.unreadable is None:
            written = as_written(answer, value)
            # a wrong 0 was not handed on: then the true value stands in
            if _possible(written, value):
                return written
        out = middle(value)
        self.rough = self.rough or out is not value
        return out


def _possible(written: Any, value: Any) -> bool:
    if isinstance(value, Matrix):
        return isinstance(written, Matrix) and all(map(_possible, written.entries(), value.entries()))
    if not isinstance(written, fmpq):
        return False
    return bool(value.contains(written)) if isinstance(value, arb) else bool(value == written)


def middle(value: Any) -> Any:
    """The middle of a window, entry by entry; what is known well stays as it is."""
    if isinstance(value, Matrix):
        return value if all(middle(e) is e for e in value.entries()) else value.map(middle)
    if isinstance(value, arb) and value.is_finite() and value.rel_accuracy_bits() < 60:
        return _mid(value)
    return value


def is_number(value: Any) -> bool:
    return isinstance(value, fmpq | arb | Matrix)
