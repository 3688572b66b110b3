"""What a topic file declares: one `TOPIC`, from which flags, schema, help, batch and check derive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from dlsolve.formula.rules import Change, Rule, RuleBook
from dlsolve.notation import Notation

if TYPE_CHECKING:
    from dlsolve.identities import Identity
    from dlsolve.trace import Key, Trace

P = TypeVar("P")


class DeclaredSlip(msgspec.Struct, frozen=True):
    """A slip that markers know, and what it says.

    `rule` stands in place of the topic's rule of the same id; or it is a change that makes the wrong
    rule out of a right one, for rules that are derived in the run (gradients).
    """

    id: str
    rule: Rule | Change
    says: str

    def applied(self, rule: Rule) -> Rule | None:
        """The wrong rule in place of `rule`, or None where this slip does not touch it."""
        if isinstance(self.rule, Rule):
            return self.rule if self.rule.id == rule.id else None
        return self.rule(rule)


class ResultSlip(msgspec.Struct, frozen=True):
    """A slip at a step that is no formula: `base` names the step's value, and `wrong` what is written
    there instead, from a run and the value's key."""

    id: str
    base: str
    wrong: Callable[[Trace, Key], Iterable[Any]]
    says: str


class Sequel(msgspec.Struct, frozen=True):
    """What follows without a formula: values of `base` that come of what a student wrote for the quantities `of`.
    `values` takes the problem, and those by answer name (numbers as fractions and matrices, formulas as trees); it
    gives each value as often as it may stand on the page."""

    base: str
    of: tuple[str, ...]
    values: Callable[[Any, Mapping[str, Any]], Iterable[Any]]


class Topic(msgspec.Struct, Generic[P], frozen=True, eq=False):
    """A kind of problem.

    `problem` is a `msgspec.Struct` of the inputs (`dlsolve.fields` says which types it may use);
    `solve(problem, trace)` writes the derivation. `conventions` gives each convention that touches
    the topic its default; `example` is the `given` of a problem file to start from. `steps` counts
    the iterations a problem asks for (a run past 1,000 is solved in float64).
    """

    name: str
    title: str
    chapter: str
    problem: type[P]
    solve: Callable[[P, Trace], None]
    notation: Notation
    rules: RuleBook
    source: str
    example: Mapping[str, Any]
    aliases: tuple[str, ...] = ()
    conventions: Mapping[str, str] = msgspec.field(default_factory=dict)
    defaults: Callable[[P], Mapping[str, str]] = lambda _: {}
    """Conventions whose default depends on the problem (a run by epochs sweeps)."""
    contrast: tuple[str, ...] = ()
    """What a solution is compared with, and says so where the answers differ: ``arith`` (exact
    against float64), or a convention (against its other choices)."""
    slips: tuple[DeclaredSlip, ...] = ()
    results: tuple[ResultSlip, ...] = ()
    sequels: tuple[Sequel, ...] = ()
    identities: tuple[Identity, ...] = ()
    """Derivations without numbers that `explain` shows; a test checks each line on random numbers."""
    steps: Callable[[P], int] = lambda _: 0
    columns: Mapping[str, Mapping[str, Any]] = msgspec.field(default_factory=dict)
    """For optimisers: the columns it fills where several are compared, with the fields that each sets."""
    program: Callable[[P, Trace], str] | None = None
    """A Python program for a problem and its run (``--format python``)."""
    text: str = ""
    """The page of notes: the module's docstring."""
