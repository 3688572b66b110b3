"""XOR with two layers of neurons.

Hidden neurons turn the table into one that a single neuron can do.
No single neuron computes XOR, for no line separates (0,1), (1,0) from (0,0), (1,1): `perceptron` with task
separable shows the contradiction in the inequalities. A hidden layer moves the points. With h₁ = OR and
h₂ = AND the four rows become (0,0), (1,0), (1,0), (1,1), and there a line exists: XOR is OR and not AND,

    h₁ = step(x₁ + x₂ − ½),   h₂ = step(x₁ + x₂ − 1½),   ŷ = step(h₁ − h₂ − ½).

With ReLU neurons and a linear output ŷ = ReLU(x₁ + x₂) − 2·ReLU(x₁ + x₂ − 1) does it. Weights of your own
are tried on the whole table: X holds one row a sample, and a layer is X Wᵀ + b.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Samples
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace

TABLES = {"XOR": (0, 1, 1, 0), "XNOR": (1, 0, 0, 1)}
POINTS = ((0, 0), (0, 1), (1, 0), (1, 1))
HALF = fmpq(1, 2)


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Weights of two layers, or none to have a solution shown."""

    gate: Annotated[Literal["XOR", "XNOR"], Field("the table to compute")] = "XOR"
    activation: Annotated[
        Literal["step", "relu"], Field("step in both layers, or ReLU in the hidden one and a linear output")
    ] = "step"
    W1: Annotated[Samples | None, Field("weights of the hidden layer, one row a hidden neuron")] = None
    b1: Annotated[list[fmpq] | None, Field("biases of the hidden layer (0 where not given)")] = None
    W2: Annotated[list[fmpq] | None, Field("weights of the output neuron")] = None
    b2: Annotated[fmpq | None, Field("bias of the output neuron (0 where not given)")] = None


NOTATION = Notation(
    [
        Quantity("X", "the four inputs, one row each", shape="4×2", kind="matrix"),
        Quantity("y", "what the table says", shape="4×1", kind="matrix"),
        Quantity("W1", "weights of the hidden layer", shape="m×2", kind="matrix"),
        Quantity("b1", "biases of the hidden layer", shape="1×m", kind="matrix"),
        Quantity("W2", "weights of the output neuron", shape="1×m", kind="matrix"),
        Quantity("b2", "bias of the output neuron"),
        Quantity("z1", "weighted sums of the hidden layer", shape="4×m", kind="matrix"),
        Quantity("h", "what the hidden neurons say", shape="4×m", kind="matrix"),
        Quantity("z2", "weighted sums of the output neuron", shape="4×1", kind="matrix"),
        Quantity("y_hat", "what the network says", shape="4×1", kind="matrix"),
        Quantity("errors", "rows of the table that are wrong", kind="integer"),
        Quantity("solved", "whether the network computes the table", kind="choice"),
    ],
)

RULES = rules("""
    z1 = X @ W1.T + b1                                  # hidden layer, all rows at once
    h:step by fire:                                     # step
        ge = 1 if z1 >= 0 else 0                        # step
        gt = 1 if z1 > 0 else 0                         # step
    h:relu = relu(z1)                                   # ReLU
    z2 = h @ W2.T + b2                                  # output neuron
    y_hat:step by fire:                                 # step
        ge = 1 if z2 >= 0 else 0                        # step
        gt = 1 if z2 > 0 else 0                         # step
    y_hat:relu = z2                                     # linear output
    errors = sum(1 if y_hat != y else 0)                # rows that are wrong
""")

SLIPS = (
    DeclaredSlip("no-hidden-bias", rule("z1", "X @ W1.T"), "the biases of the hidden layer are left out"),
    DeclaredSlip("no-bias", rule("z2", "h @ W2.T"), "the bias of the output neuron is left out"),
    DeclaredSlip("not-activated", rule("h:step", "z1"), "the step of the hidden layer is left out"),
    DeclaredSlip("not-cut", rule("h:relu", "z1"), "ReLU was left out (the network is one linear layer then)"),
    DeclaredSlip("bias-subtracted", rule("z2", "h @ W2.T - b2"), "the bias was subtracted, not added"),
)


