"""Normal distribution: density, areas, quantiles.

Density, distribution function, standardising, intervals and quantiles.

    f(x) = 1/(σ·√(2π)) · e^(−(x − μ)²/(2σ²))

is the density of N(μ, σ²), with mean μ and variance σ². It has no elementary antiderivative: its
distribution function F(x) = P(X ≤ x) is read off the standard normal Φ (μ = 0, σ = 1), after x has been
expressed in standard deviations from the mean,

    z = (x − μ)/σ,   F(x) = Φ(z) = ½·(1 + erf(z/√2)),   Φ(−z) = 1 − Φ(z).

A probability is an area: P(low ≤ X ≤ high) = Φ(z of high) − Φ(z of low). The quantile turns it
round: x = μ + z·σ with Φ(z) = q. f(x) is a density, no probability; P(X = x) is 0.
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
    mu: Annotated[fmpq, Field("mean μ", ("mean", "m"))] = fmpq(0)
    sigma: Annotated[
        fmpq | None, Field("standard deviation σ (1 where neither is given)", ("sd", "s", "std"), gt="0")
    ] = None
    var: Annotated[fmpq | None, Field("variance σ², in place of σ", ("variance", "sigma2"), gt="0")] = None
    x: Annotated[list[fmpq] | None, Field("points for z, f(x) and F(x)")] = None
    low: Annotated[fmpq | None, Field("P(low ≤ X ≤ high): the lower end; left out, all below high")] = None
    high: Annotated[fmpq | None, Field("P(low ≤ X ≤ high): the upper end; left out, all above low")] = None
    q: Annotated[fmpq | None, Field("the quantile: x with P(X ≤ x) = q", ("quantile",), gt="0", lt="1")] = None


NOTATION = Notation(
    [
        Quantity("mu", "mean"),
        Quantity("sigma", "standard deviation"),
        Quantity("var", "variance", symbol="σ²", latex=r"\sigma^2"),
        Quantity("x", "a point", "v", template="{v}"),
        Quantity("z", "standard deviations from the mean", "v", template="z({v})"),
        Quantity("c", "factor before the exponential", symbol="c"),
        Quantity("f", "density at x", "v", template="f({v})"),
        Quantity("F", "distribution function: P(X ≤ x)", "v", kind="probability", template="F({v})"),
        Quantity("P", "probability from low to high", kind="probability", symbol="P(low ≤ X ≤ high)",
                 latex=r"P(\mathrm{low} \le X \le \mathrm{high})"),
        Quantity("q", "probability below the quantile", kind="probability"),
        Quantity("z_q", "standard normal quantile: Φ(z_q) = q"),
        Quantity("x_q", "quantile: F(x_q) = q", also=("x_{q}",)),
        Quantity("H", "differential entropy", symbol="h(X)", latex="h(X)"),
    ],
    {"v": "label"},
    {"v": {"v": {"v": "x"}, "u": {"v": "w"}}},
)  # fmt: skip

RULES = rules("""
    sigma = sqrt(var)                                   # standard deviation
    var = sigma**2                                      # variance
    c = 1 / (sigma*sqrt(2*pi))                          # so that the area is 1
    z[v] = (x[v] - mu) / sigma                          # standardised
    f[v] = c*exp(-z[v]**2/2)                            # density
    F[v] = Phi(z[v])                                    # area to the left, of the standard normal
    P:between at u, v = F[v] - F[u]                     # area between: up to high, less up to low
    P:below at v = F[v]                                 # area to the left
    P:above at v = 1 - F[v]                             # complement
    z_q = sqrt(2)*erfinv(2*q - 1)                       # Φ(z) = q, solved for z
    x_q = mu + z_q*sigma                                # back to X
    H = log(2*pi*e*sigma**2)/2                          # differential entropy of N(μ, σ²)
