"""Uniform distribution: density, mean, variance, areas.

Density, mean and variance by their integrals, probabilities as areas.
X is uniform on [a, b] where no place in it is likelier than another: the density is constant there,

    f(x) = 1/(b − a) for a ≤ x ≤ b, else 0,

and the area under it is 1. Mean and variance are integrals over the support:

    E(X) = ∫ x·f dx = 1/(b − a)·[x²/2] from a to b = (a + b)/2
    Var(X) = ∫ (x − μ)²·f dx = 1/(b − a)·{[x³/3] + μ²[x] − μ[x²]} from a to b = (b − a)²/12.

The factor 1/(b − a) stands before all three brackets. P(low ≤ X ≤ high) is an area, the length
inside [a, b] over the whole length; single points have probability 0, so ≤ and < are the same.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.identities import Identity
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.probability.values import interval, label, shown, text


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    a: Annotated[fmpq, Field("left end of the support", ("min",))] = fmpq(0)
    b: Annotated[fmpq, Field("right end of the support", ("max",))] = fmpq(1)
    x: Annotated[list[fmpq] | None, Field("points for f(x) and F(x)")] = None
    low: Annotated[fmpq | None, Field("P(low ≤ X ≤ high): the lower end; left out, all below high")] = None
    high: Annotated[fmpq | None, Field("P(low ≤ X ≤ high): the upper end; left out, all above low")] = None
    q: Annotated[fmpq | None, Field("the quantile: x with P(X ≤ x) = q", ("quantile",), ge="0", le="1")] = None


NOTATION = Notation(
    [
        Quantity("a", "left end of the support"),
        Quantity("b", "right end of the support"),
        Quantity("h", "height of the density", symbol="h"),
        Quantity("bracket1", "[x²/2] from a to b", symbol="[x²/2]", latex="[x^2/2]"),
        Quantity("bracket2", "[x³/3] from a to b", symbol="[x³/3]", latex="[x^3/3]"),
        Quantity("E_X", "mean of X, also μ", symbol="E(X)", also=("μ", "mean", "expectation", "expected value")),
        Quantity("E_X2", "mean of X²", symbol="E(X²)", latex="E(X^2)"),
        Quantity("Var_X", "variance of X", symbol="Var(X)", latex=r"\mathrm{Var}(X)", also=("σ²",)),
        Quantity("Var_int", "variance by the integral of (x − μ)²·f", symbol="∫(x − μ)²·f dx",
                 latex=r"\int (x-\mu)^2 f\,dx"),
        Quantity("sigma_X", "standard deviation", symbol="σ(X)", latex=r"\sigma(X)"),
        Quantity("x", "a point", "v", template="{v}"),
        Quantity("f", "density at x", "v", template="f({v})"),
        Quantity("F", "distribution function: P(X ≤ x)", "v", kind="probability", template="F({v})"),
        Quantity("low", "lower end"),
        Quantity("high", "upper end"),
        Quantity("left", "lower end, inside the support"),
        Quantity("right", "upper end, inside the support"),
        Quantity("P", "probability from low to high", kind="probability", symbol="P(low ≤ X ≤ high)",
                 latex=r"P(\mathrm{low} \le X \le \mathrm{high})"),
        Quantity("q", "probability below the quantile", kind="probability"),
        Quantity("x_q", "quantile: F(x_q) = q"),
        Quantity("mu", "E(X)"),
    ],
    {"v": "label"},
    {"v": {"v": {"v": "x"}, "u": {"v": "w"}}},
)  # fmt: skip

RULES = rules("""
    h = 1 / (b - a)                                         # the area is 1
    bracket1 = b**2/2 - a**2/2                              # antiderivative of x, limits put in
    E_X = h*bracket1                                        # ∫ x·f dx
    bracket2 = b**3/3 - a**3/3                              # antiderivative of x², limits put in
    E_X2 = h*bracket2                                       # ∫ x²·f dx
    Var_X = E_X2 - E_X**2                                   # variance
    Var_int = h*(bracket2 + E_X**2*(b - a) - E_X*(b**2 - a**2))    # h·{[x³/3] + μ²[x] − μ[x²]}
    sigma_X = sqrt(Var_X)                                   # standard deviation
    f[v]:inside = h                                         # from a to b
    f[v]:outside = 0                                        # outside the support
    F[v]:inside = (x[v] - a)*h                              # area to the left of x
    F[v]:before = 0                                         # left of the support: no area yet
    F[v]:after = 1                                          # right of the support: all of it
    left:inside = max(low, a)                               # no area left of a
    right:inside = min(high, b)                             # no area right of b
    left:end = a                                            # no lower end: from a
    right:end = b                                           # no upper end: up to b
    P = max(0, right - left)*h                              # length times height
    x_q = a + q*(b - a)                                     # the length that holds q of the area
