"""Forward pass of a network, layer by layer in matrices.

Each layer takes what the layer before gives, a[l−1] (the input is a[0] = x), weighs it, adds its biases
and applies its activation: z = W a + b, a = f(z). Written in one, a network is a composition,
ŷ = f₃(W₃ f₂(W₂ f₁(W₁ x + b₁) + b₂) + b₃): products inside, one bracket a layer.

The weight from node i of layer k−1 to node j of layer k is called wᵢⱼᵏ. In W x + b it stands in row j,
column i of Wₖ (which is then outputs × inputs, the transpose of the table of the wᵢⱼ); in x W + b in
row i, column j. A vector is a column; a batch has its samples as columns in W x and as rows in x W.

Given only the sizes of the layers, every layer is written out in these names, with its shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Samples
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity, subscript, superscript
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace
from dlsolve.worked.network import ABSORBED, Absorbed, Layers, refuse_lone_softmax
from dlsolve.worked.networks.written import written_out

CALLS = {
    "linear": "z[l]", "step": "step(z[l])", "sigmoid": "sigmoid(z[l])", "tanh": "tanh(z[l])", "relu": "relu(z[l])",
    "leaky_relu": "leaky_relu(z[l], slope)", "elu": "elu(z[l], alpha)",
}  # fmt: skip
ACTIVATIONS = (*CALLS, "softmax")
MOST_NAMED = 40
"""So many weights are listed by name."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A network with its weights and an input; or only the sizes of its layers."""

    x: Annotated[Samples | None, Field("the input: one sample, or one row a sample", ("X",))] = None
    W: Annotated[dict[int, Samples], Field("weights of layer 1, 2, …", family=True)] = {}
    b: Annotated[dict[int, Samples], Field("biases of layer 1, 2, … (0 where not given)", family=True)] = {}
    bias_in_W: Annotated[Absorbed | None, ABSORBED] = None
    activations: Annotated[
        list[str] | None, Field("activation of each layer, or one for all: " + ", ".join(ACTIVATIONS), ("activation",))
    ] = None
    slope: Annotated[fmpq, Field("slope of leaky ReLU below 0")] = fmpq(1, 100)
    alpha: Annotated[fmpq, Field("ELU goes to −alpha far below 0", gt="0")] = fmpq(1)
    weight: Annotated[
        list[int] | None,
        Field("name one weight: i, j, k for the one from node i of layer k−1 to node j of layer k", ge="1"),
    ] = None
    sizes: Annotated[
        list[int] | None,
        Field("sizes of the layers alone, to have them written out in names", ("layers",), ge="1", le="8"),
    ] = None


NOTATION = Notation(
    [
        Quantity("x", "input", shape="n₀×N"),
        Quantity("W", "weights of layer l", "l", "nₗ×nₗ₋₁", "matrix"),
        Quantity("b", "biases of layer l", "l", "nₗ×1", "matrix"),
        Quantity("z", "weighted input of layer l", "l", "nₗ×N", "matrix"),
        Quantity("a", "output of layer l", "l", "nₗ×N", "matrix", also=("h", "o")),
        Quantity("y_hat", "output of the network", shape="m×N", kind="matrix", also=("y_pred", "output", "o")),
        Quantity("slope", "slope of leaky ReLU below 0", symbol="α", latex=r"\alpha"),
        Quantity("alpha", "ELU goes to −α far below 0", symbol="α", latex=r"\alpha"),
        Quantity("w", "weight from node i of layer k−1 to node j of layer k", "i j k"),
        Quantity("o", "output of node j of layer k, written out", "k j", kind="choice"),
        Quantity("rows", "rows of the matrix that multiplies the layer's input", "k", kind="integer"),
        Quantity("columns", "columns of that matrix", "k", kind="integer"),
        Quantity("n", "number of the last layer", kind="integer"),
    ],
    {"l": "layer", "k": "layer", "i": "entry", "j": "entry"},
)

RULES = rules(
    """
    z[l]:first by layout:
        Wx = W[l] @ x + b[l]                # weighted input of the first layer
        xW = x @ W[l] + b[l]                # weighted input of the first layer
    z[l] by layout:
        Wx = W[l] @ a[l-1] + b[l]           # weighted input
        xW = a[l-1] @ W[l] + b[l]           # weighted input
    a[l]:softmax by layout:
        Wx = softmax(z[l])                  # activation
        xW = rowsoftmax(z[l])               # activation
    y_hat:softmax by layout:
        Wx = softmax(z[n])                  # output
        xW = rowsoftmax(z[n])               # output
    w[i,j,k] by layout:
        Wx = W[k,j,i]                       # row j, column i
        xW = W[k,i,j]                       # row i, column j
    """
    + "".join(f"\n    a[l]:{a} = {call}    # activation" for a, call in CALLS.items())
    + "".join(f"\n    y_hat:{a} = {call.replace('[l]', '[n]')}    # output" for a, call in CALLS.items())
)

