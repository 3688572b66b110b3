"""A topic's rules as one block of text, the way lecture notes state them.

    m[t] = beta1*m[t-1] + (1 - beta1)*g[t]        # first moment
    L[k] by loss_scale:
        mean = mean((y - y_hat[k])**2)            # mean squared error
        half = sum((y - y_hat[k])**2) / 2         # half the squared error

A comment is the reason shown beside the step. An indented block holds the readings of one rule
among which a convention chooses; every reading not chosen is a known slip. Where a quantity has
several rules that the problem chooses among, its target carries a suffix: ``a[l]:relu = relu(z[l])``.
Where an expression looks at an index that its target does not carry (update u of a weight looks at
sample s), the target says so: ``w[j,u] at s = w[j,u-1] + lr*e[s]*x[j,s]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from dlsolve.errors import RuleError
from dlsolve.formula.parse import parse
from dlsolve.formula.tree import At, Call, Index, Name, Num, Ref, Tree, names, nodes, rebuild


class Rule(msgspec.Struct, frozen=True):
    """``target = expr``, with the reason in words.

    `id` is the target as the topic writes it (``m[t]``); `base` its name, `letters` its index
    letters in order. `by` names the convention that chose `expr`, `choice` the reading chosen.
    """

    id: str
    base: str
    letters: tuple[str, ...]
    expr: Tree
    why: str = ""
    by: str = ""
    choice: str = ""
    at: tuple[Index | Name, ...] = ()
    """For a rule made in the run (a gradient): the indices of its target, letters or values."""
    where: tuple[str, ...] = ()
    """Index letters that the expression needs and the target does not carry; the last of `letters`."""

    @property
    def target(self) -> Tree:
        if any(isinstance(i, Name) for i in self.at):
            return At(self.base, tuple(i if isinstance(i, Name) else Num(str(i)) for i in self.at))
        if self.at:
            return Ref(self.base, tuple(i for i in self.at if not isinstance(i, Name)))
        carried = self.letters[: len(self.letters) - len(self.where)]
        if not carried:
            return Name(self.base)
        return At(self.base, tuple(Name(letter) for letter in carried))

    def indices(self, index: tuple[Index, ...]) -> tuple[Index, ...]:
        """The index values of the target, which name the value; `index` holds those of `letters`."""
        if self.at:
            values = dict(zip(self.letters, index, strict=True))
            return tuple(values[i.id] if isinstance(i, Name) else i for i in self.at)
        return index[: len(index) - len(self.where)] if self.where else index


Change = Callable[[Rule], Rule | None]
"""Another rule in place of one; None where it does not touch it."""


def rule(target: str, expr: str | Tree, why: str = "", *, by: str = "", choice: str = "") -> Rule:
    """One rule from its two sides; ``a[l]:relu`` is one of several rules for a[l]. Raises `RuleError`."""
    tree = parse(expr) if isinstance(expr, str) else expr
    head, _, extra = target.partition(" at ")
    where = tuple(letter.strip() for letter in extra.split(",")) if extra else ()
    match parse(head.partition(":")[0]):
        case Name(base):
            return Rule(target, base, where, tree, why, by, choice, where=where)
        case At(base, index) if all(isinstance(i, Name) for i in index):
            letters = tuple(i.id for i in index if isinstance(i, Name))
            return Rule(target, base, letters + where, tree, why, by, choice, where=where)
    raise RuleError(f"a rule defines a name or a name at index letters (found {target!r})")


class RuleBook(msgspec.Struct, frozen=True, eq=False):
    """Rules by target. `variants` holds, by target and convention key, every named reading."""

    plain: Mapping[str, Rule]
    variants: Mapping[str, tuple[str, Mapping[str, Rule]]] = msgspec.field(default_factory=dict)
    order: tuple[str, ...] = ()
    """Targets as the topic states them."""

    def choose(self, conventions: Mapping[str, str], renames: Mapping[str, str]) -> dict[str, Rule]:
        """The rules in force: one reading per target, functions renamed (``log`` -> ``log2``)."""
        chosen = dict(self.plain)
        for target, (key, readings) in self.variants.items():
            choice = conventions.get(key, "")
            if choice in readings:
                chosen[target] = readings[choice]
        return {target: rename(r, renames) for target, r in chosen.items()} if renames else chosen

    def __iter__(self) -> Iterator[Rule]:
        for target in self.order or (*self.plain, *self.variants):
            if target in self.plain:
                yield self.plain[target]
            if target in self.variants:
                yield from self.variants[target][1].values()

    def unknown(self, known: frozenset[str]) -> dict[str, set[str]]:
        """By rule, the names it mentions that are neither declared nor defined by a rule."""
        defined = known | {r.base for r in self}
        sets = {n.over for r in self for n in nodes(r.expr) if hasattr(n, "over")}
        out = {r.id: set(names(r.expr) - defined - set(r.letters) - sets) for r in self}
        return {target: missing for target, missing in out.items() if missing}


def rename(r: Rule, functions: Mapping[str, str]) -> Rule:
    """`r` with functions renamed in its expression."""

    def change(tree: Tree) -> Tree:
        tree = rebuild(tree, change)
        if isinstance(tree, Call) and tree.fn in functions:
            return Call(functions[tree.fn], tree.args)
        return tree

    return msgspec.structs.replace(r, expr=change(r.expr))


_BLOCK = re.compile(r"(?P<target>[^=#]+?)\s+by\s+(?P<key>\w+):\s*(?:#\s*(?P<why>.*))?")


def rules(text: str) -> RuleBook:
    """Parse a block of rules. Raises `RuleError` naming the line."""
    plain: dict[str, Rule] = {}
    variants: dict[str, tuple[str, dict[str, Rule]]] = {}
    block: tuple[str, str, str] | None = None
    order: dict[str, None] = {}
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    for line in lines:
        indented = len(line) - len(line.lstrip()) > margin
        head = _BLOCK.fullmatch(line.strip())
        if head:
            block = (head["target"], head["key"], head["why"] or "")
            variants[block[0]] = (block[1], {})
            order[block[0]] = None
            continue
        body, _, why = line.partition("#")
        left, equals, right = body.partition("=")
        if not equals or right.startswith("="):
            raise RuleError(f"a rule reads 'target = expression  # reason' (found {line.strip()!r})")
        left = left.strip()
        if indented and block:
            target, key, general = block
            variants[target][1][left] = rule(target, right.strip(), why.strip() or general, by=key, choice=left)
        elif left in plain:
            raise RuleError(f"{left!r} has two rules")
        else:
            block = None
            plain[left] = rule(left, right.strip(), why.strip())
            order[left] = None
    return RuleBook(plain, variants, tuple(order))
