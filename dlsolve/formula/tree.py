"""The small tree that every rule is parsed into; all readings of a formula walk it.

A tree is immutable and hashable. Two nodes name quantities: `At` as the rule states it
(``m[t-1]``, its indices still expressions) and `Ref` once an index has its value (m at 1). The nodes
are structs rather than dataclasses: every command pays for making these classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

Index = int | str
"""The value of one index: a step, entry or layer number, or the label of a hypothesis."""

REDUCTIONS = ("sum", "mean", "prod", "max", "min", "count")


class Num(Struct, frozen=True):
    """A number by its source text, never through a float: ``0.9``, ``1e-8``."""

    text: str


class Name(Struct, frozen=True):
    """A quantity without indices, or an index letter used as a number."""

    id: str


class At(Struct, frozen=True):
    """A quantity at indices that are still expressions: ``m[t-1]``, ``W[l]``."""

    base: str
    index: tuple[Tree, ...]


class Ref(Struct, frozen=True):
    """A quantity at index values: one named value of a run."""

    base: str
    index: tuple[Index, ...] = ()


class Bin(Struct, frozen=True):
    """``left op right`` with op one of ``+ - * / ** @``; ``*`` and ``/`` act entry by entry."""

    op: str
    left: Tree
    right: Tree


class Neg(Struct, frozen=True):
    arg: Tree


class Transpose(Struct, frozen=True):
    arg: Tree


class Call(Struct, frozen=True):
    fn: str
    args: tuple[Tree, ...]


class Cmp(Struct, frozen=True):
    """``left op right`` with op one of ``< <= > >= == !=``."""

    op: str
    left: Tree
    right: Tree


class If(Struct, frozen=True):
    """``then if cond else other``."""

    then: Tree
    cond: Tree
    other: Tree


class Reduce(Struct, frozen=True):
    """``sum(body for var in over)``; `over` names an index set of the run."""

    kind: str
    body: Tree
    var: str
    over: str


class Mat(Struct, frozen=True):
    """A matrix written out, row by row (numbers put in)."""

    rows: tuple[tuple[Tree, ...], ...]


Tree = Num | Name | At | Ref | Bin | Neg | Transpose | Call | Cmp | If | Reduce | Mat


_LEAVES = (Num, Name, Ref)


def children(tree: Tree) -> tuple[Tree, ...]:
    """The direct subtrees of `tree`, in reading order (indices of `At` included)."""
    if type(tree) in _LEAVES:
        return ()
    match tree:
        case Bin(_, left, right) | Cmp(_, left, right):
            return (left, right)
        case Neg(arg) | Transpose(arg):
            return (arg,)
        case Call(_, args):
            return args
        case If(then, cond, other):
            return (then, cond, other)
        case Reduce(_, body, _, _):
            return (body,)
        case Mat(rows):
            return tuple(cell for row in rows for cell in row)
        case At(_, index):
            return index
        case _:
            return ()


def rebuild(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """`tree` with `change` applied to each direct subtree."""
    if type(tree) in _LEAVES:
        return tree
    match tree:
        case Bin(op, left, right):
            return Bin(op, change(left), change(right))
        case Cmp(op, left, right):
            return Cmp(op, change(left), change(right))
        case Neg(arg):
            return Neg(change(arg))
        case Transpose(arg):
            return Transpose(change(arg))
        case Call(fn, args):
            return Call(fn, tuple(change(a) for a in args))
        case If(then, cond, other):
            return If(change(then), change(cond), change(other))
        case Reduce(kind, body, var, over):
            return Reduce(kind, change(body), var, over)
        case Mat(rows):
            return Mat(tuple(tuple(change(c) for c in row) for row in rows))
        case At(base, index):
            return At(base, tuple(change(i) for i in index))
        case _:
            return tree


def nodes(tree: Tree) -> Iterator[Tree]:
    """Every node of `tree`, parents before children."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def names(tree: Tree) -> frozenset[str]:
    """The quantities that `tree` mentions, by base name (bound index letters left out)."""
    bound = {n.var for n in nodes(tree) if isinstance(n, Reduce)}
    found = {n.id for n in nodes(tree) if isinstance(n, Name)}
    found |= {n.base for n in nodes(tree) if isinstance(n, At | Ref)}
    return frozenset(found - bound)


def along(tree: Tree, letter: str) -> dict[At, None]:
    """The quantities in `tree` whose last index is `letter` and whose others do not go with it (``x[i]``,
    ``W[j,i]`` for i), but for those that a condition or an empty reduction may leave out: whatever the numbers are,
    these are looked at."""
    match tree:
        case At(_, (*before, Name(last))) if last == letter and not any(letter in names(i) for i in before):
            return {tree: None}
        case If(_, cond, _):
            return along(cond, letter)
        case Reduce():
            return {}  # there may be nothing to reduce
    out: dict[At, None] = {}
    for child in children(tree):
        out |= along(child, letter)
    return out


def key_of(node: Ref | Name) -> str | tuple[Index, ...]:
    """The key under which a run holds what `node` names: its base, or the base with index values."""
    if isinstance(node, Name):
        return node.id
    return (node.base, *node.index) if node.index else node.base
