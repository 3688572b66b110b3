"""A rule at one step: its index letters at their values, its sums written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dlsolve.formula.indices import place
from dlsolve.formula.text import python
from dlsolve.formula.tree import At, Bin, Call, Index, Name, Num, Reduce, Ref, Tree, rebuild

if TYPE_CHECKING:
    from dlsolve.trace import Trace

MAX_TERMS = 12
"""A sum of more terms is shown by its sign, its numbers elided in the middle."""


def instantiate(trace: Trace, tree: Tree, letters: Mapping[str, Index], most: int | None = MAX_TERMS) -> Tree:
    """`tree` with index letters at their values: m[t-1] -> m at 1; sums of up to `most` terms
    written out, longer ones elided in the middle (None: all terms)."""

    def change(node: Tree, bound: Mapping[str, Index]) -> Tree:
        match node:
            case At(base, index):
                return Ref(base, tuple(_index(i, bound) for i in index))
            case Name(id_) if id_ in bound:
                value = bound[id_]
                return Num(str(value)) if isinstance(value, int) else node
            case Reduce(kind, body, var, over):
                members = trace.sets.get(over, ())
                if not members:
                    return node
                if most is not None and len(members) > most:
                    ends = [*members[:2], *members[-1:]]
                    first, second, last = (change(body, {**bound, var: m}) for m in ends)
                    return _join(kind, [first, second, Name("..."), last], len(members))
                return _join(kind, [change(body, {**bound, var: m}) for m in members], len(members))
            case _:
                return rebuild(node, lambda child: change(child, bound))

    return change(tree, {**trace.constants, **letters})


def _index(tree: Tree, bound: Mapping[str, Index]) -> Index:
    at = place(tree, bound)
    return at if isinstance(at, int | str) else python(at)


def _join(kind: str, terms: list[Tree], count: int) -> Tree:
    if kind in ("max", "min", "count"):
        return Call(kind, tuple(terms))
    out = terms[0]
    for term in terms[1:]:
        out = Bin("*" if kind == "prod" else "+", out, term)
    return Bin("/", out, Num(str(count))) if kind == "mean" else out
