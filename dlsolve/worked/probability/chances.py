"""Probabilities of events where faces are not equally likely: products of chances, alike ones collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import reduce

from flint import fmpq

from dlsolve.experiments import Outcome, Space
from dlsolve.formula.rules import Rule, rule
from dlsolve.formula.tree import Bin, Num, Ref, Tree
from dlsolve.notation import Quantity
from dlsolve.trace import Key, Trace

CHANCE = Quantity("chance", "probability of face f in one trial", "f", kind="probability", template="P({f})")
MOST_TERMS = 12
"""A sum of more terms is not written out."""


def give(space: Space, t: Trace) -> None:
    """The chances of `space` as given values."""
    assert space.chances is not None
    t.given("chance", {str(f): c for f, c in space.chances.items()})


def let_chance(t: Trace, target: str, held: Iterable[Outcome], space: Space, *index: str) -> None:
    """P of the outcomes `held`: alike sequences once, times their number. Long sums are one operation."""
    alike = Counter(tuple(sorted(Counter(map(str, o.faces)).items())) for o in held)
    key: Key = (target.partition("[")[0], *index) if index else target
    if not alike or len(alike) > MOST_TERMS:
        ways = sum(o.ways for o in held)
        how = "the chances of its outcomes added up" if alike else "no outcome"
        t.operation(how, None, t.number(fmpq(ways, space.total)), key=key)
        return
    terms = [_term(faces, number) for faces, number in alike.items()]
    t.let(_rule(target, reduce(lambda a, b: Bin("+", a, b), terms)), *index)


def let_masses(t: Trace, space: Space, count: Callable[[Outcome], int], values: Mapping[str, fmpq]) -> None:
    """f(x) for each value of what is counted, by name."""
    give(space, t)
    for name, value in values.items():
        let_chance(t, "f[v]", [o for o in space.outcomes if count(o) == value], space, name)


def _rule(target: str, tree: Tree) -> Rule:
    return rule(target, tree, "independent trials; alike outcomes collected")


def _term(faces: tuple[tuple[str, int], ...], number: int) -> Tree:
    """``3·P(H)²·P(T)``"""
    factors: list[Tree] = [Num(str(number))] if number > 1 else []
    for face, times in faces:
        one = Ref("chance", (face,))
        factors.append(one if times == 1 else Bin("**", one, Num(str(times))))
    return reduce(lambda a, b: Bin("*", a, b), factors)


__all__ = ["CHANCE", "give", "let_chance", "let_masses"]
