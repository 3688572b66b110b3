"""Index expressions (``l-1``, ``e``) with some of their letters known."""

from __future__ import annotations

from collections.abc import Mapping

from dlsolve.errors import RuleError
from dlsolve.formula.tree import At, Bin, Index, Name, Num, Tree, rebuild


def place(tree: Tree, bound: Mapping[str, Index]) -> Index | Tree:
    """An index with the known letters put in: its value, or what is left of it. Raises `RuleError`."""
    match tree:
        case Num(text):
            return int(text)
        case Name(id_):
            return bound.get(id_, tree)
        case Bin(op, left, right):
            a, b = place(left, bound), place(right, bound)
            if isinstance(a, int) and isinstance(b, int):
                return a + b if op == "+" else a - b
            return Bin(op, back(a), back(b))
    raise RuleError(f"an index is a letter, a whole number, or a sum of them (found {tree})")


def back(at: Index | Tree) -> Tree:
    """A value or the rest of an index as a tree again; a label as a name."""
    if isinstance(at, int):
        return Num(str(at))
    return Name(at) if isinstance(at, str) else at


def stated(tree: Tree, fixed: Mapping[str, Index]) -> Tree:
    """A general rule with the letters that have one value all through a run at that value."""
    match tree:
        case _ if not fixed:
            return tree
        case At(base, index):
            return At(base, tuple(back(place(i, fixed)) for i in index))
        case Name(id_) if id_ in fixed:
            return back(fixed[id_])
        case _:
            return rebuild(tree, lambda child: stated(child, fixed))
