"""Questions asked of a run: comparisons, orders, claims. Only here are traced values compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dlsolve.formula.compiled import EXACT, Arithmetic, Compiled, compiled
from dlsolve.formula.parse import parse
from dlsolve.formula.tree import Cmp, Index, Tree
from dlsolve.numbers.families import Many
from dlsolve.numbers.precision import UndecidedError
from dlsolve.numbers.show import to_float

if TYPE_CHECKING:
    from dlsolve.trace.run import Trace


def ask(trace: Trace, question: str, index: Mapping[str, Index]) -> tuple[Tree, bool | None]:
    """`question` (``z[s] >= threshold``) as a tree, and its answer; None where a lenient run's
    enclosures leave it open. Raises `UndecidedError` in any other run."""
    tree, function = _code(question, tuple(index), trace.arithmetic)
    try:
        return tree, bool(function(trace.env, *index.values()))
    except UndecidedError:
        if not trace.policy.lenient:
            raise
        return tree, None


def order(trace: Trace, base: str, members: Sequence[Index], *, descending: bool = True) -> list[Index]:
    """`members` sorted by the value of ``base[member]``; ties keep the order given."""
    sign = ">" if descending else "<"
    out: list[Index] = []
    for member in members:
        value = trace.env[base, member]
        at = len(out)
        while at and before(trace, sign, value, trace.env[base, out[at - 1]]):
            at -= 1
        out.insert(at, member)
    return out


def before(trace: Trace, sign: str, value: Any, other: Any) -> bool:
    """``value sign other``; a lenient run takes the middles of what its enclosures leave open."""
    try:
        return bool(trace.arithmetic.test(sign, value, other))
    except UndecidedError:
        if not trace.policy.lenient:
            raise
        left, right = to_float(value), to_float(other)
        return left > right if sign == ">" else left < right


def largest(trace: Trace, base: str, members: Sequence[Index], at: tuple[Index, ...] = ()) -> Index:
    """The first member whose ``base[at, member]`` is largest."""
    if not at and trace.leaves_out(members) and base in trace.env.families:
        column = trace.env.families[base].take(Many(members), lambda i: float(trace.env[base, i]))
        return members[int(column.argmax())]
    best = members[0]
    for member in members[1:]:
        if before(trace, ">", trace.env[base, *at, member], trace.env[base, *at, best]):
            best = member
    return best


def tied(trace: Trace, base: str, members: Sequence[Index], best: Index, at: tuple[Index, ...] = ()) -> list[Index]:
    """The other members whose ``base[at, member]`` is that of `best`; none where values are a student's."""
    if trace.policy.lenient or trace.leaves_out(members):
        return []
    most = trace.env[base, *at, best]
    return [m for m in members if m != best and trace.arithmetic.test("==", trace.env[base, *at, m], most)]


def claim(trace: Trace, text: str, index: Mapping[str, Index]) -> bool:
    """Whether a claim of a check holds: with certainty, or as far as this run's rounding allows."""
    letters, values = tuple(index), tuple(index.values())
    tree, functions = _sides(text, letters, trace.arithmetic)
    if not isinstance(tree, Cmp) or tree.op != "==":
        truth = bool(_code(text, letters, trace.arithmetic)[1](trace.env, *values))
        if truth or (trace.policy.passive and trace.arithmetic is EXACT) or not isinstance(tree, Cmp):
            return truth
    left, right = (function(trace.env, *values) for function in functions)
    return trace.close(left, right)


@lru_cache(maxsize=4096)
def _code(text: str, letters: tuple[str, ...], arithmetic: Arithmetic) -> tuple[Tree, Compiled]:
    """A question as a tree, and its code."""
    tree = parse(text)
    return tree, compiled(tree, letters, arithmetic)


@lru_cache(maxsize=4096)
def _sides(text: str, letters: tuple[str, ...], arithmetic: Arithmetic) -> tuple[Tree, tuple[Compiled, ...]]:
    """A claim as a tree, and the code of both its sides, where it has sides."""
    tree = parse(text)
    sides = (tree.left, tree.right) if isinstance(tree, Cmp) else ()
    return tree, tuple(compiled(side, letters, arithmetic) for side in sides)
