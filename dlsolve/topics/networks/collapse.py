"""Layers without activations collapse into one.

A composition of affine maps is an affine map.
Putting a₁ = W₁x + b₁ into W₂a₁ + b₂ gives (W₂W₁)x + (W₂b₁ + b₂), and so on: the weights multiply, each bias
is carried through the weights of all later layers, and the whole network is ŷ = W x + b with

    W = W₃W₂W₁,    b = W₃W₂b₁ + W₃b₂ + b₃.

However many linear layers there are, they can do no more than one. That is why networks need
activations: f(W₃ f(W₂ f(W₁x + b₁) + b₂) + b₃) does not multiply out.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

import msgspec

from dlsolve.errors import InputError
from dlsolve.fields import Field, Samples
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity, subscript
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Trace
from dlsolve.worked.network import ABSORBED, Absorbed, Layers


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Linear layers, and an input to compare on."""

    W: Annotated[dict[int, Samples], Field("weights of layer 1, 2, …", family=True)]
    b: Annotated[dict[int, Samples], Field("biases of layer 1, 2, … (0 where not given)", family=True)] = {}
    bias_in_W: Annotated[Absorbed | None, ABSORBED] = None
    x: Annotated[Samples | None, Field("an input, one row a sample, to compare both on", ("X", "a0"))] = None


NOTATION = Notation(
    [
        Quantity("x", "input", shape="n₀×N"),
        Quantity("W", "weights of layer l", "l", "nₗ×nₗ₋₁", "matrix"),
        Quantity("b", "biases of layer l", "l", "nₗ×1", "matrix"),
        Quantity("M", "weights of the layers up to l in one", "l", "nₗ×n₀", "matrix"),
        Quantity("c", "biases of the layers up to l in one", "l", "nₗ×1", "matrix"),
        Quantity("W_total", "weights of the one layer", shape="nₙ×n₀", kind="matrix", symbol="W", latex="W"),
        Quantity("b_total", "biases of the one layer", shape="nₙ×1", kind="matrix", symbol="b", latex="b"),
        Quantity("a", "output of layer l, no activation", "l", "nₗ×N", "matrix"),
        Quantity("y_hat", "output of the one layer", shape="m×N", kind="matrix"),
        Quantity("n", "number of the last layer", kind="integer"),
    ],
    {"l": "layer"},
)

RULES = rules("""
    M[l]:first by layout:                       # weights multiply
        Wx = W[l] @ W[l-1]                      # weights multiply
        xW = W[l-1] @ W[l]                      # weights multiply
    M[l] by layout:                             # weights multiply
        Wx = W[l] @ M[l-1]                      # weights multiply
        xW = M[l-1] @ W[l]                      # weights multiply
    c[l]:first by layout:                       # the bias before goes through the weights
        Wx = W[l] @ b[l-1] + b[l]               # the bias before goes through the weights
        xW = b[l-1] @ W[l] + b[l]               # the bias before goes through the weights
    c[l] by layout:                             # the bias before goes through the weights
        Wx = W[l] @ c[l-1] + b[l]               # the bias before goes through the weights
        xW = c[l-1] @ W[l] + b[l]               # the bias before goes through the weights
    W_total = M[n]                                    # the one layer
    b_total = c[n]                                    # the one layer
    a[l]:first by layout:                       # layer by layer
        Wx = W[l] @ x + b[l]                    # layer by layer
        xW = x @ W[l] + b[l]                    # layer by layer
    a[l] by layout:                             # layer by layer
        Wx = W[l] @ a[l-1] + b[l]               # layer by layer
        xW = a[l-1] @ W[l] + b[l]               # layer by layer
    y_hat by layout:                            # in one
        Wx = W_total @ x + b_total                          # in one
        xW = x @ W_total + b_total                          # in one
""")

