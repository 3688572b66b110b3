"""Gradient descent by batches, mini-batches or single samples.

Batch descent uses all samples for one update an epoch; stochastic descent one sample an update;
mini-batch descent `batch_size` samples (or `batches` equal parts), the last part what is left, in
the order given (or another `order`; libraries shuffle). The model is linear (ŷ = X w + b) or
logistic (ŷ = σ(X w + b)). With a typed function `f` descent runs on f itself, from a start point.

Samples are rows: x with two indices is sample, then feature, though a table of some notes writes
them the other way round.

The gradient is derived from the loss as it stands: a factor ½ or 1/n in the loss stands in it too.
"""

from __future__ import annotations

from dlsolve.backward import differentiate, gradient_key
from dlsolve.descent_slips import LOSS, UPDATE
from dlsolve.differences import finite_differences
from dlsolve.errors import InputError
from dlsolve.formula.edits import change, quantity
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.text import one_line, unicode
from dlsolve.formula.tree import At, Bin, Call, Name, Num, Transpose, Tree, rebuild
from dlsolve.functions_of import gradient, placed, start_point, variables
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace
from dlsolve.worked.training.samples import FULL, Data, Problem

NOTATION = Notation(
    [
        Quantity("X", "features, one row a sample", "m", "n×d", "matrix"),
        Quantity("y", "targets", "m", "n×1"),
        Quantity("w", "weights after k updates", "k", "d×1", given="weights at the start"),
        Quantity("b", "bias after k updates", "k", given="bias at the start"),
        Quantity("z", "weighted input at update k", "k q", "n×1"),
        Quantity("y_hat", "prediction at update k", "k q", "n×1", also=("y_pred", "h")),
        Quantity("L", "loss on the batch of update k", "k q", also=("J", "E", "MSE")),
        Quantity("dw", "gradient by the weights", "k", "d×1", symbol="∂L/∂w", latex=r"\partial L/\partial w"),
        Quantity("db", "gradient by the bias", "k", symbol="∂L/∂b", latex=r"\partial L/\partial b"),
        Quantity("dy_hat", "gradient by the prediction", "k", "n×1",
                 symbol="∂L/∂ŷ", latex=r"\partial L/\partial\hat{y}"),
        Quantity("dz", "gradient by the weighted input", "k", "n×1", symbol="∂L/∂z", latex=r"\partial L/\partial z"),
        Quantity("z_all", "weighted input of all samples after k updates", "k", "n×1", symbol="Z", latex="Z"),
        Quantity("y_all", "prediction of all samples after k updates", "k", "n×1", symbol="Ŷ", latex=r"\hat{Y}"),
        Quantity("J", "loss on all samples after k updates", "k"),
        Quantity("f", "value of the function after k steps", "k"),
        Quantity("lr", "learning rate"),
    ],
    {"k": "step", "q": "silent", "m": "batch"},
)  # fmt: skip

_SQUARED = {
    "mean": "mean((Y - P)**2)        # mean squared error",
    "half": "sum((Y - P)**2) / 2     # half the squared error",
    "sum": "sum((Y - P)**2)          # squared error",
    "half_mean": "mean((Y - P)**2) / 2   # half the mean squared error",
}
_LOGISTIC = {
    "mean": "-mean(Y*ln(P) + (1 - Y)*ln(1 - P))    # binary cross-entropy",
    "sum": "-sum(Y*ln(P) + (1 - Y)*ln(1 - P))     # binary cross-entropy",
}


def _losses(target: str, y: str, p: str) -> str:
    """The loss blocks for one target: on a batch, and on all samples."""
    blocks = ""
    for model, key, readings in (("linear", "loss_scale", _SQUARED), ("logistic", "reduce", _LOGISTIC)):
        blocks += f"\n    {target}:{model} by {key}:"
        for choice, text in readings.items():
            blocks += f"\n        {choice} = {text.replace('Y', y).replace('P', p)}"
    return blocks


RULES = rules(
    """
    y_hat[k,m]:linear = X[m] @ w[k-1] + b[k-1]          # prediction
    y_hat[k,m]:no_bias = X[m] @ w[k-1]                  # prediction
    z[k,m] = X[m] @ w[k-1] + b[k-1]                     # weighted input
    z[k,m]:no_bias = X[m] @ w[k-1]                      # weighted input
    y_hat[k,m]:logistic = sigmoid(z[k,m])               # prediction
    w[k] = w[k-1] - lr*dw[k]                            # update
    b[k] = b[k-1] - lr*db[k]                            # update
    y_all[k]:linear = X[0] @ w[k] + b[k]                # prediction of all samples
    y_all[k]:no_bias = X[0] @ w[k]                      # prediction of all samples
    z_all[k] = X[0] @ w[k] + b[k]                       # weighted input of all samples
    z_all[k]:no_bias = X[0] @ w[k]                      # weighted input of all samples
    y_all[k]:logistic = sigmoid(z_all[k])               # prediction of all samples
    """
    + _losses("L[k,m]", "y[m]", "y_hat[k,m]")
    + _losses("J[k]", "y[0]", "y_all[k]")
)


