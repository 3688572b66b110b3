"""Early stopping on two loss curves, with patience.

Watch the validation loss, stop where it no longer falls, keep the best weights.
The training loss goes on falling when the network begins to learn the samples by heart; the validation
loss then turns. After each epoch the validation loss is compared with the best one so far. If it is
lower (by more than `min_delta`) it is the new best and the count of bad epochs starts again at 0;
otherwise the count goes up by one, and training stops when it reaches the `patience`. With patience 1
training stops at the first epoch that brings nothing. The weights kept are those of the best epoch,
not of the last one.

The stop can be too early: a curve may fall again after a hump that outlasts the patience.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The curves, epoch by epoch, and how long to wait."""

    validation: Annotated[
        list[fmpq], Field("validation loss (or score) after each epoch", ("val", "val_loss", "valid"))
    ]
    train: Annotated[list[fmpq] | None, Field("training loss after each epoch", ("training", "train_loss"))] = None
    patience: Annotated[int, Field("bad epochs in a row that end training", ge="1")] = 1
    min_delta: Annotated[fmpq, Field("what counts as no improvement yet", ge="0")] = fmpq(0)
    mode: Annotated[Literal["min", "max"], Field("whether less is better (loss) or more (accuracy)")] = "min"


NOTATION = Notation(
    [
        Quantity("validation", "validation loss after epoch e", "e", symbol="V", latex="V"),
        Quantity("train", "training loss after epoch e", "e", symbol="T", latex="T"),
        Quantity("patience", "bad epochs in a row that end training", kind="integer"),
        Quantity("min_delta", "what counts as no improvement yet", symbol="δ", latex=r"\delta"),
        Quantity("best", "best validation loss up to epoch e", "e"),
        Quantity("wait", "bad epochs in a row, up to epoch e", "e", kind="integer"),
        Quantity("gap", "validation less training loss", "e"),
        Quantity("best_epoch", "epoch whose weights are kept", kind="integer", symbol="best epoch",
                 latex=r"\text{best epoch}"),
        Quantity("stop_epoch", "epoch after which training stops", kind="integer", symbol="stop epoch",
                 latex=r"\text{stop epoch}"),
        Quantity("best_loss", "validation loss of the weights kept", symbol="best loss", latex=r"\text{best loss}"),
    ],
    {"e": "epoch"},
)  # fmt: skip

RULES = rules("""
    best[e]:new = validation[e]             # the best so far
    best[e] = best[e-1]                     # the best so far stays
    wait[e]:first = 0                       # nothing to wait for yet
    wait[e]:new = 0                         # the count starts again
    wait[e] = wait[e-1] + 1                 # one more bad epoch
    gap[e] = validation[e] - train[e]       # how much is learnt by heart
    best_loss at e = best[e]
""")

SLIPS = (
    DeclaredSlip("last_not_best", rule("best[e]", "validation[e]"),
                 "the loss of the epoch itself was taken for the best so far"),
    DeclaredSlip("not_reset", rule("wait[e]:new", "wait[e-1]"), "the count was not set back to 0 after an improvement"),
    DeclaredSlip("last_weights", rule("best_loss at e", "validation[e]"),
                 "the weights of the last epoch were kept, not of the best one"),
    DeclaredSlip("gap_turned", rule("gap[e]", "train[e] - validation[e]"),
                 "the gap was taken the other way round, training less validation loss"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    if p.train is not None and len(p.train) != len(p.validation):
        raise InputError(
            "$.given.train", f"{len(p.validation)} epochs of validation", found=f"{len(p.train)} of training"
        )
    t.given("validation", p.validation)
    if p.train is not None:
        t.given("train", p.train)
    t.given("patience", p.patience)
    if p.min_delta:
        t.given("min_delta", p.min_delta)
    question = f"validation[e] {'<' if p.mode == 'min' else '>'} best[e-1]"
    if p.min_delta:
        question += " - min_delta" if p.mode == "min" else " + min_delta"
    best, last, stopped = 1, len(p.validation), False
    for e in range(1, len(p.validation) + 1):
        t.section(f"Epoch {e}")
        if p.train is not None:
            t.let("gap[e]", e)
        better = e == 1 or t.when(question, ("better", "no better"), e=e)
        t.let("best[e]:new" if better else "best[e]", e)
        t.let("wait[e]:first" if e == 1 else "wait[e]:new" if better else "wait[e]", e)
        best = e if better else best
        if not better and t.when("wait[e] >= patience", ("training stops", "training goes on"), e=e):
            last, stopped = e, True
            break
    t.section("Result")
    t.operation("the last epoch with a new best", None, t.number(best), key="best_epoch", why="its weights are kept")
    why = "the patience is used up" if stopped else "the curve ends; the patience is not used up"
    t.operation("the last epoch trained", None, t.number(last), key="stop_epoch", why=why)
    t.let("best_loss at e", last)
    names: list[str] = ["validation", *(["train"] if p.train is not None else []), "best", "wait"]
    rows: list[list[Key | str]] = [[f" {e}", *((n, e) for n in names)] for e in range(1, last + 1)]
    t.table("Epochs", ["epoch", *names], rows)
    t.answer("best_epoch", "stop_epoch", "best_loss")
    t.check("the best loss is that of the best epoch", "best_loss == validation[e]", e=best)
    _remarks(p, t, best, last, stopped)


def _remarks(p: Problem, t: Trace, best: int, last: int, stopped: bool) -> None:
    if not stopped:
        t.remark("Training is not stopped within the epochs given.")
    sign = 1 if p.mode == "min" else -1
    bound = sign * p.validation[best - 1] - p.min_delta
    later = [e for e, value in enumerate(p.validation, 1) if e > last and sign * value < bound]
    if later:
        t.remark(
            f"Epoch {later[0]} would have been better still: a patience of {later[0] - best} would have reached it."
        )
    if p.train is not None and stopped and sign * p.train[last - 1] < sign * p.train[best - 1]:
        t.remark("The training loss goes on improving while the validation loss does not: the network overfits.")


TOPIC = Topic(
    "early-stopping", "Early stopping", "Training", Problem, solve, NOTATION, RULES,
    "Goodfellow, Bengio & Courville (2016), section 7.8, algorithm 7.1",
    example={
        "train": [1.0, 0.8, 0.6, 0.5, 0.4, 0.35], "validation": [0.9, 0.7, 0.6, 0.65, 0.7, 0.8], "patience": 2
    },
    aliases=("early-stop", "patience"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
