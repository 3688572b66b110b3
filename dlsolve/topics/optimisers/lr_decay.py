"""Learning-rate decay: long steps at first, short ones later.

Schedules: `sqrt` η/√t, `power` η/t^p, `time` η/(1 + k·t), `step` η·d^⌊t/s⌋, `exponential` η·e^(−k·t),
`geometric` η·(1 − k)^t, `cosine` from η down to η_min over T steps, `constant`. Steps count from 1;
for `sqrt` and `power` the first step has the full η, for the others the count starts at `first`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.descent import Descent, begin, count

NEEDS = {
    "power": ("power",), "time": ("k",), "step": ("drop", "every"), "exponential": ("k",), "geometric": ("k",),
    "cosine": ("T",),
}  # fmt: skip
"""The constants that each schedule cannot do without."""


class Problem(Descent, forbid_unknown_fields=True, kw_only=True):
    """Gradients, or a typed function to take them from; then the schedule."""

    lr: Annotated[fmpq, Field("initial learning rate η₀", aliases=("eta", "alpha", "learning_rate", "eta0"), gt="0")]
    schedule: Annotated[
        Literal["sqrt", "power", "time", "step", "exponential", "geometric", "cosine", "constant"],
        Field("how the rate decays"),
    ] = "sqrt"
    k: Annotated[fmpq | None, Field("decay constant", aliases=("decay", "decay_rate"), ge="0")] = None
    power: Annotated[fmpq | None, Field("exponent p of η/t^p", aliases=("power_t",), ge="0", le="10")] = None
    drop: Annotated[fmpq | None, Field("factor at each drop of a step schedule", aliases=("gamma",), gt="0")] = None
    every: Annotated[int | None, Field("steps between drops", aliases=("step_size",), ge="1")] = None
    T: Annotated[int | None, Field("length of the cosine, in steps", ge="1")] = None
    lr_min: Annotated[fmpq, Field("rate at the end of the cosine", ge="0")] = fmpq(0)
    first: Annotated[Literal[0, 1], Field("what the first step counts as")] = 1


NOTATION = Notation(
    [
        Quantity("g", "gradient at step t", "t", shape="as w"),
        Quantity("eta", "learning rate at step t", "t"),
        Quantity(
            "Delta",
            "the step taken",
            "t",
            shape="as w",
            symbol="Δw",
            latex=r"\Delta w",
            also=("Delta_w", "Delta_theta"),
        ),
        Quantity("w", "parameter after t steps", "t", shape="as w", given="parameter at the start", also=("theta",)),
        Quantity("lr", "initial learning rate", symbol="η₀", latex=r"\eta_0"),
        Quantity("k", "decay constant"),
        Quantity("power", "exponent of t", symbol="p"),
        Quantity("drop", "factor at each drop", symbol="d"),
        Quantity("every", "steps between drops", kind="integer", symbol="s"),
        Quantity("T", "length of the cosine", kind="integer"),
        Quantity("lr_min", "rate at the end of the cosine", symbol="η_min", latex=r"\eta_{\min}"),
    ],
    {"t": "step", "n": "silent"},
)

RULES = rules("""
    eta[t]:sqrt = lr / sqrt(t)                                      # η₀/√t
    eta[t]:power = lr / t**power                                    # η₀/t^p
    eta[t]:constant = lr                                            # constant
    eta[t]:time at n = lr / (1 + k*n)                               # time-based
    eta[t]:step at n = lr*drop**floor(n/every)                      # step
    eta[t]:exponential at n = lr*exp(-k*n)                          # exponential
    eta[t]:geometric at n = lr*(1 - k)**n                           # geometric
    eta[t]:cosine at n = lr_min + (lr - lr_min)*(1 + cos(pi*n/T))/2 # cosine
    Delta[t] = eta[t]*g[t]                                          # step
    w[t] = w[t-1] - Delta[t]                                        # update
""")

SLIPS = (
    DeclaredSlip("root-left-out", rule("eta[t]:sqrt", "lr / t"), "the root was left out, η₀/t"),
    DeclaredSlip("rate-not-decayed", rule("Delta[t]", "lr*g[t]"), "the initial rate is used at every step"),
    DeclaredSlip("gradient-left-out", rule("Delta[t]", "eta[t]"), "the gradient is left out of the step"),
    DeclaredSlip("added", rule("w[t]", "w[t-1] + Delta[t]"), "the step is added instead of subtracted"),
    DeclaredSlip("from-start", rule("w[t]", "w[0] - Delta[t]"), "the update was started again from the first weight"),
)


def solve(p: Problem, t: Trace) -> None:
    t.given("lr", p.lr)
    for name in NEEDS.get(p.schedule, ()):
        value = getattr(p, name)
        if value is None:
            raise InputError(f"$.given.{name}", f"the {p.schedule} schedule needs it", remedy=f"give --{name}")
        t.given(name, value)
    if p.schedule == "geometric" and p.k is not None and p.k >= 1:
        raise InputError("$.given.k", "nothing is left of the rate", found=str(p.k), remedy="take k below 1")
    if p.schedule == "cosine":
        t.given("lr_min", p.lr_min)
    if p.g is None and p.f is None:
        _rates(p, t)
        return
    run = begin(p, t, "w")
    counted = [range(p.first, p.first + run.steps)] if " at n" in _rate(p) else []
    run.walk(t, _rate(p), "Delta[t]", "w[t]", more=counted)
    run.table(t, "g", "eta", "Delta", "w")
    run.sums(t, ("w is its start less all steps", "w[T] == w[0] - sum(eta[k]*g[k] for k in run)"))
    t.answer(("eta", run.steps), ("w", run.steps))


def _rate(p: Problem) -> str:
    return f"eta[t]:{p.schedule}" + ("" if p.schedule in ("sqrt", "power", "constant") else " at n")


def _rates(p: Problem, t: Trace) -> None:
    """The learning rate alone, step by step."""
    steps = count(p)
    t.section("Learning rate")
    t.through(range(1, steps + 1), _rate(p), more=[range(p.first, p.first + steps)] if " at n" in _rate(p) else [])
    t.table("Learning rates", ["t", "eta"], range(1, steps + 1), lambda k: [f" {k}", ("eta", k)])
    t.answer(("eta", steps))
    if p.schedule not in ("sqrt", "power", "constant"):
        other = "0: the first step takes η₀ itself" if p.first else "1: the first step is decayed already"
        t.remark(f"The first step counts as {p.first}; some count it as {other} (first).")


TOPIC = Topic(
    "lr-decay",
    "Learning-rate decay: η/√t, time, step, exponential, cosine",
    "Optimisers",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Goodfellow, Bengio & Courville (2016), section 8.3.1; Loshchilov & Hutter (2017), eq. 5",
    example={"g": [0.2, 0.4, 0.1], "lr": 0.1, "schedule": "sqrt"},
    aliases=("decay", "learning-rate-decay", "schedule", "learning-rate"),
    slips=SLIPS,
    columns={"descent": {"schedule": "constant"}},
    steps=count,
)
