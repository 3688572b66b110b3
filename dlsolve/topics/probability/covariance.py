"""Covariance and correlation, and the variance of a sum.

Where X and Y come in pairs, the covariance says whether they are large together:

    cov(X, Y) = E[(X − μ)(Y − ν)] = E(XY) − E(X)·E(Y),      μ = E(X), ν = E(Y)

and divided by both standard deviations it is the correlation, from −1 to 1. A sum varies by

    Var(X + Y) = Var(X) + Var(Y) + 2·cov(X, Y),

so variances add up only where the covariance is 0. Independent variables have covariance 0; the
converse is false. Heads and tails of three coins have covariance −3/4, and X + Y = 3 does not vary at all.

Give a joint table (probabilities or counts), paired data, an experiment with two counts, or the
variances themselves with a covariance or a correlation. For data, dividing by n − 1 is a convention.
"""

from __future__ import annotations

from typing import Annotated

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.experiments import FIELDS
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.identities import Identity
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.probability.pairs import Pairs, pairs_of_data, pairs_of_space, pairs_of_table
from dlsolve.worked.probability.stated import Experiment

Table = dict[str, dict[str, fmpq]] | None
Number = fmpq | None


class Problem(Experiment, forbid_unknown_fields=True, kw_only=True):
    joint: Annotated[Table, Field("joint probabilities: {value of X: {value of Y: probability}}", ge="0", le="1")] = (
        None
    )
    counts: Annotated[Table, Field("in place of joint: how often each pair came up", ge="0")] = None
    x: Annotated[list[fmpq] | None, Field("paired data: the values of X", ("X_data",))] = None
    y: Annotated[list[fmpq] | None, Field("paired data: the values of Y", ("Y_data",))] = None
    X: Annotated[str | None, Field('what X counts of an outcome: "heads", "sum"')] = None
    Y: Annotated[str | None, Field('what Y counts of an outcome: "tails", "max"')] = None
    Var_X: Annotated[Number, Field("Var(X), where it is known", ("var_X",), ge="0")] = None
    Var_Y: Annotated[Number, Field("Var(Y), where it is known", ("var_Y",), ge="0")] = None
    cov: Annotated[Number, Field("cov(X, Y), where it is known")] = None
    corr: Annotated[Number, Field("correlation, where it is known", ("rho",), ge="-1", le="1")] = None
    a: Annotated[Number, Field("also Var(aX + bY): the factor of X")] = None
    b: Annotated[Number, Field("also Var(aX + bY): the factor of Y")] = None


def _var(name: str, of: str) -> Quantity:
    return Quantity(name, f"variance of {of}", symbol=f"Var({of})", latex=rf"\mathrm{{Var}}({of})")


NOTATION = Notation(
    [
        Quantity("x", "value of X in pair i", "i"),
        Quantity("y", "value of Y in pair i", "i"),
        Quantity("p", "probability of pair i", "i", kind="probability"),
        Quantity("n", "how often pair i came up", "i", kind="integer"),
        Quantity("N", "number of cases", kind="integer"),
        Quantity("E_X", "expectation of X", symbol="E(X)"),
        Quantity("E_Y", "expectation of Y", symbol="E(Y)"),
        Quantity("E_XY", "expectation of the product", symbol="E(XY)"),
        Quantity("E_X2", "expectation of X²", symbol="E(X²)", latex="E(X^2)"),
        Quantity("E_Y2", "expectation of Y²", symbol="E(Y²)", latex="E(Y^2)"),
        _var("Var_X", "X"),
        _var("Var_Y", "Y"),
        Quantity("cov", "covariance", symbol="cov(X, Y)", latex=r"\mathrm{cov}(X, Y)"),
        Quantity("cov_def", "covariance by its definition", symbol="E[(X − μ)(Y − ν)]", latex=r"E[(X-\mu)(Y-\nu)]"),
        Quantity(
            "corr",
            "correlation, from −1 to 1",
            symbol="ρ",
            latex=r"\rho",
            also=("r", "r(X, Y)", "ρ(X, Y)", "corr(X, Y)"),
        ),
        _var("Var_sum", "X + Y"),
        _var("Var_diff", "X − Y"),
        Quantity("a", "factor of X"),
        Quantity("b", "factor of Y"),
        _var("Var_lin", "aX + bY"),
    ],
    {"i": "step"},
)

