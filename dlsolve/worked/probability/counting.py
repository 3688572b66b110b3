"""What distributions on the whole numbers share: probabilities of a range, summed or by the complement."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.formula.rules import rule
from dlsolve.notation import Quantity
from dlsolve.topic import DeclaredSlip
from dlsolve.trace import Trace
from dlsolve.worked.probability.values import interval

MAX_TERMS = 500
MAX_K = 10_000

QUANTITIES = (
    Quantity("f", "mass function: P(X = k)", "k", kind="probability", template="f({k})", also=("P(X = {k})",)),
    Quantity("P", "probability of the range", kind="probability", symbol="P(low ≤ X ≤ high)",
             latex=r"P(\mathrm{low} \le X \le \mathrm{high})"),
    Quantity("E_X", "expectation", symbol="E(X)"),
    Quantity("Var_X", "variance", symbol="Var(X)", latex=r"\mathrm{Var}(X)"),
    Quantity("sigma_X", "standard deviation", symbol="σ(X)", latex=r"\sigma(X)"),
)  # fmt: skip

COMMON = """
    P:sum = sum(f[k] for k in within)                   # the values of the range
    P:complement = 1 - sum(f[k] for k in outside)       # all values but those outside
    sigma_X = sqrt(Var_X)                               # standard deviation
"""

SHARED_SLIPS = (
    DeclaredSlip("no-complement", rule("P:complement", "sum(f[k] for k in outside)"), "the complement was not taken"),
    DeclaredSlip("variance-for-deviation", rule("sigma_X", "Var_X"), "the root was left out"),
)


def moments(t: Trace) -> None:
    """E(X), Var(X) and σ(X) by the topic's own rules."""
    t.section("Mean and variance")
    for target in ("E_X", "Var_X", "sigma_X"):
        t.let(target)


def masses(t: Trace, points: Sequence[int] | None, low: int | None, high: int | None, first: int,
           last: int | None) -> None:  # fmt: skip
    """f at `points`, then P(low ≤ X ≤ high) for X from `first` to `last` (None for no end).

    Raises `InputError` for an empty range, or one with too many terms.
    """
    if low is not None and high is not None and low > high:
        raise InputError("$.given.high", f"lies below low = {low}", found=str(high), remedy="exchange them")
    for k in points or ():
        if k < first or (last is not None and k > last) or k > MAX_K:
            end = f"to {min(last, MAX_K)}" if last is not None else f"to {MAX_K}"
            raise InputError("$.given.k", f"X takes the values {first} {end}", found=str(k), remedy="give one of them")
    made: set[int] = set()
    if points:
        t.section("Mass function")
        _let(t, points, made)
        t.answer(*(("f", k) for k in dict.fromkeys(points)))
    if low is None and high is None:
        return
    t.symbols.declare(interval(None if low is None else fmpq(low), None if high is None else fmpq(high)))
    t.section("Probability of the range")
    lowest = first if low is None else max(low, first)
    highest = last if high is None else high if last is None else min(high, last)
    outside = list(range(first, min(lowest, MAX_K + 2)))
    if highest is None or (highest == last and len(outside) < highest - lowest + 1):
        members, target = outside, "P:complement"
    else:
        members, target = list(range(lowest, min(highest, lowest + MAX_TERMS) + 1)), "P:sum"
    if len(members) > MAX_TERMS:
        raise InputError("$.given", f"more than {MAX_TERMS} terms", remedy="take a shorter range")
    t.index_set("outside" if target == "P:complement" else "within", members)
    _let(t, members, made)
    if members:
        t.let(target)
    else:
        sure = target == "P:complement"
        t.operation(
            "every value lies there" if sure else "no value of X lies there", None, t.number(int(sure)), key="P"
        )
    t.answer("P")


def _let(t: Trace, members: Sequence[int], made: set[int]) -> None:
    for k in members:
        if k not in made:
            made.add(k)
            t.let("f[k]", k)
