"""Poisson distribution: events at a constant rate.

How many events come up in a time or place, at a constant rate.
With λ events on average, independent of one another,

    f(k) = P(X = k) = e^(−λ)·λᵏ/k!,   E(X) = λ,   Var(X) = λ.

λ belongs to the whole time looked at: at 3 events an hour it is 6 for two hours. It is also the limit
of a binomial distribution with many trials and a rare success, λ = n·p.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.probability import approximation
from dlsolve.worked.probability.counting import COMMON, QUANTITIES, SHARED_SLIPS, masses, moments


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    lam: Annotated[fmpq | None, Field("λ: events on average", ("lambda", "mean", "mu"), gt="0", le="10000")] = None
    rate: Annotated[fmpq | None, Field("in place of λ: events on average per unit", gt="0", le="10000")] = None
    time: Annotated[fmpq | None, Field("with a rate: how many units are looked at", ("t",), gt="0", le="10000")] = None
    k: Annotated[list[int] | None, Field("numbers of events for P(X = k)", ("x",), ge="0")] = None
    low: Annotated[int | None, Field("P(low ≤ X ≤ high): at least low", ("at_least",))] = None
    high: Annotated[int | None, Field("P(low ≤ X ≤ high): at most high", ("at_most",))] = None
    normal: Annotated[bool, Field("also by the normal curve, with and without continuity correction")] = False
    q: Annotated[fmpq | None, Field("the quantile: the first k with P(X ≤ k) ≥ q", ("quantile",), gt="0", lt="1")] = (
        None
    )


NOTATION = Notation(
    [
        Quantity("lam", "events on average"),
        Quantity("rate", "events on average per unit"),
        Quantity("time", "units looked at"),
        *QUANTITIES,
        *approximation.QUANTITIES,
    ],
    {"k": "step"},
)

RULES = rules("""
    lam = rate*time                                     # for the whole time looked at
    f[k] = exp(-lam)*lam**k / factorial(k)              # mass function
    E_X = lam
    Var_X = lam                                         # mean and variance are the same
""" + COMMON + approximation.RULES)  # fmt: skip

SLIPS = (
    DeclaredSlip("no-factorial", rule("f[k]", "exp(-lam)*lam**k"), "k! was left out"),
    DeclaredSlip("no-exponential", rule("f[k]", "lam**k / factorial(k)"), "the factor e^(−λ) was left out"),
    DeclaredSlip("divided-by-k", rule("f[k]", "exp(-lam)*lam**k / max(1, k)"), "it was divided by k, not by k!"),
    DeclaredSlip("rate-for-lambda", rule("lam", "rate"), "the rate was taken for λ, and the time left out"),
    *SHARED_SLIPS,
    *approximation.SLIPS,
)


def solve(p: Problem, t: Trace) -> None:
    if (p.lam is None) == (p.rate is None):
        raise InputError("$.given.lam", "one of lam and rate is needed", remedy='give "lam": 3, or rate and time')
    if p.rate is None:
        if p.time is not None:
            raise InputError("$.given.time", "goes with a rate", remedy="give rate in place of lam")
        t.given("lam", p.lam)
    else:
        t.given("rate", p.rate)
        t.given("time", fmpq(1) if p.time is None else p.time, assumed=p.time is None)
        t.let("lam")
    moments(t)
    t.answer("E_X", "Var_X")
    masses(t, p.k, p.low, p.high, 0, None)
    if p.q is not None:
        approximation.quantile(t, p.q, 0, None)
    if p.normal:
        approximation.by_normal(t, p.k, p.low, p.high)


TOPIC = Topic(
    "poisson", "Poisson distribution", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), section 4.7",
    example={"lam": 3, "k": [2], "low": 1},
    aliases=("poisson-distribution",),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
