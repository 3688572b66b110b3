"""Updates per epoch: batch, stochastic, mini-batch.

How often the weights move in batch, stochastic and mini-batch descent.
One epoch is one pass over all N samples. Batch descent moves the weights once an epoch, with the mean
gradient of all samples; stochastic descent after every sample, N times; mini-batch descent once a
batch. With batches of B samples that is N/B, rounded up: the last batch holds what is left, unless it
is dropped (`drop_last`). Epochs and updates agree in number only for batch descent; in all there are
epochs · updates per epoch.

"10 mini-batches" is a number of batches, `batches`, each of N/10 samples. "Batch size 10", as
libraries have it, is their size, `batch_size`. Where the number is given, the other reading is worked
out as well. The cost of an epoch is about the same each way, as every sample is seen once.
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
from dlsolve.trace import Trace


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How many samples, how they are batched, how many epochs."""

    N: Annotated[int, Field("number of samples", ("n", "samples"), ge="1")]
    method: Annotated[
        Literal["batch", "stochastic", "mini-batch"] | None,
        Field("kind of descent, where it is not told by the batches"),
    ] = None
    batch_size: Annotated[int | None, Field("samples in a batch", ("B",), ge="1")] = None
    batches: Annotated[int | None, Field("number of mini-batches in an epoch", ("mini_batches",), ge="1")] = None
    drop_last: Annotated[bool, Field("leave out a last batch that is not full")] = False
    epochs: Annotated[int | None, Field("passes over the data (1 where not given)", ge="1")] = None
    updates: Annotated[int | None, Field("updates in all: asks for the epochs", ("iterations",), ge="1")] = None
    seconds: Annotated[fmpq | None, Field("time of one update: asks for the time in all", ("time",), gt="0")] = None


NOTATION = Notation(
    [
        Quantity("N", "number of samples", kind="integer"),
        Quantity("B", "samples in a batch", kind="integer"),
        Quantity("batches", "mini-batches in an epoch", kind="integer"),
        Quantity("full", "batches that are full", kind="integer"),
        Quantity("rest", "samples left over", kind="integer"),
        Quantity("updates_per_epoch", "updates in one epoch", kind="integer", symbol="updates per epoch",
                 latex=r"\text{updates per epoch}"),
        Quantity("epochs", "passes over the data"),
        Quantity("updates", "updates in all", kind="integer"),
        Quantity("batches_if_size", "batches in an epoch, were the number given their size", kind="integer",
                 symbol="batches′", latex=r"\text{batches}'"),
        Quantity("updates_if_size", "updates in all, were the number given a size", kind="integer",
                 symbol="updates′", latex=r"\text{updates}'"),
        Quantity("seconds", "time of one update"),
        Quantity("time", "time in all"),
    ]
)  # fmt: skip

RULES = rules("""
    B:batch = N                                         # all samples in one batch
    B:stochastic = 1                                    # every sample alone
    B:parts = floor(N / batches)                        # samples shared out evenly
    rest:parts = N - batches*B                          # so many batches hold one more
    full = floor(N / B)
    rest = N - full*B                                   # what the last batch holds
    updates_per_epoch = full                            # one update a batch
    updates_per_epoch:rest = full + 1                   # one update a batch, the last one smaller
    updates_per_epoch:parts = batches                   # one update a batch
    updates = epochs*updates_per_epoch
    epochs:asked = updates / updates_per_epoch
    batches_if_size = -floor(-N / batches)              # N over the size, rounded up
    updates_if_size = epochs*batches_if_size
    time = updates*seconds
""")

SLIPS = (
    DeclaredSlip("epochs_are_updates", rule("updates", "epochs"),
                 "one update was counted for each epoch"),
    DeclaredSlip("last_left_out", rule("updates_per_epoch:rest", "full"),
                 "the last, smaller batch was left out"),
    DeclaredSlip("number_is_size", rule("updates_per_epoch:parts", "-floor(-N / batches)"),
                 "the number of batches is taken for their size"),
    DeclaredSlip("size_is_number", rule("updates_per_epoch", "B"), "the size of a batch is taken for their number"),
    DeclaredSlip("one_epoch", rule("updates", "updates_per_epoch"),
                 "the updates of one epoch were taken, not those of all"),
)  # fmt: skip


