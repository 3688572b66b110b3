"""Random variable: mass, distribution, expectation, variance.

A random variable X gives every outcome a number: the heads of three coins, the sum of two dice. Its
mass function f(x) = P(X = x) collects the outcomes with the same number, and its distribution function
adds up from the left: F(x) = P(X ≤ x) = Σ f(u) over all u ≤ x. (A density, f of a continuous X, is
something else: there P(X = x) is 0, and areas under f are probabilities.)

    E(X) = Σ x·f(x)        Var(X) = E[(X − μ)²] = E(X²) − [E(X)]²,  μ = E(X)

The expectation is a mean weighted by f; it is the plain average (x₁ + … + xₙ)/n only where all values
are equally likely, as in a list of data. A function g of X has E(g(X)) = Σ g(x)·f(x); from that,
E(c) = c, E(cX) = c·E(X) and E(X + Y) = E(X) + E(Y), independent or not.

State X by its values and probabilities, by weights that are proportional to them, by data, or by an
experiment and what is counted: "3 coins" and "heads".
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.experiments import FIELDS, quantity, space_of
from dlsolve.fields import Expression, Field
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.tree import At, Name
from dlsolve.functions_of import placed, variables
from dlsolve.identities import Identity
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.probability.chances import CHANCE, let_masses
from dlsolve.worked.probability.stated import Experiment
from dlsolve.worked.probability.values import Law, label, law_of_space, law_of_values, text

SHOWN = 36
"""Values of X are written outcome by outcome up to so many outcomes."""


class Problem(Experiment, forbid_unknown_fields=True, kw_only=True):
    p: Annotated[
        dict[str, fmpq] | list[fmpq] | None,
        Field("P(X = x) by value of X, or a list beside x; one may be left out", ("pmf", "f"), ge="0", le="1"),
    ] = None
    x: Annotated[list[fmpq] | None, Field("the values of X, beside a list p or weights", ("values",))] = None
    weights: Annotated[
        dict[str, fmpq] | list[fmpq] | None, Field("what the probabilities are proportional to: k·w sums to 1", ge="0")
    ] = None
    data: Annotated[list[fmpq] | None, Field("observed values, each as likely as any other")] = None
    X: Annotated[str | None, Field('what X counts of an outcome: "heads", "sum", "max - min"')] = None
    Y: Annotated[str | None, Field("a second number of each outcome, listed beside X")] = None
    g: Annotated[Expression | None, Field("a function of X, such as 2*x + 1 or x^2")] = None
    low: Annotated[fmpq | None, Field("also P(low ≤ X ≤ high): the lower end", ("a",))] = None
    high: Annotated[fmpq | None, Field("also P(low ≤ X ≤ high): the upper end", ("b",))] = None


NOTATION = Notation(
    [
        Quantity("X", "value of X on outcome o", "o", template="X({o})"),
        Quantity("Y", "value of Y on outcome o", "o", template="Y({o})"),
        Quantity("x", "value of X", "v", template="x{at}"),
        CHANCE,
        Quantity("n", "outcomes, or cases, with X = x", "v", kind="integer", template="n({v})"),
        Quantity("N", "all outcomes, or cases", kind="integer"),
        Quantity("w", "weight of x", "v", template="w({v})"),
        Quantity("k", "constant that makes the probabilities sum to 1"),
        Quantity("f", "mass function: P(X = x)", "v", kind="probability", template="f({v})"),
        Quantity("F", "distribution function: P(X ≤ x)", "v", kind="probability", template="F({v})"),
        Quantity("E_X", "expectation of X, also μ", symbol="E(X)", also=("μ", "mean", "expected value")),
        Quantity("E_X2", "expectation of X²", symbol="E(X²)", latex="E(X^2)"),
        Quantity("Var_def", "variance by its definition", symbol="E[(X − μ)²]", latex=r"E[(X-\mu)^2]"),
        Quantity("Var_X", "variance of X", symbol="Var(X)", latex=r"\mathrm{Var}(X)", also=("σ²",)),
        Quantity("sigma_X", "standard deviation of X", symbol="σ(X)", latex=r"\sigma(X)"),
        Quantity("s2", "sample variance, divided by N − 1", symbol="s²", latex="s^2"),
        Quantity("s", "sample standard deviation"),
        Quantity("g", "value of the function g", "v", template="g({v})"),
        Quantity("E_g", "expectation of g(X)", symbol="E(g(X))"),
        Quantity("E_g2", "expectation of g(X)²", symbol="E(g(X)²)", latex="E(g(X)^2)"),
        Quantity("Var_g", "variance of g(X)", symbol="Var(g(X))", latex=r"\mathrm{Var}(g(X))"),
        Quantity("P_between", "P(low ≤ X ≤ high)", kind="probability", symbol="P(low ≤ X ≤ high)",
                 latex=r"P(\mathrm{low} \le X \le \mathrm{high})"),
        Quantity("low", "lower end"),
        Quantity("high", "upper end"),
        Quantity("c", "a constant"),
        Quantity("E_c", "expectation of a constant", symbol="E(c)"),
        Quantity("E_cX", "expectation of c·X", symbol="E(cX)"),
        Quantity("E_Y", "expectation of Y", symbol="E(Y)"),
        Quantity("E_sum", "expectation of X + Y", symbol="E(X + Y)"),
        Quantity("mu", "E(X)"),
        Quantity("P", "probability of outcome o", "o", kind="probability", template="P({o})"),
    ],
    {"v": "label", "o": "label", "f": "label"},
    {"v": {"v": {"v": "x", "at": ""}, "u": {"v": "u", "at": "(u)"}}},
)  # fmt: skip

RULES = rules("""
    N = sum(n[v] for v in values)
    k = 1 / sum(w[v] for v in values)                       # the probabilities sum to 1
    f[v]:counts = n[v] / N                                  # equally likely outcomes
    f[v]:weights = k*w[v]
    f[v]:rest = 1 - sum(f[u] for u in others)               # the probabilities sum to 1
    F[v]:first = f[v]                                       # nothing lies further left
    F[v]:next at u = F[u] + f[v]                            # added up from the left
    E_X = sum(x[v]*f[v] for v in values)                    # expectation: each value by its probability
    E_X2 = sum(x[v]**2*f[v] for v in values)                # the squares by the same probabilities
    Var_X = E_X2 - E_X**2                                   # variance
    Var_def = sum((x[v] - E_X)**2*f[v] for v in values)     # variance by its definition, μ = E(X)
    sigma_X = sqrt(Var_X)                                   # standard deviation
    s2 = N/(N - 1)*Var_X                                    # sample variance: divided by N − 1
    s = sqrt(s2)
    E_g = sum(g[v]*f[v] for v in values)                    # each g(x) by the probability of x
    E_g2 = sum(g[v]**2*f[v] for v in values)
    Var_g = E_g2 - E_g**2
    P_between = sum(f[v] for v in within)                   # the values from low to high
