"""Learnable parameters of a network, by layer and in total.

A layer of m neurons behind n values has a weight for each pair, n·m, and a bias for each neuron, m:
together n·m + m. The input layer has none, for it computes nothing. The formula is of one layer, not
of the network: the total is the sum over the layers.

In matrices: W of the layer is m×n in W x + b (n×m in x W + b), b has m entries.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity, subscript
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace

MOST_LAYERS = 200
MOST_NEURONS = 10**9


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The sizes of the layers."""

    layers: Annotated[
        str | list[int],
        Field("sizes from the inputs to the outputs, 4-3-2-1 or a list", ("sizes", "layer_sizes", "network")),
    ]
    bias: Annotated[bool, Field("whether every neuron has a bias", ("biases",))] = True


NOTATION = Notation(
    [
        Quantity("n", "neurons of layer k (0: the inputs)", "k", kind="integer"),
        Quantity("params", "learnable parameters of layer k", "k", kind="integer", symbol="P", latex="P"),
        Quantity("weights", "weights in all", kind="integer"),
        Quantity("biases", "biases in all", kind="integer"),
        Quantity("total", "learnable parameters in all", kind="integer"),
    ],
    {"k": "layer"},
)

RULES = rules("""
    params[k] = n[k-1]*n[k] + n[k]                      # a weight for each pair, a bias for each neuron
    params[k]:plain = n[k-1]*n[k]                       # a weight for each pair
    weights = sum(n[k-1]*n[k] for k in layers)          # one for each pair of neighbours
    biases = sum(n[k] for k in layers)                  # one for each neuron that computes
    total = sum(params[k] for k in layers)              # over the layers
""")

SLIPS = (
    DeclaredSlip("biases-left-out", rule("params[k]", "n[k-1]*n[k]"), "the biases are left out"),
    DeclaredSlip("bias-of-inputs", rule("params[k]", "n[k-1]*n[k] + n[k-1]"),
                 "a bias was counted for each input of the layer, not for each of its neurons"),
    DeclaredSlip("one-bias", rule("params[k]", "n[k-1]*n[k] + 1"), "one bias is counted for the whole layer"),
    DeclaredSlip("added", rule("params[k]", "n[k-1] + n[k]"), "the sizes were added, not multiplied"),
    DeclaredSlip("both-biases", rule("params[k]", "n[k-1]*n[k] + n[k-1] + n[k]"),
                 "biases were counted for the values that come in as well"),
    DeclaredSlip("weights-only", rule("total", "weights"), "only the weights are counted"),
    DeclaredSlip("biases-counted", rule("params[k]:plain", "n[k-1]*n[k] + n[k]"),
                 "biases were counted in a network without any"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    sizes = _sizes(p.layers)
    t.given("n", {k: fmpq(size) for k, size in enumerate(sizes)})
    layers = range(1, len(sizes))
    t.index_set("layers", layers)
    t.section("Each layer")
    t.through(layers, "params[k]" if p.bias else "params[k]:plain")
    t.section("The network")
    t.let("weights")
    if p.bias:
        t.let("biases")
    t.let("total")
    t.answer(*(("params", k) for k in layers), "total", "weights", *(["biases"] if p.bias else []))
    _table(p, t, sizes)
    t.check("weights and biases add up to the total", "total == weights + biases" if p.bias else "total == weights")
    if p.bias:
        # a bias is the weight of an input that is always 1: (n + 1)·m per layer
        again = sum((n + 1) * m for n, m in pairwise(sizes))
        t.check("again, a bias as the weight of an input that is 1: Σ (n + 1)·m", f"total == {again}")
    slope, rest = sizes[1], sum((n + p.bias) * m for n, m in pairwise(sizes[1:]))
    rest += sizes[1] if p.bias else 0
    if len(sizes) > 2 or rest:
        t.remark(f"With d inputs instead of {sizes[0]} there are {'' if slope == 1 else slope}d"
                 f"{f' + {rest}' if rest else ''} parameters.")  # fmt: skip


def _sizes(given: str | list[int]) -> list[int]:
    """The sizes, from a list or a text such as ``4-3-2-1``. Raises `InputError`."""
    if isinstance(given, str):
        words = [w for w in re.split(r"[-–—→>,;\s×x]+", given.strip().strip("()[]")) if w]
        odd = next((w for w in words if not re.fullmatch(r"[0-9]{1,10}", w, re.ASCII)), None)
        if odd is not None or not words:
            raise InputError("$.given.layers", "not sizes of layers", found=repr(given[:40]),
                             remedy="write 4-3-2-1 or [4, 3, 2, 1]")  # fmt: skip
        given = [int(w) for w in words]
    if len(given) < 2:
        raise InputError("$.given.layers", "one layer alone has no weights", found=str(given[0]),
                         remedy="give the number of inputs, then the size of every layer: 4-3-2-1")  # fmt: skip
    if len(given) > MOST_LAYERS:
        raise InputError("$.given.layers", f"more than {MOST_LAYERS} layers", found=str(len(given)))
    for k, size in enumerate(given):
        if not 1 <= size <= MOST_NEURONS:
            raise InputError(f"$.given.layers[{k}]", "a layer has at least one neuron" if size < 1 else "too large",
                             found=str(size))  # fmt: skip
    return given


def _table(p: Problem, t: Trace, sizes: list[int]) -> None:
    columns = t.convention("layout") == "Wx"
    rows: list[list[Key | str]] = []
    for k, (n, m) in enumerate(pairwise(sizes), 1):
        shape = f" {m}×{n}" if columns else f" {n}×{m}"
        rows.append([f" {k}", f" {n} → {m}", shape, f" {n * m}", *([f" {m}"] if p.bias else []), ("params", k)])
    foot: list[Key | str] = [" sum", " ", " ", "weights", *(["biases"] if p.bias else []), "total"]
    header = ["layer k", "from → to", f"W{subscript('k')}", "weights", *(["biases"] if p.bias else []), "parameters"]
    t.table("Layers", header, [*rows, foot])


TOPIC = Topic(
    "parameters", "Learnable parameters", "Networks", Problem, solve, NOTATION, RULES,
    "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning (2016), section 6.1",
    example={"layers": "4-3-2-1"},
    aliases=("params", "parameter-count", "learnable-parameters", "trainable-parameters", "weights-and-biases"),
    conventions={"layout": "Wx"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
