"""Whether rounding can lead to a value: every number before it as it stands on the paper, or as it was computed.

The windows of written digits hold more than that. Where two large numbers are subtracted they leave room for a
sign turned round; there the ways in which a person can have gone on are tried one by one. What is not written down
may have been rounded as well: a value, and the products, powers and functions inside a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from flint import arb, fmpq

from dlsolve.checker.handing import as_written
from dlsolve.checker.judge import fit
from dlsolve.checker.made import FEWEST_FIGURES
from dlsolve.checker.policies import Written, kind_of
from dlsolve.checker.runs import STOPS
from dlsolve.checker.windows import Answer, tamed
from dlsolve.formula.compiled import compiled
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import Bin, Call, Name, Ref, Tree, key_of, nodes, rebuild
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.numbers.show import Digits, bounds, round_to
from dlsolve.readings import instantiate
from dlsolve.trace import Key, Operation, Step, Trace

MOST_WAYS = 1_000
"""Ways that are tried for one value: beyond them nothing is said."""
MOST_WORK = 5_000
"""Numbers that go into one value by all ways together."""


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
        self.uses: dict[Key, tuple[Tree | None, list[Key]]] = {}

    def lead(self, step: Step, answer: Answer, rule: Rule | None = None) -> bool | None:
        """Whether some way leads from the rule of `step`, or another `rule`, to `answer`, rounded or, by a student
        who has not been seen to round up, cut off; None where the ways are too many to tell."""
        with precision(self.true.bits):
            values = self._values(step, rule or step.rule)
            if values is None:
                return None
            kind = kind_of(self.true.symbols, step.key)
            fits = {fit(answer, value, kind) for value in values}
            return "yes" in fits or ("truncated" in fits and not self._rounds_up)

    @cached_property
    def _rounds_up(self) -> bool:
        """Whether a number stands on the paper that is rounded up, and not cut off."""
        for key, step in self.true.steps.items():
            answer = self.written.whole.get(self.true.name(key))
            window = answer.scalar if answer is not None else None
            if window is None or not isinstance(step, Step) or window.zero or not window.unit or window.imag:
                continue
            values = self._values(step, step.rule) or []
            if any(window.meets(v) for v in values) and not any(window.truncated().meets(v) for v in values):
                return True
        return False

    @cached_property
    def _figures(self) -> list[Digits]:
        """To how many figures this student rounds: those most often written, and the fewest."""
        counts = [f for a in self.written.whole.values() if (f := a.figures) is not None and f >= FEWEST_FIGURES]
        return [Digits(f) for f in dict.fromkeys([max(counts, key=counts.count), min(counts)])] if counts else []

    # -- ways ------------------------------------------------------------------------------------

    def _values(self, step: Step, rule: Rule) -> list[Any] | None:
        """What the rule gives, in every way; None for too many ways."""
        at_step, used = self._used(step) if rule is step.rule else self._instance(step, rule)
        self._prepare(used)
        choices: dict[Key, list[Any]] = {}
        for key in used:
            found = self.known[key]
            if found is None:
                return None
            if found:
                choices[key] = found
        ways = prod(map(len, choices.values()))
        if at_step is None or ways > MOST_WAYS or ways * sum(map(self._size, used)) > MOST_WORK:
            return None
        function = compiled(rule.expr, rule.letters, self.true.arithmetic)
        out = []
        for way in product(*choices.values()):
            told = dict(zip(choices, way, strict=True))
            out += self._worked(lambda told=told: function(_Replaced(self.true.env, told), *step.index))
            for digits in self._figures:
                out += self._worked(lambda told=told, digits=digits: self._by_hand(at_step, told, digits))
        return list(_distinct(out))

    def _worked(self, work: Any) -> list[Any]:
        try:
            value = tamed(work())
        except STOPS:
            return []  # a way that leads nowhere
        return [] if value is None else [fmpq(int(value)) if isinstance(value, bool) else value]

    def _by_hand(self, tree: Tree, told: Mapping[Key, Any], digits: Digits) -> Any:
        """The value with every product, power and function in it rounded; the last operation is not."""
        env = dict[Any, Any](told)

        def change(node: Tree) -> Tree:
            node = rebuild(node, change)
            if not isinstance(node, Call) and not (isinstance(node, Bin) and node.op in ("*", "/", "**")):
                return node
            value = compiled(node, (), self.true.arithmetic)(_Replaced(self.true.env, env))
            name = Name(f"§{len(env)}")
            env[name.id] = _rounded(value, digits)
            return name

        top = rebuild(tree, change)
        return compiled(top, (), self.true.arithmetic)(_Replaced(self.true.env, env))

    def _prepare(self, keys: list[Key]) -> None:
        """Find the choices for `keys`, those that they come of first."""
        stack = [key for key in keys if key not in self.known]
        while stack:
            key = stack[-1]
            step = self.true.steps.get(key)
            before = self._used(step)[1] if isinstance(step, Step) else []
            waiting = [k for k in before if k not in self.known and k not in stack]
            if waiting:
                stack += waiting
                continue
            self.known.setdefault(key, None)
            self.known[key] = self._ways_on(key)
            stack.pop()

    def _ways_on(self, key: Key) -> list[Any] | None:
        """What may have been gone on with; nothing for a value that is what it is."""
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
        computed = self._values(step, step.rule)
        if computed is None:
            return None
        if answer is None:
            return list(_distinct([*computed, *(_rounded(v, d) for v in computed for d in self._figures)]))
        fits = [value for value in computed if fit(answer, value, kind) != "no"]
        return list(_distinct([*(fits or computed), as_written(answer, true)]))

    # -- rules -----------------------------------------------------------------------------------

    def _used(self, step: Step) -> tuple[Tree | None, list[Key]]:
        if step.key not in self.uses:
            self.uses[step.key] = self._instance(step, step.rule)
        return self.uses[step.key]

    def _instance(self, step: Step, rule: Rule) -> tuple[Tree | None, list[Key]]:
        """A rule at a step, and the values that it uses."""
        try:
            tree = instantiate(self.true, rule.expr, dict(zip(rule.letters, step.index, strict=True)), None)
        except STOPS:
            return None, []
        return tree, list(dict.fromkeys(key_of(n) for n in nodes(tree) if isinstance(n, Ref | Name)))

    def _size(self, key: Key) -> int:
        """How many numbers stand in a value."""
        value = self.true.env.get(key)
        return value.shape[0] * value.shape[1] if isinstance(value, Matrix) else 1


def _rounded(value: Any, digits: Digits) -> Any:
    if isinstance(value, Matrix):
        return value.map(lambda entry: _rounded(entry, digits))
    if not isinstance(value, fmpq | arb):
        return value
    low, high = bounds(value)
    return round_to((low + high) / 2, digits)


def _distinct(values: list[Any]) -> Iterator[Any]:
    seen = set()
    for value in values:
        mark = _mark(value)
        if mark not in seen:
            seen.add(mark)
            yield value


def _mark(value: Any) -> Any:
    if isinstance(value, Matrix):
        return tuple(map(_mark, value.entries()))
    if isinstance(value, arb):
        # what differs by less than the width of an enclosure is the same
        return value.str(30, radius=False)
    return value


__all__ = ["Roundings"]