""")

SLIPS = (
    DeclaredSlip("variance-for-sigma", rule("z[v]", "(x[v] - mu) / sigma**2"),
                 "it was divided by the variance, not by σ"),
    DeclaredSlip("not-centred", rule("z[v]", "x[v] / sigma"), "the mean was not subtracted"),
    DeclaredSlip("turned-round", rule("z[v]", "(mu - x[v]) / sigma"),
                 "the difference was taken the other way round, μ − x"),
    DeclaredSlip("other-tail", rule("F[v]", "1 - Phi(z[v])"),
                 "the area to the right was taken, not the one to the left"),
    DeclaredSlip("factor-left-out", rule("f[v]", "exp(-z[v]**2/2)"), "the factor 1/(σ·√(2π)) was left out"),
    DeclaredSlip("exponent-not-halved", rule("f[v]", "c*exp(-z[v]**2)"), "the half of −z²/2 was left out"),
    DeclaredSlip("sigma-left-out", rule("c", "1 / sqrt(2*pi)"), "σ was left out of the factor"),
    DeclaredSlip("density-for-probability", rule("F[v]", "f[v]"), "the density was taken for a probability"),
    DeclaredSlip("no-complement", rule("P:above at v", "F[v]"), "the complement was not taken for “above”"),
    DeclaredSlip("added", rule("P:between at u, v", "F[v] + F[u]"), "the area up to low was added, not subtracted"),
    DeclaredSlip("root-left-out", rule("sigma", "var"), "the variance was taken for σ, its root"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    if p.sigma is not None and p.var is not None:
        raise InputError("$.given.var", "σ and σ² are both given", remedy="give one of them")
    if p.low is not None and p.high is not None and p.low > p.high:
        raise InputError("$.given.high", f"lies below low = {text(p.low)}", found=text(p.high), remedy="exchange them")
    t.given("mu", p.mu)
    if p.var is not None:
        t.given("var", p.var)
        t.let("sigma")
    else:
        t.given("sigma", fmpq(1) if p.sigma is None else p.sigma, assumed=p.sigma is None)
        t.let("var")
    points = dict.fromkeys(v for v in (*(p.x or ()), p.low, p.high) if v is not None)
    for v in points:
        t.phrase("v", label(v), v=shown(v))
        t.given("x", v, label(v))
    t.section("Density")
    t.let("c")
    for v in points:
        t.let("z[v]", label(v))
        t.let("f[v]", label(v))
    t.section("Distribution function")
    for v in points:
        t.let("F[v]", label(v))
    for v in p.x or ():
        t.answer(("f", label(v)), ("F", label(v)))
    if points:
        t.table("Points", ["x", "z", "f(x)", "F(x)"], [
            [f" {shown(v)}", *((base, label(v)) for base in ("z", "f", "F"))] for v in points
        ])  # fmt: skip
    _interval(p, t)
    if p.q is not None:
        t.section("Quantile")
        t.given("q", p.q)
        t.let("z_q")
        t.let("x_q")
        t.answer("x_q")
        t.check("q of the area lies to its left", "Phi((x_q - mu)/sigma) == q")
    t.section("Entropy")
    t.let("H")
    if not t.answers:
        t.answer("H")


def _interval(p: Problem, t: Trace) -> None:
    """P(low ≤ X ≤ high), with one end or both."""
    if p.low is None and p.high is None:
        return
    t.section("Probability")
    ends = [label(v) for v in (p.low, p.high) if v is not None]
    t.symbols.declare(interval(p.low, p.high))
    way = "P:between at u, v" if len(ends) == 2 else "P:below at v" if p.low is None else "P:above at v"
    t.let(way, *ends)
    t.answer("P")
    if len(ends) == 2:
        t.check("0 ≤ P ≤ 1", "P*(1 - P) >= 0")


TOPIC = Topic(
    "normal", "Normal distribution", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), section 5.4",
    example={"mu": 100, "sigma": 15, "low": 85, "high": 130, "x": [100]},
    aliases=("gaussian", "normal-distribution", "z-score", "standardise", "standardize", "bell-curve"),
    conventions={"log": "2"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
