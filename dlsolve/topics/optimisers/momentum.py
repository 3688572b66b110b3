"""Momentum: the step remembers the steps before it.

The velocity v is a decaying sum of the gradients. The field writes it in four ways: v = βv + ηg with
w = w − v; v = βv − ηg with w = w + v; v = βv + g with w = w − ηv (PyTorch); and the running mean
v = βv + (1 − β)g. With a constant η the first three give the same w. Nesterov's form takes the
gradient where the velocity is about to lead; with gradients given, in PyTorch's way, g + βv.
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
    """Gradients, or a typed function to take them from; then η and β."""

    lr: Annotated[fmpq, Field("learning rate η", aliases=("eta", "alpha", "learning_rate"), gt="0")]
    beta: Annotated[fmpq, Field("momentum coefficient β", aliases=("momentum", "mu"), ge="0", lt="1")] = fmpq(9, 10)
    nesterov: Annotated[bool, Field("Nesterov's form")] = False


NOTATION = Notation(
    [
        Quantity("g", "gradient at step t", "t", shape="as w"),
        Quantity("v", "velocity after step t", "t", shape="as w", given="velocity at the start"),
        Quantity("w", "parameter after t steps", "t", shape="as w", given="parameter at the start", also=("theta",)),
        Quantity("ahead", "where the velocity is about to lead", "t", shape="as w", symbol="w̃", latex=r"\tilde{w}"),
        Quantity("Delta", "the step taken", "t", shape="as w", also=("Delta_w", "Delta_theta")),
        Quantity("lr", "learning rate"),
        Quantity("beta", "momentum coefficient"),
    ],
    {"t": "step"},
)

RULES = rules("""
    v[t] by momentum:
        plus = beta*v[t-1] + lr*g[t]                # velocity
        minus = beta*v[t-1] - lr*g[t]               # velocity
        pytorch = beta*v[t-1] + g[t]                # velocity
        ema = beta*v[t-1] + (1 - beta)*g[t]         # velocity, a running mean
    w[t] by momentum:
        plus = w[t-1] - v[t]                        # update
        minus = w[t-1] + v[t]                       # update
        pytorch = w[t-1] - lr*v[t]                  # update
        ema = w[t-1] - lr*v[t]                      # update
    ahead[t] by momentum:
        plus = w[t-1] - beta*v[t-1]                 # look ahead
        minus = w[t-1] + beta*v[t-1]                # look ahead
        pytorch = w[t-1] - lr*beta*v[t-1]           # look ahead
        ema = w[t-1] - lr*beta*v[t-1]               # look ahead
    Delta[t] by momentum:
        plus = lr*g[t] + beta*v[t]                  # Nesterov step
        minus = lr*g[t] - beta*v[t]                 # Nesterov step
        pytorch = lr*(g[t] + beta*v[t])             # Nesterov step
        ema = lr*((1 - beta)*g[t] + beta*v[t])      # Nesterov step
    w[t]:nesterov = w[t-1] - Delta[t]               # update
""")

SLIPS = (
    DeclaredSlip("beta-left-out", rule("v[t]", "v[t-1] + lr*g[t]"), "β is left out"),
    DeclaredSlip("memory-left-out", rule("v[t]", "lr*g[t]"), "the previous velocity is left out"),
    DeclaredSlip("lr-left-out", rule("v[t]", "beta*v[t-1] + g[t]"), "η is left out of the velocity"),
    DeclaredSlip("beta-swapped", rule("v[t]", "(1 - beta)*v[t-1] + beta*g[t]"), "β and 1 − β are swapped"),
    DeclaredSlip("weight-for-velocity", rule("v[t]", "beta*w[t-1] + lr*g[t]"), "the weight was used for the velocity"),
    DeclaredSlip("added", rule("w[t]", "w[t-1] + v[t]"), "the velocity is added instead of subtracted"),
    DeclaredSlip("gradient-step", rule("w[t]", "w[t-1] - lr*g[t]"), "the plain gradient step is taken"),
    DeclaredSlip("from-start", rule("w[t]", "w[0] - v[t]"), "the update was started again from the first weight"),
)  # fmt: skip

IDENTITIES = (
    Identity(
        "momentum-formula",
        "The step, where v has its sign, and what it settles at if the gradient stays the same",
        """
        v = beta*v - lr*g                           # the next step is the same
          = -lr*g / (1 - beta)                      # solved for v: a long-run gain of 1/(1 − β)
          = -lr*g * (1 + beta/(1 - beta))           # one plain step, and what is remembered
        """,
        "v = -lr*g / (1 - beta)",
    ),
)

GAIN = {"plus": "lr", "minus": "-lr", "pytorch": "1", "ema": "(1 - beta)"}
"""By form: what each gradient in v is multiplied by."""
TAKEN = {"plus": "-", "minus": "+", "pytorch": "- lr*", "ema": "- lr*"}
"""By form: how v is taken from w."""


def solve(p: Problem, t: Trace) -> None:
    t.given("lr", p.lr)
    t.given("beta", p.beta)
    ahead = p.nesterov and p.f is not None
    run = begin(p, t, "w", means={"v": fmpq(0)}, at="ahead" if ahead else None)
    form = t.convention("momentum")
    update = ("Delta[t]", "w[t]:nesterov") if p.nesterov and not ahead else ("w[t]",)
    run.walk(t, "v[t]", *update, first=("ahead[t]",) if ahead else ())
    run.table(t, "g", "v", "w")
    gradients = f"v[T] == {GAIN[form]}*sum(beta**(T - k)*g[k] for k in run)"
    steps = f"w[T] == w[0] {TAKEN[form]}sum(v[k] for k in run)"
    run.sums(
        t,
        ("v unrolled: a sum of gradients, each worth β times the next", gradients),
        *([("w is its start and all steps together", steps)] if not p.nesterov or ahead else []),
    )
    t.answer(*(("w", k) for k in range(1, run.steps + 1)) if run.steps <= 5 else (("w", run.steps),))


TOPIC = Topic(
    "momentum",
    "Momentum, in its four forms, and Nesterov's",
    "Optimisers",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Polyak (1964); Sutskever, Martens, Dahl & Hinton (2013), eqs. 1-4",
    example={"g": [0.5, 0.4, -0.2], "lr": 0.1, "beta": 0.9, "start": 0},
    aliases=("nesterov", "heavy-ball", "sgd-momentum", "nag"),
    conventions={"momentum": "plus"},
    slips=SLIPS,
    identities=IDENTITIES,
    columns={"momentum": {}, "nesterov": {"nesterov": True}},
    steps=count,
)
