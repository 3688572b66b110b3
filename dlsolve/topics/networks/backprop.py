"""Backpropagation: the gradient of the loss by every weight and bias of a feed-forward network.

The network computes forward, layer by layer; the chain rule then carries ∂L/∂ŷ back through the
same rules, one factor a step: through the activation (times its derivative), through the weights
(times W transposed), and at each layer to W (times the layer's input) and to b. Every backward
rule here is the derivative of a forward rule, worked out from it, none written by hand.

A vector is a column. With layout `Wx` a batch has its samples as columns; with `xW` as rows.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.backward import differentiate, finite_differences
from dlsolve.errors import InputError
from dlsolve.fields import Field, Samples
from dlsolve.formula.rules import rules
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import Topic
from dlsolve.trace import Key, Trace

ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "softmax")
LOSSES = ("squared", "mae", "bce", "cce")


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A network with its weights, one sample or a batch, and how to learn from it."""

    x: Annotated[Samples, Field("the input: one sample, or one row a sample", aliases=("X",))]
    y: Annotated[Samples, Field("the target of each sample", aliases=("Y", "t", "target"))]
    W: Annotated[dict[int, Samples], Field("weights of layer 1, 2, …", family=True)]
    b: Annotated[dict[int, Samples], Field("biases of layer 1, 2, … (0 where not given)", family=True)] = {}
    activations: Annotated[list[str], Field("activation of each layer: " + ", ".join(ACTIVATIONS))]
    loss: Annotated[str, Field("loss: " + ", ".join(LOSSES))] = "squared"
    lr: Annotated[fmpq, Field("learning rate", aliases=("eta", "alpha", "learning_rate"), gt="0")] = fmpq(1, 10)
    epochs: Annotated[int, Field("how many updates", ge="0")] = 1
    slope: Annotated[fmpq, Field("slope of leaky ReLU below 0")] = fmpq(1, 100)


NOTATION = Notation(
    [
        Quantity("x", "input", shape="n₀×N"),
        Quantity("y", "target", shape="m×N"),
        Quantity("W", "weights of layer l after k updates", "l k", "nₗ×nₗ₋₁", "matrix"),
        Quantity("b", "biases of layer l after k updates", "l k", "nₗ×1", "matrix"),
        Quantity("z", "pre-activation of layer l", "l e", "nₗ×N", "matrix"),
        Quantity("a", "activation of layer l", "l e", "nₗ×N", "matrix"),
        Quantity("y_hat", "output of the network", "e", "m×N", "matrix"),
        Quantity("L", "loss", "e"),
        Quantity("dW", "gradient by the weights of layer l", "l e", "nₗ×nₗ₋₁", "matrix", symbol="∂L/∂W", latex=r"\partial L/\partial W"),
        Quantity("db", "gradient by the biases of layer l", "l e", "nₗ×1", "matrix", symbol="∂L/∂b", latex=r"\partial L/\partial b"),
        Quantity("lr", "learning rate"),
        Quantity("n", "number of layers", kind="integer"),
        Quantity("N", "number of samples", kind="integer"),
        Quantity("slope", "slope of leaky ReLU below 0", symbol="α", latex=r"\alpha"),
    ],
    {"l": "layer", "k": "step", "e": "epoch"},
)  # fmt: skip

_CALLS = {a: f"{a}(z[l,e])" for a in ACTIVATIONS} | {"leaky_relu": "leaky_relu(z[l,e], slope)", "linear": "z[l,e]"}

RULES = rules(
    """
    z[l,e]:first by layout:
        Wx = W[l,e-1] @ x + b[l,e-1]                # weighted input of the first layer
        xW = x @ W[l,e-1] + b[l,e-1]                # weighted input of the first layer
    z[l,e] by layout:
        Wx = W[l,e-1] @ a[l-1,e] + b[l,e-1]         # weighted input
        xW = a[l-1,e] @ W[l,e-1] + b[l,e-1]         # weighted input
    L[e]:squared by loss_scale:
        mean = mean((y - y_hat[e])**2)            # mean squared error
        half = sum((y - y_hat[e])**2) / 2         # half the squared error
        sum = sum((y - y_hat[e])**2)              # squared error
        half_mean = mean((y - y_hat[e])**2) / 2   # half the mean squared error
    L[e]:mae by reduce:
        mean = mean(abs(y - y_hat[e]))            # mean absolute error
        sum = sum(abs(y - y_hat[e]))              # absolute error
    L[e]:bce by reduce:
        mean = -mean(y*ln(y_hat[e]) + (1 - y)*ln(1 - y_hat[e]))    # binary cross-entropy
        sum = -sum(y*ln(y_hat[e]) + (1 - y)*ln(1 - y_hat[e]))      # binary cross-entropy
    L[e]:cce by reduce:
        mean = -sum(y*ln(y_hat[e])) / N           # categorical cross-entropy, mean over the samples
        sum = -sum(y*ln(y_hat[e]))                # categorical cross-entropy
    W[l,e] = W[l,e-1] - lr*dW[l,e]                  # update
    b[l,e] = b[l,e-1] - lr*db[l,e]                  # update
    """
    + "".join(f"\n    a[l,e]:{a} = {call}    # activation" for a, call in _CALLS.items())
    + "".join(f"\n    y_hat[e]:{a} = {call.replace('[l,', '[n,')}    # output" for a, call in _CALLS.items())
)


