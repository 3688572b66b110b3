"""The rules a student may have used instead: conventions not taken, declared slips, mutations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from dlsolve.checker.mutate import mutations
from dlsolve.conventions import CONVENTIONS
from dlsolve.formula.rules import Change, Rule, rename
from dlsolve.formula.tree import nodes
from dlsolve.topic import Topic
from dlsolve.trace import Step, Trace


@dataclass(frozen=True)
class Candidate:
    """One rule in place of a step's own. `declared` ones are named even for few figures, and are
    tried over the whole run."""

    id: str
    says: str
    rule: Rule
    declared: bool = True
    whole: Rule | Change | None = None
    """What is replaced where the slip is made all through the run."""


def declared(topic: Topic[object], trace: Trace, rule: Rule) -> Iterator[Candidate]:
    """Conventions not taken and the topic's declared slips that touch `rule`."""
    yield from _conventions(trace, rule)
    for slip in topic.slips:
        changed = slip.applied(rule)
        if changed is not None:
            yield Candidate(
                slip.id, slip.says, rename(changed, trace.renames) if trace.renames else changed, whole=slip.rule
            )


def mutated(rule: Rule) -> Iterator[Candidate]:
    """One-place mutations of `rule`; none that makes a value out of itself."""
    for n, (says, tree) in enumerate(mutations(rule.expr)):
        if rule.target in nodes(tree):
            continue
        yield Candidate(f"mutation-{n + 1}", says, replace(rule, expr=tree), declared=False)


def _conventions(trace: Trace, rule: Rule) -> Iterator[Candidate]:
    if rule.id in trace.book.variants:
        key, readings = trace.book.variants[rule.id]
        taken = CONVENTIONS[key].choices.get(rule.choice, rule.choice) if key in CONVENTIONS else rule.choice
        for choice, reading in readings.items():
            if choice != rule.choice:
                sentence = CONVENTIONS[key].choices.get(choice, choice) if key in CONVENTIONS else choice
                says = f"you used: {sentence}; this problem uses: {taken}"
                yield Candidate(f"{key}={choice}", says, rename(reading, trace.renames))
    for key, choice in trace.choices.items():
        convention = CONVENTIONS[key]
        mine = convention.renames.get(choice, {})
        for other, renames in convention.renames.items():
            swap = {mine[fn]: renames[fn] for fn in mine if fn in renames and mine[fn] != renames[fn]}
            changed = rename(rule, swap)
            if other != choice and changed.expr != rule.expr:
                says = f"you used {convention.choices[other]}; this problem uses {convention.choices[choice]}"
                yield Candidate(f"{key}={other}", says, changed, whole=partial(rename, functions=swap))


def rule_of(step: object) -> Rule | None:
    """The rule of a formula step; None for an operation."""
    return step.rule if isinstance(step, Step) else None
