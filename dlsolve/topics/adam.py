"""Adam: steps from running means of the gradient and of its square, both corrected for their start at 0.

Kingma & Ba (2015) show that m and v, started at 0, are too small by 1 − βᵗ; dividing by that
corrects them. The step is then about η in size, whatever the scale of the gradient.
"""

from __future__ import annotations

import msgspec
from flint import fmpq

from dlsolve.formula.rules import rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import Topic
from dlsolve.trace import Trace


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    g: list[fmpq]
    lr: fmpq
    beta1: fmpq
    beta2: fmpq
    eps: fmpq


NOTATION = Notation(
    [
        Quantity("g", "gradient at step t", "t"),
        Quantity("m", "first moment: running mean of the gradient", "t"),
        Quantity("v", "second moment: running mean of the squared gradient", "t"),
        Quantity("m_hat", "first moment, corrected for its start at 0", "t"),
        Quantity("v_hat", "second moment, corrected for its start at 0", "t"),
        Quantity("theta", "parameter after t steps", "t"),
        Quantity("lr", "learning rate"),
        Quantity("beta1", "decay of the first moment"),
        Quantity("beta2", "decay of the second moment"),
        Quantity("eps", "small constant against division by 0"),
    ],
    {"t": "step"},
)

RULES = rules("""
    m[t] = beta1*m[t-1] + (1 - beta1)*g[t]          # first moment
    v[t] = beta2*v[t-1] + (1 - beta2)*g[t]**2       # second moment
    m_hat[t] = m[t] / (1 - beta1**t)                # bias correction
    v_hat[t] = v[t] / (1 - beta2**t)                # bias correction
    theta[t] = theta[t-1] - lr*m_hat[t] / (sqrt(v_hat[t]) + eps)    # update
""")


def solve(p: Problem, t: Trace) -> None:
    for name in ("lr", "beta1", "beta2", "eps", "g"):
        t.given(name, getattr(p, name))
    for name in ("m", "v", "theta"):
        t.given(name, 0, 0)
    for k in range(1, len(p.g) + 1):
        t.section(f"t = {k}")
        for target in ("m[t]", "v[t]", "m_hat[t]", "v_hat[t]", "theta[t]"):
            t.let(target, k)
    t.answer(("theta", len(p.g)))


TOPIC = Topic(
    "adam", "Adam", "Optimisers", Problem, solve, NOTATION, RULES, "Kingma & Ba (2015), Algorithm 1",
    example={"g": [0.3, 0.2, 0.1], "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
)
