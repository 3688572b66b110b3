"""Backpropagation: the gradient of the loss by every weight.

The network computes forward, layer by layer; the chain rule then carries ∂L/∂ŷ back through the
same rules, one factor a step: through the activation (times its derivative), through the weights
(times W transposed), and at each layer to W (times the layer's input) and to b. Every backward
rule here is the derivative of a forward rule, worked out from it, none written by hand.

A vector is a column. With layout `Wx` a batch has its samples as columns; with `xW` as rows.
"""

from __future__ import annotations

from dlsolve.backward import differentiate, gradient_key
from dlsolve.descent_slips import LOSS, UPDATE
from dlsolve.differences import finite_differences
from dlsolve.formula.edits import change, everywhere, quantity, untransposed
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.tree import At, Bin, Call, Name, Num, Tree
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace
from dlsolve.worked.networks.learner import Network, Problem

NOTATION = Notation(
    [
        Quantity("x", "input", shape="n₀×N"),
        Quantity("y", "target", shape="m×N"),
        Quantity("W", "weights of layer l after k updates", "l k", "nₗ×nₗ₋₁", "matrix", given="weights of layer {l}"),
        Quantity("b", "biases of layer l after k updates", "l k", "nₗ×1", "matrix", given="biases of layer {l}"),
        Quantity("z", "pre-activation of layer l", "l e", "nₗ×N", "matrix"),
        Quantity("a", "activation of layer l", "l e", "nₗ×N", "matrix", also=("h", "o")),
        Quantity("y_hat", "output of the network", "e", "m×N", "matrix", also=("y_pred", "output", "o")),
        Quantity("L", "loss", "e", also=("E", "J", "error", "MSE")),
        Quantity("dW", "gradient by the weights of layer l", "l e", "nₗ×nₗ₋₁", "matrix",
                 symbol="∂L/∂W", latex=r"\partial L/\partial W"),
        Quantity("db", "gradient by the biases of layer l", "l e", "nₗ×1", "matrix",
                 symbol="∂L/∂b", latex=r"\partial L/\partial b"),
        Quantity("lr", "learning rate"),
        Quantity("n", "number of layers", kind="integer"),
        Quantity("N", "number of samples", kind="integer"),
        Quantity("slope", "slope of leaky ReLU below 0", symbol="α", latex=r"\alpha"),
    ],
    {"l": "layer", "k": "step", "e": "epoch"},
)  # fmt: skip