""")

SLIPS = (
    DeclaredSlip("plain-average", rule("E_X", "mean(x[v] for v in values)"),
                 "the values were averaged plainly, not weighted by their probabilities"),
    DeclaredSlip("sum-of-values", rule("E_X", "sum(x[v] for v in values)"), "the probabilities were left out"),
    DeclaredSlip("divided-again", rule("E_X", "mean(x[v]*f[v] for v in values)"),
                 "the sum was divided by the number of values, though f is the weight already"),
    DeclaredSlip("squared-mean", rule("E_X2", "E_X**2"), "[E(X)]² was taken for E(X²)"),
    DeclaredSlip("squared-products", rule("E_X2", "sum((x[v]*f[v])**2 for v in values)"),
                 "the probability was squared with the value"),
    DeclaredSlip("not-subtracted", rule("Var_X", "E_X2"), "[E(X)]² was not subtracted"),
    DeclaredSlip("mean-not-squared", rule("Var_X", "E_X2 - E_X"), "E(X) was subtracted without its square"),
    DeclaredSlip("wrong-sign", rule("Var_X", "E_X**2 - E_X2"), "the difference was taken the other way round"),
    DeclaredSlip("variance-for-deviation", rule("sigma_X", "Var_X"), "the root was left out"),
    DeclaredSlip("own-mass-only", rule("F[v]:next at u", "f[v]"), "one mass was taken for F, not all to the left"),
)  # fmt: skip

IDENTITIES = (
    Identity("expectation-properties-constant", "E(c) = c", """
        E_c = sum(c*f[v] for v in values)               # definition
            = c*sum(f[v] for v in values)               # c stands in every term
            = c                                         # the probabilities sum to 1
    """, "f[v] = n[v] / sum(n[u] for u in values)  # any probabilities"),
    Identity("expectation-properties-factor", "E(cX) = c·E(X)", """
        E_cX = sum(c*x[v]*f[v] for v in values)         # definition
             = c*sum(x[v]*f[v] for v in values)         # c stands in every term
             = c*E_X
    """, "E_X = sum(x[v]*f[v] for v in values)  # definition"),
    Identity("expectation-properties-sum", "E(X + Y) = E(X) + E(Y), independent or not", """
        E_sum = sum((X[o] + Y[o])*P[o] for o in outcomes)                               # over the outcomes
              = sum(X[o]*P[o] for o in outcomes) + sum(Y[o]*P[o] for o in outcomes)     # term by term
              = E_X + E_Y
    """, """
        E_X = sum(X[o]*P[o] for o in outcomes)
        E_Y = sum(Y[o]*P[o] for o in outcomes)
    """),
    Identity("variance-identity", "Var(X) = E(X²) − [E(X)]²", """
        Var_X = sum((x[v] - mu)**2*f[v] for v in values)                                # definition, μ = E(X)
              = sum((x[v]**2 - 2*mu*x[v] + mu**2)*f[v] for v in values)                 # square worked out
              = E_X2 - 2*mu*E_X + mu**2                                                 # linear; f sums to 1
              = E_X2 - 2*mu**2 + mu**2                                                  # E(X) = μ
              = E_X2 - E_X**2                                                           # collected
    """, """
        f[v] = n[v] / sum(n[u] for u in values)
        E_X = sum(x[v]*f[v] for v in values)
        E_X2 = sum(x[v]**2*f[v] for v in values)
        mu = E_X
    """),
)  # fmt: skip


MASSES = {"n": "f[v]:counts", "w": "f[v]:weights", "f": "f[v]:rest"}
"""The rule for the probabilities that are not given, by what is."""


def solve(p: Problem, t: Trace) -> None:
    law = _law(p, t)
    names = [label(v) for v in law.values]
    t.index_set("values", names)
    for name, v in zip(names, law.values, strict=True):
        shown = text(v).replace("-", "−")
        t.phrase("v", name, v=shown, at=f"({shown})")
        t.given("x", v, name)
    if law.way in ("n", "w"):
        for name, one in zip(names, law.masses, strict=True):
            t.given(law.way, one, name)
    t.section("Mass function")
    if law.way == "n":
        t.let("N")
    elif law.way == "w":
        t.let("k")
    rest = [name for name, one in zip(names, law.masses, strict=True) if one is None]
    t.index_set("others", [name for name in names if name not in rest])
    for name, one in zip(names, law.masses, strict=True):
        if law.way == "f" and one is not None:
            t.given("f", one, name)
    if law.way == "chance":
        space = space_of(p)
        let_masses(t, space, quantity(p.X or "", space, "$.given.X"), dict(zip(names, law.values, strict=True)))
    if law.way in MASSES:
        t.through(rest if law.way == "f" else names, MASSES[law.way])
    t.section("Distribution function")
    t.let("F[v]:first", names[0])
    for before, name in pairwise(names):
        t.let("F[v]:next at u", name, before)
    t.table("Mass and distribution function", ["x", "f(x)", "F(x)"], [[("x", n), ("f", n), ("F", n)] for n in names])
    t.section("Expectation and variance")
    for target in ("E_X", "E_X2", "Var_X", "sigma_X", "Var_def"):
        t.let(target)
    t.answer("E_X", "Var_X", "sigma_X")
    t.check("the masses sum to 1", "sum(f[v] for v in values) == 1")
    t.check("both ways to the variance agree", "Var_X == Var_def")
    if p.data is not None and t.convention("variance") == "sample":
        if len(p.data) == 1:
            raise InputError("$.given.data", "a sample variance needs two values", remedy="use --variance population")
        t.let("s2")
        t.let("s")
        t.answer("s2", "s")
    if p.g is not None:
        _function(p.g, t, names)
    _between(p, t, law, names)


def _law(p: Problem, t: Trace) -> Law:
    """How X is stated. Raises `InputError`."""
    stated = [name for name in ("p", "weights", "data") if getattr(p, name) is not None]
    stated += ["experiment"] if any(getattr(p, name) is not None for name in FIELDS) else []
    if len(stated) != 1:
        ways, such = "X is stated by one of p, weights, data and an experiment", '"experiment": "3 coins", "X": "heads"'
        raise InputError("$.given", ways, found=" and ".join(stated), remedy=f"give {such}")
    if stated != ["experiment"]:
        for name in ("X", "Y"):
            if getattr(p, name) is not None:
                raise InputError(f"$.given.{name}", "counts the outcomes of an experiment", remedy="give experiment")
        return law_of_values(p.p, p.weights, p.data, p.x)
    space = space_of(p)
    if p.x is not None:
        raise InputError("$.given.x", "the values follow from the experiment", remedy="leave x out")
    if p.X is None:
        raise InputError("$.given.X", "what does X count?", remedy='give "X": "heads", "sum" or such')
    said = {base: words for base in ("X", "Y") if (words := getattr(p, base)) is not None}
    counts = {base: quantity(words, space, f"$.given.{base}") for base, words in said.items()}
    if len(space.outcomes) <= SHOWN:
        for base, count in counts.items():
            t.section(f"{base}: {getattr(p, base)}, outcome by outcome")
            for o in space.outcomes:
                t.phrase("o", o.label, o=o.label.strip("()"))
                t.operation("counted", None, t.number(count(o)), key=(base, o.label))
    return law_of_space(space, counts["X"])


def _function(g: Expression, t: Trace, names: list[str]) -> None:
    """g(X): its values, expectation and variance."""
    by = variables(g.tree)
    if len(by) > 1 or (by and by[0] not in ("x", "X")):
        raise InputError("$.given.g", "a function of x alone is needed", found=repr(g.text), remedy="write 2*x + 1")
    t.section(f"g(X) = {g.text}")
    values = rule("g[v]", placed(g.tree, lambda _: At("x", (Name("v"),))), "g at x")
    t.through(names, values)
    for target in ("E_g", "E_g2", "Var_g"):
        t.let(target)
    t.answer("E_g", "Var_g")


def _between(p: Problem, t: Trace, law: Law, names: list[str]) -> None:
    if p.low is None and p.high is None:
        return
    for name in ("low", "high"):
        if getattr(p, name) is not None:
            t.given(name, getattr(p, name))
    inside = [name for name, v in zip(names, law.values, strict=True)
              if (p.low is None or v >= p.low) and (p.high is None or v <= p.high)]  # fmt: skip
    t.section("Between the ends")
    t.index_set("within", inside)
    if inside:
        t.let("P_between")
    else:
        t.operation("no value of X lies there", None, t.number(0), key="P_between")
    t.answer("P_between")


TOPIC = Topic(
    "random-variable", "Discrete random variables", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), sections 4.2 to 4.5",
    example={"experiment": "3 coins", "X": "heads"},
    aliases=("expectation", "variance", "mean", "pmf", "expected-value", "discrete", "cdf", "standard-deviation"),
    conventions={"variance": "population"},
    contrast=("variance",),
    slips=SLIPS,
    identities=IDENTITIES,
    text=__doc__ or "",
)  # fmt: skip
