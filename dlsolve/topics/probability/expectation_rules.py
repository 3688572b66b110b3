"""Rules of expectation and variance.

What is known of X and Y gives what is wanted of aX + bY + c, without their distributions:

    E(aX + bY + c) = a·E(X) + b·E(Y) + c,              independent or not,
    Var(aX + bY + c) = a²·Var(X) + b²·Var(Y) + 2ab·cov(X, Y),

where a constant shifts and does not spread, and cov(X, Y) = 0 for independent ones. A variance and a
mean give the mean square, E(X²) = Var(X) + E(X)², and the other way round; cov(X, Y) = E(XY) − E(X)·E(Y).
Give what is known, in any combination; what follows is worked out.
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
from dlsolve.worked.deduce import conflicts, follow_up
from dlsolve.worked.probability.values import text

Known = fmpq | None


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    E_X: Annotated[Known, Field("E(X)", ("EX", "mean_X", "mu_X", "mu"))] = None
    Var_X: Annotated[Known, Field("Var(X)", ("VarX", "var_X"), ge="0")] = None
    E_X2: Annotated[Known, Field("E(X²)", ("EX2",), ge="0")] = None
    E_Y: Annotated[Known, Field("E(Y)", ("EY", "mean_Y", "mu_Y"))] = None
    Var_Y: Annotated[Known, Field("Var(Y)", ("VarY", "var_Y"), ge="0")] = None
    E_Y2: Annotated[Known, Field("E(Y²)", ("EY2",), ge="0")] = None
    cov: Annotated[Known, Field("cov(X, Y)")] = None
    E_XY: Annotated[Known, Field("E(XY)", ("EXY",))] = None
    independent: Annotated[bool, Field("whether X and Y are independent (then their covariance is 0)")] = False
    a: Annotated[fmpq, Field("factor of X in aX + bY + c")] = fmpq(1)
    b: Annotated[fmpq, Field("factor of Y in aX + bY + c")] = fmpq(1)
    c: Annotated[fmpq, Field("constant in aX + bY + c")] = fmpq(0)


def _moment(name: str, symbol: str, meaning: str) -> Quantity:
    latex = symbol.replace("²", "^2").replace("Var", r"\mathrm{Var}")
    return Quantity(name, meaning, symbol=symbol, latex=latex)


NOTATION = Notation(
    [
        _moment("E_X", "E(X)", "expectation of X"),
        _moment("Var_X", "Var(X)", "variance of X"),
        _moment("E_X2", "E(X²)", "expectation of X²"),
        _moment("E_Y", "E(Y)", "expectation of Y"),
        _moment("Var_Y", "Var(Y)", "variance of Y"),
        _moment("E_Y2", "E(Y²)", "expectation of Y²"),
        _moment("cov", "cov(X, Y)", "covariance of X and Y"),
        _moment("E_XY", "E(XY)", "expectation of the product"),
        Quantity("a", "factor of X"),
        Quantity("b", "factor of Y"),
        Quantity("c", "constant"),
        _moment("E_Z", "E(Z)", "expectation of Z, the sum asked for"),
        _moment("Var_Z", "Var(Z)", "variance of Z, the sum asked for"),
        _moment("sigma_Z", "σ(Z)", "standard deviation of Z"),
        _moment("E_Z2", "E(Z²)", "expectation of Z²"),
    ]
)

RULES = rules("""
    E_X2 = Var_X + E_X**2                               # Var(X) = E(X²) − E(X)², solved for E(X²)
    Var_X = E_X2 - E_X**2                               # mean of the square less square of the mean
    E_Y2 = Var_Y + E_Y**2                               # Var(Y) = E(Y²) − E(Y)², solved for E(Y²)
    Var_Y = E_Y2 - E_Y**2                               # mean of the square less square of the mean
    cov:independent = 0                                 # independent
    cov = E_XY - E_X*E_Y                                # definition
    E_XY = cov + E_X*E_Y                                # definition, solved for E(XY)
    E_Z:one = a*E_X + c                                 # linear
    Var_Z:one = a**2*Var_X                              # the factor is squared, a constant does not spread
    E_Z:two = a*E_X + b*E_Y + c                         # linear, independent or not
    Var_Z:two = a**2*Var_X + b**2*Var_Y + 2*a*b*cov     # both spreads, and what they have in common
    E_Z2 = Var_Z + E_Z**2                               # Var(Z) = E(Z²) − E(Z)², solved for E(Z²)
    sigma_Z = sqrt(Var_Z)                               # standard deviation
