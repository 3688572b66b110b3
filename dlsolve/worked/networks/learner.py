"""A feed-forward network as a problem states it: shapes made to fit, passes, what is checked."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Samples
from dlsolve.numbers.matrix import Matrix
from dlsolve.trace import Trace
from dlsolve.worked.network import ABSORBED, Absorbed, Layers, refuse_lone_softmax

ACTIVATIONS = ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "softmax")
LOSSES = ("squared", "mae", "bce", "cce")


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A network with its weights, one sample or a batch, and how to learn from it."""

    x: Annotated[Samples, Field("the input: one sample, or one row a sample", aliases=("X",))]
    y: Annotated[Samples, Field("the target of each sample", aliases=("Y", "t", "target"))]
    W: Annotated[dict[int, Samples], Field("weights of layer 1, 2, …", family=True)]
    b: Annotated[dict[int, Samples], Field("biases of layer 1, 2, … (0 where not given)", family=True)] = {}
    bias_in_W: Annotated[Absorbed | None, ABSORBED] = None
    activations: Annotated[list[str], Field("activation of each layer: " + ", ".join(ACTIVATIONS))]
    loss: Annotated[str, Field("loss: " + ", ".join(LOSSES))] = "squared"
    lr: Annotated[fmpq, Field("learning rate", aliases=("eta", "alpha", "learning_rate"), gt="0")] = fmpq(1, 10)
    epochs: Annotated[int, Field("how many updates", ge="0")] = 1
    slope: Annotated[fmpq, Field("slope of leaky ReLU below 0")] = fmpq(1, 100)


class Network(Layers):
    """The inputs with their shapes made to fit, or a clear refusal."""

    def __init__(self, p: Problem, layout: str) -> None:
        super().__init__(p.W, p.b, layout, p.bias_in_W)
        self.p = p
        self._check_names(p)
        self.x = p.x.T if self.columns else p.x
        self.samples = p.x.shape[0]
        self.y = self._target(p.y, self.samples)
        self.fit(p.x.shape[1])
        for layer, activation in enumerate(p.activations, 1):
            refuse_lone_softmax(activation, layer, self.sizes[layer])
        outputs = self.y.shape[0] if self.columns else self.y.shape[1]
        if outputs != self.sizes[-1]:
            raise InputError(
                "$.given.y", f"{outputs} target values a sample for {self.sizes[-1]} outputs of the network"
            )

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
            are = "is" if samples == 1 else "are"
            raise InputError("$.given.y", f"not one target a sample: there {are} {samples} of x", found=str(y.shape[0]),
                             remedy='give samples and targets a row each: "1 2; 3 4"')  # fmt: skip
        return y.T if self.columns else y

    def give(self, t: Trace) -> None:
        t.given("x", self.x)
        t.given("y", self.y)
        for layer in range(1, self.layers + 1):
            t.given("W", self.W[layer], layer, 0)
            t.given("b", self.b[layer], layer, 0, assumed=layer not in self.given_b)
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
