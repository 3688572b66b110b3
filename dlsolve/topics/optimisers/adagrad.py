"""AdaGrad: each parameter has a learning rate that shrinks.

A parameter that has met large gradients takes shorter steps, a rarely moved one longer ones. The
sum only grows, so the rate falls for ever: the method's limit, which RMSProp lifts.
"""

from __future__ import annotations

from typing import Annotated

from flint import fmpq

from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.descent import Descent, begin, count


class Problem(Descent, forbid_unknown_fields=True, kw_only=True):
    """Gradients, or a typed function to take them from; then AdaGrad's constants."""

    lr: Annotated[fmpq, Field("learning rate η", aliases=("eta", "alpha", "learning_rate"), gt="0")] = fmpq(1, 100)
    eps: Annotated[fmpq, Field("small constant against division by 0", aliases=("epsilon",), ge="0")] = fmpq(1, 10**8)
    r0: Annotated[fmpq, Field("start of the accumulated squares", aliases=("r_0",), ge="0")] = fmpq(0)


NOTATION = Notation(
    [
        Quantity("g", "gradient at step t", "t", shape="as θ"),
        Quantity("r", "sum of the squared gradients up to step t", "t", shape="as θ", given="sum at the start"),
        Quantity("rate", "effective learning rate at step t", "t", shape="as θ", symbol="η", latex=r"\eta"),
        Quantity("theta", "parameter after t steps", "t", shape="as θ", given="parameter at the start", also=("w",)),
        Quantity("lr", "learning rate"),
        Quantity("eps", "small constant against division by 0"),
    ],
    {"t": "step"},
)

RULES = rules("""
    r[t] = r[t-1] + g[t]**2                     # accumulated squares
    rate[t] by eps_place:
        in = lr / sqrt(r[t] + eps)              # effective learning rate
        out = lr / (sqrt(r[t]) + eps)           # effective learning rate
    theta[t] = theta[t-1] - rate[t]*g[t]        # update
""")

SLIPS = (
    DeclaredSlip(
        "schedule", rule("rate[t]", "lr / sqrt(t)"), "the rate was divided by √t, not by the root of the squares met"
    ),
    DeclaredSlip("square-left-out", rule("r[t]", "r[t-1] + g[t]"), "the gradient is not squared"),
    DeclaredSlip("memory-left-out", rule("r[t]", "g[t]**2"), "the earlier squares are left out"),
    DeclaredSlip("root-left-out", rule("rate[t]", "lr / (r[t] + eps)"), "the root is left out"),
    DeclaredSlip("rate-not-adapted", rule("theta[t]", "theta[t-1] - lr*g[t]"), "the rate was not adapted"),
    DeclaredSlip(
        "gradient-left-out", rule("theta[t]", "theta[t-1] - rate[t]"), "the gradient is left out of the update"
    ),
    DeclaredSlip("added", rule("theta[t]", "theta[t-1] + rate[t]*g[t]"), "the step is added instead of subtracted"),
)


def solve(p: Problem, t: Trace) -> None:
    t.given("lr", p.lr)
    t.given("eps", p.eps)
    run = begin(p, t, "theta", means={"r": p.r0})
    run.walk(t, "r[t]", "rate[t]", "theta[t]")
    run.table(t, "g", "r", "rate", "theta")
    run.sums(
        t,
        ("r unrolled: r₀ + Σ g²", "r[T] == r[0] + sum(g[k]**2 for k in run)"),
        ("θ is its start less all steps", "theta[T] == theta[0] - sum(rate[k]*g[k] for k in run)"),
    )
    t.answer(("theta", run.steps))


TOPIC = Topic(
    "adagrad",
    "AdaGrad",
    "Optimisers",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Duchi, Hazan & Singer (2011), diagonal form",
    example={"g": [0.2, 0.4, 0.1], "lr": 0.1},
    conventions={"eps_place": "in"},
    slips=SLIPS,
    columns={"adagrad": {}},
    steps=count,
)
