"""Whether rounding can lead to a value: every number before it as it stands on the paper, or as it was computed.

The windows of written digits hold more than that. Where two large numbers are subtracted they leave room for a
sign turned round; there the ways in which a person can have gone on are tried one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.handing import as_written
from dlsolve.checker.judge import fit
from dlsolve.checker.policies import Written, kind_of
from dlsolve.checker.windows import Answer, tamed
from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import compiled
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import Name, Ref, key_of, nodes
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.readings import instantiate
from dlsolve.trace import Key, Operation, Step, Trace

MOST_WAYS = 1_000
"""Ways that are tried for one value: beyond them nothing is said."""
MOST_WORK = 5_000
"""Numbers that go into one value by all ways together."""
MOST_DEEP = 60
FAULTS = (DlsolveError, UndecidedError, ArithmeticError, TypeError, ValueError, AttributeError, LookupError)


class _Replaced(dict[Any, Any]):
    """Some values of a run in place of its own."""

    def __init__(self, env: Any, told: Any) -> None:
        super().__init__(told)
        self.env = env

    def __missing__(self, key: Any) -> Any:
        return self.env[key]


class Roundings:
    """The values that each step of a run may have, by the ways of going on from what was written."""

    def __init__(self, true: Trace, written: Written) -> None:
        self.true = true
        self.written = written
        self.known: dict[Key, list[Any] | None] = {}

    def lead(self, step: Step, answer: Answer, rule: Rule | None = None) -> bool | None:
        """Whether some way leads from the rule of `step`, or another `rule`, to `answer`, rounded or, by a student
        who has not been seen to round up, cut off; None where the ways are too many to tell."""
        with precision(self.true.bits):
            values = self._values(step, rule or step.rule, 0)
            if values is None:
                return None
            kind = kind_of(self.true.symbols, step.key)
            fits = {fit(answer, value, kind) for value in values}
            return "yes" in fits or ("truncated" in fits and not self._rounds_up)

    @cached_property
    def _rounds_up(self) -> bool:
        """Whether a number stands on the paper that is rounded up, and not cut off."""
        names = {self.true.name(key): step for key, step in self.true.steps.items() if isinstance(step, Step)}
        for name, answer in self.written.whole.items():
            window, step = answer.scalar, names.get(name)
            if window is None or step is None or window.zero or window.unit == 0 or window.imag is not None:
                continue
            values = self._values(step, step.rule, 0) or []
            if any(window.meets(v) for v in values) and not any(window.truncated().meets(v) for v in values):
                return True
        return False

    def _values(self, step: Step, rule: Rule, depth: int) -> list[Any] | None:
        """What the rule gives, in every way; None for too many ways."""
        if depth > MOST_DEEP:
            return None
        try:
            at_step = instantiate(self.true, rule.expr, dict(zip(rule.letters, step.index, strict=True)), None)
            function = compiled(rule.expr, rule.letters, self.true.arithmetic)
        except FAULTS:
            return None
        used = dict.fromkeys(key_of(n) for n in nodes(at_step) if isinstance(n, Ref | Name))
        choices: dict[Key, list[Any]] = {}
        for key in used:
            found = self._choices(key, depth + 1)
            if found is None:
                return None
            if found:
                choices[key] = found
        ways = prod(map(len, choices.values()))
        if ways > MOST_WAYS or ways * sum(map(self._size, used)) > MOST_WORK:
            return None
        out = []
        for way in product(*choices.values()):
            env = _Replaced(self.true.env, zip(choices, way, strict=True))
            try:
                value = tamed(function(env, *step.index))
            except FAULTS:
                continue  # a way that leads nowhere
            out += [fmpq(int(value)) if isinstance(value, bool) else value] if value is not None else []
        return list(_distinct(out))

    def _choices(self, key: Key, depth: int) -> list[Any] | None:
        """What may have been gone on with."""
        if key not in self.known:
            self.known[key] = None  # until it is known; nothing goes on from itself
            self.known[key] = self._ways_on(key, depth)
        return self.known[key]

    def _ways_on(self, key: Key, depth: int) -> list[Any] | None:
        step = self.true.steps.get(key)
        if step is None:
            return [] if key in self.true.env else None  # an entry of what was worked out
        name = self.true.name(key)
        if name in self.written.entries:
            return None
        true, kind = self.true.env[key], kind_of(self.true.symbols, key)
        answer = self.written.whole.get(name)
        if kind in ("integer", "label"):
            return list(_distinct([true, *([as_written(answer, true)] if answer is not None else [])]))
        if isinstance(step, Operation):
            return None if step.before is not None or answer is not None else []
        computed = self._values(step, step.rule, depth)
        if computed is None or answer is None:
            return computed
        fits = [value for value in computed if fit(answer, value, kind) != "no"]
        return list(_distinct([*(fits or computed), as_written(answer, true)]))

    def _size(self, key: Key) -> int:
        """How many numbers stand in a value."""
        value = self.true.env.get(key)
        return value.shape[0] * value.shape[1] if isinstance(value, Matrix) else 1


def _distinct(values: list[Any]) -> Iterator[Any]:
    seen = set()
    for value in values:
        mark = value if isinstance(value, fmpq) else float(value) if isinstance(value, arb) else id(value)
        if mark not in seen:
            seen.add(mark)
            yield value
