"""Exponential distribution: the wait for the next event.

How long until the next event, at a constant rate.

    f(x) = λ·e^(−λx) for x ≥ 0,   F(x) = ∫ from 0 to x of λ·e^(−λu) du = [−e^(−λu)] = 1 − e^(−λx)
    E(X) = 1/λ,   Var(X) = 1/λ²,   median ln 2/λ

If X is given by its mean, λ = 1/mean. The distribution has no memory: having waited s already changes
nothing, P(X > s + t | X > s) = P(X > t) = e^(−λt).
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
from dlsolve.worked.probability.values import interval, label, shown, text


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    lam: Annotated[fmpq | None, Field("rate λ: events on average per unit", ("lambda", "rate"), gt="0")] = None
    mean: Annotated[fmpq | None, Field("in place of λ: the mean waiting time 1/λ", ("scale", "mu"), gt="0")] = None
    x: Annotated[list[fmpq] | None, Field("points for f(x) and F(x)", ge="0")] = None
    low: Annotated[fmpq | None, Field("P(low ≤ X ≤ high): at least low", ("at_least",), ge="0")] = None
    high: Annotated[fmpq | None, Field("P(low ≤ X ≤ high): at most high", ("at_most",), ge="0")] = None
    since: Annotated[fmpq | None, Field("waited already: also P(X > since + more | X > since)", ge="0")] = None
    more: Annotated[fmpq | None, Field("with since: how much longer", ge="0")] = None
    q: Annotated[fmpq | None, Field("the quantile: x with P(X ≤ x) = q", ("quantile",), ge="0", lt="1")] = None


NOTATION = Notation(
    [
        Quantity("lam", "rate: events on average per unit"),
        Quantity("mean", "mean waiting time"),
        Quantity("E_X", "expectation", symbol="E(X)", also=("expected value",)),
        Quantity("Var_X", "variance", symbol="Var(X)", latex=r"\mathrm{Var}(X)", also=("σ²",)),
        Quantity("median", "half of the waits are shorter"),
        Quantity("x", "a point", "v", template="{v}"),
        Quantity("f", "density at x", "v", template="f({v})"),
        Quantity("F", "distribution function: P(X ≤ x)", "v", kind="probability", template="F({v})"),
        Quantity("P", "probability from low to high", kind="probability", symbol="P(low ≤ X ≤ high)",
                 latex=r"P(\mathrm{low} \le X \le \mathrm{high})"),
        Quantity("since", "waited already"),
        Quantity("more", "how much longer"),
        Quantity("P_since", "P(X > since)", kind="probability", symbol="P(X > since)"),
        Quantity("P_both", "P(X > since + more)", kind="probability", symbol="P(X > since + more)"),
        Quantity("P_more", "waiting that much longer, once since is over", kind="probability",
                 symbol="P(X > since + more | X > since)",
                 latex=r"P(X > \mathrm{since + more} \mid X > \mathrm{since})"),
        Quantity("q", "probability below the quantile", kind="probability"),
        Quantity("x_q", "quantile: F(x_q) = q", also=("x_{q}",)),
    ],
    {"v": "label"},
    {"v": {"v": {"v": "x"}, "u": {"v": "w"}}},
)  # fmt: skip

RULES = rules("""
    lam = 1 / mean
    E_X = 1 / lam
    Var_X = 1 / lam**2
    median = ln(2) / lam                                # 1 − e^(−λx) = ½
    f[v] = lam*exp(-lam*x[v])                           # density
    F[v] = 1 - exp(-lam*x[v])                           # area to the left
    P:between at u, v = F[v] - F[u]                     # up to high, less up to low
    P:below at v = F[v]                                 # area to the left
    P:above at v = 1 - F[v]                             # complement
    P_since = exp(-lam*since)                           # 1 − F
    P_both = exp(-lam*(since + more))                   # 1 − F
    P_more = P_both / P_since                           # definition of P(A | B); A lies in B
    x_q = -ln(1 - q) / lam                              # 1 − e^(−λx) = q
""")

SLIPS = (
    DeclaredSlip("other-tail", rule("F[v]", "exp(-lam*x[v])"), "P(X > x) was taken, not P(X ≤ x)"),
    DeclaredSlip("density-for-probability", rule("F[v]", "lam*exp(-lam*x[v])"),
                 "the density was taken for a probability"),
    DeclaredSlip("factor-left-out", rule("f[v]", "exp(-lam*x[v])"), "the factor λ was left out of the density"),
    DeclaredSlip("mean-for-rate", rule("lam", "mean"), "the mean was taken for the rate, 1 over the mean"),
    DeclaredSlip("rate-for-mean", rule("E_X", "lam"), "the rate λ was taken for the mean, 1/λ"),
    DeclaredSlip("not-squared", rule("Var_X", "1 / lam"), "the mean 1/λ was taken for the variance, 1/λ²"),
    DeclaredSlip("no-complement", rule("P:above at v", "F[v]"), "the complement was not taken for “above”"),
    DeclaredSlip("remembered", rule("P_more", "P_both"),
                 "the condition was left out, with no division by P(X > since)"),
    DeclaredSlip("mean-for-median", rule("median", "1 / lam"), "the mean was taken for the median"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    if (p.lam is None) == (p.mean is None):
        raise InputError("$.given.lam", "one of lam and mean is needed", remedy='give "lam": 0.5, or "mean": 2')
    if (p.since is None) != (p.more is None):
        missing = "since" if p.since is None else "more"
        raise InputError(f"$.given.{missing}", "is missing", remedy="give since and more together")
    if p.low is not None and p.high is not None and p.low > p.high:
        raise InputError("$.given.high", f"lies below low = {text(p.low)}", found=text(p.high), remedy="exchange them")
    if p.lam is None:
        t.given("mean", p.mean)
        t.let("lam")
    else:
        t.given("lam", p.lam)
    t.section("Mean, variance, median")
    for target in ("E_X", "Var_X", "median"):
        t.let(target)
    t.answer("E_X", "Var_X")
    points = dict.fromkeys(v for v in (*(p.x or ()), p.low, p.high) if v is not None)
    if points:
        t.section("Density and distribution function")
    for v in points:
        t.phrase("v", label(v), v=shown(v))
        t.given("x", v, label(v))
        t.let("f[v]", label(v))
        t.let("F[v]", label(v))
    t.answer(*((base, label(v)) for v in p.x or () for base in ("f", "F")))
    ends = [label(v) for v in (p.low, p.high) if v is not None]
    if ends:
        t.symbols.declare(interval(p.low, p.high))
        t.section("Probability")
        t.let("P:between at u, v" if len(ends) == 2 else "P:below at v" if p.low is None else "P:above at v", *ends)
        t.answer("P")
    if p.since is not None:
        t.section("No memory")
        t.given("since", p.since)
        t.given("more", p.more)
        for target in ("P_since", "P_both", "P_more"):
            t.let(target)
        t.answer("P_more")
        t.check("as if nothing had been waited", "P_more == exp(-lam*more)")
    if p.q is not None:
        t.section("Quantile")
        t.given("q", p.q)
        t.let("x_q")
        t.answer("x_q")
        t.check("q of the area lies to its left", "1 - exp(-lam*x_q) == q")


TOPIC = Topic(
    "exponential", "Exponential distribution", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), section 5.5",
    example={"mean": 4, "low": 5, "since": 2, "more": 5},
    aliases=("exponential-distribution", "waiting-time"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
