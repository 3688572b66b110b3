"""The derivation as data: named steps in order, sections, branches, operations, tables, answers.

A topic's `solve` writes into a `Trace`; nothing here prints. A step keeps its rule, its index
values and its value; its texts are made when somebody reads them (`dlsolve.readings`). No name is
assigned twice in a run, so the environment stays true for every step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import fmpq

from dlsolve.errors import RuleError
from dlsolve.formula.compiled import FLOAT64, compiled
from dlsolve.formula.loops import plain
from dlsolve.formula.rules import Rule, rename
from dlsolve.formula.tree import Index
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import to_float
from dlsolve.trace import questions
from dlsolve.trace.faults import checked, outside, too_long
from dlsolve.trace.items import Branch, Check, Given, Key, Operation, Step
from dlsolve.trace.lengths import Told, through
from dlsolve.trace.record import Record
from dlsolve.trace.values import as_family, close, is_plain, spread


class Trace(Record):
    """A run being written."""

    # -- what a topic writes -------------------------------------------------------------------

    def through(self, members: Sequence[Index], *parts: str | Rule | Told, **how: Any) -> None:
        """Work out rules, or what is told, at each of `members`; see `lengths.through`."""
        through(self, members, parts, **how)

    def given(self, base: str, value: Any, *index: Index, assumed: bool = False, part: str = "") -> None:
        """A typed quantity: a scalar or matrix, or a sequence or mapping of a family (from 1); `part` as in `Given`."""
        if isinstance(value, Mapping | list | tuple) and not index and self.leaves_out(value) and is_plain(value):
            keys = as_family(self.env, base, value)
        else:
            keys, values = spread(base, index, value)
            numbers = [self.number(one) for one in values]
            if self._slow:
                numbers = [self.policy.given(self, key, one) for key, one in zip(keys, numbers, strict=True)]
            for key in keys if not self.env.keys().isdisjoint(keys) else ():
                self._assign(key, None)  # says which is there already
            self.env.update(zip(keys, numbers, strict=True))
        self.givens.append(Given(base, keys, assumed, part))

    def number(self, value: Any) -> Any:
        """A typed value in this run's arithmetic."""
        if self.arithmetic is not FLOAT64:
            return value if type(value) is fmpq else fmpq(value) if isinstance(value, int) else value
        if isinstance(value, Matrix):
            return value.floats()
        return float(value) if isinstance(value, int) else to_float(value)

    def let(self, target: str | Rule, *index: Index) -> Any:
        """Work out one named value by its rule. Returns what later steps see.

        Raises `DomainError` with the rule and its numbers, `RuleError` for an unknown name.
        """
        return self.writer(target)(*index)

    def writer(self, target: str | Rule) -> Callable[..., Any]:
        """`let` for one rule, at index values to come."""
        mark = target if type(target) is str else id(target)
        if mark not in self._writers:
            rule, code = self.function(target)
            self._writers[mark] = self._written(rule, code)
        return self._writers[mark]

    def _written(self, rule: Rule, code: Any) -> Callable[..., Any]:
        """Every value of a run passes here, so that nothing is looked up but what differs from value to value."""
        env, steps, items, base, most = self.env, self.steps, self.items, rule.base, self.limit
        slow, faults, straight = self._slow, self.faults, not rule.at and not rule.where
        is_plain = plain(self.arithmetic)

        def write(*index: Index) -> Any:
            at = index if straight else rule.indices(index)
            key: Key = (base, *at) if at else base
            its, function = rule, code
            if slow:
                other = self.policy.replaced(self, rule, key)
                if other is not rule:
                    its, function = self.function(other)
            try:
                value = function(env, *index)
            except faults as fault:
                value = self.policy.rescue(self, key)
                if value is None:
                    if isinstance(fault, UndecidedError):
                        raise
                    raise outside(self, its, index, str(fault) or "division by 0") from fault
            if not is_plain(value):
                kind, value = type(value), checked(self, its, index, key, value)
                if type(value) is Matrix:
                    self.work += value.shape[0] * value.shape[1]
                elif self.trims and kind is not bool:
                    self.held += getattr(value, "size", 1)
            handed = self.policy.hand_on(self, key, value) if slow else value
            # `_assign` without its call
            if key in env or len(steps) + self.work > most:
                self._assign(key, handed)
            env[key] = handed
            step = steps[key] = Step(key, its, index, value, handed, self.here)
            items.append(step)
            return handed

        return write

    def when(self, question: str, so: str | tuple[str, str] = "", **index: Index) -> bool:
        """Ask a yes-or-no question of the run (``z[s] >= threshold``); recorded with its reason.

        `so` says what follows; a pair gives the sentence for yes and for no.
        """
        tree, truth = questions.ask(self, question, index)
        text = question + "".join(f"|{k}={v}" for k, v in index.items())
        taken = self.policy.branch(self, text, truth)
        sentence = so if isinstance(so, str) else so[0] if taken else so[1]
        self.items.append(Branch(tree, dict(index), taken, sentence, self.here, text))
        return taken

    def repeats(self, what: str, at: Index, *keys: Key) -> Index | None:
        """Where the run was in exactly this state before: the `at` of the earlier call under `what`
        whose values at `keys` were the same, or None. Enclosures never count as the same."""
        values = tuple(self.env[key] for key in keys)
        if not all(isinstance(v, fmpq | float) for v in values):
            return None
        earlier = self._states.get((what, *values))
        if earlier is None:
            self._states[what, *values] = at
        return earlier

    def order(self, base: str, members: Sequence[Index], *, descending: bool = True) -> list[Index]:
        """`members` sorted by the value of ``base[member]``; ties keep the order given."""
        return questions.order(self, base, members, descending=descending)

    def argmax(self, base: str, members: Sequence[Index], *before: Index) -> Index:
        """The first member whose ``base[member]`` (``base[before, member]``) is largest."""
        return questions.largest(self, base, members, before)

    def tied(self, base: str, members: Sequence[Index], best: Index, *before: Index) -> list[Index]:
        """The other members whose value is that of `best`."""
        return questions.tied(self, base, members, best, before)

    def operation(
        self,
        rule: str,
        before: Any,
        after: Any,
        *,
        key: Key | None = None,
        why: str = "",
        shown: str | None = None,
        ties: Sequence[Any] = (),
    ) -> None:
        """Record what is no formula: the rule's name, the state before and after.

        With `key` the result is a named value of the run; `ties` are others that are as right.
        """
        step = Operation(rule, before, after, self.here, key, why, shown, ties=ties)
        if key is not None:
            handed = self.policy.hand_on_operation(self, key, after) if self._slow else after
            self._assign(key, handed)
            self.steps[key] = step
        self.items.append(step)

    def check(self, name: str, claim: str | bool, text: str = "", **index: Index) -> None:
        """An independent check: a claim in the rule language, or a truth worked out elsewhere.

        Float64 and carried runs compare to within what their rounding allows.
        """
        if self.policy.lenient:
            return  # a student's values are judged by the marking, not by the topic's checks
        if isinstance(claim, str):
            claim = questions.claim(self, claim, index)
        self.checks.append(Check(name, bool(claim), text))

    # -- inside --------------------------------------------------------------------------------

    def name(self, key: Key) -> str:
        """The answer name of `key`."""
        return self.symbols.ascii(key) if isinstance(key, str) else self.symbols.ascii(str(key[0]), key[1:])

    def function(self, target: str | Rule) -> tuple[Rule, Any]:
        """The rule in force for `target`, and its code."""
        mark = id(target) if isinstance(target, Rule) else target
        if mark not in self._fast:
            if isinstance(target, Rule):
                rule = rename(target, self.renames) if self.renames else target
                self._alive.append(target)
            else:
                rule = self.rules.get(target) or self._no_rule(target)
                if rule.by:
                    self.used[rule.by] = rule.choice
            self._fast[mark] = (rule, compiled(rule.expr, rule.letters, self.arithmetic))
        return self._fast[mark]

    def _no_rule(self, target: str) -> Rule:
        raise RuleError(f"no rule defines {target!r}")

    def _assign(self, key: Key, value: Any) -> None:
        if key in self.env:
            raise RuleError(f"{self.name(key)} is assigned twice")
        if len(self.steps) + self.work > self.limit:
            raise too_long(self.limit)
        self.env[key] = value

    def close(self, left: Any, right: Any) -> bool:
        """Equal, as far as this run's arithmetic and policy can tell."""
        room = 1e-6 if self.arithmetic is FLOAT64 else None if self.policy.passive else 0.05
        return close(left, right, room)
