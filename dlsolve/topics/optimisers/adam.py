"""Adam: running means of the gradient and of its square.

m and v start at 0 and are too small at first, by 1 − βᵗ; dividing by that corrects them. The step
m̂/√v̂ is then about 1 in size whatever the scale of the gradient, and η sets its length. All
operations act entry by entry where θ is a vector. AdamW lets the weights decay beside that step,
θ − ηλθ, where an L2 penalty would pass through the moments.
"""

from __future__ import annotations

from typing import Annotated

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Params
from dlsolve.formula.rules import Rule, rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.descent import Descent, begin, count


class Problem(Descent, forbid_unknown_fields=True, kw_only=True):
    """Gradients, or a typed function to take them from; then Adam's constants."""

    lr: Annotated[fmpq, Field("learning rate η", aliases=("eta", "alpha", "learning_rate"), gt="0")] = fmpq(1, 1000)
    beta1: Annotated[fmpq, Field("decay of the first moment", ge="0", lt="1")] = fmpq(9, 10)
    beta2: Annotated[fmpq, Field("decay of the second moment", ge="0", lt="1")] = fmpq(999, 1000)
    eps: Annotated[fmpq, Field("small constant against division by 0", aliases=("epsilon",), ge="0")] = fmpq(1, 10**8)
    done: Annotated[int, Field("steps taken before: the next one is done + 1", aliases=("t0", "t_0"), ge="0")] = 0
    m0: Annotated[Params | None, Field("first moment after those steps", aliases=("m_0", "m_prev"))] = None
    v0: Annotated[Params | None, Field("second moment after those steps", aliases=("v_0", "v_prev"), ge="0")] = None
    m: Annotated[Params | None, Field("in place of gradients: the first moment to correct, with t")] = None
    v: Annotated[Params | None, Field("in place of gradients: the second moment to correct, with t", ge="0")] = None
    t: Annotated[int | None, Field("the step that m and v are of", ge="1")] = None
    weight_decay: Annotated[
        fmpq, Field("decoupled weight decay λ: AdamW (0 for plain Adam)", aliases=("lam", "wd"), ge="0")
    ] = fmpq(0)


NOTATION = Notation(
    [
        Quantity("g", "gradient at step t", "t", shape="as θ"),
        Quantity(
            "m", "first moment: running mean of the gradient", "t", shape="as θ", given="first moment at the start"
        ),
        Quantity(
            "v",
            "second moment: running mean of the squared gradient",
            "t",
            shape="as θ",
            given="second moment at the start",
        ),
        Quantity("m_hat", "first moment, corrected for its start at 0", "t", shape="as θ"),
        Quantity("v_hat", "second moment, corrected for its start at 0", "t", shape="as θ"),
        Quantity("Delta", "the step taken", "t", shape="as θ", also=("Delta_theta", "Delta_w")),
        Quantity("theta", "parameter after t steps", "t", shape="as θ", given="parameter at the start", also=("w",)),
        Quantity("lr", "learning rate"),
        Quantity("beta1", "decay of the first moment"),
        Quantity("beta2", "decay of the second moment"),
        Quantity("eps", "small constant against division by 0"),
        Quantity("lam", "weight decay"),
    ],
    {"t": "step"},
)

RULES = rules("""
    m[t] = beta1*m[t-1] + (1 - beta1)*g[t]                      # first moment
    v[t] = beta2*v[t-1] + (1 - beta2)*g[t]**2                   # second moment
    m_hat[t] = m[t] / (1 - beta1**t)                            # bias correction
    v_hat[t] = v[t] / (1 - beta2**t)                            # bias correction
    Delta[t] by adam_eps:
        paper = lr*m_hat[t] / (sqrt(v_hat[t]) + eps)            # step
        keras = lr*sqrt(1 - beta2**t)/(1 - beta1**t) * m[t] / (sqrt(v[t]) + eps)    # step
    theta[t] = theta[t-1] - Delta[t]                            # update
    theta[t]:decayed = theta[t-1] - lr*lam*theta[t-1] - Delta[t]    # update, the weight decays beside the step
""")


def _coupled(r: Rule) -> Rule | None:
    """The decay as a part of the gradient, which the moments then see."""
    coupled = {"m[t]": "beta1*m[t-1] + (1 - beta1)*(g[t] + lam*theta[t-1])",
               "v[t]": "beta2*v[t-1] + (1 - beta2)*(g[t] + lam*theta[t-1])**2",
               "theta[t]:decayed": "theta[t-1] - Delta[t]"}.get(r.id)  # fmt: skip
    return rule(r.id, coupled) if coupled else None


