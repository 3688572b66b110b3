"""What comes of a named slip with nothing rounded on the way.

Of two probabilities written as 1.000 the digits do not tell the difference that a calculator still has: a value
that is wrong by them may be what the slip leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from dlsolve.checker.judge import fit
from dlsolve.checker.policies import Written, kind_of
from dlsolve.checker.runs import BITS, rerun
from dlsolve.checker.windows import Answer
from dlsolve.formula.rules import Rule
from dlsolve.named import find, keys_by_name
from dlsolve.numbers.precision import precision
from dlsolve.policy import Policy
from dlsolve.solver import Solution
from dlsolve.trace import Key, Step, Trace

FEWEST_FIGURES = 3
"""Below this many written figures a value would be met, and a slip named, by chance."""
MOST_WAYS = 4
"""Ways tried where several slips explain the same value."""
MOST_RUNS = 24
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


@dataclass(frozen=True)
class _Run:
    """A run with slips in it, by answer name; `touched` are the steps at which they were made; `other` whether it
    follows another convention."""

    trace: Trace
    keys: Mapping[str, Key]
    touched: set[str]
    other: bool


class Consequences:
    """The runs with the slips named so far: each made where it was found, or all through the run. A run in which a
    slip makes another value of one that the page has right is none of this student's."""

    def __init__(self, solution: Solution, written: Written, fits: Mapping[str, str]) -> None:
        self.solution = solution
        self.written = written
        self.fits = fits
        self.slips: dict[str, Sequence[Rule]] = {}
        self.runs: dict[tuple[bool, frozenset[tuple[str, Rule]]], _Run | None] = {}

    def add(self, name: str, rules: Sequence[Rule]) -> None:
        """The rules that explain the value of the step `name`."""
        if rules:
            self.slips[name] = rules

    def value(self, name: str, answer: Answer) -> tuple[Any, bool] | None:
        """The value of `name` by slips made before it, where that is what was written, and whether they are another
        convention; else None."""
        few = answer.weight is not None and answer.weight < FEWEST_FIGURES
        if not self.slips or answer.blank or few:
            return None
        with precision(BITS):
            for run in self._runs():
                # where it was made once more the value is wrong by itself
                if name not in run.touched and name.partition("[")[0] not in run.touched:
                    found = self._met(run, name, answer)
                    if found is not None:
                        return found, run.other
        return None

    def _met(self, run: _Run, name: str, answer: Answer) -> Any:
        """The value of a run that `answer` is."""
        key = run.keys.get(name, run.keys.get(name.partition("[")[0]))
        kind = kind_of(run.trace.symbols, key) if key is not None else "real"
        if kind != "multiset" or not isinstance(key, tuple):
            value = find(run.trace, name, run.keys)
            return value if value is not None and fit(answer, value, kind) == "yes" else None
        # roots come in any order; each stands on the page as often as it is one
        roots = [(n, run.trace.env[k]) for n, k in run.keys.items() if isinstance(k, tuple) and k[0] == key[0]]
        for _, root in roots:
            if fit(answer, root, kind) == "yes":
                times = sum(fit(answer, other, kind) == "yes" for _, other in roots)
                own = [n for n, _ in roots if (a := self.written.whole.get(n)) and fit(a, root, kind) == "yes"]
                return root if name in own[:times] else None
        return None

    def _runs(self) -> Iterator[_Run]:
        for always in (True, False):
            for rules in islice(product(*self.slips.values()), MOST_WAYS if len(self.slips) < 3 else 1):
                made = dict(zip(self.slips, rules, strict=True))
                mark = (always, frozenset(((rule.id, rule) if always else (n, rule)) for n, rule in made.items()))
                if mark not in self.runs:
                    if len(self.runs) >= MOST_RUNS:
                        continue
                    self.runs[mark] = self._run(made, always=always)
                run = self.runs[mark]
                if run is not None:
                    yield run

    def _run(self, made: Mapping[str, Rule], *, always: bool) -> _Run | None:
        # another convention all through changes what is derived from its rule too
        choices = {rule.by: rule.choice for rule in made.values() if rule.by} if always else {}
        policy = _Made(made, always=always)
        trace = rerun(self.solution, policy, choices)
        other = {trace.name(k) for k, s in trace.steps.items() if isinstance(s, Step) and s.rule.by in choices}
        run = _Run(trace, keys_by_name(trace), policy.touched | other, bool(choices))
        for name in run.touched - made.keys():
            answer = self.written.whole.get(name)
            if answer is not None and self.fits.get(name, "no") != "no":
                kind = kind_of(trace.symbols, run.keys[name]) if name in run.keys else "real"
                if fit(answer, find(trace, name, run.keys), kind) == "no":
                    return None
        return run


__all__ = ["FEWEST_FIGURES", "Consequences"]