RULES = rules("""
    N = sum(n[i] for i in pairs)
    p[i] = n[i] / N                                             # relative frequency
    E_X = sum(x[i]*p[i] for i in pairs)
    E_Y = sum(y[i]*p[i] for i in pairs)
    E_XY = sum(x[i]*y[i]*p[i] for i in pairs)                   # the products by the same probabilities
    E_X2 = sum(x[i]**2*p[i] for i in pairs)
    E_Y2 = sum(y[i]**2*p[i] for i in pairs)
    E_X:data = mean(x[i] for i in pairs)                        # every pair is as likely
    E_Y:data = mean(y[i] for i in pairs)
    E_XY:data = mean(x[i]*y[i] for i in pairs)
    E_X2:data = mean(x[i]**2 for i in pairs)
    E_Y2:data = mean(y[i]**2 for i in pairs)
    cov_def:data = mean((x[i] - E_X)*(y[i] - E_Y) for i in pairs)
    Var_X = E_X2 - E_X**2                                       # variance
    Var_Y = E_Y2 - E_Y**2                                       # variance
    cov = E_XY - E_X*E_Y                                        # covariance
    cov:corr = corr*sqrt(Var_X*Var_Y)                           # the definition of ρ, solved
    Var_X:data by variance:
        population = E_X2 - E_X**2                              # variance, divided by N
        sample = N/(N - 1)*(E_X2 - E_X**2)                      # variance, divided by N − 1
    Var_Y:data by variance:
        population = E_Y2 - E_Y**2                              # variance, divided by N
        sample = N/(N - 1)*(E_Y2 - E_Y**2)                      # variance, divided by N − 1
    cov:data by variance:
        population = E_XY - E_X*E_Y                             # covariance, divided by N
        sample = N/(N - 1)*(E_XY - E_X*E_Y)                     # covariance, divided by N − 1
    cov_def = sum((x[i] - E_X)*(y[i] - E_Y)*p[i] for i in pairs)
    corr = cov / sqrt(Var_X*Var_Y)                              # both variances above 0
    Var_sum = Var_X + Var_Y + 2*cov                             # variance of the sum
    Var_diff = Var_X + Var_Y - 2*cov                            # variance of the difference
    Var_lin = a**2*Var_X + b**2*Var_Y + 2*a*b*cov               # variance of aX + bY
""")

SLIPS = (
    DeclaredSlip("product-not-subtracted", rule("cov", "E_XY"), "E(X)·E(Y) was not subtracted"),
    DeclaredSlip("product-not-subtracted-data", rule("cov:data", "E_XY"), "E(X)·E(Y) was not subtracted"),
    DeclaredSlip("sign", rule("cov", "E_X*E_Y - E_XY"), "the difference was taken the other way round"),
    DeclaredSlip("taken-for-independent", rule("E_XY", "E_X*E_Y"),
                 "E(X)·E(Y) was taken for E(XY) without independence"),
    DeclaredSlip("covariance-left-out", rule("Var_sum", "Var_X + Var_Y"),
                 "2·cov was left out"),
    DeclaredSlip("covariance-once", rule("Var_sum", "Var_X + Var_Y + cov"), "the covariance was added once, not twice"),
    DeclaredSlip("variances-subtracted", rule("Var_diff", "Var_X - Var_Y"), "the variances were subtracted, not added"),
    DeclaredSlip("root-left-out", rule("corr", "cov / (Var_X*Var_Y)"),
                 "the variances were taken for standard deviations"),
    DeclaredSlip("factors-not-squared", rule("Var_lin", "a*Var_X + b*Var_Y + 2*a*b*cov"),
                 "the factors a and b were not squared"),
)  # fmt: skip

