"""Dying ReLU: a neuron that is off for every sample.

A neuron that is off for every sample gets no gradient, and so never comes back.
ReLU gives max(0, z), with slope 0 where z < 0. The gradient by a weight is (∂L/∂a)·ReLU′(z)·x, summed over the
samples: if z < 0 for all of them every term is 0 and w_new = w_old − η·0 = w_old, update after update. It takes
one step that is too long, or a bias far below 0, to get there; it happens to the sum z, not to an input x.

The test for a dead neuron: is its largest z over the data set at or below 0? The bias would have to rise by
that much to turn it on. Leaky ReLU keeps a slope α below 0, so that the same update moves the weights.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Samples
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A ReLU neuron, the samples it sees, and one update."""

    X: Annotated[Samples, Field("samples, one row each", ("x",), csv="features")]
    w: Annotated[list[fmpq], Field("weights", ("weights",))]
    b: Annotated[fmpq, Field("bias", ("bias",))] = fmpq(0)
    g: Annotated[
        list[fmpq] | None,
        Field("gradient ∂L/∂a that reaches the neuron, by sample (1 where not given)", ("upstream", "da")),
    ] = None
    lr: Annotated[fmpq, Field("learning rate", ("eta", "alpha", "learning_rate"), gt="0")] = fmpq(1, 10)
    leak: Annotated[fmpq | None, Field("also the update of leaky ReLU with this slope below 0", ("slope",), gt="0")] = (
        None
    )


NOTATION = Notation(
    [
        Quantity("x", "input j of sample s", "s j"),
        Quantity("w", "weight of input j", "j"),
        Quantity("b", "bias"),
        Quantity("g", "gradient ∂L/∂a that reaches the neuron from sample s", "s"),
        Quantity("lr", "learning rate"),
        Quantity("leak", "slope of leaky ReLU below 0", symbol="α", latex=r"\alpha"),
        Quantity("z", "weighted sum of sample s", "s"),
        Quantity("a", "what the neuron gives for sample s", "s"),
        Quantity("slope", "slope of ReLU at z", "s", symbol="ReLU′", latex=r"\mathrm{ReLU}'"),
        Quantity("active", "samples that the neuron is on for", kind="integer"),
        Quantity("z_max", "largest weighted sum", symbol="max z", latex=r"\max z"),
        Quantity("dead", "whether the neuron is dead on these samples", kind="choice"),
        Quantity("w_new", "weight of input j after the update", "j"),
        Quantity("b_new", "bias after the update"),
        Quantity("z_new", "weighted sum of sample s after the update", "s"),
        Quantity("active_new", "samples that the neuron is on for after the update", kind="integer"),
        Quantity("rise", "how far the bias must rise above to turn the neuron on"),
        Quantity("leaky_slope", "slope of leaky ReLU at z", "s", symbol="LReLU′", latex=r"\mathrm{LReLU}'"),
        Quantity("w_leaky", "weight of input j after the same update of leaky ReLU", "j"),
        Quantity("b_leaky", "bias after the same update of leaky ReLU"),
    ],
    {"s": "sample", "j": "feature"},
)

RULES = rules("""
    z[s] = sum(w[j]*x[s,j] for j in features) + b                       # weighted sum
    a[s] = max(0, z[s])                                                 # ReLU
    slope[s] by relu_at_0:                                              # on or off
        0 = 1 if z[s] > 0 else 0                                        # on or off
        1 = 1 if z[s] >= 0 else 0                                       # on or off
    active = sum(slope[s] for s in samples)                             # on for so many samples
    z_max = max(z[s] for s in samples)                                  # the sample nearest to turning it on
    rise = -z_max                                                       # then that sample has z = 0
    dw[j] by reduce:                                                    # chain rule
        mean = mean(g[s]*slope[s]*x[s,j] for s in samples)              # chain rule, mean over the samples
        sum = sum(g[s]*slope[s]*x[s,j] for s in samples)                # chain rule, summed over the samples
    db by reduce:                                                       # chain rule
        mean = mean(g[s]*slope[s] for s in samples)                     # ∂z/∂b = 1
        sum = sum(g[s]*slope[s] for s in samples)                       # ∂z/∂b = 1
    w_new[j] = w[j] - lr*dw[j]                                          # update
    b_new = b - lr*db                                                   # update
    z_new[s] = sum(w_new[j]*x[s,j] for j in features) + b_new           # weighted sum, new weights
    active_new = count(z_new[s] > 0 for s in samples)                   # on for so many samples
    leaky_slope[s] = 1 if z[s] > 0 else leak                            # never 0
    w_leaky[j] by reduce:
        mean = w[j] - lr*mean(g[s]*leaky_slope[s]*x[s,j] for s in samples)      # the same update
        sum = w[j] - lr*sum(g[s]*leaky_slope[s]*x[s,j] for s in samples)        # the same update
    b_leaky by reduce:
        mean = b - lr*mean(g[s]*leaky_slope[s] for s in samples)        # the same update
        sum = b - lr*sum(g[s]*leaky_slope[s] for s in samples)          # the same update
""")