def _without_x(tree: Tree) -> Tree | None:
    """Xᵀ·∂L/∂ŷ -> Σ ∂L/∂ŷ."""
    match tree:
        case Bin("@", Transpose(_), slope) if quantity(slope, ("dy_hat", "dz")):
            return Call("sum", (slope,))
    return None


def _without_sigmoid(tree: Tree) -> Tree | None:
    """∂L/∂ŷ ⊙ ŷ ⊙ (1 − ŷ) -> ∂L/∂ŷ."""
    return tree.left if isinstance(tree, Bin) and tree.op == "*" and quantity(tree.left, ("dy_hat",)) else None


def _without_bias(tree: Tree) -> Tree | None:
    return tree.left if isinstance(tree, Bin) and tree.op == "+" and quantity(tree.right, ("b",)) else None


def _at_start(tree: Tree) -> Tree:
    """w[k-1] -> w[0]: the update forgotten."""
    return At(tree.base, (Num("0"),)) if quantity(tree, ("w", "b")) else rebuild(tree, _at_start)


SLIPS = (
    *UPDATE,
    *LOSS,
    DeclaredSlip("x-left-out", change(_without_x, "dw"), "x is left out of the gradient by the weights"),
    DeclaredSlip("no-sigmoid-slope", change(_without_sigmoid, "dz"), "the derivative of the sigmoid is left out"),
    DeclaredSlip("bias-not-updated", rule("b[k]", "b[k-1]"), "the bias is not updated"),
    DeclaredSlip("bias-left-out", change(_without_bias, "y_hat", "z"), "the bias is left out of the prediction"),
    DeclaredSlip("start-weights", change(_at_start, "y_hat", "z"), "the start weights were used again"),
)


def solve(p: Problem, t: Trace) -> None:
    if p.f is not None:
        _descend_on_function(p, t)
        return
    data = Data(p)
    data.give(t)
    k = 0
    if len(data.parts) > 1:
        _loss_of_all(p, t, 0, "Loss before")
    for epoch in range(1, p.epochs + 1):
        for number, part in data.updates():
            k += 1
            t.section(data.title(epoch, number, len(part), k, p.epochs))
            _update(p, t, k, number)
    _loss_of_all(p, t, k, "Loss after")
    before: Key = ("J", 0) if len(data.parts) > 1 else ("L", 1, FULL)
    _say_whether_lower(t, "L" if before[0] == "L" else "J", before, k)
    bias = ["b"] if p.b is not None else []
    numbers = [number for number, _ in data.updates()]

    def row(k: int) -> list[Key | str]:
        epoch, n = divmod(k - 1, len(numbers))
        return [f" {k}", f" {epoch + 1}", ("L", k, numbers[n]), ("w", k), *((b, k) for b in bias)]

    t.table("Updates", ["update", "epoch", "L", "w", *bias], range(1, k + 1), row)
    t.answer(("w", k))
    if p.b is not None:
        t.answer(("b", k))
    t.answer(("J", k))


def _update(p: Problem, t: Trace, k: int, batch: int) -> None:
    """One update from batch number `batch`: predict, loss, gradients, step."""
    bias = p.b is not None
    if p.model == "logistic":
        t.let("z[k,m]" if bias else "z[k,m]:no_bias", k, batch)
        t.let("y_hat[k,m]:logistic", k, batch)
    else:
        t.let("y_hat[k,m]:linear" if bias else "y_hat[k,m]:no_bias", k, batch)
    t.let(f"L[k,m]:{p.model}", k, batch)
    parameters: list[Key] = [("w", k - 1), ("b", k - 1)] if bias else [("w", k - 1)]
    differentiate(t, ("L", k, batch), parameters, _gradient, k=k, m=batch)
    if k == 1:
        finite_differences(t, ("L", k, batch), {key: _gradient(key) for key in parameters})
    t.let("w[k]", k)
    if bias:
        t.let("b[k]", k)


def _gradient(key: Key) -> Key:
    """∂L/∂w before update k is the gradient of update k."""
    if key[0] in ("w", "b"):
        return ("d" + str(key[0]), int(key[1]) + 1)
    return gradient_key(key[:2])


def _loss_of_all(p: Problem, t: Trace, k: int, title: str) -> None:
    t.section(title)
    bias = p.b is not None
    if p.model == "logistic":
        t.let("z_all[k]" if bias else "z_all[k]:no_bias", k)
        t.let("y_all[k]:logistic", k)
    else:
        t.let("y_all[k]:linear" if bias else "y_all[k]:no_bias", k)
    t.let(f"J[k]:{p.model}", k)