SLIPS = (
    DeclaredSlip("order", rule("M[l]:first", "W[l-1] @ W[l]"), "the product is taken in the wrong order"),
    DeclaredSlip("order-later", rule("M[l]", "M[l-1] @ W[l]"), "the product is taken in the wrong order"),
    DeclaredSlip("added", rule("M[l]:first", "W[l] + W[l-1]"), "the weights of the layers were added, not multiplied"),
    DeclaredSlip(
        "bias-not-carried",
        rule("c[l]:first", "b[l-1] + b[l]"),
        "the bias before was not multiplied by the weights after it",
    ),
    DeclaredSlip(
        "bias-not-carried-later",
        rule("c[l]", "c[l-1] + b[l]"),
        "the bias before was not multiplied by the weights after it",
    ),
    DeclaredSlip("bias-lost", rule("c[l]:first", "b[l]"), "the bias of the layer before is lost"),
    DeclaredSlip("bias-lost-later", rule("c[l]", "b[l]"), "the biases of the layers before are lost"),
    DeclaredSlip("last-bias-lost", rule("c[l]", "W[l] @ c[l-1]"), "the bias of the layer itself is left out"),
)


def solve(p: Problem, t: Trace) -> None:
    net = Layers(p.W, p.b, t.convention("layout"), p.bias_in_W)
    first = p.W[1]
    inputs = p.x.shape[1] if p.x is not None else first.shape[1] if net.columns else first.shape[0]
    net.fit(inputs)
    if net.layers < 2:
        raise InputError("$.given.W", "one layer is one layer already", remedy="give at least W1 and W2")
    n = net.layers
    t.index_constant("n", n)
    for layer in range(1, n + 1):
        t.given("W", net.W[layer], layer)
        t.given("b", net.b[layer], layer, assumed=layer not in net.given_b)
    if p.x is not None:
        t.given("x", p.x.T if net.columns else p.x)
    t.section("Multiplied out")
    t.note(_expanded(n, net.columns))
    for layer in range(2, n + 1):
        t.let("M[l]:first" if layer == 2 else "M[l]", layer)
        t.let("c[l]:first" if layer == 2 else "c[l]", layer)
    t.section("One layer")
    t.let("W_total")
    t.let("b_total")
    t.answer("W_total", "b_total")
    if p.x is not None:
        t.section("The same output, layer by layer and in one")
        for layer in range(1, n + 1):
            t.let("a[l]:first" if layer == 1 else "a[l]", layer)
        t.let("y_hat")
        t.answer("y_hat")
        t.check("one layer gives what all the layers give", "y_hat == a[n]")
    for name, sample in _samples(inputs, net.columns):
        t.check(f"layers and one layer agree on x = {name}", f"{_nested(n, sample, net.columns)} == "
                + (f"W_total @ {sample} + b_total" if net.columns else f"{sample} @ W_total + b_total"))  # fmt: skip
    before = sum((m + 1) * k for m, k in pairwise(net.sizes))
    after = (inputs + 1) * net.sizes[-1]
    t.remark(f"{n} layers with {before} parameters do no more than one with {after}; an activation between them would.")


def _expanded(n: int, columns: bool) -> str:
    """ŷ multiplied out, in names."""

    def chain(*factors: str) -> str:
        return "·".join(factors if columns else reversed(factors))

    weights = [f"W{subscript(str(k))}" for k in range(n, 0, -1)]
    terms = [chain(*weights, "x")]
    terms += [chain(*weights[: n - k], f"b{subscript(str(k))}") for k in range(1, n + 1)]
    return "ŷ = " + " + ".join(terms)


def _samples(inputs: int, columns: bool) -> list[tuple[str, str]]:
    """0, where only biases show, and whole numbers, in the rule language."""
    out = []
    for values in ([0] * inputs, [(-1) ** k * (k + 2) for k in range(inputs)]):
        row = "[[" + ", ".join(map(str, values)) + "]]"
        name = "0" if not any(values) else "(" + ", ".join(map(str, values)).replace("-", "−") + ")"
        out.append((name, f"({row}).T" if columns else row))
    return out


def _nested(n: int, sample: str, columns: bool) -> str:
    inner = sample
    for k in range(1, n + 1):
        inner = f"(W[{k}] @ {inner} + b[{k}])" if columns else f"({inner} @ W[{k}] + b[{k}])"
    return inner


TOPIC = Topic(
    "collapse", "Linear layers collapse into one", "Networks", Problem, solve, NOTATION, RULES,
    "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), section 6.1",
    example={"W1": [[1, 2], [0, -1]], "b1": [1, 0], "W2": [[3, 1]], "b2": [-2], "x": [1, 1]},
    aliases=("linear-collapse", "composition", "no-activation", "linear-network"),
    conventions={"layout": "Wx"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