def solve(p: Problem, t: Trace) -> None:
    method = _method(p)
    t.given("N", p.N)
    if p.updates is not None:
        t.given("updates", p.updates)
    else:
        t.given("epochs", p.epochs or 1, assumed=p.epochs is None)
    if p.seconds is not None:
        t.given("seconds", p.seconds)
    t.section({"batch": "Batch descent", "stochastic": "Stochastic descent"}.get(method, "Mini-batch descent"))
    if p.batches is not None:
        t.given("batches", p.batches)
        t.let("B:parts")
        t.let("rest:parts")
        t.when("rest == 0", ("all batches are of one size", "so many batches hold one sample more"))
        t.let("updates_per_epoch:parts")
    else:
        if p.batch_size is not None:
            t.given("B", p.batch_size)
        else:
            t.let(f"B:{method}")
        t.let("full")
        t.let("rest")
        if not t.when("rest > 0", ("there is a last, smaller batch", "every batch is full")):
            t.let("updates_per_epoch")
        elif p.drop_last:
            t.note("The last batch is dropped, and its samples are not seen in this epoch.")
            t.let("updates_per_epoch")
        else:
            t.let("updates_per_epoch:rest")
    t.section("In all")
    t.let("epochs:asked" if p.updates is not None else "updates")
    if p.seconds is not None:
        t.let("time")
    if p.batches is not None and p.updates is None:
        t.section(f"Were {p.batches} the size of a batch")
        t.let("batches_if_size")
        t.let("updates_if_size")
        t.remark("A number of batches and the size of a batch are not the same thing: both readings are worked out, "
                 "and the number is the answer. Libraries ask for the size.")  # fmt: skip
    t.answer("updates_per_epoch", "epochs" if p.updates is not None else "updates")
    if p.seconds is not None:
        t.answer("time")
    if p.batches is None and not p.drop_last:
        t.check("every sample is seen once an epoch", "full*B + rest == N")


def _method(p: Problem) -> str:
    """The kind of descent. Raises `InputError` where what is given does not fit together."""
    if p.batch_size is not None and p.batches is not None:
        raise InputError("$.given.batches", "batch_size and batches exclude each other", remedy="give one of them")
    if p.updates is not None and p.epochs is not None:
        raise InputError("$.given.updates", "with the epochs given, the updates follow", remedy="leave one of them out")
    for name, value in (("batch_size", p.batch_size), ("batches", p.batches)):
        if value is not None and value > p.N:
            raise InputError(f"$.given.{name}", f"more than the {p.N} samples", found=str(value))
    batched = p.batch_size is not None or p.batches is not None
    if p.method == "mini-batch" and not batched:
        raise InputError(
            "$.given.batch_size", "mini-batches need a size or a number", remedy="give batch_size or batches"
        )
    if p.method in ("batch", "stochastic") and batched:
        raise InputError("$.given.method", f"{p.method} descent has no mini-batches", remedy="leave one of them out")
    if p.method is None and not batched:
        raise InputError("$.given", "needs a method, or batch_size or batches", remedy="give --batch_size 32")
    if p.drop_last and p.batch_size is None:
        raise InputError("$.given.drop_last", "there is no last batch to drop", remedy="give batch_size")
    return p.method or "mini-batch"


TOPIC = Topic(
    "updates", "Updates per epoch", "Training", Problem, solve, NOTATION, RULES,
    "Goodfellow, Bengio & Courville (2016), section 8.1.3",
    example={"N": 50, "epochs": 5, "batch_size": 8},
    aliases=("iterations", "epochs", "updates-per-epoch", "number-of-updates", "epoch"),
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