def _say_whether_lower(t: Trace, base: str, before: Key, k: int) -> None:
    first = "L[1, 0]" if base == "L" else "J[0]"
    t.when(f"J[k] < {first}", ("the loss fell", "the loss did not fall: the learning rate is too large here"), k=k)


def _descend_on_function(p: Problem, t: Trace) -> None:
    assert p.f is not None
    if any(field is not None for field in (p.X, p.y, p.w, p.b, p.batch_size, p.batches, p.order)):
        raise InputError(
            "$.given", "samples and a function f exclude each other", remedy="give X and y, or f and start"
        )
    if p.start is None:
        raise InputError("$.given.start", "needs a start point", remedy='such as --start "w1=1 w2=1"')
    tree: Tree = p.f.tree
    by = variables(tree)
    if isinstance(p.start, dict) and set(by) <= set(p.start):
        by = sorted(p.start)  # what f does not depend on stays where it is
    taken = [v for v in by if v in ("f", "lr", "k")]
    if not by or taken:
        raise InputError("$.given.f", f"{taken[0]} has another meaning here" if taken else "no variable in it")
    point = start_point(p.start, by, "$.given.start")
    t.symbols.declare(
        *(Quantity(v, f"variable {v} after k steps", "k", given=f"{v} at the start") for v in by),
        *(Quantity(f"d{v}", f"partial derivative by {v}", "k", symbol=f"∂f/∂{t.symbols.unicode(v)}",
                   latex=rf"\partial f/\partial {t.symbols.latex(v)}") for v in by),
    )  # fmt: skip
    for v, value in point.items():
        t.given(v, value, 0)
    t.given("lr", p.lr)
    before = Bin("-", Name("k"), Num("1"))
    value_rule = rule("f[k]", placed(tree, lambda v: At(v, (Name("k"),))), "value of f")
    partials = {v: placed(d, lambda u: At(u, (before,))) for v, d in gradient(tree, by, "$.given.f").items()}
    slopes = [rule(f"d{v}[k]", d, f"∂f/∂{t.symbols.unicode(v)}") for v, d in partials.items()]
    steps = [rule(f"{v}[k]", f"{v}[k-1] - lr*d{v}[k]", "update") for v in by]
    t.section("Start")
    t.note("Update rule: " + ", ".join(_said(v, d, t) for v, d in gradient(tree, by, "$.given.f").items()))
    for v in by:
        if v not in variables(tree):
            t.note(f"f does not depend on {t.symbols.unicode(v)}: its derivative is 0, and it does not move.")
    t.let(value_rule, 0)
    walk = (*slopes, *steps, value_rule)
    t.through([1], *walk, title=lambda k: f"Step {k}")
    finite_differences(t, ("f", 0), {(v, 0): (f"d{v}", 1) for v in by})
    t.through(range(2, p.epochs + 1), *walk, title=lambda k: f"Step {k}")
    fell = "f fell", "f did not fall: the learning rate is too large here, or the start is a stationary point"
    t.when("f[k] < f[0]", fell, k=p.epochs)
    t.table("Steps", ["k", *by, "f"], range(p.epochs + 1),
            lambda k: [f" {k}", *((v, k) for v in by), ("f", k)])  # fmt: skip
    t.answer(*((v, p.epochs) for v in by), ("f", p.epochs))


def _said(v: str, slope: Tree, t: Trace) -> str:
    """``x ← x − η·(2·x)``"""
    new = Bin("-", Name(v), Bin("*", Name("lr"), slope))
    return f"{t.symbols.unicode(v)} ← {one_line(unicode(new, t.symbols))}"


TOPIC = Topic(
    "gd",
    "Gradient descent: batch, stochastic, mini-batch, or on a typed function",
    "Training",
    Problem,
    solve,
    NOTATION,
    RULES,
    "Goodfellow, Bengio & Courville (2016), sections 4.3 and 5.9",
    example={"X": [1, 2, 3, 4], "y": [2, 4, 6, 8], "w": 0, "b": 0, "lr": 0.1, "batch_size": 2},
    aliases=(
        "sgd",
        "gradient-descent",
        "minibatch",
        "descent",
        "mini-batch",
        "batch-gradient-descent",
        "stochastic-gradient-descent",
        "linear-regression",
        "logistic-regression",
    ),
    conventions={"loss_scale": "mean", "reduce": "mean"},
    contrast=("loss_scale",),
    slips=SLIPS,
    steps=lambda p: p.epochs * (1 if p.y is None else p.batches or -(-p.y.shape[0] // (p.batch_size or p.y.shape[0]))),
)
