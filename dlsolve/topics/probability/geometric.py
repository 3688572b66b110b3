"""Geometric distribution: trials until the first success.

How many trials until the first success.
If the first k − 1 trials fail and the k-th succeeds, independent of one another,

    f(k) = P(X = k) = (1 − p)^(k−1)·p for k = 1, 2, 3, …,   E(X) = 1/p,   Var(X) = (1 − p)/p².

X counts the trial that succeeds. Some books count the failures before it: that is X − 1, with mean
1/p − 1 and the same variance.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.probability.counting import COMMON, QUANTITIES, SHARED_SLIPS, masses, moments


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    p: Annotated[fmpq, Field("probability of success in each trial", ("success",), gt="0", le="1")]
    k: Annotated[list[int] | None, Field("trials for P(X = k)", ("x",), ge="1")] = None
    low: Annotated[int | None, Field("P(low ≤ X ≤ high): at least low trials", ("at_least",))] = None
    high: Annotated[int | None, Field("P(low ≤ X ≤ high): at most high trials", ("at_most",))] = None


NOTATION = Notation(
    [
        Quantity("p", "probability of success in a trial", kind="probability"),
        Quantity("q", "probability of failure in a trial", kind="probability"),
        *QUANTITIES,
    ],
    {"k": "step"},
)

RULES = rules("""
    q = 1 - p                                           # complement
    f[k] = q**(k - 1)*p                                 # failures first, then the success
    E_X = 1 / p
    Var_X = q / p**2
""" + COMMON)  # fmt: skip

SLIPS = (
    DeclaredSlip(
        "one-failure-more", rule("f[k]", "q**k*p"), "k failures were counted before the k-th trial, not k − 1"
    ),
    DeclaredSlip("success-left-out", rule("f[k]", "q**(k - 1)"), "the success itself was left out"),
    DeclaredSlip("failures-counted", rule("E_X", "q / p"), "the failures were counted without the success itself"),
    DeclaredSlip("not-squared", rule("Var_X", "q / p"), "p was not squared in the variance"),
    *SHARED_SLIPS,
)


def solve(p: Problem, t: Trace) -> None:
    t.given("p", p.p)
    t.let("q")
    moments(t)
    t.answer("E_X", "Var_X")
    masses(t, p.k, p.low, p.high, 1, None)


TOPIC = Topic(
    "geometric", "Geometric distribution", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), section 4.8",
    example={"p": "1/6", "k": [3], "low": 5},
    aliases=("geometric-distribution", "first-success"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