IDENTITIES = (
    Identity("covariance", "cov(X, Y) = E(XY) − E(X)·E(Y)", """
        cov = sum((x[i] - E_X)*(y[i] - E_Y)*p[i] for i in pairs)                                # definition
            = sum((x[i]*y[i] - E_Y*x[i] - E_X*y[i] + E_X*E_Y)*p[i] for i in pairs)              # worked out
            = E_XY - E_Y*E_X - E_X*E_Y + E_X*E_Y                                                # linear; p sums to 1
            = E_XY - E_X*E_Y                                                                    # collected
    """, """
        p[i] = n[i] / sum(n[j] for j in pairs)
        E_X = sum(x[i]*p[i] for i in pairs)
        E_Y = sum(y[i]*p[i] for i in pairs)
        E_XY = sum(x[i]*y[i]*p[i] for i in pairs)
    """),
    Identity("covariance-variance-sum", "Var(X + Y) = Var(X) + Var(Y) + 2·cov(X, Y)", """
        Var_sum = sum((x[i] + y[i])**2*p[i] for i in pairs) - (E_X + E_Y)**2                    # E(Z²) − [E(Z)]²
                = E_X2 + 2*E_XY + E_Y2 - E_X**2 - 2*E_X*E_Y - E_Y**2                            # worked out
                = (E_X2 - E_X**2) + (E_Y2 - E_Y**2) + 2*(E_XY - E_X*E_Y)                        # sorted
                = Var_X + Var_Y + 2*cov
    """, """
        E_X = sum(x[i]*p[i] for i in pairs)
        E_Y = sum(y[i]*p[i] for i in pairs)
        E_X2 = sum(x[i]**2*p[i] for i in pairs)
        E_Y2 = sum(y[i]**2*p[i] for i in pairs)
        E_XY = sum(x[i]*y[i]*p[i] for i in pairs)
        Var_X = E_X2 - E_X**2
        Var_Y = E_Y2 - E_Y**2
        cov = E_XY - E_X*E_Y
    """),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    known = {name for name in ("Var_X", "Var_Y", "cov", "corr") if getattr(p, name) is not None}
    if known:
        alone = _known(p, t)
    else:
        alone = _from_pairs(p, t, _pairs(p))
    t.section("Sum and difference")
    t.let("Var_sum")
    t.let("Var_diff")
    if p.a is not None or p.b is not None:
        t.given("a", fmpq(1) if p.a is None else p.a, assumed=p.a is None)
        t.given("b", fmpq(1) if p.b is None else p.b, assumed=p.b is None)
        t.let("Var_lin")
        t.answer("Var_lin")
    t.answer(*alone, "Var_sum", "Var_diff")
    t.check("Var(X + Y) + Var(X − Y) = 2·Var(X) + 2·Var(Y)", "Var_sum + Var_diff == 2*Var_X + 2*Var_Y")


def _from_pairs(p: Problem, t: Trace, pairs: Pairs) -> list[str]:
    """Expectations, variances, covariance and correlation of `pairs`. Returns the answers so far."""
    members = range(1, len(pairs.x) + 1)
    t.index_set("pairs", members)
    t.given("x", list(pairs.x))
    t.given("y", list(pairs.y))
    data = ":data" if p.x is not None else ""
    if data:
        t.given("N", len(members))
    else:
        t.given("n" if pairs.counted else "p", list(pairs.masses))
    if pairs.counted and not data:
        t.section("Relative frequencies")
        t.let("N")
        t.through(members, "p[i]")
    t.section("Expectations")
    for target in ("E_X", "E_Y", "E_XY", "E_X2", "E_Y2"):
        t.let(target + data)
    mass: list[str] = [] if data else ["p"]
    t.table("Pairs", ["x", "y", *mass], members, lambda i: [(base, i) for base in ("x", "y", *mass)])
    t.section("Variances and covariance")
    sample = bool(data) and t.convention("variance") == "sample"
    if sample and len(members) == 1:
        raise InputError("$.given.x", "dividing by n − 1 needs two pairs", remedy="use --variance population")
    for target in ("Var_X", "Var_Y", "cov", "cov_def"):
        t.let(target + data)
    t.check("cov by its definition", "cov == N/(N - 1)*cov_def" if sample else "cov == cov_def",
            "times N/(N − 1)" if sample else "")  # fmt: skip
    constant = [name for name, values in (("X", pairs.x), ("Y", pairs.y)) if all(v == values[0] for v in values)]
    t.when("cov == 0", ("X and Y are uncorrelated", "X and Y are correlated"))
    if constant:
        t.remark(f"{' and '.join(constant)} never varies: there is no correlation, which would divide by 0.")
        return ["cov"]
    t.let("corr")
    t.check("−1 ≤ ρ ≤ 1", "corr**2 <= 1")
    return ["cov", "corr"]


def _known(p: Problem, t: Trace) -> list[str]:
    """Variances and a covariance as they are given. Returns the answers so far."""
    if any(getattr(p, name) is not None for name in ("joint", "counts", "x", "y", *FIELDS)):
        raise InputError("$.given", "either the pairs or the variances are given, not both", remedy="leave one out")
    if p.Var_X is None or p.Var_Y is None:
        missing = "Var_X" if p.Var_X is None else "Var_Y"
        raise InputError(f"$.given.{missing}", "is missing", remedy="give Var_X, Var_Y and cov or corr")
    if (p.cov is None) == (p.corr is None):
        raise InputError(
            "$.given.cov", "one of cov and corr is needed", remedy='give "cov": 0 for uncorrelated variables'
        )
    for name in ("Var_X", "Var_Y"):
        t.given(name, getattr(p, name))
    if p.corr is not None:
        t.given("corr", p.corr)
        t.let("cov:corr")
        return ["cov"]
    assert p.cov is not None
    if p.cov**2 > p.Var_X * p.Var_Y:
        raise InputError("$.given.cov", "larger than the variances allow: cov² is at most Var(X)·Var(Y)",
                         found=str(p.cov), remedy="check the three numbers")  # fmt: skip
    t.given("cov", p.cov)
    if p.Var_X * p.Var_Y == 0:
        return []
    t.let("corr")
    return ["corr"]


def _pairs(p: Problem) -> Pairs:
    """How the pairs are stated. Raises `InputError`."""
    ways = [name for name in ("joint", "counts") if getattr(p, name) is not None]
    ways += ["x and y"] if p.x is not None or p.y is not None else []
    ways += ["experiment"] if any(getattr(p, name) is not None for name in FIELDS) else []
    if len(ways) != 1:
        raise InputError("$.given", "one of joint, counts, x with y, and an experiment is needed",
                         found=" and ".join(ways), remedy='give "x": [1, 2, 3], "y": [2, 4, 5]')  # fmt: skip
    if p.joint is not None or p.counts is not None:
        return pairs_of_table(p.joint or p.counts or {}, f"$.given.{ways[0]}", counted=p.joint is None)
    if ways == ["x and y"]:
        return pairs_of_data(p.x, p.y)
    return pairs_of_space(p, p.X, p.Y)


TOPIC = Topic(
    "covariance", "Covariance, correlation and the variance of a sum", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), section 7.4",
    example={"x": [1, 2, 3, 4], "y": [2, 1, 5, 4]},
    aliases=("correlation", "cov", "corr", "variance-of-a-sum", "pearson"),
    conventions={"variance": "population"},
    contrast=("variance",),
    slips=SLIPS,
    identities=IDENTITIES,
    text=__doc__ or "",
)  # fmt: skip
