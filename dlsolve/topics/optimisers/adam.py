"""Adam: running means of the gradient and of its square.

m and v start at 0 and are too small at first, by 1 − βᵗ; dividing by that corrects them. The step
m̂/√v̂ is then about 1 in size whatever the scale of the gradient, and η sets its length. All
operations act entry by entry where θ is a vector.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Expression, Field, Params
from dlsolve.formula.rules import Rule, rule, rules
from dlsolve.formula.tree import At, Bin, Mat, Name, Num, Tree
from dlsolve.functions_of import gradient, placed, start_point, variables
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace

MAX_CHECKED = 200
"""Runs of more steps are not summed up once more."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Gradients, or a typed function to take them from; then Adam's constants."""

    g: Annotated[
        list[Params] | None, Field("gradient at each step: numbers, or vectors", aliases=("grads", "gradients"))
    ] = None
    f: Annotated[Expression | None, Field("a function to minimise instead, such as (w - 3)^2")] = None
    start: Annotated[
        dict[str, fmpq] | list[fmpq] | fmpq | None, Field("θ₀ (0 where not given)", aliases=("theta0", "theta_0", "w0"))
    ] = None
    steps: Annotated[int | None, Field("number of steps on f", aliases=("epochs",), ge="1", le="1000000")] = None
    lr: Annotated[fmpq, Field("learning rate η", aliases=("eta", "alpha", "learning_rate"), gt="0")] = fmpq(1, 1000)
    beta1: Annotated[fmpq, Field("decay of the first moment", ge="0", lt="1")] = fmpq(9, 10)
    beta2: Annotated[fmpq, Field("decay of the second moment", ge="0", lt="1")] = fmpq(999, 1000)
    eps: Annotated[fmpq, Field("small constant against division by 0", aliases=("epsilon",), ge="0")] = fmpq(1, 10**8)


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
        Quantity("Delta", "the step taken", "t", shape="as θ"),
        Quantity("theta", "parameter after t steps", "t", shape="as θ", given="parameter at the start"),
        Quantity("lr", "learning rate"),
        Quantity("beta1", "decay of the first moment"),
        Quantity("beta2", "decay of the second moment"),
        Quantity("eps", "small constant against division by 0"),
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
""")

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
    DeclaredSlip("gradient-for-m", rule("Delta[t]", "lr*g[t] / (sqrt(v_hat[t]) + eps)"), "the gradient stands for m̂"),
    DeclaredSlip("added", rule("theta[t]", "theta[t-1] + Delta[t]"), "the step is added instead of subtracted"),
)


def solve(p: Problem, t: Trace) -> None:
    by_function = _function_rule(p, t) if p.f is not None else None
    steps = _steps(p)
    for name in ("lr", "beta1", "beta2", "eps"):
        t.given(name, getattr(p, name))
    if p.g is not None:
        t.given("g", p.g)
    start = _start(p)
    t.given("theta", start, 0, assumed=p.start is None)
    zero = start.map(lambda _: fmpq(0)) if isinstance(start, Matrix) else fmpq(0)
    t.given("m", zero, 0, assumed=True)
    t.given("v", zero, 0, assumed=True)
    paper = t.convention("adam_eps") == "paper"
    for k in range(1, steps + 1):
        t.section(f"t = {k}")
        if by_function is not None:
            t.let(by_function, k)
        t.let("m[t]", k)
        t.let("v[t]", k)
        if paper:
            t.let("m_hat[t]", k)
            t.let("v_hat[t]", k)
        t.let("Delta[t]", k)
        t.let("theta[t]", k)
    columns = ["g", "m", "v", *(["m_hat", "v_hat"] if paper else []), "Delta", "theta"]
    t.table("Steps", ["t", *columns], [[f" {k}", *((c, k) for c in columns)] for k in range(1, steps + 1)])
    t.answer(("theta", steps))
    if steps <= MAX_CHECKED:
        t.index_set("steps", range(1, steps + 1))
        t.check("m is the sum of all gradients with weights (1 − β₁)·β₁ᵗ⁻ⁱ",
                "m[t] == (1 - beta1)*sum(beta1**(t - i)*g[i] for i in steps)", t=steps)  # fmt: skip
        t.check("v is the sum of all squares with weights (1 − β₂)·β₂ᵗ⁻ⁱ",
                "v[t] == (1 - beta2)*sum(beta2**(t - i)*g[i]**2 for i in steps)", t=steps)  # fmt: skip
        t.check("θ is the start less all steps taken", "theta[t] == theta[0] - sum(Delta[i] for i in steps)", t=steps)


def _steps(p: Problem) -> int:
    """The number of steps. Raises `InputError` where gradients and function do not fit together."""
    if (p.g is None) == (p.f is None):
        raise InputError(
            "$.given", "needs gradients g or a function f, one of them", remedy="give --g, or --f with --start"
        )
    if p.g is None:
        return p.steps or 3
    if p.steps is not None and p.steps != len(p.g):
        raise InputError("$.given.steps", f"{len(p.g)} gradients make {len(p.g)} steps", found=str(p.steps))
    return len(p.g)


def _start(p: Problem) -> Matrix | fmpq:
    """θ₀ in the shape of the gradients."""
    if p.f is not None:
        by = variables(p.f.tree)
        listed = [p.start] if isinstance(p.start, fmpq) else p.start
        point = start_point([fmpq(0)] * len(by) if listed is None else listed, by, "$.given.start")
        values = list(point.values())
    else:
        shapes = [g.shape[0] if isinstance(g, Matrix) else 0 for g in p.g or []]
        if len(set(shapes)) > 1:
            odd = next(n for n, s in enumerate(shapes) if s != shapes[0])
            raise InputError(f"$.given.g[{odd}]", "gradients of different lengths")
        if isinstance(p.start, dict):
            raise InputError("$.given.start", "named start values need a function f", remedy="give a number or a list")
        size = shapes[0]
        values = [fmpq(0)] * max(1, size) if p.start is None else [p.start] if isinstance(p.start, fmpq) else p.start
        if len(values) != max(1, size):
            raise InputError("$.given.start", f"gradients have {max(1, size)} entries", found=f"{len(values)} values")
        if size:
            return Matrix.column(values)
    return values[0] if len(values) == 1 else Matrix.column(values)


def _function_rule(p: Problem, t: Trace) -> Rule:
    """The gradient of the typed function at θ[t-1], as a rule."""
    assert p.f is not None
    by = variables(p.f.tree)
    if not by:
        raise InputError("$.given.f", "no variable in it", found=repr(p.f.text))
    before = Bin("-", Name("t"), Num("1"))

    def place(v: str) -> Tree:
        return At("theta", (before,) if len(by) == 1 else (before, Num(str(by.index(v) + 1))))

    slopes = [placed(d, place) for d in gradient(p.f.tree, by, "$.given.f").values()]
    listed = ", ".join(t.symbols.unicode(v) for v in by)
    t.remark(f"θ = {listed}" if len(by) == 1 else f"θ = ({listed})")
    return rule("g[t]", slopes[0] if len(by) == 1 else Mat(tuple((d,) for d in slopes)), "gradient of f at θ")


TOPIC = Topic(
    "adam",
    "Adam",
    "Optimisers",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Kingma & Ba (2015), Algorithm 1",
    example={"g": [0.3, 0.2, 0.1], "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    conventions={"adam_eps": "paper"},
    slips=SLIPS,
    steps=lambda p: len(p.g) if p.g is not None else p.steps or 3,
)