def solve(p: Problem, t: Trace) -> None:
    W1, b1, W2, b2 = _weights(p)
    own = p.W1 is not None
    t.given("X", Matrix([[fmpq(a), fmpq(b)] for a, b in POINTS]))
    t.given("y", Matrix.column([fmpq(v) for v in TABLES[p.gate]]))
    t.given("W1", W1, assumed=not own)
    t.given("b1", Matrix([b1]), assumed=p.b1 is None)
    t.given("W2", Matrix([W2]), assumed=not own)
    t.given("b2", b2, assumed=p.b2 is None)
    t.section("Hidden layer")
    t.let("z1")
    t.let(f"h:{p.activation}")
    if not own:
        t.note(_story(p))
    t.section("Output")
    t.let("z2")
    t.let(f"y_hat:{p.activation}")
    t.let("errors")
    right = t.when("errors == 0", (f"the network computes {p.gate}", f"it does not compute {p.gate}"))
    t.operation("verdict", None, "yes" if right else "no", key="solved")
    t.answer("h", "y_hat", "errors", "solved")
    hidden = range(1, len(W2) + 1)
    rows: list[list[Key | str]] = [
        [f" {a}", f" {b}", *(("h", s, u) for u in hidden), ("y_hat", s, 1), ("y", s, 1)]
        for s, (a, b) in enumerate(POINTS, 1)
    ]
    t.table(f"{p.gate} in two layers", ["x₁", "x₂", *(f"h{'₁₂₃₄₅₆₇₈'[u - 1]}" for u in hidden), "ŷ", "y"], rows)
    if not own:
        t.check("the solution computes the whole table", "errors == 0")
    t.check("hidden sums again, the other way round", "z1 == (W1 @ X.T + b1.T).T")
    t.check("output sums again, the other way round", "z2 == (W2 @ h.T + b2).T")
    t.remark("A single neuron cannot: `dlsolve perceptron --gate XOR --task separable` shows the contradiction."
             .replace("XOR", p.gate))  # fmt: skip


def _weights(p: Problem) -> tuple[Matrix, list[fmpq], list[fmpq], fmpq]:
    """The weights given, or those of the known solution. Raises `InputError` where they do not fit."""
    if p.W1 is None and p.W2 is None:
        if p.b1 is not None or p.b2 is not None:
            raise InputError("$.given." + ("b1" if p.b1 is not None else "b2"), "a bias without weights",
                             remedy="give W1 and W2 too")  # fmt: skip
        turn = fmpq(1 if p.gate == "XOR" else -1)
        ones = Matrix([[fmpq(1), fmpq(1)], [fmpq(1), fmpq(1)]])
        if p.activation == "step":
            return ones, [-HALF, -3 * HALF], [turn, -turn], -turn * HALF
        return ones, [fmpq(0), fmpq(-1)], [turn, -2 * turn], fmpq(0 if p.gate == "XOR" else 1)
    if p.W1 is None or p.W2 is None:
        raise InputError("$.given." + ("W1" if p.W1 is None else "W2"), "missing", remedy="give both layers, or none")
    neurons = p.W1.shape[0]
    if p.W1.shape[1] != 2:
        raise InputError("$.given.W1", "a hidden neuron has 2 weights, one an input", found=f"{p.W1.shape[1]} columns")
    if neurons > 8:
        raise InputError("$.given.W1", "more than 8 hidden neurons", found=str(neurons), remedy="two are enough")
    if len(p.W2) != neurons:
        raise InputError("$.given.W2", f"{neurons} hidden neurons need {neurons} weights", found=str(len(p.W2)))
    if p.b1 is not None and len(p.b1) != neurons:
        raise InputError("$.given.b1", f"{neurons} hidden neurons need {neurons} biases", found=str(len(p.b1)))
    return p.W1, p.b1 or [fmpq(0)] * neurons, p.W2, p.b2 or fmpq(0)


def _story(p: Problem) -> str:
    if p.activation == "relu":
        return "h₁ counts the ones, h₂ is 1 only for two of them; what is left after 2·h₂ is 0, 1, 1, 0."
    logic = "XOR is OR and not AND" if p.gate == "XOR" else "XNOR is AND or not OR"
    return f"h₁ is OR, h₂ is AND: the rows become (0, 0), (1, 0), (1, 0), (1, 1), which a line separates. {logic}."


TOPIC = Topic(
    "xor", "XOR with two layers", "Neurons", Problem, solve, NOTATION, RULES,
    "Minsky & Papert (1969); Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.1",
    example={"gate": "XOR"},
    aliases=("xnor", "two-layer-xor", "exclusive-or", "xor-gate"),
    conventions={"fire": "ge"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