def solve(p: Problem, t: Trace) -> None:
    net = _Network(p, t.convention("layout"))
    n = net.layers
    t.index_constant("n", n)
    net.give(t)
    if p.epochs <= 1:
        t.hide("e", 1)
        t.hide("k", 0, names=False)
    for e in range(1, p.epochs + 1):
        t.section(f"Forward pass, epoch {e}" if p.epochs > 1 else "Forward pass")
        net.forward(t, e)
        t.section(f"Backward pass, epoch {e}" if p.epochs > 1 else "Backward pass")
        parameters: list[Key] = [(w, layer, e - 1) for layer in range(n, 0, -1) for w in ("W", "b")]
        differentiate(t, ("L", e), parameters, _gradient)
        net.shortcut(t, e)
        if e == 1:
            finite_differences(t, ("L", e), {k: _gradient(k) for k in parameters})
        t.section(f"Update {e}" if p.epochs > 1 else "Update")
        for layer in range(n, 0, -1):
            t.let("W[l,e]", layer, e)
            t.let("b[l,e]", layer, e)
    last = p.epochs + 1
    if p.epochs:
        t.section("Loss after the update" if p.epochs == 1 else "Loss after the last update")
    else:
        t.section("Forward pass")
    net.forward(t, last)
    if p.epochs:
        t.when("L[after] < L[before]", ("the loss fell", "the loss did not fall: the step is too long here"),
               after=last, before=1)  # fmt: skip
        t.table("Loss", ["epoch", "L", "L after"], [[f" {e}", ("L", e), ("L", e + 1)] for e in range(1, last)])
    t.answer(("y_hat", 1), ("L", 1))
    for layer in range(1, n + 1) if p.epochs else ():
        t.answer(("dW", layer, p.epochs), ("db", layer, p.epochs))
    for layer in range(1, n + 1) if p.epochs else ():
        t.answer(("W", layer, p.epochs), ("b", layer, p.epochs))
    if p.epochs:
        t.answer(("L", last))


def _gradient(key: Key) -> Key:
    """∂L/∂W at the weights before update e is the gradient of epoch e."""
    base, *index = key
    if base in ("W", "b"):
        return ("d" + str(base), index[0], int(index[1]) + 1)
    return ("d" + str(base), *index)


