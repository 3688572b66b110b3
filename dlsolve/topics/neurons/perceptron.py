"""Perceptron: one neuron that fires or not, and its training.

A forward pass adds up z = Σ wⱼxⱼ + b and fires where z reaches the threshold θ. A truth table does
so for all samples at once: z = X Wᵀ, where a column of ones in X meets b, the first entry of W. Of
weights alone the table is that of all inputs of bits. A gate by its weights needs a threshold above
every z that must not fire, and no higher than any that must.
Training takes the samples one by one: where ŷ ≠ y each weight moves by η(y − ŷ)xⱼ and the bias by
η(y − ŷ), else nothing changes; by hand one goes back to the first sample after an update, a program
sweeps through whole epochs. It ends when every sample is right, which happens for every η > 0 if a
line (a plane) separates the classes (Novikoff 1962). If none does, the inequalities that the
samples ask for add up to a contradiction, and that is shown.

Initial weights are w1_0, w2_0, b_0, those after three updates w1_3, w2_3, b_3, the final ones
w1, w2, b; z_2[3] is the weighted sum of sample 3 in pass (or epoch) 2, z[3] that with final weights.
A fixed threshold beside a trained bias is two offsets for one: z ≥ θ with b is z ≥ 0 with b − θ.
"""

from __future__ import annotations

from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace
from dlsolve.worked.neurons import firing
from dlsolve.worked.neurons.learning import possible, train
from dlsolve.worked.neurons.program import program
from dlsolve.worked.neurons.samples import Data, Problem, read, task

NOTATION = Notation(
    [
        Quantity("x", "input j (of sample s)", "j s", given="input {j}"),
        Quantity("y", "label of sample s", "s", kind="label"),
        Quantity("w", "weight of input j (after u updates)", "j u", given="weight of input {j}"),
        Quantity("b", "bias (after u updates)", "u", given="bias"),
        Quantity("z", "weighted sum (of sample s in pass p)", "s p", also=("net",)),
        Quantity(
            "y_hat", "what the neuron says (of sample s in pass p)", "s p", kind="label", also=("y_pred", "output", "o")
        ),
        Quantity("e", "error y − ŷ of sample s in pass p", "s p", also=("error",)),
        Quantity("X", "samples, with a column of ones before them for the bias", shape="n×(d+1)", kind="matrix"),
        Quantity("W", "bias and weights in one row", shape="1×(d+1)", kind="matrix"),
        Quantity("lr", "learning rate"),
        Quantity("threshold", "threshold of the step", symbol="θ", latex=r"\theta"),
        Quantity("updates", "how many updates were made", kind="integer"),
        Quantity("epoch_updates", "updates in epoch p", "p", kind="integer", template="updates in epoch {p}"),
        Quantity("epochs", "epochs until training ended, the last one without an update", kind="integer"),
        Quantity("passes", "how often one began with the first sample", kind="integer"),
        Quantity("evaluations", "how many samples were looked at", kind="integer"),
        Quantity("errors", "samples that are wrong in the end", kind="integer"),
        Quantity("slope", "slope of the decision line", symbol="m"),
        Quantity("intercept", "where the decision line meets the x₂-axis", symbol="c"),
        Quantity("crossing", "where an upright decision line meets the x₁-axis", symbol="c"),
        *firing.QUANTITIES,
        Quantity("separable", "whether one neuron can do it", kind="choice"),
    ],
    {"j": "feature", "s": "sample", "p": "epoch", "u": "step"},
)

RULES = rules(
    """
    z = sum(w[j]*x[j] for j in features) + b            # weighted sum
    z:all = X @ W.T                                     # every weighted sum at once
    z[s,p] at u = sum(w[j,u]*x[j,s] for j in features) + b[u]      # weighted sum
    z[s,p]:fixed at u = sum(w[j,u]*x[j,s] for j in features) + b   # weighted sum, the bias is not trained
    y_hat by fire:                                      # step
        ge = 1 if z >= threshold else 0
        gt = 1 if z > threshold else 0
    y_hat:signs by fire:                                # step, labels −1 and +1
        ge = 1 if z >= threshold else -1
        gt = 1 if z > threshold else -1
    y_hat:sigmoid = sigmoid(z)                          # sigmoid
    y_hat[s,p] by fire:                                 # step
        ge = 1 if z[s,p] >= threshold else 0
        gt = 1 if z[s,p] > threshold else 0
    y_hat[s,p]:signs by fire:                           # step, labels −1 and +1
        ge = 1 if z[s,p] >= threshold else -1
        gt = 1 if z[s,p] > threshold else -1
    e[s,p] = y[s] - y_hat[s,p]                          # error
    w[j,u] at s,p = w[j,u-1] + lr*e[s,p]*x[j,s]         # update of a weight
    b[u] at s,p = b[u-1] + lr*e[s,p]                    # update of the bias: a weight whose input is 1
    w[j] at u = w[j,u]                                  # final weight
    b at u = b[u]                                       # final bias
    updates at u = u                                    # number of updates
    epoch_updates[p] = count(y_hat[s,p] != y[s] for s in samples)   # updates of the epoch
    epochs at p = p                                     # epochs until the end
    passes at p = p                                     # passes until the end
    evaluations at k = k                                # samples looked at
    errors = count(y_hat[s] != y[s] for s in samples)   # samples that are wrong
    slope = -w[1]/w[2]                                  # on the line z = θ: x₂ = m·x₁ + c
    intercept = (threshold - b)/w[2]                    # on the line z = θ, at x₁ = 0
    crossing = (threshold - b)/w[1]                     # the line z = θ stands upright: x₁ = c
"""
    + firing.RULES
)

