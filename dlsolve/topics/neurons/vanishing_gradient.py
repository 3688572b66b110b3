"""Vanishing gradients: one factor a layer.

The chain rule multiplies one factor a layer, and small factors leave nothing.
Behind n layers the gradient by an early weight is a product of n factors. Each is the slope of an
activation, times the weight that carries it. With factors below 1 the product shrinks like a power of n:
the early layers hardly learn, w_new = w_old − η·(next to nothing) ≈ w_old. With factors above 1 it explodes.

The slope of the sigmoid is at most ¼ (at z = 0), so through n sigmoids no more than (¼)ⁿ comes, unless the
weights are large; the slope of tanh is at most 1, that of ReLU 0 or 1. There is one factor for each layer
crossed; ∂w/∂w = 1 is none.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace

MOST_SLOPE = {"sigmoid": fmpq(1, 4), "tanh": fmpq(1), "relu": fmpq(1)}
MOST_LAYERS = 200


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The factors; or where each layer stands, to work them out."""

    factors: Annotated[list[fmpq] | None, Field("the chain's factors, one a layer", ("factor",))] = None
    layers: Annotated[
        int | None,
        Field("how many layers, for a single factor or a single z", ("n", "depth"), ge="1", le=str(MOST_LAYERS)),
    ] = None
    z: Annotated[list[fmpq] | None, Field("in place of factors: the weighted sum in each layer", ge="-12", le="12")] = (
        None
    )
    weights: Annotated[
        list[fmpq] | None, Field("with z: the weight that carries the gradient through each layer (1 where not given)")
    ] = None
    activation: Annotated[Literal["sigmoid", "tanh", "relu"], Field("activation of every layer")] = "sigmoid"
    lr: Annotated[fmpq | None, Field("learning rate, with w: the new weight", ("eta", "learning_rate"), gt="0")] = None
    w: Annotated[fmpq | None, Field("the early weight before its update", ("w_old",))] = None


NOTATION = Notation(
    [
        Quantity("n", "number of factors", kind="integer"),
        Quantity("z", "weighted sum in layer k", "k"),
        Quantity("weight", "weight that carries the gradient through layer k", "k", symbol="v"),
        Quantity("slope", "slope of the activation in layer k", "k", symbol="s"),
        Quantity("factor", "what layer k multiplies the gradient by", "k", symbol="f"),
        Quantity("reach", "what is left after k factors", "k", symbol="g"),
        Quantity("product", "gradient that arrives", symbol="∂L/∂w", latex=r"\partial L/\partial w"),
        Quantity("steepest", "largest slope of the activation", symbol="s_max", latex=r"s_{\max}"),
        Quantity("bound", "most that can come through n such slopes"),
        Quantity("lr", "learning rate"),
        Quantity("w", "the early weight", symbol="w_old", latex=r"w_{\mathrm{old}}"),
        Quantity("w_new", "the early weight after its update"),
    ],
    {"k": "layer"},
)

RULES = rules("""
    slope[k]:sigmoid = sigmoid(z[k])*(1 - sigmoid(z[k]))        # σ′ = σ(1 − σ)
    slope[k]:tanh = 1 - tanh(z[k])**2                           # tanh′ = 1 − tanh²
    slope[k]:relu = 1 if z[k] > 0 else 0                        # 1 where it is on
    factor[k] = weight[k]*slope[k]                              # chain rule through layer k
    factor[k]:bare = slope[k]                                   # chain rule through layer k
    product = prod(factor[k] for k in layers)                   # chain rule: one factor a layer
    reach[k]:first = factor[k]
    reach[k] = reach[k-1]*factor[k]                             # one layer further
    bound = steepest**n                                         # one slope a layer
    bound:weighted = steepest**n * prod(abs(weight[k]) for k in layers)     # slopes and weights
    w_new = w - lr*product                                      # update
""")

