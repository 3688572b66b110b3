"""What a source prints beside what the run gives: where they differ, and why.

Why is what the problem file says, or the known slip that leads to the printed value. A value that
is cut off, or right only for numbers that were rounded before, is remarked too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec
from flint import arb, fmpq

from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import DlsolveError
from dlsolve.fields.kinds import joined
from dlsolve.formula.compiled import compiled
from dlsolve.formula.rules import Rule, rename
from dlsolve.named import find, keys_by_name
from dlsolve.numbers.exact import NumberError, read
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.numbers.show import Digits, Shown, bounds
from dlsolve.problem import Printed, printed_of
from dlsolve.readings import rows_of, shown_value
from dlsolve.solver import Solution
from dlsolve.trace import Environment, Key, Step, Trace

Fit = Literal["rounded", "cut", "no", "unreadable"]
WHOLE = frozenset(("direction", "basis", "row state", "polynomial", "choice", "multiset"))
"""Kinds that say more than their entries one by one."""


class Differs(msgspec.Struct, frozen=True):
    """A value that a source prints otherwise: `printed` there, `shown` in full here (empty where this run
    does not come to it), and `carried` where this run rounds by hand. `why` is empty where nothing is
    known of it; `erratum` is its number in a list of errata."""

    name: str
    printed: str
    shown: str
    why: str = ""
    carried: str = ""
    erratum: str = ""


def differs(solution: Solution) -> list[Differs]:
    """Where the problem's `printed` values are not the true ones, worked out in full and rounded to
    their digits."""
    told = printed_of(solution.meta.get("printed") or {})
    if not told:
        return []
    trace = solution.exact or solution.trace
    with precision(trace.bits):
        return list(_Source(solution, trace).all(told))


class _Source:
    """The values that one source prints, in its order; what was printed before explains what follows."""

    def __init__(self, solution: Solution, trace: Trace) -> None:
        self.solution = solution
        self.trace = trace
        self.known = keys_by_name(trace)
        self.digits = Digits(max(5, solution.digits.count + 1)) if solution.exact else solution.digits
        self.points: dict[Key, fmpq] = {}
        """Printed values that differ, as they stand."""
        self.windows: dict[Key, arb] = {}
        """All that was printed so far, as what its digits allow."""

    def all(self, told: Mapping[str, Printed]) -> Iterator[Differs]:
        for name, entry in told.items():
            value = find(self.trace, name, self.known)
            if value is None:
                yield Differs(name, entry.value, "", entry.why, erratum=entry.erratum)
                continue
            parts = list(self._parts(name, entry.value, value))
            if entry.why and len(parts) > 1:  # one reason for all of them
                if all(self._fit(part, text, true) == "rounded" for part, text, true in parts):
                    continue
                parts = [(name, entry.value, value)]
            for part, text, true in parts:
                found = self._compared(part, text, true, entry)
                if found is not None:
                    yield found

    def _compared(self, name: str, text: str, true: Any, entry: Printed) -> Differs | None:
        how = self._fit(name, text, true)
        key = self.known.get(name)
        why = entry.why
        if how == "no":
            why = why or self._why(key, text, true)
        elif how == "cut":
            why = why or "cut off, not rounded"
        elif how == "unreadable":
            why = why or "this cannot be read"
        if key is not None and (number := _number(text)) is not None:
            if how == "no":
                self.points[key] = number
            exact = isinstance(true, fmpq) and true == number
            self.windows[key] = arb(number, 0 if exact else _unit(text) / 2)
        if how == "rounded":
            return None
        ours = self.solution.exact and find(self.solution.trace, name)
        carried = self._shown(ours, self.solution.digits) if ours is not None else ""
        return Differs(name, text, self._shown(true, self.digits), why, carried, entry.erratum)

    # -- reading and comparing -------------------------------------------------------------------

    def _parts(self, name: str, text: str, value: Any) -> Iterator[tuple[str, str, Any]]:
        """(name, printed text, true value), entry by entry where a list or matrix is printed."""
        rows = rows_of(value)
        if rows is None or self._kind(name) in WHOLE or not text.startswith("["):
            yield name, text, value if rows is None or (len(rows), len(rows[0])) != (1, 1) else rows[0][0]
            return
        from dlsolve.checker.answers import read_answer
        from dlsolve.checker.windows import fitted

        cells = fitted(read_answer(name, text).rows, (len(rows), len(rows[0])))
        if cells is None:
            yield name, text, value
            return
        flat = 1 in (len(rows), len(rows[0]))
        for i, (line, row) in enumerate(zip(cells, rows, strict=True), 1):
            for j, (window, one) in enumerate(zip(line, row, strict=True), 1):
                yield f"{name}[{max(i, j)}]" if flat else f"{name}[{i},{j}]", window.text, one

    def _kind(self, name: str) -> str:
        key = self.known.get(name)
        row = self.trace.symbols.quantity(key if isinstance(key, str) else str(key[0])) if key is not None else None
        return row.kind if row is not None else "real"

    def _fit(self, name: str, text: str, true: Any) -> Fit:
        plain = _agrees(text, true)
        if plain is not None:
            return plain
        # anything else is read and judged as a student's answer is
        from dlsolve.checker.answers import read_answers
        from dlsolve.checker.judge import fit

        answer = next(iter(read_answers(self.trace, {name: text}).values()))
        if answer.unreadable is not None:
            return "unreadable"
        how = fit(answer, true, self._kind(name))  # type: ignore[arg-type]
        return {"yes": "rounded", "truncated": "cut", "no": "no"}[how]  # type: ignore[return-value]

    def _shown(self, value: Any, digits: Digits) -> str:
        if isinstance(value, str):
            return value
        rows = rows_of(value)
        if rows is None:
            shown = shown_value(value, digits)
            return shown.text if isinstance(shown, Shown) else str(shown)
        texts = [[self._shown(e, digits) for e in row] for row in rows]
        if len(rows) == 1 or len(rows[0]) == 1:
            flat = [t for row in texts for t in row]
            return flat[0] if len(flat) == 1 else f"[{', '.join(flat)}]"
        return "[" + ", ".join(f"[{', '.join(row)}]" for row in texts) + "]"

    # -- why -------------------------------------------------------------------------------------

    def _why(self, key: Key | None, text: str, true: Any) -> str:
        """The first known slip that leads to `text`, from the true values or those printed before."""
        step = self.trace.steps.get(key) if key is not None else None
        if isinstance(step, Step):
            env, points = self.trace.env, _replaced(self.trace.env, self.points)
            if self.points and self._leads(step, step.rule, points, text):
                return "it follows from " + joined(self._used(step, self.points), "and") + " as printed"
            wide = _replaced(self.trace.env, self.windows)
            if self.windows and self._leads(step, step.rule, wide, text):
                return "right within the rounding of " + joined(self._used(step, self.windows), "and") + " as printed"
            for start in [env, points] if self.points else [env]:
                for rule, says in self._slips(step.rule):
                    if self._leads(step, rule, start, text):
                        return says
        negated = text[1:] if text.startswith("-") else f"-{text}"
        return "the other sign" if _agrees(negated, true) not in (None, "no") else ""

    def _slips(self, rule: Rule) -> Iterator[tuple[Rule, str]]:
        """What the topic declares as slips of `rule`, and its readings under conventions not taken."""
        trace = self.trace
        for slip in self.solution.topic.slips:
            changed = slip.applied(rule)
            if changed is not None:
                yield rename(changed, trace.renames), slip.says
        key, readings = trace.book.variants.get(rule.id, ("", {}))
        for choice, reading in readings.items():
            if choice != rule.choice and key in CONVENTIONS:
                says = CONVENTIONS[key].choices.get(choice, choice)
                yield rename(reading, trace.renames), f"with {key} = {choice}: {says}"

    def _leads(self, step: Step, rule: Rule, env: Environment, text: str) -> bool:
        value = self._worked_out(step, rule, env)
        return value is not None and _agrees(text, value) not in (None, "no")

    def _worked_out(self, step: Step, rule: Rule, env: Environment) -> Any:
        if len(rule.letters) != len(step.index):
            return None
        try:
            return compiled(rule.expr, rule.letters, self.trace.arithmetic)(env, *step.index)
        except (DlsolveError, UndecidedError, ArithmeticError, TypeError, LookupError):
            return None

    def _used(self, step: Step, told: Mapping[Key, fmpq | arb]) -> list[str]:
        """The printed names that the step uses."""
        names = []
        true = self.trace.env[step.key]
        for key, value in told.items():
            alone = self._worked_out(step, step.rule, _replaced(self.trace.env, {key: value}))
            if alone is None or hasattr(alone, "shape") or hasattr(true, "shape"):
                continue  # only numbers are printed one by one
            if bounds(alone) != bounds(true):
                base, index = (key, ()) if isinstance(key, str) else (str(key[0]), key[1:])
                names.append(self.trace.symbols.unicode(base, [str(i) for i in index]))
        return names


def _replaced(env: Environment, told: Mapping[Key, Any]) -> Environment:
    out = Environment(env)
    out.update(told)
    return out


def _number(text: str) -> fmpq | None:
    try:
        return read(text)
    except (NumberError, DlsolveError):
        return None


def _unit(text: str) -> fmpq:
    """One unit of the last written place; 0 for a fraction or a whole number."""
    head, _, power = text.lower().partition("e")
    places = len(head.partition(".")[2])
    return fmpq(0) if "/" in text or not places else fmpq(10) ** (int(power or "0") - places)


def _agrees(text: str, value: Any) -> Fit | None:
    """Whether a number in digits is `value` rounded or cut to them; None for anything else."""
    told = _number(text)
    if told is None:
        return None
    try:
        low, high = bounds(value)
    except (DlsolveError, UndecidedError, TypeError, AttributeError):
        return None
    if "/" in text:
        return "rounded" if low <= told <= high else "no"
    unit = _unit(text) or fmpq(1)
    if told - unit / 2 <= high and low <= told + unit / 2:
        return "rounded"
    if told == 0:
        return "cut" if -unit < high and low < unit else "no"
    cut = (told <= high and low < told + unit) if told > 0 else (told >= low and high > told - unit)
    return "cut" if cut else "no"


__all__ = ["Differs", "differs"]