SLIPS = (
    DeclaredSlip(
        "slope-left-out", rule("dw[j]", "mean(g[s]*x[s,j] for s in samples)"), "ReLU′(z) is left out of the chain"
    ),
    DeclaredSlip("bias-slope-left-out", rule("db", "mean(g[s] for s in samples)"), "ReLU′(z) is left out of the chain"),
    DeclaredSlip("added", rule("w_new[j]", "w[j] + lr*dw[j]"), "the gradient was added instead of subtracted"),
    DeclaredSlip("bias-left-out", rule("z[s]", "sum(w[j]*x[s,j] for j in features)"), "the bias is left out"),
    DeclaredSlip("not-cut", rule("a[s]", "z[s]"), "ReLU was left out, and a negative sum kept"),
    DeclaredSlip("always-on", rule("slope[s]", "1"), "the slope 1 was used where z < 0"),
    DeclaredSlip("by-input", rule("slope[s]", "1 if x[s,1] > 0 else 0"), "the slope was read off x, not off the sum z"),
)


def solve(p: Problem, t: Trace) -> None:
    n, d = p.X.shape
    if len(p.w) != d:
        raise InputError("$.given.w", f"{d} inputs need {d} weights", found=str(len(p.w)))
    if p.g is not None and len(p.g) not in (1, n):
        raise InputError("$.given.g", f"{n} samples need {n} gradients, or one for all", found=str(len(p.g)))
    samples, features = range(1, n + 1), range(1, d + 1)
    t.index_set("samples", samples)
    t.index_set("features", features)
    if n == 1:
        t.hide("s", 1)
    for s in samples:
        t.given("x", list(p.X.rows[s - 1]), s)
    t.given("w", p.w)
    t.given("b", p.b)
    t.given("g", (p.g or [fmpq(1)]) * (n if p.g is None or len(p.g) == 1 else 1), assumed=p.g is None)
    t.given("lr", p.lr)
    t.section("What the neuron sees")
    for s in samples:
        for target in ("z[s]", "a[s]", "slope[s]"):
            t.let(target, s)
    t.section("Is it dead?")
    t.let("active")
    t.let("z_max")
    dead = t.when("active == 0", ("the neuron is off for every sample: dead", "some sample turns it on: it is alive"))
    if dead:
        t.let("rise")
    t.operation("verdict", None, "yes" if dead else "no", key="dead")
    t.answer("dead", "active")
    _update(t, samples, features, dead)
    if p.leak is not None:
        _leaky(p.leak, t, samples, features)
    columns = ["z", "a", "slope", "g", *([] if dead else ["z_new"])]
    rows: list[list[Key | str]] = [[f" {s}", *((c, s) for c in columns)] for s in samples]
    t.table("Samples", ["sample", *columns], rows)


def _update(t: Trace, samples: range, features: range, dead: bool) -> None:
    t.section("One update")
    t.through(features, "dw[j]")
    t.let("db")
    t.through(features, "w_new[j]")
    t.let("b_new")
    t.through(() if dead else samples, "z_new[s]")
    t.answer(*(("dw", j) for j in features), "db", *(("w_new", j) for j in features), "b_new")
    if dead:
        t.note("Every term of the gradient holds a slope of 0: nothing moves, now or in any later update.")
        t.check("no weight moved", "sum(abs(w_new[j] - w[j]) for j in features) + abs(b_new - b) == 0")
    else:
        t.let("active_new")
        so = ("this update killed it: no sample turns it on any more", "it is alive after the update")
        t.when("active_new == 0", so)
    t.check("the neuron gives nothing exactly where it is off", "sum(a[s]*(1 - slope[s]) for s in samples) == 0")
    t.check("ReLU again, as (z + |z|)/2", "sum(abs(a[s] - (z[s] + abs(z[s]))/2) for s in samples) == 0")


def _leaky(leak: fmpq, t: Trace, samples: range, features: range) -> None:
    t.given("leak", leak)
    t.section("The same update of leaky ReLU")
    t.through(samples, "leaky_slope[s]")
    t.through(features, "w_leaky[j]")
    t.let("b_leaky")
    t.answer(*(("w_leaky", j) for j in features), "b_leaky")


TOPIC = Topic(
    "dying-relu", "Dying ReLU", "Neurons", Problem, solve, NOTATION, RULES,
    "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), section 6.3.1; Maas, Hannun & Ng (2013)",
    example={"X": [[1, 2], [0, 1], [2, 1]], "w": [-1, -0.5], "b": -0.2, "lr": 0.1, "leak": 0.01},
    aliases=("dead-relu", "dead-neuron", "dying-neuron", "dead-relu-update"),
    conventions={"relu_at_0": "0", "reduce": "mean"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