SLIPS = (
    DeclaredSlip("bias-left-out", rule("z[l]", "W[l] @ a[l-1]"), "the bias is left out"),
    DeclaredSlip("bias-left-out-first", rule("z[l]:first", "W[l] @ x"), "the bias is left out"),
    DeclaredSlip(
        "transposed",
        rule("z[l]:first", "W[l].T @ x + b[l]"),
        "the weights were transposed, though their rows are the outputs",
    ),
    DeclaredSlip(
        "transposed-later",
        rule("z[l]", "W[l].T @ a[l-1] + b[l]"),
        "the weights were transposed, though their rows are the outputs",
    ),
    DeclaredSlip("z-for-a", rule("z[l]", "W[l] @ z[l-1] + b[l]"), "the activation of the layer before is left out"),
    DeclaredSlip("bias-subtracted", rule("z[l]", "W[l] @ a[l-1] - b[l]"), "the bias is subtracted"),
    DeclaredSlip("sigmoid-not-applied", rule("a[l]:sigmoid", "z[l]"), "the activation is left out"),
    DeclaredSlip("relu-not-applied", rule("a[l]:relu", "z[l]"), "the activation is left out"),
    DeclaredSlip("relu-size", rule("a[l]:relu", "abs(z[l])"), "the size of a negative sum was taken in place of 0"),
    DeclaredSlip("output-not-applied", rule("y_hat:sigmoid", "z[n]"), "the activation of the output is left out"),
    DeclaredSlip(
        "sigmoid-for-softmax",
        rule("y_hat:softmax", "sigmoid(z[n])"),
        "a sigmoid of each output was taken, not the softmax of all",
    ),
    DeclaredSlip(
        "other-order",
        rule("w[i,j,k]", "W[k,i,j]"),
        "i and j were swapped",
    ),
)


def solve(p: Problem, t: Trace) -> None:
    layout = t.convention("layout")
    if p.sizes is not None:
        if p.W or p.x is not None:
            raise InputError(
                "$.given.sizes", "sizes beside weights or an input", remedy="give the sizes alone, or the numbers"
            )
        written_out(p.sizes, t, layout)
        if p.weight is not None:
            i, j, k = _ends(p.weight, p.sizes)
            row, column = (j, i) if layout == "Wx" else (i, j)
            t.section("One weight by name")
            t.note(f"{_called(i, j, k)} leads from node {i} of layer {k - 1} to node {j} of layer {k}: "
                   f"row {row}, column {column} of W{subscript(str(k))}.")  # fmt: skip
        return
    if p.x is None:
        raise InputError(
            "$.given.x", "a forward pass needs an input", remedy="give x, or only sizes to have the layers written out"
        )
    net = Layers(p.W, p.b, layout, p.bias_in_W)
    activations = _activations(p, net.layers)
    net.fit(p.x.shape[1])
    n = net.layers
    t.index_constant("n", n)
    t.given("x", p.x.T if net.columns else p.x)
    for layer in range(1, n + 1):
        refuse_lone_softmax(activations[layer - 1], layer, net.sizes[layer])
        t.given("W", net.W[layer], layer)
        t.given("b", net.b[layer], layer, assumed=layer not in net.given_b)
    for name, user in (("slope", "leaky_relu"), ("alpha", "elu")):
        if user in activations:
            t.given(name, getattr(p, name))
    for layer in range(1, n + 1):
        t.section(f"Layer {layer}")
        t.note(_shapes(net, layer, p.x.shape[0]))
        t.let("z[l]:first" if layer == 1 else "z[l]", layer)
        if layer < n:
            t.let(f"a[l]:{activations[layer - 1]}", layer)
            t.answer(("a", layer))
    t.let(f"y_hat:{activations[-1]}")
    t.answer("y_hat")
    t.section("In one formula")
    t.note(_composition(activations, net.columns))
    if p.weight is not None:
        _named(p.weight, net, t)
    if sum(W.shape[0] * W.shape[1] for W in net.W.values()) <= MOST_NAMED:
        _names(net, t)
    _checks(net, activations, t)


def _activations(p: Problem, layers: int) -> list[str]:
    """One activation a layer. Raises `InputError`."""
    asked = p.activations or []
    given = [a.strip().lower().replace("-", "_").replace(" ", "_") for a in asked]
    given = [{"identity": "linear", "none": "linear", "leakyrelu": "leaky_relu"}.get(a, a) for a in given]
    for k, name in enumerate(given):
        if name not in ACTIVATIONS:
            raise InputError(f"$.given.activations[{k}]", "not an activation", found=repr(asked[k]),
                             remedy="use one of " + ", ".join(ACTIVATIONS))  # fmt: skip
    if len(given) == 1:
        given = given * layers
    if len(given) != layers:
        several = f"{len(given)} activations for {layers} layer{'s' * (layers > 1)}"
        raise InputError("$.given.activations", several if given else "missing",
                         remedy="give one for each layer, or one for all: " + ", ".join(ACTIVATIONS))  # fmt: skip
    return given


