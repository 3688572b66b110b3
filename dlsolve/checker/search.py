"""Which slip leads to a wrong value: rules tried in place of the step's own, on the same windows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from flint import fmpq

from dlsolve.checker.handing import with_zeros
from dlsolve.checker.judge import fit
from dlsolve.checker.made import FEWEST_FIGURES
from dlsolve.checker.policies import Following, Written, kind_of, vague
from dlsolve.checker.report import SlipFound
from dlsolve.checker.runs import BITS, rerun
from dlsolve.checker.slips import Candidate, declared, mutated
from dlsolve.checker.windows import Answer, tamed
from dlsolve.errors import DlsolveError
from dlsolve.formula.compiled import compiled
from dlsolve.formula.rules import Rule
from dlsolve.formula.tree import At, Name, Ref, nodes
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError, precision
from dlsolve.policy import Slip
from dlsolve.solver import Solution
from dlsolve.trace import Key, Step, Trace
from dlsolve.trace.values import Environment

MOST_NAMED = 3
"""Slips named for one value at most."""
MOST_MUTATIONS = 20
"""Of a rule that can be changed in more ways than this, one more figure is asked for: too many of them would meet
three figures by chance."""
MOST_RUNS = 40
"""Whole-run replacements tried in one marking."""


class Search:
    """Looks for slips in the run over everything that was written."""

    def __init__(self, solution: Solution, trace: Trace, policy: Following, written: Written) -> None:
        self.solution = solution
        self.trace = trace
        self.policy = policy
        self.written = written
        self.named: set[str] = set()
        self.runs = 0
        self.known: dict[int, tuple[Key, Environment]] = {}
        self.steps = {trace.name(s.key): s for s in trace.steps.values() if isinstance(s, Step)}

    def explain(self, name: str, answer: Answer) -> tuple[list[SlipFound], tuple[str, list[Rule]]]:
        """The slips that lead to `answer`, declared ones first, which are remembered; and the step with the rules
        in its place, also those that too few digits tell to name them."""
        step, entry = self._step(name)
        if step is None:
            return list(self._results(name, answer))[:MOST_NAMED], (name, [])
        found = [c for c in self._known(step) if self._leads(c, step, entry, answer)]
        if not found and not self._all_written(step):
            found = list(self._over_the_run(name, answer))
        others = [] if found else list(mutated(step.rule))
        leading = found or [c for c in others if self._leads(c, step, entry, answer)]
        if answer.weight is None or answer.weight >= FEWEST_FIGURES + (len(others) > MOST_MUTATIONS):
            found = leading
        out = [
            SlipFound(c.id, c.says, repeat=self._marked(c, step) in self.named, declared=c.declared)
            for c in found[:MOST_NAMED]
        ]
        self.named |= {self._marked(c, step) for c in found[:MOST_NAMED]}
        rules = [c.rule for c in leading if c.rule.id == step.rule.id]
        return out, (self.trace.name(step.key), rules[:MOST_NAMED])

    def _results(self, name: str, answer: Answer) -> Iterator[SlipFound]:
        """The known slips that lead to a value which is the result of no formula."""
        true = self.solution.trace
        key = next((k for k in true.steps if true.name(k) == name), None)
        base = key if isinstance(key, str) or key is None else str(key[0])
        for slip in self.solution.topic.results:
            if key is not None and slip.base == base:
                with precision(BITS):
                    own, kind = true.env[key], kind_of(true.symbols, key)
                    if any(v != own and fit(answer, v, kind) == "yes" for v in slip.wrong(true, key)):
                        yield SlipFound(slip.id, slip.says, repeat=slip.id in self.named)
                        self.named.add(slip.id)

    def declared_fits(self, name: str, answer: Answer) -> bool:
        """Whether a declared slip fits a value too, that was written with few figures."""
        step, entry = self._step(name)
        return step is not None and any(self._leads(c, step, entry, answer) for c in self._known(step))

    def reading_fits(self, slip: str, name: str, answer: Answer) -> bool | None:
        """Whether the rule of the known slip with this id leads to a value; None where it does not touch it."""
        step, entry = self._step(name)
        rules = [c for c in self._known(step) if c.id == slip] if step is not None else []
        return None if step is None or not rules else any(self._leads(c, step, entry, answer) for c in rules)

    def candidates(self, step: Step, answer: Answer) -> Iterator[Candidate]:
        """The rules that may have been used at a step, declared slips first; others only where enough digits tell."""
        yield from self._known(step)
        if answer.weight is None or answer.weight >= FEWEST_FIGURES:
            yield from mutated(step.rule)

    def _marked(self, candidate: Candidate, step: Step) -> str:
        return candidate.id if candidate.declared else f"{step.rule.id}: {candidate.says}"

    def _known(self, step: Step) -> Iterator[Candidate]:
        return declared(self.solution.topic, self.trace, step.rule)

    def _step(self, name: str) -> tuple[Step | None, tuple[int, ...]]:
        if name in self.steps:
            return self.steps[name], ()
        base, _, rest = name.partition("[")
        step = self.steps.get(base)
        try:
            return step, tuple(int(i) for i in rest.rstrip("]").split(","))
        except ValueError:
            return None, ()

    def _leads(self, candidate: Candidate, step: Step, entry: tuple[int, ...], answer: Answer) -> bool:
        """Whether the candidate rule gives what was written, and the step's own rule would not."""
        with precision(BITS):
            value = self._value(candidate, step, entry, self.trace)
            if value is None:  # a division by what may be 0: by the digits it is not
                value = self._value(candidate, step, entry, self.digits) if step.key in self.digits.steps else None
            if value is None:
                return False
            if vague(value):  # 1.000 − 1.000: what is on the paper leads there, or nothing rounded at all
                runs = [run for run in (self.digits, self.solution.trace) if step.key in run.steps]
                sharp = (self._value(candidate, step, entry, run) for run in runs)
                return any(v is not None and not vague(v) and self._meets(answer, v, step) for v in sharp)
            if any(w.zero for w in answer.windows()) and step.key in self.digits.steps:
                # a 0 is exact: 0.6667 − 0.6667 of what stands on the paper, not of what it may mean
                value = with_zeros(value, self._value(candidate, step, entry, self.digits))
            return self._meets(answer, value, step)

    @cached_property
    def digits(self) -> Trace:
        """The run on the written digits as they stand."""
        return rerun(self.solution, Following(self.policy.true, self.written, self.policy.trusted, digits=True))

    def _value(self, candidate: Candidate, step: Step, entry: tuple[int, ...], trace: Trace) -> Any:
        """What the candidate rule gives on the values that `trace` has before the step; None where it gives nothing."""
        try:
            function = compiled(candidate.rule.expr, candidate.rule.letters, trace.arithmetic)
            value = function(self._before(step, trace), *step.index)
            if entry and isinstance(value, Matrix):
                value = value.at(*entry)
        except (DlsolveError, UndecidedError, ArithmeticError, TypeError, ValueError, AttributeError, LookupError):
            return None
        return tamed(value)

    def _before(self, step: Step, trace: Trace) -> Environment:
        """What was known when the step was made."""
        known = self.known.get(id(trace))
        if known is None or known[0] != step.key:  # asked for one step after the other
            env = Environment(trace.env)
            later = False
            for key in trace.steps:
                later = later or key == step.key
                if later:
                    env.pop(key, None)
            known = self.known[id(trace)] = (step.key, env)
        return known[1]

    def _meets(self, answer: Answer, value: Any, step: Step) -> bool:
        if isinstance(value, bool):
            value = fmpq(int(value))
        return fit(answer, value, kind_of(self.trace.symbols, step.key)) == "yes"

    def _all_written(self, step: Step) -> bool:
        """Whether every earlier value of the run that the rule uses was written."""
        for node in nodes(step.rule.expr):
            if not isinstance(node, Name | At | Ref):
                continue
            base = node.id if isinstance(node, Name) else node.base
            computed = [n for n, s in self.steps.items() if s.rule.base == base and s is not step]
            if computed and not any(n in self.written.whole for n in computed):
                return False
        return True

    def _over_the_run(self, name: str, answer: Answer) -> Iterator[Candidate]:
        """Declared slips made in a step that was not written down, tried over the whole run."""
        seen: set[str] = set()
        for step in list(self.steps.values()):
            for candidate in self._known(step):
                if candidate.id in seen or self.runs >= MOST_RUNS:
                    continue
                seen.add(candidate.id)
                self.runs += 1
                policy = Following(self.policy.true, self.written, self.policy.trusted)
                rerun(self.solution, Slip(candidate.whole or candidate.rule, under=policy))
                if policy.fits.get(name) == "yes":
                    yield candidate
