"""RMSProp: AdaGrad with a memory that fades.

A running mean of the squared gradients takes the place of their sum. With β = 0 only the last
gradient counts; with β near 1 the memory is long.
"""

from __future__ import annotations

from typing import Annotated

from flint import fmpq

from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.identities import Identity
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.descent import Descent, begin, count


class Problem(Descent, forbid_unknown_fields=True, kw_only=True):
    """Gradients, or a typed function to take them from; then RMSProp's constants."""

    lr: Annotated[fmpq, Field("learning rate η", aliases=("eta", "learning_rate"), gt="0")] = fmpq(1, 100)
    beta: Annotated[fmpq, Field("decay of the running mean β", aliases=("alpha", "rho", "decay"), ge="0", le="1")] = (
        fmpq(9, 10)
    )
    eps: Annotated[fmpq, Field("small constant against division by 0", aliases=("epsilon",), ge="0")] = fmpq(1, 10**8)


NOTATION = Notation(
    [
        Quantity("g", "gradient at step t", "t", shape="as θ"),
        Quantity(
            "r", "running mean of the squared gradients", "t", shape="as θ", given="mean at the start", also=("v", "s")
        ),
        Quantity("Delta", "the step taken", "t", shape="as θ", also=("Delta_theta", "Delta_w")),
        Quantity("theta", "parameter after t steps", "t", shape="as θ", given="parameter at the start", also=("w",)),
        Quantity("T", "number of steps", kind="integer"),
        Quantity("lr", "learning rate"),
        Quantity("beta", "decay of the running mean"),
        Quantity("eps", "small constant against division by 0"),
    ],
    {"t": "step"},
)

RULES = rules("""
    r[t] = beta*r[t-1] + (1 - beta)*g[t]**2         # running mean of the squares
    Delta[t] by eps_place:
        out = lr*g[t] / (sqrt(r[t]) + eps)          # step
        in = lr*g[t] / sqrt(r[t] + eps)             # step
    theta[t] = theta[t-1] - Delta[t]                # update
""")

SLIPS = (
    DeclaredSlip("square-left-out", rule("r[t]", "beta*r[t-1] + (1 - beta)*g[t]"), "the gradient is not squared"),
    DeclaredSlip("beta-swapped", rule("r[t]", "(1 - beta)*r[t-1] + beta*g[t]**2"), "β and 1 − β are swapped"),
    DeclaredSlip("summed", rule("r[t]", "r[t-1] + g[t]**2"), "the squares were summed without decay, as in AdaGrad"),
    DeclaredSlip("factor-left-out", rule("r[t]", "beta*r[t-1] + g[t]**2"), "the factor 1 − β is left out"),
    DeclaredSlip("root-left-out", rule("Delta[t]", "lr*g[t] / (r[t] + eps)"), "the root is left out"),
    DeclaredSlip("added", rule("theta[t]", "theta[t-1] + Delta[t]"), "the step is added instead of subtracted"),
)

IDENTITIES = (
    Identity(
        "rmsprop-formula",
        "The weights of the squares in r add up to 1 − βᵀ: too little at first, as r starts at 0",
        """
        sum((1 - beta)*beta**(T - k) for k in run) = (1 - beta)*sum(beta**(T - k) for k in run)  # the weights of g_k²
                                                   = (1 - beta)*(1 - beta**T)/(1 - beta)         # geometric series
                                                   = 1 - beta**T                                 # which Adam divides by
        """,
        "T = sum(1 for k in run)",
    ),
)


def solve(p: Problem, t: Trace) -> None:
    for name in ("lr", "beta", "eps"):
        t.given(name, getattr(p, name))
    run = begin(p, t, "theta", means={"r": fmpq(0)})
    run.walk(t, "r[t]", "Delta[t]", "theta[t]")
    run.table(t, "g", "r", "Delta", "theta")
    run.sums(
        t,
        ("r unrolled: (1 − β) Σ β^(T−k) g_k²", "r[T] == (1 - beta)*sum(beta**(T - k)*g[k]**2 for k in run)"),
        ("θ is its start less all steps", "theta[T] == theta[0] - sum(Delta[k] for k in run)"),
    )
    t.answer(("theta", run.steps))


TOPIC = Topic(
    "rmsprop",
    "RMSProp",
    "Optimisers",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Tieleman & Hinton (2012), lecture 6.5",
    example={"g": [0.3, 0.2, 0.1], "lr": 0.01, "beta": 0.9},
    conventions={"eps_place": "out"},
    slips=SLIPS,
    identities=IDENTITIES,
    columns={"rmsprop": {}},
    steps=count,
)
