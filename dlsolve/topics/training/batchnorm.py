"""Batch normalisation, forward and backward.

Each feature is brought to mean 0 and variance 1 over the batch, then rescaled.
For every feature the mean μ and the variance σ² of the batch are taken (dividing by m, the number of
samples), and x̂ = (x − μ)/√(σ² + ε): ε keeps the root away from 0, and makes the variance of x̂ a
little less than 1. Then y = γ·x̂ + β with two learnt numbers a feature, so that the layer can undo
what was done. At test time running means of μ and σ² stand in for those of the batch.

Backwards the gradient does not only pass through x̂: μ and σ² depend on every sample of the batch, so
each ∂L/∂x has three parts. What comes out sums to 0 over the batch (a shift of all samples changes
nothing). Here L stands for the rest of the network, of which only g = ∂L/∂y is known: L = Σ g·y.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.backward import differentiate, gradient_key
from dlsolve.differences import finite_differences
from dlsolve.errors import InputError
from dlsolve.fields import Field, Params, Samples
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace

MOST_FEATURES = 50


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A batch, the two learnt numbers of each feature, ε; the gradient by y for the way back."""

    x: Annotated[Samples, Field("batch, one row a sample (a flat list: one feature)", ("X", "batch"), csv="features")]
    gamma: Annotated[Params, Field("scale, one number or one a feature")] = fmpq(1)  # type: ignore[assignment]
    beta: Annotated[Params, Field("shift, one number or one a feature")] = fmpq(0)  # type: ignore[assignment]
    eps: Annotated[fmpq, Field("small constant under the root", ("epsilon",), ge="0")] = fmpq(1, 10**5)
    dy: Annotated[Samples | None, Field("gradient of the loss by y, shaped as x: asks for the way back", ("g",))] = None


NOTATION = Notation(
    [
        Quantity("x", "feature j of the batch", "j", "m×1"),
        Quantity("m", "samples in the batch", kind="integer"),
        Quantity("gamma", "scale of feature j", "j"),
        Quantity("beta", "shift of feature j", "j"),
        Quantity("eps", "small constant under the root"),
        Quantity("mu", "mean of feature j", "j", also=("mu_B",)),
        Quantity("d", "distances from the mean", "j", "m×1"),
        Quantity("var", "variance of feature j", "j", symbol="σ²", latex=r"\sigma^2", also=("σ_B²", "σ²_B")),
        Quantity("s", "root of variance and ε", "j"),
        Quantity("x_hat", "normalised feature j", "j", "m×1"),
        Quantity("y", "output of feature j", "j", "m×1"),
        Quantity("g", "gradient of the loss by y, as given", "j", "m×1"),
        Quantity("L", "what of the loss depends on y", "j"),
    ],
    {"j": "feature"},
)  # fmt: skip

RULES = rules("""
    mu[j] = mean(x[j])                              # mean of the batch
    d[j] = x[j] - mu[j]
    var[j] = mean(d[j]**2)                          # variance of the batch, over m
    s[j] = sqrt(var[j] + eps)
    x_hat[j] = d[j] / s[j]                          # mean 0, variance 1
    y[j] = gamma[j]*x_hat[j] + beta[j]              # scale and shift
    L[j] = sum(g[j]*y[j])                           # so that ∂L/∂y = g
""")

