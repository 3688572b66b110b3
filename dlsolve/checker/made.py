"""What comes of a slip by other ways than the rules on what was written: with nothing rounded, or by no rule.

Of two probabilities written as 1.000 the digits do not tell the difference that a calculator still has: a value
that is wrong by them may be what the slip leads to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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


class Sequels:
    """What comes of a student's own wrong values where no formula leads on: the roots of a wrong polynomial."""

    def __init__(self, solution: Solution, answers: Mapping[str, Answer]) -> None:
        self.problem, self.trace = solution.problem, solution.trace
        self.sequels = solution.topic.sequels
        self.answers = answers
        self.keys = keys_by_name(solution.trace)
        self.left: dict[tuple[str, ...], list[Any]] = {}
        """By the answers that they come of, the values that have not been met yet."""

    def come_of(self, name: str, answer: Answer, wrong: Collection[str]) -> list[str]:
        """The names of the answers, one of them among the `wrong` ones, that `answer` comes of."""
        for sequel in self.sequels if not answer.blank else ():
            if self._base(name) != sequel.base:
                continue
            told = {n: value for n, a in self.answers.items() if self._base(n) in sequel.of
                    and n != name and (value := _as_told(a)) is not None}  # fmt: skip
            if not told.keys() & wrong:
                continue
            left = self.left.setdefault((sequel.base, *told), list(sequel.values(self.problem, told)))
            kind = kind_of(self.trace.symbols, self.keys[name])
            with precision(BITS):
                met = next((n for n, value in enumerate(left) if fit(answer, value, kind) == "yes"), None)
            if met is not None:
                del left[met]
                return list(told)
        return []

    def _base(self, name: str) -> str:
        key = self.keys.get(name, "")
        return key if isinstance(key, str) else str(key[0])


def _as_told(answer: Answer) -> Any:
    """A written number as a fraction, several as a matrix, or a formula as a tree; None for anything else."""
    if answer.unreadable is not None or any(w.imag is not None for w in answer.windows()):
        return None
    cells = [[window.middle for window in row] for row in answer.rows]
    if len(cells) == 1 and len(cells[0]) == 1:
        return cells[0][0]
    return Matrix(cells) if cells else answer.tree


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
