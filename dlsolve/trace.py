"""The derivation as data: named steps in order, sections, branches, operations, tables, answers.

A topic's `solve` writes into a `Trace`; nothing here prints. A step keeps its rule, its index
values and its value; its texts are made when somebody reads them (`dlsolve.readings`). No name is
assigned twice in a run, so the environment stays true for every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flint import arb, fmpq

from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import DomainError, InputError, LimitError, RuleError
from dlsolve.formula.compiled import EXACT, FLOAT64, Arithmetic, compiled
from dlsolve.formula.parse import parse
from dlsolve.formula.rules import Rule, RuleBook, rename
from dlsolve.formula.tree import Cmp, Index, Tree
from dlsolve.notation import Symbols, slug
from dlsolve.numbers.functions import MAX_BITS
from dlsolve.numbers.matrix import Matrix
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import bounds, to_float
from dlsolve.policy import EXACT_POLICY, Policy

Key = str | tuple[Index, ...]
"""A named value of a run: its base name, or the base with index values."""

MAX_STEPS = 2_000_000


class Environment(dict[Any, Any]):
    """Handed-on values by key; an entry of a stored matrix or family answers to its position."""

    def __missing__(self, key: Any) -> Any:
        for cut in range(len(key) - 1, 0, -1) if isinstance(key, tuple) else ():
            prefix = key[:cut] if cut > 1 else key[0]
            if prefix not in self:
                continue
            whole, at = self[prefix], key[cut:]
            try:
                if isinstance(whole, Matrix):
                    return whole.at(*at)
                if hasattr(whole, "shape"):
                    return float(whole[at[0] - 1, at[1] - 1] if len(at) == 2 else whole.reshape(-1)[at[0] - 1])
            except (IndexError, TypeError):
                break
        raise RuleError(f"a rule needs {_plain(key)}, which has no value yet")


def _plain(key: Key) -> str:
    return key if isinstance(key, str) else f"{key[0]}[{', '.join(map(str, key[1:]))}]"


class Step:
    """One named value: `rule` at `index` gave `value`; `handed` is what later steps see."""

    __slots__ = ("branch", "handed", "index", "key", "rule", "section", "value")

    def __init__(self, key: Key, rule: Rule, index: tuple[Index, ...], value: Any, handed: Any, section: int) -> None:
        self.key = key
        self.rule = rule
        self.index = index
        self.value = value
        self.handed = handed
        self.section = section
        self.branch: str | None = None


@dataclass(slots=True)
class Operation:
    """What is no formula: a named rule (``R2 → R2 − 2·R1``), the state before and after.

    `key` names the result where it is an answer; `shown` replaces the drawing of `after`.
    """

    rule: str
    before: Any
    after: Any
    section: int
    key: Key | None = None
    why: str = ""
    shown: str | None = None
    branch: str | None = None


@dataclass(slots=True)
class Branch:
    """A question asked of the trace and its answer: ``z = 1.2 ≥ 1``, so …"""

    question: Tree
    index: Mapping[str, Index]
    truth: bool
    so: str
    section: int


@dataclass(slots=True)
class Note:
    """A sentence of the derivation."""

    text: str
    section: int


Item = Step | Operation | Branch | Note


@dataclass(slots=True)
class Given:
    """A typed quantity: `values` by key, shown as one row (`whole` where it is one value)."""

    base: str
    keys: list[Key]
    assumed: bool = False


@dataclass(slots=True)
class RunTable:
    """The table of the run: one row per step, epoch, sample or hypothesis; cells are keys."""

    title: str
    header: Sequence[str]
    rows: list[list[Key | str]]


@dataclass(slots=True)
class Check:
    """An independent check line: `text` says what was compared, `holds` how it came out."""

    name: str
    holds: bool
    text: str = ""


@dataclass
class Trace:
    """A run being written. `choices` holds the convention chosen by key."""

    symbols: Symbols
    book: RuleBook
    choices: Mapping[str, str] = field(default_factory=dict)
    arithmetic: Arithmetic = EXACT
    policy: Policy = EXACT_POLICY
    bits: int = 128
    items: list[Item] = field(default_factory=list)
    sections: list[str] = field(default_factory=lambda: [""])
    env: Environment = field(default_factory=Environment)
    steps: dict[Key, Step | Operation] = field(default_factory=dict)
    givens: list[Given] = field(default_factory=list)
    sets: dict[str, Sequence[Index]] = field(default_factory=dict)
    tables: list[RunTable] = field(default_factory=list)
    answers: list[Key] = field(default_factory=list)
    aliases: dict[str, Key] = field(default_factory=dict)
    """Other answer names: posterior_spam for the posterior after the last piece of evidence."""
    checks: list[Check] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    constants: dict[str, Index] = field(default_factory=dict)
    loss: Key | None = None
    """What gradients are of, once something is differentiated."""

    def __post_init__(self) -> None:
        renames: dict[str, str] = {}
        for key, choice in self.choices.items():
            renames |= CONVENTIONS[key].renames.get(choice, {})
        self.renames = renames
        self.true_rules = self.book.choose(self.choices, renames)
        self.rules = self.policy.rules(self.true_rules)
        self._slow = not self.policy.passive
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
            other = slugs.setdefault(slug(str(member)), member)
            if other is not member and isinstance(member, str):
                raise InputError("", f"{other!r} and {member!r} would share the answer name {slug(member)!r}", remedy="rename one of them")
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

    def given(self, base: str, value: Any, *index: Index, assumed: bool = False) -> None:
        """A typed quantity: a scalar or matrix, or a sequence or mapping of a family (from 1)."""
        if isinstance(value, Mapping):
            keys: list[Key] = [(base, *index, k) for k in value]
            values = list(value.values())
        elif isinstance(value, list | tuple):
            keys = [(base, *index, n) for n in range(1, len(value) + 1)]
            values = list(value)
        else:
            keys, values = [(base, *index) if index else base], [value]
        for key, one in zip(keys, values, strict=True):
            self._assign(key, self.number(one))
        self.givens.append(Given(base, keys, assumed))

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
        at = (rule.indices(index) if rule.where else index) or rule.at
        key: Key = (rule.base, *at) if at else rule.base
        if self._slow:
            other = self.policy.replaced(self, rule, key)
            if other is not rule:
                rule, function = self._function(other)
        try:
            value = function(self.env, *index)
        except (DomainError, ZeroDivisionError) as fault:
            raise self._outside(rule, index, str(fault) or "division by 0") from fault
        kind = type(value)
        if kind is fmpq:
            if value.height_bits() > MAX_BITS:
                value = arb(value)
        elif kind is arb:
            if not value.is_finite():
                self._not_finite(rule, index, value)
        else:
            value = self._settled(rule, index, value)
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
        tree = parse(question)
        names = tuple(index)
        try:
            truth: bool | None = bool(compiled(tree, names, self.arithmetic)(self.env, *index.values()))
        except UndecidedError:
            if self.policy.name != "follow":
                raise
            truth = None
        text = question + "".join(f"|{k}={v}" for k, v in index.items())
        taken = self.policy.branch(self, text, truth)
        sentence = so if isinstance(so, str) else so[0] if taken else so[1]
        self.items.append(Branch(tree, dict(index), taken, sentence, self._section))
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
        test = self.arithmetic.test
        sign = ">" if descending else "<"
        out: list[Index] = []
        for member in members:
            value = self.env[base, member]
            at = len(out)
            while at and test(sign, value, self.env[base, out[at - 1]]):
                at -= 1
            out.insert(at, member)
        return out

    def argmax(self, base: str, members: Sequence[Index]) -> Index:
        """The first member whose ``base[member]`` is largest."""
        return self.order(base, members)[0]

    def operation(
        self, rule: str, before: Any, after: Any, *, key: Key | None = None, why: str = "", shown: str | None = None
    ) -> None:
        """Record what is no formula: the rule's name, the state before and after.

        With `key` the result is a named value of the run.
        """
        step = Operation(rule, before, after, self._section, key, why, shown)
        if key is not None:
            handed = self.policy.hand_on(self, key, after) if self._slow else after
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
        if isinstance(claim, str):
            claim = self._claim(claim, index)
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
        if len(self.env) > MAX_STEPS:
            raise LimitError(f"more than {MAX_STEPS} named values; shorten the run")
        self.env[key] = value

    def _settled(self, rule: Rule, index: tuple[Index, ...], value: Any) -> Any:
        """A value that is no lone number: a 1×1 matrix becomes one, entries are checked."""
        if isinstance(value, Matrix):
            for e in value.entries():
                if isinstance(e, arb) and not e.is_finite():
                    self._not_finite(rule, index, e)
            big = any(isinstance(e, fmpq) and e.height_bits() > MAX_BITS for e in value.entries())
            return value.map(lambda e: arb(e) if isinstance(e, fmpq) and e.height_bits() > MAX_BITS else e) if big else value
        if isinstance(value, float) and (value != value or abs(value) == float("inf")):
            raise self._outside(rule, index, "no finite value in float64")
        if hasattr(value, "shape"):
            import numpy

            if not numpy.isfinite(value).all():
                raise self._outside(rule, index, "no finite value in float64")
        if isinstance(value, bool):
            return fmpq(int(value))
        return value

    def _not_finite(self, rule: Rule, index: tuple[Index, ...], value: arb) -> None:
        from dlsolve.numbers.precision import at_most

        if at_most() or value.is_nan() and self._divides_by_zero(rule, index):
            raise self._outside(rule, index, "no finite value (a division by 0?)")
        raise UndecidedError(f"the value of {rule.id}")

    def _divides_by_zero(self, rule: Rule, index: tuple[Index, ...]) -> bool:
        return self.bits >= 512

    def _outside(self, rule: Rule, index: tuple[Index, ...], reason: str) -> DomainError:
        from dlsolve.readings import numbers_text

        at = rule.indices(index) or rule.at
        key: Key = (rule.base, *at) if at else rule.base
        return DomainError(f"{self.name(key)} = {numbers_text(self, rule, index)}: {reason}")

    def _claim(self, claim: str, index: Mapping[str, Index]) -> bool:
        tree = parse(claim)
        letters = tuple(index)
        if getattr(tree, "op", "") != "==":
            truth = bool(compiled(tree, letters, self.arithmetic)(self.env, *index.values()))
            if truth or self.policy.passive and self.arithmetic is EXACT or not isinstance(tree, Cmp):
                return truth
        left, right = (
            compiled(side, letters, self.arithmetic)(self.env, *index.values()) for side in (tree.left, tree.right)  # type: ignore[union-attr]
        )
        return self.close(left, right)

    def close(self, left: Any, right: Any) -> bool:
        """Equal, as far as this run's arithmetic and policy can tell."""
        a, b = _flat(left), _flat(right)
        if len(a) == 1 or len(b) == 1:
            a, b = a * max(1, len(b)), b * max(1, len(a))
        return len(a) == len(b) and all(self._near(x, y) for x, y in zip(a, b, strict=True))

    def _near(self, a: Any, b: Any) -> bool:
        if self.policy.passive and not isinstance(a, float) and not isinstance(b, float):
            gap = a - b
            return bool(gap == 0) if isinstance(gap, fmpq) else bool(gap.contains(0))
        room = 1e-6 if self.arithmetic is FLOAT64 else 0.05
        x, y = to_float(a), to_float(b)
        return abs(x - y) <= room * max(1.0, abs(x), abs(y))


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Matrix):
        return list(value.entries())
    return value.reshape(-1).tolist() if hasattr(value, "shape") else [value]


def scalar(value: Any) -> Any:
    """A 1×1 matrix as its entry; anything else as it is."""
    if isinstance(value, Matrix) and value.shape == (1, 1):
        return value.rows[0][0]
    return value


__all__ = [
    "Branch", "Check", "Environment", "Given", "Index", "Item", "Key", "Note", "Operation",
    "RunTable", "Step", "Trace", "bounds", "scalar",
]  # fmt: skip