SLIPS = (
    DeclaredSlip("sample_variance", rule("var[j]", "sum(d[j]**2) / (m - 1)"),
                 "the sum of squares was divided by m − 1, not by m"),
    DeclaredSlip("mean_kept", rule("d[j]", "x[j]"), "the mean is not subtracted"),
    DeclaredSlip("no_root", rule("s[j]", "var[j] + eps"), "the root was left out, and x − μ divided by the variance"),
    DeclaredSlip("eps_outside", rule("s[j]", "sqrt(var[j]) + eps"), "ε was added outside the root, not under it"),
    DeclaredSlip("shift_left_out", rule("y[j]", "gamma[j]*x_hat[j]"), "β is left out"),
    DeclaredSlip("scale_left_out", rule("y[j]", "x_hat[j] + beta[j]"), "γ is left out"),
    DeclaredSlip("shift_scaled", rule("y[j]", "gamma[j]*(x_hat[j] + beta[j])"), "β is added after γ has multiplied"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    x = _columns(p.x)
    m, features = x.shape
    if features > MOST_FEATURES:
        raise InputError("$.given.x", f"{features} features", remedy=f"at most {MOST_FEATURES} are worked out")
    gamma, beta = _each(p.gamma, features, "gamma"), _each(p.beta, features, "beta")
    back = _columns(p.dy) if p.dy is not None else None
    if back is not None and back.shape != x.shape:
        raise InputError("$.given.dy", f"shaped as x, {m}×{features}", found=f"{back.shape[0]}×{back.shape[1]}")
    for j, column in enumerate(zip(*x.rows, strict=True), 1):
        if p.eps == 0 and all(v == column[0] for v in column):
            raise InputError("$.given.eps", f"feature {j} is the same in every sample: its variance is 0",
                             remedy="give an ε above 0")  # fmt: skip
    if features == 1:
        t.hide("j", 1)
    for j in range(1, features + 1):
        t.given("x", Matrix.column([row[j - 1] for row in x.rows]), j)
    t.given("m", m)
    for j in range(1, features + 1):
        t.given("gamma", gamma[j - 1], j)
        t.given("beta", beta[j - 1], j)
    t.given("eps", p.eps)
    for j in range(1, features + 1):
        _feature(t, j, features, back)
    _table(t, m, features)
    if m == 1:
        t.remark("A batch of one sample is its own mean: x̂ is 0 whatever the sample, and y is β.")


def _feature(t: Trace, j: int, features: int, back: Matrix | None) -> None:
    """The way forward, and back where the gradient by y is known."""
    name = f"Feature {j}" if features > 1 else "Forward"
    t.section(name)
    for target in ("mu[j]", "d[j]", "var[j]", "s[j]", "x_hat[j]", "y[j]"):
        t.let(target, j)
    where = f"feature {j}" if features > 1 else ""
    t.check("x̂ has mean 0", "mean(x_hat[j]) == 0", where, j=j)
    t.check("the variance of x̂ is σ²/(σ² + ε)", "mean(x_hat[j]**2)*(var[j] + eps) == var[j]", where, j=j)
    t.answer(("x_hat", j), ("y", j))
    if back is None:
        return
    t.section(f"Back through feature {j}" if features > 1 else "Backward")
    t.given("g", Matrix.column([row[j - 1] for row in back.rows]), j)
    t.let("L[j]", j)
    wrt: list[Key] = [("x", j), ("gamma", j), ("beta", j)]
    differentiate(t, ("L", j), wrt, j=j)
    finite_differences(t, ("L", j), {key: gradient_key(key) for key in wrt})
    t.check("∂L/∂x sums to 0", "sum(dx[j]) == 0", where, j=j)
    t.check("along x̂ only ε leaves a gradient", "sum(dx[j]*d[j])*(var[j] + eps) == dgamma[j]*gamma[j]*eps",
            where, j=j)  # fmt: skip
    t.answer(("dx", j), ("dgamma", j), ("dbeta", j))


def _columns(given: Matrix) -> Matrix:
    """Samples as rows; one row is one feature of several samples."""
    return given.T if given.shape[0] == 1 else given


def _each(value: Matrix | fmpq, features: int, name: str) -> list[fmpq]:
    """One number a feature. Raises `InputError`."""
    listed = [e for e in value.entries() if isinstance(e, fmpq)] if isinstance(value, Matrix) else [value] * features
    if len(listed) != features:
        raise InputError(f"$.given.{name}", f"{features} features", found=f"{len(listed)} numbers",
                         remedy="give one number, or one a feature")  # fmt: skip
    return listed


def _table(t: Trace, m: int, features: int) -> None:
    columns = [n for n in ("x", "x_hat", "y", "dx") if (n, 1) in t.env]
    for j in range(1, features + 1):
        header = ["sample", *(t.symbols.unicode(n, (str(j),)) for n in columns)]
        rows: list[list[Key | str]] = [[f" {i}", *((n, j, i) for n in columns)] for i in range(1, m + 1)]
        t.table(f"Feature {j}" if features > 1 else "Samples", header, rows)


TOPIC = Topic(
    "batchnorm", "Batch normalisation, forward and backward", "Training", Problem, solve, NOTATION, RULES,
    "S. Ioffe and C. Szegedy, Batch normalization, ICML (2015), algorithm 1 and section 3",
    example={"x": [1, 2, 3, 6], "gamma": 2, "beta": 1, "eps": 1e-5, "dy": [0.1, -0.2, 0.3, 0.4]},
    aliases=("batch-normalisation", "batch-normalization", "batch-norm", "bn"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
