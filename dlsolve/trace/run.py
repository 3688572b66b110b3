"""The derivation as data: named steps in order, sections, branches, operations, tables, answers.

A topic's `solve` writes into a `Trace`; nothing here prints. A step keeps its rule, its index
values and its value; its texts are made when somebody reads them (`dlsolve.readings`). No name is
assigned twice in a run, so the environment stays true for every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flint import arb, fmpq

from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import InputError, RuleError
from dlsolve.formula.compiled import EXACT, FLOAT64, Arithmetic, compiled
from dlsolve.formula.rules import Rule, RuleBook, rename
from dlsolve.formula.tree import Index
from dlsolve.notation import Symbols
from dlsolve.numbers.elementary import MAX_BITS
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import to_float
from dlsolve.policy import EXACT_POLICY, Policy
from dlsolve.trace import questions
from dlsolve.trace.faults import MAX_STEPS, OF_ANY_SHAPE, OF_VALUES, checked, not_finite, outside, rescued, too_long
from dlsolve.trace.items import Branch, Check, Given, Item, Key, Note, Operation, RunTable, Step
from dlsolve.trace.values import Environment, close


class Trace:
    """A run being written. `choices` holds the convention chosen by key."""

    def __init__(
        self,
        symbols: Symbols,
        book: RuleBook,
        choices: Mapping[str, str] | None = None,
        arithmetic: Arithmetic = EXACT,
        policy: Policy = EXACT_POLICY,
        bits: int = 128,
        limit: int = MAX_STEPS,
    ) -> None:
        self.symbols = symbols
        self.book = book
        self.choices: Mapping[str, str] = choices or {}
        self.arithmetic = arithmetic
        self.policy = policy
        self.bits = bits
        self.limit = limit
        self._entries = 0
        self.items: list[Item] = []
        self.sections = [""]
        self.env = Environment()
        self.steps: dict[Key, Step | Operation] = {}
        self.givens: list[Given] = []
        self.sets: dict[str, Sequence[Index]] = {}
        self.tables: list[RunTable] = []
        self.answers: list[Key] = []
        self.aliases: dict[str, Key] = {}
        self.spoken: dict[str, dict[str, None]] | None = None
        """Other answer names: posterior_spam for the posterior after the last piece of evidence."""
        self.checks: list[Check] = []
        self.used: dict[str, str] = {}
        self.remarks: list[str] = []
        self.constants: dict[str, Index] = {}
        self.closed: dict[Key, Any] = {}
        """Closed forms found so far, by key (`dlsolve.formula.closed` fills it when one is read)."""
        self.fixed: dict[str, Index] = {}
        """Index letters that general rules are shown with at one value: e = 1 where there is one epoch."""
        self.derived: dict[Any, Any] = {}
        """Backward rules made so far (`dlsolve.backward` fills it)."""
        self.loss: Key | None = None
        """What gradients are of, once something is differentiated."""
        self.renames: dict[str, str] = {}
        for key, choice in self.choices.items():
            self.renames |= CONVENTIONS[key].renames.get(choice, {})
        self.rules = book.choose(self.choices, self.renames)
        self._slow = not policy.passive
        self._faults = OF_ANY_SHAPE if policy.lenient else OF_VALUES
        self._section = 0
        self._fast: dict[str, tuple[Rule, Any]] = {}
        self._states: dict[tuple[Any, ...], Index] = {}

    # -- what a topic writes -------------------------------------------------------------------

    def convention(self, key: str) -> str:
        """The choice in force for `key`; a solution then says so."""
        choice = self.choices[key]
        self.used[key] = choice
        return choice

    def section(self, title: str) -> None:
        """Start a section; later items stand in it."""
        self.sections.append(title)
        self._section = len(self.sections) - 1

    def index_set(self, name: str, members: Sequence[Index]) -> Sequence[Index]:
        """Declare what ``for i in NAME`` runs over. Returns the members.

        Raises `InputError` for two labels that would share an answer name.
        """
        slugs: dict[str, Index] = {}
        for member in members:
            other = slugs.setdefault(own := self.symbols.slug(member), member)
            if other is not member and isinstance(member, str):
                raise InputError(
                    "",
                    f"{other!r} and {member!r} would share the answer name {own!r}",
                    remedy="rename one of them",
                )
        self.sets[name] = tuple(members)
        self.env["#" + name] = self.sets[name]
        return self.sets[name]

    def index_constant(self, letter: str, value: Index) -> None:
        """A letter that stands for one index value all through the run (n, the last layer)."""
        self.constants[letter] = value
        self.env["@" + letter] = value

    def hide(self, letter: str, value: Index, *, names: bool = True) -> None:
        """Leave an index at one value out of names and symbols (epoch 1 of a run of one epoch), or,
        with `names` off, out of symbols only."""
        (self.symbols.hidden if names else self.symbols.quiet).add((letter, str(value)))

    def given(self, base: str, value: Any, *index: Index, assumed: bool = False, part: str = "") -> None:
        """A typed quantity: a scalar or matrix, or a sequence or mapping of a family (from 1); `part` as in `Given`."""
        if isinstance(value, Mapping):
            keys: list[Key] = [(base, *index, k) for k in value]
            values = list(value.values())
        elif isinstance(value, list | tuple):
            keys = [(base, *index, n) for n in range(1, len(value) + 1)]
            values = list(value)
        else:
            keys, values = [(base, *index) if index else base], [value]
        for key, one in zip(keys, values, strict=True):
            number = self.number(one)
            self._assign(key, self.policy.given(self, key, number) if self._slow else number)
        self.givens.append(Given(base, keys, assumed, part))

    def number(self, value: Any) -> Any:
        """A typed value in this run's arithmetic."""
        if self.arithmetic is not FLOAT64:
            return fmpq(value) if isinstance(value, int) else value
        if isinstance(value, Matrix):
            return FLOAT64.matrix([[to_float(e) for e in row] for row in value.rows])
        return float(value) if isinstance(value, int) else to_float(value)

    def let(self, target: str | Rule, *index: Index) -> Any:
        """Work out one named value by its rule. Returns what later steps see.

        Raises `DomainError` with the rule and its numbers, `RuleError` for an unknown name.
        """
        rule, function = self._function(target)
        at = rule.indices(index)
        key: Key = (rule.base, *at) if at else rule.base
        if self._slow:
            other = self.policy.replaced(self, rule, key)
            if other is not rule:
                rule, function = self._function(other)
        try:
            value = function(self.env, *index)
        except self._faults as fault:
            value = self.policy.rescue(self, key)
            if value is None:
                if isinstance(fault, UndecidedError):
                    raise
                raise outside(self, rule, index, str(fault) or "division by 0") from fault
        kind = type(value)
        if kind is fmpq:
            if value.height_bits() > MAX_BITS:
                value = arb(value)
        elif kind is arb:
            if not value.is_finite():
                value = rescued(self, key, not_finite(self, rule, index, value))
        else:
            value = checked(self, rule, index, key, value)
            if kind is Matrix:
                self._entries += value.shape[0] * value.shape[1]
        handed = self.policy.hand_on(self, key, value) if self._slow else value
        self._assign(key, handed)
        step = Step(key, rule, index, value, handed, self._section)
        self.items.append(step)
        self.steps[key] = step
        return handed

    def when(self, question: str, so: str | tuple[str, str] = "", **index: Index) -> bool:
        """Ask a yes-or-no question of the run (``z[s] >= threshold``); recorded with its reason.

        `so` says what follows; a pair gives the sentence for yes and for no.
        """
        tree, truth = questions.ask(self, question, index)
        text = question + "".join(f"|{k}={v}" for k, v in index.items())
        taken = self.policy.branch(self, text, truth)
        sentence = so if isinstance(so, str) else so[0] if taken else so[1]
        self.items.append(Branch(tree, dict(index), taken, sentence, self._section, text))
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

    def operation(
        self, rule: str, before: Any, after: Any, *, key: Key | None = None, why: str = "", shown: str | None = None
    ) -> None:
        """Record what is no formula: the rule's name, the state before and after.

        With `key` the result is a named value of the run.
        """
        step = Operation(rule, before, after, self._section, key, why, shown)
        if key is not None:
            handed = self.policy.hand_on_operation(self, key, after) if self._slow else after
            self._assign(key, handed)
            self.steps[key] = step
        self.items.append(step)

    def note(self, text: str) -> None:
        """A sentence of the derivation."""
        self.items.append(Note(text, self._section))

    def remark(self, text: str) -> None:
        """A sentence set after the answer: a warning, what differs, what a lecturer would add."""
        self.remarks.append(text)

    def table(self, title: str, header: Sequence[str], rows: Iterable[Sequence[Key | str]]) -> None:
        """The table of the run; cells are keys of named values, or plain text in a `str` cell that
        starts with a space."""
        self.tables.append(RunTable(title, header, [list(r) for r in rows]))

    def answer(self, *keys: Key) -> None:
        """Declare answers, in order."""
        self.answers.extend(keys)

    def alias(self, name: str, key: Key) -> None:
        """Another answer name for a named value; a name that is taken keeps its meaning."""
        self.aliases.setdefault(name, key)

    def phrase(self, letter: str, value: Index, **words: str) -> None:
        """Words for templates where index `letter` has `value`; “k” itself may be given words."""
        self.symbols.phrases.setdefault(letter, {})[str(value)] = words

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

    def _function(self, target: str | Rule) -> tuple[Rule, Any]:
        if isinstance(target, Rule):
            rule = rename(target, self.renames) if self.renames else target
            return rule, compiled(rule.expr, rule.letters, self.arithmetic)
        found = self._fast.get(target)
        if found is None:
            rule = self.rules.get(target) or self._no_rule(target)
            if rule.by:
                self.used[rule.by] = rule.choice
            found = self._fast[target] = (rule, compiled(rule.expr, rule.letters, self.arithmetic))
        return found

    def _no_rule(self, target: str) -> Rule:
        raise RuleError(f"no rule defines {target!r}")

    def _assign(self, key: Key, value: Any) -> None:
        if key in self.env:
            raise RuleError(f"{self.name(key)} is assigned twice")
        if len(self.steps) + self._entries > self.limit:
            raise too_long(self.limit)
        self.env[key] = value

    def close(self, left: Any, right: Any) -> bool:
        """Equal, as far as this run's arithmetic and policy can tell."""
        room = 1e-6 if self.arithmetic is FLOAT64 else None if self.policy.passive else 0.05
        return close(left, right, room)
