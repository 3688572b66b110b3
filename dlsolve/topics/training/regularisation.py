"""L2 and L1 penalties with their gradient steps.

Large weights cost something, so that a network learns less by heart.
To the loss of the data a penalty on the weights is added, L′ = L + R, with R = λ Σ w² (L2, ridge) or
R = λ Σ |w| (L1, lasso). Descent then follows the gradient of the sum, ∂L/∂w + ∂R/∂w. The L2 penalty
pulls each weight towards 0 in proportion to its size, so a step also shrinks the weight by a factor
(weight decay); the L1 penalty pulls with the same strength λ whatever the size, in the direction of
the sign, and so makes some weights exactly 0. Both together are the elastic net.

Libraries write λ/2 Σ w², whose gradient is λ w (convention `l2`; PyTorch's `weight_decay` adds λ w).
Biases are usually not penalised: give the weights alone. |w| has no derivative at 0; 0 is taken there.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flint import fmpq

from dlsolve.backward import differentiate
from dlsolve.differences import finite_differences
from dlsolve.errors import InputError
from dlsolve.fields import Field, Params
from dlsolve.formula.edits import change, without_numbers
from dlsolve.formula.rules import rule, rules
from dlsolve.formula.tree import Bin, Call, Name, Ref, Tree, rebuild
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Weights and λ; then the loss of the data and its gradient, where they are known."""

    w: Annotated[Params, Field("weights", ("weights", "theta"))]
    lam: Annotated[fmpq, Field("strength λ of the penalty", ("lambda", "weight_decay"), ge="0")]
    penalty: Annotated[Literal["l2", "l1", "elastic"], Field("which penalty; elastic: both")] = "l2"
    lam1: Annotated[fmpq | None, Field("strength of the L1 part of elastic (λ where not given)", ge="0")] = None
    L: Annotated[fmpq | None, Field("loss of the data, without penalty", ("loss",))] = None
    grad: Annotated[Params | None, Field("gradient of that loss by the weights", ("g", "dL"))] = None
    lr: Annotated[fmpq | None, Field("learning rate; asks for one step", ("eta", "alpha", "learning_rate"), gt="0")] = (
        None
    )


NOTATION = Notation(
    [
        Quantity("w", "weights", shape="n×1"),
        Quantity("lam", "strength of the penalty"),
        Quantity("lam1", "strength of the L1 part"),
        Quantity("L", "loss of the data"),
        Quantity("R", "penalty"),
        Quantity("L_reg", "loss with penalty", symbol="L′", latex="L'"),
        Quantity("g", "gradient of the loss of the data", shape="n×1"),
        Quantity("dR", "gradient of the penalty", shape="n×1", symbol="∂R/∂w", latex=r"\partial R/\partial w"),
        Quantity("g_reg", "gradient of the loss with penalty", shape="n×1", symbol="∂L′/∂w",
                 latex=r"\partial L'/\partial w"),
        Quantity("lr", "learning rate"),
        Quantity("shrink", "factor by which the penalty alone changes the weights"),
        Quantity("w_new", "weights after one step", shape="n×1"),
    ]
)  # fmt: skip

RULES = rules("""
    R:l2 by l2:
        full = lam*sum(w**2)                            # λ times the sum of squares
        half = lam*sum(w**2) / 2                        # half of λ times the sum of squares
    R:l1 = lam*sum(abs(w))                              # λ times the sum of absolute values
    R:elastic by l2:
        full = lam*sum(w**2) + lam1*sum(abs(w))         # both penalties
        half = lam*sum(w**2) / 2 + lam1*sum(abs(w))     # both penalties
    L_reg = L + R
    g_reg = g + dR                                      # the gradient of a sum
    shrink by l2:
        full = 1 - 2*lr*lam                             # weight decay
        half = 1 - lr*lam                               # weight decay
    w_new = w - lr*g_reg                                # a step downhill
""")


def _without_sign(tree: Tree) -> Tree | None:
    """λ·sign(w) -> λ·w."""
    found = False

    def edit(node: Tree) -> Tree:
        nonlocal found
        if isinstance(node, Call) and node.fn == "abs_prime":
            found = True
            return node.args[0]
        return rebuild(node, edit)

    out = edit(tree)
    return out if found else None


def _strength_alone(tree: Tree) -> Tree | None:
    """λ·sign(w) -> λ: the sign left out."""
    match tree:
        case Bin("*", Name() | Ref() as strength, Call("abs_prime", (weights,))):
            return Bin("*", strength, Call("ones", (weights,)))
    return None