SLIPS = (
    DeclaredSlip("subtracted", rule("w[j,u] at s,p", "w[j,u-1] - lr*e[s,p]*x[j,s]"),
                 "the weight update was subtracted instead of added"),
    DeclaredSlip("no-input", rule("w[j,u] at s,p", "w[j,u-1] + lr*e[s,p]"),
                 "the input x is left out of the weight update"),
    DeclaredSlip("no-rate", rule("w[j,u] at s,p", "w[j,u-1] + e[s,p]*x[j,s]"),
                 "the learning rate is left out of the weight update"),
    DeclaredSlip("bias-kept", rule("b[u] at s,p", "b[u-1]"), "the bias is not updated"),
    DeclaredSlip("bias-subtracted", rule("b[u] at s,p", "b[u-1] - lr*e[s,p]"),
                 "the bias update was subtracted instead of added"),
    DeclaredSlip("bias-no-rate", rule("b[u] at s,p", "b[u-1] + e[s,p]"),
                 "the learning rate is left out of the bias update"),
    DeclaredSlip("error-swapped", rule("e[s,p]", "y_hat[s,p] - y[s]"), "y and ŷ are swapped in the error"),
    DeclaredSlip("no-threshold", rule("y_hat[s,p]", "1 if z[s,p] >= 0 else 0"), "the threshold was ignored"),
    DeclaredSlip("no-threshold-once", rule("y_hat", "1 if z >= 0 else 0"), "the threshold was ignored"),
    DeclaredSlip("no-bias", rule("z[s,p] at u", "sum(w[j,u]*x[j,s] for j in features)"),
                 "the bias is left out of the weighted sum"),
    DeclaredSlip("no-bias-once", rule("z", "sum(w[j]*x[j] for j in features)"),
                 "the bias is left out of the weighted sum"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    wanted, data = task(p), read(p)
    d = len(data.rows[0])
    if p.w is not None and len(p.w) != d:
        remedy = "the bias is no weight: give it as b" if len(p.w) == d + 1 else ""
        raise InputError("$.given.w", f"one weight per input, {d}", found=str(len(p.w)), remedy=remedy)
    if p.activation == "sigmoid" and wanted in ("train", "separable"):
        raise InputError("$.given.activation", "the perceptron rule trains a step", found="'sigmoid'",
                         remedy="a sigmoid neuron is trained by gradient descent: see `gd` or `backprop`")  # fmt: skip
    if p.activation == "sigmoid" and p.threshold is not None:
        raise InputError("$.given.threshold", "a sigmoid has no threshold", remedy="leave it out, or use the step")
    if p.gate is None and p.inputs != 2:
        raise InputError(
            "$.given.inputs", "only a gate by name has a number of inputs", remedy="give a gate, or leave it out"
        )
    t.index_set("features", range(1, d + 1))
    t.index_set("samples", range(1, len(data.rows) + 1))
    if p.activation == "step" and wanted != "threshold":
        t.given("threshold", p.threshold or fmpq(0), assumed=p.threshold is None)
    if data.signs:
        t.note("The labels are −1 and +1, so a neuron that does not fire says −1 and an error is ±2.")
    match wanted:
        case "forward":
            _forward(p, t, data)
        case "table":
            _needed(p)
            t.given("w", p.w)
            t.given("b", p.b or fmpq(0), assumed=p.b is None)
            _labels(t, data)
            _table(p, t, data)
        case "threshold":
            _which_threshold(p, t, data)
        case "train":
            ending = train(p, t, data)
            if ending != "hopeless" and p.x is None:
                _table(p, t, data, right=ending == "right")
        case _:
            _labels(t, data)
            t.given("b", p.b or fmpq(0)) if not p.train_bias else None
            if possible(p, t, data):
                _table(p, t, data, right=True)


def _needed(p: Problem) -> None:
    if p.w is None:
        raise InputError("$.given.w", "a truth table needs the weights w", remedy="give w, or lr to train them")


def _labels(t: Trace, data: Data) -> None:
    if data.labels:
        t.given("y", data.labels)


def _says(p: Problem, data: Data, base: str) -> str:
    """The rule for ŷ that fits the labels and the activation."""
    return base + (":sigmoid" if p.activation == "sigmoid" else ":signs" if data.signs else "")


def _forward(p: Problem, t: Trace, data: Data) -> None:
    """One input: z and ŷ."""
    if p.w is None:
        raise InputError("$.given.w", "a forward pass needs the weights w")
    t.given("x", data.rows[0])
    t.given("w", p.w)
    t.given("b", p.b or fmpq(0), assumed=p.b is None)
    t.section("Forward pass")
    t.let("z")
    t.let(_says(p, data, "y_hat"))
    t.answer("z", "y_hat")
    backwards = " + ".join(["b", *(f"x[{j}]*w[{j}]" for j in range(len(data.rows[0]), 0, -1))])
    t.check("z again, summed from the last input", f"z == {backwards}")
    if data.labels:
        t.given("y", data.labels)
        t.when("y_hat != y[1]", ("the neuron is wrong", "the neuron is right"))


def _sums(t: Trace, data: Data) -> None:
    """Every weighted sum at once."""
    ones = Matrix([[fmpq(1), *row] for row in data.rows])
    t.section("Truth table in matrix form")
    t.operation("a column of ones, for the bias, before the samples", Matrix(data.rows), t.number(ones), key="X")
    weights = ", ".join(f"w[{j}]" for j in range(1, len(data.rows[0]) + 1))
    t.let(rule("W", f"[[b, {weights}]]", "bias and weights in one row"))
    t.let("z:all")


def _table(p: Problem, t: Trace, data: Data, *, right: bool = False) -> None:
    """Every sample at once in matrix form, with the weights in force; `right` claims all are right."""
    d = len(data.rows[0])
    _sums(t, data)
    t.let(_says(p, data, "y_hat"))
    t.answer("z", "y_hat")
    header = ["sample", "x", "z", "ŷ", *(["y"] if data.labels else [])]
    t.table(
        "Truth table",
        header,
        [
            [f" {s}", " " + data.point(s), ("z", s), ("y_hat", s), *([("y", s)] if data.labels else [])]
            for s in t.sets["samples"]
            if isinstance(s, int)
        ],
    )
    if p.activation == "step":
        firing.count_firing(p, t, data.rows, data.labels)
    if data.labels and p.activation == "step":
        t.let("errors")
        gate = f"the neuron computes {p.gate}" if p.gate else "every sample is right"
        t.when("errors == 0", (gate, "these weights get some samples wrong"))
        if right:
            t.check("every sample is right with these weights", "errors == 0")
    one_by_one = " + ".join(["b", *(f"w[{j}]*X[s,{j + 1}]" for j in range(1, d + 1))])
    t.check("z again, sample by sample", f"sum(abs(z[s] - ({one_by_one})) for s in samples) == 0")
    if d == 2:
        _line(p, t)


def _which_threshold(p: Problem, t: Trace, data: Data) -> None:
    """The thresholds with which given weights do what is wanted."""
    _needed(p)
    if not data.labels:
        raise InputError("$.given.y", "what it should say is missing", remedy="give a gate, or X and y")
    if p.threshold is not None:
        raise InputError("$.given.threshold", "it is what is asked for", remedy="leave it out, or take task table")
    t.given("w", p.w)
    t.given("b", p.b or fmpq(0), assumed=p.b is None)
    _labels(t, data)
    _sums(t, data)
    t.table("Weighted sums", ["sample", "x", "z", "y"],
            [[f" {s}", " " + data.point(s), ("z", s), ("y", s)] for s in range(1, len(data.rows) + 1)])  # fmt: skip
    firing.thresholds(t, data.labels, t.convention("fire"))


def _line(p: Problem, t: Trace) -> None:
    """The decision line of two inputs: where z = θ (for a sigmoid, where ŷ = ½)."""
    if p.activation == "sigmoid":
        t.given("threshold", fmpq(0), assumed=True)
    t.section("Decision line")
    if not t.when("w[2] == 0", ("x₂ does not matter", "the decision line is x₂ = m·x₁ + c")):
        t.answer(*(_let(t, name) for name in ("slope", "intercept")))
    elif not t.when(
        "w[1] == 0", ("ŷ is the same everywhere, there is no line", "the decision line is x₁ = c, upright")
    ):
        t.answer(_let(t, "crossing"))


def _let(t: Trace, target: str) -> Key:
    t.let(target)
    return target


def _conventions(p: Problem) -> dict[str, str]:
    """A run by epochs sweeps; a run by hand goes back to the first sample after an update."""
    return {"loop": "sweep"} if p.epochs is not None else {}


TOPIC = Topic(
    "perceptron", "Perceptron", "Neurons", Problem, solve, NOTATION, RULES,
    "Rosenblatt (1958), The perceptron; convergence: Novikoff (1962)",
    example={"gate": "AND", "w": [1.2, 0.6], "b": 0, "lr": 0.5, "threshold": 1},
    aliases=(
        "threshold-unit", "tlu", "gate", "gates", "neuron", "and-gate", "or-gate", "delta-rule", "perceptron-rule",
    ),
    conventions={"fire": "ge", "loop": "restart"},
    defaults=_conventions,
    contrast=("arith", "loop", "fire"),
    program=program,
    slips=SLIPS,
)  # fmt: skip
