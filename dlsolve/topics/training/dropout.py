"""Dropout with a mask, both scalings.

While training, each unit is left out with probability p; what is scaled, and when.
A mask of zeros and ones, drawn anew for every sample, multiplies the activations: each unit is dropped
on its own with probability p, so with p = 0.5 half of them on average, not exactly half. On average an
activation then arrives as (1 − p)·a. At test time nothing is dropped, and the next layer must see the
same average. Either the activations are multiplied by the keep probability 1 − p at test time (as in
the first paper), or they are divided by it while training and left alone at test time (inverted
dropout, as PyTorch and Keras do). The factor is 1 − p, not p: with p = 0.5 the two look alike.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from flint import fmpq

from dlsolve.errors import InputError
from dlsolve.fields import Field, Params
from dlsolve.formula.rules import rule, rules
from dlsolve.notation import Notation, Quantity
from dlsolve.numbers.matrix import Matrix
from dlsolve.topic import DeclaredSlip, Topic
from dlsolve.trace import Key, Trace


class Problem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The drop rate; then activations and a mask, where they are known."""

    p: Annotated[
        fmpq | None, Field("drop rate: probability that a unit is left out", ("rate", "drop"), ge="0", lt="1")
    ] = None
    keep: Annotated[fmpq | None, Field("keep probability 1 − p, in place of p", ("keep_prob",), gt="0", le="1")] = None
    a: Annotated[Params | None, Field("activations of the layer", ("x", "activations"))] = None
    mask: Annotated[list[int] | None, Field("1 for a unit that is kept, 0 for one dropped", ("m",), ge="0", le="1")] = (
        None
    )


NOTATION = Notation(
    [
        Quantity("p", "drop rate", kind="probability"),
        Quantity("keep", "keep probability", symbol="q", kind="probability"),
        Quantity("train_scale", "factor while training", symbol="c_train", latex=r"c_{\text{train}}"),
        Quantity("test_scale", "factor at test time", symbol="c_test", latex=r"c_{\text{test}}"),
        Quantity("a", "activations", shape="n×1"),
        Quantity("mask", "mask: 1 kept, 0 dropped", shape="n×1", symbol="m"),
        Quantity("kept", "units that the mask keeps", kind="integer"),
        Quantity("n", "number of units", kind="integer"),
        Quantity("expected_kept", "units kept on average", symbol="E[kept]", latex=r"\mathrm{E}[\text{kept}]"),
        Quantity("a_train", "activations while training", shape="n×1", symbol="a_train", latex=r"a_{\text{train}}"),
        Quantity("expected", "activations while training, on average over the masks", shape="n×1",
                 symbol="E[a_train]", latex=r"\mathrm{E}[a_{\text{train}}]"),
        Quantity("a_test", "activations at test time", shape="n×1", symbol="a_test", latex=r"a_{\text{test}}"),
    ]
)  # fmt: skip

RULES = rules("""
    keep = 1 - p                                # kept if not dropped
    p:kept = 1 - keep                           # dropped if not kept
    train_scale by dropout:
        test = 1                                # training is left as it is
        inverted = 1 / keep                     # makes up for what is dropped
    test_scale by dropout:
        test = keep                             # the share that training passed on
        inverted = 1                            # training has been scaled already
    kept = sum(mask)
    expected_kept = n*keep
    a_train = train_scale*mask*a                # dropped units send 0
    expected = keep*train_scale*a               # a unit is kept with probability q
    a_test = test_scale*a                       # all units at work
""")

SLIPS = (
    DeclaredSlip("rate_for_keep", rule("keep", "p"),
                 "p was taken for the probability of being kept, 1 − p"),
    DeclaredSlip("scaled_by_rate", rule("test_scale", "p"), "p was taken for the factor at test time, 1 − p"),
    DeclaredSlip("divided_by_rate", rule("train_scale", "1 / p"),
                 "it was divided by p, not by the keep probability 1 − p"),
    DeclaredSlip("never_scaled", rule("test_scale", "1"),
                 "nothing was scaled at test time"),
    DeclaredSlip("mask_turned", rule("a_train", "train_scale*(1 - mask)*a"),
                 "the mask was read the other way round, 1 for units that are dropped"),
    DeclaredSlip("mask_left_out", rule("a_train", "train_scale*a"), "the mask is left out"),
)  # fmt: skip


def solve(given: Problem, t: Trace) -> None:
    if (given.p is None) == (given.keep is None):
        raise InputError(
            "$.given.p", "needs the drop rate p or the keep probability, one of them", remedy="give --p 0.5"
        )
    if given.mask is not None and given.a is None:
        raise InputError("$.given.a", "a mask without activations", remedy="give a too")
    size = given.a.shape[0] if isinstance(given.a, Matrix) else 1
    if given.mask is not None and len(given.mask) != size:
        raise InputError("$.given.mask", f"{size} activations", found=f"{len(given.mask)} entries")
    if given.p is not None:
        t.given("p", given.p)
    else:
        t.given("keep", given.keep)
    if given.a is not None:
        t.given("a", given.a)
        t.given("n", size)
    if given.mask is not None:
        whole = [fmpq(m) for m in given.mask]
        t.given("mask", Matrix.column(whole) if isinstance(given.a, Matrix) else whole[0])
    t.section("Factors")
    t.let("keep" if given.p is not None else "p:kept")
    t.let("train_scale")
    t.let("test_scale")
    t.answer("keep", "train_scale", "test_scale")
    if given.a is not None:
        _units(given, t)
    t.remark("Each unit is dropped on its own: the share dropped is p on average, not in every pass.")


def _units(given: Problem, t: Trace) -> None:
    if given.mask is not None:
        t.section("Training")
        t.let("kept")
        t.let("a_train")
        t.answer("a_train")
    t.section("On average")
    t.let("expected_kept")
    t.let("expected")
    t.section("Test")
    t.let("a_test")
    t.answer("a_test")
    t.check("test activations are the training ones on average", "a_test == expected")
    if isinstance(given.a, Matrix):
        columns = ["a", *(["mask", "a_train"] if given.mask is not None else []), "a_test"]
        rows: list[list[Key | str]] = [[f" {i}", *((c, i) for c in columns)] for i in range(1, given.a.shape[0] + 1)]
        t.table("Units", ["unit", *(t.symbols.unicode(c) for c in columns)], rows)


TOPIC = Topic(
    "dropout", "Dropout", "Training", Problem, solve, NOTATION, RULES,
    "N. Srivastava et al., Dropout, Journal of Machine Learning Research 15 (2014), sections 4 and 10",
    example={"p": 0.5, "a": [0.2, 0.8, 0.5, 1.0], "mask": [1, 0, 1, 1]},
    aliases=("inverted-dropout", "drop-out"),
    conventions={"dropout": "test"},
    slips=SLIPS,
    text=__doc__ or "",
)  # fmt: skip
