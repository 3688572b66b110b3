"""What a source prints beside what the run gives: where they differ, and why where a known slip leads there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from flint import fmpq

from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import compiled
from dlsolve.formula.rules import Rule, rename
from dlsolve.named import find, keys_by_name
from dlsolve.numbers.exact import read
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits, Shown, bounds
from dlsolve.readings import rows_of, shown_value
from dlsolve.solver import Solution
from dlsolve.trace import Environment, Key, Step, Trace


class Differs(msgspec.Struct, frozen=True):
    """A value that a source prints otherwise: `printed` there, `shown` in full here, and `carried` where
    this run rounds by hand. `why` says which slip leads to the printed value; empty where none is known."""

    name: str
    printed: str
    shown: str
    why: str = ""
    carried: str = ""


def differs(solution: Solution) -> list[Differs]:
    """Where the problem's `printed` values are neither the true ones, worked out in full, rounded nor
    cut to their digits."""
    printed = solution.meta.get("printed") or {}
    if not printed:
        return []
    trace = solution.exact or solution.trace
    known = keys_by_name(trace)
    digits = Digits(max(5, solution.digits.count + 1)) if solution.exact else solution.digits
    told_env: dict[Key, fmpq] = {}
    out = []
    with precision(trace.bits):
        for name, told in printed.items():
            value = find(trace, name, known)
            for entry, text, true in _pairs(name, told, value):
                if _agrees(text, true) is False:
                    why = _why(solution, trace, known.get(entry), text, true, told_env)
                    carried = _shown(find(solution.trace, entry), solution.digits) if solution.exact else ""
                    out.append(Differs(entry, text, _shown(true, digits), why, carried))
                    if entry in known:
                        told_env[known[entry]] = read(text)
    return out


def _shown(value: Any, digits: Digits) -> str:
    rows = rows_of(value)
    shown = shown_value(value if rows is None else rows[0][0], digits)
    assert isinstance(shown, Shown)
    return shown.text


def _why(solution: Solution, trace: Trace, key: Key | None, text: str, true: Any, told: Mapping[Key, fmpq]) -> str:
    """The sentence of the first known slip that leads to `text`, from the true values or those printed before."""
    step = trace.steps.get(key) if key is not None else None
    if isinstance(step, Step):
        for env in [trace.env, _replaced(trace.env, told)] if told else [trace.env]:
            if env is not trace.env and _leads(trace, step, step.rule, env, text):
                return "it follows from " + " and ".join(_used(trace, step, told)) + " as printed"
            for rule, says in _slips(solution, trace, step.rule):
                if _leads(trace, step, rule, env, text):
                    return says
    negated = text[1:] if text.startswith("-") else f"-{text}"
    return "the other sign" if _agrees(negated, true) else ""


def _slips(solution: Solution, trace: Trace, rule: Rule) -> Iterator[tuple[Rule, str]]:
    """What the topic declares as slips of `rule`, and its readings under conventions not taken."""
    for slip in solution.topic.slips:
        changed = slip.applied(rule)
        if changed is not None:
            yield rename(changed, trace.renames), slip.says
    key, readings = trace.book.variants.get(rule.id, ("", {}))
    for choice, reading in readings.items():
        if choice != rule.choice and key in CONVENTIONS:
            says = CONVENTIONS[key].choices.get(choice, choice)
            yield rename(reading, trace.renames), f"with {key} = {choice}: {says}"


def _leads(trace: Trace, step: Step, rule: Rule, env: Environment, text: str) -> bool:
    if len(rule.letters) != len(step.index):
        return False
    try:
        return _agrees(text, compiled(rule.expr, rule.letters, trace.arithmetic)(env, *step.index)) is True
    except (DlsolveError, UndecidedError, ZeroDivisionError, TypeError):
        return False


def _replaced(env: Environment, told: Mapping[Key, fmpq]) -> Environment:
    out = Environment(env)
    out.update(told)
    return out


def _used(trace: Trace, step: Step, told: Mapping[Key, fmpq]) -> list[str]:
    """The printed names without which the step would be the true one; all where no single one makes it."""
    function = compiled(step.rule.expr, step.rule.letters, trace.arithmetic)
    names = []
    for key, value in told.items():
        alone = function(_replaced(trace.env, {key: value}), *step.index)
        if bounds(alone) != bounds(trace.env[step.key]):
            base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
            names.append(trace.symbols.unicode(base, [str(i) for i in index]))
    return names


def _pairs(name: str, told: Any, value: Any) -> Iterator[tuple[str, str, Any]]:
    """(name, printed text, true value) of a number, or of each entry of a list or matrix."""
    rows = rows_of(value)
    if value is None:
        return
    if not isinstance(told, list):
        if rows is None or (len(rows) == 1 and len(rows[0]) == 1):
            yield name, str(told), value if rows is None else rows[0][0]
        return
    if rows is None:
        return
    flat = len(rows) == 1 or len(rows[0]) == 1
    if flat and not any(isinstance(e, list) for e in told):
        true = [e for row in rows for e in row]
        for n, (text, one) in enumerate(zip(told, true, strict=False), 1):
            yield f"{name}[{n}]", str(text), one
        return
    for i, (line, row) in enumerate(zip(told, rows, strict=False), 1):
        for j, (text, one) in enumerate(zip(line if isinstance(line, list) else [line], row, strict=False), 1):
            yield f"{name}[{i},{j}]", str(text), one


def _agrees(text: str, value: Any) -> bool | None:
    """Whether `text` is `value` rounded or cut to its digits; None where it cannot be read."""
    try:
        told = read(text)
        low, high = bounds(value)
    except (DlsolveError, UndecidedError, TypeError, AttributeError):
        return None
    if "/" in text:
        return low <= told <= high
    head, _, power = text.lower().partition("e")
    places = len(head.partition(".")[2]) - int(power or "0")
    unit = fmpq(10) ** -places
    rounded = told - unit / 2 <= high and low <= told + unit / 2
    cut = (told <= high and low < told + unit) if told > 0 else (told >= low and high > told - unit)
    if told == 0:
        cut = -unit < high and low < unit
    return bool(rounded or cut)


__all__ = ["Differs", "differs"]