def _shapes(net: Layers, layer: int, samples: int) -> str:
    before, here = net.sizes[layer - 1], net.sizes[layer]
    a = "x" if layer == 1 else f"a{subscript(str(layer - 1))}"
    W, b, z = (f"{s}{subscript(str(layer))}" for s in "Wbz")
    if net.columns:
        return (
            f"Shapes: {W} is {here}×{before}, {a} is {before}×{samples}, {b} is {here}×1, so {z} is {here}×{samples}."
        )
    return f"Shapes: {a} is {samples}×{before}, {W} is {before}×{here}, {b} is 1×{here}, so {z} is {samples}×{here}."


SHORT = {"linear": "", "sigmoid": "σ", "relu": "ReLU", "leaky_relu": "LReLU", "elu": "ELU"}


def _composition(activations: list[str], columns: bool) -> str:
    """The whole network as one expression."""
    inner = "x"
    for layer, name in enumerate(activations, 1):
        k = subscript(str(layer))
        inner = f"W{k}·{inner} + b{k}" if columns else f"{inner}·W{k} + b{k}"
        inner = f"{SHORT.get(name, name)}({inner})"
    return "ŷ = " + (inner[1:-1] if inner.startswith("(") else inner)


def _nested(activations: list[str], columns: bool) -> str:
    """The same in the rule language."""
    inner = "x"
    for layer, name in enumerate(activations, 1):
        inner = f"W[{layer}] @ {inner} + b[{layer}]" if columns else f"{inner} @ W[{layer}] + b[{layer}]"
        call = ("softmax(z[l])" if columns else "rowsoftmax(z[l])") if name == "softmax" else CALLS[name]
        inner = f"({call.replace('z[l]', inner)})"
    return inner


def _ends(weight: list[int], sizes: Sequence[int]) -> tuple[int, int, int]:
    """i, j, k of the weight w_ij^k. Raises `InputError` where there is none."""
    if len(weight) != 3:
        raise InputError("$.given.weight", "a weight is named by i, j and k", found=", ".join(map(str, weight)),
                         remedy="give 1, 2, 1 for the one from node 1 of layer 0 to node 2 of layer 1")  # fmt: skip
    i, j, k = weight
    layers = len(sizes) - 1
    ends = (sizes[k - 1], sizes[k]) if k <= layers else (0, 0)
    for at, number, most, what in (
        (2, k, layers, "layers"), (0, i, ends[0], f"nodes in layer {k - 1}"), (1, j, ends[1], f"nodes in layer {k}"),
    ):  # fmt: skip
        if number > most:
            raise InputError(f"$.given.weight[{at}]", f"there are {most} {what}", found=str(number))
    return i, j, k


def _named(weight: list[int], net: Layers, t: Trace) -> None:
    """The weight w_ij^k."""
    i, j, k = _ends(weight, net.sizes)
    t.section("One weight by name")
    t.note(f"{_called(i, j, k)} leads from node {i} of layer {k - 1} to node {j} of layer {k}.")
    t.let("w[i,j,k]", i, j, k)
    t.answer(("w", i, j, k))


def _called(i: int, j: int, k: int) -> str:
    return f"w{subscript(f'{i}{j}')}{superscript(str(k))}"


def _names(net: Layers, t: Trace) -> None:
    rows: list[list[Key | str]] = []
    for k in range(1, net.layers + 1):
        for j in range(1, net.sizes[k] + 1):
            for i in range(1, net.sizes[k - 1] + 1):
                at: Key = ("W", k, j, i) if net.columns else ("W", k, i, j)
                rows.append([f" {_called(i, j, k)}", f" node {i} of layer {k - 1}", f" node {j} of layer {k}", at])
    t.table("Weights by name", ["name", "from", "to", "value"], rows)


def _checks(net: Layers, activations: list[str], t: Trace) -> None:
    t.check("the same as one composition", f"y_hat == {_nested(activations, net.columns)}")
    first, later = ("z[1] == (x.T @ W[1].T + b[1].T).T", "z[l] == (a[l-1].T @ W[l].T + b[l].T).T")
    if not net.columns:
        first, later = ("z[1] == (W[1].T @ x.T + b[1].T).T", "z[l] == (W[l].T @ a[l-1].T + b[l].T).T")
    other = "x W + b" if net.columns else "W x + b"
    for layer in range(1, net.layers + 1):
        t.check(f"layer {layer} again in the other layout, {other}", first if layer == 1 else later, l=layer)


TOPIC = Topic(
    "forward", "Forward pass of a network", "Networks", Problem, solve, NOTATION, RULES,
    "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), algorithm 6.3",
    example={"x": [1, 2], "W1": [[0.2, 0.4], [0.3, 0.7]], "b1": [0.1, -1], "W2": [[0.5, 0.9]], "b2": [0.2],
             "activations": ["relu", "sigmoid"]},
    aliases=("forward-pass", "forward-propagation", "feedforward", "feed-forward"),
    conventions={"layout": "Wx"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