_CALLS = {"linear": "z[l,e]", "leaky_relu": "leaky_relu(z[l,e], slope)"}
_CALLS |= {a: f"{a}(z[l,e])" for a in ("sigmoid", "tanh", "relu")}

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
    L[e]:cce = -sum(y*ln(y_hat[e]))               # categorical cross-entropy
    L[e]:cce_batch by reduce:
        mean = -sum(y*ln(y_hat[e])) / N           # categorical cross-entropy, mean over the samples
        sum = -sum(y*ln(y_hat[e]))                # categorical cross-entropy
    a[l,e]:softmax by layout:
        Wx = softmax(z[l,e])                      # activation
        xW = rowsoftmax(z[l,e])                   # activation
    y_hat[e]:softmax by layout:
        Wx = softmax(z[n,e])                      # output
        xW = rowsoftmax(z[n,e])                   # output
    W[l,e] = W[l,e-1] - lr*dW[l,e]                  # update
    b[l,e] = b[l,e-1] - lr*db[l,e]                  # update
    """
    + "".join(f"\n    a[l,e]:{a} = {call}    # activation" for a, call in _CALLS.items())
    + "".join(f"\n    y_hat[e]:{a} = {call.replace('[l,', '[n,')}    # output" for a, call in _CALLS.items())
)


def _without_slope(tree: Tree) -> Tree | None:
    """∂L/∂a ⊙ σ′(z) -> ∂L/∂a."""
    return tree.left if isinstance(tree, Bin) and tree.op == "*" and quantity(tree.left, ("da", "dy_hat")) else None


def _updated(tree: Tree) -> Tree | None:
    """W[2, e-1] -> the weights after this update."""
    match tree:
        case At("W", (layer, Bin("-", Name("e"), Num("1")))):
            return Bin("-", tree, Bin("*", Name("lr"), At("dW", (layer, Name("e")))))
    return None


def _without_bias(tree: Tree) -> Tree | None:
    return tree.left if isinstance(tree, Bin) and tree.op == "+" and quantity(tree.right, ("b",)) else None


def _not_activated(tree: Tree) -> Tree | None:
    return At("z", tree.index) if isinstance(tree, At) and tree.base == "a" else None


SLIPS = (
    *UPDATE,
    *LOSS,
    DeclaredSlip("no-activation-slope", change(_without_slope, "dz"), "the derivative of the activation is left out"),
    DeclaredSlip("W-not-transposed", change(everywhere(untransposed), "da"), "W is not transposed"),
    DeclaredSlip("a-not-transposed", change(everywhere(untransposed), "dW"), "the layer's input is not transposed"),
    DeclaredSlip("new-weights", change(everywhere(_updated), "da"), "the updated weights are used for the layer below"),
    DeclaredSlip("bias-left-out", change(_without_bias, "z"), "the bias is left out"),
    DeclaredSlip("z-for-a", change(everywhere(_not_activated), "z", "dW"), "z was used for the activation a"),
    DeclaredSlip("not-activated", change(lambda e: e.args[0] if isinstance(e, Call) else None, "a", "y_hat"),
                 "the activation is left out"),
    DeclaredSlip("bias-not-updated", rule("b[l,e]", "b[l,e-1]"), "the bias is not updated"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    net = Network(p, t.convention("layout"))
    n = net.layers
    t.index_constant("n", n)
    net.give(t)
    if p.epochs <= 1:
        t.hide("e", 1)
        t.hide("k", 0, names=False)
        t.fixed["e"] = 1
    for e in range(1, p.epochs + 1):
        t.section(f"Forward pass, epoch {e}" if p.epochs > 1 else "Forward pass")
        net.forward(t, e)
        t.section(f"Backward pass, epoch {e}" if p.epochs > 1 else "Backward pass")
        parameters: list[Key] = [(w, layer, e - 1) for layer in range(n, 0, -1) for w in ("W", "b")]
        differentiate(t, ("L", e), parameters, _gradient, e=e)
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
    if p.epochs > 1:
        t.table("Loss", ["epoch", "L", "L after"], range(1, last), lambda e: [f" {e}", ("L", e), ("L", e + 1)])
    t.answer(("y_hat", 1), ("L", 1))
    for layer in range(1, n + 1) if p.epochs else ():
        t.answer(("dW", layer, p.epochs), ("db", layer, p.epochs))
    t.alias(f"a{n}", ("y_hat", 1))
    for layer in range(1, n + 1) if p.epochs else ():
        t.answer(("W", layer, p.epochs), ("b", layer, p.epochs))
        if p.epochs == 1:
            t.alias(f"W{layer}_new", ("W", layer, 1))
            t.alias(f"b{layer}_new", ("b", layer, 1))
    if p.epochs:
        t.answer(("L", last))


def _gradient(key: Key) -> Key:
    """∂L/∂W at the weights before update e is the gradient of epoch e."""
    if key[0] in ("W", "b"):
        return ("d" + str(key[0]), key[1], int(key[2]) + 1)
    return gradient_key(key)


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
    aliases=(
        "backpropagation", "mlp", "sigmoid-neuron", "chain-rule", "back-propagation", "backward-pass",
        "neural-network",
    ),
    conventions={"layout": "Wx", "loss_scale": "mean", "reduce": "mean"},
    slips=SLIPS,
    steps=lambda p: p.epochs,
)  # fmt: skip