SLIPS = (
    DeclaredSlip("two_left_out", change(without_numbers, "dR"), "the factor 2 of the square's derivative is left out"),
    DeclaredSlip("weight_for_sign", change(_without_sign, "dR"),
                 "w was taken for the derivative of |w|, the sign of w"),
    DeclaredSlip("sign_left_out", change(_strength_alone, "dR"), "the sign of w is left out of the L1 gradient"),
    DeclaredSlip("not_squared", rule("R:l2", "lam*sum(w)"), "the weights are not squared in the L2 penalty"),
    DeclaredSlip("norm", rule("R:l2", "lam*sqrt(sum(w**2))"), "the norm was taken, not its square"),
    DeclaredSlip("not_absolute", rule("R:l1", "lam*sum(w)"), "the absolute values are left out of the L1 penalty"),
    DeclaredSlip("penalty_subtracted", rule("L_reg", "L - R"), "the penalty was taken off the loss, not added"),
    DeclaredSlip("gradient_subtracted", rule("g_reg", "g - dR"),
                 "the gradient of the penalty was subtracted, not added"),
    DeclaredSlip("penalty_ignored", rule("g_reg", "g"), "the penalty is left out of the gradient"),
    DeclaredSlip("step_uphill", rule("w_new", "w + lr*g_reg"), "the step is added instead of subtracted"),
    DeclaredSlip("no_rate", rule("w_new", "w - g_reg"), "the learning rate is left out"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    if p.lam1 is not None and p.penalty != "elastic":
        raise InputError("$.given.lam1", "only elastic has two strengths", remedy="set penalty to elastic")
    if p.grad is not None and _size(p.grad) != _size(p.w):
        raise InputError("$.given.grad", f"{_size(p.w)} weights", found=f"{_size(p.grad)} entries")
    t.given("w", p.w)
    t.given("lam", p.lam)
    if p.penalty == "elastic":
        t.given("lam1", p.lam1 if p.lam1 is not None else p.lam, assumed=p.lam1 is None)
    if p.L is not None:
        t.given("L", p.L)
    if p.grad is not None or p.lr is not None:
        zero = p.w.map(lambda _: fmpq(0)) if isinstance(p.w, Matrix) else fmpq(0)
        t.given("g", p.grad if p.grad is not None else zero, assumed=p.grad is None)
    if p.lr is not None:
        t.given("lr", p.lr)
    t.section("Penalty")
    t.let(f"R:{p.penalty}")
    if p.L is not None:
        t.let("L_reg")
    t.section("Gradient of the penalty")
    differentiate(t, "R", ["w"], _gradient)
    finite_differences(t, "R", {"w": "dR"})
    t.answer("R", *(["L_reg"] if p.L is not None else []), "dR")
    if "g" in t.env:
        t.let("g_reg")
        t.answer("g_reg")
    if p.lr is not None:
        _step(p, t)
    if p.penalty != "l2" and any(e == 0 for e in _entries(p.w)):
        t.remark("A weight is 0, where |w| has no derivative: 0 is taken, and the penalty leaves it at 0.")


def _step(p: Problem, t: Trace) -> None:
    t.section("One step")
    t.let("w_new")
    t.answer("w_new")
    if p.penalty == "l2":
        t.let("shrink")
        t.check("the same as weight decay: shrink, then descend", "w_new == shrink*w - lr*g", "shrink·w − η·g")


def _gradient(key: Key) -> Key:
    return "dR" if key == "w" else f"d{key}"


def _entries(value: Matrix | fmpq) -> list[object]:
    return list(value.entries()) if isinstance(value, Matrix) else [value]


def _size(value: Matrix | fmpq) -> int:
    return len(_entries(value))


TOPIC = Topic(
    "regularisation", "L2 and L1 regularisation", "Training", Problem, solve, NOTATION, RULES,
    "Goodfellow, Bengio & Courville (2016), eq. 7.2 to 7.5 and 7.19 to 7.20",
    example={"w": [1, -2], "lam": 0.1, "L": 0.8, "grad": [0.5, 0.3], "lr": 0.1},
    aliases=(
        "regularization", "l2", "l1", "weight-decay", "ridge", "lasso", "elastic-net", "l2-regularization",
        "l1-regularization",
    ),
    conventions={"l2": "full"},
    contrast=("l2",),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
