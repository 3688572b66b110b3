"""The layers of a feed-forward network as a problem states them, their shapes made to fit a layout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.numbers.matrix import Matrix

Absorbed = Literal["first", "last"]
ABSORBED = Field("where each W holds its bias: its first or last column (row in xW); not given: biases stand apart",
                 ("absorbed",))  # fmt: skip


def parted(W: Mapping[int, Matrix], layout: str, absorbed: Absorbed) -> tuple[dict[int, Matrix], dict[int, Matrix]]:
    """Weights and biases out of matrices that hold both. Raises `InputError` where nothing is left."""
    weights, biases = {}, {}
    for layer, given in W.items():
        m = given if layout == "Wx" else given.T
        if m.shape[1] < 2:
            raise InputError(f"$.given.W{layer}", "one column alone is all bias", remedy="leave bias_in_W out")
        at = 0 if absorbed == "first" else m.shape[1] - 1
        biases[layer] = Matrix([(row[at],) for row in m.rows])
        rest = Matrix([[e for k, e in enumerate(row) if k != at] for row in m.rows])
        weights[layer] = rest if layout == "Wx" else rest.T
    return weights, biases


class Layers:
    """Weights and biases of layers 1, 2, … by number.

    With layout `Wx` the weights are outputs × inputs and biases columns; with `xW` inputs × outputs
    and rows. `sizes` holds the neurons of each layer, from the inputs, once `fit` has been called.
    """

    def __init__(
        self, W: Mapping[int, Matrix], b: Mapping[int, Matrix], layout: str, absorbed: Absorbed | None = None
    ) -> None:
        """Raises `InputError` for a gap in the numbers, a bias without weights, or one given twice."""
        if absorbed is not None:
            if b:
                raise InputError(f"$.given.b{min(b)}", "the weights hold the biases", remedy="leave b or bias_in_W out")
            W, b = parted(W, layout, absorbed)
        self.given_W, self.given_b = W, b
        self.columns = layout == "Wx"
        self.layers = len(W)
        self.W: dict[int, Matrix] = {}
        self.b: dict[int, Matrix] = {}
        self.sizes: list[int] = []
        if not W or sorted(W) != list(range(1, self.layers + 1)):
            raise InputError("$.given.W", "weights must be numbered from 1 without a gap",
                             found=", ".join(f"W{k}" for k in sorted(W)) or "none")  # fmt: skip
        for layer in b:
            if not 1 <= layer <= self.layers:
                raise InputError(f"$.given.b{layer}", f"there is no layer {layer}", remedy=f"give W{layer} too")

    def fit(self, inputs: int) -> None:
        """Make the shapes fit a network of so many inputs. Raises `InputError`."""
        self.sizes = [inputs]
        for layer in range(1, self.layers + 1):
            self.W[layer] = self._weights(layer, self.sizes[-1])
            self.sizes.append(self.W[layer].shape[0 if self.columns else 1])
            self.b[layer] = self._bias(layer, self.sizes[-1])

    def _weights(self, layer: int, width: int) -> Matrix:
        given = self.given_W[layer]
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
                remedy=f"give a {want} matrix, or set the convention layout to {other}"
                + ("; a bias in W: bias_in_W first or last" if fan_in == width + 1 else ""),
            )
        return W

    def _bias(self, layer: int, width: int) -> Matrix:
        given = self.given_b.get(layer)
        flat = [fmpq(0)] * width if given is None else list(given.entries())
        if len(flat) != width:
            raise InputError(f"$.given.b{layer}", f"layer {layer} has {width} neurons", found=f"{len(flat)} biases")
        return Matrix.column(flat) if self.columns else Matrix([flat])


def refuse_lone_softmax(activation: str, layer: int, neurons: int) -> None:
    """Raises `InputError` where a softmax has a single neuron."""
    if activation == "softmax" and neurons == 1:
        raise InputError(
            f"$.given.activations[{layer - 1}]",
            "softmax of a single neuron is always 1",
            remedy="use sigmoid, or give the layer more neurons",
        )
