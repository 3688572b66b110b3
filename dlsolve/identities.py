"""Derivations without numbers: lines of rule text that all say the same, checked on random numbers.

    P_B_given_A = P_A_and_B / P_A               # definition
                = P_A_given_B*P_B / P_A         # product rule

`where` states what holds besides, in order (``P_A_and_B = P_A*P_B``, ``p[i] = w[i]/sum(w[j] for j
in values)``); every other name stands for any number. `check` puts random fractions in.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from flint import fmpq
from msgspec import Struct

from dlsolve.errors import RuleError
from dlsolve.formula.functions import CONSTANTS
from dlsolve.formula.parse import parse
from dlsolve.formula.rules import Rule, rules
from dlsolve.formula.tree import At, Name, Reduce, Tree, names, nodes

if TYPE_CHECKING:
    from random import Random

Line = tuple[Tree, str]
"""What stands on the right of a line, and the reason."""

MEMBERS = (1, 2, 3, 4)


class Identity(Struct, frozen=True):
    """A derivation as its topic states it; it is parsed when somebody reads it.

    `text` is ``left = first``, then ``= next`` a line, each with its ``# reason``; `where` holds rules.
    """

    id: str
    title: str
    text: str
    where: str = ""

    @property
    def left(self) -> Tree:
        return _read(self.text)[0]

    @property
    def lines(self) -> tuple[Line, ...]:
        return _read(self.text)[1]

    @property
    def assumed(self) -> tuple[Rule, ...]:
        """What holds besides, in order."""
        return tuple(rules(self.where).plain.values())

    def trees(self) -> Iterator[Tree]:
        """Every expression in it."""
        yield self.left
        yield from (tree for tree, _ in self.lines)
        for one in self.assumed:
            yield one.target
            yield one.expr

    def names(self) -> frozenset[str]:
        """The quantities it speaks of, index letters and constants left out."""
        letters = {n.var for tree in self.trees() for n in nodes(tree) if isinstance(n, Reduce)}
        letters |= {letter for one in self.assumed for letter in one.letters}
        every: frozenset[str] = frozenset().union(*map(names, self.trees()))
        return every - letters - frozenset(CONSTANTS)


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[Tree, tuple[Line, ...]]:
    """The left side and the lines. Raises `RuleError`."""
    left: Tree | None = None
    lines: list[Line] = []
    for row in filter(str.strip, text.splitlines()):
        body, _, why = row.partition("#")
        head, equals, right = body.partition("=")
        if not equals or (left is None) != bool(head.strip()):
            raise RuleError(f"a derivation reads 'left = expression', then '= expression' (found {row.strip()!r})")
        left = left or parse(head.strip())
        lines.append((parse(right.strip()), why.strip()))
    if left is None:
        raise RuleError("a derivation without a line")
    return left, tuple(lines)


def false_lines(one: Identity, seed: int = 0) -> list[str]:
    """The lines of `one` that a draw of random numbers refutes; none where it holds."""
    from random import Random

    from dlsolve.formula.compiled import EXACT, compiled

    draw = Random(seed)
    over = {n.var: n.over for tree in one.trees() for n in nodes(tree) if isinstance(n, Reduce)}
    size = draw.choice(MEMBERS)
    env: dict[Any, Any] = {"#" + name: tuple(range(1, size + 1)) for name in over.values()}
    for tree in one.trees():
        for node in nodes(tree):
            if isinstance(node, At):
                for index in product(range(1, size + 1), repeat=len(node.index)):
                    env.setdefault((node.base, *index), _number(draw))
            elif isinstance(node, Name):
                env.setdefault(node.id, _number(draw))
    for holds in one.assumed:
        function = compiled(holds.expr, holds.letters, EXACT)
        for index in product(range(1, size + 1), repeat=len(holds.letters)):
            env[(holds.base, *index) if index else holds.base] = function(env, *index)

    def value(tree: Tree) -> Any:
        return compiled(tree, (), EXACT)(env)

    values = [value(tree) for tree, _ in one.lines]
    # a name on the left that nothing else defines is what the first line defines
    defined = not isinstance(one.left, Name) or one.left.id in {rule.base for rule in one.assumed}
    told = value(one.left) if defined else values[0]
    return [why or f"line {n}" for n, (_, why) in enumerate(one.lines, 1) if values[n - 1] != told]


def _number(draw: Random) -> fmpq:
    """A fraction between 0 and 1, never either."""
    return fmpq(draw.randint(1, 96), 97)