""")

SLIPS = (
    DeclaredSlip("height-upside-down", rule("h", "b - a"), "the length b − a was taken for the height, 1/(b − a)"),
    DeclaredSlip("mean-difference", rule("E_X", "(b - a)/2"), "half the length was taken for the mean, (a + b)/2"),
    DeclaredSlip("not-subtracted", rule("Var_X", "E_X2"), "[E(X)]² was not subtracted"),
    DeclaredSlip("not-squared", rule("Var_X", "(b - a)/12"), "the length was not squared in (b − a)²/12"),
    DeclaredSlip("sum-squared", rule("Var_X", "(a + b)**2/12"), "the sum a + b was squared, not the length b − a"),
    DeclaredSlip("half-factor", rule("Var_int", "h*bracket2 + E_X**2*(b - a) - E_X*(b**2 - a**2)"),
                 "the factor 1/(b − a) was put before the first bracket only"),
    DeclaredSlip("without-the-half", rule("bracket1", "b**2 - a**2"), "x² was taken for the antiderivative of x, x²/2"),
    DeclaredSlip("ends-outside", rule("right:inside", "high"), "the area was taken beyond b, where the density is 0"),
)  # fmt: skip

IDENTITIES = (
    Identity("uniform-mean-var-mean", "E(X) = (a + b)/2", """
        E_X = h*(b**2/2 - a**2/2)                       # ∫ x·f dx = h·[x²/2] from a to b
            = (b**2 - a**2) / (2*(b - a))               # h = 1/(b − a)
            = (b - a)*(b + a) / (2*(b - a))             # b² − a² = (b − a)(b + a)
            = (a + b)/2                                 # b − a cancels
    """, "h = 1/(b - a)"),
    Identity("uniform-mean-var-variance", "Var(X) = (b − a)²/12", """
        Var_X = h*((b**3 - a**3)/3 + mu**2*(b - a) - mu*(b**2 - a**2))   # h·{[x³/3] + μ²[x] − μ[x²]}
              = (a**2 + a*b + b**2)/3 + mu**2 - mu*(a + b)               # b³ − a³ = (b − a)(a² + ab + b²)
              = (a**2 + a*b + b**2)/3 - (a + b)**2/4                     # μ = (a + b)/2
              = (4*(a**2 + a*b + b**2) - 3*(a + b)**2)/12                # over 12
              = (b - a)**2/12                                            # 4ab − 6ab = −2ab
    """, """
        h = 1/(b - a)
        mu = (a + b)/2
    """),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    if p.a >= p.b:
        raise InputError("$.given.b", f"b must lie above a = {text(p.a)}", found=text(p.b), remedy="exchange the ends")
    if p.low is not None and p.high is not None and p.low > p.high:
        raise InputError("$.given.high", f"lies below low = {text(p.low)}", found=text(p.high), remedy="exchange them")
    t.given("a", p.a)
    t.given("b", p.b)
    t.section("Density")
    t.let("h")
    t.section("Mean and variance")
    for target in ("bracket1", "E_X", "bracket2", "E_X2", "Var_X", "Var_int", "sigma_X"):
        t.let(target)
    t.answer("E_X", "Var_X", "sigma_X")
    t.check("E(X) = (a + b)/2", "E_X == (a + b)/2")
    t.check("Var(X) = (b − a)²/12", "Var_X == (b - a)**2/12")
    t.check("both ways to the variance agree", "Var_X == Var_int")
    points = {label(v): v for v in p.x or ()}
    if points:
        t.section("Density and distribution function")
    for name, v in points.items():
        t.phrase("v", name, v=shown(v))
        t.given("x", v, name)
        where = "before" if v < p.a else "after" if v > p.b else "inside"
        t.let("f[v]:inside" if where == "inside" else "f[v]:outside", name)
        t.let(f"F[v]:{where}", name)
        t.answer(("f", name), ("F", name))
    if p.low is not None or p.high is not None:
        t.symbols.declare(interval(p.low, p.high))
        t.section("Probability")
        for name, end in (("low", p.low), ("high", p.high)):
            if end is not None:
                t.given(name, end)
        t.let("left:end" if p.low is None else "left:inside")
        t.let("right:end" if p.high is None else "right:inside")
        t.let("P")
        t.answer("P")
    if p.q is not None:
        t.section("Quantile")
        t.given("q", p.q)
        t.let("x_q")
        t.answer("x_q")
        t.check("q of the area lies to its left", "(x_q - a)*h == q")


TOPIC = Topic(
    "uniform", "Uniform distribution", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), section 5.3",
    example={"a": 2, "b": 10, "low": 3, "high": 6},
    aliases=("uniform-distribution", "rectangular"),
    slips=SLIPS,
    identities=IDENTITIES,
    text=__doc__ or "",
)  # fmt: skip