SLIPS = (
    DeclaredSlip("added", rule("product", "sum(factor[k] for k in layers)"), "the factors were added, not multiplied"),
    DeclaredSlip(
        "one-short", rule("product", "prod(factor[k] for k in layers) / factor[1]"), "one factor was left out"
    ),
    DeclaredSlip(
        "sigma-for-slope", rule("slope[k]:sigmoid", "sigmoid(z[k])"), "σ itself is taken, not its slope σ(1 − σ)"
    ),
    DeclaredSlip("no-weight", rule("factor[k]", "slope[k]"), "the weight is left out of the chain"),
    DeclaredSlip("no-slope", rule("factor[k]", "weight[k]"), "the slope of the activation is left out"),
    DeclaredSlip(
        "bound-times", rule("bound", "steepest*n"), "the steepest slope was multiplied by n, not raised to the power n"
    ),
    DeclaredSlip("update-added", rule("w_new", "w + lr*product"), "the gradient was added instead of subtracted"),
    DeclaredSlip("no-rate", rule("w_new", "w - product"), "the learning rate is left out"),
)


def solve(p: Problem, t: Trace) -> None:
    n = _count(p)
    layers = range(1, n + 1)
    t.index_set("layers", layers)
    if p.factors is not None:
        t.given("factor", _repeated(p.factors, n))
    else:
        assert p.z is not None
        t.given("z", _repeated(p.z, n))
        if p.weights is not None:
            t.given("weight", _repeated(p.weights, n))
        t.section("Factors")
        t.through(layers, f"slope[k]:{p.activation}", "factor[k]" if p.weights is not None else "factor[k]:bare")
    t.given("n", n)
    t.given("steepest", MOST_SLOPE[p.activation], assumed=True)
    t.section("The gradient that arrives")
    t.let("product")
    t.let("reach[k]:first", 1)
    t.through(layers[1:], "reach[k]")
    t.answer("product")
    if t.when("abs(product) < 1", ("the gradient shrinks on its way", "the gradient does not shrink on its way")):
        t.when("abs(product) <= 1/1000", ("it vanishes", "it still arrives"))
    else:
        t.when("abs(product) >= 1000", ("it explodes", "it stays in bounds"))
    t.section(f"Most that can come through {n} slopes of {p.activation}")
    t.let("bound" if p.weights is None else "bound:weighted")
    t.answer("bound")
    if p.w is not None and p.lr is not None:
        t.given("w", p.w)
        t.given("lr", p.lr)
        t.section("Update")
        t.let("w_new")
        t.answer("w_new")
        t.check("the weight moves by η times the gradient", "w - w_new == lr*reach[at]", at=n)
    header = ["layers crossed", "factor", "what is left"]
    t.table("Layer by layer", header, layers, lambda k: [f" {k}", ("factor", k), ("reach", k)])
    t.check("multiplied one after another", "product == reach[at]", at=n)
    if p.factors is None:
        t.check("no more than the bound", "abs(product) <= bound")


def _count(p: Problem) -> int:
    """How many factors there are. Raises `InputError` where factors, layers and z do not fit."""
    if (p.factors is None) == (p.z is None):
        raise InputError("$.given", "needs factors or z, one of them", remedy="give --factors 0.1,0.1,0.1 or --z 0,1,2")
    if p.factors is not None and p.weights is not None:
        raise InputError(
            "$.given.weights", "the factors hold the weights already", remedy="give z and weights, or factors"
        )
    if (p.w is None) != (p.lr is None):
        raise InputError(
            "$.given." + ("lr" if p.lr is None else "w"), "an update needs both w and lr", remedy="give both"
        )
    given = [len(values) for values in (p.factors, p.z, p.weights) if values is not None]
    n = p.layers or max(given)
    for name, values in (("factors", p.factors), ("z", p.z), ("weights", p.weights)):
        if values is not None and len(values) not in (1, n):
            raise InputError(f"$.given.{name}", f"{n} layers need {n} values, or one for all", found=str(len(values)))
    if n > MOST_LAYERS:
        raise InputError("$.given", f"more than {MOST_LAYERS} layers", found=str(n))
    return n


def _repeated(values: list[fmpq], n: int) -> list[fmpq]:
    return values * n if len(values) == 1 else values


TOPIC = Topic(
    "vanishing-gradient", "Vanishing gradient", "Neurons", Problem, solve, NOTATION, RULES,
    "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), section 8.2.5; Hochreiter (1991)",
    example={"factors": [0.1, 0.1, 0.1, 0.1, 0.1], "w": 0.5, "lr": 0.1},
    aliases=("vanishing", "exploding-gradient", "vanishing-gradients", "gradient-product"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
