"""What a run holds, and what a topic declares of it; nothing is worked out here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from dlsolve.conventions import CONVENTIONS
from dlsolve.errors import InputError
from dlsolve.formula.compiled import EXACT, FLOAT64, Arithmetic
from dlsolve.formula.loops import Loop
from dlsolve.formula.rules import Rule, RuleBook
from dlsolve.formula.tree import Index
from dlsolve.notation import Symbols
from dlsolve.numbers.families import MANY
from dlsolve.policy import EXACT_POLICY, Policy
from dlsolve.trace.faults import MAX_STEPS, OF_ANY_SHAPE, OF_VALUES
from dlsolve.trace.items import Check, Given, Item, Key, Note, Operation, RunTable, Step
from dlsolve.trace.lengths import trim
from dlsolve.trace.values import Environment


class Record:
    """A run being written. `choices` holds the convention chosen by key. Unless it is to be kept `whole`,
    a run in float64 leaves out what nobody reads of many values; a `long` one, of many steps."""

    def __init__(
        self,
        symbols: Symbols,
        book: RuleBook,
        choices: Mapping[str, str] | None = None,
        arithmetic: Arithmetic = EXACT,
        policy: Policy = EXACT_POLICY,
        bits: int = 128,
        limit: int = MAX_STEPS,
        *,
        whole: bool = True,
        long: bool = False,
    ) -> None:
        self.symbols = symbols
        self.book = book
        self.choices: Mapping[str, str] = choices or {}
        self.arithmetic = arithmetic
        self.policy = policy
        self.bits = bits
        self.limit = limit
        self.work = 0
        """Values worked out beside those of `steps`, in named values."""
        self.elides = arithmetic is FLOAT64 and policy.passive and not whole
        self.trims = self.elides and long
        self.held = 0
        self.going: list[Key] = []
        self.items: list[Item] = []
        self.sections = {0: ""}
        self.here = 0
        """The section that is being written."""
        self.env = Environment()
        self.steps: dict[Key, Step | Operation] = {}
        self.givens: list[Given] = []
        self.sets: dict[str, Sequence[Index]] = {}
        self.tables: list[RunTable] = []
        self.answers: list[Key] = []
        self.aliases: dict[str, Key] = {}
        """Other answer names: posterior_spam for the posterior after the last piece of evidence."""
        self.names: object = None  # made by whoever reads names that people write
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
        self.faults = OF_ANY_SHAPE if policy.lenient else OF_VALUES
        self._fast: dict[str | int, tuple[Rule, Any]] = {}
        """Rules with their code, by target; those made in the run by identity, while it keeps them `_alive`."""
        self.loops: dict[tuple[str | int, ...], Loop | None] = {}
        """Loops over rules, by the number of letters that stay, and the targets as in `_fast`."""
        self._writers: dict[str | int, Callable[..., Any]] = {}
        self._alive: list[Rule] = []
        self._states: dict[tuple[Any, ...], Index] = {}

    def convention(self, key: str) -> str:
        """The choice in force for `key`; a solution then says so."""
        choice = self.choices[key]
        self.used[key] = choice
        return choice

    def section(self, title: str) -> None:
        """Start a section; later items stand in it."""
        self.here += 1
        self.sections[self.here] = title
        if self.trims:
            trim(self)

    def leaves_out(self, members: Collection[Any]) -> bool:
        """Whether of so many values only both ends are kept."""
        return self.elides and len(members) > MANY

    def index_set(self, name: str, members: Sequence[Index]) -> Sequence[Index]:
        """Declare what ``for i in NAME`` runs over. Returns the members.

        Raises `InputError` for two labels that would share an answer name.
        """
        slugs: dict[str, Index] = {}
        for member in members if str in set(map(type, members)) else ():
            other = slugs.setdefault(own := self.symbols.slug(member), member)
            if other is not member and isinstance(member, str):
                raise InputError(
                    "",
                    f"{other!r} and {member!r} would share the answer name {own!r}",
                    remedy="rename one of them",
                )
        self.sets[name] = members if isinstance(members, range) else tuple(members)
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

    def note(self, text: str) -> None:
        """A sentence of the derivation."""
        self.items.append(Note(text, self.here))

    def remark(self, text: str) -> None:
        """A sentence set after the answer: a warning, what differs, what a lecturer would add."""
        self.remarks.append(text)

    def table(
        self,
        title: str,
        header: Sequence[str],
        rows: Iterable[Any],
        row: Callable[[Any], Sequence[Key | str]] = list,
        foot: Sequence[Sequence[Key | str]] = (),
    ) -> None:
        """The table of the run; cells are keys of named values, or plain text in a `str` cell that
        starts with a space. `row` makes the cells of each of `rows`, `foot` stands below them."""
        self.tables.append(RunTable(title, header, rows if isinstance(rows, Sequence) else list(rows), row, foot))

    def answer(self, *keys: Key) -> None:
        """Declare answers, in order."""
        self.answers.extend(keys)

    def alias(self, name: str, key: Key) -> None:
        """Another answer name for a named value; a name that is taken keeps its meaning."""
        self.aliases.setdefault(name, key)

    def phrase(self, letter: str, value: Index, **words: str) -> None:
        """Words for templates where index `letter` has `value`; “k” itself may be given words."""
        self.symbols.phrases.setdefault(letter, {})[str(value)] = words