SLIPS = (
    DeclaredSlip("no-bias-correction-m", rule("m_hat[t]", "m[t]"), "the bias correction of m is left out"),
    DeclaredSlip("no-bias-correction-v", rule("v_hat[t]", "v[t]"), "the bias correction of v is left out"),
    DeclaredSlip("power-left-out-m", rule("m_hat[t]", "m[t] / (1 - beta1)"), "β₁ is not raised to the power t"),
    DeclaredSlip("power-left-out-v", rule("v_hat[t]", "v[t] / (1 - beta2)"), "β₂ is not raised to the power t"),
    DeclaredSlip("beta1-swapped", rule("m[t]", "(1 - beta1)*m[t-1] + beta1*g[t]"), "β₁ and 1 − β₁ are swapped"),
    DeclaredSlip("beta2-swapped", rule("v[t]", "(1 - beta2)*v[t-1] + beta2*g[t]**2"), "β₂ and 1 − β₂ are swapped"),
    DeclaredSlip(
        "square-left-out", rule("v[t]", "beta2*v[t-1] + (1 - beta2)*g[t]"), "the gradient is not squared in v"
    ),
    DeclaredSlip("memory-left-out", rule("m[t]", "(1 - beta1)*g[t]"), "the previous m is left out"),
    DeclaredSlip("root-left-out", rule("Delta[t]", "lr*m_hat[t] / (v_hat[t] + eps)"), "the root of v̂ is left out"),
    DeclaredSlip("uncorrected", rule("Delta[t]", "lr*m[t] / (sqrt(v[t]) + eps)"), "the uncorrected m and v are used"),
    DeclaredSlip("gradient-for-m", rule("Delta[t]", "lr*g[t] / (sqrt(v_hat[t]) + eps)"), "the gradient was used for m̂"),
    DeclaredSlip("added", rule("theta[t]", "theta[t-1] + Delta[t]"), "the step is added instead of subtracted"),
    DeclaredSlip("decay-coupled", _coupled, "the decay was added to the gradient (Adam with L2), not to the update"),
    DeclaredSlip("decay-left-out", rule("theta[t]:decayed", "theta[t-1] - Delta[t]"), "the weight was not decayed"),
    DeclaredSlip(
        "decay-without-rate",
        rule("theta[t]:decayed", "theta[t-1] - lam*theta[t-1] - Delta[t]"),
        "the decay is not multiplied by η",
    ),
)


def solve(p: Problem, t: Trace) -> None:
    for name in ("lr", "beta1", "beta2", "eps"):
        t.given(name, getattr(p, name))
    if p.weight_decay:
        t.given("lam", p.weight_decay)
    if p.m is not None or p.v is not None:
        _corrected_alone(p, t)
        return
    update = "theta[t]:decayed" if p.weight_decay else "theta[t]"
    run = begin(p, t, "theta", means={"m": p.m0 or fmpq(0), "v": p.v0 or fmpq(0)}, done=p.done)
    corrected = ("m_hat", "v_hat") if t.convention("adam_eps") == "paper" else ()
    run.walk(t, *(f"{name}[t]" for name in ("m", "v", *corrected, "Delta")), update)
    run.table(t, "g", "m", "v", *corrected, "Delta", "theta")
    t.answer(("theta", run.last))
    first, before = p.done, "" if p.done == 0 else " + {0}**{1}*{2}[{3}]"
    decays = f"theta[{first}]*(1 - lr*lam)**{run.steps} - sum((1 - lr*lam)**(T - k)*Delta[k] for k in run)"
    taken = f"theta[{first}] - sum(Delta[k] for k in run)"
    m_before, v_before = (before.format(b, run.steps, n, first) for b, n in (("beta1", "m"), ("beta2", "v")))
    run.sums(
        t,
        ("m is the sum of all gradients with weights (1 − β₁)·β₁ᵗ⁻ᵏ",
         "m[T] == (1 - beta1)*sum(beta1**(T - k)*g[k] for k in run)" + m_before),
        ("v is the sum of all squares with weights (1 − β₂)·β₂ᵗ⁻ᵏ",
         "v[T] == (1 - beta2)*sum(beta2**(T - k)*g[k]**2 for k in run)" + v_before),
        ("θ is the start less all steps taken, both decayed since", f"theta[T] == {decays}")
        if p.weight_decay else ("θ is the start less all steps taken", f"theta[T] == {taken}"),
    )  # fmt: skip


def _corrected_alone(p: Problem, t: Trace) -> None:
    """The bias correction of moments that are given, and the step where both are."""
    if p.g is not None or p.f is not None:
        raise InputError("$.given.m", "moments beside gradients", remedy="give m0 and v0 for the moments before them")
    if p.t is None:
        raise InputError("$.given.t", "missing (the step that m and v are of)", remedy="give it, such as 3")
    t.section(f"t = {p.t}")
    for name, value in (("m", p.m), ("v", p.v)):
        if value is not None:
            t.given(name, value, p.t)
    for name, value in (("m_hat", p.m), ("v_hat", p.v)):
        if value is not None:
            t.let(f"{name}[t]", p.t)
            t.answer((name, p.t))
    if p.m is not None and p.v is not None:
        t.let("Delta[t]", p.t)
        t.answer(("Delta", p.t))


TOPIC = Topic(
    "adam",
    "Adam, and AdamW",
    "Optimisers",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Kingma & Ba (2015), Algorithm 1; AdamW: Loshchilov & Hutter (2019), Algorithm 2",
    example={"g": [0.3, 0.2, 0.1], "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    aliases=("adamw",),
    conventions={"adam_eps": "paper"},
    slips=SLIPS,
    columns={"adam": {}, "adamw": {"weight_decay": "1/100"}},
    steps=count,
)
