"""What comes of a named slip with nothing rounded on the way.

Of two probabilities written as 1.000 the digits do not tell the difference that a calculator still has: a value
that is wrong by them may be what the slip leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, product
from typing import Any

from dlsolve.checker.judge import fit
from dlsolve.checker.policies import kind_of
from dlsolve.checker.runs import BITS, rerun
from dlsolve.checker.windows import Answer
from dlsolve.formula.rules import Rule
from dlsolve.named import keys_by_name
from dlsolve.notation import Kind
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import precision
from dlsolve.policy import Policy
from dlsolve.solver import Solution
from dlsolve.trace import Key, Trace

FEWEST_FIGURES = 3
"""Below this many written figures a value would be met by chance."""
MOST_WAYS = 4
"""Ways tried where several slips explain the same value."""
MOST_RUNS = 12
"""Runs in one marking."""


class _Made(Policy):
    """Other rules at some steps, by answer name, or wherever a rule is used, by its id; all else as it is."""

    name = "made"
    passive = False

    def __init__(self, rules: Mapping[str, Rule], *, always: bool) -> None:
        self.rules = rules
        self.always = {rule.id: rule for rule in rules.values()} if always else {}
        self.touched: set[str] = set()
        """The steps at which a rule was replaced."""

    @property
    def lenient(self) -> bool:
        return True

    def replaced(self, trace: Trace, rule: Rule, key: Key) -> Rule:
        other = self.rules.get(name := trace.name(key)) or self.always.get(rule.id)
        if other is not None:
            self.touched.add(name)
        return other or rule


class Consequences:
    """The runs with the slips named so far: each made where it was found, or all through the run."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.slips: dict[str, Sequence[Rule]] = {}
        self.runs: dict[tuple[int, ...], tuple[Trace, set[str]]] = {}

    def add(self, name: str, rules: Sequence[Rule]) -> None:
        """The rules that explain the value of the step `name`."""
        if rules:
            self.slips[name] = rules

    def value(self, name: str, answer: Answer) -> Any:
        """The value of `name` by slips made before it, where that is what was written; else None."""
        few = answer.weight is not None and answer.weight < FEWEST_FIGURES
        if not self.slips or answer.blank or few:
            return None
        with precision(BITS):
            for trace, touched in self._traces():
                if name in touched or name.partition("[")[0] in touched:
                    continue  # it was made there once more
                for value, kind in _values(trace, name):
                    if fit(answer, value, kind) == "yes":
                        return value
        return None

    def _traces(self) -> Iterator[tuple[Trace, set[str]]]:
        for always in (False, True):
            for rules in islice(product(*self.slips.values()), MOST_WAYS):
                mark = (always, *map(id, rules))
                if mark not in self.runs:
                    if len(self.runs) >= MOST_RUNS:
                        return
                    policy = _Made(dict(zip(self.slips, rules, strict=True)), always=always)
                    self.runs[mark] = rerun(self.solution, policy), policy.touched
                yield self.runs[mark]


def _values(trace: Trace, name: str) -> Iterator[tuple[Any, Kind]]:
    """The value under an answer name, or those that it may stand for: the roots of a run come in any order."""
    base, _, entry = name.partition("[")
    keys = keys_by_name(trace)
    key = keys.get(name, keys.get(base))
    if key is None or key not in trace.env:
        return
    kind = kind_of(trace.symbols, key)
    if name not in keys:
        whole = trace.env[key]
        with suppress(ValueError, IndexError, TypeError):
            yield whole.at(*(int(i) for i in entry.rstrip("]").split(","))) if isinstance(whole, Matrix) else None, kind
    elif kind == "multiset":
        yield from ((trace.env[k], kind) for k in trace.steps if isinstance(k, tuple) and k[0] == key[0])
    else:
        yield trace.env[key], kind
