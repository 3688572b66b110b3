"""A feed-forward network as a problem states it: shapes made to fit, passes, what is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace

if TYPE_CHECKING:
    from dlsolve.topics.networks.backprop import Problem

ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "softmax")
LOSSES = ("squared", "mae", "bce", "cce")


class Network:
    """The inputs with their shapes made to fit, or a clear refusal."""

    def __init__(self, p: Problem, layout: str) -> None:
        self.p = p
        self.columns = layout == "Wx"
        self.layers = len(p.W)
        if sorted(p.W) != list(range(1, self.layers + 1)):
            raise InputError("$.given.W", "weights must be numbered from 1 without a gap",
                             found=", ".join(f"W{k}" for k in sorted(p.W)))  # fmt: skip
        for layer in p.b:
            if layer > self.layers:
                raise InputError(f"$.given.b{layer}", f"there is no layer {layer}", remedy=f"give W{layer} too")
        self._check_names(p)
        self.x = p.x.T if self.columns else p.x
        self.samples = p.x.shape[0]
        self.y = self._target(p.y, self.samples)
        self.W: dict[int, Matrix] = {}
        self.b: dict[int, Matrix] = {}
        width = p.x.shape[1]
        for layer in range(1, self.layers + 1):
            self.W[layer], width = self._weights(layer, width)
            self.b[layer] = self._bias(layer, width)
            if p.activations[layer - 1] == "softmax" and width == 1:
                raise InputError(
                    f"$.given.activations[{layer - 1}]",
                    "softmax of a single neuron is always 1",
                    remedy="use sigmoid, or give the layer more neurons",
                )
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
            other = "xW" if self.columns else "Wx"
            raise InputError(
                f"$.given.W{layer}",
                f"{rule} for each of {width} inputs",
                found=f"{W.shape[0]}×{W.shape[1]}",
                remedy=f"give a {want} matrix, or set the convention layout to {other}",
            )
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
        if self.p.loss == "cce" and self.samples > 1:
            t.given("N", self.p.x.shape[0])

    def forward(self, t: Trace, e: int) -> None:
        """z, a of every layer, then the loss; `e` counts the passes."""
        for layer in range(1, self.layers + 1):
            t.let("z[l,e]:first" if layer == 1 else "z[l,e]", layer, e)
            if layer < self.layers:
                t.let(f"a[l,e]:{self.p.activations[layer - 1]}", layer, e)
        t.let(f"y_hat[e]:{self.p.activations[-1]}", e)
        t.let("L[e]:cce_batch" if self.p.loss == "cce" and self.samples > 1 else f"L[e]:{self.p.loss}", e)

    def shortcut(self, t: Trace, e: int) -> None:
        """Softmax with cross-entropy and sigmoid with BCE: the long chain ends at ŷ − y."""
        pair = (self.p.activations[-1], self.p.loss)
        if pair not in (("softmax", "cce"), ("sigmoid", "bce")):
            return
        values = self.samples if pair[1] == "cce" else self.y.shape[0] * self.y.shape[1]
        count = values if values > 1 and t.convention("reduce") == "mean" else 1
        short = f"(ŷ − y)/{count}" if count > 1 else "ŷ − y"
        t.check(f"shortcut: ∂L/∂z{self.layers} = {short}", f"dz[l,e] == (y_hat[e] - y) / {count}", l=self.layers, e=e)