""")

SLIPS = (
    DeclaredSlip("factor-not-squared", rule("Var_Z:one", "a*Var_X"), "the factor was not squared in the variance"),
    DeclaredSlip("constant-spreads", rule("Var_Z:one", "a**2*Var_X + c"), "the constant was added to the variance"),
    DeclaredSlip("constant-left-out", rule("E_Z:one", "a*E_X"), "the constant was left out of the expectation"),
    DeclaredSlip("factors-not-squared", rule("Var_Z:two", "a*Var_X + b*Var_Y + 2*a*b*cov"),
                 "the factors were not squared in the variance"),
    DeclaredSlip("covariance-left-out", rule("Var_Z:two", "a**2*Var_X + b**2*Var_Y"),
                 "2ab·cov(X, Y) was left out, though X and Y are not independent"),
    DeclaredSlip("variances-subtracted", rule("Var_Z:two", "a**2*Var_X - b**2*Var_Y + 2*a*b*cov"),
                 "the variance of the second part was subtracted, not added"),
    DeclaredSlip("square-of-mean", rule("E_X2", "E_X**2"), "E(X)² was taken for E(X²)"),
)  # fmt: skip

GIVEN = ("E_X", "Var_X", "E_X2", "E_Y", "Var_Y", "E_Y2", "cov", "E_XY")


def solve(p: Problem, t: Trace) -> None:
    known = {name: v for name in GIVEN if (v := getattr(p, name)) is not None}
    if not known:
        raise InputError("$.given", "nothing is known of X", remedy='give some: "E_X": 3, "Var_X": 4, "a": 2')
    two = any("Y" in name or name == "cov" for name in known)
    shut = {"sigma_Z", *(("E_Z:one", "Var_Z:one") if two else ("E_Z:two", "Var_Z:two"))}
    shut |= set() if p.independent else {"cov:independent"}
    numbers = {"a": p.a, "b": p.b, "c": p.c} if two else {"a": p.a, "c": p.c}
    order, every = follow_up(RULES, known | numbers, shut)
    for found in conflicts(RULES, every, shut):
        raise InputError(f"$.given.{found.rule.base}", f"the others give {text(found.value)}", found=text(found.known),
                         remedy="change or leave out one of them")  # fmt: skip
    for name in ("Var_X", "Var_Y", "Var_Z"):
        if every.get(name, 0) < 0:
            raise InputError("$.given", f"{t.symbols.unicode(name)} would be {text(every[name])}",
                             remedy="a variance is never below 0: change one of the numbers")  # fmt: skip
    if "cov" in every and {"Var_X", "Var_Y"} <= set(every) and every["cov"] ** 2 > every["Var_X"] * every["Var_Y"]:
        raise InputError("$.given.cov", "cov² is at most Var(X)·Var(Y)", found=text(every["cov"]), remedy="change one")
    for name, value in (known | numbers).items():
        t.given(name, value)
    t.note("Z = aX + bY + c" if two else "Z = aX + c")
    if p.independent:
        t.note("X and Y are independent.")
    for target in order:
        t.let(target)
    if "Var_Z" in every:
        t.let("sigma_Z")
    derived = [target.partition(":")[0] for target in order]
    wanted = [name for name in ("E_Z", "Var_Z", "sigma_Z") if name in t.env]
    t.answer(*wanted, *(name for name in derived if name not in wanted))
    if two and "Var_Z" not in every:
        missing = ", ".join(t.symbols.unicode(n) for n in ("Var_X", "Var_Y", "cov") if n not in every)
        t.remark(f"Var(Z) does not follow: {missing} is not known.")
    if not derived:
        raise InputError("$.given", "nothing follows from this alone", remedy="give E_X or Var_X")


TOPIC = Topic(
    "expectation-rules", "Rules of expectation and variance", "Probability", Problem, solve, NOTATION, RULES,
    "S. M. Ross, A First Course in Probability, 9th ed. (2014), sections 4.5, 7.2 and 7.4",
    example={"E_X": 3, "Var_X": 4, "a": 2, "c": 1},
    aliases=("variance-rules", "linear-combination", "linearity", "expectation-rule"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
