"""The samples of a perceptron problem: a gate's truth table, a table of data, or one input."""

from __future__ import annotations

from itertools import product
from typing import Annotated, Literal, NamedTuple, get_args

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.linalg.separable import written
from dlsolve.numbers.matrix import Matrix

Gate = Literal["AND", "OR", "NAND", "NOR", "XOR", "XNOR", "MAJORITY"]
GATES: tuple[str, ...] = get_args(Gate)
Task = Literal["forward", "table", "train", "separable", "threshold"]
MOST_GATE_INPUTS = 6
MOST_BITS = 8
"""A unit without samples is looked at on all inputs of so many bits."""


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A neuron with its weights, and one input, samples or a gate by name."""

    gate: Annotated[Gate | None, Field("a gate by name, in place of X and y")] = None
    inputs: Annotated[int, Field("how many inputs the gate has", ge="1", le=str(MOST_GATE_INPUTS))] = 2
    X: Annotated[Matrix | None, Field("samples, one row each", csv="features")] = None
    y: Annotated[
        list[fmpq] | None, Field("label of each sample: 0 and 1, or -1 and 1", aliases=("t", "target"), csv="target")
    ] = None
    x: Annotated[list[fmpq] | None, Field("one input, for a single forward pass")] = None
    w: Annotated[list[fmpq] | None, Field("weights, the first ones when training", aliases=("weights",))] = None
    b: Annotated[fmpq | None, Field("bias (0 where not given)", aliases=("bias",))] = None
    lr: Annotated[
        fmpq | None, Field("learning rate; asks for training", aliases=("eta", "alpha", "learning_rate"), gt="0")
    ] = None
    threshold: Annotated[fmpq | None, Field("where the step fires (0 where not given)", aliases=("theta",))] = None
    epochs: Annotated[
        int | None, Field("at most so many epochs; the samples are then swept in order", ge="1", le="100000")
    ] = None
    activation: Annotated[Literal["step", "sigmoid"], Field("activation of a forward pass or a table")] = "step"
    train_bias: Annotated[bool, Field("whether training moves the bias")] = True
    task: Annotated[
        Task | None,
        Field(
            "forward: one input; table: all samples; train; separable: can a neuron do it; threshold: which ones do "
            "(inferred if not given)"
        ),
    ] = None


class Data(NamedTuple):
    """The samples: `rows` of d inputs, their `labels` (none where only ŷ is asked), their text."""

    rows: list[list[fmpq]]
    labels: list[fmpq]

    @property
    def signs(self) -> bool:
        """Whether the labels are −1 and +1."""
        return any(label == -1 for label in self.labels)

    def point(self, s: int) -> str:
        return "(" + ", ".join(written(e) for e in self.rows[s - 1]) + ")"


def task(p: Problem) -> str:
    """What is asked for: as stated, else inferred from what is given. Raises `InputError`."""
    if p.task is not None:
        if p.task == "forward" and p.x is None:
            raise InputError("$.given.x", "a forward pass needs one input x", remedy="give x, or task `table`")
        return p.task
    if p.lr is not None or p.epochs is not None or (p.x is None and p.w is None):
        return "train"
    return "table" if p.x is None else "forward"


def read(p: Problem) -> Data:
    """The samples, whichever way they are given; of weights alone, all inputs of bits. Raises `InputError`."""
    if p.w is not None and p.gate is None and p.X is None and p.x is None and p.y is None:
        if len(p.w) > MOST_BITS:
            raise InputError("$.given.w", f"the truth table of {len(p.w)} inputs is long", remedy="give X, or one x")
        if task(p) in ("train", "separable"):
            raise InputError(
                "$.given.y", "labels are needed", remedy="give a gate, or X and a label 0 or 1 for each row"
            )
        return Data([[fmpq(e) for e in row] for row in product((0, 1), repeat=len(p.w))], [])
    given = [name for name in ("gate", "X", "x") if getattr(p, name) is not None]
    if len(given) != 1:
        raise InputError("$.given", "give one of gate, X (with y) or x", found=" and ".join(given) or "none of them")
    if p.gate is not None:
        if p.y is not None:
            raise InputError("$.given.y", "a gate has its labels", remedy="leave y out, or give X and y")
        rows = [[fmpq(n >> k & 1) for k in reversed(range(p.inputs))] for n in range(2**p.inputs)]
        return Data(rows, [fmpq(gate(p.gate, [e == 1 for e in row])) for row in rows])
    rows = [[e for e in row if isinstance(e, fmpq)] for row in p.X.rows] if p.X is not None else [p.x or []]
    labels = p.y or []
    if labels and len(labels) != len(rows):
        raise InputError("$.given.y", f"one label per sample, {len(rows)}", found=str(len(labels)))
    allowed = {fmpq(0), fmpq(1)} if fmpq(-1) not in labels else {fmpq(-1), fmpq(1)}
    for n, label in enumerate(labels):
        if label not in allowed:
            raise InputError(f"$.given.y[{n}]", "a label is 0 or 1, or −1 or 1 throughout", found=written(label))
    if not labels and task(p) in ("train", "separable"):
        raise InputError("$.given.y", "labels are needed", remedy="give one label per sample: 0 or 1, or -1 or 1")
    return Data(rows, labels)


def gate(name: str, bits: list[bool]) -> bool:
    """What the gate `name` makes of its inputs; XOR of several is true for an odd number."""
    if name == "MAJORITY":
        return 2 * sum(bits) > len(bits)
    match name.removeprefix("N") if name != "XNOR" else "XOR":
        case "AND":
            out = all(bits)
        case "OR":
            out = any(bits)
        case _:
            out = sum(bits) % 2 == 1
    return out != (name in ("NAND", "NOR", "XNOR"))