class _Network:
    """The inputs with their shapes made to fit, or a clear refusal."""

    def __init__(self, p: Problem, layout: str) -> None:
        self.p = p
        self.columns = layout == "Wx"
        self.layers = len(p.W)
        if sorted(p.W) != list(range(1, self.layers + 1)):
            raise InputError("$.given.W", "weights must be numbered from 1 without a gap",
                             found=", ".join(f"W{k}" for k in sorted(p.W)))  # fmt: skip
        self._check_names(p)
        self.x = p.x.T if self.columns else p.x
        samples = p.x.shape[0]
        self.y = self._target(p.y, samples)
        self.W: dict[int, Matrix] = {}
        self.b: dict[int, Matrix] = {}
        width = p.x.shape[1]
        for layer in range(1, self.layers + 1):
            self.W[layer], width = self._weights(layer, width)
            self.b[layer] = self._bias(layer, width)
        outputs = self.y.shape[0] if self.columns else self.y.shape[1]
        if outputs != width:
            raise InputError("$.given.y", f"{outputs} target values a sample for {width} outputs of the network")

    def _check_names(self, p: Problem) -> None:
        if len(p.activations) != self.layers:
            raise InputError("$.given.activations", f"{self.layers} layers need {self.layers} activations",
                             found=str(len(p.activations)))  # fmt: skip
        for k, name in enumerate(p.activations):
            if name == "step":
                raise InputError(f"$.given.activations[{k}]", "the step function has derivative 0 wherever it has one, "
                                 "so no gradient comes through it", remedy="use sigmoid, tanh or relu")  # fmt: skip
            if name not in ACTIVATIONS:
                raise InputError(f"$.given.activations[{k}]", "not an activation", found=repr(name),
                                 remedy="use one of " + ", ".join(ACTIVATIONS))  # fmt: skip
        if p.loss not in LOSSES:
            raise InputError("$.given.loss", "not a loss", found=repr(p.loss), remedy="use one of " + ", ".join(LOSSES))

    def _target(self, y: Matrix, samples: int) -> Matrix:
        if y.shape[0] == 1 and samples > 1 and y.shape[1] == samples:
            y = y.T
        if y.shape[0] != samples:
            raise InputError("$.given.y", f"{y.shape[0]} targets for {samples} samples")
        return y.T if self.columns else y

    def _weights(self, layer: int, width: int) -> tuple[Matrix, int]:
        given = self.p.W[layer]
        W = given if self.columns or given.shape[0] != 1 or width == 1 else given.T
        fan_in, fan_out = (W.shape[1], W.shape[0]) if self.columns else W.shape
        if fan_in != width:
            want = f"{fan_out}×{width}" if self.columns else f"{width}×{fan_out}"
            rule = "W x needs a column" if self.columns else "x W needs a row"
            raise InputError(f"$.given.W{layer}", f"{rule} for each of {width} inputs", found=f"{W.shape[0]}×{W.shape[1]}",
                             remedy=f"give a {want} matrix, or set the convention layout to {'xW' if self.columns else 'Wx'}")  # fmt: skip
        return W, fan_out

    def _bias(self, layer: int, width: int) -> Matrix:
        given = self.p.b.get(layer)
        flat = [fmpq(0)] * width if given is None else list(given.entries())
        if len(flat) != width:
            raise InputError(f"$.given.b{layer}", f"layer {layer} has {width} neurons", found=f"{len(flat)} biases")
        return Matrix.column(flat) if self.columns else Matrix([flat])

    def give(self, t: Trace) -> None:
        t.given("x", self.x)
        t.given("y", self.y)
        for layer in range(1, self.layers + 1):
            t.given("W", self.W[layer], layer, 0)
            t.given("b", self.b[layer], layer, 0, assumed=layer not in self.p.b)
        t.given("lr", self.p.lr)
        if "leaky_relu" in self.p.activations:
            t.given("slope", self.p.slope)
        if self.p.loss == "cce":
            t.given("N", self.p.x.shape[0])

    def forward(self, t: Trace, e: int) -> None:
        """z, a of every layer, then the loss; `e` counts the passes."""
        for layer in range(1, self.layers + 1):
            t.let("z[l,e]:first" if layer == 1 else "z[l,e]", layer, e)
            if layer < self.layers:
                t.let(f"a[l,e]:{self.p.activations[layer - 1]}", layer, e)
        t.let(f"y_hat[e]:{self.p.activations[-1]}", e)
        t.let(f"L[e]:{self.p.loss}", e)

    def shortcut(self, t: Trace, e: int) -> None:
        """Softmax with cross-entropy and sigmoid with BCE: the long chain ends at ŷ − y."""
        pair = (self.p.activations[-1], self.p.loss)
        if pair not in (("softmax", "cce"), ("sigmoid", "bce")):
            return
        count = 1 if t.convention("reduce") == "sum" else self.x.shape[1 if self.columns else 0]
        if t.convention("reduce") == "mean":
            count = self.y.shape[0] * self.y.shape[1] if pair[1] == "bce" else count
        t.check(f"shortcut: ∂L/∂z{self.layers} = (ŷ − y)/{count}" if count > 1 else f"shortcut: ∂L/∂z{self.layers} = ŷ − y",
                f"dz[l,e] == (y_hat[e] - y) / {count}", l=self.layers, e=e)  # fmt: skip


TOPIC = Topic(
    "backprop",
    "Backpropagation through a feed-forward network",
    "Networks",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Rumelhart, Hinton & Williams (1986); Goodfellow, Bengio & Courville (2016), section 6.5",
    example={"x": [1, 2], "y": [5], "W1": [[0.2, 0.4], [0.3, 0.7]], "b1": [0, 0], "W2": [0.5, 0.9], "b2": [0],
             "activations": ["relu", "linear"], "lr": 0.01},
    aliases=("backpropagation", "mlp"),
    conventions={"layout": "Wx", "loss_scale": "mean", "reduce": "mean"},
    steps=lambda p: p.epochs,
)  # fmt: skip
