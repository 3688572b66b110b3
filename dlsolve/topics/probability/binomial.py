"""Binomial and Bernoulli distributions.

How many of n independent trials succeed.
One trial that succeeds with probability p is a Bernoulli variable (n = 1): E(X) = p, Var(X) = p·(1 − p).
Of n independent ones, k succeed in C(n, k) = n!/(k!·(n − k)!) orders, each with probability
pᵏ·(1 − p)ⁿ⁻ᵏ, so

    f(k) = P(X = k) = C(n, k)·pᵏ·(1 − p)ⁿ⁻ᵏ,   E(X) = n·p,   Var(X) = n·p·(1 − p).

"At least one" is easiest by its complement: 1 − (1 − p)ⁿ.
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
    n: Annotated[int, Field("number of trials (1 for a Bernoulli variable)", ("trials",), ge="1", le="10000")] = 1
    p: Annotated[fmpq, Field("probability of success in each trial", ("success",), ge="0", le="1")]
    k: Annotated[list[int] | None, Field("numbers of successes for P(X = k)", ("x",), ge="0")] = None
    low: Annotated[int | None, Field("P(low ≤ X ≤ high): at least low", ("at_least",))] = None
    high: Annotated[int | None, Field("P(low ≤ X ≤ high): at most high", ("at_most",))] = None
    normal: Annotated[bool, Field("also by the normal curve, with and without continuity correction")] = False
    q: Annotated[fmpq | None, Field("the quantile: the first k with P(X ≤ k) ≥ q", ("quantile",), gt="0", lt="1")] = (
        None
    )


NOTATION = Notation(
    [
        Quantity("n", "number of trials", kind="integer"),
        Quantity("p", "probability of success in a trial", kind="probability"),
        Quantity("q", "probability of failure in a trial", kind="probability"),
        *QUANTITIES,
        *approximation.QUANTITIES,
    ],
    {"k": "step"},
)

RULES = rules("""
    q = 1 - p                                           # complement
    f[k] = comb(n, k)*p**k*q**(n - k)                   # orders, times the probability of each
    E_X = n*p                                           # n trials with mean p each
    Var_X = n*p*q                                       # independent: variances add up
""" + COMMON + approximation.RULES)  # fmt: skip

SLIPS = (
    DeclaredSlip("no-orders", rule("f[k]", "p**k*q**(n - k)"), "the number of orders C(n, k) was left out"),
    DeclaredSlip("failures-left-out", rule("f[k]", "comb(n, k)*p**k"), "the n − k failures were left out"),
    DeclaredSlip("exchanged", rule("f[k]", "comb(n, k)*p**(n - k)*q**k"), "p and 1 − p changed places"),
    DeclaredSlip("mean-for-variance", rule("Var_X", "n*p"), "the factor 1 − p was left out of the variance"),
    DeclaredSlip("squared-p", rule("Var_X", "n*p**2"), "p was taken for 1 − p in the variance"),
    *SHARED_SLIPS,
    *approximation.SLIPS,
)


def solve(p: Problem, t: Trace) -> None:
    t.given("n", p.n)
    t.given("p", p.p)
    t.let("q")
    moments(t)
    t.answer("E_X", "Var_X")
    masses(t, p.k, p.low, p.high, 0, p.n)
    if p.q is not None:
        approximation.quantile(t, p.q, 0, p.n)
    if p.normal:
        if p.p in (0, 1):
            raise InputError("$.given.normal", "X takes one value only", remedy="leave normal out")
        approximation.by_normal(t, p.k, p.low, p.high)
    t.check("the trials that fail are as likely to fail", "E_X + n*q == n")


TOPIC = Topic(
    "binomial", "Binomial and Bernoulli distributions", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), section 4.6",
    example={"n": 5, "p": 0.3, "k": [2], "low": 1},
    aliases=("bernoulli", "binomial-distribution", "binom"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
